import TensorGraph
import TensorTypes

/// x / s with one number s for all elements becomes x * (1 / s). Part of the language's arithmetic: it is applied with
/// and without optimisation, and by the eager operations, so that all give the same bits.
enum DivisionByScalar {
  static func run(_ graph: Graph) -> Graph {
    var rewriter = GraphRewriter(graph)
    for operation in graph.operations {
      if operation.primitive.hasBody {
        rewriter.copy(operation, primitive: operation.primitive.mappingBodies(run))
        continue
      }
      guard case .binary(.divide) = operation.primitive, let result = operation.results.first,
        graph.type(of: result).dtype.isFloating, graph.type(of: result).shape.rank > 0,
        let divisor = rewriter.producer(of: rewriter[operation.operands[1]]),
        case .broadcast(let shape, let axes) = divisor.primitive, let scalar = divisor.operands.first,
        rewriter.graph.type(of: scalar).shape.rank == 0
      else {
        rewriter.copy(operation)
        continue
      }
      let type = graph.type(of: result)
      let origin = operation.origin
      let inverse = rewriter.add(
        .unary(.reciprocal), [scalar], TensorType(type.dtype, .scalar), origin: origin)
      let spread = rewriter.add(.broadcast(shape, axes: axes), [inverse], type, origin: origin)
      rewriter.copy(operation, primitive: .binary(.multiply), operands: [rewriter[operation.operands[0]], spread])
    }
    return rewriter.finished()
  }
}
