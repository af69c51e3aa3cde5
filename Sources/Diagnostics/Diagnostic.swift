import SourceText

/// What went wrong, as data. The words come from the catalogue (`Catalogue/*.swift`), the picture from
/// `DiagnosticRenderer`.
public struct Diagnostic: Error, Sendable, Equatable {
  public enum Severity: Sendable, Equatable { case error, warning }

  /// A stretch of source with what is to be said about it.
  public struct Label: Sendable, Equatable {
    public var span: Span
    public var text: String
    public init(_ span: Span, _ text: String = "") {
      self.span = span
      self.text = text
    }
  }

  /// The stable name shown in brackets: `error[shape]`.
  public var code: DiagnosticCode
  public var severity: Severity
  /// One line, lower case, no full stop: what is wrong.
  public var message: String
  /// The first label is the place; the others explain it (where a size came from, the first definition, ...).
  public var labels: [Label]
  /// The way to the place, outermost first: `train`, `loss`, `Classifier`, `head`.
  public var path: [String] = []
  /// Facts that belong to no place in the text.
  public var notes: [String] = []
  /// One line: what to do.
  public var help: String?

  public init(
    _ code: DiagnosticCode, _ message: String, at span: Span, label: String = "", more: [Label] = [],
    notes: [String] = [], help: String? = nil, severity: Severity = .error
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.labels = [Label(span, label)] + more
    self.notes = notes
    self.help = help
  }

  public var span: Span { labels.first?.span ?? .none }
}

/// The stable names of all diagnostics. Each has a snapshot under Tests/Diagnostics.
public enum DiagnosticCode: String, Sendable, CaseIterable {
  /// The text does not follow the grammar.
  case syntax
  /// A name, field or named argument that does not exist, or exists twice.
  case name
  /// Too many, too few or unknown arguments.
  case arguments
  /// A value of the wrong kind.
  case type
  /// Sizes or ranks that do not fit.
  case shape
  /// An index or slice outside its range.
  case index
  /// Overflow, division by zero, a domain error.
  case arithmetic
  /// A value that is right in kind and wrong in content.
  case value
  /// Nothing in a `match` fits, an assertion fails, a failed test.
  case failed
  /// A layer or parameter used in a way that would lose or duplicate it.
  case layer
  /// Something that `grad`, `vmap` or `scan` cannot do.
  case trace
  /// Recursion, memory or size limits.
  case limit
  /// A file that cannot be read, written or understood.
  case file
  /// Data in a table, image or text that cannot be used.
  case data
  /// Stopped by the user.
  case interrupted
}
