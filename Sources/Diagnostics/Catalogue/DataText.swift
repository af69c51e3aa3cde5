import SourceText

/// Texts, tokens and ids that do not fit the steps that are to prepare them. Rows count from 0.
extension Diagnostic {
  public static func textStepKind(_ step: String, column: String, found: String, expected: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(step)` works on \(expected), and column `\(column)` holds \(found)", at: .none,
      help: textOrder(found: found, expected: expected))
  }

  public static func noTextColumn(_ step: String, expected: String, columns: [(name: String, kind: String)])
    -> Diagnostic
  {
    Diagnostic(
      .data, "`\(step)` works on \(expected), and no column holds that", at: .none,
      notes: columns.isEmpty ? [] : [columns.map { "`\($0.name)` holds \($0.kind)" }.joined(separator: ", ")],
      help: textOrder(
        found: columns.contains { $0.kind == "text" } ? "text" : columns.first?.kind ?? "", expected: expected))
  }

  /// What is missing between two kinds of column.
  private static func textOrder(found: String, expected: String) -> String {
    switch (found, expected) {
    case ("text", "tokens"): "put `words()` or `characters()` before it"
    case ("text", "lists of ids"): "put `words() |> vocabulary()` or `byte_pairs()` before it"
    case ("tokens", "lists of ids"): "put `vocabulary()` before it"
    case ("tokens", "text"), ("lists of ids", "text"): "put it before `words()` or `characters()`"
    case ("lists of ids", "tokens"): "put it before `vocabulary()`"
    default: "name the column: `columns: [\"text\"]`"
    }
  }

  public static func missingText(_ column: String, row: Int, count: Int, step: String) -> Diagnostic {
    Diagnostic(
      .data,
      "column `\(column)` has \(count) missing \(count == 1 ? "text" : "texts"), the first in row \(row), and "
        + "`\(step)` needs one in every row", at: .none,
      help: "`fill_missing(value: \"\", columns: [\"\(column)\"])` fills them, "
        + "`filter(row -> row.\(column) != none)` drops such rows")
  }

  public static func tokensInFeatures(_ column: String, isIds: Bool) -> Diagnostic {
    Diagnostic(
      .data,
      isIds
        ? "column `\(column)` holds lists of ids of different lengths, and a network takes rows of one length"
        : "a network takes numbers, and column `\(column)` holds tokens", at: .none,
      help: isIds
        ? "add `|> pad(64)`, or count them: `|> bag_of_words()`, `|> tf_idf()`" : "add `|> vocabulary() |> pad(64)`")
  }

  public static func unknownToken(_ token: String, row: Int?) -> Diagnostic {
    Diagnostic(
      .data, "the token \"\(token)\"\(row.map { " in row \($0)" } ?? "") is not in the vocabulary", at: .none,
      help: "let others count as one: `vocabulary(unknown: \"<unk>\")`")
  }

  public static func tokenIdOutOfRange(_ id: Int, count: Int) -> Diagnostic {
    Diagnostic(
      .data, "the vocabulary has no token with the id \(id); ids run from 0 to \(count - 1)", at: .none,
      help: "ids come from `encode` with the same vocabulary, or from a network with \(count) outputs")
  }

  public static func bytePairsSize(_ size: Int, least: Int) -> Diagnostic {
    Diagnostic(
      .value, "byte pairs were asked for \(size) ids, expected at least \(least)", at: .none,
      help: "every byte has an id of its own; 1000 is a usual size for a small corpus")
  }

  public static func idsWithoutVocabulary(_ step: String, column: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(step)` needs to know how many ids there are, and column `\(column)` came without a vocabulary",
      at: .none, help: "start from tokens: `|> vocabulary() |> \(step)()`")
  }

  public static func padLength(_ length: Int) -> Diagnostic {
    Diagnostic(.value, "sequences of \(length) ids, expected a length of at least 1", at: .none, help: "`pad(64)`")
  }

  public static func sequenceTooLong(_ count: Int, limit: Int, row: Int) -> Diagnostic {
    Diagnostic(
      .data, "row \(row) has \(count) ids, and the limit is \(limit)", at: .none,
      help: "allow more, or cut the end off: `pad(\(limit), cut: \"right\")`")
  }

  public static func gramSizes(_ least: Int, _ most: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .value, "n-grams of \(least) to \(most) tokens, expected at least 1 and no less at the end than at the start",
      at: span, help: "such as `grams(2)` or `grams(1...2)`")
  }
}
