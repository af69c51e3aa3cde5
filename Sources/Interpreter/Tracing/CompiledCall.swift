import Diagnostics
import Execution
import KernelTypes
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

/// What a traced call does beside giving its result.
struct CallEffects {
  var parameters: [(parameter: Parameter, output: Int)] = []
  var optimizerStates: [OptimizerWrite] = []
  /// Each optimizer that takes a step.
  var optimizers: [OptimizerValue] = []
  var prints: [(values: [ResultTemplate], site: Site)] = []
  var steppedModels: [ModelRoot] = []
}

/// The values of one run of a call.
struct CallRun {
  let leaves: [Leaf]
  let globalLeaves: [Leaf]
  let drawBase: UInt64
}

/// One traced call: the program, where its inputs come from and where its results go. It is used again for every call
/// with the same code, structure and shapes; numbers and tensors are read anew.
final class CompiledCall {
  let program: Program
  let key: TraceKey
  /// The globals that it reads; their leaves stand one after another.
  let globals: [(slot: Int, key: TraceKey, firstLeaf: Int)]
  let freezeVersion: Int
  let name: String
  let result: ResultTemplate
  /// Whether its program is a loop of steps.
  let isLoop: Bool
  /// The layers that it passes through.
  let layers: [LayerLog.Row]
  /// Where it was called first, and how often it was compiled there.
  let history: CallHistory
  let bindings: [Binding]
  /// Program outputs that must come out as they did while tracing.
  let guards: [(output: Int, expected: Tensor)]
  let effects: CallEffects
  /// Objects whose death ends the entry's use.
  private let watched: [WeakObject]
  /// Inputs that the program may overwrite with the outputs that take their place.
  private let donated: [Bool]
  /// Whether the finished steps of a loop stand when a later one fails.
  private let commitsSteps: Bool
  /// By input: memory for a number of the host, written anew at each run.
  private var numbers: [Tensor]
  private var inputs: [Tensor] = []

  init(
    program: Program, key: TraceKey, globals: [(slot: Int, key: TraceKey, firstLeaf: Int)], bindings: [Binding],
    guards: [(output: Int, expected: Tensor)], result: ResultTemplate, effects: CallEffects, isLoop: Bool,
    freezeVersion: Int, name: String, layers: [LayerLog.Row], history: CallHistory, watching objects: [HeapObject]
  ) {
    self.program = program
    self.key = key
    self.globals = globals
    self.bindings = bindings
    self.guards = guards
    self.result = result
    self.effects = effects
    self.freezeVersion = freezeVersion
    self.name = name
    self.isLoop = isLoop
    self.layers = layers
    self.history = history
    watched = objects.map(WeakObject.init)
    let written = Set(effects.parameters.map { ObjectIdentifier($0.parameter) })
    let states = Set(effects.optimizerStates.map { ObjectIdentifier($0.state) })
    let outputs = effects.parameters.map(\.output) + effects.optimizerStates.flatMap { $0.outputs.map(\.output) }
    let commitsSteps = isLoop && guards.isEmpty && outputs.allSatisfy { program.isCarried[$0] }
    self.commitsSteps = commitsSteps
    // A program whose guards may fail must leave everything as it was.
    let mayDonate = guards.isEmpty && (commitsSteps || !isLoop)
    donated = bindings.map { binding in
      switch binding {
      case .parameter(let parameter): mayDonate && written.contains(ObjectIdentifier(parameter))
      case .optimizerState(let state, _): mayDonate && states.contains(ObjectIdentifier(state))
      default: false
      }
    }
    inputs.reserveCapacity(bindings.count)
    numbers = bindings.map { _ in Tensor(storage: .empty, type: TensorType(.bool, .scalar)) }
  }

  /// The inputs that it may overwrite, by number.
  var donatedInputs: [Int] { donated.indices.filter { donated[$0] } }

  var isAlive: Bool { watched.allSatisfy { $0.object != nil } }

  /// Runs the program; nil when a guard does not hold, with nothing changed. `part`: of a loop, what to run of it.
  func run(on machine: Machine, _ run: CallRun, _ part: inout LoopRun, at site: Site) throws(Diagnostic) -> [Tensor]? {
    var inputs = self.inputs
    self.inputs = []
    do throws(MemoryProblem) {
      for index in bindings.indices {
        guard let tensor = try value(of: index, machine, run, first: part.first) else { return nil }
        inputs.append(tensor)
      }
    } catch { throw .outOfMemory(requested: error.requested, available: error.available, at: site.span) }

    if machine.tensors.isDryRun { return try dryOutputs(machine, at: site) }

    release()
    let outputs: [Tensor]
    do throws(ExecutionProblem) {
      let timer = machine.tensors.profile?.begin(program, layers: layers, at: history.span)
      defer { timer?.end() }
      outputs = try program.run(&inputs, donating: donated, &part, timings: timer?.timings)
    } catch {
      restore(inputs)
      if commitsSteps, !part.outputs.isEmpty { commit(part.outputs, steps: part.finished - part.first, machine, at: site) }
      if case .check = error, commitsSteps { machine.tensors.failedLoop = self }
      throw nonFiniteReport(error, inputs, machine, at: site) ?? machine.executionDiagnostic(error, at: site)
    }
    guard guards.allSatisfy({ outputs[$0.output].hasSameBits(as: $0.expected) }) else {
      restore(inputs)
      return nil
    }
    inputs.removeAll(keepingCapacity: true)
    self.inputs = inputs
    commit(outputs, steps: part.finished > 0 ? part.finished - part.first : 1, machine, at: site)
    return outputs
  }

  private func commit(_ outputs: [Tensor], steps: Int, _ machine: Machine, at site: Site) {
    for write in effects.parameters { write.parameter.tensor = outputs[write.output] }
    for write in effects.optimizerStates { write.state.store(write, outputs, steps: steps, at: site.span) }
    for optimizer in effects.optimizers { optimizer.countUpdates(steps) }
    for model in effects.steppedModels { model.trainingStep += steps }
    for print in effects.prints { machine.printNow(print.values.map { $0.build(outputs, at: print.site.span) }) }
  }

  /// Zeros of the right shapes: what a call gives while a program is only checked. Nothing is updated.
  private func dryOutputs(_ machine: Machine, at site: Site) throws(Diagnostic) -> [Tensor] {
    machine.tensors.dryCalls += 1
    guard machine.tensors.dryCalls <= TensorContext.dryCallLimit else { throw .stopped(at: site.span) }
    var zeros: [Tensor] = []
    do throws(MemoryProblem) {
      for type in program.graph.outputTypes { zeros.append(try .zeros(type)) }
    } catch { throw .outOfMemory(requested: error.requested, available: error.available, at: site.span) }
    return zeros
  }

  /// The tensor an input has now; nil when a guard on it fails. `first`: the loop's iterations count from it.
  private func value(of index: Int, _ machine: Machine, _ run: CallRun, first: Int) throws(MemoryProblem) -> Tensor? {
    switch bindings[index] {
    case .leaf(let leaf): return try tensor(of: run.leaves[leaf], for: index)
    case .global(let slot, let leaf):
      guard let global = globals.first(where: { $0.slot == slot }) else { return nil }
      return try tensor(of: run.globalLeaves[global.firstLeaf + leaf], for: index)
    case .parameter(let parameter): return parameter.tensor
    case .constant(let constant): return constant.tensor
    case .optimizerState(let state, let leaf):
      return state.leaves.indices.contains(leaf) ? try tensor(of: state.leaves[leaf], for: index) : nil
    case .optimizerStep(let group):
      guard let step = group.first?.stepCount else { return nil }
      for state in group where state.stepCount != step { return nil }
      return try number(step + 1 - first, .i64, for: index)
    case .draw(let address, let model):
      let key = machine.drawKey(address: address, base: run.drawBase, model: model, stepsAhead: -first)
      return try numbers((key.0, key.1), TensorType(.i64, [2]), for: index)
    }
  }

  private func tensor(of leaf: Leaf, for index: Int) throws(MemoryProblem) -> Tensor {
    switch leaf {
    case .int(let value): try number(value, .i64, for: index)
    case .float(let value): try number(value, .f64, for: index)
    case .tensor(let tensor): tensor
    }
  }

  private func number<T: BitwiseCopyable>(_ value: T, _ dtype: DType, for index: Int) throws(MemoryProblem) -> Tensor {
    try numbers(value, TensorType(dtype, .scalar), for: index)
  }

  /// Memory of this input's own, used again unless somebody holds it: a program may hand an input out as it is.
  private func numbers<T: BitwiseCopyable>(_ value: T, _ type: TensorType, for index: Int) throws(MemoryProblem)
    -> Tensor
  {
    if numbers[index].type != type || !isKnownUniquelyReferenced(&numbers[index].storage) {
      numbers[index] = try .allocate(type)
    }
    numbers[index].address.storeBytes(of: value, as: T.self)
    return numbers[index]
  }

  /// Lets go of the storages that the program may overwrite, so that it holds the only reference.
  private func release() {
    for index in donated.indices where donated[index] {
      switch bindings[index] {
      case .parameter(let parameter): parameter.tensor.storage = .empty
      case .optimizerState(let state, let leaf): state.release(leaf)
      default: break
      }
    }
  }

  /// Puts everything back after a program that did not finish.
  private func restore(_ inputs: [Tensor]) {
    for (index, tensor) in inputs.enumerated() where donated[index] {
      switch bindings[index] {
      case .parameter(let parameter): parameter.tensor = tensor
      case .optimizerState(let state, let leaf): state.restore(leaf, tensor)
      default: break
      }
    }
  }
}

private struct WeakObject {
  weak var object: HeapObject?
  init(_ object: HeapObject) { self.object = object }
}

extension Tensor {
  static func zeros(_ type: TensorType) throws(MemoryProblem) -> Tensor {
    let tensor = try allocate(type)
    tensor.address.initializeMemory(as: UInt8.self, repeating: 0, count: type.byteCount)
    return tensor
  }

  func hasSameBits(as other: Tensor) -> Bool {
    guard type == other.type else { return false }
    let bytes = type.byteCount
    return UnsafeRawBufferPointer(start: address, count: bytes).elementsEqual(
      UnsafeRawBufferPointer(start: other.address, count: bytes))
  }
}

extension Tensor {
  /// The Int or Float in a rank-0 i64 or floating tensor.
  var hostNumber: Value? {
    guard shape.rank == 0 else { return nil }
    return switch dtype {
    case .i64: .int(address.load(as: Int.self))
    case .f64: .float(address.load(as: Double.self))
    case .f32: .float(Double(address.load(as: Float.self)))
    case .bool: .bool(address.load(as: UInt8.self) != 0)
    }
  }
}
