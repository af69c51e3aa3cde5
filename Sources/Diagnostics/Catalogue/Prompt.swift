import SourceText

/// What the prompt's directives say.
extension Diagnostic {
  public static func expressionWanted(at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "expected one expression", at: span, help: "run definitions first, then ask about their names")
  }
}
