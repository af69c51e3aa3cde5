import Diagnostics
import SourceText

// Programs, blocks and statements.

extension TokenParser {
  mutating func program() -> Program {
    let (fileDocumentation, lastLine) = documentationOfFile()
    let statements = statements(until: tokens.count - 1, fileDocumentationEnd: lastLine)
    return Program(documentation: fileDocumentation, statements: statements)
  }

  // MARK: Documentation

  /// The `##` lines at the top belong to the file, unless a `fn` or `layer` follows directly.
  private func documentationOfFile() -> (String?, lastLine: Int) {
    guard let first = documentation.keys.min() else { return (nil, 0) }
    let firstToken = tokens[0]
    let tokenLine = firstToken.kind == .endOfFile ? Int.max : file.line(at: Int(firstToken.start))
    guard first < tokenLine else { return (nil, 0) }
    var last = first
    while documentation[last + 1] != nil { last += 1 }
    if last + 1 == tokenLine, firstToken.kind == .fn || firstToken.kind == .layer { return (nil, 0) }
    return ((first...last).compactMap { documentation[$0] }.joined(separator: "\n"), last)
  }

  /// The `##` lines directly above `line`.
  private func documentation(above line: Int, downTo floor: Int) -> String? {
    var first = line
    while first - 1 > floor, documentation[first - 1] != nil { first -= 1 }
    guard first < line else { return nil }
    return (first..<line).compactMap { documentation[$0] }.joined(separator: "\n")
  }

  // MARK: Blocks

  /// Statements up to the token `close`, which is left standing.
  mutating func statements(until close: Int, fileDocumentationEnd: Int = 0) -> [Statement] {
    var statements: [Statement] = []
    while index < close {
      if kind == .newline || kind == .semicolon {
        if kind == .semicolon, peek().kind == .semicolon { report(.doubleSemicolon(at: peek().span(in: file))) }
        while kind == .semicolon, peek().kind == .semicolon { advance() }
        advance()
        continue
      }
      let first = current
      let count = statements.count
      let outerHeight = height
      height = 0
      do throws(Abandoned) {
        var statement = try statement()
        if !documentation.isEmpty {
          statement.documentation = documentation(
            above: file.line(at: Int(first.start)), downTo: fileDocumentationEnd)
        }
        statements.append(statement)
        if index < close, kind != .newline, kind != .semicolon { throw fail(unexpected(.statementEnd)) }
      } catch {
        while index < close, kind != .newline, kind != .semicolon { skipToken(until: close) }
        if statements.count == count { statements.append(Statement(.missing, span(from: first.start))) }
      }
      height = max(outerHeight, height)
    }
    return statements
  }

  /// `{ ... }` as the body of `owner`. Since a head alone is no statement, the brace may stand on the next line.
  @inline(never) mutating func block(of owner: String) throws(Abandoned) -> Block {
    if kind == .newline, peek().kind == .leftBrace { advance() }
    guard kind == .leftBrace else { throw missingBody(of: owner) }
    let after = tokens[min(Int(current.partner) + 1, tokens.count - 1)]
    if beginsRecord(at: index), after.kind == .leftBrace, !after.isFirstOnLine {
      report(.entriesInHead(of: owner, at: current.span(in: file)))
      skipToken(until: tokens.count - 1)
    }
    let start = current.start
    let close = Int(current.partner)
    if beginsRecord(at: index) {
      report(.recordAsBody(of: owner, at: current.span(in: file)))
      let record = try record()
      return Block(statements: [Statement(.expression(record), record.span)], span: record.span)
    }
    let outerEntries = entriesAllowed
    entriesAllowed = true
    let outer = try enter()
    context.blockDepth += 1
    advance()
    let statements = statements(until: close)
    index = close
    advance()
    context.blockDepth -= 1
    leave(outer)
    entriesAllowed = outerEntries
    return Block(statements: statements, span: span(from: start))
  }

  @inline(never) mutating func missingBody(of owner: String) -> Abandoned {
    if kind == .colon {
      hasForeignBody = true
      return fail(.colonBeforeBody(of: owner, at: here))
    }
    if kind == .endOfFile || (kind == .newline && peek().kind == .endOfFile) { isIncomplete = true }
    return fail(unexpected(.body(of: owner)))
  }

  // MARK: Statements

  @inline(never) mutating func statement() throws(Abandoned) -> Statement {
    let start = current.start
    let kind = try statementKind()
    return Statement(kind, span(from: start))
  }

  private mutating func statementKind() throws(Abandoned) -> StatementKind {
    switch kind {
    case .let, .var: return try binding()
    case .fn where peek().kind == .name: return .function(try function())
    case .layer: return .layer(try layer())
    case .for: return try forLoop()
    case .while: return try whileLoop()
    case .break, .continue:
      let isBreak = kind == .break
      if !context.isInLoop { report(.outsideLoop(text(current), at: here)) }
      advance()
      return isBreak ? .break : .continue
    case .return:
      if !context.isInFunction, !hasForeignBody { report(.returnOutsideFunction(at: here)) }
      advance()
      return .return(endsStatement ? nil : try expression())
    case .assert:
      advance()
      return .assert(try expression())
    case .import: return try importFile()
    case .name:
      if let contextual = try contextualStatement() { return contextual }
    case .pipe, .compose: throw fail(.startsWithPipe(text(current), at: here))
    default: break
    }
    if let foreign = try foreignStatement() { return foreign }
    return try expressionOrAssignment()
  }

  /// Whether nothing more stands in this statement.
  var endsStatement: Bool {
    switch kind {
    case .newline, .semicolon, .endOfFile, .rightBrace: true
    default: false
    }
  }

  /// `test`, `param` and `state` are ordinary names elsewhere.
  @inline(never) private mutating func contextualStatement() throws(Abandoned) -> StatementKind? {
    let next = peek()
    guard !next.isFirstOnLine else { return nil }
    if next.kind == .textStart, isName(current, "test") { return try test() }
    guard next.kind == .name || (next.isWord && peek(2).kind == .colon) else { return nil }
    if isName(current, "param") { return try ownedValue(isState: false) }
    if isName(current, "state") { return try ownedValue(isState: true) }
    return nil
  }

  @inline(never) private mutating func binding() throws(Abandoned) -> StatementKind {
    let keyword = current
    let isVariable = kind == .var
    advance()
    if kind == .name, peek().kind == .leftParen, !peek().isFirstOnLine,
      tokens[min(Int(peek().partner) + 1, tokens.count - 1)].kind == .assign
    {
      throw fail(.functionWithLet(name: text(current), keyword: keyword.span(in: file)))
    }
    let pattern = try pattern()
    if kind == .comma { throw fail(.bindingWithoutParentheses(keyword: text(keyword), at: here)) }
    let annotation = skip(.colon) ? try annotation() : nil
    try equalsSign(after: .binding(keyword: text(keyword)))
    return .binding(isVariable: isVariable, pattern, annotation, try expression())
  }

  /// The `=` of a definition; `:=` and `==` are taken for it, with a message.
  mutating func equalsSign(after expected: Expected) throws(Abandoned) {
    if kind == .colonAssign || kind == .equalEqual {
      report(.foreignSign(text(current), write: "=", purpose: "give a name its value", at: here))
    } else if kind != .assign {
      throw fail(unexpected(expected))
    }
    advance()
  }

  @inline(never) private mutating func forLoop() throws(Abandoned) -> StatementKind {
    advance()
    // `for (i in xs) {`, a habit from elsewhere.
    var closing: Int?
    if kind == .leftParen, forInParentheses() {
      report(.parenthesesAroundFor(at: current.span(in: file)))
      closing = Int(current.partner)
      advance()
      if kind == .var || kind == .let { advance() }
    }
    let pattern = try pattern()
    guard skip(.in) else { throw fail(unexpected(.wordIn)) }
    let sequence = closing == nil ? try head() : try expression()
    if let closing {
      guard index == closing else { throw fail(unexpected(.separator(closing: ")", byLines: false))) }
      advance()
    }
    return .for(pattern, sequence, try loopBody(of: "for"))
  }

  /// Whether `in` stands directly inside the parentheses that begin here.
  private func forInParentheses() -> Bool {
    var next = index + 1
    let close = Int(current.partner)
    while next < close {
      if tokens[next].kind == .in { return true }
      next = Int(tokens[next].partner) > next ? Int(tokens[next].partner) + 1 : next + 1
    }
    return false
  }

  @inline(never) private mutating func whileLoop() throws(Abandoned) -> StatementKind {
    advance()
    let condition = try conditionHead(of: "while")
    return .while(condition, try loopBody(of: "while"))
  }

  private mutating func loopBody(of owner: String) throws(Abandoned) -> Block {
    let outer = context
    context.isInLoop = true
    defer { context = outer }
    return try block(of: owner)
  }

  @inline(never) private mutating func importFile() throws(Abandoned) -> StatementKind {
    if context.blockDepth > 0 { report(.onlyAtTopLevel("import", at: here)) }
    advance()
    guard kind == .textStart else { throw fail(.importNeedsText(at: here)) }
    let (path, pathSpan) = try plainText()
    var alias: Identifier?
    if isName(current, "as") {
      advance()
      alias = try identifier(.name(of: "the import"))
    }
    return .import(path: path, pathSpan: pathSpan, alias: alias)
  }

  @inline(never) private mutating func test() throws(Abandoned) -> StatementKind {
    if context.blockDepth > 0 { report(.onlyAtTopLevel("test", at: here)) }
    advance()
    let (name, _) = try plainText()
    return .test(name: name, try block(of: "test"))
  }

  /// `param w: [a, b] = init` and `state s: [a] = init`.
  @inline(never) private mutating func ownedValue(isState: Bool) throws(Abandoned) -> StatementKind {
    let word = text(current)
    if !context.isInLayer { report(.outsideLayer(word, at: here)) }
    advance()
    let name = try identifier(.name(of: "the \(word)"))
    guard skip(.colon) else { throw fail(unexpected(.shapeOfOwnedValue(word, name: name.text))) }
    let annotation = try annotation()
    try equalsSign(after: .initializer(word, name: name.text))
    let initial = try expression()
    return isState ? .state(name, annotation, initial) : .parameter(name, annotation, initial)
  }

  @inline(never) private mutating func expressionOrAssignment() throws(Abandoned) -> StatementKind {
    let expression = try expression()
    let assignment: BinaryOperator?
    switch kind {
    case .assign: assignment = nil
    case .plusAssign: assignment = .add
    case .minusAssign: assignment = .subtract
    case .starAssign: assignment = .multiply
    case .slashAssign: assignment = .divide
    case .colonAssign:
      report(.foreignSign(":=", write: "=", purpose: "give a name its value", at: here))
      assignment = nil
    case .otherAssign:
      throw fail(.longAssignment(text(current), name: file.text(of: expression.span), at: here))
    case .doublePlus
    where peek(1).kind == .newline || peek(1).kind == .endOfFile || peek(1).kind == .semicolon
      || peek(1).kind == .rightBrace:
      throw fail(.increment("++", name: file.text(of: expression.span), at: here))
    default: return .expression(expression)
    }
    advance()
    guard let place = place(expression) else {
      throw fail(.notAPlace(at: expression.span, help: help(forAssigningTo: expression)))
    }
    return .assignment(place, assignment, try self.expression())
  }

  private func help(forAssigningTo expression: Expression) -> AssignmentHelp {
    switch expression.kind {
    case .tuple: return .tuple
    case .call(let callee, _):
      if case .name(let name) = callee.kind { return .function(name) }
      return .place
    default: return .place
    }
  }

  /// `xs[0].rate`, read as an expression, as the left side of an assignment.
  private func place(_ expression: Expression) -> Place? {
    var steps: [Place.Step] = []
    var rest = expression
    while true {
      switch rest.kind {
      case .name(let name):
        return Place(root: Identifier(name, rest.span), steps: steps.reversed(), span: expression.span)
      case .field(let base, let name):
        steps.append(.field(name))
        rest = base
      case .index(let base, let items):
        steps.append(.index(items, Span(file: file.id, start: Int(base.span.end), end: Int(rest.span.end))))
        rest = base
      default: return nil
      }
    }
  }
}
