import SourceText
import TensorGraph
import TensorTypes

/// Builds a pass's result: operations are copied over or replaced. What is copied keeps its values, so that a pass
/// costs little where it changes nothing; what it replaces leaves values without a definition, until `renumbered`.
struct GraphRewriter {
  let source: Graph
  private(set) var graph = Graph()
  /// By value of the source: what stands for it in the new graph, where that is another value.
  private var map: [ValueID?]
  /// By value of the new graph: the operation that computes it; -1 for inputs.
  private var producers: [Int]

  init(_ source: Graph) {
    self.source = source
    map = [ValueID?](repeating: nil, count: source.types.count)
    producers = [Int](repeating: -1, count: source.types.count)
    graph.types = source.types
    graph.inputs = source.inputs
    graph.operations.reserveCapacity(source.operations.count)
  }

  /// A value's counterpart in the new graph. Defined before use in any graph that follows the rules.
  subscript(_ old: ValueID) -> ValueID { map[Int(old.index)] ?? old }

  func mapped(_ operation: Operation) -> [ValueID] {
    let isSame = operation.operands.allSatisfy { map[Int($0.index)] == nil }
    return isSame ? operation.operands : operation.operands.map { self[$0] }
  }

  func producer(of new: ValueID) -> Operation? {
    let index = producers[Int(new.index)]
    return index < 0 ? nil : graph.operations[index]
  }

  /// The literal behind a scalar value of the new graph.
  func literal(_ new: ValueID) -> Literal? {
    if case .constant(let literal)? = producer(of: new)?.primitive { literal } else { nil }
  }

  /// The literal that every element of a value of the new graph equals.
  func uniformLiteral(_ new: ValueID) -> Literal? {
    guard let producer = producer(of: new) else { return nil }
    switch producer.primitive {
    case .constant(let literal): return literal
    case .broadcast, .reshape: return producer.operands.first.flatMap(uniformLiteral)
    default: return nil
    }
  }

  /// Lets `value` stand for what the old operation computed.
  mutating func replace(_ old: ValueID, with value: ValueID) { map[Int(old.index)] = value }

  /// The graph with its scans, their bodies done first, put in by `change`, which gets each and the operation; other
  /// bodies are done by `run`.
  static func rewritingScans(
    _ graph: Graph, _ run: (Graph) -> Graph, _ change: (Scan, Operation, inout GraphRewriter) -> Void
  ) -> Graph {
    guard graph.operations.contains(where: { $0.primitive.hasBody }) else { return graph }
    var rewriter = GraphRewriter(graph)
    for operation in graph.operations {
      guard case .scan(var scan) = operation.primitive else {
        rewriter.copy(operation, primitive: operation.primitive.mappingBodies(run))
        continue
      }
      scan.body = run(scan.body)
      change(scan, operation, &rewriter)
    }
    return rewriter.finished()
  }

  /// Copies an operation with new operands (and, if given, another primitive with the same results).
  mutating func copy(_ operation: Operation, primitive: Primitive? = nil, operands: [ValueID]? = nil) {
    for result in operation.results {
      producers[Int(result.index)] = graph.operations.count
      map[Int(result.index)] = nil
    }
    var copy = operation
    if let primitive { copy.primitive = primitive }
    copy.operands = operands ?? mapped(operation)
    graph.operations.append(copy)
  }

  /// A new operation and its results.
  mutating func add(_ primitive: Primitive, _ operands: [ValueID], _ types: [TensorType], origin: Origin) -> [ValueID] {
    let results = types.map { type in
      producers.append(graph.operations.count)
      return graph.newValue(type)
    }
    graph.operations.append(Operation(primitive, operands, results, origin: origin))
    return results
  }

  /// A new operation with one result.
  mutating func add(_ primitive: Primitive, _ operands: [ValueID], _ type: TensorType, origin: Origin) -> ValueID {
    add(primitive, operands, [type], origin: origin)[0]
  }

  mutating func finished() -> Graph {
    graph.outputs = source.outputs.map { self[$0] }
    return graph
  }
}

extension Primitive {
  /// The primitive with a pass applied to the graphs inside it.
  func mappingBodies(_ pass: (Graph) -> Graph) -> Primitive {
    switch self {
    case .scan(var scan):
      scan.body = pass(scan.body)
      return .scan(scan)
    case .whileLoop(var loop):
      loop.condition = pass(loop.condition)
      loop.body = pass(loop.body)
      return .whileLoop(loop)
    default: return self
    }
  }

  var hasBody: Bool {
    switch self {
    case .scan, .whileLoop: true
    default: false
    }
  }
}
