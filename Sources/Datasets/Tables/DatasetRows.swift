import Diagnostics

/// Choosing, changing and ordering rows. On a split dataset each works on all parts.
extension Dataset {
  /// The rows for which `keep` is true. It sees raw rows, whatever steps there are.
  public func filter(_ keep: (Row) throws(Diagnostic) -> Bool) throws(Diagnostic) -> Dataset {
    try requireTable("filter")
    return try changingRows { (table) throws(Diagnostic) in
      var rows: [Int] = []
      for row in 0..<table.rowCount where try keep(table.row(row)) { rows.append(row) }
      guard !rows.isEmpty else { throw .emptyDataset("filter") }
      return rows.count == table.rowCount ? table : try table.taking(rows)
    }
  }

  /// New rows from raw rows; all have the same names, and each column one kind. Comes before any step.
  public func map(
    _ change: (Row) throws(Diagnostic) -> [(name: String, cell: Cell)]
  ) throws(Diagnostic) -> Dataset {
    try requireRaw("map")
    return try changingColumns { (table) throws(Diagnostic) in
      var names: [String] = []
      var cells: [[Cell]] = []
      for row in 0..<table.rowCount {
        let fields = try change(table.row(row))
        if row == 0 {
          names = fields.map(\.name)
          cells = Array(repeating: [], count: names.count)
        } else if fields.map(\.name) != names {
          throw .unevenRows(row: row, found: fields.map(\.name), expected: names)
        }
        for (position, field) in fields.enumerated() { cells[position].append(field.cell) }
      }
      if let target, !names.contains(target.column) { throw .unknownColumn(target.column, among: names) }
      var columns: [Column] = []
      for (name, cells) in zip(names, cells) { columns.append(try Column.make(name, cells)) }
      return table.with(try Table(columns: columns).columns)
    }
  }

  /// The rows in another order, which depends on the key and on the number of rows only.
  public func shuffled(_ key: RandomKey) throws(Diagnostic) -> Dataset {
    try requireTable("shuffle")
    return try reordered { index, count in RandomNumbers(key.folded(index)).permutation(count) }
  }

  /// The first rows (of each part); `x` stays what it was for these rows.
  public func head(_ count: Int) throws(Diagnostic) -> Dataset {
    if isStreamed { return try streamedHead(count) }
    return try reordered { _, rows in Array(0..<min(max(count, 0), rows)) }
  }

  /// These rows in this order. Indices are in range.
  public func rows(_ indices: [Int]) throws(Diagnostic) -> Dataset {
    try requireTable("rows by their numbers")
    return try reordered { _, _ in indices }
  }

  /// Throws where `what`, which sees all raw rows, comes after a step or finds a stream.
  func requireRaw(_ what: String) throws(Diagnostic) {
    if let step = steps.first { throw .afterStep(what, step: step.name) }
    try requireTable(what)
  }

  /// `order` is given a part's position and number of rows.
  private func reordered(_ order: (Int, Int) -> [Int]) throws(Diagnostic) -> Dataset {
    try taking { (index, table) throws(Diagnostic) in try table.taking(order(index, table.rowCount)) }
  }

  /// Rows that `chosen` takes from each part, which it is given with its position. What steps learned stays.
  func taking(_ chosen: (Int, Table) throws(Diagnostic) -> Table) throws(Diagnostic) -> Dataset {
    try requireTable("choosing rows")
    if isSplit {
      var newParts: [Part] = []
      for (index, part) in parts.enumerated() {
        let table = try chosen(index, part.dataset.table)
        let dataset = Dataset(table, target: target, learner: learner, role: part.dataset.role)
        newParts.append(Part(name: part.name, dataset: dataset))
      }
      return Dataset(table, parts: newParts, target: target, learner: learner, role: role)
    }
    let rows = try chosen(0, table)
    if steps.isEmpty, role != .held {
      return Dataset(rows, target: target, learner: Learner(steps: [], source: rows, target: target), role: role)
    }
    return Dataset(rows, target: target, learner: learner, role: role)
  }

  /// Tables with other columns. Of a part held back, later steps learn from the training rows changed in the same way.
  func changingColumns(_ change: (Table) throws(Diagnostic) -> Table) throws(Diagnostic) -> Dataset {
    let result = try changingRows(change)
    guard !isSplit, role == .held else { return result }
    let learner = Learner(steps: steps, source: try change(learner.source), target: result.target)
    return Dataset(result.table, target: result.target, learner: learner, role: .held)
  }

  /// Rows that were chosen by their content: the classes of a whole dataset and what later steps learn follow them.
  func changingRows(_ change: (Table) throws(Diagnostic) -> Table) throws(Diagnostic) -> Dataset {
    try requireTable("choosing rows")
    if isSplit {
      var tables: [Table] = []
      for part in parts { tables.append(try change(part.dataset.table)) }
      let train = parts.firstIndex { $0.dataset.role == .train }.map { tables[$0] } ?? learner.source
      return try Dataset.split(
        zip(parts, tables).map { ($0.name, $1) }, training: train, target: target, steps: steps, empty: table)
    }
    let rows = try change(table)
    switch role {
    case .whole:
      var target = target
      if let old = target { target = try Target.choose(old.column, old.reading, in: [rows]) }
      return Dataset(
        rows, target: target, learner: Learner(steps: steps, source: rows, target: target), role: .whole)
    case .train where steps.isEmpty:
      return Dataset(rows, target: target, learner: Learner(steps: [], source: rows, target: target), role: .train)
    case .train, .held:
      return Dataset(rows, target: target, learner: learner, role: role)
    }
  }

  /// Parts with a common learner and common classes.
  static func split(
    _ tables: [(name: String, table: Table)], training: Table, target: Target?, steps: [Step], empty: Table
  ) throws(Diagnostic) -> Dataset {
    var target = target
    if let old = target { target = try Target.choose(old.column, old.reading, in: tables.map(\.table)) }
    let learner = Learner(steps: steps, source: training, target: target)
    let parts = tables.map { name, table in
      Part(
        name: name,
        dataset: Dataset(table, target: target, learner: learner, role: name == "train" ? .train : .held))
    }
    return Dataset(try empty.taking([]), parts: parts, target: target, learner: learner, role: .whole)
  }
}
