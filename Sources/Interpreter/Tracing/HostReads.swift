import Diagnostics
import Execution
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

// Where the program asks for a traced value on the host: a branch, a size, an index, a text. The value is computed from
// this call's inputs, and the trace is kept only for calls in which it comes out the same.

extension Machine {
  func truth(ofTensor value: Value, at site: Site) throws(Diagnostic) -> Bool {
    guard let type = value.tensorType else {
      throw .wrongKind(found: value.kindName, expected: "a truth value", at: site.span)
    }
    guard type.shape.rank == 0 else { throw .tensorCondition(shape: type.shape.description, at: site.span) }
    guard type.dtype == .bool else {
      throw .wrongKind(found: "a number", expected: "a truth value", at: site.span)
    }
    guard case .bool(let truth)? = try hostTensor(value, reading: "a condition", at: site).hostNumber else { return false }
    return truth
  }

  func hostInteger(_ value: Value, at site: Site) throws(Diagnostic) -> Int {
    switch value {
    case .int(let number): return number
    default:
      if case .int(let number)? = try hostNumber(value, expected: "a whole number", at: site) { return number }
      throw .wrongKind(found: value.kindName, expected: "a whole number", at: site.span)
    }
  }

  func hostFloat(_ value: Value, at site: Site) throws(Diagnostic) -> Double {
    switch value {
    case .int(let number): return Double(number)
    case .float(let number): return number
    default:
      switch try hostNumber(value, expected: "a number", at: site) {
      case .int(let number)?: return Double(number)
      case .float(let number)?: return number
      default: throw .wrongKind(found: value.kindName, expected: "a number", at: site.span)
      }
    }
  }

  /// The number or truth value of a tensor without dimensions (or with one element and no more).
  func hostNumber(_ value: Value, expected: String, at site: Site) throws(Diagnostic) -> Value? {
    guard let type = value.tensorType else { throw .wrongKind(found: value.kindName, expected: expected, at: site.span) }
    guard type.shape.rank == 0 else {
      throw .wrongKind(found: "a tensor of shape \(type.shape)", expected: expected, at: site.span)
    }
    return try hostTensor(value, reading: expected, at: site).hostNumber
  }

  /// The elements of a tensor, on the host.
  func hostTensor(_ value: Value, reading purpose: String, at site: Site) throws(Diagnostic) -> Tensor {
    guard case .object(let tracer as TracerValue) = value else { return try tensor(of: value, at: site) }
    guard let trace = tensors.current, let id = trace.id(of: tracer) else { throw .escapedTracer(at: site.span) }
    guard let rootID = try hoisted(id, in: trace) else { throw .perElementRead(purpose, at: site.span) }
    let root = trace.root
    guard let record = root.record else { throw .escapedTracer(at: site.span) }
    let tensor = try evaluate(rootID, in: root, record, at: site)
    if !record.guards.contains(where: { $0.value == rootID }) { record.guards.append((rootID, tensor)) }
    return tensor
  }

  /// The same value as one of the outermost trace; nil when it differs between examples or steps.
  func hoisted(_ id: ValueID, in trace: Trace) throws(Diagnostic) -> ValueID? {
    guard let parent = trace.parent else { return id }
    let part = trace.graph.part(computing: id)
    var arguments: [ValueID] = []
    for index in part.inputs {
      switch trace.sources[index] {
      case .outer(let outer): arguments.append(outer)
      case .element, .binding: return nil
      }
    }
    let outputs = parent.graph.inline(part.graph, arguments: arguments)
    guard let first = outputs.first else { return nil }
    return try hoisted(first, in: parent)
  }

  private func evaluate(_ id: ValueID, in root: Trace, _ record: RootRecord, at site: Site) throws(Diagnostic)
    -> Tensor
  {
    if let known = record.known[id] { return known }
    let part = root.graph.part(computing: id)
    var inputs: [Tensor] = []
    for index in part.inputs {
      let input = root.graph.inputs[index]
      if let known = record.known[input] {
        inputs.append(known)
        continue
      }
      guard case .binding(let binding) = root.sources[index], let tensor = try tensor(bound: binding, record, at: site)
      else { throw .unstableTrace(at: site.span) }
      inputs.append(tensor)
    }
    let outputs = try run(part.graph, inputs: &inputs, at: site)
    guard let tensor = outputs.first else { throw .unstableTrace(at: site.span) }
    record.known[id] = tensor
    return tensor
  }

  private func tensor(bound binding: Binding, _ record: RootRecord, at site: Site) throws(Diagnostic) -> Tensor? {
    do throws(MemoryProblem) {
      switch binding {
      case .leaf, .global: return nil  // recorded in `known` when lifted
      case .parameter(let parameter): return parameter.tensor
      case .constant(let constant): return constant.tensor
      case .optimizerState(let state, let leaf):
        return state.leaves.indices.contains(leaf) ? try state.leaves[leaf].asTensor() : nil
      case .optimizerStep(let group):
        guard let first = group.first else { return nil }
        return try Leaf.int(first.stepCount + 1).asTensor()
      case .draw(let address, let model):
        let key = drawKey(address: address, base: record.drawBase, model: model)
        return try .from([Int(bitPattern: UInt(key.0)), Int(bitPattern: UInt(key.1))], dtype: .i64, shape: [2])
      }
    } catch { throw .outOfMemory(requested: error.requested, available: error.available, at: site.span) }
  }
}

extension Graph {
  /// The operations that `id` needs, as a graph of its own, and which of the inputs it reads.
  func part(computing id: ValueID) -> (graph: Graph, inputs: [Int]) {
    var needed = Set([id])
    var kept: [Operation] = []
    for operation in operations.reversed() where operation.results.contains(where: needed.contains) {
      kept.append(operation)
      needed.formUnion(operation.operands)
    }
    var part = self
    part.operations = kept.reversed()
    let indices = inputs.indices.filter { needed.contains(inputs[$0]) }
    part.inputs = indices.map { inputs[$0] }
    part.outputs = [id]
    return (part, indices)
  }
}
