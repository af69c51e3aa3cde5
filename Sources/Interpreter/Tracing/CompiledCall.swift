import Diagnostics
import Execution
import KernelTypes
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

/// One traced call: the program, where its inputs come from and where its results go. It is used again for every call
/// with the same code, structure and shapes; numbers and tensors are read anew.
final class CompiledCall {
  let program: Program
  let key: TraceKey
  let globals: [(slot: Int, key: TraceKey)]
  let bindings: [Binding]
  /// Program outputs that must come out as they did while tracing.
  let guards: [(output: Int, expected: Tensor)]
  let result: ResultTemplate
  let parameterWrites: [(parameter: Parameter, output: Int)]
  let optimizerWrites: [(optimizer: OptimizerValue, parameter: Parameter, state: ResultTemplate)]
  let prints: [(values: [ResultTemplate], site: Site)]
  let steppedModels: [ModelRoot]
  let freezeVersion: Int
  let name: String
  /// Objects whose death ends the entry's use.
  private let watched: [WeakObject]
  /// Each optimizer that takes a step.
  private let optimizers: [OptimizerValue]
  /// Inputs that the program may overwrite with the outputs that take their place.
  private let donated: [Bool]

  init(
    program: Program, key: TraceKey, globals: [(slot: Int, key: TraceKey)], bindings: [Binding],
    guards: [(output: Int, expected: Tensor)], result: ResultTemplate,
    parameterWrites: [(parameter: Parameter, output: Int)],
    optimizerWrites: [(optimizer: OptimizerValue, parameter: Parameter, state: ResultTemplate)],
    prints: [(values: [ResultTemplate], site: Site)], steppedModels: [ModelRoot], freezeVersion: Int, name: String,
    watching objects: [HeapObject]
  ) {
    self.program = program
    self.key = key
    self.globals = globals
    self.bindings = bindings
    self.guards = guards
    self.result = result
    self.parameterWrites = parameterWrites
    self.optimizerWrites = optimizerWrites
    self.prints = prints
    self.steppedModels = steppedModels
    self.freezeVersion = freezeVersion
    self.name = name
    watched = objects.map(WeakObject.init)
    var seen: Set<ObjectIdentifier> = []
    optimizers = optimizerWrites.map(\.optimizer).filter { seen.insert(ObjectIdentifier($0)).inserted }
    let written = Set(parameterWrites.map { ObjectIdentifier($0.parameter) })
    let states = Set(optimizerWrites.map { OptimizerKey($0.optimizer, $0.parameter) })
    // A program whose guards may fail must leave everything as it was.
    donated = bindings.map { binding in
      switch binding {
      case .parameter(let parameter): guards.isEmpty && written.contains(ObjectIdentifier(parameter))
      case .optimizerState(let optimizer, let parameter, _):
        guards.isEmpty && states.contains(OptimizerKey(optimizer, parameter))
      default: false
      }
    }
  }

  var isAlive: Bool { watched.allSatisfy { $0.object != nil } }

  /// Runs the program for these leaves; nil when a guard does not hold, with nothing changed.
  func run(
    on machine: Machine, leaves: [Leaf], globalLeaves: [Int: [Leaf]], drawBase: UInt64, at site: Site
  ) throws(Diagnostic) -> Value? {
    var inputs: [Tensor] = []
    inputs.reserveCapacity(bindings.count)
    do throws(MemoryProblem) {
      for binding in bindings {
        guard let tensor = try value(of: binding, machine, leaves, globalLeaves, drawBase) else { return nil }
        inputs.append(tensor)
      }
    } catch { throw .outOfMemory(requested: error.requested, available: error.available, at: site.span) }

    if machine.tensors.isDryRun { return try dryResult(machine, at: site) }

    let outputs: [Tensor]
    release()
    do throws(ExecutionProblem) {
      outputs = try program.run(&inputs, donating: donated)
    } catch {
      restore(inputs)
      throw machine.executionDiagnostic(error, at: site)
    }
    guard guards.allSatisfy({ outputs[$0.output].hasSameBits(as: $0.expected) }) else {
      restore(inputs)
      return nil
    }
    inputs = []
    for write in parameterWrites { write.parameter.tensor = outputs[write.output] }
    for write in optimizerWrites {
      write.optimizer.store(write.state.build(outputs, at: site.span), for: write.parameter)
    }
    for optimizer in optimizers { optimizer.countUpdate() }
    for model in steppedModels { model.trainingStep += 1 }
    for print in prints { machine.printNow(print.values.map { $0.build(outputs, at: print.site.span) }) }
    return result.build(outputs, at: site.span)
  }

  /// Zeros of the right shapes: what a call gives while a program is only checked. Nothing is updated.
  private func dryResult(_ machine: Machine, at site: Site) throws(Diagnostic) -> Value {
    machine.tensors.dryCalls += 1
    guard machine.tensors.dryCalls <= TensorContext.dryCallLimit else { throw .stopped(at: site.span) }
    var zeros: [Tensor] = []
    do throws(MemoryProblem) {
      for type in program.graph.outputTypes { zeros.append(try .zeros(type)) }
    } catch { throw .outOfMemory(requested: error.requested, available: error.available, at: site.span) }
    return result.build(zeros, at: site.span)
  }

  /// The tensor an input has now; nil when a guard on it fails.
  private func value(
    of binding: Binding, _ machine: Machine, _ leaves: [Leaf], _ globalLeaves: [Int: [Leaf]], _ drawBase: UInt64
  ) throws(MemoryProblem) -> Tensor? {
    switch binding {
    case .leaf(let index): return try leaves[index].asTensor()
    case .global(let slot, let leaf): return try globalLeaves[slot]?[leaf].asTensor()
    case .parameter(let parameter): return parameter.tensor
    case .constant(let constant): return constant.tensor
    case .optimizerState(let optimizer, let parameter, let leaf):
      return try optimizer.leaf(leaf, of: parameter)?.asTensor()
    case .optimizerStep(let optimizer, let group):
      guard let first = group.first else { return nil }
      let step = optimizer.stepCount(of: first)
      for parameter in group where optimizer.stepCount(of: parameter) != step { return nil }
      return try Leaf.int(step + 1).asTensor()
    case .draw(let address, let model):
      let key = machine.drawKey(address: address, base: drawBase, model: model)
      return try .from([Int(bitPattern: UInt(key.0)), Int(bitPattern: UInt(key.1))], dtype: .i64, shape: [2])
    }
  }

  /// Lets go of the storages that the program may overwrite, so that it holds the only reference.
  private func release() {
    for (index, binding) in bindings.enumerated() where donated[index] {
      switch binding {
      case .parameter(let parameter): parameter.tensor.storage = .empty
      case .optimizerState(let optimizer, let parameter, _): optimizer.releaseState(of: parameter)
      default: break
      }
    }
  }

  /// Puts everything back after a program that did not finish: it wrote nothing.
  private func restore(_ inputs: [Tensor]) {
    var states: [OptimizerKey: (OptimizerValue, Parameter, [Int: Tensor])] = [:]
    for (index, binding) in bindings.enumerated() where donated[index] {
      switch binding {
      case .parameter(let parameter): parameter.tensor = inputs[index]
      case .optimizerState(let optimizer, let parameter, let leaf):
        states[OptimizerKey(optimizer, parameter), default: (optimizer, parameter, [:])].2[leaf] = inputs[index]
      default: break
      }
    }
    for (optimizer, parameter, leaves) in states.values { optimizer.restoreState(leaves, of: parameter) }
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

/// A traced result with its leaves left open: filled from the program's outputs at each run.
indirect enum ResultTemplate {
  case constant(Value)
  case output(Int, mark: ValueKind, isHostNumber: Bool)
  case list([ResultTemplate])
  case tuple([ResultTemplate])
  case record([String], [ResultTemplate])
  case tree(TreeValue, [ResultTemplate])
  case dict(DictValue, [ResultTemplate])

  func build(_ outputs: [Tensor], at span: Span) -> Value {
    switch self {
    case .constant(let value): return value
    case .output(let index, let mark, let isHostNumber):
      let tensor = outputs[index]
      if isHostNumber, let number = tensor.hostNumber { return number }
      return .object(TensorValue(tensor, mark: mark, origin: span))
    case .list(let parts): return .object(ListValue(parts.map { $0.build(outputs, at: span) }))
    case .tuple(let parts): return .object(TupleValue(parts.map { $0.build(outputs, at: span) }))
    case .record(let names, let parts):
      return .object(RecordValue(names: names, values: parts.map { $0.build(outputs, at: span) }))
    case .tree(let tree, let parts): return .object(tree.with(values: parts.map { $0.build(outputs, at: span) }))
    case .dict(let dict, let parts):
      let copy = DictValue()
      copy.keys = dict.keys
      copy.positions = dict.positions
      copy.values = parts.map { $0.build(outputs, at: span) }
      return .object(copy)
    }
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

/// Traced calls, found by the structure of function and arguments. Bounded: the least recently used goes.
final class CallCache {
  static let limit = 256
  private var entries: [TraceKey: [CompiledCall]] = [:]
  private var order: [TraceKey] = []

  func candidates(for key: TraceKey) -> [CompiledCall] { entries[key] ?? [] }

  func insert(_ call: CompiledCall) {
    if entries[call.key] == nil { order.append(call.key) }
    // Eight variants of one call (other globals, other guards) are kept.
    var variants = (entries[call.key] ?? []).filter(\.isAlive)
    if variants.count >= 8 { variants.removeFirst() }
    variants.append(call)
    entries[call.key] = variants
    if order.count > Self.limit {
      entries[order.removeFirst()] = nil
      for (key, calls) in entries where !calls.contains(where: \.isAlive) { entries[key] = nil }
      order.removeAll { entries[$0] == nil }
    }
  }
}
