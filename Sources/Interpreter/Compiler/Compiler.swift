import Diagnostics
import SourceText
import Syntax

/// What kept a file or entry from being compiled: everything found, by place.
public struct CompileFailure: Error, Sendable {
  public let diagnostics: [Diagnostic]
}

/// Turns the tree of one file or prompt entry into code: names become registers, cells, globals or builtins, and what
/// can be said before anything runs is reported.
final class Compiler {
  let machine: Machine
  let module: Module
  var state: FunctionState
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var warnings: [Diagnostic] = []
  /// Names of this chunk's top level: functions and layers at once, the rest once their statement has passed.
  private var chunkGlobals: [String: Global] = [:]
  private var pendingGlobals: [String: Global] = [:]
  private var reportedNames: Set<String> = []
  private var hasFailedImport = false
  /// `let` and `var` names of this chunk: calls of them are not checked beforehand.
  private var boundNames: Set<String> = []
  var tests: [Chunk.Test] = []
  /// Registers that the body of the loop just compiled used.
  var loopRegisters = 0

  /// The condition of the `while` whose test is being compiled.
  var loopCondition: Span?

  var builder: FunctionBuilder { state.builder }

  init(machine: Machine, module: Module) {
    self.machine = machine
    self.module = module
    state = FunctionState(parent: nil, kind: .main, innerNames: [])
  }

  func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }
  func warn(_ diagnostic: Diagnostic) { warnings.append(diagnostic) }

  // MARK: The top level

  func compile(_ program: Program, file: SourceFile) throws(CompileFailure) -> Chunk {
    var scan = NameScan()
    // What functions mention of the top level are globals; only statements have variables of their own.
    scan.statements(program.statements.filter { !$0.isDefinition })
    state = FunctionState(parent: nil, kind: .main, innerNames: scan.innerNames)
    builder.at(file.wholeSpan)
    declareTopLevel(program.statements)
    module.declared = pendingGlobals.merging(chunkGlobals) { _, definition in definition }
    defer { module.declared = [:] }
    // Functions are compiled before the other statements, and may use what is imported.
    for statement in program.statements where isImport(statement) { self.statement(statement) }
    for statement in program.statements { hoist(statement) }

    var endsInExpression = false
    var lastNames: [String] = []
    for (index, statement) in program.statements.enumerated() where !isImport(statement) {
      let mark = builder.nextRegister
      if index == program.statements.count - 1 {
        if case .expression(let expression) = statement.kind, !isStatementLike(expression) {
          endsInExpression = true
          returnValue(of: expression)
          break
        }
        if case .binding(_, let pattern, _, _) = statement.kind { lastNames = names(in: pattern) }
      }
      self.statement(statement)
      builder.release(to: mark)
    }
    returnNone()
    if builder.isTooLarge { report(.tooLarge(at: file.wholeSpan)) }
    guard diagnostics.isEmpty else {
      throw CompileFailure(diagnostics: diagnostics.sorted { ($0.span.file.index, $0.span.start) < ($1.span.file.index, $1.span.start) })
    }
    for (name, global) in chunkGlobals { commit(name, global) }
    for (name, global) in pendingGlobals where chunkGlobals[name] == nil { commit(name, global) }
    if module.documentation == nil { module.documentation = program.documentation }
    let prototype = Prototype(
      builder, signature: CallSignature(name: "", parameters: []), kind: .main, span: file.wholeSpan, captures: [])
    return Chunk(
      prototype: prototype, module: module, endsInExpression: endsInExpression, boundNames: lastNames, tests: tests,
      warnings: warnings)
  }

  /// A name of this chunk becomes one of the module.
  private func commit(_ name: String, _ global: Global) {
    module.globals[name] = global
    module.imported[name] = nil
  }

  private func isImport(_ statement: Statement) -> Bool {
    if case .import = statement.kind { return true }
    return false
  }

  private func isStatementLike(_ expression: Expression) -> Bool {
    if case .if(_, _, let branch) = expression.kind { return branch == nil }
    return false
  }

  /// Gives every top-level name its slot; functions and layers are visible at once.
  private func declareTopLevel(_ statements: [Statement]) {
    for statement in statements {
      switch statement.kind {
      case .binding(let isVariable, let pattern, _, _):
        for name in identifiers(in: pattern) {
          boundNames.insert(name.text)
          pendingGlobals[name.text] = newGlobal(
            name, isVariable ? .var : .let, statement, keeping: pendingGlobals[name.text])
        }
      case .function(let declaration):
        declareDefinition(declaration.name, .function, statement, signature(of: declaration))
      case .layer(let declaration):
        declareDefinition(declaration.name, .layer, statement, signature(of: declaration))
      default: break
      }
    }
  }

  private func declareDefinition(_ name: Identifier, _ kind: Global.Kind, _ statement: Statement, _ signature: CallSignature)
  {
    if let first = chunkGlobals[name.text] {
      report(.duplicateDefinition(name.text, at: name.span, first: first.span))
      return
    }
    if kind == .layer, let old = module.globals[name.text], old.kind == .layer {
      warn(.layerRedefined(name.text, at: name.span))
    }
    let global = newGlobal(name, kind, statement, keeping: pendingGlobals[name.text])
    global.signature = signature
    chunkGlobals[name.text] = global
  }

  private func newGlobal(_ name: Identifier, _ kind: Global.Kind, _ statement: Statement, keeping known: Global?) -> Global
  {
    if let clash = module.imported[name.text], !clash.from.isLibrary, module.globals[name.text] == nil {
      report(.importClash(name.text, at: name.span, file: clash.from.path, other: clash.global.span))
    }
    let slot = known?.slot ?? chunkGlobals[name.text]?.slot ?? module.globals[name.text]?.slot ?? machine.newGlobalSlot()
    let global = Global(name: name.text, slot: slot, kind: kind, span: name.span, definition: statement.span)
    global.documentation = statement.documentation
    return global
  }

  /// Makes a `let` or `var` of the top level visible to the statements that follow.
  func define(global name: Identifier, isVariable: Bool, documentation: String?) -> Int {
    let slot = pendingGlobals[name.text]?.slot ?? machine.newGlobalSlot()
    let global = Global(
      name: name.text, slot: slot, kind: isVariable ? .var : .let, span: name.span, definition: name.span)
    if let pending = pendingGlobals[name.text] {
      global.definition = pending.definition
      global.documentation = pending.documentation
    }
    chunkGlobals[name.text] = global
    return slot
  }

  /// Functions and layers exist before the first statement runs.
  private func hoist(_ statement: Statement) {
    let mark = builder.nextRegister
    switch statement.kind {
    case .function(let declaration):
      guard let global = chunkGlobals[declaration.name.text], global.span == declaration.name.span else { return }
      let register = builder.reserve()
      if module.isLibrary {
        let prototype = Prototype(
          deferred: Prototype.Deferred(declaration: declaration, module: module), signature: signature(of: declaration),
          span: statement.span)
        builder.emit(.closure, register, wide: builder.add(prototype: prototype))
      } else {
        function(
          declaration.signature, declaration.body, name: declaration.name.text, kind: .function, span: statement.span,
          into: register)
      }
      builder.emit(.setGlobal, x: OperandFlag.leftIsTemporary, register, wide: global.slot)
    case .layer(let declaration):
      guard let global = chunkGlobals[declaration.name.text], global.span == declaration.name.span else { return }
      let register = builder.reserve()
      layer(declaration, into: register)
      builder.emit(.setGlobal, x: OperandFlag.leftIsTemporary, register, wide: global.slot)
    default: break
    }
    builder.release(to: mark)
  }

  // MARK: Imports

  func importFile(_ path: String, at span: Span, alias: Identifier?, statement: Statement) {
    guard state.isTopLevel else {
      report(.onlyAtTopLevel("import", at: statement.span))
      return
    }
    let imported: Module
    do throws(CompileFailure) {
      imported = try machine.module(importedFrom: module, path: path, at: span)
    } catch {
      for diagnostic in error.diagnostics { report(diagnostic) }
      hasFailedImport = true
      return
    }
    builder.at(statement.span, [span])
    builder.emit(.importModule, wide: builder.add(module: imported))
    if let alias {
      let slot = define(global: alias, isVariable: false, documentation: nil)
      chunkGlobals[alias.text]?.kind = .module
      chunkGlobals[alias.text]?.module = imported
      let register = builder.reserve()
      builder.emit(.moduleValue, register, wide: builder.add(module: imported))
      builder.emit(.setGlobal, x: OperandFlag.leftIsTemporary, register, wide: slot)
      builder.release(to: register)
      return
    }
    for (name, global) in imported.globals.sorted(by: { $0.value.span.start < $1.value.span.start })
    where !name.hasPrefix("_") {
      if let own = chunkGlobals[name] ?? pendingGlobals[name] ?? module.globals[name], own.slot != global.slot {
        report(.importClash(name, at: span, file: path, other: own.span))
      } else if let other = module.imported[name], other.from !== imported {
        report(.importClash(name, at: span, file: path, other: other.global.span))
      } else {
        module.imported[name] = (global, imported)
      }
    }
  }

  // MARK: Resolving names

  /// What `name` means here. Captures are recorded on the way.
  func resolve(_ name: String) -> Resolution {
    if let found = resolve(name, in: state) { return found }
    return resolveGlobal(name, inFunction: state.kind != .main)
  }

  private func resolve(_ name: String, in function: FunctionState) -> Resolution? {
    if let variable = function.local(name) {
      switch variable.place {
      case .register(let register): return .register(register, variable)
      case .cell(let register): return .cell(register, variable)
      case .slot(let slot): return .slot(slot, isState: variable.kind == .state, variable.span)
      }
    }
    if function.ownName == name { return .currentFunction(function.ownSignature) }
    if let layer = function.layer {
      if let field = layer.fields[name] { return .field(field) }
      if let signature = layer.functions[name] { return .layerFunction(name, signature) }
      if let slot = layer.members.firstSlot(name), let index = layer.slot(name) {
        return .slot(index, isState: slot.isState, slot.span)
      }
      if name == "training" { return .training }
    }
    guard let parent = function.parent, let outer = resolve(name, in: parent) else { return nil }
    switch outer {
    case .register(let register, let variable):
      return .capture(function.addCapture(.register(register), variable), variable)
    case .cell(let register, let variable):
      return .captureCell(function.addCapture(.register(register), variable), variable)
    case .capture(let index, let variable):
      return .capture(function.addCapture(.capture(index), variable), variable)
    case .captureCell(let index, let variable):
      return .captureCell(function.addCapture(.capture(index), variable), variable)
    case .currentFunction(let signature):
      let variable = selfVariable(of: parent, signature)
      return .capture(function.addCapture(.currentFunction, variable), variable)
    default: return outer
    }
  }

  private func selfVariable(of function: FunctionState, _ signature: CallSignature?) -> Variable {
    if let known = function.selfVariable { return known }
    function.builder.usesCurrentFunction = true
    let variable = Variable(function.ownName ?? "", .none, .function, at: .register(0), signature: signature)
    function.selfVariable = variable
    return variable
  }

  func resolveGlobal(_ name: String, inFunction: Bool) -> Resolution {
    if let global = chunkGlobals[name] { return .global(global) }
    if inFunction, let global = pendingGlobals[name] { return .global(global) }
    if let global = module.globals[name] { return .global(global) }
    if let (global, _) = module.imported[name] { return .global(global) }
    if let constant = machine.builtins.constant(name) { return .constant(constant) }
    if let index = machine.builtins.index(name) { return .builtin(index) }
    if name == "args" { return .global(machine.argumentsGlobal) }
    if let global = machine.libraryGlobal(name) { return .global(global) }
    return .unknown
  }

  /// What is known of a callee's parameters; empty when calls of it can't be checked.
  func signatures(of resolution: Resolution) -> [CallSignature] {
    switch resolution {
    case .global(let global):
      let isRebound = boundNames.contains(global.name) && chunkGlobals[global.name] === global
      return isRebound ? [] : global.signature.map { [$0] } ?? []
    case .builtin(let index): return machine.builtins.signatures(index)
    case .currentFunction(let signature): return signature.map { [$0] } ?? []
    case .layerFunction(_, let signature): return [signature]
    default: return resolution.variable?.signature.map { [$0] } ?? []
    }
  }

  /// Reports a name that means nothing, once a chunk.
  func unknown(_ name: String, at span: Span) {
    // What a file that failed would have brought is not known.
    guard !hasFailedImport, reportedNames.insert(name).inserted else { return }
    if machine.libraryFile(of: name) != nil, let problem = machine.libraryProblems.first {
      report(problem)
      return
    }
    if let pending = pendingGlobals[name] {
      report(.usedBeforeDefinition(name, at: span, definition: pending.span))
      return
    }
    report(.unknownName(name, at: span, suggestion: nearest(to: name)))
  }

  /// The visible name closest in spelling.
  func nearest(to name: String) -> String? {
    var candidates: [String] = []
    var function: FunctionState? = state
    while let current = function {
      for scope in current.scopes { candidates.append(contentsOf: scope.keys) }
      if let layer = current.layer { candidates.append(contentsOf: layer.fieldNames + layer.slots.map(\.name)) }
      function = current.parent
    }
    candidates.append(contentsOf: chunkGlobals.keys)
    candidates.append(contentsOf: module.globals.keys)
    candidates.append(contentsOf: module.imported.keys)
    candidates.append(contentsOf: machine.builtins.names)
    candidates.append(contentsOf: machine.libraryNames)
    return Suggestion.closest(to: name, among: candidates.filter { !$0.hasPrefix("$") }.sorted())
  }

  func isOfChunk(_ global: Global) -> Bool { chunkGlobals[global.name] === global }

  // MARK: Patterns' names

  func identifiers(in pattern: Pattern) -> [Identifier] {
    switch pattern {
    case .wildcard, .literal, .range: []
    case .name(let name): [name]
    case .tuple(let parts, _), .list(let parts, _): parts.flatMap(identifiers(in:))
    case .record(let fields, _): fields.flatMap { $0.pattern.map(identifiers(in:)) ?? [$0.field] }
    }
  }

  func names(in pattern: Pattern) -> [String] { identifiers(in: pattern).map(\.text) }
}

extension Compiler {
  /// The code of a function of the library whose file was compiled without it.
  func complete(_ deferred: Prototype.Deferred, span: Span) throws(CompileFailure) -> FunctionBuilder {
    let declaration = deferred.declaration
    let made = functionBuilder(
      declaration.signature, declaration.body, name: declaration.name.text, kind: .function, span: span)
    guard diagnostics.isEmpty else { throw CompileFailure(diagnostics: diagnostics) }
    return made.builder
  }
}

extension Statement {
  fileprivate var isDefinition: Bool {
    switch kind {
    case .function, .layer: true
    default: false
    }
  }
}

extension [Statement] {
  /// The `param` or `state` line of this name.
  func firstSlot(_ name: String) -> (isState: Bool, span: Span)? {
    for statement in self {
      switch statement.kind {
      case .parameter(let own, _, _) where own.text == name: return (false, own.span)
      case .state(let own, _, _) where own.text == name: return (true, own.span)
      default: break
      }
    }
    return nil
  }
}
