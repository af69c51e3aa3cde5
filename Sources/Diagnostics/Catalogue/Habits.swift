import SourceText

// Spellings from other languages, each answered with the one used here.

extension Diagnostic {
  /// An operator from elsewhere: `**`, `&&`, `=>`.
  public static func foreignSign(_ sign: String, write: String, purpose: String, at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "`\(sign)` is written `\(write)` here", at: span, help: "write `\(write)` to \(purpose)")
  }

  /// A word from elsewhere: `True`, `elif`, `const`.
  public static func foreignWord(_ word: String, write: String, at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "`\(word)` is written `\(write)` here", at: span, help: "write `\(write)`")
  }

  public static func equalsInCall(name: String, at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "a named argument is written with `:`", at: span, help: "write `\(name): value`")
  }

  public static func singleQuotes(content: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "texts stand between double quotes", at: span,
      help: content.count <= 40 && !content.contains("\"") ? "write \"\(content)\"" : nil)
  }

  public static func prefixedText(_ prefix: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "a text takes no prefix", at: span,
      help: "every text shows values in braces: \"loss {loss:.3f}\"")
  }

  public static func doubledBrace(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "two braces in a row mean nothing in a text", at: span,
      help: "write `\\{` for a brace that is meant as text")
  }

  public static func doubleDot(_ sign: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`\(sign)` is not a range", at: span,
      help: "write `0..<n` without the end or `1...n` with it")
  }

  public static func increment(_ sign: String, name: String?, at span: Span) -> Diagnostic {
    let first = sign.prefix(1)
    return Diagnostic(.syntax, "there is no `\(sign)`", at: span, help: "write `\(name ?? "n") \(first)= 1`")
  }

  public static func longAssignment(_ sign: String, name: String, at span: Span) -> Diagnostic {
    let operation = sign.dropLast()
    let shown = name.count <= 30 && !name.contains("\n") ? name : "x"
    return Diagnostic(
      .syntax, "there is no `\(sign)`", at: span,
      help: operation == "**"
        ? "write `\(shown) = \(shown) ^ ...`"
        : "write `\(shown) = \(shown) \(operation) ...`; short forms are += -= *= /=")
  }

  public static func plusSign(_ sign: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "a value takes no `\(sign)` in front", at: span,
      help: sign == "++" ? "write `n += 1`" : "leave it out")
  }

  public static func ternary(at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "there is no `?` operator", at: span, help: "write `if condition { a } else { b }`")
  }

  public static func conditionBehindValue(at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "`if` stands before its values", at: span, help: "write `if condition { a } else { b }`")
  }

  public static func comprehension(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`for` can't stand inside a value", at: span,
      help: "write `map(xs, x -> x * 2)`, or a loop as a statement of its own")
  }

  public static func unknownOperator(_ word: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "there is no operator `\(word)`", at: span,
      help: word == "in" ? "write `contains(xs, x)`" : "write `not contains(xs, x)`")
  }

  public static func lambdaWord(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "a function without a name is written with `->`", at: span,
      help: "write `x -> x + 1` or `(a, b) -> a + b`")
  }

  public static func functionAsValue(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "a function inside an expression is written with `->`", at: span,
      help: "write `x -> x + 1`, `(a, b) -> { ... }`; `fn name(x) = ...` is a statement")
  }

  public static func foreignDefinition(_ word: String, name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "a function is defined with `fn`", at: span,
      help: "write `fn \(name)(x) = ...` or `fn \(name)(x) { ... }`")
  }

  public static func foreignClass(_ word: String, name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "there is no `\(word)`", at: span,
      help: "a layer is defined with `layer \(name)(units) { call(x: [batch, n]) = ... }`, a record is written `{a: 1}`"
    )
  }

  public static func functionWithLet(name: String, keyword: Span) -> Diagnostic {
    Diagnostic(.syntax, "a function is defined with `fn`", at: keyword, help: "write `fn \(name)(x) = ...`")
  }

  public static func parenthesesAroundFor(at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "`for` takes no parentheses", at: span, help: "write `for x in xs { ... }`")
  }

  public static func colonBeforeBody(of owner: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "a body stands between braces", at: span, label: "not behind a colon",
      help: "write `{ ... }`; indentation has no meaning")
  }

  public static func caseWord(at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "the cases of `match` have no word before them", at: span, help: "write `pattern -> value`")
  }

  public static func foreignComment(_ sign: String, at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "a comment begins with `#`", at: span, help: "write `#` instead of `\(sign)`")
  }

  public static func callWithoutParentheses(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "expected the end of the statement", at: span, help: "a call needs parentheses: `\(name)(...)`")
  }
}
