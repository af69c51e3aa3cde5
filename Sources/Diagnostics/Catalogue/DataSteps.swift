import SourceText

/// Preparation steps and what comes out of them. Rows count from 0, as in the language.
extension Diagnostic {
  public static func stepOnTarget(_ step: String, column: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(step)` is asked to change `\(column)`, the target", at: .none,
      help: "leave the target out; `map` changes raw values before `target`")
  }

  public static func stepNeedsNumbers(_ step: String, column: String, kind: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(step)` works on numbers, and column `\(column)` holds \(kind)", at: .none,
      help: kind == "text" ? "`one_hot(\"\(column)\")` turns text into columns of 0 and 1" : "name other columns")
  }

  public static func categoryKind(_ step: String, column: String, kind: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(step)` works on text, truth values and integers, and column `\(column)` holds \(kind)", at: .none,
      help: "name other columns; numbers can stay as they are")
  }

  public static func tooManyCategories(_ column: String, count: Int) -> Diagnostic {
    Diagnostic(
      .data, "column `\(column)` has \(count) different values, which look like names rather than categories",
      at: .none,
      help: "leave it out with `drop(\"\(column)\")`, or insist with `one_hot(\"\(column)\")`")
  }

  public static func nothingToLearn(_ step: String, column: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(step)` cannot learn from column `\(column)`: all its values are missing", at: .none,
      help: "leave the column out with `drop(\"\(column)\")`")
  }

  public static func fillKind(_ column: String, kind: String, value: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(value)` cannot fill column `\(column)`, which holds \(kind)", at: .none,
      help: "give a value of the column's kind, or name the columns: `fill_missing(value: 0, columns: [\"age\"])`")
  }

  /// `row` is the first of `count` rows; nil where a step learns.
  public static func missingCategory(_ column: String, row: Int?, count: Int, step: String) -> Diagnostic {
    Diagnostic(
      .data,
      "column `\(column)` has \(count) missing \(count == 1 ? "value" : "values")"
        + (row.map { ", the first in row \($0)" } ?? "") + ", and `\(step)` needs a value in every row", at: .none,
      help: "put `fill_missing()` before `\(step)`")
  }

  public static func unknownCategory(_ value: String, column: String, row: Int, known: [String]) -> Diagnostic {
    Diagnostic(
      .data, "column `\(column)` holds \"\(value)\" in row \(row), which did not occur in the training data", at: .none,
      notes: ["known are \(listed(known))"],
      help: "correct the value, or let it count as none of these: `one_hot(unknown: \"zeros\")`")
  }

  public static func textInFeatures(_ columns: [String]) -> Diagnostic {
    let first = columns.first ?? ""
    return Diagnostic(
      .data,
      "a network takes numbers, and \(columns.count == 1 ? "column" : "columns") \(listed(columns)) "
        + "\(columns.count == 1 ? "holds" : "hold") text", at: .none,
      help: "add `|> one_hot()`, or leave it out with `drop(\"\(first)\")`")
  }

  public static func missingInFeatures(_ column: String, row: Int, count: Int) -> Diagnostic {
    Diagnostic(
      .data, "column `\(column)` has \(count) missing \(count == 1 ? "value" : "values"), the first in row \(row)",
      at: .none, help: "add `|> fill_missing()`, or keep complete rows: `filter(row -> row.\(column) != none)`")
  }

  public static func notFiniteInFeatures(_ column: String, row: Int, value: String) -> Diagnostic {
    Diagnostic(
      .data, "column `\(column)` holds \(value) in row \(row), which is no finite 32-bit number", at: .none,
      help: "correct the value, or leave the row out with `filter`")
  }

  public static func notFiniteInTensors(_ column: String, row: Int, value: String) -> Diagnostic {
    Diagnostic(
      .data, "the tensor of `\(column)` holds \(value) in row \(row)", at: .none,
      help: "leave such rows out, or put a number: `where(is_finite(x), x, 0)`")
  }

  public static func constantColumns(_ columns: [String], step: String) -> Diagnostic {
    let isOne = columns.count == 1
    return Diagnostic(
      .data,
      "\(isOne ? "column" : "columns") \(listed(columns)) \(isOne ? "has" : "have") the same value in every row that "
        + "`\(step)` learns from, and nothing to spread", at: .none,
      notes: ["such a column becomes 0 there, and tells a network nothing"],
      help: "leave it out: `drop(\"\(columns.first ?? "")\")`", severity: .warning)
  }

  public static func mixedFeatures(tensors: [String], others: [String]) -> Diagnostic {
    Diagnostic(
      .data,
      others.isEmpty
        ? "columns \(listed(tensors)) all hold tensors, and `x` is made of one"
        : "column `\(tensors.first ?? "")` holds tensors and \(listed(others)) single values; "
          + "`x` is made of one or the other",
      at: .none, help: "choose with `select` or `drop`")
  }

  public static func noFeatures(target: String?) -> Diagnostic {
    Diagnostic(
      .data, target.map { "there is no column besides the target `\($0)`" } ?? "there is no column", at: .none,
      help: "keep at least one column to learn from")
  }

  public static func preparedInputMissing(_ column: String, found: [String]) -> Diagnostic {
    Diagnostic(
      .data, "the model was trained with a column `\(column)`, which is not here", at: .none,
      notes: ["found \(listed(found))"],
      help: Suggestion.closest(to: column, among: found).map { "rename `\($0)` to `\(column)`" }
        ?? "add `\(column)` (`none` if its value is not known)")
  }

  public static func preparedInputKind(_ column: String, expected: String, found: String) -> Diagnostic {
    Diagnostic(
      .data, "column `\(column)` holds \(found), and in the training data it held \(expected)", at: .none,
      help: "give values of the same kind")
  }

  public static func preparedInputShape(_ column: String, expected: String, found: String) -> Diagnostic {
    Diagnostic(
      .data, "column `\(column)` holds tensors of \(found), and in the training data they were \(expected)", at: .none,
      help: "read images in the size of the training data: `image_folder(folder, resize: (height, width))`")
  }

  public static func preparationDamaged(_ place: String) -> Diagnostic {
    Diagnostic(
      .file, "the stored preparation is damaged: \(place)", at: .none,
      help: "save the model again, or `save(net, file, data: ...)`")
  }

  public static func dataTooLarge(_ what: String, bytes: Int?, available: Int) -> Diagnostic {
    Diagnostic(
      .limit,
      "\(what) needs \(bytes.map(byteText) ?? "more memory than 64 bits can count"), "
        + "\(byteText(available)) are free", at: .none, help: "use fewer rows or columns (`head`, `select`)")
  }
}
