import TensorGraph
import TensorTypes

/// The derivative of a scan: a forward scan that also stacks what the way back reads, and a scan over those stacks in
/// the other direction. That one carries the cotangents of the carry and the sums of the constants' gradients, except
/// for sums of products and of sums, each of which becomes one product or sum over the stacks.
struct ScanDerivative {
  /// The scan with the residuals as further stacked results.
  let forward: Scan
  /// All results of `forward`, once it is part of a graph.
  var results: [Node] = []

  private let scan: Scan
  /// The body with its derivative.
  private let body: Derivative
  /// Numbers of carries whose cotangent goes round, and of body outputs (carries, then slices) that have one.
  private let carries: [Int]
  private let outputs: [Int]
  /// Numbers of body inputs that get a gradient.
  private let inputs: [Int]
  private let residuals: ScanResiduals

  /// `operands` and `results` mark those that the gradient concerns.
  init(of scan: Scan, operands: [Bool], results: [Bool]) throws(TransformProblem) {
    self.scan = scan
    let depends = scan.dependentInputs(operands)
    let influences = scan.influencingOutputs(results)
    carries = (0..<scan.carryCount).filter { depends[scan.constantCount + $0] && influences[$0] }
    outputs = carries + (scan.carryCount..<scan.body.outputs.count).filter { results[$0] }
    inputs =
      (0..<scan.constantCount).filter { operands[$0] } + carries.map { scan.constantCount + $0 }
      + ((scan.constantCount + scan.carryCount)..<scan.body.inputs.count).filter { operands[$0] }
    body = try differentiate(scan.body, outputs: outputs, withRespectTo: inputs)
    residuals = ScanResiduals(of: body, withRespectTo: inputs, scan)

    var augmented = body.builder.graph
    augmented.inputs = Array(augmented.inputs.prefix(scan.body.inputs.count))
    augmented.operations = Array(augmented.operations.prefix(body.forwardCount))
    augmented.outputs = body.outputs.map(\.id) + residuals.stacked
    forward = Scan(
      body: augmented.withoutUnusedOperations(keepingFirst: body.forwardCount), constantCount: scan.constantCount,
      carryCount: scan.carryCount, length: scan.length, isReversed: scan.isReversed)
  }

  /// The operands' cotangents from those of the scan's own results.
  func gradients(operands: [Node], cotangents: [Node?]) throws(TransformProblem) -> [Node?] {
    let outer = operands[0].builder
    let graph = body.builder.graph
    let reverse = GraphBuilder()
    reverse.origin = outer.origin
    /// The values of the body and its derivative in the reverse body.
    var nodes: [ValueID: Node] = [:]
    var arguments: [Node] = []
    func bind(_ value: ValueID, to argument: Node) {
      nodes[value] = reverse.input(graph.type(of: value))
      arguments.append(argument)
    }

    for number in residuals.constants { bind(graph.inputs[number], to: operands[number]) }
    let constantCount = arguments.count

    // Carry: the cotangents of the carries, and one sum for each constant.
    let seeds = Array(graph.inputs.dropFirst(scan.body.inputs.count))
    for (number, seed) in zip(carries, seeds) {
      bind(seed, to: try cotangents[number].orZeros(graph.type(of: seed), in: outer))
    }
    let gradients = zip(inputs, body.gradients).compactMap { input, node in node.map { (input: input, node: $0) } }
    let summed = gradients.filter { gradient in
      gradient.input < scan.constantCount && !residuals.products.contains { $0.input == gradient.input }
        && !residuals.sums.contains { $0.input == gradient.input }
    }
    var sums: [Node] = []
    for (_, node) in summed {
      sums.append(reverse.input(node.type))
      arguments.append(try outer.constant(0, node.type))
    }
    let carryCount = arguments.count - constantCount

    // Slices: those of residuals and of the cotangents of stacked results.
    for value in residuals.sliced { bind(value, to: stack(of: value, operands)) }
    for (number, seed) in zip(outputs, seeds).dropFirst(carries.count) {
      let type = graph.type(of: seed)
      let stacked = TensorType(type.dtype, Shape([scan.length] + type.shape.sizes))
      bind(seed, to: try cotangents[number].orZeros(stacked, in: outer))
    }

    for index in residuals.operations {
      let operation = graph.operations[index]
      let copies = reverse.copy(operation, operation.operands.compactMap { nodes[$0] }, from: graph)
      for (value, copy) in zip(operation.results, copies) { nodes[value] = copy }
    }
    reverse.origin = outer.origin

    var reverseOutputs: [Node] = []
    for carry in carries {
      let gradient = gradients.first { $0.input == scan.constantCount + carry }
      let node = gradient.flatMap { nodes[$0.node.id] }
      reverseOutputs.append(try node.orZeros(graph.type(of: graph.inputs[scan.constantCount + carry]), in: reverse))
    }
    for (sum, gradient) in zip(sums, summed) {
      if let node = nodes[gradient.node.id] { reverseOutputs.append(try sum + node) }
    }
    let sliceGradients = gradients.filter { $0.input >= scan.constantCount + scan.carryCount }
    var stackedValues: [ValueID] = []
    for value in sliceGradients.map(\.node.id) + residuals.factors where !stackedValues.contains(value) {
      stackedValues.append(value)
    }
    reverse.setOutputs(reverseOutputs + stackedValues.compactMap { nodes[$0] })
    let reverseScan = Scan(
      body: reverse.graph.withoutUnusedOperations(), constantCount: constantCount, carryCount: carryCount,
      length: scan.length, isReversed: !scan.isReversed)
    let reverseResults = try outer.apply(.scan(reverseScan), arguments)

    var answer = [Node?](repeating: nil, count: operands.count)
    for (carry, result) in zip(carries, reverseResults) { answer[scan.constantCount + carry] = result }
    for (gradient, result) in zip(summed, reverseResults.dropFirst(carries.count)) { answer[gradient.input] = result }
    let stacks = Dictionary(uniqueKeysWithValues: zip(stackedValues, reverseResults.dropFirst(carryCount)))
    for gradient in sliceGradients { answer[gradient.input] = stacks[gradient.node.id] }
    for sum in residuals.sums {
      let stack = stacks[sum.value] ?? stack(of: sum.value, operands)
      answer[sum.input] = try stack.sum([0] + sum.axes.map { $0 + 1 })
    }
    for product in residuals.products {
      func rows(_ value: ValueID) throws(TransformProblem) -> Node {
        let stack = stacks[value] ?? stack(of: value, operands)
        return try stack.reshaped([stack.shape[0] * stack.shape[1], stack.shape[2]])
      }
      answer[product.input] = try rows(product.a).matmul(rows(product.b), transposeA: true)
    }
    return answer
  }

  /// A residual of all rounds: an operand or a result of the forward scan.
  private func stack(of value: ValueID, _ operands: [Node]) -> Node {
    switch residuals.sources[value] {
    case .operand(let number)?: operands[number]
    case .result(let number)?: results[number]
    case nil: results[scan.body.outputs.count + (residuals.stacked.firstIndex(of: value) ?? 0)]
    }
  }
}
