import Diagnostics
import Execution
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

/// How a compiled call is made: what calls of one name differ in.
struct CallForm {
  let name: String
  /// Its program is a loop of steps, of which `part` says what to run.
  var isLoop = false
  /// The base of draws that belong to no model; nil: the next address.
  var drawBase: UInt64?
  /// One step of a loop that is run step by step: the last argument is its number.
  var takesIteration = false
}

extension Machine {
  typealias CallBody = (Value, [Value], [(name: String, value: Value)]) throws(Diagnostic) -> Value

  /// Calls `function` as one compiled program: traced the first time, run again for equal code and shapes. Inside
  /// another trace it is an ordinary call.
  func compiledCall(
    _ function: Value, _ arguments: [Value], named: [(name: String, value: Value)] = [], name: String, at site: Site,
    _ body: @escaping CallBody
  ) throws(Diagnostic) -> Value {
    if tensors.isTracing { return try body(function, arguments, named) }
    var whole = LoopRun()
    guard
      let (call, outputs) = try compiledRun(
        function, arguments, named: named, CallForm(name: name), &whole, at: site, body)
    else { throw .unstableTrace(at: site.span) }
    return call.result.build(outputs, at: site.span)
  }

  /// The call that ran and its program's outputs; nil for a loop that cannot be one program.
  func compiledRun(
    _ function: Value, _ arguments: [Value], named: [(name: String, value: Value)] = [], _ form: CallForm,
    _ part: inout LoopRun, at site: Site, _ body: @escaping CallBody
  ) throws(Diagnostic) -> (call: CompiledCall, outputs: [Tensor])? {
    var walker = tensors.takeWalker()
    defer { tensors.giveBack(&walker) }
    walker.key.texts.append(form.name)
    walker.walk(function)
    for argument in arguments { walker.walk(argument) }
    for argument in named {
      walker.key.texts.append(argument.name)
      walker.walk(argument.value)
    }
    let drawBase = form.drawBase ?? nextDraw()
    if form.isLoop, tensors.calls.isStepwise(walker.key) { return nil }

    let found = try tensors.calls.first(for: walker.key) { (call) throws(Diagnostic) -> (CompiledCall, [Tensor])? in
      guard call.freezeVersion == tensors.freezeVersion, call.isAlive, let globalLeaves = currentGlobals(of: call)
      else { return nil }
      let run = CallRun(leaves: walker.leaves, globalLeaves: globalLeaves, drawBase: drawBase)
      return try call.run(on: self, run, &part, at: site).map { (call, $0) }
    }
    if let found { return found }
    let reason = reasonToCompile(walker, at: site)
    let call: CompiledCall
    do throws(Diagnostic) {
      call = try timed(.compiling, at: site) { () throws(Diagnostic) in
        try traceCall(function, arguments, named, form, walker, drawBase, at: site, body)
      }
    } catch {
      guard form.isLoop else { throw error }
      tensors.calls.markStepwise(walker.key)
      return nil
    }
    call.history.add(reason, walker.leaves)
    tensors.calls.insert(call)
    tensors.planned?.append(call)
    tensors.recent.append(call)
    if tensors.recent.count > 16 { tensors.recent.removeFirst() }
    guard let globalLeaves = currentGlobals(of: call),
      let outputs = try call.run(
        on: self, CallRun(leaves: walker.leaves, globalLeaves: globalLeaves, drawBase: drawBase), &part, at: site)
    else { throw .unstableTrace(at: site.span) }
    return (call, outputs)
  }

  /// The leaves of the globals that a call reads, or nil when one has changed in structure.
  private func currentGlobals(of call: CompiledCall) -> [Leaf]? {
    if call.globals.isEmpty { return [] }
    var walker = tensors.takeWalker()
    defer { tensors.giveBack(&walker) }
    for global in call.globals {
      walker.clearKey()
      walker.walk(globalValue(global.slot))
      guard walker.key == global.key else { return nil }
    }
    return walker.leaves
  }

  func traceCall(
    _ function: Value, _ arguments: [Value], _ named: [(name: String, value: Value)], _ form: CallForm,
    _ walker: TraceKeyWalker, _ drawBase: UInt64, at site: Site, _ body: @escaping CallBody
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
      if form.takesIteration { trace.record?.iteration = liftedArguments.last }
      var liftedNamed: [(name: String, value: Value)] = []
      for argument in named { liftedNamed.append((argument.name, try lifter.lift(argument.value))) }
      let outcome = Outcome()
      try withDrawBase(0) { () throws(Diagnostic) in
        outcome.value = try body(liftedFunction, liftedArguments, liftedNamed)
      }
      return try finish(trace, outcome.value, walker, form, at: site)
    } catch {
      for undo in tensors.journal.reversed() { undo() }
      throw error
    }
  }

  /// Compiles what was recorded and says where each result goes.
  private func finish(_ trace: Trace, _ value: Value, _ walker: TraceKeyWalker, _ form: CallForm, at site: Site)
    throws(Diagnostic) -> CompiledCall
  {
    guard let record = trace.record else { throw .unstableTrace(at: site.span) }
    var collector = OutputCollector(trace: trace)
    let result = try collector.template(of: value, at: site)
    var effects = CallEffects(steppedModels: record.steppedModels)
    for parameter in trace.written {
      guard let slot = trace.slots[ObjectIdentifier(parameter)] else { continue }
      effects.parameters.append((parameter, try collector.output(of: slot, at: site)))
    }
    for (optimizer, state) in record.updated {
      let value = trace.optimizerStates[ObjectIdentifier(state)] ?? .none
      effects.optimizerStates.append(OptimizerWrite(state, try collector.template(of: value, at: site)))
      if !effects.optimizers.contains(where: { $0 === optimizer }) { effects.optimizers.append(optimizer) }
    }
    for print in record.prints {
      var values: [ResultTemplate] = []
      for value in print.values { values.append(try collector.template(of: value, at: print.site)) }
      effects.prints.append((values, print.site))
    }
    let guards = record.guards.map { (output: collector.output(of: $0.value), expected: $0.expected) }
    trace.graph.outputs = collector.outputs

    let bindings = trace.sources.compactMap { if case .binding(let binding) = $0 { binding } else { nil } }
    let program: Program
    do throws(ExecutionProblem) {
      program = try tensors.programs.program(
        for: trace.graph, options: CompileOptions(optimize: tensors.optimizes, hasLoop: form.isLoop))
    } catch { throw executionDiagnostic(error, at: site) }
    var globals: [(slot: Int, key: TraceKey, firstLeaf: Int)] = []
    var leafCount = 0
    for global in record.globalKeys {
      globals.append((global.slot, global.key, leafCount))
      leafCount += global.leafCount
    }
    return CompiledCall(
      program: program, key: walker.key, globals: globals, bindings: bindings, guards: guards, result: result,
      effects: effects, isLoop: form.isLoop, freezeVersion: tensors.freezeVersion, name: form.name,
      layers: record.layers.rows, history: tensors.histories[form.name, callSpan(at: site)],
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
    record.globalKeys.append((slot, walker.key, walker.leaves.count))
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
