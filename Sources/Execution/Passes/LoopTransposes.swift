import TensorGraph
import TensorTypes

/// A matrix that a scan's steps multiply by transposed is transposed once before the scan: small products read their
/// right operand in order where it stands.
enum LoopTransposes {
  static func run(_ graph: Graph) -> Graph {
    GraphRewriter.rewritingScans(graph, run) { scan, operation, rewriter in
      var scan = scan
      var operands = rewriter.mapped(operation)
      for number in transposed(scan) {
        let input = scan.body.inputs[number]
        let type = scan.body.type(of: input)
        let turned = TensorType(type.dtype, [type.shape[1], type.shape[0]])
        let outside = rewriter.add(.transpose(permutation: [1, 0]), [operands[number]], turned, origin: operation.origin)
        operands.insert(outside, at: scan.constantCount)
        let inside = scan.body.newValue(turned)
        scan.body.inputs.insert(inside, at: scan.constantCount)
        scan.constantCount += 1
        for index in scan.body.operations.indices where multiplies(scan.body.operations[index], by: input, scan.body) {
          scan.body.operations[index].primitive = .matmul(transposeA: false, transposeB: false)
          scan.body.operations[index].operands[1] = inside
        }
      }
      rewriter.copy(operation, primitive: .scan(scan), operands: operands)
    }
  }

  /// Numbers of such constants.
  private static func transposed(_ scan: Scan) -> [Int] {
    guard scan.length > 2 else { return [] }
    return (0..<scan.constantCount).filter { number in
      scan.body.operations.contains { multiplies($0, by: scan.body.inputs[number], scan.body) }
    }
  }

  /// A single row is summed in an order that depends on how the matrix stands.
  private static func multiplies(_ operation: Operation, by value: ValueID, _ body: Graph) -> Bool {
    operation.primitive == .matmul(transposeA: false, transposeB: true) && operation.operands[1] == value
      && body.type(of: value).shape.rank == 2 && body.type(of: operation.operands[0]).shape[0] > 1
  }
}
