import Diagnostics
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

/// An optimizer: two functions of the language and what they keep for each parameter that they meet.
public final class OptimizerValue: HeapObject {
  /// p -> state
  public let start: Value
  /// (p, gradient, state, step) -> (new p, new state)
  public let step: Value
  /// The learning rate or schedule, for people: `step` has its own.
  public let rate: Value
  /// Updates made so far.
  public private(set) var updateCount = 0
  private struct Kept {
    let parameter: Parameter
    var state: Value
    var stepCount: Int
  }
  private var kept: [ObjectIdentifier: Kept] = [:]

  init(start: Value, step: Value, rate: Value) {
    self.start = start
    self.step = step
    self.rate = rate
    super.init(.optimizer)
  }

  func state(of parameter: Parameter) -> Value? { kept[ObjectIdentifier(parameter)]?.state }
  func stepCount(of parameter: Parameter) -> Int { kept[ObjectIdentifier(parameter)]?.stepCount ?? 0 }

  func begin(_ parameter: Parameter, state: Value, stepCount: Int = 0) {
    kept[ObjectIdentifier(parameter)] = Kept(parameter: parameter, state: state, stepCount: stepCount)
  }
  func setUpdateCount(_ count: Int) { updateCount = count }
  func countUpdate() { updateCount += 1 }
  func forget(_ parameter: Parameter) { kept[ObjectIdentifier(parameter)] = nil }

  /// The state after one more step.
  func store(_ state: Value, for parameter: Parameter) {
    kept[ObjectIdentifier(parameter)]?.state = state
    kept[ObjectIdentifier(parameter)]?.stepCount += 1
  }

  func leaf(_ index: Int, of parameter: Parameter) -> Leaf? {
    guard let leaves = state(of: parameter)?.leaves(), leaves.indices.contains(index) else { return nil }
    return switch leaves[index] {
    case .int(let number): .int(number)
    case .float(let number): .float(number)
    case .object(let tensor as TensorValue): .tensor(tensor.tensor)
    default: nil
    }
  }

  /// Lets go of the tensors while a program may overwrite them; `store` or `restoreState` follows.
  func releaseState(of parameter: Parameter) {
    guard let state = state(of: parameter) else { return }
    var map = LeafMap { (leaf) throws(Diagnostic) in
      guard case .object(let tensor as TensorValue) = leaf else { return leaf }
      return .object(
        TensorValue(Tensor(storage: .empty, type: tensor.tensor.type), mark: tensor.mark, origin: tensor.origin))
    }
    if let released = try? map.map(state) { kept[ObjectIdentifier(parameter)]?.state = released }
  }

  func restoreState(_ leaves: [Int: Tensor], of parameter: Parameter) {
    guard let state = state(of: parameter) else { return }
    var index = -1
    var map = LeafMap { (leaf) throws(Diagnostic) in
      index += 1
      guard let tensor = leaves[index] else { return leaf }
      return .object(TensorValue(tensor, origin: leaf.origin))
    }
    if let restored = try? map.map(state) { kept[ObjectIdentifier(parameter)]?.state = restored }
  }
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

  private func recordUpdate(_ optimizer: OptimizerValue, _ gradients: TreeValue, at site: Site) throws(Diagnostic) {
    guard let trace = tensors.current, let record = trace.record else { throw .updateInsideTransform(at: site.span) }
    for (index, parameter) in gradients.parameters.enumerated() {
      let key = OptimizerKey(optimizer, parameter)
      let state = try stateValue(key, optimizer, parameter, record, trace, at: site)
      let step = stepValue(optimizer, parameter, gradients.parameters, record, trace, at: site)
      let current = Value.object(trace.value(of: parameter))
      let outcome = try call(
        optimizer.step, [current, gradients.values[index], state, .object(step)], at: site)
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
      if record.optimizerWrites.contains(where: { $0.optimizer === optimizer && $0.parameter === parameter }) {
        throw .updatedTwice(gradients.paths[index], at: site.span)
      }
      record.optimizerWrites.append((optimizer, parameter))
      record.optimizerStates[key] = pair.elements[1]
    }
  }

  /// What the optimizer keeps for a parameter, as inputs of the trace; begun outside every trace when new.
  private func stateValue(
    _ key: OptimizerKey, _ optimizer: OptimizerValue, _ parameter: Parameter, _ record: RootRecord, _ trace: Trace,
    at site: Site
  ) throws(Diagnostic) -> Value {
    if let known = record.optimizerStates[key] { return known }
    if optimizer.state(of: parameter) == nil {
      tensors.current = nil
      defer { tensors.current = trace }
      let start = Value.object(TensorValue(parameter.tensor, origin: parameter.madeAt))
      optimizer.begin(parameter, state: try call(optimizer.start, [start], at: site))
      tensors.journal.append { optimizer.forget(parameter) }
    }
    var lifter = RootLifter(trace: trace) { .optimizerState(optimizer, parameter, leaf: $0) }
    let lifted = try lifter.lift(optimizer.state(of: parameter) ?? .none)
    record.optimizerStates[key] = lifted
    return lifted
  }

  /// The number of the step, shared by all parameters that are at the same step.
  private func stepValue(
    _ optimizer: OptimizerValue, _ parameter: Parameter, _ parameters: [Parameter], _ record: RootRecord,
    _ trace: Trace, at site: Site
  ) -> TracerValue {
    let count = optimizer.stepCount(of: parameter)
    let known = record.optimizerSteps[ObjectIdentifier(optimizer)] ?? []
    if let match = known.first(where: { $0.count == count && $0.group.contains { $0 === parameter } }) {
      return match.value
    }
    let group = parameters.filter { optimizer.stepCount(of: $0) == count }
    let id = trace.addInput(.init(.i64, .scalar), from: .binding(.optimizerStep(optimizer, group: group)))
    let tracer = TracerValue(
      trace: trace, id: id, type: .init(.i64, .scalar), isHostNumber: true, origin: site.span)
    record.optimizerSteps[ObjectIdentifier(optimizer), default: []].append((count, tracer, group))
    return tracer
  }
}
