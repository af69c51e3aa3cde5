import SourceText

/// Columns, rows and parts of a dataset that do not fit what is asked of them.
extension Diagnostic {
  public static func unknownColumn(_ name: String, among names: [String], at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .data, "there is no column `\(name)`", at: span, notes: ["the columns are \(listed(names))"],
      help: Suggestion.closest(to: name, among: names).map { "did you mean `\($0)`?" } ?? "use one of these names")
  }

  public static func columnTwice(_ name: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(.data, "two columns are called `\(name)`", at: span, help: "give each column its own name")
  }

  public static func columnLengths(
    _ first: String, _ firstCount: Int, _ second: String, _ secondCount: Int, at span: Span = .none
  ) -> Diagnostic {
    Diagnostic(
      .data, "column `\(first)` has \(firstCount) rows and `\(second)` \(secondCount), expected as many in each",
      at: span,
      help: "cut the longer one, or fill the shorter one")
  }

  public static func badSeparator(_ separator: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .value, "`\(separator)` cannot separate cells", at: span,
      help: "use one ASCII character: `separator: \",\"`, `\";\"` or `\"\\t\"`")
  }

  /// `a, b, c and 4 more`.
  static func listed(_ names: [String], limit: Int = 8) -> String {
    if names.isEmpty { return "none" }
    let shown = names.prefix(limit).map { "`\($0)`" }.joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
  }
}

extension Diagnostic {
  public static func alreadySplit(_ what: String, parts: [String]) -> Diagnostic {
    Diagnostic(
      .data, "this dataset is split, and each part has its own \(what)", at: .none,
      help: "choose a part first: `data.\(parts.first ?? "train")`")
  }

  public static func splitTwice(parts: [String]) -> Diagnostic {
    Diagnostic(
      .data, "this dataset is split already, into \(listed(parts))", at: .none,
      help: "split once; a part may be split again")
  }

  public static func splitFractions(_ sum: String) -> Diagnostic {
    Diagnostic(
      .value, "the parts of a split add up to \(sum), expected 1", at: .none,
      help: "such as `split(train: 0.8, validation: 0.1, test: 0.1)`")
  }

  public static func splitFraction(_ part: String, _ fraction: String) -> Diagnostic {
    Diagnostic(
      .value, "the part `\(part)` is \(fraction), expected a number above 0 and at most 1", at: .none,
      help: "leave a part out that you don't need")
  }

  public static func splitEmptyPart(_ part: String, rows: Int) -> Diagnostic {
    Diagnostic(
      .data, "of \(rows) \(rows == 1 ? "row" : "rows") none is left for the part `\(part)`", at: .none,
      help: "make the part larger, or use more rows")
  }

  public static func noPart(_ part: String, parts: [String]) -> Diagnostic {
    Diagnostic(
      .name,
      parts.isEmpty
        ? "this dataset is not split and has no part `\(part)`"
        : "there is no part `\(part)`; the parts are \(listed(parts))", at: .none,
      help: parts.isEmpty ? "add `|> split(train: 0.8, test: 0.2)`" : "name it in the split: `\(part): 0.1`")
  }

  public static func noTarget(_ what: String) -> Diagnostic {
    Diagnostic(
      .data, "\(what) needs a target, and this dataset has none", at: .none,
      help: "name the column to predict: `|> target(\"name\")`")
  }

  public static func targetMissing(_ column: String, row: Int, count: Int) -> Diagnostic {
    Diagnostic(
      .data, "the target `\(column)` is missing in \(count) \(count == 1 ? "row" : "rows"), the first is row \(row)",
      at: .none, help: "leave these rows out: `filter(row -> row.\(column) != none)`")
  }

  public static func targetUnknownClass(_ value: String, column: String, row: Int, classes: [String]) -> Diagnostic {
    Diagnostic(
      .data, "the target `\(column)` is \"\(value)\" in row \(row), which is no class of the training data", at: .none,
      notes: ["the classes are \(listed(classes))"], help: "correct the value, or leave the row out with `filter`")
  }

  public static func targetManyIntegers(_ column: String, count: Int) -> Diagnostic {
    Diagnostic(
      .data, "the target `\(column)` holds \(count) different integers: is it a class or a number to predict?",
      at: .none,
      help: "say which: `target(\"\(column)\", as: \"number\")` or `as: \"class\"`")
  }

  public static func targetNotNumbers(_ column: String, kind: String) -> Diagnostic {
    Diagnostic(
      .data, "the target `\(column)` holds \(kind), which cannot be predicted as a number", at: .none,
      help: "leave out `as: \"number\"`")
  }

  public static func targetNotClasses(_ column: String, kind: String) -> Diagnostic {
    Diagnostic(
      .data, "the target `\(column)` holds \(kind), which are no classes", at: .none,
      help: "classes are text, truth values or integers; leave out `as: \"class\"`")
  }

  public static func dropsTarget(_ column: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(column)` is the target and cannot be dropped", at: .none,
      help: "it never becomes part of `x`; name another target first if you mean to")
  }

  public static func afterStep(_ what: String, step: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(what)` sees raw rows, and `\(step)` comes before it", at: .none,
      help: "put `\(what)` before `\(step)`")
  }

  public static func unevenRows(row: Int, found: [String], expected: [String]) -> Diagnostic {
    Diagnostic(
      .data, "row \(row) has the fields \(listed(found)), expected \(listed(expected)) as in row 0", at: .none,
      help: "give every row the same fields (`none` for a missing value)")
  }

  public static func mixedCells(_ column: String, row: Int, found: String, expected: String) -> Diagnostic {
    Diagnostic(
      .data, "column `\(column)` holds \(found) in row \(row), and \(expected) before", at: .none,
      help: "give a column values of one kind")
  }

  public static func partsDiffer(_ part: String, missing: [String], extra: [String]) -> Diagnostic {
    Diagnostic(
      .data, "the part `\(part)` has other columns than the training part", at: .none,
      notes: (missing.isEmpty ? [] : ["missing: \(listed(missing))"])
        + (extra.isEmpty ? [] : ["only there: \(listed(extra))"]),
      help: "`select` the same columns in each")
  }

  public static func partKinds(
    _ part: String, column: String, found: String, expected: String, in first: String
  ) -> Diagnostic {
    Diagnostic(
      .data, "column `\(column)` holds \(found) in \(part) and \(expected) in \(first)", at: .none,
      help: "check the file: one word in a column of numbers makes it text")
  }

  public static func partShapes(
    _ part: String, column: String, found: String, expected: String, in first: String
  ) -> Diagnostic {
    Diagnostic(
      .data,
      "column `\(column)` holds tensors of \(found) in \(part) and of \(expected) in \(first)",
      at: .none, help: "bring images to one size when they are read: `image_folder(folder, resize: (height, width))`")
  }

  public static func partNotPlain(_ part: String, why: String) -> Diagnostic {
    Diagnostic(
      .data, "the part `\(part)` \(why)", at: .none, help: "join plain datasets, then split off or prepare")
  }

  public static func emptyDataset(_ what: String) -> Diagnostic {
    Diagnostic(.data, "\(what): no row is left", at: .none, help: "loosen the condition, or check the column")
  }

  public static func datasetRows(x: Int, y: Int) -> Diagnostic {
    Diagnostic(
      .shape, "x has \(x) rows and y \(y), expected as many of both", at: .none,
      help: "the first dimension counts the rows")
  }

  public static func datasetScalar(_ name: String) -> Diagnostic {
    Diagnostic(
      .shape, "\(name) has no dimension, expected one row for each example", at: .none, help: "use `stack([...])`")
  }

  public static func batchSize(_ size: Int) -> Diagnostic {
    Diagnostic(.value, "a batch of \(size) rows, expected at least 1", at: .none, help: "32 is a usual size")
  }

  public static func generatorCount(_ name: String, _ what: String, _ found: Int, least: Int, most: Int) -> Diagnostic {
    Diagnostic(
      .value, "`\(name)` was asked for \(what) \(found), expected \(least) to \(most)", at: .none,
      help: "choose a number in this range")
  }

  public static func generatorNoise(_ name: String, _ found: String) -> Diagnostic {
    Diagnostic(
      .value, "`\(name)` was given the noise \(found), expected 0 or more", at: .none, help: "0.1 is a usual value")
  }

  public static func unknownChoice(_ word: String, among words: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .value, "`\(word)` is not known here, expected one of \(listed(words))", at: span,
      help: Suggestion.closest(to: word, among: words).map { "did you mean \"\($0)\"?" } ?? "use one of these")
  }
}
