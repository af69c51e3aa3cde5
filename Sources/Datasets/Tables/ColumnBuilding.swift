import Diagnostics
import TensorRuntime
import TensorTypes

extension Column {
  /// From cells of one kind; integers among floats become floats. Without any value: floats.
  public static func make(_ name: String, _ cells: [Cell]) throws(Diagnostic) -> Column {
    var kind: Kind?
    for (row, cell) in cells.enumerated() {
      guard let found = cell.kind else { continue }
      switch (kind, found) {
      case (nil, _): kind = found
      case (.integer, .float), (.float, .integer): kind = .float
      case (let expected?, _) where expected != found:
        throw .mixedCells(name, row: row, found: found.words, expected: expected.words)
      default: break
      }
    }
    let missing = cells.map(\.isMissing)
    switch kind {
    case .truth:
      return Column(
        name, .truths(cells.map { if case .truth(let value) = $0 { value } else { false } }), missing: missing)
    case .integer:
      return Column(
        name, .integers(cells.map { if case .integer(let value) = $0 { value } else { 0 } }), missing: missing)
    case .text:
      return Column(name, .texts(cells.map { if case .text(let value) = $0 { value } else { "" } }), missing: missing)
    case .float, nil:
      return Column(
        name,
        .floats(
          cells.map { cell in
            switch cell {
            case .float(let value): value
            case .integer(let value): Double(value)
            default: .nan
            }
          }))
    case .tensor: return try tensorColumn(name, cells)
    case .tokens, .ids: return try listColumn(name, cells)
    }
  }

  /// Lists of texts are tokens, of whole numbers ids.
  private static func listColumn(_ name: String, _ cells: [Cell]) throws(Diagnostic) -> Column {
    var tokens: [[String]] = []
    var ids: [[Int]] = []
    for (row, cell) in cells.enumerated() {
      guard case .list(let elements) = cell else {
        throw .mixedCells(name, row: row, found: "a missing value", expected: "lists")
      }
      tokens.append(elements.compactMap { if case .text(let text) = $0 { text } else { nil } })
      ids.append(elements.compactMap { if case .integer(let id) = $0 { id } else { nil } })
      if tokens[row].count != elements.count, ids[row].count != elements.count {
        throw .mixedCells(name, row: row, found: "other values in a list", expected: "texts or whole numbers")
      }
    }
    let isOfTexts = ids.allSatisfy(\.isEmpty)
    if !isOfTexts, let row = tokens.firstIndex(where: { !$0.isEmpty }) {
      throw .mixedCells(name, row: row, found: "a list of texts", expected: "lists of whole numbers")
    }
    return Column(name, isOfTexts ? .tokens(tokens) : .ids(ids, nil))
  }

  private static func tensorColumn(_ name: String, _ cells: [Cell]) throws(Diagnostic) -> Column {
    var shape: Shape?
    var values: [Float] = []
    for (row, cell) in cells.enumerated() {
      guard case .tensor(let tensor) = cell else {
        throw .mixedCells(name, row: row, found: "a missing value", expected: "tensors")
      }
      guard shape == nil || shape == tensor.shape else {
        throw .mixedCells(name, row: row, found: "a tensor \(tensor.shape)", expected: "tensors \(shape ?? .scalar)")
      }
      shape = tensor.shape
      values.append(contentsOf: tensor.values.map { Float($0) })
    }
    return Column(name, .tensors(try TensorRows(try tensor(values, [cells.count] + (shape ?? .scalar).sizes))))
  }

  /// `values` as f32.
  static func tensor(_ values: [Float], _ sizes: [Int]) throws(Diagnostic) -> Tensor {
    let tensor = try TensorRows.allocate(.f32, Shape(sizes))
    values.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { tensor.address.copyMemory(from: base, byteCount: bytes.count) }
    }
    return tensor
  }

  static func allMissing(_ name: String, _ kind: Kind, _ count: Int) -> Column {
    let missing = [Bool](repeating: true, count: count)
    switch kind {
    case .truth: return Column(name, .truths(Array(repeating: false, count: count)), missing: missing)
    case .integer: return Column(name, .integers(Array(repeating: 0, count: count)), missing: missing)
    case .text: return Column(name, .texts(Array(repeating: "", count: count)), missing: missing)
    case .float, .tensor, .tokens, .ids: return Column(name, .floats(Array(repeating: .nan, count: count)))
    }
  }
}

extension Cell {
  /// Nil for a missing value.
  var kind: Column.Kind? {
    switch self {
    case .missing: nil
    case .truth: .truth
    case .integer: .integer
    case .float: .float
    case .text: .text
    case .tensor: .tensor
    case .list: .tokens
    }
  }
}
