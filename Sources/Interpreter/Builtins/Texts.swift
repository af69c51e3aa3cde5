import Datasets
import Diagnostics
import SourceText

enum TextBuiltins {
  static let all: [Builtin] = cases + searching + parts + conversions

  private static func mapped(_ name: String, _ documentation: String, _ body: @escaping @Sendable (String) -> String)
    -> Builtin
  {
    Builtin(name, [.init("text")], documentation) { (call) throws(Diagnostic) in
      .text(body(try call.textArgument(0)))
    }
  }

  private static let cases: [Builtin] = [
    mapped("upper", "The text in capital letters.") { $0.uppercased() },
    mapped("lower", "The text in small letters.") { $0.lowercased() },
    mapped("trim", "The text without spaces, tabs and line breaks at both ends.") { text in
      let start = text.drop { $0.isWhitespace }
      return String(start.reversed().drop { $0.isWhitespace }.reversed())
    },
  ]

  private static let searching: [Builtin] = [
    Builtin("starts_with", [.init("text"), .init("start")], "Whether a text begins with another.") {
      (call) throws(Diagnostic) in
      .bool(try call.textArgument(0).hasPrefix(try call.textArgument(1)))
    },
    Builtin("ends_with", [.init("text"), .init("end")], "Whether a text ends with another.") {
      (call) throws(Diagnostic) in
      .bool(try call.textArgument(0).hasSuffix(try call.textArgument(1)))
    },
    Builtin(
      "contains", [.init("whole"), .init("part")],
      "Whether a text holds another, a list, tuple or range an element, a dict a key."
    ) { (call) throws(Diagnostic) in
      let part = call.arguments[1]
      switch call.arguments[0] {
      case .object(let text as TextValue):
        let wanted = try call.textArgument(1)
        return .bool(wanted.isEmpty || !text.text.ranges(of: wanted).isEmpty)
      case .object(let dict as DictValue): return .bool(dict.value(of: part) != nil)
      case .object(let range as RangeValue):
        guard case .int(let number) = part else { return .bool(false) }
        return .bool(number >= range.lower && number < range.upper)
      default:
        for element in try call.elements(0) {
          if try call.machine.isWhollyEqual(element, part, { call.site }) { return .bool(true) }
        }
        return .bool(false)
      }
    },
    Builtin(
      "find", [.init("whole"), .init("part")],
      "The position of the first occurrence in a text or list; `none` when there is none."
    ) { (call) throws(Diagnostic) in
      if case .object(let text as TextValue) = call.arguments[0] {
        let wanted = try call.textArgument(1)
        if wanted.isEmpty { return .int(0) }
        guard let range = text.text.firstRange(of: wanted) else { return .none }
        return .int(text.text.distance(from: text.text.startIndex, to: range.lowerBound))
      }
      for (position, element) in try call.elements(0).enumerated() {
        if try call.machine.isWhollyEqual(element, call.arguments[1], { call.site }) { return .int(position) }
      }
      return .none
    },
    Builtin("replace", [.init("text"), .init("old"), .init("new")], "The text with every `old` replaced by `new`.") {
      (call) throws(Diagnostic) in
      let old = try call.textArgument(1)
      guard !old.isEmpty else { throw .emptyArgument("old", at: call.place(1)) }
      return .text(try call.textArgument(0).replacing(old, with: try call.textArgument(2)))
    },
  ]

  private static let parts: [Builtin] = [
    Builtin(
      "split", [.init("text"), .init("separator", default: .some(.none))],
      "The pieces of a text between separators; without one, the words between white space."
    ) { (call) throws(Diagnostic) in try pieces(call) },
    Builtin("lines", [.init("text")], "The lines of a text, as a list.") { (call) throws(Diagnostic) in
      let text = try call.textArgument(0)
      var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map { Value.text(String($0)) }
      if text.last?.isNewline == true || text.isEmpty { lines.removeLast() }
      return .list(lines)
    },
    Builtin(
      "words", [.init("text"), .init("punctuation", default: .bool(false))],
      """
      The words of a text, as a list: runs of letters and digits in any script, with an apostrophe between letters and a
      point or comma between digits; a Chinese character is a word. Punctuation is left out, or with `punctuation: true`
      each sign is a word. `split(text)` cuts at white space.
      """
    ) { (call) throws(Diagnostic) in
      .list(Words.split(try call.textArgument(0), punctuation: try call.truthArgument(1)).map(Value.text))
    },
    Builtin("characters", [.init("text")], "The characters of a text, as a list.") { (call) throws(Diagnostic) in
      .list(try call.textArgument(0).map { .text(String($0)) })
    },
    Builtin(
      "join", [.init("texts"), .init("separator", default: .text(""))],
      "The texts of a list one after the other, with a separator between them."
    ) { (call) throws(Diagnostic) in
      var texts: [String] = []
      for element in try call.elements(0) {
        guard let text = element.object(as: TextValue.self) else {
          throw .wrongKind(found: "a list with a \(element.kindName)", expected: "a list of texts", at: call.place(0))
        }
        texts.append(text.text)
      }
      return .text(texts.joined(separator: try call.textArgument(1)))
    },
  ]

  static func pieces(_ call: BuiltinCall) throws(Diagnostic) -> Value {
    let text = try call.textArgument(0)
    let isPlain = call.arguments[0].text?.isPlain == true
    if call.isLeftOut(1) {
      return .list(isPlain ? plainPieces(text, nil) : text.split { $0.isWhitespace }.map { .text(String($0)) })
    }
    let separator = try call.textArgument(1)
    guard !separator.isEmpty else { throw .emptyArgument("separator", at: call.place(1)) }
    if isPlain, call.arguments[1].text?.isPlain == true { return .list(plainPieces(text, Array(separator.utf8))) }
    return .list(text.split(separator: separator, omittingEmptySubsequences: false).map { .text(String($0)) })
  }

  /// The same where every character is one byte.
  private static func plainPieces(_ text: String, _ separator: [UInt8]?) -> [Value] {
    var text = text
    return text.withUTF8 { bytes in
      var result: [Value] = []
      var start = 0
      var place = 0
      while place < bytes.count {
        if let separator {
          guard bytes[place] == separator[0], bytes[place...].starts(with: separator) else {
            place += 1
            continue
          }
          result.append(.text(String(decoding: bytes[start..<place], as: UTF8.self)))
          place += separator.count
          start = place
        } else {
          let isSpace = bytes[place] == 32 || (9...13).contains(bytes[place])
          if isSpace, place > start { result.append(.text(String(decoding: bytes[start..<place], as: UTF8.self))) }
          place += 1
          if isSpace { start = place }
        }
      }
      if separator != nil || start < bytes.count {
        result.append(.text(String(decoding: bytes[start...], as: UTF8.self)))
      }
      return result
    }
  }

  private static let conversions: [Builtin] = [
    Builtin(
      "text", [.init("value"), .init("format", default: .some(.none))],
      "The value as text; `format` is what may stand after the colon in `\"{value:.3f}\"`."
    ) { (call) throws(Diagnostic) in
      let format = call.isLeftOut(1) ? nil : try call.textArgument(1)
      return .text(try call.machine.text(call.arguments[0], format, at: call.site))
    },
    Builtin("int", [.init("value")], "A whole number from a text, or from a number by cutting the fraction off.") {
      (call) throws(Diagnostic) in
      switch call.arguments[0] {
      case .int: return call.arguments[0]
      case .bool(let truth): return .int(truth ? 1 : 0)
      case .float(let number):
        guard let whole = Int(exactly: number.rounded(.towardZero)) else {
          throw .notANumber(Display.number(number), expected: "Int", at: call.place(0))
        }
        return .int(whole)
      case .object(let text as TextValue):
        guard let number = parseInt(text.text) else {
          throw .notANumber(Display.quoted(text.text), expected: "Int", at: call.place(0))
        }
        return .int(number)
      default:
        if call.machine.shape(of: call.arguments[0])?.rank == 0 {
          let number = try call.machine.hostFloat(call.arguments[0], at: call.placeSite(0))
          guard let whole = Int(exactly: number.rounded(.towardZero)) else {
            throw .notANumber(Display.number(number), expected: "Int", at: call.place(0))
          }
          return .int(whole)
        }
        throw call.wrongKind(0, "a text or number")
      }
    },
    Builtin("float", [.init("value")], "A Float from a text or a whole number.") { (call) throws(Diagnostic) in
      switch call.arguments[0] {
      case .float: return call.arguments[0]
      case .int(let number): return .float(Double(number))
      case .bool(let truth): return .float(truth ? 1 : 0)
      case .object(let text as TextValue):
        guard let number = parseFloat(text.text) else {
          throw .notANumber(Display.quoted(text.text), expected: "Float", at: call.place(0))
        }
        return .float(number)
      default:
        if call.machine.shape(of: call.arguments[0])?.rank == 0 {
          return .float(try call.machine.hostFloat(call.arguments[0], at: call.placeSite(0)))
        }
        throw call.wrongKind(0, "a text or number")
      }
    },
  ]

  private static func plain(_ text: String) -> String {
    String(text.filter { !$0.isWhitespace && $0 != "_" })
  }

  static func parseInt(_ text: String) -> Int? { Int(plain(text)) }

  static func parseFloat(_ text: String) -> Double? {
    let text = plain(text)
    switch text.lowercased() {
    case "nan": return .nan
    case "inf", "infinity", "+inf": return .infinity
    case "-inf", "-infinity": return -.infinity
    default:
      guard text.utf8.allSatisfy({ "+-.eE0123456789".utf8.contains($0) }) else { return nil }
      return Double(text)
    }
  }
}
