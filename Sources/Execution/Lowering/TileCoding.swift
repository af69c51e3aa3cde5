import KernelTypes
import TensorGraph
import TensorTypes

extension UnaryPrimitive {
  /// The instruction of the tile machine; also what `HostMath` takes for a number of the host.
  public var tileOpcode: TileOpcode {
    switch self {
    case .negate: .negate
    case .absolute: .absolute
    case .sign: .sign
    case .reciprocal: .reciprocal
    case .exp: .exp
    case .expm1: .expm1
    case .log: .log
    case .log1p: .log1p
    case .sqrt: .sqrt
    case .sin: .sin
    case .cos: .cos
    case .tan: .tan
    case .asin: .asin
    case .acos: .acos
    case .atan: .atan
    case .sinh: .sinh
    case .cosh: .cosh
    case .tanh: .tanh
    case .sigmoid: .sigmoid
    case .erf: .erf
    case .erfInverse: .erfInverse
    case .floor: .floor
    case .ceil: .ceil
    case .round: .round
    case .truncate: .truncate
    case .not: .not
    case .isNaN: .isNaN
    case .isFinite: .isFinite
    }
  }
}

extension BinaryPrimitive {
  var tileOpcode: TileOpcode {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .floorDivide: .floorDivide
    case .remainder: .remainder
    case .power: .power
    case .minimum: .minimum
    case .maximum: .maximum
    case .atan2: .atan2
    case .and: .and
    case .or: .or
    case .xor: .xor
    }
  }
}

extension Comparison {
  var tileOpcode: TileOpcode {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    }
  }
}

extension Literal {
  /// The element's bytes, from the lowest of a word.
  var bits: UInt64 {
    switch self {
    case .f32(let bits): UInt64(bits)
    case .f64(let bits): bits
    case .i64(let value): UInt64(bitPattern: Int64(value))
    case .bool(let value): value ? 1 : 0
    }
  }
}

/// The instruction of an elementwise primitive, without its registers.
struct TileOperation: Hashable {
  var opcode: TileOpcode
  var type: DType
  /// The type converted from.
  var sourceType: DType?
  /// Integer arithmetic that overflows or divides by zero ends the program.
  var isFallible: Bool

  /// Nil for a primitive that is not elementwise. `operand`: the dtype of the (first) operand; of `select`, of its values.
  init?(_ primitive: Primitive, operand: DType) {
    type = operand
    isFallible = false
    switch primitive {
    case .unary(let unary):
      opcode = unary.tileOpcode
      isFallible = operand == .i64 && (unary == .negate || unary == .absolute)
    case .binary(let binary):
      opcode = binary.tileOpcode
      isFallible = operand == .i64 && binary != .minimum && binary != .maximum
    case .compare(let comparison): opcode = comparison.tileOpcode
    case .select: opcode = .select
    case .convert(let target):
      opcode = .convert
      type = target
      sourceType = operand
    default: return nil
    }
  }
}
