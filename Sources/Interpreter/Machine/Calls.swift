import Diagnostics
import SourceText
import Syntax

extension Machine {
  /// Calls any callable value: function, builtin, layer, model, composition, transformed function.
  public func call(
    _ function: Value, _ arguments: [Value], named: [(name: String, value: Value)] = [], at site: Site
  ) throws(Diagnostic) -> Value {
    guard hasNativeRoom() else { throw .recursionLimit(at: site.span, path: callPath(above: frames)) }
    let floor = frame
    let window = floor.pointee.base + floor.pointee.code.pointee.registerCount
    let count = arguments.count + named.count
    guard window + count + 1 < stackEnd else { throw .recursionLimit(at: site.span, path: callPath(above: frames)) }
    nativeDepth += 1
    defer { nativeDepth -= 1 }
    window.pointee = function
    var slot = window + 1
    for argument in arguments {
      slot.pointee = argument
      slot += 1
    }
    for argument in named {
      slot.pointee = argument.value
      slot += 1
    }
    let next = floor.pointee.next
    do throws(Diagnostic) {
      try beginCall(window, count, names: named.isEmpty ? [] : named.map(\.name), at: site)
      if frame != floor { try execute(until: floor) }
    } catch {
      window.clear(count + 1)
      floor.pointee.next = next
      throw error
    }
    floor.pointee.next = next
    let result = window.pointee
    window.clear()
    return result
  }

  /// The same for one or two arguments; functions of the language start without further ado.
  func call(_ function: Value, _ first: Value, _ second: Value? = nil, at site: Site) throws(Diagnostic) -> Value {
    let count = second == nil ? 1 : 2
    let floor = frame
    let window = floor.pointee.base + floor.pointee.code.pointee.registerCount
    guard let code = function.function.flatMap({ $0.plainCount == count ? $0.code : nil }), hasNativeRoom(),
      window + count + 1 + code.pointee.registerCount < stackEnd, floor + 1 < framesEnd, !interrupt.isRaised
    else { return try call(function, second.map { [first, $0] } ?? [first], at: site) }
    nativeDepth += 1
    defer { nativeDepth -= 1 }
    window.pointee = function
    window[1] = first
    if let second { window[2] = second }
    let next = floor.pointee.next
    defer { floor.pointee.next = next }
    do throws(Diagnostic) {
      try push(code, window, from: floor)
      try execute(until: floor)
    } catch {
      window.clear(count + 1)
      throw error
    }
    let result = window.pointee
    window.clear()
    return result
  }

  /// Starts the call of the value in `window` with `count` arguments behind it, of which the last have `names`: pushes a
  /// frame for a function of the language, otherwise leaves the result in the window.
  @inline(never)
  func beginCall(_ window: Slot, _ count: Int, names: [String], _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    if case .object(let object) = window.pointee, object.kind == .function, let function = object as? FunctionValue {
      return try enter(function, window, count, names) { self.site(pc) }
    }
    try beginCall(window, count, names: names, at: site(pc))
  }

  func beginCall(_ window: Slot, _ count: Int, names: [String], at site: Site) throws(Diagnostic) {
    guard case .object(let object) = window.pointee else {
      throw .notCallable(found: window.pointee.kindName, at: site.span)
    }
    switch object {
    case let function as FunctionValue:
      try enter(function, window, count, names) { site }
    case let builtin as BuiltinValue:
      let result = try call(builtin.builtin, window, count, names, at: site)
      window.pointee = result
    default:
      let (positional, named) = takeArguments(window, count, names)
      window.clear()
      let result: Value
      switch object {
      case let layer as LayerValue: result = try makeModel(layer, positional, named: named, at: site)
      case let model as ModelValue: result = try callModel(model, positional, named: named, at: site)
      case let chain as CompositionValue:
        result = try callComposition(chain, positional, named: named, at: site)
      case let transformed as TransformedValue:
        result = try callTransformed(transformed, positional, named: named, at: site)
      default: throw .notCallable(found: Value.object(object).kindName, at: site.span)
      }
      window.pointee = result
    }
  }

  /// Moves the arguments out of the window.
  private func takeArguments(_ window: Slot, _ count: Int, _ names: [String]) -> (
    positional: [Value], named: [(name: String, value: Value)]
  ) {
    var positional: [Value] = []
    positional.reserveCapacity(count - names.count)
    for index in 0..<(count - names.count) { positional.append(window[1 + index]) }
    var named: [(name: String, value: Value)] = []
    for (index, name) in names.enumerated() { named.append((name, window[1 + count - names.count + index])) }
    (window + 1).clear(count)
    return (positional, named)
  }

  /// Puts the arguments in the order of the parameters and pushes the frame.
  private func enter(
    _ function: FunctionValue, _ window: Slot, _ count: Int, _ names: [String], _ site: () -> Site
  ) throws(Diagnostic) {
    let prototype = function.prototype
    let first = window + 1
    guard first + max(count, prototype.code.pointee.parameterCount) + 1 < stackEnd else {
      throw .recursionLimit(at: site().span, path: callPath(above: frames))
    }
    var offset = 0
    if let receiver = function.receiver {
      var index = count
      while index > 0 {
        (first + index).take(from: first + index - 1)
        index -= 1
      }
      first.pointee = receiver
      offset = 1
    }
    let signature = prototype.signature
    let positionalCount = count - names.count
    if positionalCount > signature.parameters.count {
      throw .tooManyArguments(
        signature.name, takes: signature.parameters.map(\.name), found: positionalCount,
        at: site().operand(signature.parameters.count), definition: definitionSpan(of: prototype))
    }
    let arguments = first + offset
    if !names.isEmpty {
      var values: [Value] = []
      for index in 0..<names.count { values.append(arguments[positionalCount + index]) }
      (arguments + positionalCount).clear(names.count)
      for index in positionalCount..<max(positionalCount, signature.parameters.count) {
        arguments[index] = Missing.value
      }
      for (index, name) in names.enumerated() {
        guard let place = signature.parameters.firstIndex(where: { $0.name == name && !name.isEmpty }) else {
          throw unknownArgument(name, signature, at: site().operand(positionalCount + index))
        }
        guard (arguments + place).isMissing(Missing.address) else {
          throw .duplicateArgument(name, of: signature.name, at: site().operand(positionalCount + index))
        }
        arguments[place] = values[index]
      }
    } else if positionalCount < signature.parameters.count {
      for index in positionalCount..<signature.parameters.count { arguments[index] = Missing.value }
    }
    if count < signature.parameters.count || !names.isEmpty {
      var missing: [String] = []
      for (index, parameter) in signature.parameters.enumerated()
      where parameter.isRequired && (arguments + index).isMissing(Missing.address) {
        missing.append(parameter.name.isEmpty ? "argument \(index + 1)" : parameter.name)
      }
      if !missing.isEmpty {
        throw .missingArguments(
          missing, of: signature.name, at: site().span, definition: definitionSpan(of: prototype))
      }
    }
    do throws(Diagnostic) { try push(prototype.code, window, from: frame) } catch {
      throw error.span.isNone ? .recursionLimit(at: site().span, path: error.path) : error
    }
  }

  private func unknownArgument(_ name: String, _ signature: CallSignature, at span: Span) -> Diagnostic {
    let known = signature.parameters.map(\.name).filter { !$0.isEmpty }
    return .unknownArgument(
      name, of: signature.name, at: span, suggestion: Suggestion.closest(to: name, among: known), known: known)
  }

  private func definitionSpan(of prototype: Prototype) -> Span {
    guard let file = sources.file(prototype.span.file) else { return .none }
    // The head is enough: up to the end of the definition's first line.
    let line = file.line(at: Int(prototype.span.start))
    let end = line < file.lineCount ? file.offset(ofLine: line + 1) - 1 : file.bytes.count
    return Span(
      file: prototype.span.file, start: Int(prototype.span.start), end: min(end, Int(prototype.span.end)))
  }

  // MARK: From the loop

  @inline(never)
  func callNamed(_ shape: Int, _ window: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    let shape = prototype.callShapes[shape]
    try beginCall(window, shape.positionalCount + shape.names.count, names: shape.names, pc)
  }

  @inline(never)
  func callBuiltin(_ index: Int, _ window: Slot, _ count: Int, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    if let result = builtins.quick[index].result(window + 1, count) {
      (window + 1).clear(count)
      window.pointee = result
    } else {
      try callBuiltin(index, window, count, names: [], pc)
    }
  }

  private func callBuiltin(
    _ index: Int, _ window: Slot, _ count: Int, names: [String], _ pc: UnsafePointer<Instruction>
  ) throws(Diagnostic) {
    let result = try call(builtins.builtins[index], window, count, names, at: site(pc))
    window.pointee = result
  }

  @inline(never)
  func callBuiltinNamed(_ shape: Int, _ window: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    let shape = prototype.callShapes[shape]
    try callBuiltin(
      shape.builtin ?? 0, window, shape.positionalCount + shape.names.count, names: shape.names, pc)
  }

  /// Binds the arguments of a builtin and runs it.
  private func call(_ builtin: Builtin, _ window: Slot, _ count: Int, _ names: [String], at site: Site)
    throws(Diagnostic) -> Value
  {
    let builtin = builtins.chosen(builtin, for: count > names.count ? window[1] : nil)
    let parameters = builtin.parameters
    var bound: [Value] = []
    let positionalCount = count - names.count
    // Simple calls are the rule: as many arguments as parameters, none variadic.
    if names.isEmpty, positionalCount == parameters.count, !builtin.isVariadic {
      bound.reserveCapacity(count)
      for index in 0..<count { bound.append(window[1 + index]) }
      window.clear(count + 1)
    } else {
      let (positional, named) = takeArguments(window, count, names)
      window.clear()
      bound = try bind(positional, named, to: builtin, at: site)
    }
    return try builtin.body(BuiltinCall(machine: self, builtin: builtin, arguments: bound, site: site))
  }

  private func bind(
    _ positional: [Value], _ named: [(name: String, value: Value)], to builtin: Builtin, at site: Site
  ) throws(Diagnostic) -> [Value] {
    let parameters = builtin.parameters
    var bound = [Value?](repeating: nil, count: parameters.count)
    let variadic = parameters.firstIndex(where: \.isVariadic)
    if variadic == nil, positional.count > parameters.count {
      throw .tooManyArguments(
        builtin.name, takes: parameters.map(\.name), found: positional.count, at: site.operand(parameters.count),
        definition: .none)
    }
    for (index, value) in positional.prefix(variadic ?? positional.count).enumerated() { bound[index] = value }
    if let variadic { bound[variadic] = .object(ListValue(Array(positional.dropFirst(variadic)))) }
    for (index, argument) in named.enumerated() {
      let span = site.operand(positional.count + index)
      guard let place = parameters.firstIndex(where: { $0.name == argument.name && !$0.isVariadic }) else {
        throw unknownArgument(argument.name, CallSignature(builtin), at: span)
      }
      guard bound[place] == nil else { throw .duplicateArgument(argument.name, of: builtin.name, at: span) }
      bound[place] = argument.value
    }
    var result: [Value] = []
    result.reserveCapacity(parameters.count)
    var missing: [String] = []
    for (parameter, value) in zip(parameters, bound) {
      if let value = value ?? parameter.defaultValue {
        result.append(value)
      } else {
        missing.append(parameter.name)
      }
    }
    if !missing.isEmpty { throw .missingArguments(missing, of: builtin.name, at: site.span, definition: .none) }
    return result
  }

  // MARK: Errors

  /// Throws when a call can't start: no room, or Ctrl-C.
  @inline(never)
  func checkCall(_ code: UnsafeMutablePointer<CodeBlock>, _ window: Slot) throws(Diagnostic) {
    let site = prototype.site(before: frame.pointee.next)
    if interrupt.takeSample() { tensors.profile?.sampled(at: callSpan(at: site)) }
    if interrupt.isRaised { throw stopped(at: site.span) }
    guard frame + 1 >= framesEnd || window + 1 + code.pointee.registerCount >= stackEnd else { return }
    throw .recursionLimit(at: site.span, path: callPath(above: frames))
  }

  /// Says where the program is to whoever asked, and throws after Ctrl-C. A loop's last test has the whole condition as
  /// its third operand.
  @inline(never)
  func lookUp(_ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    if interrupt.takeSample() { tensors.profile?.sampled(at: callSpan(at: site(pc))) }
    if interrupt.isRaised { throw stopped(at: site(pc).operand(2)) }
  }

  private func stopped(at span: Span) -> Diagnostic {
    interrupt.isRaised = false
    return .interrupted(at: span)
  }

  /// The functions under way above `floor`, outermost first; repetitions are left out.
  func callPath(above floor: UnsafeMutablePointer<Frame>) -> [String] {
    var names: [String] = []
    var current = floor + 1
    while current <= frame, names.count < 64 {
      let prototype = current.pointee.code.pointee.prototype._withUnsafeGuaranteedRef { $0 }
      let name = prototype.name
      // The library's private helpers mean nothing to its users.
      let isHelper = name.hasPrefix("_") && isLibrary(prototype.span)
      if !name.isEmpty, !isHelper, names.last != name { names.append(name) }
      current += 1
    }
    return names
  }

  /// Leaves the frames above `floor` after an error.
  func unwind(_ error: Diagnostic, to floor: UnsafeMutablePointer<Frame>) -> Diagnostic {
    var error = error
    if error.code != .limit || error.path.isEmpty { error.path = callPath(above: floor) + error.path }
    if isLibrary(error.span) {
      let site = userSite()
      if !site.span.isNone { error.labels.insert(Diagnostic.Label(site.span, "in this call"), at: 0) }
    }
    let end = frame.pointee.base + frame.pointee.code.pointee.registerCount
    let start = floor.pointee.base + floor.pointee.code.pointee.registerCount
    frame = floor
    if end > start { start.clear(end - start) }
    return error
  }

  /// The innermost call under way that the user wrote, for mistakes that show inside the library.
  func userSite() -> Site {
    var current = frame
    while current > frames {
      let prototype = current.pointee.code.pointee.prototype._withUnsafeGuaranteedRef { $0 }
      if !isLibrary(prototype.span) { return prototype.site(before: current.pointee.next) }
      current -= 1
    }
    return .none
  }

  /// The call that brought the program here: the user's own where the code is the library's.
  func callSpan(at site: Site) -> Span { isLibrary(site.span) ? userSite().span : site.span }

  func isLibrary(_ span: Span) -> Bool {
    libraryFiles.contains(span.file)
  }
}

extension Builtin {
  var isVariadic: Bool { parameters.last?.isVariadic == true || parameters.contains(where: \.isVariadic) }
}
