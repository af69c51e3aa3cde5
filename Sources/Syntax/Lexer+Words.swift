import Diagnostics
import SourceText

// Names, numbers, signs and characters that mean nothing here.

extension Lexer {
  // MARK: Names

  func readsNameStart() -> Bool {
    let first = byte(position)
    if first < 0x80 { return isLetter(first) }
    return scalar(at: position).0.properties.isXIDStart
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    default: false
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  mutating func skipName() {
    while position < bytes.count {
      let next = bytes[position]
      if next < 0x80 {
        guard isLetter(next) || isDigit(next) else { return }
        position += 1
      } else {
        let (scalar, length) = scalar(at: position)
        guard scalar.properties.isXIDContinue else { return }
        position += length
      }
    }
  }

  /// The Unicode scalar that starts at `offset` and its length. The text was checked to be UTF-8.
  func scalar(at offset: Int) -> (Unicode.Scalar, Int) {
    let first = byte(offset)
    let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    let end = min(offset + length, bytes.count)
    let scalar = String(decoding: bytes[offset..<end], as: UTF8.self).unicodeScalars.first
    return (scalar ?? "\u{FFFD}", max(end - offset, 1))
  }

  // MARK: Numbers

  /// `1_000`, `2.5e-3`, `0xFF`, `0b1010`. A `.` belongs to the number only before a digit.
  mutating func readNumber() {
    let start = position
    var kind = Token.Kind.integer
    let radixSign = byte(position + 1) | 0x20
    if byte(position) == UInt8(ascii: "0"), radixSign == UInt8(ascii: "x") || radixSign == UInt8(ascii: "b") {
      position += 2
      skipName()
      add(kind, from: start)
      return
    }
    skipDigits()
    if byte(position) == UInt8(ascii: "."), isDigit(byte(position + 1)) {
      kind = .float
      position += 1
      skipDigits()
    }
    if byte(position) | 0x20 == UInt8(ascii: "e") {
      let isSigned = byte(position + 1) == UInt8(ascii: "+") || byte(position + 1) == UInt8(ascii: "-")
      let digits = position + (isSigned ? 2 : 1)
      if isDigit(byte(digits)) {
        kind = .float
        position = digits
        skipDigits()
      }
    }
    let end = position
    if readsNameStart() {
      skipName()
      report(
        .numberRunsIntoName(
          number: String(decoding: bytes[start..<end], as: UTF8.self),
          name: String(decoding: bytes[end..<position], as: UTF8.self), at: span(start, position)))
      let rest = position
      position = end
      add(kind, from: start)
      position = rest
    } else {
      add(kind, from: start)
    }
  }

  private mutating func skipDigits() {
    while isDigit(byte(position)) || (byte(position) == UInt8(ascii: "_") && isDigit(byte(position + 1))) {
      position += 1
    }
  }

  // MARK: Signs

  private static let signs: [(String, Token.Kind)] = [
    ("!==", .bangDoubleEqual), ("===", .tripleEqual), ("...", .ellipsis), ("..<", .halfOpenRange),
    ("..=", .doubleDot), ("**=", .otherAssign), ("//=", .otherAssign),
    ("+=", .plusAssign), ("++", .doublePlus), ("-=", .minusAssign), ("->", .arrow), ("*=", .starAssign),
    ("**", .doubleStar), ("/=", .slashAssign), ("//", .doubleSlash), ("%=", .otherAssign), ("@=", .otherAssign),
    ("^=", .otherAssign), ("==", .equalEqual), ("=>", .fatArrow), ("!=", .notEqual), ("<=", .lessEqual),
    ("<>", .lessGreater), (">=", .greaterEqual), (">>", .compose), ("|>", .pipe), ("||", .doubleBar),
    ("&&", .doubleAmpersand), ("..", .doubleDot), (":=", .colonAssign),
    ("+", .plus), ("-", .minus), ("*", .star), ("/", .slash), ("%", .percent), ("@", .at), ("^", .caret),
    ("=", .assign), ("<", .less), (">", .greater), ("|", .bar), ("&", .ampersand), ("!", .bang), (".", .dot),
    (",", .comma), (";", .semicolon), (":", .colon), ("?", .question),
  ]

  private static let signsByFirstByte: [[(bytes: [UInt8], kind: Token.Kind)]] = {
    var table = [[(bytes: [UInt8], kind: Token.Kind)]](repeating: [], count: 128)
    // Longest first, as listed.
    for (text, kind) in signs {
      let bytes = Array(text.utf8)
      table[Int(bytes[0])].append((bytes, kind))
    }
    return table
  }()

  /// The longest sign that stands at the current position.
  func sign() -> (Token.Kind, Int)? {
    let first = byte(position)
    guard first < 128 else { return nil }
    for (text, kind) in Lexer.signsByFirstByte[Int(first)] {
      var matches = true
      for offset in 1..<max(text.count, 1) where byte(position + offset) != text[offset] { matches = false }
      if matches { return (kind, text.count) }
    }
    return nil
  }

  // MARK: Everything else

  mutating func readUnexpected() {
    let start = position
    let (scalar, length) = scalar(at: position)
    position += length
    // One message for a run of the same character.
    while position < bytes.count, self.scalar(at: position).0 == scalar { position += length }
    // The second half of a pair of quotation marks is no second mistake.
    let line = file.line(at: start)
    if line != lastUnexpectedLine { report(.unexpectedCharacter(scalar, at: span(start, position))) }
    lastUnexpectedLine = line
  }
}
