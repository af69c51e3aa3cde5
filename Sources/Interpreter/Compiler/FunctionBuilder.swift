import SourceText

/// Collects the code of one function: instructions, constants, registers and the places that errors point to.
final class FunctionBuilder {
  private(set) var instructions: [Instruction] = []
  private(set) var constants: [Value] = []
  private(set) var names: [String] = []
  private(set) var recordShapes: [[String]] = []
  private(set) var callShapes: [CallShape] = []
  private(set) var indexShapes: [[IndexItemShape]] = []
  private(set) var places: [PlaceShape] = []
  private(set) var shapeChecks: [ShapeCheck] = []
  private(set) var layers: [LayerShape] = []
  private(set) var modules: [Module] = []
  private(set) var siteOfInstruction: [Int32] = []
  private(set) var sites: [Site] = []
  var prototypes: [Prototype] = []

  /// The first free register, and the most ever in use.
  private(set) var nextRegister = 0
  private(set) var registerCount = 0
  private var peak = 0
  /// Set when a part outgrew what an instruction can address.
  private(set) var isTooLarge = false
  var usesCurrentFunction = false
  /// Whether every instruction so far takes its temporary operands away, so that only variables hold objects.
  private(set) var isTidy = true

  private var integers: [Int: Int] = [:]
  private var floats: [UInt64: Int] = [:]
  private var texts: [String: Int] = [:]
  private var nameIndex: [String: Int] = [:]
  private var currentSite = -1

  var position: Int { instructions.count }
  /// Stands for all registers in a return: more than there can be.
  static let allRegisters = 0xffff

  // MARK: Registers

  /// Reserves `count` registers in a row and gives the first.
  func reserve(_ count: Int = 1) -> Int {
    let first = nextRegister
    nextRegister += count
    registerCount = max(registerCount, nextRegister)
    peak = max(peak, nextRegister)
    if nextRegister > 60_000 { isTooLarge = true }
    return first
  }

  /// Frees every register from `register` on.
  func release(to register: Int) { nextRegister = min(nextRegister, register) }

  /// The most registers from the first free one on that `body` uses at a time.
  func registersUsed(_ body: () -> Void) -> Int {
    let outer = peak
    let start = nextRegister
    peak = start
    body()
    let used = peak - start
    peak = max(outer, peak)
    return used
  }

  // MARK: Instructions

  /// The place of the instructions that follow.
  func at(_ span: Span, _ operands: [Span] = []) {
    currentSite = sites.count
    sites.append(Site(span: span, operands: operands))
  }

  @discardableResult
  func emit(_ instruction: Instruction) -> Int {
    if instruction.opcode == .currentFunction { usesCurrentFunction = true }
    if !instruction.opcode.isTidy { isTidy = false }
    if let last = instructions.last, let both = last.opcode(before: instruction) {
      instructions[instructions.count - 1] = Instruction(both, x: last.x, last.ia, last.ib, last.ic)
    } else if let last = instructions.last, instruction.takesTest(from: last) {
      instructions[instructions.count - 1] = Instruction(
        last.opcode, x: last.x | OperandFlag.option, last.ia, last.ib, last.ic)
    }
    instructions.append(instruction)
    siteOfInstruction.append(Int32(currentSite))
    return instructions.count - 1
  }

  @discardableResult
  func emit(_ opcode: Opcode, x: UInt8 = 0, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0) -> Int {
    emit(Instruction(opcode, x: x, a, b, c))
  }

  @discardableResult
  func emit(_ opcode: Opcode, x: UInt8 = 0, _ a: Int = 0, wide: Int) -> Int {
    emit(Instruction(opcode, x: x, a, wide: wide))
  }

  /// Makes the jump at `position` go to the next instruction emitted.
  func land(_ position: Int) { patch(position, to: instructions.count) }
  func land(_ positions: [Int]) { for position in positions { land(position) } }

  /// Sets the distance of the jump at `position`. Comparisons have 16 bits for it.
  func patch(_ position: Int, to target: Int) {
    let distance = target - position - 1
    let old = instructions[position]
    if old.opcode.hasShortJump {
      if distance < Int(Int16.min) || distance > Int(Int16.max) { isTooLarge = true }
      instructions[position] = Instruction(old.opcode, x: old.x, old.ia, old.ib, distance)
    } else {
      instructions[position] = Instruction(old.opcode, x: old.x, old.ia, wide: distance)
    }
  }

  /// Code taken out to be put in further down.
  struct Fragment {
    fileprivate let instructions: [Instruction]
    fileprivate let sites: [Int32]
  }

  /// Takes out everything from `start` on. Its jumps to itself stay right.
  func cut(from start: Int) -> Fragment {
    let fragment = Fragment(
      instructions: Array(instructions[start...]), sites: Array(siteOfInstruction[start...]))
    instructions.removeSubrange(start...)
    siteOfInstruction.removeSubrange(start...)
    return fragment
  }

  /// Puts it in here and gives its new start.
  func paste(_ fragment: Fragment) -> Int {
    instructions += fragment.instructions
    siteOfInstruction += fragment.sites
    return instructions.count - fragment.instructions.count
  }

  /// Makes a jump back of the jump at `position`.
  func setLoop(_ position: Int) {
    if instructions[position].opcode == .jump { instructions[position] = Instruction(.loop) }
  }

  // MARK: Tables

  func constant(_ value: Value) -> Int {
    switch value {
    case .int(let number):
      if let known = integers[number] { return known }
      integers[number] = constants.count
    case .float(let number):
      if let known = floats[number.bitPattern] { return known }
      floats[number.bitPattern] = constants.count
    default: break
    }
    return add(value, to: &constants)
  }

  func text(_ text: String) -> Int {
    if let known = texts[text] { return known }
    let index = add(.object(TextValue(text)), to: &constants)
    texts[text] = index
    return index
  }

  func name(_ name: String) -> Int {
    if let known = nameIndex[name] { return known }
    let index = add(name, to: &names)
    nameIndex[name] = index
    return index
  }

  func add(recordShape: [String]) -> Int { add(recordShape, to: &recordShapes) }
  func add(callShape: CallShape) -> Int { add(callShape, to: &callShapes) }
  func add(indexShape: [IndexItemShape]) -> Int { add(indexShape, to: &indexShapes) }
  func add(place: PlaceShape) -> Int { add(place, to: &places) }
  func add(shapeCheck: ShapeCheck) -> Int { add(shapeCheck, to: &shapeChecks) }
  func add(layer: LayerShape) -> Int { add(layer, to: &layers) }
  func add(module: Module) -> Int { add(module, to: &modules) }
  func add(prototype: Prototype) -> Int { add(prototype, to: &prototypes) }

  private func add<Element>(_ element: Element, to table: inout [Element]) -> Int {
    table.append(element)
    if table.count > 60_000 { isTooLarge = true }
    return table.count - 1
  }
}
