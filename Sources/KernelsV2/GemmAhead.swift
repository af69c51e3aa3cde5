import CKernelSupport
import KernelTypes

// What is fetched into the second cache while tiles compute, which leave the memory idle.

/// A block of memory: rows of so many bytes, `rowBytes` apart.
struct AheadBlock {
  var start: UnsafeRawPointer
  var rows = 0
  var rowBytes = 0
  var bytes = 0

  /// Nothing.
  init(_ start: UnsafeRawPointer) { self.start = start }

  init<T>(_ start: UnsafePointer<T>, rows: Int, row: Int, columns: Int) {
    let size = MemoryLayout<T>.size
    self.start = UnsafeRawPointer(start)
    self.rows = rows
    rowBytes = row * size
    bytes = columns * size
  }

  /// Fetches one of so many equal parts.
  @inline(never)
  func fetch(part: Int, of parts: Int) {
    var row = rows * part / parts
    let end = rows * (part + 1) / parts
    while row < end {
      fetchLines(start + row * rowBytes, bytes)
      row += 1
    }
  }
}

/// Has whole lines fetched from far away into the second cache.
@inline(never)
func fetchLines(_ start: UnsafeRawPointer, _ bytes: Int) {
  var offset = 0
  while offset < bytes {
    kernel_prefetch_far(start + offset)
    offset += 64
  }
}

/// What an epilogue will read at a tile: `row` counts over the three outer axes of its domain.
@inline(never)
func fetchOperands(_ epilogue: GemmEpilogue, row: Int, rows: Int, column: Int, columns: Int) {
  let tiles = epilogue.tiles.pointee
  let inner = row % tiles.domain.outer2, outer = row / tiles.domain.outer2
  let i1 = outer % tiles.domain.outer1, i0 = outer / tiles.domain.outer1
  let count = min(rows, tiles.domain.outer2 - inner)
  for o in 0..<tiles.operandCount where o != epilogue.product {
    let operand = tiles.operands[o]
    if operand.strideInner != 1 || operand.stride2 == 0 || isResult(o, tiles) { continue }
    let size = Int(tiles.operandSizes[o])
    let offset = i0 * operand.stride0 + i1 * operand.stride1 + inner * operand.stride2 + column
    let start = UnsafeRawPointer(operand.address) + offset * size
    for r in 0..<count { fetchLines(start + r * operand.stride2 * size, columns * size) }
  }
}

/// Results are written a line at a time: fetching them would only read them.
@inline(__always)
func isResult(_ operand: Int, _ tiles: TileArguments) -> Bool {
  for index in 0..<tiles.programCount {
    let instruction = tiles.program[index]
    if instruction.opcode == .store, Int(instruction.a) == operand { return true }
  }
  return false
}
