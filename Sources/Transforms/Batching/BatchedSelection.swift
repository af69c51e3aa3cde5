import TensorGraph
import TensorTypes

extension Batcher {
  func take(_ x: Batched, _ ids: Batched, axis: Int) throws(TransformProblem) -> Batched {
    if !ids.isBatched { return Batched(try builder.one(.take(axis: axis + 1), x.node, ids.node)) }
    if !x.isBatched { return Batched(try builder.one(.take(axis: axis), x.node, ids.node).moved(axis: axis, to: 0)) }
    // Each example has its own rows and its own ids, which are spread over the other axes.
    let (before, after) = (Array(x.shape.prefix(axis)), Array(x.shape.dropFirst(axis + 1)))
    let flat = try flatIDs(ids.node, before: before, after: after)
    let taken = try builder.one(.takeAlong(axis: axis + 1), x.node, flat)
    return Batched(try taken.reshaped([size] + before + ids.shape + after))
  }

  func scatterAdd(_ updates: Batched, _ ids: Batched, axis: Int, size rows: Int) throws(TransformProblem) -> Batched {
    if !ids.isBatched {
      return Batched(try builder.one(.scatterAdd(axis: axis + 1, size: rows), updates.node, ids.node))
    }
    let before = Array(updates.shape.prefix(axis))
    let after = Array(updates.shape.dropFirst(axis + ids.shape.count))
    let flat = try flatIDs(ids.node, before: before, after: after)
    let flatUpdates = try together(updates).reshaped(flat.shape)
    return Batched(try builder.one(.scatterAddAlong(axis: axis + 1, size: rows), flatUpdates, flat))
  }

  /// Ids [examples, ...] as [examples] + before + [count of ids] + after.
  private func flatIDs(_ ids: Node, before: [Int], after: [Int]) throws(TransformProblem) -> Node {
    let count = ids.shape.dropFirst().reduce(1, *)
    return try ids.reshaped([size, count])
      .broadcast(to: [size] + before + [count] + after, axes: [0, before.count + 1])
  }

  func pad(_ x: Batched, _ value: Batched, low: [Int], high: [Int], interior: [Int]) throws(TransformProblem)
    -> Batched
  {
    let (low, high, interior) = ([0] + low, [0] + high, [0] + interior)
    let node = try together(x)
    if !value.isBatched { return Batched(try node.padded(value.node, low: low, high: high, interior: interior)) }
    // Every example has its own value: it stands wherever a mask padded alike is false.
    let mask = try builder.constant(1, TensorType(.bool, node.type.shape))
      .padded(builder.constant(0, TensorType(.bool, .scalar)), low: low, high: high, interior: interior)
    let zero = try builder.constant(0, TensorType(node.dtype, .scalar))
    let padded = try node.padded(zero, low: low, high: high, interior: interior)
    return Batched(try mask.select(padded, value.node.broadcast(to: padded.shape, axes: [0])))
  }
}
