import Diagnostics

/// Cross-validation on rows: each fold learns its steps from its own training part.
extension Dataset {
  /// `k` times the dataset split in `train` and `test`; each row is in the test part of one.
  public func folds(
    _ k: Int, stratifiedBy: String? = nil, groupedBy: String? = nil, shuffle: RandomKey?
  ) throws(Diagnostic) -> [Dataset] {
    try requireTable("folds")
    try requireFoldable(k, limit: rowCount)
    let share = [Double](repeating: 1 / Double(k), count: k)
    let parts = try dealt(share, stratifiedBy: stratifiedBy, groupedBy: groupedBy, shuffle: shuffle)
    var result: [Dataset] = []
    for test in parts.indices {
      let train = parts.indices.filter { $0 != test }.flatMap { parts[$0] }
      result.append(try fold(train: train, test: parts[test]))
    }
    return result
  }

  /// Rows in time order in k + 1 blocks: fold i trains on the blocks up to i and tests on the next, so that nothing
  /// later than a test row is known in training.
  public func forwardFolds(_ k: Int) throws(Diagnostic) -> [Dataset] {
    try requireTable("folds")
    try requireFoldable(k, limit: rowCount - 1)
    if table.order == .windows { throw .splitAfterWindows() }
    var result: [Dataset] = []
    for index in 1...k {
      let (start, end) = (index * rowCount / (k + 1), (index + 1) * rowCount / (k + 1))
      result.append(try fold(train: Array(0..<start), test: Array(start..<end)))
    }
    return result
  }

  private func requireFoldable(_ k: Int, limit: Int) throws(Diagnostic) {
    if isSplit { throw .splitTwice(parts: parts.map(\.name)) }
    guard k >= 2, k <= limit else { throw .foldCount(k, rows: rowCount) }
  }

  private func fold(train: [Int], test: [Int]) throws(Diagnostic) -> Dataset {
    guard !train.isEmpty, !test.isEmpty else { throw .splitEmptyPart(test.isEmpty ? "test" : "train", rows: rowCount) }
    let training = try table.taking(train)
    return try Dataset.split(
      [("train", training), ("test", try table.taking(test))], training: training, target: target, steps: steps,
      empty: table)
  }
}
