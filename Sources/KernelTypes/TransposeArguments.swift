/// target[c * targetRow + r] = source[r * sourceRow + c] for elements of four bytes.
public struct TransposeArguments {
  public var source: UnsafeRawPointer
  public var target: UnsafeMutableRawPointer
  public var rows, columns, sourceRow, targetRow: Int

  public init(
    source: UnsafeRawPointer, target: UnsafeMutableRawPointer, rows: Int, columns: Int, sourceRow: Int, targetRow: Int
  ) {
    self.source = source
    self.target = target
    self.rows = rows
    self.columns = columns
    self.sourceRow = sourceRow
    self.targetRow = targetRow
  }

  @inlinable public var blocks: Int { (rows + 15) / 16 }
}
