import TensorGraph
import TensorTypes

/// Lets each reader of a large, cheap result compute it from the result's operand: a multiplication by a number costs
/// less than a trip to memory. `0.5 * x`, needed now and again for the gradient, is not kept where x is, nor are the
/// probabilities of an attention where their exponentials and sums are.
enum Recomputation {
  /// Smaller values stay in the cache.
  private static let worthwhileCount = 1 << 16

  static func run(_ graph: Graph) -> Graph {
    var useCounts = [Int](repeating: 0, count: graph.types.count)
    for operation in graph.operations {
      let operands = operation.operands
      for (number, operand) in operands.enumerated() where !operands[..<number].contains(operand) {
        useCounts[Int(operand.index)] += 1
      }
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
      let isElementwise = isElementwise(operation.primitive)
      guard isElementwise || isBatchedProduct(operation, graph) else {
        rewriter.copy(operation)
        continue
      }
      rewriter.copy(
        operation,
        operands: cheap.isEmpty
          ? nil
          : operation.operands.map { operand in
            // A product needs its operands in memory: those of one phase share them.
            let isNear = !isElementwise && cheap[operand]?.origin.phase == operation.origin.phase
            return isNear ? rewriter[operand] : again(operand)
          })
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

  /// A product of a matrix, or matrices, for each entry of a batch: run with what is before and after it while an entry
  /// is in the cache.
  private static func isBatchedProduct(_ operation: Operation, _ graph: Graph) -> Bool {
    guard case .matmul = operation.primitive else { return false }
    let sizes = graph.type(of: operation.results[0]).shape.sizes
    return sizes.dropLast(2).reduce(1, &*) >= 8
  }

  /// One instruction on one large operand.
  private static func isCheap(_ operation: Operation, _ rewriter: GraphRewriter) -> Bool {
    guard rewriter.source.type(of: operation.results[0]).dtype.isFloating else { return false }
    switch operation.primitive {
    case .unary(.negate), .unary(.absolute): return true
    case .binary(.add), .binary(.subtract), .binary(.multiply):
      return operation.operands.indices.contains { index in
        let (number, other) = (rewriter[operation.operands[index]], rewriter[operation.operands[1 - index]])
        return rewriter.uniformLiteral(number) != nil || (isSpread(number, rewriter) && !isProduct(other, rewriter))
      }
    default: return false
    }
  }

  /// Few numbers, each for many elements.
  private static func isSpread(_ value: ValueID, _ rewriter: GraphRewriter) -> Bool {
    guard let producer = rewriter.producer(of: value), case .broadcast(let shape, _) = producer.primitive else {
      return false
    }
    return rewriter.graph.type(of: producer.operands[0]).shape.count <= shape.count / 32
  }

  /// What is done to a product is done before it leaves the cache; the product itself is then not kept.
  private static func isProduct(_ value: ValueID, _ rewriter: GraphRewriter) -> Bool {
    guard let producer = rewriter.producer(of: value) else { return false }
    switch producer.primitive {
    case .matmul: return true
    case .reshape, .transpose, .slice: return isProduct(producer.operands[0], rewriter)
    default: return false
    }
  }
}
