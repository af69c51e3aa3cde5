import Diagnostics
import Files

/// A file of rows whose places are known, so that any block of rows can be read by itself: a text table, lines of JSON,
/// or lines of text. Memory holds two numbers for each block.
final class RowFile: Sendable {
  enum Format: Sendable {
    case table(CSVDialect, missing: [String])
    case jsonLines
    case lines(keepEnds: Bool)
  }

  static let blockRows = 64

  let path: String
  let format: Format
  let rowCount: Int
  /// What the columns hold, by the sample that `RowStream` takes.
  let columns: [(name: String, kind: Column.Kind)]
  private let content: FileContent
  /// Where each block starts, and where the last one ends.
  private let starts: [Int]
  /// The line on which each block starts, from 1.
  private let lines: [Int]

  var blockCount: Int { lines.count }

  func rows(inBlock block: Int) -> Int {
    block == blockCount - 1 ? rowCount - block * Self.blockRows : Self.blockRows
  }

  private init(
    _ path: String, _ content: FileContent, _ format: Format, _ index: RowIndex,
    columns: [(name: String, kind: Column.Kind)]
  ) {
    self.path = path
    self.content = content
    self.format = format
    self.columns = columns
    rowCount = index.rowCount
    starts = index.starts + [content.count]
    lines = index.lines
  }

  /// Goes through the file once. What it is follows from its name: .jsonl, .csv and .tsv, anything else is lines of
  /// text.
  static func open(_ path: String, options: CSVOptions, keepEnds: Bool, sample: Int) throws(Diagnostic) -> RowFile {
    let content = try FileContent.open(path)
    if content.isInMemory { throw .streamPacked(path) }
    let size = content.count
    var begin = try content.bytes(0..<min(size, 1 << 20))
    let expected = "rows to stream"
    let start = try TextFile.checkedStart(begin, name: path, expected: expected)
    // A row that is cut off would be taken for a short one.
    if begin.count < size, let end = begin.lastIndex(of: 0x0a) { begin.removeSubrange((end + 1)...) }

    var format = Format.lines(keepEnds: keepEnds)
    var names = ["text"]
    var index = RowIndex(start: start, blank: keepEnds ? .none : .spaces)
    let name = path.lowercased()
    if name.hasSuffix(".jsonl") {
      format = .jsonLines
      index = RowIndex(start: start, blank: .spaces)
    } else if name.hasSuffix(".csv") || name.hasSuffix(".tsv") {
      let (dialect, columns) = try CSV.dialect(of: begin, from: start, name: path, options: options)
      format = .table(dialect, missing: options.missing)
      names = columns
      index = RowIndex(start: start, blank: .empty, dialect: dialect)
    }
    var position = 0
    while position < size {
      let end = min(position + 1 << 20, size)
      let chunk = try content.bytes(position..<end)
      chunk.withUnsafeBufferPointer { index.scan($0, at: position) }
      position = end
    }
    index.finish(at: size)
    guard index.rowCount > 0 else { throw .fileEmpty(path, expected: expected) }
    let kinds = names.map { (name: $0, kind: Column.Kind.text) }
    let untyped = RowFile(path, content, format, index, columns: kinds)
    let learned = try untyped.read(untyped.spread(sample), isSample: true)
    return RowFile(
      path, content, format, index, columns: learned.columns.map { (name: $0.name, kind: $0.kind) })
  }

  /// Blocks with about `rows` rows, evenly spread.
  private func spread(_ rows: Int) -> [Int] { Self.spread(Array(0..<blockCount), rows) }

  static func spread(_ blocks: [Int], _ rows: Int) -> [Int] {
    let count = min(blocks.count, max(1, rows / blockRows + (rows % blockRows > 0 ? 1 : 0)))
    return (0..<count).map { blocks[$0 * blocks.count / count] }
  }

  /// The rows of these blocks, one after the other. `isSample`: the columns' kinds are found out.
  func read(_ blocks: [Int], isSample: Bool = false) throws(Diagnostic) -> Table {
    let table = try rows(of: blocks, isSample: isSample)
    // Batches are cut by the numbers of rows that the index holds.
    guard table.rowCount == blocks.reduce(0, { $0 + rows(inBlock: $1) }) else { throw .streamChanged(path) }
    return table
  }

  private func rows(of blocks: [Int], isSample: Bool) throws(Diagnostic) -> Table {
    switch format {
    case .lines(let keepEnds):
      var rows: [String] = []
      for block in blocks {
        let bytes = try bytes(of: block)
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw TextFile.invalid(bytes[...], name: path, firstLine: lines[block])
        }
        rows += TextRows.lines(of: text, keepEnds: keepEnds)
      }
      return Table([Column("text", .texts(rows))], rowCount: rows.count)
    case .jsonLines:
      var collected = isSample ? JSONColumns(path: path) : JSONColumns(path: path, like: columns)
      for block in blocks { try collected.add(try bytes(of: block)[...], firstLine: lines[block]) }
      return try collected.table()
    case .table(let dialect, let missing):
      var pieces: [CSV.Piece] = []
      for block in blocks { pieces.append(.init(bytes: try bytes(of: block), line: lines[block])) }
      return try CSV.read(
        pieces, name: path, dialect: dialect, missing: missing, names: columns.map(\.name),
        kinds: isSample ? nil : columns.map(\.kind))
    }
  }

  private func bytes(of block: Int) throws(Diagnostic) -> [UInt8] {
    try content.bytes(starts[block]..<starts[block + 1])
  }
}
