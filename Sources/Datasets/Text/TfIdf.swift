import Diagnostics
import TensorRuntime
import TensorTypes

/// Texts as counts of their tokens. Column i belongs to id i; those of padding and other special tokens stay 0.
enum TfIdf {
  /// How rare a token is, as scikit-learn's smooth idf: ln((1 + texts) / (1 + texts with the token)) + 1.
  static func weights(_ rows: [[Int]], _ vocabulary: Vocabulary) -> [Double] {
    var texts = [Int](repeating: 0, count: vocabulary.count)
    for row in rows { for id in Set(row) where texts.indices.contains(id) { texts[id] += 1 } }
    return texts.enumerated().map { id, count in
      id < vocabulary.firstOwn ? 0 : naturalLogarithm(Double(1 + rows.count) / Double(1 + count)) + 1
    }
  }

  /// f32 [rows, width].
  static func counts(_ rows: [[Int]], first: Int, width: Int, binary: Bool) throws(Diagnostic) -> Tensor {
    try filled(rows.count, width) { row, values in
      for id in rows[row] where id >= first && id < width { values[id] = binary ? 1 : values[id] + 1 }
    }
  }

  /// f32 [rows, tokens]: counts times weights, each row divided by its length (Euclidean); `sublinear`: 1 + ln(count)
  /// instead of the count. A text without known tokens stays 0.
  static func tensor(_ rows: [[Int]], _ weights: [Double], sublinear: Bool) throws(Diagnostic) -> Tensor {
    try filled(rows.count, weights.count) { row, values in
      var counts: [Int: Int] = [:]
      for id in rows[row] where id < weights.count && weights[id] > 0 { counts[id, default: 0] += 1 }
      // In the order of the ids, so that the sum does not depend on the order of a dictionary.
      let entries = counts.sorted { $0.key < $1.key }.map { id, count in
        (id, (sublinear ? 1 + naturalLogarithm(Double(count)) : Double(count)) * weights[id])
      }
      let length = entries.reduce(0) { $0 + $1.1 * $1.1 }.squareRoot()
      for (id, value) in entries { values[id] = Float(value / length) }
    }
  }

  private static func filled(
    _ count: Int, _ width: Int, _ fill: (Int, UnsafeMutablePointer<Float>) -> Void
  ) throws(Diagnostic) -> Tensor {
    let result = try TensorRows.allocate(.f32, [count, width])
    let target = result.address.assumingMemoryBound(to: Float.self)
    target.update(repeating: 0, count: count * width)
    for row in 0..<count { fill(row, target + row * width) }
    return result
  }
}
