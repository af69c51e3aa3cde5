import Diagnostics
import SourceText
import Syntax

extension Machine {
  /// Runs the current frame and what it calls until the frame at `floor` goes on. Calls among functions of the language
  /// stay in this loop. The instruction decides; what is rare or needs objects is in functions of its own.
  func execute(until floor: UnsafeMutablePointer<Frame>) throws(Diagnostic) {
    var current = frame
    var base = current.pointee.base
    var pc = current.pointee.next
    var constants = current.pointee.code.pointee.constants
    let globals = globals
    let missing = Missing.address
    // A trace begins and ends in builtins, so it can't change while this loop runs.
    let isTracing = tensors.isTracing
    let interrupt = interrupt

    do throws(Diagnostic) {
      while true {
        let i = pc.pointee
        pc += 1
        switch i.opcode {
        case .move: (base + i.ia).copy(from: base + i.ib)
        case .take: (base + i.ia).take(from: base + i.ib)
        case .constant: (base + i.ia).copy(from: constants + i.wide)
        case .integer: (base + i.ia).set(i.wide)
        case .none: (base + i.ia).clear()
        case .truth: (base + i.ia).set(i.x != 0)
        case .getGlobal:
          let source = globals + i.wide
          if source.isMissing(missing) { throw noValue(i.wide, pc) }
          if isTracing {
            base[i.ia] = traced(global: source.pointee, slot: i.wide)
          } else {
            (base + i.ia).copy(from: source)
          }
        case .setGlobal:
          if isTracing && i.x & OperandFlag.option != 0 { throw .assignedInTrace(at: site(pc).span) }
          if i.x & OperandFlag.leftIsTemporary != 0 {
            (globals + i.wide).take(from: base + i.ia)
          } else {
            (globals + i.wide).copy(from: base + i.ia)
          }
        case .getCapture: base[i.ia] = capture(i.ib, base)
        case .add:
          let l = base + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            let (value, overflow) = l.integer.addingReportingOverflow(r.integer)
            if !overflow {
              (base + i.ia).set(value)
              continue
            }
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double + r.double)
            continue
          }
          try binary(.add, base + i.ia, l, r, i.x, pc)
        case .addRK:
          let l = base + i.ib
          let r = constants + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            let (value, overflow) = l.integer.addingReportingOverflow(r.integer)
            if !overflow {
              (base + i.ia).set(value)
              continue
            }
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double + r.double)
            continue
          }
          try binary(.add, base + i.ia, l, r, i.x, pc)
        case .addKR:
          let l = constants + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            let (value, overflow) = l.integer.addingReportingOverflow(r.integer)
            if !overflow {
              (base + i.ia).set(value)
              continue
            }
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double + r.double)
            continue
          }
          try binary(.add, base + i.ia, l, r, i.x, pc)
        case .subtract:
          let l = base + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            let (value, overflow) = l.integer.subtractingReportingOverflow(r.integer)
            if !overflow {
              (base + i.ia).set(value)
              continue
            }
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double - r.double)
            continue
          }
          try binary(.subtract, base + i.ia, l, r, i.x, pc)
        case .subtractRK:
          let l = base + i.ib
          let r = constants + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            let (value, overflow) = l.integer.subtractingReportingOverflow(r.integer)
            if !overflow {
              (base + i.ia).set(value)
              continue
            }
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double - r.double)
            continue
          }
          try binary(.subtract, base + i.ia, l, r, i.x, pc)
        case .subtractKR:
          let l = constants + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            let (value, overflow) = l.integer.subtractingReportingOverflow(r.integer)
            if !overflow {
              (base + i.ia).set(value)
              continue
            }
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double - r.double)
            continue
          }
          try binary(.subtract, base + i.ia, l, r, i.x, pc)
        case .multiply:
          let l = base + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            let (value, overflow) = l.integer.multipliedReportingOverflow(by: r.integer)
            if !overflow {
              (base + i.ia).set(value)
              continue
            }
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double * r.double)
            continue
          }
          try binary(.multiply, base + i.ia, l, r, i.x, pc)
        case .multiplyRK:
          let l = base + i.ib
          let r = constants + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            let (value, overflow) = l.integer.multipliedReportingOverflow(by: r.integer)
            if !overflow {
              (base + i.ia).set(value)
              continue
            }
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double * r.double)
            continue
          }
          try binary(.multiply, base + i.ia, l, r, i.x, pc)
        case .multiplyKR:
          let l = constants + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            let (value, overflow) = l.integer.multipliedReportingOverflow(by: r.integer)
            if !overflow {
              (base + i.ia).set(value)
              continue
            }
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double * r.double)
            continue
          }
          try binary(.multiply, base + i.ia, l, r, i.x, pc)
        case .divide:
          let l = base + i.ib
          let r = base + i.ic
          if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double / r.double)
          } else if l.tag == Tag.float, r.tag == Tag.int {
            (base + i.ia).set(l.double / Double(r.integer))
          } else if l.tag == Tag.int, r.tag == Tag.float {
            (base + i.ia).set(Double(l.integer) / r.double)
          } else {
            try binary(.divide, base + i.ia, l, r, i.x, pc)
          }
        case .divideRK:
          let l = base + i.ib
          let r = constants + i.ic
          if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double / r.double)
          } else if l.tag == Tag.float, r.tag == Tag.int {
            (base + i.ia).set(l.double / Double(r.integer))
          } else if l.tag == Tag.int, r.tag == Tag.float {
            (base + i.ia).set(Double(l.integer) / r.double)
          } else {
            try binary(.divide, base + i.ia, l, r, i.x, pc)
          }
        case .divideKR:
          let l = constants + i.ib
          let r = base + i.ic
          if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double / r.double)
          } else if l.tag == Tag.float, r.tag == Tag.int {
            (base + i.ia).set(l.double / Double(r.integer))
          } else if l.tag == Tag.int, r.tag == Tag.float {
            (base + i.ia).set(Double(l.integer) / r.double)
          } else {
            try binary(.divide, base + i.ia, l, r, i.x, pc)
          }
        case .remainder:
          let l = base + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int, r.integer > 0 {
            let rest = l.integer % r.integer
            (base + i.ia).set(rest < 0 ? rest + r.integer : rest)
          } else {
            try binary(.remainder, base + i.ia, l, r, i.x, pc)
          }
        case .floorDivide:
          let l = base + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int, r.integer > 0 {
            let quotient = l.integer / r.integer
            (base + i.ia).set(l.integer < quotient &* r.integer ? quotient - 1 : quotient)
          } else {
            try binary(.floorDivide, base + i.ia, l, r, i.x, pc)
          }
        case .remainderRK:
          let l = base + i.ib
          let r = constants + i.ic
          if l.tag == Tag.int, r.tag == Tag.int, r.integer > 0 {
            let rest = l.integer % r.integer
            (base + i.ia).set(rest < 0 ? rest + r.integer : rest)
          } else {
            try binary(.remainder, base + i.ia, l, r, i.x, pc)
          }
        case .floorDivideRK:
          let l = base + i.ib
          let r = constants + i.ic
          if l.tag == Tag.int, r.tag == Tag.int, r.integer > 0 {
            let quotient = l.integer / r.integer
            (base + i.ia).set(l.integer < quotient &* r.integer ? quotient - 1 : quotient)
          } else {
            try binary(.floorDivide, base + i.ia, l, r, i.x, pc)
          }
        case .addInteger:
          let l = base + i.ib
          if l.tag == Tag.int {
            let (value, overflow) = l.integer.addingReportingOverflow(i.short)
            if !overflow {
              (base + i.ia).set(value)
              continue
            }
          }
          try binaryInteger(.add, base + i.ia, l, i.short, i.x, pc)
        case .subtractInteger:
          let l = base + i.ib
          if l.tag == Tag.int {
            let (value, overflow) = l.integer.subtractingReportingOverflow(i.short)
            if !overflow {
              (base + i.ia).set(value)
              continue
            }
          }
          try binaryInteger(.subtract, base + i.ia, l, i.short, i.x, pc)
        case .negate:
          let source = base + i.ib
          if source.tag == Tag.float {
            (base + i.ia).set(-source.double)
          } else {
            try negate(source, base + i.ia, i.x, pc)
          }
        case .not:
          let source = base + i.ib
          if source.tag == Tag.bool {
            (base + i.ia).set(!source.truth)
          } else {
            try not(source, base + i.ia, i.x, pc)
          }
        case .equal:
          let l = base + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            (base + i.ia).set(l.integer == r.integer)
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double == r.double)
          } else {
            try binary(.equal, base + i.ia, l, r, i.x, pc)
          }
        case .notEqual:
          let l = base + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            (base + i.ia).set(l.integer != r.integer)
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double != r.double)
          } else {
            try binary(.notEqual, base + i.ia, l, r, i.x, pc)
          }
        case .less:
          let l = base + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            (base + i.ia).set(l.integer < r.integer)
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double < r.double)
          } else {
            try binary(.less, base + i.ia, l, r, i.x, pc)
          }
        case .lessOrEqual:
          let l = base + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            (base + i.ia).set(l.integer <= r.integer)
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double <= r.double)
          } else {
            try binary(.lessOrEqual, base + i.ia, l, r, i.x, pc)
          }
        case .greater:
          let l = base + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            (base + i.ia).set(l.integer > r.integer)
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double > r.double)
          } else {
            try binary(.greater, base + i.ia, l, r, i.x, pc)
          }
        case .greaterOrEqual:
          let l = base + i.ib
          let r = base + i.ic
          if l.tag == Tag.int, r.tag == Tag.int {
            (base + i.ia).set(l.integer >= r.integer)
          } else if l.tag == Tag.float, r.tag == Tag.float {
            (base + i.ia).set(l.double >= r.double)
          } else {
            try binary(.greaterOrEqual, base + i.ia, l, r, i.x, pc)
          }
        case .jump: pc += i.wide
        case .loop:
          if interrupt.isRaised { throw interrupted(pc) }
          pc += i.wide
        case .jumpIf:
          let source = base + i.ia
          if source.tag == Tag.bool ? source.truth : try truth(source, i.x, pc) { pc += i.wide }
        case .jumpUnless:
          let source = base + i.ia
          if !(source.tag == Tag.bool ? source.truth : try truth(source, i.x, pc)) { pc += i.wide }
        case .jumpEqual:
          let l = base + i.ia
          let r = base + i.ib
          let outcome: Bool
          if l.tag == Tag.int, r.tag == Tag.int {
            outcome = l.integer == r.integer
          } else if l.tag == Tag.float, r.tag == Tag.float {
            outcome = l.double == r.double
          } else {
            outcome = try compare(.equal, l, r, i.x, pc)
          }
          if outcome == (i.x & OperandFlag.option != 0) { pc += i.short }
        case .jumpNotEqual:
          let l = base + i.ia
          let r = base + i.ib
          let outcome: Bool
          if l.tag == Tag.int, r.tag == Tag.int {
            outcome = l.integer != r.integer
          } else if l.tag == Tag.float, r.tag == Tag.float {
            outcome = l.double != r.double
          } else {
            outcome = try compare(.notEqual, l, r, i.x, pc)
          }
          if outcome == (i.x & OperandFlag.option != 0) { pc += i.short }
        case .jumpLess:
          let l = base + i.ia
          let r = base + i.ib
          let outcome: Bool
          if l.tag == Tag.int, r.tag == Tag.int {
            outcome = l.integer < r.integer
          } else if l.tag == Tag.float, r.tag == Tag.float {
            outcome = l.double < r.double
          } else {
            outcome = try compare(.less, l, r, i.x, pc)
          }
          if outcome == (i.x & OperandFlag.option != 0) { pc += i.short }
        case .jumpLessOrEqual:
          let l = base + i.ia
          let r = base + i.ib
          let outcome: Bool
          if l.tag == Tag.int, r.tag == Tag.int {
            outcome = l.integer <= r.integer
          } else if l.tag == Tag.float, r.tag == Tag.float {
            outcome = l.double <= r.double
          } else {
            outcome = try compare(.lessOrEqual, l, r, i.x, pc)
          }
          if outcome == (i.x & OperandFlag.option != 0) { pc += i.short }
        case .jumpGreater:
          let l = base + i.ia
          let r = base + i.ib
          let outcome: Bool
          if l.tag == Tag.int, r.tag == Tag.int {
            outcome = l.integer > r.integer
          } else if l.tag == Tag.float, r.tag == Tag.float {
            outcome = l.double > r.double
          } else {
            outcome = try compare(.greater, l, r, i.x, pc)
          }
          if outcome == (i.x & OperandFlag.option != 0) { pc += i.short }
        case .jumpGreaterOrEqual:
          let l = base + i.ia
          let r = base + i.ib
          let outcome: Bool
          if l.tag == Tag.int, r.tag == Tag.int {
            outcome = l.integer >= r.integer
          } else if l.tag == Tag.float, r.tag == Tag.float {
            outcome = l.double >= r.double
          } else {
            outcome = try compare(.greaterOrEqual, l, r, i.x, pc)
          }
          if outcome == (i.x & OperandFlag.option != 0) { pc += i.short }
        case .jumpEqualK:
          let l = base + i.ia
          let r = constants + i.ib
          let outcome: Bool
          if l.tag == Tag.int, r.tag == Tag.int {
            outcome = l.integer == r.integer
          } else if l.tag == Tag.float, r.tag == Tag.float {
            outcome = l.double == r.double
          } else {
            outcome = try compare(.equal, l, r, i.x, pc)
          }
          if outcome == (i.x & OperandFlag.option != 0) { pc += i.short }
        case .jumpNotEqualK:
          let l = base + i.ia
          let r = constants + i.ib
          let outcome: Bool
          if l.tag == Tag.int, r.tag == Tag.int {
            outcome = l.integer != r.integer
          } else if l.tag == Tag.float, r.tag == Tag.float {
            outcome = l.double != r.double
          } else {
            outcome = try compare(.notEqual, l, r, i.x, pc)
          }
          if outcome == (i.x & OperandFlag.option != 0) { pc += i.short }
        case .jumpLessK:
          let l = base + i.ia
          let r = constants + i.ib
          let outcome: Bool
          if l.tag == Tag.int, r.tag == Tag.int {
            outcome = l.integer < r.integer
          } else if l.tag == Tag.float, r.tag == Tag.float {
            outcome = l.double < r.double
          } else {
            outcome = try compare(.less, l, r, i.x, pc)
          }
          if outcome == (i.x & OperandFlag.option != 0) { pc += i.short }
        case .jumpLessOrEqualK:
          let l = base + i.ia
          let r = constants + i.ib
          let outcome: Bool
          if l.tag == Tag.int, r.tag == Tag.int {
            outcome = l.integer <= r.integer
          } else if l.tag == Tag.float, r.tag == Tag.float {
            outcome = l.double <= r.double
          } else {
            outcome = try compare(.lessOrEqual, l, r, i.x, pc)
          }
          if outcome == (i.x & OperandFlag.option != 0) { pc += i.short }
        case .jumpGreaterK:
          let l = base + i.ia
          let r = constants + i.ib
          let outcome: Bool
          if l.tag == Tag.int, r.tag == Tag.int {
            outcome = l.integer > r.integer
          } else if l.tag == Tag.float, r.tag == Tag.float {
            outcome = l.double > r.double
          } else {
            outcome = try compare(.greater, l, r, i.x, pc)
          }
          if outcome == (i.x & OperandFlag.option != 0) { pc += i.short }
        case .jumpGreaterOrEqualK:
          let l = base + i.ia
          let r = constants + i.ib
          let outcome: Bool
          if l.tag == Tag.int, r.tag == Tag.int {
            outcome = l.integer >= r.integer
          } else if l.tag == Tag.float, r.tag == Tag.float {
            outcome = l.double >= r.double
          } else {
            outcome = try compare(.greaterOrEqual, l, r, i.x, pc)
          }
          if outcome == (i.x & OperandFlag.option != 0) { pc += i.short }
        case .call:
          let window = base + i.ia
          current.pointee.next = pc
          if let code = plainCode(window, i.count) {
            try push(code, window, from: current)
            current += 1
            base = window + 1
            pc = code.pointee.instructions
            constants = code.pointee.constants
            continue
          }
          try beginCall(window, i.count, names: [], pc)
          current = frame
          base = current.pointee.base
          pc = current.pointee.next
          constants = current.pointee.code.pointee.constants
        case .callGlobal:
          let window = base + i.ia
          let source = globals + i.wide
          current.pointee.next = pc
          if !isTracing, let code = plainCode(source, i.count), !code.pointee.needsCallee {
            try push(code, window, from: current)
            current += 1
            base = window + 1
            pc = code.pointee.instructions
            constants = code.pointee.constants
            continue
          }
          if source.isMissing(missing) { throw noValue(i.wide, pc) }
          window.pointee = isTracing ? traced(global: source.pointee, slot: i.wide) : source.pointee
          try beginCall(window, i.count, names: [], pc)
          current = frame
          base = current.pointee.base
          pc = current.pointee.next
          constants = current.pointee.code.pointee.constants
        case .callNamed:
          current.pointee.next = pc
          try callNamed(i.wide, base + i.ia, pc)
          current = frame
          base = current.pointee.base
          pc = current.pointee.next
          constants = current.pointee.code.pointee.constants
        case .callBuiltin:
          current.pointee.next = pc
          try callBuiltin(i.wide, base + i.ia, i.count, names: [], pc)
        case .callBuiltinNamed:
          current.pointee.next = pc
          try callBuiltinNamed(i.wide, base + i.ia, pc)
        case .returnValue:
          (base - 1).take(from: base + i.ia)
          base.clear(current.pointee.code.pointee.registerCount)
          current -= 1
          frame = current
          if current == floor { return }
          base = current.pointee.base
          pc = current.pointee.next
          constants = current.pointee.code.pointee.constants
        case .returnNone:
          (base - 1).clear()
          base.clear(current.pointee.code.pointee.registerCount)
          current -= 1
          frame = current
          if current == floor { return }
          current = frame
          base = current.pointee.base
          pc = current.pointee.next
          constants = current.pointee.code.pointee.constants
        case .field: try getField(base + i.ib, i.ic, base + i.ia, i.x, pc)
        case .index: try getIndex(base + i.ib, base + i.ic, base + i.ia, i.x, pc)
        case .rangeNext:
          if interrupt.isRaised { throw interrupted(pc) }
          let slot = base + i.ia
          let value = slot.integer &+ 1
          if value < (slot + 1).integer {
            slot.replaceInteger(value)
            pc += i.wide
          }
        case .next:
          current.pointee.next = pc
          if try !advance(base + i.ia - 1, base + i.ia, pc) { pc += i.wide }
        default:
          // Everything else is done out of line; a test that fails says how far to jump.
          pc += try perform(i, base, pc)
        }
      }
    } catch {
      frame.pointee.next = pc
      throw unwind(error, to: floor)
    }
  }

  /// The code of the function in `slot` if nothing has to be done to its `count` arguments.
  @inline(__always)
  private func plainCode(_ slot: Slot, _ count: Int) -> UnsafeMutablePointer<CodeBlock>? {
    guard slot.tag == Tag.object, slot.object._withUnsafeGuaranteedRef({ $0.kind }) == .function else { return nil }
    let function = Unmanaged<FunctionValue>.fromOpaque(slot.address)
    guard function._withUnsafeGuaranteedRef({ $0.isPlain }) else { return nil }
    let code = function._withUnsafeGuaranteedRef { $0.code }
    return code.pointee.parameterCount == count ? code : nil
  }

  /// A frame for the function whose arguments stand behind `window`.
  @inline(__always)
  func push(
    _ code: UnsafeMutablePointer<CodeBlock>, _ window: Slot, from caller: UnsafeMutablePointer<Frame>
  ) throws(Diagnostic) {
    let next = caller + 1
    let base = window + 1
    if next >= framesEnd || base + code.pointee.registerCount >= stackEnd || interrupt.isRaised {
      throw refuseCall(window)
    }
    caller.pointee.count &+= 1
    next.initialize(to: Frame(code: code, base: base))
    frame = next
  }

  /// The prototype of the running frame.
  var prototype: Prototype { frame.pointee.code.pointee.prototype._withUnsafeGuaranteedRef { $0 } }

  /// The place of the instruction before `pc` in the running frame.
  func site(_ pc: UnsafePointer<Instruction>) -> Site { prototype.site(before: pc) }
}
