import Datasets
import Diagnostics
import SourceText
import TensorRuntime

/// Drawing rows, folds, windows over a series.
enum DatasetSamplingBuiltins {
  static let all: [Builtin] = [
    Builtin(
      "sample",
      [
        .init("data"), .init("rows", default: .some(.none)), .init("fraction", default: .some(.none)),
        .init("replace", default: .bool(false)), .init("weights", default: .some(.none)),
        .init("seed", default: .some(.none)),
      ],
      """
      Rows drawn at random from a dataset, or from each of its parts: `sample(rows: 100)`, `sample(fraction: 0.1)`.
      `replace: true` may draw a row again; `weights: "column"` draws in proportion to a column of numbers from 0 on;
      `seed: n` makes the draw depend on n alone.
      """
    ) { (call) throws(Diagnostic) in
      guard call.isLeftOut(1) != call.isLeftOut(2) else { throw .sampleSize(at: call.stage) }
      let size: Dataset.SampleSize =
        call.isLeftOut(2) ? .rows(try call.wholeNumber(1)) : .fraction(try call.dataNumber(2))
      let replace = try call.truthArgument(3)
      let weights = call.isLeftOut(4) ? nil : try call.textArgument(4)
      let key = try call.key(seed: 5)
      return try call.changed { (data) throws(Diagnostic) in
        try data.sampled(size, replace: replace, weights: weights, key: key)
      }
    },
    Builtin(
      "balance",
      [
        .init("data"), .init("how", default: .text("over")), .init("by", default: .some(.none)),
        .init("seed", default: .some(.none)),
      ],
      """
      As many training rows of each class: "over" draws rows of the smaller classes again, "under" leaves out rows of
      the larger ones. `by` names another column than the target. The parts held back stay as they are, and steps learn
      from the training rows as they were.
      """
    ) { (call) throws(Diagnostic) in
      let how: Dataset.Balance = try call.choice(1, Dataset.Balance.allCases.map { ($0.rawValue, $0) })
      let name = try call.columnOrTarget(2, for: "`balance`")
      let key = try call.key(seed: 3)
      return try call.changed { (data) throws(Diagnostic) in try data.balanced(how, by: name, key: key) }
    },
    Builtin(
      "folds",
      [
        .init("data"), .init("k", default: .int(5)), .init("stratified", default: .bool(false)),
        .init("groups", default: .some(.none)), .init("shuffle", default: .bool(true)),
        .init("forward", default: .bool(false)), .init("seed", default: .some(.none)),
      ],
      """
      Cross-validation: a list of k datasets with the parts `train` and `test`; each row is in one test part, and each
      fold's steps learn from its own training part. `stratified` and `groups` as in `split`. `forward: true` is for rows
      in time order: each fold tests on the block after those it trains on.
      """
    ) { (call) throws(Diagnostic) in
      let data = try call.datasetArgument(0)
      let k = try call.wholeNumber(1)
      let stratified = try call.stratification(2)
      let groups = call.isLeftOut(3) ? nil : try call.textArgument(3)
      let folds: [Dataset]
      if try call.truthArgument(5) {
        guard stratified == nil, groups == nil else { throw .forwardFolds(at: call.stage) }
        folds = try call.onData { () throws(Diagnostic) in try data.forwardFolds(k) }
      } else {
        let key = try call.truthArgument(4) ? try call.key(seed: 6) : nil
        folds = try call.onData { () throws(Diagnostic) in
          try data.folds(k, stratifiedBy: stratified, groupedBy: groups, shuffle: key)
        }
      }
      return .list(folds.map { .object(DatasetValue($0, augmentation: call.augmentation(0))) })
    },
    Builtin(
      "windows",
      [
        .init("data"), .init("length"), .init("horizon", default: .int(1)), .init("stride", default: .int(1)),
        .init("columns", default: .some(.none)), .init("time", default: .some(.none)),
      ],
      """
      Windows over a series: a column `window` [length, columns] of `length` rows each, and the target `horizon` rows after
      the last of them (1 is the next row; `1...24` gives 24 values). `stride` rows lie between two starts. Columns are
      those of numbers and truth values, the target's past included, unless named. `time` names a column whose order is
      checked and that is left out. Split first, with `shuffle: false`: each part makes its own windows.
      """
    ) { (call) throws(Diagnostic) in
      let length = try call.wholeNumber(1)
      var horizon = 1...1
      let range = call.arguments[2].object(as: RangeValue.self)
      if let range {
        guard range.count > 0 else { throw call.wrongKind(2, "a number or a range such as 1...24") }
        horizon = range.lower...(range.upper - 1)
      } else {
        let number = try call.wholeNumber(2)
        horizon = number...number
      }
      let options = Dataset.WindowOptions(
        length: length, horizon: horizon, isVector: range != nil, stride: try call.wholeNumber(3),
        columns: try call.namesArgument(4), time: call.isLeftOut(5) ? nil : try call.textArgument(5))
      return try call.changed { (data) throws(Diagnostic) in try data.windows(options) }
    },
  ]
}

extension BuiltinCall {
  /// A key that depends on the argument alone, or a new one where it is left out.
  func key(seed index: Int) throws(Diagnostic) -> RandomKey {
    isLeftOut(index) ? drawnKey() : RandomKey(UInt64(bitPattern: Int64(try wholeNumber(index))), 1)
  }

  /// `stratified: true` means the target, a text that column.
  func stratification(_ index: Int) throws(Diagnostic) -> String? {
    if let name = arguments[index].object(as: TextValue.self) { return name.text }
    guard try truthArgument(index) else { return nil }
    guard let target = try datasetArgument(0).target else {
      throw Diagnostic.noTarget("`stratified: true`").located(at: stage)
    }
    return target.column
  }

  /// The column named, or else the target.
  func columnOrTarget(_ index: Int, for what: String) throws(Diagnostic) -> String {
    if !isLeftOut(index) { return try textArgument(index) }
    guard let target = try datasetArgument(0).target else { throw Diagnostic.noTarget(what).located(at: stage) }
    return target.column
  }
}
