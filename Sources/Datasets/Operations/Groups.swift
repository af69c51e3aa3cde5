import Diagnostics

/// Rows that agree in some columns.
struct Groups {
  /// Of each row: the number of its group. Groups are in the order of their values, missing ones last.
  let ids: [Int]
  /// The first row of each group.
  let first: [Int]

  var count: Int { first.count }

  /// The rows of each group, in order.
  var rows: [[Int]] {
    var result = [[Int]](repeating: [], count: count)
    for (row, id) in ids.enumerated() { result[id].append(row) }
    return result
  }
}

extension Table {
  /// `what` is the function that asks.
  func groups(by names: [String], for what: String) throws(Diagnostic) -> Groups {
    var ids = [Int](repeating: 0, count: rowCount)
    for name in names {
      let column = try column(name)
      guard column.isSingle else { throw .tensorsHaveNoOrder(what, column: name) }
      let (next, values) = column.codes()
      // Pairs of the number so far and this column's, numbered anew so that they stay below the number of rows.
      let pairs = zip(ids, next).map { $0 * (values.count + 1) + $1 }
      let numbers = Dictionary(uniqueKeysWithValues: Set(pairs).sorted().enumerated().map { ($1, $0) })
      ids = pairs.map { numbers[$0] ?? 0 }
    }
    var first: [Int] = Array(repeating: -1, count: (ids.max() ?? -1) + 1)
    for (row, id) in ids.enumerated() where first[id] < 0 { first[id] = row }
    return Groups(ids: ids, first: first)
  }
}

extension Dataset {
  /// What a column of a summary holds.
  public enum Summary {
    /// How many rows the group has.
    case rows
    /// Of the values of a column that are present.
    case statistic(Statistic, of: String)
    /// Of a column with those values only; called for no group without any.
    case own(of: String, (Column) throws(Diagnostic) -> Cell)
  }

  public enum Statistic: String, CaseIterable, Sendable {
    case count, mean, sum, min, max, median, std, distinct, first, last
    case mostFrequent = "most_frequent"
  }

  /// One row for each group of equal values in `by`, in the order of these values; a single row without `by`.
  public func summarised(
    _ summaries: [(name: String, what: Summary)], by names: [String]
  ) throws(Diagnostic) -> Dataset {
    try requireWhole("rows")
    try requireRaw("summarise")
    let groups = try table.groups(by: names, for: "summarise")
    var columns: [Column] = []
    for name in names { columns.append(try table.column(name).taking(groups.first)) }
    let rows = groups.rows
    for (name, summary) in summaries {
      var cells: [Cell] = []
      for members in rows { cells.append(try Self.value(of: summary, in: table, members)) }
      columns.append(try Column.make(name, cells))
    }
    return Dataset(try Table(columns: columns))
  }

  private static func value(of summary: Summary, in table: Table, _ rows: [Int]) throws(Diagnostic) -> Cell {
    switch summary {
    case .rows: return .integer(rows.count)
    case .statistic(let statistic, let name):
      let column = try table.column(name)
      return try column.taking(rows.filter { !column.isMissing($0) }).value(of: statistic)
    case .own(let name, let body):
      let column = try table.column(name)
      let present = try column.taking(rows.filter { !column.isMissing($0) })
      return present.count == 0 ? .missing : try body(present)
    }
  }
}

extension Column {
  /// Of a column without missing values.
  func value(of statistic: Dataset.Statistic) throws(Diagnostic) -> Cell {
    switch statistic {
    case .count: return .integer(count)
    case .distinct: return .integer(distinct().count)
    case .mostFrequent: return mostFrequent()?.value ?? .missing
    case .first: return count == 0 ? .missing : cell(0)
    case .last: return count == 0 ? .missing : cell(count - 1)
    case .min where isSingle: return (0..<count).map(cell).min(by: Cell.ordered) ?? .missing
    case .max where isSingle: return (0..<count).map(cell).max(by: Cell.ordered) ?? .missing
    default: break
    }
    // A truth value counts as 0 or 1, so that its mean is a share.
    let numbers = kind == .truth ? try converted(to: .integer) : self
    guard numbers.isNumeric, let moments = Moments.of(numbers).first else {
      throw .stepNeedsNumbers("summarise", column: name, kind: kind.words)
    }
    switch statistic {
    case .sum: return numbers.sum()
    case .mean: return count == 0 ? .missing : .float(moments.mean)
    case .median: return count == 0 ? .missing : .float(Quantiles(numbers).value(0.5))
    default:
      let n = Double(count)
      return count < 2 ? .missing : .float(moments.deviation * (n / (n - 1)).squareRoot())
    }
  }

  private func sum() -> Cell {
    switch cells {
    case .integers(let values):
      var sum = 0
      for value in values {
        let (next, overflow) = sum.addingReportingOverflow(value)
        if overflow { return .float(values.reduce(0.0) { $0 + Double($1) }) }
        sum = next
      }
      return .integer(sum)
    case .floats(let values): return .float(values.reduce(0, +))
    default: return .missing
    }
  }
}
