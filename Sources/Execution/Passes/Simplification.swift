import TensorGraph
import TensorTypes

/// Algebraic simplification that keeps every bit: neutral operands, operations that undo each other, and chains of
/// shape operations.
enum Simplification {
  static func run(_ graph: Graph) -> Graph {
    var rewriter = GraphRewriter(graph)
    for operation in graph.operations {
      if operation.primitive.hasBody {
        rewriter.copy(operation, primitive: operation.primitive.mappingBodies(run))
        continue
      }
      let operands = rewriter.mapped(operation)
      guard let result = operation.results.first, operation.results.count == 1 else {
        rewriter.copy(operation)
        continue
      }
      let type = graph.type(of: result)
      if let same = unchanged(operation.primitive, operands, type, rewriter) {
        rewriter.replace(result, with: same)
      } else if joinBeforeReshape(operation, &rewriter) {
        continue
      } else if let (primitive, operand) = merged(operation.primitive, operands, type, rewriter) {
        if rewriter.graph.type(of: operand) == type, isIdentity(primitive, type) {
          rewriter.replace(result, with: operand)
        } else {
          rewriter.copy(operation, primitive: primitive, operands: [operand])
        }
      } else if case .broadcast(let shape, let axes) = operation.primitive,
        let kept = keptAxes(of: rewriter.graph.type(of: operands[0]).shape, in: shape, axes)
      {
        // Sizes of 1 that stretch: without them, what is repeated is one value for all, whatever its rank.
        let from = rewriter.graph.type(of: operands[0])
        let type = TensorType(from.dtype, Shape(kept.map { from.shape[$0] }))
        let origin = operation.origin
        let core =
          if case .reshape? = rewriter.producer(of: operands[0])?.primitive,
            let source = rewriter.producer(of: operands[0])?.operands[0], rewriter.graph.type(of: source) == type
          { source } else { rewriter.add(.reshape(type.shape), [operands[0]], type, origin: origin) }
        rewriter.copy(operation, primitive: .broadcast(shape, axes: kept.map { axes[$0] }), operands: [core])
      } else {
        rewriter.copy(operation)
      }
    }
    return rewriter.finished()
  }

  /// The operand's axes that do not stretch, when some do.
  private static func keptAxes(of operand: Shape, in shape: Shape, _ axes: [Int]) -> [Int]? {
    let kept = axes.indices.filter { operand[$0] != 1 || shape[axes[$0]] == 1 }
    return kept.count == axes.count ? nil : kept
  }

  /// The operand that the result equals.
  private static func unchanged(
    _ primitive: Primitive, _ operands: [ValueID], _ type: TensorType, _ rewriter: GraphRewriter
  ) -> ValueID? {
    func literal(_ index: Int) -> Literal? { rewriter.uniformLiteral(operands[index]) }
    switch primitive {
    case .stopGradient: return operands[0]
    case .convert, .reshape, .slice, .pad, .reduce, .broadcast, .transpose:
      return rewriter.graph.type(of: operands[0]) == type && isIdentity(primitive, type) ? operands[0] : nil
    case .reverse(let axes): return axes.allSatisfy { type.shape[$0] <= 1 } ? operands[0] : nil
    case .concatenate: return operands.count == 1 ? operands[0] : nil
    case .select: return operands[1] == operands[2] ? operands[1] : nil
    case .binary(.add):
      if literal(1)?.isNeutralToAdd == true { return operands[0] }
      return literal(0)?.isNeutralToAdd == true ? operands[1] : nil
    case .binary(.subtract): return literal(1)?.isNeutralToSubtract == true ? operands[0] : nil
    case .binary(.multiply):
      if literal(1)?.isOne == true { return operands[0] }
      return literal(0)?.isOne == true ? operands[1] : nil
    case .binary(.divide), .binary(.power): return literal(1)?.isOne == true ? operands[0] : nil
    case .unary(.negate), .unary(.not):
      guard let inner = rewriter.producer(of: operands[0]), inner.primitive == primitive, type.dtype != .i64 else {
        return nil
      }
      return inner.operands[0]
    default: return nil
    }
  }

  /// With the operand's own operand, one operation for two.
  private static func merged(
    _ primitive: Primitive, _ operands: [ValueID], _ type: TensorType, _ rewriter: GraphRewriter
  ) -> (Primitive, ValueID)? {
    guard let operand = operands.first, let inner = rewriter.producer(of: operand), let source = inner.operands.first
    else { return nil }
    let sourceType = rewriter.graph.type(of: source)
    switch (primitive, inner.primitive) {
    case (.reshape, .reshape): return (primitive, source)
    case (.transpose(let outer), .transpose(let first)):
      return (.transpose(permutation: outer.map { first[$0] }), source)
    case (.broadcast(let shape, let outer), .broadcast(_, let first)):
      return (.broadcast(shape, axes: first.map { outer[$0] }), source)
    case (.broadcast(let shape, _), .reshape) where sourceType.shape.rank == 0:
      return (.broadcast(shape, axes: []), source)
    case (.reshape(let shape), .broadcast) where sourceType.shape.rank == 0:
      return (.broadcast(shape, axes: []), source)
    case (.convert(let dtype), .convert(.f64)) where dtype == sourceType.dtype && dtype == .f32:
      return (.convert(.f32), source)  // f32 to f64 and back
    case (.reverse(let outer), .reverse(let first)) where outer == first:
      return (.reshape(type.shape), source)
    default: return nil
    }
  }

  /// Where reshapes merge axes into the one along which their results are joined, joins before: the parts are then
  /// copied once, from where they stand. [b, t, h, s] to [b, t, h * s] joined along the last axis is joined along h.
  private static func joinBeforeReshape(_ operation: Operation, _ rewriter: inout GraphRewriter) -> Bool {
    guard case .concatenate(let axis) = operation.primitive else { return false }
    var sources: [ValueID] = []
    var inner: [Int] = []
    var total = 0
    for operand in rewriter.mapped(operation) {
      guard let producer = rewriter.producer(of: operand), producer.primitive == .reshape(rewriter.graph.type(of: operand).shape)
      else { return false }
      let source = producer.operands[0]
      let (from, to) = (rewriter.graph.type(of: source).shape.sizes, rewriter.graph.type(of: operand).shape.sizes)
      let last = axis + from.count - to.count
      guard last > axis, from[..<axis] == to[..<axis], Array(from[(last + 1)...]) == Array(to[(axis + 1)...]),
        sources.isEmpty || Array(from[(axis + 1)...]) == inner
      else { return false }
      inner = Array(from[(axis + 1)...])
      total += from[axis]
      sources.append(source)
    }
    guard let result = operation.results.first, sources.count > 1 else { return false }
    let type = rewriter.source.type(of: result)
    let shape = Shape(type.shape.sizes[..<axis] + [total] + inner)
    let joined = rewriter.add(
      operation.primitive, sources, TensorType(type.dtype, shape), origin: operation.origin)
    rewriter.copy(operation, primitive: .reshape(type.shape), operands: [joined])
    return true
  }

  /// Whether a primitive whose operand has the result's type leaves it as it is.
  private static func isIdentity(_ primitive: Primitive, _ type: TensorType) -> Bool {
    switch primitive {
    case .convert, .reshape, .broadcast, .pad: true
    // A sum of one number begins with zero: -0 becomes 0.
    case .reduce(let reduction, let axes): axes.isEmpty && reduction != .sum
    case .slice(_, _, let strides): strides.allSatisfy { $0 == 1 }
    case .transpose(let permutation): permutation == Array(permutation.indices)
    default: false
    }
  }
}
