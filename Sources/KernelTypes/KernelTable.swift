/// A kernel: its arguments (one of the structures below), the items to do, and memory of the calling thread of
/// `kernelScratchBytes`. Gives 0 or an encoded `KernelStatus`.
public typealias KernelFunction =
  @convention(c) (
    _ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer
  ) -> Int

/// What each thread has for packed blocks and tile registers.
public let kernelScratchBytes = 1 << 20

extension KernelStatus {
  /// 0 when ok; the code in the low byte otherwise.
  public var encoded: Int { code == .ok ? 0 : Int(code.rawValue) | detail << 8 }

  public init(encoded: Int) {
    self.init(Code(rawValue: UInt8(truncatingIfNeeded: encoded)) ?? .ok, detail: encoded >> 8)
  }
}

/// The kernels of one instruction set.
public struct KernelTable: Sendable {
  /// `TileArguments`; items are tiles.
  public var tiles: KernelFunction
  /// `GemmArguments`; items are blocks of C.
  public var gemmF32, gemmF64: KernelFunction
  /// `GemmArguments` with n = 1; items are rows.
  public var dotRowsF32, dotRowsF64: KernelFunction
  /// `GemmArguments`; items are panels of B, `panelF32` or `panelF64` columns each.
  public var packF32, packF64: KernelFunction
  public var panelF32, panelF64: Int

  /// `ReduceArguments`; items are leaves, or blocks of a leaf's columns.
  public var reduceF32, reduceF64: KernelFunction
  /// `RandomArguments`; items are groups of 64 floats, or of 32 elements of eight bytes.
  public var random: KernelFunction
  /// `TransposeArguments`; items are blocks of sixteen source rows.
  public var transpose32: KernelFunction

  public init(
    tiles: KernelFunction, gemmF32: KernelFunction, gemmF64: KernelFunction, dotRowsF32: KernelFunction,
    dotRowsF64: KernelFunction, packF32: KernelFunction, packF64: KernelFunction, panelF32: Int, panelF64: Int,
    reduceF32: KernelFunction, reduceF64: KernelFunction,
    random: KernelFunction, transpose32: KernelFunction
  ) {
    self.tiles = tiles
    self.gemmF32 = gemmF32
    self.gemmF64 = gemmF64
    self.dotRowsF32 = dotRowsF32
    self.dotRowsF64 = dotRowsF64
    self.packF32 = packF32
    self.packF64 = packF64
    self.panelF32 = panelF32
    self.panelF64 = panelF64
    self.reduceF32 = reduceF32
    self.reduceF64 = reduceF64
    self.random = random
    self.transpose32 = transpose32
  }
}

/// A program prepared for `tiles`; an item is one tile.
public struct TileArguments {
  /// `reserved` of an instruction holds `TileFlags`.
  public var program: UnsafePointer<TileInstruction>
  public var programCount: Int
  public var constants: UnsafePointer<UInt64>
  public var operands: UnsafePointer<TileOperand>
  /// Bytes of one element of each operand.
  public var operandSizes: UnsafePointer<UInt8>
  public var operandCount: Int
  public var domain: TileDomain
  /// Rows of the inner axis in one tile: more than one only when whole rows are shorter than half a tile.
  public var rowsPerTile: Int
  /// Fetch operands two tiles ahead.
  public var prefetches: Bool

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
  public var innerTiles: Int { (domain.inner + TileMachine.tileLength - 1) / TileMachine.tileLength }
  public var rowTiles: Int { (domain.outer2 + rowsPerTile - 1) / rowsPerTile }
  public var tileCount: Int { domain.outer0 * domain.outer1 * rowTiles * innerTiles }
}

/// What preparation found out about an instruction.
public enum TileFlags {
  /// The same value in every tile: done once.
  public static let hoisted: UInt16 = 1 << 8
  /// A load whose register may be the operand's memory itself.
  public static let direct: UInt16 = 1 << 9
  /// A store whose value was written in place by the instruction that made it, where the tile is whole vectors.
  public static let forwarded: UInt16 = 1 << 10
  /// The low byte: 1 + the operand that the instruction writes instead of its register; 0 for none.
  public static let targetMask: UInt16 = 0xff
}
