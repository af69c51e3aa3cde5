import TensorGraph
import TensorRuntime
import TensorTypes

/// Computes elementwise operations on literals, by the kernels themselves so that the bits are the same. Operations
/// whose operands are all spread scalars are done once on the scalars.
enum ConstantFolding {
  private struct Work: Hashable {
    var primitive: Primitive
    var operands: [Literal]
    var dtype: DType
  }

  static func run(_ graph: Graph) -> Graph {
    var rewriter = GraphRewriter(graph)
    /// An optimizer computes the same numbers for each parameter.
    var known: [Work: Literal?] = [:]
    func folded(_ primitive: Primitive, _ operands: [Literal?], _ dtype: DType) -> Literal? {
      let literals = operands.compactMap { $0 }
      guard literals.count == operands.count else { return nil }
      let work = Work(primitive: primitive, operands: literals, dtype: dtype)
      if let result = known[work] { return result }
      let result = fold(primitive, literals, dtype)
      known[work] = .some(result)
      return result
    }
    for operation in graph.operations {
      if operation.primitive.hasBody {
        rewriter.copy(operation, primitive: operation.primitive.mappingBodies(run))
        continue
      }
      guard isElementwise(operation.primitive), let result = operation.results.first else {
        rewriter.copy(operation)
        continue
      }
      let operands = rewriter.mapped(operation)
      let type = graph.type(of: result)
      if type.shape.rank == 0 {
        if let literal = folded(operation.primitive, operands.map(rewriter.literal), type.dtype) {
          rewriter.replace(result, with: rewriter.add(.constant(literal), [], type, origin: operation.origin))
        } else {
          rewriter.copy(operation)
        }
        continue
      }
      let scalars = operands.compactMap { scalar(behind: $0, rewriter) }
      guard scalars.count == operands.count else {
        rewriter.copy(operation)
        continue
      }
      let scalarType = TensorType(type.dtype, .scalar)
      let value: ValueID
      if let literal = folded(operation.primitive, scalars.map(rewriter.literal), type.dtype) {
        value = rewriter.add(.constant(literal), [], scalarType, origin: operation.origin)
      } else {
        value = rewriter.add(operation.primitive, scalars, scalarType, origin: operation.origin)
      }
      rewriter.replace(
        result, with: rewriter.add(.broadcast(type.shape, axes: []), [value], type, origin: operation.origin))
    }
    return rewriter.finished()
  }

  private static func isElementwise(_ primitive: Primitive) -> Bool {
    switch primitive {
    case .unary, .binary, .compare, .select, .convert: true
    default: false
    }
  }

  /// The scalar that a value repeats.
  private static func scalar(behind value: ValueID, _ rewriter: GraphRewriter) -> ValueID? {
    guard let producer = rewriter.producer(of: value), case .broadcast(let shape, _) = producer.primitive,
      shape.count > 0, let scalar = producer.operands.first, rewriter.graph.type(of: scalar).shape.rank == 0
    else { return nil }
    return scalar
  }

  private static func fold(_ primitive: Primitive, _ operands: [Literal], _ dtype: DType) -> Literal? {
    var tensors: [Tensor] = []
    for literal in operands {
      guard let tensor = try? Eager.apply(.constant(literal), []).first else { return nil }
      tensors.append(tensor)
    }
    // A problem (an integer division by zero) is left for the run to report.
    guard let result = try? Eager.apply(primitive, tensors).first, result.dtype == dtype else { return nil }
    let address = UnsafeRawPointer(result.address)
    return switch dtype {
    case .f32: .f32(bits: address.load(as: UInt32.self))
    case .f64: .f64(bits: address.load(as: UInt64.self))
    case .i64: .i64(address.load(as: Int.self))
    case .bool: .bool(address.load(as: UInt8.self) != 0)
    }
  }
}
