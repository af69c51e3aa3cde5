import KernelTypes
import TensorRuntime
import TensorTypes

/// A place in a buffer. The address of each buffer stands in the running program's table.
struct Reference {
  var buffer: Int32
  /// Bytes from the start of the buffer.
  var offset: Int

  init(_ buffer: Int, offset: Int = 0) {
    self.buffer = Int32(buffer)
    self.offset = offset
  }
}

/// The addresses of all buffers of a program, by buffer index.
typealias AddressTable = UnsafeMutablePointer<UnsafeMutableRawPointer>

extension UnsafeMutablePointer<UnsafeMutableRawPointer> {
  @inline(__always)
  func address(_ reference: Reference) -> UnsafeMutableRawPointer { self[Int(reference.buffer)] + reference.offset }
}

/// Sizes of a view of an array along one axis: [outer, middle, inner].
struct Extents {
  var outer, middle, inner: Int
}

/// One call of a kernel. Steps are plain data over the program's tables, so that running one neither allocates nor
/// counts references.
enum Step {
  case tiles(UnsafePointer<TileStep>)
  case reduce(Kernels.Reduction, DType, input: Reference, output: Reference, Extents)
  case argReduce(maximum: Bool, DType, input: Reference, output: Reference, Extents)
  case cumulate(Kernels.Cumulation, DType, input: Reference, output: Reference, Extents)
  case matmul(UnsafePointer<MatmulStep>)
  case convolve(UnsafePointer<ConvolutionStep>)
  case pool(UnsafePointer<PoolStep>)
  case copy(input: Reference, output: Reference, byteCount: Int)
  case copyStrided(elementSize: Int, input: Reference, output: Reference, StridedWindow)
  case copyIntoStrided(elementSize: Int, input: Reference, output: Reference, StridedWindow)
  case take(elementSize: Int, table: Reference, ids: Reference, output: Reference, Extents, count: Int)
  case scatterAdd(DType, updates: Reference, ids: Reference, output: Reference, Extents, count: Int)
  case listRows(UnsafePointer<RowListStep>)
  /// `first`: what problems call the first of them.
  case checkIds(ids: Reference, count: Int, rows: Int, first: Int = 0)
  case takeAlong(elementSize: Int, input: Reference, ids: Reference, output: Reference, Extents, count: Int)
  case scatterAddAlong(DType, updates: Reference, ids: Reference, output: Reference, Extents, count: Int)
  case sort(DType, input: Reference, values: Reference, indices: Reference, Extents, descending: Bool)
  case qr(DType, a: Reference, q: Reference, r: Reference, batch: Int, m: Int, n: Int)
  case triangularSolve(TriangularSolveStep)
  case random(Kernels.Distribution, DType, key: Reference, output: Reference, count: Int)
  case foldKey(key: Reference, number: Reference, output: Reference)
  case check(ok: Reference, message: Int32)
  case rowChain(UnsafePointer<RowChainStep>)
  case rows(UnsafePointer<RowStep>)
  case scan(UnsafePointer<ScanStep>)
  case whileLoop(UnsafePointer<WhileStep>)
}

struct TileStep {
  var program: UnsafeBufferPointer<TileInstruction>
  var constants: UnsafePointer<UInt64>
  var domain: TileDomain
  /// The addresses are those of `bindings` when it runs.
  var operands: UnsafeBufferPointer<TileOperand>
  var bindings: UnsafePointer<Reference>
  /// What it sums of listed rows.
  var listedElements = 0
  /// What is done to each element, for descriptions.
  var operations: UnsafeBufferPointer<TileOpcode>
  var kept: UnsafeMutablePointer<KeptTiles>
}

/// The list of rows for the tile machine's `sumRows`.
struct RowListStep {
  var ids, heads, entries: Reference
  var count, rows: Int
  /// Where the ids' rows stand: sizes and strides of the ids' axes.
  var places: StridedWindow
}

struct MatmulStep {
  var plan: MatmulPlan
  var a, b: Reference
  /// Not written, and of no buffer of its own, where the epilogue is all that is wanted.
  var c: Reference
  /// Memory for the packed right side.
  var packed: Reference
  var transposeA, transposeB: Bool
  /// What is computed from the product while it is in the cache.
  var epilogue: EpilogueStep?
}

struct EpilogueStep {
  var tiles: TileStep
  /// The operand that is the product.
  var product: Int
  /// The product itself goes to the step's `c` too.
  var keepsProduct: Bool
}

struct TriangularSolveStep {
  var dtype: DType
  var a, b, x: Reference
  var batch, n, k: Int
  var lower, transpose: Bool
}

struct StridedWindow {
  var sizes: UnsafeBufferPointer<Int>
  var strides: UnsafeBufferPointer<Int>
}

/// Steps that run in order, and where each was written.
struct Block {
  var steps: UnsafeBufferPointer<Step>
  /// Indices into the program's origins.
  var origins: UnsafePointer<Int32>
  /// The program's; set while a run is timed.
  var timer: UnsafePointer<StepTimer>?
}

/// A buffer of a body that stands for memory outside it while the body runs.
struct Link {
  var inner: Int32
  var outer: Reference
}

/// A loop's carried value. Iterations write `result` and `spare` in turn so that the last one writes `result`; a carry
/// that the body updates in place, or that stands in a stack, has `spare` == `result`.
struct Carry {
  var initial, result, spare: Reference
  var bodyInput, bodyOutput: Int32
  var byteCount: Int
  var isInPlace: Bool
}

/// A stacked input or result of a scan: the body sees one slice.
struct Stack {
  var inner: Int32
  var outer: Reference
  var sliceBytes: Int
  /// Slices that are `sliceBytes` apart; groups of so many are `groupBytes` apart.
  var groupLength = Int.max
  var groupBytes = 0

  func address(_ index: Int, _ table: AddressTable) -> UnsafeMutableRawPointer {
    table.address(outer) + index / groupLength * groupBytes + index % groupLength * sliceBytes
  }
}

/// A carry whose values are stacked as well: it stands in the stack, and nothing is copied from step to step.
struct Trail {
  var carry: Carry
  var outer: Reference
  var sliceBytes: Int
  /// The stack holds what each step leaves; otherwise what it finds.
  var isAfter: Bool
}

struct ScanStep {
  var body: Block
  var length: Int
  var isReversed: Bool
  var constants: UnsafeBufferPointer<Link>
  var carries: UnsafeBufferPointer<Carry>
  /// Those of the carries that take turns between two places.
  var moving: UnsafeBufferPointer<Carry>
  var trails: UnsafeBufferPointer<Trail>
  var stacks: UnsafeBufferPointer<Stack>
  /// Of a loop whose iterations stand by themselves.
  var loop: UnsafeMutablePointer<LoopState>?
  var ahead: UnsafeBufferPointer<RowsAhead>
  /// Steps of the body from this index on are not interrupted: they may write to a carry in place.
  var pollLimit: Int
}

/// Rows of a table, a batch of a dataset, that each iteration of a loop takes by the numbers in its slice of `ids`. They stand
/// anywhere, so they are fetched an iteration ahead.
struct RowsAhead {
  var table, ids: Reference
  var rows, rowBytes, count: Int
}

/// What a run of a loop has done so far and may do: read and written by the program between its steps.
struct LoopState {
  /// The first iteration of this run.
  var first = 0
  /// On the monotonic clock, in nanoseconds; once it has passed, no further iteration begins.
  var deadline = UInt64.max
  /// The iteration before which the run ends; one runs at least.
  var end = Int.max
  /// Iterations finished, those before `first` included.
  var finished = 0
}

struct WhileStep {
  var condition, body: Block
  var constants: UnsafeBufferPointer<Link>
  /// The condition's own inputs for the constants and, after them, the carries.
  var conditionConstants: UnsafeBufferPointer<Link>
  var conditionCarries: UnsafePointer<Int32>
  var conditionResult: Reference
  var carries: UnsafeBufferPointer<Carry>
}

/// Steps that run for a few rows at a time, on several threads.
struct RowStep {
  /// All rows but the last few, then those.
  var parts: UnsafeBufferPointer<RowPart>
  /// Parts of a batch with sums over each; see `BatchParts`.
  var isBatch = false
}

struct RowPart {
  var body: Block
  /// How often the body runs.
  var times: Int
  /// The body's buffers stand one after another: each thread has addresses of its own for them.
  var firstBuffer, bufferCount: Int
  var constants: UnsafeBufferPointer<Link>
  var stacks: UnsafeBufferPointer<Stack>
  /// Buffers in the body's scratch memory, of which each thread has a copy of this size.
  var scratch: UnsafeBufferPointer<Int32>
  var scratchBytes: Int
  var workspaces: Int
}
