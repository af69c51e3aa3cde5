import Diagnostics
import SourceText
import Syntax

// Names that a file refers to: its own definitions, builtins, the library.

extension Machine {
  /// The files that are the user's: the main one and its imports.
  var userModules: [Module] { [main] + modules.values.sorted { $0.path < $1.path } }

  /// Runs definitions that stand in a model file, in a module of their own.
  func runDefinitions(_ source: String, name: String, at site: Site) throws(Diagnostic) -> Module {
    let module = Module(path: name, isLibrary: false)
    try run(source, name: name, in: module, at: site)
    return module
  }

  func definition(named name: String, in module: Module?, path: String, at site: Site) throws(Diagnostic) -> Value {
    if let global = module?.globals[name] { return globalValue(global.slot) }
    if let index = builtins.index(name) { return builtins.value(index) }
    if let global = libraryGlobal(name) { return globalValue(global.slot) }
    throw .noDefinition(name, path: path, at: site.span)
  }

  /// A function from the source of a lambda.
  func lambda(_ source: String, in module: Module?, path: String, at site: Site) throws(Diagnostic) -> Value {
    let module = module ?? Module(path: path, isLibrary: false)
    let name = "_lambda\(module.globals.count)"
    try run("let \(name) = \(source)", name: path, in: module, at: site)
    return try definition(named: name, in: module, path: path, at: site)
  }

  private func run(_ source: String, name: String, in module: Module, at site: Site) throws(Diagnostic) {
    let file = sources.add(name: name, text: source)
    let parsed = Parser.parse(file)
    if let problem = parsed.diagnostics.first { throw problem }
    do throws(CompileFailure) {
      let chunk = try compile(parsed.program, file: file, into: module)
      do throws(Diagnostic) { _ = try run(chunk) } catch { throw CompileFailure(diagnostics: [error]) }
    } catch {
      throw error.diagnostics.first ?? .damagedModel(name, found: "source that does not compile", at: site.span)
    }
  }
}
