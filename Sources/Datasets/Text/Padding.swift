import Diagnostics
import TensorRuntime
import TensorTypes

/// Sequences of ids brought to one length.
public enum Padding {
  /// i64 [rows, length]: zeros before (`left`) or behind a shorter sequence; a longer one loses its beginning or end.
  public static func tensor(
    _ rows: [[Int]], length: Int, left: Bool = false, cut: TextStep.Cut = .right
  ) throws(Diagnostic) -> Tensor {
    guard length > 0 else { throw .padLength(length) }
    let result = try TensorRows.allocate(.i64, [rows.count, length])
    let target = result.address.assumingMemoryBound(to: Int.self)
    target.update(repeating: 0, count: rows.count * length)
    for (row, ids) in rows.enumerated() {
      if ids.count > length, cut == .error { throw .sequenceTooLong(ids.count, limit: length, row: row) }
      let kept = cut == .left ? ids.suffix(length) : ids.prefix(length)
      let start = row * length + (left ? length - kept.count : 0)
      for (offset, id) in kept.enumerated() { target[start + offset] = id }
    }
    return result
  }
}
