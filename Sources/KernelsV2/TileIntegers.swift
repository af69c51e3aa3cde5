import KernelTypes

// The integer and truth-value instructions of the tile machine: exactly `count` elements, because an element behind
// them must not be reported.

/// 0, or a status with the element's place in the tile.
@inline(never)
func runI64(
  _ code: UnsafePointer<TileInstruction>, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer,
  _ registers: UnsafeMutablePointer<UnsafeMutableRawPointer>, _ count: Int
) -> Int {
  let instruction = code.pointee
  let truth = d.assumingMemoryBound(to: UInt8.self)
  let d = d.assumingMemoryBound(to: Int.self)
  let condition = a.assumingMemoryBound(to: UInt8.self)
  let a = a.assumingMemoryBound(to: Int.self)
  let b = registers[Int(instruction.b)].assumingMemoryBound(to: Int.self)
  let c = registers[Int(instruction.c)].assumingMemoryBound(to: Int.self)
  switch instruction.opcode {
  case .add, .subtract: return addOrSubtract(instruction.opcode == .add, d, a, b, count)
  case .multiply, .multiplyAdd, .negate, .absolute, .divide, .floorDivide, .remainder, .power:
    for k in 0..<count {
      let (value, code) = checked(instruction.opcode, a[k], b[k], c[k])
      if code != .ok { return Int(code.rawValue) | k << 8 }
      d[k] = value
    }
  case .sign: for k in 0..<count { d[k] = a[k] > 0 ? 1 : a[k] < 0 ? -1 : 0 }
  case .minimum: for k in 0..<count { d[k] = a[k] < b[k] ? a[k] : b[k] }
  case .maximum: for k in 0..<count { d[k] = a[k] > b[k] ? a[k] : b[k] }
  case .and: for k in 0..<count { d[k] = a[k] & b[k] }
  case .or: for k in 0..<count { d[k] = a[k] | b[k] }
  case .xor: for k in 0..<count { d[k] = a[k] ^ b[k] }
  case .not: for k in 0..<count { d[k] = ~a[k] }
  case .floor, .ceil, .round, .truncate: for k in 0..<count { d[k] = a[k] }
  case .equal: for k in 0..<count { truth[k] = a[k] == b[k] ? 1 : 0 }
  case .notEqual: for k in 0..<count { truth[k] = a[k] != b[k] ? 1 : 0 }
  case .less: for k in 0..<count { truth[k] = a[k] < b[k] ? 1 : 0 }
  case .lessOrEqual: for k in 0..<count { truth[k] = a[k] <= b[k] ? 1 : 0 }
  case .greater: for k in 0..<count { truth[k] = a[k] > b[k] ? 1 : 0 }
  case .greaterOrEqual: for k in 0..<count { truth[k] = a[k] >= b[k] ? 1 : 0 }
  case .isNaN: for k in 0..<count { truth[k] = 0 }
  case .isFinite: for k in 0..<count { truth[k] = 1 }
  case .select: for k in 0..<count { d[k] = condition[k] & 1 != 0 ? b[k] : c[k] }
  default: break
  }
  return 0
}

@inline(__always)
func addOrSubtract(
  _ adds: Bool, _ d: UnsafeMutablePointer<Int>, _ a: UnsafeMutablePointer<Int>, _ b: UnsafeMutablePointer<Int>,
  _ count: Int
) -> Int {
  // The sign bit of `wrong` is set where the sum has another sign than both operands.
  var wrong = 0
  for k in 0..<count {
    let x = a[k], y = adds ? b[k] : ~b[k]
    let result = adds ? x &+ y : x &+ y &+ 1
    wrong |= (x ^ result) & (y ^ result)
    d[k] = result
  }
  if wrong >= 0 { return 0 }
  for k in 0..<count {
    let x = a[k], y = b[k]
    let overflow = adds ? x.addingReportingOverflow(y).overflow : x.subtractingReportingOverflow(y).overflow
    if overflow { return Int(KernelStatus.Code.integerOverflow.rawValue) | k << 8 }
  }
  return 0
}

@inline(__always)
func checked(_ opcode: TileOpcode, _ x: Int, _ y: Int, _ z: Int) -> (Int, KernelStatus.Code) {
  switch opcode {
  case .multiply:
    let (product, overflow) = x.multipliedReportingOverflow(by: y)
    return (product, overflow ? .integerOverflow : .ok)
  case .multiplyAdd:
    let (product, overflow) = x.multipliedReportingOverflow(by: y)
    let (sum, overflow2) = product.addingReportingOverflow(z)
    return (sum, overflow || overflow2 ? .integerOverflow : .ok)
  case .negate, .absolute:
    if opcode == .absolute && x >= 0 { return (x, .ok) }
    return x == Int.min ? (x, .integerOverflow) : (0 &- x, .ok)
  case .remainder:
    if y == 0 { return (0, .integerDivisionByZero) }
    if y == -1 { return (0, .ok) }
    let r = x % y
    return (r != 0 && (r < 0) != (y < 0) ? r &+ y : r, .ok)
  case .power: return integerPower(x, y)
  default:
    if y == 0 { return (0, .integerDivisionByZero) }
    if y == -1 { return x == Int.min ? (x, .integerOverflow) : (0 &- x, .ok) }
    let q = x / y
    return (q &* y != x && (x < 0) != (y < 0) ? q &- 1 : q, .ok)
  }
}

/// By squaring. A negative exponent gives the whole part of the reciprocal.
func integerPower(_ x: Int, _ y: Int) -> (Int, KernelStatus.Code) {
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
}

/// Truth values are bytes of 0 or 1.
@inline(never)
func runBool(
  _ code: UnsafePointer<TileInstruction>, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer,
  _ registers: UnsafeMutablePointer<UnsafeMutableRawPointer>, _ count: Int
) {
  let instruction = code.pointee
  let d = d.assumingMemoryBound(to: UInt8.self), a = a.assumingMemoryBound(to: UInt8.self)
  let b = registers[Int(instruction.b)].assumingMemoryBound(to: UInt8.self)
  let c = registers[Int(instruction.c)].assumingMemoryBound(to: UInt8.self)
  switch instruction.opcode {
  case .not: for k in 0..<count { d[k] = a[k] ^ 1 }
  case .and, .minimum, .multiply: for k in 0..<count { d[k] = a[k] & b[k] }
  case .or, .maximum, .add: for k in 0..<count { d[k] = a[k] | b[k] }
  case .xor, .notEqual: for k in 0..<count { d[k] = a[k] ^ b[k] }
  case .equal: for k in 0..<count { d[k] = a[k] ^ b[k] ^ 1 }
  case .less: for k in 0..<count { d[k] = (a[k] ^ 1) & b[k] }
  case .lessOrEqual: for k in 0..<count { d[k] = (a[k] ^ 1) | b[k] }
  case .greater: for k in 0..<count { d[k] = a[k] & (b[k] ^ 1) }
  case .greaterOrEqual: for k in 0..<count { d[k] = a[k] | (b[k] ^ 1) }
  case .select: for k in 0..<count { d[k] = a[k] & 1 != 0 ? b[k] : c[k] }
  case .isNaN: for k in 0..<count { d[k] = 0 }
  case .isFinite: for k in 0..<count { d[k] = 1 }
  default: break
  }
}
