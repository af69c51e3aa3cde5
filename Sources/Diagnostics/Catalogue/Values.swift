import SourceText

// Values of the wrong kind, indices, containers, texts.

extension Diagnostic {
  public static func notIndexable(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "\(article(found)) has no elements", at: span, label: "indexed here",
      help: found == "record" || found == "model" ? "a field is read as `x.name`" : nil)
  }

  public static func indexOutOfRange(_ index: Int, count: Int, kind: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .index, "index \(index) is outside the \(kind) of \(count)", at: span, label: "out of range",
      help: count == 0 ? "it is empty" : "indices go from 0 to \(count - 1), or from -\(count) to -1 counted from the end")
  }

  public static func sliceOutOfRange(_ bound: Int, count: Int, kind: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .index, "the slice ends at \(bound), outside the \(kind) of \(count)", at: span, label: "out of range",
      help: "bounds go from 0 to \(count), or from -\(count) counted from the end")
  }

  public static func sliceStepZero(at span: Span) -> Diagnostic {
    Diagnostic(.index, "a slice can't have step 0", at: span, help: "leave the step out to take every element")
  }

  public static func tooManyHostIndices(_ found: Int, kind: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .index, "\(article(kind)) takes one index, not \(found)", at: span,
      help: kind == "list" ? "a list of lists is read as `xs[0][1]`; `stack(xs)` makes a tensor of equal rows" : nil)
  }

  public static func sliceOfDict(at span: Span) -> Diagnostic {
    Diagnostic(.index, "a dict is read by one key", at: span, help: "write `d[key]`")
  }

  public static func keyMissing(_ key: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .index, "the dict has no key \(key)", at: span, label: "no such key",
      help: "`has(d, key)` tells whether it is there, `get(d, key, otherwise)` gives something else if not")
  }

  public static func notAKey(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "\(article(found)) can't be a key of a dict", at: span,
      help: "keys are numbers, texts, truth values or tuples of these")
  }

  public static func notAPair(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "expected (key, value) pairs, found \(article(found))", at: span, help: "write `[(\"a\", 1), (\"b\", 2)]`")
  }

  public static func notACondition(found: String, at span: Span) -> Diagnostic {
    let help =
      switch found {
      case "Int", "Float": "compare it: `x != 0`"
      case "Text", "list", "dict": "ask for its length: `length(x) > 0`"
      case "none": "compare it: `x != none`"
      default: "a comparison gives a truth value"
      }
    return Diagnostic(
      .type, "a condition must be true or false, not \(article(found))", at: span, label: "this is \(article(found))",
      help: help)
  }

  public static func comparedKinds(left: String, right: String, at span: Span, leftSpan: Span, rightSpan: Span)
    -> Diagnostic
  {
    Diagnostic(
      .type, "\(article(left)) and \(article(right)) can't be compared", at: span,
      more: [Label(leftSpan, article(left)), Label(rightSpan, article(right))],
      help: left == "Text" || right == "Text" ? "`text(x)`, `int(x)` and `float(x)` convert" : nil)
  }

  public static func notIterable(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "`for` can't run over \(article(found))", at: span, label: "this is \(article(found))",
      help: found == "Int" ? "write `0..<n` for the numbers from 0 to n - 1" : "it takes ranges, lists, tuples, dicts, texts, tensors and batches")
  }

  public static func notUnpackable(found: String, count: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "\(article(found)) can't be taken apart into \(count) names", at: span, label: "this is \(article(found))",
      help: "a tuple or list with \(count) elements can")
  }

  public static func unpackCount(expected: Int, found: Int, kind: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .value, "\(expected) names for \(article(kind)) of \(found)", at: span, label: "has \(found) elements",
      help: "`_` stands for an element that isn't needed")
  }

  public static func noMatch(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .failed, "no case of the `match` fits \(found)", at: span, label: "the value", help: "`_ -> ...` fits everything else")
  }

  public static func notAssignable(found: String, at span: Span) -> Diagnostic {
    Diagnostic(.type, "nothing inside \(article(found)) can be assigned", at: span, label: "assigned here")
  }

  public static func immutable(_ kind: String, at span: Span, help: String) -> Diagnostic {
    Diagnostic(.type, "\(article(kind)) can't be changed", at: span, label: "assigned here", help: help)
  }

  public static func modelField(at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "the parts of a model are fixed", at: span, label: "assigned here",
      help: "`update` changes its parameters; a new model has other parts")
  }

  public static func sliceAssignment(count: Int, found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .value, "a slice of \(count) elements takes a list of \(count), not \(article(found))", at: span,
      help: "assign a list of the same length")
  }

  public static func unknownFormat(_ format: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .value, "`\(format)` is no format", at: span,
      help: "formats look like `.3f`, `8.2f`, `.2e`, `.1%`, `>10`, `<10`, `^10`, `05`, `,`")
  }

  public static func formatKind(_ format: String, found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "the format `\(format)` is for numbers, not \(article(found))", at: span, label: "this is \(article(found))",
      help: "texts take a width and a side: `{name:<10}`")
  }

  public static func notANumber(_ text: String, expected: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .value, "\(text) is not \(article(expected))", at: span,
      help: expected == "Int" ? "`float(...)` reads numbers with a point" : "numbers look like 12, 1.5 or 2e-3")
  }

  public static func emptyArgument(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(.value, "`\(name)` is empty", at: span, help: "give at least one character")
  }

  public static func negativeCount(_ count: Int, at span: Span) -> Diagnostic {
    Diagnostic(.value, "\(count) is not a number of times", at: span, help: "give 0 or more")
  }

  public static func appendToOther(found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "`append` takes a list, not \(article(found))", at: span, label: "this is \(article(found))",
      help: found == "tensor" ? "numbers in brackets make a tensor; `[]` starts a list, `concat([a, b])` joins tensors" : nil)
  }

  public static func zipLengths(_ first: Int, _ other: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .value, "`zip` takes lists of one length, not \(first) and \(other)", at: span, label: "has \(other) elements",
      help: "cut the longer one: `xs[0..<\(min(first, other))]`")
  }

  public static func notOrdered(left: String, right: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "\(article(left)) and \(article(right)) have no order", at: span,
      help: "`sorted(xs, by: x -> ...)` compares numbers, texts or tuples that you choose")
  }

  public static func tooDeep(at span: Span) -> Diagnostic {
    Diagnostic(.limit, "the values are nested too deeply to be compared", at: span)
  }

  public static func tooManyElements(_ what: String, count: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .limit, "\(what) of \(count == Int.max ? "more than 9e18" : String(count)) elements is too large", at: span,
      help: "a range `0..<n` in a `for` takes no memory")
  }

  public static func tooLarge(at span: Span) -> Diagnostic {
    Diagnostic(
      .limit, "this part of the program is too large to be compiled", at: span,
      help: "split it into functions, or read large data from a file")
  }
}
