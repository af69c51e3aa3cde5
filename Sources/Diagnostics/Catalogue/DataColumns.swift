import SourceText

/// Columns, rows and parts of a dataset that do not fit what is asked of them.
extension Diagnostic {
  public static func unknownColumn(
    _ name: String, among names: [String], suggestion: String? = nil, at span: Span = .none
  ) -> Diagnostic {
    Diagnostic(
      .data, "there is no column `\(name)`", at: span, notes: ["the columns are \(listed(names))"],
      help: suggestion.map { "did you mean `\($0)`?" } ?? "use one of these names")
  }

  public static func columnTwice(_ name: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(.data, "two columns are called `\(name)`", at: span, help: "give each column its own name")
  }

  public static func columnLengths(
    _ first: String, _ firstCount: Int, _ second: String, _ secondCount: Int, at span: Span = .none
  ) -> Diagnostic {
    Diagnostic(
      .data, "column `\(first)` has \(firstCount) rows and `\(second)` \(secondCount), expected as many in each", at: span,
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
