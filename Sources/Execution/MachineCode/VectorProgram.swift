import KernelTypes

/// A chain as operations on vectors of sixteen floats, one or two instructions each, before they have registers.
struct VectorProgram {
  enum Operation: Equatable {
    case add, subtract, multiply, divide
    /// The first where it is less or greater, otherwise the second: also where one is NaN.
    case least, greatest
    case and, exclusiveOr, addIntegers, subtractIntegers
    /// a * 2^b for whole b.
    case scale
    case squareRoot, fromIntegers
    case shiftLeft(UInt8), shiftRight(UInt8)
    /// To a whole number: the processor's way of rounding.
    case round(UInt8)
    /// a * b + c, rounded once.
    case multiplyAdd
    /// a with the sign of b.
    case copySign
    /// To a mask: the processor's comparison.
    case compare(Comparison)
    /// b where the mask says so, otherwise c.
    case select
    /// b where the mask says so, otherwise 0.
    case keep
  }

  enum Comparison: UInt8 {
    case equal = 0x00
    case less = 0x01
    case lessOrEqual = 0x02
    case unordered = 0x03
    case notEqual = 0x04
    case ordered = 0x07
    case greaterOrEqual = 0x0D
    case greater = 0x0E

    /// With the operands the other way round.
    var turned: Comparison {
      switch self {
      case .less: .greater
      case .greater: .less
      case .lessOrEqual: .greaterOrEqual
      case .greaterOrEqual: .lessOrEqual
      case .equal, .unordered, .notEqual, .ordered: self
      }
    }
  }

  enum Value {
    /// A tile of f32, of truth values, and one whose elements are all equal: by the register of the tile machine.
    case tile(UInt8)
    case truths(UInt8)
    case uniform(UInt8)
    /// Sums of listed rows: by the registers with the addresses of rows, heads and entries.
    case listed(rows: UInt8, heads: UInt8, entries: UInt8)
    /// The bits of a number.
    case number(UInt32)
    /// Of earlier values.
    case apply(Operation, [Int])
  }

  private(set) var values: [Value] = []
  private(set) var results: [Chain.Result] = []
  private var numbers: [UInt32: Int] = [:]

  init() {}

  init(_ chain: Chain) {
    var places: [Int] = []
    for value in chain.values {
      switch value {
      case .tile(let register): places.append(append(.tile(register)))
      case .truths(let register): places.append(append(.truths(register)))
      case .uniform(let register): places.append(append(.uniform(register)))
      case .listed(let rows, let heads, let entries):
        places.append(append(.listed(rows: rows, heads: heads, entries: entries)))
      case .constant(let bits): places.append(number(bits: bits))
      case .apply(let opcode, let sources): places.append(expand(opcode, sources.map { places[$0] }))
      }
    }
    results = chain.results.map {
      Chain.Result(value: places[$0.value], register: $0.register, isStreamed: $0.isStreamed)
    }
  }

  mutating func append(_ value: Value) -> Int {
    values.append(value)
    return values.count - 1
  }

  mutating func number(bits: UInt32) -> Int {
    if let known = numbers[bits] { return known }
    let index = append(.number(bits))
    numbers[bits] = index
    return index
  }

  mutating func number(_ value: Float) -> Int { number(bits: value.bitPattern) }

  mutating func apply(_ operation: Operation, _ sources: Int...) -> Int { append(.apply(operation, sources)) }

  func isMask(_ value: Int) -> Bool {
    switch values[value] {
    case .truths, .apply(.compare, _): true
    default: false
    }
  }

  func isNumber(_ value: Int) -> Bool {
    if case .number = values[value] { true } else { false }
  }

  private static let signBit: UInt32 = 0x8000_0000

  mutating func negated(_ a: Int) -> Int { apply(.exclusiveOr, a, number(bits: Self.signBit)) }
  mutating func absolute(_ a: Int) -> Int { apply(.and, a, number(bits: ~Self.signBit)) }

  /// The smaller or larger; NaN where either is.
  private mutating func extreme(_ operation: Operation, _ a: Int, _ b: Int) -> Int {
    let ordered = apply(operation, a, b)
    return apply(.select, apply(.compare(.unordered), a, a), a, ordered)
  }

  /// The operations that stand for an instruction of the tile machine; `Chain.contains` says which there are.
  mutating func expand(_ opcode: TileOpcode, _ sources: [Int]) -> Int {
    let a = sources[0], b = sources[min(1, sources.count - 1)], c = sources[min(2, sources.count - 1)]
    switch opcode {
    case .add: return apply(.add, a, b)
    case .subtract: return apply(.subtract, a, b)
    case .multiply: return apply(.multiply, a, b)
    case .divide: return apply(.divide, a, b)
    case .reciprocal: return apply(.divide, number(1), a)
    case .sqrt: return apply(.squareRoot, a)
    case .negate: return negated(a)
    case .absolute: return absolute(a)
    case .minimum: return extreme(.least, a, b)
    case .maximum: return extreme(.greatest, a, b)
    case .round: return apply(.round(0x08), a)
    case .floor: return apply(.round(0x09), a)
    case .ceil: return apply(.round(0x0A), a)
    case .truncate: return apply(.round(0x0B), a)
    case .sign: return sign(a)
    case .exp: return exp(a)
    case .log: return log(a)
    case .tanh: return tanh(a)
    case .sigmoid: return sigmoid(a)
    case .erf: return erf(a)
    case .select: return apply(.select, a, b, c)
    case .convert: return apply(.keep, a, number(1))
    case .isFinite: return apply(.compare(.less), absolute(a), number(.infinity))
    case .equal: return apply(.compare(.equal), a, b)
    case .notEqual: return apply(.compare(.notEqual), a, b)
    case .less: return apply(.compare(.less), a, b)
    case .lessOrEqual: return apply(.compare(.lessOrEqual), a, b)
    case .greater: return apply(.compare(.greater), a, b)
    case .greaterOrEqual: return apply(.compare(.greaterOrEqual), a, b)
    // isNaN
    default: return apply(.compare(.unordered), a, a)
    }
  }
}

extension [Int] {
  /// Each once, in order.
  var distinct: [Int] { indices.filter { firstIndex(of: self[$0]) == $0 }.map { self[$0] } }
}
