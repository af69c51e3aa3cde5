import SourceText
import TensorTypes

/// A value of one graph.
public struct ValueID: Hashable, Sendable {
  public let index: Int32
  public init(_ index: Int) { self.index = Int32(index) }
}

/// One application of a primitive. Spans and layer paths are for people: equality ignores them.
public struct Operation: Hashable, Sendable {
  public var primitive: Primitive
  public var operands: [ValueID]
  public var results: [ValueID]
  public var origin: Origin

  public init(_ primitive: Primitive, _ operands: [ValueID], _ results: [ValueID], origin: Origin) {
    self.primitive = primitive
    self.operands = operands
    self.results = results
    self.origin = origin
  }

  public static func == (a: Operation, b: Operation) -> Bool {
    a.primitive == b.primitive && a.operands == b.operands && a.results == b.results
  }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(primitive)
    hasher.combine(operands)
  }
}

/// What an operation does in a training step.
public enum Phase: UInt8, Sendable, CaseIterable { case forward, backward, optimizer }

/// Where an operation was written, in which layer it runs and for what.
public struct Origin: Hashable, Sendable {
  public var span: Span
  /// `body[0]`, `head`, ...; empty outside layers.
  public var layerPath: String
  public var phase: Phase
  public init(span: Span, layerPath: String = "", phase: Phase = .forward) {
    self.span = span
    self.layerPath = layerPath
    self.phase = phase
  }
  public static let none = Origin(span: .none)
}

/// A function over tensors in single-assignment form: operations in order of execution, each result defined once.
public struct Graph: Hashable, Sendable {
  /// The type of each value, by its index.
  public var types: [TensorType] = []
  public var inputs: [ValueID] = []
  public var operations: [Operation] = []
  public var outputs: [ValueID] = []

  public init() {}

  /// The types of inputs and what is done decide about all other types.
  public func hash(into hasher: inout Hasher) {
    for input in inputs { hasher.combine(type(of: input)) }
    hasher.combine(operations)
    hasher.combine(outputs)
  }

  @inlinable public func type(of value: ValueID) -> TensorType { types[Int(value.index)] }
  public var inputTypes: [TensorType] { inputs.map(type(of:)) }
  public var outputTypes: [TensorType] { outputs.map(type(of:)) }

  public mutating func addInput(_ type: TensorType) -> ValueID {
    let value = newValue(type)
    inputs.append(value)
    return value
  }

  public mutating func newValue(_ type: TensorType) -> ValueID {
    types.append(type)
    return ValueID(types.count - 1)
  }

  /// Appends an operation; the shape rule decides the results' types.
  public mutating func apply(_ primitive: Primitive, _ operands: [ValueID], origin: Origin) throws(ShapeProblem)
    -> [ValueID]
  {
    let resultTypes = try primitive.resultTypes(of: operands.map(type(of:)))
    let results = resultTypes.map { newValue($0) }
    operations.append(Operation(primitive, operands, results, origin: origin))
    return results
  }

  /// Copies another graph's operations in, its inputs bound to `arguments`, and gives its outputs.
  public mutating func inline(_ other: Graph, arguments: [ValueID]) -> [ValueID] {
    var map = [ValueID?](repeating: nil, count: other.types.count)
    for (input, argument) in zip(other.inputs, arguments) { map[Int(input.index)] = argument }
    for operation in other.operations {
      let operands = operation.operands.compactMap { map[Int($0.index)] }
      var results: [ValueID] = []
      for result in operation.results {
        let copy = newValue(other.type(of: result))
        map[Int(result.index)] = copy
        results.append(copy)
      }
      operations.append(Operation(operation.primitive, operands, results, origin: operation.origin))
    }
    return other.outputs.compactMap { map[Int($0.index)] }
  }
}
