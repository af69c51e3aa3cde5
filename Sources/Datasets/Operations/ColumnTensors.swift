import Diagnostics
import TensorRuntime
import TensorTypes

extension Column {
  /// All values at once: f64 for floats (missing ones NaN, and so for integers with gaps), i64 for integers, truth
  /// values, or the tensor column; nil for text, lists and for truth values with gaps.
  public func tensor() throws(Diagnostic) -> Tensor? {
    switch cells {
    case .tensors(let rows): return try rows.tensor()
    case .texts, .tokens, .ids: return nil
    case .truths(let values): return missing.isEmpty ? try filled(.bool, values) : nil
    case .integers(let values): return missing.isEmpty ? try filled(.i64, values) : try widened().tensor()
    case .floats(let values): return try filled(.f64, values)
    }
  }

  private func filled<T>(_ dtype: DType, _ values: [T]) throws(Diagnostic) -> Tensor {
    let tensor = try TensorRows.allocate(dtype, [values.count])
    values.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { tensor.address.copyMemory(from: base, byteCount: bytes.count) }
    }
    return tensor
  }
}
