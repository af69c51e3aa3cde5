import Diagnostics
import SourceText
import TensorGraph
import TensorTypes
import Transforms

extension Machine {
  /// Calls a function written for one example on each row of its arguments, as one batched computation. Models and
  /// numbers are shared by all examples.
  func vectorized(
    _ function: Value, _ arguments: [Value], _ named: [(name: String, value: Value)], chunk: Int?, at site: Site
  ) throws(Diagnostic) -> Value {
    let count = try exampleCount(arguments, at: site)
    guard let chunk, chunk < count else {
      return try vectorizedAtOnce(function, arguments, named, count: count, at: site)
    }
    guard chunk > 0 else { throw .invalidArgument("chunk", found: "\(chunk)", expected: "1 or more", at: site.span) }
    var pieces: [Value] = []
    for start in stride(from: 0, to: count, by: chunk) {
      let end = min(start + chunk, count)
      var part: [Value] = []
      for argument in arguments {
        part.append(
          try mapLeaves(of: argument) { (leaf) throws(Diagnostic) in
            guard let type = leaf.tensorType, type.shape.rank > 0 else { return leaf }
            return try self.tensorIndex(leaf, [.slice(lower: start, upper: end, step: nil)], at: site)
          })
      }
      pieces.append(try vectorizedAtOnce(function, part, named, count: end - start, at: site))
    }
    return try joined(pieces, at: site)
  }

  private func vectorizedAtOnce(
    _ function: Value, _ arguments: [Value], _ named: [(name: String, value: Value)], count: Int, at site: Site
  ) throws(Diagnostic) -> Value {
    guard let outer = tensors.current else { throw .unstableTrace(at: site.span) }
    let trace = Trace(kind: .example, parent: outer)
    let batch = BatchedInputs()
    var lifted: [Value] = []
    for argument in arguments {
      lifted.append(
        try mapLeaves(of: argument) { (leaf) throws(Diagnostic) in
          guard let type = leaf.tensorType, type.shape.rank > 0 else { return leaf }
          let id = try self.id(of: leaf, in: outer, at: site)
          let input = trace.addInput(
            TensorType(type.dtype, Shape(Array(type.shape.sizes.dropFirst()))), from: .element)
          batch.arguments[input] = id
          return .object(
            TracerValue(
              trace: trace, id: input, type: trace.graph.type(of: input), mark: leaf.mark, origin: leaf.origin))
        })
    }
    let arguments = lifted
    let result = try inTrace(trace) { () throws(Diagnostic) in
      try self.call(function, arguments, named: named, at: site)
    }
    if let state = trace.written.first { throw .stateUnderVmap(state.name, at: site.span) }
    var collector = OutputCollector(trace: trace)
    let template = try collector.template(of: try tracedNumbers(in: result, of: trace, at: site), at: site)
    trace.graph.outputs = collector.outputs

    var inputs: [ValueID] = []
    var isBatched: [Bool] = []
    for (index, source) in trace.sources.enumerated() {
      switch source {
      case .outer(let id):
        inputs.append(id)
        isBatched.append(false)
      case .element, .binding:
        guard let id = batch.arguments[trace.graph.inputs[index]] else { throw .unstableTrace(at: site.span) }
        inputs.append(id)
        isBatched.append(true)
      }
    }
    let batched: (graph: Graph, batchedOutputs: [Bool])
    do throws(TransformProblem) {
      batched = try Transforms.vmapGraph(of: trace.graph, batchedInputs: isBatched, size: count)
    } catch { throw transformDiagnostic(error, at: site) }
    var results = outer.graph.inline(batched.graph, arguments: inputs)
    let recorder = Recorder(trace: outer, origin: Origin(span: site.span))
    for (index, isBatched) in batched.batchedOutputs.enumerated() where !isBatched {
      let shape = recorder.shape(of: results[index])
      results[index] = try caught("vmap", [], site) { () throws(ShapeProblem) in
        try recorder.emit(
          .broadcast(Shape([count] + shape.sizes), axes: Array(1..<shape.rank + 1)), [results[index]])
      }
    }
    return template.traced(results, in: outer, at: site.span)
  }

  /// Numbers and tensors made on the host, as values of the trace, so that every example has its own.
  private func tracedNumbers(in value: Value, of trace: Trace, at site: Site) throws(Diagnostic) -> Value {
    try mapLeaves(of: value) { (leaf) throws(Diagnostic) in
      if leaf.isTracer { return leaf }
      let id = try self.id(of: leaf, in: trace, at: site)
      return .object(TracerValue(trace: trace, id: id, type: trace.graph.type(of: id), origin: leaf.origin))
    }
  }

  /// The common leading size of all tensors in the arguments.
  private func exampleCount(_ arguments: [Value], at site: Site) throws(Diagnostic) -> Int {
    var count: Int?
    for argument in arguments {
      for leaf in argument.leaves(includingNumbers: false) {
        guard let type = leaf.tensorType, type.shape.rank > 0 else { continue }
        if let count, count != type.shape[0] {
          throw .vmapSizes(first: count, second: type.shape[0], at: site.span)
        }
        count = type.shape[0]
      }
    }
    guard let count else { throw .vmapWithoutTensor(at: site.span) }
    return count
  }

  private func joined(_ pieces: [Value], at site: Site) throws(Diagnostic) -> Value {
    guard let first = pieces.first else { return .none }
    let columns = pieces.map { $0.leaves() }
    var merged: [Value] = []
    for index in first.leaves().indices {
      merged.append(try concatenated(columns.map { $0[index] }, axis: 0, at: site))
    }
    return try replacingLeaves(of: first, with: merged)
  }
}

private final class BatchedInputs {
  var arguments: [ValueID: ValueID] = [:]
}
