import Diagnostics
import SourceText
import Syntax

extension Machine {
  /// Instructions that are no matter of nanoseconds. Gives the distance to jump: 0 for all but tests that fail.
  @inline(never)
  func perform(_ i: UnsafePointer<Instruction>, _ base: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) -> Int {
    let constants = frame.pointee.code.pointee.constants
    switch i.opcode {
    case .missing: base[i.ia] = Missing.value
    case .newCell: base[i.ia] = .object(CellValue(base[i.ia]))
    case .closure: makeClosure(i.wide, base + i.ia, base)
    case .currentFunction: (base + i.ia).copy(from: base - 1)
    case .power: try binary(.power, base + i.ia, base + i.ib, base + i.ic, i.x, pc)
    case .powerRK: try binary(.power, base + i.ia, base + i.ib, constants + i.ic, i.x, pc)
    case .matmul: try binary(.matmul, base + i.ia, base + i.ib, base + i.ic, i.x, pc)
    case .and: try logical(.and, base + i.ia, base + i.ib, base + i.ic, pc)
    case .or: try logical(.or, base + i.ia, base + i.ib, base + i.ic, pc)
    case .jumpIfTensor: if isElementwise(base + i.ia) { return i.wide }
    case .jumpGiven: if !(base + i.ia).isMissing(Missing.address) { return i.wide }
    case .tuple: makeTuple(base + i.ia, base + i.ib, i.ic)
    case .bracket: try makeBracket(base + i.ia, base + i.ib, i.ic, i.x, pc)
    case .record: makeRecord(base + i.ia, base + i.ib, i.ic)
    case .range: try makeRange(base + i.ia, base + i.ib, base + i.ic, i.x, pc)
    case .compose: try compose(base + i.ia, base + i.ib, base + i.ic, i.x, pc)
    case .indexItems: try getIndex(base + i.ib, items: i.ic, base + i.ia, pc)
    case .assignPlace: try assignPlace(i.wide, base + i.ia, pc)
    case .readPlace: try readPlace(i.wide, base + i.ia, pc)
    case .appendPlace: try appendPlace(i.wide, base + i.ia, pc)
    case .format: try format(base + i.ib, i.ic, base + i.ia, pc)
    case .joinText: try joinText(base + i.ia, base + i.ib, i.ic, pc)
    case .layer: makeLayer(i.wide, base + i.ia, base)
    case .iterate: try startIteration(base + i.ia, pc)
    case .unpack: try unpack(base + i.ib, base + i.ia, i.ic, pc)
    case .unpackField: try unpackField(base + i.ib, i.ic, base + i.ia, pc)
    case .testSequence: if !testSequence(base + i.ia, i.ib, isList: i.x == 1) { return i.short }
    case .testRecord: if !testRecord(base + i.ia, i.ib) { return i.short }
    case .testEqual: if try !testEqual(base + i.ia, base + i.ib, pc) { return i.short }
    case .testRange: if try !testRange(base + i.ia, base + i.ib, i.x, pc) { return i.short }
    case .noMatch: throw noMatch(base + i.ia, pc)
    case .checkKind: try checkKind(base + i.ia, i.wide, i.x, pc)
    case .checkShapes: try checkShapes(i.wide, base, i.x, pc)
    case .checkResult: try checkResult(i.wide, base + i.ia, base, pc)
    case .size: try size(base + i.ia, pc)
    case .modelField: base[i.ia] = modelField(base + i.ib, i.ic)
    case .parameter: try reachParameter(base + i.ia, base + i.ib, i.ic, Int(i.x), pc)
    case .getSlot: try getSlot(base + i.ia, base + i.ib, i.ic, pc)
    case .setSlot: try setSlot(base + i.ia, base + i.ib, i.ic, i.x, pc)
    case .training: try training(base + i.ia, base + i.ib, pc)
    case .assertFailed: throw assertionFailed(i.x == 1 ? (base + i.ia, base + i.ib) : nil, pc)
    case .importModule:
      frame.pointee.next = pc
      try run(module: prototype.modules[i.wide])
    case .moduleValue: base[i.ia] = .object(ModuleValue(prototype.modules[i.wide]))
    default: break
    }
    return 0
  }
}
