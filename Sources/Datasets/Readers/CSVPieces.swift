import Diagnostics

/// Parts of a table whose dialect and columns are known.
extension CSV {
  /// Whole rows; the first stands on `line`.
  struct Piece {
    var bytes: [UInt8]
    var line: Int
  }

  /// How the table is written, by its beginning, and the names of its columns.
  static func dialect(
    of begin: [UInt8], from start: Int, name: String, options: CSVOptions
  ) throws(Diagnostic) -> (CSVDialect, [String]) {
    var failure: Diagnostic?
    var found: (CSVDialect, [String])?
    begin.withUnsafeBufferPointer { buffer in
      let dialect = CSVDialect.detect(buffer, from: start, options: options)
      do throws(Diagnostic) {
        found = (dialect, try CSVTableReader.names(buffer, from: start, name: name, dialect: dialect))
      } catch { failure = error }
    }
    if let failure { throw failure }
    guard let found else { throw .fileEmpty(name, expected: "a table") }
    return found
  }

  /// All rows as one table. `kinds`: what the columns hold; a cell that does not fit is an error, but a column of
  /// integers may hold floats. Nil: the narrowest kinds that fit.
  static func read(
    _ pieces: [Piece], name: String, dialect: CSVDialect, missing: [String], names: [String], kinds: [Column.Kind]?
  ) throws(Diagnostic) -> Table {
    let commaPoint = dialect.separator == UInt8(ascii: ";")
    let builders = names.indices.map { index in
      CSVColumnBuilder(commaPoint: commaPoint, kind: kinds.map { CSVColumnBuilder.Kind($0[index]) } ?? .nothing)
    }
    var active = Array(builders.indices)
    var rowCount = 0
    while !active.isEmpty {
      rowCount = 0
      for piece in pieces {
        var failure: Diagnostic?
        piece.bytes.withUnsafeBufferPointer { buffer in
          let reader = CSVTableReader(
            buffer, line: piece.line, name: name, dialect: dialect, columnNames: names, missing: missing)
          do throws(Diagnostic) {
            rowCount += try reader.pass(builders, active: active, rowLimit: .max, isStrict: kinds != nil)
          } catch { failure = error }
        }
        if let failure { throw failure }
      }
      active = active.filter { builders[$0].mustReread }
      for index in active { builders[index].restart(expectedRows: rowCount) }
    }
    return Table(zip(names, builders).map { $1.column(named: $0, rowCount: rowCount) }, rowCount: rowCount)
  }
}

extension CSVColumnBuilder.Kind {
  fileprivate init(_ kind: Column.Kind) {
    switch kind {
    case .truth: self = .truth
    case .integer: self = .integer
    case .float: self = .float
    case .text, .tensor, .tokens, .ids: self = .text
    }
  }
}
