/// One product, or a batch of equal ones. Strides are in elements.
public struct GemmArguments {
  /// Terms that are summed in one go; C then takes up the sum.
  @inlinable public static var kBlock: Int { 256 }
  /// Where the block of A ends in the scratch memory, and packed panels of B may begin.
  @inlinable public static var packedABytes: Int { 384 << 10 }

  public var a, b: UnsafeRawPointer
  public var c: UnsafeMutableRawPointer
  public var m, n, k: Int
  /// From one row of A to the next and from one column to the next.
  public var aRow, aStep: Int
  /// From one row of B, as stored, to the next.
  public var bRow: Int
  public var cRow: Int
  /// From one entry of the batch to the next.
  public var aEntry, bEntry, cEntry: Int
  /// B is stored [n, k].
  public var transposesB: Bool
  /// C += instead of C =.
  public var accumulates: Bool

  // How to do it; no influence on the bits.
  public var rowBlocks = 1, columnBlocks = 1
  public var packsA = false
  public var readsBInPlace = false
  /// Each thread packs the B of the entry it is at; otherwise `packedB` holds it.
  public var packsLocally = false
  public var packedB: UnsafeMutableRawPointer

  public init(
    a: UnsafeRawPointer, b: UnsafeRawPointer, c: UnsafeMutableRawPointer, m: Int, n: Int, k: Int, aRow: Int, aStep: Int,
    bRow: Int, cRow: Int, aEntry: Int, bEntry: Int, cEntry: Int, transposesB: Bool, accumulates: Bool
  ) {
    self.a = a
    self.b = b
    self.c = c
    self.m = m
    self.n = n
    self.k = k
    self.aRow = aRow
    self.aStep = aStep
    self.bRow = bRow
    self.cRow = cRow
    self.aEntry = aEntry
    self.bEntry = bEntry
    self.cEntry = cEntry
    self.transposesB = transposesB
    self.accumulates = accumulates
    packedB = c
  }
}
