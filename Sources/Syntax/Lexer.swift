import Diagnostics
import SourceText

/// Cuts source text into tokens. It never fails: what it can't read is left out beside a diagnostic, and brackets
/// come out balanced, so the parser can jump from one to its partner.
///
/// A line break becomes a token unless the line goes on: inside `(`, `[` and interpolations, after an operator, and
/// before `|>` and `>>`.
public struct Lexer {
  /// Everything the parser needs to know about a text.
  struct Result {
    var tokens: [Token] = []
    /// `## ` lines by line number.
    var documentation: [Int: String] = [:]
    var diagnostics: [Diagnostic] = []
    /// An open bracket or text at the end.
    var isIncomplete = false
    /// Where an unclosed `(`, `[` or text runs: complaints in there, on later lines, are consequences.
    var consequences: [Range<Int32>] = []
  }

  /// The tokens of a text, for completion and highlighting. The last one is `endOfFile`.
  public static func tokens(in file: SourceFile) -> [Token] { read(file).tokens }

  /// The word or reserved word that ends at or covers the UTF-8 `offset`.
  public static func word(in file: SourceFile, at offset: Int) -> Token? {
    tokens(in: file).first { $0.isWord && Int($0.start) < offset && offset <= Int($0.end) }
  }

  static func read(_ file: SourceFile) -> Result {
    var lexer = Lexer(file)
    lexer.run()
    // A text that never ends swaps inside and outside of all texts after it. The first one that runs over a line
    // break is most likely the broken one: read again with texts from there on ending on their line.
    if let suspect = lexer.firstTextOverLines, lexer.textIsOpen {
      lexer = Lexer(file)
      lexer.oneLineTextsFrom = suspect
      lexer.run()
      lexer.result.isIncomplete = true
    }
    return lexer.result
  }

  struct Opener {
    enum Kind { case paren, bracket, brace, text, interpolation }
    let kind: Kind
    let token: Int
    /// The indentation of the line that it stands on.
    let indentation: Int
  }

  let file: SourceFile
  let bytes: [UInt8]
  var position = 0
  var result = Result()
  var openers: [Opener] = []
  /// Positions in `openers`.
  private var openTexts: [Int] = []
  private var openInterpolations: [Int] = []
  var firstTextOverLines: Int?
  var textIsOpen = false
  var oneLineTextsFrom = Int.max
  /// Set from a line break to the next token.
  var lineBreak: Int?
  var lastUnexpectedLine = 0
  private var lineStart = 0
  private var indentation = 0
  /// The first `{` whose `}` stands further left than it should: the likely culprit if braces don't add up.
  private var suspiciousBrace: Int?
  private var hasBracketProblem = false

  private init(_ file: SourceFile) {
    self.file = file
    self.bytes = file.bytes
    result.tokens.reserveCapacity(bytes.count / 4 + 8)
  }

  // MARK: Reading

  func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  func span(_ start: Int, _ end: Int) -> Span { Span(file: file.id, start: start, end: end) }

  mutating func report(_ diagnostic: Diagnostic) { result.diagnostics.append(diagnostic) }

  private mutating func run() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while position < bytes.count { readNext() }
    closeAtEnd()
    let end = Int32(bytes.count)
    if let last = result.tokens.last(where: { $0.kind != .newline }), last.kind.continuesLine {
      result.isIncomplete = true
    }
    result.tokens.append(Token(kind: .endOfFile, start: end, end: end, isFirstOnLine: lineBreak != nil))
  }

  private mutating func readNext() {
    let start = position
    switch bytes[position] {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
    case UInt8(ascii: "\n"): readLineBreak()
    case UInt8(ascii: "#"): readComment()
    case UInt8(ascii: "\""): readText()
    case UInt8(ascii: "'"): readSingleQuotedText()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): readNumber()
    case UInt8(ascii: "("): open(.paren, .leftParen)
    case UInt8(ascii: "["): open(.bracket, .leftBracket)
    case UInt8(ascii: "{"): open(.brace, .leftBrace)
    case UInt8(ascii: ")"): close([.paren], .rightParen)
    case UInt8(ascii: "]"): close([.bracket], .rightBracket)
    case UInt8(ascii: "}"): close([.brace, .interpolation], .rightBrace)
    case UInt8(ascii: ":") where openers.last?.kind == .interpolation: readFormat()
    default:
      if let (kind, length) = sign() {
        position += length
        add(kind, from: start)
      } else if readsNameStart() {
        readWord()
      } else {
        readUnexpected()
      }
    }
  }

  private mutating func readLineBreak() {
    if let outermost = openTexts.first {
      let start = start(of: openers[outermost])
      if firstTextOverLines == nil { firstTextOverLines = start }
      if start >= oneLineTextsFrom {
        reportOpenText(outermost: outermost)
        closeOpeners(downTo: outermost)
      }
    }
    if lineBreak == nil { lineBreak = position }
    position += 1
    lineStart = position
    while byte(position) == UInt8(ascii: " ") || byte(position) == UInt8(ascii: "\t") { position += 1 }
    indentation = position - lineStart
  }

  private mutating func readComment() {
    guard openers.last?.kind != .interpolation else { return readUnexpected() }
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    let isFirst = lineBreak != nil || result.tokens.isEmpty
    guard isFirst, byte(start + 1) == UInt8(ascii: "#") else { return }
    var from = start + 2
    var end = position
    if end > from, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    guard from == end || bytes[from] == UInt8(ascii: " ") else { return }
    if from < end { from += 1 }
    result.documentation[file.line(at: start)] = String(decoding: bytes[from..<end], as: UTF8.self)
  }

  private mutating func readWord() {
    let start = position
    skipName()
    let length = position - start
    // The longest reserved word is `continue`.
    let kind =
      length > 8 ? .name : Token.Kind.reservedWords[String(decoding: bytes[start..<position], as: UTF8.self)] ?? .name
    if kind.beginsStatementOnly, lineBreak != nil, !isFollowedByColon() { closeBeforeStatement(at: start) }
    add(kind, from: start)
  }

  private func isFollowedByColon() -> Bool {
    var next = position
    while byte(next) == UInt8(ascii: " ") || byte(next) == UInt8(ascii: "\t") { next += 1 }
    return byte(next) == UInt8(ascii: ":")
  }

  // MARK: Adding tokens

  @discardableResult
  mutating func add(_ kind: Token.Kind, from start: Int) -> Int {
    if let lineBreak, endsLine(before: kind) {
      result.tokens.append(
        Token(kind: .newline, start: Int32(lineBreak), end: Int32(lineBreak + 1), isFirstOnLine: false))
    }
    result.tokens.append(
      Token(kind: kind, start: Int32(start), end: Int32(position), isFirstOnLine: lineBreak != nil))
    lineBreak = nil
    return result.tokens.count - 1
  }

  private func endsLine(before next: Token.Kind) -> Bool {
    guard let last = result.tokens.last, !next.continuesLineBefore else { return false }
    // `let a =` and then `fn ...` on the next line: the value is missing, the next statement is whole.
    guard !last.kind.continuesLine || (next.beginsStatementOnly && !isFollowedByColon()) else { return false }
    return openers.last.map { $0.kind == .brace } ?? true
  }

  // MARK: Brackets

  mutating func open(_ kind: Opener.Kind, _ token: Token.Kind) {
    position += 1
    let index = add(token, from: position - 1)
    if kind == .text { openTexts.append(openers.count) }
    if kind == .interpolation { openInterpolations.append(openers.count) }
    openers.append(Opener(kind: kind, token: index, indentation: indentation))
  }

  mutating func popOpener() -> Opener? {
    let opener = openers.popLast()
    if opener?.kind == .text { openTexts.removeLast() }
    if opener?.kind == .interpolation { openInterpolations.removeLast() }
    return opener
  }

  private mutating func close(_ kinds: Set<Opener.Kind>, _ token: Token.Kind) {
    // A partner is looked for inside the same interpolation, and not endlessly: brackets that deep are refused anyway.
    let floor = max(openInterpolations.last ?? 0, openers.count - 2 * TokenParser.maximumDepth)
    guard let match = openers[floor...].lastIndex(where: { kinds.contains($0.kind) }) else { return closeWrongly() }
    if match < openers.count - 1 {
      let inner = openers[openers.count - 1]
      reportOpen(inner, before: span(position, position + 1))
      closeOpeners(downTo: match + 1)
    }
    guard let opener = popOpener() else { return }
    if token == .rightBrace, lineBreak != nil, indentation < opener.indentation, suspiciousBrace == nil {
      suspiciousBrace = opener.token
    }
    position += 1
    let isInterpolation = opener.kind == .interpolation
    let index = add(isInterpolation ? .interpolationEnd : token, from: position - 1)
    join(opener.token, index)
    if isInterpolation { readTextSegment() }
  }

  /// A closing bracket without a partner: taken for the right one if something is open, left out otherwise.
  private mutating func closeWrongly() {
    let start = position
    position += 1
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let opener = openers.last, opener.kind == .paren || opener.kind == .bracket {
      if !hasBracketProblem {
        report(
          .bracketsDisagree(
            open: openSpan(opener), opener.kind.signs.0, close: span(start, position), text,
            expected: opener.kind.signs.1))
      }
      hasBracketProblem = true
      _ = popOpener()
      join(opener.token, add(opener.kind.closingToken, from: start))
    } else {
      // After a first problem, one bracket too many is only its other half.
      if !hasBracketProblem { report(.strayBracket(text, at: span(start, position))) }
      hasBracketProblem = true
    }
  }

  /// Closes parentheses and square brackets that are still open when a line begins with `let`, `fn`, ...
  private mutating func closeBeforeStatement(at start: Int) {
    guard let inner = openers.last, inner.kind == .paren || inner.kind == .bracket else { return }
    reportOpen(inner, before: nil)
    let keep = (openers.lastIndex { $0.kind != .paren && $0.kind != .bracket } ?? -1) + 1
    closeOpeners(downTo: keep)
  }

  private mutating func closeAtEnd() {
    guard let inner = openers.last else { return }
    result.isIncomplete = true
    if let text = openTexts.first {
      textIsOpen = true
      firstTextOverLines = min(firstTextOverLines ?? .max, start(of: openers[text]))
      reportOpenText(outermost: text)
    } else if inner.kind == .brace, let suspiciousBrace {
      reportOpen(Opener(kind: .brace, token: suspiciousBrace, indentation: 0), before: nil)
    } else {
      reportOpen(inner, before: nil)
    }
    closeOpeners(downTo: 0)
  }

  /// Adds the missing closing brackets of all openers from `floor` on.
  mutating func closeOpeners(downTo floor: Int) {
    // They stand where the last token ended, so that messages show the place where something is missing.
    let end = result.tokens.last.map { Int($0.end) } ?? position
    let saved = (position, lineBreak)
    (position, lineBreak) = (end, nil)
    if let outermost = openers[floor...].first(where: { $0.kind != .brace }), result.consequences.count < 100 {
      result.consequences.append(Int32(start(of: outermost))..<Int32(saved.0 + 1))
    }
    while openers.count > floor, let opener = popOpener() {
      join(opener.token, add(opener.kind.closingToken, from: end))
    }
    (position, lineBreak) = saved
  }

  mutating func join(_ open: Int, _ close: Int) {
    result.tokens[open].partner = Int32(close)
    result.tokens[close].partner = Int32(open)
  }

  private mutating func reportOpen(_ opener: Opener, before closing: Span?) {
    guard !hasBracketProblem else { return }
    hasBracketProblem = true
    report(
      .bracketNotClosed(opener.kind.signs.0, at: openSpan(opener), missing: opener.kind.signs.1, before: closing))
  }

  private mutating func reportOpenText(outermost: Int) {
    hasBracketProblem = true
    // `"loss {x"`: the quote meant as the end began an inner text, so the brace is what is missing.
    let isInside = openers.count > outermost + 1 && openers[outermost + 1].kind == .interpolation
    if isInside {
      report(.interpolationNotClosed(at: openSpan(openers[outermost + 1])))
    } else {
      report(.textNotClosed(at: openSpan(openers[outermost])))
    }
  }

  func start(of opener: Opener) -> Int { Int(result.tokens[opener.token].start) }

  private func openSpan(_ opener: Opener) -> Span { result.tokens[opener.token].span(in: file) }
}

extension Lexer.Opener.Kind {
  /// What opens and what closes it.
  var signs: (String, String) {
    switch self {
    case .paren: ("(", ")")
    case .bracket: ("[", "]")
    case .brace, .interpolation: ("{", "}")
    case .text: ("\"", "\"")
    }
  }

  var closingToken: Token.Kind {
    switch self {
    case .paren: .rightParen
    case .bracket: .rightBracket
    case .brace: .rightBrace
    case .interpolation: .interpolationEnd
    case .text: .textEnd
    }
  }
}
