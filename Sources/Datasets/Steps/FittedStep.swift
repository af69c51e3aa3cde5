import Diagnostics

/// A step that knows its numbers: applied to any rows without looking at them.
public enum FittedStep: Sendable, Equatable {
  case affine(name: String, [Affine])
  case oneHot([Categories], unknown: Step.UnknownCategory)
  /// `indicators`: the columns whose missing values are also marked.
  case fill([Filled], indicators: [String])
  case ordinal([Categories])
  case dates([String], Dates)
  case image(ImageChange, columns: [String])
  case text([TextEntry])

  /// v becomes (v - shift) * factor. Tensor columns: see `TensorGroups` for which elements share an entry.
  public struct Affine: Sendable, Equatable {
    public var column: String
    public var shifts: [Double]
    public var factors: [Double]
  }

  public struct Categories: Sendable, Equatable {
    public var column: String
    public var values: [Cell]
  }

  public struct TextEntry: Sendable, Equatable {
    public var column: String
    public var change: TextChange
  }

  public struct Filled: Sendable, Equatable {
    public var column: String
    public var value: Cell
  }

  public struct Dates: Sendable, Equatable {
    public var parts: [CalendarDate.Part]
    public var format: DateFormat
    public var since: CalendarDate? = nil
  }

  func apply(to table: Table) throws(Diagnostic) -> Table {
    var replacements: [String: [Column]] = [:]
    switch self {
    case .affine(_, let entries):
      for entry in entries { replacements[entry.column] = [try entry.apply(to: try table.column(entry.column))] }
    case .oneHot(let entries, let unknown):
      for entry in entries {
        replacements[entry.column] = try entry.apply(to: try table.column(entry.column), unknown: unknown)
      }
    case .fill(let entries, let indicators):
      for entry in entries {
        let column = try table.column(entry.column)
        replacements[entry.column] = [try entry.apply(to: column)]
        if indicators.contains(entry.column) {
          let flags = (0..<column.count).map(column.isMissing)
          replacements[entry.column]?.append(Column("\(entry.column)=none", .truths(flags)))
        }
      }
    case .ordinal(let entries):
      for entry in entries { replacements[entry.column] = [try entry.positions(in: try table.column(entry.column))] }
    case .dates(let names, let dates):
      for name in names {
        let column = try table.column(name)
        replacements[name] = []
        for part in dates.parts {
          replacements[name]?.append(try column.dateParts(part, dates.format, since: dates.since))
        }
      }
    case .image(let change, let columns):
      for name in columns { replacements[name] = [try change.apply(to: try table.column(name))] }
    case .text(let entries):
      for entry in entries {
        replacements[entry.column] = [try entry.change.apply(to: try table.column(entry.column))]
      }
    }
    return table.replacing(replacements)
  }
}

extension FittedStep.Affine {
  func apply(to column: Column) throws(Diagnostic) -> Column {
    let shift = shifts.first ?? 0
    let factor = factors.first ?? 1
    switch column.cells {
    case .floats(let values): return Column(column.name, .floats(values.map { ($0 - shift) * factor }))
    case .integers: return try apply(to: column.widened())
    case .tensors(let rows):
      // What a model file says was learned may not be what its text steps give.
      let groups = TensorGroups(rows.rowShape).count
      guard shifts.count == groups, factors.count == groups else {
        throw .preparationDamaged("column `\(column.name)` has \(shifts.count) numbers, expected \(groups)")
      }
      return Column(column.name, .tensors(try rows.scaled(shifts: shifts, factors: factors)))
    case .truths, .texts, .tokens, .ids: return column
    }
  }
}

extension FittedStep.Categories {
  func apply(to column: Column, unknown: Step.UnknownCategory) throws(Diagnostic) -> [Column] {
    var set = [[Bool]](repeating: [Bool](repeating: false, count: column.count), count: values.count)
    for (row, position) in try positions(of: column, step: "one_hot").enumerated() {
      if let position {
        set[position][row] = true
      } else if unknown == .error {
        throw unknownCategory(column, row)
      }
    }
    return zip(values, set).map { Column("\(column.name)=\($0.description)", .truths($1)) }
  }

  /// The column with the positions of its values.
  func positions(in column: Column) throws(Diagnostic) -> Column {
    var result: [Int] = []
    for (row, position) in try positions(of: column, step: "ordinal").enumerated() {
      guard let position else { throw unknownCategory(column, row) }
      result.append(position)
    }
    return Column(column.name, .integers(result))
  }

  /// Nil where a value is not among those known.
  private func positions(of column: Column, step: String) throws(Diagnostic) -> [Int?] {
    let positions = Dictionary(values.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    if let row = (0..<column.count).first(where: column.isMissing) {
      throw .missingCategory(column.name, row: row, count: column.missingCount, step: step)
    }
    return (0..<column.count).map { positions[column.cell($0)] }
  }

  private func unknownCategory(_ column: Column, _ row: Int) -> Diagnostic {
    .unknownCategory(column.cell(row).description, column: column.name, row: row, known: values.map(\.description))
  }
}

extension FittedStep.Filled {
  func apply(to column: Column) throws(Diagnostic) -> Column {
    guard column.missingCount > 0 else {
      // The kind must not depend on whether these rows happen to be complete.
      if case .float = value { return column.widened() }
      return column
    }
    switch (column.cells, value) {
    case (.floats(let values), .float(let fill)):
      return Column(column.name, .floats(values.map { $0.isNaN ? fill : $0 }))
    case (.floats(let values), .integer(let fill)):
      return Column(column.name, .floats(values.map { $0.isNaN ? Double(fill) : $0 }))
    case (.integers, .float): return try apply(to: column.widened())
    case (.integers(let values), .integer(let fill)):
      return Column(column.name, .integers(filled(values, column.missing, fill)))
    case (.truths(let values), .truth(let fill)):
      return Column(column.name, .truths(filled(values, column.missing, fill)))
    case (.texts(let values), .text(let fill)): return Column(column.name, .texts(filled(values, column.missing, fill)))
    default: throw .fillKind(column.name, kind: column.kind.words, value: value.description)
    }
  }

  private func filled<T>(_ values: [T], _ missing: [Bool], _ fill: T) -> [T] {
    zip(values, missing).map { $1 ? fill : $0 }
  }
}
