import Diagnostics
import Files
import TensorTypes

/// One JSON object a line (.jsonl): its members are the columns. A list of texts becomes tokens, of whole numbers ids,
/// of other numbers a tensor; a member that a line lacks, or null, is a missing value.
public enum JSONLines {
  /// Reads a file, also a .gz one.
  public static func read(_ path: String) throws(Diagnostic) -> Table {
    let bytes = try FileReader.bytes(of: path)
    let start = try TextFile.checkedStart(bytes, name: path, expected: "lines of JSON")
    var columns = JSONColumns(path: path)
    try columns.add(bytes[start...], firstLine: 1)
    guard columns.rowCount > 0 else { throw .fileEmpty(path, expected: "lines of JSON") }
    return try columns.table()
  }
}

/// Collects lines. With `kinds` each column holds what it is said to hold, and there are no others.
struct JSONColumns {
  private let path: String
  private(set) var names: [String] = []
  private var positions: [String: Int] = [:]
  private var cells: [[Cell]] = []
  private var kinds: [Column.Kind?] = []
  private let isFixed: Bool
  private(set) var rowCount = 0

  init(path: String) {
    self.path = path
    isFixed = false
  }

  init(path: String, like columns: [(name: String, kind: Column.Kind)]) {
    self.path = path
    isFixed = true
    for column in columns { insert(column.name, column.kind) }
  }

  private mutating func insert(_ name: String, _ kind: Column.Kind?) {
    positions[name] = names.count
    names.append(name)
    cells.append(Array(repeating: .missing, count: rowCount))
    kinds.append(kind)
  }

  /// Empty lines do not count.
  mutating func add(_ bytes: ArraySlice<UInt8>, firstLine: Int) throws(Diagnostic) {
    var line = firstLine - 1
    for text in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
      line += 1
      if text.allSatisfy({ $0 == 0x20 || $0 == 0x0d || $0 == 0x09 }) { continue }
      try add(line: Array(text), number: line)
    }
  }

  private mutating func add(line bytes: [UInt8], number: Int) throws(Diagnostic) {
    let json: JSON
    do { json = try JSON.parse(bytes) } catch {
      throw .jsonLine(path, line: number, column: error.offset + 1, problem: error.message)
    }
    guard let members = json.members else {
      throw .jsonLine(path, line: number, column: 1, problem: "expected an object such as {\"text\": \"...\"}")
    }
    for index in cells.indices { cells[index].append(.missing) }
    rowCount += 1
    for member in members {
      if positions[member.name] == nil {
        if isFixed { continue }
        insert(member.name, nil)
      }
      guard let position = positions[member.name] else { continue }
      guard let cell = Self.cell(member.value) else {
        throw .jsonMember(path, line: number, name: member.name)
      }
      guard let found = cell.kind else { continue }
      switch (kinds[position], found) {
      case (nil, _): kinds[position] = found
      case (.integer, .float) where !isFixed: kinds[position] = .float
      // An empty list is one of texts or of numbers.
      case (.tokens, .ids), (.ids, .tokens), (.float, .integer), (.integer, .float): break
      case (let expected?, _) where expected != found:
        throw .jsonKind(path, line: number, name: member.name, found: found.words, expected: expected.words)
      default: break
      }
      cells[position][rowCount - 1] = cell
    }
  }

  /// Nil for what no column holds.
  private static func cell(_ value: JSON) -> Cell? {
    switch value {
    case .null: return .missing
    case .bool(let truth): return .truth(truth)
    case .int(let number): return .integer(number)
    case .number(let number): return .float(number)
    case .text(let text): return .text(text)
    case .list(let elements):
      let texts = elements.compactMap(\.text)
      if texts.count == elements.count { return .list(texts.map(Cell.text)) }
      let ids = elements.compactMap(\.int)
      if ids.count == elements.count { return .list(ids.map(Cell.integer)) }
      let numbers = elements.compactMap(\.number)
      guard numbers.count == elements.count else { return nil }
      return .tensor(RowTensor(shape: [numbers.count], values: numbers))
    case .object: return nil
    }
  }

  func table() throws(Diagnostic) -> Table {
    var columns: [Column] = []
    for (name, cells) in zip(names, cells) { columns.append(try Column.make(name, cells)) }
    return Table(columns, rowCount: rowCount)
  }
}
