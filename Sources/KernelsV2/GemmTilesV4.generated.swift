// Written by Scripts/generate-gemm-tiles.py.
#if KernelsV4
import CKernelSupport

enum GemmF32: GemmTiles {
  typealias Element = Float
  static var lanes: Int { 16 }
  static var vectors: Int { 2 }
  static var rows: Int { 12 }
  static var wideVectors: Int { 16 }

  @inline(__always)
  static func run(rows: Int, vectors: Int, _ s: GemmStep<Float>) {
    switch rows &* 2 &+ vectors {
    case 3: tile1x1(s)
    case 4: tile1x2(s)
    case 5: tile2x1(s)
    case 6: tile2x2(s)
    case 7: tile3x1(s)
    case 8: tile3x2(s)
    case 9: tile4x1(s)
    case 10: tile4x2(s)
    case 11: tile5x1(s)
    case 12: tile5x2(s)
    case 13: tile6x1(s)
    case 14: tile6x2(s)
    case 15: tile7x1(s)
    case 16: tile7x2(s)
    case 17: tile8x1(s)
    case 18: tile8x2(s)
    case 19: tile9x1(s)
    case 20: tile9x2(s)
    case 21: tile10x1(s)
    case 22: tile10x2(s)
    case 23: tile11x1(s)
    case 24: tile11x2(s)
    case 25: tile12x1(s)
    case 26: tile12x2(s)
    default: break
    }
  }

  @inline(never)
  static func tile1x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x16_load(b)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
    } else {
      f32x16_store_first(c, c0x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile1x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c0x1 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x16_load(b)
      let b1 = f32x16_load(b + 16)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      c0x1 = f32x16_fma(x0, b1, c0x1)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c0x1 = f32x16_load(c + 16) + c0x1
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
    } else {
      f32x16_store(c, c0x0)
      f32x16_store_first(c + 16, c0x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile2x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x16_load(b)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      c += s.cRow
      f32x16_store(c, c1x0)
    } else {
      f32x16_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c1x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile2x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c0x1 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c1x1 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x16_load(b)
      let b1 = f32x16_load(b + 16)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      c0x1 = f32x16_fma(x0, b1, c0x1)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      c1x1 = f32x16_fma(x1, b1, c1x1)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c0x1 = f32x16_load(c + 16) + c0x1
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x16_load(c + 1 * s.cRow + 16) + c1x1
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store(c + 16, c1x1)
    } else {
      f32x16_store(c, c0x0)
      f32x16_store_first(c + 16, c0x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store_first(c + 16, c1x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile3x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x16_load(b)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      c += s.cRow
      f32x16_store(c, c1x0)
      c += s.cRow
      f32x16_store(c, c2x0)
    } else {
      f32x16_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c2x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile3x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c0x1 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c1x1 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c2x1 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x16_load(b)
      let b1 = f32x16_load(b + 16)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      c0x1 = f32x16_fma(x0, b1, c0x1)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      c1x1 = f32x16_fma(x1, b1, c1x1)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      c2x1 = f32x16_fma(x2, b1, c2x1)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c0x1 = f32x16_load(c + 16) + c0x1
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x16_load(c + 1 * s.cRow + 16) + c1x1
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x16_load(c + 2 * s.cRow + 16) + c2x1
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store(c + 16, c1x1)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store(c + 16, c2x1)
    } else {
      f32x16_store(c, c0x0)
      f32x16_store_first(c + 16, c0x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store_first(c + 16, c1x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store_first(c + 16, c2x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile4x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      c += s.cRow
      f32x16_store(c, c1x0)
      c += s.cRow
      f32x16_store(c, c2x0)
      c += s.cRow
      f32x16_store(c, c3x0)
    } else {
      f32x16_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c3x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile4x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c0x1 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c1x1 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c2x1 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c3x1 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 16)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let b1 = f32x16_load(b + 16)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      c0x1 = f32x16_fma(x0, b1, c0x1)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      c1x1 = f32x16_fma(x1, b1, c1x1)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      c2x1 = f32x16_fma(x2, b1, c2x1)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      c3x1 = f32x16_fma(x3, b1, c3x1)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c0x1 = f32x16_load(c + 16) + c0x1
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x16_load(c + 1 * s.cRow + 16) + c1x1
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x16_load(c + 2 * s.cRow + 16) + c2x1
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x16_load(c + 3 * s.cRow + 16) + c3x1
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store(c + 16, c1x1)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store(c + 16, c2x1)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store(c + 16, c3x1)
    } else {
      f32x16_store(c, c0x0)
      f32x16_store_first(c + 16, c0x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store_first(c + 16, c1x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store_first(c + 16, c2x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store_first(c + 16, c3x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile5x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      c += s.cRow
      f32x16_store(c, c1x0)
      c += s.cRow
      f32x16_store(c, c2x0)
      c += s.cRow
      f32x16_store(c, c3x0)
      c += s.cRow
      f32x16_store(c, c4x0)
    } else {
      f32x16_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c4x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile5x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c0x1 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c1x1 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c2x1 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c3x1 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c4x1 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 16)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let b1 = f32x16_load(b + 16)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      c0x1 = f32x16_fma(x0, b1, c0x1)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      c1x1 = f32x16_fma(x1, b1, c1x1)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      c2x1 = f32x16_fma(x2, b1, c2x1)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      c3x1 = f32x16_fma(x3, b1, c3x1)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      c4x1 = f32x16_fma(x4, b1, c4x1)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c0x1 = f32x16_load(c + 16) + c0x1
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x16_load(c + 1 * s.cRow + 16) + c1x1
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x16_load(c + 2 * s.cRow + 16) + c2x1
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x16_load(c + 3 * s.cRow + 16) + c3x1
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x16_load(c + 4 * s.cRow + 16) + c4x1
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store(c + 16, c1x1)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store(c + 16, c2x1)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store(c + 16, c3x1)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store(c + 16, c4x1)
    } else {
      f32x16_store(c, c0x0)
      f32x16_store_first(c + 16, c0x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store_first(c + 16, c1x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store_first(c + 16, c2x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store_first(c + 16, c3x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store_first(c + 16, c4x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile6x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      c += s.cRow
      f32x16_store(c, c1x0)
      c += s.cRow
      f32x16_store(c, c2x0)
      c += s.cRow
      f32x16_store(c, c3x0)
      c += s.cRow
      f32x16_store(c, c4x0)
      c += s.cRow
      f32x16_store(c, c5x0)
    } else {
      f32x16_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c5x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile6x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c0x1 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c1x1 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c2x1 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c3x1 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c4x1 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var c5x1 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 16)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let b1 = f32x16_load(b + 16)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      c0x1 = f32x16_fma(x0, b1, c0x1)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      c1x1 = f32x16_fma(x1, b1, c1x1)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      c2x1 = f32x16_fma(x2, b1, c2x1)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      c3x1 = f32x16_fma(x3, b1, c3x1)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      c4x1 = f32x16_fma(x4, b1, c4x1)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      c5x1 = f32x16_fma(x5, b1, c5x1)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c0x1 = f32x16_load(c + 16) + c0x1
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x16_load(c + 1 * s.cRow + 16) + c1x1
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x16_load(c + 2 * s.cRow + 16) + c2x1
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x16_load(c + 3 * s.cRow + 16) + c3x1
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x16_load(c + 4 * s.cRow + 16) + c4x1
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
      c5x1 = f32x16_load(c + 5 * s.cRow + 16) + c5x1
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store(c + 16, c1x1)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store(c + 16, c2x1)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store(c + 16, c3x1)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store(c + 16, c4x1)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store(c + 16, c5x1)
    } else {
      f32x16_store(c, c0x0)
      f32x16_store_first(c + 16, c0x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store_first(c + 16, c1x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store_first(c + 16, c2x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store_first(c + 16, c3x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store_first(c + 16, c4x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store_first(c + 16, c5x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile7x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var c6x0 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      let x6 = f32x16_splat(a1[2 * row])
      c6x0 = f32x16_fma(x6, b0, c6x0)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
      c6x0 = f32x16_load(c + 6 * s.cRow) + c6x0
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      c += s.cRow
      f32x16_store(c, c1x0)
      c += s.cRow
      f32x16_store(c, c2x0)
      c += s.cRow
      f32x16_store(c, c3x0)
      c += s.cRow
      f32x16_store(c, c4x0)
      c += s.cRow
      f32x16_store(c, c5x0)
      c += s.cRow
      f32x16_store(c, c6x0)
    } else {
      f32x16_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c5x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c6x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile7x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c0x1 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c1x1 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c2x1 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c3x1 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c4x1 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var c5x1 = f32x16_splat(0)
    var c6x0 = f32x16_splat(0)
    var c6x1 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 16)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let b1 = f32x16_load(b + 16)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      c0x1 = f32x16_fma(x0, b1, c0x1)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      c1x1 = f32x16_fma(x1, b1, c1x1)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      c2x1 = f32x16_fma(x2, b1, c2x1)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      c3x1 = f32x16_fma(x3, b1, c3x1)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      c4x1 = f32x16_fma(x4, b1, c4x1)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      c5x1 = f32x16_fma(x5, b1, c5x1)
      let x6 = f32x16_splat(a1[2 * row])
      c6x0 = f32x16_fma(x6, b0, c6x0)
      c6x1 = f32x16_fma(x6, b1, c6x1)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c0x1 = f32x16_load(c + 16) + c0x1
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x16_load(c + 1 * s.cRow + 16) + c1x1
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x16_load(c + 2 * s.cRow + 16) + c2x1
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x16_load(c + 3 * s.cRow + 16) + c3x1
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x16_load(c + 4 * s.cRow + 16) + c4x1
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
      c5x1 = f32x16_load(c + 5 * s.cRow + 16) + c5x1
      c6x0 = f32x16_load(c + 6 * s.cRow) + c6x0
      c6x1 = f32x16_load(c + 6 * s.cRow + 16) + c6x1
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store(c + 16, c1x1)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store(c + 16, c2x1)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store(c + 16, c3x1)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store(c + 16, c4x1)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store(c + 16, c5x1)
      c += s.cRow
      f32x16_store(c, c6x0)
      f32x16_store(c + 16, c6x1)
    } else {
      f32x16_store(c, c0x0)
      f32x16_store_first(c + 16, c0x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store_first(c + 16, c1x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store_first(c + 16, c2x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store_first(c + 16, c3x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store_first(c + 16, c4x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store_first(c + 16, c5x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c6x0)
      f32x16_store_first(c + 16, c6x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile8x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var c6x0 = f32x16_splat(0)
    var c7x0 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      let x6 = f32x16_splat(a1[2 * row])
      c6x0 = f32x16_fma(x6, b0, c6x0)
      let x7 = f32x16_splat(a1[row3])
      c7x0 = f32x16_fma(x7, b0, c7x0)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
      c6x0 = f32x16_load(c + 6 * s.cRow) + c6x0
      c7x0 = f32x16_load(c + 7 * s.cRow) + c7x0
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      c += s.cRow
      f32x16_store(c, c1x0)
      c += s.cRow
      f32x16_store(c, c2x0)
      c += s.cRow
      f32x16_store(c, c3x0)
      c += s.cRow
      f32x16_store(c, c4x0)
      c += s.cRow
      f32x16_store(c, c5x0)
      c += s.cRow
      f32x16_store(c, c6x0)
      c += s.cRow
      f32x16_store(c, c7x0)
    } else {
      f32x16_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c5x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c6x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c7x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile8x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c0x1 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c1x1 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c2x1 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c3x1 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c4x1 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var c5x1 = f32x16_splat(0)
    var c6x0 = f32x16_splat(0)
    var c6x1 = f32x16_splat(0)
    var c7x0 = f32x16_splat(0)
    var c7x1 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 16)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let b1 = f32x16_load(b + 16)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      c0x1 = f32x16_fma(x0, b1, c0x1)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      c1x1 = f32x16_fma(x1, b1, c1x1)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      c2x1 = f32x16_fma(x2, b1, c2x1)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      c3x1 = f32x16_fma(x3, b1, c3x1)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      c4x1 = f32x16_fma(x4, b1, c4x1)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      c5x1 = f32x16_fma(x5, b1, c5x1)
      let x6 = f32x16_splat(a1[2 * row])
      c6x0 = f32x16_fma(x6, b0, c6x0)
      c6x1 = f32x16_fma(x6, b1, c6x1)
      let x7 = f32x16_splat(a1[row3])
      c7x0 = f32x16_fma(x7, b0, c7x0)
      c7x1 = f32x16_fma(x7, b1, c7x1)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c0x1 = f32x16_load(c + 16) + c0x1
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x16_load(c + 1 * s.cRow + 16) + c1x1
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x16_load(c + 2 * s.cRow + 16) + c2x1
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x16_load(c + 3 * s.cRow + 16) + c3x1
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x16_load(c + 4 * s.cRow + 16) + c4x1
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
      c5x1 = f32x16_load(c + 5 * s.cRow + 16) + c5x1
      c6x0 = f32x16_load(c + 6 * s.cRow) + c6x0
      c6x1 = f32x16_load(c + 6 * s.cRow + 16) + c6x1
      c7x0 = f32x16_load(c + 7 * s.cRow) + c7x0
      c7x1 = f32x16_load(c + 7 * s.cRow + 16) + c7x1
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store(c + 16, c1x1)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store(c + 16, c2x1)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store(c + 16, c3x1)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store(c + 16, c4x1)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store(c + 16, c5x1)
      c += s.cRow
      f32x16_store(c, c6x0)
      f32x16_store(c + 16, c6x1)
      c += s.cRow
      f32x16_store(c, c7x0)
      f32x16_store(c + 16, c7x1)
    } else {
      f32x16_store(c, c0x0)
      f32x16_store_first(c + 16, c0x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store_first(c + 16, c1x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store_first(c + 16, c2x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store_first(c + 16, c3x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store_first(c + 16, c4x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store_first(c + 16, c5x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c6x0)
      f32x16_store_first(c + 16, c6x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c7x0)
      f32x16_store_first(c + 16, c7x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile9x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var c6x0 = f32x16_splat(0)
    var c7x0 = f32x16_splat(0)
    var c8x0 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      let x6 = f32x16_splat(a1[2 * row])
      c6x0 = f32x16_fma(x6, b0, c6x0)
      let x7 = f32x16_splat(a1[row3])
      c7x0 = f32x16_fma(x7, b0, c7x0)
      let x8 = f32x16_splat(a2[0])
      c8x0 = f32x16_fma(x8, b0, c8x0)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
      c6x0 = f32x16_load(c + 6 * s.cRow) + c6x0
      c7x0 = f32x16_load(c + 7 * s.cRow) + c7x0
      c8x0 = f32x16_load(c + 8 * s.cRow) + c8x0
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      c += s.cRow
      f32x16_store(c, c1x0)
      c += s.cRow
      f32x16_store(c, c2x0)
      c += s.cRow
      f32x16_store(c, c3x0)
      c += s.cRow
      f32x16_store(c, c4x0)
      c += s.cRow
      f32x16_store(c, c5x0)
      c += s.cRow
      f32x16_store(c, c6x0)
      c += s.cRow
      f32x16_store(c, c7x0)
      c += s.cRow
      f32x16_store(c, c8x0)
    } else {
      f32x16_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c5x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c6x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c7x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c8x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile9x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c0x1 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c1x1 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c2x1 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c3x1 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c4x1 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var c5x1 = f32x16_splat(0)
    var c6x0 = f32x16_splat(0)
    var c6x1 = f32x16_splat(0)
    var c7x0 = f32x16_splat(0)
    var c7x1 = f32x16_splat(0)
    var c8x0 = f32x16_splat(0)
    var c8x1 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 16)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let b1 = f32x16_load(b + 16)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      c0x1 = f32x16_fma(x0, b1, c0x1)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      c1x1 = f32x16_fma(x1, b1, c1x1)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      c2x1 = f32x16_fma(x2, b1, c2x1)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      c3x1 = f32x16_fma(x3, b1, c3x1)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      c4x1 = f32x16_fma(x4, b1, c4x1)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      c5x1 = f32x16_fma(x5, b1, c5x1)
      let x6 = f32x16_splat(a1[2 * row])
      c6x0 = f32x16_fma(x6, b0, c6x0)
      c6x1 = f32x16_fma(x6, b1, c6x1)
      let x7 = f32x16_splat(a1[row3])
      c7x0 = f32x16_fma(x7, b0, c7x0)
      c7x1 = f32x16_fma(x7, b1, c7x1)
      let x8 = f32x16_splat(a2[0])
      c8x0 = f32x16_fma(x8, b0, c8x0)
      c8x1 = f32x16_fma(x8, b1, c8x1)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c0x1 = f32x16_load(c + 16) + c0x1
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x16_load(c + 1 * s.cRow + 16) + c1x1
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x16_load(c + 2 * s.cRow + 16) + c2x1
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x16_load(c + 3 * s.cRow + 16) + c3x1
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x16_load(c + 4 * s.cRow + 16) + c4x1
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
      c5x1 = f32x16_load(c + 5 * s.cRow + 16) + c5x1
      c6x0 = f32x16_load(c + 6 * s.cRow) + c6x0
      c6x1 = f32x16_load(c + 6 * s.cRow + 16) + c6x1
      c7x0 = f32x16_load(c + 7 * s.cRow) + c7x0
      c7x1 = f32x16_load(c + 7 * s.cRow + 16) + c7x1
      c8x0 = f32x16_load(c + 8 * s.cRow) + c8x0
      c8x1 = f32x16_load(c + 8 * s.cRow + 16) + c8x1
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store(c + 16, c1x1)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store(c + 16, c2x1)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store(c + 16, c3x1)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store(c + 16, c4x1)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store(c + 16, c5x1)
      c += s.cRow
      f32x16_store(c, c6x0)
      f32x16_store(c + 16, c6x1)
      c += s.cRow
      f32x16_store(c, c7x0)
      f32x16_store(c + 16, c7x1)
      c += s.cRow
      f32x16_store(c, c8x0)
      f32x16_store(c + 16, c8x1)
    } else {
      f32x16_store(c, c0x0)
      f32x16_store_first(c + 16, c0x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store_first(c + 16, c1x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store_first(c + 16, c2x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store_first(c + 16, c3x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store_first(c + 16, c4x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store_first(c + 16, c5x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c6x0)
      f32x16_store_first(c + 16, c6x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c7x0)
      f32x16_store_first(c + 16, c7x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c8x0)
      f32x16_store_first(c + 16, c8x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile10x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var c6x0 = f32x16_splat(0)
    var c7x0 = f32x16_splat(0)
    var c8x0 = f32x16_splat(0)
    var c9x0 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      let x6 = f32x16_splat(a1[2 * row])
      c6x0 = f32x16_fma(x6, b0, c6x0)
      let x7 = f32x16_splat(a1[row3])
      c7x0 = f32x16_fma(x7, b0, c7x0)
      let x8 = f32x16_splat(a2[0])
      c8x0 = f32x16_fma(x8, b0, c8x0)
      let x9 = f32x16_splat(a2[row])
      c9x0 = f32x16_fma(x9, b0, c9x0)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
      c6x0 = f32x16_load(c + 6 * s.cRow) + c6x0
      c7x0 = f32x16_load(c + 7 * s.cRow) + c7x0
      c8x0 = f32x16_load(c + 8 * s.cRow) + c8x0
      c9x0 = f32x16_load(c + 9 * s.cRow) + c9x0
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      c += s.cRow
      f32x16_store(c, c1x0)
      c += s.cRow
      f32x16_store(c, c2x0)
      c += s.cRow
      f32x16_store(c, c3x0)
      c += s.cRow
      f32x16_store(c, c4x0)
      c += s.cRow
      f32x16_store(c, c5x0)
      c += s.cRow
      f32x16_store(c, c6x0)
      c += s.cRow
      f32x16_store(c, c7x0)
      c += s.cRow
      f32x16_store(c, c8x0)
      c += s.cRow
      f32x16_store(c, c9x0)
    } else {
      f32x16_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c5x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c6x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c7x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c8x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c9x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile10x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c0x1 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c1x1 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c2x1 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c3x1 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c4x1 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var c5x1 = f32x16_splat(0)
    var c6x0 = f32x16_splat(0)
    var c6x1 = f32x16_splat(0)
    var c7x0 = f32x16_splat(0)
    var c7x1 = f32x16_splat(0)
    var c8x0 = f32x16_splat(0)
    var c8x1 = f32x16_splat(0)
    var c9x0 = f32x16_splat(0)
    var c9x1 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 16)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let b1 = f32x16_load(b + 16)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      c0x1 = f32x16_fma(x0, b1, c0x1)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      c1x1 = f32x16_fma(x1, b1, c1x1)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      c2x1 = f32x16_fma(x2, b1, c2x1)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      c3x1 = f32x16_fma(x3, b1, c3x1)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      c4x1 = f32x16_fma(x4, b1, c4x1)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      c5x1 = f32x16_fma(x5, b1, c5x1)
      let x6 = f32x16_splat(a1[2 * row])
      c6x0 = f32x16_fma(x6, b0, c6x0)
      c6x1 = f32x16_fma(x6, b1, c6x1)
      let x7 = f32x16_splat(a1[row3])
      c7x0 = f32x16_fma(x7, b0, c7x0)
      c7x1 = f32x16_fma(x7, b1, c7x1)
      let x8 = f32x16_splat(a2[0])
      c8x0 = f32x16_fma(x8, b0, c8x0)
      c8x1 = f32x16_fma(x8, b1, c8x1)
      let x9 = f32x16_splat(a2[row])
      c9x0 = f32x16_fma(x9, b0, c9x0)
      c9x1 = f32x16_fma(x9, b1, c9x1)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c0x1 = f32x16_load(c + 16) + c0x1
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x16_load(c + 1 * s.cRow + 16) + c1x1
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x16_load(c + 2 * s.cRow + 16) + c2x1
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x16_load(c + 3 * s.cRow + 16) + c3x1
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x16_load(c + 4 * s.cRow + 16) + c4x1
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
      c5x1 = f32x16_load(c + 5 * s.cRow + 16) + c5x1
      c6x0 = f32x16_load(c + 6 * s.cRow) + c6x0
      c6x1 = f32x16_load(c + 6 * s.cRow + 16) + c6x1
      c7x0 = f32x16_load(c + 7 * s.cRow) + c7x0
      c7x1 = f32x16_load(c + 7 * s.cRow + 16) + c7x1
      c8x0 = f32x16_load(c + 8 * s.cRow) + c8x0
      c8x1 = f32x16_load(c + 8 * s.cRow + 16) + c8x1
      c9x0 = f32x16_load(c + 9 * s.cRow) + c9x0
      c9x1 = f32x16_load(c + 9 * s.cRow + 16) + c9x1
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store(c + 16, c1x1)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store(c + 16, c2x1)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store(c + 16, c3x1)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store(c + 16, c4x1)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store(c + 16, c5x1)
      c += s.cRow
      f32x16_store(c, c6x0)
      f32x16_store(c + 16, c6x1)
      c += s.cRow
      f32x16_store(c, c7x0)
      f32x16_store(c + 16, c7x1)
      c += s.cRow
      f32x16_store(c, c8x0)
      f32x16_store(c + 16, c8x1)
      c += s.cRow
      f32x16_store(c, c9x0)
      f32x16_store(c + 16, c9x1)
    } else {
      f32x16_store(c, c0x0)
      f32x16_store_first(c + 16, c0x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store_first(c + 16, c1x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store_first(c + 16, c2x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store_first(c + 16, c3x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store_first(c + 16, c4x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store_first(c + 16, c5x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c6x0)
      f32x16_store_first(c + 16, c6x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c7x0)
      f32x16_store_first(c + 16, c7x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c8x0)
      f32x16_store_first(c + 16, c8x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c9x0)
      f32x16_store_first(c + 16, c9x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile11x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var c6x0 = f32x16_splat(0)
    var c7x0 = f32x16_splat(0)
    var c8x0 = f32x16_splat(0)
    var c9x0 = f32x16_splat(0)
    var c10x0 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      let x6 = f32x16_splat(a1[2 * row])
      c6x0 = f32x16_fma(x6, b0, c6x0)
      let x7 = f32x16_splat(a1[row3])
      c7x0 = f32x16_fma(x7, b0, c7x0)
      let x8 = f32x16_splat(a2[0])
      c8x0 = f32x16_fma(x8, b0, c8x0)
      let x9 = f32x16_splat(a2[row])
      c9x0 = f32x16_fma(x9, b0, c9x0)
      let x10 = f32x16_splat(a2[2 * row])
      c10x0 = f32x16_fma(x10, b0, c10x0)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
      c6x0 = f32x16_load(c + 6 * s.cRow) + c6x0
      c7x0 = f32x16_load(c + 7 * s.cRow) + c7x0
      c8x0 = f32x16_load(c + 8 * s.cRow) + c8x0
      c9x0 = f32x16_load(c + 9 * s.cRow) + c9x0
      c10x0 = f32x16_load(c + 10 * s.cRow) + c10x0
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      c += s.cRow
      f32x16_store(c, c1x0)
      c += s.cRow
      f32x16_store(c, c2x0)
      c += s.cRow
      f32x16_store(c, c3x0)
      c += s.cRow
      f32x16_store(c, c4x0)
      c += s.cRow
      f32x16_store(c, c5x0)
      c += s.cRow
      f32x16_store(c, c6x0)
      c += s.cRow
      f32x16_store(c, c7x0)
      c += s.cRow
      f32x16_store(c, c8x0)
      c += s.cRow
      f32x16_store(c, c9x0)
      c += s.cRow
      f32x16_store(c, c10x0)
    } else {
      f32x16_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c5x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c6x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c7x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c8x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c9x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c10x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile11x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c0x1 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c1x1 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c2x1 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c3x1 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c4x1 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var c5x1 = f32x16_splat(0)
    var c6x0 = f32x16_splat(0)
    var c6x1 = f32x16_splat(0)
    var c7x0 = f32x16_splat(0)
    var c7x1 = f32x16_splat(0)
    var c8x0 = f32x16_splat(0)
    var c8x1 = f32x16_splat(0)
    var c9x0 = f32x16_splat(0)
    var c9x1 = f32x16_splat(0)
    var c10x0 = f32x16_splat(0)
    var c10x1 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 16)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let b1 = f32x16_load(b + 16)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      c0x1 = f32x16_fma(x0, b1, c0x1)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      c1x1 = f32x16_fma(x1, b1, c1x1)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      c2x1 = f32x16_fma(x2, b1, c2x1)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      c3x1 = f32x16_fma(x3, b1, c3x1)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      c4x1 = f32x16_fma(x4, b1, c4x1)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      c5x1 = f32x16_fma(x5, b1, c5x1)
      let x6 = f32x16_splat(a1[2 * row])
      c6x0 = f32x16_fma(x6, b0, c6x0)
      c6x1 = f32x16_fma(x6, b1, c6x1)
      let x7 = f32x16_splat(a1[row3])
      c7x0 = f32x16_fma(x7, b0, c7x0)
      c7x1 = f32x16_fma(x7, b1, c7x1)
      let x8 = f32x16_splat(a2[0])
      c8x0 = f32x16_fma(x8, b0, c8x0)
      c8x1 = f32x16_fma(x8, b1, c8x1)
      let x9 = f32x16_splat(a2[row])
      c9x0 = f32x16_fma(x9, b0, c9x0)
      c9x1 = f32x16_fma(x9, b1, c9x1)
      let x10 = f32x16_splat(a2[2 * row])
      c10x0 = f32x16_fma(x10, b0, c10x0)
      c10x1 = f32x16_fma(x10, b1, c10x1)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c0x1 = f32x16_load(c + 16) + c0x1
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x16_load(c + 1 * s.cRow + 16) + c1x1
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x16_load(c + 2 * s.cRow + 16) + c2x1
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x16_load(c + 3 * s.cRow + 16) + c3x1
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x16_load(c + 4 * s.cRow + 16) + c4x1
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
      c5x1 = f32x16_load(c + 5 * s.cRow + 16) + c5x1
      c6x0 = f32x16_load(c + 6 * s.cRow) + c6x0
      c6x1 = f32x16_load(c + 6 * s.cRow + 16) + c6x1
      c7x0 = f32x16_load(c + 7 * s.cRow) + c7x0
      c7x1 = f32x16_load(c + 7 * s.cRow + 16) + c7x1
      c8x0 = f32x16_load(c + 8 * s.cRow) + c8x0
      c8x1 = f32x16_load(c + 8 * s.cRow + 16) + c8x1
      c9x0 = f32x16_load(c + 9 * s.cRow) + c9x0
      c9x1 = f32x16_load(c + 9 * s.cRow + 16) + c9x1
      c10x0 = f32x16_load(c + 10 * s.cRow) + c10x0
      c10x1 = f32x16_load(c + 10 * s.cRow + 16) + c10x1
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store(c + 16, c1x1)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store(c + 16, c2x1)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store(c + 16, c3x1)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store(c + 16, c4x1)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store(c + 16, c5x1)
      c += s.cRow
      f32x16_store(c, c6x0)
      f32x16_store(c + 16, c6x1)
      c += s.cRow
      f32x16_store(c, c7x0)
      f32x16_store(c + 16, c7x1)
      c += s.cRow
      f32x16_store(c, c8x0)
      f32x16_store(c + 16, c8x1)
      c += s.cRow
      f32x16_store(c, c9x0)
      f32x16_store(c + 16, c9x1)
      c += s.cRow
      f32x16_store(c, c10x0)
      f32x16_store(c + 16, c10x1)
    } else {
      f32x16_store(c, c0x0)
      f32x16_store_first(c + 16, c0x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store_first(c + 16, c1x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store_first(c + 16, c2x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store_first(c + 16, c3x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store_first(c + 16, c4x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store_first(c + 16, c5x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c6x0)
      f32x16_store_first(c + 16, c6x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c7x0)
      f32x16_store_first(c + 16, c7x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c8x0)
      f32x16_store_first(c + 16, c8x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c9x0)
      f32x16_store_first(c + 16, c9x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c10x0)
      f32x16_store_first(c + 16, c10x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile12x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var c6x0 = f32x16_splat(0)
    var c7x0 = f32x16_splat(0)
    var c8x0 = f32x16_splat(0)
    var c9x0 = f32x16_splat(0)
    var c10x0 = f32x16_splat(0)
    var c11x0 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      let x6 = f32x16_splat(a1[2 * row])
      c6x0 = f32x16_fma(x6, b0, c6x0)
      let x7 = f32x16_splat(a1[row3])
      c7x0 = f32x16_fma(x7, b0, c7x0)
      let x8 = f32x16_splat(a2[0])
      c8x0 = f32x16_fma(x8, b0, c8x0)
      let x9 = f32x16_splat(a2[row])
      c9x0 = f32x16_fma(x9, b0, c9x0)
      let x10 = f32x16_splat(a2[2 * row])
      c10x0 = f32x16_fma(x10, b0, c10x0)
      let x11 = f32x16_splat(a2[row3])
      c11x0 = f32x16_fma(x11, b0, c11x0)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
      c6x0 = f32x16_load(c + 6 * s.cRow) + c6x0
      c7x0 = f32x16_load(c + 7 * s.cRow) + c7x0
      c8x0 = f32x16_load(c + 8 * s.cRow) + c8x0
      c9x0 = f32x16_load(c + 9 * s.cRow) + c9x0
      c10x0 = f32x16_load(c + 10 * s.cRow) + c10x0
      c11x0 = f32x16_load(c + 11 * s.cRow) + c11x0
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      c += s.cRow
      f32x16_store(c, c1x0)
      c += s.cRow
      f32x16_store(c, c2x0)
      c += s.cRow
      f32x16_store(c, c3x0)
      c += s.cRow
      f32x16_store(c, c4x0)
      c += s.cRow
      f32x16_store(c, c5x0)
      c += s.cRow
      f32x16_store(c, c6x0)
      c += s.cRow
      f32x16_store(c, c7x0)
      c += s.cRow
      f32x16_store(c, c8x0)
      c += s.cRow
      f32x16_store(c, c9x0)
      c += s.cRow
      f32x16_store(c, c10x0)
      c += s.cRow
      f32x16_store(c, c11x0)
    } else {
      f32x16_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c5x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c6x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c7x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c8x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c9x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c10x0, s.lastColumns)
      c += s.cRow
      f32x16_store_first(c, c11x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile12x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c0x1 = f32x16_splat(0)
    var c1x0 = f32x16_splat(0)
    var c1x1 = f32x16_splat(0)
    var c2x0 = f32x16_splat(0)
    var c2x1 = f32x16_splat(0)
    var c3x0 = f32x16_splat(0)
    var c3x1 = f32x16_splat(0)
    var c4x0 = f32x16_splat(0)
    var c4x1 = f32x16_splat(0)
    var c5x0 = f32x16_splat(0)
    var c5x1 = f32x16_splat(0)
    var c6x0 = f32x16_splat(0)
    var c6x1 = f32x16_splat(0)
    var c7x0 = f32x16_splat(0)
    var c7x1 = f32x16_splat(0)
    var c8x0 = f32x16_splat(0)
    var c8x1 = f32x16_splat(0)
    var c9x0 = f32x16_splat(0)
    var c9x1 = f32x16_splat(0)
    var c10x0 = f32x16_splat(0)
    var c10x1 = f32x16_splat(0)
    var c11x0 = f32x16_splat(0)
    var c11x1 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 16)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x16_load(b)
      let b1 = f32x16_load(b + 16)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      c0x1 = f32x16_fma(x0, b1, c0x1)
      let x1 = f32x16_splat(a0[row])
      c1x0 = f32x16_fma(x1, b0, c1x0)
      c1x1 = f32x16_fma(x1, b1, c1x1)
      let x2 = f32x16_splat(a0[2 * row])
      c2x0 = f32x16_fma(x2, b0, c2x0)
      c2x1 = f32x16_fma(x2, b1, c2x1)
      let x3 = f32x16_splat(a0[row3])
      c3x0 = f32x16_fma(x3, b0, c3x0)
      c3x1 = f32x16_fma(x3, b1, c3x1)
      let x4 = f32x16_splat(a1[0])
      c4x0 = f32x16_fma(x4, b0, c4x0)
      c4x1 = f32x16_fma(x4, b1, c4x1)
      let x5 = f32x16_splat(a1[row])
      c5x0 = f32x16_fma(x5, b0, c5x0)
      c5x1 = f32x16_fma(x5, b1, c5x1)
      let x6 = f32x16_splat(a1[2 * row])
      c6x0 = f32x16_fma(x6, b0, c6x0)
      c6x1 = f32x16_fma(x6, b1, c6x1)
      let x7 = f32x16_splat(a1[row3])
      c7x0 = f32x16_fma(x7, b0, c7x0)
      c7x1 = f32x16_fma(x7, b1, c7x1)
      let x8 = f32x16_splat(a2[0])
      c8x0 = f32x16_fma(x8, b0, c8x0)
      c8x1 = f32x16_fma(x8, b1, c8x1)
      let x9 = f32x16_splat(a2[row])
      c9x0 = f32x16_fma(x9, b0, c9x0)
      c9x1 = f32x16_fma(x9, b1, c9x1)
      let x10 = f32x16_splat(a2[2 * row])
      c10x0 = f32x16_fma(x10, b0, c10x0)
      c10x1 = f32x16_fma(x10, b1, c10x1)
      let x11 = f32x16_splat(a2[row3])
      c11x0 = f32x16_fma(x11, b0, c11x0)
      c11x1 = f32x16_fma(x11, b1, c11x1)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c0x1 = f32x16_load(c + 16) + c0x1
      c1x0 = f32x16_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x16_load(c + 1 * s.cRow + 16) + c1x1
      c2x0 = f32x16_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x16_load(c + 2 * s.cRow + 16) + c2x1
      c3x0 = f32x16_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x16_load(c + 3 * s.cRow + 16) + c3x1
      c4x0 = f32x16_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x16_load(c + 4 * s.cRow + 16) + c4x1
      c5x0 = f32x16_load(c + 5 * s.cRow) + c5x0
      c5x1 = f32x16_load(c + 5 * s.cRow + 16) + c5x1
      c6x0 = f32x16_load(c + 6 * s.cRow) + c6x0
      c6x1 = f32x16_load(c + 6 * s.cRow + 16) + c6x1
      c7x0 = f32x16_load(c + 7 * s.cRow) + c7x0
      c7x1 = f32x16_load(c + 7 * s.cRow + 16) + c7x1
      c8x0 = f32x16_load(c + 8 * s.cRow) + c8x0
      c8x1 = f32x16_load(c + 8 * s.cRow + 16) + c8x1
      c9x0 = f32x16_load(c + 9 * s.cRow) + c9x0
      c9x1 = f32x16_load(c + 9 * s.cRow + 16) + c9x1
      c10x0 = f32x16_load(c + 10 * s.cRow) + c10x0
      c10x1 = f32x16_load(c + 10 * s.cRow + 16) + c10x1
      c11x0 = f32x16_load(c + 11 * s.cRow) + c11x0
      c11x1 = f32x16_load(c + 11 * s.cRow + 16) + c11x1
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store(c + 16, c1x1)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store(c + 16, c2x1)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store(c + 16, c3x1)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store(c + 16, c4x1)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store(c + 16, c5x1)
      c += s.cRow
      f32x16_store(c, c6x0)
      f32x16_store(c + 16, c6x1)
      c += s.cRow
      f32x16_store(c, c7x0)
      f32x16_store(c + 16, c7x1)
      c += s.cRow
      f32x16_store(c, c8x0)
      f32x16_store(c + 16, c8x1)
      c += s.cRow
      f32x16_store(c, c9x0)
      f32x16_store(c + 16, c9x1)
      c += s.cRow
      f32x16_store(c, c10x0)
      f32x16_store(c + 16, c10x1)
      c += s.cRow
      f32x16_store(c, c11x0)
      f32x16_store(c + 16, c11x1)
    } else {
      f32x16_store(c, c0x0)
      f32x16_store_first(c + 16, c0x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c1x0)
      f32x16_store_first(c + 16, c1x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c2x0)
      f32x16_store_first(c + 16, c2x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c3x0)
      f32x16_store_first(c + 16, c3x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c4x0)
      f32x16_store_first(c + 16, c4x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c5x0)
      f32x16_store_first(c + 16, c5x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c6x0)
      f32x16_store_first(c + 16, c6x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c7x0)
      f32x16_store_first(c + 16, c7x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c8x0)
      f32x16_store_first(c + 16, c8x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c9x0)
      f32x16_store_first(c + 16, c9x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c10x0)
      f32x16_store_first(c + 16, c10x1, s.lastColumns)
      c += s.cRow
      f32x16_store(c, c11x0)
      f32x16_store_first(c + 16, c11x1, s.lastColumns)
    }
  }

  @inline(__always)
  static func runWide(_ s: GemmStep<Float>) { tile1x16(s) }

  @inline(never)
  static func tile1x16(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x16_splat(0)
    var c0x1 = f32x16_splat(0)
    var c0x2 = f32x16_splat(0)
    var c0x3 = f32x16_splat(0)
    var c0x4 = f32x16_splat(0)
    var c0x5 = f32x16_splat(0)
    var c0x6 = f32x16_splat(0)
    var c0x7 = f32x16_splat(0)
    var c0x8 = f32x16_splat(0)
    var c0x9 = f32x16_splat(0)
    var c0x10 = f32x16_splat(0)
    var c0x11 = f32x16_splat(0)
    var c0x12 = f32x16_splat(0)
    var c0x13 = f32x16_splat(0)
    var c0x14 = f32x16_splat(0)
    var c0x15 = f32x16_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x16_load(b)
      let b1 = f32x16_load(b + 16)
      let b2 = f32x16_load(b + 32)
      let b3 = f32x16_load(b + 48)
      let b4 = f32x16_load(b + 64)
      let b5 = f32x16_load(b + 80)
      let b6 = f32x16_load(b + 96)
      let b7 = f32x16_load(b + 112)
      let b8 = f32x16_load(b + 128)
      let b9 = f32x16_load(b + 144)
      let b10 = f32x16_load(b + 160)
      let b11 = f32x16_load(b + 176)
      let b12 = f32x16_load(b + 192)
      let b13 = f32x16_load(b + 208)
      let b14 = f32x16_load(b + 224)
      let b15 = f32x16_load(b + 240)
      let x0 = f32x16_splat(a0[0])
      c0x0 = f32x16_fma(x0, b0, c0x0)
      c0x1 = f32x16_fma(x0, b1, c0x1)
      c0x2 = f32x16_fma(x0, b2, c0x2)
      c0x3 = f32x16_fma(x0, b3, c0x3)
      c0x4 = f32x16_fma(x0, b4, c0x4)
      c0x5 = f32x16_fma(x0, b5, c0x5)
      c0x6 = f32x16_fma(x0, b6, c0x6)
      c0x7 = f32x16_fma(x0, b7, c0x7)
      c0x8 = f32x16_fma(x0, b8, c0x8)
      c0x9 = f32x16_fma(x0, b9, c0x9)
      c0x10 = f32x16_fma(x0, b10, c0x10)
      c0x11 = f32x16_fma(x0, b11, c0x11)
      c0x12 = f32x16_fma(x0, b12, c0x12)
      c0x13 = f32x16_fma(x0, b13, c0x13)
      c0x14 = f32x16_fma(x0, b14, c0x14)
      c0x15 = f32x16_fma(x0, b15, c0x15)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f32x16_load(c) + c0x0
      c0x1 = f32x16_load(c + 16) + c0x1
      c0x2 = f32x16_load(c + 32) + c0x2
      c0x3 = f32x16_load(c + 48) + c0x3
      c0x4 = f32x16_load(c + 64) + c0x4
      c0x5 = f32x16_load(c + 80) + c0x5
      c0x6 = f32x16_load(c + 96) + c0x6
      c0x7 = f32x16_load(c + 112) + c0x7
      c0x8 = f32x16_load(c + 128) + c0x8
      c0x9 = f32x16_load(c + 144) + c0x9
      c0x10 = f32x16_load(c + 160) + c0x10
      c0x11 = f32x16_load(c + 176) + c0x11
      c0x12 = f32x16_load(c + 192) + c0x12
      c0x13 = f32x16_load(c + 208) + c0x13
      c0x14 = f32x16_load(c + 224) + c0x14
      c0x15 = f32x16_load(c + 240) + c0x15
    }
    if s.lastColumns == 16 {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
      f32x16_store(c + 32, c0x2)
      f32x16_store(c + 48, c0x3)
      f32x16_store(c + 64, c0x4)
      f32x16_store(c + 80, c0x5)
      f32x16_store(c + 96, c0x6)
      f32x16_store(c + 112, c0x7)
      f32x16_store(c + 128, c0x8)
      f32x16_store(c + 144, c0x9)
      f32x16_store(c + 160, c0x10)
      f32x16_store(c + 176, c0x11)
      f32x16_store(c + 192, c0x12)
      f32x16_store(c + 208, c0x13)
      f32x16_store(c + 224, c0x14)
      f32x16_store(c + 240, c0x15)
    } else {
      f32x16_store(c, c0x0)
      f32x16_store(c + 16, c0x1)
      f32x16_store(c + 32, c0x2)
      f32x16_store(c + 48, c0x3)
      f32x16_store(c + 64, c0x4)
      f32x16_store(c + 80, c0x5)
      f32x16_store(c + 96, c0x6)
      f32x16_store(c + 112, c0x7)
      f32x16_store(c + 128, c0x8)
      f32x16_store(c + 144, c0x9)
      f32x16_store(c + 160, c0x10)
      f32x16_store(c + 176, c0x11)
      f32x16_store(c + 192, c0x12)
      f32x16_store(c + 208, c0x13)
      f32x16_store(c + 224, c0x14)
      f32x16_store_first(c + 240, c0x15, s.lastColumns)
    }
  }
}

enum GemmF64: GemmTiles {
  typealias Element = Double
  static var lanes: Int { 8 }
  static var vectors: Int { 2 }
  static var rows: Int { 12 }
  static var wideVectors: Int { 16 }

  @inline(__always)
  static func run(rows: Int, vectors: Int, _ s: GemmStep<Double>) {
    switch rows &* 2 &+ vectors {
    case 3: tile1x1(s)
    case 4: tile1x2(s)
    case 5: tile2x1(s)
    case 6: tile2x2(s)
    case 7: tile3x1(s)
    case 8: tile3x2(s)
    case 9: tile4x1(s)
    case 10: tile4x2(s)
    case 11: tile5x1(s)
    case 12: tile5x2(s)
    case 13: tile6x1(s)
    case 14: tile6x2(s)
    case 15: tile7x1(s)
    case 16: tile7x2(s)
    case 17: tile8x1(s)
    case 18: tile8x2(s)
    case 19: tile9x1(s)
    case 20: tile9x2(s)
    case 21: tile10x1(s)
    case 22: tile10x2(s)
    case 23: tile11x1(s)
    case 24: tile11x2(s)
    case 25: tile12x1(s)
    case 26: tile12x2(s)
    default: break
    }
  }

  @inline(never)
  static func tile1x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x8_load(b)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
    } else {
      f64x8_store_first(c, c0x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile1x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c0x1 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x8_load(b)
      let b1 = f64x8_load(b + 8)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      c0x1 = f64x8_fma(x0, b1, c0x1)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c0x1 = f64x8_load(c + 8) + c0x1
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
    } else {
      f64x8_store(c, c0x0)
      f64x8_store_first(c + 8, c0x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile2x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x8_load(b)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      c += s.cRow
      f64x8_store(c, c1x0)
    } else {
      f64x8_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c1x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile2x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c0x1 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c1x1 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x8_load(b)
      let b1 = f64x8_load(b + 8)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      c0x1 = f64x8_fma(x0, b1, c0x1)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      c1x1 = f64x8_fma(x1, b1, c1x1)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c0x1 = f64x8_load(c + 8) + c0x1
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x8_load(c + 1 * s.cRow + 8) + c1x1
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store(c + 8, c1x1)
    } else {
      f64x8_store(c, c0x0)
      f64x8_store_first(c + 8, c0x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store_first(c + 8, c1x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile3x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x8_load(b)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      c += s.cRow
      f64x8_store(c, c1x0)
      c += s.cRow
      f64x8_store(c, c2x0)
    } else {
      f64x8_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c2x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile3x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c0x1 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c1x1 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c2x1 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x8_load(b)
      let b1 = f64x8_load(b + 8)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      c0x1 = f64x8_fma(x0, b1, c0x1)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      c1x1 = f64x8_fma(x1, b1, c1x1)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      c2x1 = f64x8_fma(x2, b1, c2x1)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c0x1 = f64x8_load(c + 8) + c0x1
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x8_load(c + 1 * s.cRow + 8) + c1x1
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x8_load(c + 2 * s.cRow + 8) + c2x1
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store(c + 8, c1x1)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store(c + 8, c2x1)
    } else {
      f64x8_store(c, c0x0)
      f64x8_store_first(c + 8, c0x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store_first(c + 8, c1x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store_first(c + 8, c2x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile4x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      c += s.cRow
      f64x8_store(c, c1x0)
      c += s.cRow
      f64x8_store(c, c2x0)
      c += s.cRow
      f64x8_store(c, c3x0)
    } else {
      f64x8_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c3x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile4x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c0x1 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c1x1 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c2x1 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c3x1 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 8)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let b1 = f64x8_load(b + 8)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      c0x1 = f64x8_fma(x0, b1, c0x1)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      c1x1 = f64x8_fma(x1, b1, c1x1)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      c2x1 = f64x8_fma(x2, b1, c2x1)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      c3x1 = f64x8_fma(x3, b1, c3x1)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c0x1 = f64x8_load(c + 8) + c0x1
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x8_load(c + 1 * s.cRow + 8) + c1x1
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x8_load(c + 2 * s.cRow + 8) + c2x1
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x8_load(c + 3 * s.cRow + 8) + c3x1
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store(c + 8, c1x1)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store(c + 8, c2x1)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store(c + 8, c3x1)
    } else {
      f64x8_store(c, c0x0)
      f64x8_store_first(c + 8, c0x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store_first(c + 8, c1x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store_first(c + 8, c2x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store_first(c + 8, c3x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile5x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      c += s.cRow
      f64x8_store(c, c1x0)
      c += s.cRow
      f64x8_store(c, c2x0)
      c += s.cRow
      f64x8_store(c, c3x0)
      c += s.cRow
      f64x8_store(c, c4x0)
    } else {
      f64x8_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c4x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile5x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c0x1 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c1x1 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c2x1 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c3x1 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c4x1 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 8)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let b1 = f64x8_load(b + 8)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      c0x1 = f64x8_fma(x0, b1, c0x1)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      c1x1 = f64x8_fma(x1, b1, c1x1)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      c2x1 = f64x8_fma(x2, b1, c2x1)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      c3x1 = f64x8_fma(x3, b1, c3x1)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      c4x1 = f64x8_fma(x4, b1, c4x1)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c0x1 = f64x8_load(c + 8) + c0x1
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x8_load(c + 1 * s.cRow + 8) + c1x1
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x8_load(c + 2 * s.cRow + 8) + c2x1
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x8_load(c + 3 * s.cRow + 8) + c3x1
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x8_load(c + 4 * s.cRow + 8) + c4x1
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store(c + 8, c1x1)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store(c + 8, c2x1)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store(c + 8, c3x1)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store(c + 8, c4x1)
    } else {
      f64x8_store(c, c0x0)
      f64x8_store_first(c + 8, c0x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store_first(c + 8, c1x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store_first(c + 8, c2x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store_first(c + 8, c3x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store_first(c + 8, c4x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile6x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      c += s.cRow
      f64x8_store(c, c1x0)
      c += s.cRow
      f64x8_store(c, c2x0)
      c += s.cRow
      f64x8_store(c, c3x0)
      c += s.cRow
      f64x8_store(c, c4x0)
      c += s.cRow
      f64x8_store(c, c5x0)
    } else {
      f64x8_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c5x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile6x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c0x1 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c1x1 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c2x1 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c3x1 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c4x1 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var c5x1 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 8)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let b1 = f64x8_load(b + 8)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      c0x1 = f64x8_fma(x0, b1, c0x1)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      c1x1 = f64x8_fma(x1, b1, c1x1)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      c2x1 = f64x8_fma(x2, b1, c2x1)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      c3x1 = f64x8_fma(x3, b1, c3x1)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      c4x1 = f64x8_fma(x4, b1, c4x1)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      c5x1 = f64x8_fma(x5, b1, c5x1)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c0x1 = f64x8_load(c + 8) + c0x1
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x8_load(c + 1 * s.cRow + 8) + c1x1
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x8_load(c + 2 * s.cRow + 8) + c2x1
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x8_load(c + 3 * s.cRow + 8) + c3x1
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x8_load(c + 4 * s.cRow + 8) + c4x1
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
      c5x1 = f64x8_load(c + 5 * s.cRow + 8) + c5x1
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store(c + 8, c1x1)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store(c + 8, c2x1)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store(c + 8, c3x1)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store(c + 8, c4x1)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store(c + 8, c5x1)
    } else {
      f64x8_store(c, c0x0)
      f64x8_store_first(c + 8, c0x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store_first(c + 8, c1x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store_first(c + 8, c2x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store_first(c + 8, c3x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store_first(c + 8, c4x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store_first(c + 8, c5x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile7x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var c6x0 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      let x6 = f64x8_splat(a1[2 * row])
      c6x0 = f64x8_fma(x6, b0, c6x0)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
      c6x0 = f64x8_load(c + 6 * s.cRow) + c6x0
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      c += s.cRow
      f64x8_store(c, c1x0)
      c += s.cRow
      f64x8_store(c, c2x0)
      c += s.cRow
      f64x8_store(c, c3x0)
      c += s.cRow
      f64x8_store(c, c4x0)
      c += s.cRow
      f64x8_store(c, c5x0)
      c += s.cRow
      f64x8_store(c, c6x0)
    } else {
      f64x8_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c5x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c6x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile7x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c0x1 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c1x1 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c2x1 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c3x1 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c4x1 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var c5x1 = f64x8_splat(0)
    var c6x0 = f64x8_splat(0)
    var c6x1 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 8)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let b1 = f64x8_load(b + 8)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      c0x1 = f64x8_fma(x0, b1, c0x1)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      c1x1 = f64x8_fma(x1, b1, c1x1)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      c2x1 = f64x8_fma(x2, b1, c2x1)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      c3x1 = f64x8_fma(x3, b1, c3x1)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      c4x1 = f64x8_fma(x4, b1, c4x1)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      c5x1 = f64x8_fma(x5, b1, c5x1)
      let x6 = f64x8_splat(a1[2 * row])
      c6x0 = f64x8_fma(x6, b0, c6x0)
      c6x1 = f64x8_fma(x6, b1, c6x1)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c0x1 = f64x8_load(c + 8) + c0x1
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x8_load(c + 1 * s.cRow + 8) + c1x1
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x8_load(c + 2 * s.cRow + 8) + c2x1
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x8_load(c + 3 * s.cRow + 8) + c3x1
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x8_load(c + 4 * s.cRow + 8) + c4x1
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
      c5x1 = f64x8_load(c + 5 * s.cRow + 8) + c5x1
      c6x0 = f64x8_load(c + 6 * s.cRow) + c6x0
      c6x1 = f64x8_load(c + 6 * s.cRow + 8) + c6x1
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store(c + 8, c1x1)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store(c + 8, c2x1)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store(c + 8, c3x1)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store(c + 8, c4x1)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store(c + 8, c5x1)
      c += s.cRow
      f64x8_store(c, c6x0)
      f64x8_store(c + 8, c6x1)
    } else {
      f64x8_store(c, c0x0)
      f64x8_store_first(c + 8, c0x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store_first(c + 8, c1x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store_first(c + 8, c2x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store_first(c + 8, c3x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store_first(c + 8, c4x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store_first(c + 8, c5x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c6x0)
      f64x8_store_first(c + 8, c6x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile8x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var c6x0 = f64x8_splat(0)
    var c7x0 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      let x6 = f64x8_splat(a1[2 * row])
      c6x0 = f64x8_fma(x6, b0, c6x0)
      let x7 = f64x8_splat(a1[row3])
      c7x0 = f64x8_fma(x7, b0, c7x0)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
      c6x0 = f64x8_load(c + 6 * s.cRow) + c6x0
      c7x0 = f64x8_load(c + 7 * s.cRow) + c7x0
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      c += s.cRow
      f64x8_store(c, c1x0)
      c += s.cRow
      f64x8_store(c, c2x0)
      c += s.cRow
      f64x8_store(c, c3x0)
      c += s.cRow
      f64x8_store(c, c4x0)
      c += s.cRow
      f64x8_store(c, c5x0)
      c += s.cRow
      f64x8_store(c, c6x0)
      c += s.cRow
      f64x8_store(c, c7x0)
    } else {
      f64x8_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c5x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c6x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c7x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile8x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c0x1 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c1x1 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c2x1 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c3x1 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c4x1 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var c5x1 = f64x8_splat(0)
    var c6x0 = f64x8_splat(0)
    var c6x1 = f64x8_splat(0)
    var c7x0 = f64x8_splat(0)
    var c7x1 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 8)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let b1 = f64x8_load(b + 8)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      c0x1 = f64x8_fma(x0, b1, c0x1)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      c1x1 = f64x8_fma(x1, b1, c1x1)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      c2x1 = f64x8_fma(x2, b1, c2x1)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      c3x1 = f64x8_fma(x3, b1, c3x1)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      c4x1 = f64x8_fma(x4, b1, c4x1)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      c5x1 = f64x8_fma(x5, b1, c5x1)
      let x6 = f64x8_splat(a1[2 * row])
      c6x0 = f64x8_fma(x6, b0, c6x0)
      c6x1 = f64x8_fma(x6, b1, c6x1)
      let x7 = f64x8_splat(a1[row3])
      c7x0 = f64x8_fma(x7, b0, c7x0)
      c7x1 = f64x8_fma(x7, b1, c7x1)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c0x1 = f64x8_load(c + 8) + c0x1
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x8_load(c + 1 * s.cRow + 8) + c1x1
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x8_load(c + 2 * s.cRow + 8) + c2x1
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x8_load(c + 3 * s.cRow + 8) + c3x1
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x8_load(c + 4 * s.cRow + 8) + c4x1
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
      c5x1 = f64x8_load(c + 5 * s.cRow + 8) + c5x1
      c6x0 = f64x8_load(c + 6 * s.cRow) + c6x0
      c6x1 = f64x8_load(c + 6 * s.cRow + 8) + c6x1
      c7x0 = f64x8_load(c + 7 * s.cRow) + c7x0
      c7x1 = f64x8_load(c + 7 * s.cRow + 8) + c7x1
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store(c + 8, c1x1)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store(c + 8, c2x1)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store(c + 8, c3x1)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store(c + 8, c4x1)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store(c + 8, c5x1)
      c += s.cRow
      f64x8_store(c, c6x0)
      f64x8_store(c + 8, c6x1)
      c += s.cRow
      f64x8_store(c, c7x0)
      f64x8_store(c + 8, c7x1)
    } else {
      f64x8_store(c, c0x0)
      f64x8_store_first(c + 8, c0x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store_first(c + 8, c1x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store_first(c + 8, c2x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store_first(c + 8, c3x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store_first(c + 8, c4x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store_first(c + 8, c5x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c6x0)
      f64x8_store_first(c + 8, c6x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c7x0)
      f64x8_store_first(c + 8, c7x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile9x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var c6x0 = f64x8_splat(0)
    var c7x0 = f64x8_splat(0)
    var c8x0 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      let x6 = f64x8_splat(a1[2 * row])
      c6x0 = f64x8_fma(x6, b0, c6x0)
      let x7 = f64x8_splat(a1[row3])
      c7x0 = f64x8_fma(x7, b0, c7x0)
      let x8 = f64x8_splat(a2[0])
      c8x0 = f64x8_fma(x8, b0, c8x0)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
      c6x0 = f64x8_load(c + 6 * s.cRow) + c6x0
      c7x0 = f64x8_load(c + 7 * s.cRow) + c7x0
      c8x0 = f64x8_load(c + 8 * s.cRow) + c8x0
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      c += s.cRow
      f64x8_store(c, c1x0)
      c += s.cRow
      f64x8_store(c, c2x0)
      c += s.cRow
      f64x8_store(c, c3x0)
      c += s.cRow
      f64x8_store(c, c4x0)
      c += s.cRow
      f64x8_store(c, c5x0)
      c += s.cRow
      f64x8_store(c, c6x0)
      c += s.cRow
      f64x8_store(c, c7x0)
      c += s.cRow
      f64x8_store(c, c8x0)
    } else {
      f64x8_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c5x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c6x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c7x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c8x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile9x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c0x1 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c1x1 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c2x1 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c3x1 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c4x1 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var c5x1 = f64x8_splat(0)
    var c6x0 = f64x8_splat(0)
    var c6x1 = f64x8_splat(0)
    var c7x0 = f64x8_splat(0)
    var c7x1 = f64x8_splat(0)
    var c8x0 = f64x8_splat(0)
    var c8x1 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 8)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let b1 = f64x8_load(b + 8)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      c0x1 = f64x8_fma(x0, b1, c0x1)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      c1x1 = f64x8_fma(x1, b1, c1x1)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      c2x1 = f64x8_fma(x2, b1, c2x1)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      c3x1 = f64x8_fma(x3, b1, c3x1)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      c4x1 = f64x8_fma(x4, b1, c4x1)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      c5x1 = f64x8_fma(x5, b1, c5x1)
      let x6 = f64x8_splat(a1[2 * row])
      c6x0 = f64x8_fma(x6, b0, c6x0)
      c6x1 = f64x8_fma(x6, b1, c6x1)
      let x7 = f64x8_splat(a1[row3])
      c7x0 = f64x8_fma(x7, b0, c7x0)
      c7x1 = f64x8_fma(x7, b1, c7x1)
      let x8 = f64x8_splat(a2[0])
      c8x0 = f64x8_fma(x8, b0, c8x0)
      c8x1 = f64x8_fma(x8, b1, c8x1)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c0x1 = f64x8_load(c + 8) + c0x1
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x8_load(c + 1 * s.cRow + 8) + c1x1
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x8_load(c + 2 * s.cRow + 8) + c2x1
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x8_load(c + 3 * s.cRow + 8) + c3x1
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x8_load(c + 4 * s.cRow + 8) + c4x1
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
      c5x1 = f64x8_load(c + 5 * s.cRow + 8) + c5x1
      c6x0 = f64x8_load(c + 6 * s.cRow) + c6x0
      c6x1 = f64x8_load(c + 6 * s.cRow + 8) + c6x1
      c7x0 = f64x8_load(c + 7 * s.cRow) + c7x0
      c7x1 = f64x8_load(c + 7 * s.cRow + 8) + c7x1
      c8x0 = f64x8_load(c + 8 * s.cRow) + c8x0
      c8x1 = f64x8_load(c + 8 * s.cRow + 8) + c8x1
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store(c + 8, c1x1)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store(c + 8, c2x1)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store(c + 8, c3x1)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store(c + 8, c4x1)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store(c + 8, c5x1)
      c += s.cRow
      f64x8_store(c, c6x0)
      f64x8_store(c + 8, c6x1)
      c += s.cRow
      f64x8_store(c, c7x0)
      f64x8_store(c + 8, c7x1)
      c += s.cRow
      f64x8_store(c, c8x0)
      f64x8_store(c + 8, c8x1)
    } else {
      f64x8_store(c, c0x0)
      f64x8_store_first(c + 8, c0x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store_first(c + 8, c1x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store_first(c + 8, c2x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store_first(c + 8, c3x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store_first(c + 8, c4x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store_first(c + 8, c5x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c6x0)
      f64x8_store_first(c + 8, c6x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c7x0)
      f64x8_store_first(c + 8, c7x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c8x0)
      f64x8_store_first(c + 8, c8x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile10x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var c6x0 = f64x8_splat(0)
    var c7x0 = f64x8_splat(0)
    var c8x0 = f64x8_splat(0)
    var c9x0 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      let x6 = f64x8_splat(a1[2 * row])
      c6x0 = f64x8_fma(x6, b0, c6x0)
      let x7 = f64x8_splat(a1[row3])
      c7x0 = f64x8_fma(x7, b0, c7x0)
      let x8 = f64x8_splat(a2[0])
      c8x0 = f64x8_fma(x8, b0, c8x0)
      let x9 = f64x8_splat(a2[row])
      c9x0 = f64x8_fma(x9, b0, c9x0)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
      c6x0 = f64x8_load(c + 6 * s.cRow) + c6x0
      c7x0 = f64x8_load(c + 7 * s.cRow) + c7x0
      c8x0 = f64x8_load(c + 8 * s.cRow) + c8x0
      c9x0 = f64x8_load(c + 9 * s.cRow) + c9x0
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      c += s.cRow
      f64x8_store(c, c1x0)
      c += s.cRow
      f64x8_store(c, c2x0)
      c += s.cRow
      f64x8_store(c, c3x0)
      c += s.cRow
      f64x8_store(c, c4x0)
      c += s.cRow
      f64x8_store(c, c5x0)
      c += s.cRow
      f64x8_store(c, c6x0)
      c += s.cRow
      f64x8_store(c, c7x0)
      c += s.cRow
      f64x8_store(c, c8x0)
      c += s.cRow
      f64x8_store(c, c9x0)
    } else {
      f64x8_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c5x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c6x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c7x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c8x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c9x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile10x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c0x1 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c1x1 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c2x1 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c3x1 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c4x1 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var c5x1 = f64x8_splat(0)
    var c6x0 = f64x8_splat(0)
    var c6x1 = f64x8_splat(0)
    var c7x0 = f64x8_splat(0)
    var c7x1 = f64x8_splat(0)
    var c8x0 = f64x8_splat(0)
    var c8x1 = f64x8_splat(0)
    var c9x0 = f64x8_splat(0)
    var c9x1 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 8)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let b1 = f64x8_load(b + 8)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      c0x1 = f64x8_fma(x0, b1, c0x1)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      c1x1 = f64x8_fma(x1, b1, c1x1)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      c2x1 = f64x8_fma(x2, b1, c2x1)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      c3x1 = f64x8_fma(x3, b1, c3x1)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      c4x1 = f64x8_fma(x4, b1, c4x1)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      c5x1 = f64x8_fma(x5, b1, c5x1)
      let x6 = f64x8_splat(a1[2 * row])
      c6x0 = f64x8_fma(x6, b0, c6x0)
      c6x1 = f64x8_fma(x6, b1, c6x1)
      let x7 = f64x8_splat(a1[row3])
      c7x0 = f64x8_fma(x7, b0, c7x0)
      c7x1 = f64x8_fma(x7, b1, c7x1)
      let x8 = f64x8_splat(a2[0])
      c8x0 = f64x8_fma(x8, b0, c8x0)
      c8x1 = f64x8_fma(x8, b1, c8x1)
      let x9 = f64x8_splat(a2[row])
      c9x0 = f64x8_fma(x9, b0, c9x0)
      c9x1 = f64x8_fma(x9, b1, c9x1)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c0x1 = f64x8_load(c + 8) + c0x1
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x8_load(c + 1 * s.cRow + 8) + c1x1
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x8_load(c + 2 * s.cRow + 8) + c2x1
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x8_load(c + 3 * s.cRow + 8) + c3x1
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x8_load(c + 4 * s.cRow + 8) + c4x1
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
      c5x1 = f64x8_load(c + 5 * s.cRow + 8) + c5x1
      c6x0 = f64x8_load(c + 6 * s.cRow) + c6x0
      c6x1 = f64x8_load(c + 6 * s.cRow + 8) + c6x1
      c7x0 = f64x8_load(c + 7 * s.cRow) + c7x0
      c7x1 = f64x8_load(c + 7 * s.cRow + 8) + c7x1
      c8x0 = f64x8_load(c + 8 * s.cRow) + c8x0
      c8x1 = f64x8_load(c + 8 * s.cRow + 8) + c8x1
      c9x0 = f64x8_load(c + 9 * s.cRow) + c9x0
      c9x1 = f64x8_load(c + 9 * s.cRow + 8) + c9x1
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store(c + 8, c1x1)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store(c + 8, c2x1)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store(c + 8, c3x1)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store(c + 8, c4x1)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store(c + 8, c5x1)
      c += s.cRow
      f64x8_store(c, c6x0)
      f64x8_store(c + 8, c6x1)
      c += s.cRow
      f64x8_store(c, c7x0)
      f64x8_store(c + 8, c7x1)
      c += s.cRow
      f64x8_store(c, c8x0)
      f64x8_store(c + 8, c8x1)
      c += s.cRow
      f64x8_store(c, c9x0)
      f64x8_store(c + 8, c9x1)
    } else {
      f64x8_store(c, c0x0)
      f64x8_store_first(c + 8, c0x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store_first(c + 8, c1x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store_first(c + 8, c2x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store_first(c + 8, c3x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store_first(c + 8, c4x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store_first(c + 8, c5x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c6x0)
      f64x8_store_first(c + 8, c6x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c7x0)
      f64x8_store_first(c + 8, c7x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c8x0)
      f64x8_store_first(c + 8, c8x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c9x0)
      f64x8_store_first(c + 8, c9x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile11x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var c6x0 = f64x8_splat(0)
    var c7x0 = f64x8_splat(0)
    var c8x0 = f64x8_splat(0)
    var c9x0 = f64x8_splat(0)
    var c10x0 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      let x6 = f64x8_splat(a1[2 * row])
      c6x0 = f64x8_fma(x6, b0, c6x0)
      let x7 = f64x8_splat(a1[row3])
      c7x0 = f64x8_fma(x7, b0, c7x0)
      let x8 = f64x8_splat(a2[0])
      c8x0 = f64x8_fma(x8, b0, c8x0)
      let x9 = f64x8_splat(a2[row])
      c9x0 = f64x8_fma(x9, b0, c9x0)
      let x10 = f64x8_splat(a2[2 * row])
      c10x0 = f64x8_fma(x10, b0, c10x0)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
      c6x0 = f64x8_load(c + 6 * s.cRow) + c6x0
      c7x0 = f64x8_load(c + 7 * s.cRow) + c7x0
      c8x0 = f64x8_load(c + 8 * s.cRow) + c8x0
      c9x0 = f64x8_load(c + 9 * s.cRow) + c9x0
      c10x0 = f64x8_load(c + 10 * s.cRow) + c10x0
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      c += s.cRow
      f64x8_store(c, c1x0)
      c += s.cRow
      f64x8_store(c, c2x0)
      c += s.cRow
      f64x8_store(c, c3x0)
      c += s.cRow
      f64x8_store(c, c4x0)
      c += s.cRow
      f64x8_store(c, c5x0)
      c += s.cRow
      f64x8_store(c, c6x0)
      c += s.cRow
      f64x8_store(c, c7x0)
      c += s.cRow
      f64x8_store(c, c8x0)
      c += s.cRow
      f64x8_store(c, c9x0)
      c += s.cRow
      f64x8_store(c, c10x0)
    } else {
      f64x8_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c5x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c6x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c7x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c8x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c9x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c10x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile11x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c0x1 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c1x1 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c2x1 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c3x1 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c4x1 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var c5x1 = f64x8_splat(0)
    var c6x0 = f64x8_splat(0)
    var c6x1 = f64x8_splat(0)
    var c7x0 = f64x8_splat(0)
    var c7x1 = f64x8_splat(0)
    var c8x0 = f64x8_splat(0)
    var c8x1 = f64x8_splat(0)
    var c9x0 = f64x8_splat(0)
    var c9x1 = f64x8_splat(0)
    var c10x0 = f64x8_splat(0)
    var c10x1 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 8)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let b1 = f64x8_load(b + 8)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      c0x1 = f64x8_fma(x0, b1, c0x1)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      c1x1 = f64x8_fma(x1, b1, c1x1)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      c2x1 = f64x8_fma(x2, b1, c2x1)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      c3x1 = f64x8_fma(x3, b1, c3x1)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      c4x1 = f64x8_fma(x4, b1, c4x1)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      c5x1 = f64x8_fma(x5, b1, c5x1)
      let x6 = f64x8_splat(a1[2 * row])
      c6x0 = f64x8_fma(x6, b0, c6x0)
      c6x1 = f64x8_fma(x6, b1, c6x1)
      let x7 = f64x8_splat(a1[row3])
      c7x0 = f64x8_fma(x7, b0, c7x0)
      c7x1 = f64x8_fma(x7, b1, c7x1)
      let x8 = f64x8_splat(a2[0])
      c8x0 = f64x8_fma(x8, b0, c8x0)
      c8x1 = f64x8_fma(x8, b1, c8x1)
      let x9 = f64x8_splat(a2[row])
      c9x0 = f64x8_fma(x9, b0, c9x0)
      c9x1 = f64x8_fma(x9, b1, c9x1)
      let x10 = f64x8_splat(a2[2 * row])
      c10x0 = f64x8_fma(x10, b0, c10x0)
      c10x1 = f64x8_fma(x10, b1, c10x1)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c0x1 = f64x8_load(c + 8) + c0x1
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x8_load(c + 1 * s.cRow + 8) + c1x1
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x8_load(c + 2 * s.cRow + 8) + c2x1
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x8_load(c + 3 * s.cRow + 8) + c3x1
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x8_load(c + 4 * s.cRow + 8) + c4x1
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
      c5x1 = f64x8_load(c + 5 * s.cRow + 8) + c5x1
      c6x0 = f64x8_load(c + 6 * s.cRow) + c6x0
      c6x1 = f64x8_load(c + 6 * s.cRow + 8) + c6x1
      c7x0 = f64x8_load(c + 7 * s.cRow) + c7x0
      c7x1 = f64x8_load(c + 7 * s.cRow + 8) + c7x1
      c8x0 = f64x8_load(c + 8 * s.cRow) + c8x0
      c8x1 = f64x8_load(c + 8 * s.cRow + 8) + c8x1
      c9x0 = f64x8_load(c + 9 * s.cRow) + c9x0
      c9x1 = f64x8_load(c + 9 * s.cRow + 8) + c9x1
      c10x0 = f64x8_load(c + 10 * s.cRow) + c10x0
      c10x1 = f64x8_load(c + 10 * s.cRow + 8) + c10x1
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store(c + 8, c1x1)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store(c + 8, c2x1)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store(c + 8, c3x1)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store(c + 8, c4x1)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store(c + 8, c5x1)
      c += s.cRow
      f64x8_store(c, c6x0)
      f64x8_store(c + 8, c6x1)
      c += s.cRow
      f64x8_store(c, c7x0)
      f64x8_store(c + 8, c7x1)
      c += s.cRow
      f64x8_store(c, c8x0)
      f64x8_store(c + 8, c8x1)
      c += s.cRow
      f64x8_store(c, c9x0)
      f64x8_store(c + 8, c9x1)
      c += s.cRow
      f64x8_store(c, c10x0)
      f64x8_store(c + 8, c10x1)
    } else {
      f64x8_store(c, c0x0)
      f64x8_store_first(c + 8, c0x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store_first(c + 8, c1x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store_first(c + 8, c2x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store_first(c + 8, c3x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store_first(c + 8, c4x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store_first(c + 8, c5x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c6x0)
      f64x8_store_first(c + 8, c6x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c7x0)
      f64x8_store_first(c + 8, c7x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c8x0)
      f64x8_store_first(c + 8, c8x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c9x0)
      f64x8_store_first(c + 8, c9x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c10x0)
      f64x8_store_first(c + 8, c10x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile12x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var c6x0 = f64x8_splat(0)
    var c7x0 = f64x8_splat(0)
    var c8x0 = f64x8_splat(0)
    var c9x0 = f64x8_splat(0)
    var c10x0 = f64x8_splat(0)
    var c11x0 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      let x6 = f64x8_splat(a1[2 * row])
      c6x0 = f64x8_fma(x6, b0, c6x0)
      let x7 = f64x8_splat(a1[row3])
      c7x0 = f64x8_fma(x7, b0, c7x0)
      let x8 = f64x8_splat(a2[0])
      c8x0 = f64x8_fma(x8, b0, c8x0)
      let x9 = f64x8_splat(a2[row])
      c9x0 = f64x8_fma(x9, b0, c9x0)
      let x10 = f64x8_splat(a2[2 * row])
      c10x0 = f64x8_fma(x10, b0, c10x0)
      let x11 = f64x8_splat(a2[row3])
      c11x0 = f64x8_fma(x11, b0, c11x0)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
      c6x0 = f64x8_load(c + 6 * s.cRow) + c6x0
      c7x0 = f64x8_load(c + 7 * s.cRow) + c7x0
      c8x0 = f64x8_load(c + 8 * s.cRow) + c8x0
      c9x0 = f64x8_load(c + 9 * s.cRow) + c9x0
      c10x0 = f64x8_load(c + 10 * s.cRow) + c10x0
      c11x0 = f64x8_load(c + 11 * s.cRow) + c11x0
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      c += s.cRow
      f64x8_store(c, c1x0)
      c += s.cRow
      f64x8_store(c, c2x0)
      c += s.cRow
      f64x8_store(c, c3x0)
      c += s.cRow
      f64x8_store(c, c4x0)
      c += s.cRow
      f64x8_store(c, c5x0)
      c += s.cRow
      f64x8_store(c, c6x0)
      c += s.cRow
      f64x8_store(c, c7x0)
      c += s.cRow
      f64x8_store(c, c8x0)
      c += s.cRow
      f64x8_store(c, c9x0)
      c += s.cRow
      f64x8_store(c, c10x0)
      c += s.cRow
      f64x8_store(c, c11x0)
    } else {
      f64x8_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c5x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c6x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c7x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c8x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c9x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c10x0, s.lastColumns)
      c += s.cRow
      f64x8_store_first(c, c11x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile12x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var a2 = s.a + 8 * row
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c0x1 = f64x8_splat(0)
    var c1x0 = f64x8_splat(0)
    var c1x1 = f64x8_splat(0)
    var c2x0 = f64x8_splat(0)
    var c2x1 = f64x8_splat(0)
    var c3x0 = f64x8_splat(0)
    var c3x1 = f64x8_splat(0)
    var c4x0 = f64x8_splat(0)
    var c4x1 = f64x8_splat(0)
    var c5x0 = f64x8_splat(0)
    var c5x1 = f64x8_splat(0)
    var c6x0 = f64x8_splat(0)
    var c6x1 = f64x8_splat(0)
    var c7x0 = f64x8_splat(0)
    var c7x1 = f64x8_splat(0)
    var c8x0 = f64x8_splat(0)
    var c8x1 = f64x8_splat(0)
    var c9x0 = f64x8_splat(0)
    var c9x1 = f64x8_splat(0)
    var c10x0 = f64x8_splat(0)
    var c10x1 = f64x8_splat(0)
    var c11x0 = f64x8_splat(0)
    var c11x1 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(b + bAhead + 8)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x8_load(b)
      let b1 = f64x8_load(b + 8)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      c0x1 = f64x8_fma(x0, b1, c0x1)
      let x1 = f64x8_splat(a0[row])
      c1x0 = f64x8_fma(x1, b0, c1x0)
      c1x1 = f64x8_fma(x1, b1, c1x1)
      let x2 = f64x8_splat(a0[2 * row])
      c2x0 = f64x8_fma(x2, b0, c2x0)
      c2x1 = f64x8_fma(x2, b1, c2x1)
      let x3 = f64x8_splat(a0[row3])
      c3x0 = f64x8_fma(x3, b0, c3x0)
      c3x1 = f64x8_fma(x3, b1, c3x1)
      let x4 = f64x8_splat(a1[0])
      c4x0 = f64x8_fma(x4, b0, c4x0)
      c4x1 = f64x8_fma(x4, b1, c4x1)
      let x5 = f64x8_splat(a1[row])
      c5x0 = f64x8_fma(x5, b0, c5x0)
      c5x1 = f64x8_fma(x5, b1, c5x1)
      let x6 = f64x8_splat(a1[2 * row])
      c6x0 = f64x8_fma(x6, b0, c6x0)
      c6x1 = f64x8_fma(x6, b1, c6x1)
      let x7 = f64x8_splat(a1[row3])
      c7x0 = f64x8_fma(x7, b0, c7x0)
      c7x1 = f64x8_fma(x7, b1, c7x1)
      let x8 = f64x8_splat(a2[0])
      c8x0 = f64x8_fma(x8, b0, c8x0)
      c8x1 = f64x8_fma(x8, b1, c8x1)
      let x9 = f64x8_splat(a2[row])
      c9x0 = f64x8_fma(x9, b0, c9x0)
      c9x1 = f64x8_fma(x9, b1, c9x1)
      let x10 = f64x8_splat(a2[2 * row])
      c10x0 = f64x8_fma(x10, b0, c10x0)
      c10x1 = f64x8_fma(x10, b1, c10x1)
      let x11 = f64x8_splat(a2[row3])
      c11x0 = f64x8_fma(x11, b0, c11x0)
      c11x1 = f64x8_fma(x11, b1, c11x1)
      a0 += step
      a1 += step
      a2 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c0x1 = f64x8_load(c + 8) + c0x1
      c1x0 = f64x8_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x8_load(c + 1 * s.cRow + 8) + c1x1
      c2x0 = f64x8_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x8_load(c + 2 * s.cRow + 8) + c2x1
      c3x0 = f64x8_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x8_load(c + 3 * s.cRow + 8) + c3x1
      c4x0 = f64x8_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x8_load(c + 4 * s.cRow + 8) + c4x1
      c5x0 = f64x8_load(c + 5 * s.cRow) + c5x0
      c5x1 = f64x8_load(c + 5 * s.cRow + 8) + c5x1
      c6x0 = f64x8_load(c + 6 * s.cRow) + c6x0
      c6x1 = f64x8_load(c + 6 * s.cRow + 8) + c6x1
      c7x0 = f64x8_load(c + 7 * s.cRow) + c7x0
      c7x1 = f64x8_load(c + 7 * s.cRow + 8) + c7x1
      c8x0 = f64x8_load(c + 8 * s.cRow) + c8x0
      c8x1 = f64x8_load(c + 8 * s.cRow + 8) + c8x1
      c9x0 = f64x8_load(c + 9 * s.cRow) + c9x0
      c9x1 = f64x8_load(c + 9 * s.cRow + 8) + c9x1
      c10x0 = f64x8_load(c + 10 * s.cRow) + c10x0
      c10x1 = f64x8_load(c + 10 * s.cRow + 8) + c10x1
      c11x0 = f64x8_load(c + 11 * s.cRow) + c11x0
      c11x1 = f64x8_load(c + 11 * s.cRow + 8) + c11x1
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store(c + 8, c1x1)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store(c + 8, c2x1)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store(c + 8, c3x1)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store(c + 8, c4x1)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store(c + 8, c5x1)
      c += s.cRow
      f64x8_store(c, c6x0)
      f64x8_store(c + 8, c6x1)
      c += s.cRow
      f64x8_store(c, c7x0)
      f64x8_store(c + 8, c7x1)
      c += s.cRow
      f64x8_store(c, c8x0)
      f64x8_store(c + 8, c8x1)
      c += s.cRow
      f64x8_store(c, c9x0)
      f64x8_store(c + 8, c9x1)
      c += s.cRow
      f64x8_store(c, c10x0)
      f64x8_store(c + 8, c10x1)
      c += s.cRow
      f64x8_store(c, c11x0)
      f64x8_store(c + 8, c11x1)
    } else {
      f64x8_store(c, c0x0)
      f64x8_store_first(c + 8, c0x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c1x0)
      f64x8_store_first(c + 8, c1x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c2x0)
      f64x8_store_first(c + 8, c2x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c3x0)
      f64x8_store_first(c + 8, c3x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c4x0)
      f64x8_store_first(c + 8, c4x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c5x0)
      f64x8_store_first(c + 8, c5x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c6x0)
      f64x8_store_first(c + 8, c6x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c7x0)
      f64x8_store_first(c + 8, c7x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c8x0)
      f64x8_store_first(c + 8, c8x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c9x0)
      f64x8_store_first(c + 8, c9x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c10x0)
      f64x8_store_first(c + 8, c10x1, s.lastColumns)
      c += s.cRow
      f64x8_store(c, c11x0)
      f64x8_store_first(c + 8, c11x1, s.lastColumns)
    }
  }

  @inline(__always)
  static func runWide(_ s: GemmStep<Double>) { tile1x16(s) }

  @inline(never)
  static func tile1x16(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x8_splat(0)
    var c0x1 = f64x8_splat(0)
    var c0x2 = f64x8_splat(0)
    var c0x3 = f64x8_splat(0)
    var c0x4 = f64x8_splat(0)
    var c0x5 = f64x8_splat(0)
    var c0x6 = f64x8_splat(0)
    var c0x7 = f64x8_splat(0)
    var c0x8 = f64x8_splat(0)
    var c0x9 = f64x8_splat(0)
    var c0x10 = f64x8_splat(0)
    var c0x11 = f64x8_splat(0)
    var c0x12 = f64x8_splat(0)
    var c0x13 = f64x8_splat(0)
    var c0x14 = f64x8_splat(0)
    var c0x15 = f64x8_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x8_load(b)
      let b1 = f64x8_load(b + 8)
      let b2 = f64x8_load(b + 16)
      let b3 = f64x8_load(b + 24)
      let b4 = f64x8_load(b + 32)
      let b5 = f64x8_load(b + 40)
      let b6 = f64x8_load(b + 48)
      let b7 = f64x8_load(b + 56)
      let b8 = f64x8_load(b + 64)
      let b9 = f64x8_load(b + 72)
      let b10 = f64x8_load(b + 80)
      let b11 = f64x8_load(b + 88)
      let b12 = f64x8_load(b + 96)
      let b13 = f64x8_load(b + 104)
      let b14 = f64x8_load(b + 112)
      let b15 = f64x8_load(b + 120)
      let x0 = f64x8_splat(a0[0])
      c0x0 = f64x8_fma(x0, b0, c0x0)
      c0x1 = f64x8_fma(x0, b1, c0x1)
      c0x2 = f64x8_fma(x0, b2, c0x2)
      c0x3 = f64x8_fma(x0, b3, c0x3)
      c0x4 = f64x8_fma(x0, b4, c0x4)
      c0x5 = f64x8_fma(x0, b5, c0x5)
      c0x6 = f64x8_fma(x0, b6, c0x6)
      c0x7 = f64x8_fma(x0, b7, c0x7)
      c0x8 = f64x8_fma(x0, b8, c0x8)
      c0x9 = f64x8_fma(x0, b9, c0x9)
      c0x10 = f64x8_fma(x0, b10, c0x10)
      c0x11 = f64x8_fma(x0, b11, c0x11)
      c0x12 = f64x8_fma(x0, b12, c0x12)
      c0x13 = f64x8_fma(x0, b13, c0x13)
      c0x14 = f64x8_fma(x0, b14, c0x14)
      c0x15 = f64x8_fma(x0, b15, c0x15)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f64x8_load(c) + c0x0
      c0x1 = f64x8_load(c + 8) + c0x1
      c0x2 = f64x8_load(c + 16) + c0x2
      c0x3 = f64x8_load(c + 24) + c0x3
      c0x4 = f64x8_load(c + 32) + c0x4
      c0x5 = f64x8_load(c + 40) + c0x5
      c0x6 = f64x8_load(c + 48) + c0x6
      c0x7 = f64x8_load(c + 56) + c0x7
      c0x8 = f64x8_load(c + 64) + c0x8
      c0x9 = f64x8_load(c + 72) + c0x9
      c0x10 = f64x8_load(c + 80) + c0x10
      c0x11 = f64x8_load(c + 88) + c0x11
      c0x12 = f64x8_load(c + 96) + c0x12
      c0x13 = f64x8_load(c + 104) + c0x13
      c0x14 = f64x8_load(c + 112) + c0x14
      c0x15 = f64x8_load(c + 120) + c0x15
    }
    if s.lastColumns == 8 {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
      f64x8_store(c + 16, c0x2)
      f64x8_store(c + 24, c0x3)
      f64x8_store(c + 32, c0x4)
      f64x8_store(c + 40, c0x5)
      f64x8_store(c + 48, c0x6)
      f64x8_store(c + 56, c0x7)
      f64x8_store(c + 64, c0x8)
      f64x8_store(c + 72, c0x9)
      f64x8_store(c + 80, c0x10)
      f64x8_store(c + 88, c0x11)
      f64x8_store(c + 96, c0x12)
      f64x8_store(c + 104, c0x13)
      f64x8_store(c + 112, c0x14)
      f64x8_store(c + 120, c0x15)
    } else {
      f64x8_store(c, c0x0)
      f64x8_store(c + 8, c0x1)
      f64x8_store(c + 16, c0x2)
      f64x8_store(c + 24, c0x3)
      f64x8_store(c + 32, c0x4)
      f64x8_store(c + 40, c0x5)
      f64x8_store(c + 48, c0x6)
      f64x8_store(c + 56, c0x7)
      f64x8_store(c + 64, c0x8)
      f64x8_store(c + 72, c0x9)
      f64x8_store(c + 80, c0x10)
      f64x8_store(c + 88, c0x11)
      f64x8_store(c + 96, c0x12)
      f64x8_store(c + 104, c0x13)
      f64x8_store(c + 112, c0x14)
      f64x8_store_first(c + 120, c0x15, s.lastColumns)
    }
  }
}
#endif
