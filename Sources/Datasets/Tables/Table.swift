import Diagnostics

/// Columns of one length, by name and in order.
public struct Table: Sendable {
  public let columns: [Column]
  public let rowCount: Int
  private let positions: [String: Int]

  /// Names must differ and lengths agree; the callers check both.
  init(_ columns: [Column], rowCount: Int) {
    self.columns = columns
    self.rowCount = rowCount
    positions = Dictionary(columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Checks that names differ and lengths agree.
  public init(columns: [Column]) throws(Diagnostic) {
    var seen: Set<String> = []
    for column in columns {
      guard seen.insert(column.name).inserted else { throw .columnTwice(column.name) }
      guard let first = columns.first, first.count == column.count else {
        throw .columnLengths(
          columns.first?.name ?? "", columns.first?.count ?? 0, column.name, column.count)
      }
    }
    self.init(columns, rowCount: columns.first?.count ?? 0)
  }

  public var names: [String] { columns.map(\.name) }

  public func position(of name: String) -> Int? { positions[name] }

  public func column(_ name: String) throws(Diagnostic) -> Column {
    guard let position = positions[name] else { throw .unknownColumn(name, among: names) }
    return columns[position]
  }

  public func row(_ index: Int) -> Row { Row(table: self, index: index) }

  func taking(_ rows: [Int]) throws(Diagnostic) -> Table {
    var taken: [Column] = []
    for column in columns { taken.append(try column.taking(rows)) }
    return Table(taken, rowCount: rows.count)
  }

  func replacing(_ replacements: [String: [Column]]) -> Table {
    Table(columns.flatMap { replacements[$0.name] ?? [$0] }, rowCount: rowCount)
  }
}

/// One row of a table.
public struct Row: Sendable {
  public let table: Table
  public let index: Int

  public var names: [String] { table.names }
  /// Nil when there is no such column.
  public subscript(name: String) -> Cell? { table.position(of: name).map { table.columns[$0].cell(index) } }
  public var cells: [(name: String, cell: Cell)] { table.columns.map { ($0.name, $0.cell(index)) } }
}
