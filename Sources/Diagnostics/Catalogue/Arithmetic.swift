import SourceText

// Arithmetic on the program's own numbers.

extension Diagnostic {
  public static func integerOverflow(_ operation: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .arithmetic, "the result of `\(operation)` does not fit a 64-bit Int", at: span, label: "overflow",
      help: "with Floats it works, rounded: write `2.0` instead of `2`")
  }

  public static func divisionByZero(_ operation: String, at span: Span, divisor: Span) -> Diagnostic {
    Diagnostic(
      .arithmetic, "an Int is divided by 0", at: divisor, label: "this is 0",
      help: operation == "^" ? "0 has no negative power" : "check the divisor first; Floats give `infinity` or `nan` instead")
  }

  public static func badOperands(
    _ operation: String, left: String, right: String, at span: Span, leftSpan: Span, rightSpan: Span
  ) -> Diagnostic {
    var help: String?
    if left == "Text" || right == "Text" {
      help = operation == "+" ? "a text shows values in braces: `\"{a} and {b}\"`" : "`int(x)` and `float(x)` read a number from a text"
    } else if left == "none" || right == "none" {
      help = "a value is missing here: `none` takes no part in arithmetic"
    } else if operation == "+", left == "list" || right == "list", left == "tensor" || right == "tensor" {
      help = "brackets of numbers make a tensor: join lists with `list([1, 2]) + xs`, add numbers with `tensor(xs)`"
    } else if left == "list" || right == "list" {
      help = "brackets of numbers make a tensor; `tensor(xs)` makes one of a list of numbers"
    } else if left == "function" || right == "function" {
      help = "call the function first: `f(x)`"
    }
    return Diagnostic(
      .type, "`\(operation)` does not work on \(article(left)) and \(article(right))", at: span,
      more: [Label(leftSpan, article(left)), Label(rightSpan, article(right))], help: help)
  }

  public static func matmulOfNumbers(at span: Span) -> Diagnostic {
    Diagnostic(.type, "`@` multiplies tensors, not numbers", at: span, help: "numbers are multiplied with `*`")
  }
}
