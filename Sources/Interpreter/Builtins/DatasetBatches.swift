import Datasets
import Diagnostics
import TensorRuntime

/// Looking at datasets and going through them.
enum DatasetBatchBuiltins {
  static let all: [Builtin] = [
    Builtin(
      "batches",
      [
        .init("data"), .init("size", default: .int(32)), .init("shuffle", default: .bool(true)),
        .init("seed", default: .some(.none)), .init("from", default: .int(0)),
      ],
      """
      The examples in groups, to loop over: `for (x, y) in batches(data, 32) { ... }`. The last group may be smaller.
      Shuffled anew in each loop; `shuffle: false` keeps the order, `seed: n` makes the order depend on n alone,
      `from: k` leaves out the first k groups. `data` is a dataset, a tensor or a pair of tensors.
      """
    ) { (call) throws(Diagnostic) in
      let size = try call.wholeNumber(1)
      let from = try call.wholeNumber(4)
      var key: RandomKey?
      var keepsOrder = false
      if try call.truthArgument(2) {
        keepsOrder = !call.isLeftOut(3)
        key = try call.key(seed: 3)
      }
      let start = key
      func keyOfPass(_ pass: Int) -> RandomKey? { start.map { pass == 0 || keepsOrder ? $0 : $0.folded(pass) } }
      if let data = call.arguments[0].object(as: DatasetValue.self)?.dataset, data.isStreamed {
        func make(_ pass: Int) throws(Diagnostic) -> Batches {
          try data.batches(size: size, shuffle: keyOfPass(pass), from: from)
        }
        _ = try call.onData { () throws(Diagnostic) in try make(0) }
        return .object(BatchesValue(make))
      }
      let (x, y) = try examples(call)
      func make(_ pass: Int) throws(Diagnostic) -> Batches {
        let key = keyOfPass(pass)
        return try Batches(x: x, y: y, size: size, shuffle: key, from: from)
      }
      // Wrong arguments are reported here, not where the loop starts.
      _ = try call.onData { () throws(Diagnostic) in try make(0) }
      return .object(BatchesValue(make))
    },
    Builtin(
      "describe", [.init("data")],
      "Prints for every column its kind, the missing values, mean, deviation, quartiles or most frequent value."
    ) { (call) throws(Diagnostic) in
      let data = try call.datasetArgument(0)
      let lines = TextTable.summary(try call.onData { () throws(Diagnostic) in try data.describe() })
      call.machine.output(lines.map { $0 + "\n" }.joined())
      return .none
    },
  ]

  private static func examples(_ call: BuiltinCall) throws(Diagnostic) -> (Tensor, Tensor?) {
    if let tensor = call.arguments[0].object(as: TensorValue.self) { return (tensor.tensor, nil) }
    if let (x, y) = call.arguments[0].pair {
      guard let x = x.object(as: TensorValue.self), let y = y.object(as: TensorValue.self) else {
        throw call.wrongKind(0, "a dataset or a pair of tensors")
      }
      return (x.tensor, y.tensor)
    }
    let data = try call.datasetArgument(0)
    return try call.onData { () throws(Diagnostic) in (try data.x(), data.target == nil ? nil : try data.y()) }
  }
}
