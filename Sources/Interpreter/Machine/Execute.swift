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
    let missing = missing
    // A trace begins and ends in builtins, so it can't change while this loop runs.
    let isTracing = tensors.isTracing

    do throws(Diagnostic) {
      while true {
        let i = pc
        pc += 1
        switch i.opcode {
        // Moving.
        case .move: (base + i.ia).copy(from: base + i.ib)
        case .take: (base + i.ia).take(from: base + i.ib)
        case .constant: (base + i.ia).copy(from: constants + i.wide)
        case .integer: (base + i.ia).set(i.wide)
        case .none: (base + i.ia).clear()
        case .truth: (base + i.ia).set(i.x != 0)
        case .clear:
          if i.ib == 1 { (base + i.ia).clear() } else { (base + i.ia).clear(i.ib) }

        // Variables.
        case .getGlobal:
          let source = globals + i.wide
          if source.isMissing(missing) { throw noValue(i.wide, pc) }
          if isTracing {
            base[i.ia] = traced(global: source.pointee, slot: i.wide)
          } else {
            (base + i.ia).copy(from: source)
          }
        case .globalIndex:
          let source = globals + i.wide
          let index = base + pc.ic
          if !isTracing, index.tag == Tag.int, let element = source.element(index.integer) {
            try deliver(element, base, &pc)
            continue
          }
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
        case .getCapture:
          if let source = captureSlot(i.ib, base) { (base + i.ia).copy(from: source) } else { (base + i.ia).clear() }
        case .captureIndex:
          let index = base + pc.ic
          if index.tag == Tag.int, let element = captureSlot(i.ib, base)?.element(index.integer) {
            try deliver(element, base, &pc)
          } else {
            base[i.ia] = capture(i.ib, base)
          }
        case .getCaptureCell:
          if let source = captureSlot(i.ib, base)?.cell, !source.isMissing(missing) {
            (base + i.ia).copy(from: source)
          } else {
            try getCell(capture(i.ib, base), base + i.ia, i.ic, pc)
          }
        case .captureCellIndex:
          let index = base + pc.ic
          if index.tag == Tag.int, let element = captureSlot(i.ib, base)?.cell?.element(index.integer) {
            try deliver(element, base, &pc)
          } else {
            try getCell(capture(i.ib, base), base + i.ia, i.ic, pc)
          }
        case .setCaptureCell:
          if let cell = captureSlot(i.ib, base)?.openCell {
            cell.copy(from: base + i.ia)
          } else {
            try setCell(capture(i.ib, base), base + i.ia, pc)
          }
        case .setCell:
          if let cell = (base + i.ia).openCell {
            cell.copy(from: base + i.ib)
          } else {
            try setCell(base[i.ia], base + i.ib, pc)
          }
        case .getCell:
          if let source = (base + i.ib).cell, !source.isMissing(missing) {
            (base + i.ia).copy(from: source)
          } else {
            try getCell(base[i.ib], base + i.ia, i.ic, pc)
          }
        case .cellIndex:
          let index = base + pc.ic
          if index.tag == Tag.int, let element = (base + i.ib).cell?.element(index.integer) {
            try deliver(element, base, &pc)
          } else {
            try getCell(base[i.ib], base + i.ia, i.ic, pc)
          }

        // Numbers.
        case .add: try arithmetic(Addition.self, base + i.ia, base + i.ib, base + i.ic, i.x, pc)
        case .addRK: try arithmetic(Addition.self, base + i.ia, base + i.ib, constants + i.ic, i.x, pc)
        case .addKR: try arithmetic(Addition.self, base + i.ia, constants + i.ib, base + i.ic, i.x, pc)
        case .subtract: try arithmetic(Subtraction.self, base + i.ia, base + i.ib, base + i.ic, i.x, pc)
        case .subtractRK: try arithmetic(Subtraction.self, base + i.ia, base + i.ib, constants + i.ic, i.x, pc)
        case .subtractKR: try arithmetic(Subtraction.self, base + i.ia, constants + i.ib, base + i.ic, i.x, pc)
        case .multiply: try arithmetic(Multiplication.self, base + i.ia, base + i.ib, base + i.ic, i.x, pc)
        case .multiplyRK: try arithmetic(Multiplication.self, base + i.ia, base + i.ib, constants + i.ic, i.x, pc)
        case .multiplyKR: try arithmetic(Multiplication.self, base + i.ia, constants + i.ib, base + i.ic, i.x, pc)
        case .divide: try divide(base + i.ia, base + i.ib, base + i.ic, i.x, pc)
        case .divideRK: try divide(base + i.ia, base + i.ib, constants + i.ic, i.x, pc)
        case .divideKR: try divide(base + i.ia, constants + i.ib, base + i.ic, i.x, pc)
        case .remainder: try remainder(base + i.ia, base + i.ib, base + i.ic, i.x, pc)
        case .remainderRK: try remainder(base + i.ia, base + i.ib, constants + i.ic, i.x, pc)
        case .floorDivide: try floorDivide(base + i.ia, base + i.ib, base + i.ic, i.x, pc)
        case .floorDivideRK: try floorDivide(base + i.ia, base + i.ib, constants + i.ic, i.x, pc)
        case .multiplyAdd:
          let isRight = pc.ic == i.ia
          let other = base + (isRight ? pc.ib : pc.ic)
          if (base + pc.ia).set(Addition.self, product: base + i.ib, base + i.ic, other, isRight: isRight) {
            pc += 1
          } else {
            try arithmetic(Multiplication.self, base + i.ia, base + i.ib, base + i.ic, i.x, pc)
          }
        case .multiplySubtract:
          let isRight = pc.ic == i.ia
          let other = base + (isRight ? pc.ib : pc.ic)
          if (base + pc.ia).set(Subtraction.self, product: base + i.ib, base + i.ic, other, isRight: isRight) {
            pc += 1
          } else {
            try arithmetic(Multiplication.self, base + i.ia, base + i.ib, base + i.ic, i.x, pc)
          }
        case .addInteger:
          let source = base + i.ib
          if source.tag == Tag.int {
            let (value, overflow) = source.integer.addingReportingOverflow(i.short)
            if !overflow {
              (base + i.ia).set(value)
              continue
            }
          }
          try binaryInteger(.add, base + i.ia, source, i.short, i.x, pc)
        case .subtractInteger:
          let source = base + i.ib
          if source.tag == Tag.int {
            let (value, overflow) = source.integer.subtractingReportingOverflow(i.short)
            if !overflow {
              (base + i.ia).set(value)
              continue
            }
          }
          try binaryInteger(.subtract, base + i.ia, source, i.short, i.x, pc)
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
          if let outcome = (base + i.ib).isEqual(to: base + i.ic) {
            (base + i.ia).set(outcome)
          } else {
            try binary(.equal, base + i.ia, base + i.ib, base + i.ic, i.x, pc)
          }
        case .notEqual:
          if let outcome = (base + i.ib).isEqual(to: base + i.ic) {
            (base + i.ia).set(!outcome)
          } else {
            try binary(.notEqual, base + i.ia, base + i.ib, base + i.ic, i.x, pc)
          }
        case .less: try comparison(Less.self, base + i.ia, base + i.ib, base + i.ic, i.x, pc)
        case .lessOrEqual: try comparison(LessOrEqual.self, base + i.ia, base + i.ib, base + i.ic, i.x, pc)
        case .greater: try comparison(Greater.self, base + i.ia, base + i.ib, base + i.ic, i.x, pc)
        case .greaterOrEqual: try comparison(GreaterOrEqual.self, base + i.ia, base + i.ib, base + i.ic, i.x, pc)

        // Jumps.
        case .jump: pc += i.wide
        case .loop: try jump(&pc, i.wide)
        case .jumpIf:
          let source = base + i.ia
          if source.tag == Tag.bool ? source.truth : try truth(source, i.x, pc) { try jump(&pc, i.wide) }
        case .jumpUnless:
          let source = base + i.ia
          if !(source.tag == Tag.bool ? source.truth : try truth(source, i.x, pc)) { try jump(&pc, i.wide) }
        case .jumpLess:
          if try holds(Less.self, base + i.ia, base + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpUnlessLess:
          if try !holds(Less.self, base + i.ia, base + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpLessOrEqual:
          if try holds(LessOrEqual.self, base + i.ia, base + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpUnlessLessOrEqual:
          if try !holds(LessOrEqual.self, base + i.ia, base + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpGreater:
          if try holds(Greater.self, base + i.ia, base + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpUnlessGreater:
          if try !holds(Greater.self, base + i.ia, base + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpGreaterOrEqual:
          if try holds(GreaterOrEqual.self, base + i.ia, base + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpUnlessGreaterOrEqual:
          if try !holds(GreaterOrEqual.self, base + i.ia, base + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpEqual:
          if try areEqual(.equal, base + i.ia, base + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpUnlessEqual:
          if try !areEqual(.equal, base + i.ia, base + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpNotEqual:
          if try !areEqual(.notEqual, base + i.ia, base + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpUnlessNotEqual:
          if try areEqual(.notEqual, base + i.ia, base + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpLessK:
          if try holds(Less.self, base + i.ia, constants + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpUnlessLessK:
          if try !holds(Less.self, base + i.ia, constants + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpLessOrEqualK:
          if try holds(LessOrEqual.self, base + i.ia, constants + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpUnlessLessOrEqualK:
          if try !holds(LessOrEqual.self, base + i.ia, constants + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpGreaterK:
          if try holds(Greater.self, base + i.ia, constants + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpUnlessGreaterK:
          if try !holds(Greater.self, base + i.ia, constants + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpGreaterOrEqualK:
          if try holds(GreaterOrEqual.self, base + i.ia, constants + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpUnlessGreaterOrEqualK:
          if try !holds(GreaterOrEqual.self, base + i.ia, constants + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpEqualK:
          if try areEqual(.equal, base + i.ia, constants + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpUnlessEqualK:
          if try !areEqual(.equal, base + i.ia, constants + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpNotEqualK:
          if try !areEqual(.notEqual, base + i.ia, constants + i.ib, i.x, pc) { try jump(&pc, i.short) }
        case .jumpUnlessNotEqualK:
          if try areEqual(.notEqual, base + i.ia, constants + i.ib, i.x, pc) { try jump(&pc, i.short) }

        // Calls.
        case .call:
          let window = base + i.ia
          current.pointee.next = pc
          if let code = plainCode(window, i.count) {
            try enter(code, window, &current, &base, &pc, &constants)
          } else {
            try beginCall(window, i.count, names: [], pc)
            resume(&current, &base, &pc, &constants)
          }
        case .callRegister:
          let window = base + i.ia
          let source = base + i.wide
          current.pointee.next = pc
          if let code = directCode(source, i.count) {
            try enter(code, window, &current, &base, &pc, &constants)
          } else {
            window.copy(from: source)
            if let code = plainCode(window, i.count) {
              try enter(code, window, &current, &base, &pc, &constants)
            } else {
              try beginCall(window, i.count, names: [], pc)
              resume(&current, &base, &pc, &constants)
            }
          }
        case .callGlobal:
          let window = base + i.ia
          let source = globals + i.wide
          current.pointee.next = pc
          if !isTracing, let code = directCode(source, i.count) {
            try enter(code, window, &current, &base, &pc, &constants)
          } else {
            if source.isMissing(missing) { throw noValue(i.wide, pc) }
            window.pointee = isTracing ? traced(global: source.pointee, slot: i.wide) : source.pointee
            try beginCall(window, i.count, names: [], pc)
            resume(&current, &base, &pc, &constants)
          }
        case .callSelf:
          let window = base + i.ia
          let code = current.pointee.code
          current.pointee.next = pc
          if code.pointee.needsCallee { window.copy(from: base - 1) }
          try enter(code, window, &current, &base, &pc, &constants)
        case .callNamed:
          current.pointee.next = pc
          try callNamed(i.wide, base + i.ia, pc)
          resume(&current, &base, &pc, &constants)
        case .callBuiltin:
          current.pointee.next = pc
          try callBuiltin(i.wide, base + i.ia, i.count, pc)
        case .callBuiltinNamed:
          current.pointee.next = pc
          try callBuiltinNamed(i.wide, base + i.ia, pc)
        case .returnValue:
          (base - 1).take(from: base + i.ia)
          base.clear(i.ib)
          frame = current - 1
          resume(&current, &base, &pc, &constants)
          if current == floor { return }
        case .returnNone:
          (base - 1).clear()
          base.clear(i.ib)
          frame = current - 1
          resume(&current, &base, &pc, &constants)
          if current == floor { return }

        // Parts of values.
        case .field: try getField(base + i.ib, i.ic, base + i.ia, i.x, pc)
        case .index:
          let index = base + i.ic
          if index.tag == Tag.int, i.x & OperandFlag.leftIsTemporary == 0,
            let element = (base + i.ib).element(index.integer)
          {
            pc = i
            try deliver(element, base, &pc)
          } else {
            try getIndex(base + i.ib, index, base + i.ia, i.x, pc)
          }
        case .indexIndex:
          let index = base + i.ic
          let inner = base + pc.ic
          if index.tag == Tag.int, inner.tag == Tag.int,
            let element = (base + i.ib).element(index.integer)?.element(inner.integer)
          {
            let source = base + i.ib
            let isTemporary = i.x & OperandFlag.leftIsTemporary != 0
            try deliver(element, base, &pc)
            if isTemporary { source.clear() }
          } else {
            try getIndex(base + i.ib, index, base + i.ia, i.x, pc)
          }
        case .assignElement:
          let index = base + i.ib
          let source = i.x & OperandFlag.option != 0 ? constants + i.ia : base + i.ia
          if index.tag == Tag.int, let element = variable(pc, base)?.ownElement(index.integer) {
            if i.x & OperandFlag.leftIsTemporary != 0 { element.take(from: source) } else { element.copy(from: source) }
          } else {
            try assignElement(source, index, i.x, pc)
          }
          pc += 1

        case .appendElement:
          let variable = variable(pc, base)
          if variable?.append(base + i.ia, isTemporary: i.x & OperandFlag.leftIsTemporary != 0) != true {
            try appendElement(base + i.ia, i.x, pc)
          }
          pc += 1

        // Loops.
        case .rangeStart:
          let slot = base + i.ia
          if slot.tag == Tag.int, (slot + 1).tag == Tag.int, i.x & OperandFlag.option == 0 {
            if slot.integer >= (slot + 1).integer { pc += i.wide }
          } else if try startRange(slot, i.x, pc) {
            pc += i.wide
          }
        case .rangeNext:
          if interrupt.isPending { try lookUp(pc) }
          let slot = base + i.ia
          let value = slot.integer &+ 1
          if value < (slot + 1).integer {
            slot.replaceInteger(value)
            pc += i.wide
          }
        case .next:
          if let element = (base + i.ia - 1).nextElement() {
            (base + i.ia).copy(from: element)
          } else {
            current.pointee.next = pc
            if try !advance(base + i.ia - 1, base + i.ia, pc) { pc += i.wide }
          }
        case .complete:
          try completeFunction()
          resume(&current, &base, &pc, &constants)
        case .testEqual:
          if let isEqual = (base + i.ia).isEqual(to: base + i.ib) {
            if !isEqual { pc += i.short }
          } else {
            pc += try perform(i, base, pc)
          }
        case .missing, .newCell, .closure, .currentFunction, .power, .powerRK, .matmul, .and, .or, .jumpIfTensor,
          .jumpGiven, .tuple, .bracket, .record, .range, .compose, .indexItems, .variable, .assignPlace, .readPlace,
          .appendPlace, .format, .joinText, .layer, .iterate, .unpack, .unpackField, .testSequence, .testRecord,
          .testRange, .noMatch, .checkKind, .checkShapes, .checkResult, .size, .modelField, .parameter,
          .getSlot, .setSlot, .training, .assertFailed, .importModule, .moduleValue:
          // Everything else is done out of line; a test that fails says how far to jump.
          pc += try perform(i, base, pc)
        }
      }
    } catch {
      frame.pointee.next = pc
      throw unwind(error, to: floor)
    }
  }

  /// What the instruction `index` at `pc` found: into its register, or to the jump behind it if that is all that asks
  /// for it.
  @inline(__always)
  private func deliver(_ element: Slot, _ base: Slot, _ pc: inout UnsafePointer<Instruction>) throws(Diagnostic) {
    let i = pc
    pc += 1
    if i.x & OperandFlag.option != 0, element.tag == Tag.bool {
      let test = pc
      pc += 1
      if element.truth == (test.opcode == .jumpIf) { try jump(&pc, test.wide) }
    } else {
      (base + i.ia).copy(from: element)
    }
  }

  /// The variable that the instruction `variable` at `pc` names, where it may be changed.
  @inline(__always)
  private func variable(_ pc: UnsafePointer<Instruction>, _ base: Slot) -> Slot? {
    switch pc.x {
    case VariableKind.register.rawValue: base + pc.wide
    case VariableKind.captureCell.rawValue: captureSlot(pc.wide, base)?.openCell
    default: variableSlot(pc, base)
    }
  }

  /// Goes on in the function whose arguments stand behind `window`.
  @inline(__always)
  private func enter(
    _ code: UnsafeMutablePointer<CodeBlock>, _ window: Slot, _ current: inout UnsafeMutablePointer<Frame>,
    _ base: inout Slot, _ pc: inout UnsafePointer<Instruction>, _ constants: inout Slot
  ) throws(Diagnostic) {
    try push(code, window, from: current)
    current += 1
    base = window + 1
    pc = code.pointee.instructions
    constants = code.pointee.constants
  }

  /// Goes on in the frame that is now the last: a function just begun, or the one that made the call.
  @inline(__always)
  private func resume(
    _ current: inout UnsafeMutablePointer<Frame>, _ base: inout Slot, _ pc: inout UnsafePointer<Instruction>,
    _ constants: inout Slot
  ) {
    current = frame
    base = current.pointee.base
    pc = current.pointee.next
    constants = current.pointee.code.pointee.constants
  }

  /// The code of the function in `slot` if nothing has to be done to its `count` arguments.
  @inline(__always)
  private func plainCode(_ slot: Slot, _ count: Int) -> UnsafeMutablePointer<CodeBlock>? {
    guard slot.tag == Tag.object, slot.object._withUnsafeGuaranteedRef({ $0.kind }) == .function else { return nil }
    let function = slot.object(FunctionValue.self)
    return function._withUnsafeGuaranteedRef { $0.plainCount == count ? $0.code : nil }
  }

  /// The same for a function that need not stand before its frame.
  @inline(__always)
  private func directCode(_ slot: Slot, _ count: Int) -> UnsafeMutablePointer<CodeBlock>? {
    guard slot.tag == Tag.object, slot.object._withUnsafeGuaranteedRef({ $0.kind }) == .function else { return nil }
    let function = slot.object(FunctionValue.self)
    return function._withUnsafeGuaranteedRef { $0.directCount == count ? $0.code : nil }
  }

  /// A frame for the function whose arguments stand behind `window`.
  @inline(__always)
  func push(
    _ code: UnsafeMutablePointer<CodeBlock>, _ window: Slot, from caller: UnsafeMutablePointer<Frame>
  ) throws(Diagnostic) {
    let next = caller + 1
    let base = window + 1
    if next >= framesEnd || base + code.pointee.registerCount >= stackEnd || interrupt.isPending {
      try checkCall(code, window)
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
