import TensorGraph
import TensorTypes

/// Products of a batch that are only read with their rows and columns changed, as the gradient of keys is: the product
/// of the operands in the other order gives the rows as they are wanted. Each element is the same sum.
enum TurnedProducts {
  static func run(_ graph: Graph) -> Graph {
    var uses = [Int](repeating: 0, count: graph.types.count)
    for value in graph.operations.flatMap(\.operands) + graph.outputs { uses[Int(value.index)] += 1 }
    var products: Set<ValueID> = []
    for operation in graph.operations {
      guard case .matmul = operation.primitive, let result = operation.results.first, uses[Int(result.index)] == 1,
        graph.type(of: result).shape.rank > 2
      else { continue }
      products.insert(result)
    }
    var turned: Set<ValueID> = []
    for operation in graph.operations {
      guard case .transpose(let permutation) = operation.primitive, products.contains(operation.operands[0]),
        permutation.last == permutation.count - 2
      else { continue }
      turned.insert(operation.operands[0])
    }
    var rewriter = GraphRewriter(graph)
    for operation in graph.operations {
      let operands = rewriter.mapped(operation)
      if case .matmul(let transposeA, let transposeB) = operation.primitive, turned.contains(operation.results[0]) {
        let type = graph.type(of: operation.results[0])
        var sizes = type.shape.sizes
        sizes.swapAt(sizes.count - 1, sizes.count - 2)
        let product = rewriter.add(
          .matmul(transposeA: !transposeB, transposeB: !transposeA), [operands[1], operands[0]],
          TensorType(type.dtype, Shape(sizes)), origin: operation.origin)
        rewriter.replace(operation.results[0], with: product)
      } else if case .transpose(let permutation) = operation.primitive, turned.contains(operation.operands[0]) {
        let (row, column) = (permutation.count - 2, permutation.count - 1)
        let axes = permutation.map { $0 == row ? column : $0 == column ? row : $0 }
        rewriter.copy(operation, primitive: .transpose(permutation: axes))
      } else {
        rewriter.copy(operation, primitive: operation.primitive.mappingBodies(run))
      }
    }
    return rewriter.finished()
  }
}
