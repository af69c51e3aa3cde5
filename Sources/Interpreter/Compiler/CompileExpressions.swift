import Diagnostics
import SourceText
import Syntax

/// A register with an operand in it. A temporary dies with the instruction that reads it.
struct Operand {
  let register: Int
  let isTemporary: Bool
}

extension Compiler {
  /// The value in some register: the variable's own where there is one.
  func operand(_ expression: Expression) -> Operand {
    if case .name(let name) = expression.kind, case .register(let register, _) = resolve(name) {
      return Operand(register: register, isTemporary: false)
    }
    if case .parenthesized(let inner) = expression.kind { return operand(inner) }
    let register = builder.reserve()
    value(expression, into: register)
    return Operand(register: register, isTemporary: true)
  }

  func flags(_ left: Operand, _ right: Operand? = nil) -> UInt8 {
    (left.isTemporary ? OperandFlag.leftIsTemporary : 0)
      | (right?.isTemporary == true ? OperandFlag.rightIsTemporary : 0)
  }

  /// Evaluates into `target`. `name` is what a function made here is called in messages.
  func value(_ expression: Expression, into target: Int, name: String = "") {
    let mark = builder.nextRegister
    defer { builder.release(to: mark) }
    builder.at(expression.span)
    switch expression.kind {
    case .integer(let number): integer(number, into: target)
    case .float(let number): builder.emit(.constant, target, wide: builder.constant(.float(number)))
    case .truth(let truth): builder.emit(.truth, x: truth ? 1 : 0, target)
    case .none: builder.emit(.none, target)
    case .text(let parts): text(parts, into: target)
    case .name(let name): load(name, at: expression.span, into: target)
    case .unary(let operation, let inner):
      if operation == .negate, let folded = inner.negatedLiteral {
        value(Expression(folded, expression.span), into: target)
        return
      }
      let source = operand(inner)
      builder.at(expression.span, [inner.span])
      builder.emit(operation == .negate ? .negate : .not, x: flags(source), target, source.register)
    case .binary(let operation, let left, let right, let operatorSpan):
      binary(operation, left, right, operatorSpan, expression.span, into: target)
    case .call(let callee, let arguments): call(callee, arguments, expression.span, into: target)
    case .pipe(let first, let stage): pipe(first, stage, expression.span, into: target)
    case .index(let base, let items): index(base, items, expression.span, into: target)
    case .field(let base, let field): self.field(base, field, expression.span, into: target)
    case .lambda(let parameters, let body):
      function(
        Signature(parameters: parameters, result: nil), body, name: name, kind: .lambda, span: expression.span,
        into: target)
    case .tuple(let parts):
      let first = sequence(parts)
      builder.at(expression.span, parts.map(\.span))
      builder.emit(.tuple, target, first, parts.count)
    case .list(let parts): bracket(parts, expression.span, into: target)
    case .record(let entries): record(entries, expression.span, into: target)
    case .if(let condition, let body, let branch):
      guard let branch else {
        report(.ifWithoutElse(at: expression.span))
        return
      }
      conditional(condition, body, branch, .into(target))
    case .match(let subject, let cases): match(subject, cases, expression.span, .into(target))
    case .parenthesized(let inner): value(inner, into: target, name: name)
    case .missing: break
    }
  }

  func integer(_ number: Int, into target: Int) {
    if number == Int(Int32(truncatingIfNeeded: number)) {
      builder.emit(.integer, target, wide: number)
    } else {
      builder.emit(.constant, target, wide: builder.constant(.int(number)))
    }
  }

  /// Evaluates into registers in a row and gives the first.
  func sequence(_ expressions: [Expression]) -> Int {
    let first = builder.reserve(expressions.count)
    for (offset, expression) in expressions.enumerated() { value(expression, into: first + offset) }
    return first
  }

  // MARK: Names

  func load(_ name: String, at span: Span, into target: Int) {
    builder.at(span)
    switch resolve(name) {
    case .register(let register, _): if register != target { builder.emit(.move, target, register) }
    case .cell(let register, let variable):
      builder.emit(.getCell, target, register, builder.name(variable.name))
    case .capture(let index, _): builder.emit(.getCapture, target, index)
    case .captureCell(let index, let variable):
      builder.emit(.getCaptureCell, target, index, builder.name(variable.name))
    case .currentFunction: builder.emit(.currentFunction, target)
    case .field(let field): builder.emit(.modelField, target, model(), field)
    case .slot(let slot, _, _): builder.emit(.getSlot, target, model(), slot)
    case .training: builder.emit(.training, target, model())
    case .layerFunction(let name, _): builder.emit(.field, target, model(), builder.name(name))
    case .global(let global): builder.emit(.getGlobal, target, wide: global.slot)
    case .builtin(let index):
      builder.emit(.constant, target, wide: builder.constant(machine.builtins.value(index)))
    case .constant(let value): builder.emit(.constant, target, wide: builder.constant(value))
    case .unknown: unknown(name, at: span)
    }
  }

  /// The register with the model whose layer this code belongs to.
  func model() -> Int {
    switch resolve("$model") {
    case .register(let register, _): return register
    case .capture(let index, _):
      let register = builder.reserve()
      builder.emit(.getCapture, register, index)
      return register
    default: return 0
    }
  }

  // MARK: Operators

  private func binary(
    _ operation: BinaryOperator, _ left: Expression, _ right: Expression, _ operatorSpan: Span, _ span: Span,
    into target: Int
  ) {
    switch operation {
    case .and, .or: return logical(operation, left, right, span, into: target)
    case .halfOpenRange, .closedRange:
      let a = operand(left)
      let b = operand(right)
      builder.at(span, [left.span, right.span])
      builder.emit(.range, x: operation == .closedRange ? OperandFlag.option : 0, target, a.register, b.register)
      return
    case .compose:
      let a = operand(left)
      let b = operand(right)
      builder.at(span, [left.span, right.span])
      builder.emit(.compose, x: flags(a, b), target, a.register, b.register)
      return
    default: break
    }
    reportUnapplied(left)
    reportUnapplied(right)
    let a: Operand
    if let number = right.smallInteger, operation == .add || operation == .subtract {
      a = operand(left)
      builder.at(span, [left.span, right.span])
      builder.emit(
        operation == .add ? .addInteger : .subtractInteger, x: flags(a), target, a.register, number)
      return
    }
    if let constant = right.numberConstant, let opcode = operation.constantOpcode {
      a = operand(left)
      builder.at(span, [left.span, right.span])
      builder.emit(opcode, x: flags(a), target, a.register, builder.constant(constant))
      return
    }
    if let constant = left.numberConstant, let opcode = operation.leftConstantOpcode {
      let b = operand(right)
      builder.at(span, [left.span, right.span])
      builder.emit(
        opcode, x: b.isTemporary ? OperandFlag.rightIsTemporary : 0, target, builder.constant(constant), b.register)
      return
    }
    a = protected(operand(left), left, from: right)
    let b = operand(right)
    builder.at(span, [left.span, right.span])
    builder.emit(operation.opcode, x: flags(a, b), target, a.register, b.register)
  }

  /// Blocks inside the other operand may assign the variable: then its value is copied first.
  func protected(_ operand: Operand, _ expression: Expression, from other: Expression) -> Operand {
    guard !operand.isTemporary, other.holdsBlock else { return operand }
    let copy = builder.reserve()
    builder.emit(.move, copy, operand.register)
    return Operand(register: copy, isTemporary: true)
  }

  /// `and`, `or` as values: the right side runs only if it decides; tensors take both sides.
  private func logical(
    _ operation: BinaryOperator, _ left: Expression, _ right: Expression, _ span: Span, into target: Int
  ) {
    let register = builder.reserve()
    value(left, into: register)
    builder.at(left.span)
    let tensor = builder.emit(.jumpIfTensor, register)
    let end = builder.emit(operation == .and ? .jumpUnless : .jumpIf, register)
    builder.land(tensor)
    let other = builder.reserve()
    value(right, into: other)
    builder.at(span, [left.span, right.span])
    builder.emit(operation == .and ? .and : .or, register, register, other)
    builder.land(end)
    builder.emit(.take, target, register)
  }

  // MARK: Conditions

  /// Jumps where the condition comes out as `outcome`; gives the jumps to land.
  func condition(_ expression: Expression, jumpWhen outcome: Bool) -> [Int] {
    let mark = builder.nextRegister
    defer { builder.release(to: mark) }
    switch expression.kind {
    case .parenthesized(let inner): return condition(inner, jumpWhen: outcome)
    case .unary(.not, let inner): return condition(inner, jumpWhen: !outcome)
    case .truth(let truth): return truth == outcome ? [builder.emit(.jump)] : []
    case .binary(.and, let left, let right, _), .binary(.or, let left, let right, _):
      guard case .binary(let operation, _, _, _) = expression.kind else { return [] }
      // `a and b` is false as soon as a is; `a or b` is true as soon as a is.
      let early = operation == .or
      if outcome == early {
        return condition(left, jumpWhen: early) + condition(right, jumpWhen: early)
      }
      let skip = condition(left, jumpWhen: early)
      let jumps = condition(right, jumpWhen: outcome)
      builder.land(skip)
      return jumps
    case .binary(let operation, let left, let right, _) where operation.isComparison:
      let spans = [left.span, right.span] + (loopCondition.map { [$0] } ?? [])
      let a = operand(left)
      if let constant = right.comparedConstant {
        builder.at(expression.span, spans)
        return [
          builder.emit(operation.constantJump(when: outcome), x: flags(a), a.register, builder.constant(constant))
        ]
      }
      let first = protected(a, left, from: right)
      let b = operand(right)
      builder.at(expression.span, spans)
      return [builder.emit(operation.jump(when: outcome), x: flags(first, b), first.register, b.register)]
    default:
      let a = operand(expression)
      builder.at(expression.span)
      return [builder.emit(outcome ? .jumpIf : .jumpUnless, x: flags(a), a.register)]
    }
  }

  func conditional(_ condition: Expression, _ body: Block, _ branch: ElseBranch, _ target: BlockValue) {
    let otherwise = self.condition(condition, jumpWhen: false)
    blockValue(body, target)
    var end: [Int] = []
    if case .into = target { end.append(builder.emit(.jump)) }
    builder.land(otherwise)
    switch branch {
    case .block(let block): blockValue(block, target)
    case .chained(let next):
      switch target {
      case .into(let register): value(next, into: register)
      case .result: returnValue(of: next)
      }
    }
    builder.land(end)
  }

  /// A block whose last statement's value is wanted.
  func blockValue(_ block: Block, _ target: BlockValue?) {
    let mark = builder.nextRegister
    state.scopes.append([:])
    statements(block.statements, valueInto: target)
    state.scopes.removeLast()
    switch target {
    case .result: break
    default: if builder.nextRegister > mark { builder.emit(.clear, mark, builder.nextRegister - mark) }
    }
    builder.release(to: mark)
  }

  // MARK: Values made of parts

  private func text(_ parts: [TextPart], into target: Int) {
    if parts.isEmpty { return void(builder.emit(.constant, target, wide: builder.text(""))) }
    if parts.count == 1, case .literal(let literal) = parts[0] {
      return void(builder.emit(.constant, target, wide: builder.text(literal)))
    }
    let first = builder.reserve(parts.count)
    for (offset, part) in parts.enumerated() {
      switch part {
      case .literal(let literal): builder.emit(.constant, first + offset, wide: builder.text(literal))
      case .interpolation(let expression, let format, let span):
        value(expression, into: first + offset)
        builder.at(span, [expression.span])
        builder.emit(
          .format, first + offset, first + offset,
          format.map { builder.name($0) } ?? 0xffff)
      }
    }
    builder.emit(.joinText, target, first, parts.count)
  }

  private func void(_ position: Int) {}

  private func bracket(_ parts: [Expression], _ span: Span, into target: Int) {
    let first = sequence(parts)
    let isNested = !parts.isEmpty && parts.allSatisfy(\.isBracket)
    builder.at(span, parts.map(\.span))
    builder.emit(.bracket, x: isNested ? OperandFlag.option : 0, target, first, parts.count)
  }

  private func record(_ entries: [Entry], _ span: Span, into target: Int) {
    var seen: [String: Span] = [:]
    for entry in entries {
      if let first = seen[entry.name.text] {
        report(.duplicateField(entry.name.text, at: entry.name.span, first: first))
      }
      seen[entry.name.text] = entry.name.span
    }
    let first = builder.reserve(entries.count)
    for (offset, entry) in entries.enumerated() {
      value(entry.value, into: first + offset, name: entry.name.text)
    }
    builder.at(span, entries.map(\.value.span))
    builder.emit(.record, target, first, builder.add(recordShape: entries.map(\.name.text)))
  }

  // MARK: Fields and indices

  private func field(_ base: Expression, _ field: Identifier, _ span: Span, into target: Int) {
    if case .name(let name) = base.kind, case .global(let global) = resolve(name), let module = global.module {
      guard let member = module.globals[field.text], !field.text.hasPrefix("_") else {
        let known = module.globals.keys.filter { !$0.hasPrefix("_") }.sorted()
        report(
          .unknownField(
            field.text, of: "`\(name)`", at: field.span, suggestion: Suggestion.closest(to: field.text, among: known),
            known: known))
        return
      }
      builder.emit(.getGlobal, target, wide: member.slot)
      return
    }
    let source = operand(base)
    builder.at(span, [base.span, field.span])
    builder.emit(.field, x: flags(source), target, source.register, builder.name(field.text))
  }

  private func index(_ base: Expression, _ items: [IndexItem], _ span: Span, into target: Int) {
    if items.count == 1, case .value(let item) = items[0] {
      if case .name = base.kind, item.isPlainArithmetic {
        // The order can't be told apart, and this way a variable that is no register needs no copy.
        let position = operand(item)
        let source = operand(base)
        builder.at(span, [base.span, item.span])
        builder.emit(.index, x: flags(source, position), target, source.register, position.register)
        return
      }
      let source = protected(operand(base), base, from: item)
      let position = operand(item)
      builder.at(span, [base.span, item.span])
      builder.emit(.index, x: flags(source, position), target, source.register, position.register)
      return
    }
    let first = builder.reserve()
    value(base, into: first)
    let shape = indexOperands(items)
    builder.at(span, [base.span] + items.map(\.span))
    builder.emit(.indexItems, target, first, builder.add(indexShape: shape))
  }

  /// Evaluates the values of index items into registers in a row.
  func indexOperands(_ items: [IndexItem]) -> [IndexItemShape] {
    items.map { item in
      switch item {
      case .ellipsis: return .ellipsis
      case .value(let expression):
        value(expression, into: builder.reserve())
        return .value
      case .slice(let lower, let upper, let step, _):
        for part in [lower, upper, step] {
          if let part { value(part, into: builder.reserve()) }
        }
        return .slice(hasLower: lower != nil, hasUpper: upper != nil, hasStep: step != nil)
      }
    }
  }
}

extension Expression {
  /// A number as written, through parentheses and minus signs.
  var numberConstant: Value? {
    switch kind {
    case .integer(let number): .int(number)
    case .float(let number): .float(number)
    case .unary(.negate, let inner):
      switch inner.negatedLiteral {
      case .integer(let number): .int(number)
      case .float(let number): .float(number)
      default: nil
      }
    case .parenthesized(let inner): inner.numberConstant
    default: nil
    }
  }

  /// A number, truth value or `none` as written.
  var comparedConstant: Value? {
    switch kind {
    case .none: Value.none
    case .truth(let truth): .bool(truth)
    default: numberConstant
    }
  }

  /// Whether it is made of names and numbers by `+`, `-` and `*` alone.
  var isPlainArithmetic: Bool {
    switch kind {
    case .integer, .name: true
    case .parenthesized(let inner), .unary(.negate, let inner): inner.isPlainArithmetic
    case .binary(.add, let left, let right, _), .binary(.subtract, let left, let right, _),
      .binary(.multiply, let left, let right, _):
      left.isPlainArithmetic && right.isPlainArithmetic
    default: false
    }
  }

  /// The literal with its sign changed; nil for anything but a number.
  var negatedLiteral: ExpressionKind? {
    switch kind {
    case .integer(let number) where number != Int.min: .integer(-number)
    case .float(let number): .float(-number)
    default: nil
    }
  }

  var smallInteger: Int? {
    if case .integer(let number) = kind, number >= 0, number < 30_000 { return number }
    return nil
  }

  /// Whether the expression is written with brackets.
  var isBracket: Bool {
    switch kind {
    case .list: true
    case .parenthesized(let inner): inner.isBracket
    default: false
    }
  }

  /// Whether evaluating runs statements of this function, which may assign its variables.
  var holdsBlock: Bool {
    switch kind {
    case .integer, .float, .truth, .none, .name, .missing, .lambda: false
    case .if, .match: true
    case .text(let parts):
      parts.contains { if case .interpolation(let value, _, _) = $0 { value.holdsBlock } else { false } }
    case .unary(_, let value), .field(let value, _), .parenthesized(let value): value.holdsBlock
    case .binary(_, let left, let right, _), .pipe(let left, let right): left.holdsBlock || right.holdsBlock
    case .call(let callee, let arguments): callee.holdsBlock || arguments.contains { $0.value.holdsBlock }
    case .index(let base, let items):
      base.holdsBlock
        || items.contains { item in
          switch item {
          case .ellipsis: false
          case .value(let value): value.holdsBlock
          case .slice(let lower, let upper, let step, _):
            [lower, upper, step].contains { $0?.holdsBlock == true }
          }
        }
    case .tuple(let parts), .list(let parts): parts.contains(where: \.holdsBlock)
    case .record(let entries): entries.contains { $0.value.holdsBlock }
    }
  }
}

extension BinaryOperator {
  var opcode: Opcode {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .floorDivide: .floorDivide
    case .remainder: .remainder
    case .matmul: .matmul
    case .power: .power
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .and: .and
    case .or: .or
    case .halfOpenRange, .closedRange: .range
    case .compose: .compose
    }
  }

  /// With a number on the right.
  var constantOpcode: Opcode? {
    switch self {
    case .add: .addRK
    case .subtract: .subtractRK
    case .multiply: .multiplyRK
    case .divide: .divideRK
    case .floorDivide: .floorDivideRK
    case .remainder: .remainderRK
    case .power: .powerRK
    default: nil
    }
  }

  /// With a number on the left.
  var leftConstantOpcode: Opcode? {
    switch self {
    case .add: .addKR
    case .subtract: .subtractKR
    case .multiply: .multiplyKR
    case .divide: .divideKR
    default: nil
    }
  }

  func jump(when outcome: Bool) -> Opcode {
    switch self {
    case .equal: outcome ? .jumpEqual : .jumpUnlessEqual
    case .notEqual: outcome ? .jumpNotEqual : .jumpUnlessNotEqual
    case .less: outcome ? .jumpLess : .jumpUnlessLess
    case .lessOrEqual: outcome ? .jumpLessOrEqual : .jumpUnlessLessOrEqual
    case .greater: outcome ? .jumpGreater : .jumpUnlessGreater
    default: outcome ? .jumpGreaterOrEqual : .jumpUnlessGreaterOrEqual
    }
  }

  func constantJump(when outcome: Bool) -> Opcode {
    switch self {
    case .equal: outcome ? .jumpEqualK : .jumpUnlessEqualK
    case .notEqual: outcome ? .jumpNotEqualK : .jumpUnlessNotEqualK
    case .less: outcome ? .jumpLessK : .jumpUnlessLessK
    case .lessOrEqual: outcome ? .jumpLessOrEqualK : .jumpUnlessLessOrEqualK
    case .greater: outcome ? .jumpGreaterK : .jumpUnlessGreaterK
    default: outcome ? .jumpGreaterOrEqualK : .jumpUnlessGreaterOrEqualK
    }
  }
}
