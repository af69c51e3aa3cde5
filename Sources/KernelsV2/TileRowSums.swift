import CKernelSupport
import KernelTypes

// Sums of listed rows: the rows of an embedding that a text names, or what the places of a text give to the gradient of
// such a row. Nothing is written in between, and the order of a sum is that of its list.

func sumRowsTile(
  _ instruction: TileInstruction, _ frame: TileFrame, _ place: TilePlace, _ d: UnsafeMutableRawPointer
) {
  let rows = frame.addresses[Int(instruction.a)]
  let heads = frame.addresses[Int(instruction.b)].assumingMemoryBound(to: Int32.self)
  let links = frame.addresses[Int(instruction.c)].assumingMemoryBound(to: RowLink.self)
  if instruction.type == 0 {
    sumRowsF32(rows.assumingMemoryBound(to: Float.self), heads, links, place, d.assumingMemoryBound(to: Float.self))
  } else {
    sumRowsF64(rows.assumingMemoryBound(to: Double.self), heads, links, place, d.assumingMemoryBound(to: Double.self))
  }
}

@inline(__always)
func sumRowsF32(
  _ x: UnsafePointer<Float>, _ heads: UnsafePointer<Int32>, _ links: UnsafePointer<RowLink>, _ place: TilePlace,
  _ d: UnsafeMutablePointer<Float>
) {
  let zero = f32x16_splat(0)
  for r in 0..<place.rows {
    let target = d + r * place.columns
    let head = Int(heads[r])
    var c = 0
    while c + 64 <= place.columns {
      var a0 = zero, a1 = zero, a2 = zero, a3 = zero
      var link = head
      while link >= 0 {
        let entry = links[link]
        let row = x + Int(entry.offset) + c
        a0 = a0 + f32x16_load(row)
        a1 = a1 + f32x16_load(row + 16)
        a2 = a2 + f32x16_load(row + 32)
        a3 = a3 + f32x16_load(row + 48)
        link = Int(entry.next)
      }
      f32x16_store(target + c, a0)
      f32x16_store(target + c + 16, a1)
      f32x16_store(target + c + 32, a2)
      f32x16_store(target + c + 48, a3)
      c += 64
    }
    while c < place.columns {
      var a = zero
      var link = head
      while link >= 0 {
        let entry = links[link]
        a = a + f32x16_load(x + Int(entry.offset) + c)
        link = Int(entry.next)
      }
      let left = place.columns - c
      if left >= 16 { f32x16_store(target + c, a) } else { f32x16_store_first(target + c, a, Int32(left)) }
      c += 16
    }
  }
}

@inline(__always)
func sumRowsF64(
  _ x: UnsafePointer<Double>, _ heads: UnsafePointer<Int32>, _ links: UnsafePointer<RowLink>, _ place: TilePlace,
  _ d: UnsafeMutablePointer<Double>
) {
  for r in 0..<place.rows {
    let target = d + r * place.columns
    var c = 0
    while c < place.columns {
      var a = f64x8_splat(0)
      var link = Int(heads[r])
      while link >= 0 {
        let entry = links[link]
        a = a + f64x8_load(x + Int(entry.offset) + c)
        link = Int(entry.next)
      }
      let left = place.columns - c
      if left >= 8 { f64x8_store(target + c, a) } else { f64x8_store_first(target + c, a, Int32(left)) }
      c += 8
    }
  }
}
