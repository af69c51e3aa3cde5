import TensorGraph
import TensorTypes

func transposeGradient(_ permutation: [Int], _ g: Node) throws(TransformProblem) -> Node {
  var inverse = permutation
  for (axis, source) in permutation.enumerated() { inverse[source] = axis }
  return try g.transposed(inverse)
}

/// What was repeated is summed.
func broadcastGradient(_ axes: [Int], x: Node, _ g: Node) throws(TransformProblem) -> Node {
  let stretched = g.shape.indices.filter { target in
    guard let axis = axes.firstIndex(of: target) else { return true }
    return x.shape[axis] != g.shape[target]
  }
  return try g.sum(stretched).reshaped(x.shape)
}

/// What was not read gets zeros.
func sliceGradient(_ starts: [Int], _ strides: [Int], x: Node, _ g: Node) throws(TransformProblem) -> Node? {
  if g.shape.contains(0) { return nil }
  let ends = g.shape.indices.map { starts[$0] + (g.shape[$0] - 1) * strides[$0] + 1 }
  return try g.padded(
    g.builder.constant(0, TensorType(g.dtype, .scalar)), low: starts,
    high: x.shape.indices.map { x.shape[$0] - ends[$0] },
    interior: strides.map { $0 - 1 })
}

/// (x, value): x takes its own places, the value the sum of all others.
func padGradients(_ low: [Int], _ interior: [Int], x: Node, _ g: Node) throws(TransformProblem) -> [Node?] {
  if x.shape.contains(0) { return [nil, try g.sum(Array(0..<g.rank))] }
  let strides = interior.map { $0 + 1 }
  let limits = x.shape.indices.map { low[$0] + (x.shape[$0] - 1) * strides[$0] + 1 }
  let others = try g.builder.one(.updateSlice(starts: low, strides: strides), g, x.filled(0))
  return [try g.sliced(starts: low, limits: limits, strides: strides), try others.sum(Array(0..<g.rank))]
}

func concatenateGradients(_ axis: Int, _ x: [Node], _ g: Node) throws(TransformProblem) -> [Node?] {
  var start = 0
  var result: [Node?] = []
  for operand in x {
    let end = start + operand.shape[axis]
    result.append(try g.sliced(axis: axis, start..<end))
    start = end
  }
  return result
}

/// (x, patch): the patch takes its places, x all others.
func updateSliceGradients(_ starts: [Int], _ strides: [Int], patch: Node, _ g: Node) throws(TransformProblem)
  -> [Node?]
{
  if patch.shape.contains(0) { return [g] }
  let limits = patch.shape.indices.map { starts[$0] + (patch.shape[$0] - 1) * strides[$0] + 1 }
  return [
    try g.builder.one(.updateSlice(starts: starts, strides: strides), g, patch.filled(0)),
    try g.sliced(starts: starts, limits: limits, strides: strides),
  ]
}
