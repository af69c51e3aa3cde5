import Diagnostics

extension Dataset {
  public enum JoinKind: String, CaseIterable, Sendable {
    /// Rows that match.
    case inner
    /// All rows of the left table.
    case left
    /// All rows of both.
    case outer
  }

  /// The columns of `other` beside those of this dataset, where the columns `keys` agree. Rows come in the order of
  /// this dataset, in an outer join followed by what is left of the other. A missing key matches nothing. `duplicates`:
  /// a key that occurs several times in `other` gives a row for each, and is no error.
  public func joined(
    with other: Dataset, on keys: [String], how: JoinKind = .inner, duplicates: Bool = false
  ) throws(Diagnostic) -> Dataset {
    guard !keys.isEmpty else { throw .noColumnsNamed("join") }
    try requireRaw("join")
    try other.requireWhole("rows")
    try other.requireRaw("join")
    if how == .outer, isSplit { throw .outerJoinOfParts(parts: parts.map(\.name)) }
    for (names, table) in [(columnNames, "left"), (other.columnNames, "right")] {
      for key in keys where !names.contains(key) { throw .noJoinKey(key, table: table, among: names) }
    }
    let both = other.columnNames.filter { !keys.contains($0) && columnNames.contains($0) }
    if !both.isEmpty { throw .joinClash(both) }
    return try changingColumns { (table) throws(Diagnostic) in
      try table.joined(with: other.table, on: keys, how: how, duplicates: duplicates)
    }
  }
}

extension Table {
  fileprivate func joined(
    with other: Table, on keys: [String], how: Dataset.JoinKind, duplicates: Bool
  ) throws(Diagnostic) -> Table {
    // The keys of both tables in one, so that equal ones get one number.
    var shared: [Column] = []
    for key in keys {
      let sides: [(part: String, column: Column)] = [
        ("the left table", try column(key)), ("the right table", try other.column(key)),
      ]
      shared.append(try .concatenated(key, try Dataset.harmonized(key, sides)))
    }
    let all = Table(shared, rowCount: rowCount + other.rowCount)
    let ids = try all.groups(by: keys, for: "join").ids
    func hasKey(_ row: Int) -> Bool { shared.allSatisfy { !$0.isMissing(row) } }

    var matches: [Int: [Int]] = [:]
    for row in 0..<other.rowCount where hasKey(rowCount + row) {
      let id = ids[rowCount + row]
      if !duplicates, let first = matches[id]?.first {
        let key = keys.enumerated().map { "\($1) = \(shared[$0].cell(rowCount + row).description)" }
        throw .duplicateKey(key.joined(separator: ", "), first: first, second: row)
      }
      matches[id, default: []].append(row)
    }

    var left: [Int?] = []
    var right: [Int?] = []
    var isUsed = [Bool](repeating: false, count: other.rowCount)
    for row in 0..<rowCount {
      let found = hasKey(row) ? matches[ids[row]] ?? [] : []
      for match in found {
        left.append(row)
        right.append(match)
        isUsed[match] = true
      }
      if found.isEmpty, how != .inner {
        left.append(row)
        right.append(nil)
      }
    }
    if how == .outer {
      for row in 0..<other.rowCount where !isUsed[row] {
        left.append(nil)
        right.append(row)
      }
    }
    guard !left.isEmpty else { throw .nothingMatches(keys) }

    var columns: [Column] = []
    for column in self.columns {
      guard let key = keys.firstIndex(of: column.name) else {
        columns.append(try column.taking(left))
        continue
      }
      // A row of the right table alone has its key from there.
      columns.append(try shared[key].taking(zip(left, right).map { $0 ?? $1.map { rowCount + $0 } }))
    }
    for column in other.columns where !keys.contains(column.name) { columns.append(try column.taking(right)) }
    return Table(columns, rowCount: left.count, order: order)
  }
}
