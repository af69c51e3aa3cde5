import Diagnostics
import TensorRuntime
import TensorTypes

/// All that turns raw rows into what a network sees, with the numbers learned from the training part. Travels with the
/// model.
public struct Preparation: Sendable, Equatable {
  /// A raw column that the preparation starts from.
  public struct Input: Sendable, Equatable {
    public var name: String
    public var kind: Column.Kind
    /// Of tensor columns: the shape of one row.
    public var rowShape: Shape
    public init(name: String, kind: Column.Kind, rowShape: Shape = .scalar) {
      self.name = name
      self.kind = kind
      self.rowShape = rowShape
    }
  }

  /// In order, without the target.
  public let inputs: [Input]
  public let steps: [FittedStep]
  public let target: Target?

  init(inputs: [Input], steps: [FittedStep], target: Target?) {
    self.inputs = inputs
    self.steps = steps
    self.target = target
  }

  /// Learns the steps one after the other from the rows of `table`.
  static func fit(_ steps: [Step], to table: Table, target: Target?) throws(Diagnostic) -> Preparation {
    let inputs = table.columns.filter { $0.name != target?.column }.map { column in
      if case .tensors(let rows) = column.cells {
        Input(name: column.name, kind: .tensor, rowShape: rows.rowShape)
      } else {
        Input(name: column.name, kind: column.kind)
      }
    }
    var fitted: [FittedStep] = []
    var current = table
    for (index, step) in steps.enumerated() {
      let next = try step.fit(to: current, target: target?.column)
      fitted.append(next)
      if index < steps.count - 1 {
        do throws(Diagnostic) { current = try next.apply(to: current) } catch { throw error.located(at: step.origin) }
      }
    }
    return Preparation(inputs: inputs, steps: fitted, target: target)
  }

  /// The raw columns of `table`, prepared; its other columns, the target included, are left out.
  public func prepared(_ table: Table) throws(Diagnostic) -> Table {
    var columns: [Column] = []
    for input in inputs { columns.append(try input.column(in: table)) }
    var result = Table(columns, rowCount: table.rowCount)
    for step in steps { result = try step.apply(to: result) }
    return result
  }

  /// `x`: the network's input for these raw rows.
  public func features(of table: Table) throws(Diagnostic) -> Tensor {
    try Features.tensor(of: try prepared(table), target: target?.column)
  }

  /// `y`: class ids [rows], numbers [rows, 1], or a tensor column as it is.
  public func targets(of table: Table) throws(Diagnostic) -> Tensor {
    guard let target else { throw .noTarget("y") }
    return try target.values(in: table)
  }

  /// Rows given as named cells. Other names, such as the target's, are ignored.
  public func table(of records: [[(name: String, cell: Cell)]]) throws(Diagnostic) -> Table {
    var columns: [Column] = []
    for input in inputs {
      var cells: [Cell] = []
      for record in records {
        guard let cell = record.first(where: { $0.name == input.name })?.cell else {
          let names = record.map(\.name)
          throw .preparedInputMissing(input.name, found: names)
        }
        cells.append(cell)
      }
      columns.append(try Column.make(input.name, cells))
    }
    return Table(columns, rowCount: records.count)
  }
}

extension Preparation.Input {
  /// Integers and floats stand for each other; a column without any value fits every kind.
  func column(in table: Table) throws(Diagnostic) -> Column {
    guard let position = table.position(of: name) else {
      throw .preparedInputMissing(name, found: table.names)
    }
    let column = table.columns[position]
    switch (kind, column.kind) {
    case (.tensor, .tensor):
      if case .tensors(let rows) = column.cells, rows.rowShape != rowShape {
        throw .preparedInputShape(name, expected: rowShape.description, found: rows.rowShape.description)
      }
      return column
    case (let expected, let found) where expected == found: return column
    case (.float, .integer), (.integer, .float): return column.widened()
    case _ where column.missingCount == column.count && kind != .tensor:
      return Column.allMissing(name, kind, column.count)
    default: throw .preparedInputKind(name, expected: kind.words, found: column.kind.words)
    }
  }
}

extension Preparation {
  /// That of the first step which has one.
  public var vocabulary: Vocabulary? {
    for case .text(let entries) in steps {
      for case .encode(let vocabulary) in entries.map(\.change) { return vocabulary }
    }
    return nil
  }

  /// Rows of the only raw column.
  public func table(ofTexts texts: [String]) -> Table {
    Table([Column(onlyText ?? "", .texts(texts))], rowCount: texts.count)
  }

  /// The only raw column, when it holds text: a text alone is then a row.
  public var onlyText: String? {
    guard inputs.count == 1, let input = inputs.first, input.kind == .text else { return nil }
    return input.name
  }
}
