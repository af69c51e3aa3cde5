import CKernelSupport
import KernelTypes

// Convolutions as products of patches and weights by the tiles of matrix products; nothing of the image's size is made.
// Patches are read in place (ConvolutionRows.swift), or those of a block of pixels are laid out in the cache, in the
// order (window row, window column, channel): with holes, groups, few channels or few columns. Every result is the sum,
// in order, of pieces of its terms, each in order: the bits follow from the shape alone.

/// What the element types differ in.
protocol Patches {
  associatedtype Element
  associatedtype Tiles: GemmTiles where Tiles.Element == Element
  static var zero: Element { get }
  /// Copies whole vectors: up to 15 elements more than `count`.
  static func copy(_ target: UnsafeMutablePointer<Element>, _ source: UnsafePointer<Element>, _ count: Int)
  static func clear(_ target: UnsafeMutablePointer<Element>, _ count: Int)
  /// The side of the squares that `transpose` turns.
  static var side: Int { get }
  static func transpose(
    _ source: UnsafePointer<Element>, _ sourceRow: Int, _ target: UnsafeMutablePointer<Element>, _ targetRow: Int)
}

enum PatchesF32: Patches {
  typealias Tiles = GemmF32
  static var zero: Float { 0 }

  @inline(__always)
  static func copy(_ target: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>, _ count: Int) {
    var i = 0
    while i < count {
      f32x16_store(target + i, f32x16_load(source + i))
      i += 16
    }
  }

  @inline(__always)
  static func clear(_ target: UnsafeMutablePointer<Float>, _ count: Int) {
    var i = 0
    while i < count {
      f32x16_store(target + i, f32x16_splat(0))
      i += 16
    }
  }

  static var side: Int { 16 }

  @inline(__always)
  static func transpose(
    _ source: UnsafePointer<Float>, _ sourceRow: Int, _ target: UnsafeMutablePointer<Float>, _ targetRow: Int
  ) { transposeBlock(source, sourceRow, target, targetRow) }
}

enum PatchesF64: Patches {
  typealias Tiles = GemmF64
  static var zero: Double { 0 }

  @inline(__always)
  static func copy(_ target: UnsafeMutablePointer<Double>, _ source: UnsafePointer<Double>, _ count: Int) {
    var i = 0
    while i < count {
      f64x8_store(target + i, f64x8_load(source + i))
      i += 8
    }
  }

  @inline(__always)
  static func clear(_ target: UnsafeMutablePointer<Double>, _ count: Int) {
    var i = 0
    while i < count {
      f64x8_store(target + i, f64x8_splat(0))
      i += 8
    }
  }

  static var side: Int { 8 }

  @inline(__always)
  static func transpose(
    _ source: UnsafePointer<Double>, _ sourceRow: Int, _ target: UnsafeMutablePointer<Double>, _ targetRow: Int
  ) { transposeBlock(source, sourceRow, target, targetRow) }
}

func convolveF32(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  convolveBlocks(PatchesF32.self, arguments.assumingMemoryBound(to: ConvolutionArguments.self), begin, end, scratch)
}

func convolveF64(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  convolveBlocks(PatchesF64.self, arguments.assumingMemoryBound(to: ConvolutionArguments.self), begin, end, scratch)
}

/// Items are panels of packed weights, group by group.
func packConvolutionF32(
  _ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer
) -> Int {
  packWeights(PatchesF32.self, arguments.assumingMemoryBound(to: ConvolutionArguments.self), begin, end, nil)
}

func packConvolutionF64(
  _ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer
) -> Int {
  packWeights(PatchesF64.self, arguments.assumingMemoryBound(to: ConvolutionArguments.self), begin, end, nil)
}

/// Terms `terms` of the patches of `count` pixels from `first` on, a row of `pitch` elements for each.
@inline(__always)
func packPatches<P: Patches>(
  _: P.Type, _ c: ConvolutionArguments, group: Int, first: Int, count: Int, terms: Range<Int>,
  _ target: UnsafeMutablePointer<P.Element>, pitch: Int
) {
  let channels = c.groupSources, pixel = c.sourceChannels
  let height = c.y.sources, width = c.x.sources
  let rowTerms = c.x.count * channels
  // Neighbouring taps of a window row are neighbours in memory.
  let isJoined = c.x.offsetStep == 1 && channels == pixel
  let reach = (c.x.count - 1) * c.x.offsetStep
  let isWhole = terms.lowerBound == 0 && terms.upperBound == c.terms
  let firstRow = terms.lowerBound / rowTerms, endRow = (terms.upperBound + rowTerms - 1) / rowTerms
  var x = first % c.x.results
  var y = first / c.x.results % c.y.results
  var image = c.source.assumingMemoryBound(to: P.Element.self) + group * channels
  let imageSize = height * width * pixel
  image += first / (c.x.results * c.y.results) * imageSize
  var row = target
  for _ in 0..<count {
    let top = y * c.y.stride + c.y.firstOffset, left = x * c.x.stride + c.x.firstOffset
    let isInside = isJoined && left >= 0 && left + reach < width
    var to = row
    var tapRows = firstRow..<endRow
    if isWhole, isInside, top >= 0, top + (c.y.count - 1) * c.y.offsetStep < height {
      var from = image + (top * width + left) * pixel
      for _ in 0..<c.y.count {
        P.copy(to, from, rowTerms)
        to += rowTerms
        from += c.y.offsetStep * width * pixel
      }
      tapRows = 0..<0
    }
    for tapRow in tapRows {
      let begin = max(terms.lowerBound - tapRow * rowTerms, 0)
      let end = min(terms.upperBound - tapRow * rowTerms, rowTerms)
      let line = top + tapRow * c.y.offsetStep
      if line < 0 || line >= height {
        P.clear(to, end - begin)
        to += end - begin
      } else if isInside {
        P.copy(to, image + (line * width + left) * pixel + begin, end - begin)
        to += end - begin
      } else {
        var tap = begin / channels
        var position = begin
        while position < end {
          let stop = min(end, (tap + 1) * channels)
          let place = left + tap * c.x.offsetStep
          if place < 0 || place >= width {
            P.clear(to, stop - position)
          } else {
            P.copy(to, image + (line * width + place) * pixel + (position - tap * channels), stop - position)
          }
          to += stop - position
          position = stop
          tap += 1
        }
      }
    }
    row += pitch
    x += 1
    if x == c.x.results {
      x = 0
      y += 1
      if y == c.y.results {
        y = 0
        image += imageSize
      }
    }
  }
}

/// The weights of one group as panels of columns; in a panel, row after row of terms. Columns that do not exist are
/// zero.
@inline(__always)
func packWeights<P: Patches>(
  _: P.Type, _ arguments: UnsafePointer<ConvolutionArguments>, _ begin: Int, _ end: Int,
  _ own: UnsafeMutablePointer<P.Element>?
) -> Int {
  let c = arguments.pointee
  let panelWidth = P.Tiles.vectors * P.Tiles.lanes
  let panels = (c.groupTargets + panelWidth - 1) / panelWidth
  guard let packed = own ?? c.packedWeight?.assumingMemoryBound(to: P.Element.self) else { return 0 }
  let weight = c.weight.assumingMemoryBound(to: P.Element.self)
  for item in begin..<end {
    let group = item / panels, column = item % panels * panelWidth
    let columns = min(panelWidth, c.groupTargets - column)
    var target = packed + item * c.terms * panelWidth
    for tapRow in 0..<c.y.count {
      for tapColumn in 0..<c.x.count {
        let tap = (c.y.firstTap + tapRow * c.y.tapStep) * c.weightTaps + c.x.firstTap + tapColumn * c.x.tapStep
        let tapWeight = weight + tap * c.weightChannels * c.weightOutputs
        if c.transposesWeight {
          let source = tapWeight + column * c.weightOutputs + group * c.groupSources
          let squareColumns = columns / P.side * P.side, squareTerms = c.groupSources / P.side * P.side
          var j = 0
          while j < squareColumns {
            var l = 0
            while l < squareTerms {
              P.transpose(source + j * c.weightOutputs + l, c.weightOutputs, target + l * panelWidth + j, panelWidth)
              l += P.side
            }
            j += P.side
          }
          for j in 0..<columns {
            let from = source + j * c.weightOutputs
            for l in (j < squareColumns ? squareTerms : 0)..<c.groupSources { target[l * panelWidth + j] = from[l] }
          }
        } else {
          let source = tapWeight + group * c.groupTargets + column
          for l in 0..<c.groupSources { copyRow(target + l * panelWidth, source + l * c.weightOutputs, columns) }
        }
        if columns < panelWidth {
          for l in 0..<c.groupSources {
            for j in columns..<panelWidth { target[l * panelWidth + j] = P.zero }
          }
        }
        target += c.groupSources * panelWidth
      }
    }
  }
  return 0
}

/// Items are blocks of pixels.
@inline(__always)
func convolveBlocks<P: Patches>(
  _: P.Type, _ arguments: UnsafePointer<ConvolutionArguments>, _ begin: Int, _ end: Int,
  _ scratch: UnsafeMutableRawPointer
) -> Int {
  let c = arguments.pointee
  let panelWidth = P.Tiles.vectors * P.Tiles.lanes
  let panels = (c.groupTargets + panelWidth - 1) / panelWidth
  let patches = scratch.assumingMemoryBound(to: P.Element.self)
  let packed: UnsafeMutablePointer<P.Element>
  if let shared = c.packedWeight {
    packed = shared.assumingMemoryBound(to: P.Element.self)
  } else {
    packed = (scratch + ConvolutionArguments.patchBytes).assumingMemoryBound(to: P.Element.self)
    _ = packWeights(P.self, arguments, 0, c.groups * panels, packed)
  }
  if c.blockRows > 0 {
    for item in begin..<end { convolveRows(P.self, c, item, packed, scratch) }
    return 0
  }
  for item in begin..<end {
    let first = item * ConvolutionArguments.blockPixels
    let count = min(ConvolutionArguments.blockPixels, c.pixels - first)
    for group in 0..<c.groups {
      convolvePixels(P.self, c, first: first, count: count, group: group, panels: 0..<panels, packed, patches)
    }
  }
  return 0
}

/// Some panels of the results of up to `blockPixels` pixels. `packed` holds all groups' panels.
@inline(__always)
func convolvePixels<P: Patches>(
  _: P.Type, _ c: ConvolutionArguments, first: Int, count: Int, group: Int, panels: Range<Int>,
  _ packed: UnsafePointer<P.Element>, _ patches: UnsafeMutablePointer<P.Element>
) {
  let panelWidth = P.Tiles.vectors * P.Tiles.lanes
  let groupPanels = (c.groupTargets + panelWidth - 1) / panelWidth
  let terms = c.terms
  let pieces = (terms + ConvolutionArguments.termBlock - 1) / ConvolutionArguments.termBlock
  // Whether results of neighbouring pixels are equally far apart across rows and images.
  let isEven = c.targetRow == c.x.results * c.targetColumn && c.targetImage == c.y.results * c.targetRow
  for piece in 0..<pieces {
    let range = (terms * piece / pieces)..<(terms * (piece + 1) / pieces)
    let pitch = range.count + ConvolutionArguments.slack
    packPatches(P.self, c, group: group, first: first, count: count, terms: range, patches, pitch: pitch)
    for panel in panels {
      let column = panel * panelWidth
      let columns = min(panelWidth, c.groupTargets - column)
      let vectors = (columns + P.Tiles.lanes - 1) / P.Tiles.lanes
      let b = packed + ((group * groupPanels + panel) * terms + range.lowerBound) * panelWidth
      var done = 0
      while done < count {
        let pixel = first + done
        let x = pixel % c.x.results, y = pixel / c.x.results % c.y.results
        let image = pixel / (c.x.results * c.y.results)
        let run = isEven ? count : min(count - done, c.x.results - x)
        let target = c.target.assumingMemoryBound(to: P.Element.self) + image * c.targetImage + y * c.targetRow
          + x * c.targetColumn + group * c.groupTargets + column
        // Tiles of nearly equal height: a last one of one row would be slow.
        let tiles = (run + P.Tiles.rows - 1) / P.Tiles.rows
        var row = 0
        for tile in 0..<tiles {
          let next = run * (tile + 1) / tiles
          P.Tiles.run(
            rows: next - row, vectors: vectors,
            GemmStep(
              k: range.count, a: patches + (done + row) * pitch, aRow: pitch, aStep: 1, b: b, bStep: panelWidth,
              c: target + row * c.targetColumn, cRow: c.targetColumn,
              lastColumns: Int32(columns - (vectors - 1) * P.Tiles.lanes), accumulates: piece > 0))
          row = next
        }
        done += run
      }
    }
  }
}
