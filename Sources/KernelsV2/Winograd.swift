import CKernelSupport
import KernelTypes

// Convolutions with a window of 3 x 3 and stride 1 by Winograd's minimal filtering F(2 x 2, 3 x 3): S. Winograd,
// Arithmetic Complexity of Computations, 1980; A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks,
// 2015. Four neighbouring results y take 16 products instead of 36. Of the square d of 4 x 4 places that they read, and
// of the weights g,
//
//   V = B' d B     1  0 -1  0     U = G g G'     1    0    0      y = A' (U * V) A     1  1  1  0
//             B' = 0  1  1  0               G = 1/2  1/2  1/2                     A' = 0  1 -1 -1
//                  0 -1  1  0                   1/2 -1/2  1/2
//                  0  1  0 -1                    0    0    1
//
// U * V is element by element and summed over channels: for each of the 16 places a product of matrices, tiles x
// channels by channels x results, done by the tiles of matrix products while a block of V and of the products is in the
// cache.
//
// A number spreads through its tile: what isn't finite, or huge, would reach results that don't see it. So a row of
// tiles that reads what isn't below `WinogradBlocks.boundBits` is computed in the direct way, as everything is with such
// weights. Rows of tiles are the same however a job is cut, so the bits are.

/// Items are blocks of `winogradBlocks`.
func winogradF32(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  let job = arguments.assumingMemoryBound(to: ConvolutionArguments.self)
  let c = job.pointee
  let blocks = c.winogradBlocks
  let groups = WinogradBlocks.groups(c.targetChannels)
  let weights: UnsafeMutablePointer<Float>
  if let shared = c.packedWeight {
    weights = shared.assumingMemoryBound(to: Float.self)
  } else {
    weights = (scratch + WinogradBlocks.weightStart).assumingMemoryBound(to: Float.self)
    for group in 0..<groups { transformWeights(c, group, weights, scratch) }
  }
  let largestWeights = largestOfWeights(c, weights)
  var largestWeight: Int32 = 0
  for group in 0..<groups where largestWeights[group] > largestWeight { largestWeight = largestWeights[group] }
  let flags = (scratch + WinogradBlocks.flagStart).assumingMemoryBound(to: Int32.self)
  let images = scratch.assumingMemoryBound(to: Float.self)
  let pitch = WinogradBlocks.pitch(c.sourceChannels)
  let columns = WinogradBlocks.columns
  for item in begin..<end {
    let rowBlock = item / blocks.segments, segment = item % blocks.segments
    let firstRow = blocks.rows * rowBlock / blocks.rowBlocks, endRow = blocks.rows * (rowBlock + 1) / blocks.rowBlocks
    let firstTile = blocks.across * segment / blocks.segments
    let width = blocks.across * (segment + 1) / blocks.segments - firstTile
    let tiles = (endRow - firstRow) * width
    // A line more, so that the 16 places don't fall on one set of the cache.
    let imagePlane = tiles * pitch + 16, productPlane = tiles * columns + 16
    let products = images + 16 * imagePlane
    var isDirect = false
    for row in firstRow..<endRow {
      let place = (row - firstRow) * width
      let largest = transformImage(
        c, image: row / blocks.down, top: row % blocks.down * 2 + c.y.firstOffset,
        left: firstTile * 2 + c.x.firstOffset, tiles: width, channels: 0..<c.sourceChannels, images + place * pitch,
        pitch: pitch, plane: imagePlane, scratch)
      flags[row - firstRow] = max(largest, largestWeight)
      if flags[row - firstRow] >= WinogradBlocks.boundBits { isDirect = true }
    }
    for group in 0..<groups where largestWeight < WinogradBlocks.boundBits {
      multiplyTiles(c, group, tiles: tiles, images, pitch, imagePlane, weights, products, productPlane)
      for row in firstRow..<endRow where flags[row - firstRow] < WinogradBlocks.boundBits {
        transformProducts(
          c, row: row, of: blocks, firstTile: firstTile, tiles: width, group,
          products + (row - firstRow) * width * columns, productPlane)
      }
    }
    if isDirect {
      convolveFlagged(job, blocks, firstRow: firstRow, endRow: endRow, firstTile: firstTile, tiles: width, scratch)
    }
  }
  return 0
}

/// Behind the transformed weights: the largest weight of each block of results, as bits without sign.
@inline(__always)
func largestOfWeights(
  _ c: ConvolutionArguments, _ weights: UnsafeMutablePointer<Float>
) -> UnsafeMutablePointer<Int32> {
  let count = WinogradBlocks.groups(c.targetChannels) * 16 * WinogradBlocks.weightPlane(terms: c.sourceChannels)
  return UnsafeMutableRawPointer(weights + count).assumingMemoryBound(to: Int32.self)
}

/// Items are blocks of `WinogradBlocks.columns` results.
func packWinogradF32(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  let c = arguments.assumingMemoryBound(to: ConvolutionArguments.self).pointee
  guard let packed = c.packedWeight?.assumingMemoryBound(to: Float.self) else { return 0 }
  for group in begin..<end { transformWeights(c, group, packed, scratch) }
  return 0
}

/// Four numbers that are one place apart, transformed.
struct WinogradFour {
  var a, b, c, d: f32x16

  @inline(__always)
  init(_ a: f32x16, _ b: f32x16, _ c: f32x16, _ d: f32x16) {
    self.a = a
    self.b = b
    self.c = c
    self.d = d
  }

  /// B' times four numbers.
  @inline(__always)
  static func ofImage(_ a: f32x16, _ b: f32x16, _ c: f32x16, _ d: f32x16) -> WinogradFour {
    WinogradFour(a - c, b + c, c - b, b - d)
  }

  /// G times three numbers.
  @inline(__always)
  static func ofWeight(_ a: f32x16, _ b: f32x16, _ c: f32x16) -> WinogradFour {
    let half = f32x16_splat(0.5)
    return WinogradFour(a, (a + b + c) * half, (a - b + c) * half, c)
  }
}

/// Four rows of an image, at sixteen of its channels; rows outside are zeros.
struct WinogradRows {
  var a, b, c, d: WinogradRow
  var width: Int

  /// B' times a column; `largest` keeps the largest numbers seen.
  @inline(__always)
  func column(_ x: Int, _ largest: inout i32x16) -> WinogradFour {
    if x < 0 || x >= width {
      let zero = f32x16_splat(0)
      return WinogradFour(zero, zero, zero, zero)
    }
    let a = self.a.load(x), b = self.b.load(x), c = self.c.load(x), d = self.d.load(x)
    keepLargest(&largest, a)
    keepLargest(&largest, b)
    keepLargest(&largest, c)
    keepLargest(&largest, d)
    return WinogradFour.ofImage(a, b, c, d)
  }
}

struct WinogradRow {
  var start: UnsafePointer<Float>
  var step: Int

  /// `start`: the first column of row `y` of an image, where there is one.
  @inline(__always)
  init(_ start: UnsafePointer<Float>, _ y: Int, _ c: ConvolutionArguments, zeros: UnsafePointer<Float>) {
    let isInside = y >= 0 && y < c.y.sources
    self.start = isInside ? start : zeros
    step = isInside ? c.sourceChannels : 0
  }

  @inline(__always)
  func load(_ x: Int) -> f32x16 { f32x16_load(start + x * step) }
}

/// V of a row of tiles whose first square begins at (top, left): `plane` numbers from place to place, `pitch` from tile
/// to tile. Numbers behind the channels, up to whole vectors, are of no use. Gives the largest number read, as bits
/// without sign.
@inline(__always)
func transformImage(
  _ c: ConvolutionArguments, image: Int, top: Int, left: Int, tiles: Int, channels: Range<Int>,
  _ target: UnsafeMutablePointer<Float>, pitch: Int, plane: Int, _ scratch: UnsafeMutableRawPointer
) -> Int32 {
  let zeros = (scratch + (WinogradBlocks.weightStart - 64)).assumingMemoryBound(to: Float.self)
  f32x16_store(zeros, f32x16_splat(0))
  let line = c.x.sources * c.sourceChannels
  let source = c.source.assumingMemoryBound(to: Float.self) + (image * c.y.sources + top) * line
  var all = i32x16(repeating: 0)
  var channel = channels.lowerBound
  while channel < channels.upperBound {
    let corner = source + channel
    let rows = WinogradRows(
      a: WinogradRow(corner, top, c, zeros: zeros), b: WinogradRow(corner + line, top + 1, c, zeros: zeros),
      c: WinogradRow(corner + 2 * line, top + 2, c, zeros: zeros),
      d: WinogradRow(corner + 3 * line, top + 3, c, zeros: zeros), width: c.x.sources)
    var largest = i32x16(repeating: 0)
    var first = rows.column(left, &largest), second = rows.column(left + 1, &largest)
    var x = left + 2
    var to = target + (channel - channels.lowerBound)
    for _ in 0..<tiles {
      let third = rows.column(x, &largest), fourth = rows.column(x + 1, &largest)
      storeFour(to, plane, WinogradFour.ofImage(first.a, second.a, third.a, fourth.a))
      storeFour(to + 4 * plane, plane, WinogradFour.ofImage(first.b, second.b, third.b, fourth.b))
      storeFour(to + 8 * plane, plane, WinogradFour.ofImage(first.c, second.c, third.c, fourth.c))
      storeFour(to + 12 * plane, plane, WinogradFour.ofImage(first.d, second.d, third.d, fourth.d))
      first = third
      second = fourth
      x += 2
      to += pitch
    }
    all = i32x16_max(all, firstLanes(largest, channels.upperBound - channel))
    channel += 16
  }
  return i32x16_largest(all)
}

/// The larger of each lane's bits without sign.
@inline(__always)
func keepLargest(_ largest: inout i32x16, _ v: f32x16) {
  largest = i32x16_max(largest, f32x16_bits(f32x16_abs(v)))
}

/// Zeros behind the first `count` lanes.
@inline(__always)
func firstLanes(_ v: i32x16, _ count: Int) -> i32x16 {
  count >= 16 ? v : f32x16_bits(f32x16_first(f32x16_from_bits(v), Int32(truncatingIfNeeded: count), 0))
}

@inline(__always)
func storeFour(_ target: UnsafeMutablePointer<Float>, _ plane: Int, _ v: WinogradFour) {
  f32x16_store(target, v.a)
  f32x16_store(target + plane, v.b)
  f32x16_store(target + 2 * plane, v.c)
  f32x16_store(target + 3 * plane, v.d)
}

/// U of one block of results: for each place, a row of `WinogradBlocks.columns` for each channel.
@inline(__always)
func transformWeights(
  _ c: ConvolutionArguments, _ group: Int, _ weights: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutableRawPointer
) {
  let columns = WinogradBlocks.columns
  let terms = c.sourceChannels
  let plane = WinogradBlocks.weightPlane(terms: terms)
  let target = weights + group * 16 * plane
  var largest = i32x16(repeating: 0)
  let weight = c.weight.assumingMemoryBound(to: Float.self)
  let tap = c.weightChannels * c.weightOutputs
  let first = weight + (c.y.firstTap * c.weightTaps + c.x.firstTap) * tap
  let down = c.y.tapStep * c.weightTaps * tap, across = c.x.tapStep * tap
  var column = 0
  while column < columns {
    let begin = group * columns + column
    let count = max(0, min(16, c.targetChannels - begin))
    if count == 0 {
      for row in 0..<(16 * (plane / columns)) { f32x16_store(target + row * columns + column, f32x16_splat(0)) }
    } else if c.transposesWeight {
      // Vectors of sixteen terms, then turned.
      let vectors = scratch.assumingMemoryBound(to: Float.self)
      var term = 0
      while term < terms {
        for j in 0..<16 {
          let to = vectors + j * 16
          if j < count {
            transformWeight(
              first + (begin + j) * c.weightOutputs + term, down, across, to, 256, valid: min(16, terms - term),
              &largest)
          } else {
            for place in 0..<16 { f32x16_store(to + place * 256, f32x16_splat(0)) }
          }
        }
        for place in 0..<16 {
          transposeBlock(vectors + place * 256, 16, target + place * plane + term * columns + column, columns)
        }
        term += 16
      }
    } else {
      for term in 0..<terms {
        transformWeight(
          first + term * c.weightOutputs + begin, down, across, target + term * columns + column, plane, valid: count,
          &largest)
      }
    }
    column += 16
  }
  largestOfWeights(c, weights)[group] = i32x16_largest(largest)
}

/// U of sixteen neighbouring weights; those behind the first `valid` count as zero.
@inline(__always)
func transformWeight(
  _ weight: UnsafePointer<Float>, _ down: Int, _ across: Int, _ target: UnsafeMutablePointer<Float>, _ plane: Int,
  valid: Int, _ largest: inout i32x16
) {
  let left = columnOfWeights(weight, down, valid, &largest)
  let middle = columnOfWeights(weight + across, down, valid, &largest)
  let right = columnOfWeights(weight + 2 * across, down, valid, &largest)
  storeFour(target, plane, WinogradFour.ofWeight(left.a, middle.a, right.a))
  storeFour(target + 4 * plane, plane, WinogradFour.ofWeight(left.b, middle.b, right.b))
  storeFour(target + 8 * plane, plane, WinogradFour.ofWeight(left.c, middle.c, right.c))
  storeFour(target + 12 * plane, plane, WinogradFour.ofWeight(left.d, middle.d, right.d))
}

/// G times a column of weights.
@inline(__always)
func columnOfWeights(
  _ weight: UnsafePointer<Float>, _ down: Int, _ valid: Int, _ largest: inout i32x16
) -> WinogradFour {
  var a = f32x16_load(weight), b = f32x16_load(weight + down), c = f32x16_load(weight + 2 * down)
  if valid < 16 {
    let count = Int32(truncatingIfNeeded: valid)
    a = f32x16_first(a, count, 0)
    b = f32x16_first(b, count, 0)
    c = f32x16_first(c, count, 0)
  }
  keepLargest(&largest, a)
  keepLargest(&largest, b)
  keepLargest(&largest, c)
  return WinogradFour.ofWeight(a, b, c)
}

/// The 16 products of a block of tiles with one block of results.
@inline(__always)
func multiplyTiles(
  _ c: ConvolutionArguments, _ group: Int, tiles: Int, _ images: UnsafePointer<Float>, _ pitch: Int, _ imagePlane: Int,
  _ weights: UnsafePointer<Float>, _ products: UnsafeMutablePointer<Float>, _ productPlane: Int
) {
  let columns = WinogradBlocks.columns
  let terms = c.sourceChannels
  let weightPlane = WinogradBlocks.weightPlane(terms: terms)
  // Whole vectors of the transforms; weights behind the last result are zero.
  let existing = min(columns, (c.targetChannels - group * columns + 15) / 16 * 16)
  let panelWidth = GemmF32.vectors * GemmF32.lanes
  let pieces = (terms + ConvolutionArguments.termBlock - 1) / ConvolutionArguments.termBlock
  let steps = (tiles + GemmF32.rows - 1) / GemmF32.rows
  for place in 0..<16 {
    for piece in 0..<pieces {
      let firstTerm = terms * piece / pieces, endTerm = terms * (piece + 1) / pieces
      var column = 0
      while column < existing {
        let b = weights + (group * 16 + place) * weightPlane + firstTerm * columns + column
        var row = 0
        for step in 0..<steps {
          let next = tiles * (step + 1) / steps
          GemmF32.run(
            rows: next - row, vectors: min(panelWidth, existing - column) / GemmF32.lanes,
            GemmStep(
              k: endTerm - firstTerm, a: images + place * imagePlane + row * pitch + firstTerm, aRow: pitch, aStep: 1,
              b: b, bStep: columns, c: products + place * productPlane + row * columns + column, cRow: columns,
              lastColumns: Int32(truncatingIfNeeded: GemmF32.lanes), accumulates: piece > 0))
          row = next
        }
        column += panelWidth
      }
    }
  }
}

/// The results of a row of tiles from their products.
@inline(__always)
func transformProducts(
  _ c: ConvolutionArguments, row: Int, of blocks: WinogradBlocks, firstTile: Int, tiles: Int, _ group: Int,
  _ products: UnsafePointer<Float>, _ plane: Int
) {
  let columns = WinogradBlocks.columns
  let y = row % blocks.down * 2
  let hasSecond = y + 1 < c.y.results
  let target = c.target.assumingMemoryBound(to: Float.self) + row / blocks.down * c.targetImage + y * c.targetRow
    + firstTile * 2 * c.targetColumn + group * columns
  var column = 0
  while column < min(columns, c.targetChannels - group * columns) {
    let count = min(16, c.targetChannels - group * columns - column)
    var from = products + column
    var to = target + column
    var left = c.x.results - firstTile * 2
    for _ in 0..<tiles {
      let first = sumsOfPlaces(from, plane), second = sumsOfPlaces(from + plane, plane)
      let third = sumsOfPlaces(from + 2 * plane, plane), fourth = sumsOfPlaces(from + 3 * plane, plane)
      let a = first.upper + second.upper + third.upper, b = second.upper - third.upper - fourth.upper
      let d = first.lower + second.lower + third.lower, e = second.lower - third.lower - fourth.lower
      storeResults(to, a, count)
      if left > 1 { storeResults(to + c.targetColumn, b, count) }
      if hasSecond {
        storeResults(to + c.targetRow, d, count)
        if left > 1 { storeResults(to + c.targetRow + c.targetColumn, e, count) }
      }
      left -= 2
      from += columns
      to += 2 * c.targetColumn
    }
    column += 16
  }
}

/// A' times a column of four places, which are four planes apart.
@inline(__always)
func sumsOfPlaces(_ products: UnsafePointer<Float>, _ plane: Int) -> (upper: f32x16, lower: f32x16) {
  let a = f32x16_load(products), b = f32x16_load(products + 4 * plane)
  let c = f32x16_load(products + 8 * plane), d = f32x16_load(products + 12 * plane)
  return (a + b + c, b - c - d)
}

@inline(__always)
func storeResults(_ target: UnsafeMutablePointer<Float>, _ v: f32x16, _ count: Int) {
  if count == 16 { f32x16_store(target, v) } else { f32x16_store_first(target, v, Int32(truncatingIfNeeded: count)) }
}

/// The rows of tiles whose flag says so, in the direct way.
@inline(never)
func convolveFlagged(
  _ job: UnsafePointer<ConvolutionArguments>, _ blocks: WinogradBlocks, firstRow: Int, endRow: Int, firstTile: Int,
  tiles: Int, _ scratch: UnsafeMutableRawPointer
) {
  let c = job.pointee
  let flags = (scratch + WinogradBlocks.flagStart).assumingMemoryBound(to: Int32.self)
  let packed = (scratch + WinogradBlocks.packedStart).assumingMemoryBound(to: Float.self)
  let patches = scratch.assumingMemoryBound(to: Float.self)
  let panelWidth = GemmF32.vectors * GemmF32.lanes
  let firstColumn = firstTile * 2, endColumn = min((firstTile + tiles) * 2, c.x.results)
  for panel in 0..<((c.targetChannels + panelWidth - 1) / panelWidth) {
    let all = packed - panel * c.terms * panelWidth
    _ = packWeights(PatchesF32.self, job, panel, panel + 1, all)
    for row in firstRow..<endRow where flags[row - firstRow] >= WinogradBlocks.boundBits {
      let y = row % blocks.down * 2
      for line in y..<min(y + 2, c.y.results) {
        let start = (row / blocks.down * c.y.results + line) * c.x.results
        var column = firstColumn
        while column < endColumn {
          let count = min(ConvolutionArguments.blockPixels, endColumn - column)
          convolvePixels(
            PatchesF32.self, c, first: start + column, count: count, group: 0, panels: panel..<(panel + 1), all,
            patches)
          column += count
        }
      }
    }
  }
}
