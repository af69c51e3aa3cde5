import TensorGraph

/// y = op(a) @ op(b)
func matmulGradients(_ transposeA: Bool, _ transposeB: Bool, _ a: Node, _ b: Node, _ g: Node) throws(TransformProblem)
  -> [Node?]
{
  [
    transposeA
      ? try b.matmul(g, transposeA: transposeB, transposeB: true) : try g.matmul(b, transposeB: !transposeB),
    transposeB
      ? try g.matmul(a, transposeA: true, transposeB: transposeA) : try a.matmul(g, transposeA: !transposeA),
  ]
}

/// a = q @ r, at least as many rows as columns. With M = r gRᵀ - gQᵀ q, and its lower triangle mirrored upward,
/// gA = (gQ + q mirrored(M)) r⁻ᵀ (Walter and Lehmann, "Algorithmic differentiation of linear algebra functions", 2010).
func qrGradients(q: Node, r: Node, gQ: Node?, gR: Node?) throws(TransformProblem) -> [Node?] {
  var m: Node
  switch (gQ, gR) {
  case (nil, nil): return []
  case (nil, let gR?): m = try r.matmul(gR, transposeB: true)
  case (let gQ?, nil): m = try -gQ.matmul(q, transposeA: true)
  case (let gQ?, let gR?): m = try r.matmul(gR, transposeB: true) - gQ.matmul(q, transposeA: true)
  }
  m = try m.triangle(lower: true) + m.triangle(lower: true, diagonal: false).matrixTransposed()
  var sum = try q.matmul(m)
  if let gQ { sum = try gQ + sum }
  let solved = try r.builder.one(.triangularSolve(lower: false, transpose: false), r, sum.matrixTransposed())
  return [try solved.matrixTransposed()]
}

/// op(a) @ y = b: gB = op(a)⁻ᵀ g and gA = -gB yᵀ (or its transpose), in the triangle that is read.
func triangularSolveGradients(lower: Bool, transpose: Bool, a: Node, y: Node, _ g: Node) throws(TransformProblem)
  -> [Node?]
{
  let gB = try g.builder.one(.triangularSolve(lower: lower, transpose: !transpose), a, g)
  let product = transpose ? try y.matmul(gB, transposeB: true) : try gB.matmul(y, transposeB: true)
  return [try (-product).triangle(lower: lower), gB]
}
