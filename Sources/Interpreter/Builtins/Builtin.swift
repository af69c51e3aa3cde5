import Diagnostics
import SourceText

/// A function that Swift gives to the language. Names and parameters are checked like those of an mdl function. Never
/// changed once made, so it may be shared: its defaults are numbers, texts and none.
public final class Builtin: @unchecked Sendable {
  public struct Parameter {
    public let name: String
    /// Nil: must be given.
    public let defaultValue: Value?
    /// Takes all remaining positional arguments, as one list. Only the last positional parameter may.
    public let isVariadic: Bool

    public init(_ name: String, default defaultValue: Value? = nil, variadic isVariadic: Bool = false) {
      self.name = name
      self.defaultValue = defaultValue
      self.isVariadic = isVariadic
    }
  }

  public let name: String
  public let parameters: [Parameter]
  /// Shown by `:doc`: one line of summary, then whatever helps.
  public let documentation: String
  /// The kinds of first argument that this one is for, where several builtins share a name; empty: all others.
  public let kinds: [ObjectKind]
  public let body: (BuiltinCall) throws(Diagnostic) -> Value
  let quick: QuickBuiltin
  /// Those of the same name for certain kinds of first argument; set once, by the table.
  var others: [ObjectKind: Builtin] = [:]

  public init(
    _ name: String, _ parameters: [Parameter], _ documentation: String, for kinds: [ObjectKind] = [],
    body: @escaping (BuiltinCall) throws(Diagnostic) -> Value
  ) {
    self.name = name
    self.parameters = parameters
    self.documentation = documentation
    self.kinds = kinds
    self.body = body
    quick = kinds.isEmpty ? QuickBuiltin(name) : .none
  }
}

/// One call of a builtin: arguments bound to parameters, defaults filled in.
public struct BuiltinCall {
  public let machine: Machine
  public let builtin: Builtin
  public let arguments: [Value]
  public let site: Site

  public init(machine: Machine, builtin: Builtin, arguments: [Value], site: Site) {
    self.machine = machine
    self.builtin = builtin
    self.arguments = arguments
    self.site = site
  }
}

/// Where an operation stands: the whole expression and its operands, for labels. `operands` may be shorter than the
/// operation's operand count.
public struct Site: Sendable {
  public let span: Span
  public let operands: [Span]
  public init(span: Span, operands: [Span] = []) {
    self.span = span
    self.operands = operands
  }
  public static let none = Site(span: .none)
  /// The span of operand `index`, or of the whole.
  public func operand(_ index: Int) -> Span { operands.indices.contains(index) ? operands[index] : span }
}
