import TensorGraph
import TensorTypes

extension Batcher {
  /// The batching rule of every primitive. At least one operand is batched, or the primitive draws; axis 0 of a batched
  /// value counts the examples, so a primitive's own axes move up by one.
  func results(of primitive: Primitive, _ x: [Batched]) throws(TransformProblem) -> [Batched] {
    switch primitive {
    case .constant, .iota: return try builder.apply(primitive, []).map { Batched($0, isBatched: false) }

    case .unary, .binary, .compare, .select, .convert, .stopGradient: return try apply(primitive, x)

    case .reshape(let shape): return try apply(.reshape(Shape([size] + shape.sizes)), x)
    case .transpose(let permutation): return try apply(.transpose(permutation: [0] + up(permutation)), x)
    case .broadcast(let shape, let axes):
      return try apply(.broadcast(Shape([size] + shape.sizes), axes: [0] + up(axes)), x)
    case .slice(let starts, let limits, let strides):
      return try apply(.slice(starts: [0] + starts, limits: [size] + limits, strides: [1] + strides), x)
    case .pad(let low, let high, let interior):
      return [try pad(x[0], x[1], low: low, high: high, interior: interior)]
    case .concatenate(let axis): return try apply(.concatenate(axis: axis + 1), x)
    case .reverse(let axes): return try apply(.reverse(axes: up(axes)), x)
    case .updateSlice(let starts, let strides):
      return try apply(.updateSlice(starts: [0] + starts, strides: [1] + strides), x)

    case .reduce(let reduction, let axes): return try apply(.reduce(reduction, axes: up(axes)), x)
    case .argReduce(let reduction, let axis): return try apply(.argReduce(reduction, axis: axis + 1), x)
    case .cumulate(let cumulation, let axis): return try apply(.cumulate(cumulation, axis: axis + 1), x)

    case .matmul(let transposeA, let transposeB): return [try matmul(x[0], x[1], transposeA, transposeB)]
    case .qr: return try apply(.qr, x)
    case .triangularSolve: return [try triangularSolve(primitive, x[0], x[1])]

    case .convolve(let convolution): return [try convolve(convolution, x[0], x[1])]
    case .convolveInput(let convolution, let sizes): return [try convolveInput(convolution, sizes, x[0], x[1])]
    case .convolveWeight(let convolution, let sizes): return [try convolveWeight(convolution, sizes, x[0], x[1])]
    case .windowTake, .windowAdd: return [try foldExamples(primitive, x)]

    case .take(let axis): return [try take(x[0], x[1], axis: axis)]
    case .scatterAdd(let axis, let size): return [try scatterAdd(x[0], x[1], axis: axis, size: size)]
    case .takeAlong(let axis): return try apply(.takeAlong(axis: axis + 1), x)
    case .scatterAddAlong(let axis, let size): return try apply(.scatterAddAlong(axis: axis + 1, size: size), x)
    case .sort(let axis, let descending): return try apply(.sort(axis: axis + 1, descending: descending), x)

    case .random(let distribution, let type):
      if x[0].isBatched { return try loopOverExamples(primitive, x) }
      return [Batched(try builder.one(.random(distribution, batched(type)), x[0].node))]
    case .foldKey: return try loopOverExamples(primitive, x)

    case .scan(let scan): return try self.scan(scan, x)
    case .whileLoop:
      if primitive.draws { throw TransformProblem(.drawInWhile, at: builder.origin) }
      return try loopOverExamples(primitive, x)

    case .check:
      let all = try builder.one(.reduce(.all, axes: [0]), x[0].node)
      return try builder.apply(primitive, [all]).map { Batched($0) }
    }
  }

  private func up(_ axes: [Int]) -> [Int] { axes.map { $0 + 1 } }
}
