import Diagnostics
import SourceText
import Syntax

extension Compiler {
  func assignment(_ place: Place, _ operation: BinaryOperator?, _ expression: Expression, _ statement: Statement) {
    let mark = builder.nextRegister
    defer { builder.release(to: mark) }
    guard let root = assignableRoot(place, isPlain: operation == nil && place.steps.isEmpty, expression) else { return }
    if place.steps.isEmpty {
      if operation == nil, let added = appended(to: place.root.text, expression) {
        if let variable = root.variable {
          let newValue = apart(operand(added), from: variable)
          builder.at(statement.span, [place.span, added.span])
          builder.emit(.appendElement, x: flags(newValue), newValue.register)
          builder.emit(.variable, x: variable.kind.rawValue, builder.name(place.root.text), wide: variable.number)
          return
        }
        let register = builder.reserve()
        value(added, into: register)
        builder.at(statement.span, [place.span, added.span])
        builder.emit(
          .appendPlace, register,
          wide: builder.add(place: PlaceShape(root: root, name: place.root.text, steps: [])))
        return
      }
      let result = operation.map { operation in
        Expression(
          .binary(
            operation, Expression(.name(place.root.text), place.root.span), expression,
            operatorSpan: statement.span), statement.span)
      }
      store(result ?? expression, root, place.root)
      return
    }
    if place.steps.count == 1, case .index(let items, _) = place.steps[0], items.count == 1,
      case .value(let item) = items[0], let variable = root.variable
    {
      return element(item, of: variable, place, operation, expression, statement)
    }
    let register = builder.reserve()
    var steps: [PlaceShape.Step] = []
    if operation == nil { value(expression, into: register) }
    for step in place.steps {
      switch step {
      case .field(let name): steps.append(.field(name.text))
      case .index(let items, _): steps.append(.index(indexOperands(items)))
      }
    }
    let shape = builder.add(place: PlaceShape(root: root, name: place.root.text, steps: steps))
    if let operation {
      builder.at(place.span, place.steps.map(\.span))
      builder.emit(.readPlace, register, wide: shape)
      let right = operand(expression)
      builder.at(statement.span, [place.span, expression.span])
      builder.emit(operation.opcode, x: flags(right) << 1, register, register, right.register)
    }
    builder.at(place.span, place.steps.map(\.span) + [expression.span])
    builder.emit(.assignPlace, register, wide: shape)
  }

  /// `xs[i] = v` and `xs[i] += v`.
  private func element(
    _ item: Expression, of variable: (kind: VariableKind, number: Int), _ place: Place, _ operation: BinaryOperator?,
    _ expression: Expression, _ statement: Statement
  ) {
    let newValue: Operand
    let position: Operand
    var constant: UInt8 = 0
    if operation == nil, let number = expression.comparedConstant.map(builder.constant), number < 0xffff {
      newValue = Operand(register: number, isTemporary: false)
      position = operand(item)
      constant = OperandFlag.option
    } else if let operation {
      position = protected(operand(item), item, from: expression)
      let source = operand(Expression(.name(place.root.text), place.root.span))
      let register = builder.reserve()
      builder.at(place.span, place.steps.map(\.span))
      builder.emit(.index, x: flags(source), register, source.register, position.register)
      let right = operand(expression)
      builder.at(statement.span, [place.span, expression.span])
      builder.emit(operation.opcode, x: flags(right) << 1, register, register, right.register)
      newValue = Operand(register: register, isTemporary: true)
    } else {
      newValue = apart(protected(operand(expression), expression, from: item), from: variable)
      position = operand(item)
    }
    builder.at(place.span, place.steps.map(\.span) + [expression.span])
    builder.emit(.assignElement, x: flags(newValue, position) | constant, newValue.register, position.register)
    builder.emit(.variable, x: variable.kind.rawValue, builder.name(place.root.text), wide: variable.number)
  }

  /// A value that is the changed variable itself is counted once more: else the container would come to hold itself.
  private func apart(_ value: Operand, from variable: (kind: VariableKind, number: Int)) -> Operand {
    guard variable.kind == .register, variable.number == value.register else { return value }
    let copy = builder.reserve()
    builder.emit(.move, copy, value.register)
    return Operand(register: copy, isTemporary: true)
  }

  private func store(_ expression: Expression, _ root: PlaceShape.Root, _ name: Identifier) {
    switch root {
    case .register(let register):
      // A failing expression leaves the variable as it was: only the last instruction writes it.
      if expression.writesTargetLast {
        value(expression, into: register)
      } else {
        let result = builder.reserve()
        value(expression, into: result)
        builder.emit(.take, register, result)
      }
    case .cell(let register):
      let result = operand(expression)
      builder.at(name.span)
      builder.emit(.setCell, register, result.register)
      if result.isTemporary { builder.emit(.clear, result.register, 1) }
    case .captureCell(let index):
      let result = operand(expression)
      builder.at(name.span)
      builder.emit(.setCaptureCell, result.register, index, builder.name(name.text))
      if result.isTemporary { builder.emit(.clear, result.register, 1) }
    case .global(let slot):
      let result = operand(expression)
      builder.at(name.span)
      builder.emit(
        .setGlobal, x: (result.isTemporary ? OperandFlag.leftIsTemporary : 0) | OperandFlag.option, result.register,
        wide: slot)
    case .slot(let model, let slot):
      let result = operand(expression)
      builder.at(expression.span, [name.span])
      builder.emit(.setSlot, x: flags(result), result.register, model, slot)
    }
  }

  /// Where the variable on the left lives; reports names that can't be assigned.
  private func assignableRoot(_ place: Place, isPlain: Bool, _ expression: Expression) -> PlaceShape.Root? {
    let name = place.root
    switch resolve(name.text) {
    case .register(let register, let variable) where variable.isAssignable: return .register(register)
    case .cell(let register, let variable) where variable.isAssignable: return .cell(register)
    case .captureCell(let index, let variable) where variable.isAssignable: return .captureCell(index)
    case .slot(let slot, let isState, let span):
      guard isState else {
        report(.assignToParameter(name.text, at: name.span, definition: span))
        return nil
      }
      return .slot(model: model(), slot: slot)
    case .global(let global):
      if module.globals[name.text] === global || module.imported[name.text] == nil, global.kind == .var {
        return .global(global.slot)
      }
      if let (_, from) = module.imported[name.text], module.globals[name.text] == nil {
        report(.assignToImported(name.text, from: from.path, at: name.span))
      } else if let library = machine.libraryFile(of: name.text), global.module == nil, !isOwn(global) {
        report(.assignToLibrary(name.text, file: library, at: name.span))
      } else {
        report(.assignToLet(name.text, at: name.span, definition: global.span, kind: global.kind.word))
      }
    case .register(_, let variable), .cell(_, let variable), .capture(_, let variable), .captureCell(_, let variable):
      report(.assignToLet(name.text, at: name.span, definition: variable.span, kind: variable.kind.word))
    case .field: report(.assignToMember(name.text, at: name.span))
    case .builtin, .constant, .unknown, .training, .layerFunction, .currentFunction:
      if isPlain {
        report(.assignWithoutLet(name.text, at: place.span, suggestion: assignableNear(name.text)))
      } else {
        unknown(name.text, at: name.span)
      }
    }
    return nil
  }

  private func isOwn(_ global: Global) -> Bool { module.globals[global.name] === global || isOfChunk(global) }

  private func assignableNear(_ name: String) -> String? { nearest(to: name) }

  /// What `xs = append(xs, x)` adds, so that an unshared list can grow in place.
  private func appended(to name: String, _ expression: Expression) -> Expression? {
    var callee: Expression
    var arguments: [Expression]
    switch expression.kind {
    case .call(let called, let given):
      guard given.allSatisfy({ $0.name == nil }) else { return nil }
      callee = called
      arguments = given.map(\.value)
    case .pipe(let first, let stage):
      guard case .call(let called, let given) = stage.kind, given.allSatisfy({ $0.name == nil }) else { return nil }
      callee = called
      arguments = [first] + given.map(\.value)
    default: return nil
    }
    guard arguments.count == 2, case .name("append") = callee.kind, case .builtin = resolve("append"),
      case .name(name) = arguments[0].kind
    else { return nil }
    return arguments[1]
  }
}

extension PlaceShape.Root {
  /// How an instruction `variable` names it; nil for a model's state.
  var variable: (kind: VariableKind, number: Int)? {
    switch self {
    case .register(let number): (.register, number)
    case .cell(let number): (.cell, number)
    case .captureCell(let number): (.captureCell, number)
    case .global(let number): (.global, number)
    case .slot: nil
    }
  }
}

extension Place.Step {
  var span: Span {
    switch self {
    case .field(let name): name.span
    case .index(_, let span): span
    }
  }
}

extension Variable.Kind {
  /// What messages call it.
  var word: String {
    switch self {
    case .let: "a `let`"
    case .var: "a `var`"
    case .parameter: "a parameter"
    case .function: "a function"
    case .layer: "a layer"
    case .dimension: "the size of a dimension"
    case .loop: "a loop's variable"
    case .model: "a model"
    case .learned: "a `param`"
    case .state: "a `state`"
    }
  }
}

extension Global.Kind {
  var word: String {
    switch self {
    case .let: "a `let`"
    case .var: "a `var`"
    case .function: "a function"
    case .layer: "a layer"
    case .module: "an imported file"
    }
  }
}

extension Expression {
  /// Whether the target is written by the last instruction only, after everything that can fail.
  var writesTargetLast: Bool {
    switch kind {
    case .binary(let operation, _, _, _): operation != .and && operation != .or
    case .integer, .float, .truth, .none, .name, .unary, .index, .field: true
    default: false
    }
  }
}
