import Diagnostics
import TensorRuntime
import TensorTypes

/// Rows with a target and preparation steps, whole or split in named parts. Immutable: every operation makes a new one.
///
/// Rows are raw: `table`, `filter` and `map` never see a step's result. Tensors are prepared: `x` and `y` are what a
/// network sees. Steps are only recorded; they learn their numbers when `x` is first asked for, from the training part
/// of a split dataset (also when the split comes after the step) and from all rows of a whole one.
public final class Dataset {
  public struct Part {
    public let name: String
    public let dataset: Dataset
  }

  /// Which rows later steps may learn from.
  enum Role {
    /// A whole dataset: from its own rows.
    case whole
    /// The training part: from its own rows.
    case train
    /// A part held back: from the training part's rows.
    case held
  }

  /// The raw rows; none when the dataset is split or streamed.
  public let table: Table
  /// Empty when the dataset is whole.
  public let parts: [Part]
  public let target: Target?
  let learner: Learner
  let role: Role
  /// Where the rows of a streamed dataset come from.
  let source: (any RowSource)?
  private var preparedX: Tensor?
  private var preparedY: Tensor?

  init(
    _ table: Table, parts: [Part] = [], target: Target?, learner: Learner, role: Role, source: (any RowSource)? = nil
  ) {
    self.table = table
    self.parts = parts
    self.target = target
    self.learner = learner
    self.role = role
    self.source = source
  }

  /// A whole dataset without target and steps.
  public convenience init(_ table: Table) {
    self.init(table, target: nil, learner: Learner(steps: [], source: table, target: nil), role: .whole)
  }

  /// The rows are not in memory: a network gets them batch by batch.
  public var isStreamed: Bool { source != nil || parts.contains { $0.dataset.source != nil } }
  public var isSplit: Bool { !parts.isEmpty }
  public var steps: [Step] { learner.steps }
  /// Raw columns, the target included.
  public var columnNames: [String] { parts.first?.dataset.table.names ?? table.names }
  public var rowCount: Int {
    isSplit ? parts.reduce(0) { $0 + $1.dataset.rowCount } : source?.rowCount ?? table.rowCount
  }
  /// Of a target that is a class, in the order of their ids.
  public var classes: [Cell]? { target?.classes }

  public func part(_ name: String) throws(Diagnostic) -> Dataset {
    guard let part = parts.first(where: { $0.name == name }) else {
      throw .noPart(name, parts: parts.map(\.name))
    }
    return part.dataset
  }

  /// The preparation with its learned numbers.
  public func preparation() throws(Diagnostic) -> Preparation { try learner.preparation() }

  /// What is odd about the rows that the steps learn from, and no error: columns without variation that one spreads.
  public func doubts() -> [Diagnostic] {
    steps.compactMap { step in
      let names = step.constantColumns(in: learner.source, target: target?.column)
      return names.isEmpty ? nil : Diagnostic.constantColumns(names, step: step.name).located(at: step.origin)
    }
  }

  /// The network's input: f32 [rows, columns], or the tensor column.
  public func x() throws(Diagnostic) -> Tensor {
    try requireWhole("x")
    if let preparedX { return preparedX }
    if let source { return try all(source).x }
    let result = try preparation().features(of: table)
    preparedX = result
    return result
  }

  /// Class ids i64 [rows], numbers f32 [rows, 1], or the tensor column.
  public func y() throws(Diagnostic) -> Tensor {
    try requireWhole("y")
    if let preparedY { return preparedY }
    guard let target else { throw .noTarget("y") }
    if let source, let y = try all(source).y { return y }
    let result = try target.values(in: table)
    preparedY = result
    return result
  }

  /// All rows of a stream, where they fit in memory.
  private func all(_ source: any RowSource) throws(Diagnostic) -> (x: Tensor, y: Tensor?) {
    guard source.rowCount > 0 else { throw .emptyDataset("stream") }
    return try source.pass(nil, try preparation()).examples(0..<source.rowCount)
  }

  /// The columns as the steps leave them, the target included.
  public func preparedTable() throws(Diagnostic) -> Table {
    try requireWhole("describe")
    try requireTable("describe")
    guard !steps.isEmpty else { return table }
    let prepared = try preparation().prepared(table)
    guard let target else { return prepared }
    return Table(prepared.columns + [try table.column(target.column)], rowCount: table.rowCount)
  }

  /// For what needs all rows in memory.
  func requireTable(_ what: String) throws(Diagnostic) {
    if isStreamed { throw .streamed(what) }
  }

  func requireWhole(_ what: String) throws(Diagnostic) {
    if isSplit { throw .alreadySplit(what, parts: parts.map(\.name)) }
  }
}

/// Steps and the rows that they learn from, shared by all parts of a dataset.
final class Learner {
  let steps: [Step]
  let source: Table
  let target: Target?
  /// What it knows was learned elsewhere, and does not follow the rows.
  let isFixed: Bool
  private var fitted: Preparation?

  init(steps: [Step], source: Table, target: Target?) {
    self.steps = steps
    self.source = source
    self.target = target
    isFixed = false
  }

  /// What was learned elsewhere.
  init(_ preparation: Preparation, source: Table) {
    steps = []
    self.source = source
    target = preparation.target
    isFixed = true
    fitted = preparation
  }

  func preparation() throws(Diagnostic) -> Preparation {
    if let fitted { return fitted }
    let result = try Preparation.fit(steps, to: source, target: target)
    fitted = result
    return result
  }
}
