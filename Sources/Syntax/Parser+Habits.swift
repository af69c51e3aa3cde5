import Diagnostics
import SourceText

// Habits from other languages, each answered with the spelling used here; and what to say about a token in the way.

typealias Expected = SyntaxExpectation

extension TokenParser {
  /// The most helpful thing to say about the current token, where `expected` should stand.
  @inline(never) func unexpected(_ expected: Expected) -> Diagnostic {
    if let habit = habit(inPlaceOf: expected) { return habit }
    return .unexpected(found, expected: expected, at: here)
  }

  /// How messages call the current token.
  private var found: String {
    switch kind {
    case .newline: "the end of the line"
    case .endOfFile: "the end of the text"
    case .textStart: "a text"
    case .textSegment, .textEnd, .format: "more text"
    default: current.start == current.end ? "nothing more" : "`\(text(current))`"
    }
  }

  @inline(never) private func habit(inPlaceOf expected: Expected) -> Diagnostic? {
    let previous = index > 0 ? tokens[index - 1] : nil
    switch (kind, expected) {
    case (.arrow, .statementEnd), (.arrow, .separator), (.arrow, .body), (.fatArrow, .statementEnd),
      (.fatArrow, .separator):
      return .lambdaNeedsParentheses(at: here)
    case (.assign, .separator(_, byLines: true)), (.plusAssign, _), (.minusAssign, _), (.starAssign, _),
      (.slashAssign, _):
      return .assignmentNeedsBraces(text(current), at: here)
    case (.assign, .separator), (.assign, .interpolationEnd): return .assignmentInCondition(at: here)
    case (.assign, .statementEnd): return .secondAssignment(at: here)
    case (.question, _): return .ternary(at: here)
    case (.if, .statementEnd), (.if, .separator): return .conditionBehindValue(at: here)
    case (.for, .separator): return .comprehension(at: here)
    case (.else, .value(_)): return .elseAtLineStart(at: here)
    case (_, .value(_)) where kind.beginsStatementOnly: return .statementAsValue(text(current), at: here)
    case (.comma, .statementEnd): return .looseComma(at: here)
    case (.leftBrace, .statementEnd), (.leftBrace, .separator): return .braceCannotAttach(at: here)
    case (.pipe, .statementEnd), (.compose, .statementEnd): return .blockBodyEnds(text(current), at: here)
    case (.doublePlus, .statementEnd), (.doublePlus, .value(_)): return .increment("++", name: nil, at: here)
    case (.dot, .value(_)):
      return peek().kind == .integer && peek().start == current.end
        ? .numberStartsWithPoint(text(peek()), at: here) : nil
    case (.ellipsis, .separator): return .rangeWithoutEnd(at: here)
    case (.leftParen, .separator) where current.isFirstOnLine, (.leftBracket, .separator) where current.isFirstOnLine:
      return .bracketAtLineStart(text(current), at: here)
    case (_, .pattern) where current.isWord, (_, .name) where current.isWord, (_, .fieldOfPattern) where current.isWord:
      return .reservedWord(text(current), at: here)
    case (.colon, .statementEnd):
      guard previous?.kind == .name, let previous else { return nil }
      return .entryOutsideBraces(name: text(previous), at: here)
    case (.not, .statementEnd): return .unknownOperator("not in", at: here)
    case (.in, .statementEnd), (.in, .separator), (.in, .body): return .unknownOperator("in", at: here)
    default: break
    }
    return secondValue(previous, expected)
  }

  /// `print x`, `f"..."`: a value directly behind another.
  private func secondValue(_ previous: Token?, _ expected: Expected) -> Diagnostic? {
    guard let previous, previous.kind == .name, !current.isFirstOnLine else { return nil }
    if kind == .textStart, previous.end == current.start {
      return .prefixedText(text(previous), at: previous.span(in: file))
    }
    guard case .statementEnd = expected else { return nil }
    switch kind {
    case .name, .textStart, .integer, .float, .true, .false, .none:
      let start = tokens[max(index - 2, 0)]
      let isFirst = index == 1 || start.kind == .newline || start.kind == .semicolon || start.kind == .leftBrace
      guard isFirst else { return nil }
      return .callWithoutParentheses(text(previous), at: here)
    default: return nil
    }
  }

  // MARK: Expressions

  /// Says which spelling belongs in place of an operator from elsewhere; the meaning is taken as intended.
  @inline(never) mutating func reportForeignOperator() {
    let spelling: (String, String)
    switch kind {
    case .doubleStar: spelling = ("^", "raise to a power")
    case .doubleAmpersand, .ampersand: spelling = ("and", "ask for both conditions")
    case .doubleBar, .bar: spelling = ("or", "ask for one of two conditions")
    case .bang: spelling = ("not", "negate a condition")
    case .tripleEqual: spelling = ("==", "compare")
    case .bangDoubleEqual, .lessGreater: spelling = ("!=", "compare")
    case .doubleDot:
      report(.doubleDot(text(current), at: here))
      return
    default: return
    }
    report(.foreignSign(text(current), write: spelling.0, purpose: spelling.1, at: here))
  }

  /// `True`, `None` and the like: read as the value that is meant.
  @inline(never) mutating func foreignLiteral() -> Expression? {
    let word = text(current)
    let literal: (String, ExpressionKind)
    switch word {
    case "True", "TRUE": literal = ("true", .truth(true))
    case "False", "FALSE": literal = ("false", .truth(false))
    case "None", "null", "nil", "NULL", "undefined": literal = ("none", .none)
    default: return nil
    }
    report(.foreignWord(word, write: literal.0, at: here))
    let span = here
    advance()
    return Expression(literal.1, span)
  }

  /// `lambda x: ...` and `function(x) ...`, which can't be read as anything.
  @inline(never) mutating func rejectForeignExpression() throws(Abandoned) {
    let next = peek()
    guard !next.isFirstOnLine else { return }
    if isName(current, "lambda"), next.kind == .name || next.kind == .colon { throw fail(.lambdaWord(at: here)) }
    if isName(current, "function") || isName(current, "func"), next.kind == .leftParen,
      tokens[min(Int(next.partner) + 1, tokens.count - 1)].kind == .leftBrace
    {
      throw fail(.functionAsValue(at: here))
    }
  }

  // MARK: Statements

  /// Statements that begin in the way of another language. Gives nil for anything that may be right.
  @inline(never) mutating func foreignStatement() throws(Abandoned) -> StatementKind? {
    let next = peek()
    switch kind {
    case .else: return try strayElse()
    case .slash where next.kind == .star: throw fail(.foreignComment("/*", at: here))
    case .doubleSlash: throw fail(.foreignComment("//", at: here))
    case .name: break
    default: return nil
    }
    guard !next.isFirstOnLine, next.kind == .name || next.kind == .leftParen else { return nil }
    let word = text(current)
    if ["elif", "elseif", "elsif"].contains(word) {
      if hasForeignBody { throw Abandoned() }
      report(.foreignWord(word, write: "else if", at: here))
      return .expression(try conditional())
    }
    guard next.kind == .name else { return nil }
    if ["def", "func", "function", "fun", "define"].contains(word) {
      hasForeignBody = true
      throw fail(.foreignDefinition(word, name: text(next), at: here))
    }
    if word == "class" || word == "struct" {
      hasForeignBody = true
      throw fail(.foreignClass(word, name: text(next), at: here))
    }
    if ["const", "val", "local", "auto", "int", "float", "double"].contains(word), peek(2).kind == .assign {
      report(.foreignWord(word, write: "let", at: here))
      advance()
      let pattern = try pattern()
      try equalsSign(after: .binding(keyword: "let"))
      return .binding(isVariable: false, pattern, nil, try expression())
    }
    if word == "from", peek(2).kind == .import { throw fail(.importNeedsText(at: here)) }
    return nil
  }

  /// `else` at the start of a line: read, so that what stands in it is checked, and dropped.
  private mutating func strayElse() throws(Abandoned) -> StatementKind {
    if hasForeignBody { throw Abandoned() }
    report(.elseAtLineStart(at: here))
    advance()
    if kind == .if { return .expression(try conditional()) }
    _ = try block(of: "else")
    return .missing
  }
}
