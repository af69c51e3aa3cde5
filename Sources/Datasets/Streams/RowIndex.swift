/// Finds where rows start, chunk by chunk, and keeps the place of every 64th.
struct RowIndex {
  /// Which lines are no rows.
  enum Blank { case none, empty, spaces }

  private(set) var starts: [Int] = []
  private(set) var lines: [Int] = []
  private(set) var rowCount = 0

  private enum Place { case cellStart, cell, quoted, quoteInQuoted }

  private let blank: Blank
  private let separator: UInt8
  private let quotes: Bool
  private let isTable: Bool
  private var skipsHeader: Bool
  private var place = Place.cellStart
  private var line = 1
  private var rowStart: Int
  private var rowLine = 1
  private var hasContent = false
  private var isAfterReturn = false

  init(start: Int, blank: Blank, dialect: CSVDialect? = nil) {
    rowStart = start
    self.blank = blank
    isTable = dialect != nil
    separator = dialect?.separator ?? 0
    quotes = dialect?.quotes ?? false
    skipsHeader = dialect?.header ?? false
  }

  mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) {
    for index in max(rowStart - offset, 0)..<max(bytes.count, max(rowStart - offset, 0)) {
      let byte = bytes[index]
      if byte == 0x0a || (byte == 0x0d && isTable) {
        // The second half of a line end.
        let isHalf = byte == 0x0a && isAfterReturn
        isAfterReturn = byte == 0x0d
        if isHalf {
          if place != .quoted { rowStart = offset + index + 1 }
          continue
        }
        line += 1
        if place == .quoted { continue }
        endRow(at: offset + index + 1)
        continue
      }
      isAfterReturn = false
      let isSpace = byte == 0x20 || byte == 0x09 || byte == 0x0d
      if !isSpace || blank != .spaces { hasContent = true }
      guard quotes else { continue }
      switch place {
      case .cellStart:
        if byte == 0x22 { place = .quoted } else if byte != separator, byte != 0x20, byte != 0x09 { place = .cell }
      case .cell: if byte == separator { place = .cellStart }
      case .quoted: if byte == 0x22 { place = .quoteInQuoted }
      case .quoteInQuoted: place = byte == 0x22 ? .quoted : byte == separator ? .cellStart : .cell
      }
    }
  }

  /// The last row may lack its line end.
  mutating func finish(at end: Int) {
    if rowStart < end { endRow(at: end) }
  }

  private mutating func endRow(at next: Int) {
    if hasContent || blank == .none {
      if skipsHeader {
        skipsHeader = false
      } else {
        if rowCount % RowFile.blockRows == 0 {
          starts.append(rowStart)
          lines.append(rowLine)
        }
        rowCount += 1
      }
    }
    rowStart = next
    rowLine = line
    hasContent = false
    place = .cellStart
  }
}
