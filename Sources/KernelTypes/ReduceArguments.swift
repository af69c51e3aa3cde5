/// One layer of a reduction of [outer, reduced, inner] floats: to [outer, leaves, inner].
public struct ReduceArguments {
  public enum Operation: UInt8, Sendable { case sum, product, maximum, minimum }

  /// Columns of one item where inner > 1.
  @inlinable public static var blockColumns: Int { 256 }

  public var operation: Operation
  public var input: UnsafeRawPointer
  public var output: UnsafeMutableRawPointer
  public var outer, reduced, inner: Int

  public init(
    operation: Operation, input: UnsafeRawPointer, output: UnsafeMutableRawPointer, outer: Int, reduced: Int, inner: Int
  ) {
    self.operation = operation
    self.input = input
    self.output = output
    self.outer = outer
    self.reduced = reduced
    self.inner = inner
  }

  @inlinable public static var columnLeafRows: Int { 256 }
  /// Terms of a leaf: neighbours are summed in many lanes, columns in one each.
  @inlinable public var leafRows: Int { inner == 1 ? 4096 : ReduceArguments.columnLeafRows }
  /// At least one, also of nothing.
  @inlinable public var leaves: Int { max(1, (reduced + leafRows - 1) / leafRows) }
  @inlinable public var columnBlocks: Int {
    inner == 1 ? 1 : (inner + ReduceArguments.blockColumns - 1) / ReduceArguments.blockColumns
  }
  @inlinable public var items: Int { outer * leaves * columnBlocks }
}
