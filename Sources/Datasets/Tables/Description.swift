import Diagnostics

/// What `describe` says of one column.
public struct ColumnSummary: Sendable {
  public let name: String
  public let kind: Column.Kind
  public let count: Int
  public let missing: Int
  /// Numbers: mean, population deviation, least, quartiles (linear interpolation), greatest. NaN without any value.
  public let numbers: Numbers?
  /// Text, truth values and integers: different values, and the most frequent one with its count.
  public let distinct: Int?
  public let mostFrequent: (value: Cell, count: Int)?
  /// Tensors: the shape of one row.
  public let rowShape: String?

  public struct Numbers: Sendable, Equatable {
    public let mean, deviation, least, lowerQuartile, median, upperQuartile, greatest: Double
  }

  init(_ column: Column) {
    name = column.name
    kind = column.kind
    missing = column.missingCount
    count = column.count - missing
    let isCategory = kind == .text || kind == .truth || kind == .integer
    distinct = isCategory ? column.distinct().count : nil
    mostFrequent = isCategory ? column.mostFrequent() : nil
    if case .tensors(let rows) = column.cells { rowShape = rows.rowShape.description } else { rowShape = nil }
    guard column.isNumeric, let moments = Moments.of(column).first else {
      numbers = nil
      return
    }
    let quantiles = Quantiles(column)
    let none = count == 0
    numbers = Numbers(
      mean: none ? .nan : moments.mean, deviation: none ? .nan : moments.deviation, least: none ? .nan : moments.least,
      lowerQuartile: quantiles.value(0.25), median: quantiles.value(0.5), upperQuartile: quantiles.value(0.75),
      greatest: none ? .nan : moments.greatest)
  }
}

extension Dataset {
  /// Every column as the steps leave it; the target last. A split dataset: its training part.
  public func describe() throws(Diagnostic) -> [ColumnSummary] {
    if let first = parts.first { return try first.dataset.describe() }
    return try preparedTable().columns.map(ColumnSummary.init)
  }
}

/// Lines of text with aligned columns.
public enum TextTable {
  /// The first row is the heading. Columns whose cells are all numbers are aligned to the right.
  public static func lines(_ rows: [[String]]) -> [String] {
    let width = rows.map(\.count).max() ?? 0
    var sizes = [Int](repeating: 0, count: width)
    var isNumeric = [Bool](repeating: true, count: width)
    for (index, row) in rows.enumerated() {
      for (column, cell) in row.enumerated() {
        sizes[column] = max(sizes[column], cell.count)
        if index > 0, !cell.isEmpty, cell != "none", Double(cell) == nil { isNumeric[column] = false }
      }
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: sizes[column] - cell.count)
        return isNumeric[column] ? padding + cell : cell + padding
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// Four significant digits, as short as possible.
  public static func number(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "none" }
    let digits = naturalLogarithm(abs(value)) / naturalLogarithm(10)
    let power = Int(digits.rounded(.down))
    if power >= 7 || power < -4 {
      let scale = powerOfTen(power)
      return "\(rounded(value / scale, 3))e\(power)"
    }
    return power >= 4 ? String(Int(value.rounded())) : rounded(value, 3 - power)
  }

  private static func powerOfTen(_ power: Int) -> Double { Double("1e\(power)") ?? 1 }

  private static func rounded(_ value: Double, _ places: Int) -> String {
    let scale = powerOfTen(places)
    let text = String((value * scale).rounded() / scale)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  public static func summary(_ columns: [ColumnSummary]) -> [String] {
    var rows = [
      [
        "column", "kind", "count", "missing", "mean", "std", "min", "25%", "50%", "75%", "max", "distinct",
        "most frequent",
      ]
    ]
    for column in columns {
      let values = column.numbers.map {
        [$0.mean, $0.deviation, $0.least, $0.lowerQuartile, $0.median, $0.upperQuartile, $0.greatest].map(number)
      }
      rows.append(
        [
          column.name, column.rowShape.map { "tensors \($0)" } ?? column.kind.words, String(column.count),
          String(column.missing),
        ]
          + (values ?? Array(repeating: "", count: 7))
          + [
            column.distinct.map(String.init) ?? "",
            column.mostFrequent.map { "\(shortened($0.value.description)) (\($0.count))" } ?? "",
          ])
    }
    return lines(rows)
  }

  /// A heading and the first rows, the middle columns left out when there are many.
  public static func head(_ table: Table, rows count: Int) -> [String] {
    let all = table.columns
    let shown: [Column?] = all.count <= 12 ? all : all.prefix(6).map { $0 } + [nil] + all.suffix(5).map { $0 }
    var rows = [shown.map { $0.map { shortened($0.name) } ?? "..." }]
    for row in 0..<min(count, table.rowCount) {
      rows.append(
        shown.map { column in
          guard let column else { return "" }
          if case .tensors(let values) = column.cells, values.rowShape.rank > 0 {
            return "\(values.dtype.name)\(values.rowShape)"
          }
          if case .float(let value) = column.cell(row) { return number(value) }
          return shortened(column.cell(row).description)
        })
    }
    return lines(rows)
  }

  private static func shortened(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.count > 28 ? line.prefix(27) + "…" : line
  }
}
