import CKernelSupport
import KernelTypes

/// Items are blocks of sixteen source rows.
func transpose32(
  _ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer
) -> Int {
  let t = arguments.assumingMemoryBound(to: TransposeArguments.self).pointee
  let source = t.source.assumingMemoryBound(to: Float.self), target = t.target.assumingMemoryBound(to: Float.self)
  for block in begin..<end {
    let row = block * 16
    let rows = min(16, t.rows - row)
    let whole = rows == 16 ? t.columns / 16 * 16 : 0
    var column = 0
    while column < whole {
      transposeBlock(
        source + row * t.sourceRow + column, t.sourceRow, target + column * t.targetRow + row, t.targetRow)
      column += 16
    }
    for c in whole..<t.columns {
      for r in row..<(row + rows) { target[c * t.targetRow + r] = source[r * t.sourceRow + c] }
    }
  }
  return 0
}
