import Diagnostics
import SourceText

extension Machine {
  func callComposition(
    _ chain: CompositionValue, _ arguments: [Value], named: [(name: String, value: Value)], at site: Site
  ) throws(Diagnostic) -> Value {
    guard let first = chain.parts.first else { return .none }
    var value = try call(first, arguments, named: named, at: site)
    for part in chain.parts.dropFirst() { value = try call(part, [value], at: site) }
    return value
  }
}

extension Diagnostic {
  static func wrongKind(found: String, expected: String, at span: Span) -> Diagnostic {
    Diagnostic(.type, "expected \(expected), found \(article(found))", at: span, label: "this is \(article(found))")
  }
  static func article(_ noun: String) -> String { ("AEIOaeio".contains(noun.prefix(1)) ? "an " : "a ") + noun }
}
