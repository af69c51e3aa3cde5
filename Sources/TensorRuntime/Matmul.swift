import KernelTypes
import TensorTypes

extension Kernels {
  /// c[batch][m, n] = a @ b for f32 or f64. `strideA`, `strideB` are the elements from one batch entry to the next (0
  /// repeats one operand); c is dense. A transposed operand is stored [k, m] or [n, k]. k = 0 gives zeros.
  public static func matmul(
    _ dtype: DType, a: UnsafeRawPointer, b: UnsafeRawPointer, c: UnsafeMutableRawPointer, batch: Int, m: Int, n: Int,
    k: Int, transposeA: Bool, transposeB: Bool, strideA: Int, strideB: Int
  ) -> KernelStatus {
    func product<T: FloatingPoint>(_: T.Type) {
      let a = a.assumingMemoryBound(to: T.self), b = b.assumingMemoryBound(to: T.self)
      let c = c.assumingMemoryBound(to: T.self)
      for entry in 0..<batch {
        let a = a + entry * strideA, b = b + entry * strideB, c = c + entry * m * n
        for i in 0..<m {
          for j in 0..<n { c[i * n + j] = 0 }
          for l in 0..<k {
            let x = transposeA ? a[l * m + i] : a[i * k + l]
            if transposeB {
              for j in 0..<n { c[i * n + j] += x * b[j * k + l] }
            } else {
              for j in 0..<n { c[i * n + j] += x * b[l * n + j] }
            }
          }
        }
      }
    }
    switch dtype {
    case .f32: product(Float.self)
    case .f64: product(Double.self)
    case .i64, .bool: break
    }
    return .ok
  }
}
