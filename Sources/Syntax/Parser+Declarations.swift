import Diagnostics
import SourceText

// Functions, layers, parameters, annotations and patterns.

extension TokenParser {
  mutating func identifier(_ expected: Expected) throws(Abandoned) -> Identifier {
    guard kind == .name else { throw fail(unexpected(expected)) }
    let name = Identifier(text(current), current.span(in: file))
    advance()
    return name
  }

  // MARK: Functions and layers

  @inline(never) mutating func function() throws(Abandoned) -> FunctionDeclaration {
    advance()
    let name = try identifier(.name(of: "the function"))
    guard kind == .leftParen, !current.isFirstOnLine else { throw fail(unexpected(.parameters(of: name.text))) }
    let (signature, body) = try signatureAndBody(of: name.text)
    return FunctionDeclaration(name: name, signature: signature, body: body)
  }

  /// `(a, b = 2) -> [n] = value` or `(a) { ... }`, for `fn` and `call`.
  @inline(never) private mutating func signatureAndBody(of name: String) throws(Abandoned) -> (Signature, Body) {
    let parameters = try parameters()
    let result = skip(.arrow) ? try annotation() : nil
    if kind == .newline, peek().kind == .assign { advance() }
    let outer = context
    context.isInFunction = true
    context.isInLoop = false
    defer { context = outer }
    let body: Body
    if kind == .assign || kind == .fatArrow || kind == .colonAssign {
      if kind != .assign {
        report(.foreignSign(text(current), write: "=", purpose: "give a function its value", at: here))
      }
      advance()
      body = .expression(try expression())
    } else {
      body = .block(try block(of: "fn \(name)"))
    }
    return (Signature(parameters: parameters, result: result), body)
  }

  @inline(never) mutating func layer() throws(Abandoned) -> LayerDeclaration {
    let start = current.start
    advance()
    let name = try identifier(.name(of: "the layer"))
    let hyperparameters = kind == .leftParen && !current.isFirstOnLine ? try parameters() : []
    if kind == .newline, peek().kind == .leftBrace { advance() }
    guard kind == .leftBrace else { throw missingBody(of: "layer \(name.text)") }
    if beginsRecord(at: index) {
      throw fail(.recordAsBody(of: "layer", at: current.span(in: file)))
    }
    let outerContext = context
    let outerEntries = entriesAllowed
    context = Context(isInLayer: true, blockDepth: context.blockDepth + 1)
    entriesAllowed = true
    let outer = try enter()
    let close = Int(current.partner)
    advance()
    let (members, call) = layerMembers(until: close, layer: name.text)
    index = close
    advance()
    leave(outer)
    context = outerContext
    entriesAllowed = outerEntries
    return LayerDeclaration(
      name: name, hyperparameters: hyperparameters, members: members, call: call, span: span(from: start))
  }

  /// What stands in a layer; `call(x) = ...` is kept apart from the rest.
  @inline(never) private mutating func layerMembers(until close: Int, layer: String) -> ([Statement], CallDeclaration?)
  {
    var members: [Statement] = []
    var call: CallDeclaration?
    while index < close {
      if isName(current, "call"), peek().kind == .leftParen, !peek().isFirstOnLine {
        let start = current
        do throws(Abandoned) {
          advance()
          let (signature, body) = try signatureAndBody(of: "call")
          let declaration = CallDeclaration(signature: signature, body: body, span: span(from: start.start))
          if let first = call {
            report(.secondCall(in: layer, at: start.span(in: file), first: first.span))
          } else {
            call = declaration
          }
          if index < close, kind != .newline, kind != .semicolon { throw fail(unexpected(.statementEnd)) }
        } catch {
          while index < close, kind != .newline, kind != .semicolon { skipToken(until: close) }
        }
      } else {
        // Up to the next `call` at the start of a statement, or to the end.
        for member in statements(until: nextCall(before: close)) {
          switch member.kind {
          case .binding, .function, .parameter, .state, .assert: members.append(member)
          case .expression(let check) where check.isCall: members.append(member)
          case .missing: break
          default: report(.notALayerMember(at: member.span))
          }
        }
      }
    }
    return (members, call)
  }

  private func nextCall(before close: Int) -> Int {
    var next = index
    var startsStatement = false
    while next < close {
      let token = tokens[next]
      if startsStatement, isName(token, "call"), tokens[next + 1].kind == .leftParen { return next }
      startsStatement = token.kind == .newline || token.kind == .semicolon
      next = Int(token.partner) > next ? Int(token.partner) + 1 : next + 1
    }
    return close
  }

  // MARK: Parameters

  /// `(x, (a, b), c: [n], d = 2)`
  @inline(never) mutating func parameters() throws(Abandoned) -> [Parameter] {
    var parameters: [Parameter] = []
    try elements { (parser) throws(Abandoned) in
      let start = parser.current.start
      let pattern = try parser.pattern()
      let annotation = parser.skip(.colon) ? try parser.annotation() : nil
      let value = parser.skip(.assign) ? try parser.expression() : nil
      parameters.append(
        Parameter(pattern: pattern, annotation: annotation, defaultValue: value, span: parser.span(from: start)))
    }
    return parameters
  }

  // MARK: Annotations

  mutating func annotation() throws(Abandoned) -> Annotation {
    if kind == .name { return .named(try identifier(.annotation)) }
    guard kind == .leftBracket else { throw fail(unexpected(.annotation)) }
    let start = current.start
    var dimensions: [Dimension] = []
    try elements { (parser) throws(Abandoned) in
      if parser.kind == .ellipsis {
        dimensions.append(.ellipsis(parser.current.span(in: parser.file)))
        parser.advance()
      } else {
        dimensions.append(.size(try parser.binary(.sum)))
      }
    }
    return .shape(dimensions, span(from: start))
  }

  // MARK: Patterns

  mutating func pattern() throws(Abandoned) -> Pattern {
    let outer = try enter()
    defer { leave(outer) }
    let start = current.start
    switch kind {
    case .name:
      if let literal = foreignLiteral() { return .literal(literal) }
      let name = try identifier(.pattern)
      return name.text == "_" ? .wildcard(name.span) : .name(name)
    case .leftParen:
      let (patterns, hasTrailingComma) = try patterns()
      if patterns.count == 1, !hasTrailingComma { return patterns[0] }
      return .tuple(patterns, span(from: start))
    case .leftBracket: return .list(try patterns().0, span(from: start))
    case .leftBrace: return try recordPattern()
    default: return try literalPattern()
    }
  }

  private mutating func patterns() throws(Abandoned) -> ([Pattern], hasTrailingComma: Bool) {
    var patterns: [Pattern] = []
    try elements { (parser) throws(Abandoned) in patterns.append(try parser.pattern()) }
    return (patterns, tokens[index - 2].kind == .comma)
  }

  private mutating func recordPattern() throws(Abandoned) -> Pattern {
    let start = current.start
    var fields: [(field: Identifier, pattern: Pattern?)] = []
    try elements(separatedByLines: true) { (parser) throws(Abandoned) in
      let token = parser.current
      let hasPattern = parser.peek().kind == .colon
      guard token.kind == .name || (token.isWord && hasPattern) else {
        throw parser.fail(parser.unexpected(.fieldOfPattern))
      }
      parser.advance()
      let field = Identifier(parser.text(token), token.span(in: parser.file))
      if parser.skip(.colon) {
        fields.append((field, try parser.pattern()))
      } else {
        fields.append((field, nil))
      }
    }
    return .record(fields, span(from: start))
  }

  private mutating func literalPattern() throws(Abandoned) -> Pattern {
    let start = current.start
    let lower = try literal()
    guard kind == .halfOpenRange || kind == .ellipsis else { return .literal(lower) }
    let isClosed = kind == .ellipsis
    advance()
    let upper = try literal()
    return .range(lower: lower, upper: upper, isClosed: isClosed, span(from: start))
  }

  /// A number (perhaps negative), plain text, truth value or `none`.
  private mutating func literal() throws(Abandoned) -> Expression {
    let start = current.start
    switch kind {
    case .integer, .float, .true, .false, .none: return try atom()
    case .minus where peek().kind == .integer || peek().kind == .float:
      advance()
      let number = try atom()
      // Folded, so that a pattern's literal is one node.
      if case .integer(let value) = number.kind { return Expression(.integer(-value), span(from: start)) }
      if case .float(let value) = number.kind { return Expression(.float(-value), span(from: start)) }
      return number
    case .textStart:
      let (text, span) = try plainText()
      return Expression(.text(text.isEmpty ? [] : [.literal(text)]), span)
    default: throw fail(unexpected(.pattern))
    }
  }
}
