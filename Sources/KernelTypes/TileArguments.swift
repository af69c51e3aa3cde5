/// A program prepared for `tiles`; an item is one tile.
public struct TileArguments {
  /// `reserved` of an instruction holds `TileFlags`.
  public var program: UnsafePointer<TileInstruction>
  public var programCount: Int
  /// The first instructions, done once.
  public var hoistedCount = 0
  public var constants: UnsafePointer<UInt64>
  public var operands: UnsafePointer<TileOperand>
  /// Bytes of one element of each operand.
  public var operandSizes: UnsafePointer<UInt8>
  public var operandCount: Int
  public var domain: TileDomain
  /// A multiple of 16.
  public var tileLength = TileMachine.tileLength
  /// Rows of the inner axis in one tile: more than one only when whole rows are shorter than half a tile.
  public var rowsPerTile: Int
  /// Fetch operands two tiles ahead.
  public var prefetches: Bool
  /// Whether outputs are written past the caches.
  public var streams = false
  /// Nothing but machine code from operands to outputs, which runs on over tiles that follow one another.
  public var joinsTiles = false

  public init(
    program: UnsafePointer<TileInstruction>, programCount: Int, constants: UnsafePointer<UInt64>,
    operands: UnsafePointer<TileOperand>, operandSizes: UnsafePointer<UInt8>, operandCount: Int, domain: TileDomain,
    rowsPerTile: Int, prefetches: Bool
  ) {
    self.program = program
    self.programCount = programCount
    self.constants = constants
    self.operands = operands
    self.operandSizes = operandSizes
    self.operandCount = operandCount
    self.domain = domain
    self.rowsPerTile = rowsPerTile
    self.prefetches = prefetches
  }

  /// Tiles along the two innermost axes.
  @inlinable public var innerTiles: Int {
    // Small programs feel a division.
    domain.inner <= tileLength ? 1 : (domain.inner + tileLength - 1) / tileLength
  }
  @inlinable public var rowTiles: Int {
    if rowsPerTile == 1 { return domain.outer2 }
    return domain.outer2 <= rowsPerTile ? 1 : (domain.outer2 + rowsPerTile - 1) / rowsPerTile
  }
  @inlinable public var tileCount: Int { domain.outer0 * domain.outer1 * rowTiles * innerTiles }
}

/// What preparation found out about an instruction.
public enum TileFlags {
  /// The same value in every tile: done once.
  public static let hoisted: UInt16 = 1 << 8
  /// A load whose register may be the operand's memory itself.
  public static let direct: UInt16 = 1 << 9
  /// A load of one number for each row, read where it is.
  public static let ofRow: UInt16 = 1 << 11
  /// Machine code whose streamed results all go to their operands.
  public static let streams: UInt16 = 1 << 12
  /// A store whose value was written in place by the instruction that made it, where the tile is whole vectors.
  public static let forwarded: UInt16 = 1 << 10
  /// Sums of listed rows whose register nothing else writes: where nothing is listed, zeros stay from tile to tile.
  public static let keepsSums: UInt16 = 1 << 13
  /// The low byte: 1 + the operand that the instruction writes instead of its register; 0 for none.
  public static let targetMask: UInt16 = 0xff
}
