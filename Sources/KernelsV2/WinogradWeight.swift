import CKernelSupport
import KernelTypes

// The gradient of a convolution with respect to its weight by the method of Winograd.swift: the derivative of
// y = A' (G g G' * B' d B) A with respect to g is
//
//   dg = G' (V * Z) G     V = B' d B     Z = A dy A'      1  0             1  1/2  1/2  0
//                                                    A =  1  1        G' = 0  1/2 -1/2  0
//                                                         1 -1             0  1/2  1/2  1
//                                                         0 -1
//
// V * Z is summed over the tiles: for each of the 16 places a product of matrices, channels x tiles by tiles x outputs.
// The rows of tiles are cut into parts by the shape alone, each with sums of its own. A part that reads a number beyond
// `WinogradBlocks.boundBits` is computed in the direct way, for those channels and outputs.

/// Items are blocks of channels and outputs, part by part.
func winogradWeightF32(
  _ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer
) -> Int {
  let w = arguments.assumingMemoryBound(to: ConvolutionWeightArguments.self).pointee
  let c = w.patches
  let blocks = w.winogradBlocks
  let side = ConvolutionWeightArguments.winogradSide
  let channelBlocks = w.winogradChannelBlocks, outputBlocks = w.winogradOutputBlocks
  for item in begin..<end {
    let part = item / (channelBlocks * outputBlocks)
    let firstChannel = item / outputBlocks % channelBlocks * side, firstOutput = item % outputBlocks * side
    let channels = firstChannel..<min(firstChannel + side, c.sourceChannels)
    let outputs = firstOutput..<min(firstOutput + side, c.targetChannels)
    let rows = (blocks.rows * part / w.parts)..<(blocks.rows * (part + 1) / w.parts)
    let target = w.partials.assumingMemoryBound(to: Float.self) + part * w.weightCount
    let sums = scratch.assumingMemoryBound(to: Float.self)
    if sumTiles(w, blocks, rows: rows, channels: channels, outputs: outputs, sums, scratch) {
      transformSums(c, channels: channels, outputs: outputs, sums, target)
    } else {
      sumDirect(w, blocks, rows: rows, channels: channels, outputs: outputs, target, scratch)
    }
  }
  return 0
}

/// V * Z for some channels and outputs, summed over rows of tiles: place by place, a row for each channel. False where
/// a number is too large.
@inline(__always)
func sumTiles(
  _ w: ConvolutionWeightArguments, _ blocks: WinogradBlocks, rows: Range<Int>, channels: Range<Int>,
  outputs: Range<Int>, _ sums: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutableRawPointer
) -> Bool {
  let c = w.patches
  let side = ConvolutionWeightArguments.winogradSide
  let images = sums + 16 * side * side
  let imagePitch = WinogradBlocks.pitch(channels.count), changePitch = WinogradBlocks.pitch(outputs.count)
  let width = (outputs.count + 15) / 16 * 16
  let panelWidth = GemmF32.vectors * GemmF32.lanes
  let steps = (channels.count + GemmF32.rows - 1) / GemmF32.rows
  var firstRow = rows.lowerBound
  var accumulates = false
  while firstRow < rows.upperBound {
    let endRow = min(firstRow + blocks.blockRows, rows.upperBound)
    for segment in 0..<blocks.segments {
      let firstTile = blocks.across * segment / blocks.segments
      let count = blocks.across * (segment + 1) / blocks.segments - firstTile
      let tiles = (endRow - firstRow) * count
      let imagePlane = tiles * imagePitch + 16, changePlane = tiles * changePitch + 16
      let changes = images + 16 * imagePlane
      for row in firstRow..<endRow {
        let place = (row - firstRow) * count
        let largest = transformImage(
          c, image: row / blocks.down, top: row % blocks.down * 2 + c.y.firstOffset,
          left: firstTile * 2 + c.x.firstOffset, tiles: count, channels: channels, images + place * imagePitch,
          pitch: imagePitch, plane: imagePlane, scratch)
        let largestChange = transformChange(
          w, row: row, of: blocks, firstTile: firstTile, tiles: count, outputs: outputs, changes + place * changePitch,
          pitch: changePitch, plane: changePlane)
        if max(largest, largestChange) >= WinogradBlocks.boundBits { return false }
      }
      for place in 0..<16 {
        var column = 0
        while column < width {
          var channel = 0
          for step in 0..<steps {
            let next = channels.count * (step + 1) / steps
            GemmF32.run(
              rows: next - channel, vectors: min(panelWidth, width - column) / GemmF32.lanes,
              GemmStep(
                k: tiles, a: images + place * imagePlane + channel, aRow: 1, aStep: imagePitch,
                b: changes + place * changePlane + column, bStep: changePitch,
                c: sums + (place * side + channel) * side + column, cRow: side,
                lastColumns: Int32(truncatingIfNeeded: GemmF32.lanes), accumulates: accumulates))
            channel = next
          }
          column += panelWidth
        }
      }
      accumulates = true
    }
    firstRow = endRow
  }
  return true
}

/// Z of a row of tiles: `plane` numbers from place to place, `pitch` from tile to tile. Results that don't exist count
/// as zero; numbers behind the outputs, up to whole vectors, are of no use. Gives the largest number read, as bits
/// without sign.
@inline(__always)
func transformChange(
  _ w: ConvolutionWeightArguments, row: Int, of blocks: WinogradBlocks, firstTile: Int, tiles: Int, outputs: Range<Int>,
  _ target: UnsafeMutablePointer<Float>, pitch: Int, plane: Int
) -> Int32 {
  let c = w.patches
  let pixel = c.targetChannels
  let y = row % blocks.down * 2
  let hasSecond = y + 1 < c.y.results
  let zero = f32x16_splat(0)
  let source = w.cotangent.assumingMemoryBound(to: Float.self)
    + ((row / blocks.down * c.y.results + y) * c.x.results + firstTile * 2) * pixel
  let line = c.x.results * pixel
  var all = i32x16(repeating: 0)
  var output = outputs.lowerBound
  while output < outputs.upperBound {
    var largest = i32x16(repeating: 0)
    var from = source + output
    var to = target + (output - outputs.lowerBound)
    var left = c.x.results - firstTile * 2
    for _ in 0..<tiles {
      let a = f32x16_load(from)
      let b = left > 1 ? f32x16_load(from + pixel) : zero
      let d = hasSecond ? f32x16_load(from + line) : zero
      let e = left > 1 && hasSecond ? f32x16_load(from + line + pixel) : zero
      keepLargest(&largest, a)
      keepLargest(&largest, b)
      keepLargest(&largest, d)
      keepLargest(&largest, e)
      storeFour(to, plane, WinogradFour.ofChange(a, b))
      storeFour(to + 4 * plane, plane, WinogradFour.ofChange(a + d, b + e))
      storeFour(to + 8 * plane, plane, WinogradFour.ofChange(a - d, b - e))
      storeFour(to + 12 * plane, plane, WinogradFour.ofChange(zero - d, zero - e))
      left -= 2
      from += 2 * pixel
      to += pitch
    }
    all = i32x16_max(all, firstLanes(largest, outputs.upperBound - output))
    output += 16
  }
  return i32x16_largest(all)
}

extension WinogradFour {
  /// A times two numbers.
  @inline(__always)
  static func ofChange(_ a: f32x16, _ b: f32x16) -> WinogradFour {
    WinogradFour(a, a + b, a - b, f32x16_splat(0) - b)
  }

  /// G' times these.
  @inline(__always)
  var weights: (a: f32x16, b: f32x16, c: f32x16) {
    let half = f32x16_splat(0.5)
    let sum = (b + c) * half
    return (a + sum, (b - c) * half, sum + d)
  }
}

/// The part's gradient for some channels and outputs.
@inline(__always)
func transformSums(
  _ c: ConvolutionArguments, channels: Range<Int>, outputs: Range<Int>, _ sums: UnsafePointer<Float>,
  _ target: UnsafeMutablePointer<Float>
) {
  let side = ConvolutionWeightArguments.winogradSide
  let plane = side * side
  let tap = c.sourceChannels * c.targetChannels
  for channel in channels {
    var output = outputs.lowerBound
    while output < outputs.upperBound {
      let count = min(16, outputs.upperBound - output)
      let from = sums + (channel - channels.lowerBound) * side + (output - outputs.lowerBound)
      let first = columnOfPlaces(from, plane).weights, second = columnOfPlaces(from + plane, plane).weights
      let third = columnOfPlaces(from + 2 * plane, plane).weights
      let fourth = columnOfPlaces(from + 3 * plane, plane).weights
      let to = target + channel * c.targetChannels + output
      let upper = WinogradFour(first.a, second.a, third.a, fourth.a).weights
      let middle = WinogradFour(first.b, second.b, third.b, fourth.b).weights
      let lower = WinogradFour(first.c, second.c, third.c, fourth.c).weights
      storeWeights(to, tap, upper, count)
      storeWeights(to + 3 * tap, tap, middle, count)
      storeWeights(to + 6 * tap, tap, lower, count)
      output += 16
    }
  }
}

/// A column of four places, which are four planes apart.
@inline(__always)
func columnOfPlaces(_ sums: UnsafePointer<Float>, _ plane: Int) -> WinogradFour {
  WinogradFour(
    f32x16_load(sums), f32x16_load(sums + 4 * plane), f32x16_load(sums + 8 * plane), f32x16_load(sums + 12 * plane))
}

/// Three taps of a row of the window.
@inline(__always)
func storeWeights(
  _ target: UnsafeMutablePointer<Float>, _ tap: Int, _ weights: (a: f32x16, b: f32x16, c: f32x16), _ count: Int
) {
  storeResults(target, weights.a, count)
  storeResults(target + tap, weights.b, count)
  storeResults(target + 2 * tap, weights.c, count)
}

/// The part's gradient for some channels and outputs in the direct way, tap by tap.
@inline(never)
func sumDirect(
  _ w: ConvolutionWeightArguments, _ blocks: WinogradBlocks, rows: Range<Int>, channels: Range<Int>,
  outputs: Range<Int>, _ target: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutableRawPointer
) {
  let c = w.patches
  let first = firstPixel(c, blocks, rows.lowerBound), end = firstPixel(c, blocks, rows.upperBound)
  for tap in 0..<9 {
    let terms = (tap * c.sourceChannels + channels.lowerBound)..<(tap * c.sourceChannels + channels.upperBound)
    var pixel = first
    while pixel < end {
      let count = min(ConvolutionWeightArguments.blockPixels, end - pixel)
      multiplyPatches(
        PatchesF32.self, w, group: 0, terms: terms, columns: outputs, first: pixel, count: count,
        target + terms.lowerBound * c.targetChannels, scratch.assumingMemoryBound(to: Float.self),
        accumulates: pixel > first)
      pixel += count
    }
  }
}

/// The first pixel of a row of tiles.
@inline(__always)
func firstPixel(_ c: ConvolutionArguments, _ blocks: WinogradBlocks, _ row: Int) -> Int {
  (row / blocks.down * c.y.results + row % blocks.down * 2) * c.x.results
}
