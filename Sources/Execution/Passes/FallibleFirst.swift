import TensorGraph
import TensorTypes

/// Puts what can fail, and all that it needs, before the rest. A program may write to donated memory only when nothing
/// can fail any more, so the earlier that is, the more is updated in place. A program whose updates come last anyway
/// keeps its order: values are then used soon after they are computed.
enum FallibleFirst {
  static func run(_ given: Graph) -> Graph {
    var graph = given
    for index in graph.operations.indices where graph.operations[index].primitive.hasBody {
      graph.operations[index].primitive = graph.operations[index].primitive.mappingBodies(run)
    }
    var isNeeded = [Bool](repeating: false, count: graph.types.count)
    var isFirst = [Bool](repeating: false, count: graph.operations.count)
    for index in graph.operations.indices.reversed() {
      let operation = graph.operations[index]
      guard canFail(operation, graph) || operation.results.contains(where: { isNeeded[Int($0.index)] }) else { continue }
      isFirst[index] = true
      for operand in operation.operands { isNeeded[Int(operand.index)] = true }
    }
    guard let last = graph.operations.lastIndex(where: { canFail($0, graph) }) else { return graph }
    let inputTypes = Set(graph.inputTypes)
    let updates = Set(graph.outputs.filter { inputTypes.contains(graph.type(of: $0)) })
    let hasEarlyUpdate = graph.operations[..<last].indices.contains { index in
      !isFirst[index] && graph.operations[index].results.contains(where: updates.contains)
    }
    guard hasEarlyUpdate else { return graph }
    var result = graph
    result.operations = graph.operations.indices.filter { isFirst[$0] }.map { graph.operations[$0] }
      + graph.operations.indices.filter { !isFirst[$0] }.map { graph.operations[$0] }
    return result
  }

  private static func canFail(_ operation: Operation, _ graph: Graph) -> Bool {
    switch operation.primitive {
    case .check, .scan, .whileLoop, .take, .scatterAdd, .takeAlong, .scatterAddAlong, .triangularSolve: true
    default: graph.elementCanFail(operation)
    }
  }
}
