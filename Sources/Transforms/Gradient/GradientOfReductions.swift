import TensorGraph
import TensorTypes

func reduceGradient(_ reduction: Reduction, _ axes: [Int], x: Node, y: Node, _ g: Node) throws(TransformProblem)
  -> Node?
{
  switch reduction {
  case .sum: return try g.spread(along: axes, of: x.shape)
  case .product: return try productGradient(axes, x: x, g)
  case .maximum, .minimum:
    // Equal elements share the cotangent.
    let isChosen = try x.compare(.equal, y.spread(along: axes, of: x.shape))
    let share = try g / isChosen.converted(to: g.dtype).sum(axes)
    return try isChosen.select(share.spread(along: axes, of: x.shape), x.filled(0))
  case .all, .any: return nil
  }
}

/// The cotangent times the product of all the others, which, unlike the product divided by x, is right at zeros.
private func productGradient(_ axes: [Int], x: Node, _ g: Node) throws(TransformProblem) -> Node? {
  if x.shape.contains(0) { return nil }
  // The reduced axes become one, the last.
  let kept = x.shape.indices.filter { !axes.contains($0) }
  let permutation = kept + axes
  let rows = try x.transposed(permutation)
  let last = kept.count
  let flat = try rows.reshaped(kept.map { x.shape[$0] } + [axes.reduce(1) { $0 * x.shape[$1] }])
  let before = try productBefore(flat, axis: last)
  let after = try productBefore(flat.reversed([last]), axis: last).reversed([last])
  let gradient = try g.spread(along: [last], of: flat.shape) * (before * after)
  return try transposeGradient(permutation, gradient.reshaped(rows.shape))
}

/// For each element the product of those before it along a non-empty axis.
private func productBefore(_ x: Node, axis: Int) throws(TransformProblem) -> Node {
  try x.sliced(axis: axis, 0..<(x.shape[axis] - 1)).padded(axis: axis, low: 1, with: 1)
    .cumulated(.product, axis: axis)
}

func cumulateGradient(_ cumulation: Cumulation, _ axis: Int, x: Node, y: Node, _ g: Node) throws(TransformProblem)
  -> Node?
{
  if x.shape.contains(0) { return nil }
  switch cumulation {
  case .sum: return try g.reversed([axis]).cumulated(.sum, axis: axis).reversed([axis])
  case .product: return try cumulativeProductGradient(axis, x: x, g)
  case .maximum: return try cumulativeExtremeGradient(.greaterOrEqual, axis, x: x, y: y, g)
  case .minimum: return try cumulativeExtremeGradient(.lessOrEqual, axis, x: x, y: y, g)
  }
}

/// With p the product of the elements before, the cotangent of x[k] is p[k] · r[k], where
/// r[k] = g[k] + x[k+1] · r[k+1]: right at zeros, where a division by x would not be.
private func cumulativeProductGradient(_ axis: Int, x: Node, _ g: Node) throws(TransformProblem) -> Node {
  let length = x.shape[axis]
  let next = try x.sliced(axis: axis, 1..<length).padded(axis: axis, high: 1, with: 0).moved(axis: axis, to: 0)
  let slice = TensorType(x.dtype, Shape(Array(next.shape.dropFirst())))

  let body = GraphBuilder()
  body.origin = x.builder.origin
  let (r, gSlice, xSlice) = (body.input(slice), body.input(slice), body.input(slice))
  let sum = try gSlice + xSlice * r
  body.setOutputs([sum, sum])
  let scan = Scan(body: body.graph, constantCount: 0, carryCount: 1, length: length, isReversed: true)
  let results = try x.builder.apply(
    .scan(scan), [x.builder.constant(0, slice), g.moved(axis: axis, to: 0), next])
  return try productBefore(x, axis: axis) * results[1].moved(axis: 0, to: axis)
}

/// Each cotangent goes to the element that set the record standing at its place; an equal one sets it anew, as in
/// PyTorch's cummax.
private func cumulativeExtremeGradient(_ beats: Comparison, _ axis: Int, x: Node, y: Node, _ g: Node)
  throws(TransformProblem) -> Node
{
  let length = x.shape[axis]
  let places = try x.builder.iota(.i64, x.shape, axis: axis)
  // Place 0 is the first record: where nothing later beats it, 0 is the largest place.
  let record = try y.sliced(axis: axis, 0..<(length - 1)).padded(axis: axis, low: 1, with: 0)
  let source = try x.compare(beats, record).select(places, places.filled(0)).cumulated(.maximum, axis: axis)
  return try x.builder.one(.scatterAddAlong(axis: axis, size: length), g, source)
}
