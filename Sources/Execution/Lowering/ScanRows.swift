import TensorGraph
import TensorTypes

/// The body of a scan for some of the rows of a batch, when each step treats every row by itself: leading axes of the
/// carries, slices and results become `rowCount`. What does not belong to a row stays whole.
struct ScanRows {
  /// An input of the scan as the body for some rows reads it.
  struct Input {
    /// Among the scan's operands.
    var number: Int
    var isSliced: Bool
  }

  private let scan: Scan
  let rows: Int
  let rowCount: Int
  private(set) var constants: [Input] = []
  private(set) var stacks: [Input] = []
  /// The scan of `rowCount` rows.
  private(set) var result: Scan

  private var graph = Graph()
  /// By value of the body: its rows, and the whole of it.
  private var sliced: [ValueID: ValueID] = [:]
  private var whole: [ValueID: ValueID] = [:]

  /// The rows of a scan whose carries all have as many; nil for none.
  static func count(_ scan: Scan) -> Int? {
    let body = scan.body
    let carries = body.inputs.dropFirst(scan.constantCount).prefix(scan.carryCount) + body.outputs
    guard let rows = carries.first.flatMap({ body.type(of: $0).shape.sizes.first }), rows > 1,
      carries.allSatisfy({ body.type(of: $0).shape.sizes.first == rows })
    else { return nil }
    return rows
  }

  /// Nil when a step mixes rows, or can fail.
  init?(_ scan: Scan, rows: Int, rowCount: Int) {
    self.scan = scan
    self.rows = rows
    self.rowCount = rowCount
    result = scan
    guard build() else { return nil }
  }

  private mutating func build() -> Bool {
    let body = scan.body
    let carries = scan.constantCount..<(scan.constantCount + scan.carryCount)
    for (number, input) in body.inputs.enumerated() {
      if body.type(of: input).shape.sizes.first == rows { sliced[input] = graph.newValue(onRows(input)) }
      if !carries.contains(number) { whole[input] = graph.newValue(body.type(of: input)) }
    }
    for operation in body.operations {
      let isWhole = addWhole(operation)
      guard addSliced(operation) || isWhole else { return false }
    }
    let outputs = body.outputs.compactMap { sliced[$0] }
    guard outputs.count == body.outputs.count else { return false }
    graph.outputs = outputs

    // Only the inputs that are read; an input may be read both ways.
    graph.operations = graph.usedOperations()
    let read = Set(graph.operations.flatMap(\.operands) + graph.outputs)
    for (number, input) in body.inputs.enumerated() {
      if carries.contains(number) {
        guard let value = sliced[input] else { return false }
        graph.inputs.append(value)
        continue
      }
      for (value, isSliced) in [(sliced[input], true), (whole[input], false)] {
        guard let value, read.contains(value) else { continue }
        graph.inputs.append(value)
        let entry = Input(number: number, isSliced: isSliced)
        if number < carries.lowerBound { constants.append(entry) } else { stacks.append(entry) }
      }
    }
    result.body = compacted(graph)
    result.constantCount = constants.count
    return true
  }

  /// Without the values that are no longer computed.
  private func compacted(_ graph: Graph) -> Graph {
    var result = Graph()
    var numbers: [ValueID: ValueID] = [:]
    for input in graph.inputs { numbers[input] = result.addInput(graph.type(of: input)) }
    for operation in graph.operations {
      let results = operation.results.map { old in
        let new = result.newValue(graph.type(of: old))
        numbers[old] = new
        return new
      }
      result.operations.append(
        Operation(operation.primitive, operation.operands.compactMap { numbers[$0] }, results, origin: operation.origin))
    }
    result.outputs = graph.outputs.compactMap { numbers[$0] }
    return result
  }

  private func onRows(_ value: ValueID) -> TensorType {
    let type = scan.body.type(of: value)
    return TensorType(type.dtype, Shape([rowCount] + type.shape.sizes.dropFirst()))
  }

  /// What costs nothing, or next to nothing, and does not depend on the rows at hand.
  private mutating func addWhole(_ operation: Operation) -> Bool {
    switch operation.primitive {
    case .constant, .reshape, .transpose, .broadcast, .slice, .reverse, .stopGradient: break
    case .unary, .binary, .compare, .select, .convert:
      guard scan.body.type(of: operation.results[0]).shape.rank == 0, !scan.body.elementCanFail(operation) else {
        return false
      }
    default: return false
    }
    let operands = operation.operands.compactMap { whole[$0] }
    guard operands.count == operation.operands.count else { return false }
    let value = graph.newValue(scan.body.type(of: operation.results[0]))
    graph.operations.append(Operation(operation.primitive, operands, [value], origin: operation.origin))
    whole[operation.results[0]] = value
    return true
  }

  private mutating func addSliced(_ operation: Operation) -> Bool {
    let form = OnRows(operation, in: scan.body, rows: rows, count: rowCount) { sliced[$0] != nil }
    guard let form else { return false }
    let operands = zip(operation.operands, form.sides).compactMap { $1 == .rows ? sliced[$0] : whole[$0] }
    guard operands.count == operation.operands.count else { return false }
    let results = operation.results.map { old in
      let new = graph.newValue(onRows(old))
      sliced[old] = new
      return new
    }
    graph.operations.append(Operation(form.primitive, operands, results, origin: operation.origin))
    return true
  }
}
