import SourceText

/// One word, number, sign or piece of a text, as the lexer cuts the source.
public struct Token: Sendable {
  public enum Kind: UInt8, Sendable {
    case name
    // Reserved words. `param`, `state`, `call`, `test` and `as` are names that the parser reads by position.
    case `let`, `var`, fn, layer, `for`, `in`, `while`, `if`, `else`, match, `break`, `continue`, `return`, assert
    case `import`, `true`, `false`, none, and, or, not

    case integer, float
    /// A text is `textStart`, then segments and interpolations, then `textEnd`.
    case textStart, textSegment, textEnd
    /// `{`, an expression, perhaps a `format` (the colon included), `}`.
    case interpolationStart, format, interpolationEnd

    case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
    case comma, semicolon, colon, dot, arrow, pipe, compose
    case plus, minus, star, slash, doubleSlash, percent, at, caret
    case equalEqual, notEqual, less, lessEqual, greater, greaterEqual, halfOpenRange, ellipsis
    case assign, plusAssign, minusAssign, starAssign, slashAssign

    // Signs of other languages, kept as tokens so that the parser can name the spelling used here.
    case doubleStar, doublePlus, doubleAmpersand, doubleBar, bang, fatArrow, colonAssign, doubleDot, question
    case tripleEqual, bangDoubleEqual, lessGreater, ampersand, bar, otherAssign

    case newline, endOfFile
  }

  public let kind: Kind
  /// UTF-8 offsets, `end` not included. A closing bracket that the lexer had to add is empty.
  public let start: Int32
  public let end: Int32
  /// For brackets of all kinds (texts and interpolations too): the index of the partner. Brackets are always balanced.
  public internal(set) var partner: Int32 = -1
  /// Whether a line break stands between this token and the one before.
  public let isFirstOnLine: Bool

  public func span(in file: SourceFile) -> Span { Span(file: file.id, start: Int(start), end: Int(end)) }

  /// Names and reserved words: after `.` and before `:` any of them is a name.
  public var isWord: Bool { kind.rawValue <= Kind.not.rawValue }
}

extension Token.Kind {
  static let reservedWords: [String: Token.Kind] = [
    "let": .let, "var": .var, "fn": .fn, "layer": .layer, "for": .for, "in": .in, "while": .while, "if": .if,
    "else": .else, "match": .match, "break": .break, "continue": .continue, "return": .return, "assert": .assert,
    "import": .import, "true": .true, "false": .false, "none": .none, "and": .and, "or": .or, "not": .not,
  ]

  /// A line that ends in one of these goes on.
  var continuesLine: Bool {
    switch self {
    case .arrow, .pipe, .compose, .plus, .minus, .star, .slash, .doubleSlash, .percent, .at, .caret, .equalEqual,
      .notEqual, .less, .lessEqual, .greater, .greaterEqual, .halfOpenRange, .ellipsis, .assign, .plusAssign,
      .minusAssign, .starAssign, .slashAssign, .and, .or, .not, .doubleStar, .doubleAmpersand, .doubleBar, .bang,
      .fatArrow, .colonAssign, .doubleDot, .tripleEqual, .bangDoubleEqual, .lessGreater, .otherAssign:
      true
    default: false
    }
  }

  /// A line that begins with one of these belongs to the one before; before a closing bracket a break never matters.
  var continuesLineBefore: Bool {
    switch self {
    case .pipe, .compose, .rightParen, .rightBracket, .rightBrace, .interpolationEnd, .textEnd: true
    default: false
    }
  }

  /// Words that begin a statement and can stand nowhere inside parentheses or square brackets.
  var beginsStatementOnly: Bool {
    switch self {
    case .let, .var, .fn, .layer, .for, .while, .break, .continue, .return, .assert, .import: true
    default: false
    }
  }
}
