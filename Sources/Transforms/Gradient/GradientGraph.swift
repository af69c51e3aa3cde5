import TensorGraph
import TensorTypes

/// The graph that computes a graph's outputs and their vector-Jacobian products.
///
/// Its inputs are the graph's, followed by one cotangent for each of `outputs` (numbers of outputs, each of that
/// output's type). Its outputs are the graph's, followed by the gradient of each of `inputs` (numbers of inputs): the
/// sum over `outputs` of cotangent times derivative, of the input's type, zeros where nothing depends on it. Integers
/// and truth values carry no gradient. What the gradients do not need is not computed. Scans that might keep more than
/// `residualLimit` bytes for the way back keep some carries instead and compute the rest again.
public func gradientGraph(
  of graph: Graph, outputs: [Int], withRespectTo inputs: [Int], residualLimit: Int = 1 << 30
) throws(TransformProblem) -> Graph {
  for output in outputs where !graph.outputs.indices.contains(output) { throw TransformProblem(.noOutput(output)) }
  for input in inputs where !graph.inputs.indices.contains(input) { throw TransformProblem(.noInput(input)) }

  // A scan's gradients of what it makes of its constants alone are then summed first and led back once.
  let graph = graph.orderingSteps().hoistingSliceWork(lookups: true).hoistingLoopInvariants()
    .segmentingScans(limit: residualLimit)
  let derivative = try differentiate(graph, outputs: outputs, withRespectTo: inputs)
  let builder = derivative.builder
  var results = derivative.outputs
  for (input, gradient) in zip(inputs, derivative.gradients) {
    builder.origin = .none
    results.append(try gradient.orZeros(graph.type(of: graph.inputs[input]), in: builder))
  }
  builder.setOutputs(results)
  return builder.graph.withoutUnusedOperations(keepingFirst: derivative.forwardCount)
}

extension Node? {
  /// The cotangent, zeros where there is none.
  func orZeros(_ type: TensorType, in builder: GraphBuilder) throws(TransformProblem) -> Node {
    if let self { return self }
    return try builder.constant(0, type)
  }
}

/// A graph's operations, followed by those of its derivative.
struct Derivative {
  var builder: GraphBuilder
  /// The first operations are those of the graph itself, one for one (a scan keeps more results).
  var forwardCount: Int
  var outputs: [Node]
  /// The gradients; nil stands for zeros.
  var gradients: [Node?]
}

/// Reverse mode: the graph's operations, then from the last to the first each one's rule.
func differentiate(_ graph: Graph, outputs: [Int], withRespectTo inputs: [Int]) throws(TransformProblem) -> Derivative {
  let isWantedInput = graph.inputs.indices.map(Set(inputs).contains)
  let isWantedOutput = graph.outputs.indices.map(Set(outputs).contains)
  let depends = graph.dependents(onInputs: isWantedInput)
  let influences = graph.influences(onOutputs: isWantedOutput)
  func isActive(_ value: ValueID) -> Bool { depends[Int(value.index)] && influences[Int(value.index)] }

  let builder = GraphBuilder()
  var nodes = [Node?](repeating: nil, count: graph.types.count)
  for input in graph.inputs { nodes[Int(input.index)] = builder.input(graph.type(of: input)) }
  let seeds = outputs.map { builder.input(graph.type(of: graph.outputs[$0])) }

  var scans: [Int: ScanDerivative] = [:]
  for (index, operation) in graph.operations.enumerated() {
    builder.origin = operation.origin
    let operands = operation.operands.compactMap { nodes[Int($0.index)] }
    let results: [Node]
    if case .scan(let scan) = operation.primitive, operation.results.contains(where: isActive) {
      let derivative = try ScanDerivative(
        of: scan, operands: operation.operands.map(isActive), results: operation.results.map(isActive))
      let stacked = try builder.apply(.scan(derivative.forward), operands)
      results = Array(stacked.prefix(operation.results.count))
      scans[index] = derivative
      scans[index]?.results = stacked
    } else {
      results = builder.copy(operation, operands, from: graph)
    }
    for (value, node) in zip(operation.results, results) { nodes[Int(value.index)] = node }
  }
  let forwardCount = builder.graph.operations.count

  var cotangents = [Cotangent](repeating: Cotangent(), count: graph.types.count)
  func cotangent(of value: ValueID) throws(TransformProblem) -> Node? {
    try cotangents[Int(value.index)].total(graph.type(of: value))
  }
  for (output, seed) in zip(outputs, seeds) where isActive(graph.outputs[output]) {
    builder.origin = .none
    try cotangents[Int(graph.outputs[output].index)].add(seed)
  }
  for (index, operation) in graph.operations.enumerated().reversed() {
    guard operation.operands.contains(where: isActive) else { continue }
    var results: [Node?] = []
    for result in operation.results { results.append(try cotangent(of: result)) }
    guard results.contains(where: { $0 != nil }) else { continue }
    builder.origin = operation.origin
    builder.origin.phase = .backward
    let operands = operation.operands.compactMap { nodes[Int($0.index)] }
    if case .slice(let starts, _, let strides) = operation.primitive, let node = results[0],
      try cotangents[Int(operation.operands[0].index)]
        .add(slice: node, starts: starts, strides: strides, of: operands[0].shape)
    {
      continue
    }
    let gradients: [Node?]
    if let scan = scans[index] {
      gradients = try scan.gradients(operands: operands, cotangents: results)
    } else {
      gradients = try operandGradients(
        of: operation.primitive, x: operands, y: operation.results.compactMap { nodes[Int($0.index)] }, g: results)
    }
    for (operand, gradient) in zip(operation.operands, gradients) where isActive(operand) {
      if let gradient { try cotangents[Int(operand.index)].add(gradient) }
    }
  }

  var gradients: [Node?] = []
  for input in inputs { gradients.append(try cotangent(of: graph.inputs[input])) }
  return Derivative(
    builder: builder, forwardCount: forwardCount, outputs: graph.outputs.compactMap { nodes[Int($0.index)] },
    gradients: gradients)
}
