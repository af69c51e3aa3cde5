import TensorGraph
import TensorTypes

/// The graph that computes a graph for `size` examples at once.
///
/// An input marked in `batchedInputs` gets a leading axis of `size`, one entry an example; the others are shared. The
/// answer says which outputs have such an axis; the others are the same for all examples. Every draw of random numbers
/// is one for each example, made at once: examples get what the elements of a batch would get.
public func vmapGraph(of graph: Graph, batchedInputs: [Bool], size: Int) throws(TransformProblem) -> (
  graph: Graph, batchedOutputs: [Bool]
) {
  if size < 0 { throw TransformProblem(.negativeSize(size)) }
  if batchedInputs.count != graph.inputs.count {
    throw TransformProblem(.flagCount(expected: graph.inputs.count, found: batchedInputs.count))
  }
  let none = [Bool](repeating: false, count: graph.outputs.count)
  return try batch(graph, inputs: batchedInputs, size: size, outputs: none)
}

/// As `vmapGraph`, but the outputs marked in `outputs` are batched whether they differ or not.
func batch(_ graph: Graph, inputs: [Bool], size: Int, outputs: [Bool]) throws(TransformProblem) -> (
  graph: Graph, batchedOutputs: [Bool]
) {
  let builder = GraphBuilder()
  let batcher = Batcher(builder: builder, size: size)
  var values = [Batched?](repeating: nil, count: graph.types.count)
  for (input, isBatched) in zip(graph.inputs, inputs) {
    let type = graph.type(of: input)
    values[Int(input.index)] = Batched(
      builder.input(isBatched ? batcher.batched(type) : type), isBatched: isBatched)
  }
  for operation in graph.operations {
    builder.origin = operation.origin
    let operands = operation.operands.compactMap { values[Int($0.index)] }
    let results: [Batched]
    if operands.contains(where: \.isBatched) || operation.primitive.draws {
      results = try batcher.results(of: operation.primitive, operands)
    } else {
      results = builder.copy(operation, operands.map(\.node), from: graph).map { Batched($0, isBatched: false) }
    }
    for (value, result) in zip(operation.results, results) { values[Int(value.index)] = result }
  }

  builder.origin = .none
  var nodes: [Node] = []
  var isBatched: [Bool] = []
  for (output, isForced) in zip(graph.outputs.compactMap({ values[Int($0.index)] }), outputs) {
    nodes.append(isForced ? try batcher.together(output) : output.node)
    isBatched.append(isForced || output.isBatched)
  }
  builder.setOutputs(nodes)
  return (builder.graph, isBatched)
}

/// A value under vmap: with a leading axis of examples, or one for all of them.
struct Batched {
  var node: Node
  var isBatched: Bool

  init(_ node: Node, isBatched: Bool = true) {
    self.node = node
    self.isBatched = isBatched
  }

  /// The shape for one example.
  var shape: [Int] { isBatched ? Array(node.shape.dropFirst()) : node.shape }
}

/// What the batching rules work with.
struct Batcher {
  let builder: GraphBuilder
  let size: Int

  /// The type with a leading axis of examples.
  func batched(_ type: TensorType) -> TensorType { TensorType(type.dtype, Shape([size] + type.shape.sizes)) }

  /// The value with a leading axis of examples, repeated where it is one for all.
  func together(_ value: Batched) throws(TransformProblem) -> Node {
    if value.isBatched { return value.node }
    return try value.node.broadcast(to: [size] + value.shape, axes: value.shape.indices.map { $0 + 1 })
  }

  func together(_ values: [Batched]) throws(TransformProblem) -> [Node] {
    var nodes: [Node] = []
    for value in values { nodes.append(try together(value)) }
    return nodes
  }

  /// All operands batched, all results batched: for primitives that only need their attributes moved.
  func apply(_ primitive: Primitive, _ operands: [Batched]) throws(TransformProblem) -> [Batched] {
    try builder.apply(primitive, together(operands)).map { Batched($0) }
  }

  /// Any primitive, one example after the other, by a scan over the batched operands.
  func loopOverExamples(_ primitive: Primitive, _ operands: [Batched]) throws(TransformProblem) -> [Batched] {
    let shared = operands.filter { !$0.isBatched }
    let sliced = operands.filter(\.isBatched)
    let body = GraphBuilder()
    body.origin = builder.origin
    var constants = shared.map { body.input($0.node.type) }[...]
    var slices = sliced.map { body.input(TensorType($0.node.dtype, Shape($0.shape))) }[...]
    let arguments = operands.compactMap { $0.isBatched ? slices.popFirst() : constants.popFirst() }
    body.setOutputs(try body.apply(primitive, arguments))
    let scan = Scan(
      body: body.graph, constantCount: shared.count, carryCount: 0, length: size, isReversed: false)
    return try builder.apply(.scan(scan), (shared + sliced).map(\.node)).map { Batched($0) }
  }
}

extension Primitive {
  /// Whether it draws random numbers, itself or in a loop's graph.
  var draws: Bool {
    if case .random = self { return true }
    return graphs.contains { $0.operations.contains { $0.primitive.draws } }
  }
}
