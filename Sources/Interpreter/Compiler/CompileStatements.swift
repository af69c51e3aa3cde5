import Diagnostics
import SourceText
import Syntax

extension Compiler {
  // MARK: Blocks

  /// The statements of a block in a scope of their own, none of which is the block's value.
  func block(_ block: Block) { inScope { statements(block.statements, valueInto: nil) } }

  func inScope(_ body: () -> Void) {
    let mark = builder.nextRegister
    state.scopes.append([:])
    body()
    state.scopes.removeLast()
    if builder.nextRegister > mark { builder.emit(.clear, mark, builder.nextRegister - mark) }
    builder.release(to: mark)
  }

  /// How the value of a block's last statement is wanted.
  enum BlockValue {
    case into(Int)
    /// The last statement gives the function's result; a lone `if` counts as a statement.
    case result
  }

  func statements(_ statements: [Statement], valueInto target: BlockValue?) {
    prepareLocalFunctions(statements)
    for (index, statement) in statements.enumerated() {
      if index == statements.count - 1, let target {
        lastStatement(statement, target)
      } else {
        self.statement(statement)
      }
    }
    if statements.isEmpty, let target {
      switch target {
      case .into(let register): builder.emit(.none, register)
      case .result: returnNone()
      }
    }
  }

  private func lastStatement(_ statement: Statement, _ target: BlockValue) {
    if case .expression(let expression) = statement.kind {
      switch target {
      case .into(let register):
        value(expression, into: register)
        return
      case .result:
        if case .if(_, _, nil) = expression.kind { break }
        returnValue(of: expression)
        return
      }
    }
    self.statement(statement)
    switch target {
    case .into(let register): builder.emit(.none, register)
    case .result: returnNone()
    }
  }

  // MARK: One statement

  func statement(_ statement: Statement) {
    builder.at(statement.span)
    switch statement.kind {
    case .binding(let isVariable, let pattern, let annotation, let expression):
      binding(isVariable, pattern, annotation, expression, statement)
    case .function(let declaration): if !state.isTopLevel { localFunction(declaration, statement) }
    case .layer(let declaration): if !state.isTopLevel { localLayer(declaration, statement) }
    case .for(let pattern, let sequence, let body): forLoop(pattern, sequence, body)
    case .while(let condition, let body): whileLoop(condition, body)
    case .break:
      guard !state.loops.isEmpty else { return report(.outsideLoop("break", at: statement.span)) }
      state.loops[state.loops.count - 1].breaks.append(builder.emit(.jump))
    case .continue:
      guard !state.loops.isEmpty else { return report(.outsideLoop("continue", at: statement.span)) }
      state.loops[state.loops.count - 1].continues.append(builder.emit(.jump))
    case .return(let expression):
      guard state.kind != .main, state.kind != .layerInitializer else {
        return report(.returnOutsideFunction(at: statement.span))
      }
      if let expression { returnValue(of: expression) } else { returnNone() }
    case .assert(let condition): assertion(condition)
    case .import(let path, let pathSpan, let alias):
      importFile(path, at: pathSpan, alias: alias, statement: statement)
    case .test(let name, let block): test(name, block, statement)
    case .parameter(let name, let annotation, let initial):
      learned(name, annotation, initial, isState: false, statement)
    case .state(let name, let annotation, let initial): learned(name, annotation, initial, isState: true, statement)
    case .assignment(let place, let operation, let expression): assignment(place, operation, expression, statement)
    case .expression(let expression): expressionStatement(expression)
    case .missing: break
    }
  }

  private func expressionStatement(_ expression: Expression) {
    let mark = builder.nextRegister
    if case .if(let condition, let body, let branch) = expression.kind {
      ifStatement(condition, body, branch)
    } else if case .match(let subject, let cases) = expression.kind {
      match(subject, cases, expression.span, nil)
    } else {
      let target = builder.reserve()
      value(expression, into: target)
      builder.emit(.clear, target, 1)
    }
    builder.release(to: mark)
  }

  private func ifStatement(_ condition: Expression, _ body: Block, _ branch: ElseBranch?) {
    let otherwise = self.condition(condition, jumpWhen: false)
    block(body)
    guard let branch else { return builder.land(otherwise) }
    let end = builder.emit(.jump)
    builder.land(otherwise)
    switch branch {
    case .block(let next): block(next)
    case .chained(let next): expressionStatement(next)
    }
    builder.land(end)
  }

  private func assertion(_ condition: Expression) {
    let mark = builder.nextRegister
    if case .binary(let operation, let left, let right, _) = condition.kind, operation.isComparison {
      let a = operand(left)
      let b = operand(right)
      builder.at(condition.span, [left.span, right.span])
      let result = builder.reserve()
      builder.emit(operation.opcode, result, a.register, b.register)
      let pass = builder.emit(.jumpIf, result)
      builder.emit(.assertFailed, x: 1, a.register, b.register)
      builder.land(pass)
    } else {
      let pass = self.condition(condition, jumpWhen: true)
      builder.at(condition.span)
      builder.emit(.assertFailed)
      builder.land(pass)
    }
    builder.release(to: mark)
  }

  private func test(_ name: String, _ body: Block, _ statement: Statement) {
    guard state.isTopLevel else { return report(.onlyAtTopLevel("test", at: statement.span)) }
    let prototype = compileFunction(
      Signature(parameters: [], result: nil), .block(body), name: name, kind: .function, span: statement.span)
    tests.append(Chunk.Test(name: name, span: statement.span, prototype: prototype))
  }

  // MARK: Bindings

  private func binding(
    _ isVariable: Bool, _ pattern: Pattern, _ annotation: Annotation?, _ expression: Expression, _ statement: Statement
  ) {
    let mark = builder.nextRegister
    // The parts of a tuple that is taken apart at once need no tuple.
    if case .tuple(let parts, _) = pattern, case .tuple(let values) = expression.kind, annotation == nil,
      parts.count == values.count
    {
      let first = sequence(values)
      for (offset, part) in parts.enumerated() { bind(part, from: first + offset, isVariable: isVariable) }
      if state.isTopLevel { builder.release(to: mark) }
      return
    }
    let register = builder.reserve()
    if case .name(let name) = pattern {
      value(expression, into: register, name: name.text)
    } else {
      value(expression, into: register)
    }
    if let annotation { check(annotation, of: register, name: names(in: pattern).first ?? "the value") }
    builder.at(expression.span, [pattern.span])
    bind(pattern, from: register, isVariable: isVariable)
    if state.isTopLevel { builder.release(to: mark) }
  }

  /// Gives the value in `register`, which the pattern may keep, to the pattern's names.
  func bind(_ pattern: Pattern, from register: Int, isVariable: Bool, kind: Variable.Kind? = nil) {
    switch pattern {
    case .wildcard: if state.isTopLevel { builder.emit(.clear, register, 1) }
    case .name(let name): bind(name, from: register, isVariable: isVariable, kind: kind)
    case .tuple(let parts, _), .list(let parts, _):
      let first = builder.reserve(parts.count)
      builder.emit(.unpack, first, register, parts.count)
      builder.emit(.clear, register, 1)
      for (offset, part) in parts.enumerated() { bind(part, from: first + offset, isVariable: isVariable, kind: kind) }
    case .record(let fields, _):
      for (field, part) in fields {
        let target = builder.reserve()
        builder.at(field.span)
        builder.emit(.unpackField, target, register, builder.name(field.text))
        bind(part ?? .name(field), from: target, isVariable: isVariable, kind: kind)
      }
      builder.emit(.clear, register, 1)
    case .literal, .range: report(.refutablePattern(at: pattern.span))
    }
  }

  private func bind(_ name: Identifier, from register: Int, isVariable: Bool, kind: Variable.Kind?) {
    if state.isTopLevel {
      let slot = define(global: name, isVariable: isVariable, documentation: nil)
      builder.emit(.setGlobal, x: OperandFlag.leftIsTemporary, register, wide: slot)
      return
    }
    declare(name, register, kind ?? (isVariable ? .var : .let))
  }

  /// A local name whose value is in `register`. A `var` that functions inside mention moves into a cell.
  @discardableResult
  func declare(_ name: Identifier, _ register: Int, _ kind: Variable.Kind, signature: CallSignature? = nil) -> Variable {
    let isCell = kind == .var && state.innerNames.contains(name.text)
    if isCell { builder.emit(.newCell, register) }
    let variable = Variable(
      name.text, name.span, kind, at: isCell ? .cell(register) : .register(register), signature: signature)
    state.declare(variable)
    return variable
  }

  // MARK: Functions inside blocks

  /// When a statement mentions a function of its block that is defined further down, the block's functions get cells,
  /// and those that read nothing that the block binds before them are made now.
  func prepareLocalFunctions(_ statements: [Statement]) {
    guard !state.isTopLevel else { return }
    var before: Set<String> = []
    var bound: Set<String> = []
    var isMentionedEarly = false
    var functions: [(declaration: FunctionDeclaration, statement: Statement, isEarly: Bool)] = []
    for statement in statements {
      if case .function(let declaration) = statement.kind {
        if before.contains(declaration.name.text) { isMentionedEarly = true }
        var scan = NameScan()
        scan.function(declaration.signature.parameters, declaration.signature.result, declaration.body)
        functions.append((declaration, statement, scan.names.isDisjoint(with: bound)))
      } else if case .binding(_, let pattern, _, _) = statement.kind {
        bound.formUnion(names(in: pattern))
      }
      var scan = NameScan()
      scan.statement(statement)
      before.formUnion(scan.names)
    }
    guard isMentionedEarly else { return }
    for (declaration, _, _) in functions where state.scopes.last?[declaration.name.text] == nil {
      let register = builder.reserve()
      builder.emit(.missing, register)
      builder.emit(.newCell, register)
      state.declare(
        Variable(
          declaration.name.text, declaration.name.span, .function, at: .cell(register),
          signature: signature(of: declaration)))
    }
    for (declaration, statement, isEarly) in functions where isEarly { makeForwardFunction(declaration, statement) }
  }

  private func makeForwardFunction(_ declaration: FunctionDeclaration, _ statement: Statement) {
    guard let variable = state.local(declaration.name.text), variable.span == declaration.name.span,
      case .cell(let cell) = variable.place
    else { return }
    let mark = builder.nextRegister
    let register = builder.reserve()
    function(
      declaration.signature, declaration.body, name: declaration.name.text, kind: .function, span: statement.span,
      into: register)
    builder.emit(.setCell, cell, register)
    builder.emit(.clear, register, 1)
    builder.release(to: mark)
    variable.isMade = true
  }

  private func localFunction(_ declaration: FunctionDeclaration, _ statement: Statement) {
    if let variable = state.scopes.last?[declaration.name.text], variable.kind == .function {
      guard variable.span == declaration.name.span else {
        return report(.duplicateDefinition(declaration.name.text, at: declaration.name.span, first: variable.span))
      }
      if !variable.isMade { makeForwardFunction(declaration, statement) }
      return
    }
    let register = builder.reserve()
    function(
      declaration.signature, declaration.body, name: declaration.name.text, kind: .function, span: statement.span,
      into: register, callsItself: true)
    declare(declaration.name, register, .function, signature: signature(of: declaration))
  }

  private func localLayer(_ declaration: LayerDeclaration, _ statement: Statement) {
    let register = builder.reserve()
    layer(declaration, into: register)
    declare(declaration.name, register, .layer, signature: signature(of: declaration))
  }

  // MARK: Loops

  private func whileLoop(_ condition: Expression, _ body: Block) {
    // The test stands behind the body: one jump a turn.
    let outer = loopCondition
    loopCondition = condition.span
    let start = builder.position
    builder.at(condition.span)
    let jumps = self.condition(condition, jumpWhen: true).map { $0 - start }
    let test = builder.cut(from: start)
    loopCondition = outer
    let entry = builder.emit(.jump)
    loopBody(body) {}
    let back = builder.paste(test)
    builder.patch(entry, to: back)
    for jump in jumps {
      builder.setLoop(back + jump)
      builder.patch(back + jump, to: entry + 1)
    }
    finishLoop(continuesTo: back)
  }

  /// The body in its own scope and loop; `finishLoop` lands the jumps.
  private func loopBody(_ body: Block, _ bindings: () -> Void) {
    state.loops.append(FunctionState.Loop())
    let mark = builder.nextRegister
    state.scopes.append([:])
    let used = builder.registersUsed {
      bindings()
      statements(body.statements, valueInto: nil)
    }
    state.scopes.removeLast()
    loopRegisters = used
    builder.release(to: mark)
  }

  private func finishLoop(continuesTo position: Int) {
    guard let loop = state.loops.popLast() else { return }
    for jump in loop.continues { builder.patch(jump, to: position) }
    builder.land(loop.breaks)
    if loopRegisters > 0 { builder.emit(.clear, builder.nextRegister, loopRegisters) }
    loopRegisters = 0
  }

  private func forLoop(_ pattern: Pattern, _ sequence: Expression, _ body: Block) {
    let mark = builder.nextRegister
    if case .binary(let operation, let lower, let upper, _) = sequence.kind,
      operation == .halfOpenRange || operation == .closedRange, pattern.isSimpleName
    {
      let current = builder.reserve(2)
      value(lower, into: current)
      value(upper, into: current + 1)
      builder.at(sequence.span, [lower.span, upper.span])
      let start = builder.emit(
        .rangeStart, x: operation == .closedRange ? OperandFlag.option : 0, current)
      let top = builder.position
      loopBody(body) {
        if case .name(let name) = pattern { state.declare(Variable(name.text, name.span, .loop, at: .register(current))) }
      }
      let registers = loopRegisters
      let step = builder.position
      builder.at(sequence.span)
      let back = builder.emit(.rangeNext, current)
      builder.patch(back, to: top)
      builder.land(start)
      loopRegisters = registers
      finishLoop(continuesTo: step)
    } else if let (position, element, elements) = enumeration(pattern, sequence) {
      let iterator = builder.reserve(3)
      builder.emit(.integer, iterator + 2, wide: -1)
      loop(over: elements, iterator, body) {
        builder.emit(.addInteger, iterator + 2, iterator + 2, 1)
        state.declare(Variable(position.text, position.span, .loop, at: .register(iterator + 2)))
        state.declare(Variable(element.text, element.span, .loop, at: .register(iterator + 1)))
      }
    } else {
      let iterator = builder.reserve(2)
      loop(over: sequence, iterator, body) {
        if case .name(let name) = pattern {
          state.declare(Variable(name.text, name.span, .loop, at: .register(iterator + 1)))
        } else {
          builder.at(pattern.span)
          bind(pattern, from: iterator + 1, isVariable: false, kind: .loop)
        }
      }
    }
    builder.release(to: mark)
  }

  /// A loop with the iterator in `iterator` and its element behind it.
  private func loop(over sequence: Expression, _ iterator: Int, _ body: Block, _ bindings: () -> Void) {
    value(sequence, into: iterator)
    builder.at(sequence.span)
    builder.emit(.iterate, iterator)
    let top = builder.position
    let exit = builder.emit(.next, iterator + 1)
    loopBody(body, bindings)
    builder.at(sequence.span)
    let back = builder.emit(.loop)
    builder.patch(back, to: top)
    builder.land(exit)
    finishLoop(continuesTo: back)
    builder.emit(.clear, iterator, 2)
  }

  /// The parts of `for (i, x) in enumerate(xs)`, which counts by itself instead of making pairs.
  private func enumeration(_ pattern: Pattern, _ sequence: Expression) -> (Identifier, Identifier, Expression)? {
    guard case .tuple(let parts, _) = pattern, parts.count == 2, case .name(let position) = parts[0],
      case .name(let element) = parts[1], position.text != element.text,
      case .call(let callee, let arguments) = sequence.kind, arguments.count == 1, arguments[0].name == nil,
      case .name("enumerate") = callee.kind, case .builtin = resolve("enumerate")
    else { return nil }
    return (position, element, arguments[0].value)
  }
}

extension Pattern {
  var isSimpleName: Bool {
    switch self {
    case .name, .wildcard: true
    default: false
    }
  }
}

extension BinaryOperator {
  var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
    default: false
    }
  }
}
