import Diagnostics
import SourceText

// Texts: `"loss {value:.3f}\n"`. An interpolation is cut into tokens like any other code, so quotes and braces nest.

extension Lexer {
  mutating func readText() {
    open(.text, .textStart)
    readTextSegment()
  }

  /// Reads up to the closing quote or to the `{` of an interpolation.
  mutating func readTextSegment() {
    let segment = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        addSegment(from: segment)
        guard let opener = popOpener() else { return }
        position += 1
        join(opener.token, add(.textEnd, from: position - 1))
        return
      case UInt8(ascii: "{"):
        addSegment(from: segment)
        open(.interpolation, .interpolationStart)
        return
      case UInt8(ascii: "\\"):
        if byte(position + 1) == UInt8(ascii: "u"), byte(position + 2) == UInt8(ascii: "{") {
          position += 3
        } else {
          // The line break after a lone `\` is left for the next turn.
          position += byte(position + 1) == UInt8(ascii: "\n") ? 1 : 2
        }
      case UInt8(ascii: "\n"):
        guard let opener = openers.last else { return }
        if start(of: opener) >= oneLineTextsFrom {
          addSegment(from: segment)
          return
        }
        if firstTextOverLines == nil { firstTextOverLines = start(of: opener) }
        position += 1
      default: position += 1
      }
    }
    position = min(position, bytes.count)
    addSegment(from: segment)
  }

  private mutating func addSegment(from start: Int) {
    if position > start { add(.textSegment, from: start) }
  }

  /// What follows the `:` of an interpolation is not code: `.3f`.
  mutating func readFormat() {
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "}"), bytes[position] != UInt8(ascii: "\n"),
      bytes[position] != UInt8(ascii: "\"")
    {
      position += 1
    }
    add(.format, from: start)
  }

  /// `'text'`, a habit from elsewhere: read as a text, with a message.
  mutating func readSingleQuotedText() {
    let start = position
    var end = position + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "'"), bytes[end] != UInt8(ascii: "\n") { end += 1 }
    guard byte(end) == UInt8(ascii: "'"), end < bytes.count else { return readUnexpected() }
    report(
      .singleQuotes(content: String(decoding: bytes[(start + 1)..<end], as: UTF8.self), at: span(start, end + 1)))
    position = start + 1
    let opener = add(.textStart, from: start)
    position = end
    addSegment(from: start + 1)
    position = end + 1
    join(opener, add(.textEnd, from: end))
  }
}
