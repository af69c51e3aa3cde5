import SourceText

/// Operations on tables: columns, joins, groups, drawn rows, windows. Rows count from 0.
extension Diagnostic {
  public static func noColumnsNamed(_ what: String) -> Diagnostic {
    Diagnostic(
      .arguments, "`\(what)` was given no column", at: .none,
      help: what == "join" ? "name the key: `join(other, on: \"id\")`" : "name one: `\(what)(by: \"age\")`")
  }

  public static func tensorsHaveNoOrder(_ what: String, column: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(what)` compares single values, and column `\(column)` holds several in each row", at: .none,
      help: "name columns of numbers, truth values or text")
  }

  public static func missingTensors(_ column: String) -> Diagnostic {
    Diagnostic(
      .data, "a row without a match would miss its tensor in column `\(column)`", at: .none,
      help: "use `how: \"inner\"`, or drop the column first")
  }

  public static func derivedLength(_ column: String, found: Int, expected: Int) -> Diagnostic {
    Diagnostic(
      .shape, "the new column `\(column)` has \(found) rows, and the table \(expected)", at: .none,
      help: "give one value for each row, or a single one for all")
  }

  public static func cannotConvert(_ column: String, row: Int?, _ value: String, to kind: String) -> Diagnostic {
    Diagnostic(
      .data,
      row.map { "column `\(column)` holds \"\(value)\" in row \($0), which cannot become one of \(kind)" }
        ?? "column `\(column)` holds \(value), which cannot become \(kind)", at: .none,
      help: row == nil
        ? "name other columns" : "correct the value, or read it as missing: `csv(file, missing: [\"\(value)\"])`")
  }

  public static func tablesDiffer(_ table: Int, missing: [String], extra: [String]) -> Diagnostic {
    Diagnostic(
      .data, "table \(table) has other columns than the first", at: .none,
      notes: (missing.isEmpty ? [] : ["missing: \(listed(missing))"])
        + (extra.isEmpty ? [] : ["only there: \(listed(extra))"]),
      help: "`select` or `rename` the same columns in each")
  }

  public static func noJoinKey(_ key: String, table: String, among names: [String]) -> Diagnostic {
    let nearest = Suggestion.closest(to: key, among: names) ?? names.first ?? "id"
    return Diagnostic(
      .data, "the \(table) table of the join has no column `\(key)`", at: .none,
      notes: ["its columns are \(listed(names))"],
      help: "the key has one name in both: `rename({\(nearest): \"\(key)\"})`")
  }

  public static func joinClash(_ columns: [String]) -> Diagnostic {
    Diagnostic(
      .data, "both tables of the join have \(columns.count == 1 ? "a column" : "columns") \(listed(columns))",
      at: .none,
      help: "`rename` or `drop` it in one of them, or make it part of the key")
  }

  public static func duplicateKey(_ key: String, first: Int, second: Int) -> Diagnostic {
    Diagnostic(
      .data, "the right table of the join has the key \(key) in row \(first) and again in row \(second)", at: .none,
      help: "keep one with `unique`, or say `duplicates: true` for a row for each match")
  }

  public static func outerJoinOfParts(parts: [String]) -> Diagnostic {
    Diagnostic(
      .data, "an outer join would add the unmatched rows to every part, \(listed(parts))", at: .none,
      help: "join before `split`")
  }

  public static func nothingMatches(_ keys: [String]) -> Diagnostic {
    Diagnostic(
      .data, "no row of the left table has a key \(listed(keys)) that the right one has", at: .none,
      help: "check that both write it the same way, or use `how: \"left\"`")
  }

  public static func unknownSummary(_ found: String, column: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .type, "the summary `\(column)` is \(found), expected \"count\" or a pair of a column and what to take of it",
      at: span, help: "such as `{rows: \"count\", age: (\"age\", \"mean\"), spread: (\"age\", x -> max(x) - min(x))}`")
  }
}

/// Rows that are drawn, and parts that keep apart what belongs together.
extension Diagnostic {
  public static func sampleFraction(_ fraction: String) -> Diagnostic {
    Diagnostic(
      .value, "`sample` was given the fraction \(fraction), expected a number above 0 and at most 1", at: .none,
      help: "0.1 takes a tenth of the rows; more than all need `replace: true`")
  }

  public static func sampleEmpty(rows: Int) -> Diagnostic {
    Diagnostic(.value, "`sample` would draw no row of \(rows)", at: .none, help: "ask for at least one row")
  }

  public static func sampleTooLarge(_ count: Int, rows: Int, isWeighted: Bool) -> Diagnostic {
    Diagnostic(
      .value,
      "`sample` was asked for \(count) rows, and there are \(rows)\(isWeighted ? " with a weight above 0" : "")",
      at: .none, help: rows == 0 ? "check the weights" : "ask for fewer, or say `replace: true`")
  }

  public static func sampleSize(at span: Span) -> Diagnostic {
    Diagnostic(
      .arguments, "`sample` takes either `rows` or `fraction`", at: span,
      help: "`sample(rows: 100)` or `sample(fraction: 0.1)`")
  }

  public static func maskLength(_ found: Int, rows: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .shape, "the mask has \(found) truth values, and the dataset \(rows) rows", at: span,
      help: "make it of the same rows: `data[data[\"age\"] > 30]`")
  }

  public static func badWeight(_ column: String, row: Int, value: String) -> Diagnostic {
    Diagnostic(
      .data, "the weight in column `\(column)` is \(value) in row \(row), expected a number from 0 on", at: .none,
      help: "a row of weight 0 is never drawn")
  }

  public static func balanceWhole(isHeld: Bool) -> Diagnostic {
    Diagnostic(
      .data,
      isHeld
        ? "this part is held back to measure on, and its classes stay in proportion"
        : "`balance` changes the training part only, and this dataset is not split", at: .none,
      help: isHeld
        ? "balance `data.train`"
        : "put `split` before it, or say `dataset(train: data)`: copies of a row must not end up in two parts")
  }

  public static func missingGroup(_ column: String, row: Int) -> Diagnostic {
    Diagnostic(
      .data, "column `\(column)` has no value in row \(row), which so belongs to no group", at: .none,
      help: "leave such rows out: `filter(row -> row.\(column) != none)`")
  }

  public static func tooFewGroups(_ column: String, groups: Int, parts: Int) -> Diagnostic {
    Diagnostic(
      .value, "column `\(column)` has \(groups) \(groups == 1 ? "group" : "groups"), too few for \(parts) parts",
      at: .none, help: "ask for fewer parts")
  }

  public static func splitByTwo() -> Diagnostic {
    Diagnostic(
      .arguments, "a split keeps groups together or classes in proportion, not both", at: .none,
      help: "leave out `groups` or `stratified`")
  }

  public static func foldCount(_ k: Int, rows: Int) -> Diagnostic {
    Diagnostic(
      .value, "\(rows) \(rows == 1 ? "row" : "rows") cannot be cut into \(k) folds", at: .none,
      help: "5 and 10 are usual; each fold needs a row, and there are at least 2")
  }

  public static func forwardFolds(at span: Span) -> Diagnostic {
    Diagnostic(
      .arguments, "`forward: true` takes the rows in their order, without `stratified` and `groups`", at: span,
      help: "leave these out")
  }
}

/// Windows over a series.
extension Diagnostic {
  public static func windowNumber(_ name: String, _ found: Int) -> Diagnostic {
    Diagnostic(
      .value, "`windows` was given \(name) \(found), expected at least 1", at: .none,
      help: name == "horizon" ? "1 predicts the row after the window" : "count rows")
  }

  public static func windowsNeedNumbers(_ column: String, kind: String) -> Diagnostic {
    Diagnostic(
      .data, "a window holds numbers, and column `\(column)` holds \(kind)", at: .none,
      help: "a column of dates in order is `time: \"\(column)\"`; others go with `drop(\"\(column)\")`")
  }

  public static func missingInSeries(_ column: String, row: Int, count: Int) -> Diagnostic {
    Diagnostic(
      .data,
      "column `\(column)` of the series has \(count) missing \(count == 1 ? "value" : "values"), "
        + "the first in row \(row)",
      at: .none, help: "take the value before it: `derive(c -> {\(column): fill_forward(c.\(column))})`")
  }

  public static func windowsOfShuffled(isWindows: Bool) -> Diagnostic {
    Diagnostic(
      .data,
      isWindows ? "these rows are windows already" : "these rows were drawn at random and are no series any more",
      at: .none, help: isWindows ? "use the series" : "keep the time order: `split(..., shuffle: false)`")
  }

  public static func splitAfterWindows() -> Diagnostic {
    Diagnostic(
      .data, "windows share rows with their neighbours, which a split would put in both parts", at: .none,
      help: "split the series first: `split(train: 0.8, test: 0.2, shuffle: false) |> windows(...)`")
  }

  public static func seriesTooShort(rows: Int, needed: Int) -> Diagnostic {
    Diagnostic(
      .value, "a series of \(rows) rows holds no window: one needs \(needed) with its horizon", at: .none,
      help: "use a shorter window, or a larger part")
  }

  public static func missingTime(_ column: String, row: Int) -> Diagnostic {
    Diagnostic(
      .data, "column `\(column)` has no time in row \(row)", at: .none,
      help: "leave such rows out: `filter(row -> row.\(column) != none)`")
  }

  public static func timeNotInOrder(_ column: String, row: Int, value: String, before: String) -> Diagnostic {
    Diagnostic(
      .data, "the rows are not in the order of `\(column)`: row \(row) has \(value), and the row before \(before)",
      at: .none, help: "put `sort(by: \"\(column)\")` first")
  }
}

/// Dates.
extension Diagnostic {
  public static func notADate(
    _ text: String, column: String, row: Int, format: String?, reason: String?
  ) -> Diagnostic {
    let form = format.map { "`\($0)`" } ?? "ISO dates, such as 2024-02-29 or 2024-02-29T08:30"
    return Diagnostic(
      .data,
      "column `\(column)` holds \"\(text)\" in row \(row), "
        + (reason.map { "which is no day or time: \($0)" } ?? "expected \(form)"), at: .none,
      help: reason != nil
        ? "correct the value, or leave the row out with `filter`"
        : format == nil
          ? "say how dates are written: `format: \"%d.%m.%Y\"`" : "write all dates of a column the same way")
  }

  public static func givenDate(_ text: String) -> Diagnostic {
    Diagnostic(.value, "\"\(text)\" is no ISO date", at: .none, help: "such as \"2024-02-29\"")
  }

  public static func dateSign(_ sign: String, in format: String) -> Diagnostic {
    Diagnostic(
      .value, "`\(sign)` in the format `\(format)` is unknown or there twice", at: .none,
      help: "%Y %y %m %b %d %H %M %S stand for year, short year, month, month's name, day, hour, minute, second")
  }

  public static func dateFormatLacks(_ part: String, in format: String) -> Diagnostic {
    Diagnostic(
      .value, "the format `\(format)` has no \(part)", at: .none, help: "a date needs year, month and day: `%Y-%m-%d`")
  }

  public static func datesNeedText(_ column: String, kind: String) -> Diagnostic {
    Diagnostic(
      .data, "dates are text or integers, and column `\(column)` holds \(kind)", at: .none,
      help: "name the column with the dates")
  }
}
