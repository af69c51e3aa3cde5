import SourceText

// Names: unknown, used too early, defined twice, assigned although fixed.

extension Diagnostic {
  public static func unknownName(_ name: String, at span: Span, suggestion: String?) -> Diagnostic {
    Diagnostic(
      .name, "nothing is called `\(name)` here", at: span, label: "unknown name",
      help: suggestion.map { "did you mean `\($0)`?" })
  }

  public static func usedBeforeDefinition(_ name: String, at span: Span, definition: Span) -> Diagnostic {
    Diagnostic(
      .name, "`\(name)` is used before it is defined", at: span, label: "used here",
      more: [Label(definition, "defined here")], help: "move the definition above the first use")
  }

  public static func noValueYet(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .name, "`\(name)` has no value yet", at: span, label: "read here",
      notes: ["the statement that gives it a value has not run"], help: "let that statement run before this one")
  }

  public static func unknownField(_ name: String, of owner: String, at span: Span, suggestion: String?, known: [String])
    -> Diagnostic
  {
    let shown = known.prefix(12).map { "`\($0)`" }.joined(separator: ", ") + (known.count > 12 ? ", ..." : "")
    return Diagnostic(
      .name, "\(owner.hasPrefix("`") ? owner : article(owner)) has no field `\(name)`", at: span, label: "no such field",
      notes: known.isEmpty ? [] : ["its fields are \(shown)"], help: suggestion.map { "did you mean `\($0)`?" })
  }

  public static func noFields(of kind: String, name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .name, "\(article(kind)) has no fields", at: span, label: "`.\(name)` reads a field",
      help: habit(name) ?? "functions are called as `\(name)(x)` or `x |> \(name)`")
  }

  /// What other systems write as a field or method.
  private static func habit(_ name: String) -> String? {
    switch name {
    case "size", "len", "count": "write `length(x)`, or `shape(x)` for a tensor"
    case "T": "write `transpose(x)`"
    case "item", "numpy": "a tensor without dimensions acts as a number"
    default: nil
    }
  }

  public static func duplicateDefinition(_ name: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .name, "`\(name)` is defined twice", at: span, label: "defined again", more: [Label(first, "first defined here")],
      help: "give one of them another name")
  }

  public static func duplicateField(_ name: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .name, "the record has two fields `\(name)`", at: span, label: "again here", more: [Label(first, "first here")],
      help: "give one of them another name")
  }

  public static func assignToLet(_ name: String, at span: Span, definition: Span, kind: String) -> Diagnostic {
    let isLet = kind == "a `let`"
    return Diagnostic(
      .name, "`\(name)` is \(kind) and can't be assigned", at: span, label: "assigned here",
      more: definition.isNone ? [] : [Label(definition, "defined here")],
      help: isLet
        ? "write `var \(name) = ...` where it is defined, or `let \(name) = ...` here for a new one"
        : "write `var \(name) = \(name)` first to have a variable of that name")
  }

  public static func assignWithoutLet(_ name: String, at span: Span, suggestion: String?) -> Diagnostic {
    Diagnostic(
      .name, "there is no variable `\(name)` to assign", at: span, label: "not defined",
      help: "write `let \(name) = ...`, or `var \(name) = ...` if it will change"
        + (suggestion.map { "; or did you mean `\($0)`?" } ?? ""))
  }

  public static func assignToParameter(_ name: String, at span: Span, definition: Span) -> Diagnostic {
    Diagnostic(
      .name, "the parameter `\(name)` can't be assigned: only an optimizer changes it", at: span,
      label: "assigned here", more: [Label(definition, "defined here")],
      help: "write `state` instead of `param` for a tensor that the layer updates itself")
  }

  public static func assignToMember(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .name, "`\(name)` belongs to the layer and can't be assigned", at: span, label: "assigned here",
      help: "`state \(name): [...] = zeros` makes a tensor that the layer can update")
  }

  public static func assignToImported(_ name: String, from file: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .name, "`\(name)` belongs to \(file) and can't be assigned from here", at: span, label: "assigned here",
      help: "write `var \(name) = ...` for one of your own, or a function in \(file) that changes it")
  }

  public static func assignToLibrary(_ name: String, file: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .name, "`\(name)` belongs to the library (\(file)) and can't be assigned", at: span, label: "assigned here",
      help: "write `let \(name) = ...` for one of your own")
  }

  public static func assignedInTrace(at span: Span) -> Diagnostic {
    Diagnostic(
      .trace, "a variable from outside can't be set inside a model's call, `grad`, `vmap` or `scan`", at: span,
      label: "set here", help: "give the new value back as a result instead")
  }

  public static func importClash(_ name: String, at span: Span, file: String, other: Span) -> Diagnostic {
    Diagnostic(
      .name, "`\(name)` comes in from \(file) and exists already", at: span, label: "the clash",
      more: other.isNone ? [] : [Label(other, "the other `\(name)`")],
      help: "write `import \"...\" as name` and use `name.\(name)`")
  }

  public static func importCircle(_ path: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .name, "\(path) imports itself, directly or through other files", at: span, label: "the circle closes here",
      help: "move what both files need into a third one")
  }

  public static func unknownKind(_ name: String, at span: Span, suggestion: String?) -> Diagnostic {
    Diagnostic(
      .name, "`\(name)` is no kind of value", at: span, label: "unknown kind",
      help: suggestion.map { "did you mean `\($0)`?" }
        ?? "kinds are `Int`, `Float`, `Bool`, `Text`, `List`, `Tensor`, `Function`, `Model`, a layer's name, or a shape in brackets")
  }

  public static func refutablePattern(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "a value can't stand where names are given", at: span, label: "not a name",
      help: "use `match` to tell values apart")
  }

  /// `a list`, `an Int`
  static func article(_ noun: String) -> String {
    if noun == "none" || noun.hasPrefix("a ") || noun.hasPrefix("an ") || noun.hasPrefix("`") { return noun }
    return ("AEIOaeio".contains(noun.prefix(1)) ? "an " : "a ") + noun
  }
}
