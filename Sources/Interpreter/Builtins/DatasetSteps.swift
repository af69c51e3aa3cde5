import Datasets
import Diagnostics

/// Choosing rows and columns, splitting and preparing. On a split dataset each works on all parts.
enum DatasetStepBuiltins {
  static let all: [Builtin] = choosing + rows + preparing + augmenting

  private static let choosing: [Builtin] = [
    Builtin(
      "target", [.init("data"), .init("column"), .init("as", default: .some(.none))],
      """
      Names the column to predict. Text, truth values and integers are classes, floats are numbers; `as: "number"` or
      `as: "class"` decides otherwise. `y` then holds class ids (`data.classes` names them) or numbers [rows, 1].
      """
    ) { (call) throws(Diagnostic) in
      let name = try call.textArgument(1)
      let reading: Target.Reading =
        call.isLeftOut(2) ? .automatic : try call.choice(2, [("number", .numbers), ("class", .classes)])
      return try call.changed { (data) throws(Diagnostic) in try data.withTarget(name, as: reading) }
    },
    Builtin("select", [.init("data"), .init("columns", variadic: true)], "Only these columns, and the target.") {
      (call) throws(Diagnostic) in
      let names = try call.namesArgument(1) ?? []
      return try call.changed { (data) throws(Diagnostic) in try data.select(names) }
    },
    Builtin("drop", [.init("data"), .init("columns", variadic: true)], "Without these columns.") {
      (call) throws(Diagnostic) in
      let names = try call.namesArgument(1) ?? []
      return try call.changed { (data) throws(Diagnostic) in try data.drop(names) }
    },
  ]

  private static let rows: [Builtin] = [
    Builtin(
      "filter", [.init("data"), .init("keep")],
      "The rows for which keep(row) is true; it sees raw rows: `filter(data, row -> row.age != none)`.",
      for: [.dataset]
    ) { (call) throws(Diagnostic) in
      try call.changed { (data) throws(Diagnostic) in
        try data.filter { (row) throws(Diagnostic) in
          try call.machine.truth(of: try call.callArgument(1, Value(row: row)), at: call.placeSite(1))
        }
      }
    },
    Builtin(
      "map", [.init("data"), .init("change")],
      "New rows: change(row) gives a record. Comes before steps such as `normalize`.", for: [.dataset]
    ) { (call) throws(Diagnostic) in
      try call.changed { (data) throws(Diagnostic) in
        try data.map { (row) throws(Diagnostic) in
          let result = try call.callArgument(1, Value(row: row))
          guard let record = result.object(as: RecordValue.self) else {
            throw .wrongKind(found: result.kindName, expected: "a record from `change`", at: call.place(1))
          }
          var fields: [(name: String, cell: Cell)] = []
          for (name, value) in zip(record.names, record.values) {
            fields.append((name, try call.cellArgument(value, 1)))
          }
          return fields
        }
      }
    },
    Builtin(
      "shuffle", [.init("data"), .init("seed", default: .some(.none))],
      "The rows in random order; `seed: n` makes it depend on n alone.", for: [.dataset]
    ) { (call) throws(Diagnostic) in
      let key = try call.key(seed: 1)
      return try call.changed { (data) throws(Diagnostic) in try data.shuffled(key) }
    },
    Builtin(
      "head", [.init("data"), .init("rows", default: .int(5))],
      "The first rows of a dataset, or of each of its parts.", for: [.dataset]
    ) { (call) throws(Diagnostic) in
      let count = try call.wholeNumber(1)
      return try call.changed { (data) throws(Diagnostic) in try data.head(count) }
    },
    Builtin("rows", [.init("data")], "The number of rows of a dataset or tensor.") { (call) throws(Diagnostic) in
      if let size = call.machine.shape(of: call.arguments[0])?.sizes.first { return .int(size) }
      guard call.arguments[0].object(as: DatasetValue.self) != nil else {
        throw call.wrongKind(0, "a dataset or a tensor with rows")
      }
      return .int(try call.datasetArgument(0).rowCount)
    },
    Builtin("length", [.init("data")], "The number of rows.", for: [.dataset]) { (call) throws(Diagnostic) in
      .int(try call.datasetArgument(0).rowCount)
    },
    Builtin(
      "split",
      [
        .init("data"), .init("train"), .init("validation", default: .some(.none)),
        .init("test", default: .some(.none)), .init("stratified", default: .bool(false)),
        .init("shuffle", default: .bool(true)), .init("groups", default: .some(.none)),
        .init("seed", default: .some(.none)),
      ],
      """
      Cuts a dataset in parts: `split(train: 0.8, validation: 0.1, test: 0.1)`, then `data.train` and so on.
      Rows are drawn at random; `shuffle: false` takes them in order. `stratified: true` keeps the classes in
      proportion, `stratified: "sex"` the values of a column; `groups: "patient"` keeps equal values in one part.
      `seed: n` makes the draw depend on n alone.
      """, for: [.dataset]
    ) { (call) throws(Diagnostic) in try split(call) },
  ]

  private static func split(_ call: BuiltinCall) throws(Diagnostic) -> Value {
    var options = Dataset.SplitOptions(train: try call.dataNumber(1), shuffle: nil)
    if !call.isLeftOut(2) { options.validation = try call.dataNumber(2) }
    if !call.isLeftOut(3) { options.test = try call.dataNumber(3) }
    options.stratifiedBy = try call.stratification(4)
    if !call.isLeftOut(6) { options.groupedBy = try call.textArgument(6) }
    if try call.truthArgument(5) { options.shuffle = try call.key(seed: 7) }
    return try call.changed { (data) throws(Diagnostic) in try data.split(options) }
  }

  private static func step(_ call: BuiltinCall, _ kind: Step.Kind, columns: Int) throws(Diagnostic) -> Value {
    let step = Step(kind, columns: try call.namesArgument(columns), origin: call.stage)
    return try call.changed { (data) throws(Diagnostic) in try data.adding(step) }
  }

  private static let augmenting: [Builtin] = [
    Builtin(
      "augment", [.init("data"), .init("changes", variadic: true)],
      """
      Changes that `train` makes to each example of a batch, one after the other, by new random numbers in each epoch:
      `augment(flip(), crop(28, pad: 2))`. A change is a function of one prepared example (an image [channels, height,
      width]) that gives a new one. Validation, test and `predict` see the rows as they are. `augmented(data, x)` shows
      what it does.
      """
    ) { (call) throws(Diagnostic) in
      let data = try call.datasetArgument(0)
      let changes = try call.listArgument(1)
      for change in changes {
        guard change.isCallable else {
          throw .wrongKind(found: change.kindName, expected: "functions of one example", at: call.place(1))
        }
      }
      return .object(DatasetValue(data, augmentation: call.augmentation(0) + changes))
    },
  ]

  private static let preparing: [Builtin] = [
    Builtin(
      "normalize", [.init("data"), .init("columns", default: .some(.none))],
      """
      Numbers to mean 0 and deviation 1 (population deviation). Without `columns` all numbers but the target; truth
      values and one_hot columns stay 0 and 1. Images: by channel. What is learned comes from the training part.
      """
    ) { (call) throws(Diagnostic) in try step(call, .normalize, columns: 1) },
    Builtin(
      "min_max", [.init("data"), .init("columns", default: .some(.none))],
      "Numbers to the range 0 to 1 of the training part."
    ) { (call) throws(Diagnostic) in try step(call, .minMax, columns: 1) },
    Builtin(
      "scale", [.init("data"), .init("factor"), .init("columns", default: .some(.none))],
      "Numbers times a factor: `scale(1 / 255)` for images."
    ) { (call) throws(Diagnostic) in try step(call, .scale(try call.dataNumber(1)), columns: 2) },
    Builtin(
      "one_hot", [.init("data"), .init("columns", default: .some(.none)), .init("unknown", default: .text("error"))],
      """
      Text columns become one column of 0 and 1 for each of their values, in sorted order: `sex=f`, `sex=m`.
      A value that the training part does not have is an error; with `unknown: "zeros"` none of the columns is set.
      """
    ) { (call) throws(Diagnostic) in
      let unknown: Step.UnknownCategory = try call.choice(2, [("error", .error), ("zeros", .zeros)])
      return try step(call, .oneHot(unknown), columns: 1)
    },
    Builtin(
      "fill_missing",
      [
        .init("data"), .init("strategy", default: .text("mean")), .init("columns", default: .some(.none)),
        .init("value", default: .some(.none)), .init("indicators", default: .bool(false)),
      ],
      """
      Fills missing values: numbers with the "mean", the "median" or the "most_frequent" value of the training part,
      text and truth values always with the most frequent. `fill_missing(value: 0, columns: ["age"])` puts a value of
      yours. `indicators: true` adds a column `age=none` that says where a value was missing, for each column in which the
      training part has gaps.
      """
    ) { (call) throws(Diagnostic) in
      let fill: Step.Fill =
        call.isLeftOut(3)
        ? try call.choice(1, [("mean", .mean), ("median", .median), ("most_frequent", .mostFrequent)])
        : .value(try call.cellArgument(call.arguments[3], 3))
      return try step(call, .fillMissing(fill, indicators: try call.truthArgument(4)), columns: 2)
    },
    Builtin(
      "ordinal", [.init("data"), .init("columns", default: .some(.none)), .init("order", default: .some(.none))],
      """
      Text columns become integers from 0 on, for an `Embedding` or where the values have an order: the positions in
      `order`, such as `ordinal("size", order: ["small", "medium", "large"])`, or else in sorted order. A value that is not
      there is an error.
      """
    ) { (call) throws(Diagnostic) in
      let order = try call.namesArgument(2)?.map(Cell.text)
      return try step(call, .ordinal(order: order), columns: 1)
    },
  ]
}
