import SourceText

/// What the prompt's directives say.
extension Diagnostic {
  public static func expressionWanted(at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "expected one expression", at: span, help: "run definitions first, then ask about their names")
  }

  public static var nothingMeasured: Diagnostic {
    Diagnostic(.value, "nothing has run yet", at: .none, help: "`:time` tells of the last entry; run one, or write `:time EXPRESSION`")
  }

  public static func nothingToPlan(kindName: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "there is nothing to plan in this: found \(kindName)", at: span, label: kindName,
      help: "`:plan` takes a model, a model and its data (`:plan net x`), or an expression that computes tensors")
  }

  public static func noModelInProgram(_ path: String) -> Diagnostic {
    Diagnostic(
      .type, "`\(path)` trains no model and calls none", at: .none,
      help: "`mdl plan` shows what the calls of `train`, compiled steps and models in a program will do")
  }
}
