import Diagnostics
import SourceText
import Syntax

/// A name at the top level of a file.
public final class Global {
  public enum Kind: Sendable { case `let`, `var`, function, layer, module }

  public let name: String
  /// Its place among the machine's globals.
  let slot: Int
  public internal(set) var kind: Kind
  /// The name where it is defined.
  public internal(set) var span: Span
  /// The whole definition, for `:source`.
  public internal(set) var definition: Span
  public internal(set) var documentation: String?
  /// For functions and layers.
  public internal(set) var signature: CallSignature?
  /// `import ... as name`
  var module: Module?

  init(name: String, slot: Int, kind: Kind, span: Span, definition: Span) {
    self.name = name
    self.slot = slot
    self.kind = kind
    self.span = span
    self.definition = definition
  }
}

/// One file (or the prompt, or a file of the library) and the names of its top level.
public final class Module {
  /// The path by which it was loaded; `prompt` for what is typed.
  public internal(set) var path: String
  public let isLibrary: Bool
  public internal(set) var documentation: String?
  public internal(set) var globals: [String: Global] = [:]
  /// Names of a file that is being compiled.
  var declared: [String: Global] = [:]
  /// Names that imports brought in, and the file that has them.
  var imported: [String: (global: Global, from: Module)] = [:]
  var chunk: Chunk?
  var hasRun = false
  /// Being compiled or run: importing it now would be a circle.
  var isLoading = false

  init(path: String, isLibrary: Bool) {
    self.path = path
    self.isLibrary = isLibrary
  }
}

/// Compiled top-level code, ready to run.
public final class Chunk {
  let prototype: Prototype
  public let module: Module
  /// Whether the last statement is an expression, whose value `run` gives.
  public let endsInExpression: Bool
  /// The names that the last statement binds, for the prompt to show.
  public let boundNames: [String]
  public let tests: [Test]
  /// Reports that do not keep the chunk from running.
  public let warnings: [Diagnostic]

  /// A `test` block.
  public struct Test {
    public let name: String
    public let span: Span
    let prototype: Prototype
  }

  init(
    prototype: Prototype, module: Module, endsInExpression: Bool, boundNames: [String], tests: [Test],
    warnings: [Diagnostic]
  ) {
    self.prototype = prototype
    self.module = module
    self.endsInExpression = endsInExpression
    self.boundNames = boundNames
    self.tests = tests
    self.warnings = warnings
  }
}
