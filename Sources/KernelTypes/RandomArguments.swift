/// `count` random elements; see `Kernels.random`.
public struct RandomArguments {
  public enum Kind: UInt8, Sendable { case uniformF32, normalF32, uniformF64, normalF64, integers }

  public var kind: Kind
  public var key0, key1: UInt64
  public var bound: UInt64
  public var output: UnsafeMutableRawPointer
  public var count: Int

  public init(kind: Kind, key0: UInt64, key1: UInt64, bound: UInt64, output: UnsafeMutableRawPointer, count: Int) {
    self.kind = kind
    self.key0 = key0
    self.key1 = key1
    self.bound = bound
    self.output = output
    self.count = count
  }

  /// Elements made from sixteen blocks of the generator.
  @inlinable public var groupSize: Int { kind == .uniformF32 || kind == .normalF32 ? 64 : 32 }
  @inlinable public var groups: Int { (count + groupSize - 1) / groupSize }
}
