import SourceText

// Layer definitions and the shapes in annotations.

extension Diagnostic {
  public static func layerMadeInCall(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "`\(name)` is made inside a call: it would be a new layer, with new parameters, each time", at: span,
      label: "made here", help: "make it a member of the layer: `let part = \(name)(...)` above `call`, then use `part(x)`")
  }

  public static func layerMadeInTrace(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "`\(name)` is made inside `grad`, `vmap` or `scan`: its parameters would be lost", at: span,
      label: "made here", help: "make it before, outside of the function")
  }

  public static func layerWithoutCall(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "the layer `\(name)` has no `call`", at: span, help: "add `call(x: [batch, features]) = ...`: what it does")
  }

  public static func unconnectedMember(_ member: String, of layer: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "`\(member)` is never used in `\(layer)`", at: span, label: "not connected",
      help: "apply it in `call`, or remove it; a name with `_` in front may stay")
  }

  public static func layerAsValue(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "the layer `\(name)` stands where a value is meant", at: span, label: "a layer, not its result",
      help: "apply it: `\(name)(x)`")
  }

  public static func partWithoutInput(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "`\(name)` is called without an input", at: span, label: "nothing goes in", help: "give it one: `\(name)(x)`")
  }

  public static func layerRedefined(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "`\(name)` is defined anew", at: span, notes: ["models made before keep the old definition"],
      help: "make them again to use the new one", severity: .warning)
  }

  public static func hyperparameterPattern(at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "a layer's hyperparameters are plain names", at: span, help: "take it apart in a `let` inside the layer")
  }

  public static func variableInLayer(at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "a layer has no `var`: its parts are fixed", at: span,
      help: "write `let`, or `state s: [...] = zeros` for a tensor that it updates")
  }

  public static func learnedWithoutShape(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(.layer, "`\(name)` needs its sizes", at: span, help: "write them in brackets: `\(name): [features, units]`")
  }

  public static func ellipsisInParameter(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(.layer, "`...` in the sizes of `\(name)`", at: span, help: "name every size")
  }

  public static func unknownSize(_ name: String, in text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, text == name ? "the size `\(name)` is not known here" : "`\(text)` can't be computed: `\(name)` is not known here",
      at: span, label: "unknown size", notes: ["a size is computed from known ones, never solved for"],
      help: "bind `\(name)` first: in the shape of an argument, or as a hyperparameter")
  }

  public static func sizeKind(_ text: String, found: String, at span: Span) -> Diagnostic {
    Diagnostic(.shape, "the size `\(text)` is \(article(found)), not a whole number", at: span, help: "sizes are Ints: `//` divides them")
  }

  public static func negativeSize(_ size: Int, at span: Span) -> Diagnostic {
    Diagnostic(.shape, "a size can't be \(size)", at: span, label: "gives \(size)")
  }

  public static func annotationKind(_ name: String, expected: String, found: String, at span: Span, annotation: Span)
    -> Diagnostic
  {
    Diagnostic(
      .shape, "\(quoted(name)) must be a tensor of shape \(expected), not \(article(found))", at: span,
      more: [Label(annotation, "expected here")])
  }

  public static func annotationRank(
    _ name: String, expected: String, found: String, rank: Int, at span: Span, annotation: Span
  ) -> Diagnostic {
    Diagnostic(
      .shape, "\(quoted(name)) has shape \(found), which does not fit \(expected)", at: span,
      label: "\(rank) dimension\(rank == 1 ? "" : "s")", more: [Label(annotation, "expected here")])
  }

  public static func annotationSize(
    _ name: String, dimension: String, axis: Int, expected: Int, found: Int, shape: String, pattern: String,
    at span: Span, annotation: Span, boundBy: String?, boundAt: Span?
  ) -> Diagnostic {
    let isNumber = dimension.allSatisfy(\.isNumber)
    var labels = [Label(annotation, isNumber ? "expected here" : "`\(dimension)` must be \(expected)")]
    if let boundBy, let boundAt { labels.append(Label(boundAt, "`\(dimension)` is \(expected) in `\(boundBy)`")) }
    return Diagnostic(
      .shape,
      "\(quoted(name)) has shape \(shape), but \(isNumber ? "that size must be" : "`\(dimension)` is") \(expected), not \(found)",
      at: span, label: "dimension \(axis) has size \(found)", more: labels)
  }

  private static func quoted(_ name: String) -> String { name.hasPrefix("the ") ? name : "`\(name)`" }
}
