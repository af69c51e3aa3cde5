import CKernelSupport
import KernelTypes

// Reductions of floats by a fixed tree: leaves of at most `ReduceArguments.leafRows` terms, each with the same lanes at
// every level; what the leaves give is reduced again by the caller. The tree follows from the shape alone.

protocol ReduceF32 {
  static var neutral: Float { get }
  static func combine(_ x: F32, _ y: F32) -> F32
  static func fold(_ x: F32) -> Float
}
protocol ReduceF64 {
  static var neutral: Double { get }
  static func combine(_ x: F64, _ y: F64) -> F64
  static func fold(_ x: F64) -> Double
}

enum SumF32: ReduceF32 {
  @_transparent static var neutral: Float { 0 }
  @_transparent static func combine(_ x: F32, _ y: F32) -> F32 { x + y }
  @_transparent static func fold(_ x: F32) -> Float { f32x16_sum(x) }
}
enum SumF64: ReduceF64 {
  @_transparent static var neutral: Double { 0 }
  @_transparent static func combine(_ x: F64, _ y: F64) -> F64 { x + y }
  @_transparent static func fold(_ x: F64) -> Double { f64x8_sum(x) }
}
enum ProductF32: ReduceF32 {
  @_transparent static var neutral: Float { 1 }
  @_transparent static func combine(_ x: F32, _ y: F32) -> F32 { x * y }
  @_transparent static func fold(_ x: F32) -> Float { f32x16_product(x) }
}
enum ProductF64: ReduceF64 {
  @_transparent static var neutral: Double { 1 }
  @_transparent static func combine(_ x: F64, _ y: F64) -> F64 { x * y }
  @_transparent static func fold(_ x: F64) -> Double { f64x8_product(x) }
}
enum LargestF32: ReduceF32 {
  @_transparent static var neutral: Float { -.infinity }
  @_transparent static func combine(_ x: F32, _ y: F32) -> F32 { f32x16_max(x, y) }
  @_transparent static func fold(_ x: F32) -> Float { f32x16_largest(x) }
}
enum LargestF64: ReduceF64 {
  @_transparent static var neutral: Double { -.infinity }
  @_transparent static func combine(_ x: F64, _ y: F64) -> F64 { f64x8_max(x, y) }
  @_transparent static func fold(_ x: F64) -> Double { f64x8_largest(x) }
}
enum SmallestF32: ReduceF32 {
  @_transparent static var neutral: Float { .infinity }
  @_transparent static func combine(_ x: F32, _ y: F32) -> F32 { f32x16_min(x, y) }
  @_transparent static func fold(_ x: F32) -> Float { f32x16_smallest(x) }
}
enum SmallestF64: ReduceF64 {
  @_transparent static var neutral: Double { .infinity }
  @_transparent static func combine(_ x: F64, _ y: F64) -> F64 { f64x8_min(x, y) }
  @_transparent static func fold(_ x: F64) -> Double { f64x8_smallest(x) }
}

func reduceF32(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  let job = arguments.assumingMemoryBound(to: ReduceArguments.self)
  switch job.pointee.operation {
  case .sum: reduceLeavesF32(SumF32.self, job, begin, end)
  case .product: reduceLeavesF32(ProductF32.self, job, begin, end)
  case .maximum: reduceLeavesF32(LargestF32.self, job, begin, end)
  case .minimum: reduceLeavesF32(SmallestF32.self, job, begin, end)
  }
  return 0
}

func reduceF64(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  let job = arguments.assumingMemoryBound(to: ReduceArguments.self)
  switch job.pointee.operation {
  case .sum: reduceLeavesF64(SumF64.self, job, begin, end)
  case .product: reduceLeavesF64(ProductF64.self, job, begin, end)
  case .maximum: reduceLeavesF64(LargestF64.self, job, begin, end)
  case .minimum: reduceLeavesF64(SmallestF64.self, job, begin, end)
  }
  return 0
}

@inline(__always)
func reduceLeavesF32<O: ReduceF32>(_: O.Type, _ job: UnsafeMutablePointer<ReduceArguments>, _ begin: Int, _ end: Int) {
  let r = job.pointee
  let input = r.input.assumingMemoryBound(to: Float.self), output = r.output.assumingMemoryBound(to: Float.self)
  let leafRows = r.leafRows, leaves = r.leaves, blocks = r.columnBlocks
  if r.inner == 1, leaves == 1 {
    // Short rows: what follows divides for each.
    for o in begin..<end { output[o] = rowLeafF32(O.self, input + o * r.reduced, r.reduced) }
    return
  }
  for item in begin..<end {
    let block = item % blocks, leaf = item / blocks % leaves, o = item / blocks / leaves
    let first = leaf * leafRows
    let rows = min(leafRows, r.reduced - first)
    let source = input + (o * r.reduced + first) * r.inner
    if r.inner == 1 {
      output[o * leaves + leaf] = rowLeafF32(O.self, source, rows)
    } else {
      let begin = block * ReduceArguments.blockColumns
      let columns = min(ReduceArguments.blockColumns, r.inner - begin)
      let target = output + (o * leaves + leaf) * r.inner + begin
      if r.inner > ReduceArguments.blockColumns {
        wideColumnLeafF32(O.self, source + begin, r.inner, rows, columns, target)
      } else {
        columnLeafF32(O.self, source + begin, r.inner, rows, columns, target)
      }
    }
  }
}

/// Neighbours, in four vectors of partial results that are folded at the end.
@inline(__always)
func rowLeafF32<O: ReduceF32>(_: O.Type, _ x: UnsafePointer<Float>, _ count: Int) -> Float {
  let neutral = f32x16_splat(O.neutral)
  var a0 = neutral, a1 = neutral, a2 = neutral, a3 = neutral
  var k = 0
  while k + 64 <= count {
    a0 = O.combine(a0, f32x16_load(x + k))
    a1 = O.combine(a1, f32x16_load(x + k + 16))
    a2 = O.combine(a2, f32x16_load(x + k + 32))
    a3 = O.combine(a3, f32x16_load(x + k + 48))
    k += 64
  }
  while k + 16 <= count {
    a0 = O.combine(a0, f32x16_load(x + k))
    k += 16
  }
  if k < count { a1 = O.combine(a1, f32x16_first(f32x16_load(x + k), Int32(count - k), O.neutral)) }
  return O.fold(O.combine(O.combine(a0, a1), O.combine(a2, a3)))
}

/// Column under column, in order of the rows; four vectors of columns at a time.
@inline(__always)
func columnLeafF32<O: ReduceF32>(
  _: O.Type, _ x: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ columns: Int,
  _ output: UnsafeMutablePointer<Float>
) {
  let neutral = f32x16_splat(O.neutral)
  var c = 0
  while c + 64 <= columns {
    var a0 = neutral, a1 = neutral, a2 = neutral, a3 = neutral
    var p = x + c
    for _ in 0..<rows {
      a0 = O.combine(a0, f32x16_load(p))
      a1 = O.combine(a1, f32x16_load(p + 16))
      a2 = O.combine(a2, f32x16_load(p + 32))
      a3 = O.combine(a3, f32x16_load(p + 48))
      p += stride
    }
    f32x16_store(output + c, a0)
    f32x16_store(output + c + 16, a1)
    f32x16_store(output + c + 32, a2)
    f32x16_store(output + c + 48, a3)
    c += 64
  }
  while c < columns {
    var a = neutral
    var p = x + c
    for _ in 0..<rows {
      a = O.combine(a, f32x16_load(p))
      p += stride
    }
    let left = columns - c
    if left >= 16 { f32x16_store(output + c, a) } else { f32x16_store_first(output + c, a, Int32(left)) }
    c += 16
  }
}

@inline(__always)
func reduceLeavesF64<O: ReduceF64>(_: O.Type, _ job: UnsafeMutablePointer<ReduceArguments>, _ begin: Int, _ end: Int) {
  let r = job.pointee
  let input = r.input.assumingMemoryBound(to: Double.self), output = r.output.assumingMemoryBound(to: Double.self)
  let leafRows = r.leafRows, leaves = r.leaves, blocks = r.columnBlocks
  if r.inner == 1, leaves == 1 {
    // Short rows: what follows divides for each.
    for o in begin..<end { output[o] = rowLeafF64(O.self, input + o * r.reduced, r.reduced) }
    return
  }
  for item in begin..<end {
    let block = item % blocks, leaf = item / blocks % leaves, o = item / blocks / leaves
    let first = leaf * leafRows
    let rows = min(leafRows, r.reduced - first)
    let source = input + (o * r.reduced + first) * r.inner
    if r.inner == 1 {
      output[o * leaves + leaf] = rowLeafF64(O.self, source, rows)
    } else {
      let begin = block * ReduceArguments.blockColumns
      let columns = min(ReduceArguments.blockColumns, r.inner - begin)
      let target = output + (o * leaves + leaf) * r.inner + begin
      if r.inner > ReduceArguments.blockColumns {
        wideColumnLeafF64(O.self, source + begin, r.inner, rows, columns, target)
      } else {
        columnLeafF64(O.self, source + begin, r.inner, rows, columns, target)
      }
    }
  }
}

/// Neighbours, in four vectors of partial results that are folded at the end.
@inline(__always)
func rowLeafF64<O: ReduceF64>(_: O.Type, _ x: UnsafePointer<Double>, _ count: Int) -> Double {
  let neutral = f64x8_splat(O.neutral)
  var a0 = neutral, a1 = neutral, a2 = neutral, a3 = neutral
  var k = 0
  while k + 32 <= count {
    a0 = O.combine(a0, f64x8_load(x + k))
    a1 = O.combine(a1, f64x8_load(x + k + 8))
    a2 = O.combine(a2, f64x8_load(x + k + 16))
    a3 = O.combine(a3, f64x8_load(x + k + 24))
    k += 32
  }
  while k + 8 <= count {
    a0 = O.combine(a0, f64x8_load(x + k))
    k += 8
  }
  if k < count { a1 = O.combine(a1, f64x8_first(f64x8_load(x + k), Int32(count - k), O.neutral)) }
  return O.fold(O.combine(O.combine(a0, a1), O.combine(a2, a3)))
}

/// Column under column, in order of the rows; four vectors of columns at a time.
@inline(__always)
func columnLeafF64<O: ReduceF64>(
  _: O.Type, _ x: UnsafePointer<Double>, _ stride: Int, _ rows: Int, _ columns: Int,
  _ output: UnsafeMutablePointer<Double>
) {
  let neutral = f64x8_splat(O.neutral)
  var c = 0
  while c + 32 <= columns {
    var a0 = neutral, a1 = neutral, a2 = neutral, a3 = neutral
    var p = x + c
    for _ in 0..<rows {
      a0 = O.combine(a0, f64x8_load(p))
      a1 = O.combine(a1, f64x8_load(p + 8))
      a2 = O.combine(a2, f64x8_load(p + 16))
      a3 = O.combine(a3, f64x8_load(p + 24))
      p += stride
    }
    f64x8_store(output + c, a0)
    f64x8_store(output + c + 8, a1)
    f64x8_store(output + c + 16, a2)
    f64x8_store(output + c + 24, a3)
    c += 32
  }
  while c < columns {
    var a = neutral
    var p = x + c
    for _ in 0..<rows {
      a = O.combine(a, f64x8_load(p))
      p += stride
    }
    let left = columns - c
    if left >= 8 { f64x8_store(output + c, a) } else { f64x8_store_first(output + c, a, Int32(left)) }
    c += 8
  }
}

/// The same where rows are far apart: eight rows at a time along the block, with the results in the first cache.
@inline(__always)
func wideColumnLeafF32<O: ReduceF32>(
  _: O.Type, _ x: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ columns: Int,
  _ output: UnsafeMutablePointer<Float>
) {
  let vectors = columns / 16 * 16
  if vectors < columns { columnLeafF32(O.self, x + vectors, stride, rows, columns - vectors, output + vectors) }
  for c in 0..<vectors { output[c] = O.neutral }
  var p = x
  var left = rows
  while left >= 8 {
    var c = 0
    while c < vectors {
      var a = f32x16_load(output + c)
      var q = p + c
      for _ in 0..<8 {
        a = O.combine(a, f32x16_load(q))
        q += stride
      }
      f32x16_store(output + c, a)
      c += 16
    }
    p += 8 * stride
    left -= 8
  }
  while left > 0 {
    var c = 0
    while c < vectors {
      f32x16_store(output + c, O.combine(f32x16_load(output + c), f32x16_load(p + c)))
      c += 16
    }
    p += stride
    left -= 1
  }
}

/// The same where rows are far apart: eight rows at a time along the block, with the results in the first cache.
@inline(__always)
func wideColumnLeafF64<O: ReduceF64>(
  _: O.Type, _ x: UnsafePointer<Double>, _ stride: Int, _ rows: Int, _ columns: Int,
  _ output: UnsafeMutablePointer<Double>
) {
  let vectors = columns / 8 * 8
  if vectors < columns { columnLeafF64(O.self, x + vectors, stride, rows, columns - vectors, output + vectors) }
  for c in 0..<vectors { output[c] = O.neutral }
  var p = x
  var left = rows
  while left >= 8 {
    var c = 0
    while c < vectors {
      var a = f64x8_load(output + c)
      var q = p + c
      for _ in 0..<8 {
        a = O.combine(a, f64x8_load(q))
        q += stride
      }
      f64x8_store(output + c, a)
      c += 8
    }
    p += 8 * stride
    left -= 8
  }
  while left > 0 {
    var c = 0
    while c < vectors {
      f64x8_store(output + c, O.combine(f64x8_load(output + c), f64x8_load(p + c)))
      c += 8
    }
    p += stride
    left -= 1
  }
}
