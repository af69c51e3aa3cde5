import TensorGraph
import TensorTypes

/// A graph under construction. Rules write their operations through `Node`s, which share one builder.
final class GraphBuilder {
  private(set) var graph = Graph()
  /// The origin of the operations made from now on: that of the operation whose rule is at work.
  var origin = Origin.none
  /// Floating values known to have one value in every element.
  private var uniformValues: [ValueID: Double] = [:]

  func node(_ id: ValueID) -> Node { Node(builder: self, id: id, type: graph.type(of: id)) }

  func input(_ type: TensorType) -> Node { node(graph.addInput(type)) }

  func setOutputs(_ nodes: [Node]) { graph.outputs = nodes.map(\.id) }

  func apply(_ primitive: Primitive, _ operands: [Node]) throws(TransformProblem) -> [Node] {
    let results: [ValueID]
    do {
      results = try graph.apply(primitive, operands.map(\.id), origin: origin)
    } catch {
      throw TransformProblem(.shape(error), at: origin)
    }
    noteUniform(primitive, operands.map(\.id), results)
    return results.map(node)
  }

  /// The result of a primitive that has one.
  func one(_ primitive: Primitive, _ operands: Node...) throws(TransformProblem) -> Node {
    try apply(primitive, operands)[0]
  }

  func one(_ primitive: Primitive, _ operands: [Node]) throws(TransformProblem) -> Node {
    try apply(primitive, operands)[0]
  }

  /// An operation of another graph, whose result types are known.
  func copy(_ operation: Operation, _ operands: [Node], from other: Graph) -> [Node] {
    origin = operation.origin
    let results = operation.results.map { graph.newValue(other.type(of: $0)) }
    graph.operations.append(
      Operation(operation.primitive, operands.map(\.id), results, origin: operation.origin))
    noteUniform(operation.primitive, operands.map(\.id), results)
    return results.map(node)
  }

  /// A tensor with one value everywhere.
  func constant(_ value: Double, _ type: TensorType) throws(TransformProblem) -> Node {
    let scalar = try one(.constant(.float(value, type.dtype)))
    return try scalar.broadcast(to: type.shape.sizes, axes: [])
  }

  /// 0, 1, 2, ... along an axis.
  func iota(_ dtype: DType, _ shape: [Int], axis: Int) throws(TransformProblem) -> Node {
    try one(.iota(TensorType(dtype, Shape(shape)), axis: axis))
  }

  func uniformValue(of id: ValueID) -> Double? { uniformValues[id] }

  private func noteUniform(_ primitive: Primitive, _ operands: [ValueID], _ results: [ValueID]) {
    guard let result = results.first, graph.type(of: result).dtype.isFloating else { return }
    switch primitive {
    case .constant(.f32(let bits)): uniformValues[result] = Double(Float(bitPattern: bits))
    case .constant(.f64(let bits)): uniformValues[result] = Double(bitPattern: bits)
    case .broadcast, .reshape: uniformValues[result] = uniformValues[operands[0]]
    case .convert:
      let value = uniformValues[operands[0]]
      uniformValues[result] = graph.type(of: result).dtype == .f32 ? value.map { Double(Float($0)) } : value
    default: break
    }
  }
}
