/// What is being typed at a place of an entry, as far as the text alone tells.
public enum CompletionContext: Equatable, Sendable {
  /// `:sh`
  case directive(String)
  /// A name; inside the call of `callee` also one of its arguments.
  case name(String, callee: String?)
  /// `net[0].body.we`: the names and `[0]` before the last dot, and what follows it.
  case field([String], String)
  /// Inside a text, or after `:load`: a path.
  case file(String)
  /// Nothing that can be completed: a number, a comment, `f(x).`.
  case nothing

  /// The part that is already there.
  public var typed: String {
    switch self {
    case .directive(let text), .name(let text, _), .field(_, let text), .file(let text): text
    case .nothing: ""
    }
  }

  /// At the end of `before`, the text up to the cursor.
  public init(before: String) {
    let bytes = Array(before.utf8)
    if bytes.first == UInt8(ascii: ":") {
      self = CompletionContext(directive: before)
      return
    }
    var scanner = BracketScanner()
    for index in bytes.indices { scanner.read(bytes, at: index) }
    if scanner.isInComment {
      self = .nothing
      return
    }
    if let start = scanner.textStart {
      self = .file(String(decoding: bytes[start...], as: UTF8.self))
      return
    }
    var start = bytes.count
    let word = CompletionContext.word(in: bytes, before: &start)
    guard word.utf8.first.map({ !isDigit($0) }) ?? true else {
      self = .nothing
      return
    }
    guard start > 0, bytes[start - 1] == UInt8(ascii: ".") else {
      self = .name(word, callee: scanner.callee)
      return
    }
    var path: [String] = []
    while start > 0, bytes[start - 1] == UInt8(ascii: ".") {
      start -= 1
      while let index = CompletionContext.index(in: bytes, before: &start) { path.insert(index, at: 0) }
      let name = CompletionContext.word(in: bytes, before: &start)
      guard let first = name.utf8.first, !isDigit(first) else {
        self = .nothing
        return
      }
      path.insert(name, at: 0)
    }
    self = .field(path, word)
  }

  private init(directive before: String) {
    guard let space = before.firstIndex(of: " ") else {
      self = .directive(before)
      return
    }
    let argument = String(before[space...].drop { $0 == " " })
    switch before[..<space] {
    case ":load", ":save": self = .file(argument)
    default: self = CompletionContext(before: argument.hasPrefix(":") ? "" : argument)
    }
  }

  /// `[12]` or `[-1]` that ends at `end`, which moves to its start; nil for any other index.
  private static func index(in bytes: [UInt8], before end: inout Int) -> String? {
    guard end > 0, bytes[end - 1] == UInt8(ascii: "]"), let open = bytes[..<end].lastIndex(of: UInt8(ascii: "[")) else {
      return nil
    }
    let text = String(decoding: bytes[open..<end], as: UTF8.self)
    guard Int(text.dropFirst().dropLast()) != nil else { return nil }
    end = open
    return text
  }

  /// The name that ends at `end`, which moves to its start.
  private static func word(in bytes: [UInt8], before end: inout Int) -> String {
    let last = end
    while end > 0, isWordByte(bytes[end - 1]) { end -= 1 }
    return String(decoding: bytes[end..<last], as: UTF8.self)
  }
}

func isWordByte(_ byte: UInt8) -> Bool {
  byte >= 0x80 || byte == UInt8(ascii: "_") || isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

/// Follows brackets and texts through unfinished source.
private struct BracketScanner {
  private enum Frame {
    case bracket(callee: String?)
    case text(start: Int)
  }
  private var frames: [Frame] = []
  /// What the last closed bracket belonged to: `f(x) {` goes on with the arguments of f.
  private var closedCallee: String?
  private var escaped = false
  private(set) var isInComment = false

  /// Where the innermost open text begins, if the cursor is in its letters.
  var textStart: Int? {
    if case .text(let start) = frames.last { return start }
    return nil
  }

  var callee: String? {
    if case .bracket(let callee) = frames.last { return callee }
    return nil
  }

  mutating func read(_ bytes: [UInt8], at index: Int) {
    let byte = bytes[index]
    if isInComment {
      isInComment = byte != UInt8(ascii: "\n")
    } else if textStart != nil {
      if escaped { escaped = false } else if byte == UInt8(ascii: "\\") { escaped = true } else if byte == UInt8(ascii: "\"") {
        frames.removeLast()
      } else if byte == UInt8(ascii: "{") {
        frames.append(.bracket(callee: nil))
      }
    } else {
      switch byte {
      case UInt8(ascii: "#"): isInComment = true
      case UInt8(ascii: "\""): frames.append(.text(start: index + 1))
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): frames.append(.bracket(callee: owner(bytes, at: index)))
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        closedCallee = callee
        if case .bracket = frames.last { frames.removeLast() }
      default: break
      }
    }
  }

  /// The name whose arguments the bracket at `index` opens.
  private func owner(_ bytes: [UInt8], at index: Int) -> String? {
    guard bytes[index] != UInt8(ascii: "[") else { return nil }
    var end = index
    if bytes[index] == UInt8(ascii: "{") { while end > 0, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 } }
    if end > 0, bytes[end - 1] == UInt8(ascii: ")"), bytes[index] == UInt8(ascii: "{") { return closedCallee }
    var start = end
    while start > 0, isWordByte(bytes[start - 1]) { start -= 1 }
    return start < end ? String(decoding: bytes[start..<end], as: UTF8.self) : nil
  }
}
