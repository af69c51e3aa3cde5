import TensorGraph
import TensorTypes

/// Convolutions of all examples at once. With one weight for all, the examples are further images of the batch; with
/// a weight for each, they are groups of channels.
extension Batcher {
  func convolve(_ convolution: Convolution, _ x: Batched, _ weight: Batched) throws(TransformProblem) -> Batched {
    if !weight.isBatched { return try foldExamples(.convolve(convolution), x, shared: weight) }
    if size == 0 { return try ofNothing(.convolve(convolution), x, weight) }
    let y = try builder.one(.convolve(grouped(convolution)), channels(x), channels(weight))
    return Batched(try examples(y))
  }

  func convolveInput(_ convolution: Convolution, _ sizes: [Int], _ g: Batched, _ weight: Batched)
    throws(TransformProblem) -> Batched
  {
    if !weight.isBatched { return try foldExamples(.convolveInput(convolution, sizes: sizes), g, shared: weight) }
    if size == 0 { return try ofNothing(.convolveInput(convolution, sizes: sizes), g, weight) }
    let x = try builder.one(.convolveInput(grouped(convolution), sizes: sizes), channels(g), channels(weight))
    return Batched(try examples(x))
  }

  func convolveWeight(_ convolution: Convolution, _ sizes: [Int], _ x: Batched, _ g: Batched)
    throws(TransformProblem) -> Batched
  {
    if size == 0 { return try ofNothing(.convolveWeight(convolution, sizes: sizes), x, g) }
    let weight = try builder.one(.convolveWeight(grouped(convolution), sizes: sizes), channels(x), channels(g))
    return Batched(try examples(weight))
  }

  /// A primitive over images, all examples' images in one batch.
  func foldExamples(_ primitive: Primitive, _ operands: [Batched]) throws(TransformProblem) -> Batched {
    var folded: [Node] = []
    for operand in operands { folded.append(try images(operand)) }
    return Batched(try unfolded(builder.one(primitive, folded), operands[0]))
  }

  private func foldExamples(_ primitive: Primitive, _ x: Batched, shared: Batched) throws(TransformProblem) -> Batched {
    Batched(try unfolded(builder.one(primitive, images(x), shared.node), x))
  }

  private func images(_ x: Batched) throws(TransformProblem) -> Node {
    try together(x).reshaped([size * x.shape[0]] + x.shape[1...])
  }

  private func unfolded(_ y: Node, _ x: Batched) throws(TransformProblem) -> Node {
    try y.reshaped([size, x.shape[0]] + y.shape[1...])
  }

  /// No examples: groups without channels have no shape that says how large each would be.
  private func ofNothing(_ primitive: Primitive, _ operands: Batched...) throws(TransformProblem) -> Batched {
    let type: TensorType
    do {
      type = try primitive.resultTypes(of: operands.map { TensorType($0.node.dtype, Shape($0.shape)) })[0]
    } catch {
      throw TransformProblem(.shape(error), at: builder.origin)
    }
    return Batched(try builder.constant(0, batched(type)))
  }

  private func grouped(_ convolution: Convolution) -> Convolution {
    var result = convolution
    result.groups *= size
    return result
  }

  /// [examples, a, b, c, channels] to [a, b, c, examples * channels].
  private func channels(_ x: Batched) throws(TransformProblem) -> Node {
    try together(x).moved(axis: 0, to: 3).reshaped(x.shape.prefix(3) + [size * x.shape[3]])
  }

  /// The reverse of `channels`.
  private func examples(_ y: Node) throws(TransformProblem) -> Node {
    try y.reshaped(y.shape.prefix(3) + [size, y.shape[3] / size]).moved(axis: 3, to: 0)
  }
}
