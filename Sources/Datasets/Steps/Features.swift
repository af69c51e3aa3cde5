import Diagnostics
import TensorRuntime
import TensorTypes

/// Prepared columns as the tensor that a network sees.
enum Features {
  /// A single tensor column as it is; else f32 [rows, columns] with truth values as 0 and 1.
  static func tensor(of table: Table, target: String?) throws(Diagnostic) -> Tensor {
    let columns = table.columns.filter { $0.name != target }
    guard !columns.isEmpty else { throw .noFeatures(target: target) }
    if let first = columns.first, columns.count == 1, case .ids(let rows, _) = first.cells {
      return try ids(rows, first.name)
    }
    for column in columns where column.kind == .tokens || column.kind == .ids {
      throw .tokensInFeatures(column.name, isIds: column.kind == .ids)
    }
    let tensors = columns.filter { $0.kind == .tensor }
    if let first = tensors.first {
      guard columns.count == 1, case .tensors(let rows) = first.cells else {
        throw .mixedFeatures(
          tensors: tensors.map(\.name), others: columns.filter { $0.kind != .tensor }.map(\.name))
      }
      try requireFinite(rows, first.name)
      return try rows.tensor()
    }
    let texts = columns.filter { $0.kind == .text }
    if !texts.isEmpty { throw .textInFeatures(texts.map(\.name)) }
    return try matrix(of: columns)
  }

  /// i64 [rows, length] of lists that are equally long.
  private static func ids(_ rows: [[Int]], _ name: String) throws(Diagnostic) -> Tensor {
    let length = rows.first?.count ?? 0
    guard length > 0, rows.allSatisfy({ $0.count == length }) else { throw .tokensInFeatures(name, isIds: true) }
    return try Padding.tensor(rows, length: length)
  }

  /// f32 [rows, columns] of numbers and truth values, all present and finite.
  static func matrix(of columns: [Column]) throws(Diagnostic) -> Tensor {
    let width = columns.count
    let height = columns.first?.count ?? 0
    let result = try TensorRows.allocate(.f32, [height, width])
    let target = result.address.assumingMemoryBound(to: Float.self)
    for (position, column) in columns.enumerated() {
      switch column.cells {
      case .floats(let values):
        for row in 0..<height {
          let value = Float(values[row])
          if !value.isFinite { throw notFinite(column, row) }
          target[row * width + position] = value
        }
      case .integers(let values):
        if column.missingCount > 0 { throw missing(column) }
        for row in 0..<height { target[row * width + position] = Float(values[row]) }
      case .truths(let values):
        if column.missingCount > 0 { throw missing(column) }
        for row in 0..<height { target[row * width + position] = values[row] ? 1 : 0 }
      case .texts, .tensors, .tokens, .ids:
        throw .textInFeatures([column.name])
      }
    }
    return result
  }

  /// Throws for the first row that holds NaN or an infinity.
  static func requireFinite(_ rows: TensorRows, _ name: String) throws(Diagnostic) {
    guard case .tensor(let tensor) = rows.elements, !isFinite(tensor) else { return }
    for index in 0..<tensor.count where !rows.value(index).isFinite {
      throw .notFiniteInTensors(name, row: index / max(rows.rowSize, 1), value: String(rows.value(index)))
    }
  }

  /// 0 times any finite number is 0, and the sum stays it.
  private static func isFinite(_ tensor: Tensor) -> Bool {
    switch tensor.dtype {
    case .f32:
      let values = tensor.address.assumingMemoryBound(to: Float.self)
      var sum = SIMD16<Float>.zero
      let blocks = tensor.count / 16
      for block in 0..<blocks {
        sum += UnsafeRawPointer(values + block * 16).loadUnaligned(as: SIMD16<Float>.self) * 0
      }
      return sum == .zero && (blocks * 16..<tensor.count).allSatisfy { values[$0].isFinite }
    case .f64:
      let values = tensor.address.assumingMemoryBound(to: Double.self)
      return (0..<tensor.count).allSatisfy { values[$0].isFinite }
    case .i64, .bool: return true
    }
  }

  private static func missing(_ column: Column) -> Diagnostic {
    let row = (0..<column.count).first(where: column.isMissing) ?? 0
    return .missingInFeatures(column.name, row: row, count: column.missingCount)
  }

  private static func notFinite(_ column: Column, _ row: Int) -> Diagnostic {
    column.isMissing(row)
      ? missing(column) : .notFiniteInFeatures(column.name, row: row, value: column.cell(row).description)
  }
}
