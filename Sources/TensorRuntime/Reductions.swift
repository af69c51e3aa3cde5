import KernelTypes
import TensorTypes

extension Kernels {
  /// Input [outer, reduced, inner] to output [outer, inner]. An empty reduction gives the neutral element. NaN is kept
  /// by `maximum` and `minimum`; a sum or product of i64 that overflows is reported.
  public static func reduce(
    _ reduction: Reduction, _ dtype: DType, input: UnsafeRawPointer, output: UnsafeMutableRawPointer, outer: Int,
    reduced: Int, inner: Int
  ) -> KernelStatus {
    func fold<T>(_: T.Type, _ neutral: T, _ combine: (T, T, inout Bool) -> T) -> KernelStatus {
      let input = input.assumingMemoryBound(to: T.self), output = output.assumingMemoryBound(to: T.self)
      var overflow = false
      for o in 0..<outer {
        for j in 0..<inner {
          var result = neutral
          for i in 0..<reduced { result = combine(result, input[(o * reduced + i) * inner + j], &overflow) }
          if overflow { return KernelStatus(.integerOverflow, detail: o * inner + j) }
          output[o * inner + j] = result
        }
      }
      return .ok
    }
    switch (dtype, reduction) {
    case (.f32, .sum): return fold(Float.self, 0) { x, y, _ in x + y }
    case (.f32, .product): return fold(Float.self, 1) { x, y, _ in x * y }
    case (.f32, .maximum): return fold(Float.self, -.infinity) { x, y, _ in x != x || x >= y ? x : y }
    case (.f32, .minimum): return fold(Float.self, .infinity) { x, y, _ in x != x || x <= y ? x : y }
    case (.f64, .sum): return fold(Double.self, 0) { x, y, _ in x + y }
    case (.f64, .product): return fold(Double.self, 1) { x, y, _ in x * y }
    case (.f64, .maximum): return fold(Double.self, -.infinity) { x, y, _ in x != x || x >= y ? x : y }
    case (.f64, .minimum): return fold(Double.self, .infinity) { x, y, _ in x != x || x <= y ? x : y }
    case (.i64, .sum):
      return fold(Int.self, 0) { x, y, overflow in
        let (sum, over) = x.addingReportingOverflow(y)
        overflow = overflow || over
        return sum
      }
    case (.i64, .product):
      return fold(Int.self, 1) { x, y, overflow in
        let (product, over) = x.multipliedReportingOverflow(by: y)
        overflow = overflow || over
        return product
      }
    case (.i64, .maximum): return fold(Int.self, .min) { x, y, _ in max(x, y) }
    case (.i64, .minimum): return fold(Int.self, .max) { x, y, _ in min(x, y) }
    case (.bool, .all), (.bool, .minimum), (.bool, .product): return fold(UInt8.self, 1) { x, y, _ in x & y }
    case (.bool, .any), (.bool, .maximum), (.bool, .sum): return fold(UInt8.self, 0) { x, y, _ in x | y }
    default: return .ok
    }
  }

  /// The same layout to the i64 index of the first extreme; `reduced` > 0. NaN counts as extreme.
  public static func argReduce(
    maximum: Bool, _ dtype: DType, input: UnsafeRawPointer, output: UnsafeMutablePointer<Int>, outer: Int,
    reduced: Int, inner: Int
  ) -> KernelStatus {
    func find<T: Comparable>(_: T.Type) {
      let input = input.assumingMemoryBound(to: T.self)
      for o in 0..<outer {
        for j in 0..<inner {
          let base = o * reduced * inner + j
          var best = input[base], index = 0
          for i in 1..<max(reduced, 1) {
            // Only NaN differs from itself; the first one ends the search.
            if best != best { break }
            let x = input[base + i * inner]
            if x != x || (maximum ? x > best : x < best) { (best, index) = (x, i) }
          }
          output[o * inner + j] = index
        }
      }
    }
    guard reduced > 0 else { return .ok }
    switch dtype {
    case .f32: find(Float.self)
    case .f64: find(Double.self)
    case .i64: find(Int.self)
    case .bool: find(UInt8.self)
    }
    return .ok
  }

  /// Running sum, product, maximum or minimum along the middle axis of [outer, length, inner], in order.
  public static func cumulate(
    _ cumulation: Cumulation, _ dtype: DType, input: UnsafeRawPointer, output: UnsafeMutableRawPointer, outer: Int,
    length: Int, inner: Int
  ) -> KernelStatus {
    func scan<T>(_: T.Type, _ combine: (T, T, inout Bool) -> T) -> KernelStatus {
      let input = input.assumingMemoryBound(to: T.self), output = output.assumingMemoryBound(to: T.self)
      var overflow = false
      for o in 0..<outer {
        for i in 0..<length {
          let row = (o * length + i) * inner
          for j in row..<(row + inner) {
            output[j] = i == 0 ? input[j] : combine(output[j - inner], input[j], &overflow)
            if overflow { return KernelStatus(.integerOverflow, detail: j) }
          }
        }
      }
      return .ok
    }
    switch (dtype, cumulation) {
    case (.f32, .sum): return scan(Float.self) { x, y, _ in x + y }
    case (.f32, .product): return scan(Float.self) { x, y, _ in x * y }
    case (.f32, .maximum): return scan(Float.self) { x, y, _ in x != x || x >= y ? x : y }
    case (.f32, .minimum): return scan(Float.self) { x, y, _ in x != x || x <= y ? x : y }
    case (.f64, .sum): return scan(Double.self) { x, y, _ in x + y }
    case (.f64, .product): return scan(Double.self) { x, y, _ in x * y }
    case (.f64, .maximum): return scan(Double.self) { x, y, _ in x != x || x >= y ? x : y }
    case (.f64, .minimum): return scan(Double.self) { x, y, _ in x != x || x <= y ? x : y }
    case (.i64, .sum):
      return scan(Int.self) { x, y, overflow in
        let (sum, over) = x.addingReportingOverflow(y)
        overflow = over
        return sum
      }
    case (.i64, .product):
      return scan(Int.self) { x, y, overflow in
        let (product, over) = x.multipliedReportingOverflow(by: y)
        overflow = over
        return product
      }
    case (.i64, .maximum): return scan(Int.self) { x, y, _ in max(x, y) }
    case (.i64, .minimum): return scan(Int.self) { x, y, _ in min(x, y) }
    case (.bool, .sum), (.bool, .maximum): return scan(UInt8.self) { x, y, _ in x | y }
    case (.bool, .product), (.bool, .minimum): return scan(UInt8.self) { x, y, _ in x & y }
    }
  }
}
