import Diagnostics
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

extension Machine {
  /// Calls a model with evaluated arguments; ends in `invokeCall` of the layer's `call`. The outermost call, outside any
  /// trace, is one compiled program.
  func callModel(_ model: ModelValue, _ arguments: [Value], named: [(name: String, value: Value)], at site: Site)
    throws(Diagnostic) -> Value
  {
    assignAddresses(to: .object(model))
    return try compiledCall(
      .object(model), arguments, named: named, name: "call", at: site
    ) { (function, arguments, named) throws(Diagnostic) in
      self.tensors.activeModels.append(model)
      self.tensors.drawCounts.append(0)
      defer {
        self.tensors.activeModels.removeLast()
        self.tensors.drawCounts.removeLast()
      }
      let result = try self.invokeCall(of: model, arguments: arguments, named: named, at: site)
      self.tensors.current?.root.record?.layers.add(model, arguments.first, result)
      return result
    }
  }

  /// Calls a chain: each part with what the one before gave. A chain with models in it is one compiled program.
  func callComposition(
    _ chain: CompositionValue, _ arguments: [Value], named: [(name: String, value: Value)], at site: Site
  ) throws(Diagnostic) -> Value {
    let original = chain.original ?? chain
    let body: (Value, [Value], [(name: String, value: Value)]) throws(Diagnostic) -> Value = {
      (function, arguments, named) throws(Diagnostic) in
      guard case .object(let object) = function, let chain = object as? CompositionValue, let first = chain.parts.first
      else { return .none }
      var value = try self.call(first, arguments, named: named, at: site)
      for part in chain.parts.dropFirst() { value = try self.call(part, [value], at: site) }
      return value
    }
    // A chain that was numbered as a whole model holds one.
    guard original.root != nil || Value.object(original).holdsModel else {
      return try body(.object(chain), arguments, named)
    }
    assignAddresses(to: .object(original))
    return try compiledCall(.object(chain), arguments, named: named, name: "chain", at: site, body)
  }

  /// Gives a whole model its number, and its parts their paths, when it is first used.
  func assignAddresses(to value: Value) {
    guard tensors.activeModels.isEmpty, case .object(let object) = value else { return }
    switch object {
    case let model as ModelValue where model.root != nil: return
    case let chain as CompositionValue where chain.root != nil: return
    default: break
    }
    let root = ModelRoot(number: modelNumber())
    if let chain = object as? CompositionValue { chain.root = root }
    for (model, path) in ModelTree(value).models where model.root == nil {
      model.root = root
      model.path = path
    }
  }

  // MARK: Parameters and states

  func parameterValue(
    of model: ModelValue, slot: Int, sizes: [Int], initializer: Value, at site: Site
  ) throws(Diagnostic) -> Value {
    let shape = Shape(sizes)
    if let parameter = model.parameters[slot] {
      guard parameter.tensor.shape == shape else {
        throw .parameterResized(
          parameter.name, path: model.path, before: parameter.tensor.shape.description, now: shape.description,
          madeAt: parameter.madeAt, at: site.span)
      }
      return try value(of: parameter, in: model, at: site)
    }
    let name = model.definition.parameterNames[slot]
    guard shape.checkedCount != nil else { throw .impossibleSizes(shape.description, at: site.span) }
    // Made outside every trace, as data: the trace then reads it like any parameter.
    let trace = tensors.current
    tensors.current = nil
    defer { tensors.current = trace }
    let tensor = try initial(shape, initializer, name: name, model: model, at: site)
    let parameter = Parameter(
      name: name, isState: model.definition.isState[slot], tensor: tensor, madeAt: callSpan(at: site))
    model.parameters[slot] = parameter
    tensors.journal.append { model.parameters[slot] = nil }
    tensors.current = trace
    return try value(of: parameter, in: model, at: site)
  }

  /// What the initializer gives for a shape: a function of the sizes, a number, or a tensor of that shape.
  private func initial(_ shape: Shape, _ initializer: Value, name: String, model: ModelValue, at site: Site)
    throws(Diagnostic) -> Tensor
  {
    let made: Value
    switch initializer {
    case .int, .float: made = initializer
    case .object(let object) where object is TensorValue: made = initializer
    default:
      let path = model.path.isEmpty ? name : "\(model.path).\(name)"
      made = try withDrawBase(Address.of(model: model.root?.number ?? 0, path: path)) { () throws(Diagnostic) in
        try self.call(initializer, shape.sizes.map(Value.int), at: site)
      }
    }
    let result = try recordOne("param", [made], at: site) { (recorder, ids) throws(ShapeProblem) in
      let isFloating = recorder.dtype(of: ids[0]).isFloating && recorder.shape(of: ids[0]).rank > 0
      let value = isFloating ? ids[0] : try recorder.convert(ids[0], to: .f32)
      return recorder.shape(of: value).rank == 0 ? try recorder.expand(value, to: shape) : value
    }
    let tensor = try self.tensor(of: result, at: site)
    guard tensor.shape == shape else {
      throw .initializerShape(
        name, expected: shape.description, found: tensor.shape.description, at: site.span)
    }
    return tensor
  }

  func readSlot(of model: ModelValue, slot: Int, at site: Site) throws(Diagnostic) -> Value {
    guard let parameter = model.parameters[slot] else {
      throw .parameterNotReached(model.definition.parameterNames[slot], at: site.span)
    }
    return try value(of: parameter, in: model, at: site)
  }

  func writeState(of model: ModelValue, slot: Int, _ value: Value, at site: Site) throws(Diagnostic) {
    guard let parameter = model.parameters[slot] else {
      throw .parameterNotReached(model.definition.parameterNames[slot], at: site.span)
    }
    let shape = parameter.tensor.shape
    let dtype = parameter.tensor.dtype
    let fitted = try recordOne(parameter.name, [value], at: site) { (recorder, ids) throws(ShapeProblem) in
      let value = try recorder.convert(ids[0], to: dtype)
      return recorder.shape(of: value).rank == 0 ? try recorder.expand(value, to: shape) : value
    }
    guard let type = fitted.tensorType, type.shape == shape else {
      throw .stateShape(
        parameter.name, expected: shape.description, found: fitted.tensorType?.shape.description ?? fitted.kindName,
        at: site.span)
    }
    guard let trace = tensors.current else {
      parameter.tensor = try tensor(of: fitted, at: site)
      return
    }
    if case .example = trace.kind { throw .stateUnderVmap(parameter.name, at: site.span) }
    let id = try self.id(of: fitted, in: trace, at: site)
    assign(
      parameter, TracerValue(trace: trace, id: id, type: trace.graph.type(of: id), origin: site.span), in: trace)
  }

  /// Records that a parameter or state has a new value from here on.
  func assign(_ parameter: Parameter, _ value: TracerValue, in trace: Trace) {
    if !trace.written.contains(where: { $0 === parameter }) { trace.written.append(parameter) }
    trace.slots[ObjectIdentifier(parameter)] = value
  }

  /// A parameter's tensor, or the value that stands for it in the current trace.
  func value(of parameter: Parameter, in model: ModelValue, at site: Site) throws(Diagnostic) -> Value {
    guard let trace = tensors.current else {
      return .object(TensorValue(parameter.tensor, origin: parameter.madeAt))
    }
    return .object(trace.value(of: parameter, ownedBy: model))
  }

  /// Whether a layer runs in training mode: a gradient is taken with respect to it.
  func isTraining(_ model: ModelValue) -> Bool {
    var trace = tensors.current
    while let each = trace {
      if case .gradient(let models) = each.kind, models.contains(ObjectIdentifier(model)) { return true }
      trace = each.parent
    }
    return false
  }

  /// The models that a gradient with respect to `target` differentiates: all that it holds, but for frozen ones.
  func differentiableModels(in target: Value, at site: Site) throws(Diagnostic) -> Set<ObjectIdentifier> {
    let tree = ModelTree(target)
    guard !tree.models.isEmpty else { return [] }
    assignAddresses(to: target)
    let models = tree.models.filter { !$0.model.isFrozen }
    guard !models.isEmpty else { throw .everythingFrozen(at: site.span) }
    return Set(models.map { ObjectIdentifier($0.model) })
  }
}

extension Trace {
  /// The tracer for a parameter at this point: an own value where this trace assigned or differentiates it, else what the
  /// trace around has.
  func value(of parameter: Parameter, ownedBy model: ModelValue? = nil) -> TracerValue {
    let key = ObjectIdentifier(parameter)
    if let known = slots[key] { return known }
    if case .gradient(let models) = kind, let model, !parameter.isState, models.contains(ObjectIdentifier(model)),
      let parent, let outer = parent.id(of: parent.value(of: parameter, ownedBy: model))
    {
      let input = addInput(parameter.tensor.type, from: .outer(outer))
      let tracer = TracerValue(trace: self, id: input, type: parameter.tensor.type, origin: parameter.madeAt)
      slots[key] = tracer
      let path = model.path.isEmpty ? parameter.name : "\(model.path).\(parameter.name)"
      differentiated.append((parameter, path, input))
      return tracer
    }
    if let parent { return parent.value(of: parameter, ownedBy: model) }
    let input = addInput(parameter.tensor.type, from: .binding(.parameter(parameter)))
    let tracer = TracerValue(trace: self, id: input, type: parameter.tensor.type, origin: parameter.madeAt)
    slots[key] = tracer
    return tracer
  }
}
