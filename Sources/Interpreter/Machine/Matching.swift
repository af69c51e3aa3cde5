import Diagnostics
import SourceText

// Patterns: taking values apart and testing what they look like.

extension Machine {
  /// The parts of a tuple, list or tensor into registers in a row.
  @inline(never)
  func unpack(_ source: Slot, _ first: Slot, _ count: Int, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    let value = source.pointee
    var parts: [Value]
    switch value {
    case .object(let tuple as TupleValue): parts = tuple.elements
    case .object(let list as ListValue): parts = list.elements
    case .object(let object) where object.kind == .tensor || object.kind == .tracer:
      guard let size = shape(of: value)?.sizes.first else {
        throw .notUnpackable(found: "a tensor without dimensions", count: count, at: site(pc).span)
      }
      guard size == count else { throw .unpackCount(expected: count, found: size, kind: "tensor", at: site(pc).span) }
      parts = []
      for index in 0..<count { parts.append(try tensorIndex(value, [.value(.int(index))], at: site(pc))) }
    default: throw .notUnpackable(found: value.kindName, count: count, at: site(pc).span)
    }
    guard parts.count == count else {
      throw .unpackCount(expected: count, found: parts.count, kind: value.kindName, at: site(pc).span)
    }
    for index in 0..<count { first[index] = parts[index] }
  }

  @inline(never)
  func unpackField(_ source: Slot, _ name: Int, _ target: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    frame.pointee.next = pc
    let name = prototype.names[name]
    let site = site(pc)
    target.pointee = try field(name, of: source.pointee) { Site(span: site.span, operands: [site.span, site.span]) }
  }

  @inline(never)
  func testSequence(_ slot: Slot, _ count: Int, isList: Bool) -> Bool {
    switch slot.pointee {
    case .object(let tuple as TupleValue): !isList && tuple.elements.count == count
    case .object(let list as ListValue): isList && list.elements.count == count
    case .object(let object) where object.kind == .tensor || object.kind == .tracer:
      isList && shape(of: slot.pointee)?.sizes.first == count
    default: false
    }
  }

  @inline(never)
  func testRecord(_ slot: Slot, _ shape: Int) -> Bool {
    guard case .object(let record as RecordValue) = slot.pointee else { return false }
    return prototype.recordShapes[shape].allSatisfy { record.names.contains($0) }
  }

  @inline(never)
  func testEqual(_ slot: Slot, _ literal: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) -> Bool {
    try isWhollyEqual(slot.pointee, literal.pointee) { self.site(pc) }
  }

  @inline(never)
  func testRange(_ slot: Slot, _ bounds: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) -> Bool
  {
    let isClosed = flags & OperandFlag.option != 0
    guard let number = try self.number(slot.pointee, pc), let lower = try self.number(bounds.pointee, pc),
      let upper = try self.number((bounds + 1).pointee, pc)
    else { return false }
    return number >= lower && (isClosed ? number <= upper : number < upper)
  }

  private func number(_ value: Value, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) -> Double? {
    switch value {
    case .int(let number): Double(number)
    case .float(let number): number
    case .object(let object) where object.kind == .tensor || object.kind == .tracer:
      shape(of: value)?.rank == 0 ? try hostFloat(value, at: site(pc)) : nil
    default: nil
    }
  }

  @inline(never)
  func noMatch(_ slot: Slot, _ pc: UnsafePointer<Instruction>) -> Diagnostic {
    .noMatch(found: Display.text(slot.pointee, limit: 80), at: site(pc).operand(0))
  }

  /// A failed `assert`; for a comparison with both sides.
  @inline(never)
  func assertionFailed(_ sides: (Slot, Slot)?, _ pc: UnsafePointer<Instruction>) -> Diagnostic {
    let site = site(pc)
    guard let (left, right) = sides else { return .assertionFailed(at: site.span) }
    return .assertionFailed(
      at: site.span, left: site.operand(0), leftText: Display.text(left.pointee, limit: 200), right: site.operand(1),
      rightText: Display.text(right.pointee, limit: 200))
  }
}
