import TensorGraph

extension Batcher {
  /// One product for all examples. Where one side is shared, the examples of the other become further rows of a single
  /// product, so the shared matrix is read once.
  func matmul(_ a: Batched, _ b: Batched, _ transposeA: Bool, _ transposeB: Bool) throws(TransformProblem) -> Batched {
    if a.isBatched && b.isBatched {
      return Batched(try a.node.matmul(b.node, transposeA: transposeA, transposeB: transposeB))
    }
    if a.isBatched {
      let rows = transposeA ? try a.node.matrixTransposed() : a.node
      return Batched(try unfolded(folded(rows).matmul(b.node, transposeB: transposeB)))
    }
    // transpose(a @ b) = transpose(b) @ transpose(a)
    let rows = transposeB ? b.node : try b.node.matrixTransposed()
    return Batched(try unfolded(folded(rows).matmul(a.node, transposeB: !transposeA)).matrixTransposed())
  }

  /// From [examples, ..., m, k] to [..., examples * m, k].
  private func folded(_ x: Node) throws(TransformProblem) -> Node {
    let place = x.rank - 3
    let shape = Array(x.shape.dropFirst())
    return try x.moved(axis: 0, to: place).reshaped(shape.prefix(place) + [size * shape[place], shape[place + 1]])
  }

  /// From [..., examples * m, n] to [examples, ..., m, n].
  private func unfolded(_ x: Node) throws(TransformProblem) -> Node {
    let place = x.rank - 2
    let rows = size == 0 ? 0 : x.shape[place] / size
    return try x.reshaped(x.shape.prefix(place) + [size, rows, x.shape[place + 1]]).moved(axis: place, to: 0)
  }

  /// Where the matrix is shared, the examples become further columns of the right side.
  func triangularSolve(_ primitive: Primitive, _ a: Batched, _ b: Batched) throws(TransformProblem) -> Batched {
    if a.isBatched { return try apply(primitive, [a, b])[0] }
    let place = b.node.rank - 2
    let columns = try b.node.moved(axis: 0, to: place)
    let flat = try columns.reshaped(columns.shape.prefix(place) + [size * columns.shape[place + 1]])
    let solved = try builder.one(primitive, a.node, flat)
    return Batched(try solved.reshaped(columns.shape).moved(axis: place, to: 0))
  }
}
