import Diagnostics
import Glibc
import SourceText
import Syntax
import TensorRuntime

// Operators on everything that the loop does not do itself. A pc is that of the next instruction: it names the place.

extension Machine {
  // MARK: From the loop

  @inline(never)
  func binary(
    _ operation: BinaryOperator, _ target: Slot, _ left: Slot, _ right: Slot, _ flags: UInt8,
    _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    frame.pointee.next = pc
    let result: Value
    let isLeftFree = flags & OperandFlag.leftIsTemporary != 0 && left.isLargeTensorOfItsOwn
    let isRightFree = flags & OperandFlag.rightIsTemporary != 0 && right.isLargeTensorOfItsOwn
    if isLeftFree || isRightFree {
      result = try tensorBinary(
        operation, left.pointee, right.pointee, donating: [isLeftFree, isRightFree], at: site(pc))
    } else {
      result = try binary(operation, left.pointee, right.pointee) { self.site(pc) }
    }
    if flags & OperandFlag.leftIsTemporary != 0 { left.clear() }
    if flags & OperandFlag.rightIsTemporary != 0 { right.clear() }
    target.pointee = result
  }

  @inline(never)
  func binaryInteger(
    _ operation: BinaryOperator, _ target: Slot, _ left: Slot, _ right: Int, _ flags: UInt8,
    _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    frame.pointee.next = pc
    let result: Value
    if flags & OperandFlag.leftIsTemporary != 0, left.isLargeTensorOfItsOwn {
      result = try tensorBinary(operation, left.pointee, .int(right), donating: [true], at: site(pc))
    } else {
      result = try binary(operation, left.pointee, .int(right)) { self.site(pc) }
    }
    if flags & OperandFlag.leftIsTemporary != 0 { left.clear() }
    target.pointee = result
  }

  /// A comparison whose outcome decides a jump.
  @inline(never)
  func compare(
    _ operation: BinaryOperator, _ left: Slot, _ right: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) -> Bool {
    frame.pointee.next = pc
    if operation == .equal || operation == .notEqual, let isSame = left.isSameText(as: right) {
      if flags & OperandFlag.leftIsTemporary != 0 { left.clear() }
      if flags & OperandFlag.rightIsTemporary != 0 { right.clear() }
      return isSame == (operation == .equal)
    }
    let result = try binary(operation, left.pointee, right.pointee) { self.site(pc) }
    if flags & OperandFlag.leftIsTemporary != 0 { left.clear() }
    if flags & OperandFlag.rightIsTemporary != 0 { right.clear() }
    if case .bool(let truth) = result { return truth }
    return try truth(of: result, at: site(pc))
  }

  @inline(never)
  func negate(_ source: Slot, _ target: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    frame.pointee.next = pc
    let value = source.pointee
    if flags & OperandFlag.leftIsTemporary != 0 { source.clear() }
    switch value {
    case .int(let number):
      guard number != Int.min else { throw .integerOverflow("-", at: site(pc).span) }
      target.set(-number)
    case .object(let object) where object.kind.isTensorLike: target.pointee = try tensorUnary(.negate, value, at: site(pc))
    default: throw .wrongKind(found: value.kindName, expected: "a number", at: site(pc).operand(0))
    }
  }

  @inline(never)
  func not(_ source: Slot, _ target: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    frame.pointee.next = pc
    let value = source.pointee
    if flags & OperandFlag.leftIsTemporary != 0 { source.clear() }
    guard case .object(let object) = value, object.kind.isTensorLike else {
      throw .wrongKind(found: value.kindName, expected: "a truth value", at: site(pc).operand(0))
    }
    target.pointee = try tensorUnary(.not, value, at: site(pc))
  }

  /// The right side of `and` and `or`, once the left has not decided: whole tensors, or one truth value.
  @inline(never)
  func logical(
    _ operation: BinaryOperator, _ target: Slot, _ left: Slot, _ right: Slot, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    frame.pointee.next = pc
    if isElementwise(left) || isElementwise(right) {
      target.pointee = try tensorBinary(operation, left.pointee, right.pointee, at: site(pc))
    } else {
      target.set(try truth(of: right.pointee, at: Site(span: site(pc).operand(1))))
    }
    right.clear()
  }

  /// Tensors for which `and` and `or` look at both sides: those with dimensions, and traced ones.
  @inline(never)
  func isElementwise(_ slot: Slot) -> Bool {
    guard case .object(let object) = slot.pointee else { return false }
    switch object.kind {
    case .tensor: return (shape(of: slot.pointee)?.rank ?? 0) > 0
    case .tracer: return true
    default: return false
    }
  }

  @inline(never)
  func truth(_ source: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) -> Bool {
    frame.pointee.next = pc
    let value = source.pointee
    if flags & OperandFlag.leftIsTemporary != 0 { source.clear() }
    return try truth(of: value, at: site(pc))
  }

  // MARK: On values

  /// The truth value that a condition needs.
  func truth(of value: Value, at site: Site) throws(Diagnostic) -> Bool {
    switch value {
    case .bool(let truth): return truth
    case .object(let object) where object.kind == .tensor || object.kind == .tracer:
      return try truth(ofTensor: value, at: site)
    default: throw .notACondition(found: value.kindName, at: site.span)
    }
  }

  /// An operator on host values.
  func hostBinary(_ operation: BinaryOperator, _ left: Value, _ right: Value, at site: Site) throws(Diagnostic) -> Value {
    try binary(operation, left, right) { site }
  }

  /// Any operator but `and`, `or`, ranges and `>>`.
  func binary(_ operation: BinaryOperator, _ left: Value, _ right: Value, _ site: () -> Site) throws(Diagnostic) -> Value {
    switch (left, right) {
    case (.int(let a), .int(let b)): return try integers(operation, a, b, site)
    case (.float(let a), .float(let b)): return try floats(operation, a, b, site)
    case (.int(let a), .float(let b)): return try floats(operation, Double(a), b, site)
    case (.float(let a), .int(let b)): return try floats(operation, a, Double(b), site)
    default: break
    }
    if left.isTensorLike || right.isTensorLike { return try tensorBinary(operation, left, right, at: site()) }
    switch operation {
    case .equal: return .bool(try isEqual(left, right, site))
    case .notEqual: return .bool(try !isEqual(left, right, site))
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      if case .object(let a as TextValue) = left, case .object(let b as TextValue) = right {
        return .bool(Self.compare(operation, a.text, b.text))
      }
    case .add:
      switch (left, right) {
      case (.object(let a as TextValue), .object(let b as TextValue)):
        if !a.hasRoom(for: b) { try checkSize(a.byteCount + b.byteCount, "a text", site) }
        return .object(a.appending(b))
      case (.object(let a as ListValue), .object(let b as ListValue)):
        try checkSize(a.elements.count + b.elements.count, "a list", site)
        return .object(ListValue(a.elements + b.elements))
      default: break
      }
    default: break
    }
    if operation.isArithmetic, left.isRecord || right.isRecord {
      return try tensorBinary(operation, left, right, at: site())
    }
    let site = site()
    throw .badOperands(
      operation.rawValue, left: left.kindName, right: right.kindName, at: site.span, leftSpan: site.operand(0),
      rightSpan: site.operand(1))
  }

  private func integers(_ operation: BinaryOperator, _ a: Int, _ b: Int, _ site: () -> Site) throws(Diagnostic) -> Value {
    func checked(_ result: (partialValue: Int, overflow: Bool)) throws(Diagnostic) -> Value {
      if result.overflow { throw .integerOverflow(operation.rawValue, at: site().span) }
      return .int(result.partialValue)
    }
    switch operation {
    case .add: return try checked(a.addingReportingOverflow(b))
    case .subtract: return try checked(a.subtractingReportingOverflow(b))
    case .multiply: return try checked(a.multipliedReportingOverflow(by: b))
    case .divide:
      guard b != 0 else { throw .divisionByZero("/", at: site().span, divisor: site().operand(1)) }
      return .float(Double(a) / Double(b))
    case .floorDivide:
      guard b != 0 else { throw .divisionByZero("//", at: site().span, divisor: site().operand(1)) }
      let (quotient, overflow) = a.dividedReportingOverflow(by: b)
      if overflow { throw .integerOverflow("//", at: site().span) }
      return .int(a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient)
    case .remainder:
      guard b != 0 else { throw .divisionByZero("%", at: site().span, divisor: site().operand(1)) }
      let rest = a.remainderReportingOverflow(dividingBy: b).partialValue
      return .int(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
    case .power: return try power(a, b, site)
    case .equal: return .bool(a == b)
    case .notEqual: return .bool(a != b)
    case .less: return .bool(a < b)
    case .lessOrEqual: return .bool(a <= b)
    case .greater: return .bool(a > b)
    case .greaterOrEqual: return .bool(a >= b)
    default: throw mismatch(operation, .int(a), .int(b), site())
    }
  }

  private func power(_ base: Int, _ exponent: Int, _ site: () -> Site) throws(Diagnostic) -> Value {
    if exponent < 0 {
      guard base != 0 else { throw .divisionByZero("^", at: site().span, divisor: site().operand(0)) }
      return .float(power(Double(base), Double(exponent)))
    }
    var result = 1
    var factor = base
    var left = exponent
    while left > 0 {
      if left & 1 == 1 {
        let (product, overflow) = result.multipliedReportingOverflow(by: factor)
        if overflow { throw .integerOverflow("^", at: site().span) }
        result = product
      }
      left >>= 1
      guard left > 0 else { break }
      let (square, overflow) = factor.multipliedReportingOverflow(by: factor)
      if overflow { throw .integerOverflow("^", at: site().span) }
      factor = square
    }
    return .int(result)
  }

  private func floats(_ operation: BinaryOperator, _ a: Double, _ b: Double, _ site: () -> Site) throws(Diagnostic) -> Value
  {
    switch operation {
    case .add: return .float(a + b)
    case .subtract: return .float(a - b)
    case .multiply: return .float(a * b)
    case .divide: return .float(a / b)
    case .floorDivide: return .float((a / b).rounded(.down))
    case .remainder:
      let rest = fmod(a, b)
      return .float(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
    case .power: return .float(power(a, b))
    case .equal: return .bool(a == b)
    case .notEqual: return .bool(a != b)
    case .less: return .bool(a < b)
    case .lessOrEqual: return .bool(a <= b)
    case .greater: return .bool(a > b)
    case .greaterOrEqual: return .bool(a >= b)
    default: throw mismatch(operation, .float(a), .float(b), site())
    }
  }

  /// As on tensors: whole-number powers by multiplication, the rest by the kernels.
  private func power(_ base: Double, _ exponent: Double) -> Double {
    switch exponent {
    case 1: base
    case 2: base * base
    case 3: base * base * base
    case 0.5: HostMath.value(.sqrt, base)
    case -1: 1 / base
    default: HostMath.value(.power, base, exponent)
    }
  }

  private func mismatch(_ operation: BinaryOperator, _ left: Value, _ right: Value, _ site: Site) -> Diagnostic {
    if operation == .matmul { return .matmulOfNumbers(at: site.span) }
    return .badOperands(
      operation.rawValue, left: left.kindName, right: right.kindName, at: site.span, leftSpan: site.operand(0),
      rightSpan: site.operand(1))
  }

  private static func compare(_ operation: BinaryOperator, _ a: String, _ b: String) -> Bool {
    switch operation {
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    default: a >= b
    }
  }

  /// Sizes of lists and texts that would exhaust the memory are refused before they are made.
  func checkSize(_ count: Int, _ what: String, _ site: () -> Site) throws(Diagnostic) {
    guard count > 1 << 20 else { return }
    // Twice: growing copies.
    let bytes = count.multipliedClamping(by: 2 * MemoryLayout<Value>.stride)
    if count > 1 << 26 || bytes > MemoryLimit.available() { throw .tooManyElements(what, count: count, at: site().span) }
  }
}

extension BinaryOperator {
  var isArithmetic: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide, .floorDivide, .remainder, .matmul, .power: true
    default: false
    }
  }
}

extension ObjectKind {
  /// Kinds whose operators belong to the tensor side.
  var isTensorLike: Bool { self == .tensor || self == .tracer || self == .tree }
}

extension Value {
  var isTensorLike: Bool {
    if case .object(let object) = self { return object.kind.isTensorLike }
    return false
  }

  var isRecord: Bool {
    if case .object(let object) = self { return object.kind == .record }
    return false
  }
}

extension UnsafeMutablePointer where Pointee == Value {
  /// Whether here stands the only reference to a tensor whose memory is worth using again.
  fileprivate var isLargeTensorOfItsOwn: Bool {
    guard tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .tensor else { return false }
    let reference = UnsafeMutableRawPointer(self).assumingMemoryBound(to: TensorValue.self)
    return isKnownUniquelyReferenced(&reference.pointee)
      && object(TensorValue.self)._withUnsafeGuaranteedRef { $0.tensor.storage.byteCount } >= 1 << 20
  }
}
