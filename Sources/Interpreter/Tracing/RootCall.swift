import Diagnostics
import Execution
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

extension Machine {
  /// Calls `function` as one compiled program: traced the first time, run again for equal code and shapes. Inside
  /// another trace it is an ordinary call.
  func compiledCall(
    _ function: Value, _ arguments: [Value], named: [(name: String, value: Value)] = [], name: String, at site: Site,
    _ body: @escaping (Value, [Value], [(name: String, value: Value)]) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    if tensors.isTracing { return try body(function, arguments, named) }
    var walker = TraceKeyWalker()
    walker.key.texts.append(name)
    walker.walk(function)
    for argument in arguments { walker.walk(argument) }
    for argument in named {
      walker.key.texts.append(argument.name)
      walker.walk(argument.value)
    }
    let drawBase = nextDraw()

    for call in tensors.calls.candidates(for: walker.key) {
      guard call.isAlive, call.freezeVersion == tensors.freezeVersion,
        let globalLeaves = currentGlobals(of: call)
      else { continue }
      if let result = try call.run(
        on: self, leaves: walker.leaves, globalLeaves: globalLeaves, drawBase: drawBase, at: site)
      {
        return result
      }
    }
    let call = try traceCall(function, arguments, named, name, walker, drawBase, at: site, body)
    tensors.calls.insert(call)
    tensors.recent.append(call)
    if tensors.recent.count > 16 { tensors.recent.removeFirst() }
    guard let globalLeaves = currentGlobals(of: call),
      let result = try call.run(
        on: self, leaves: walker.leaves, globalLeaves: globalLeaves, drawBase: drawBase, at: site)
    else { throw .unstableTrace(at: site.span) }
    return result
  }

  /// The leaves of the globals that a call reads, or nil when one has changed in structure.
  private func currentGlobals(of call: CompiledCall) -> [Int: [Leaf]]? {
    var leaves: [Int: [Leaf]] = [:]
    for (slot, key) in call.globals {
      var walker = TraceKeyWalker()
      walker.walk(globalValue(slot))
      guard walker.key == key else { return nil }
      leaves[slot] = walker.leaves
    }
    return leaves
  }

  func traceCall(
    _ function: Value, _ arguments: [Value], _ named: [(name: String, value: Value)], _ name: String,
    _ walker: TraceKeyWalker, _ drawBase: UInt64, at site: Site,
    _ body: @escaping (Value, [Value], [(name: String, value: Value)]) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> CompiledCall {
    let trace = Trace(kind: .root, parent: nil)
    let journal = tensors.journal
    let active = (tensors.activeModels, tensors.drawCounts)
    tensors.journal = []
    tensors.current = trace
    defer {
      tensors.current = nil
      tensors.journal = journal
      (tensors.activeModels, tensors.drawCounts) = active
    }
    do {
      trace.record?.drawBase = drawBase
      var lifter = RootLifter(trace: trace, binding: Binding.leaf)
      let liftedFunction = try lifter.lift(function)
      var liftedArguments: [Value] = []
      for argument in arguments { liftedArguments.append(try lifter.lift(argument)) }
      var liftedNamed: [(name: String, value: Value)] = []
      for argument in named { liftedNamed.append((argument.name, try lifter.lift(argument.value))) }
      let outcome = Outcome()
      try withDrawBase(0) { () throws(Diagnostic) in
        outcome.value = try body(liftedFunction, liftedArguments, liftedNamed)
      }
      return try finish(trace, outcome.value, walker, name, at: site)
    } catch {
      for undo in tensors.journal.reversed() { undo() }
      throw error
    }
  }

  /// Compiles what was recorded and says where each result goes.
  private func finish(_ trace: Trace, _ value: Value, _ walker: TraceKeyWalker, _ name: String, at site: Site)
    throws(Diagnostic) -> CompiledCall
  {
    guard let record = trace.record else { throw .unstableTrace(at: site.span) }
    var collector = OutputCollector(trace: trace)
    let result = try collector.template(of: value, at: site)
    var parameterWrites: [(parameter: Parameter, output: Int)] = []
    for parameter in trace.written {
      guard let slot = trace.slots[ObjectIdentifier(parameter)] else { continue }
      parameterWrites.append((parameter, try collector.output(of: slot, at: site)))
    }
    var optimizerWrites: [(optimizer: OptimizerValue, parameter: Parameter, state: ResultTemplate)] = []
    for write in record.optimizerWrites {
      let state = record.optimizerStates[OptimizerKey(write.optimizer, write.parameter)] ?? .none
      optimizerWrites.append((write.optimizer, write.parameter, try collector.template(of: state, at: site)))
    }
    var prints: [(values: [ResultTemplate], site: Site)] = []
    for print in record.prints {
      var values: [ResultTemplate] = []
      for value in print.values { values.append(try collector.template(of: value, at: print.site)) }
      prints.append((values, print.site))
    }
    let guards = record.guards.map { (output: collector.output(of: $0.value), expected: $0.expected) }
    trace.graph.outputs = collector.outputs

    let bindings = trace.sources.compactMap { if case .binding(let binding) = $0 { binding } else { nil } }
    let program: Program
    do throws(ExecutionProblem) {
      program = try tensors.programs.program(for: trace.graph, options: CompileOptions(optimize: tensors.optimizes))
    } catch { throw executionDiagnostic(error, at: site) }
    return CompiledCall(
      program: program, key: walker.key, globals: record.globalKeys, bindings: bindings,
      guards: guards, result: result, parameterWrites: parameterWrites, optimizerWrites: optimizerWrites,
      prints: prints, steppedModels: record.steppedModels, freezeVersion: tensors.freezeVersion, name: name,
      watching: walker.objects)
  }

  /// The value of a global inside a trace: tensors and numbers in it become inputs of the trace.
  func traced(global value: Value, slot: Int) -> Value {
    guard let root = tensors.current?.root, let record = root.record else { return value }
    if let known = record.globals[slot] { return known }
    var walker = TraceKeyWalker()
    walker.walk(value)
    var lifter = RootLifter(trace: root) { .global(slot: slot, leaf: $0) }
    guard let lifted = try? lifter.lift(value) else { return value }
    record.globals[slot] = lifted
    record.globalKeys.append((slot, walker.key))
    return lifted
  }
}

/// Carries a result out of a closure.
private final class Outcome {
  var value = Value.none
}

/// Replaces the leaves of a value by inputs of the outermost trace.
struct RootLifter {
  let trace: Trace
  let binding: (Int) -> Binding
  private var count = 0

  init(trace: Trace, binding: @escaping (Int) -> Binding) {
    self.trace = trace
    self.binding = binding
  }

  mutating func lift(_ value: Value) throws(Diagnostic) -> Value {
    let counter = LeafCounter(count)
    let (trace, binding) = (self.trace, self.binding)
    var map = LeafMap(entersFunctions: true) { (leaf) throws(Diagnostic) in
      defer { counter.count += 1 }
      guard let type = leaf.tensorType else { return leaf }
      let source = binding(counter.count)
      let id = trace.addInput(type, from: .binding(source))
      if let tensor = leaf.leafTensor { trace.record?.known[id] = tensor }
      return .object(
        TracerValue(
          trace: trace, id: id, type: type, mark: leaf.mark, isHostNumber: leaf.isPlainNumber, origin: leaf.origin))
    }
    let result = try map.map(value)
    count = counter.count
    return result
  }
}

private final class LeafCounter {
  var count: Int
  init(_ count: Int) { self.count = count }
}

extension Value {
  /// A leaf in memory; nil where there is no memory for it (the run will say so).
  fileprivate var leafTensor: Tensor? {
    switch self {
    case .int(let number): try? Leaf.int(number).asTensor()
    case .float(let number): try? Leaf.float(number).asTensor()
    case .object(let tensor as TensorValue): tensor.tensor
    default: nil
    }
  }
}

/// Gathers the outputs of a trace and the templates that use them.
struct OutputCollector {
  let trace: Trace
  private(set) var outputs: [ValueID] = []
  private var positions: [ValueID: Int] = [:]

  init(trace: Trace) { self.trace = trace }

  mutating func output(of id: ValueID) -> Int {
    if let known = positions[id] { return known }
    outputs.append(id)
    positions[id] = outputs.count - 1
    return outputs.count - 1
  }

  mutating func output(of tracer: TracerValue, at site: Site) throws(Diagnostic) -> Int {
    guard let id = trace.id(of: tracer) else { throw .escapedTracer(at: site.span) }
    return output(of: id)
  }

  mutating func template(of value: Value, at site: Site) throws(Diagnostic) -> ResultTemplate {
    guard case .object(let object) = value else { return .constant(value) }
    switch object {
    case let tracer as TracerValue:
      return .output(try output(of: tracer, at: site), mark: tracer.mark, isHostNumber: tracer.isHostNumber)
    case let list as ListValue: return .list(try templates(of: list.elements, at: site))
    case let tuple as TupleValue: return .tuple(try templates(of: tuple.elements, at: site))
    case let record as RecordValue: return .record(record.names, try templates(of: record.values, at: site))
    case let tree as TreeValue: return .tree(tree, try templates(of: tree.values, at: site))
    case let dict as DictValue: return .dict(dict, try templates(of: dict.values, at: site))
    case let function as FunctionValue where function.captures.contains(where: \.isTracer):
      throw .tracedClosure(at: site.span)
    case let composition as CompositionValue: return .constant(.object(composition.original ?? composition))
    default: return .constant(value)
    }
  }

  private mutating func templates(of values: [Value], at site: Site) throws(Diagnostic) -> [ResultTemplate] {
    var result: [ResultTemplate] = []
    for value in values { result.append(try template(of: value, at: site)) }
    return result
  }
}
