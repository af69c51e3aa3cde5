import Diagnostics
import Files
import TensorTypes

/// A preparation as JSON, for the metadata of a model file.
extension Preparation {
  public func json() -> JSON {
    [
      "version": 1,
      "columns": .list(
        inputs.map {
          ["name": .text($0.name), "kind": .text($0.kind.rawValue), "shape": .list($0.rowShape.sizes.map(JSON.int))]
        }),
      "steps": .list(steps.map { $0.json() }),
      "target": target.map { $0.json() } ?? .null,
    ]
  }

  public init(json: JSON) throws(Diagnostic) {
    guard json["version"]?.int == 1 else { throw .preparationDamaged("expected version 1") }
    guard let columns = json["columns"]?.list, let steps = json["steps"]?.list, let target = json["target"] else {
      throw .preparationDamaged("expected columns, steps and target")
    }
    var inputs: [Input] = []
    for column in columns {
      guard let name = column["name"]?.text, let kind = column["kind"]?.text.flatMap(Column.Kind.init(rawValue:)),
        let sizes = column["shape"]?.list?.map(\.int), !sizes.contains(nil),
        case let shape = Shape(sizes.compactMap(\.self)), shape.checkedCount != nil
      else { throw .preparationDamaged("a column without name, kind or shape") }
      inputs.append(Input(name: name, kind: kind, rowShape: shape))
    }
    var fitted: [FittedStep] = []
    for step in steps { fitted.append(try FittedStep(json: step)) }
    self.init(inputs: inputs, steps: fitted, target: target == .null ? nil : try Target(json: target))
    try checkGroups()
  }

  /// A tensor column's numbers must be as many as its row shape has groups, or applying them would go astray.
  private func checkGroups() throws(Diagnostic) {
    var shapes: [String: Shape] = [:]
    for input in inputs where input.kind == .tensor { shapes[input.name] = input.rowShape }
    // What a text becomes is as wide as its vocabulary.
    var texts: Set<String> = []
    for step in steps {
      switch step {
      case .affine(_, let entries):
        for entry in entries where !texts.contains(entry.column) {
          let expected = shapes[entry.column].map { TensorGroups($0).count } ?? 1
          guard entry.shifts.count == expected, entry.factors.count == expected else {
            throw .preparationDamaged(
              "column `\(entry.column)` has \(entry.shifts.count) numbers, expected \(expected)")
          }
        }
      case .image(let change, let columns):
        for name in columns { shapes[name] = try change.shape(of: shapes[name] ?? .scalar, column: name) }
      case .text(let entries): texts.formUnion(entries.map(\.column))
      case .oneHot, .fill, .ordinal, .dates: break
      }
    }
  }
}

extension FittedStep {
  func json() -> JSON {
    switch self {
    case .affine(let name, let entries):
      [
        "step": .text(name),
        "columns": .list(
          entries.map {
            [
              "name": .text($0.column), "shift": .list($0.shifts.map(JSON.number)),
              "factor": .list($0.factors.map(JSON.number)),
            ]
          }),
      ]
    case .oneHot(let entries, let unknown):
      [
        "step": "one_hot", "unknown": .text(unknown.rawValue),
        "columns": .list(entries.map { ["name": .text($0.column), "values": .list($0.values.map { $0.json() })] }),
      ]
    case .fill(let entries, let indicators):
      [
        "step": "fill_missing",
        "columns": .list(entries.map { ["name": .text($0.column), "value": $0.value.json()] }),
        "indicators": .list(indicators.map(JSON.text)),
      ]
    case .ordinal(let entries):
      [
        "step": "ordinal",
        "columns": .list(entries.map { ["name": .text($0.column), "values": .list($0.values.map { $0.json() })] }),
      ]
    case .dates(let names, let dates):
      [
        "step": "date_parts", "columns": .list(names.map(JSON.text)),
        "parts": .list(dates.parts.map { .text($0.rawValue) }),
        "format": dates.format.pattern.map(JSON.text) ?? .null,
        "since": dates.since.map { .text($0.text) } ?? .null,
      ]
    case .image(let change, let columns):
      [
        "step": .text(change.name), "size": .list(change.sizes.map(JSON.int)),
        "columns": .list(columns.map { ["name": .text($0)] }),
      ]
    case .text(let entries):
      ["step": .text(entries.first?.change.name ?? "lower"), "columns": .list(entries.map { $0.json() })]
    }
  }

  init(json: JSON) throws(Diagnostic) {
    guard let step = json["step"]?.text, let columns = json["columns"]?.list else {
      throw .preparationDamaged("a step without name or columns")
    }
    func damaged() -> Diagnostic { .preparationDamaged("the step `\(step)`") }
    switch step {
    case "normalize", "min_max", "scale":
      var entries: [Affine] = []
      for column in columns {
        guard let name = column["name"]?.text, let shifts = column["shift"]?.list?.compactMap(\.number),
          let factors = column["factor"]?.list?.compactMap(\.number)
        else { throw damaged() }
        entries.append(Affine(column: name, shifts: shifts, factors: factors))
      }
      self = .affine(name: step, entries)
    case "one_hot":
      guard let unknown = json["unknown"]?.text.flatMap(Step.UnknownCategory.init(rawValue:)) else { throw damaged() }
      var entries: [Categories] = []
      for column in columns {
        guard let name = column["name"]?.text, let values = column["values"]?.list else { throw damaged() }
        entries.append(Categories(column: name, values: values.map(Cell.init(json:))))
      }
      self = .oneHot(entries, unknown: unknown)
    case "fill_missing":
      var entries: [Filled] = []
      for column in columns {
        guard let name = column["name"]?.text, let value = column["value"], value != .null else { throw damaged() }
        entries.append(Filled(column: name, value: Cell(json: value)))
      }
      guard let indicators = json["indicators"]?.list else { throw damaged() }
      self = .fill(entries, indicators: indicators.compactMap(\.text))
    case "ordinal":
      var entries: [Categories] = []
      for column in columns {
        guard let name = column["name"]?.text, let values = column["values"]?.list else { throw damaged() }
        entries.append(Categories(column: name, values: values.map(Cell.init(json:))))
      }
      self = .ordinal(entries)
    case "date_parts":
      let parts = json["parts"]?.list?.map { $0.text.flatMap(CalendarDate.Part.init(rawValue:)) } ?? [nil]
      guard !parts.contains(nil), columns.allSatisfy({ $0.text != nil }) else { throw damaged() }
      var dates = Dates(parts: parts.compactMap(\.self), format: try DateFormat(json["format"]?.text))
      if let since = json["since"]?.text { dates.since = try CalendarDate(given: since) }
      self = .dates(columns.compactMap(\.text), dates)
    case "resize", "centre_crop", "to_grey", "to_rgb":
      let sizes = json["size"]?.list?.compactMap(\.int) ?? []
      let names = columns.compactMap { $0["name"]?.text }
      guard let change = ImageChange(name: step, sizes: sizes), names.count == columns.count else { throw damaged() }
      self = .image(change, columns: names)
    case _ where TextChange.names.contains(step):
      var entries: [TextEntry] = []
      for column in columns {
        guard let entry = TextEntry(step: step, json: column) else { throw damaged() }
        entries.append(entry)
      }
      self = .text(entries)
    default: throw damaged()
    }
  }
}

extension ImageChange {
  fileprivate var sizes: [Int] {
    switch self {
    case .resize(let size), .centreCrop(let size): [size.height, size.width]
    case .channels: []
    }
  }

  fileprivate init?(name: String, sizes: [Int]) {
    let size = sizes.count == 2 ? ImageSize(height: sizes[0], width: sizes[1]) : nil
    switch (name, size) {
    case ("resize", let size?): self = .resize(size)
    case ("centre_crop", let size?): self = .centreCrop(size)
    case ("to_grey", nil): self = .channels(1)
    case ("to_rgb", nil): self = .channels(3)
    default: return nil
    }
  }
}

extension Target {
  func json() -> JSON {
    switch meaning {
    case .classes(let classes):
      ["column": .text(column), "meaning": "classes", "classes": .list(classes.map { $0.json() })]
    case .numbers: ["column": .text(column), "meaning": "numbers"]
    case .tensors: ["column": .text(column), "meaning": "tensors"]
    }
  }

  init(json: JSON) throws(Diagnostic) {
    guard let column = json["column"]?.text else { throw .preparationDamaged("the target has no column") }
    switch json["meaning"]?.text {
    case "classes":
      guard let classes = json["classes"]?.list else { throw .preparationDamaged("the target has no classes") }
      self.init(column: column, reading: .classes, meaning: .classes(classes.map(Cell.init(json:))))
    case "numbers": self.init(column: column, reading: .numbers, meaning: .numbers)
    case "tensors": self.init(column: column, meaning: .tensors)
    default: throw .preparationDamaged("the target's meaning")
    }
  }
}

extension Cell {
  /// Integers and floats stay apart: a float is written with a point or exponent.
  func json() -> JSON {
    switch self {
    case .missing, .tensor, .list: .null
    case .truth(let value): .bool(value)
    case .integer(let value): .int(value)
    case .float(let value): .number(value)
    case .text(let value): .text(value)
    }
  }

  init(json: JSON) {
    switch json {
    case .bool(let value): self = .truth(value)
    case .int(let value): self = .integer(value)
    case .number(let value): self = .float(value)
    case .text(let value): self = .text(value)
    case .null, .list, .object: self = .missing
    }
  }
}
