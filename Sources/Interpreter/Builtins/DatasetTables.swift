import Datasets
import Diagnostics
import SourceText

/// Operations on tables: columns, order, joins, groups.
enum DatasetTableBuiltins {
  static let all: [Builtin] = columns + rows + dates

  private static let columns: [Builtin] = [
    Builtin(
      "rename", [.init("data"), .init("names")],
      "Other names for columns: `rename({body_mass_g: \"mass\"})`; a dict where the old name is no word."
    ) { (call) throws(Diagnostic) in
      let names = try newNames(call)
      return try call.changed { (data) throws(Diagnostic) in try data.renamed(names) }
    },
    Builtin(
      "derive", [.init("data"), .init("make")],
      """
      New columns from whole columns: `derive(c -> {bmi: c.kg / c.m ^ 2})`. `make` is called once (for each part) with the
      columns: numbers as tensors of f64 or i64 with NaN where a value is missing, truth values as tensors, text as
      lists. It gives a record of tensors or lists with one value a row, or single values. A known name is replaced.
      Each part sees its own rows alone; what is to be learned from the training part is a step, such as `normalize`.
      """
    ) { (call) throws(Diagnostic) in
      try call.changed { (data) throws(Diagnostic) in
        try data.deriving { (table) throws(Diagnostic) in
          let result = try call.callArgument(1, .object(ColumnsValue(table)))
          guard let record = result.object(as: RecordValue.self) else {
            throw .wrongKind(found: result.kindName, expected: "a record of columns from `make`", at: call.place(1))
          }
          var made: [Column] = []
          for (name, value) in zip(record.names, record.values) {
            made.append(try .from(name, value, rows: table.rowCount, at: call.place(1)))
          }
          return made
        }
      }
    },
    Builtin(
      "convert", [.init("data"), .init("columns", variadic: true), .init("to")],
      """
      Columns as another kind: `convert("zip", to: "text")`. Kinds are "text", "integer", "float" and "truth"; a value that
      does not fit is an error that names its row.
      """
    ) { (call) throws(Diagnostic) in
      let names = try call.namesArgument(1) ?? []
      let kind: Column.Kind = try call.choice(
        2, [("text", .text), ("integer", .integer), ("float", .float), ("truth", .truth)])
      return try call.changed { (data) throws(Diagnostic) in try data.converted(names, to: kind) }
    },
  ]

  /// (old, new) from a record or dict of texts.
  private static func newNames(_ call: BuiltinCall) throws(Diagnostic) -> [(old: String, new: String)] {
    var pairs: [(Value, Value)] = []
    switch call.arguments[1] {
    case .object(let record as RecordValue): pairs = zip(record.names.map(Value.text), record.values).map { ($0, $1) }
    case .object(let dict as DictValue): pairs = Array(zip(dict.keys, dict.values))
    default: throw call.wrongKind(1, "a record or dict of old and new names")
    }
    var names: [(old: String, new: String)] = []
    for (old, new) in pairs {
      guard let old = old.object(as: TextValue.self), let new = new.object(as: TextValue.self) else {
        throw .wrongKind(found: new.kindName, expected: "a column's new name", at: call.place(1))
      }
      names.append((old.text, new.text))
    }
    return names
  }

  private static let rows: [Builtin] = [
    Builtin(
      "sort", [.init("data"), .init("by"), .init("descending", default: .bool(false))],
      """
      The rows in the order of one or several columns: `sort(by: ["sex", "age"], descending: ["age"])`; `descending: true`
      turns all round. Equal rows stay as they stood, missing values come last.
      """, for: [.dataset]
    ) { (call) throws(Diagnostic) in
      let names = try call.namesArgument(1) ?? []
      var descending: Set<String> = []
      if case .bool(let all) = call.arguments[2] {
        if all { descending = Set(names) }
      } else {
        descending = Set(try call.namesArgument(2) ?? [])
      }
      return try call.changed { (data) throws(Diagnostic) in try data.sorted(by: names, descending: descending) }
    },
    Builtin(
      "unique", [.init("data"), .init("columns", variadic: true)],
      "The first row of those that agree in the named columns; without names in all.", for: [.dataset]
    ) { (call) throws(Diagnostic) in
      let names = try call.namesArgument(1) ?? []
      return try call.changed { (data) throws(Diagnostic) in try data.unique(names) }
    },
    Builtin(
      "join",
      [
        .init("data"), .init("other"), .init("on"), .init("how", default: .text("inner")),
        .init("duplicates", default: .bool(false)),
      ],
      """
      The columns of another dataset beside those of this one, where the key columns agree: `join(prices, on: "item")`,
      `on: ["year", "item"]`. `how` is "inner" (rows that match), "left" (all rows of this one, `none` where nothing
      matches) or "outer" (all of both). A key twice in the other table is an error unless `duplicates: true`. A missing
      key matches nothing.
      """, for: [.dataset]
    ) { (call) throws(Diagnostic) in
      let other = try call.datasetArgument(1)
      let keys = try call.namesArgument(2) ?? []
      let how: Dataset.JoinKind = try call.choice(3, Dataset.JoinKind.allCases.map { ($0.rawValue, $0) })
      let duplicates = try call.truthArgument(4)
      return try call.changed { (data) throws(Diagnostic) in
        try data.joined(with: other, on: keys, how: how, duplicates: duplicates)
      }
    },
    Builtin(
      "summarise", [.init("data"), .init("columns"), .init("by", default: .some(.none))],
      """
      One row for each group of equal values in `by` (one for all without it), in the order of these values:
      `summarise({birds: "count", mass: ("body_mass_g", "mean"), spread: ("body_mass_g", x -> max(x) - min(x))},
      by: "species")`. "count" alone counts rows. Of a column's values, missing ones left out: "count", "mean", "sum",
      "min", "max", "median", "std" (correction 1), "distinct", "first", "last", "most_frequent", or a function of them.
      """
    ) { (call) throws(Diagnostic) in
      let summaries = try summaries(call)
      let names = try call.namesArgument(2) ?? []
      return try call.changed { (data) throws(Diagnostic) in try data.summarised(summaries, by: names) }
    },
  ]

  private static func summaries(_ call: BuiltinCall) throws(Diagnostic) -> [(name: String, what: Dataset.Summary)] {
    guard let record = call.arguments[1].object(as: RecordValue.self) else {
      throw call.wrongKind(1, "a record of new columns")
    }
    var result: [(name: String, what: Dataset.Summary)] = []
    for (name, value) in zip(record.names, record.values) {
      if value.object(as: TextValue.self)?.text == "count" {
        result.append((name, .rows))
        continue
      }
      guard let (column, what) = value.pair, let column = column.object(as: TextValue.self)?.text else {
        throw .unknownSummary(value.object(as: TextValue.self).map { "\"\($0.text)\"" } ?? value.kindName, column: name, at: call.place(1))
      }
      if let word = what.object(as: TextValue.self)?.text {
        guard let statistic = Dataset.Statistic(rawValue: word) else {
          throw .unknownChoice(word, among: Dataset.Statistic.allCases.map(\.rawValue), at: call.place(1))
        }
        result.append((name, .statistic(statistic, of: column)))
      } else if what.isCallable {
        let own = Dataset.Summary.own(of: column) { (values) throws(Diagnostic) in
          let argument = try Value(column: values, at: call.placeSite(1))
          return try call.cellArgument(try call.machine.call(what, argument, at: call.placeSite(1)), 1)
        }
        result.append((name, own))
      } else {
        throw .unknownSummary(what.kindName, column: name, at: call.place(1))
      }
    }
    return result
  }

  private static let dates: [Builtin] = [
    Builtin(
      "date_part",
      [.init("dates"), .init("part"), .init("format", default: .some(.none)), .init("since", default: .some(.none))],
      """
      A number of a date, or of each of a list: `derive(c -> {month: date_part(c.day, "month")})`. Parts are "year",
      "quarter", "month", "day", "weekday" (Monday is 0), "yearday", "hour", "minute", "second" and "days" since 1970-01-01
      or `since`. ISO dates unless `format` says otherwise: "%d.%m.%Y %H:%M".
      """
    ) { (call) throws(Diagnostic) in
      let part = try datePart(call.arguments[1], call, 1)
      let (format, since) = try dateFormat(call, 2)
      let single = call.arguments[0].object(as: TextValue.self)
      let given = single.map { Value.list([.object($0)]) } ?? call.arguments[0]
      let numbers = try call.onData { () throws(Diagnostic) in
        try Column.from("dates", given, rows: 1, at: call.place(0)).dateParts(part, format, since: since)
      }
      return single == nil ? try Value(column: numbers, at: call.site) : Value(cell: numbers.cell(0))
    },
    Builtin(
      "date_parts",
      [
        .init("data"), .init("column"), .init("parts"), .init("format", default: .some(.none)),
        .init("since", default: .some(.none)),
      ],
      """
      A step: columns of dates become numbers, one column `name.part` for each part:
      `date_parts("day", ["month", "weekday"])`. Parts, `format` and `since` as in `date_part`. A missing date has missing
      parts, for `fill_missing`.
      """
    ) { (call) throws(Diagnostic) in
      let columns = try call.namesArgument(1) ?? []
      var parts: [CalendarDate.Part] = []
      for part in try call.namesArgument(2) ?? [] { parts.append(try datePart(.text(part), call, 2)) }
      let (format, since) = try dateFormat(call, 3)
      let step = Step(.dates(parts, format, since: since), columns: columns, origin: call.stage)
      return try call.changed { (data) throws(Diagnostic) in try data.adding(step) }
    },
  ]

  private static func datePart(_ value: Value, _ call: BuiltinCall, _ index: Int) throws(Diagnostic)
    -> CalendarDate.Part
  {
    guard let word = value.object(as: TextValue.self)?.text else { throw call.wrongKind(index, "a part of a date") }
    guard let part = CalendarDate.Part(rawValue: word) else {
      throw .unknownChoice(word, among: CalendarDate.Part.allCases.map(\.rawValue), at: call.place(index))
    }
    return part
  }

  /// The arguments `format` and `since`.
  private static func dateFormat(_ call: BuiltinCall, _ index: Int) throws(Diagnostic) -> (DateFormat, CalendarDate?) {
    let pattern = call.isLeftOut(index) ? nil : try call.textArgument(index)
    let since = call.isLeftOut(index + 1) ? nil : try call.textArgument(index + 1)
    return try call.onData { () throws(Diagnostic) in
      guard let since else { return (try DateFormat(pattern), nil) }
      return (try DateFormat(pattern), try CalendarDate(given: since))
    }
  }
}
