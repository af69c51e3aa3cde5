import Diagnostics
import SourceText
import Syntax

extension Compiler {
  /// A `layer` definition: code for making a model, for its `call` and for the functions inside it.
  func layer(_ declaration: LayerDeclaration, into target: Int) {
    let context = LayerContext(name: declaration.name.text)
    collectNames(of: declaration, context)
    let initializer = compileInitializer(declaration, context)
    let call = declaration.call.map { call in
      compileFunction(
        call.signature, call.body, name: declaration.name.text, kind: .layerCall, span: call.span, layer: context)
    }
    if declaration.call == nil { report(.layerWithoutCall(declaration.name.text, at: declaration.name.span)) }
    var functions: [(name: String, prototype: Prototype)] = []
    for member in declaration.members {
      guard case .function(let function) = member.kind else { continue }
      let prototype = compileFunction(
        function.signature, function.body, name: function.name.text, kind: .layerFunction, span: member.span,
        layer: context)
      functions.append((function.name.text, prototype))
    }
    if let call = declaration.call {
      reportUnconnected(declaration, call)
      reportUnapplied(resultOf: call, context)
    }
    let shape = LayerShape(
      name: declaration.name.text, fieldNames: context.fieldNames,
      hyperparameterCount: context.hyperparameterCount, parameterNames: context.slots.map(\.name),
      isState: context.slots.map(\.isState), span: declaration.span, initializer: initializer, call: call,
      functions: functions)
    builder.at(declaration.span)
    builder.emit(.layer, target, wide: builder.add(layer: shape))
  }

  private func collectNames(of declaration: LayerDeclaration, _ context: LayerContext) {
    var seen: [String: Span] = [:]
    func add(_ name: Identifier) -> Bool {
      if let first = seen[name.text] {
        report(.duplicateDefinition(name.text, at: name.span, first: first))
        return false
      }
      seen[name.text] = name.span
      return true
    }
    func addField(_ name: Identifier) {
      guard add(name) else { return }
      context.fields[name.text] = context.fieldNames.count
      context.fieldNames.append(name.text)
    }
    for parameter in declaration.hyperparameters {
      guard case .name(let name) = parameter.pattern else {
        report(.hyperparameterPattern(at: parameter.span))
        continue
      }
      addField(name)
    }
    context.hyperparameterCount = context.fieldNames.count
    for member in declaration.members {
      switch member.kind {
      case .binding(let isVariable, let pattern, _, let value):
        if isVariable { report(.variableInLayer(at: member.span)) }
        for name in identifiers(in: pattern) { addField(name) }
        if case .name(let name) = pattern, makesLayer(value) { context.parts.insert(name.text) }
      case .function(let function):
        if add(function.name) { context.functions[function.name.text] = signature(of: function) }
      case .parameter, .state: context.members.append(member)
      default: break
      }
    }
    var scan = NameScan()
    scan.statements(declaration.members)
    if let call = declaration.call { scan.body(call.body) }
    for (name, isState) in scan.slots where add(name) {
      context.slots.append(LayerContext.Slot(name: name.text, span: name.span, isState: isState))
    }
  }

  /// Takes the hyperparameters, checks them, makes the members and gives them all as one tuple.
  private func compileInitializer(_ declaration: LayerDeclaration, _ context: LayerContext) -> Prototype {
    let outer = state
    let own = signature(of: declaration)
    let members = declaration.members.filter {
      switch $0.kind {
      case .binding, .expression, .assert: true
      default: false
      }
    }
    state = FunctionState(
      parent: outer, kind: .layerInitializer,
      innerNames: NameScan.innerNames(in: .block(Block(statements: members, span: declaration.span))))
    builder.at(declaration.span)
    prologue(declaration.hyperparameters)
    for member in members { statement(member) }
    let first = builder.reserve(context.fieldNames.count)
    for (offset, name) in context.fieldNames.enumerated() { load(name, at: declaration.span, into: first + offset) }
    let result = builder.reserve()
    builder.emit(.tuple, result, first, context.fieldNames.count)
    builder.emit(.returnValue, result)
    if builder.isTooLarge { report(.tooLarge(at: declaration.span)) }
    let prototype = Prototype(
      builder, signature: own, kind: .layerInitializer, span: declaration.span, captures: state.captures)
    state = outer
    return prototype
  }

  /// Parts that nothing uses: most often a layer that `call` forgot to apply.
  private func reportUnconnected(_ declaration: LayerDeclaration, _ call: CallDeclaration) {
    var used = NameScan()
    for parameter in declaration.hyperparameters { if let value = parameter.defaultValue { used.expression(value) } }
    used.statements(declaration.members)
    used.function(call.signature.parameters, call.signature.result, call.body)
    for member in declaration.members {
      guard case .binding(_, let pattern, _, _) = member.kind else { continue }
      for name in identifiers(in: pattern) where !used.names.contains(name.text) && !name.text.hasPrefix("_") {
        report(.unconnectedMember(name.text, of: declaration.name.text, at: name.span))
      }
    }
  }

  /// A layer made on the spot, or a chain with one.
  private func makesLayer(_ value: Expression) -> Bool {
    switch value.kind {
    case .call(let callee, _): isLayer(callee)
    case .binary(.compose, let first, let second, _): makesLayer(first) || makesLayer(second)
    default: false
    }
  }

  /// A part of the layer, as an operand: its result is meant.
  func reportUnapplied(_ operand: Expression) {
    guard case .name(let name) = operand.kind, isPart(name) else { return }
    report(.layerAsValue(name, at: operand.span))
  }

  /// Whether a name means a part of the layer here.
  func isPart(_ name: String) -> Bool {
    guard let layer = state.enclosingLayer, layer.parts.contains(name), case .field = resolve(name) else { return false }
    return true
  }

  /// `call(x) = body`: the layer itself as the result.
  private func reportUnapplied(resultOf call: CallDeclaration, _ context: LayerContext) {
    var bound = call.signature.parameters.flatMap { identifiers(in: $0.pattern) }
    var result: Expression?
    switch call.body {
    case .expression(let expression): result = expression
    case .block(let block):
      for statement in block.statements {
        if case .binding(_, let pattern, _, _) = statement.kind { bound += identifiers(in: pattern) }
      }
      if case .expression(let expression)? = block.statements.last?.kind { result = expression }
    }
    guard let result, case .name(let name) = result.kind, context.parts.contains(name),
      !bound.contains(where: { $0.text == name })
    else { return }
    report(.layerAsValue(name, at: result.span))
  }

  // MARK: param and state

  /// `param` and `state` lines that stand directly in the layer are reached at the start of its functions.
  func learnedMembers(of layer: LayerContext, isCall: Bool, _ body: Body) {
    guard !layer.members.isEmpty else { return }
    let mentioned = isCall ? [] : NameScan.names(in: body)
    for member in layer.members {
      switch member.kind {
      case .parameter(let name, let annotation, let initial) where isCall || needs(name, annotation, mentioned):
        learned(name, annotation, initial, isState: false, member)
      case .state(let name, let annotation, let initial) where isCall || needs(name, annotation, mentioned):
        learned(name, annotation, initial, isState: true, member)
      default: break
      }
    }
  }

  /// Whether a function inside a layer mentions a parameter whose sizes it knows.
  private func needs(_ name: Identifier, _ annotation: Annotation, _ mentioned: Set<String>) -> Bool {
    guard mentioned.contains(name.text), case .shape(let dimensions, _) = annotation else { return false }
    var scan = NameScan()
    for case .size(let size) in dimensions { scan.expression(size) }
    return scan.names.allSatisfy { state.local($0) != nil || state.layer?.fields[$0] != nil }
  }

  /// `param w: [a, b] = init`
  func learned(
    _ name: Identifier, _ annotation: Annotation, _ initial: Expression, isState: Bool, _ statement: Statement
  ) {
    var function: FunctionState? = state
    while let current = function, current.layer == nil { function = current.parent }
    guard let layer = function?.layer, let slot = layer.slot(name.text), state.layer != nil else {
      return report(.outsideLayer(isState ? "state" : "param", at: statement.span))
    }
    guard case .shape(let dimensions, _) = annotation else {
      return report(.learnedWithoutShape(name.text, at: annotation.span))
    }
    let register = builder.reserve()
    let mark = builder.nextRegister
    for dimension in dimensions {
      guard case .size(let size) = dimension else {
        report(.ellipsisInParameter(name.text, at: annotation.span))
        return
      }
      // Each size lands in the next register of the row.
      let row = builder.reserve()
      let computed = computedSize(size)
      builder.emit(.take, row, computed)
      builder.release(to: row + 1)
    }
    value(initial, into: builder.reserve())
    builder.at(statement.span, [name.span] + dimensions.map(\.span) + [initial.span])
    builder.emit(.parameter, x: UInt8(clamping: dimensions.count), register, model(), slot)
    builder.release(to: mark)
    if isState {
      builder.emit(.clear, register, 1)
      state.declare(Variable(name.text, name.span, .state, at: .slot(slot)))
    } else {
      state.declare(Variable(name.text, name.span, .learned, at: .register(register)))
    }
  }
}

extension Dimension {
  var span: Span {
    switch self {
    case .ellipsis(let span): span
    case .size(let expression): expression.span
    }
  }
}
