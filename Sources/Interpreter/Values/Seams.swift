import Diagnostics
import SourceText

// What objects outside the core (datasets, optimizers, ...) can offer to the language.

/// Objects with fields: `digits.train`, `opt.rate`.
public protocol HasFields: HeapObject {
  /// Names that can be read, for messages and completion.
  var fieldNames: [String] { get }
  /// Nil when there is no such field.
  func field(_ name: String, _ machine: Machine, at site: Site) throws(Diagnostic) -> Value?
}

/// Objects that print as something better than the name of their kind.
public protocol Displayable: HeapObject {
  func displayText(_ machine: Machine?) -> String
}
