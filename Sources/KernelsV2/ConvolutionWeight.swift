import CKernelSupport
import KernelTypes

// The gradient of a convolution with respect to its weight: transpose(patches) times cotangent, summed over all pixels.
// The pixels are cut into parts by the shape alone; each part adds its blocks in order to a sum of its own.

func convolveWeightF32(
  _ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer
) -> Int {
  convolveWeightParts(
    PatchesF32.self, arguments.assumingMemoryBound(to: ConvolutionWeightArguments.self).pointee, begin, end, scratch)
}

func convolveWeightF64(
  _ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer
) -> Int {
  convolveWeightParts(
    PatchesF64.self, arguments.assumingMemoryBound(to: ConvolutionWeightArguments.self).pointee, begin, end, scratch)
}

/// Items are blocks of terms, group by group, part by part.
@inline(__always)
func convolveWeightParts<P: Patches>(
  _: P.Type, _ w: ConvolutionWeightArguments, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer
) -> Int {
  let c = w.patches
  let patches = scratch.assumingMemoryBound(to: P.Element.self)
  for item in begin..<end {
    let termBlock = item % w.termBlocks
    let group = item / w.termBlocks % c.groups
    let part = item / w.termBlocks / c.groups
    let terms = (c.terms * termBlock / w.termBlocks)..<(c.terms * (termBlock + 1) / w.termBlocks)
    let sums = w.partials.assumingMemoryBound(to: P.Element.self) + part * w.weightCount
      + terms.lowerBound * c.targetChannels + group * c.groupTargets
    let firstBlock = w.blocks * part / w.parts, endBlock = w.blocks * (part + 1) / w.parts
    for block in firstBlock..<endBlock {
      let first = block * ConvolutionWeightArguments.blockPixels
      let count = min(ConvolutionWeightArguments.blockPixels, c.pixels - first)
      multiplyPatches(
        P.self, w, group: group, terms: terms, columns: 0..<c.groupTargets, first: first, count: count, sums, patches,
        accumulates: block > firstBlock)
    }
  }
  return 0
}

/// What up to `blockPixels` pixels add to some terms and columns of a group; `sums` is where the first term's first
/// column stands.
@inline(__always)
func multiplyPatches<P: Patches>(
  _: P.Type, _ w: ConvolutionWeightArguments, group: Int, terms: Range<Int>, columns all: Range<Int>, first: Int,
  count: Int, _ sums: UnsafeMutablePointer<P.Element>, _ patches: UnsafeMutablePointer<P.Element>, accumulates: Bool
) {
  let c = w.patches
  let panelWidth = P.Tiles.vectors * P.Tiles.lanes
  let cotangent = w.cotangent.assumingMemoryBound(to: P.Element.self) + first * c.targetChannels
    + group * c.groupTargets
  let pitch = terms.count + ConvolutionArguments.slack
  packPatches(P.self, c, group: group, first: first, count: count, terms: terms, patches, pitch: pitch)
  let tiles = (terms.count + P.Tiles.rows - 1) / P.Tiles.rows
  var column = all.lowerBound
  while column < all.upperBound {
    let columns = min(panelWidth, all.upperBound - column)
    let vectors = (columns + P.Tiles.lanes - 1) / P.Tiles.lanes
    var row = 0
    for tile in 0..<tiles {
      let next = terms.count * (tile + 1) / tiles
      P.Tiles.run(
        rows: next - row, vectors: vectors,
        GemmStep(
          k: count, a: patches + row, aRow: 1, aStep: pitch, b: cotangent + column, bStep: c.targetChannels,
          c: sums + row * c.targetChannels + column, cRow: c.targetChannels,
          lastColumns: Int32(columns - (vectors - 1) * P.Tiles.lanes), accumulates: accumulates))
      row = next
    }
    column += panelWidth
  }
}
