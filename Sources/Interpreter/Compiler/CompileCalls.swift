import Diagnostics
import SourceText
import Syntax

extension Compiler {
  /// The callee's and the arguments' registers of a call being compiled: the result comes into the first.
  private func window(for target: Int) -> Int {
    target == builder.nextRegister - 1 ? target : builder.reserve()
  }

  func call(_ callee: Expression, _ arguments: [Argument], _ span: Span, into target: Int) {
    call(callee, piped: nil, arguments, span, into: target)
  }

  /// `x |> f(a)` is `f(x, a)`; anything that is not an unparenthesised call is called with x.
  func pipe(_ first: Expression, _ stage: Expression, _ span: Span, into target: Int) {
    if case .call(let callee, let arguments) = stage.kind {
      call(callee, piped: first, arguments, span, into: target)
    } else {
      call(stage, piped: first, [], span, into: target)
    }
  }

  private func call(
    _ callee: Expression, piped: Expression?, _ arguments: [Argument], _ span: Span, into target: Int
  ) {
    var resolution: Resolution?
    if case .name(let name) = callee.kind { resolution = resolve(name) }
    if let member = moduleMember(callee) { resolution = .global(member) }
    if let resolution { check(resolution, callee, piped, arguments, span) }
    if piped == nil, arguments.isEmpty, case .name(let name) = callee.kind, isPart(name) {
      report(.partWithoutInput(name, at: span))
    }

    let window = window(for: target)
    var positional: [Expression] = piped.map { [$0] } ?? []
    positional += arguments.filter { $0.name == nil }.map(\.value)
    let named = arguments.filter { $0.name != nil }
    var isSelf = false
    var register: Int?
    switch resolution {
    case .builtin, .global: break
    case .register(let known, _) where named.isEmpty && positional.count < 256 && !positional.contains(where: \.holdsBlock):
      register = known
    case .currentFunction(let signature?)
    where named.isEmpty && positional.count == signature.parameters.count && positional.count < 256:
      isSelf = true
    default: value(callee, into: window)
    }
    for argument in positional { value(argument, into: builder.reserve()) }
    for argument in named { value(argument.value, into: builder.reserve(), name: argument.name?.text ?? "") }
    builder.at(span, positional.map(\.span) + named.map(\.value.span))

    if isSelf {
      builder.emit(.callSelf, x: UInt8(positional.count), window)
    } else if named.isEmpty, positional.count < 256 {
      let count = UInt8(positional.count)
      switch resolution {
      case .builtin(let index): builder.emit(.callBuiltin, x: count, window, wide: index)
      case .global(let global): builder.emit(.callGlobal, x: count, window, wide: global.slot)
      default:
        if let register {
          builder.emit(.callRegister, x: count, window, wide: register)
        } else {
          builder.emit(.call, x: count, window)
        }
      }
    } else {
      var builtin: Int?
      if case .builtin(let index) = resolution { builtin = index }
      let shape = builder.add(
        callShape: CallShape(
          positionalCount: positional.count, names: named.compactMap(\.name?.text), builtin: builtin))
      if builtin != nil {
        builder.emit(.callBuiltinNamed, window, wide: shape)
      } else {
        if case .global(let global) = resolution { builder.emit(.getGlobal, window, wide: global.slot) }
        builder.emit(.callNamed, window, wide: shape)
      }
    }
    if window != target { builder.emit(.take, target, window) }
  }

  /// `blocks.f` where `blocks` is an imported file.
  private func moduleMember(_ callee: Expression) -> Global? {
    guard case .field(let base, let field) = callee.kind, case .name(let name) = base.kind,
      case .global(let global) = resolve(name), let module = global.module, !field.text.hasPrefix("_")
    else { return nil }
    return module.globals[field.text]
  }

  // MARK: What can be said before the call runs

  private func check(
    _ resolution: Resolution, _ callee: Expression, _ piped: Expression?, _ arguments: [Argument], _ span: Span
  ) {
    if isLayer(resolution), let name = callee.calleeName {
      if insideLayer { return report(.layerMadeInCall(name, at: span)) }
      if piped != nil { return report(.layerInPipe(name, at: callee.span)) }
    }
    var definition = Span.none
    if case .global(let global) = resolution { definition = global.span }
    var found: [Diagnostic]?
    // Where builtins share a name, one that fits is enough.
    for signature in signatures(of: resolution) {
      let problems = problems(of: signature, definition, piped, arguments, span)
      if problems.isEmpty { return }
      found = found ?? problems
    }
    for problem in found ?? [] { report(problem) }
  }

  private func problems(
    of signature: CallSignature, _ definition: Span, _ piped: Expression?, _ arguments: [Argument], _ span: Span
  ) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    var filled = Set<String>()
    let positionalCount = arguments.count { $0.name == nil } + (piped == nil ? 0 : 1)
    let variadic = signature.parameters.firstIndex(where: \.isVariadic)
    if variadic == nil, positionalCount > signature.parameters.count {
      let extra = arguments.filter { $0.name == nil }
      let first = extra.dropFirst(max(0, signature.parameters.count - (piped == nil ? 0 : 1))).first?.value.span ?? span
      return [
        .tooManyArguments(
          signature.name, takes: signature.parameters.map(\.name), found: positionalCount, at: first,
          definition: definition)
      ]
    }
    for parameter in signature.parameters.prefix(min(variadic ?? positionalCount, positionalCount)) {
      filled.insert(parameter.name)
    }
    if let variadic, positionalCount > variadic { filled.insert(signature.parameters[variadic].name) }
    var hasUnknown = false
    for argument in arguments {
      guard let name = argument.name else { continue }
      guard signature.parameters.contains(where: { $0.name == name.text && !$0.name.isEmpty }) else {
        let known = signature.parameters.map(\.name)
        problems.append(
          .unknownArgument(
            name.text, of: signature.name, at: name.span, suggestion: Suggestion.closest(to: name.text, among: known),
            known: known))
        hasUnknown = true
        continue
      }
      if !filled.insert(name.text).inserted {
        problems.append(.duplicateArgument(name.text, of: signature.name, at: name.span))
      }
    }
    let missing = signature.parameters.filter { $0.isRequired && !filled.contains($0.name) }.map(\.name)
    // A misspelt name is most often the one that is missing.
    if !missing.isEmpty, !hasUnknown {
      problems.append(.missingArguments(missing, of: signature.name, at: span, definition: definition))
    }
    return problems
  }

  /// Whether a callee is the name of a layer.
  func isLayer(_ callee: Expression) -> Bool {
    if case .name(let name) = callee.kind { return isLayer(resolve(name)) }
    return moduleMember(callee).map { isLayer(.global($0)) } ?? false
  }

  private func isLayer(_ resolution: Resolution) -> Bool {
    switch resolution {
    case .global(let global): global.kind == .layer
    default: resolution.variable?.kind == .layer
    }
  }

  /// Whether the code runs while a model is called.
  private var insideLayer: Bool {
    var function: FunctionState? = state
    while let current = function {
      if current.kind.hasModel { return true }
      function = current.parent
    }
    return false
  }
}

extension Expression {
  /// The name of what is called, for messages.
  var calleeName: String? {
    switch kind {
    case .name(let name): name
    case .field(_, let field): field.text
    case .parenthesized(let inner): inner.calleeName
    default: nil
    }
  }
}
