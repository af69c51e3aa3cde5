import Diagnostics
import SourceText
import TensorTypes

// Annotations: kinds of values, and shapes whose names must agree.

extension Machine {
  @inline(never)
  func checkKind(_ slot: Slot, _ name: Int, _ flags: UInt8, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    let name = prototype.names[name]
    let value = slot.pointee
    if !isKind(value, name) {
      throw .wrongKind(found: describe(value), expected: name, at: place(of: flags, slot - frame.pointee.base, pc).span)
    }
  }

  private func describe(_ value: Value) -> String {
    if case .object(let model as ModelValue) = value { return model.definition.name }
    return value.kindName
  }

  private func isKind(_ value: Value, _ name: String) -> Bool {
    guard let kind = KindName(rawValue: name) else {
      if case .object(let model as ModelValue) = value { return model.definition.name == name }
      return false
    }
    switch (kind, value) {
    case (.int, .int), (.float, .float), (.float, .int), (.bool, .bool): return true
    case (.int, .object(let tracer as TracerValue)): return tracer.isHostNumber && tracer.type.dtype == .i64
    case (.float, .object(let tracer as TracerValue)): return tracer.isHostNumber
    case (.bool, .object(let tracer as TracerValue)): return tracer.type.shape.rank == 0 && tracer.type.dtype == .bool
    case (_, .object(let object)):
      switch object.kind {
      case .text: return kind == .text
      case .list: return kind == .list
      case .tuple: return kind == .tuple
      case .record: return kind == .record
      case .dict: return kind == .dict
      case .range: return kind == .range
      case .tensor, .tracer: return kind == .tensor
      case .function, .builtin, .transformed: return kind == .function
      case .composition: return kind == .function || kind == .model
      case .model: return kind == .model
      case .layer: return kind == .function
      case .dataset: return kind == .dataset
      case .optimizer: return kind == .optimizer
      default: return false
      }
    default: return false
    }
  }

  @inline(never)
  func checkShapes(_ index: Int, _ base: Slot, _ flags: UInt8, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    frame.pointee.next = pc
    let items = prototype.shapeChecks[index].items
    for item in items {
      try check(item, base[item.register], base, items) { self.place(of: flags, item.register, pc) }
    }
  }

  /// Arguments are the caller's business, everything else stands where it is checked.
  private func place(of flags: UInt8, _ register: Int, _ pc: UnsafePointer<Instruction>) -> Site {
    flags & OperandFlag.option != 0 ? callerSite(argument: register) : site(pc)
  }

  @inline(never)
  func checkResult(_ index: Int, _ slot: Slot, _ base: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    frame.pointee.next = pc
    for item in prototype.shapeChecks[index].items {
      try check(item, slot.pointee, base, []) { self.site(pc) }
    }
  }

  private func check(
    _ item: ShapeCheck.Item, _ value: Value, _ base: Slot, _ others: [ShapeCheck.Item],
    _ site: () -> Site
  ) throws(Diagnostic) {
    let shape: Shape
    if let known = self.shape(of: value) {
      shape = known
    } else if value.isHostScalar {
      shape = .scalar
    } else {
      throw .annotationKind(
        item.name, expected: item.text, found: value.kindName, at: callSpan(at: site()), annotation: item.span)
    }
    let ellipsis = item.sizes.firstIndex { if case .ellipsis = $0 { true } else { false } }
    let named = item.sizes.count - (ellipsis == nil ? 0 : 1)
    guard ellipsis == nil ? shape.rank == named : shape.rank >= named else {
      throw .annotationRank(
        item.name, expected: item.text, found: shape.description, rank: shape.rank, at: callSpan(at: site()),
        annotation: item.span)
    }
    for (position, size) in item.sizes.enumerated() {
      if position == ellipsis { continue }
      let axis = ellipsis.map { position > $0 ? shape.rank - (item.sizes.count - position) : position } ?? position
      let found = shape.sizes[axis]
      switch size {
      case .ellipsis, .any: break
      case .bind(let register, _): (base + register).set(found)
      case .equal(let register, let text):
        let expected = try sizeNumber(base[register], text, item.span)
        guard expected == found else {
          let source = others.first { other in
            other.name != item.name
              && other.sizes.contains { if case .bind(register, _) = $0 { true } else { false } }
          }
          throw .annotationSize(
            item.name, dimension: text, axis: axis, expected: expected, found: found, shape: shape.description,
            pattern: item.text, at: callSpan(at: site()), annotation: item.span, boundBy: source?.name,
            boundAt: source?.span)
        }
      }
    }
  }

  /// The place of an argument in the call that made the running frame, or of the whole call.
  private func callerSite(argument register: Int) -> Site {
    guard frame > frames + 1 else { return site(frame.pointee.next) }
    let caller = frame - 1
    let site = caller.pointee.code.pointee.prototype._withUnsafeGuaranteedRef { $0.site(before: caller.pointee.next) }
    if site.span.isNone { return Site(span: prototype.span) }
    let call = (caller.pointee.next - 1).pointee.opcode
    guard call == .call || call == .callGlobal else { return Site(span: site.span) }
    return Site(span: site.operand(register - (prototype.kind.hasModel ? 1 : 0)))
  }

  private func sizeNumber(_ value: Value, _ text: String, _ span: Span) throws(Diagnostic) -> Int {
    switch value {
    case .int(let number): return number
    case .object(let object) where object.kind == .tensor || object.kind == .tracer:
      return try hostInteger(value, at: Site(span: span))
    default: throw .sizeKind(text, found: value.kindName, at: span)
    }
  }

  /// A computed size of a `param` or an annotation becomes a host number.
  @inline(never)
  func size(_ slot: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    if slot.tag == Tag.int { return }
    let span = site(pc).span
    slot.set(try sizeNumber(slot.pointee, sources.text(of: span), span))
  }
}

extension Value {
  /// A number or truth value of the program, which counts as a tensor without dimensions.
  fileprivate var isHostScalar: Bool {
    switch self {
    case .bool, .int, .float: true
    default: false
    }
  }
}
