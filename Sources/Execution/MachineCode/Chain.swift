import KernelTypes

/// A run of simple f32 arithmetic over the tiles of a program, in order, to become one loop of machine code: what it
/// hands on between its operations stays in vector registers.
struct Chain: Hashable {
  enum Value: Hashable {
    /// A tile of f32, of truth values, and one whose elements are all equal: by the register of the tile machine.
    case tile(UInt8)
    case truths(UInt8)
    case uniform(UInt8)
    /// For each row the sum, in order, of the rows that are listed for it (`TileOpcode.sumRows`): by the registers with
    /// the addresses of the operands.
    case listed(rows: UInt8, heads: UInt8, entries: UInt8)
    /// The bits of a number.
    case constant(UInt32)
    /// Of earlier values.
    case apply(TileOpcode, [Int])
  }
  struct Result: Hashable {
    var value: Int
    var register: UInt8
    /// Written past the caches: to whole lines of memory.
    var isStreamed = false
  }
  var values: [Value]
  var results: [Result]
  /// Elements of a row, where lists of rows are walked: tiles are whole rows, one after another. Otherwise 0.
  var rowLength = 0

  /// The same with all results in the caches.
  var withoutStreams: Chain {
    Chain(
      values: values, results: results.map { Result(value: $0.value, register: $0.register) }, rowLength: rowLength)
  }

  /// Whether machine code can do the operation. `.convert` is that of truth values.
  static func contains(_ opcode: TileOpcode) -> Bool {
    switch opcode {
    case .negate, .absolute, .sign, .reciprocal, .sqrt, .floor, .ceil, .truncate, .round, .exp, .log, .tanh, .sigmoid,
      .erf, .add, .subtract, .multiply, .divide, .minimum, .maximum, .select, .convert:
      true
    default: givesTruths(opcode)
    }
  }

  static func givesTruths(_ opcode: TileOpcode) -> Bool {
    switch opcode {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isNaN, .isFinite: true
    default: false
    }
  }

  /// Rough nanoseconds for 128 elements.
  var nanoseconds: UInt8 {
    var total = 2
    for value in values {
      switch value {
      case .apply(let opcode, _): total += Self.nanoseconds(of: opcode)
      case .tile, .truths, .listed: total += 3
      case .constant, .uniform: continue
      }
    }
    return UInt8(clamping: total + 3 * results.count)
  }

  static func nanoseconds(of opcode: TileOpcode) -> Int {
    switch opcode {
    case .divide, .reciprocal, .sqrt: 16
    case .exp, .log: 30
    case .tanh, .sigmoid, .erf: 50
    default: 3
    }
  }
}
