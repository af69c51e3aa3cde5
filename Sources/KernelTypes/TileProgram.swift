// The plain data that kernels and their callers share. No Array, String, closure or existential here or in the kernel
// modules: their specialisations are weak symbols and would replace checked, baseline code elsewhere in the program.

/// How a kernel ended. Kernels never throw and never trap.
public struct KernelStatus: Equatable, Sendable {
  public enum Code: UInt8, Sendable {
    case ok
    /// `detail` is the position of the first offending element, `found` the index there, `limit` the axis' size.
    case indexOutOfRange
    /// `detail` is the position of the first offending element.
    case integerDivisionByZero, integerOverflow
    case singular, interrupted
    /// `detail` is the number of bytes that could not be had.
    case outOfMemory
  }
  public var code: Code
  public var detail: Int
  public var found: Int
  public var limit: Int
  public init(_ code: Code, detail: Int = 0, found: Int = 0, limit: Int = 0) {
    self.code = code
    self.detail = detail
    self.found = found
    self.limit = limit
  }
  public static let ok = KernelStatus(.ok)
}

/// The elementwise machine: a program is run over tiles of some hundred elements, each register holding one tile.
/// A fused chain is one program; a single elementwise operation is a program of one arithmetic instruction.
public enum TileMachine {
  /// Elements of a tile, unless a program gets longer ones.
  @inlinable public static var tileLength: Int { 256 }
  /// Elements of the longest tile of instructions.
  @inlinable public static var tileLimit: Int { 512 }
  /// Elements of the longest tile of machine code, which reads operands where they are.
  @inlinable public static var codeTileLimit: Int { 2048 }
  /// Elements of the longest tile of a product's epilogue.
  @inlinable public static var epilogueTileLimit: Int { 1024 }
  /// Elements of the longest rows that are reduced in a tile: shorter than those that are for machine code.
  @inlinable public static var shortRow: Int { 15 }
  @inlinable public static var registerCount: Int { 32 }
  /// The most operands (inputs and outputs together) of one program.
  @inlinable public static var operandLimit: Int { 32 }
}

/// Instructions of the tile machine. `type` of the instruction selects f32, f64, i64 or bool arithmetic.
public enum TileOpcode: UInt8, Sendable {
  /// register <- operand `a`; operand `a` <- register `b`. Of a load only machine code reads the register, and only its
  /// first element, where `b` = 1: one number for each row, or `c` = 1: one number (f32) for all.
  case load, store
  /// register <- constant `a` of the constant table (8-byte bit patterns of `type`)
  case constant
  /// register <- position along domain axis `a`, as `type`
  case iota
  /// register <- for each row of the domain the sum, in order, of the rows of operand `a` that are listed for it. Operand
  /// `b` holds each row's first entry (Int32; negative: none) in operand `c`, the list (`RowEntry`). Along the rows only `b`
  /// has a stride, along the columns only `a`.
  case sumRows
  /// register <- for each row of the domain the sum, in order, of the rows of operand `a` that it names: operand `b`
  /// holds their numbers (i64), one after another, constant `c` says how many a row. Along the rows only `b` has a
  /// stride, along the columns only `a`, which has rows of the domain's.
  case sumTaken
  /// register <- for each column of the domain, which has one row, the sum in order of what stands in operand `a` (f32)
  /// below it: constant `b` says how many rows there are, constant `c` how far apart they stand.
  case sumColumns
  // unary: register <- op(a)
  case negate, absolute, sign, reciprocal, exp, expm1, log, log1p, sqrt
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, sigmoid, erf, erfInverse
  case floor, ceil, round, truncate, not, isNaN, isFinite
  // binary: register <- op(a, b)
  case add, subtract, multiply, divide, floorDivide, remainder, power, minimum, maximum, atan2, and, or, xor
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  /// register <- a (bool) ? b : c
  case select
  /// register <- a * b + c, rounded once where the level has FMA
  case multiplyAdd
  /// register <- a, from the type in `c` (a DType raw value) to `type`
  case convert
  // register <- (a op b) op c, each rounded by itself; `...From`: c op (a op b). Floating types only. In the order of
  // `paired`.
  case addThenAdd, addThenSubtract, addThenSubtractFrom, addThenMultiply
  case subtractThenAdd, subtractThenSubtract, subtractThenSubtractFrom, subtractThenMultiply
  case multiplyThenAdd, multiplyThenSubtract, multiplyThenSubtractFrom, multiplyThenMultiply
  /// A chain of operations as one loop of machine code. First up to three of the registers that it reads, as often as
  /// it takes, for preparation; then each register that it writes; then the `MachineCodeFunction` whose address is
  /// constant `a`, with a rough time for 128 elements in `b`. It writes other registers than it reads. `c` = 1: constant
  /// a + 1 is one that writes whole lines past the caches to the registers whose `codeResult` has `b` = 1.
  case codeReads, codeResult, code
  /// register <- for each row of the domain, in all its elements, the sum or the maximum of register `a` over the row
  /// (f32). Only where tiles hold whole rows: several of `TileMachine.shortRow` elements at most.
  case rowSum, rowMaximum
  /// Of such rows, too: register <- in all elements of a row the element of register `a` whose place in it operand `b`
  /// (i64) holds; register <- 0 plus register `a` at that place, 0 elsewhere. The places were checked.
  case rowPick, rowPlace
  /// register <- the address of operand `a` itself, for machine code.
  case address
}

/// Works on whole vectors of `count` elements of the tile machine's registers.
public typealias MachineCodeFunction =
  @convention(c) (_ registers: UnsafeMutablePointer<UnsafeMutableRawPointer>, _ count: Int) -> Void

extension TileOpcode {
  private static var pairStart: UInt8 { TileOpcode.addThenAdd.rawValue }
  private static func place(_ opcode: TileOpcode) -> UInt8? {
    switch opcode {
    case .add: 0
    case .subtract: 1
    case .multiply: 2
    default: nil
    }
  }

  /// One instruction for `first` and then `second`, whose left operand (`isRight`: right) is what `first` gives.
  public static func paired(_ first: TileOpcode, then second: TileOpcode, isRight: Bool) -> TileOpcode? {
    guard let row = place(first), let column = place(second) else { return nil }
    let columns: UInt8 = second == .multiply ? 3 : second == .subtract && isRight ? 2 : column
    return TileOpcode(rawValue: pairStart + row * 4 + columns)
  }

  /// The two operations of a pair.
  public var parts: (TileOpcode, TileOpcode)? {
    guard rawValue >= TileOpcode.pairStart, rawValue < TileOpcode.pairStart + 12 else { return nil }
    let place = rawValue - TileOpcode.pairStart
    let first: TileOpcode = place < 4 ? .add : place < 8 ? .subtract : .multiply
    return (first, place % 4 == 0 ? .add : place % 4 == 3 ? .multiply : .subtract)
  }
}

/// Eight plain bytes.
public struct TileInstruction: Sendable {
  public var opcode: TileOpcode
  /// A DType raw value: the type of the operands' arithmetic (for comparisons: of what is compared).
  public var type: UInt8
  public var destination: UInt8
  public var a: UInt8
  public var b: UInt8
  public var c: UInt8
  public var reserved: UInt16 = 0

  public init(
    _ opcode: TileOpcode, type: UInt8, destination: UInt8 = 0, a: UInt8 = 0, b: UInt8 = 0, c: UInt8 = 0
  ) {
    self.opcode = opcode
    self.type = type
    self.destination = destination
    self.a = a
    self.b = b
    self.c = c
  }
}

/// An entry of a list of rows. Machine code reads it, too.
public struct RowEntry: Sendable {
  /// The entry that follows in the list; negative: none.
  public var next: Int32
  /// Elements from the start of the operand to what is added.
  public var offset: Int32

  /// Whose first entry is fetched this many rows ahead: heads go on for so many rows without entries.
  @inlinable public static var rowsAhead: Int { 8 }

  @inlinable public init(next: Int32, offset: Int32) {
    self.next = next
    self.offset = offset
  }
}

/// Four nested loops, outermost first; `inner` is split into tiles. Unused outer extents are 1.
public struct TileDomain: Sendable {
  public var outer0, outer1, outer2, inner: Int
  public init(outer0: Int = 1, outer1: Int = 1, outer2: Int = 1, inner: Int) {
    self.outer0 = outer0
    self.outer1 = outer1
    self.outer2 = outer2
    self.inner = inner
  }
}

/// Memory that a tile program reads or writes: an address and its strides, in elements, along the domain's four axes.
/// An inner stride of 1 is a vector access, 0 repeats one element, any other gathers. Outputs have an inner stride of
/// 1, or of 0 for the first number of each row.
public struct TileOperand {
  public var address: UnsafeMutableRawPointer
  public var stride0, stride1, stride2, strideInner: Int
  /// Bytes from each tile to what is fetched into the second cache meanwhile: the same tile of the next rows. 0: nothing.
  public var ahead = 0
  /// An output too large for the caches, which nothing reads soon: written past them.
  public var isStreamed = false

  public init(address: UnsafeMutableRawPointer, stride0: Int = 0, stride1: Int = 0, stride2: Int = 0, strideInner: Int)
  {
    self.address = address
    self.stride0 = stride0
    self.stride1 = stride1
    self.stride2 = stride2
    self.strideInner = strideInner
  }
}
