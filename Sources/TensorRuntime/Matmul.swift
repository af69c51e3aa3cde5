import Glibc
import KernelTypes
import TensorTypes

/// Where the elements of a batch of matrices stand, in elements: from row to row, from column to column, from entry to
/// entry of the batch [outer, inner]. One of the steps in a matrix is 1.
public struct MatrixLayout {
  public var row, column, inner, outer: Int

  public init(row: Int, column: Int, inner: Int = 0, outer: Int = 0) {
    self.row = row
    self.column = column
    self.inner = inner
    self.outer = outer
  }
}

/// How a batch of products c[m, n] = a[m, k] @ b[k, n] in f32 or f64 is done: found once from the shapes, run as often
/// as wanted. Plain data.
public struct MatmulPlan {
  private enum Way: UInt8 { case nothing, zeros, dotRows, blocks, packedFirst }

  public let dtype: DType
  public private(set) var m, n, k, batch: Int
  private var job: GemmArguments
  private var way = Way.blocks
  /// A and B change places: a column is taken for a row.
  private var isTurned = false
  private var entries: Int
  /// Where nothing is computed from the product at once, it goes past the caches.
  private var streams = false
  private var nanoseconds: Int
  /// Memory for the packed right operand that a run needs, or 0.
  public private(set) var packedBytes = 0

  /// `batch`: outer and inner entries. `accumulates`: the products are added to c. A transposed operand is one whose
  /// layout says so. k = 0 gives zeros. Elements of a and b outside their bands are taken for zero; those of c outside
  /// its band may be zero or the product.
  public init(
    _ dtype: DType, m: Int, n: Int, k: Int, batch: (outer: Int, inner: Int) = (1, 1), a: MatrixLayout, b: MatrixLayout,
    c: MatrixLayout, accumulates: Bool = false, aBand: Band = .full, bBand: Band = .full, cBand: Band = .full
  ) {
    let nowhere = UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
    job = GemmArguments(
      a: nowhere, b: nowhere, c: nowhere, m: m, n: n, k: k, aRow: a.row, aStep: a.column,
      bRow: b.column == 1 ? b.row : b.column, cRow: c.row, transposesB: b.column != 1)
    (job.aEntry, job.aOuter, job.bEntry, job.bOuter) = (a.inner, a.outer, b.inner, b.outer)
    (job.cEntry, job.cOuter) = (c.inner, c.outer)
    job.innerEntries = max(1, batch.inner)
    job.accumulates = accumulates
    (job.aBand, job.bBand, job.cBand) = (aBand, bBand, cBand)
    entries = batch.outer * batch.inner
    nanoseconds = 0
    self.dtype = dtype
    (self.m, self.n, self.k, self.batch) = (m, n, k, entries)
    guard entries > 0, m > 0, n > 0, dtype.isFloating, k > 0 || !accumulates else {
      way = .nothing
      return
    }
    guard k > 0 else {
      way = .zeros
      return
    }
    if m == 1, job.transposesB, job.aStep == 1 {
      // A row times transpose(B) is B times a column.
      turn()
      let row = job
      (job.aRow, job.aStep, job.aEntry, job.aOuter) = (row.bRow, 1, row.bEntry, row.bOuter)
      (job.bRow, job.bEntry, job.bOuter, job.transposesB) = (1, row.aEntry, row.aOuter, false)
      (job.m, job.n, job.cRow) = (n, 1, 1)
      way = .dotRows
      nanoseconds = entries * n * (4 + k * dtype.size / 40)
      return
    }
    if n == 1, c.row == 1 {
      if job.aStep == 1 {
        way = .dotRows
        nanoseconds = entries * m * (4 + k * dtype.size / 40)
        return
      }
      // transpose(A) times a column is a row times A.
      turn()
      let column = job
      (job.aRow, job.aStep, job.aEntry, job.aOuter) = (0, 1, column.bEntry, column.bOuter)
      (job.bRow, job.bEntry, job.bOuter, job.transposesB) = (column.aStep, column.aEntry, column.aOuter, false)
      (job.m, job.n, job.cRow) = (1, m, m)
    }
    chooseBlocks()
  }

  /// A result of this size is no longer near when somebody reads it.
  private static let farBytes = 4 << 20
  /// A packed copy of this size takes longer to touch for the first time than to make.
  private static let hugeBytes = 16 << 20

  private mutating func turn() {
    isTurned = true
    (job.aBand, job.bBand, job.cBand) = (.full, .full, .full)
  }

  private mutating func chooseBlocks() {
    let size = dtype.size
    let (m, n, k) = (job.m, job.n, job.k)
    let nanosecondsEach = m * n * k / (dtype == .f32 ? 40 : 20)
    nanoseconds = nanosecondsEach * entries
    let isShort = nanoseconds < ThreadPool.splitThreshold
    let threads = ThreadPool.shared.threadCount
    // Panels are at most 32 floats or 16 doubles, 128 bytes, wide.
    let allPackedBytes = (n + 31) / 32 * 32 * k * size
    // Rows of B a multiple of 4 KiB apart would all lie in the same few sets of the cache; and of 2 KiB, where they are
    // more than the second cache holds.
    let isAliased = job.bRow * size % (k * n * size <= 1 << 20 ? 4096 : 2048) == 0 && m > 24
    // Where a small C is the sum of many terms, as in a weight's gradient, those at hand stay in the second cache as
    // they are.
    let isLong = m <= 512 && n <= 1024 && (job.aStep != 1 || k >= 1024)
    job.readsBInPlace = !job.transposesB && !isAliased && (m <= 48 || k * n * size <= 1 << 20 || isLong)
    job.packsLocally =
      !job.readsBInPlace && allPackedBytes <= GemmArguments.productStart - GemmArguments.packedBStart
      && (entries > 1 || isShort)
    // Packing A pays where it comes from far away and is used often; columns that alias are worth it sooner.
    let aliasesA = job.aStep * size % 2048 == 0
    job.packsA = m * k * size > 2 << 20 && (n > 128 || (aliasesA && n > 96))
    // Blocks of some 96 rows and 512 columns; fewer rows where that gives the threads something to share. Where one
    // thread does all, as many as leave an epilogue's block and what it reads in the first cache.
    var blockRows = isShort ? max(24, ((18 << 10) / (n * size) + 11) / 12 * 12) : 96
    if !isShort, entries < 2 * threads {
      if m < blockRows * 2 * threads {
        blockRows = max(12, (m / (2 * threads) + 11) / 12 * 12)
      } else if k <= 1024, m / blockRows * ((n + 511) / 512) < 16 * threads {
        blockRows = 48
      }
    }
    var blockColumns = GemmArguments.blockColumns
    var minimumBlocks = 1
    // Few rows: each element of B is used so seldom that packing all of it first, through memory, would show. Some more
    // rows go block by block where a packed copy of B would fill memory.
    let fewRows = 1408 / size
    let fewBlocks = (m + fewRows - 1) / fewRows
    let hasFewRows = entries == 1 && n >= 256 * threads
      && (fewBlocks == 1 || fewBlocks <= 3 && !job.readsBInPlace && allPackedBytes >= Self.hugeBytes)
    if hasFewRows, !job.packsLocally, !job.readsBInPlace || isLong {
      if !job.readsBInPlace {
        job.packsSlices = true
        job.packsA = true
      }
      blockRows = (m + fewBlocks - 1) / fewBlocks
      if blockRows * size > 1024 { blockColumns /= 2 }
      minimumBlocks = 2 * threads
    }
    if m <= 24, job.readsBInPlace, n >= 64 * threads {
      // All rows at once, so that B is read once.
      blockRows = m
      minimumBlocks = isShort ? 1 : threads
    }
    job.rowBlocks = (m + blockRows - 1) / blockRows
    job.columnBlocks = max((n + blockColumns - 1) / blockColumns, minimumBlocks)
    // Where there are few blocks, as many for each thread.
    let blocks = job.rowBlocks * job.columnBlocks
    if !isShort, entries == 1, blocks < 64 * threads, blocks % threads != 0 {
      if blockRows == m {
        job.columnBlocks = (job.columnBlocks + threads - 1) / threads * threads
      } else {
        job.rowBlocks = min(m, (job.rowBlocks + threads - 1) / threads * threads)
      }
    }
    // Rows that an epilogue may reduce are not cut.
    if n <= TileMachine.shortRow { job.columnBlocks = 1 }
    // Short rows share a tile of the epilogue, which wants them one after another. Others are not a multiple of 1 KiB
    // apart.
    job.productRow = n * 2 <= TileMachine.tileLength ? n : blockColumns + 16
    streams = entries == 1 && m > 1 && m * n * size >= Self.farBytes && !job.accumulates
    if !job.readsBInPlace, !job.packsLocally, !job.packsSlices {
      way = .packedFirst
      packedBytes = allPackedBytes
    }
  }
}

extension MatmulPlan {
  /// Multiply-adds of one run. What bands hide does not count, tile by tile of the largest kernels.
  public var multiplyAdds: Int {
    guard job.isBanded, way == .blocks || way == .packedFirst else { return batch &* m &* n &* k }
    var each = 0
    for row in stride(from: 0, to: m, by: 12) {
      let endRow = min(row + 12, m)
      for column in stride(from: 0, to: n, by: 32) {
        let endColumn = min(column + 32, n)
        let terms = job.terms(
          firstRow: row, endRow: endRow, firstColumn: column, endColumn: endColumn, first: 0, end: k)
        each += (endRow - row) * (endColumn - column) * terms.count
      }
    }
    return batch * each
  }
}

/// An elementwise program over a product; see `GemmEpilogue`. `tiles.operands` with addresses.
public struct MatmulEpilogue {
  public var program: UnsafeBufferPointer<TileInstruction>
  public var constants: UnsafePointer<UInt64>
  public var domain: TileDomain
  public var operands: UnsafePointer<TileOperand>
  public var operandCount: Int
  public var product: Int
  public var keepsProduct: Bool
  public var kept: UnsafeMutablePointer<KeptTiles>?

  public init(
    program: UnsafeBufferPointer<TileInstruction>, constants: UnsafePointer<UInt64>, domain: TileDomain,
    operands: UnsafePointer<TileOperand>, operandCount: Int, product: Int, keepsProduct: Bool,
    kept: UnsafeMutablePointer<KeptTiles>? = nil
  ) {
    self.kept = kept
    self.program = program
    self.constants = constants
    self.domain = domain
    self.operands = operands
    self.operandCount = operandCount
    self.product = product
    self.keepsProduct = keepsProduct
  }
}

extension MatmulPlan {
  /// `packed`: memory of `packedBytes`. Does not fail.
  public func run(
    a: UnsafeRawPointer, b: UnsafeRawPointer, c: UnsafeMutableRawPointer, packed: UnsafeMutableRawPointer
  ) {
    var job = job
    (job.a, job.b, job.c) = isTurned ? (b, a, c) : (a, b, c)
    job.packedB = packed
    job.streams = streams
    run(&job, nanoseconds: nanoseconds)
  }

  /// The same, with an elementwise program run on each block of the product. C is not written unless the epilogue keeps
  /// the product.
  public func run(
    a: UnsafeRawPointer, b: UnsafeRawPointer, c: UnsafeMutableRawPointer, packed: UnsafeMutableRawPointer,
    _ epilogue: MatmulEpilogue
  ) {
    var job = job
    (job.a, job.b, job.c) = (a, b, c)
    job.packedB = packed
    _ = Kernels.withPreparedTiles(
      epilogue.program, constants: epilogue.constants, domain: epilogue.domain, operands: epilogue.operands,
      operandCount: epilogue.operandCount, isEpilogue: true, kept: epilogue.kept
    ) { tiles, tileNanoseconds in
      withUnsafeMutablePointer(to: &tiles) { tiles in
        var argument = GemmEpilogue(
          tiles: tiles, product: epilogue.product, keepsProduct: epilogue.keepsProduct)
        withUnsafeMutablePointer(to: &argument) {
          job.epilogue = $0
          // What tiles work on is in the first caches here.
          run(&job, nanoseconds: nanoseconds + tileNanoseconds / 2)
        }
      }
      return .ok
    }
  }

  private func run(_ job: inout GemmArguments, nanoseconds: Int) {
    let table = KernelLevel.table
    let size = dtype.size
    switch way {
    case .nothing: return
    case .zeros:
      for entry in 0..<entries {
        for row in 0..<m { memset(job.c + (job.cOffset(entry) + row * job.cRow) * size, 0, n * size) }
      }
    case .dotRows:
      let dotRows = dtype == .f32 ? table.dotRowsF32 : table.dotRowsF64
      _ = ThreadPool.shared.run(dotRows, &job, items: entries * job.m, nanoseconds: nanoseconds)
    case .blocks:
      let multiply = dtype == .f32 ? table.gemmF32 : table.gemmF64
      _ = ThreadPool.shared.run(
        multiply, &job, items: entries * job.rowBlocks * job.columnBlocks, nanoseconds: nanoseconds)
    case .packedFirst: runPacked(&job, table, nanoseconds: nanoseconds)
    }
  }

  /// The threads pack B together, then multiply; entry by entry unless they share one B.
  private func runPacked(_ job: inout GemmArguments, _ table: KernelTable, nanoseconds: Int) {
    let size = dtype.size
    let pack = dtype == .f32 ? table.packF32 : table.packF64
    let multiply = dtype == .f32 ? table.gemmF32 : table.gemmF64
    let width = dtype == .f32 ? table.panelF32 : table.panelF64
    let separately = job.bEntry != 0 || job.bOuter != 0
    let (a, b, c) = (job.a, job.b, job.c)
    let parts = separately ? entries : 1
    for entry in 0..<parts {
      job.a = a + job.aOffset(entry) * size
      job.b = b + job.bOffset(entry) * size
      job.c = c + job.cOffset(entry) * size
      job.firstEntry = entry
      _ = ThreadPool.shared.run(
        pack, &job, items: (job.n + width - 1) / width, nanoseconds: packedBytes / 8)
      _ = ThreadPool.shared.run(
        multiply, &job, items: entries / parts * job.rowBlocks * job.columnBlocks, nanoseconds: nanoseconds / parts)
    }
  }
}
