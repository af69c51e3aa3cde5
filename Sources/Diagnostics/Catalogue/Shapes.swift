import SourceText

// Sizes, ranks, element types and indices.

extension Diagnostic {
  public static func sizesDiffer(left: Span, leftText: String, right: Span, rightText: String, help: String?)
    -> Diagnostic
  {
    Diagnostic(
      .shape, "these two sizes must be equal", at: left, label: leftText, more: [Label(right, rightText)], help: help)
  }

  public static func bothStretch(left: Span, leftShape: String, right: Span, rightShape: String, help: String?)
    -> Diagnostic
  {
    Diagnostic(
      .shape, "\(leftShape) and \(rightShape) would both have to stretch", at: left, label: leftShape,
      more: [Label(right, rightShape)],
      notes: ["a size of 1 stretches on one side only; otherwise a table would come out where a column was meant"],
      help: help)
  }

  public static func rank(_ operation: String, found: String, expected: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, "`\(operation)` needs another number of dimensions", at: span,
      label: "has the shape \(found); expected \(expected) dimensions",
      help: "`reshape`, `x[none]` and `squeeze` change the number of dimensions")
  }

  public static func axisOutOfRange(_ axis: Int, shape: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, "there is no axis \(axis)", at: span, label: "the tensor has \(shape)",
      help: "axes count from 0, or from the end with -1, -2, ...")
  }

  /// A `problem` with the axes of `max` or `min`: others write the larger of two so. `rank`: of what is reduced.
  public static func axisOrOperand(_ name: String, rank: Int, _ problem: Diagnostic) -> Diagnostic {
    guard problem.code == .type || problem.code == .shape else { return problem }
    let ofTwo = name == "max" ? "the larger of two is `maximum(a, b)`" : "the smaller of two is `minimum(a, b)`"
    let ofAxes = rank > 0 && problem.code == .shape ? problem.help : nil
    var result = problem
    result.help = (ofAxes ?? "the second argument of `\(name)` is the axis") + "; " + ofTwo
    return result
  }

  public static func elementType(_ operation: String, found: String, expected: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "`\(operation)` does not work on elements of type \(found)", at: span, label: "expected \(expected)",
      help: "`f32(x)`, `i64(x)` and `bool(x)` convert")
  }

  public static func elementCount(_ operation: String, from shape: String, expected: Int, found: Int, at span: Span)
    -> Diagnostic
  {
    Diagnostic(
      .shape, "the sizes do not hold the same number of elements", at: span,
      label: "\(shape) has \(expected) elements, the new sizes \(found)",
      help: "one size may be -1: it is worked out from the others, whose product must divide \(expected)")
  }

  public static func impossibleSizes(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .limit, "these sizes are not possible: \(text)", at: span,
      label: "sizes must not be negative, and their product must fit 64 bits", help: "check how the sizes are computed")
  }

  public static func resultTooLarge(_ operation: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .limit, "the result of `\(operation)` would have more elements than memory can hold", at: span,
      label: "its size does not fit 64 bits", help: "check the sizes: perhaps two were swapped or multiplied")
  }

  public static func shapeRule(_ operation: String, _ text: String, at span: Span) -> Diagnostic {
    Diagnostic(.shape, "`\(operation)` cannot take these shapes", at: span, label: text)
  }

  public static func unevenBracket(row: Int, found: String, expected: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, "the rows of this bracket have different sizes", at: span,
      label: "row \(row) has the shape \(found), the first row \(expected)",
      help: "give every row the same number of elements")
  }

  public static func parameterResized(
    _ name: String, path: String, before: String, now: String, madeAt: Span, at span: Span
  ) -> Diagnostic {
    var result = Diagnostic(
      .shape, "`\(name)` has the sizes \(before), this call needs \(now)", at: span, label: "needs \(now)",
      more: [Label(madeAt, "the first call fixed \(before)")],
      help: "a layer keeps the sizes of its first call; make another layer for other sizes")
    if !path.isEmpty { result.path = [path] }
    return result
  }

  public static func initializerShape(_ name: String, expected: String, found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, "the start of `\(name)` has the wrong shape", at: span, label: "expected \(expected), found \(found)",
      help: "an initializer is called with the sizes: `zeros`, or `(a, b) -> 0.02 * normal(a, b)`")
  }

  public static func stateShape(_ name: String, expected: String, found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, "the state `\(name)` keeps its shape", at: span, label: "expected \(expected), found \(found)",
      help: "compute a value of the declared shape")
  }

  public static func tensorIndexOutOfRange(_ index: Int, size: Int, axis: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .index, "index \(index) is out of range", at: span, label: "the size along axis \(axis) is \(size)",
      help: size == 0 ? "there are no elements to take" : "use \(-size) to \(size - 1)")
  }

  public static func tensorSliceOutOfRange(lower: Int, upper: Int, size: Int, axis: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .index, "the slice \(lower)..<\(upper) is out of range", at: span, label: "the size along axis \(axis) is \(size)",
      help: "a slice goes from 0 to at most \(size)")
  }

  public static func tooManyIndices(found: Int, shape: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .index, "\(found) indices for a tensor of shape \(shape)", at: span, label: "one index a dimension at most",
      help: "leave out the last indices to keep those dimensions whole")
  }

  public static func fieldsDiffer(left: [String], right: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "records with different fields", at: span,
      label: "{\(left.joined(separator: ", "))} and {\(right.joined(separator: ", "))}",
      help: "arithmetic on records works field by field: both need the same fields in the same order")
  }

  public static func treesDiffer(at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "parameter trees of different models", at: span, label: "the two sides belong to different models",
      help: "use gradients of one model on both sides")
  }

  public static func structuresDiffer(left: String, right: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "this operator does not work on \(left) and \(right)", at: span, label: "\(left), \(right)",
      help: "both sides must be numbers, tensors, or records of the same fields")
  }
}
