import Diagnostics
import SourceText

/// What a text says, as far as it can be read.
public struct ParseResult: Sendable {
  public var program: Program
  /// Sorted by place.
  public var diagnostics: [Diagnostic]
  /// More input would help: an open bracket or text, an operator at the end, a head without its body.
  public var isIncomplete: Bool
}

/// Reads source text into a tree, by recursive descent. It never fails: what can't be read becomes `.missing` beside
/// a diagnostic, and reading goes on at the next statement, argument or entry.
public enum Parser {
  /// Longer texts are refused.
  public static let maximumBytes = 16 << 20

  public static func parse(_ file: SourceFile) -> ParseResult {
    if let problem = unreadable(file) {
      return ParseResult(
        program: Program(documentation: nil, statements: []), diagnostics: [problem], isIncomplete: false)
    }
    let lexed = Lexer.read(file)
    var parser = TokenParser(file: file, lexed: lexed)
    let program = parser.program()
    let diagnostics = (lexed.diagnostics + parser.diagnostics).sorted { $0.span.start < $1.span.start }
    return ParseResult(
      program: program, diagnostics: diagnostics, isIncomplete: lexed.isIncomplete || parser.isIncomplete)
  }

  /// Texts that are no program at all: too long, not UTF-8, or with zero bytes inside.
  private static func unreadable(_ file: SourceFile) -> Diagnostic? {
    if file.bytes.count > maximumBytes { return .textTooLong(bytes: file.bytes.count, limit: maximumBytes, in: file) }
    if let offset = file.firstInvalidByte { return .notUTF8(at: file.span(offset, offset + 1)) }
    if let offset = file.bytes.firstIndex(of: 0) { return .zeroByte(at: file.span(offset, offset + 1)) }
    return nil
  }
}

/// Thrown when a construct can't be read further; the diagnostic is already recorded.
struct Abandoned: Error {}

/// The reading position and what was found so far. The grammar itself is in the extensions.
///
/// Functions on the way down are kept out of line: inlined into one another they take twice the stack a level; like
/// this the deepest text fits in 1 MiB.
struct TokenParser {
  /// How deep expressions, blocks and patterns may nest: enough for any program, small enough for any stack.
  static let maximumDepth = 128
  /// How high the tree of one expression may grow (`1 + 1 + ...`), since whoever walks it needs stack as well.
  static let maximumHeight = 1000
  static let maximumDiagnostics = 50

  /// Where a statement stands; decides about `return`, `break`, `param`, ...
  struct Context {
    var isInFunction = false
    var isInLoop = false
    var isInLayer = false
    var blockDepth = 0
  }

  let file: SourceFile
  let tokens: [Token]
  let documentation: [Int: String]
  var index = 0
  var diagnostics: [Diagnostic] = []
  var isIncomplete = false
  var context = Context()
  /// Whether `name {` is a call with named arguments; off in the head of `if`, `for`, `while`, `match`.
  var entriesAllowed = true
  var depth = 0
  /// The height of what was read so far at the current depth.
  var height = 0
  /// Inside these, complaints on later lines than the start are consequences of an unclosed bracket.
  var consequences: [Range<Int32>]
  /// After a body in the style of Python, stray `else` and `return` are consequences.
  var hasForeignBody = false
  private var hasReportedLimit = false
  /// By line, where the lexer complained first: what follows there is a consequence.
  private var firstProblem: [Int: Int32] = [:]

  init(file: SourceFile, lexed: Lexer.Result) {
    self.file = file
    tokens = lexed.tokens
    documentation = lexed.documentation
    consequences = lexed.consequences
    for diagnostic in lexed.diagnostics {
      let line = file.line(at: Int(diagnostic.span.start))
      firstProblem[line] = min(firstProblem[line] ?? .max, diagnostic.span.start)
    }
  }

  // MARK: Tokens

  var current: Token { tokens[index] }
  var kind: Token.Kind { tokens[index].kind }
  /// The end of the last token that was read.
  var previousEnd: Int { index > 0 ? Int(tokens[index - 1].end) : 0 }

  /// The token `distance` further on; past the end, `endOfFile`.
  func peek(_ distance: Int = 1) -> Token { tokens[min(index + distance, tokens.count - 1)] }

  mutating func advance() { if index < tokens.count - 1 { index += 1 } }

  /// Skips the current token if it is `kind`.
  mutating func skip(_ wanted: Token.Kind) -> Bool {
    guard kind == wanted else { return false }
    advance()
    return true
  }

  func text(_ token: Token) -> String { file.text(of: token.span(in: file)) }

  /// From the start of a token to the end of the last one that was read.
  func span(from start: Int32) -> Span { Span(file: file.id, start: Int(start), end: max(Int(start), previousEnd)) }

  /// The current token, or the place just behind the last one if a line or the text ends here.
  var here: Span {
    switch kind {
    case .newline, .endOfFile: Span(file: file.id, start: previousEnd, end: previousEnd)
    default: current.span(in: file)
    }
  }

  /// Whether `token` is a name with this spelling; such words have their meaning by position only.
  func isName(_ token: Token, _ spelling: String) -> Bool {
    token.kind == .name && Int(token.end - token.start) == spelling.utf8.count && text(token) == spelling
  }

  // MARK: Problems

  @inline(never) mutating func report(_ diagnostic: Diagnostic) {
    guard diagnostics.count < Self.maximumDiagnostics else { return }
    let start = diagnostic.span.start
    let line = file.line(at: Int(start))
    if let problem = firstProblem[line], problem <= start { return }
    for region in consequences where region.contains(start) {
      if line > file.line(at: Int(region.lowerBound)) { return }
    }
    diagnostics.append(diagnostic)
  }

  @inline(never) mutating func fail(_ diagnostic: Diagnostic) -> Abandoned {
    report(diagnostic)
    return Abandoned()
  }

  // MARK: Depth

  /// Goes one level down; gives what `leave` needs.
  mutating func enter() throws(Abandoned) -> Int {
    guard depth < Self.maximumDepth else {
      if hasReportedLimit { throw Abandoned() }
      hasReportedLimit = true
      throw fail(.nestedTooDeeply(limit: Self.maximumDepth, at: here))
    }
    depth += 1
    let outer = height
    height = 0
    return outer
  }

  mutating func leave(_ outer: Int) {
    depth -= 1
    height = max(outer, height + 1)
  }

  /// Puts one node on top of what was read at this level.
  mutating func grow() throws(Abandoned) {
    height += 1
    guard height + depth > Self.maximumHeight else { return }
    if hasReportedLimit { throw Abandoned() }
    hasReportedLimit = true
    throw fail(.expressionTooLong(limit: Self.maximumHeight, at: here))
  }

  // MARK: Brackets

  /// Reads what stands between the current bracket and its partner, element by element, and moves behind it. After
  /// a mistake it goes on with the next element. Elements that can nest count their own level.
  @inline(never) mutating func elements(
    separatedByLines: Bool = false, _ element: (inout TokenParser) throws(Abandoned) -> Void
  ) throws(Abandoned) {
    let opening = current
    let close = Int(opening.partner)
    let outerEntries = entriesAllowed
    entriesAllowed = true
    advance()
    while index < close {
      if separatedByLines { while index < close, kind == .newline { advance() } }
      guard index < close else { break }
      do throws(Abandoned) {
        try element(&self)
        guard index < close, kind != .comma, !(separatedByLines && kind == .newline) else {
          if index < close { advance() }
          continue
        }
        throw fail(unexpected(.separator(closing: text(tokens[close]), byLines: separatedByLines)))
      } catch {
        skipElement(until: close, separatedByLines: separatedByLines)
      }
    }
    index = close
    advance()
    entriesAllowed = outerEntries
  }

  private mutating func skipElement(until close: Int, separatedByLines: Bool) {
    while index < close {
      if kind == .comma || (separatedByLines && kind == .newline) {
        advance()
        return
      }
      skipToken(until: close)
    }
  }

  /// Moves behind the current token, or behind its partner if it opens something.
  mutating func skipToken(until close: Int) {
    let partner = Int(current.partner)
    index = min(partner > index ? partner + 1 : index + 1, close)
  }

  /// Whether the `{` at `brace` begins `name:`.
  func beginsRecord(at brace: Int) -> Bool {
    var next = brace + 1
    if tokens[next].kind == .newline { next += 1 }
    return tokens[next].isWord && tokens[min(next + 1, tokens.count - 1)].kind == .colon
  }
}
