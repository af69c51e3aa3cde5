import Glibc
import KernelTypes
import TensorTypes

extension Kernels {
  /// c[batch][m, n] = a @ b for f32 or f64. `strideA`, `strideB` are the elements from one batch entry to the next (0
  /// repeats one operand); c is dense, or has `rowStrideC` elements from row to row and m times that between entries. A
  /// transposed operand is stored [k, m] or [n, k]. k = 0 gives zeros. `accumulate` adds the product to c.
  public static func matmul(
    _ dtype: DType, a: UnsafeRawPointer, b: UnsafeRawPointer, c: UnsafeMutableRawPointer, batch: Int, m: Int, n: Int,
    k: Int, transposeA: Bool, transposeB: Bool, strideA: Int, strideB: Int, rowStrideC: Int? = nil,
    accumulate: Bool = false
  ) -> KernelStatus {
    guard batch > 0, m > 0, n > 0, dtype.isFloating else { return .ok }
    let cRow = rowStrideC ?? n
    if k == 0 {
      if !accumulate { for row in 0..<(batch * m) { memset(c + row * cRow * dtype.size, 0, n * dtype.size) } }
      return .ok
    }
    var job = GemmArguments(
      a: a, b: b, c: c, m: m, n: n, k: k, aRow: transposeA ? 1 : k, aStep: transposeA ? m : 1, bRow: transposeB ? k : n,
      cRow: cRow, aEntry: strideA, bEntry: strideB, cEntry: m * cRow, transposesB: transposeB,
      accumulates: accumulate)
    var entries = batch
    if batch > 1, strideB == 0, strideA == m * k, !transposeA {
      // One right side for all: the entries are more rows.
      job.m *= batch
      entries = 1
    }
    if n == 1, cRow == 1 {
      if job.aStep == 1 { return runRows(&job, entries: entries, dtype) }
      // transpose(A) times a column is a row times A.
      let column = job
      (job.a, job.aRow, job.aStep, job.aEntry) = (column.b, 0, 1, column.bEntry)
      (job.b, job.bRow, job.bEntry, job.transposesB) = (column.a, column.m, column.aEntry, false)
      (job.m, job.n, job.cRow) = (1, column.m, column.m)
    }
    return run(&job, entries: entries, dtype)
  }

  private static func runRows(_ job: inout GemmArguments, entries: Int, _ dtype: DType) -> KernelStatus {
    let table = KernelLevel.table
    let nanoseconds = entries * job.m * (4 + job.k * dtype.size / 40)
    return KernelStatus(
      encoded: withUnsafeMutablePointer(to: &job) {
        ThreadPool.shared.run(
          dtype == .f32 ? table.dotRowsF32 : table.dotRowsF64, $0, items: entries * $0.pointee.m,
          nanoseconds: nanoseconds)
      })
  }

  private static func run(_ job: inout GemmArguments, entries: Int, _ dtype: DType) -> KernelStatus {
    let size = dtype.size
    let (m, n, k) = (job.m, job.n, job.k)
    let nanosecondsEach = m * n * k / (dtype == .f32 ? 40 : 20)
    let isShort = nanosecondsEach * entries < ThreadPool.splitThreshold
    // Panels are at most 32 floats or 16 doubles, 128 bytes, wide.
    let packedBytes = (n + 31) / 32 * 32 * k * size
    // Rows of B a multiple of 4 KiB apart would all lie in the same few sets of the cache.
    let isAliased = n * size % 4096 == 0 && m > 24
    job.readsBInPlace = !job.transposesB && !isAliased && (m <= 48 || k * n * size <= 24 << 10)
    job.packsLocally =
      !job.readsBInPlace && packedBytes <= kernelScratchBytes - GemmArguments.packedABytes && (entries > 1 || isShort)
    let aStride = (job.aStep == 1 ? job.aRow : job.aStep) * size
    job.packsA = n > 128 || (aStride % 2048 == 0 && n > 32)
    // Blocks of some 96 rows and 512 columns; fewer rows where that gives the threads something to share.
    var blockRows = 96
    let threads = ThreadPool.shared.threadCount
    if !isShort, entries < 2 * threads, m < blockRows * 2 * threads {
      blockRows = max(12, (m / (2 * threads) + 11) / 12 * 12)
    }
    job.rowBlocks = max(1, (m + blockRows - 1) / blockRows)
    job.columnBlocks = max(1, (n + 511) / 512)
    let table = KernelLevel.table
    let multiply = dtype == .f32 ? table.gemmF32 : table.gemmF64
    if job.readsBInPlace || job.packsLocally {
      return KernelStatus(
        encoded: withUnsafeMutablePointer(to: &job) {
          ThreadPool.shared.run(
            multiply, $0, items: entries * $0.pointee.rowBlocks * $0.pointee.columnBlocks,
            nanoseconds: nanosecondsEach * entries)
        })
    }
    // The threads pack B together, then multiply; entry by entry unless they share one B.
    let pack = dtype == .f32 ? table.packF32 : table.packF64
    let width = dtype == .f32 ? table.panelF32 : table.panelF64
    guard let packed = PackBuffer.take(bytes: packedBytes) else {
      return KernelStatus(.outOfMemory, detail: packedBytes)
    }
    defer { packed.giveBack() }
    job.packedB = packed.address
    let separately = job.bEntry != 0
    for entry in 0..<(separately ? entries : 1) {
      var part = job
      part.a += entry * job.aEntry * size
      part.b += entry * job.bEntry * size
      part.c += entry * job.cEntry * size
      let count = separately ? 1 : entries
      withUnsafeMutablePointer(to: &part) {
        _ = ThreadPool.shared.run(pack, $0, items: (n + width - 1) / width, nanoseconds: packedBytes / 8)
        _ = ThreadPool.shared.run(
          multiply, $0, items: count * $0.pointee.rowBlocks * $0.pointee.columnBlocks,
          nanoseconds: nanosecondsEach * count)
      }
    }
    return .ok
  }
}

/// Memory for packed operands, kept from call to call: fresh pages cost more than packing does.
private struct PackBuffer {
  var storage: Storage
  var address: UnsafeMutableRawPointer { storage.address }

  nonisolated(unsafe) private static var kept: Storage?
  private static let lock = SpinLock()

  /// The kept buffer where it is large enough and nobody has it, otherwise a new one. Nil when there is no memory.
  static func take(bytes: Int) -> PackBuffer? {
    let found = lock.locked {
      let found = kept
      kept = nil
      return found
    }
    if let found, found.byteCount >= bytes { return PackBuffer(storage: found) }
    return Storage(byteCount: bytes).map { PackBuffer(storage: $0) }
  }

  func giveBack() {
    // Very large ones are rare and go back to the system.
    guard storage.byteCount <= 64 << 20 else { return }
    PackBuffer.lock.locked { PackBuffer.kept = storage }
  }
}
