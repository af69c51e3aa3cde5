import SourceText

// Statements: loops, conditions, assertions.

extension Diagnostic {
  public static func ifWithoutElse(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "an `if` that gives a value needs an `else`", at: span, label: "no value if the condition is false",
      help: "add `else { ... }`")
  }

  public static func assertionFailed(
    at span: Span, left: Span = .none, leftText: String = "", right: Span = .none, rightText: String = ""
  ) -> Diagnostic {
    Diagnostic(
      .failed, "the assertion does not hold", at: span, label: left.isNone ? "this is false" : "",
      more: left.isNone ? [] : [Label(left, leftText), Label(right, rightText)])
  }
}
