import Diagnostics
import SourceText

/// Columns that get other names, kinds or contents. All see raw rows; on a split dataset each works on all parts.
extension Dataset {
  /// Other names for some columns; the target keeps its role.
  public func renamed(_ names: [(old: String, new: String)]) throws(Diagnostic) -> Dataset {
    try requireRaw("rename")
    for (old, _) in names where !columnNames.contains(old) { throw .unknownColumn(old, among: columnNames) }
    let changes = Dictionary(names.map { ($0.old, $0.new) }, uniquingKeysWith: { _, last in last })
    var seen: Set<String> = []
    for name in columnNames where !seen.insert(changes[name] ?? name).inserted {
      throw .columnTwice(changes[name] ?? name)
    }
    let target = target.map {
      Target(column: changes[$0.column] ?? $0.column, reading: $0.reading, meaning: $0.meaning)
    }
    return rebuilt(target: target) { table in
      table.with(table.columns.map { $0.renamed(changes[$0.name] ?? $0.name) })
    }
  }

  /// Columns that `make` computes of a table's whole columns; those with a known name take its place.
  public func deriving(_ make: (Table) throws(Diagnostic) -> [Column]) throws(Diagnostic) -> Dataset {
    try requireRaw("derive")
    return try changingColumns { (table) throws(Diagnostic) in
      let made = try make(table)
      for column in made where column.count != table.rowCount {
        throw .derivedLength(column.name, found: column.count, expected: table.rowCount)
      }
      let byName = Dictionary(made.map { ($0.name, [$0]) }, uniquingKeysWith: { _, last in last })
      let added = made.filter { table.position(of: $0.name) == nil }
      return table.with(table.replacing(byName).columns + added)
    }
  }

  /// The named columns as another kind, value by value. Missing values stay missing.
  public func converted(_ names: [String], to kind: Column.Kind) throws(Diagnostic) -> Dataset {
    try requireRaw("convert")
    return try changingColumns { (table) throws(Diagnostic) in
      var changed: [String: [Column]] = [:]
      for name in names { changed[name] = [try table.column(name).converted(to: kind)] }
      return table.replacing(changed)
    }
  }
}

extension Column {
  func converted(to kind: Kind) throws(Diagnostic) -> Column {
    guard self.kind != kind else { return self }
    guard isSingle, ![.tensor, .tokens, .ids].contains(kind) else {
      throw .cannotConvert(name, row: nil, self.kind.words, to: kind.words)
    }
    var cells: [Cell] = []
    cells.reserveCapacity(count)
    for row in 0..<count {
      guard let cell = cell(row).converted(to: kind) else {
        throw .cannotConvert(name, row: row, cell(row).description, to: kind.words)
      }
      cells.append(cell)
    }
    return missingCount == count ? .allMissing(name, kind, count) : try .make(name, cells)
  }
}

extension Cell {
  /// Nil when the value cannot be said in that kind without loss.
  func converted(to kind: Column.Kind) -> Cell? {
    switch (self, kind) {
    case (.missing, _): .missing
    case (_, .text): .text(description)
    case (.truth(let value), .integer): .integer(value ? 1 : 0)
    case (.truth(let value), .float): .float(value ? 1 : 0)
    case (.integer(let value), .float): .float(Double(value))
    case (.integer(let value), .truth): value == 0 || value == 1 ? .truth(value == 1) : nil
    case (.float(let value), .integer): Int(exactly: value).map(Cell.integer)
    case (.float(let value), .truth): value == 0 || value == 1 ? .truth(value == 1) : nil
    case (.text(let text), .integer): Int(text).map(Cell.integer)
    case (.text(let text), .float): Double(text).flatMap { $0.isNaN ? nil : .float($0) }
    case (.text(let text), .truth):
      switch text.lowercased() {
      case "true", "yes": .truth(true)
      case "false", "no": .truth(false)
      default: nil
      }
    default: nil
    }
  }
}
