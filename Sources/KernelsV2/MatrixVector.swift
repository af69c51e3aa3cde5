import CKernelSupport
import KernelTypes

// A matrix times one column: a tile would use one lane of many. Sums run in four vectors of lanes, folded at the end.

/// Items are rows of A over all entries of the batch; b and c are vectors.
func dotRowsF32(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  let g = arguments.assumingMemoryBound(to: GemmArguments.self).pointee
  for item in begin..<end {
    let entry = item / g.m, row = item % g.m
    let a = g.a.assumingMemoryBound(to: Float.self) + g.aOffset(entry) + row * g.aRow
    let b = g.b.assumingMemoryBound(to: Float.self) + g.bOffset(entry)
    let c = g.c.assumingMemoryBound(to: Float.self) + g.cOffset(entry) + row * g.cRow
    var s0 = f32x16_splat(0), s1 = f32x16_splat(0), s2 = f32x16_splat(0), s3 = f32x16_splat(0)
    var k = 0
    while k + 64 <= g.k {
      s0 = f32x16_fma(f32x16_load(a + k), f32x16_load(b + k), s0)
      s1 = f32x16_fma(f32x16_load(a + k + 16), f32x16_load(b + k + 16), s1)
      s2 = f32x16_fma(f32x16_load(a + k + 32), f32x16_load(b + k + 32), s2)
      s3 = f32x16_fma(f32x16_load(a + k + 48), f32x16_load(b + k + 48), s3)
      k += 64
    }
    while k + 16 <= g.k {
      s0 = f32x16_fma(f32x16_load(a + k), f32x16_load(b + k), s0)
      k += 16
    }
    if k < g.k {
      let left = Int32(g.k - k)
      s1 = f32x16_fma(f32x16_first(f32x16_load(a + k), left, 0), f32x16_first(f32x16_load(b + k), left, 0), s1)
    }
    let sum = f32x16_sum((s0 + s1) + (s2 + s3))
    c[0] = g.accumulates ? c[0] + sum : sum
  }
  return 0
}

/// Items are rows of A over all entries of the batch; b and c are vectors.
func dotRowsF64(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  let g = arguments.assumingMemoryBound(to: GemmArguments.self).pointee
  for item in begin..<end {
    let entry = item / g.m, row = item % g.m
    let a = g.a.assumingMemoryBound(to: Double.self) + g.aOffset(entry) + row * g.aRow
    let b = g.b.assumingMemoryBound(to: Double.self) + g.bOffset(entry)
    let c = g.c.assumingMemoryBound(to: Double.self) + g.cOffset(entry) + row * g.cRow
    var s0 = f64x8_splat(0), s1 = f64x8_splat(0), s2 = f64x8_splat(0), s3 = f64x8_splat(0)
    var k = 0
    while k + 32 <= g.k {
      s0 = f64x8_fma(f64x8_load(a + k), f64x8_load(b + k), s0)
      s1 = f64x8_fma(f64x8_load(a + k + 8), f64x8_load(b + k + 8), s1)
      s2 = f64x8_fma(f64x8_load(a + k + 16), f64x8_load(b + k + 16), s2)
      s3 = f64x8_fma(f64x8_load(a + k + 24), f64x8_load(b + k + 24), s3)
      k += 32
    }
    while k + 8 <= g.k {
      s0 = f64x8_fma(f64x8_load(a + k), f64x8_load(b + k), s0)
      k += 8
    }
    if k < g.k {
      let left = Int32(g.k - k)
      s1 = f64x8_fma(f64x8_first(f64x8_load(a + k), left, 0), f64x8_first(f64x8_load(b + k), left, 0), s1)
    }
    let sum = f64x8_sum((s0 + s1) + (s2 + s3))
    c[0] = g.accumulates ? c[0] + sum : sum
  }
  return 0
}
