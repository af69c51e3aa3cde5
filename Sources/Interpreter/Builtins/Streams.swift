import Datasets
import Diagnostics
import ModelFiles
import TensorRuntime

/// Data that is made batch by batch: rows of a large file, and windows over tokens.
enum StreamBuiltins {
  static let all: [Builtin] = [
    Builtin(
      "stream",
      [
        .init("file"), .init("buffer", default: .int(10_000)), .init("sample", default: .int(100_000)),
        .init("separator", default: .some(.none)), .init("header", default: .some(.none)),
        .init("quotes", default: .some(.none)), .init("missing", default: .some(.none)),
        .init("keep_ends", default: .bool(false)),
      ],
      """
      The rows of a file that may be larger than memory: .csv and .tsv, .jsonl, or lines of text (column `text`).
      `target`, `split`, steps, `train`, `evaluate` and `batches` work as with other data; `buffer` rows are in memory at
      a time, shuffled passes mix them with rows from all over the file. Steps, classes and the columns' kinds are
      learned from `sample` rows, evenly spread.
      """
    ) { (call) throws(Diagnostic) in
      var options = CSVOptions()
      if !call.isLeftOut(3) { options.separator = try call.separator(3) }
      if !call.isLeftOut(4) { options.header = try call.truthArgument(4) }
      if !call.isLeftOut(5) { options.quotes = try call.truthArgument(5) }
      if let missing = try call.namesArgument(6) { options.missing = missing }
      let (path, buffer, sample) = (try call.textArgument(0), try call.wholeNumber(1), try call.wholeNumber(2))
      let keepEnds = try call.truthArgument(7)
      return .object(
        DatasetValue(
          try call.onData { () throws(Diagnostic) in
            try .stream(try .open(path, options: options, keepEnds: keepEnds, buffer: buffer, sample: sample))
          }))
    },
    Builtin(
      "token_windows",
      [
        .init("tokens"), .init("length"), .init("stride", default: .some(.none)), .init("random", default: .some(.none)),
      ],
      """
      Data for a model of the next token: x [rows, length] and, one token further, y [rows, length].
      `tokens` are ids [n], an .npy file of whole numbers, which is read piece by piece, or a dataset of texts with a
      vocabulary and no `pad`, whose texts follow one another. A window starts every `stride` tokens (every `length`
      when none), or `random: n` windows a pass start anywhere.
      """
    ) { (call) throws(Diagnostic) in
      let length = try call.wholeNumber(1)
      let stride = call.isLeftOut(2) ? length : try call.wholeNumber(2)
      let random = call.isLeftOut(3) ? nil : try call.wholeNumber(3)
      switch call.arguments[0] {
      case .object(let data as DatasetValue):
        return .object(
          DatasetValue(
            try call.onData { () throws(Diagnostic) in
              try data.dataset.tokenWindows(length: length, stride: stride, random: random)
            }))
      case .object(let path as TextValue):
        return .object(
          DatasetValue(
            try call.onData { () throws(Diagnostic) in
              let file = try NPYIntegers.open(path.text)
              let tokens = Tokens.file(count: file.count) { (range, target) throws(Diagnostic) in
                try file.read(range, into: target)
              }
              return try .windows(try TokenWindows(tokens, length: length, stride: stride, random: random))
            }))
      case .object(let value as TensorValue):
        let tensor = value.tensor
        return .object(
          DatasetValue(
            try call.onData { () throws(Diagnostic) in
              guard tensor.dtype == .i64, tensor.shape.rank == 1 else {
                throw .tokensNotIds("\(tensor.dtype.name) \(tensor.shape)")
              }
              return try .windows(try TokenWindows(.tensor(tensor), length: length, stride: stride, random: random))
            }))
      default: throw call.wrongKind(0, "token ids, the name of an .npy file, or a dataset")
      }
    },
  ]
}
