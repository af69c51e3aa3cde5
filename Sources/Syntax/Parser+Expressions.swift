import Diagnostics
import SourceText

// Expressions, from loose to tight: lambda, or, and, not, compare, pipe, chain, range, sum, product, unary, power,
// postfix, atom.

/// How tightly a binary operator holds its operands.
enum Precedence: Int {
  case or = 1, and, not, compare, pipe, chain, range, sum, product, unary

  var tighter: Precedence { Precedence(rawValue: rawValue + 1) ?? .unary }
}

extension TokenParser {
  /// `expr = (NAME | params) "->" body | or`
  mutating func expression() throws(Abandoned) -> Expression {
    let outer = try enter()
    defer { leave(outer) }
    return beginsLambda ? try lambda() : try binary(.or)
  }

  // MARK: Lambdas

  private var beginsLambda: Bool {
    switch kind {
    case .name: isArrow(peek())
    case .leftParen: isArrow(tokens[min(Int(current.partner) + 1, tokens.count - 1)])
    default: false
    }
  }

  private func isArrow(_ token: Token) -> Bool { token.kind == .arrow || token.kind == .fatArrow }

  @inline(never) private mutating func lambda() throws(Abandoned) -> Expression {
    let start = current.start
    let parameters: [Parameter]
    if kind == .leftParen {
      parameters = try self.parameters()
    } else {
      let pattern = try pattern()
      parameters = [Parameter(pattern: pattern, annotation: nil, defaultValue: nil, span: pattern.span)]
    }
    arrow()
    let outer = context
    context.isInFunction = true
    context.isInLoop = false
    defer { context = outer }
    return Expression(.lambda(parameters, try bodyAfterArrow()), span(from: start))
  }

  private mutating func arrow() {
    if kind == .fatArrow { report(.foreignSign("=>", write: "->", purpose: "make a function or a case", at: here)) }
    advance()
  }

  /// After `->`, a `{` begins a record if `name:` follows, else a block.
  private mutating func bodyAfterArrow() throws(Abandoned) -> Body {
    guard kind == .leftBrace, !beginsRecord(at: index) else { return .expression(try expression()) }
    return .block(try block(of: "->"))
  }

  // MARK: Binary operators

  mutating func binary(_ minimum: Precedence) throws(Abandoned) -> Expression {
    let start = current.start
    var left: Expression
    if kind == .not || kind == .bang {
      guard minimum.rawValue <= Precedence.not.rawValue else { throw fail(.notNeedsParentheses(at: here)) }
      left = try negation()
    } else {
      left = try unary()
    }
    var last: Precedence?
    while let (operation, precedence) = binaryOperator(), precedence.rawValue >= minimum.rawValue {
      let sign = current
      reportForeignOperator()
      if precedence == last, precedence == .compare || precedence == .range {
        report(
          precedence == .compare
            ? .comparisonChain(at: sign.span(in: file)) : .rangeChain(at: sign.span(in: file)))
      }
      last = precedence
      advance()
      let leftHeight = height
      height = 0
      let right = try binary(precedence.tighter)
      height = max(leftHeight, height)
      try grow()
      let kind: ExpressionKind =
        operation.map { .binary($0, left, right, operatorSpan: sign.span(in: file)) } ?? .pipe(left, right)
      left = Expression(kind, span(from: start))
    }
    return left
  }

  /// The operator at the current token; nil stands for `|>`, which has a node of its own.
  private func binaryOperator() -> (BinaryOperator?, Precedence)? {
    switch kind {
    case .or, .doubleBar, .bar: (.or, .or)
    case .and, .doubleAmpersand, .ampersand: (.and, .and)
    case .equalEqual, .tripleEqual: (.equal, .compare)
    case .notEqual, .bangDoubleEqual, .lessGreater: (.notEqual, .compare)
    case .less: (.less, .compare)
    case .lessEqual: (.lessOrEqual, .compare)
    case .greater: (.greater, .compare)
    case .greaterEqual: (.greaterOrEqual, .compare)
    case .pipe: (nil, .pipe)
    case .compose: (.compose, .chain)
    case .halfOpenRange, .doubleDot: (.halfOpenRange, .range)
    // Right before `,` or `]` it stands for dimensions, not for a range.
    case .ellipsis where peek().kind != .comma && peek().kind != .rightBracket: (.closedRange, .range)
    case .plus: (.add, .sum)
    case .minus: (.subtract, .sum)
    case .star: (.multiply, .product)
    case .slash: (.divide, .product)
    case .doubleSlash: (.floorDivide, .product)
    case .percent: (.remainder, .product)
    case .at: (.matmul, .product)
    default: nil
    }
  }

  @inline(never) private mutating func negation() throws(Abandoned) -> Expression {
    let start = current.start
    let outer = try enter()
    defer { leave(outer) }
    reportForeignOperator()
    advance()
    let operand = kind == .not || kind == .bang ? try negation() : try binary(.compare)
    return Expression(.unary(.not, operand), span(from: start))
  }

  // MARK: Unary operators and powers

  mutating func unary() throws(Abandoned) -> Expression {
    let start = current.start
    switch kind {
    case .minus:
      let outer = try enter()
      defer { leave(outer) }
      advance()
      if endsStatement || current.isFirstOnLine, index >= 2, tokens[index - 2].kind == .minus,
        tokens[index - 2].end == start
      {
        throw fail(.increment("--", name: nil, at: Span(file: file.id, start: Int(start) - 1, end: Int(start) + 1)))
      }
      if let lowest = lowestInteger(from: start) { return lowest }
      let operand = try unary()
      return Expression(.unary(.negate, operand), span(from: start))
    case .plus, .doublePlus:
      let outer = try enter()
      defer { leave(outer) }
      report(.plusSign(text(current), at: here))
      advance()
      return try unary()
    default: return try power()
    }
  }

  /// `-9223372036854775808`, whose digits alone would be too large.
  private mutating func lowestInteger(from start: Int32) -> Expression? {
    guard kind == .integer, peek().kind != .caret, text(current).filter({ $0 != "_" }) == "9223372036854775808"
    else { return nil }
    advance()
    return Expression(.integer(.min), span(from: start))
  }

  private mutating func power() throws(Abandoned) -> Expression {
    let start = current.start
    let base = try postfix()
    guard kind == .caret || kind == .doubleStar else { return base }
    let sign = current
    reportForeignOperator()
    advance()
    let outer = try enter()
    defer { leave(outer) }
    let exponent = try unary()
    return Expression(.binary(.power, base, exponent, operatorSpan: sign.span(in: file)), span(from: start))
  }

  // MARK: Calls, indices, fields

  @inline(never) private mutating func postfix() throws(Abandoned) -> Expression {
    if kind == .if { return try conditional() }
    if kind == .match { return try match() }
    let start = current.start
    var expression = try atom()
    var hasEntries = false
    while true {
      // A bracket at the start of a line never continues the one before.
      if current.isFirstOnLine, kind != .dot { return expression }
      switch kind {
      case .leftParen:
        expression = Expression(.call(expression, try arguments()), span(from: start))
        hasEntries = false
      case .leftBracket:
        expression = Expression(.index(expression, try indexItems()), span(from: start))
        hasEntries = false
      case .dot:
        advance()
        expression = Expression(.field(expression, try fieldName()), span(from: start))
        hasEntries = false
      case .leftBrace:
        guard entriesAllowed, !hasEntries, let (callee, arguments) = callee(expression) else { return expression }
        let entries = try entries()
        let named = entries.map { Argument(name: $0.name, value: $0.value) }
        expression = Expression(.call(callee, arguments + named), span(from: start))
        hasEntries = true
      default: return expression
      }
      try grow()
    }
  }

  /// What a block of named arguments attaches to: a name, a field or a call.
  private func callee(_ expression: Expression) -> (Expression, [Argument])? {
    switch expression.kind {
    case .name, .field: (expression, [])
    case .call(let callee, let arguments): (callee, arguments)
    default: nil
    }
  }

  /// Any word is a name after `.`.
  private mutating func fieldName() throws(Abandoned) -> Identifier {
    let token = current
    guard token.isWord, !token.isFirstOnLine else {
      if kind == .integer { throw fail(.numberAsField(text(token), at: here)) }
      if index >= 2, tokens[index - 2].kind == .integer {
        throw fail(.pointAfterNumber(at: tokens[index - 1].span(in: file)))
      }
      throw fail(unexpected(.field))
    }
    advance()
    return Identifier(text(token), token.span(in: file))
  }

  @inline(never) private mutating func arguments() throws(Abandoned) -> [Argument] {
    var arguments: [Argument] = []
    try elements { (parser) throws(Abandoned) in
      let token = parser.current
      if token.isWord, parser.peek().kind == .colon {
        parser.advance()
        parser.advance()
        let name = Identifier(parser.text(token), token.span(in: parser.file))
        arguments.append(Argument(name: name, value: try parser.expression()))
        return
      }
      let value = try parser.expression()
      if parser.kind == .assign, case .name(let name) = value.kind {
        parser.report(.equalsInCall(name: name, at: parser.here))
        parser.advance()
        arguments.append(Argument(name: Identifier(name, value.span), value: try parser.expression()))
      } else {
        arguments.append(Argument(name: nil, value: value))
      }
    }
    return arguments
  }

  @inline(never) private mutating func indexItems() throws(Abandoned) -> [IndexItem] {
    let opening = current
    var items: [IndexItem] = []
    try elements { (parser) throws(Abandoned) in items.append(try parser.indexItem()) }
    if items.isEmpty, tokens[index - 2].kind == .leftBracket {
      report(.emptyIndex(at: Span(file: file.id, start: Int(opening.start), end: previousEnd)))
    }
    return items
  }

  private mutating func indexItem() throws(Abandoned) -> IndexItem {
    let start = current.start
    if kind == .ellipsis, peek().kind == .comma || peek().kind == .rightBracket {
      advance()
      return .ellipsis(span(from: start))
    }
    let lower = kind == .colon ? nil : try expression()
    if lower != nil, kind != .colon { return .value(lower ?? Expression(.missing, here)) }
    advance()
    let upper = try sliceBound()
    let step = skip(.colon) ? try sliceBound() : nil
    return .slice(lower: lower, upper: upper, step: step, span(from: start))
  }

  private mutating func sliceBound() throws(Abandoned) -> Expression? {
    switch kind {
    case .colon, .comma, .rightBracket: nil
    default: try expression()
    }
  }

  // MARK: if and match

  /// The condition or subject between a word and `{`: a brace there always opens the body.
  mutating func head() throws(Abandoned) -> Expression {
    let outer = entriesAllowed
    entriesAllowed = false
    defer { entriesAllowed = outer }
    let outerHeight = try enter()
    defer { leave(outerHeight) }
    return try binary(.or)
  }

  /// A head that is a truth value: `=` is taken for `==`, with a message.
  mutating func conditionHead(of owner: String) throws(Abandoned) -> Expression {
    let start = current.start
    let condition = try head()
    guard kind == .assign else { return condition }
    let sign = current
    report(.assignmentInCondition(at: sign.span(in: file)))
    advance()
    let right = try head()
    return Expression(.binary(.equal, condition, right, operatorSpan: sign.span(in: file)), span(from: start))
  }

  @inline(never) mutating func conditional() throws(Abandoned) -> Expression {
    let start = current.start
    advance()
    let condition = try conditionHead(of: "if")
    let body = try block(of: "if")
    var branch: ElseBranch?
    if kind == .else {
      advance()
      branch = kind == .if && !current.isFirstOnLine ? try chained() : .block(try block(of: "else"))
    } else if kind == .name, !current.isFirstOnLine, ["elif", "elseif", "elsif"].contains(text(current)) {
      report(.foreignWord(text(current), write: "else if", at: here))
      branch = try chained()
    }
    return Expression(.if(condition, body, else: branch), span(from: start))
  }

  /// `if ...` behind an `else`, one level deeper.
  private mutating func chained() throws(Abandoned) -> ElseBranch {
    let outer = try enter()
    defer { leave(outer) }
    return .chained(try conditional())
  }

  @inline(never) private mutating func match() throws(Abandoned) -> Expression {
    let start = current.start
    advance()
    let subject = try head()
    if kind == .newline, peek().kind == .leftBrace { advance() }
    guard kind == .leftBrace else { throw missingBody(of: "match") }
    var cases: [MatchCase] = []
    context.blockDepth += 1
    defer { context.blockDepth -= 1 }
    try elements(separatedByLines: true) { (parser) throws(Abandoned) in
      let start = parser.current.start
      if parser.isName(parser.current, "case"), parser.peek().kind != .arrow, parser.peek().kind != .if {
        parser.report(.caseWord(at: parser.here))
        parser.advance()
      }
      let pattern = try parser.pattern()
      let condition = parser.skip(.if) ? try parser.binary(.or) : nil
      guard parser.kind == .arrow || parser.kind == .fatArrow else { throw parser.fail(parser.unexpected(.caseArrow)) }
      parser.arrow()
      let body = try parser.bodyAfterArrow()
      cases.append(
        MatchCase(pattern: pattern, condition: condition, body: body, span: parser.span(from: start)))
    }
    return Expression(.match(subject, cases), span(from: start))
  }
}
