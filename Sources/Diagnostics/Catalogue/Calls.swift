import SourceText

// Calls: arguments that do not fit, and what can't be called.

extension Diagnostic {
  private static func owner(_ name: String) -> String { name.isEmpty ? "this function" : "`\(name)`" }
  private static func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
  private static func definitionLabel(_ span: Span) -> [Label] { span.isNone ? [] : [Label(span, "defined here")] }

  public static func tooManyArguments(_ name: String, takes parameters: [String], found: Int, at span: Span, definition: Span)
    -> Diagnostic
  {
    let list = parameters.map { $0.isEmpty ? "_" : $0 }.joined(separator: ", ")
    return Diagnostic(
      .arguments, "\(owner(name)) takes \(plural(parameters.count, "argument")), not \(found)", at: span,
      label: "one too many", more: definitionLabel(definition), help: "it is called as `\(name.isEmpty ? "f" : name)(\(list))`"
    )
  }

  public static func missingArguments(_ missing: [String], of name: String, at span: Span, definition: Span) -> Diagnostic {
    let list = missing.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(
      .arguments, "\(owner(name)) needs \(list)", at: span, label: missing.count == 1 ? "an argument is missing" : "arguments are missing",
      more: definitionLabel(definition),
      help: "add \(missing.map { "`\($0): ...`" }.joined(separator: ", "))")
  }

  public static func unknownArgument(_ argument: String, of name: String, at span: Span, suggestion: String?, known: [String])
    -> Diagnostic
  {
    let list = known.filter { !$0.isEmpty }.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(
      .arguments, "\(owner(name)) has no argument `\(argument)`", at: span, label: "unknown argument",
      notes: list.isEmpty ? [] : ["it takes \(list)"], help: suggestion.map { "did you mean `\($0)`?" })
  }

  public static func duplicateArgument(_ argument: String, of name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .arguments, "\(owner(name)) is given `\(argument)` twice", at: span, label: "given again",
      help: "leave one of them out")
  }

  public static func notCallable(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "\(article(found)) can't be called", at: span, label: "called here",
      help: found == "tensor" ? "brackets read elements: `x[0]`" : "only functions, layers and models can")
  }

  public static func notComposable(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "`>>` joins functions and models, not \(article(found))", at: span, label: "this is \(article(found))",
      help: "a value goes through functions with `|>`")
  }

  public static func layerInPipe(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "`\(name)` is a layer: it would be made here, not applied", at: span, label: "makes a new layer each time",
      help: "make it once, `let layer = \(name)(...)`, then apply it: `x |> layer`")
  }

  public static func raised(_ message: String, help: String?, at span: Span) -> Diagnostic {
    Diagnostic(.value, message, at: span, help: help)
  }

  public static func interrupted(at span: Span) -> Diagnostic {
    Diagnostic(.interrupted, "stopped", at: span, label: "here")
  }

  public static func recursionLimit(at span: Span, path: [String]) -> Diagnostic {
    var diagnostic = Diagnostic(
      .limit, "calls are nested too deeply", at: span, label: "no room for this call",
      help: "a function that calls itself needs a case in which it does not; for many steps use a loop")
    diagnostic.path = path
    return diagnostic
  }
}
