import Datasets
import Diagnostics
import SourceText
import TensorRuntime
import TensorTypes

/// The whole columns of a table, by name: what `derive` hands to a function.
final class ColumnsValue: HeapObject, HasFields, Displayable {
  let table: Table
  init(_ table: Table) {
    self.table = table
    super.init(.dataset)
  }

  var fieldNames: [String] { table.names }

  func field(_ name: String, _ machine: Machine, at site: Site) throws(Diagnostic) -> Value? {
    guard table.position(of: name) != nil else { return nil }
    return try machine.located(site) { () throws(Diagnostic) in try Value(column: try table.column(name), at: site) }
  }

  func displayText(_ machine: Machine?) -> String { "columns " + table.names.joined(separator: ", ") }
}

extension Value {
  /// Numbers and truth values as a tensor, text as a list.
  init(column: Column, at site: Site) throws(Diagnostic) {
    if let tensor = try column.tensor() {
      self = .object(TensorValue(tensor, origin: site.span))
    } else {
      self = .list((0..<column.count).map { Value(cell: column.cell($0)) })
    }
  }
}

extension Column {
  /// What a function of the program gives for a column: a tensor or list with one value a row, or one value for all.
  static func from(_ name: String, _ value: Value, rows: Int, at span: Span) throws(Diagnostic) -> Column {
    switch value {
    case .object(let tensor as TensorValue) where tensor.tensor.shape.rank > 0: return try .from(name, tensor.tensor)
    case .object(let list as ListValue):
      var cells: [Cell] = []
      cells.reserveCapacity(list.elements.count)
      for element in list.elements {
        guard let cell = element.cell else {
          throw .wrongKind(
            found: "a list with a \(element.kindName)", expected: "values of the column `\(name)`", at: span)
        }
        cells.append(cell)
      }
      return try .make(name, cells)
    default:
      guard let cell = value.cell else {
        throw .wrongKind(found: value.kindName, expected: "values of the column `\(name)`", at: span)
      }
      return try .make(name, Array(repeating: cell, count: rows))
    }
  }
}

extension Machine {
  /// `data["age"]` is a column, `data[3]` a row, `data[a..<b]`, `data[ids]` and `data[mask]` are datasets.
  func index(_ data: DatasetValue, _ items: [IndexArgument], _ site: () -> Site) throws(Diagnostic) -> Value {
    let dataset = data.dataset
    if dataset.isSplit {
      throw Diagnostic.alreadySplit("rows", parts: dataset.parts.map(\.name)).located(at: site().operand(0))
    }
    if dataset.isStreamed { throw Diagnostic.streamed("data[...]").located(at: site().operand(0)) }
    if let name = columnName(items) {
      return try located(site()) { () throws(Diagnostic) in
        try Value(column: try dataset.table.column(name), at: site())
      }
    }
    let rows: [Int]
    if items.count == 1, case .value(.object(let tensor as TensorValue)) = items[0], tensor.tensor.shape.rank == 1 {
      rows = try positions(tensor.tensor, count: dataset.rowCount, at: Site(span: site().operand(1)))
      if rows.isEmpty { throw Diagnostic.emptyDataset("this index").located(at: site().operand(1)) }
    } else {
      switch try hostIndex(items, dataset.rowCount, "dataset", site) {
      case .element(let position): return Value(row: dataset.table.row(position))
      case .positions(let positions): rows = Array(positions)
      }
    }
    let chosen = try located(site()) { () throws(Diagnostic) in try dataset.rows(rows) }
    return .object(DatasetValue(chosen, augmentation: data.augmentation))
  }

  func index(_ columns: ColumnsValue, _ items: [IndexArgument], _ site: () -> Site) throws(Diagnostic) -> Value {
    guard let name = columnName(items) else {
      throw .wrongKind(found: "other than a text", expected: "a column's name as index", at: site().operand(1))
    }
    return try located(site()) { () throws(Diagnostic) in
      try Value(column: try columns.table.column(name), at: site())
    }
  }

  private func columnName(_ items: [IndexArgument]) -> String? {
    guard items.count == 1, case .value(let value) = items[0] else { return nil }
    return value.object(as: TextValue.self)?.text
  }

  /// The rows that a mask or a list of ids means.
  private func positions(_ tensor: Tensor, count: Int, at site: Site) throws(Diagnostic) -> [Int] {
    switch tensor.dtype {
    case .bool:
      guard tensor.count == count else { throw .maskLength(tensor.count, rows: count, at: site.span) }
      return tensor.elements(as: Bool.self).enumerated().filter(\.element).map(\.offset)
    case .i64:
      var rows: [Int] = []
      for id in tensor.elements(as: Int.self) {
        let position = id < 0 ? id &+ count : id
        guard (0..<count).contains(position) else {
          throw .indexOutOfRange(id, count: count, kind: "dataset", at: site.span)
        }
        rows.append(position)
      }
      return rows
    case .f32, .f64:
      throw .wrongKind(found: "a tensor of floats", expected: "row numbers or truth values as index", at: site.span)
    }
  }
}
