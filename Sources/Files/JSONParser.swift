/// Where a text stops being JSON, and why.
public struct JSONProblem: Error, Sendable, Equatable {
  /// In bytes from the start.
  public var offset: Int
  public var message: String
}

extension JSON {
  /// Strict: no comments, no trailing commas, no repeated names, nothing behind the value but white space. `depth`
  /// bounds the nesting, so that no text can exhaust the stack.
  public static func parse(_ bytes: [UInt8], depth: Int = 64) throws(JSONProblem) -> JSON {
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value(depth: depth)
    parser.skipSpace()
    if parser.position < bytes.count { throw parser.problem("expected the end of the text") }
    return value
  }

  public static func parse(_ text: String, depth: Int = 64) throws(JSONProblem) -> JSON {
    try parse(Array(text.utf8), depth: depth)
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  func problem(_ message: String) -> JSONProblem { JSONProblem(offset: position, message: message) }

  mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  mutating func take(_ byte: Character, _ expected: String) throws(JSONProblem) {
    guard let current, current == byte.asciiValue else { throw problem("expected \(expected)") }
    position += 1
  }

  mutating func value(depth: Int) throws(JSONProblem) -> JSON {
    skipSpace()
    guard let byte = current else { throw problem("expected a value, found the end") }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try list(depth: depth)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw problem("expected a value")
    }
  }

  mutating func word(_ word: String, _ value: JSON) throws(JSONProblem) -> JSON {
    guard bytes[position...].starts(with: word.utf8) else { throw problem("expected `\(word)`") }
    position += word.utf8.count
    return value
  }

  mutating func list(depth: Int) throws(JSONProblem) -> JSON {
    guard depth > 0 else { throw problem("nested too deeply") }
    position += 1
    var elements: [JSON] = []
    skipSpace()
    if current == UInt8(ascii: "]") {
      position += 1
      return .list([])
    }
    while true {
      elements.append(try value(depth: depth - 1))
      skipSpace()
      if current == UInt8(ascii: "]") {
        position += 1
        return .list(elements)
      }
      try take(",", "`,` or `]`")
    }
  }

  mutating func object(depth: Int) throws(JSONProblem) -> JSON {
    guard depth > 0 else { throw problem("nested too deeply") }
    position += 1
    var members: [JSON.Member] = []
    var names: Set<String> = []
    skipSpace()
    if current == UInt8(ascii: "}") {
      position += 1
      return .object([])
    }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw problem("expected a name in quotes") }
      let start = position
      let name = try text()
      guard names.insert(name).inserted else {
        throw JSONProblem(offset: start, message: "the name \"\(name)\" is there twice")
      }
      skipSpace()
      try take(":", "`:`")
      members.append(JSON.Member(name, try value(depth: depth - 1)))
      skipSpace()
      if current == UInt8(ascii: "}") {
        position += 1
        return .object(members)
      }
      try take(",", "`,` or `}`")
    }
  }

  mutating func digits() throws(JSONProblem) {
    let start = position
    while let byte = current, byte >= 0x30, byte <= 0x39 { position += 1 }
    if position == start { throw problem("expected a digit") }
  }

  mutating func number() throws(JSONProblem) -> JSON {
    let start = position
    if current == UInt8(ascii: "-") { position += 1 }
    let leading = current
    let digitsStart = position
    try digits()
    if leading == UInt8(ascii: "0"), position - digitsStart > 1 {
      throw JSONProblem(offset: digitsStart, message: "a number does not start with 0")
    }
    var whole = true
    if current == UInt8(ascii: ".") {
      whole = false
      position += 1
      try digits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      whole = false
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    if whole, let int = Int(word) { return .int(int) }
    guard let number = Double(word), number.isFinite else {
      throw JSONProblem(offset: start, message: "the number is too large")
    }
    return .number(number)
  }

  mutating func text() throws(JSONProblem) -> String {
    let start = position
    position += 1
    var content: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let text = String(validating: content, as: UTF8.self) else {
          throw JSONProblem(offset: start, message: "the text is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &content)
      case 0..<0x20: throw problem("a line break or control character inside a text")
      default:
        content.append(byte)
        position += 1
      }
    }
    throw JSONProblem(offset: start, message: "the text is not closed")
  }

  mutating func escape(into content: inout [UInt8]) throws(JSONProblem) {
    guard let byte = current else { throw problem("the text is not closed") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0c)
    case UInt8(ascii: "n"): content.append(0x0a)
    case UInt8(ascii: "r"): content.append(0x0d)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xd800..<0xdc00).contains(code) {
        guard current == UInt8(ascii: "\\"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "u") else {
          throw problem("half of a character")
        }
        position += 2
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low) else { throw problem("half of a character") }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw problem("half of a character") }
      content.append(contentsOf: String(scalar).utf8)
    default: throw problem("an unknown escape in a text")
    }
  }

  mutating func hexadecimal() throws(JSONProblem) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw problem("expected four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}
