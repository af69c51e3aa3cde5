/// Cuts the bytes of a table into cells (RFC 4180, any line end). Nothing is copied but quoted cells with `""` in them.
struct CSVScanner {
  enum Problem: Error {
    case unclosedQuote(line: Int)
    case textAfterQuote(line: Int)
  }

  /// What stands behind a cell.
  enum Ending { case separator, line, file }

  let bytes: UnsafeBufferPointer<UInt8>
  let separator: UInt8
  let quotes: Bool
  private(set) var position: Int
  /// The 1-based line of the cell that was read last, and the line on which the next one starts.
  private(set) var line: Int
  private(set) var nextLine: Int
  /// The last cell: its bytes without quotes and surrounding blanks.
  private(set) var cell: UnsafeBufferPointer<UInt8>
  private(set) var isQuoted = false
  private var unescaped: UnsafeMutableBufferPointer<UInt8>?

  init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, separator: UInt8, quotes: Bool, line: Int = 1) {
    self.bytes = bytes
    self.separator = separator
    self.quotes = quotes
    position = start
    self.line = line
    nextLine = line
    cell = UnsafeBufferPointer(rebasing: bytes[start..<start])
  }

  /// Gives back the memory for unescaped cells; `cell` is invalid from then on.
  mutating func finish() {
    unescaped?.deallocate()
    unescaped = nil
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// Steps over lines with nothing on them.
  mutating func skipBlankLines() {
    while position < bytes.count, bytes[position] == 0x0a || bytes[position] == 0x0d { endLine() }
  }

  /// Reads one cell. At the end of the bytes: an empty cell.
  @inline(__always)
  mutating func next() throws(Problem) -> Ending {
    line = nextLine
    var start = position
    while start < bytes.count, isBlank(bytes[start]) { start += 1 }
    if quotes, start < bytes.count, bytes[start] == UInt8(ascii: "\"") { return try quoted(from: start) }
    isQuoted = false
    var end = start
    while end < bytes.count, case let byte = bytes[end], byte != separator, byte != 0x0a, byte != 0x0d { end += 1 }
    position = end
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    cell = UnsafeBufferPointer(rebasing: bytes[start..<end])
    return ending()
  }

  @inline(__always)
  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte == 0x09 && separator != 0x09) }

  @inline(__always)
  private mutating func ending() -> Ending {
    guard position < bytes.count else { return .file }
    if bytes[position] == separator {
      position += 1
      return .separator
    }
    endLine()
    return .line
  }

  private mutating func endLine() {
    if bytes[position] == 0x0d, position + 1 < bytes.count, bytes[position + 1] == 0x0a { position += 1 }
    position += 1
    nextLine += 1
  }

  private mutating func quoted(from quote: Int) throws(Problem) -> Ending {
    isQuoted = true
    var end = quote + 1
    var doubled = 0
    while true {
      guard end < bytes.count else { throw .unclosedQuote(line: line) }
      let byte = bytes[end]
      if byte == UInt8(ascii: "\"") {
        guard end + 1 < bytes.count, bytes[end + 1] == UInt8(ascii: "\"") else { break }
        doubled += 1
        end += 1
      } else if byte == 0x0a || (byte == 0x0d && !(end + 1 < bytes.count && bytes[end + 1] == 0x0a)) {
        nextLine += 1
      }
      end += 1
    }
    let content = bytes[quote + 1..<end]
    cell = doubled == 0 ? UnsafeBufferPointer(rebasing: content) : withoutDoubledQuotes(content)
    position = end + 1
    while position < bytes.count, isBlank(bytes[position]) { position += 1 }
    if position < bytes.count, bytes[position] != separator, bytes[position] != 0x0a, bytes[position] != 0x0d {
      throw .textAfterQuote(line: nextLine)
    }
    return ending()
  }

  private mutating func withoutDoubledQuotes(
    _ content: Slice<UnsafeBufferPointer<UInt8>>
  ) -> UnsafeBufferPointer<UInt8> {
    if (unescaped?.count ?? 0) < content.count {
      unescaped?.deallocate()
      unescaped = .allocate(capacity: content.count * 2)
    }
    guard let unescaped else { return UnsafeBufferPointer(rebasing: content) }
    var count = 0
    var position = content.startIndex
    while position < content.endIndex {
      unescaped[count] = content[position]
      count += 1
      position += content[position] == UInt8(ascii: "\"") ? 2 : 1
    }
    return UnsafeBufferPointer(rebasing: unescaped[0..<count])
  }
}
