import Glibc
import KernelTypes
import TensorTypes

extension Kernels {
  /// a [batch, m, n], m >= n, to q [batch, m, n] and r [batch, n, n] (Householder; diagonal of r not negative). The
  /// arithmetic is in f64 for either dtype (f32 or f64).
  public static func qr(
    _ dtype: DType, a: UnsafeRawPointer, q: UnsafeMutableRawPointer, r: UnsafeMutableRawPointer, batch: Int, m: Int,
    n: Int
  ) -> KernelStatus {
    switch dtype {
    case .f32: qrAs(Float.self, a, q, r, batch, m, n)
    case .f64: qrAs(Double.self, a, q, r, batch, m, n)
    case .i64, .bool: break
    }
    return .ok
  }

  /// a [batch, n, n] triangular, b [batch, n, k] to x [batch, n, k] with a @ x = b, or transpose(a) @ x = b; a zero on
  /// the diagonal is `.singular` with the row (over all batches) as detail. Sums in f64.
  public static func triangularSolve(
    _ dtype: DType, a: UnsafeRawPointer, b: UnsafeRawPointer, x: UnsafeMutableRawPointer, batch: Int, n: Int, k: Int,
    lower: Bool, transpose: Bool
  ) -> KernelStatus {
    switch dtype {
    case .f32: solveAs(Float.self, a, b, x, batch, n, k, lower, transpose)
    case .f64: solveAs(Double.self, a, b, x, batch, n, k, lower, transpose)
    case .i64, .bool: .ok
    }
  }

  /// Golub and Van Loan, Matrix Computations, algorithm 5.2.1; Q from the reflectors backwards (5.1.6). Columns of the
  /// work matrix are contiguous.
  private static func qrAs<T: BinaryFloatingPoint>(
    _: T.Type, _ a: UnsafeRawPointer, _ q: UnsafeMutableRawPointer, _ r: UnsafeMutableRawPointer, _ batch: Int,
    _ m: Int, _ n: Int
  ) {
    let a = a.assumingMemoryBound(to: T.self), q = q.assumingMemoryBound(to: T.self)
    let r = r.assumingMemoryBound(to: T.self)
    let scratch = UnsafeMutablePointer<Double>.allocate(capacity: 2 * m * n + 2 * n)
    defer { scratch.deallocate() }
    let work = scratch, basis = scratch + m * n, scales = scratch + 2 * m * n, diagonal = scales + n
    for entry in 0..<batch {
      let a = a + entry * m * n, q = q + entry * m * n, r = r + entry * n * n
      for i in 0..<m { for j in 0..<n { work[j * m + i] = Double(a[i * n + j]) } }
      for j in 0..<n {
        var squares = 0.0
        for i in j..<m { squares += work[j * m + i] * work[j * m + i] }
        let norm = squares.squareRoot(), first = work[j * m + j]
        guard norm != 0 else {
          scales[j] = 0
          diagonal[j] = 0
          continue
        }
        // The reflector maps the column to -sign(first) * norm, so the subtraction never cancels.
        let image = first >= 0 ? -norm : norm
        diagonal[j] = image
        work[j * m + j] = first - image
        scales[j] = 1 / (-image * work[j * m + j])
        for c in (j + 1)..<max(n, j + 1) { reflect(work, column: c, by: work, j, scales[j], m) }
      }
      for i in 0..<(m * n) { basis[i] = 0 }
      for j in stride(from: n - 1, through: 0, by: -1) {
        basis[j * m + j] = 1
        if scales[j] != 0 { for c in j..<n { reflect(basis, column: c, by: work, j, scales[j], m) } }
      }
      for j in 0..<n {
        let sign = diagonal[j] < 0 ? -1.0 : 1.0
        for i in 0..<m { q[i * n + j] = T(sign * basis[j * m + i]) }
        for c in 0..<n { r[j * n + c] = c < j ? 0 : c == j ? T(sign * diagonal[j]) : T(sign * work[c * m + j]) }
      }
    }
  }

  /// column -= scale * v (v . column), v = column j of `reflectors` from row j on.
  private static func reflect(
    _ matrix: UnsafeMutablePointer<Double>, column: Int, by reflectors: UnsafeMutablePointer<Double>, _ j: Int,
    _ scale: Double, _ m: Int
  ) {
    var dot = 0.0
    for i in j..<m { dot += reflectors[j * m + i] * matrix[column * m + i] }
    dot *= scale
    for i in j..<m { matrix[column * m + i] -= dot * reflectors[j * m + i] }
  }

  private static func solveAs<T: BinaryFloatingPoint>(
    _: T.Type, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ x: UnsafeMutableRawPointer, _ batch: Int, _ n: Int,
    _ k: Int, _ lower: Bool, _ transpose: Bool
  ) -> KernelStatus {
    let a = a.assumingMemoryBound(to: T.self), b = b.assumingMemoryBound(to: T.self)
    let x = x.assumingMemoryBound(to: T.self)
    var row = [Double](repeating: 0, count: k)
    let forward = lower != transpose
    for entry in 0..<batch {
      let a = a + entry * n * n, b = b + entry * n * k, x = x + entry * n * k
      for step in 0..<n {
        let i = forward ? step : n - 1 - step
        let pivot = Double(a[i * n + i])
        if pivot == 0 { return KernelStatus(.singular, detail: entry * n + i) }
        for c in 0..<k { row[c] = Double(b[i * k + c]) }
        for earlier in 0..<step {
          let j = forward ? earlier : n - 1 - earlier
          let factor = Double(transpose ? a[j * n + i] : a[i * n + j])
          for c in 0..<k { row[c] -= factor * Double(x[j * k + c]) }
        }
        for c in 0..<k { x[i * k + c] = T(row[c] / pivot) }
      }
    }
    return .ok
  }
}
