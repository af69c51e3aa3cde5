import Glibc
import KernelTypes
import TensorTypes

/// The elementwise machine, one element at a time, with the system's mathematics: what the kernels are compared with.
enum PlainTiles {
  static func run(
    _ program: UnsafeBufferPointer<TileInstruction>, _ constants: UnsafePointer<UInt64>, _ domain: TileDomain,
    _ operands: UnsafePointer<TileOperand>, _ operandCount: Int
  ) -> KernelStatus {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 256) { registers in
      var position = 0
      for i0 in 0..<domain.outer0 {
        for i1 in 0..<domain.outer1 {
          for i2 in 0..<domain.outer2 {
            for i3 in 0..<domain.inner {
              for instruction in program {
                let type = DType(rawValue: instruction.type) ?? .f32
                let d = Int(instruction.destination), a = Int(instruction.a), b = Int(instruction.b)
                func place(_ operand: Int) -> UnsafeMutableRawPointer {
                  let o = operands[operand]
                  return o.address
                    + (o.stride0 * i0 + o.stride1 * i1 + o.stride2 * i2 + o.strideInner * i3) * type.size
                }
                switch instruction.opcode {
                case .load:
                  let p = place(a)
                  switch type.size {
                  case 1: registers[d] = UInt64(p.load(as: UInt8.self))
                  case 4: registers[d] = UInt64(p.loadUnaligned(as: UInt32.self))
                  default: registers[d] = p.loadUnaligned(as: UInt64.self)
                  }
                case .store:
                  let p = place(a), value = registers[b]
                  switch type.size {
                  case 1: p.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
                  case 4: p.storeBytes(of: UInt32(truncatingIfNeeded: value), as: UInt32.self)
                  default: p.storeBytes(of: value, as: UInt64.self)
                  }
                case .constant: registers[d] = constants[a]
                case .iota:
                  let value = [i0, i1, i2, i3][a]
                  registers[d] = bits(Double(value), value, type)
                case .sumRows:
                  let row = ((i0 * domain.outer1) + i1) * domain.outer2 + i2
                  registers[d] = sumOfRows(
                    operands[a].address, entries(of: row, operands[b].address, operands[Int(instruction.c)].address),
                    column: i3, type)
                case .sumTaken:
                  let row = ((i0 * domain.outer1) + i1) * domain.outer2 + i2
                  let length = Int(constants[Int(instruction.c)])
                  let ids = operands[b].address.assumingMemoryBound(to: Int.self) + row * length
                  registers[d] = sumOfRows(
                    operands[a].address, (0..<length).map { ids[$0] * domain.inner }, column: i3, type)
                case .select:
                  registers[d] = registers[a] & 1 != 0 ? registers[b] : registers[Int(instruction.c)]
                case .convert:
                  registers[d] = convert(registers[a], DType(rawValue: instruction.c) ?? .f32, type)
                default:
                  switch type {
                  case .f32:
                    let x = Double(Float(bitPattern: UInt32(truncatingIfNeeded: registers[a])))
                    let y = Double(Float(bitPattern: UInt32(truncatingIfNeeded: registers[b])))
                    let z = Double(Float(bitPattern: UInt32(truncatingIfNeeded: registers[Int(instruction.c)])))
                    if let truth = compare(instruction.opcode, x, y) {
                      registers[d] = truth ? 1 : 0
                    } else {
                      registers[d] = UInt64(Float(arithmetic(instruction.opcode, x, y, z)).bitPattern)
                    }
                  case .f64:
                    let x = Double(bitPattern: registers[a]), y = Double(bitPattern: registers[b])
                    let z = Double(bitPattern: registers[Int(instruction.c)])
                    if let truth = compare(instruction.opcode, x, y) {
                      registers[d] = truth ? 1 : 0
                    } else {
                      registers[d] = arithmetic(instruction.opcode, x, y, z).bitPattern
                    }
                  case .i64:
                    let x = Int(bitPattern: UInt(registers[a])), y = Int(bitPattern: UInt(registers[b]))
                    if let truth = compareIntegers(instruction.opcode, x, y) {
                      registers[d] = truth ? 1 : 0
                    } else {
                      let (result, code) = integers(
                        instruction.opcode, x, y, Int(bitPattern: UInt(registers[Int(instruction.c)])))
                      if code != .ok { return KernelStatus(code, detail: position) }
                      registers[d] = UInt64(bitPattern: Int64(result))
                    }
                  case .bool:
                    let x = registers[a] & 1, y = registers[b] & 1
                    registers[d] =
                      switch instruction.opcode {
                      case .not: 1 - x
                      case .and, .minimum, .multiply: x & y
                      case .or, .maximum, .add: x | y
                      case .xor, .notEqual: x ^ y
                      case .equal: 1 - (x ^ y)
                      case .less: (1 - x) & y
                      case .lessOrEqual: (1 - x) | y
                      case .greater: x & (1 - y)
                      case .greaterOrEqual: x | (1 - y)
                      default: 0
                      }
                  }
                }
              }
              position += 1
            }
          }
        }
      }
      return .ok
    }
  }

  /// Where the rows listed for `row` begin.
  private static func entries(
    of row: Int, _ heads: UnsafeMutableRawPointer, _ entries: UnsafeMutableRawPointer
  ) -> [Int] {
    let heads = heads.assumingMemoryBound(to: Int32.self), entries = entries.assumingMemoryBound(to: RowEntry.self)
    var offsets: [Int] = []
    var entry = Int(heads[row])
    while entry >= 0 {
      offsets.append(Int(entries[entry].offset))
      entry = Int(entries[entry].next)
    }
    return offsets
  }

  /// The sum, in order, of the rows at `offsets`; the element in `column`.
  private static func sumOfRows(
    _ rows: UnsafeMutableRawPointer, _ offsets: [Int], column: Int, _ type: DType
  ) -> UInt64 {
    var (single, double) = (Float(0), Double(0))
    for offset in offsets {
      if type == .f32 {
        single += rows.assumingMemoryBound(to: Float.self)[offset + column]
      } else {
        double += rows.assumingMemoryBound(to: Double.self)[offset + column]
      }
    }
    return type == .f32 ? UInt64(single.bitPattern) : double.bitPattern
  }

  static func bits(_ float: Double, _ integer: Int, _ type: DType) -> UInt64 {
    switch type {
    case .f32: UInt64(Float(float).bitPattern)
    case .f64: float.bitPattern
    case .i64: UInt64(bitPattern: Int64(integer))
    case .bool: float != 0 ? 1 : 0
    }
  }

  static func convert(_ value: UInt64, _ from: DType, _ to: DType) -> UInt64 {
    switch from {
    case .i64:
      let integer = Int(bitPattern: UInt(value))
      return to == .f32 ? UInt64(Float(integer).bitPattern) : bits(Double(integer), integer, to)
    case .bool: return bits(value & 1 != 0 ? 1 : 0, value & 1 != 0 ? 1 : 0, to)
    case .f32, .f64:
      let float =
        from == .f32 ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: value))) : Double(bitPattern: value)
      let integer =
        float.isNaN ? 0 : float >= 0x1p63 ? Int.max : float < -0x1p63 ? Int.min : Int(float.rounded(.towardZero))
      return bits(float, integer, to)
    }
  }

  static func compare(_ opcode: TileOpcode, _ x: Double, _ y: Double) -> Bool? {
    switch opcode {
    case .equal: x == y
    case .notEqual: x != y
    case .less: x < y
    case .lessOrEqual: x <= y
    case .greater: x > y
    case .greaterOrEqual: x >= y
    case .isNaN: x.isNaN
    case .isFinite: x.isFinite
    default: nil
    }
  }

  static func compareIntegers(_ opcode: TileOpcode, _ x: Int, _ y: Int) -> Bool? {
    switch opcode {
    case .equal: x == y
    case .notEqual: x != y
    case .less: x < y
    case .lessOrEqual: x <= y
    case .greater: x > y
    case .greaterOrEqual: x >= y
    case .isNaN: false
    case .isFinite: true
    default: nil
    }
  }

  static func integers(_ opcode: TileOpcode, _ x: Int, _ y: Int, _ z: Int) -> (Int, KernelStatus.Code) {
    func checked(_ pair: (partialValue: Int, overflow: Bool)) -> (Int, KernelStatus.Code) {
      (pair.partialValue, pair.overflow ? .integerOverflow : .ok)
    }
    switch opcode {
    case .negate: return checked((0).subtractingReportingOverflow(x))
    case .absolute: return x < 0 ? checked((0).subtractingReportingOverflow(x)) : (x, .ok)
    case .sign: return (x.signum(), .ok)
    case .floor, .ceil, .round, .truncate: return (x, .ok)
    case .not: return (~x, .ok)
    case .and: return (x & y, .ok)
    case .or: return (x | y, .ok)
    case .xor: return (x ^ y, .ok)
    case .add: return checked(x.addingReportingOverflow(y))
    case .subtract: return checked(x.subtractingReportingOverflow(y))
    case .multiply: return checked(x.multipliedReportingOverflow(by: y))
    case .multiplyAdd:
      let product = x.multipliedReportingOverflow(by: y)
      return product.overflow ? (0, .integerOverflow) : checked(product.partialValue.addingReportingOverflow(z))
    case .divide, .floorDivide, .remainder:
      if y == 0 { return (0, .integerDivisionByZero) }
      if opcode == .remainder {
        if y == -1 { return (0, .ok) }
        let r = x % y
        return (r != 0 && (r < 0) != (y < 0) ? r + y : r, .ok)
      }
      if y == -1 { return checked((0).subtractingReportingOverflow(x)) }
      let q = x / y
      return (q * y != x && (x < 0) != (y < 0) ? q - 1 : q, .ok)
    case .power:
      if y < 0 {
        if x == 0 { return (0, .integerDivisionByZero) }
        return (x == 1 ? 1 : x == -1 ? (y & 1 == 0 ? 1 : -1) : 0, .ok)
      }
      var result = 1, base = x, exponent = y
      while exponent > 0 {
        if exponent & 1 != 0 {
          let (product, overflow) = result.multipliedReportingOverflow(by: base)
          if overflow { return (0, .integerOverflow) }
          result = product
        }
        exponent >>= 1
        if exponent > 0 {
          let (square, overflow) = base.multipliedReportingOverflow(by: base)
          if overflow { return (0, .integerOverflow) }
          base = square
        }
      }
      return (result, .ok)
    case .minimum: return (min(x, y), .ok)
    case .maximum: return (max(x, y), .ok)
    default: return (x, .ok)
    }
  }

  static func arithmetic(_ opcode: TileOpcode, _ x: Double, _ y: Double, _ z: Double) -> Double {
    switch opcode {
    case .negate: return -x
    case .absolute: return abs(x)
    case .sign: return x.isNaN ? x : x > 0 ? 1 : x < 0 ? -1 : 0
    case .reciprocal: return 1 / x
    case .exp: return exp(x)
    case .expm1: return expm1(x)
    case .log: return log(x)
    case .log1p: return log1p(x)
    case .sqrt: return x.squareRoot()
    case .sin: return sin(x)
    case .cos: return cos(x)
    case .tan: return tan(x)
    case .asin: return asin(x)
    case .acos: return acos(x)
    case .atan: return atan(x)
    case .sinh: return sinh(x)
    case .cosh: return cosh(x)
    case .tanh: return tanh(x)
    case .sigmoid: return 1 / (1 + exp(-x))
    case .erf: return erf(x)
    case .erfInverse: return erfInverse(x)
    case .floor: return x.rounded(.down)
    case .ceil: return x.rounded(.up)
    case .round: return x.rounded(.toNearestOrEven)
    case .truncate: return x.rounded(.towardZero)
    case .add: return x + y
    case .subtract: return x - y
    case .multiply: return x * y
    case .divide: return x / y
    case .floorDivide:
      let r = fmod(x, y)
      if y == 0 || !(x / y).isFinite || y.isInfinite { return (x / y).rounded(.down) }
      return ((x - r) / y).rounded() - (r != 0 && (r < 0) != (y < 0) ? 1 : 0)
    case .remainder:
      let r = fmod(x, y)
      return r != 0 && (r < 0) != (y < 0) ? r + y : r
    case .power: return pow(x, y)
    case .minimum: return x.isNaN ? x : y.isNaN ? y : min(x, y)
    case .maximum: return x.isNaN ? x : y.isNaN ? y : max(x, y)
    case .atan2: return atan2(x, y)
    case .multiplyAdd: return x * y + z
    case .addThenAdd: return x + y + z
    case .addThenSubtract: return x + y - z
    case .addThenSubtractFrom: return z - (x + y)
    case .addThenMultiply: return (x + y) * z
    case .subtractThenAdd: return x - y + z
    case .subtractThenSubtract: return x - y - z
    case .subtractThenSubtractFrom: return z - (x - y)
    case .subtractThenMultiply: return (x - y) * z
    case .multiplyThenAdd: return x * y + z
    case .multiplyThenSubtract: return x * y - z
    case .multiplyThenSubtractFrom: return z - (x * y)
    case .multiplyThenMultiply: return (x * y) * z
    default: return x
    }
  }

  /// Newton's method on erf, from Winitzki's approximation.
  static func erfInverse(_ y: Double) -> Double {
    if y.isNaN || abs(y) > 1 { return .nan }
    if abs(y) == 1 { return y * .infinity }
    if y == 0 { return y }
    let l = log1p(-y * y), t = 2 / (Double.pi * 0.147) + l / 2
    var x = ((t * t - l / 0.147).squareRoot() - t).squareRoot() * (y < 0 ? -1 : 1)
    for _ in 0..<4 {
      let error = abs(y) < 0.5 ? erf(x) - y : y > 0 ? (1 - y) - erfc(x) : erfc(-x) - (1 + y)
      x -= error / (2 / Double.pi.squareRoot() * exp(-x * x))
    }
    return x
  }
}
