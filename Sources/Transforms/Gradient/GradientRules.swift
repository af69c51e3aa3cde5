import TensorGraph

/// The derivative rule of every primitive, in reverse: from the operands `x`, the results `y` and the results'
/// cotangents `g` to the operands' cotangents. nil stands for zeros, in `g` and in the answer; an operand beyond the
/// answer's end has zeros too.
///
/// Rules are written over primitives, so the derivative of a derivative needs nothing else.
func operandGradients(of primitive: Primitive, x: [Node], y: [Node], g: [Node?]) throws(TransformProblem) -> [Node?] {
  if case .qr = primitive { return try qrGradients(q: y[0], r: y[1], gQ: g[0], gR: g[1]) }
  // All others have one result with a cotangent, the first.
  guard let g = g.first ?? nil else { return [] }
  switch primitive {
  case .constant, .iota, .compare, .stopGradient, .argReduce, .random, .foldKey, .check: return []

  case .unary(let operation): return [try unaryGradient(operation, x: x[0], y: y[0], g)]
  case .binary(let operation): return try binaryGradients(operation, x[0], x[1], y: y[0], g)
  case .select: return [nil, try x[0].select(g, g.filled(0)), try x[0].select(g.filled(0), g)]
  case .convert: return [try g.converted(to: x[0].dtype)]

  case .reshape: return [try g.reshaped(x[0].shape)]
  case .transpose(let permutation): return [try transposeGradient(permutation, g)]
  case .broadcast(_, let axes): return [try broadcastGradient(axes, x: x[0], g)]
  case .slice(let starts, _, let strides): return [try sliceGradient(starts, strides, x: x[0], g)]
  case .pad(let low, _, let interior): return try padGradients(low, interior, x: x[0], g)
  case .concatenate(let axis): return try concatenateGradients(axis, x, g)
  case .reverse(let axes): return [try g.reversed(axes)]
  case .updateSlice(let starts, let strides): return try updateSliceGradients(starts, strides, patch: x[1], g)

  case .reduce(let reduction, let axes): return [try reduceGradient(reduction, axes, x: x[0], y: y[0], g)]
  case .cumulate(let cumulation, let axis): return [try cumulateGradient(cumulation, axis, x: x[0], y: y[0], g)]

  case .matmul(let transposeA, let transposeB): return try matmulGradients(transposeA, transposeB, x[0], x[1], g)
  case .triangularSolve(let lower, let transpose):
    return try triangularSolveGradients(lower: lower, transpose: transpose, a: x[0], y: y[0], g)
  case .qr: return []

  case .convolve(let convolution): return try convolveGradients(convolution, x[0], x[1], g)
  case .convolveInput(let convolution, _): return try convolveInputGradients(convolution, x[0], x[1], g)
  case .convolveWeight(let convolution, _): return try convolveWeightGradients(convolution, x[0], x[1], g)
  // Which element is taken changes in steps: no derivative in x.
  case .windowTake(let window): return [nil, try g.builder.one(.windowAdd(window), x[0], g)]
  case .windowAdd(let window): return [nil, try g.builder.one(.windowTake(window), x[0], g)]

  case .take(let axis): return [try g.builder.one(.scatterAdd(axis: axis, size: x[0].shape[axis]), g, x[1])]
  case .scatterAdd(let axis, _): return [try g.builder.one(.take(axis: axis), g, x[1])]
  case .takeAlong(let axis):
    return [try g.builder.one(.scatterAddAlong(axis: axis, size: x[0].shape[axis]), g, x[1])]
  case .scatterAddAlong(let axis, _): return [try g.builder.one(.takeAlong(axis: axis), g, x[1])]
  case .sort(let axis, _):
    return [try g.builder.one(.scatterAddAlong(axis: axis, size: x[0].shape[axis]), g, y[1])]

  // `differentiate` handles scans, which need room in the forward pass.
  case .scan: return []
  case .whileLoop: throw TransformProblem(.gradientOfWhile, at: g.builder.origin)
  }
}
