import Glibc
import KernelTypes
import TensorTypes

extension Kernels {
  /// Input [outer, reduced, inner] to output [outer, inner], which do not overlap. An empty reduction gives the neutral
  /// element. NaN is kept by `maximum` and `minimum`; a sum or product of i64 that overflows is reported.
  public static func reduce(
    _ reduction: Reduction, _ dtype: DType, input: UnsafeRawPointer, output: UnsafeMutableRawPointer, outer: Int,
    reduced: Int, inner: Int
  ) -> KernelStatus {
    guard outer > 0, inner > 0 else { return .ok }
    if dtype.isFloating {
      let operation: ReduceArguments.Operation
      switch reduction {
      case .sum: operation = .sum
      case .product: operation = .product
      case .maximum: operation = .maximum
      case .minimum: operation = .minimum
      case .all, .any: return .ok
      }
      return reduceFloats(
        ReduceArguments(
          operation: operation, input: input, output: output, outer: outer, reduced: reduced, inner: inner), dtype)
    }
    if dtype == .bool, inner == 1 {
      // One byte of the other kind decides a row.
      let isAll = [.all, .minimum, .product].contains(reduction)
      for row in 0..<outer {
        let found = reduced > 0 && memchr(input + row * reduced, isAll ? 0 : 1, reduced) != nil
        output.storeBytes(of: isAll != found, toByteOffset: row, as: Bool.self)
      }
      return .ok
    }
    func fold<T>(_: T.Type, _ neutral: T, _ combine: (T, T, inout Bool) -> T) -> KernelStatus {
      let input = input.assumingMemoryBound(to: T.self), output = output.assumingMemoryBound(to: T.self)
      var overflow = false
      for o in 0..<outer {
        let result = output + o * inner
        for j in 0..<inner { result[j] = neutral }
        for i in 0..<reduced {
          let row = input + (o * reduced + i) * inner
          for j in 0..<inner { result[j] = combine(result[j], row[j], &overflow) }
        }
        if overflow { return KernelStatus(.integerOverflow, detail: o * inner) }
      }
      return .ok
    }
    if dtype == .i64, inner == 1, reduction == .maximum || reduction == .minimum {
      let input = input.assumingMemoryBound(to: Int.self), output = output.assumingMemoryBound(to: Int.self)
      for o in 0..<outer {
        let row = UnsafeBufferPointer(start: input + o * reduced, count: reduced)
        output[o] = reduction == .maximum ? row.reduce(Int.min) { max($0, $1) } : row.reduce(Int.max) { min($0, $1) }
      }
      return .ok
    }
    switch (dtype, reduction) {
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

  /// Layer after layer of leaves until one is left of each row.
  private static func reduceFloats(_ arguments: ReduceArguments, _ dtype: DType) -> KernelStatus {
    var layer = arguments
    var partials: Storage?
    if layer.leaves > 1 {
      let bytes = layer.outer * layer.leaves * layer.inner * dtype.size
      partials = Storage(byteCount: bytes)
      guard let partials else { return KernelStatus(.outOfMemory, detail: bytes) }
      layer.output = partials.address
    }
    let table = KernelLevel.table
    let bytes = layer.outer * layer.reduced * layer.inner * dtype.size
    // Some 30 bytes a nanosecond; each row by itself takes a few.
    let rows = layer.inner == 1 ? layer.outer * layer.leaves : 0
    withUnsafeMutablePointer(to: &layer) {
      _ = ThreadPool.shared.run(
        dtype == .f32 ? table.reduceF32 : table.reduceF64, $0, items: $0.pointee.items,
        nanoseconds: bytes / 32 + 4 * rows)
    }
    guard let partials else { return .ok }
    return reduceFloats(
      ReduceArguments(
        operation: arguments.operation, input: partials.address, output: arguments.output, outer: arguments.outer,
        reduced: layer.leaves, inner: arguments.inner), dtype)
  }

  /// The same layout to the i64 index of the first extreme; `reduced` > 0. NaN counts as extreme.
  public static func argReduce(
    maximum: Bool, _ dtype: DType, input: UnsafeRawPointer, output: UnsafeMutablePointer<Int>, outer: Int,
    reduced: Int, inner: Int
  ) -> KernelStatus {
    func find<T: Comparable>(_: T.Type) {
      let input = input.assumingMemoryBound(to: T.self)
      _ = ThreadPool.shared.run(items: outer * inner, nanoseconds: outer * inner * reduced * 2) { begin, end in
        for item in begin..<end {
          let o = item / inner, j = item % inner
          let base = o * reduced * inner + j
          var best = input[base], index = 0
          for i in 1..<max(reduced, 1) {
            // Only NaN differs from itself; the first one ends the search.
            if best != best { break }
            let x = input[base + i * inner]
            if x != x || (maximum ? x > best : x < best) { (best, index) = (x, i) }
          }
          output[item] = index
        }
        return 0
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
      let result = withoutActuallyEscaping(combine) { combine in
        ThreadPool.shared.run(items: outer, nanoseconds: outer * length * inner * 2) { begin, end in
          var overflow = false
          for o in begin..<end {
            for i in 0..<length {
              let row = (o * length + i) * inner
              for j in row..<(row + inner) {
                output[j] = i == 0 ? input[j] : combine(output[j - inner], input[j], &overflow)
                if overflow { return KernelStatus(.integerOverflow, detail: j).encoded }
              }
            }
          }
          return 0
        }
      }
      return KernelStatus(encoded: result)
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
