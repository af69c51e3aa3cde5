import Diagnostics
import SourceText
import Syntax

// `xs[0].rate = 1`: the value in the variable is changed in place when nothing else holds it, copied first otherwise.

extension Machine {
  @inline(never)
  func assignPlace(_ index: Int, _ source: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    frame.pointee.next = pc
    let place = prototype.places[index]
    if let slot = slot(place, source + 1, forWriting: true) {
      slot.take(from: source)
      (source + 1).clear(place.operandCount)
      return
    }
    let newValue = source.pointee
    source.clear()
    let operands = try indexOperands(place, source + 1, pc)
    try update(place.root, place.name, pc) { (value) throws(Diagnostic) in
      try self.assign(&value, place.steps[...], operands[...], newValue, 0, pc)
    }
  }

  /// `xs[i] = v` when it is not simply the element of an unshared list.
  @inline(never)
  func assignElement(
    _ source: Slot, _ index: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    frame.pointee.next = pc
    if let slot = variableSlot(pc, frame.pointee.base)?.ownValue(index, adds: true) {
      if flags & OperandFlag.leftIsTemporary != 0 { slot.take(from: source) } else { slot.copy(from: source) }
      if flags & OperandFlag.rightIsTemporary != 0 { index.clear() }
      return
    }
    let newValue = source.pointee
    let operands = [[argument(index.pointee)]]
    if flags & OperandFlag.leftIsTemporary != 0 { source.clear() }
    if flags & OperandFlag.rightIsTemporary != 0 { index.clear() }
    try update(variable(pc), prototype.names[pc.ia], pc) { (value) throws(Diagnostic) in
      try self.assign(&value, [.index([.value])], operands[...], newValue, 0, pc)
    }
  }

  @inline(never)
  func readPlace(_ index: Int, _ target: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    frame.pointee.next = pc
    let place = prototype.places[index]
    if let slot = slot(place, target + 1, forWriting: false) {
      target.copy(from: slot)
      return
    }
    // The operands stay: the assignment that follows reads them again.
    let saved = (0..<place.operandCount).map { target[1 + $0] }
    let operands = try indexOperands(place, target + 1, pc)
    for (offset, value) in saved.enumerated() { target[1 + offset] = value }
    var value = try read(place.root, place.name, pc)
    for (step, arguments) in zip(place.steps, operands) {
      switch step {
      case .field(let name): value = try field(name, of: value) { Site(span: self.site(pc).span) }
      case .index: value = try self.index(value, arguments) { self.site(pc) }
      }
    }
    target.pointee = value
  }

  /// Where the value of a simple place is. For writing: when every list, record and dict on the way is held by its
  /// variable alone and the last element is there already.
  private func slot(_ place: PlaceShape, _ operands: Slot, forWriting: Bool) -> Slot? {
    guard place.isSimple, var slot = rootSlot(place.root, forWriting: forWriting) else { return nil }
    var operand = operands
    for index in place.fieldNames.indices {
      let next: Slot?
      if place.fieldNames[index] != nil {
        guard !forWriting || slot.isOwnRecord else { return nil }
        next = slot.field(place.fields + index) { place.fieldNames[index] ?? "" }
      } else {
        next = forWriting ? slot.ownPart(operand) : slot.part(operand)
        operand += 1
      }
      guard let next else { return nil }
      slot = next
    }
    return slot
  }

  private func rootSlot(_ root: PlaceShape.Root, forWriting: Bool) -> Slot? {
    let base = frame.pointee.base
    switch root {
    case .register(let register): return base + register
    case .cell(let register): return forWriting ? (base + register).openCell : (base + register).cell
    case .captureCell(let index):
      let slot = captureSlot(index, base)
      return forWriting ? slot?.openCell : slot?.cell
    case .global(let slot): return tensors.isTracing ? nil : globals + slot
    case .slot: return nil
    }
  }

  /// `xs = append(xs, x)` when the list is shared, or no list.
  @inline(never)
  func appendElement(_ source: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    frame.pointee.next = pc
    let added = source.pointee
    if flags & OperandFlag.leftIsTemporary != 0 { source.clear() }
    try update(variable(pc), prototype.names[pc.ia], pc) { (value) throws(Diagnostic) in
      value = try self.appended(value, added, at: self.site(pc))
    }
  }

  /// The variable that the instruction at `pc` names.
  private func variable(_ pc: UnsafePointer<Instruction>) -> PlaceShape.Root {
    switch VariableKind(rawValue: pc.x) {
    case .cell: .cell(pc.wide)
    case .captureCell: .captureCell(pc.wide)
    case .global: .global(pc.wide)
    case .register, nil: .register(pc.wide)
    }
  }

  @inline(never)
  func appendPlace(_ index: Int, _ source: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    frame.pointee.next = pc
    let place = prototype.places[index]
    let added = source.pointee
    source.clear()
    try update(place.root, place.name, pc) { (value) throws(Diagnostic) in
      if let list: ListValue = self.unique(&value, { ListValue($0.elements) }) {
        list.elements.append(added)
        value = .object(list)
      } else {
        value = try self.appended(value, added, at: self.site(pc))
      }
    }
  }

  /// The index arguments of each step; fields have none.
  private func indexOperands(_ place: PlaceShape, _ first: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic)
    -> [[IndexArgument]]
  {
    var slot = first
    var result: [[IndexArgument]] = []
    for step in place.steps {
      guard case .index(let shape) = step else {
        result.append([])
        continue
      }
      result.append(try takeIndex(shape, slot, pc))
      slot += shape.operandCount
    }
    return result
  }

  private func read(_ root: PlaceShape.Root, _ name: String, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) -> Value {
    let base = frame.pointee.base
    switch root {
    case .register(let register): return base[register]
    case .cell(let register): return cellValue(base[register])
    case .captureCell(let index): return cellValue(capture(index, base))
    case .global(let slot):
      if (globals + slot).isMissing(Missing.address) { throw .noValueYet(name, at: site(pc).span) }
      return tensors.isTracing ? traced(global: globals[slot], slot: slot) : globals[slot]
    case .slot(let model, let slot): return try readSlot(of: try self.model(base + model, pc), slot: slot, at: site(pc))
    }
  }

  private func cellValue(_ value: Value) -> Value {
    if case .object(let object) = value, let cell = object as? CellValue { return cell.value }
    return value
  }

  /// Changes a variable. It is taken out meanwhile, so that what it holds can be uniquely referenced, and put back
  /// even when `change` fails.
  private func update(
    _ root: PlaceShape.Root, _ name: String, _ pc: UnsafePointer<Instruction>,
    _ change: (inout Value) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let base = frame.pointee.base
    switch root {
    case .register(let register): try change(&base[register])
    case .cell(let register): try updateCell(base[register], pc, change)
    case .captureCell(let index): try updateCell(capture(index, base), pc, change)
    case .global(let slot):
      if (globals + slot).isMissing(Missing.address) { throw .noValueYet(name, at: site(pc).span) }
      if tensors.isTracing { throw .assignedInTrace(at: site(pc).span) }
      try change(&globals[slot])
    case .slot(let model, let slot):
      let model = try self.model(base + model, pc)
      var value = try readSlot(of: model, slot: slot, at: site(pc))
      try change(&value)
      try writeState(of: model, slot: slot, value, at: site(pc))
    }
  }

  private func updateCell(
    _ value: Value, _ pc: UnsafePointer<Instruction>, _ change: (inout Value) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    guard case .object(let object) = value, let cell = object as? CellValue else { return }
    if cell.isSealed { throw .assignedInTrace(at: site(pc).span) }
    var content = cell.value
    cell.value = .none
    do throws(Diagnostic) { try change(&content) } catch {
      cell.value = content
      throw error
    }
    cell.value = content
  }

  private func assign(
    _ value: inout Value, _ steps: ArraySlice<PlaceShape.Step>, _ operands: ArraySlice<[IndexArgument]>,
    _ newValue: Value, _ depth: Int, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    guard let step = steps.first, let arguments = operands.first else {
      value = newValue
      return
    }
    let site = self.site(pc)
    let here = Site(span: site.span, operands: [site.operand(depth), site.operand(depth)])
    guard let kind = value.objectKind else {
      throw .notAssignable(found: value.kindName, at: here.operand(0))
    }
    let rest = steps.dropFirst()
    let restOperands = operands.dropFirst()
    switch (step, kind) {
    case (.field(let name), .record):
      guard let record: RecordValue = unique(&value, { RecordValue(names: $0.names, values: $0.values) }) else { return }
      defer { value = .object(record) }
      guard let position = record.names.firstIndex(of: name) else {
        throw unknownField(name, of: "record", record.names, here)
      }
      try assign(&record.values[position], rest, restOperands, newValue, depth + 1, pc)
    case (.index, .list):
      guard let list: ListValue = unique(&value, { ListValue($0.elements) }) else { return }
      defer { value = .object(list) }
      switch try hostIndex(arguments, list.elements.count, "list", { here }) {
      case .element(let position):
        try assign(&list.elements[position], rest, restOperands, newValue, depth + 1, pc)
      case .positions(let positions):
        guard rest.isEmpty, case .object(let given as ListValue) = newValue, given.elements.count == positions.count
        else { throw .sliceAssignment(count: positions.count, found: newValue.kindName, at: here.span) }
        for (position, element) in zip(positions, given.elements) { list.elements[position] = element }
      }
    case (.index, .dict):
      guard arguments.count == 1, case .value(let key) = arguments[0], let hash = key.keyHash else {
        throw .notAKey(found: "this", at: here.operand(0))
      }
      guard let dict: DictValue = unique(&value, { $0.copy() }) else { return }
      defer { value = .object(dict) }
      let position = dict.position(of: key, hash)
      if rest.isEmpty {
        if let position { dict.values[position] = newValue } else { dict.add(key, hash, newValue) }
        return
      }
      guard let position else { throw .keyMissing(Display.text(key), at: here.operand(0)) }
      try assign(&dict.values[position], rest, restOperands, newValue, depth + 1, pc)
    case (.index, .tensor), (.index, .tracer):
      guard rest.isEmpty else { throw .notAssignable(found: "an element of a tensor", at: here.operand(0)) }
      value = try tensorAssign(value, arguments, newValue, at: here)
    case (.index, .tuple): throw .immutable("tuple", at: here.span, help: "a list can be changed: `[...]`")
    case (.index, .text): throw .immutable("text", at: here.span, help: "`replace(text, old, new)` makes a new text")
    case (.index, .range): throw .immutable("range", at: here.span, help: "`list(range)` makes a list of it")
    case (.field, .model): throw .modelField(at: here.span)
    default: throw .notAssignable(found: value.kindName, at: here.operand(0))
    }
  }

  /// The object in `value`, copied when something else refers to it; nil when it is of another class. `value` is left
  /// empty, so that the object is not copied for its own variable's sake.
  private func unique<Object: HeapObject>(_ value: inout Value, _ copy: (Object) -> Object) -> Object? {
    guard var own = value.object(as: Object.self) else { return nil }
    value = .none
    if !isKnownUniquelyReferenced(&own) { own = copy(own) }
    return own
  }

  /// The model in a register, for code inside a layer.
  func model(_ slot: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) -> ModelValue {
    guard case .object(let object) = slot.pointee, let model = object as? ModelValue else {
      throw .wrongKind(found: slot.pointee.kindName, expected: "a model", at: site(pc).span)
    }
    return model
  }
}

extension [IndexItemShape] {
  /// Registers that the values of the items take.
  var operandCount: Int {
    reduce(0) { count, item in
      switch item {
      case .ellipsis: count
      case .value: count + 1
      case .slice(let hasLower, let hasUpper, let hasStep):
        count + (hasLower ? 1 : 0) + (hasUpper ? 1 : 0) + (hasStep ? 1 : 0)
      }
    }
  }
}

extension Value {
  var objectKind: ObjectKind? {
    if case .object(let object) = self { return object.kind }
    return nil
  }

  func object<Object: HeapObject>(as _: Object.Type) -> Object? {
    if case .object(let object) = self { return object as? Object }
    return nil
  }
}
