import CKernelSupport
import KernelTypes

// Matrix products. C is cut into blocks of rows and columns (the items of a job); each block runs over k in pieces of
// `GemmArguments.kBlock`: every element is the sum, in order, of the pieces' sums, each in order of k. That order
// follows from k alone, so the bits do not depend on blocks, tiles, threads or, among levels with FMA, the level. Terms
// that are known to be zero are left out, which changes no sum.

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
  /// A single row goes over `wideVectors` vectors at once: whole stretches of B's rows.
  static var wideVectors: Int { get }
  static func runWide(_ s: GemmStep<Element>)
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
  packPanels(GemmF32.self, arguments, begin, end, scratch) { transposeBlock($0, $1, $2, $3) }
}

func packF64(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer) -> Int
{
  packPanels(GemmF64.self, arguments, begin, end, scratch) { transposeBlock($0, $1, $2, $3) }
}

@inline(__always)
func packPanels<G: GemmTiles>(
  _: G.Type, _ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer,
  transposing: (UnsafePointer<G.Element>, Int, UnsafeMutablePointer<G.Element>, Int) -> Void
) -> Int {
  let job = arguments.assumingMemoryBound(to: GemmArguments.self)
  let b = job.pointee.b.assumingMemoryBound(to: G.Element.self)
  let packed = job.pointee.packedB.assumingMemoryBound(to: G.Element.self)
  let square = (scratch + GemmArguments.squareStart).assumingMemoryBound(to: G.Element.self)
  for panel in begin..<end {
    packPanel(
      G.self, job, b, panel: panel, k0: 0, terms: job.pointee.k, packed + panel * G.vectors * G.lanes * job.pointee.k,
      square: square, transposing: transposing)
  }
  return 0
}

/// A panel of `vectors * lanes` columns, term after term. Columns that do not exist are zero.
@inline(__always)
func packPanel<G: GemmTiles>(
  _: G.Type, _ job: UnsafeMutablePointer<GemmArguments>, _ b: UnsafePointer<G.Element>, panel: Int, k0: Int, terms: Int,
  _ target: UnsafeMutablePointer<G.Element>, square: UnsafeMutablePointer<G.Element>,
  transposing: (UnsafePointer<G.Element>, Int, UnsafeMutablePointer<G.Element>, Int) -> Void
) {
  let width = G.vectors * G.lanes
  let column = panel * width
  let columns = min(width, job.pointee.n - column)
  let size = MemoryLayout<G.Element>.size
  let blockSide = 64 / size
  let stride = job.pointee.bRow
  if !job.pointee.transposesB {
    var from = UnsafeRawPointer(b + k0 * stride + column)
    var to = UnsafeMutableRawPointer(target)
    if columns == width {
      for _ in 0..<terms {
        to.copyMemory(from: from, byteCount: width * size)
        from += stride * size
        to += width * size
      }
      return
    }
    for _ in 0..<terms {
      to.copyMemory(from: from, byteCount: columns * size)
      (to + columns * size).initializeMemory(as: UInt8.self, repeating: 0, count: (width - columns) * size)
      from += stride * size
      to += width * size
    }
    return
  }
  // Stored [n, k]: squares through registers. The last one of a row of squares overlaps the one before; of fewer terms
  // than a square has, the square is made beside (what it reads behind the last row is there to be read).
  let source = b + column * stride + k0
  let squareColumns = columns / blockSide * blockSide
  let isPart = terms < blockSide
  var j = 0
  while j < squareColumns {
    var l = 0
    while l < terms {
      l = min(l, max(0, terms - blockSide))
      transposing(
        source + j * stride + l, stride, isPart ? square : target + l * width + j, isPart ? blockSide : width)
      l += blockSide
    }
    for l in 0..<(isPart ? terms : 0) { copyRow(target + l * width + j, square + l * blockSide, blockSide) }
    j += blockSide
  }
  for j in squareColumns..<columns {
    let from = source + j * stride
    for l in 0..<terms { target[l * width + j] = from[l] }
  }
  if columns < width {
    for l in 0..<terms {
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
  let localB = (scratch + GemmArguments.packedBStart).assumingMemoryBound(to: G.Element.self)
  let square = (scratch + GemmArguments.squareStart).assumingMemoryBound(to: G.Element.self)
  let packedB = UnsafePointer(g.packsLocally ? localB : g.packedB.assumingMemoryBound(to: G.Element.self))
  var frame = TileFrame(scratch + GemmArguments.tileStart)
  var keepsProduct = true
  if let epilogue = g.epilogue {
    frame = TileFrame(scratch + GemmArguments.tileStart, epilogue.pointee.tiles.pointee.tileLength)
    runHoisted(epilogue.pointee.tiles, frame)
    keepsProduct = epilogue.pointee.keepsProduct
  }
  let isBanded = g.isBanded
  var aheadA = AheadBlock(g.a), aheadB = AheadBlock(g.b)
  var packedOffset = -1
  for item in begin..<end {
    let columnBlock = item % columnBlocks, entryAndRow = item / columnBlocks
    let rowBlock = entryAndRow % rowBlocks, entry = entryAndRow / rowBlocks
    let a = g.a.assumingMemoryBound(to: G.Element.self) + g.aOffset(entry)
    let bOffset = g.bOffset(entry)
    let b = g.b.assumingMemoryBound(to: G.Element.self) + bOffset
    if g.packsLocally, packedOffset != bOffset {
      packedOffset = bOffset
      for panel in 0..<panels {
        packPanel(
          G.self, job, b, panel: panel, k0: 0, terms: g.k, localB + panel * width * g.k, square: square,
          transposing: transposing)
      }
    }
    // Blocks of columns are whole panels.
    let firstPanel = panels * columnBlock / columnBlocks, endPanel = panels * (columnBlock + 1) / columnBlocks
    let firstRow = g.m * rowBlock / rowBlocks, endRow = g.m * (rowBlock + 1) / rowBlocks
    let firstColumn = firstPanel * width
    let blockRows = endRow - firstRow
    var cRow = g.cRow
    var blockC = g.c.assumingMemoryBound(to: G.Element.self) + g.cOffset(entry) + firstRow * cRow + firstColumn
    let result = blockC
    if !keepsProduct || g.streams {
      cRow = g.productRow
      blockC = (scratch + GemmArguments.productStart).assumingMemoryBound(to: G.Element.self)
    }
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
        let nextTerms = min(GemmArguments.kBlock, g.k - k0 - kc)
        let nextA = a + firstRow * g.aRow + (k0 + kc) * g.aStep
        aheadA =
          g.aStep == 1
          ? AheadBlock(nextA, rows: blockRows, row: g.aRow, columns: nextTerms)
          : AheadBlock(nextA, rows: nextTerms, row: g.aStep, columns: blockRows)
      }
      var panel = firstPanel
      var sliceStart = firstPanel, sliceEnd = firstPanel
      while panel < endPanel {
        let column = panel * width
        let columns = min(width, g.n - column)
        let vectors = (columns + G.lanes - 1) / G.lanes
        let lastColumns = Int32(columns - (vectors - 1) * G.lanes)
        let widePanels = G.wideVectors / G.vectors
        if blockRows == 1, g.readsBInPlace, panel + widePanels <= endPanel, column + G.wideVectors * G.lanes <= g.n {
          G.runWide(
            GemmStep(
              k: kc, a: blockA, aRow: aRow, aStep: aStep, b: b + k0 * g.bRow + column, bStep: g.bRow,
              c: blockC + (column - firstColumn), cRow: cRow, lastColumns: Int32(G.lanes),
              accumulates: k0 > 0 || g.accumulates))
          panel += widePanels
          continue
        }
        var stepB = packedB + (panel * g.k + k0) * width
        var bStep = width
        if g.readsBInPlace {
          stepB = b + k0 * g.bRow + column
          bStep = g.bRow
        } else if g.packsSlices {
          if panel == sliceEnd {
            sliceStart = panel
            sliceEnd = min(panel + GemmArguments.slicePanels, endPanel)
            for next in sliceStart..<sliceEnd {
              packPanel(
                G.self, job, b, panel: next, k0: k0, terms: kc, localB + (next - sliceStart) * width * kc,
                square: square, transposing: transposing)
            }
            // The slice after this one, which may be of the next terms.
            let isLast = sliceEnd == endPanel
            let nextTerms = isLast ? min(GemmArguments.kBlock, g.k - k0 - kc) : kc
            let nextStart = isLast ? firstPanel : sliceEnd, nextK = isLast ? k0 + kc : k0
            let nextColumns = min(min(nextStart + GemmArguments.slicePanels, endPanel) * width, g.n) - nextStart * width
            aheadB =
              g.transposesB
              ? AheadBlock(b + nextStart * width * g.bRow + nextK, rows: nextColumns, row: g.bRow, columns: nextTerms)
              : AheadBlock(b + nextK * g.bRow + nextStart * width, rows: nextTerms, row: g.bRow, columns: nextColumns)
          }
          stepB = UnsafePointer(localB) + (panel - sliceStart) * width * kc
        }
        var row = 0
        for tile in 0..<tiles {
          let next = blockRows * (tile + 1) / tiles
          var first = 0, terms = kc
          if isBanded {
            let counted = g.terms(
              firstRow: firstRow + row, endRow: firstRow + next, firstColumn: column, endColumn: column + columns,
              first: k0, end: k0 + kc)
            first = counted.first - k0
            terms = counted.count
          }
          if g.packsA { aheadA.fetch(part: (panel - firstPanel) * tiles + tile, of: (endPanel - firstPanel) * tiles) }
          if g.packsSlices {
            aheadB.fetch(part: (panel - sliceStart) * tiles + tile, of: (sliceEnd - sliceStart) * tiles)
          }
          // Whole rows lie one after another, which the processor sees by itself.
          if k0 + kc == g.k, kc >= 64, columnBlocks > 1, let epilogue = g.epilogue {
            fetchOperands(
              epilogue.pointee, row: (g.firstEntry + entry) * g.m + firstRow + row, rows: next - row, column: column,
              columns: columns)
          }
          let tileC = blockC + row * cRow + (column - firstColumn)
          if terms > 0 {
            G.run(
              rows: next - row, vectors: vectors,
              GemmStep(
                k: terms, a: blockA + row * aRow + first * aStep, aRow: aRow, aStep: aStep, b: stepB + first * bStep,
                bStep: bStep, c: tileC, cRow: cRow, lastColumns: lastColumns, accumulates: k0 > 0 || g.accumulates))
          } else if k0 == 0, !g.accumulates {
            for r in 0..<(next - row) { clearRow(tileC + r * cRow, columns) }
          }
          row = next
        }
        panel += 1
      }
      k0 += kc
    }
    if g.streams {
      let columns = min(endPanel * width, g.n) - firstColumn
      for r in 0..<blockRows { streamRow(result + r * g.cRow, blockC + r * cRow, columns) }
    }
    if let epilogue = g.epilogue {
      let status = runTileBlock(
        epilogue.pointee.tiles, frame, row: (g.firstEntry + entry) * g.m + firstRow, rows: blockRows,
        column: firstColumn, columns: min(endPanel * width, g.n) - firstColumn, product: epilogue.pointee.product,
        at: UnsafeMutableRawPointer(blockC), productRow: cRow)
      if status != 0 { return status }
    }
  }
  if g.streams { kernel_stream_fence() }
  return 0
}

@inline(__always)
func copyRow<T>(_ target: UnsafeMutablePointer<T>, _ source: UnsafePointer<T>, _ count: Int) {
  UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * MemoryLayout<T>.size)
}

/// Past the caches where source and target are whole lines.
@inline(__always)
func streamRow<T>(_ target: UnsafeMutablePointer<T>, _ source: UnsafeMutablePointer<T>, _ count: Int) {
  let size = MemoryLayout<T>.size
  if (Int(bitPattern: target) | count * size) & 63 != 0 { return copyRow(target, source, count) }
  var offset = 0
  while offset < count * size {
    kernel_stream_line(UnsafeMutableRawPointer(target) + offset, UnsafeRawPointer(source) + offset)
    offset += 64
  }
}

@inline(__always)
func clearRow<T>(_ target: UnsafeMutablePointer<T>, _ count: Int) {
  UnsafeMutableRawPointer(target).initializeMemory(as: UInt8.self, repeating: 0, count: count * MemoryLayout<T>.size)
}
