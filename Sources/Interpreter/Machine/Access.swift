import Diagnostics
import SourceText
import Syntax

// Variables outside the registers, fields and indices.

extension Machine {
  // MARK: Cells, captures, closures

  /// The running function; it stands before its frame when it has captures.
  private func runningFunction(_ base: Slot) -> FunctionValue? {
    if case .object(let object) = (base - 1).pointee { return object as? FunctionValue }
    return nil
  }

  @inline(never)
  func capture(_ index: Int, _ base: Slot) -> Value { captureSlot(index, base)?.pointee ?? .none }

  /// What the running function captured; only while that function stands before the frame.
  @inline(__always)
  func captureSlot(_ index: Int, _ base: Slot) -> Slot? {
    guard (base - 1).tag == Tag.object else { return nil }
    return (base - 1).object(FunctionValue.self)._withUnsafeGuaranteedRef { function in
      function.firstCapture.map { Slot(mutating: $0 + index) }
    }
  }

  /// The variable that an instruction `variable` names, where it may be changed.
  @inline(never)
  func variableSlot(_ i: UnsafePointer<Instruction>, _ base: Slot) -> Slot? {
    switch VariableKind(rawValue: i.x) {
    case .register: base + i.wide
    case .cell: (base + i.wide).openCell
    case .captureCell: captureSlot(i.wide, base)?.openCell
    case .global: tensors.isTracing ? nil : globals + i.wide
    case nil: nil
    }
  }

  @inline(never)
  func getCell(_ cell: Value, _ target: Slot, _ name: Int, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    guard case .object(let object) = cell, let cell = object as? CellValue else { return }
    target.pointee = cell.value
    if target.isMissing(Missing.address) {
      target.clear()
      throw .noValueYet(prototype.names[name], at: site(pc).span)
    }
  }

  @inline(never)
  func setCell(_ cell: Value, _ source: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    guard case .object(let object) = cell, let cell = object as? CellValue else { return }
    if cell.isSealed { throw .assignedInTrace(at: site(pc).span) }
    cell.value = source.pointee
  }

  @inline(never)
  func makeClosure(_ index: Int, _ target: Slot, _ base: Slot) {
    target.pointee = .object(closure(prototype.prototypes[index], base))
  }

  func closure(_ prototype: Prototype, _ base: Slot) -> FunctionValue {
    var captures: [Value] = []
    captures.reserveCapacity(prototype.captures.count)
    for source in prototype.captures {
      switch source {
      case .register(let register): captures.append(base[register])
      case .capture(let index): captures.append(capture(index, base))
      case .currentFunction: captures.append((base - 1).pointee)
      }
    }
    return FunctionValue(prototype: prototype, captures: captures)
  }

  @inline(never)
  func noValue(_ slot: Int, _ pc: UnsafePointer<Instruction>) -> Diagnostic {
    .noValueYet(sources.text(of: site(pc).span), at: site(pc).span)
  }

  // MARK: Making containers

  /// Moves `count` values out of the registers.
  private func takeValues(_ first: Slot, _ count: Int) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(count)
    for index in 0..<count { values.append(first[index]) }
    first.clear(count)
    return values
  }

  @inline(never)
  func makeTuple(_ target: Slot, _ first: Slot, _ count: Int) {
    target.pointee = .object(TupleValue(takeValues(first, count)))
  }

  @inline(never)
  func makeRecord(_ target: Slot, _ first: Slot, _ shape: Int) {
    let names = prototype.recordShapes[shape]
    target.pointee = .object(RecordValue(names: names, values: takeValues(first, names.count)))
  }

  /// Numbers and truth values make a tensor, and so do brackets of tensors; anything else is a list.
  @inline(never)
  func makeBracket(
    _ target: Slot, _ first: Slot, _ count: Int, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    let values = takeValues(first, count)
    let isNested = flags & OperandFlag.option != 0
    let isTensor = !values.isEmpty && values.allSatisfy { value in
      switch value {
      case .none: false
      case .bool, .int, .float: true
      case .object(let object):
        object.kind == .tensor || object.kind == .tracer ? isNested || shape(of: value)?.rank == 0 : false
      }
    }
    frame.pointee.next = pc
    target.pointee = isTensor ? try tensorLiteral(values, at: site(pc)) : .object(ListValue(values))
  }

  @inline(never)
  func makeRange(
    _ target: Slot, _ lower: Slot, _ upper: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    let start = try bound(lower.pointee, 0, pc)
    let end = try bound(upper.pointee, 1, pc)
    target.pointee = .object(try range(start, end, isClosed: flags & OperandFlag.option != 0, pc))
  }

  private func bound(_ value: Value, _ index: Int, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) -> Int {
    switch value {
    case .int(let number): return number
    case .object(let object) where object.kind == .tensor || object.kind == .tracer:
      return try hostInteger(value, at: Site(span: site(pc).operand(index)))
    default: throw .wrongKind(found: value.kindName, expected: "a whole number", at: site(pc).operand(index))
    }
  }

  private func range(_ lower: Int, _ upper: Int, isClosed: Bool, _ pc: UnsafePointer<Instruction>) throws(Diagnostic)
    -> RangeValue
  {
    guard isClosed else { return RangeValue(lower: lower, upper: max(lower, upper)) }
    guard upper < Int.max else { throw .integerOverflow("...", at: site(pc).span) }
    return RangeValue(lower: lower, upper: max(lower, upper + 1))
  }

  /// Makes the bounds of a loop numbers; true when it has no step.
  @inline(never)
  func startRange(_ slot: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) -> Bool {
    let range = try range(
      bound(slot.pointee, 0, pc), bound((slot + 1).pointee, 1, pc), isClosed: flags & OperandFlag.option != 0, pc)
    slot.set(range.lower)
    (slot + 1).set(range.upper)
    return range.lower >= range.upper
  }

  @inline(never)
  func compose(
    _ target: Slot, _ left: Slot, _ right: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    var parts: [Value] = []
    for (index, slot) in [left, right].enumerated() {
      guard slot.pointee.isCallable else {
        throw .notComposable(found: slot.pointee.kindName, at: site(pc).operand(index))
      }
      if case .object(let chain as CompositionValue) = slot.pointee { parts += chain.parts } else { parts.append(slot.pointee) }
    }
    target.pointee = .object(CompositionValue(parts: parts))
  }

  // MARK: Fields

  @inline(never)
  func getField(
    _ source: Slot, _ name: Int, _ target: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    if let field = source.field(frame.pointee.code.pointee.fields + name, { prototype.names[name] }) {
      // The record may stand where the result goes.
      target.copy(from: field)
      if flags & OperandFlag.leftIsTemporary != 0, source != target { source.clear() }
      return
    }
    frame.pointee.next = pc
    let result = try field(prototype.names[name], of: source.pointee) { self.site(pc) }
    if flags & OperandFlag.leftIsTemporary != 0 { source.clear() }
    target.pointee = result
  }

  func field(_ name: String, of value: Value, _ site: () -> Site) throws(Diagnostic) -> Value {
    guard case .object(let object) = value else {
      throw .noFields(of: value.kindName, name: name, at: site().operand(1))
    }
    switch object {
    case let record as RecordValue:
      if let found = record.value(of: name) { return found }
      throw unknownField(name, of: "record", record.names, site())
    case let model as ModelValue: return try field(name, of: model, site())
    case let module as ModuleValue:
      if let global = module.module.globals[name], !name.hasPrefix("_") { return globalValue(global.slot) }
      throw unknownField(name, of: "module", module.module.globals.keys.filter { !$0.hasPrefix("_") }.sorted(), site())
    case let holder as any HasFields:
      if let found = try holder.field(name, self, at: site()) { return found }
      throw unknownField(name, of: value.kindName, holder.fieldNames, site())
    default: throw .noFields(of: value.kindName, name: name, at: site().operand(1))
    }
  }

  func unknownField(_ name: String, of kind: String, _ known: [String], _ site: Site) -> Diagnostic {
    .unknownField(
      name, of: kind, at: site.operand(1), suggestion: Suggestion.closest(to: name, among: known), known: known)
  }

  // MARK: Indices

  @inline(never)
  func getIndex(
    _ source: Slot, _ index: Slot, _ target: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    if let element = source.part(index) {
      // An operand may stand where the result goes.
      target.copy(from: element)
      if flags & OperandFlag.leftIsTemporary != 0, source != target { source.clear() }
      if flags & OperandFlag.rightIsTemporary != 0, index != target { index.clear() }
      return
    }
    frame.pointee.next = pc
    let result = try self.index(source.pointee, [argument(index.pointee)]) { self.site(pc) }
    if flags & OperandFlag.leftIsTemporary != 0 { source.clear() }
    if flags & OperandFlag.rightIsTemporary != 0 { index.clear() }
    target.pointee = result
  }

  @inline(never)
  func getIndex(_ source: Slot, items: Int, _ target: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    let value = source.pointee
    let arguments = try takeIndex(prototype.indexShapes[items], source + 1, pc)
    source.clear()
    frame.pointee.next = pc
    target.pointee = try index(value, arguments) { self.site(pc) }
  }

  func argument(_ value: Value) -> IndexArgument {
    if case .none = value { return .newAxis }
    return .value(value)
  }

  /// Reads index operands out of registers in a row.
  func takeIndex(_ shape: [IndexItemShape], _ first: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic)
    -> [IndexArgument]
  {
    var slot = first
    var result: [IndexArgument] = []
    func next(_ isThere: Bool, _ index: Int) throws(Diagnostic) -> Int? {
      guard isThere else { return nil }
      let value = slot.pointee
      slot.clear()
      slot += 1
      if case .none = value { return nil }
      return try bound(value, index, pc)
    }
    for (index, item) in shape.enumerated() {
      switch item {
      case .ellipsis: result.append(.ellipsis)
      case .value:
        result.append(argument(slot.pointee))
        slot.clear()
        slot += 1
      case .slice(let hasLower, let hasUpper, let hasStep):
        let lower = try next(hasLower, index + 1)
        let upper = try next(hasUpper, index + 1)
        let step = try next(hasStep, index + 1)
        result.append(.slice(lower: lower, upper: upper, step: step))
      }
    }
    return result
  }

  func index(_ value: Value, _ items: [IndexArgument], _ site: () -> Site) throws(Diagnostic) -> Value {
    guard case .object(let object) = value else { throw .notIndexable(found: value.kindName, at: site().operand(0)) }
    switch object {
    case let list as ListValue:
      switch try hostIndex(items, list.elements.count, "list", site) {
      case .element(let position): return list.elements[position]
      case .positions(let positions): return .object(ListValue(positions.map { list.elements[$0] }))
      }
    case let tuple as TupleValue:
      switch try hostIndex(items, tuple.elements.count, "tuple", site) {
      case .element(let position): return tuple.elements[position]
      case .positions(let positions): return .object(TupleValue(positions.map { tuple.elements[$0] }))
      }
    case let text as TextValue:
      if text.isPlain, case .element(let position) = try hostIndex(items, text.byteCount, "text", site) {
        return text.plainCharacter(position)
      }
      let characters = Array(text.text)
      switch try hostIndex(items, characters.count, "text", site) {
      case .element(let position): return .object(TextValue(String(characters[position])))
      case .positions(let positions): return .object(TextValue(String(positions.map { characters[$0] })))
      }
    case let range as RangeValue:
      switch try hostIndex(items, range.count, "range", site) {
      case .element(let position): return .int(range.lower + position)
      case .positions(let positions):
        try checkSize(positions.count, "a list", site)
        return .object(ListValue(positions.map { .int(range.lower + $0) }))
      }
    case let dict as DictValue:
      guard items.count == 1, case .value(let key) = items[0] else { throw .sliceOfDict(at: site().span) }
      guard key.keyHash != nil else { throw .notAKey(found: key.kindName, at: site().operand(1)) }
      if let found = dict.value(of: key) { return found }
      throw .keyMissing(Display.text(key), at: site().operand(1))
    case let chain as CompositionValue:
      switch try hostIndex(items, chain.parts.count, "model", site) {
      case .element(let position): return chain.parts[position]
      case .positions(let positions): return .object(CompositionValue(parts: positions.map { chain.parts[$0] }))
      }
    case let tree as TreeValue:
      if case .element(let position) = try hostIndex(items, tree.partCount, "parameter tree", site),
        let part = tree.part("[\(position)]")
      {
        return part
      }
      throw .notIndexable(found: value.kindName, at: site().operand(0))
    case is TensorValue, is TracerValue: return try tensorIndex(value, items, at: site())
    case let data as DatasetValue: return try index(data, items, site)
    case let columns as ColumnsValue: return try index(columns, items, site)
    default: throw .notIndexable(found: value.kindName, at: site().operand(0))
    }
  }

  enum HostIndex {
    case element(Int)
    case positions(StridedPositions)
  }

  /// Positions from..<to by step, as a lazy collection.
  struct StridedPositions: RandomAccessCollection {
    let first: Int
    let step: Int
    let count: Int
    var startIndex: Int { 0 }
    var endIndex: Int { count }
    subscript(index: Int) -> Int { first + index * step }
  }

  /// What one index or slice means in a sequence of `count`. Out of range is an error, in slices too.
  func hostIndex(_ items: [IndexArgument], _ count: Int, _ kind: String, _ site: () -> Site) throws(Diagnostic) -> HostIndex
  {
    guard items.count == 1 else { throw .tooManyHostIndices(items.count, kind: kind, at: site().span) }
    switch items[0] {
    case .value(let value):
      if case .object(let range as RangeValue) = value {
        return .positions(try positions(range.lower, range.upper, nil, count, kind, site))
      }
      let position: Int
      switch value {
      case .int(let number): position = number
      case .object(let object) where object.kind == .tensor || object.kind == .tracer:
        position = try hostInteger(value, at: Site(span: site().operand(1)))
      default: throw .wrongKind(found: value.kindName, expected: "a whole number as index", at: site().operand(1))
      }
      let wrapped = position < 0 ? position + count : position
      guard wrapped >= 0, wrapped < count else {
        throw .indexOutOfRange(position, count: count, kind: kind, at: site().operand(1))
      }
      return .element(wrapped)
    case .slice(let lower, let upper, let step):
      return .positions(try positions(lower, upper, step, count, kind, site))
    case .ellipsis: return .positions(StridedPositions(first: 0, step: 1, count: count))
    case .newAxis: throw .wrongKind(found: "none", expected: "a whole number as index", at: site().operand(1))
    }
  }

  private func positions(
    _ lower: Int?, _ upper: Int?, _ step: Int?, _ count: Int, _ kind: String, _ site: () -> Site
  ) throws(Diagnostic) -> StridedPositions {
    let step = step ?? 1
    guard step != 0 else { throw .sliceStepZero(at: site().operand(1)) }
    func wrapped(_ bound: Int?, _ standard: Int) throws(Diagnostic) -> Int {
      guard let bound else { return standard }
      let position = bound < 0 ? bound &+ count : bound
      guard position >= 0, position <= count else {
        throw .sliceOutOfRange(bound, count: count, kind: kind, at: site().operand(1))
      }
      return position
    }
    if step > 0 {
      let first = try wrapped(lower, 0)
      let end = try wrapped(upper, count)
      return StridedPositions(first: first, step: step, count: end > first ? (end - first - 1) / step + 1 : 0)
    }
    let first = min(try wrapped(lower, count - 1), count - 1)
    let end = try upper == nil ? -1 : wrapped(upper, 0)
    return StridedPositions(
      first: first, step: step, count: first > end ? (first - end - 1) / (step == Int.min ? Int.max : -step) + 1 : 0)
  }
}

extension Value {
  /// Whether it can be called.
  var isCallable: Bool {
    guard case .object(let object) = self else { return false }
    switch object.kind {
    case .function, .builtin, .transformed, .composition, .layer, .model: return true
    default: return false
    }
  }
}
