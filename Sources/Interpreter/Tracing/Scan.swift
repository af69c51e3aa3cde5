import Diagnostics
import SourceText
import TensorGraph
import TensorTypes

extension Machine {
  /// Runs `step(carry, slice) -> (carry, result)` over the slices of `sequence` along `axis`, as a loop inside the
  /// program. Gives the last carry and the results stacked along the same axis.
  ///
  /// - Parameter sequence: a tensor, or a record, tuple or list of tensors of one length along `axis`.
  func scanned(
    _ sequence: Value, axis: Int, start: Value, isReversed: Bool, isLoop: Bool = false, at site: Site,
    step: (Value, Value) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    guard let outer = tensors.current else { throw .unstableTrace(at: site.span) }
    var length: Int?
    let stacked = Stacked()
    let recorder = Recorder(trace: outer, origin: Origin(span: site.span, layerPath: tensors.layerPath))
    for leaf in sequence.leaves() {
      guard let type = leaf.tensorType, type.shape.rank > 0 else { throw .scanOverScalar(at: site.operand(0)) }
      let axis = try normalized(axis: axis, rank: type.shape.rank, at: site)
      if let length, length != type.shape[axis] {
        throw .vmapSizes(first: length, second: type.shape[axis], at: site.operand(0))
      }
      length = type.shape[axis]
      let id = try self.id(of: leaf, in: outer, at: site)
      stacked.ids.append(
        try caught("scan", [leaf], site) { () throws(ShapeProblem) in try recorder.movingAxis(id, from: axis, to: 0) })
    }
    guard let length else { throw .scanOverScalar(at: site.operand(0)) }

    var carry: [ValueID] = []
    for leaf in start.leaves() { carry.append(try id(of: leaf, in: outer, at: site)) }
    // A carry that begins as a plain number takes the type that the first step gives it.
    for _ in 0..<3 {
      let attempt = try traceStep(
        sequence, start: start, step: step, stacked: stacked.ids, carry: carry, outer: outer, isLoop: isLoop, at: site)
      var changed = false
      for (index, type) in attempt.carryTypes.enumerated() {
        let own = outer.graph.type(of: carry[index])
        if own == type { continue }
        // Only a scalar start stretches, and only a number or another precision converts.
        guard own.shape == type.shape || own.shape.rank == 0 else {
          throw .scanCarry(before: own.description, after: type.description, at: site.span)
        }
        carry[index] = try caught("scan", [], site) { () throws(ShapeProblem) in
          try recorder.expand(try recorder.convert(carry[index], to: type.dtype), to: type.shape)
        }
        changed = true
      }
      if changed { continue }
      return try finishScan(
        attempt, length: length, axis: axis, isReversed: isReversed, stacked: stacked.ids, carry: carry,
        outer: outer, recorder: recorder, at: site)
    }
    throw .scanCarry(before: "the start", after: "another type at each step", at: site.span)
  }

  private struct TracedStep {
    let trace: Trace
    let carryInputs: [ValueID]
    let sliceInputs: [ValueID]
    let carryTypes: [TensorType]
    let carryTemplate: ResultTemplate
    let resultTemplate: ResultTemplate
    let outputs: [ValueID]
    let carryOutputs: [Int]
    let resultOutputs: [Int]
  }

  private func traceStep(
    _ sequence: Value, start: Value, step: (Value, Value) throws(Diagnostic) -> Value, stacked: [ValueID],
    carry: [ValueID], outer: Trace, isLoop: Bool, at site: Site
  ) throws(Diagnostic) -> TracedStep {
    let trace = Trace(kind: .step(isLoop: isLoop), parent: outer)
    if isLoop { outer.record?.beginAttempt() }
    let startLeaves = start.leaves()
    var carryInputs: [ValueID] = []
    var carryValues: [Value] = []
    for (index, id) in carry.enumerated() {
      let type = outer.graph.type(of: id)
      let input = trace.addInput(type, from: .element)
      carryInputs.append(input)
      carryValues.append(
        .object(
          TracerValue(
            trace: trace, id: input, type: type,
            isHostNumber: startLeaves[index].isHostNumber && type == startLeaves[index].tensorType,
            origin: startLeaves[index].origin)))
    }
    var sliceInputs: [ValueID] = []
    var slices: [Value] = []
    for id in stacked {
      let type = outer.graph.type(of: id)
      let input = trace.addInput(TensorType(type.dtype, Shape(Array(type.shape.sizes.dropFirst()))), from: .element)
      sliceInputs.append(input)
      slices.append(
        .object(TracerValue(trace: trace, id: input, type: trace.graph.type(of: input), origin: site.operand(0))))
    }
    let carryValue = try replacingLeaves(of: start, with: carryValues)
    let sliceValue = try replacingLeaves(of: sequence, with: slices)
    let outcome = try inTrace(trace) { () throws(Diagnostic) in
      if !isLoop { return try step(carryValue, sliceValue) }
      return try withDrawBase(0) { () throws(Diagnostic) in try step(carryValue, sliceValue) }
    }
    guard case .object(let pair as TupleValue) = outcome, pair.elements.count == 2 else {
      throw .scanResult(found: outcome.kindName, at: site.span)
    }
    var collector = OutputCollector(trace: trace)
    let carryTemplate = try collector.template(of: try allTraced(pair.elements[0], in: trace, at: site), at: site)
    let resultTemplate = try collector.template(of: try allTraced(pair.elements[1], in: trace, at: site), at: site)
    let carryOutputs = carryTemplate.outputIndices
    guard carryOutputs.count == carry.count else {
      throw .scanCarry(
        before: "\(carry.count) values", after: "\(carryOutputs.count) values", at: site.span)
    }
    return TracedStep(
      trace: trace, carryInputs: carryInputs, sliceInputs: sliceInputs,
      carryTypes: carryOutputs.map { trace.graph.type(of: collector.outputs[$0]) }, carryTemplate: carryTemplate,
      resultTemplate: resultTemplate, outputs: collector.outputs, carryOutputs: carryOutputs,
      resultOutputs: resultTemplate.outputIndices)
  }

  private func finishScan(
    _ step: TracedStep, length: Int, axis: Int, isReversed: Bool, stacked: [ValueID], carry: [ValueID], outer: Trace,
    recorder: Recorder, at site: Site
  ) throws(Diagnostic) -> Value {
    let trace = step.trace
    // States that the step assigns are carried too.
    var stateInputs: [ValueID] = []
    var stateOutputs: [ValueID] = []
    var stateStarts: [ValueID] = []
    for parameter in trace.written {
      guard let value = trace.slots[ObjectIdentifier(parameter)] else { continue }
      let start = outer.value(of: parameter)
      guard let outerID = outer.id(of: start) else { continue }
      stateStarts.append(outerID)
      stateInputs.append(trace.importing(outerID))
      stateOutputs.append(trace.id(of: value) ?? value.id)
    }
    // So is what optimizers keep.
    var kept: [(state: ObjectIdentifier, value: Value, results: Range<Int>)] = []
    for (_, state) in outer.record?.updated ?? [] {
      let key = ObjectIdentifier(state)
      guard let value = trace.optimizerStates[key] else { continue }
      let (before, after) = (outer.value(of: state).leaves(), value.leaves())
      guard before.count == after.count else {
        throw .scanCarry(before: "\(before.count) values", after: "\(after.count) values", at: site.span)
      }
      let first = stateStarts.count
      for (start, end) in zip(before, after) {
        let (outerID, result) = (try id(of: start, in: outer, at: site), try id(of: end, in: trace, at: site))
        guard outer.graph.type(of: outerID) == trace.graph.type(of: result) else {
          throw .scanCarry(
            before: outer.graph.type(of: outerID).description, after: trace.graph.type(of: result).description,
            at: site.span)
        }
        stateStarts.append(outerID)
        stateInputs.append(trace.importing(outerID))
        stateOutputs.append(result)
      }
      kept.append((key, value, first..<stateStarts.count))
    }
    var constants: [(inner: ValueID, outer: ValueID)] = []
    for (index, source) in trace.sources.enumerated() {
      let input = trace.graph.inputs[index]
      if case .outer(let id) = source, !stateInputs.contains(input) { constants.append((input, id)) }
    }
    var slices = step.sliceInputs
    var stackedInputs = stacked
    if let number = trace.stepNumber {
      slices.append(number)
      stackedInputs.append(
        try caught("scan", [], site) { () throws(ShapeProblem) in
          try recorder.emit(.iota(TensorType(.i64, [length]), axis: 0), [])
        })
    }
    for entry in trace.counted {
      slices.append(entry.input)
      stackedInputs.append(
        try caught("scan", [], site) { () throws(ShapeProblem) in try recorder.counted(from: entry.first, length) })
    }
    var body = trace.graph
    body.inputs = constants.map(\.inner) + step.carryInputs + stateInputs + slices
    body.outputs =
      step.carryOutputs.map { step.outputs[$0] } + stateOutputs + step.resultOutputs.map { step.outputs[$0] }
    let carries = carry.count + stateInputs.count
    let scan = Scan(
      body: body, constantCount: constants.count, carryCount: carries, length: length, isReversed: isReversed)
    var results = try caught("scan", [], site) { () throws(ShapeProblem) in
      try recorder.emitAll(.scan(scan), constants.map(\.outer) + carry + stateStarts + stackedInputs)
    }
    for entry in kept {
      let values = zip(entry.value.leaves(), entry.results).map { leaf, position in
        let id = results[carry.count + position]
        return Value.object(
          TracerValue(
            trace: outer, id: id, type: outer.graph.type(of: id), mark: leaf.mark, isHostNumber: leaf.isHostNumber,
            origin: leaf.origin))
      }
      outer.optimizerStates[entry.state] = try replacingLeaves(of: entry.value, with: values)
    }
    for (offset, parameter) in trace.written.enumerated() where offset < stateInputs.count {
      let id = results[carry.count + offset]
      assign(
        parameter, TracerValue(trace: outer, id: id, type: outer.graph.type(of: id), origin: site.span), in: outer)
    }
    for index in carries..<results.count {
      results[index] = try caught("scan", [], site) { () throws(ShapeProblem) in
        let rank = recorder.shape(of: results[index]).rank
        return try recorder.movingAxis(results[index], from: 0, to: axis < 0 ? rank + axis : min(axis, rank - 1))
      }
    }
    // Templates number their outputs in the body's own order.
    var byOutput = [ValueID](repeating: results.first ?? ValueID(0), count: step.outputs.count)
    for (position, index) in step.carryOutputs.enumerated() { byOutput[index] = results[position] }
    let last = step.carryTemplate.traced(byOutput, in: outer, at: site.span)
    for (position, index) in step.resultOutputs.enumerated() { byOutput[index] = results[carries + position] }
    return .object(TupleValue([last, step.resultTemplate.traced(byOutput, in: outer, at: site.span)]))
  }

  /// Every leaf as a tracer of `trace`.
  private func allTraced(_ value: Value, in trace: Trace, at site: Site) throws(Diagnostic) -> Value {
    try mapLeaves(of: value) { (leaf) throws(Diagnostic) in
      let id = try self.id(of: leaf, in: trace, at: site)
      return .object(
        TracerValue(
          trace: trace, id: id, type: trace.graph.type(of: id), mark: leaf.mark, isHostNumber: leaf.isHostNumber,
          origin: leaf.origin))
    }
  }
}

private final class Stacked {
  var ids: [ValueID] = []
}

extension ResultTemplate {
  /// The outputs that the template uses, in order, one entry for each use.
  var outputIndices: [Int] {
    switch self {
    case .constant: []
    case .output(let index, _, _): [index]
    case .list(let parts), .tuple(let parts), .record(_, let parts), .tree(_, let parts), .dict(_, let parts):
      parts.flatMap(\.outputIndices)
    }
  }
}

extension Recorder {
  /// `length` times the whole numbers of `first`, with 0, 1, 2, ... added to the last one.
  fileprivate func counted(from first: ValueID, _ length: Int) throws(ShapeProblem) -> ValueID {
    let type = TensorType(dtype(of: first), Shape([length] + shape(of: first).sizes))
    var count = try emit(.iota(type, axis: 0), [])
    if type.shape.rank == 2 { count = try emit(.binary(.multiply), [count, try emit(.iota(type, axis: 1), [])]) }
    return try emit(.binary(.add), [try expand(first, to: type.shape), count])
  }

  func movingAxis(_ id: ValueID, from: Int, to: Int) throws(ShapeProblem) -> ValueID {
    if from == to { return id }
    var order = Array(0..<shape(of: id).rank)
    order.insert(order.remove(at: from), at: to)
    return try emit(.transpose(permutation: order), [id])
  }
}
