import TensorTypes

/// What makes a graph malformed: a mistake of the program that built it, never of the user's.
public struct GraphProblem: Error, Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// A value that is used before any operation or input defines it.
    case undefined(ValueID)
    case definedTwice(ValueID)
    /// A recorded type without a definition.
    case neverDefined(ValueID)
    case shape(ShapeProblem)
    case resultCount(expected: Int, found: Int)
    case resultType(ValueID, expected: TensorType, found: TensorType)
  }
  public var kind: Kind
  /// The operations that lead to the place, outermost first; empty for the inputs and outputs of the graph itself.
  public var path: [Int]

  public init(kind: Kind, path: [Int]) {
    self.kind = kind
    self.path = path
  }
}

extension Graph {
  /// Checks that every value is defined exactly once and before its uses, and that each recorded type is the one that
  /// the shape rule gives; the same in the graphs of loops.
  public func verify() throws(GraphProblem) {
    var isDefined = [Bool](repeating: false, count: types.count)

    func define(_ value: ValueID, _ path: [Int]) throws(GraphProblem) {
      guard types.indices.contains(Int(value.index)) else { throw GraphProblem(kind: .undefined(value), path: path) }
      if isDefined[Int(value.index)] { throw GraphProblem(kind: .definedTwice(value), path: path) }
      isDefined[Int(value.index)] = true
    }
    func use(_ value: ValueID, _ path: [Int]) throws(GraphProblem) {
      guard types.indices.contains(Int(value.index)), isDefined[Int(value.index)] else {
        throw GraphProblem(kind: .undefined(value), path: path)
      }
    }

    for input in inputs { try define(input, []) }
    for (index, operation) in operations.enumerated() {
      for operand in operation.operands { try use(operand, [index]) }
      for nested in operation.primitive.graphs {
        do { try nested.verify() } catch { throw GraphProblem(kind: error.kind, path: [index] + error.path) }
      }
      let expected: [TensorType]
      do {
        expected = try operation.primitive.resultTypes(of: operation.operands.map(type(of:)))
      } catch {
        throw GraphProblem(kind: .shape(error), path: [index])
      }
      guard operation.results.count == expected.count else {
        throw GraphProblem(
          kind: .resultCount(expected: expected.count, found: operation.results.count), path: [index])
      }
      for (result, type) in zip(operation.results, expected) {
        try define(result, [index])
        let found = self.type(of: result)
        if found != type {
          throw GraphProblem(kind: .resultType(result, expected: type, found: found), path: [index])
        }
      }
    }
    for output in outputs { try use(output, []) }
    if let unused = isDefined.firstIndex(of: false) {
      throw GraphProblem(kind: .neverDefined(ValueID(unused)), path: [])
    }
  }
}

extension Primitive {
  /// The graphs that the primitive runs: a scan's body, a loop's condition and body.
  public var graphs: [Graph] {
    switch self {
    case .scan(let scan): [scan.body]
    case .whileLoop(let loop): [loop.condition, loop.body]
    default: []
    }
  }
}
