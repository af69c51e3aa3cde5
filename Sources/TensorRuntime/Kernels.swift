import KernelTypes
import TensorTypes

/// The entry points that the executor calls. Each works on raw, contiguous, row-major memory that the caller sized;
/// splits work over the thread pool where that pays; gives the same bits for any number of threads.
public enum Kernels {
  /// Runs a tile program over a domain. `temporaries` are the program's registers; outputs may be the same memory as
  /// inputs with identical strides.
  public static func runTiles(
    _ program: UnsafeBufferPointer<TileInstruction>, constants: UnsafePointer<UInt64>, domain: TileDomain,
    operands: UnsafePointer<TileOperand>, operandCount: Int
  ) -> KernelStatus { .ok }

  public enum Reduction: UInt8, Sendable { case sum, product, maximum, minimum, all, any }

  /// Input [outer, reduced, inner] to output [outer, inner]. An empty reduction gives the neutral element.
  public static func reduce(
    _ reduction: Reduction, _ dtype: DType, input: UnsafeRawPointer, output: UnsafeMutableRawPointer, outer: Int,
    reduced: Int, inner: Int
  ) -> KernelStatus { .ok }

  /// The same layout to the i64 index of the first extreme; `reduced` > 0. NaN counts as extreme.
  public static func argReduce(
    maximum: Bool, _ dtype: DType, input: UnsafeRawPointer, output: UnsafeMutablePointer<Int>, outer: Int,
    reduced: Int, inner: Int
  ) -> KernelStatus { .ok }

  public enum Cumulation: UInt8, Sendable { case sum, product, maximum, minimum }

  public static func cumulate(
    _ cumulation: Cumulation, _ dtype: DType, input: UnsafeRawPointer, output: UnsafeMutableRawPointer, outer: Int,
    length: Int, inner: Int
  ) -> KernelStatus { .ok }

  /// c[batch][m, n] = a @ b for f32 or f64. `strideA`, `strideB` are the elements from one batch entry to the next (0
  /// repeats one operand); c is dense. A transposed operand is stored [k, m] or [n, k]. k = 0 gives zeros.
  public static func matmul(
    _ dtype: DType, a: UnsafeRawPointer, b: UnsafeRawPointer, c: UnsafeMutableRawPointer, batch: Int, m: Int, n: Int,
    k: Int, transposeA: Bool, transposeB: Bool, strideA: Int, strideB: Int
  ) -> KernelStatus { .ok }

  /// Dense copy of a strided view: result element (i0, ..., i(rank-1)) is input[sum of i * stride], elements of `size` bytes.
  public static func copyStrided(
    elementSize: Int, input: UnsafeRawPointer, output: UnsafeMutableRawPointer, sizes: UnsafeBufferPointer<Int>,
    strides: UnsafeBufferPointer<Int>
  ) -> KernelStatus { .ok }

  /// The reverse: dense input into a strided window of the output.
  public static func copyIntoStrided(
    elementSize: Int, input: UnsafeRawPointer, output: UnsafeMutableRawPointer, sizes: UnsafeBufferPointer<Int>,
    strides: UnsafeBufferPointer<Int>
  ) -> KernelStatus { .ok }

  /// table [outer, rows, inner], ids [count] to [outer, count, inner]. Negative ids are out of range here.
  public static func take(
    elementSize: Int, table: UnsafeRawPointer, ids: UnsafePointer<Int>, output: UnsafeMutableRawPointer, outer: Int,
    rows: Int, inner: Int, count: Int
  ) -> KernelStatus { .ok }

  /// updates [outer, count, inner] added into output [outer, rows, inner], which the kernel sets to zero first. In the
  /// order of ids, so the same bits always.
  public static func scatterAdd(
    _ dtype: DType, updates: UnsafeRawPointer, ids: UnsafePointer<Int>, output: UnsafeMutableRawPointer, outer: Int,
    rows: Int, inner: Int, count: Int
  ) -> KernelStatus { .ok }

  /// input [outer, rows, inner], ids [outer, count, inner] to [outer, count, inner].
  public static func takeAlong(
    elementSize: Int, input: UnsafeRawPointer, ids: UnsafePointer<Int>, output: UnsafeMutableRawPointer, outer: Int,
    rows: Int, inner: Int, count: Int
  ) -> KernelStatus { .ok }

  public static func scatterAddAlong(
    _ dtype: DType, updates: UnsafeRawPointer, ids: UnsafePointer<Int>, output: UnsafeMutableRawPointer, outer: Int,
    rows: Int, inner: Int, count: Int
  ) -> KernelStatus { .ok }

  /// input [outer, length, inner] to sorted values and original positions. Stable; NaN last in either direction.
  public static func sort(
    _ dtype: DType, input: UnsafeRawPointer, values: UnsafeMutableRawPointer, indices: UnsafeMutablePointer<Int>,
    outer: Int, length: Int, inner: Int, descending: Bool
  ) -> KernelStatus { .ok }

  /// a [batch, m, n], m >= n, to q [batch, m, n] and r [batch, n, n] (Householder; diagonal of r not negative).
  public static func qr(
    _ dtype: DType, a: UnsafeRawPointer, q: UnsafeMutableRawPointer, r: UnsafeMutableRawPointer, batch: Int, m: Int,
    n: Int
  ) -> KernelStatus { .ok }

  /// a [batch, n, n] triangular, b [batch, n, k] to x [batch, n, k]; a zero on the diagonal is `.singular`.
  public static func triangularSolve(
    _ dtype: DType, a: UnsafeRawPointer, b: UnsafeRawPointer, x: UnsafeMutableRawPointer, batch: Int, n: Int, k: Int,
    lower: Bool, transpose: Bool
  ) -> KernelStatus { .ok }

  public enum Distribution: Sendable { case uniform, normal, integers(bound: Int) }

  /// Philox 4x32-10: element i depends on the two words of the key and on i only.
  public static func random(
    _ distribution: Distribution, _ dtype: DType, key0: UInt64, key1: UInt64, output: UnsafeMutableRawPointer,
    count: Int
  ) -> KernelStatus { .ok }

  /// A new key from a key and a number (Philox on the pair).
  public static func foldKey(_ key0: UInt64, _ key1: UInt64, number: Int) -> (UInt64, UInt64) { (0, 0) }
}
