/// One product, or a batch of equal ones. Strides are in elements.
public struct GemmArguments {
  /// Terms that are summed in one go; C then takes up the sum.
  @inlinable public static var kBlock: Int { 256 }

  // The parts of the scratch memory: a block of A, panels of B, a block of C, the tile machine, a square of B that is
  // being transposed.
  @inlinable public static var packedBStart: Int { 384 << 10 }
  @inlinable public static var productStart: Int { 1 << 20 }
  @inlinable public static var tileStart: Int { productStart + (544 << 10) }
  @inlinable public static var squareStart: Int { tileStart + (288 << 10) }
  /// Columns of the largest block of C.
  @inlinable public static var blockColumns: Int { 512 }
  /// Panels that are packed together where each thread packs the terms at hand.
  @inlinable public static var slicePanels: Int { 4 }

  public var a, b: UnsafeRawPointer
  public var c: UnsafeMutableRawPointer
  public var m, n, k: Int
  /// From one row of A to the next and from one column to the next.
  public var aRow, aStep: Int
  /// From one row of B, as stored, to the next.
  public var bRow: Int
  public var cRow: Int
  /// Entries of the batch are [outer, inner]: the steps along both.
  public var innerEntries = 1
  public var aEntry = 0, bEntry = 0, cEntry = 0
  public var aOuter = 0, bOuter = 0, cOuter = 0
  /// B is stored [n, k].
  public var transposesB: Bool
  /// C += instead of C =.
  public var accumulates = false
  /// Outside of them, A and B are zero and C is not needed: there it becomes zero.
  public var aBand = Band.full, bBand = Band.full, cBand = Band.full
  /// The entry that a, b and c belong to; an epilogue counts its rows from entry 0.
  public var firstEntry = 0
  /// What else is computed from the product.
  public var epilogue: UnsafeMutablePointer<GemmEpilogue>?

  // How to do it; no influence on the bits.
  public var rowBlocks = 1, columnBlocks = 1
  /// From one row to the next of a block of C in the scratch memory.
  public var productRow = 0
  public var packsA = false
  public var readsBInPlace = false
  /// Each thread packs the B of the entry it is at; otherwise `packedB` holds it.
  public var packsLocally = false
  /// Each thread packs a few panels of the terms it is at.
  public var packsSlices = false
  public var packedB: UnsafeMutableRawPointer
  /// C is more than the caches keep: blocks are made in the scratch memory and written past them. No epilogue.
  public var streams = false

  public init(
    a: UnsafeRawPointer, b: UnsafeRawPointer, c: UnsafeMutableRawPointer, m: Int, n: Int, k: Int, aRow: Int, aStep: Int,
    bRow: Int, cRow: Int, transposesB: Bool
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
    self.transposesB = transposesB
    packedB = c
  }

  @inlinable public var isBanded: Bool { !aBand.isFull || !bBand.isFull || !cBand.isFull }

  /// Of the terms first ..< end, those that count for a tile of C, of which there may be none.
  @inlinable public func terms(
    firstRow: Int, endRow: Int, firstColumn: Int, endColumn: Int, first: Int, end: Int
  ) -> (first: Int, count: Int) {
    guard firstColumn - (endRow - 1) <= cBand.high, endColumn - 1 - firstRow >= cBand.low else { return (first, 0) }
    let low = max(first, max(firstRow + aBand.low, firstColumn - bBand.high))
    let high = min(end, min(endRow + aBand.high, endColumn - bBand.low))
    return (low, max(0, high - low))
  }

  /// Elements from the first entry's A, B or C to those of an entry. (Small products feel a division.)
  @inlinable public func aOffset(_ entry: Int) -> Int {
    entry == 0 ? 0 : entry / innerEntries * aOuter + entry % innerEntries * aEntry
  }
  @inlinable public func bOffset(_ entry: Int) -> Int {
    entry == 0 ? 0 : entry / innerEntries * bOuter + entry % innerEntries * bEntry
  }
  @inlinable public func cOffset(_ entry: Int) -> Int {
    entry == 0 ? 0 : entry / innerEntries * cOuter + entry % innerEntries * cEntry
  }
}

/// An elementwise program over a product, run on each block of it as soon as the block is done.
public struct GemmEpilogue {
  /// The domain's last axis are the product's columns, the other three its rows, entry after entry.
  public var tiles: UnsafeMutablePointer<TileArguments>
  /// The operand that stands for the product.
  public var product: Int
  /// The product is needed for itself too, dense; otherwise it never leaves the thread's scratch memory.
  public var keepsProduct: Bool

  public init(tiles: UnsafeMutablePointer<TileArguments>, product: Int, keepsProduct: Bool) {
    self.tiles = tiles
    self.product = product
    self.keepsProduct = keepsProduct
  }
}
