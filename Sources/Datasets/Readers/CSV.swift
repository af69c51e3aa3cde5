import Diagnostics
import Files

/// Tables in text files. Separator, header and column kinds are found out unless they are given.
///
/// Blanks around a cell do not count, lines with nothing on them are skipped, and a cell is missing when it is empty
/// or, outside quotes, one of the words in `missing` (in any case). A column is of truth values (`true`, `False`),
/// integers, floats or text: the narrowest that fits all its cells. With `;` between cells a decimal comma is
/// understood.
public struct CSVOptions: Sendable {
  /// Nil: the one of `,` `;` tab `|` that cuts the first lines into equally many cells.
  public var separator: Character?
  /// Nil: line 1 is a header when it looks like one (see `CSVDialect`).
  public var header: Bool?
  /// Nil: quotes count; in a table with tabs only if they are used as RFC 4180 says.
  public var quotes: Bool?
  public var missing: [String] = ["NA", "N/A", "NaN", "null", "none", "?"]

  public init(separator: Character? = nil, header: Bool? = nil, quotes: Bool? = nil) {
    self.separator = separator
    self.header = header
    self.quotes = quotes
  }
}

public enum CSV {
  /// Reads a file, also a .gz one.
  public static func read(_ path: String, options: CSVOptions = CSVOptions()) throws(Diagnostic) -> Table {
    try parse(try FileReader.bytes(of: path), name: path, options: options)
  }

  /// `name` is what messages call the text.
  public static func parse(_ bytes: [UInt8], name: String, options: CSVOptions = CSVOptions()) throws(Diagnostic)
    -> Table
  {
    let start = try TextFile.checkedStart(bytes, name: name, expected: "a table")
    guard bytes[start...].contains(where: { $0 > 0x20 }) else { throw .fileEmpty(name, expected: "a table") }
    if let separator = options.separator, separator.asciiValue == nil || separator == "\"" || separator == "\n" {
      throw .badSeparator(String(separator))
    }
    var failure: Diagnostic?
    var table: Table?
    bytes.withUnsafeBufferPointer { buffer in
      do throws(Diagnostic) {
        var reader = try CSVTableReader(buffer, from: start, name: name, options: options)
        table = try reader.read()
      } catch { failure = error }
    }
    if let failure { throw failure }
    guard let table else { throw .fileEmpty(name, expected: "a table") }
    return table
  }
}

/// One reading of one table.
struct CSVTableReader {
  let bytes: UnsafeBufferPointer<UInt8>
  let start: Int
  /// The line on which the bytes start.
  let line: Int
  let name: String
  let dialect: CSVDialect
  let columnNames: [String]
  let missingWords: [[UInt8]]
  /// Whether a missing word has this length.
  let missingLengths: [Bool]

  init(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, name: String, options: CSVOptions
  ) throws(Diagnostic) {
    self.bytes = bytes
    self.start = start
    line = 1
    self.name = name
    (missingWords, missingLengths) = Self.missing(options.missing)
    dialect = CSVDialect.detect(bytes, from: start, options: options)
    columnNames = try Self.names(bytes, from: start, name: name, dialect: dialect)
  }

  /// Whole rows, without a header, of a table that is known; the first stands on `line`.
  init(
    _ bytes: UnsafeBufferPointer<UInt8>, line: Int, name: String, dialect: CSVDialect, columnNames: [String],
    missing: [String]
  ) {
    self.bytes = bytes
    start = 0
    self.line = line
    self.name = name
    var dialect = dialect
    dialect.header = false
    self.dialect = dialect
    self.columnNames = columnNames
    (missingWords, missingLengths) = Self.missing(missing)
  }

  private static func missing(_ words: [String]) -> ([[UInt8]], [Bool]) {
    let words = words.map { Array($0.lowercased().utf8) }
    var lengths = [Bool](repeating: false, count: (words.map(\.count).max() ?? 0) + 1)
    for word in words { lengths[word.count] = true }
    return (words, lengths)
  }

  static func names(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, name: String, dialect: CSVDialect
  ) throws(Diagnostic) -> [String] {
    var scanner = CSVScanner(bytes, from: start, separator: dialect.separator, quotes: dialect.quotes)
    defer { scanner.finish() }
    var names: [String] = []
    var positions: [String: Int] = [:]
    scanner.skipBlankLines()
    while true {
      let ending: CSVScanner.Ending
      do { ending = try scanner.next() } catch { throw diagnostic(error, name: name, dialect: dialect) }
      var column = "column\(names.count + 1)"
      if dialect.header, scanner.cell.count > 0 {
        guard let text = String(validating: scanner.cell, as: UTF8.self) else {
          throw .notUTF8(name, line: scanner.line, byte: TextFile.firstInvalidByte(scanner.cell))
        }
        column = text
      }
      names.append(column)
      if let first = positions.updateValue(names.count, forKey: column) {
        throw .repeatedColumn(column, in: name, first: first, second: names.count)
      }
      if ending != .separator { return names }
    }
  }

  /// Passes over the file until the guessed kind of every column fits all its cells.
  mutating func read() throws(Diagnostic) -> Table {
    let builders = columnNames.map { _ in CSVColumnBuilder(commaPoint: dialect.separator == UInt8(ascii: ";")) }
    // A look at the first rows saves most files a whole pass.
    _ = try pass(builders, active: Array(builders.indices), rowLimit: 100)
    for builder in builders { builder.restart(expectedRows: 0) }
    var active = Array(builders.indices)
    var rowCount = 0
    while !active.isEmpty {
      rowCount = try pass(builders, active: active, rowLimit: .max)
      active = active.filter { builders[$0].mustReread }
      for index in active { builders[index].restart(expectedRows: rowCount) }
    }
    guard rowCount > 0 else { throw .headerOnly(name, columns: columnNames.count) }
    return Table(
      zip(columnNames, builders).map { $1.column(named: $0, rowCount: rowCount) }, rowCount: rowCount)
  }

  /// Hands every row's cells to the builders that are `active`; the number of rows. `isStrict`: cells that no builder
  /// takes are errors, unless a float among integers.
  func pass(
    _ builders: [CSVColumnBuilder], active: [Int], rowLimit: Int, isStrict: Bool = false
  ) throws(Diagnostic) -> Int {
    var scanner = CSVScanner(bytes, from: start, separator: dialect.separator, quotes: dialect.quotes, line: line)
    defer { scanner.finish() }
    let width = builders.count
    var isActive = [Bool](repeating: false, count: width)
    for index in active { isActive[index] = true }
    scanner.skipBlankLines()
    if dialect.header { _ = try skipRow(&scanner) }
    var rows = 0
    while rows < rowLimit {
      scanner.skipBlankLines()
      if scanner.isAtEnd { break }
      let rowStart = scanner.position
      let rowLine = scanner.nextLine
      var column = 0
      var ending = CSVScanner.Ending.separator
      while ending == .separator {
        do { ending = try scanner.next() } catch { throw Self.diagnostic(error, name: name, dialect: dialect) }
        if column < width, isActive[column] {
          if isMissing(scanner.cell, quoted: scanner.isQuoted) {
            builders[column].appendMissing()
          } else if !builders[column].append(scanner.cell) {
            throw .notUTF8(name, line: scanner.line, byte: TextFile.firstInvalidByte(scanner.cell))
          } else if isStrict, builders[column].mustReread, builders[column].needed != .float {
            throw .streamedCell(
              name, line: scanner.line, column: columnNames[column],
              cell: String(decoding: scanner.cell.prefix(40), as: UTF8.self), expected: builders[column].kind.words)
          }
        }
        column += 1
      }
      guard column == width else {
        throw .raggedRow(
          name, line: rowLine, found: column, expected: width, header: dialect.header,
          separator: dialect.separatorName, excerpt: excerpt(from: rowStart))
      }
      rows += 1
    }
    return rows
  }

  private func skipRow(_ scanner: inout CSVScanner) throws(Diagnostic) -> Int {
    var count = 1
    do {
      while try scanner.next() == .separator { count += 1 }
    } catch { throw Self.diagnostic(error, name: name, dialect: dialect) }
    return count
  }

  @inline(__always)
  private func isMissing(_ cell: UnsafeBufferPointer<UInt8>, quoted: Bool) -> Bool {
    if cell.count == 0 { return true }
    // No missing word starts with a digit or a minus sign in practice; numbers leave here.
    if quoted || cell.count >= missingLengths.count || !missingLengths[cell.count] || cell[0] &- 0x30 <= 9 {
      return false
    }
    return missingWords.contains { word in
      word.count == cell.count && zip(word, cell).allSatisfy { $0 == ($1 >= 0x41 && $1 <= 0x5a ? $1 | 0x20 : $1) }
    }
  }

  private func excerpt(from start: Int) -> String {
    let line = bytes[start...].prefix(while: { $0 != 0x0a && $0 != 0x0d })
    let text = String(decoding: line.prefix(200), as: UTF8.self)
    return text.count > 60 ? text.prefix(60) + "..." : text
  }

  private static func diagnostic(_ problem: CSVScanner.Problem, name: String, dialect: CSVDialect) -> Diagnostic {
    switch problem {
    case .unclosedQuote(let line): .unclosedQuote(name, line: line)
    case .textAfterQuote(let line): .textAfterQuote(name, line: line, separator: dialect.separatorName)
    }
  }
}
