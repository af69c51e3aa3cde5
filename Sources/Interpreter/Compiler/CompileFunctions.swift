import Diagnostics
import SourceText
import Syntax

extension Compiler {
  func signature(of declaration: FunctionDeclaration) -> CallSignature {
    signature(declaration.name.text, declaration.signature.parameters)
  }

  func signature(of declaration: LayerDeclaration) -> CallSignature {
    signature(declaration.name.text, declaration.hyperparameters)
  }

  func signature(_ name: String, _ parameters: [Syntax.Parameter]) -> CallSignature {
    CallSignature(
      name: name,
      parameters: parameters.map { parameter in
        var name = ""
        if case .name(let identifier) = parameter.pattern { name = identifier.text }
        return CallSignature.Parameter(name: name, isRequired: parameter.defaultValue == nil)
      })
  }

  /// Compiles a function and makes its value in `target`.
  func function(
    _ signature: Signature, _ body: Body, name: String, kind: Prototype.Kind, span: Span, into target: Int,
    callsItself: Bool = false
  ) {
    let prototype = compileFunction(
      signature, body, name: name, kind: kind, span: span, ownName: callsItself ? name : nil)
    builder.emit(.closure, target, wide: builder.add(prototype: prototype))
  }

  func compileFunction(
    _ signature: Signature, _ body: Body, name: String, kind: Prototype.Kind, span: Span, ownName: String? = nil,
    layer: LayerContext? = nil
  ) -> Prototype {
    let made = functionBuilder(signature, body, name: name, kind: kind, span: span, ownName: ownName, layer: layer)
    return Prototype(
      made.builder, signature: self.signature(name, signature.parameters), kind: kind, span: span,
      captures: made.captures)
  }

  /// The code of a function, in the state in which it was compiled.
  func functionBuilder(
    _ signature: Signature, _ body: Body, name: String, kind: Prototype.Kind, span: Span, ownName: String? = nil,
    layer: LayerContext? = nil
  ) -> FunctionState {
    let outer = state
    let own = self.signature(name, signature.parameters)
    state = FunctionState(parent: outer, kind: kind, innerNames: NameScan.innerNames(in: body, signature.parameters))
    state.layer = layer
    state.ownName = ownName
    state.ownSignature = own
    state.result = signature.result
    builder.at(span)
    if kind.hasModel { declare(Identifier("$model", .none), builder.reserve(), .model) }
    prologue(signature.parameters)
    if let layer { learnedMembers(of: layer, isCall: kind == .layerCall, body) }
    switch body {
    case .expression(let expression): returnValue(of: expression)
    case .block(let block): statements(block.statements, valueInto: .result)
    }
    if builder.isTooLarge { report(.tooLarge(at: span)) }
    defer { state = outer }
    return state
  }

  /// Defaults, patterns and annotations of the parameters, whose values stand in the first registers.
  func prologue(_ parameters: [Syntax.Parameter]) {
    let first = builder.reserve(parameters.count)
    var seen: [String: Span] = [:]
    for identifier in parameters.flatMap({ identifiers(in: $0.pattern) }) {
      if let known = seen[identifier.text] {
        report(.duplicateDefinition(identifier.text, at: identifier.span, first: known))
      }
      seen[identifier.text] = identifier.span
    }
    for (offset, parameter) in parameters.enumerated() {
      let register = first + offset
      if let value = parameter.defaultValue {
        let given = builder.emit(.jumpGiven, register)
        self.value(value, into: register)
        builder.land(given)
      }
      switch parameter.pattern {
      case .name(let name): declare(name, register, .parameter)
      case .wildcard: break
      default:
        builder.at(parameter.span)
        bind(parameter.pattern, from: register, isVariable: false, kind: .parameter)
      }
    }
    checkParameters(parameters, from: first)
  }

  /// The expression's value is the function's: calls at the end of branches return from there.
  func returnValue(of expression: Expression) {
    switch expression.kind {
    case .parenthesized(let inner): return returnValue(of: inner)
    case .if(let condition, let body, let branch?): return conditional(condition, body, branch, .result)
    case .match(let subject, let cases): return match(subject, cases, expression.span, .result)
    default: break
    }
    let mark = builder.nextRegister
    let result = operand(expression)
    if let annotation = state.result { checkResult(annotation, result.register, expression.span) }
    builder.at(expression.span)
    builder.emit(.returnValue, result.register, returnedRegisters(mark))
    builder.release(to: mark)
  }

  func returnNone() { builder.emit(.returnNone, 0, returnedRegisters(builder.nextRegister)) }

  /// How many registers a return has to clear when `count` are in use; in a loop those of the last turn as well.
  private func returnedRegisters(_ count: Int) -> Int { state.loops.isEmpty ? count : FunctionBuilder.allRegisters }
}
