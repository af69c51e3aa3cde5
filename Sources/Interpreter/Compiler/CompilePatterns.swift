import Diagnostics
import SourceText
import Syntax

extension Compiler {
  /// `match`; without a target the cases are statements.
  func match(_ subject: Expression, _ cases: [MatchCase], _ span: Span, _ target: BlockValue?) {
    let mark = builder.nextRegister
    let register = builder.reserve()
    value(subject, into: register)
    var ends: [Int] = []
    for one in cases {
      let inner = builder.nextRegister
      state.scopes.append([:])
      var misses = test(one.pattern, register)
      if let condition = one.condition { misses += self.condition(condition, jumpWhen: false) }
      switch (one.body, target) {
      case (.expression(let expression), .into(let result)): value(expression, into: result)
      case (.expression(let expression), .result): returnValue(of: expression)
      case (.expression(let expression), nil): statement(Statement(.expression(expression), expression.span))
      case (.block(let block), _): blockValue(block, target)
      }
      state.scopes.removeLast()
      if case .result = target {} else { ends.append(builder.emit(.jump)) }
      builder.land(misses)
      builder.release(to: inner)
    }
    builder.at(span, [subject.span])
    builder.emit(.noMatch, register)
    builder.land(ends)
    builder.emit(.clear, mark, max(1, builder.nextRegister - mark))
    builder.release(to: mark)
  }

  /// Tests the value in `register` and binds the pattern's names; gives the jumps taken when it does not fit.
  private func test(_ pattern: Pattern, _ register: Int) -> [Int] {
    builder.at(pattern.span)
    switch pattern {
    case .wildcard: return []
    case .name(let name):
      let own = builder.reserve()
      builder.emit(.move, own, register)
      declare(name, own, .let)
      return []
    case .literal(let expression):
      let literal = builder.reserve()
      value(expression, into: literal)
      return [builder.emit(.testEqual, register, literal)]
    case .range(let lower, let upper, let isClosed, _):
      let bounds = builder.reserve(2)
      value(lower, into: bounds)
      value(upper, into: bounds + 1)
      return [builder.emit(.testRange, x: isClosed ? OperandFlag.option : 0, register, bounds)]
    case .tuple(let parts, _): return testSequence(parts, register, isList: false)
    case .list(let parts, _): return testSequence(parts, register, isList: true)
    case .record(let fields, _):
      var misses = [builder.emit(.testRecord, register, builder.add(recordShape: fields.map(\.field.text)))]
      for (field, part) in fields {
        let target = builder.reserve()
        builder.emit(.unpackField, target, register, builder.name(field.text))
        if let part { misses += test(part, target) } else { declare(field, target, .let) }
      }
      return misses
    }
  }

  private func testSequence(_ parts: [Pattern], _ register: Int, isList: Bool) -> [Int] {
    var misses = [builder.emit(.testSequence, x: isList ? 1 : 0, register, parts.count)]
    let first = builder.reserve(parts.count)
    builder.emit(.unpack, first, register, parts.count)
    for (offset, part) in parts.enumerated() {
      if case .name(let name) = part {
        declare(name, first + offset, .let)
      } else {
        misses += test(part, first + offset)
      }
    }
    return misses
  }
}
