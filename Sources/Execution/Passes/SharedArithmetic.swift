import TensorGraph
import TensorTypes

/// Two rewrites that belong to the language's arithmetic: they are applied with and without optimisation, and by the
/// eager operations, so that all give the same bits.
/// - x / s, where one number of s divides several elements of x, becomes x * (1 / s),
/// - x ^ 2 with a literal 2 becomes x * x.
enum SharedArithmetic {
  static func run(_ graph: Graph) -> Graph {
    var rewriter = GraphRewriter(graph)
    for operation in graph.operations {
      if operation.primitive.hasBody {
        rewriter.copy(operation, primitive: operation.primitive.mappingBodies(run))
      } else if let (shape, axes, numbers) = divisor(operation, rewriter) {
        let type = graph.type(of: operation.results[0])
        let origin = operation.origin
        let numbersType = rewriter.graph.type(of: numbers)
        let inverse = rewriter.add(.unary(.reciprocal), [numbers], numbersType, origin: origin)
        let spread = rewriter.add(.broadcast(shape, axes: axes), [inverse], type, origin: origin)
        rewriter.copy(operation, primitive: .binary(.multiply), operands: [rewriter[operation.operands[0]], spread])
      } else if case .binary(.power) = operation.primitive,
        let exponent = rewriter.uniformLiteral(rewriter[operation.operands[1]]), exponent.isTwo
      {
        let base = rewriter[operation.operands[0]]
        rewriter.copy(operation, primitive: .binary(.multiply), operands: [base, base])
      } else {
        rewriter.copy(operation)
      }
    }
    return rewriter.finished()
  }

  /// The numbers that divide a floating array, and how they are spread.
  private static func divisor(_ operation: Operation, _ rewriter: GraphRewriter) -> (Shape, [Int], ValueID)? {
    guard case .binary(.divide) = operation.primitive, let result = operation.results.first else { return nil }
    let type = rewriter.source.type(of: result)
    guard type.dtype.isFloating,
      let producer = rewriter.producer(of: rewriter[operation.operands[1]]),
      case .broadcast(let shape, let axes) = producer.primitive, let divisor = producer.operands.first,
      isSpread(rewriter.graph.type(of: divisor).shape, over: type.shape)
    else { return nil }
    return (shape, axes, divisor)
  }

  /// Whether each element of an operand meets several of the result.
  static func isSpread(_ operand: Shape, over result: Shape) -> Bool {
    result.rank > 0 && (operand.rank == 0 || operand.count < result.count)
  }
}

extension Literal {
  /// The value of a floating literal.
  var float: Double? {
    switch self {
    case .f32(let bits): Double(Float(bitPattern: bits))
    case .f64(let bits): Double(bitPattern: bits)
    case .i64, .bool: nil
    }
  }

  var isTwo: Bool { self == .i64(2) || float == 2 }
  var isOne: Bool { self == .i64(1) || float == 1 }
  /// Adding it changes nothing, not even the sign of a zero.
  var isNeutralToAdd: Bool { self == .i64(0) || (float == 0 && float?.sign == .minus) }
  /// Subtracting it changes nothing.
  var isNeutralToSubtract: Bool { self == .i64(0) || (float == 0 && float?.sign == .plus) }
}
