import TensorGraph
import TensorTypes

/// The derivative of a scan: a forward scan that also stacks what the way back reads, and a scan over those stacks in
/// the other direction, which carries the carry's cotangent and the sums of the constants' gradients.
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
  private let residuals: Residuals

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
    residuals = Residuals(of: body, scan: scan)

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
    var nodes: [ValueID: Node] = [:]
    var arguments: [Node] = []
    func bind(_ value: ValueID, to argument: Node) {
      nodes[value] = reverse.input(graph.type(of: value))
      arguments.append(argument)
    }

    // Constants: the scan's own, and what its body makes of them alone, which is made once.
    let constants = Array(operands.prefix(scan.constantCount))
    for number in residuals.constants { bind(graph.inputs[number], to: operands[number]) }
    let invariants = outer.inline(residuals.invariantGraph(of: body, scan: scan), constants)
    for (value, node) in zip(residuals.invariants, invariants) { bind(value, to: node) }
    let constantCount = arguments.count

    // Carry: the carry's cotangents, and one sum for each constant.
    let seeds = Array(graph.inputs.dropFirst(scan.body.inputs.count))
    let gradients = Array(zip(inputs, body.gradients))
    for (number, seed) in zip(carries, seeds) {
      bind(seed, to: try cotangents[number].orZeros(graph.type(of: seed), in: outer))
    }
    var sums: [(input: Int, sum: Node)] = []
    for (input, gradient) in gradients where input < scan.constantCount && gradient != nil {
      let type = graph.type(of: graph.inputs[input])
      sums.append((input, reverse.input(type)))
      arguments.append(try outer.constant(0, type))
    }
    let carryCount = arguments.count - constantCount

    // Slices: residuals, the scan's own stacked inputs, and the cotangents of its stacked results.
    for (index, value) in residuals.stacked.enumerated() { bind(value, to: results[scan.body.outputs.count + index]) }
    for (value, output) in residuals.results { bind(value, to: results[output]) }
    for number in residuals.slices { bind(graph.inputs[number], to: operands[number]) }
    for (number, seed) in zip(outputs, seeds).dropFirst(carries.count) {
      let type = graph.type(of: seed)
      let zeros = TensorType(type.dtype, Shape([scan.length] + type.shape.sizes))
      bind(seed, to: try cotangents[number].orZeros(zeros, in: outer))
    }

    for index in residuals.operations {
      let operation = graph.operations[index]
      let copies = reverse.copy(operation, operation.operands.compactMap { nodes[$0] }, from: graph)
      for (value, copy) in zip(operation.results, copies) { nodes[value] = copy }
    }
    reverse.origin = outer.origin
    var resultInputs: [Int] = []
    var resultNodes: [Node] = []
    for (input, gradient) in gradients {
      let gradient = gradient.flatMap { nodes[$0.id] }
      if let sum = sums.first(where: { $0.input == input })?.sum, let gradient {
        resultInputs.append(input)
        resultNodes.append(try sum + gradient)
      } else if input >= scan.constantCount, input < scan.constantCount + scan.carryCount {
        resultInputs.append(input)
        resultNodes.append(try gradient.orZeros(graph.type(of: graph.inputs[input]), in: reverse))
      } else if let gradient {
        resultInputs.append(input)
        resultNodes.append(gradient)
      }
    }
    // In the carry, cotangents stand before sums; `inputs` has constants first.
    let order =
      resultInputs.indices.filter { isCarry(resultInputs[$0]) }
      + resultInputs.indices.filter { resultInputs[$0] < scan.constantCount }
      + resultInputs.indices.filter { resultInputs[$0] >= scan.constantCount + scan.carryCount }
    reverse.setOutputs(order.map { resultNodes[$0] })

    let reverseScan = Scan(
      body: reverse.graph.withoutUnusedOperations(), constantCount: constantCount, carryCount: carryCount,
      length: scan.length, isReversed: !scan.isReversed)
    var answer = [Node?](repeating: nil, count: operands.count)
    for (place, node) in zip(order, try outer.apply(.scan(reverseScan), arguments)) {
      answer[resultInputs[place]] = node
    }
    return answer
  }

  private func isCarry(_ input: Int) -> Bool {
    input >= scan.constantCount && input < scan.constantCount + scan.carryCount
  }
}

/// What the way back reads of the way forward, each value in its cheapest form.
private struct Residuals {
  /// Numbers of body inputs: constants, and slices of what is stacked already.
  var constants: [Int] = []
  var slices: [Int] = []
  /// Values that depend on constants alone: made once, outside.
  var invariants: [ValueID] = []
  /// Values of each round that the scan gives as stacked results anyway, with the result's number.
  var results: [(value: ValueID, output: Int)] = []
  /// Values of each round that the forward scan has to stack.
  var stacked: [ValueID] = []
  /// The operations of the way back, among them cheap ones of the way forward that are done again.
  var operations: [Int] = []

  init(of body: Derivative, scan: Scan) {
    let graph = body.builder.graph
    var definition = [Int?](repeating: nil, count: graph.types.count)
    for (index, operation) in graph.operations.enumerated() {
      for result in operation.results { definition[Int(result.index)] = index }
    }
    let isInvariant = Residuals.invariantOperations(of: body, scan: scan)
    let inputNumber = Dictionary(uniqueKeysWithValues: graph.inputs.enumerated().map { ($1, $0) })
    let inputCount = scan.body.inputs.count

    var isSeen = [Bool](repeating: false, count: graph.types.count)
    var runs = Set<Int>()
    var open = body.gradients.compactMap { $0?.id }
    while let value = open.popLast() {
      if isSeen[Int(value.index)] { continue }
      isSeen[Int(value.index)] = true
      guard let index = definition[Int(value.index)] else {
        guard let number = inputNumber[value], number < inputCount else { continue }
        if number < scan.constantCount {
          constants.append(number)
        } else if number < scan.constantCount + scan.carryCount {
          stacked.append(value)
        } else {
          slices.append(number)
        }
        continue
      }
      let operation = graph.operations[index]
      if index >= body.forwardCount || operation.primitive.isCheapToRepeat {
        runs.insert(index)
        open += operation.operands
      } else if isInvariant[index] {
        invariants.append(value)
      } else if let output = body.outputs.dropFirst(scan.carryCount).firstIndex(where: { $0.id == value }) {
        results.append((value, output))
      } else {
        stacked.append(value)
      }
    }
    constants.sort()
    slices.sort()
    invariants.sort { $0.index < $1.index }
    results.sort { $0.value.index < $1.value.index }
    stacked.sort { $0.index < $1.index }
    operations = runs.sorted()
  }

  /// The graph from the scan's constants to the invariants.
  func invariantGraph(of body: Derivative, scan: Scan) -> Graph {
    var graph = body.builder.graph
    let isInvariant = Residuals.invariantOperations(of: body, scan: scan)
    graph.inputs = Array(graph.inputs.prefix(scan.constantCount))
    graph.operations = graph.operations.indices.filter { $0 < isInvariant.count && isInvariant[$0] }
      .map { graph.operations[$0] }
    graph.outputs = invariants
    return graph.withoutUnusedOperations()
  }

  /// The operations of the way forward that depend on the scan's constants alone.
  private static func invariantOperations(of body: Derivative, scan: Scan) -> [Bool] {
    let graph = body.builder.graph
    var isInvariant = [Bool](repeating: false, count: graph.types.count)
    for input in graph.inputs.prefix(scan.constantCount) { isInvariant[Int(input.index)] = true }
    return graph.operations.prefix(body.forwardCount).map { operation in
      guard operation.operands.allSatisfy({ isInvariant[Int($0.index)] }), !operation.primitive.checks else {
        return false
      }
      for result in operation.results { isInvariant[Int(result.index)] = true }
      return true
    }
  }
}

extension Primitive {
  /// Whether doing it again in the way back costs less than keeping its result, which is no smaller than its operand.
  fileprivate var isCheapToRepeat: Bool {
    switch self {
    case .constant, .iota, .broadcast, .reshape: true
    default: false
    }
  }
}
