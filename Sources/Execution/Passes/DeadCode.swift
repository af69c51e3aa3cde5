import TensorGraph
import TensorTypes

/// Removes operations whose results nobody reads; checks stay. Loops lose the stacked results, carries and operands
/// that nothing needs. Values are then numbered in order of definition.
enum DeadCode {
  static func run(_ graph: Graph) -> Graph {
    run(graph, keepingOutputs: [Bool](repeating: true, count: graph.outputs.count)).0.renumbered()
  }

  /// The graph with the chosen outputs only, and which values of the given graph are needed.
  private static func run(_ graph: Graph, keepingOutputs kept: [Bool]) -> (Graph, [Bool]) {
    var isNeeded = [Bool](repeating: false, count: graph.types.count)
    for (output, isKept) in zip(graph.outputs, kept) where isKept { isNeeded[Int(output.index)] = true }
    var loops: [Int: (operation: Operation, kept: [Bool])] = [:]
    var keeps = [Bool](repeating: false, count: graph.operations.count)
    for index in graph.operations.indices.reversed() {
      var operation = graph.operations[index]
      let used = operation.results.map { isNeeded[Int($0.index)] }
      guard used.contains(true) || hasEffect(operation.primitive) else { continue }
      keeps[index] = true
      switch operation.primitive {
      case .scan(let scan):
        let (trimmed, keptResults) = trim(scan, operation, used)
        operation = trimmed
        loops[index] = (trimmed, keptResults)
      case .whileLoop(var loop):
        loop.condition = run(loop.condition)
        loop.body = run(loop.body)
        operation.primitive = .whileLoop(loop)
        loops[index] = (operation, used.map { _ in true })
      default: break
      }
      for operand in operation.operands { isNeeded[Int(operand.index)] = true }
    }
    if !keeps.contains(false), loops.isEmpty, !kept.contains(false) { return (graph, isNeeded) }

    var rewriter = GraphRewriter(graph)
    for (index, operation) in graph.operations.enumerated() where keeps[index] {
      if let (loop, kept) = loops[index] {
        var trimmed = loop
        trimmed.results = zip(operation.results, kept).filter { $0.1 }.map { $0.0 }
        rewriter.copy(trimmed)
      } else {
        rewriter.copy(operation)
      }
    }
    var result = rewriter.finished()
    result.outputs = zip(result.outputs, kept).filter { $0.1 }.map { $0.0 }
    return (result, isNeeded)
  }

  private static func hasEffect(_ primitive: Primitive) -> Bool {
    switch primitive {
    case .check: true
    case .scan(let scan): scan.body.operations.contains { hasEffect($0.primitive) }
    case .whileLoop(let loop): (loop.body.operations + loop.condition.operations).contains { hasEffect($0.primitive) }
    default: false
    }
  }

  /// The scan without what is not needed, and which of its results remain.
  private static func trim(_ scan: Scan, _ operation: Operation, _ used: [Bool]) -> (Operation, [Bool]) {
    let carries = scan.constantCount..<(scan.constantCount + scan.carryCount)
    var kept = used
    var body = scan.body
    while true {
      let (trimmed, isNeeded) = run(scan.body, keepingOutputs: kept)
      body = trimmed
      // A carry that the kept part of the body reads is needed, too.
      let missing = carries.filter { isNeeded[Int(scan.body.inputs[$0].index)] && !kept[$0 - scan.constantCount] }
      if missing.isEmpty { break }
      for carry in missing { kept[carry - scan.constantCount] = true }
    }
    let readers = Set(body.operations.flatMap(\.operands) + body.outputs)
    let keptInputs = scan.body.inputs.indices.filter { index in
      carries.contains(index) ? kept[index - scan.constantCount] : readers.contains(body.inputs[index])
    }
    var result = operation
    var trimmed = scan
    body.inputs = keptInputs.map { body.inputs[$0] }
    trimmed.body = body.renumbered()
    trimmed.constantCount = keptInputs.count { $0 < carries.lowerBound }
    trimmed.carryCount = keptInputs.count { carries.contains($0) }
    result.operands = keptInputs.map { operation.operands[$0] }
    result.primitive = .scan(trimmed)
    return (result, kept)
  }
}
