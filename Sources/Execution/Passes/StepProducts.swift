import TensorGraph
import TensorTypes

/// The way back from one large product for all steps of a scan: where the result would not stay in the second cache and
/// the matrix does, each step multiplies its own rows, and what it reads of the product never leaves the cache. Each
/// element is the same sum.
enum StepProducts {
  /// A stack [steps, rows, n] that is `rows` times `matrix`, plus an offset for all rows.
  private struct Product {
    var operation: Operation
    /// [steps, rows, k]
    var rows: ValueID
    var sum: (operation: Operation, offset: ValueID, isFirst: Bool)?
  }

  static func run(_ graph: Graph) -> Graph {
    var uses = [Int](repeating: 0, count: graph.types.count)
    var producers = [Int](repeating: -1, count: graph.types.count)
    for (index, operation) in graph.operations.enumerated() {
      for operand in operation.operands { uses[Int(operand.index)] += 1 }
      for result in operation.results { producers[Int(result.index)] = index }
    }
    for output in graph.outputs { uses[Int(output.index)] += 1 }
    /// The operation that gives a value to one reader alone.
    func only(_ value: ValueID) -> Operation? {
      let index = producers[Int(value.index)]
      return index >= 0 && uses[Int(value.index)] == 1 ? graph.operations[index] : nil
    }
    func product(_ value: ValueID) -> Product? {
      let type = graph.type(of: value)
      guard type.shape.rank == 3, let reshape = only(value), case .reshape = reshape.primitive,
        let operation = only(reshape.operands[0]), case .matmul(transposeA: false, _) = operation.primitive,
        graph.type(of: operation.results[0]).shape == [type.shape[0] * type.shape[1], type.shape[2]],
        producers[Int(operation.operands[0].index)] >= 0
      else { return nil }
      let flat = graph.operations[producers[Int(operation.operands[0].index)]]
      guard case .reshape = flat.primitive else { return nil }
      let rows = graph.type(of: flat.operands[0]).shape
      guard rows.rank == 3, rows[0] == type.shape[0], rows[1] == type.shape[1],
        isWorthwhile(type, matrix: graph.type(of: operation.operands[1]))
      else { return nil }
      return Product(operation: operation, rows: flat.operands[0])
    }
    /// A row that is the same for all.
    func offset(_ value: ValueID) -> ValueID? {
      let index = producers[Int(value.index)]
      guard index >= 0, case .broadcast(_, axes: [2]) = graph.operations[index].primitive else { return nil }
      return graph.operations[index].operands[0]
    }
    func found(_ value: ValueID) -> Product? {
      guard let sum = only(value), sum.primitive == .binary(.add) else { return product(value) }
      for (index, other) in [(0, 1), (1, 0)] {
        if let offset = offset(sum.operands[other]), var product = product(sum.operands[index]) {
          product.sum = (sum, offset, isFirst: other == 0)
          return product
        }
      }
      return nil
    }
    return GraphRewriter.rewritingScans(graph, run) { scan, operation, rewriter in
      var scan = scan
      var operands = rewriter.mapped(operation)
      for number in (scan.constantCount + scan.carryCount)..<operation.operands.count where scan.length > 1 {
        if let product = found(operation.operands[number]) {
          let place = number + operands.count - operation.operands.count
          put(product, place, &scan, &operands, graph, rewriter)
        }
      }
      rewriter.copy(operation, primitive: .scan(scan), operands: operands)
    }
  }

  /// The product leaves the second cache; its matrix takes a part of it; and a thread has rows enough for the tiles.
  private static func isWorthwhile(_ product: TensorType, matrix: TensorType) -> Bool {
    product.byteCount >= 1 << 20 && matrix.byteCount <= 1 << 17 && product.shape[1] >= 32
  }

  private static func put(
    _ product: Product, _ place: Int, _ scan: inout Scan, _ operands: inout [ValueID], _ graph: Graph,
    _ rewriter: GraphRewriter
  ) {
    let slice = scan.body.inputs[place]
    let type = scan.body.type(of: slice)
    let rowsType = graph.type(of: product.rows)
    let rows = scan.body.newValue(TensorType(rowsType.dtype, [rowsType.shape[1], rowsType.shape[2]]))
    scan.body.inputs[place] = rows
    operands[place] = rewriter[product.rows]
    func constant(_ value: ValueID) -> ValueID {
      let inside = scan.body.newValue(graph.type(of: value))
      scan.body.inputs.insert(inside, at: scan.constantCount)
      operands.insert(rewriter[value], at: scan.constantCount)
      scan.constantCount += 1
      return inside
    }
    var operations: [Operation] = []
    let matrix = constant(product.operation.operands[1])
    let result = product.sum == nil ? slice : scan.body.newValue(type)
    operations.append(
      Operation(product.operation.primitive, [rows, matrix], [result], origin: product.operation.origin))
    if let sum = product.sum {
      let offset = constant(sum.offset), spread = scan.body.newValue(type)
      operations.append(
        Operation(.broadcast(type.shape, axes: [1]), [offset], [spread], origin: sum.operation.origin))
      operations.append(
        Operation(
          .binary(.add), sum.isFirst ? [spread, result] : [result, spread], [slice], origin: sum.operation.origin))
    }
    scan.body.operations = operations + scan.body.operations
  }
}
