import Diagnostics
import SourceText
import TensorGraph
import TensorTypes
import Transforms

extension Machine {
  /// Calls `grad(f)`, `vmap(f)` and their like: always within a trace, opened here when there is none.
  func callTransformed(
    _ function: TransformedValue, _ arguments: [Value], named: [(name: String, value: Value)], at site: Site
  ) throws(Diagnostic) -> Value {
    try compiledCall(
      function.function, arguments, named: named, name: function.transform.name, at: site
    ) { (inner, arguments, named) throws(Diagnostic) in
      switch function.transform {
      case .compiled: try self.call(inner, arguments, named: named, at: site)
      case .grad: try self.gradient(of: inner, arguments, named, withValue: false, withExtra: false, at: site)
      case .valueAndGrad(let extra):
        try self.gradient(of: inner, arguments, named, withValue: true, withExtra: extra, at: site)
      case .vmap(let chunk): try self.vectorized(inner, arguments, named, chunk: chunk, at: site)
      case .jacobian: try self.jacobian(of: inner, arguments, named, at: site)
      }
    }
  }

  /// The derivative of a scalar function with respect to its first argument: a number, tensor, record or model.
  ///
  /// - Parameter withExtra: the function gives a pair (number, anything); the second part comes out beside the value.
  private func gradient(
    of function: Value, _ arguments: [Value], _ named: [(name: String, value: Value)], withValue: Bool,
    withExtra: Bool, at site: Site
  ) throws(Diagnostic) -> Value {
    guard let outer = tensors.current, let target = arguments.first else { throw .gradWithoutArgument(at: site.span) }
    let models = try differentiableModels(in: target, at: site)
    let trace = Trace(kind: .gradient(models: models), parent: outer)
    var wanted: [ValueID] = []
    var lifted = target
    if models.isEmpty {
      lifted = try lift(target, asFloatInputsOf: trace, &wanted, at: site)
      if wanted.isEmpty { throw .gradArgument(found: target.kindName, at: site.span) }
    }

    let result = try inTrace(trace) { () throws(Diagnostic) in
      try self.call(function, [lifted] + arguments.dropFirst(), named: named, at: site)
    }
    var extras: [Value] = []
    var loss = result
    if withExtra {
      guard case .object(let pair as TupleValue) = result, pair.elements.count == 2 else {
        throw .extraResult(found: result.kindName, at: site.span)
      }
      loss = pair.elements[0]
      extras = [pair.elements[1]]
    }
    guard let type = loss.tensorType, type.shape.rank == 0 else {
      throw .gradNeedsScalar(
        found: loss.tensorType.map { "a tensor of shape \($0.shape)" } ?? loss.kindName, at: site.span)
    }
    guard type.dtype.isFloating else { throw .gradNeedsScalar(found: "a whole number", at: site.span) }

    var collector = OutputCollector(trace: trace)
    let lossOutput = collector.output(of: try id(of: loss, in: trace, at: site))
    let extraTemplate = try collector.template(of: .object(TupleValue(extras)), at: site)
    var states: [(parameter: Parameter, output: Int)] = []
    for parameter in trace.written {
      guard let value = trace.slots[ObjectIdentifier(parameter)] else { continue }
      states.append((parameter, try collector.output(of: value, at: site)))
    }
    trace.graph.outputs = collector.outputs

    let inputs = models.isEmpty ? wanted : trace.differentiated.map(\.input)
    let positions = inputs.compactMap { input in trace.graph.inputs.firstIndex(of: input) }
    let gradientGraph: Graph
    do throws(TransformProblem) {
      gradientGraph = try Transforms.gradientGraph(
        of: trace.graph, outputs: [lossOutput], withRespectTo: positions)
    } catch { throw transformDiagnostic(error, at: site) }

    let seed = outer.literal(.float(1, type.dtype))
    let results = outer.graph.inline(gradientGraph, arguments: outerArguments(of: trace) + [seed])
    let count = collector.outputs.count
    func traced(_ index: Int, isHostNumber: Bool = false) -> TracerValue {
      TracerValue(
        trace: outer, id: results[index], type: outer.graph.type(of: results[index]), isHostNumber: isHostNumber,
        origin: site.span)
    }
    for state in states { assign(state.parameter, traced(state.output), in: outer) }

    let leaves = models.isEmpty ? target.leaves() : []
    let gradients = inputs.indices.map { index in
      Value.object(traced(count + index, isHostNumber: leaves.indices.contains(index) && leaves[index].isHostNumber))
    }
    let gradient: Value
    if models.isEmpty {
      gradient = try replacingLeaves(of: target, with: gradients)
    } else {
      gradient = .object(
        TreeValue(
          parameters: trace.differentiated.map(\.parameter), paths: trace.differentiated.map(\.path),
          values: gradients))
    }
    guard withValue else { return gradient }
    let value = Value.object(traced(lossOutput, isHostNumber: loss.isHostNumber))
    guard withExtra else { return .object(TupleValue([value, gradient])) }
    guard case .object(let rest as TupleValue) = extraTemplate.traced(results, in: outer, at: site.span) else {
      return .none
    }
    return .object(TupleValue([.object(TupleValue([value] + rest.elements)), gradient]))
  }

  /// The whole matrix of derivatives: the result's shape followed by the argument's.
  private func jacobian(
    of function: Value, _ arguments: [Value], _ named: [(name: String, value: Value)], at site: Site
  ) throws(Diagnostic) -> Value {
    guard let outer = tensors.current, let target = arguments.first else { throw .gradWithoutArgument(at: site.span) }
    guard target.tensorType != nil else { throw .gradArgument(found: target.kindName, at: site.span) }
    let trace = Trace(kind: .gradient(models: []), parent: outer)
    var wanted: [ValueID] = []
    let lifted = try lift(target, asFloatInputsOf: trace, &wanted, at: site)
    let result = try inTrace(trace) { () throws(Diagnostic) in
      try self.call(function, [lifted] + arguments.dropFirst(), named: named, at: site)
    }
    guard let type = result.tensorType, type.dtype.isFloating else {
      throw .gradNeedsScalar(found: result.kindName, at: site.span)
    }
    trace.graph.outputs = [try id(of: result, in: trace, at: site)]
    let positions = wanted.compactMap { input in trace.graph.inputs.firstIndex(of: input) }
    let count = type.shape.count
    let each: Graph
    do throws(TransformProblem) {
      let gradients = try Transforms.gradientGraph(of: trace.graph, outputs: [0], withRespectTo: positions)
      let isCotangent = gradients.inputs.indices.map { $0 == gradients.inputs.count - 1 }
      each = try Transforms.vmapGraph(of: gradients, batchedInputs: isCotangent, size: count).graph
    } catch { throw transformDiagnostic(error, at: site) }
    let recorder = Recorder(trace: outer, origin: Origin(span: site.span))
    let id = try caught("jacobian", [target], site) { () throws(ShapeProblem) -> ValueID in
      // One cotangent of the identity for each element of the result.
      let rows = try recorder.emit(.iota(TensorType(.i64, [count, count]), axis: 0), [])
      let columns = try recorder.emit(.iota(TensorType(.i64, [count, count]), axis: 1), [])
      let identity = try recorder.emit(.convert(type.dtype), [try recorder.emit(.compare(.equal), [rows, columns])])
      let cotangents = try recorder.reshape(identity, Shape([count] + type.shape.sizes))
      let results = outer.graph.inline(each, arguments: outerArguments(of: trace) + [cotangents])
      guard let last = results.last, let input = wanted.first else { return cotangents }
      return try recorder.reshape(last, Shape(type.shape.sizes + trace.graph.type(of: input).shape.sizes))
    }
    return .object(
      TracerValue(
        trace: outer, id: id, type: outer.graph.type(of: id),
        isHostNumber: target.isHostNumber && type.shape.rank == 0, origin: site.span))
  }

  // MARK: Shared by the transforms

  /// Runs `body` with `trace` as the innermost one.
  func inTrace<T>(_ trace: Trace, _ body: () throws(Diagnostic) -> T) throws(Diagnostic) -> T {
    let outer = tensors.current
    tensors.current = trace
    defer { tensors.current = outer }
    return try body()
  }

  /// The parent's values for the inputs of an inner trace, in order.
  func outerArguments(of trace: Trace) -> [ValueID] {
    trace.sources.compactMap { if case .outer(let id) = $0 { id } else { nil } }
  }

  /// The float leaves of `value` as inputs of an inner trace, bound to the values outside. Whole numbers become floats.
  private func lift(_ value: Value, asFloatInputsOf trace: Trace, _ inputs: inout [ValueID], at site: Site)
    throws(Diagnostic) -> Value
  {
    guard let outer = trace.parent else { return value }
    let collected = Collected()
    let result = try mapLeaves(of: value) { (leaf) throws(Diagnostic) in
      guard let type = leaf.tensorType else { return leaf }
      var id = try self.id(of: leaf, in: outer, at: site)
      if !type.dtype.isFloating {
        let recorder = Recorder(trace: outer, origin: Origin(span: site.span))
        id = try self.caught("grad", [leaf], site) { () throws(ShapeProblem) in
          try recorder.convert(id, to: leaf.isHostNumber ? .f64 : .f32)
        }
      }
      let input = trace.addInput(outer.graph.type(of: id), from: .outer(id))
      collected.ids.append(input)
      return .object(
        TracerValue(
          trace: trace, id: input, type: trace.graph.type(of: input), isHostNumber: leaf.isHostNumber,
          origin: leaf.origin))
    }
    inputs += collected.ids
    return result
  }

  /// `value` with its leaves replaced in order.
  func replacingLeaves(of value: Value, with replacements: [Value]) throws(Diagnostic) -> Value {
    let queue = Collected()
    queue.values = replacements.reversed()
    return try mapLeaves(of: value) { (leaf) throws(Diagnostic) in queue.values.popLast() ?? leaf }
  }

  func transformDiagnostic(_ problem: TransformProblem, at site: Site) -> Diagnostic {
    let span = problem.origin.span.isNone ? site.span : problem.origin.span
    switch problem.kind {
    case .gradientOfWhile: return .gradientOfWhile(at: span)
    case .drawInWhile: return .drawInWhile(at: span)
    case .shape(let shape): return shapeDiagnostic(shape, operation: "vmap", operands: [], at: Site(span: span))
    case .noInput, .noOutput, .flagCount, .negativeSize: return .unstableTrace(at: span)
    }
  }
}

private final class Collected {
  var ids: [ValueID] = []
  var values: [Value] = []
}

extension ResultTemplate {
  /// The template filled with values of a trace.
  func traced(_ results: [ValueID], in trace: Trace, at span: Span) -> Value {
    filled { output, mark, isHostNumber in
      let type = trace.graph.type(of: results[output])
      return .object(
        TracerValue(
          trace: trace, id: results[output], type: type, mark: mark,
          isHostNumber: isHostNumber && type.shape.rank == 0, origin: span))
    }
  }
}

extension TransformedValue.Transform {
  var name: String {
    switch self {
    case .grad: "grad"
    case .valueAndGrad: "value_and_grad"
    case .vmap: "vmap"
    case .jacobian: "jacobian"
    case .compiled: "compiled"
    }
  }

  var keyWord: Int {
    switch self {
    case .grad: 0
    case .valueAndGrad(let extra): extra ? 9 : 1
    case .vmap(let chunk): 2 + (chunk ?? 0) * 8
    case .jacobian: 3
    case .compiled: 4
    }
  }
}
