import Diagnostics
import TensorRuntime

/// Datasets whose rows are made batch by batch. Steps learn from a sample of the training part.
extension Dataset {
  /// The rows of a file; see `RowStream`.
  public static func stream(_ rows: RowStream) throws(Diagnostic) -> Dataset {
    let sample = try rows.sample()
    let learner = Learner(steps: [], source: sample, target: nil)
    return Dataset(try sample.taking([]), target: nil, learner: learner, role: .whole, source: rows)
  }

  /// Windows over tokens, with each one's next token as target. `preparation`: what turned texts into the tokens.
  public static func windows(_ windows: TokenWindows, preparation: Preparation? = nil) throws(Diagnostic) -> Dataset {
    let sample = try windows.sample()
    let target = Target(column: TokenWindows.targetName, meaning: .tensors)
    let learner =
      preparation.map { Learner($0, source: sample) } ?? Learner(steps: [], source: sample, target: target)
    return Dataset(try sample.taking([]), target: target, learner: learner, role: .whole, source: windows)
  }

  /// Windows over ids that came without the texts.
  public var isPlainWindows: Bool { source is TokenWindows && !learner.isFixed }

  /// Raw rows of a stream that a model is to see: prepared as its training data was.
  public func prepared(with preparation: Preparation) -> Dataset {
    // Windows hold ids already.
    if source is TokenWindows { return self }
    let learner = Learner(preparation, source: learner.source)
    let target = preparation.target.flatMap { learner.source.position(of: $0.column) == nil ? nil : $0 }
    return Dataset(table, target: target, learner: learner, role: .held, source: source)
  }

  /// Parts of which some are streamed. Each file has found its columns' kinds itself.
  static func joinedStreams(_ given: [(name: String, dataset: Dataset)]) throws(Diagnostic) -> Dataset {
    let train = given[0].dataset
    let learner = Learner(steps: [], source: train.learner.source, target: train.target)
    let parts = given.map { name, dataset in
      Part(
        name: name,
        dataset: Dataset(
          dataset.table, target: train.target, learner: learner, role: name == "train" ? .train : .held,
          source: dataset.source))
    }
    return Dataset(try train.table.taking([]), parts: parts, target: train.target, learner: learner, role: .whole)
  }

  /// The first rows (of each part) in memory; `x` stays what it was for these rows.
  func streamedHead(_ count: Int) throws(Diagnostic) -> Dataset {
    if let source {
      let rows = try source.head(count).keeping(table.names)
      // Windows hold ids already.
      if source is TokenWindows || (steps.isEmpty && role != .held) {
        return Dataset(rows, target: target, learner: Learner(steps: [], source: rows, target: target), role: role)
      }
      return Dataset(rows, target: target, learner: learner, role: role)
    }
    var heads: [Part] = []
    for part in parts { heads.append(Part(name: part.name, dataset: try part.dataset.streamedHead(count))) }
    return Dataset(table, parts: heads, target: target, learner: learner, role: role)
  }

  /// Blocks of rows, or windows, fall whole in one part.
  func split(
    _ source: any RowSource, _ wanted: [(name: String, fraction: Double)], _ options: SplitOptions
  ) throws(Diagnostic) -> Dataset {
    if let column = options.stratifiedBy { throw .streamedStratified(column) }
    if let column = options.groupedBy { throw .streamedGroups(column) }
    if let windows = source as? TokenWindows, windows.isOverlapping { throw .splitSharedTokens() }
    let units = source.unitCount
    let order = options.shuffle.map { RandomNumbers($0).permutation(units) } ?? Array(0..<units)
    let shares = Dataset.consecutive(order, wanted.map(\.fraction))
    for (part, units) in zip(wanted, shares) where units.isEmpty {
      throw .streamedSplitEmpty(part.name, blocks: source.unitCount)
    }
    // In the order of the file, which is the fastest to read.
    let sources = shares.map { source.choosing($0.sorted()) }
    var learner = self.learner
    if role != .held, !learner.isFixed {
      learner = Learner(steps: steps, source: try sources[0].sample().keeping(table.names), target: target)
    }
    let parts = zip(wanted, sources).map { wanted, source in
      Part(
        name: wanted.name,
        dataset: Dataset(
          table, target: target, learner: learner, role: wanted.name == "train" ? .train : .held, source: source))
    }
    return Dataset(table, parts: parts, target: target, learner: learner, role: .whole)
  }
}

extension Dataset {
  /// Windows over the ids of each part, text after text. The preparation of the texts stays that of the model.
  public func tokenWindows(length: Int, stride: Int, random: Int?) throws(Diagnostic) -> Dataset {
    try requireTable("token_windows")
    let preparation = try preparation()
    func windows(_ table: Table) throws(Diagnostic) -> TokenWindows {
      let prepared = try preparation.prepared(table)
      guard let column = prepared.columns.first, prepared.columns.count == 1, case .ids(let rows, _) = column.cells
      else {
        throw .tokensNotIds(prepared.columns.map { "`\($0.name)` with \($0.kind.words)" }.joined(separator: ", "))
      }
      return try TokenWindows(try .list(rows), length: length, stride: stride, random: random)
    }
    guard isSplit else { return try .windows(try windows(table), preparation: preparation) }
    var newParts: [Part] = []
    for part in parts {
      let whole = try Dataset.windows(try windows(part.dataset.table), preparation: preparation)
      let dataset = Dataset(
        whole.table, target: whole.target, learner: whole.learner, role: part.dataset.role, source: whole.source)
      newParts.append(Part(name: part.name, dataset: dataset))
    }
    guard let first = newParts.first?.dataset else { throw .emptyDataset("token_windows") }
    return Dataset(first.table, parts: newParts, target: first.target, learner: first.learner, role: .whole)
  }
}
