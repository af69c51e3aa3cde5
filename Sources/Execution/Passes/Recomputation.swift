import TensorGraph
import TensorTypes

/// Lets each elementwise reader of a large, cheap result compute it from the result's operand: a multiplication by
/// a number costs less than a trip to memory. `0.5 * x`, needed now and again for the gradient, is not kept where x is.
enum Recomputation {
  /// Smaller values stay in the cache.
  private static let worthwhileCount = 1 << 16

  static func run(_ graph: Graph) -> Graph {
    var useCounts = [Int](repeating: 0, count: graph.types.count)
    for operation in graph.operations {
      for operand in Set(operation.operands) { useCounts[Int(operand.index)] += 1 }
    }
    var rewriter = GraphRewriter(graph)
    /// By value of the source: the operation to do again.
    var cheap: [ValueID: Operation] = [:]

    func again(_ value: ValueID) -> ValueID {
      guard let operation = cheap[value] else { return rewriter[value] }
      return rewriter.add(
        operation.primitive, operation.operands.map(again), graph.type(of: value), origin: operation.origin)
    }
    for operation in graph.operations {
      guard isElementwise(operation.primitive) else {
        rewriter.copy(operation)
        continue
      }
      rewriter.copy(operation, operands: operation.operands.map(again))
      let result = operation.results[0]
      if useCounts[Int(result.index)] > 1, graph.type(of: result).shape.count >= worthwhileCount,
        isCheap(operation, rewriter)
      {
        cheap[result] = operation
      }
    }
    return rewriter.finished()
  }

  private static func isElementwise(_ primitive: Primitive) -> Bool {
    switch primitive {
    case .unary, .binary, .compare, .select: true
    default: false
    }
  }

  /// One instruction on one large operand.
  private static func isCheap(_ operation: Operation, _ rewriter: GraphRewriter) -> Bool {
    guard rewriter.source.type(of: operation.results[0]).dtype.isFloating else { return false }
    switch operation.primitive {
    case .unary(.negate), .unary(.absolute): return true
    case .binary(.add), .binary(.subtract), .binary(.multiply):
      return operation.operands.contains { rewriter.uniformLiteral(rewriter[$0]) != nil }
    default: return false
    }
  }
}
