import CKernelSupport
import KernelTypes

// Matrix products. C is cut into blocks of rows and columns (the items of a job); each block runs over k in pieces of
// `GemmArguments.kBlock`: every element is the sum, in order, of the pieces' sums, each in order of k. That order
// follows from k alone, so the bits do not depend on blocks, tiles, threads or, among levels with FMA, the level.

/// What a tile reads and writes. a and b advance by their steps for each of the k terms.
struct GemmStep<Element> {
  var k: Int
  var a: UnsafePointer<Element>
  var aRow, aStep: Int
  var b: UnsafePointer<Element>
  var bStep: Int
  var c: UnsafeMutablePointer<Element>
  var cRow: Int
  /// Columns of the last vector that exist.
  var lastColumns: Int32
  /// Adds to c instead of setting it.
  var accumulates: Bool
}

/// The tiles of one level and element type: up to `rows` rows of up to `vectors` vectors of `lanes` elements.
protocol GemmTiles {
  associatedtype Element
  static var lanes: Int { get }
  static var vectors: Int { get }
  static var rows: Int { get }
  static func run(rows: Int, vectors: Int, _ s: GemmStep<Element>)
}

func gemmF32(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer) -> Int
{
  multiplyBlocks(GemmF32.self, arguments, begin, end, scratch) { transposeBlock($0, $1, $2, $3) }
}

func gemmF64(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer) -> Int
{
  multiplyBlocks(GemmF64.self, arguments, begin, end, scratch) { transposeBlock($0, $1, $2, $3) }
}

/// Items are panels of B.
func packF32(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer) -> Int
{
  let job = arguments.assumingMemoryBound(to: GemmArguments.self)
  for panel in begin..<end {
    packPanel(GemmF32.self, job, job.pointee.b, panel, job.pointee.packedB, blockSide: 16) {
      transposeBlock($0, $1, $2, $3)
    }
  }
  return 0
}

func packF64(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer) -> Int
{
  let job = arguments.assumingMemoryBound(to: GemmArguments.self)
  for panel in begin..<end {
    packPanel(GemmF64.self, job, job.pointee.b, panel, job.pointee.packedB, blockSide: 8) {
      transposeBlock($0, $1, $2, $3)
    }
  }
  return 0
}

/// Panel after panel of `vectors * lanes` columns; in a panel row after row of k. Columns that do not exist are zero.
@inline(__always)
func packPanel<G: GemmTiles>(
  _: G.Type, _ job: UnsafeMutablePointer<GemmArguments>, _ b: UnsafeRawPointer, _ panel: Int,
  _ packed: UnsafeMutableRawPointer, blockSide: Int,
  transposing: (UnsafePointer<G.Element>, Int, UnsafeMutablePointer<G.Element>, Int) -> Void
) {
  let width = G.vectors * G.lanes
  let k = job.pointee.k
  let column = panel * width
  let columns = min(width, job.pointee.n - column)
  let size = MemoryLayout<G.Element>.size
  let target = packed.assumingMemoryBound(to: G.Element.self) + panel * width * k
  let stride = job.pointee.bRow
  let source = b.assumingMemoryBound(to: G.Element.self)
  if !job.pointee.transposesB {
    var from = UnsafeRawPointer(source + column)
    var to = UnsafeMutableRawPointer(target)
    for _ in 0..<k {
      to.copyMemory(from: from, byteCount: columns * size)
      if columns < width {
        (to + columns * size).initializeMemory(as: UInt8.self, repeating: 0, count: (width - columns) * size)
      }
      from += stride * size
      to += width * size
    }
    return
  }
  // Stored [n, k]: squares through registers, edges element by element.
  let squareColumns = columns / blockSide * blockSide, squareRows = k / blockSide * blockSide
  var j = 0
  while j < squareColumns {
    var l = 0
    while l < squareRows {
      transposing(source + (column + j) * stride + l, stride, target + l * width + j, width)
      l += blockSide
    }
    j += blockSide
  }
  for j in 0..<columns {
    let from = source + (column + j) * stride
    for l in (j < squareColumns ? squareRows : 0)..<k { target[l * width + j] = from[l] }
  }
  if columns < width {
    for l in 0..<k {
      UnsafeMutableRawPointer(target + l * width + columns)
        .initializeMemory(as: UInt8.self, repeating: 0, count: (width - columns) * size)
    }
  }
}

/// Items are blocks of C: batch entry by batch entry, rows of blocks, blocks.
@inline(__always)
func multiplyBlocks<G: GemmTiles>(
  _: G.Type, _ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer,
  transposing: (UnsafePointer<G.Element>, Int, UnsafeMutablePointer<G.Element>, Int) -> Void
) -> Int {
  let job = arguments.assumingMemoryBound(to: GemmArguments.self)
  let g = job.pointee
  let width = G.vectors * G.lanes
  let panels = (g.n + width - 1) / width
  let rowBlocks = g.rowBlocks, columnBlocks = g.columnBlocks
  let packedA = scratch.assumingMemoryBound(to: G.Element.self)
  let localB = scratch + GemmArguments.packedABytes
  var packedEntry = -1
  for item in begin..<end {
    let columnBlock = item % columnBlocks, entryAndRow = item / columnBlocks
    let rowBlock = entryAndRow % rowBlocks, entry = entryAndRow / rowBlocks
    let a = g.a.assumingMemoryBound(to: G.Element.self) + entry * g.aEntry
    let b = g.b.assumingMemoryBound(to: G.Element.self) + entry * g.bEntry
    let c = g.c.assumingMemoryBound(to: G.Element.self) + entry * g.cEntry
    if g.packsLocally, packedEntry != (g.bEntry == 0 ? 0 : entry) {
      packedEntry = g.bEntry == 0 ? 0 : entry
      for panel in 0..<panels {
        packPanel(
          G.self, job, UnsafeRawPointer(b), panel, localB, blockSide: 64 / MemoryLayout<G.Element>.size,
          transposing: transposing)
      }
    }
    let packedB = (g.packsLocally ? UnsafeRawPointer(localB) : UnsafeRawPointer(g.packedB))
      .assumingMemoryBound(to: G.Element.self)
    // Blocks of columns are whole panels.
    let firstPanel = panels * columnBlock / columnBlocks, endPanel = panels * (columnBlock + 1) / columnBlocks
    let firstRow = g.m * rowBlock / rowBlocks, endRow = g.m * (rowBlock + 1) / rowBlocks
    let blockRows = endRow - firstRow
    // Tiles of nearly equal height: a last one of one row would be slow.
    let tiles = (blockRows + G.rows - 1) / G.rows
    var k0 = 0
    while k0 < g.k {
      let kc = min(GemmArguments.kBlock, g.k - k0)
      var blockA = a + firstRow * g.aRow + k0 * g.aStep
      var aRow = g.aRow, aStep = g.aStep
      if g.packsA {
        // A copy with a stride that does not return to the same set of the cache.
        if g.aStep == 1 {
          aRow = GemmArguments.kBlock + 16
          for r in 0..<blockRows { copyRow(packedA + r * aRow, blockA + r * g.aRow, kc) }
        } else {
          aStep = (blockRows + 15) / 16 * 16 + 16
          for l in 0..<kc { copyRow(packedA + l * aStep, blockA + l * g.aStep, blockRows) }
        }
        blockA = UnsafePointer(packedA)
      }
      var panel = firstPanel
      while panel < endPanel {
        let column = panel * width
        let columns = min(width, g.n - column)
        let vectors = (columns + G.lanes - 1) / G.lanes
        let lastColumns = Int32(columns - (vectors - 1) * G.lanes)
        let stepB: UnsafePointer<G.Element>
        let bStep: Int
        if g.readsBInPlace {
          stepB = b + k0 * g.bRow + column
          bStep = g.bRow
        } else {
          stepB = packedB + (panel * g.k + k0) * width
          bStep = width
        }
        var row = 0
        for tile in 0..<tiles {
          let next = blockRows * (tile + 1) / tiles
          G.run(
            rows: next - row, vectors: vectors,
            GemmStep(
              k: kc, a: blockA + row * aRow, aRow: aRow, aStep: aStep, b: stepB, bStep: bStep,
              c: c + (firstRow + row) * g.cRow + column, cRow: g.cRow, lastColumns: lastColumns,
              accumulates: k0 > 0 || g.accumulates))
          row = next
        }
        panel += 1
      }
      k0 += kc
    }
  }
  return 0
}

@inline(__always)
func copyRow<T>(_ target: UnsafeMutablePointer<T>, _ source: UnsafePointer<T>, _ count: Int) {
  UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * MemoryLayout<T>.size)
}
