import Diagnostics
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

/// What an optimizer keeps for one parameter: a value of the language, its tensors and numbers side by side, where
/// programs read and overwrite them.
final class OptimizerState {
  let parameter: Parameter
  /// Steps taken so far.
  fileprivate(set) var stepCount: Int
  private(set) var leaves: [Leaf] = []
  /// The value with its leaves left open, numbered in order.
  private var structure: ResultTemplate

  fileprivate init(_ parameter: Parameter, _ value: Value, stepCount: Int) {
    self.parameter = parameter
    self.stepCount = stepCount
    structure = ResultTemplate(opening: value, &leaves)
  }

  var value: Value { structure.filled { index, mark, _ in leaves[index].value(mark: mark, origin: parameter.madeAt) } }

  /// The value with each leaf replaced, in order.
  func mapped(_ replacement: (_ index: Int, TensorType, ValueKind, _ isHostNumber: Bool) -> Value) -> Value {
    structure.filled { index, mark, isHostNumber in replacement(index, leaves[index].type, mark, isHostNumber) }
  }

  func set(_ value: Value) {
    leaves = []
    structure = ResultTemplate(opening: value, &leaves)
  }

  /// Lets go of a tensor while a program may overwrite it.
  func release(_ index: Int) {
    guard case .tensor(let tensor) = leaves[index] else { return }
    leaves[index] = .tensor(Tensor(storage: .empty, type: tensor.type))
  }

  func restore(_ index: Int, _ tensor: Tensor) {
    if case .tensor = leaves[index] { leaves[index] = .tensor(tensor) }
  }

  /// The state after `steps` more steps, from a program's outputs.
  func store(_ write: OptimizerWrite, _ outputs: [Tensor], steps: Int, at span: Span) {
    stepCount += steps
    guard let structure = write.structure, write.outputs.count == leaves.count else {
      return set(write.template.build(outputs, at: span))
    }
    self.structure = structure
    for (index, (output, isHostNumber)) in write.outputs.enumerated() {
      leaves[index] = Leaf(outputs[output], isHostNumber: isHostNumber)
    }
  }
}

/// What a compiled call gives to an optimizer.
struct OptimizerWrite {
  let state: OptimizerState
  let template: ResultTemplate
  /// The template with its outputs numbered in order; nil when it holds numbers that are the same at each run.
  let structure: ResultTemplate?
  let outputs: [(output: Int, isHostNumber: Bool)]

  init(_ state: OptimizerState, _ template: ResultTemplate) {
    self.state = state
    self.template = template
    var outputs: [(output: Int, isHostNumber: Bool)] = []
    structure = template.renumbered(&outputs)
    self.outputs = outputs
  }
}

/// An optimizer: two functions of the language and what they keep for each parameter that they meet.
public final class OptimizerValue: HeapObject {
  /// p -> state
  public let start: Value
  /// (p, gradient, state, step) -> (new p, new state)
  public let step: Value
  /// The learning rate or schedule, for people: `step` has its own.
  public let rate: Value
  /// A list of the names of parameters that `step` treats by themselves, for `train` to look whether there are such.
  public let groups: Value
  /// Updates made so far.
  public private(set) var updateCount = 0
  private var states: [ObjectIdentifier: OptimizerState] = [:]

  init(start: Value, step: Value, rate: Value, groups: Value) {
    self.start = start
    self.step = step
    self.rate = rate
    self.groups = groups
    super.init(.optimizer)
  }

  func state(of parameter: Parameter) -> OptimizerState? { states[ObjectIdentifier(parameter)] }

  @discardableResult
  func begin(_ parameter: Parameter, state value: Value, stepCount: Int = 0) -> OptimizerState {
    if let known = state(of: parameter) {
      known.set(value)
      known.stepCount = stepCount
      return known
    }
    let state = OptimizerState(parameter, value, stepCount: stepCount)
    states[ObjectIdentifier(parameter)] = state
    return state
  }
  func setUpdateCount(_ count: Int) { updateCount = count }
  func countUpdates(_ count: Int) { updateCount += count }
  func forget(_ parameter: Parameter) { states[ObjectIdentifier(parameter)] = nil }
}

extension Machine {
  /// One step of an optimizer on every parameter that has a gradient: all of them in one program.
  func update(_ model: Value, _ optimizer: OptimizerValue, _ gradients: TreeValue, at site: Site) throws(Diagnostic) {
    _ = try compiledCall(
      .object(optimizer), [.object(gradients)], name: "update", at: site
    ) { (_, arguments, _) throws(Diagnostic) in
      guard case .object(let object)? = arguments.first, let tree = object as? TreeValue else { return .none }
      try self.recordUpdate(optimizer, tree, at: site)
      return .none
    }
  }

  /// In the outermost trace, or in a step of a compiled loop within it.
  private func recordUpdate(_ optimizer: OptimizerValue, _ gradients: TreeValue, at site: Site) throws(Diagnostic) {
    guard let trace = tensors.current, trace.takesUpdates, let record = trace.root.record else {
      throw .updateInsideTransform(at: site.span)
    }
    // All are begun before the first step, which then counts for all.
    var states: [OptimizerState] = []
    defer { (tensors.phase, tensors.updatedPath, tensors.updatedParameter) = (.forward, nil, nil) }
    for (parameter, path) in zip(gradients.parameters, gradients.paths) {
      tensors.updatedParameter = path
      states.append(try state(of: parameter, optimizer, trace, at: site))
    }
    tensors.phase = .optimizer
    for (index, parameter) in gradients.parameters.enumerated() {
      tensors.updatedParameter = gradients.paths[index]
      tensors.updatedPath = String(gradients.paths[index].dropLast(parameter.name.count + 1))
      let state = states[index]
      let step = stepValue(state, optimizer, states, record, trace, at: site)
      let current = Value.object(trace.value(of: parameter))
      let outcome = try call(
        optimizer.step, [current, gradients.values[index], trace.value(of: state), step], at: site)
      guard case .object(let pair as TupleValue) = outcome, pair.elements.count == 2 else {
        throw .optimizerResult(found: outcome.kindName, at: site.span)
      }
      guard let type = pair.elements[0].tensorType, type.shape == parameter.tensor.shape else {
        throw .optimizerShape(
          parameter.name, expected: parameter.tensor.shape.description,
          found: pair.elements[0].tensorType?.shape.description ?? pair.elements[0].kindName, at: site.span)
      }
      let fitted = try recordOne("update", [pair.elements[0]], at: site) { (recorder, ids) throws(ShapeProblem) in
        try recorder.convert(ids[0], to: parameter.tensor.dtype)
      }
      let id = try self.id(of: fitted, in: trace, at: site)
      assign(
        parameter, TracerValue(trace: trace, id: id, type: trace.graph.type(of: id), origin: site.span), in: trace)
      if record.updated.contains(where: { $0.state === state }) {
        throw .updatedTwice(gradients.paths[index], at: site.span)
      }
      record.updated.append((optimizer, state))
      trace.optimizerStates[ObjectIdentifier(state)] = pair.elements[1]
    }
  }

  /// What the optimizer keeps for a parameter; begun outside every trace when new.
  private func state(
    of parameter: Parameter, _ optimizer: OptimizerValue, _ trace: Trace, at site: Site
  ) throws(Diagnostic) -> OptimizerState {
    if let known = optimizer.state(of: parameter) { return known }
    tensors.current = nil
    defer { tensors.current = trace }
    let start = Value.object(TensorValue(parameter.tensor, origin: parameter.madeAt))
    let state = optimizer.begin(parameter, state: try call(optimizer.start, [start], at: site))
    tensors.journal.append { optimizer.forget(parameter) }
    return state
  }

  /// The number of the step, shared by all parameters that are at the same step. In a loop it rises with each iteration.
  private func stepValue(
    _ state: OptimizerState, _ optimizer: OptimizerValue, _ states: [OptimizerState], _ record: RootRecord,
    _ trace: Trace, at site: Site
  ) -> Value {
    let known = record.optimizerSteps[ObjectIdentifier(optimizer)] ?? []
    if let match = known.first(where: { $0.group.contains { $0 === state } }) { return match.value }
    let group = states.filter { $0.stepCount == state.stepCount }
    let type = TensorType(.i64, .scalar)
    let id = trace.root.addInput(type, from: .binding(.optimizerStep(group: group)))
    var value = Value.object(
      TracerValue(trace: trace.root, id: id, type: type, isHostNumber: true, origin: site.span))
    if case .step = trace.kind { value = trace.counting(from: value, origin: site.span) }
    record.optimizerSteps[ObjectIdentifier(optimizer), default: []].append((value, group))
    return value
  }
}

extension Trace {
  /// What an optimizer keeps, as it stands at this point of the recording.
  func value(of state: OptimizerState) -> Value {
    if let known = optimizerStates[ObjectIdentifier(state)] { return known }
    if let parent { return parent.value(of: state) }
    let lifted = state.mapped { index, type, mark, isHostNumber in
      let id = addInput(type, from: .binding(.optimizerState(state, leaf: index)))
      return .object(
        TracerValue(
          trace: self, id: id, type: type, mark: mark, isHostNumber: isHostNumber, origin: state.parameter.madeAt))
    }
    optimizerStates[ObjectIdentifier(state)] = lifted
    return lifted
  }
}
