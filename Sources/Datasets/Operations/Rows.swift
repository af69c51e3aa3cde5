import Diagnostics

/// Rows in another order, each once, or of several tables below each other.
extension Dataset {
  /// By the first column, then by the next; equal rows as they stood, missing values last whichever the direction.
  public func sorted(by names: [String], descending: Set<String> = []) throws(Diagnostic) -> Dataset {
    guard !names.isEmpty else { throw .noColumnsNamed("sort") }
    for name in descending where !names.contains(name) { throw .unknownColumn(name, among: names) }
    return try taking { (_, table) throws(Diagnostic) in
      var keys: [[Int]] = []
      for name in names {
        let column = try table.column(name)
        guard column.isSingle else { throw .tensorsHaveNoOrder("sort", column: name) }
        let (ids, values) = column.codes()
        keys.append(descending.contains(name) ? ids.map { $0 == values.count ? $0 : -$0 } : ids)
      }
      let rows = (0..<table.rowCount).sorted { a, b in
        for key in keys where key[a] != key[b] { return key[a] < key[b] }
        return a < b
      }
      return try table.taking(rows, isOrdered: true)
    }
  }

  /// The first row of those that agree in these columns (none named: in all).
  public func unique(_ names: [String]) throws(Diagnostic) -> Dataset {
    try changingRows { (table) throws(Diagnostic) in
      let groups = try table.groups(by: names.isEmpty ? table.names : names, for: "unique")
      return try table.taking(groups.first.sorted())
    }
  }

  /// The rows of all, one dataset below the other. Whole, without steps, with the same columns in any order.
  public static func concatenated(_ given: [Dataset]) throws(Diagnostic) -> Dataset {
    guard let first = given.first else { throw .emptyDataset("concat") }
    for (index, dataset) in given.enumerated() {
      try dataset.requireWhole("rows")
      try dataset.requireRaw("concat")
      let missing = first.columnNames.filter { dataset.table.position(of: $0) == nil }
      let extra = dataset.columnNames.filter { first.table.position(of: $0) == nil }
      if !missing.isEmpty || !extra.isEmpty { throw .tablesDiffer(index, missing: missing, extra: extra) }
    }
    var columns: [Column] = []
    for name in first.columnNames {
      var same: [(part: String, column: Column)] = []
      for (index, dataset) in given.enumerated() { same.append(("table \(index)", try dataset.table.column(name))) }
      columns.append(try Column.concatenated(name, try harmonized(name, same)))
    }
    let order = given.map(\.table.order).first { $0 != .series } ?? .series
    let result = Dataset(Table(columns, rowCount: given.reduce(0) { $0 + $1.rowCount }, order: order))
    guard let target = first.target else { return result }
    return try result.withTarget(target.column, as: target.reading)
  }
}

extension Column {
  /// Columns of one kind, one below the other.
  static func concatenated(_ name: String, _ columns: [Column]) throws(Diagnostic) -> Column {
    var truths: [Bool] = []
    var integers: [Int] = []
    var floats: [Double] = []
    var texts: [String] = []
    var tokens: [[String]] = []
    var ids: [[Int]] = []
    var vocabulary: Vocabulary?
    for column in columns {
      switch column.cells {
      case .truths(let values): truths += values
      case .integers(let values): integers += values
      case .floats(let values): floats += values
      case .texts(let values): texts += values
      case .tokens(let rows): tokens += rows
      case .ids(let rows, let own):
        ids += rows
        vocabulary = vocabulary ?? own
      case .tensors: return try .make(name, columns.flatMap { column in (0..<column.count).map(column.cell) })
      }
    }
    let missing = columns.flatMap { column in (0..<column.count).map(column.isMissing) }
    switch columns.first?.kind {
    case .truth: return Column(name, .truths(truths), missing: missing)
    case .integer: return Column(name, .integers(integers), missing: missing)
    case .text: return Column(name, .texts(texts), missing: missing)
    case .tokens: return Column(name, .tokens(tokens), missing: missing)
    case .ids: return Column(name, .ids(ids, vocabulary), missing: missing)
    default: return Column(name, .floats(floats))
    }
  }
}
