import Datasets
import Diagnostics
import ModelFiles
import TensorRuntime

/// Data from files and from values of the program.
enum DatasetReadingBuiltins {
  static let all: [Builtin] = [
    Builtin(
      "csv",
      [
        .init("file"), .init("separator", default: .some(.none)), .init("header", default: .some(.none)),
        .init("quotes", default: .some(.none)), .init("missing", default: .some(.none)),
      ],
      """
      A table from a text file (also .gz): `csv("people.csv")`.
      Separator (`,` `;` tab `|`), header and the kinds of the columns are found out unless given: `separator: ";"`,
      `header: false`. Empty cells and NA, NaN, null, none and ? are missing values; `missing: ["-"]` names other words.
      """
    ) { (call) throws(Diagnostic) in
      var options = CSVOptions()
      if !call.isLeftOut(1) { options.separator = try call.separator(1) }
      if !call.isLeftOut(2) { options.header = try call.truthArgument(2) }
      if !call.isLeftOut(3) { options.quotes = try call.truthArgument(3) }
      if let missing = try call.namesArgument(4) { options.missing = missing }
      let path = try call.textArgument(0)
      return .object(
        DatasetValue(Dataset(try call.onData { () throws(Diagnostic) in try CSV.read(path, options: options) })))
    },
    Builtin(
      "idx", [.init("images"), .init("labels", default: .some(.none))],
      """
      Images and labels from idx files (also .gz), as MNIST has them: column `image` [1, height, width], target `label`.
      The values are 0 to 255; `scale(1 / 255)` makes them 0 to 1.
      """
    ) { (call) throws(Diagnostic) in
      let images = try call.textArgument(0)
      let labels = call.isLeftOut(1) ? nil : try call.textArgument(1)
      return .object(
        DatasetValue(
          try call.onData { () throws(Diagnostic) in
            let data = Dataset(try IDX.read(images: images, labels: labels))
            return labels == nil ? data : try data.withTarget("label")
          }))
    },
    Builtin(
      "txt", [.init("file"), .init("keep_ends", default: .bool(false))],
      """
      The lines of a text file (also .gz) as rows of one column, `text`. Empty lines are left out; `keep_ends: true` keeps
      them all, and the line break at the end of each.
      """
    ) { (call) throws(Diagnostic) in
      let path = try call.textArgument(0)
      let keepEnds = try call.truthArgument(1)
      return .object(
        DatasetValue(
          Dataset(try call.onData { () throws(Diagnostic) in try TextRows.lines(path, keepEnds: keepEnds) })))
    },
    Builtin(
      "jsonl", [.init("file")],
      """
      A table from lines of JSON (also .gz): one object a line, its members are the columns. null and members that are
      not there are missing values.
      """
    ) { (call) throws(Diagnostic) in
      let path = try call.textArgument(0)
      return .object(DatasetValue(Dataset(try call.onData { () throws(Diagnostic) in try JSONLines.read(path) })))
    },
    Builtin(
      "text_folder", [.init("folder")],
      """
      The files of a folder as rows of a column `text`. Where it holds folders, each is a class, and `label` is the
      target.
      """
    ) { (call) throws(Diagnostic) in
      let path = try call.textArgument(0)
      return .object(
        DatasetValue(
          try call.onData { () throws(Diagnostic) in
            let data = Dataset(try TextRows.folder(path))
            return data.columnNames.contains("label") ? try data.withTarget("label") : data
          }))
    },
    Builtin("npy", [.init("file")], "The tensor in a NumPy file (.npy).") { (call) throws(Diagnostic) in
      let path = try call.textArgument(0)
      let tensor = try call.onData { () throws(Diagnostic) in try NPY.read(path) }
      return .object(TensorValue(tensor, origin: call.site.span))
    },
    Builtin("save_npy", [.init("x"), .init("file")], "Writes a tensor as a NumPy file (.npy).") {
      (call) throws(Diagnostic) in
      let tensor = try call.dataTensor(0)
      let path = try call.textArgument(1)
      try call.onData { () throws(Diagnostic) in try NPY.write(path, tensor) }
      return .none
    },
    Builtin(
      "dataset",
      [
        .init("x", default: .some(.none)), .init("y", default: .some(.none)), .init("train", default: .some(.none)),
        .init("validation", default: .some(.none)), .init("test", default: .some(.none)),
      ],
      """
      A dataset from two tensors, `dataset(x, y)`, from columns by name, `dataset({age: [20, 30], sex: ["f", "m"]})`,
      from a list of records, or from parts that came separately, `dataset(train: a, test: b)`.
      """
    ) { (call) throws(Diagnostic) in
      .object(DatasetValue(try made(call), augmentation: call.augmentation(2)))
    },
  ]

  private static func made(_ call: BuiltinCall) throws(Diagnostic) -> Dataset {
    if !call.isLeftOut(2) {
      let train = try call.datasetArgument(2)
      let validation = call.isLeftOut(3) ? nil : try call.datasetArgument(3)
      let test = call.isLeftOut(4) ? nil : try call.datasetArgument(4)
      return try call.onData { () throws(Diagnostic) in
        try Dataset.joined(train: train, validation: validation, test: test)
      }
    }
    switch call.arguments[0] {
    case .object(let record as RecordValue): return try fromColumns(record, call)
    case .object(let list as ListValue): return try fromRows(list.elements, call)
    case .object(is TensorValue):
      let x = try call.dataTensor(0)
      let y = call.isLeftOut(1) ? nil : try call.dataTensor(1)
      return try call.onData { () throws(Diagnostic) in try Dataset.from(x: x, y: y) }
    default: throw call.wrongKind(0, "tensors x and y, a record of columns, a list of records, or `train:` and `test:`")
    }
  }

  private static func fromColumns(_ record: RecordValue, _ call: BuiltinCall) throws(Diagnostic) -> Dataset {
    var columns: [Column] = []
    for (name, value) in zip(record.names, record.values) {
      switch value {
      case .object(let tensor as TensorValue):
        columns.append(try call.onData { () throws(Diagnostic) in try Column.from(name, tensor.tensor) })
      case .object(let list as ListValue):
        var cells: [Cell] = []
        for element in list.elements { cells.append(try call.cellArgument(element, 0)) }
        columns.append(try call.onData { () throws(Diagnostic) in try Column.make(name, cells) })
      default:
        throw .wrongKind(found: value.kindName, expected: "a list or tensor for column `\(name)`", at: call.place(0))
      }
    }
    return Dataset(try call.onData { () throws(Diagnostic) in try Table(columns: columns) })
  }

  private static func fromRows(_ rows: [Value], _ call: BuiltinCall) throws(Diagnostic) -> Dataset {
    var names: [String] = []
    var cells: [[Cell]] = []
    for (index, row) in rows.enumerated() {
      guard let record = row.object(as: RecordValue.self) else {
        throw .wrongKind(found: row.kindName, expected: "records", at: call.place(0))
      }
      if index == 0 {
        names = record.names
        cells = Array(repeating: [], count: names.count)
      }
      guard record.names == names else {
        throw Diagnostic.unevenRows(row: index, found: record.names, expected: names).located(at: call.stage)
      }
      for (position, value) in record.values.enumerated() { cells[position].append(try call.cellArgument(value, 0)) }
    }
    var columns: [Column] = []
    for (name, cells) in zip(names, cells) {
      columns.append(try call.onData { () throws(Diagnostic) in try Column.make(name, cells) })
    }
    return Dataset(try call.onData { () throws(Diagnostic) in try Table(columns: columns) })
  }
}
