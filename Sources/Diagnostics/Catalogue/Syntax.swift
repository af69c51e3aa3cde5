import SourceText

// Texts that do not follow the grammar. Spellings from other languages are in Habits.swift.

/// What someone probably meant by an assignment to something that can't be assigned.
public enum AssignmentHelp: Sendable { case tuple, function(String), place }

extension Diagnostic {
  public static func unexpected(_ found: String, expected: SyntaxExpectation, at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "expected \(expected.description), found \(found)", at: span, help: expected.help)
  }

  // MARK: The file

  public static func notUTF8(at span: Span) -> Diagnostic {
    Diagnostic(
      .file, "this file is not UTF-8 text", at: span, label: "the first byte that is no text",
      help: "save it as UTF-8; if it holds data or a model, read it with `csv`, `npy` or `load`")
  }

  public static func zeroByte(at span: Span) -> Diagnostic {
    Diagnostic(
      .file, "this file is not text: it contains a zero byte", at: span,
      help: "if it holds data or a model, read it with `csv`, `npy` or `load`")
  }

  public static func textTooLong(bytes: Int, limit: Int, in file: SourceFile) -> Diagnostic {
    Diagnostic(
      .limit, "this text is too long for a program: \(bytes / 1_048_576) MiB, at most \(limit / 1_048_576)",
      at: file.span(0, 0), help: "keep data in files of their own and read it with `csv`, `npy` or `lines`")
  }

  public static func unexpectedCharacter(_ scalar: Unicode.Scalar, at span: Span) -> Diagnostic {
    let (shown, help) = describe(scalar)
    return Diagnostic(.syntax, "\(shown) means nothing here", at: span, help: help)
  }

  private static func describe(_ scalar: Unicode.Scalar) -> (String, String?) {
    let code =
      "U+" + String(repeating: "0", count: max(0, 4 - String(scalar.value, radix: 16).count))
      + String(scalar.value, radix: 16, uppercase: true)
    switch scalar {
    case "\u{201C}", "\u{201D}", "\u{201E}", "\u{2018}", "\u{2019}", "`", "\u{AB}", "\u{BB}":
      return ("the quotation mark `\(scalar)`", "texts stand between straight double quotes: \"text\"")
    case "'": return ("`'`", "texts stand between double quotes: \"text\"")
    case "\u{2212}", "\u{2013}", "\u{2014}": return ("`\(scalar)` (\(code))", "write the minus sign as `-`")
    case "\u{D7}", "\u{B7}", "\u{22C5}": return ("`\(scalar)`", "write `*` to multiply")
    case "\u{F7}": return ("`\(scalar)`", "write `/` to divide")
    case "\u{2192}": return ("`\(scalar)`", "write `->`")
    case "\u{2264}": return ("`\(scalar)`", "write `<=`")
    case "\u{2265}": return ("`\(scalar)`", "write `>=`")
    case "\u{2260}": return ("`\(scalar)`", "write `!=`")
    case "\u{2026}": return ("`\(scalar)`", "write three points: `...`")
    case "\\": return ("`\\`", "a line goes on by itself inside brackets and after an operator")
    case "#": return ("`#`", "a comment can't stand inside the braces of a text")
    case "$", "~": return ("`\(scalar)`", nil)
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      return ("the invisible character \(code)", "delete it; it often comes along when text is copied")
    default: return ("the character `\(scalar)`", "names are made of letters, digits and `_`")
    }
  }

  // MARK: Brackets and texts

  public static func bracketNotClosed(
    _ bracket: String, at span: Span, missing: String, before closing: Span?
  ) -> Diagnostic {
    Diagnostic(
      .syntax, "this `\(bracket)` is not closed", at: span,
      more: closing.map { [Label($0, "`\(missing)` is missing before this")] } ?? [],
      help: "add the `\(missing)` that belongs to it")
  }

  public static func bracketsDisagree(
    open: Span, _ opening: String, close: Span, _ closing: String, expected: String
  ) -> Diagnostic {
    Diagnostic(
      .syntax, "`\(closing)` can't close `\(opening)`", at: close, label: "expected `\(expected)`",
      more: [Label(open, "opened here")])
  }

  public static func strayBracket(_ bracket: String, at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "nothing is open that this `\(bracket)` could close", at: span, help: "remove it")
  }

  public static func textNotClosed(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "this text is not closed", at: span, label: "it begins here",
      help: "end it with `\"`; a quote inside a text is written `\\\"`")
  }

  public static func interpolationNotClosed(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "this `{` in a text is not closed", at: span,
      help: "close it with `}`; write `\\{` for a brace that is meant as text")
  }

  public static func emptyInterpolation(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "there is no value between these braces", at: span,
      help: "put a value there; write `\\{` for a brace that is meant as text")
  }

  public static func interpolationNotAllowed(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "this text must be plain, without values in braces", at: span,
      help: "write `\\{` for a brace that is meant as text")
  }

  public static func unknownEscape(_ escape: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`\(escape)` means nothing in a text", at: span,
      help: "there are \\n, \\t, \\r, \\\", \\\\, \\{, \\} and \\u{1F600}; a backslash itself is \\\\")
  }

  public static func invalidUnicodeEscape(_ digits: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, digits.isEmpty ? "the number of the character is missing" : "there is no character with this number",
      at: span, help: "write one to six hexadecimal digits, as in \\u{3B8} for θ")
  }

  // MARK: Numbers

  public static func integerTooLarge(at span: Span) -> Diagnostic {
    Diagnostic(
      .arithmetic, "this number is too large for an Int", at: span,
      label: "at most 9223372036854775807", help: "as a Float it is written with a point or an exponent: `1e20`")
  }

  public static func floatTooLarge(at span: Span) -> Diagnostic {
    Diagnostic(.arithmetic, "this number is too large for a Float", at: span, label: "at most about 1.8e308")
  }

  public static func malformedNumber(_ text: String, radix: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`\(text)` is not a number", at: span,
      help: radix == 16 ? "after `0x` come digits 0-9 and a-f" : radix == 2 ? "after `0b` come digits 0 and 1" : nil)
  }

  public static func numberRunsIntoName(number: String, name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "a number runs into `\(name)`", at: span,
      help: name.hasPrefix("_")
        ? "`_` stands between digits only: `1_000`"
        : "write `\(number) * \(name)` to multiply; names can't begin with a digit")
  }

  public static func numberStartsWithPoint(_ digits: String, at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "a number can't begin with `.`", at: span, help: "write `0.\(digits)`")
  }

  public static func pointAfterNumber(at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "a number can't end with `.`", at: span, help: "write a digit behind it, as in `1.0`")
  }

  // MARK: Limits

  public static func nestedTooDeeply(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .limit, "this is nested too deeply", at: span, label: "level \(limit)",
      help: "give the inner parts names with `let`")
  }

  public static func expressionTooLong(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .limit, "this expression has too many operators", at: span, label: "about \(limit) operators and calls",
      help: "divide it with `let`, or use a list and a loop")
  }

  // MARK: Statements

  public static func startsWithPipe(_ sign: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`\(sign)` has nothing on its left", at: span,
      help: "at the prompt a line that goes on must end with it: end the line above with `\(sign)`")
  }

  public static func returnOutsideFunction(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`return` stands outside of any function", at: span,
      help: "the value of a statement at the top level needs no `return`")
  }

  public static func outsideLoop(_ word: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`\(word)` stands outside of any loop", at: span,
      help: "it belongs in the body of a `for` or `while`")
  }

  public static func onlyAtTopLevel(_ word: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`\(word)` can only stand at the top level of a file", at: span,
      help: "move it out of the braces")
  }

  public static func outsideLayer(_ word: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "`\(word)` can only stand in a `layer`", at: span,
      help: "a layer owns its parameters; an ordinary value is made with `let`")
  }

  public static func notALayerMember(at span: Span) -> Diagnostic {
    Diagnostic(
      .layer, "this can't stand directly in a `layer`", at: span,
      help: "a layer holds `let`, `param`, `state`, `fn`, `call`, and checks by `assert` or `require(...)`; what is to run belongs in `call`")
  }

  public static func secondCall(in layer: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .layer, "`\(layer)` has two `call`s", at: span, more: [Label(first, "the first one")],
      help: "a layer is applied in one way; name other functions with `fn`")
  }

  public static func notAPlace(at span: Span, help: AssignmentHelp) -> Diagnostic {
    let text =
      switch help {
      case .tuple: "`let (a, b) = ...` takes a tuple apart for new names; names that there are get one `=` each"
      case .function(let name): "a function is defined with `fn \(name)(x) = ...`; `==` compares"
      case .place: "on the left of `=` stands a variable, a field or an element: `x`, `r.rate`, `xs[0]`; `==` compares"
      }
    return Diagnostic(.syntax, "this can't be given a value", at: span, help: text)
  }

  public static func secondAssignment(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "a statement has one `=`", at: span,
      help: "write two statements to give two names a value, or `==` to compare")
  }

  public static func bindingWithoutParentheses(keyword: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "several names on the left need parentheses", at: span,
      help: "write `\(keyword) (a, b) = ...`")
  }

  public static func importNeedsText(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`import` takes the path of a file between quotes", at: span,
      help: "write `import \"blocks.mdl\"`; the functions of the library need no import")
  }

  public static func doubleSemicolon(at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "one `;` is enough", at: span, help: "`;` separates two statements on one line")
  }

  // MARK: Expressions

  public static func comparisonChain(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "comparisons can't be chained", at: span,
      help: "write `a < b and b < c` instead of `a < b < c`")
  }

  public static func rangeChain(at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "a range has one beginning and one end", at: span)
  }

  public static func notNeedsParentheses(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`not` can't stand directly behind this operator", at: span,
      help: "put it in parentheses: `a == (not b)`")
  }

  public static func lambdaNeedsParentheses(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "a function `x -> ...` needs parentheses here", at: span,
      help: "write `xs |> (x -> x + 1)`; without parentheses it can stand as an argument or behind `=`")
  }

  public static func assignmentInCondition(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`=` gives a name a value and can't stand inside an expression", at: span,
      help: "write `==` to compare")
  }

  public static func assignmentNeedsBraces(_ sign: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "an assignment is a statement and can't stand inside an expression", at: span,
      help: "in a function or a case put it in braces: `-> { n \(sign) 1 }`")
  }

  public static func statementAsValue(_ word: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`\(word)` begins a statement, and a value is expected here", at: span,
      help: "in a function or a case put statements in braces: `-> { ... }`")
  }

  public static func elseAtLineStart(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`else` has no `if` before it on its line", at: span,
      help: "write it behind the closing brace: `} else {`")
  }

  public static func looseComma(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "this comma stands outside of brackets", at: span,
      help: "write a tuple in parentheses: `(a, b)`, and `let (a, b) = ...` to take one apart")
  }

  public static func braceCannotAttach(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "nothing here takes a `{`", at: span,
      help: "a block of named arguments follows a name or a call, once: `train(net, data) { epochs: 3 }`")
  }

  public static func blockBodyEnds(_ sign: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "the statement ends before this `\(sign)`", at: span,
      help: "put a function with a body in braces into parentheses: `(x -> { ... }) \(sign) f`")
  }

  public static func recordAsBody(of owner: String, at span: Span) -> Diagnostic {
    let isFunction = owner.hasPrefix("fn") || owner == "call"
    return Diagnostic(
      .syntax, "these braces hold statements, not a record", at: span,
      label: isFunction ? "the body of a function" : "the body of `\(owner)`",
      help: isFunction
        ? "to give a record as the value, write `= {a: 1}`"
        : owner == "layer"
          ? "hyperparameters stand in parentheses behind the name of the layer"
          : "a record as the value needs braces of its own: `{ {a: 1} }`")
  }

  public static func entryOutsideBraces(name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`\(name):` names an argument or a field, which belongs in brackets", at: span,
      help: "write `let \(name) = ...` to give a name a value")
  }

  public static func shorthandEntry(name: String, at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "the value of `\(name)` is missing", at: span, help: "write `\(name): \(name)`")
  }

  public static func textAsFieldName(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "the fields of a record are names, without quotes", at: span,
      help: "write `{a: 1}`, or `dict([(\"a\", 1)])` for keys that are texts")
  }

  public static func rangeWithoutEnd(at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "this range has no end", at: span,
      help: "`x[1:]` takes everything from element 1 on; `...` alone stands for whole dimensions")
  }

  public static func bracketAtLineStart(_ bracket: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "a `\(bracket)` at the start of a line never continues the line before", at: span,
      help: "separate values by commas; for a call or an index put the bracket behind its name")
  }

  public static func reservedWord(_ word: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "`\(word)` is a word of the language and can't be a name", at: span,
      help: "choose another name; behind `.` and before `:` any word will do")
  }

  public static func entriesInHead(of owner: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .syntax, "in the head of `\(owner)` a brace opens the body", at: span,
      help: "put the call with its braces in parentheses")
  }

  public static func emptyIndex(at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "the index is missing", at: span, help: "write `x[0]`, or `x[:]` for everything")
  }

  public static func numberAsField(_ number: String, at span: Span) -> Diagnostic {
    Diagnostic(.syntax, "a number can't follow `.`", at: span, help: "elements are taken with brackets: `[\(number)]`")
  }
}
