import CKernelSupport
import KernelTypes

// A row of the window over neighbouring pixels is one stretch of memory: where it is long enough, the tiles read it as
// it stands in the image, or in a copy of a few rows with zeros on both sides.

/// One block of rows of results. Window rows that lie outside of the image are left out.
@inline(__always)
func convolveRows<P: Patches>(
  _: P.Type, _ c: ConvolutionArguments, _ item: Int, _ packed: UnsafeMutablePointer<P.Element>,
  _ scratch: UnsafeMutableRawPointer
) {
  let panelWidth = P.Tiles.vectors * P.Tiles.lanes
  let panels = (c.targetChannels + panelWidth - 1) / panelWidth
  let channels = c.sourceChannels, height = c.y.sources
  let rowTerms = c.x.count * channels
  let pieces = (rowTerms + ConvolutionArguments.termBlock - 1) / ConvolutionArguments.termBlock
  let tiles = (c.x.results + P.Tiles.rows - 1) / P.Tiles.rows
  let image = item / c.rowBlocks, block = item % c.rowBlocks
  let firstRow = c.y.results * block / c.rowBlocks, endRow = c.y.results * (block + 1) / c.rowBlocks
  let top = firstRow * c.y.stride + c.y.firstOffset
  let source = c.source.assumingMemoryBound(to: P.Element.self) + image * height * c.x.sources * channels
  let target = c.target.assumingMemoryBound(to: P.Element.self) + image * c.targetImage + firstRow * c.targetRow

  // Where the first column of row `top` would stand, and the distance of rows.
  var corner = source + (top * c.x.sources + c.x.firstOffset) * channels
  var pitch = c.x.sources * channels
  if c.padsRows {
    pitch = c.reachedColumns * channels
    let copy = scratch.assumingMemoryBound(to: P.Element.self)
    let lines = (endRow - 1 - firstRow) * c.y.stride + (c.y.count - 1) * c.y.offsetStep + 1
    let columnsBefore = min(max(-c.x.firstOffset, 0), c.reachedColumns)
    let firstColumn = max(c.x.firstOffset, 0)
    let before = columnsBefore * channels
    let inside = max(min(c.x.sources - firstColumn, c.reachedColumns - columnsBefore), 0) * channels
    for line in max(0, -top)..<max(max(0, -top), min(lines, height - top)) {
      let row = copy + line * pitch
      P.clear(row, before)
      P.copy(row + before, source + ((top + line) * c.x.sources + firstColumn) * channels, inside)
      P.clear(row + before + inside, pitch - before - inside)
    }
    corner = UnsafePointer(copy)
  }

  for row in 0..<(endRow - firstRow) {
    let first = firstWindowRow(c.y, top + row * c.y.stride)
    if first >= c.y.count || top + row * c.y.stride + first * c.y.offsetStep >= height {
      for column in 0..<c.x.results {
        let pixel = target + row * c.targetRow + column * c.targetColumn
        for channel in 0..<c.targetChannels { pixel[channel] = P.zero }
      }
    }
  }
  for panel in 0..<panels {
    let column = panel * panelWidth
    let columns = min(panelWidth, c.targetChannels - column)
    let vectors = (columns + P.Tiles.lanes - 1) / P.Tiles.lanes
    for windowRow in 0..<c.y.count {
      for piece in 0..<pieces {
        let firstTerm = rowTerms * piece / pieces, endTerm = rowTerms * (piece + 1) / pieces
        let b = packed + (panel * c.terms + windowRow * rowTerms + firstTerm) * panelWidth
        for row in 0..<(endRow - firstRow) {
          let start = top + row * c.y.stride
          let line = start + windowRow * c.y.offsetStep
          if line < 0 || line >= height { continue }
          let accumulates = piece > 0 || windowRow > firstWindowRow(c.y, start)
          let a = corner + (line - top) * pitch + firstTerm
          var done = 0
          for tile in 0..<tiles {
            let next = c.x.results * (tile + 1) / tiles
            P.Tiles.run(
              rows: next - done, vectors: vectors,
              GemmStep(
                k: endTerm - firstTerm, a: a + done * c.x.stride * channels, aRow: c.x.stride * channels, aStep: 1,
                b: b, bStep: panelWidth, c: target + row * c.targetRow + done * c.targetColumn + column,
                cRow: c.targetColumn, lastColumns: Int32(columns - (vectors - 1) * P.Tiles.lanes),
                accumulates: accumulates))
            done = next
          }
        }
      }
    }
  }
}

/// The first row of the window that does not lie above the image, when its first one is at `line`.
@inline(__always)
func firstWindowRow(_ y: TapAxis, _ line: Int) -> Int { line >= 0 ? 0 : (y.offsetStep - 1 - line) / y.offsetStep }
