import CKernelSupport
import KernelTypes

// Sums of listed rows: the rows of an embedding that a text names, or what the places of a text give to the gradient of
// such a row. Nothing is written in between, and the order of a sum is that of its list.

/// Rows that are fetched ahead: they stand anywhere, so the processor cannot know which comes next.
private let rowsAhead = 8

// MARK: Listed for a row

@inline(never)
func sumRowsTile(
  _ instruction: TileInstruction, _ machine: UnsafeMutablePointer<TileArguments>, _ frame: TileFrame,
  _ place: TilePlace, _ d: UnsafeMutableRawPointer
) {
  let rows = frame.addresses[Int(instruction.a)]
  let starts = frame.addresses[Int(instruction.b)].assumingMemoryBound(to: Int32.self)
  let entries = frame.addresses[Int(instruction.c)].assumingMemoryBound(to: RowEntry.self)
  let inner = machine.pointee.domain.inner
  let first = (place.position - place.column) / inner
  let shift = RowEntry.groupShift(inner: inner)
  let lastGroup = (first + place.rows - 1) >> shift
  let begin = Int(starts[first >> shift]), end = Int(starts[lastGroup + 1])
  let size = elementSize(instruction.type)
  for entry in end..<min(Int(starts[lastGroup + 2]), end + rowsAhead) {
    fetchRow(rows + Int(entries[entry].offset) * size, place.columns * size)
  }
  if instruction.type == 0 {
    let x = rows.assumingMemoryBound(to: Float.self), d = d.assumingMemoryBound(to: Float.self)
    if instruction.reserved & TileFlags.keepsSums != 0, !place.isFirst {
      // The register is zero but for the rows that the list names for the tile before.
      let rows = machine.pointee.rowsPerTile
      let before = first - rows
      for index in Int(starts[before >> shift])..<Int(starts[(first - 1) >> shift + 1]) {
        let row = Int(entries[index].row) - before
        if row >= 0, row < rows { clearF32(d + row * place.columns, place.columns) }
      }
    } else {
      clearF32(d, place.rows * place.columns)
    }
    for index in begin..<end {
      let entry = entries[index]
      let row = Int(entry.row) - first
      // A group may reach beyond the tile.
      if row >= 0, row < place.rows { addRowF32(d + row * place.columns, x + Int(entry.offset), place.columns) }
    }
  } else {
    let x = rows.assumingMemoryBound(to: Double.self), d = d.assumingMemoryBound(to: Double.self)
    for k in 0..<(place.rows * place.columns) { d[k] = 0 }
    for index in begin..<end {
      let entry = entries[index]
      let row = Int(entry.row) - first
      guard row >= 0, row < place.rows else { continue }
      let target = d + row * place.columns, source = x + Int(entry.offset)
      for k in 0..<place.columns { target[k] += source[k] }
    }
  }
}

@inline(__always)
private func fetchRow(_ row: UnsafeMutableRawPointer, _ bytes: Int) {
  var offset = 0
  while offset < bytes {
    kernel_prefetch(row + offset)
    offset += 64
  }
}

/// Whole vectors, which a tile has room for.
@inline(__always)
private func clearF32(_ d: UnsafeMutablePointer<Float>, _ count: Int) {
  let zero = f32x16_splat(0)
  var k = 0
  while k < count {
    f32x16_store(d + k, zero)
    k += 16
  }
}

@inline(__always)
private func addRowF32(_ d: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ columns: Int) {
  var c = 0
  while c + 64 <= columns {
    let a0 = f32x16_load(d + c) + f32x16_load(x + c)
    let a1 = f32x16_load(d + c + 16) + f32x16_load(x + c + 16)
    let a2 = f32x16_load(d + c + 32) + f32x16_load(x + c + 32)
    let a3 = f32x16_load(d + c + 48) + f32x16_load(x + c + 48)
    f32x16_store(d + c, a0)
    f32x16_store(d + c + 16, a1)
    f32x16_store(d + c + 32, a2)
    f32x16_store(d + c + 48, a3)
    c += 64
  }
  while c + 16 <= columns {
    f32x16_store(d + c, f32x16_load(d + c) + f32x16_load(x + c))
    c += 16
  }
  while c < columns {
    d[c] += x[c]
    c += 1
  }
}

// MARK: Named by a row

@inline(never)
func sumTakenTile(
  _ instruction: TileInstruction, _ machine: UnsafeMutablePointer<TileArguments>, _ frame: TileFrame,
  _ place: TilePlace, _ d: UnsafeMutableRawPointer
) {
  let rows = frame.addresses[Int(instruction.a)]
  let ids = frame.addresses[Int(instruction.b)].assumingMemoryBound(to: Int.self)
  let idRow = machine.pointee.operands[Int(instruction.b)].stride2
  let length = Int(machine.pointee.constants[Int(instruction.c)])
  let inner = machine.pointee.domain.inner
  if instruction.type == 0 {
    sumTakenF32(
      rows.assumingMemoryBound(to: Float.self), ids, idRow, length, inner, place, d.assumingMemoryBound(to: Float.self))
  } else {
    sumTakenF64(
      rows.assumingMemoryBound(to: Double.self), ids, idRow, length, inner, place,
      d.assumingMemoryBound(to: Double.self))
  }
}

@inline(__always)
private func sumTakenF32(
  _ x: UnsafeMutablePointer<Float>, _ ids: UnsafePointer<Int>, _ idRow: Int, _ length: Int, _ inner: Int,
  _ place: TilePlace, _ d: UnsafeMutablePointer<Float>
) {
  let zero = f32x16_splat(0)
  for r in 0..<place.rows {
    let target = d + r * place.columns, ids = ids + r * idRow
    var c = 0
    while c + 64 <= place.columns {
      var a0 = zero, a1 = zero, a2 = zero, a3 = zero
      for k in 0..<length {
        if k + rowsAhead < length { fetchRow(x + ids[k + rowsAhead] * inner + c, 256) }
        let row = x + ids[k] * inner + c
        a0 = a0 + f32x16_load(row)
        a1 = a1 + f32x16_load(row + 16)
        a2 = a2 + f32x16_load(row + 32)
        a3 = a3 + f32x16_load(row + 48)
      }
      f32x16_store(target + c, a0)
      f32x16_store(target + c + 16, a1)
      f32x16_store(target + c + 32, a2)
      f32x16_store(target + c + 48, a3)
      c += 64
    }
    while c < place.columns {
      var a = zero
      for k in 0..<length { a = a + f32x16_load(x + ids[k] * inner + c) }
      let left = place.columns - c
      if left >= 16 { f32x16_store(target + c, a) } else { f32x16_store_first(target + c, a, Int32(left)) }
      c += 16
    }
  }
}

@inline(__always)
private func sumTakenF64(
  _ x: UnsafeMutablePointer<Double>, _ ids: UnsafePointer<Int>, _ idRow: Int, _ length: Int, _ inner: Int,
  _ place: TilePlace, _ d: UnsafeMutablePointer<Double>
) {
  for r in 0..<place.rows {
    let target = d + r * place.columns, ids = ids + r * idRow
    var c = 0
    while c < place.columns {
      var a = f64x8_splat(0)
      for k in 0..<length { a = a + f64x8_load(x + ids[k] * inner + c) }
      let left = place.columns - c
      if left >= 8 { f64x8_store(target + c, a) } else { f64x8_store_first(target + c, a, Int32(left)) }
      c += 8
    }
  }
}
