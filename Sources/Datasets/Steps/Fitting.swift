import Diagnostics

/// Learning a step's numbers from rows.
extension Step {
  /// `table` holds the rows to learn from as the steps before left them; `target` is never touched. Statistics are f64,
  /// leave missing values out and divide by n (population deviation). A column with one value only gets the factor 1.
  func fit(to table: Table, target: String?) throws(Diagnostic) -> FittedStep {
    do throws(Diagnostic) {
      switch kind {
      case .normalize:
        return .affine(name: name, try numericColumns(table, target).map { .normalizing($0) })
      case .minMax:
        return .affine(name: name, try numericColumns(table, target).map { .toUnitRange($0) })
      case .scale(let factor):
        return .affine(
          name: name,
          try numericColumns(table, target).map { column in
            let count = Moments.groupCount(column)
            return .init(
              column: column.name, shifts: Array(repeating: 0, count: count),
              factors: Array(repeating: factor, count: count))
          })
      case .oneHot(let unknown):
        var entries: [FittedStep.Categories] = []
        for column in try chosen(table, target, { $0.kind == .text }) { entries.append(try categories(of: column)) }
        return .oneHot(entries, unknown: unknown)
      case .fillMissing(let fill, let indicators):
        var entries: [FittedStep.Filled] = []
        var marked: [String] = []
        for column in try chosen(table, target, { $0.isSingle && fill.suits($0) }) {
          entries.append(.init(column: column.name, value: try fill.value(for: column)))
          if indicators, column.missingCount > 0 { marked.append(column.name) }
        }
        return .fill(entries, indicators: marked)
      case .ordinal(let order):
        var entries: [FittedStep.Categories] = []
        for column in try chosen(table, target, { $0.kind == .text }) {
          let found = try categories(of: column)
          entries.append(order.map { .init(column: column.name, values: $0) } ?? found)
        }
        return .ordinal(entries)
      case .dates(let parts, let format, let since):
        return .dates(
          try chosen(table, target, { _ in false }).map(\.name),
          FittedStep.Dates(parts: parts, format: format, since: since))
      case .image(let change):
        let columns = try chosen(table, target, ImageChange.suits)
        guard !columns.isEmpty else { throw .stepWithoutImages(name) }
        for case .tensors(let rows) in columns.map(\.cells) {
          _ = try change.shape(of: rows.rowShape, column: columns[0].name)
        }
        return .image(change, columns: columns.map(\.name))
      case .text(let step):
        let candidates = table.columns.filter { $0.name != target }
        if columns == nil, !candidates.contains(where: { $0.kind == step.takes }) {
          throw .noTextColumn(
            name, expected: step.takes.words, columns: candidates.map { ($0.name, $0.kind.words) })
        }
        var entries: [FittedStep.TextEntry] = []
        for column in try chosen(table, target, { $0.kind == step.takes }) {
          entries.append(.init(column: column.name, change: try step.fit(to: column)))
        }
        return .text(entries)
      }
    } catch {
      throw error.located(at: origin)
    }
  }

  /// The named columns, or else those that `suits` accepts; never the target.
  private func chosen(
    _ table: Table, _ target: String?, _ suits: (Column) -> Bool
  ) throws(Diagnostic) -> [Column] {
    guard let columns else { return table.columns.filter { $0.name != target && suits($0) } }
    var result: [Column] = []
    for name in columns {
      if name == target { throw .stepOnTarget(self.name, column: name) }
      result.append(try table.column(name))
    }
    return result
  }

  private func numericColumns(_ table: Table, _ target: String?) throws(Diagnostic) -> [Column] {
    let columns = try chosen(table, target) { $0.isNumeric || $0.kind == .tensor }
    for column in columns where !column.isNumeric && column.kind != .tensor {
      throw .stepNeedsNumbers(name, column: column.name, kind: column.kind.words)
    }
    return columns
  }

  /// The columns of numbers in `table` that this step would divide by a deviation or range of zero.
  func constantColumns(in table: Table, target: String?) -> [String] {
    switch kind {
    case .normalize, .minMax:
      table.columns.filter { column in
        guard column.isNumeric, column.name != target, columns?.contains(column.name) ?? true else { return false }
        return Moments.of(column).allSatisfy { $0.count > 0 && $0.least == $0.greatest }
      }.map(\.name)
    default: []
    }
  }

  /// More values than this are names or free text rather than categories, unless the column is named.
  private static let categoryLimit = 1000

  private func categories(of column: Column) throws(Diagnostic) -> FittedStep.Categories {
    guard [.truth, .integer, .text].contains(column.kind) else {
      throw .categoryKind(name, column: column.name, kind: column.kind.words)
    }
    let missing = column.missingCount
    if missing > 0 { throw .missingCategory(column.name, row: nil, count: missing, step: name) }
    let values = column.distinct()
    if columns == nil, values.count > Self.categoryLimit {
      throw .tooManyCategories(column.name, count: values.count)
    }
    return .init(column: column.name, values: values)
  }
}

extension Step.Fill {
  func suits(_ column: Column) -> Bool {
    guard case .value(let value) = self else { return true }
    switch value {
    case .integer, .float: return column.isNumeric
    case .text: return column.kind == .text
    case .truth: return column.kind == .truth
    case .missing, .tensor, .list: return false
    }
  }

  func value(for column: Column) throws(Diagnostic) -> Cell {
    if case .value(let value) = self {
      if !suits(column) { throw .fillKind(column.name, kind: column.kind.words, value: value.description) }
      return value
    }
    if !column.isSingle { throw .stepNeedsNumbers("fill_missing", column: column.name, kind: column.kind.words) }
    guard column.missingCount < column.count else { throw .nothingToLearn("fill_missing", column: column.name) }
    switch self {
    case .mean where column.isNumeric:
      return .float(Moments.of(column).first?.mean ?? 0)
    case .median where column.isNumeric:
      return .float(Quantiles(column).value(0.5))
    default:
      return column.mostFrequent()?.value ?? .missing
    }
  }
}

extension Column {
  /// The value that occurs most often; of several the first in the order of classes. Nil when all are missing.
  func mostFrequent() -> (value: Cell, count: Int)? {
    var counts: [Cell: Int] = [:]
    for row in 0..<count where !isMissing(row) { counts[cell(row), default: 0] += 1 }
    let best = counts.min { a, b in a.value != b.value ? a.value > b.value : Cell.ordered(a.key, b.key) }
    return best.map { ($0.key, $0.value) }
  }
}

extension FittedStep.Affine {
  static func normalizing(_ column: Column) -> FittedStep.Affine {
    let moments = Moments.of(column)
    return FittedStep.Affine(
      column: column.name, shifts: moments.map(\.mean),
      factors: moments.map { $0.deviation > 0 ? 1 / $0.deviation : 1 })
  }

  static func toUnitRange(_ column: Column) -> FittedStep.Affine {
    let moments = Moments.of(column)
    return FittedStep.Affine(
      column: column.name, shifts: moments.map(\.least),
      factors: moments.map { $0.greatest > $0.least ? 1 / ($0.greatest - $0.least) : 1 })
  }
}
