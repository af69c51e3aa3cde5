import TensorGraph

extension Batcher {
  /// A scan whose body works on all examples. A carry is batched as soon as it is so in any round.
  func scan(_ scan: Scan, _ x: [Batched]) throws(TransformProblem) -> [Batched] {
    let carries = scan.constantCount..<(scan.constantCount + scan.carryCount)
    var inputs = x.map(\.isBatched)
    let none = [Bool](repeating: false, count: scan.body.outputs.count)
    var (body, outputs) = try batch(scan.body, inputs: inputs, size: size, outputs: none)
    while true {
      let carried = zip(inputs[carries], outputs).map { $0 || $1 }
      if carried == Array(inputs[carries]) { break }
      inputs.replaceSubrange(carries, with: carried)
      (body, outputs) = try batch(scan.body, inputs: inputs, size: size, outputs: none)
    }
    // A carry that comes in batched goes out batched.
    let forced = Array(inputs[carries]) + outputs.dropFirst(scan.carryCount)
    if forced != outputs { (body, outputs) = try batch(scan.body, inputs: inputs, size: size, outputs: forced) }

    // Slices are taken along the first axis, so there the examples stand second.
    var operands: [Node] = []
    for (number, operand) in x.enumerated() {
      if number >= carries.upperBound {
        operands.append(operand.isBatched ? try operand.node.moved(axis: 0, to: 1) : operand.node)
      } else {
        operands.append(inputs[number] ? try together(operand) : operand.node)
      }
    }
    let batched = Scan(
      body: body, constantCount: scan.constantCount, carryCount: scan.carryCount, length: scan.length,
      isReversed: scan.isReversed)
    var results: [Batched] = []
    for (number, result) in try builder.apply(.scan(batched), operands).enumerated() {
      let isStacked = outputs[number] && number >= scan.carryCount
      results.append(Batched(isStacked ? try result.moved(axis: 1, to: 0) : result, isBatched: outputs[number]))
    }
    return results
  }
}
