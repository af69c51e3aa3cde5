import KernelTypes
import TensorTypes

extension Kernels {
  /// input [outer, length, inner] to sorted values and original positions. Stable; NaN last in either direction.
  public static func sort(
    _ dtype: DType, input: UnsafeRawPointer, values: UnsafeMutableRawPointer, indices: UnsafeMutablePointer<Int>,
    outer: Int, length: Int, inner: Int, descending: Bool
  ) -> KernelStatus {
    switch dtype {
    case .f32: sortAs(Float.self, input, values, indices, outer, length, inner, descending) { $0 != $0 }
    case .f64: sortAs(Double.self, input, values, indices, outer, length, inner, descending) { $0 != $0 }
    case .i64: sortAs(Int.self, input, values, indices, outer, length, inner, descending) { _ in false }
    case .bool: sortAs(UInt8.self, input, values, indices, outer, length, inner, descending) { _ in false }
    }
    return .ok
  }

  private static func sortAs<T: Comparable>(
    _: T.Type, _ input: UnsafeRawPointer, _ values: UnsafeMutableRawPointer, _ indices: UnsafeMutablePointer<Int>,
    _ outer: Int, _ length: Int, _ inner: Int, _ descending: Bool, isNaN: (T) -> Bool
  ) {
    let input = input.assumingMemoryBound(to: T.self), values = values.assumingMemoryBound(to: T.self)
    withoutActuallyEscaping(isNaN) { isNaN in
      _ = ThreadPool.shared.run(items: outer * inner, nanoseconds: outer * inner * length * 40) { begin, end in
        var entries: [(value: T, index: Int)] = []
        entries.reserveCapacity(length)
        for item in begin..<end {
          entries.removeAll(keepingCapacity: true)
          let base = item / inner * length * inner + item % inner
          for i in 0..<length { entries.append((input[base + i * inner], i)) }
          // Positions break ties, so the order is total and the sort stable whatever the algorithm.
          entries.sort { x, y in
            let nanX = isNaN(x.value), nanY = isNaN(y.value)
            if nanX || nanY { return nanX == nanY ? x.index < y.index : nanY }
            if x.value == y.value { return x.index < y.index }
            return descending ? x.value > y.value : x.value < y.value
          }
          for i in 0..<length {
            values[base + i * inner] = entries[i].value
            indices[base + i * inner] = entries[i].index
          }
        }
        return 0
      }
    }
  }
}
