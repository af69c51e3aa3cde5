import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

/// One recording of tensor code into a graph. Traces nest: `grad` inside `scan` inside a compiled call. What an inner
/// trace reads from an outer one becomes an input of the inner graph, so nothing is frozen.
public final class Trace {
  enum Kind {
    /// One or a few operations outside any trace, run at once.
    case immediate
    /// A compiled call: its inputs are bound to where their values are found at each run.
    case root
    /// A derivative is taken of this graph, with respect to these models among others.
    case gradient(models: Set<ObjectIdentifier>)
    /// One example of a `vmap`.
    case example
    /// One step of a `scan`; of a compiled loop, whose steps may update models.
    case step(isLoop: Bool)
  }

  /// Where the value of an input comes from.
  enum Source {
    case binding(Binding)
    case outer(ValueID)
    /// Exists per example or step only.
    case element
  }

  let kind: Kind
  let parent: Trace?
  public internal(set) var graph = Graph()
  /// One per graph input.
  var sources: [Source] = []
  private var imports: [ValueID: ValueID] = [:]
  private var literals: [Literal: ValueID] = [:]
  /// The value that a parameter or state has at this point of the recording.
  var slots: [ObjectIdentifier: TracerValue] = [:]
  /// States (and, at the root, parameters) that were assigned, in order of the first assignment.
  var written: [Parameter] = []
  /// Parameters that this gradient trace reached, with their inputs.
  var differentiated: [(parameter: Parameter, path: String, input: ValueID)] = []
  /// The number of the scan step as an i64 scalar input, made when a draw first needs it.
  var stepNumber: ValueID?
  /// What optimizers keep, as it stands at this point of the recording.
  var optimizerStates: [ObjectIdentifier: Value] = [:]
  /// Inputs of a loop's step that are a value from outside with the number of the step added to its last element. Added
  /// in front of the loop, because a sum of whole numbers can fail, and then nothing could be updated in place.
  var counted: [(input: ValueID, first: ValueID)] = []
  /// What only the outermost trace keeps.
  let record: RootRecord?

  init(kind: Kind, parent: Trace?) {
    self.kind = kind
    self.parent = parent
    if case .root = kind { record = RootRecord() } else { record = nil }
  }

  /// Whether values of this trace differ between examples or steps, so that the host can't see them.
  var isPerElement: Bool {
    switch kind {
    case .example, .step: true
    case .immediate, .root, .gradient: false
    }
  }

  /// Whether models may be updated here.
  var takesUpdates: Bool {
    switch kind {
    case .root, .step(isLoop: true): true
    case .immediate, .gradient, .example, .step: false
    }
  }

  /// The number of a step of a scan, as a value of its trace.
  func stepNumberValue(origin: Span) -> Value {
    let type = TensorType(.i64, .scalar)
    let number = stepNumber ?? addInput(type, from: .element)
    stepNumber = number
    return .object(TracerValue(trace: self, id: number, type: type, isHostNumber: true, origin: origin))
  }

  /// In a step of a loop: `value`, which comes from outside, that many steps later.
  func counting(from value: Value, origin: Span) -> Value {
    guard case .object(let object) = value, let tracer = object as? TracerValue, let first = parent?.id(of: tracer) else {
      return value
    }
    let known = counted.first { $0.first == first }
    let input = known?.input ?? addInput(tracer.type, from: .element)
    if known == nil { counted.append((input, first)) }
    return .object(
      TracerValue(trace: self, id: input, type: tracer.type, isHostNumber: tracer.isHostNumber, origin: origin))
  }

  func addInput(_ type: TensorType, from source: Source) -> ValueID {
    sources.append(source)
    return graph.addInput(type)
  }

  /// The value of this trace that stands for `tracer`, imported through every trace between; nil for a tracer of a trace
  /// that has ended.
  func id(of tracer: TracerValue) -> ValueID? {
    if tracer.trace === self { return tracer.id }
    guard let outer = parent?.id(of: tracer) else { return nil }
    return importing(outer)
  }

  /// The input that carries the parent's value `outer`.
  func importing(_ outer: ValueID) -> ValueID {
    if let known = imports[outer] { return known }
    guard let parent else { return outer }
    let input = addInput(parent.graph.type(of: outer), from: .outer(outer))
    imports[outer] = input
    return input
  }

  /// A tensor in memory as a value of this trace: bound at the root, imported from there.
  func id(of constant: TensorValue) -> ValueID {
    if let parent { return importing(parent.id(of: constant)) }
    guard let record else { return addInput(constant.tensor.type, from: .binding(.constant(constant))) }
    let key = ObjectIdentifier(constant)
    if let known = record.constants[key] { return known }
    let input = addInput(constant.tensor.type, from: .binding(.constant(constant)))
    record.constants[key] = input
    return input
  }

  func literal(_ literal: Literal) -> ValueID {
    if let known = literals[literal] { return known }
    let id = graph.newValue(TensorType(literal.dtype, .scalar))
    graph.operations.append(Operation(.constant(literal), [], [id], origin: .none))
    literals[literal] = id
    return id
  }

  /// The outermost trace.
  var root: Trace {
    var trace = self
    while let parent = trace.parent { trace = parent }
    return trace
  }
}

/// Where a compiled call finds the value of an input at each run.
enum Binding {
  /// The n-th leaf of the function and its arguments.
  case leaf(Int)
  /// The n-th leaf of a global.
  case global(slot: Int, leaf: Int)
  case parameter(Parameter)
  case constant(TensorValue)
  /// The n-th leaf of what an optimizer keeps for a parameter.
  case optimizerState(OptimizerState, leaf: Int)
  /// The number of the step that an optimizer takes next, equal for all of these parameters. In a loop: of the step that
  /// iteration 0 would be.
  case optimizerStep(group: [OptimizerState])
  /// The key of a random draw: the seed, the call's own address and this relative address.
  case draw(address: UInt64, model: ModelRoot?)
}

/// What the outermost trace of a compiled call collects beside its graph.
final class RootRecord {
  /// The tensors at the leaves of function and arguments, to evaluate what the host asks for while tracing.
  var leafTensors: [Tensor] = []
  var constants: [ObjectIdentifier: ValueID] = [:]
  var globals: [Int: Value] = [:]
  var globalKeys: [(slot: Int, key: TraceKey, leafCount: Int)] = []
  var globalLeaves: [Int: [Tensor]] = [:]
  /// Values that the host read: they must come out the same for the program to be used again.
  var guards: [(value: ValueID, expected: Tensor)] = []
  var known: [ValueID: Tensor] = [:]
  /// What optimizers have taken a step on.
  var updated: [(optimizer: OptimizerValue, state: OptimizerState)] = []
  var optimizerSteps: [ObjectIdentifier: [(value: Value, group: [OptimizerState])]] = [:]
  var prints: [(values: [Value], site: Site)] = []
  var drawKeys: [UInt64: ValueID] = [:]
  /// Models whose training step advances when the program has run.
  var steppedModels: [ModelRoot] = []
  let layers = LayerLog()
  /// Base of the relative addresses of draws that belong to no model.
  var drawBase: UInt64 = 0
  /// The number of the step that this call is, where a loop is run step by step.
  var iteration: Value?

  /// A loop's step is traced again when its carry turns out to have another type.
  func beginAttempt() {
    updated = []
    optimizerSteps = [:]
  }
}
