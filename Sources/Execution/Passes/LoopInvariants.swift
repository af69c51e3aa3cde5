import TensorGraph
import TensorTypes

/// Moves what depends only on a scan's constants in front of it. Shape operations and literals stay where they are
/// used, because they cost nothing there; what can fail stays, because a scan may have no iteration.
enum LoopInvariants {
  static func run(_ graph: Graph) -> Graph {
    GraphRewriter.rewritingScans(graph, run) { scan, operation, rewriter in
      let moved = movable(scan)
      if moved.isEmpty {
        rewriter.copy(operation, primitive: .scan(scan))
      } else {
        hoist(moved, scan, operation, &rewriter)
      }
    }
  }

  /// The operations of the body to move, in order; each reads only constants, literals and what is moved with it.
  private static func movable(_ scan: Scan) -> [Int] {
    let body = scan.body
    var isInvariant = [Bool](repeating: false, count: body.types.count)
    for input in body.inputs.prefix(scan.constantCount) { isInvariant[Int(input.index)] = true }
    var isMoved = [Bool](repeating: false, count: body.operations.count)
    var producer = [Int](repeating: -1, count: body.types.count)
    for (index, operation) in body.operations.enumerated() {
      for result in operation.results { producer[Int(result.index)] = index }
      guard operation.operands.allSatisfy({ isInvariant[Int($0.index)] }), mayMove(operation, body) else { continue }
      for result in operation.results { isInvariant[Int(result.index)] = true }
      isMoved[index] = isWork(operation.primitive)
    }
    // Views and literals that moved work needs go along (a copy stays for the body).
    for index in body.operations.indices.reversed() where isMoved[index] {
      for operand in body.operations[index].operands {
        let source = producer[Int(operand.index)]
        if source >= 0 { isMoved[source] = true }
      }
    }
    return body.operations.indices.filter { isMoved[$0] }
  }

  private static func mayMove(_ operation: Operation, _ body: Graph) -> Bool {
    switch operation.primitive {
    case .scan, .whileLoop, .check, .take, .scatterAdd, .takeAlong, .scatterAddAlong, .triangularSolve: false
    case .unary, .binary: operation.operands.allSatisfy { body.type(of: $0).dtype != .i64 }
    default: true
    }
  }

  private static func isWork(_ primitive: Primitive) -> Bool {
    switch primitive {
    case .constant, .iota, .stopGradient, .reshape, .transpose, .broadcast, .slice, .reverse: false
    default: true
    }
  }

  private static func hoist(_ moved: [Int], _ scan: Scan, _ operation: Operation, _ rewriter: inout GraphRewriter) {
    let operands = rewriter.mapped(operation)
    // Outside: the moved operations on the scan's operands.
    var outside: [ValueID: ValueID] = [:]
    for (input, operand) in zip(scan.body.inputs.prefix(scan.constantCount), operands) { outside[input] = operand }
    var constants: [(inside: ValueID, outside: ValueID)] = []
    var replaced: Set<ValueID> = []
    for index in moved {
      let inner = scan.body.operations[index]
      let mapped = inner.operands.compactMap { outside[$0] }
      let results = rewriter.add(
        inner.primitive, mapped, inner.results.map { scan.body.type(of: $0) }, origin: inner.origin)
      for (old, new) in zip(inner.results, results) {
        outside[old] = new
        if isWork(inner.primitive) {
          constants.append((old, new))
          replaced.insert(old)
        }
      }
    }
    // Inside: their results become constants; what nobody reads any more is left to the removal of dead code.
    var body = Graph()
    var map: [ValueID: ValueID] = [:]
    for input in scan.body.inputs.prefix(scan.constantCount) { map[input] = body.addInput(scan.body.type(of: input)) }
    for constant in constants { map[constant.inside] = body.addInput(scan.body.type(of: constant.inside)) }
    for input in scan.body.inputs.dropFirst(scan.constantCount) { map[input] = body.addInput(scan.body.type(of: input)) }
    for inner in scan.body.operations where !inner.results.contains(where: replaced.contains) {
      let results = inner.results.map { old in
        let new = body.newValue(scan.body.type(of: old))
        map[old] = new
        return new
      }
      body.operations.append(
        Operation(inner.primitive, inner.operands.compactMap { map[$0] }, results, origin: inner.origin))
    }
    body.outputs = scan.body.outputs.compactMap { map[$0] }
    var result = scan
    result.body = body
    result.constantCount += constants.count
    rewriter.copy(
      operation, primitive: .scan(result),
      operands: operands.prefix(scan.constantCount) + constants.map(\.outside) + operands.dropFirst(scan.constantCount))
  }
}
