import Diagnostics

/// Columns of one length, by name and in order.
public struct Table: Sendable {
  /// What neighbouring rows have to do with each other, for those who cut a table in time order.
  enum Order: Sendable {
    /// They stand as they were given, some perhaps left out.
    case series
    /// They were drawn.
    case shuffled
    /// Each is a window over a series, so that neighbours share cells.
    case windows
  }

  public let columns: [Column]
  public let rowCount: Int
  let order: Order
  private let positions: [String: Int]

  /// Names must differ and lengths agree; the callers check both.
  init(_ columns: [Column], rowCount: Int, order: Order = .series) {
    self.columns = columns
    self.rowCount = rowCount
    self.order = order
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

  /// These rows. `isOrdered`: in an order that their content asks for.
  func taking(_ rows: [Int], isOrdered: Bool = false) throws(Diagnostic) -> Table {
    var taken: [Column] = []
    for column in columns { taken.append(try column.taking(rows)) }
    let isSeries = isOrdered || zip(rows, rows.dropFirst()).allSatisfy(<)
    return Table(taken, rowCount: rows.count, order: order == .series && !isSeries ? .shuffled : order)
  }

  /// Only these columns, in this order.
  func keeping(_ names: [String]) -> Table {
    Table(names.compactMap { name in position(of: name).map { columns[$0] } }, rowCount: rowCount)
  }

  func replacing(_ replacements: [String: [Column]]) -> Table {
    with(columns.flatMap { replacements[$0.name] ?? [$0] })
  }

  /// The same rows with other columns.
  func with(_ columns: [Column]) -> Table { Table(columns, rowCount: rowCount, order: order) }
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
