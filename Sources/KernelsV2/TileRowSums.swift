import CKernelSupport
import KernelTypes

// Sums of listed rows: the rows of an embedding that a text names, or what the places of a text give to the gradient of
// such a row. Nothing is written in between, and the order of a sum is that of its list.

// MARK: Listed for a row

@inline(never)
func sumRowsTile(
  _ instruction: TileInstruction, _ machine: UnsafeMutablePointer<TileArguments>, _ frame: TileFrame,
  _ place: TilePlace, _ d: UnsafeMutableRawPointer
) {
  let rows = frame.addresses[Int(instruction.a)]
  let heads = frame.addresses[Int(instruction.b)].assumingMemoryBound(to: Int32.self)
  let entries = frame.addresses[Int(instruction.c)].assumingMemoryBound(to: RowEntry.self)
  if instruction.type == 0 {
    let isKept = instruction.reserved & TileFlags.keepsSums != 0 && !place.isFirst
    sumListedF32(
      rows.assumingMemoryBound(to: Float.self), heads, entries, place, d.assumingMemoryBound(to: Float.self),
      rowsBefore: isKept ? machine.pointee.rowsPerTile : 0)
  } else {
    sumListedF64(
      rows.assumingMemoryBound(to: Double.self), heads, entries, place, d.assumingMemoryBound(to: Double.self))
  }
}

/// `rowsBefore`: those of the tile before, if what was summed for it still stands in `d`; zeros everywhere else.
@inline(__always)
private func sumListedF32(
  _ x: UnsafePointer<Float>, _ heads: UnsafePointer<Int32>, _ entries: UnsafePointer<RowEntry>, _ place: TilePlace,
  _ d: UnsafeMutablePointer<Float>, rowsBefore: Int
) {
  let zero = f32x16_splat(0)
  var first = 0
  // Eight rows at a time: a branch for each, whether it has a list, would often be foreseen wrongly.
  while first < place.rows {
    let all = (1 << min(8, place.rows - first)) - 1
    var named = rowsWithLists(heads + first) & all
    var stale = (rowsBefore > 0 ? rowsWithLists(heads + first - rowsBefore) : all) & all & ~named
    while stale != 0 {
      let target = d + (first + stale.trailingZeroBitCount) * place.columns
      stale &= stale - 1
      var c = 0
      while c < place.columns {
        storeUpTo(target + c, zero, place.columns - c)
        c += 16
      }
    }
    while named != 0 {
      let r = first + named.trailingZeroBitCount
      named &= named - 1
      kernel_prefetch(entries + Int(heads[r + RowEntry.rowsAhead]))
      let target = d + r * place.columns
      var c = 0
      while c < place.columns {
        // Up to four vectors a walk. Those that are not needed are read where there is something, and not written.
        let left = place.columns - c
        let o1 = left > 16 ? 16 : 0, o2 = left > 32 ? 32 : 0, o3 = left > 48 ? 48 : 0
        var a0 = zero, a1 = zero, a2 = zero, a3 = zero
        var entry = Int(heads[r])
        while entry >= 0 {
          let row = x + Int(entries[entry].offset) + c
          a0 = a0 + f32x16_load(row)
          a1 = a1 + f32x16_load(row + o1)
          a2 = a2 + f32x16_load(row + o2)
          a3 = a3 + f32x16_load(row + o3)
          entry = Int(entries[entry].next)
        }
        storeUpTo(target + c, a0, left)
        if left > 16 { storeUpTo(target + c + 16, a1, left - 16) }
        if left > 32 { storeUpTo(target + c + 32, a2, left - 32) }
        if left > 48 { storeUpTo(target + c + 48, a3, left - 48) }
        c += 64
      }
    }
    first += 8
  }
}

/// By bit, which of eight rows have a list. There are heads for `RowEntry.rowsAhead` rows behind the last.
@inline(__always)
private func rowsWithLists(_ heads: UnsafePointer<Int32>) -> Int {
  var result = 0
  for k in 0..<8 { result |= (heads[k] >= 0 ? 1 : 0) << k }
  return result
}

@_transparent
private func storeUpTo(_ d: UnsafeMutablePointer<Float>, _ x: f32x16, _ count: Int) {
  if count >= 16 { f32x16_store(d, x) } else { f32x16_store_first(d, x, Int32(count)) }
}

@inline(__always)
private func sumListedF64(
  _ x: UnsafePointer<Double>, _ heads: UnsafePointer<Int32>, _ entries: UnsafePointer<RowEntry>, _ place: TilePlace,
  _ d: UnsafeMutablePointer<Double>
) {
  for r in 0..<place.rows {
    let target = d + r * place.columns
    var c = 0
    while c < place.columns {
      var a = f64x8_splat(0)
      var entry = Int(heads[r])
      while entry >= 0 {
        a = a + f64x8_load(x + Int(entries[entry].offset) + c)
        entry = Int(entries[entry].next)
      }
      let left = place.columns - c
      if left >= 8 { f64x8_store(target + c, a) } else { f64x8_store_first(target + c, a, Int32(left)) }
      c += 8
    }
  }
}

// MARK: Named by a row

/// Rows that are fetched ahead: they stand anywhere, so the processor cannot know which comes next.
private let rowsAhead = 8

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
private func fetchRow(_ row: UnsafeMutableRawPointer, _ bytes: Int) {
  var offset = 0
  while offset < bytes {
    kernel_prefetch(row + offset)
    offset += 64
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
