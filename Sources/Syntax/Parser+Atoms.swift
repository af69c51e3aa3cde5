import Diagnostics
import SourceText

// Numbers, texts, names, and what stands in brackets.

extension TokenParser {
  mutating func atom() throws(Abandoned) -> Expression {
    let token = current
    let span = token.span(in: file)
    switch token.kind {
    case .integer: return try integer()
    case .float: return try float()
    case .textStart: return try interpolatedText()
    case .true, .false:
      advance()
      return Expression(.truth(token.kind == .true), span)
    case .none:
      advance()
      return Expression(.none, span)
    case .name:
      if let literal = foreignLiteral() { return literal }
      try rejectForeignExpression()
      advance()
      return Expression(.name(text(token)), span)
    case .leftParen: return try parenthesized()
    case .leftBracket:
      var items: [Expression] = []
      try elements { (parser) throws(Abandoned) in items.append(try parser.expression()) }
      return Expression(.list(items), self.span(from: token.start))
    case .leftBrace:
      guard entriesAllowed else { throw fail(unexpected(.headValue)) }
      return try record()
    case .not, .bang: throw fail(.notNeedsParentheses(at: here))
    case .fn: throw fail(.functionAsValue(at: here))
    default:
      let previous = index > 0 ? tokens[index - 1] : nil
      let sign = previous.flatMap { $0.kind.continuesLine || $0.kind == .comma || $0.kind == .colon ? text($0) : nil }
      throw fail(unexpected(.value(after: sign)))
    }
  }

  @inline(never) private mutating func parenthesized() throws(Abandoned) -> Expression {
    let start = current.start
    var items: [Expression] = []
    let problems = diagnostics.count
    try elements { (parser) throws(Abandoned) in items.append(try parser.expression()) }
    let span = span(from: start)
    if items.count == 1, tokens[index - 2].kind != .comma {
      return Expression(.parenthesized(items[0]), span)
    }
    if items.isEmpty, diagnostics.count > problems { return Expression(.missing, span) }
    return Expression(.tuple(items), span)
  }

  // MARK: Records and blocks of named arguments

  mutating func record() throws(Abandoned) -> Expression {
    let start = current.start
    return Expression(.record(try entries()), span(from: start))
  }

  /// `{ a: 1, b: 2 }`, one a line or separated by commas.
  @inline(never) mutating func entries() throws(Abandoned) -> [Entry] {
    let opening = current
    let closing = tokens[Int(opening.partner)]
    if closing.start == closing.end {
      // It was never closed, so what follows it can't be entries.
      consequences.append(opening.start..<Int32(file.bytes.count + 1))
    }
    var entries: [Entry] = []
    let problems = diagnostics.count
    try elements(separatedByLines: true) { (parser) throws(Abandoned) in
      entries.append(try parser.entry(isFirstProblem: parser.diagnostics.count == problems))
    }
    return entries
  }

  private mutating func entry(isFirstProblem: Bool) throws(Abandoned) -> Entry {
    let token = current
    let name = Identifier(text(token), token.span(in: file))
    guard token.isWord else {
      if kind == .textStart, tokens[min(Int(token.partner) + 1, tokens.count - 1)].kind == .colon {
        let span = Span(file: file.id, start: Int(token.start), end: Int(tokens[Int(token.partner)].end))
        throw isFirstProblem ? fail(.textAsFieldName(at: span)) : Abandoned()
      }
      throw fail(unexpected(.entry))
    }
    switch peek().kind {
    case .colon: break
    case .assign:
      advance()
      report(.equalsInCall(name: name.text, at: here))
    case .comma, .rightBrace, .newline:
      guard token.kind == .name else { throw fail(unexpected(.entry)) }
      throw isFirstProblem ? fail(.shorthandEntry(name: name.text, at: name.span)) : Abandoned()
    default: throw fail(unexpected(.entry))
    }
    if kind != .assign { advance() }
    advance()
    return Entry(name: name, value: try expression())
  }

  // MARK: Numbers

  @inline(never) private mutating func integer() throws(Abandoned) -> Expression {
    let span = current.span(in: file)
    let written = text(current)
    advance()
    let digits = written.filter { $0 != "_" }
    let radix =
      digits.hasPrefix("0x") || digits.hasPrefix("0X") ? 16 : digits.hasPrefix("0b") || digits.hasPrefix("0B") ? 2 : 10
    let body = radix == 10 ? digits[...] : digits.dropFirst(2)
    if let value = Int(body, radix: radix) { return Expression(.integer(value), span) }
    if !body.isEmpty, body.allSatisfy({ $0.hexDigitValue.map { $0 < radix } ?? false }) {
      report(.integerTooLarge(at: span))
    } else {
      report(.malformedNumber(written, radix: radix, at: span))
    }
    return Expression(.missing, span)
  }

  @inline(never) private mutating func float() throws(Abandoned) -> Expression {
    let span = current.span(in: file)
    let digits = text(current).filter { $0 != "_" }
    advance()
    guard let value = Double(digits), value.isFinite else {
      report(.floatTooLarge(at: span))
      return Expression(.missing, span)
    }
    return Expression(.float(value), span)
  }

  // MARK: Texts

  @inline(never) private mutating func interpolatedText() throws(Abandoned) -> Expression {
    let start = current.start
    let close = Int(current.partner)
    var parts: [TextPart] = []
    advance()
    while index < close {
      if kind == .textSegment {
        parts.append(.literal(decodeSegment(current)))
        advance()
      } else {
        parts.append(try interpolation())
      }
    }
    index = close
    advance()
    return Expression(.text(parts), span(from: start))
  }

  @inline(never) private mutating func interpolation() throws(Abandoned) -> TextPart {
    let opening = current
    let close = Int(opening.partner)
    let outerEntries = entriesAllowed
    entriesAllowed = true
    advance()
    var expression = Expression(.missing, here)
    var format: String?
    do throws(Abandoned) {
      if index >= close || kind == .format {
        throw fail(.emptyInterpolation(at: Span(file: file.id, start: Int(opening.start), end: Int(tokens[close].end))))
      }
      if kind == .leftBrace, current.start == opening.end { throw fail(.doubledBrace(at: here)) }
      expression = try self.expression()
      if kind == .format {
        format = String(text(current).dropFirst())
        advance()
      }
      if index < close { throw fail(unexpected(.interpolationEnd)) }
    } catch {}
    index = close
    advance()
    entriesAllowed = outerEntries
    return .interpolation(expression, format: format, span(from: opening.start))
  }

  /// A text without interpolations: a path, the name of a test, a pattern.
  mutating func plainText() throws(Abandoned) -> (String, Span) {
    let expression = try interpolatedText()
    guard case .text(let parts) = expression.kind else { return ("", expression.span) }
    var text = ""
    for part in parts {
      switch part {
      case .literal(let piece): text += piece
      case .interpolation(_, _, let span): report(.interpolationNotAllowed(at: span))
      }
    }
    return (text, expression.span)
  }

  /// Replaces `\n`, `\t`, `\r`, `\"`, `\\`, `\{`, `\}` and `\u{1F600}`.
  @inline(never) private mutating func decodeSegment(_ token: Token) -> String {
    var result: [UInt8] = []
    var position = Int(token.start)
    let end = Int(token.end)
    let bytes = file.bytes
    while position < end {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\r"), position + 1 < end, bytes[position + 1] == UInt8(ascii: "\n") {
        position += 1
        continue
      }
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        position += 1
        continue
      }
      let start = position
      position += 2
      switch start + 1 < end ? bytes[start + 1] : 0 {
      case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "t"): result.append(UInt8(ascii: "\t"))
      case UInt8(ascii: "r"): result.append(UInt8(ascii: "\r"))
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"):
        result.append(bytes[start + 1])
      case UInt8(ascii: "u") where start + 2 < end && bytes[start + 2] == UInt8(ascii: "{"):
        let closing = bytes[start..<end].firstIndex(of: UInt8(ascii: "}")) ?? end
        let digits = String(decoding: bytes[min(start + 3, closing)..<closing], as: UTF8.self)
        position = min(closing + 1, end)
        if digits.count <= 8, let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) {
          result.append(contentsOf: Array(String(scalar).utf8))
        } else {
          report(.invalidUnicodeEscape(digits, at: Span(file: file.id, start: start, end: position)))
        }
      default:
        // Keep a character of several bytes whole.
        while position < end, bytes[position] & 0xC0 == 0x80 { position += 1 }
        position = min(position, end)
        let span = Span(file: file.id, start: start, end: position)
        report(.unknownEscape(file.text(of: span), at: span))
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
