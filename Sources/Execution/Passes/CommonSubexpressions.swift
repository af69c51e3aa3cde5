import TensorGraph
import TensorTypes

/// Computes equal operations on equal operands once. Random numbers depend on their key only and are shared, too.
enum CommonSubexpressions {
  private struct Key: Hashable {
    var primitive: Primitive
    var operands: [ValueID]
  }

  static func run(_ graph: Graph) -> Graph {
    var rewriter = GraphRewriter(graph)
    var known: [Key: [ValueID]] = [:]
    known.reserveCapacity(graph.operations.count)
    for operation in graph.operations {
      if operation.primitive.hasBody {
        rewriter.copy(operation, primitive: operation.primitive.mappingBodies(run))
        continue
      }
      let key = Key(primitive: operation.primitive, operands: rewriter.mapped(operation))
      if let results = known[key] {
        for (old, new) in zip(operation.results, results) { rewriter.replace(old, with: new) }
      } else {
        rewriter.copy(operation, operands: key.operands)
        known[key] = operation.results.map { rewriter[$0] }
      }
    }
    return rewriter.finished()
  }
}
