import Diagnostics
import Syntax

// What the loop does itself with numbers: two Ints or two Floats. Anything else goes to `mixed` and from there to
// `binary`.

protocol ScalarArithmetic {
  static var operation: BinaryOperator { get }
  static func integers(_ a: Int, _ b: Int) -> (partialValue: Int, overflow: Bool)
  static func floats(_ a: Double, _ b: Double) -> Double
}

enum Addition: ScalarArithmetic {
  static var operation: BinaryOperator { .add }
  @inline(__always) static func integers(_ a: Int, _ b: Int) -> (partialValue: Int, overflow: Bool) {
    a.addingReportingOverflow(b)
  }
  @inline(__always) static func floats(_ a: Double, _ b: Double) -> Double { a + b }
}

enum Subtraction: ScalarArithmetic {
  static var operation: BinaryOperator { .subtract }
  @inline(__always) static func integers(_ a: Int, _ b: Int) -> (partialValue: Int, overflow: Bool) {
    a.subtractingReportingOverflow(b)
  }
  @inline(__always) static func floats(_ a: Double, _ b: Double) -> Double { a - b }
}

enum Multiplication: ScalarArithmetic {
  static var operation: BinaryOperator { .multiply }
  @inline(__always) static func integers(_ a: Int, _ b: Int) -> (partialValue: Int, overflow: Bool) {
    a.multipliedReportingOverflow(by: b)
  }
  @inline(__always) static func floats(_ a: Double, _ b: Double) -> Double { a * b }
}

protocol ScalarComparison {
  static var operation: BinaryOperator { get }
  static func integers(_ a: Int, _ b: Int) -> Bool
  static func floats(_ a: Double, _ b: Double) -> Bool
}

enum Less: ScalarComparison {
  static var operation: BinaryOperator { .less }
  @inline(__always) static func integers(_ a: Int, _ b: Int) -> Bool { a < b }
  @inline(__always) static func floats(_ a: Double, _ b: Double) -> Bool { a < b }
}

enum LessOrEqual: ScalarComparison {
  static var operation: BinaryOperator { .lessOrEqual }
  @inline(__always) static func integers(_ a: Int, _ b: Int) -> Bool { a <= b }
  @inline(__always) static func floats(_ a: Double, _ b: Double) -> Bool { a <= b }
}

enum Greater: ScalarComparison {
  static var operation: BinaryOperator { .greater }
  @inline(__always) static func integers(_ a: Int, _ b: Int) -> Bool { a > b }
  @inline(__always) static func floats(_ a: Double, _ b: Double) -> Bool { a > b }
}

enum GreaterOrEqual: ScalarComparison {
  static var operation: BinaryOperator { .greaterOrEqual }
  @inline(__always) static func integers(_ a: Int, _ b: Int) -> Bool { a >= b }
  @inline(__always) static func floats(_ a: Double, _ b: Double) -> Bool { a >= b }
}

extension UnsafeMutablePointer where Pointee == Value {
  @inline(__always) var isNumber: Bool { tag == Tag.int || tag == Tag.float }
  /// For numbers only.
  @inline(__always) var number: Double { tag == Tag.int ? Double(integer) : double }

  /// The result of two Ints without overflow or of two Floats; false when it has to be done elsewhere.
  @inline(__always) func set<A: ScalarArithmetic>(_: A.Type, _ l: Slot, _ r: Slot) -> Bool {
    if l.tag == Tag.int, r.tag == Tag.int {
      let (value, overflow) = A.integers(l.integer, r.integer)
      if overflow { return false }
      set(value)
      return true
    }
    if l.tag == Tag.float, r.tag == Tag.float {
      set(A.floats(l.double, r.double))
      return true
    }
    return false
  }

  /// The product of `l` and `r` added to `other`, or subtracted, or `other` subtracted from it: Ints without overflow
  /// or Floats, each operation rounded by itself.
  @inline(__always) func set<A: ScalarArithmetic>(
    _: A.Type, product l: Slot, _ r: Slot, _ other: Slot, isRight: Bool
  ) -> Bool {
    if l.tag == Tag.float, r.tag == Tag.float, other.tag == Tag.float {
      let product = l.double * r.double
      set(isRight ? A.floats(other.double, product) : A.floats(product, other.double))
      return true
    }
    if l.tag == Tag.int, r.tag == Tag.int, other.tag == Tag.int {
      let product = l.integer.multipliedReportingOverflow(by: r.integer)
      let result =
        isRight
        ? A.integers(other.integer, product.partialValue) : A.integers(product.partialValue, other.integer)
      if product.overflow || result.overflow { return false }
      set(result.partialValue)
      return true
    }
    return false
  }

  /// Whether two values that are no objects are equal; nil when they are or can't be compared.
  @inline(__always) func isEqual(to other: Slot) -> Bool? {
    let tag = tag
    if tag == other.tag {
      switch tag {
      case Tag.int: return integer == other.integer
      case Tag.float: return double == other.double
      case Tag.bool: return truth == other.truth
      case Tag.none: return true
      default: return nil
      }
    }
    return tag != Tag.object && other.tag != Tag.object && (tag == Tag.none || other.tag == Tag.none) ? false : nil
  }
}

extension Machine {
  @inline(__always)
  func arithmetic<A: ScalarArithmetic>(
    _: A.Type, _ target: Slot, _ l: Slot, _ r: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    if !target.set(A.self, l, r) { try mixed(A.self, target, l, r, flags, pc) }
  }

  /// An Int and a Float, an overflow, or objects.
  @inline(never)
  private func mixed<A: ScalarArithmetic>(
    _: A.Type, _ target: Slot, _ l: Slot, _ r: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    if l.isNumber, r.isNumber, l.tag != r.tag {
      target.set(A.floats(l.number, r.number))
    } else {
      try binary(A.operation, target, l, r, flags, pc)
    }
  }

  @inline(__always)
  func divide(
    _ target: Slot, _ l: Slot, _ r: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    if l.tag == Tag.float, r.tag == Tag.float {
      target.set(l.double / r.double)
    } else if l.tag == Tag.float, r.tag == Tag.int {
      target.set(l.double / Double(r.integer))
    } else if l.tag == Tag.int, r.isNumber, r.tag == Tag.float || r.integer != 0 {
      target.set(Double(l.integer) / r.number)
    } else {
      try binary(.divide, target, l, r, flags, pc)
    }
  }

  @inline(__always)
  func floorDivide(
    _ target: Slot, _ l: Slot, _ r: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    if l.tag == Tag.int, r.tag == Tag.int, r.integer > 0 {
      let quotient = l.integer / r.integer
      target.set(l.integer < quotient &* r.integer ? quotient - 1 : quotient)
    } else {
      try binary(.floorDivide, target, l, r, flags, pc)
    }
  }

  @inline(__always)
  func remainder(
    _ target: Slot, _ l: Slot, _ r: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    if l.tag == Tag.int, r.tag == Tag.int, r.integer > 0 {
      let rest = l.integer % r.integer
      target.set(rest < 0 ? rest + r.integer : rest)
    } else {
      try binary(.remainder, target, l, r, flags, pc)
    }
  }

  @inline(__always)
  func holds<C: ScalarComparison>(
    _: C.Type, _ l: Slot, _ r: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) -> Bool {
    if l.tag == Tag.int, r.tag == Tag.int { return C.integers(l.integer, r.integer) }
    if l.tag == Tag.float, r.tag == Tag.float { return C.floats(l.double, r.double) }
    return try mixedHolds(C.self, l, r, flags, pc)
  }

  @inline(never)
  private func mixedHolds<C: ScalarComparison>(
    _: C.Type, _ l: Slot, _ r: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) -> Bool {
    if l.isNumber, r.isNumber { return C.floats(l.number, r.number) }
    return try compare(C.operation, l, r, flags, pc)
  }

  /// `==`, or the opposite of `!=`.
  @inline(__always)
  func areEqual(
    _ operation: BinaryOperator, _ l: Slot, _ r: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) -> Bool {
    if l.tag == Tag.int, r.tag == Tag.int { return l.integer == r.integer }
    if let result = l.isEqual(to: r) { return result }
    return try compare(operation, l, r, flags, pc) == (operation == .equal)
  }

  /// A comparison as a value; tensors give tensors.
  @inline(__always)
  func comparison<C: ScalarComparison>(
    _: C.Type, _ target: Slot, _ l: Slot, _ r: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    if l.tag == Tag.int, r.tag == Tag.int {
      target.set(C.integers(l.integer, r.integer))
    } else if l.tag == Tag.float, r.tag == Tag.float {
      target.set(C.floats(l.double, r.double))
    } else {
      try binary(C.operation, target, l, r, flags, pc)
    }
  }

  /// Goes on at a distance; on the way back is where Ctrl-C is noticed.
  @inline(__always)
  func jump(_ pc: inout UnsafePointer<Instruction>, _ distance: Int) throws(Diagnostic) {
    if distance < 0, interrupt.isPending { try lookUp(pc) }
    pc += distance
  }
}
