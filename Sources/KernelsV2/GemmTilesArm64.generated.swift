// Written by Scripts/generate-gemm-tiles.py.
#if KernelsArm64
import CKernelSupport

enum GemmF32: GemmTiles {
  typealias Element = Float
  static var lanes: Int { 4 }
  static var vectors: Int { 4 }
  static var rows: Int { 6 }
  static var wideVectors: Int { 16 }

  @inline(__always)
  static func run(rows: Int, vectors: Int, _ s: GemmStep<Float>) {
    switch rows &* 4 &+ vectors {
    case 5: tile1x1(s)
    case 6: tile1x2(s)
    case 7: tile1x3(s)
    case 8: tile1x4(s)
    case 9: tile2x1(s)
    case 10: tile2x2(s)
    case 11: tile2x3(s)
    case 12: tile2x4(s)
    case 13: tile3x1(s)
    case 14: tile3x2(s)
    case 15: tile3x3(s)
    case 16: tile3x4(s)
    case 17: tile4x1(s)
    case 18: tile4x2(s)
    case 19: tile4x3(s)
    case 20: tile4x4(s)
    case 21: tile5x1(s)
    case 22: tile5x2(s)
    case 23: tile5x3(s)
    case 24: tile5x4(s)
    case 25: tile6x1(s)
    case 26: tile6x2(s)
    case 27: tile6x3(s)
    case 28: tile6x4(s)
    default: break
    }
  }

  @inline(never)
  static func tile1x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x4_load(b)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
    } else {
      f32x4_store_first(c, c0x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile1x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store_first(c + 4, c0x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile1x3(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c0x2 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let b2 = f32x4_load(b + 8)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      c0x2 = f32x4_fma(x0, b2, c0x2)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c0x2 = f32x4_load(c + 8) + c0x2
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store_first(c + 8, c0x2, s.lastColumns)
    }
  }

  @inline(never)
  static func tile1x4(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c0x2 = f32x4_splat(0)
    var c0x3 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let b2 = f32x4_load(b + 8)
      let b3 = f32x4_load(b + 12)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      c0x2 = f32x4_fma(x0, b2, c0x2)
      c0x3 = f32x4_fma(x0, b3, c0x3)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c0x2 = f32x4_load(c + 8) + c0x2
      c0x3 = f32x4_load(c + 12) + c0x3
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store(c + 12, c0x3)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store_first(c + 12, c0x3, s.lastColumns)
    }
  }

  @inline(never)
  static func tile2x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x4_load(b)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      c += s.cRow
      f32x4_store(c, c1x0)
    } else {
      f32x4_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c1x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile2x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store_first(c + 4, c0x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store_first(c + 4, c1x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile2x3(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c0x2 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c1x2 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let b2 = f32x4_load(b + 8)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      c0x2 = f32x4_fma(x0, b2, c0x2)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      c1x2 = f32x4_fma(x1, b2, c1x2)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c0x2 = f32x4_load(c + 8) + c0x2
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c1x2 = f32x4_load(c + 1 * s.cRow + 8) + c1x2
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store_first(c + 8, c0x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store_first(c + 8, c1x2, s.lastColumns)
    }
  }

  @inline(never)
  static func tile2x4(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c0x2 = f32x4_splat(0)
    var c0x3 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c1x2 = f32x4_splat(0)
    var c1x3 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let b2 = f32x4_load(b + 8)
      let b3 = f32x4_load(b + 12)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      c0x2 = f32x4_fma(x0, b2, c0x2)
      c0x3 = f32x4_fma(x0, b3, c0x3)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      c1x2 = f32x4_fma(x1, b2, c1x2)
      c1x3 = f32x4_fma(x1, b3, c1x3)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c0x2 = f32x4_load(c + 8) + c0x2
      c0x3 = f32x4_load(c + 12) + c0x3
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c1x2 = f32x4_load(c + 1 * s.cRow + 8) + c1x2
      c1x3 = f32x4_load(c + 1 * s.cRow + 12) + c1x3
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store(c + 12, c0x3)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      f32x4_store(c + 12, c1x3)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store_first(c + 12, c0x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      f32x4_store_first(c + 12, c1x3, s.lastColumns)
    }
  }

  @inline(never)
  static func tile3x1(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x4_load(b)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      c += s.cRow
      f32x4_store(c, c1x0)
      c += s.cRow
      f32x4_store(c, c2x0)
    } else {
      f32x4_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c2x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile3x2(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c2x1 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      c2x1 = f32x4_fma(x2, b1, c2x1)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x4_load(c + 2 * s.cRow + 4) + c2x1
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store_first(c + 4, c0x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store_first(c + 4, c1x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store_first(c + 4, c2x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile3x3(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c0x2 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c1x2 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c2x1 = f32x4_splat(0)
    var c2x2 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let b2 = f32x4_load(b + 8)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      c0x2 = f32x4_fma(x0, b2, c0x2)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      c1x2 = f32x4_fma(x1, b2, c1x2)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      c2x1 = f32x4_fma(x2, b1, c2x1)
      c2x2 = f32x4_fma(x2, b2, c2x2)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c0x2 = f32x4_load(c + 8) + c0x2
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c1x2 = f32x4_load(c + 1 * s.cRow + 8) + c1x2
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x4_load(c + 2 * s.cRow + 4) + c2x1
      c2x2 = f32x4_load(c + 2 * s.cRow + 8) + c2x2
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store(c + 8, c2x2)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store_first(c + 8, c0x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store_first(c + 8, c1x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store_first(c + 8, c2x2, s.lastColumns)
    }
  }

  @inline(never)
  static func tile3x4(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c0x2 = f32x4_splat(0)
    var c0x3 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c1x2 = f32x4_splat(0)
    var c1x3 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c2x1 = f32x4_splat(0)
    var c2x2 = f32x4_splat(0)
    var c2x3 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let b2 = f32x4_load(b + 8)
      let b3 = f32x4_load(b + 12)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      c0x2 = f32x4_fma(x0, b2, c0x2)
      c0x3 = f32x4_fma(x0, b3, c0x3)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      c1x2 = f32x4_fma(x1, b2, c1x2)
      c1x3 = f32x4_fma(x1, b3, c1x3)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      c2x1 = f32x4_fma(x2, b1, c2x1)
      c2x2 = f32x4_fma(x2, b2, c2x2)
      c2x3 = f32x4_fma(x2, b3, c2x3)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c0x2 = f32x4_load(c + 8) + c0x2
      c0x3 = f32x4_load(c + 12) + c0x3
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c1x2 = f32x4_load(c + 1 * s.cRow + 8) + c1x2
      c1x3 = f32x4_load(c + 1 * s.cRow + 12) + c1x3
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x4_load(c + 2 * s.cRow + 4) + c2x1
      c2x2 = f32x4_load(c + 2 * s.cRow + 8) + c2x2
      c2x3 = f32x4_load(c + 2 * s.cRow + 12) + c2x3
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store(c + 12, c0x3)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      f32x4_store(c + 12, c1x3)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store(c + 8, c2x2)
      f32x4_store(c + 12, c2x3)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store_first(c + 12, c0x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      f32x4_store_first(c + 12, c1x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store(c + 8, c2x2)
      f32x4_store_first(c + 12, c2x3, s.lastColumns)
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
    var c0x0 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c3x0 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x4_load(b)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      let x3 = f32x4_splat(a0[row3])
      c3x0 = f32x4_fma(x3, b0, c3x0)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c3x0 = f32x4_load(c + 3 * s.cRow) + c3x0
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      c += s.cRow
      f32x4_store(c, c1x0)
      c += s.cRow
      f32x4_store(c, c2x0)
      c += s.cRow
      f32x4_store(c, c3x0)
    } else {
      f32x4_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c3x0, s.lastColumns)
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
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c2x1 = f32x4_splat(0)
    var c3x0 = f32x4_splat(0)
    var c3x1 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      c2x1 = f32x4_fma(x2, b1, c2x1)
      let x3 = f32x4_splat(a0[row3])
      c3x0 = f32x4_fma(x3, b0, c3x0)
      c3x1 = f32x4_fma(x3, b1, c3x1)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x4_load(c + 2 * s.cRow + 4) + c2x1
      c3x0 = f32x4_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x4_load(c + 3 * s.cRow + 4) + c3x1
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store_first(c + 4, c0x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store_first(c + 4, c1x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store_first(c + 4, c2x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store_first(c + 4, c3x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile4x3(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c0x2 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c1x2 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c2x1 = f32x4_splat(0)
    var c2x2 = f32x4_splat(0)
    var c3x0 = f32x4_splat(0)
    var c3x1 = f32x4_splat(0)
    var c3x2 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let b2 = f32x4_load(b + 8)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      c0x2 = f32x4_fma(x0, b2, c0x2)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      c1x2 = f32x4_fma(x1, b2, c1x2)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      c2x1 = f32x4_fma(x2, b1, c2x1)
      c2x2 = f32x4_fma(x2, b2, c2x2)
      let x3 = f32x4_splat(a0[row3])
      c3x0 = f32x4_fma(x3, b0, c3x0)
      c3x1 = f32x4_fma(x3, b1, c3x1)
      c3x2 = f32x4_fma(x3, b2, c3x2)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c0x2 = f32x4_load(c + 8) + c0x2
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c1x2 = f32x4_load(c + 1 * s.cRow + 8) + c1x2
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x4_load(c + 2 * s.cRow + 4) + c2x1
      c2x2 = f32x4_load(c + 2 * s.cRow + 8) + c2x2
      c3x0 = f32x4_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x4_load(c + 3 * s.cRow + 4) + c3x1
      c3x2 = f32x4_load(c + 3 * s.cRow + 8) + c3x2
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store(c + 8, c2x2)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      f32x4_store(c + 8, c3x2)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store_first(c + 8, c0x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store_first(c + 8, c1x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store_first(c + 8, c2x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      f32x4_store_first(c + 8, c3x2, s.lastColumns)
    }
  }

  @inline(never)
  static func tile4x4(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c0x2 = f32x4_splat(0)
    var c0x3 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c1x2 = f32x4_splat(0)
    var c1x3 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c2x1 = f32x4_splat(0)
    var c2x2 = f32x4_splat(0)
    var c2x3 = f32x4_splat(0)
    var c3x0 = f32x4_splat(0)
    var c3x1 = f32x4_splat(0)
    var c3x2 = f32x4_splat(0)
    var c3x3 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let b2 = f32x4_load(b + 8)
      let b3 = f32x4_load(b + 12)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      c0x2 = f32x4_fma(x0, b2, c0x2)
      c0x3 = f32x4_fma(x0, b3, c0x3)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      c1x2 = f32x4_fma(x1, b2, c1x2)
      c1x3 = f32x4_fma(x1, b3, c1x3)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      c2x1 = f32x4_fma(x2, b1, c2x1)
      c2x2 = f32x4_fma(x2, b2, c2x2)
      c2x3 = f32x4_fma(x2, b3, c2x3)
      let x3 = f32x4_splat(a0[row3])
      c3x0 = f32x4_fma(x3, b0, c3x0)
      c3x1 = f32x4_fma(x3, b1, c3x1)
      c3x2 = f32x4_fma(x3, b2, c3x2)
      c3x3 = f32x4_fma(x3, b3, c3x3)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c0x2 = f32x4_load(c + 8) + c0x2
      c0x3 = f32x4_load(c + 12) + c0x3
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c1x2 = f32x4_load(c + 1 * s.cRow + 8) + c1x2
      c1x3 = f32x4_load(c + 1 * s.cRow + 12) + c1x3
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x4_load(c + 2 * s.cRow + 4) + c2x1
      c2x2 = f32x4_load(c + 2 * s.cRow + 8) + c2x2
      c2x3 = f32x4_load(c + 2 * s.cRow + 12) + c2x3
      c3x0 = f32x4_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x4_load(c + 3 * s.cRow + 4) + c3x1
      c3x2 = f32x4_load(c + 3 * s.cRow + 8) + c3x2
      c3x3 = f32x4_load(c + 3 * s.cRow + 12) + c3x3
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store(c + 12, c0x3)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      f32x4_store(c + 12, c1x3)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store(c + 8, c2x2)
      f32x4_store(c + 12, c2x3)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      f32x4_store(c + 8, c3x2)
      f32x4_store(c + 12, c3x3)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store_first(c + 12, c0x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      f32x4_store_first(c + 12, c1x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store(c + 8, c2x2)
      f32x4_store_first(c + 12, c2x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      f32x4_store(c + 8, c3x2)
      f32x4_store_first(c + 12, c3x3, s.lastColumns)
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
    var c0x0 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c3x0 = f32x4_splat(0)
    var c4x0 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x4_load(b)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      let x3 = f32x4_splat(a0[row3])
      c3x0 = f32x4_fma(x3, b0, c3x0)
      let x4 = f32x4_splat(a1[0])
      c4x0 = f32x4_fma(x4, b0, c4x0)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c3x0 = f32x4_load(c + 3 * s.cRow) + c3x0
      c4x0 = f32x4_load(c + 4 * s.cRow) + c4x0
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      c += s.cRow
      f32x4_store(c, c1x0)
      c += s.cRow
      f32x4_store(c, c2x0)
      c += s.cRow
      f32x4_store(c, c3x0)
      c += s.cRow
      f32x4_store(c, c4x0)
    } else {
      f32x4_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c4x0, s.lastColumns)
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
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c2x1 = f32x4_splat(0)
    var c3x0 = f32x4_splat(0)
    var c3x1 = f32x4_splat(0)
    var c4x0 = f32x4_splat(0)
    var c4x1 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      c2x1 = f32x4_fma(x2, b1, c2x1)
      let x3 = f32x4_splat(a0[row3])
      c3x0 = f32x4_fma(x3, b0, c3x0)
      c3x1 = f32x4_fma(x3, b1, c3x1)
      let x4 = f32x4_splat(a1[0])
      c4x0 = f32x4_fma(x4, b0, c4x0)
      c4x1 = f32x4_fma(x4, b1, c4x1)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x4_load(c + 2 * s.cRow + 4) + c2x1
      c3x0 = f32x4_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x4_load(c + 3 * s.cRow + 4) + c3x1
      c4x0 = f32x4_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x4_load(c + 4 * s.cRow + 4) + c4x1
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      c += s.cRow
      f32x4_store(c, c4x0)
      f32x4_store(c + 4, c4x1)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store_first(c + 4, c0x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store_first(c + 4, c1x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store_first(c + 4, c2x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store_first(c + 4, c3x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c4x0)
      f32x4_store_first(c + 4, c4x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile5x3(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c0x2 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c1x2 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c2x1 = f32x4_splat(0)
    var c2x2 = f32x4_splat(0)
    var c3x0 = f32x4_splat(0)
    var c3x1 = f32x4_splat(0)
    var c3x2 = f32x4_splat(0)
    var c4x0 = f32x4_splat(0)
    var c4x1 = f32x4_splat(0)
    var c4x2 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let b2 = f32x4_load(b + 8)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      c0x2 = f32x4_fma(x0, b2, c0x2)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      c1x2 = f32x4_fma(x1, b2, c1x2)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      c2x1 = f32x4_fma(x2, b1, c2x1)
      c2x2 = f32x4_fma(x2, b2, c2x2)
      let x3 = f32x4_splat(a0[row3])
      c3x0 = f32x4_fma(x3, b0, c3x0)
      c3x1 = f32x4_fma(x3, b1, c3x1)
      c3x2 = f32x4_fma(x3, b2, c3x2)
      let x4 = f32x4_splat(a1[0])
      c4x0 = f32x4_fma(x4, b0, c4x0)
      c4x1 = f32x4_fma(x4, b1, c4x1)
      c4x2 = f32x4_fma(x4, b2, c4x2)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c0x2 = f32x4_load(c + 8) + c0x2
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c1x2 = f32x4_load(c + 1 * s.cRow + 8) + c1x2
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x4_load(c + 2 * s.cRow + 4) + c2x1
      c2x2 = f32x4_load(c + 2 * s.cRow + 8) + c2x2
      c3x0 = f32x4_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x4_load(c + 3 * s.cRow + 4) + c3x1
      c3x2 = f32x4_load(c + 3 * s.cRow + 8) + c3x2
      c4x0 = f32x4_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x4_load(c + 4 * s.cRow + 4) + c4x1
      c4x2 = f32x4_load(c + 4 * s.cRow + 8) + c4x2
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store(c + 8, c2x2)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      f32x4_store(c + 8, c3x2)
      c += s.cRow
      f32x4_store(c, c4x0)
      f32x4_store(c + 4, c4x1)
      f32x4_store(c + 8, c4x2)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store_first(c + 8, c0x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store_first(c + 8, c1x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store_first(c + 8, c2x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      f32x4_store_first(c + 8, c3x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c4x0)
      f32x4_store(c + 4, c4x1)
      f32x4_store_first(c + 8, c4x2, s.lastColumns)
    }
  }

  @inline(never)
  static func tile5x4(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c0x2 = f32x4_splat(0)
    var c0x3 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c1x2 = f32x4_splat(0)
    var c1x3 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c2x1 = f32x4_splat(0)
    var c2x2 = f32x4_splat(0)
    var c2x3 = f32x4_splat(0)
    var c3x0 = f32x4_splat(0)
    var c3x1 = f32x4_splat(0)
    var c3x2 = f32x4_splat(0)
    var c3x3 = f32x4_splat(0)
    var c4x0 = f32x4_splat(0)
    var c4x1 = f32x4_splat(0)
    var c4x2 = f32x4_splat(0)
    var c4x3 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let b2 = f32x4_load(b + 8)
      let b3 = f32x4_load(b + 12)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      c0x2 = f32x4_fma(x0, b2, c0x2)
      c0x3 = f32x4_fma(x0, b3, c0x3)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      c1x2 = f32x4_fma(x1, b2, c1x2)
      c1x3 = f32x4_fma(x1, b3, c1x3)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      c2x1 = f32x4_fma(x2, b1, c2x1)
      c2x2 = f32x4_fma(x2, b2, c2x2)
      c2x3 = f32x4_fma(x2, b3, c2x3)
      let x3 = f32x4_splat(a0[row3])
      c3x0 = f32x4_fma(x3, b0, c3x0)
      c3x1 = f32x4_fma(x3, b1, c3x1)
      c3x2 = f32x4_fma(x3, b2, c3x2)
      c3x3 = f32x4_fma(x3, b3, c3x3)
      let x4 = f32x4_splat(a1[0])
      c4x0 = f32x4_fma(x4, b0, c4x0)
      c4x1 = f32x4_fma(x4, b1, c4x1)
      c4x2 = f32x4_fma(x4, b2, c4x2)
      c4x3 = f32x4_fma(x4, b3, c4x3)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c0x2 = f32x4_load(c + 8) + c0x2
      c0x3 = f32x4_load(c + 12) + c0x3
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c1x2 = f32x4_load(c + 1 * s.cRow + 8) + c1x2
      c1x3 = f32x4_load(c + 1 * s.cRow + 12) + c1x3
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x4_load(c + 2 * s.cRow + 4) + c2x1
      c2x2 = f32x4_load(c + 2 * s.cRow + 8) + c2x2
      c2x3 = f32x4_load(c + 2 * s.cRow + 12) + c2x3
      c3x0 = f32x4_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x4_load(c + 3 * s.cRow + 4) + c3x1
      c3x2 = f32x4_load(c + 3 * s.cRow + 8) + c3x2
      c3x3 = f32x4_load(c + 3 * s.cRow + 12) + c3x3
      c4x0 = f32x4_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x4_load(c + 4 * s.cRow + 4) + c4x1
      c4x2 = f32x4_load(c + 4 * s.cRow + 8) + c4x2
      c4x3 = f32x4_load(c + 4 * s.cRow + 12) + c4x3
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store(c + 12, c0x3)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      f32x4_store(c + 12, c1x3)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store(c + 8, c2x2)
      f32x4_store(c + 12, c2x3)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      f32x4_store(c + 8, c3x2)
      f32x4_store(c + 12, c3x3)
      c += s.cRow
      f32x4_store(c, c4x0)
      f32x4_store(c + 4, c4x1)
      f32x4_store(c + 8, c4x2)
      f32x4_store(c + 12, c4x3)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store_first(c + 12, c0x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      f32x4_store_first(c + 12, c1x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store(c + 8, c2x2)
      f32x4_store_first(c + 12, c2x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      f32x4_store(c + 8, c3x2)
      f32x4_store_first(c + 12, c3x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c4x0)
      f32x4_store(c + 4, c4x1)
      f32x4_store(c + 8, c4x2)
      f32x4_store_first(c + 12, c4x3, s.lastColumns)
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
    var c0x0 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c3x0 = f32x4_splat(0)
    var c4x0 = f32x4_splat(0)
    var c5x0 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x4_load(b)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      let x3 = f32x4_splat(a0[row3])
      c3x0 = f32x4_fma(x3, b0, c3x0)
      let x4 = f32x4_splat(a1[0])
      c4x0 = f32x4_fma(x4, b0, c4x0)
      let x5 = f32x4_splat(a1[row])
      c5x0 = f32x4_fma(x5, b0, c5x0)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c3x0 = f32x4_load(c + 3 * s.cRow) + c3x0
      c4x0 = f32x4_load(c + 4 * s.cRow) + c4x0
      c5x0 = f32x4_load(c + 5 * s.cRow) + c5x0
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      c += s.cRow
      f32x4_store(c, c1x0)
      c += s.cRow
      f32x4_store(c, c2x0)
      c += s.cRow
      f32x4_store(c, c3x0)
      c += s.cRow
      f32x4_store(c, c4x0)
      c += s.cRow
      f32x4_store(c, c5x0)
    } else {
      f32x4_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f32x4_store_first(c, c5x0, s.lastColumns)
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
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c2x1 = f32x4_splat(0)
    var c3x0 = f32x4_splat(0)
    var c3x1 = f32x4_splat(0)
    var c4x0 = f32x4_splat(0)
    var c4x1 = f32x4_splat(0)
    var c5x0 = f32x4_splat(0)
    var c5x1 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      c2x1 = f32x4_fma(x2, b1, c2x1)
      let x3 = f32x4_splat(a0[row3])
      c3x0 = f32x4_fma(x3, b0, c3x0)
      c3x1 = f32x4_fma(x3, b1, c3x1)
      let x4 = f32x4_splat(a1[0])
      c4x0 = f32x4_fma(x4, b0, c4x0)
      c4x1 = f32x4_fma(x4, b1, c4x1)
      let x5 = f32x4_splat(a1[row])
      c5x0 = f32x4_fma(x5, b0, c5x0)
      c5x1 = f32x4_fma(x5, b1, c5x1)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x4_load(c + 2 * s.cRow + 4) + c2x1
      c3x0 = f32x4_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x4_load(c + 3 * s.cRow + 4) + c3x1
      c4x0 = f32x4_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x4_load(c + 4 * s.cRow + 4) + c4x1
      c5x0 = f32x4_load(c + 5 * s.cRow) + c5x0
      c5x1 = f32x4_load(c + 5 * s.cRow + 4) + c5x1
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      c += s.cRow
      f32x4_store(c, c4x0)
      f32x4_store(c + 4, c4x1)
      c += s.cRow
      f32x4_store(c, c5x0)
      f32x4_store(c + 4, c5x1)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store_first(c + 4, c0x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store_first(c + 4, c1x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store_first(c + 4, c2x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store_first(c + 4, c3x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c4x0)
      f32x4_store_first(c + 4, c4x1, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c5x0)
      f32x4_store_first(c + 4, c5x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile6x3(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c0x2 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c1x2 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c2x1 = f32x4_splat(0)
    var c2x2 = f32x4_splat(0)
    var c3x0 = f32x4_splat(0)
    var c3x1 = f32x4_splat(0)
    var c3x2 = f32x4_splat(0)
    var c4x0 = f32x4_splat(0)
    var c4x1 = f32x4_splat(0)
    var c4x2 = f32x4_splat(0)
    var c5x0 = f32x4_splat(0)
    var c5x1 = f32x4_splat(0)
    var c5x2 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let b2 = f32x4_load(b + 8)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      c0x2 = f32x4_fma(x0, b2, c0x2)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      c1x2 = f32x4_fma(x1, b2, c1x2)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      c2x1 = f32x4_fma(x2, b1, c2x1)
      c2x2 = f32x4_fma(x2, b2, c2x2)
      let x3 = f32x4_splat(a0[row3])
      c3x0 = f32x4_fma(x3, b0, c3x0)
      c3x1 = f32x4_fma(x3, b1, c3x1)
      c3x2 = f32x4_fma(x3, b2, c3x2)
      let x4 = f32x4_splat(a1[0])
      c4x0 = f32x4_fma(x4, b0, c4x0)
      c4x1 = f32x4_fma(x4, b1, c4x1)
      c4x2 = f32x4_fma(x4, b2, c4x2)
      let x5 = f32x4_splat(a1[row])
      c5x0 = f32x4_fma(x5, b0, c5x0)
      c5x1 = f32x4_fma(x5, b1, c5x1)
      c5x2 = f32x4_fma(x5, b2, c5x2)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c0x2 = f32x4_load(c + 8) + c0x2
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c1x2 = f32x4_load(c + 1 * s.cRow + 8) + c1x2
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x4_load(c + 2 * s.cRow + 4) + c2x1
      c2x2 = f32x4_load(c + 2 * s.cRow + 8) + c2x2
      c3x0 = f32x4_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x4_load(c + 3 * s.cRow + 4) + c3x1
      c3x2 = f32x4_load(c + 3 * s.cRow + 8) + c3x2
      c4x0 = f32x4_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x4_load(c + 4 * s.cRow + 4) + c4x1
      c4x2 = f32x4_load(c + 4 * s.cRow + 8) + c4x2
      c5x0 = f32x4_load(c + 5 * s.cRow) + c5x0
      c5x1 = f32x4_load(c + 5 * s.cRow + 4) + c5x1
      c5x2 = f32x4_load(c + 5 * s.cRow + 8) + c5x2
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store(c + 8, c2x2)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      f32x4_store(c + 8, c3x2)
      c += s.cRow
      f32x4_store(c, c4x0)
      f32x4_store(c + 4, c4x1)
      f32x4_store(c + 8, c4x2)
      c += s.cRow
      f32x4_store(c, c5x0)
      f32x4_store(c + 4, c5x1)
      f32x4_store(c + 8, c5x2)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store_first(c + 8, c0x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store_first(c + 8, c1x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store_first(c + 8, c2x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      f32x4_store_first(c + 8, c3x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c4x0)
      f32x4_store(c + 4, c4x1)
      f32x4_store_first(c + 8, c4x2, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c5x0)
      f32x4_store(c + 4, c5x1)
      f32x4_store_first(c + 8, c5x2, s.lastColumns)
    }
  }

  @inline(never)
  static func tile6x4(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c0x2 = f32x4_splat(0)
    var c0x3 = f32x4_splat(0)
    var c1x0 = f32x4_splat(0)
    var c1x1 = f32x4_splat(0)
    var c1x2 = f32x4_splat(0)
    var c1x3 = f32x4_splat(0)
    var c2x0 = f32x4_splat(0)
    var c2x1 = f32x4_splat(0)
    var c2x2 = f32x4_splat(0)
    var c2x3 = f32x4_splat(0)
    var c3x0 = f32x4_splat(0)
    var c3x1 = f32x4_splat(0)
    var c3x2 = f32x4_splat(0)
    var c3x3 = f32x4_splat(0)
    var c4x0 = f32x4_splat(0)
    var c4x1 = f32x4_splat(0)
    var c4x2 = f32x4_splat(0)
    var c4x3 = f32x4_splat(0)
    var c5x0 = f32x4_splat(0)
    var c5x1 = f32x4_splat(0)
    var c5x2 = f32x4_splat(0)
    var c5x3 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let b2 = f32x4_load(b + 8)
      let b3 = f32x4_load(b + 12)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      c0x2 = f32x4_fma(x0, b2, c0x2)
      c0x3 = f32x4_fma(x0, b3, c0x3)
      let x1 = f32x4_splat(a0[row])
      c1x0 = f32x4_fma(x1, b0, c1x0)
      c1x1 = f32x4_fma(x1, b1, c1x1)
      c1x2 = f32x4_fma(x1, b2, c1x2)
      c1x3 = f32x4_fma(x1, b3, c1x3)
      let x2 = f32x4_splat(a0[2 * row])
      c2x0 = f32x4_fma(x2, b0, c2x0)
      c2x1 = f32x4_fma(x2, b1, c2x1)
      c2x2 = f32x4_fma(x2, b2, c2x2)
      c2x3 = f32x4_fma(x2, b3, c2x3)
      let x3 = f32x4_splat(a0[row3])
      c3x0 = f32x4_fma(x3, b0, c3x0)
      c3x1 = f32x4_fma(x3, b1, c3x1)
      c3x2 = f32x4_fma(x3, b2, c3x2)
      c3x3 = f32x4_fma(x3, b3, c3x3)
      let x4 = f32x4_splat(a1[0])
      c4x0 = f32x4_fma(x4, b0, c4x0)
      c4x1 = f32x4_fma(x4, b1, c4x1)
      c4x2 = f32x4_fma(x4, b2, c4x2)
      c4x3 = f32x4_fma(x4, b3, c4x3)
      let x5 = f32x4_splat(a1[row])
      c5x0 = f32x4_fma(x5, b0, c5x0)
      c5x1 = f32x4_fma(x5, b1, c5x1)
      c5x2 = f32x4_fma(x5, b2, c5x2)
      c5x3 = f32x4_fma(x5, b3, c5x3)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c0x2 = f32x4_load(c + 8) + c0x2
      c0x3 = f32x4_load(c + 12) + c0x3
      c1x0 = f32x4_load(c + 1 * s.cRow) + c1x0
      c1x1 = f32x4_load(c + 1 * s.cRow + 4) + c1x1
      c1x2 = f32x4_load(c + 1 * s.cRow + 8) + c1x2
      c1x3 = f32x4_load(c + 1 * s.cRow + 12) + c1x3
      c2x0 = f32x4_load(c + 2 * s.cRow) + c2x0
      c2x1 = f32x4_load(c + 2 * s.cRow + 4) + c2x1
      c2x2 = f32x4_load(c + 2 * s.cRow + 8) + c2x2
      c2x3 = f32x4_load(c + 2 * s.cRow + 12) + c2x3
      c3x0 = f32x4_load(c + 3 * s.cRow) + c3x0
      c3x1 = f32x4_load(c + 3 * s.cRow + 4) + c3x1
      c3x2 = f32x4_load(c + 3 * s.cRow + 8) + c3x2
      c3x3 = f32x4_load(c + 3 * s.cRow + 12) + c3x3
      c4x0 = f32x4_load(c + 4 * s.cRow) + c4x0
      c4x1 = f32x4_load(c + 4 * s.cRow + 4) + c4x1
      c4x2 = f32x4_load(c + 4 * s.cRow + 8) + c4x2
      c4x3 = f32x4_load(c + 4 * s.cRow + 12) + c4x3
      c5x0 = f32x4_load(c + 5 * s.cRow) + c5x0
      c5x1 = f32x4_load(c + 5 * s.cRow + 4) + c5x1
      c5x2 = f32x4_load(c + 5 * s.cRow + 8) + c5x2
      c5x3 = f32x4_load(c + 5 * s.cRow + 12) + c5x3
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store(c + 12, c0x3)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      f32x4_store(c + 12, c1x3)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store(c + 8, c2x2)
      f32x4_store(c + 12, c2x3)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      f32x4_store(c + 8, c3x2)
      f32x4_store(c + 12, c3x3)
      c += s.cRow
      f32x4_store(c, c4x0)
      f32x4_store(c + 4, c4x1)
      f32x4_store(c + 8, c4x2)
      f32x4_store(c + 12, c4x3)
      c += s.cRow
      f32x4_store(c, c5x0)
      f32x4_store(c + 4, c5x1)
      f32x4_store(c + 8, c5x2)
      f32x4_store(c + 12, c5x3)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store_first(c + 12, c0x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c1x0)
      f32x4_store(c + 4, c1x1)
      f32x4_store(c + 8, c1x2)
      f32x4_store_first(c + 12, c1x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c2x0)
      f32x4_store(c + 4, c2x1)
      f32x4_store(c + 8, c2x2)
      f32x4_store_first(c + 12, c2x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c3x0)
      f32x4_store(c + 4, c3x1)
      f32x4_store(c + 8, c3x2)
      f32x4_store_first(c + 12, c3x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c4x0)
      f32x4_store(c + 4, c4x1)
      f32x4_store(c + 8, c4x2)
      f32x4_store_first(c + 12, c4x3, s.lastColumns)
      c += s.cRow
      f32x4_store(c, c5x0)
      f32x4_store(c + 4, c5x1)
      f32x4_store(c + 8, c5x2)
      f32x4_store_first(c + 12, c5x3, s.lastColumns)
    }
  }

  @inline(__always)
  static func runWide(_ s: GemmStep<Float>) { tile1x16(s) }

  @inline(never)
  static func tile1x16(_ s: GemmStep<Float>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f32x4_splat(0)
    var c0x1 = f32x4_splat(0)
    var c0x2 = f32x4_splat(0)
    var c0x3 = f32x4_splat(0)
    var c0x4 = f32x4_splat(0)
    var c0x5 = f32x4_splat(0)
    var c0x6 = f32x4_splat(0)
    var c0x7 = f32x4_splat(0)
    var c0x8 = f32x4_splat(0)
    var c0x9 = f32x4_splat(0)
    var c0x10 = f32x4_splat(0)
    var c0x11 = f32x4_splat(0)
    var c0x12 = f32x4_splat(0)
    var c0x13 = f32x4_splat(0)
    var c0x14 = f32x4_splat(0)
    var c0x15 = f32x4_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f32x4_load(b)
      let b1 = f32x4_load(b + 4)
      let b2 = f32x4_load(b + 8)
      let b3 = f32x4_load(b + 12)
      let b4 = f32x4_load(b + 16)
      let b5 = f32x4_load(b + 20)
      let b6 = f32x4_load(b + 24)
      let b7 = f32x4_load(b + 28)
      let b8 = f32x4_load(b + 32)
      let b9 = f32x4_load(b + 36)
      let b10 = f32x4_load(b + 40)
      let b11 = f32x4_load(b + 44)
      let b12 = f32x4_load(b + 48)
      let b13 = f32x4_load(b + 52)
      let b14 = f32x4_load(b + 56)
      let b15 = f32x4_load(b + 60)
      let x0 = f32x4_splat(a0[0])
      c0x0 = f32x4_fma(x0, b0, c0x0)
      c0x1 = f32x4_fma(x0, b1, c0x1)
      c0x2 = f32x4_fma(x0, b2, c0x2)
      c0x3 = f32x4_fma(x0, b3, c0x3)
      c0x4 = f32x4_fma(x0, b4, c0x4)
      c0x5 = f32x4_fma(x0, b5, c0x5)
      c0x6 = f32x4_fma(x0, b6, c0x6)
      c0x7 = f32x4_fma(x0, b7, c0x7)
      c0x8 = f32x4_fma(x0, b8, c0x8)
      c0x9 = f32x4_fma(x0, b9, c0x9)
      c0x10 = f32x4_fma(x0, b10, c0x10)
      c0x11 = f32x4_fma(x0, b11, c0x11)
      c0x12 = f32x4_fma(x0, b12, c0x12)
      c0x13 = f32x4_fma(x0, b13, c0x13)
      c0x14 = f32x4_fma(x0, b14, c0x14)
      c0x15 = f32x4_fma(x0, b15, c0x15)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f32x4_load(c) + c0x0
      c0x1 = f32x4_load(c + 4) + c0x1
      c0x2 = f32x4_load(c + 8) + c0x2
      c0x3 = f32x4_load(c + 12) + c0x3
      c0x4 = f32x4_load(c + 16) + c0x4
      c0x5 = f32x4_load(c + 20) + c0x5
      c0x6 = f32x4_load(c + 24) + c0x6
      c0x7 = f32x4_load(c + 28) + c0x7
      c0x8 = f32x4_load(c + 32) + c0x8
      c0x9 = f32x4_load(c + 36) + c0x9
      c0x10 = f32x4_load(c + 40) + c0x10
      c0x11 = f32x4_load(c + 44) + c0x11
      c0x12 = f32x4_load(c + 48) + c0x12
      c0x13 = f32x4_load(c + 52) + c0x13
      c0x14 = f32x4_load(c + 56) + c0x14
      c0x15 = f32x4_load(c + 60) + c0x15
    }
    if s.lastColumns == 4 {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store(c + 12, c0x3)
      f32x4_store(c + 16, c0x4)
      f32x4_store(c + 20, c0x5)
      f32x4_store(c + 24, c0x6)
      f32x4_store(c + 28, c0x7)
      f32x4_store(c + 32, c0x8)
      f32x4_store(c + 36, c0x9)
      f32x4_store(c + 40, c0x10)
      f32x4_store(c + 44, c0x11)
      f32x4_store(c + 48, c0x12)
      f32x4_store(c + 52, c0x13)
      f32x4_store(c + 56, c0x14)
      f32x4_store(c + 60, c0x15)
    } else {
      f32x4_store(c, c0x0)
      f32x4_store(c + 4, c0x1)
      f32x4_store(c + 8, c0x2)
      f32x4_store(c + 12, c0x3)
      f32x4_store(c + 16, c0x4)
      f32x4_store(c + 20, c0x5)
      f32x4_store(c + 24, c0x6)
      f32x4_store(c + 28, c0x7)
      f32x4_store(c + 32, c0x8)
      f32x4_store(c + 36, c0x9)
      f32x4_store(c + 40, c0x10)
      f32x4_store(c + 44, c0x11)
      f32x4_store(c + 48, c0x12)
      f32x4_store(c + 52, c0x13)
      f32x4_store(c + 56, c0x14)
      f32x4_store_first(c + 60, c0x15, s.lastColumns)
    }
  }
}

enum GemmF64: GemmTiles {
  typealias Element = Double
  static var lanes: Int { 2 }
  static var vectors: Int { 4 }
  static var rows: Int { 6 }
  static var wideVectors: Int { 16 }

  @inline(__always)
  static func run(rows: Int, vectors: Int, _ s: GemmStep<Double>) {
    switch rows &* 4 &+ vectors {
    case 5: tile1x1(s)
    case 6: tile1x2(s)
    case 7: tile1x3(s)
    case 8: tile1x4(s)
    case 9: tile2x1(s)
    case 10: tile2x2(s)
    case 11: tile2x3(s)
    case 12: tile2x4(s)
    case 13: tile3x1(s)
    case 14: tile3x2(s)
    case 15: tile3x3(s)
    case 16: tile3x4(s)
    case 17: tile4x1(s)
    case 18: tile4x2(s)
    case 19: tile4x3(s)
    case 20: tile4x4(s)
    case 21: tile5x1(s)
    case 22: tile5x2(s)
    case 23: tile5x3(s)
    case 24: tile5x4(s)
    case 25: tile6x1(s)
    case 26: tile6x2(s)
    case 27: tile6x3(s)
    case 28: tile6x4(s)
    default: break
    }
  }

  @inline(never)
  static func tile1x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x2_load(b)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
    } else {
      f64x2_store_first(c, c0x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile1x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store_first(c + 2, c0x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile1x3(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c0x2 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let b2 = f64x2_load(b + 4)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      c0x2 = f64x2_fma(x0, b2, c0x2)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c0x2 = f64x2_load(c + 4) + c0x2
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store_first(c + 4, c0x2, s.lastColumns)
    }
  }

  @inline(never)
  static func tile1x4(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c0x2 = f64x2_splat(0)
    var c0x3 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let b2 = f64x2_load(b + 4)
      let b3 = f64x2_load(b + 6)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      c0x2 = f64x2_fma(x0, b2, c0x2)
      c0x3 = f64x2_fma(x0, b3, c0x3)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c0x2 = f64x2_load(c + 4) + c0x2
      c0x3 = f64x2_load(c + 6) + c0x3
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store(c + 6, c0x3)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store_first(c + 6, c0x3, s.lastColumns)
    }
  }

  @inline(never)
  static func tile2x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x2_load(b)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      c += s.cRow
      f64x2_store(c, c1x0)
    } else {
      f64x2_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c1x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile2x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store_first(c + 2, c0x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store_first(c + 2, c1x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile2x3(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c0x2 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c1x2 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let b2 = f64x2_load(b + 4)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      c0x2 = f64x2_fma(x0, b2, c0x2)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      c1x2 = f64x2_fma(x1, b2, c1x2)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c0x2 = f64x2_load(c + 4) + c0x2
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c1x2 = f64x2_load(c + 1 * s.cRow + 4) + c1x2
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store_first(c + 4, c0x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store_first(c + 4, c1x2, s.lastColumns)
    }
  }

  @inline(never)
  static func tile2x4(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c0x2 = f64x2_splat(0)
    var c0x3 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c1x2 = f64x2_splat(0)
    var c1x3 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let b2 = f64x2_load(b + 4)
      let b3 = f64x2_load(b + 6)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      c0x2 = f64x2_fma(x0, b2, c0x2)
      c0x3 = f64x2_fma(x0, b3, c0x3)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      c1x2 = f64x2_fma(x1, b2, c1x2)
      c1x3 = f64x2_fma(x1, b3, c1x3)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c0x2 = f64x2_load(c + 4) + c0x2
      c0x3 = f64x2_load(c + 6) + c0x3
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c1x2 = f64x2_load(c + 1 * s.cRow + 4) + c1x2
      c1x3 = f64x2_load(c + 1 * s.cRow + 6) + c1x3
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store(c + 6, c0x3)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      f64x2_store(c + 6, c1x3)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store_first(c + 6, c0x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      f64x2_store_first(c + 6, c1x3, s.lastColumns)
    }
  }

  @inline(never)
  static func tile3x1(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x2_load(b)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      c += s.cRow
      f64x2_store(c, c1x0)
      c += s.cRow
      f64x2_store(c, c2x0)
    } else {
      f64x2_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c2x0, s.lastColumns)
    }
  }

  @inline(never)
  static func tile3x2(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c2x1 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      c2x1 = f64x2_fma(x2, b1, c2x1)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x2_load(c + 2 * s.cRow + 2) + c2x1
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store_first(c + 2, c0x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store_first(c + 2, c1x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store_first(c + 2, c2x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile3x3(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c0x2 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c1x2 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c2x1 = f64x2_splat(0)
    var c2x2 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let b2 = f64x2_load(b + 4)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      c0x2 = f64x2_fma(x0, b2, c0x2)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      c1x2 = f64x2_fma(x1, b2, c1x2)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      c2x1 = f64x2_fma(x2, b1, c2x1)
      c2x2 = f64x2_fma(x2, b2, c2x2)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c0x2 = f64x2_load(c + 4) + c0x2
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c1x2 = f64x2_load(c + 1 * s.cRow + 4) + c1x2
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x2_load(c + 2 * s.cRow + 2) + c2x1
      c2x2 = f64x2_load(c + 2 * s.cRow + 4) + c2x2
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store(c + 4, c2x2)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store_first(c + 4, c0x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store_first(c + 4, c1x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store_first(c + 4, c2x2, s.lastColumns)
    }
  }

  @inline(never)
  static func tile3x4(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c0x2 = f64x2_splat(0)
    var c0x3 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c1x2 = f64x2_splat(0)
    var c1x3 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c2x1 = f64x2_splat(0)
    var c2x2 = f64x2_splat(0)
    var c2x3 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let b2 = f64x2_load(b + 4)
      let b3 = f64x2_load(b + 6)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      c0x2 = f64x2_fma(x0, b2, c0x2)
      c0x3 = f64x2_fma(x0, b3, c0x3)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      c1x2 = f64x2_fma(x1, b2, c1x2)
      c1x3 = f64x2_fma(x1, b3, c1x3)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      c2x1 = f64x2_fma(x2, b1, c2x1)
      c2x2 = f64x2_fma(x2, b2, c2x2)
      c2x3 = f64x2_fma(x2, b3, c2x3)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c0x2 = f64x2_load(c + 4) + c0x2
      c0x3 = f64x2_load(c + 6) + c0x3
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c1x2 = f64x2_load(c + 1 * s.cRow + 4) + c1x2
      c1x3 = f64x2_load(c + 1 * s.cRow + 6) + c1x3
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x2_load(c + 2 * s.cRow + 2) + c2x1
      c2x2 = f64x2_load(c + 2 * s.cRow + 4) + c2x2
      c2x3 = f64x2_load(c + 2 * s.cRow + 6) + c2x3
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store(c + 6, c0x3)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      f64x2_store(c + 6, c1x3)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store(c + 4, c2x2)
      f64x2_store(c + 6, c2x3)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store_first(c + 6, c0x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      f64x2_store_first(c + 6, c1x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store(c + 4, c2x2)
      f64x2_store_first(c + 6, c2x3, s.lastColumns)
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
    var c0x0 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c3x0 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x2_load(b)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      let x3 = f64x2_splat(a0[row3])
      c3x0 = f64x2_fma(x3, b0, c3x0)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c3x0 = f64x2_load(c + 3 * s.cRow) + c3x0
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      c += s.cRow
      f64x2_store(c, c1x0)
      c += s.cRow
      f64x2_store(c, c2x0)
      c += s.cRow
      f64x2_store(c, c3x0)
    } else {
      f64x2_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c3x0, s.lastColumns)
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
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c2x1 = f64x2_splat(0)
    var c3x0 = f64x2_splat(0)
    var c3x1 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      c2x1 = f64x2_fma(x2, b1, c2x1)
      let x3 = f64x2_splat(a0[row3])
      c3x0 = f64x2_fma(x3, b0, c3x0)
      c3x1 = f64x2_fma(x3, b1, c3x1)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x2_load(c + 2 * s.cRow + 2) + c2x1
      c3x0 = f64x2_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x2_load(c + 3 * s.cRow + 2) + c3x1
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store_first(c + 2, c0x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store_first(c + 2, c1x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store_first(c + 2, c2x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store_first(c + 2, c3x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile4x3(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c0x2 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c1x2 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c2x1 = f64x2_splat(0)
    var c2x2 = f64x2_splat(0)
    var c3x0 = f64x2_splat(0)
    var c3x1 = f64x2_splat(0)
    var c3x2 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let b2 = f64x2_load(b + 4)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      c0x2 = f64x2_fma(x0, b2, c0x2)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      c1x2 = f64x2_fma(x1, b2, c1x2)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      c2x1 = f64x2_fma(x2, b1, c2x1)
      c2x2 = f64x2_fma(x2, b2, c2x2)
      let x3 = f64x2_splat(a0[row3])
      c3x0 = f64x2_fma(x3, b0, c3x0)
      c3x1 = f64x2_fma(x3, b1, c3x1)
      c3x2 = f64x2_fma(x3, b2, c3x2)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c0x2 = f64x2_load(c + 4) + c0x2
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c1x2 = f64x2_load(c + 1 * s.cRow + 4) + c1x2
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x2_load(c + 2 * s.cRow + 2) + c2x1
      c2x2 = f64x2_load(c + 2 * s.cRow + 4) + c2x2
      c3x0 = f64x2_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x2_load(c + 3 * s.cRow + 2) + c3x1
      c3x2 = f64x2_load(c + 3 * s.cRow + 4) + c3x2
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store(c + 4, c2x2)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      f64x2_store(c + 4, c3x2)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store_first(c + 4, c0x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store_first(c + 4, c1x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store_first(c + 4, c2x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      f64x2_store_first(c + 4, c3x2, s.lastColumns)
    }
  }

  @inline(never)
  static func tile4x4(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c0x2 = f64x2_splat(0)
    var c0x3 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c1x2 = f64x2_splat(0)
    var c1x3 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c2x1 = f64x2_splat(0)
    var c2x2 = f64x2_splat(0)
    var c2x3 = f64x2_splat(0)
    var c3x0 = f64x2_splat(0)
    var c3x1 = f64x2_splat(0)
    var c3x2 = f64x2_splat(0)
    var c3x3 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let b2 = f64x2_load(b + 4)
      let b3 = f64x2_load(b + 6)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      c0x2 = f64x2_fma(x0, b2, c0x2)
      c0x3 = f64x2_fma(x0, b3, c0x3)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      c1x2 = f64x2_fma(x1, b2, c1x2)
      c1x3 = f64x2_fma(x1, b3, c1x3)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      c2x1 = f64x2_fma(x2, b1, c2x1)
      c2x2 = f64x2_fma(x2, b2, c2x2)
      c2x3 = f64x2_fma(x2, b3, c2x3)
      let x3 = f64x2_splat(a0[row3])
      c3x0 = f64x2_fma(x3, b0, c3x0)
      c3x1 = f64x2_fma(x3, b1, c3x1)
      c3x2 = f64x2_fma(x3, b2, c3x2)
      c3x3 = f64x2_fma(x3, b3, c3x3)
      a0 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c0x2 = f64x2_load(c + 4) + c0x2
      c0x3 = f64x2_load(c + 6) + c0x3
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c1x2 = f64x2_load(c + 1 * s.cRow + 4) + c1x2
      c1x3 = f64x2_load(c + 1 * s.cRow + 6) + c1x3
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x2_load(c + 2 * s.cRow + 2) + c2x1
      c2x2 = f64x2_load(c + 2 * s.cRow + 4) + c2x2
      c2x3 = f64x2_load(c + 2 * s.cRow + 6) + c2x3
      c3x0 = f64x2_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x2_load(c + 3 * s.cRow + 2) + c3x1
      c3x2 = f64x2_load(c + 3 * s.cRow + 4) + c3x2
      c3x3 = f64x2_load(c + 3 * s.cRow + 6) + c3x3
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store(c + 6, c0x3)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      f64x2_store(c + 6, c1x3)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store(c + 4, c2x2)
      f64x2_store(c + 6, c2x3)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      f64x2_store(c + 4, c3x2)
      f64x2_store(c + 6, c3x3)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store_first(c + 6, c0x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      f64x2_store_first(c + 6, c1x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store(c + 4, c2x2)
      f64x2_store_first(c + 6, c2x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      f64x2_store(c + 4, c3x2)
      f64x2_store_first(c + 6, c3x3, s.lastColumns)
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
    var c0x0 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c3x0 = f64x2_splat(0)
    var c4x0 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x2_load(b)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      let x3 = f64x2_splat(a0[row3])
      c3x0 = f64x2_fma(x3, b0, c3x0)
      let x4 = f64x2_splat(a1[0])
      c4x0 = f64x2_fma(x4, b0, c4x0)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c3x0 = f64x2_load(c + 3 * s.cRow) + c3x0
      c4x0 = f64x2_load(c + 4 * s.cRow) + c4x0
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      c += s.cRow
      f64x2_store(c, c1x0)
      c += s.cRow
      f64x2_store(c, c2x0)
      c += s.cRow
      f64x2_store(c, c3x0)
      c += s.cRow
      f64x2_store(c, c4x0)
    } else {
      f64x2_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c4x0, s.lastColumns)
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
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c2x1 = f64x2_splat(0)
    var c3x0 = f64x2_splat(0)
    var c3x1 = f64x2_splat(0)
    var c4x0 = f64x2_splat(0)
    var c4x1 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      c2x1 = f64x2_fma(x2, b1, c2x1)
      let x3 = f64x2_splat(a0[row3])
      c3x0 = f64x2_fma(x3, b0, c3x0)
      c3x1 = f64x2_fma(x3, b1, c3x1)
      let x4 = f64x2_splat(a1[0])
      c4x0 = f64x2_fma(x4, b0, c4x0)
      c4x1 = f64x2_fma(x4, b1, c4x1)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x2_load(c + 2 * s.cRow + 2) + c2x1
      c3x0 = f64x2_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x2_load(c + 3 * s.cRow + 2) + c3x1
      c4x0 = f64x2_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x2_load(c + 4 * s.cRow + 2) + c4x1
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      c += s.cRow
      f64x2_store(c, c4x0)
      f64x2_store(c + 2, c4x1)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store_first(c + 2, c0x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store_first(c + 2, c1x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store_first(c + 2, c2x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store_first(c + 2, c3x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c4x0)
      f64x2_store_first(c + 2, c4x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile5x3(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c0x2 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c1x2 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c2x1 = f64x2_splat(0)
    var c2x2 = f64x2_splat(0)
    var c3x0 = f64x2_splat(0)
    var c3x1 = f64x2_splat(0)
    var c3x2 = f64x2_splat(0)
    var c4x0 = f64x2_splat(0)
    var c4x1 = f64x2_splat(0)
    var c4x2 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let b2 = f64x2_load(b + 4)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      c0x2 = f64x2_fma(x0, b2, c0x2)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      c1x2 = f64x2_fma(x1, b2, c1x2)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      c2x1 = f64x2_fma(x2, b1, c2x1)
      c2x2 = f64x2_fma(x2, b2, c2x2)
      let x3 = f64x2_splat(a0[row3])
      c3x0 = f64x2_fma(x3, b0, c3x0)
      c3x1 = f64x2_fma(x3, b1, c3x1)
      c3x2 = f64x2_fma(x3, b2, c3x2)
      let x4 = f64x2_splat(a1[0])
      c4x0 = f64x2_fma(x4, b0, c4x0)
      c4x1 = f64x2_fma(x4, b1, c4x1)
      c4x2 = f64x2_fma(x4, b2, c4x2)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c0x2 = f64x2_load(c + 4) + c0x2
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c1x2 = f64x2_load(c + 1 * s.cRow + 4) + c1x2
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x2_load(c + 2 * s.cRow + 2) + c2x1
      c2x2 = f64x2_load(c + 2 * s.cRow + 4) + c2x2
      c3x0 = f64x2_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x2_load(c + 3 * s.cRow + 2) + c3x1
      c3x2 = f64x2_load(c + 3 * s.cRow + 4) + c3x2
      c4x0 = f64x2_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x2_load(c + 4 * s.cRow + 2) + c4x1
      c4x2 = f64x2_load(c + 4 * s.cRow + 4) + c4x2
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store(c + 4, c2x2)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      f64x2_store(c + 4, c3x2)
      c += s.cRow
      f64x2_store(c, c4x0)
      f64x2_store(c + 2, c4x1)
      f64x2_store(c + 4, c4x2)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store_first(c + 4, c0x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store_first(c + 4, c1x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store_first(c + 4, c2x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      f64x2_store_first(c + 4, c3x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c4x0)
      f64x2_store(c + 2, c4x1)
      f64x2_store_first(c + 4, c4x2, s.lastColumns)
    }
  }

  @inline(never)
  static func tile5x4(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c0x2 = f64x2_splat(0)
    var c0x3 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c1x2 = f64x2_splat(0)
    var c1x3 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c2x1 = f64x2_splat(0)
    var c2x2 = f64x2_splat(0)
    var c2x3 = f64x2_splat(0)
    var c3x0 = f64x2_splat(0)
    var c3x1 = f64x2_splat(0)
    var c3x2 = f64x2_splat(0)
    var c3x3 = f64x2_splat(0)
    var c4x0 = f64x2_splat(0)
    var c4x1 = f64x2_splat(0)
    var c4x2 = f64x2_splat(0)
    var c4x3 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let b2 = f64x2_load(b + 4)
      let b3 = f64x2_load(b + 6)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      c0x2 = f64x2_fma(x0, b2, c0x2)
      c0x3 = f64x2_fma(x0, b3, c0x3)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      c1x2 = f64x2_fma(x1, b2, c1x2)
      c1x3 = f64x2_fma(x1, b3, c1x3)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      c2x1 = f64x2_fma(x2, b1, c2x1)
      c2x2 = f64x2_fma(x2, b2, c2x2)
      c2x3 = f64x2_fma(x2, b3, c2x3)
      let x3 = f64x2_splat(a0[row3])
      c3x0 = f64x2_fma(x3, b0, c3x0)
      c3x1 = f64x2_fma(x3, b1, c3x1)
      c3x2 = f64x2_fma(x3, b2, c3x2)
      c3x3 = f64x2_fma(x3, b3, c3x3)
      let x4 = f64x2_splat(a1[0])
      c4x0 = f64x2_fma(x4, b0, c4x0)
      c4x1 = f64x2_fma(x4, b1, c4x1)
      c4x2 = f64x2_fma(x4, b2, c4x2)
      c4x3 = f64x2_fma(x4, b3, c4x3)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c0x2 = f64x2_load(c + 4) + c0x2
      c0x3 = f64x2_load(c + 6) + c0x3
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c1x2 = f64x2_load(c + 1 * s.cRow + 4) + c1x2
      c1x3 = f64x2_load(c + 1 * s.cRow + 6) + c1x3
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x2_load(c + 2 * s.cRow + 2) + c2x1
      c2x2 = f64x2_load(c + 2 * s.cRow + 4) + c2x2
      c2x3 = f64x2_load(c + 2 * s.cRow + 6) + c2x3
      c3x0 = f64x2_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x2_load(c + 3 * s.cRow + 2) + c3x1
      c3x2 = f64x2_load(c + 3 * s.cRow + 4) + c3x2
      c3x3 = f64x2_load(c + 3 * s.cRow + 6) + c3x3
      c4x0 = f64x2_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x2_load(c + 4 * s.cRow + 2) + c4x1
      c4x2 = f64x2_load(c + 4 * s.cRow + 4) + c4x2
      c4x3 = f64x2_load(c + 4 * s.cRow + 6) + c4x3
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store(c + 6, c0x3)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      f64x2_store(c + 6, c1x3)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store(c + 4, c2x2)
      f64x2_store(c + 6, c2x3)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      f64x2_store(c + 4, c3x2)
      f64x2_store(c + 6, c3x3)
      c += s.cRow
      f64x2_store(c, c4x0)
      f64x2_store(c + 2, c4x1)
      f64x2_store(c + 4, c4x2)
      f64x2_store(c + 6, c4x3)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store_first(c + 6, c0x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      f64x2_store_first(c + 6, c1x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store(c + 4, c2x2)
      f64x2_store_first(c + 6, c2x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      f64x2_store(c + 4, c3x2)
      f64x2_store_first(c + 6, c3x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c4x0)
      f64x2_store(c + 2, c4x1)
      f64x2_store(c + 4, c4x2)
      f64x2_store_first(c + 6, c4x3, s.lastColumns)
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
    var c0x0 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c3x0 = f64x2_splat(0)
    var c4x0 = f64x2_splat(0)
    var c5x0 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x2_load(b)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      let x3 = f64x2_splat(a0[row3])
      c3x0 = f64x2_fma(x3, b0, c3x0)
      let x4 = f64x2_splat(a1[0])
      c4x0 = f64x2_fma(x4, b0, c4x0)
      let x5 = f64x2_splat(a1[row])
      c5x0 = f64x2_fma(x5, b0, c5x0)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c3x0 = f64x2_load(c + 3 * s.cRow) + c3x0
      c4x0 = f64x2_load(c + 4 * s.cRow) + c4x0
      c5x0 = f64x2_load(c + 5 * s.cRow) + c5x0
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      c += s.cRow
      f64x2_store(c, c1x0)
      c += s.cRow
      f64x2_store(c, c2x0)
      c += s.cRow
      f64x2_store(c, c3x0)
      c += s.cRow
      f64x2_store(c, c4x0)
      c += s.cRow
      f64x2_store(c, c5x0)
    } else {
      f64x2_store_first(c, c0x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c1x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c2x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c3x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c4x0, s.lastColumns)
      c += s.cRow
      f64x2_store_first(c, c5x0, s.lastColumns)
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
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c2x1 = f64x2_splat(0)
    var c3x0 = f64x2_splat(0)
    var c3x1 = f64x2_splat(0)
    var c4x0 = f64x2_splat(0)
    var c4x1 = f64x2_splat(0)
    var c5x0 = f64x2_splat(0)
    var c5x1 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      c2x1 = f64x2_fma(x2, b1, c2x1)
      let x3 = f64x2_splat(a0[row3])
      c3x0 = f64x2_fma(x3, b0, c3x0)
      c3x1 = f64x2_fma(x3, b1, c3x1)
      let x4 = f64x2_splat(a1[0])
      c4x0 = f64x2_fma(x4, b0, c4x0)
      c4x1 = f64x2_fma(x4, b1, c4x1)
      let x5 = f64x2_splat(a1[row])
      c5x0 = f64x2_fma(x5, b0, c5x0)
      c5x1 = f64x2_fma(x5, b1, c5x1)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x2_load(c + 2 * s.cRow + 2) + c2x1
      c3x0 = f64x2_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x2_load(c + 3 * s.cRow + 2) + c3x1
      c4x0 = f64x2_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x2_load(c + 4 * s.cRow + 2) + c4x1
      c5x0 = f64x2_load(c + 5 * s.cRow) + c5x0
      c5x1 = f64x2_load(c + 5 * s.cRow + 2) + c5x1
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      c += s.cRow
      f64x2_store(c, c4x0)
      f64x2_store(c + 2, c4x1)
      c += s.cRow
      f64x2_store(c, c5x0)
      f64x2_store(c + 2, c5x1)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store_first(c + 2, c0x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store_first(c + 2, c1x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store_first(c + 2, c2x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store_first(c + 2, c3x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c4x0)
      f64x2_store_first(c + 2, c4x1, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c5x0)
      f64x2_store_first(c + 2, c5x1, s.lastColumns)
    }
  }

  @inline(never)
  static func tile6x3(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c0x2 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c1x2 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c2x1 = f64x2_splat(0)
    var c2x2 = f64x2_splat(0)
    var c3x0 = f64x2_splat(0)
    var c3x1 = f64x2_splat(0)
    var c3x2 = f64x2_splat(0)
    var c4x0 = f64x2_splat(0)
    var c4x1 = f64x2_splat(0)
    var c4x2 = f64x2_splat(0)
    var c5x0 = f64x2_splat(0)
    var c5x1 = f64x2_splat(0)
    var c5x2 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let b2 = f64x2_load(b + 4)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      c0x2 = f64x2_fma(x0, b2, c0x2)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      c1x2 = f64x2_fma(x1, b2, c1x2)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      c2x1 = f64x2_fma(x2, b1, c2x1)
      c2x2 = f64x2_fma(x2, b2, c2x2)
      let x3 = f64x2_splat(a0[row3])
      c3x0 = f64x2_fma(x3, b0, c3x0)
      c3x1 = f64x2_fma(x3, b1, c3x1)
      c3x2 = f64x2_fma(x3, b2, c3x2)
      let x4 = f64x2_splat(a1[0])
      c4x0 = f64x2_fma(x4, b0, c4x0)
      c4x1 = f64x2_fma(x4, b1, c4x1)
      c4x2 = f64x2_fma(x4, b2, c4x2)
      let x5 = f64x2_splat(a1[row])
      c5x0 = f64x2_fma(x5, b0, c5x0)
      c5x1 = f64x2_fma(x5, b1, c5x1)
      c5x2 = f64x2_fma(x5, b2, c5x2)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c0x2 = f64x2_load(c + 4) + c0x2
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c1x2 = f64x2_load(c + 1 * s.cRow + 4) + c1x2
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x2_load(c + 2 * s.cRow + 2) + c2x1
      c2x2 = f64x2_load(c + 2 * s.cRow + 4) + c2x2
      c3x0 = f64x2_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x2_load(c + 3 * s.cRow + 2) + c3x1
      c3x2 = f64x2_load(c + 3 * s.cRow + 4) + c3x2
      c4x0 = f64x2_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x2_load(c + 4 * s.cRow + 2) + c4x1
      c4x2 = f64x2_load(c + 4 * s.cRow + 4) + c4x2
      c5x0 = f64x2_load(c + 5 * s.cRow) + c5x0
      c5x1 = f64x2_load(c + 5 * s.cRow + 2) + c5x1
      c5x2 = f64x2_load(c + 5 * s.cRow + 4) + c5x2
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store(c + 4, c2x2)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      f64x2_store(c + 4, c3x2)
      c += s.cRow
      f64x2_store(c, c4x0)
      f64x2_store(c + 2, c4x1)
      f64x2_store(c + 4, c4x2)
      c += s.cRow
      f64x2_store(c, c5x0)
      f64x2_store(c + 2, c5x1)
      f64x2_store(c + 4, c5x2)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store_first(c + 4, c0x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store_first(c + 4, c1x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store_first(c + 4, c2x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      f64x2_store_first(c + 4, c3x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c4x0)
      f64x2_store(c + 2, c4x1)
      f64x2_store_first(c + 4, c4x2, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c5x0)
      f64x2_store(c + 2, c5x1)
      f64x2_store_first(c + 4, c5x2, s.lastColumns)
    }
  }

  @inline(never)
  static func tile6x4(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    let row = s.aRow
    let row3 = 3 * row
    let stepAhead = 12 * step, bAhead = 12 * bStep
    var a0 = s.a
    var a1 = s.a + 4 * row
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c0x2 = f64x2_splat(0)
    var c0x3 = f64x2_splat(0)
    var c1x0 = f64x2_splat(0)
    var c1x1 = f64x2_splat(0)
    var c1x2 = f64x2_splat(0)
    var c1x3 = f64x2_splat(0)
    var c2x0 = f64x2_splat(0)
    var c2x1 = f64x2_splat(0)
    var c2x2 = f64x2_splat(0)
    var c2x3 = f64x2_splat(0)
    var c3x0 = f64x2_splat(0)
    var c3x1 = f64x2_splat(0)
    var c3x2 = f64x2_splat(0)
    var c3x3 = f64x2_splat(0)
    var c4x0 = f64x2_splat(0)
    var c4x1 = f64x2_splat(0)
    var c4x2 = f64x2_splat(0)
    var c4x3 = f64x2_splat(0)
    var c5x0 = f64x2_splat(0)
    var c5x1 = f64x2_splat(0)
    var c5x2 = f64x2_splat(0)
    var c5x3 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      kernel_prefetch(b + bAhead)
      kernel_prefetch(a0 + stepAhead)
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let b2 = f64x2_load(b + 4)
      let b3 = f64x2_load(b + 6)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      c0x2 = f64x2_fma(x0, b2, c0x2)
      c0x3 = f64x2_fma(x0, b3, c0x3)
      let x1 = f64x2_splat(a0[row])
      c1x0 = f64x2_fma(x1, b0, c1x0)
      c1x1 = f64x2_fma(x1, b1, c1x1)
      c1x2 = f64x2_fma(x1, b2, c1x2)
      c1x3 = f64x2_fma(x1, b3, c1x3)
      let x2 = f64x2_splat(a0[2 * row])
      c2x0 = f64x2_fma(x2, b0, c2x0)
      c2x1 = f64x2_fma(x2, b1, c2x1)
      c2x2 = f64x2_fma(x2, b2, c2x2)
      c2x3 = f64x2_fma(x2, b3, c2x3)
      let x3 = f64x2_splat(a0[row3])
      c3x0 = f64x2_fma(x3, b0, c3x0)
      c3x1 = f64x2_fma(x3, b1, c3x1)
      c3x2 = f64x2_fma(x3, b2, c3x2)
      c3x3 = f64x2_fma(x3, b3, c3x3)
      let x4 = f64x2_splat(a1[0])
      c4x0 = f64x2_fma(x4, b0, c4x0)
      c4x1 = f64x2_fma(x4, b1, c4x1)
      c4x2 = f64x2_fma(x4, b2, c4x2)
      c4x3 = f64x2_fma(x4, b3, c4x3)
      let x5 = f64x2_splat(a1[row])
      c5x0 = f64x2_fma(x5, b0, c5x0)
      c5x1 = f64x2_fma(x5, b1, c5x1)
      c5x2 = f64x2_fma(x5, b2, c5x2)
      c5x3 = f64x2_fma(x5, b3, c5x3)
      a0 += step
      a1 += step
      b += bStep
      left -= 1
    }
    var c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c0x2 = f64x2_load(c + 4) + c0x2
      c0x3 = f64x2_load(c + 6) + c0x3
      c1x0 = f64x2_load(c + 1 * s.cRow) + c1x0
      c1x1 = f64x2_load(c + 1 * s.cRow + 2) + c1x1
      c1x2 = f64x2_load(c + 1 * s.cRow + 4) + c1x2
      c1x3 = f64x2_load(c + 1 * s.cRow + 6) + c1x3
      c2x0 = f64x2_load(c + 2 * s.cRow) + c2x0
      c2x1 = f64x2_load(c + 2 * s.cRow + 2) + c2x1
      c2x2 = f64x2_load(c + 2 * s.cRow + 4) + c2x2
      c2x3 = f64x2_load(c + 2 * s.cRow + 6) + c2x3
      c3x0 = f64x2_load(c + 3 * s.cRow) + c3x0
      c3x1 = f64x2_load(c + 3 * s.cRow + 2) + c3x1
      c3x2 = f64x2_load(c + 3 * s.cRow + 4) + c3x2
      c3x3 = f64x2_load(c + 3 * s.cRow + 6) + c3x3
      c4x0 = f64x2_load(c + 4 * s.cRow) + c4x0
      c4x1 = f64x2_load(c + 4 * s.cRow + 2) + c4x1
      c4x2 = f64x2_load(c + 4 * s.cRow + 4) + c4x2
      c4x3 = f64x2_load(c + 4 * s.cRow + 6) + c4x3
      c5x0 = f64x2_load(c + 5 * s.cRow) + c5x0
      c5x1 = f64x2_load(c + 5 * s.cRow + 2) + c5x1
      c5x2 = f64x2_load(c + 5 * s.cRow + 4) + c5x2
      c5x3 = f64x2_load(c + 5 * s.cRow + 6) + c5x3
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store(c + 6, c0x3)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      f64x2_store(c + 6, c1x3)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store(c + 4, c2x2)
      f64x2_store(c + 6, c2x3)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      f64x2_store(c + 4, c3x2)
      f64x2_store(c + 6, c3x3)
      c += s.cRow
      f64x2_store(c, c4x0)
      f64x2_store(c + 2, c4x1)
      f64x2_store(c + 4, c4x2)
      f64x2_store(c + 6, c4x3)
      c += s.cRow
      f64x2_store(c, c5x0)
      f64x2_store(c + 2, c5x1)
      f64x2_store(c + 4, c5x2)
      f64x2_store(c + 6, c5x3)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store_first(c + 6, c0x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c1x0)
      f64x2_store(c + 2, c1x1)
      f64x2_store(c + 4, c1x2)
      f64x2_store_first(c + 6, c1x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c2x0)
      f64x2_store(c + 2, c2x1)
      f64x2_store(c + 4, c2x2)
      f64x2_store_first(c + 6, c2x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c3x0)
      f64x2_store(c + 2, c3x1)
      f64x2_store(c + 4, c3x2)
      f64x2_store_first(c + 6, c3x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c4x0)
      f64x2_store(c + 2, c4x1)
      f64x2_store(c + 4, c4x2)
      f64x2_store_first(c + 6, c4x3, s.lastColumns)
      c += s.cRow
      f64x2_store(c, c5x0)
      f64x2_store(c + 2, c5x1)
      f64x2_store(c + 4, c5x2)
      f64x2_store_first(c + 6, c5x3, s.lastColumns)
    }
  }

  @inline(__always)
  static func runWide(_ s: GemmStep<Double>) { tile1x16(s) }

  @inline(never)
  static func tile1x16(_ s: GemmStep<Double>) {
    let step = s.aStep, bStep = s.bStep
    var a0 = s.a
    var b = s.b
    var c0x0 = f64x2_splat(0)
    var c0x1 = f64x2_splat(0)
    var c0x2 = f64x2_splat(0)
    var c0x3 = f64x2_splat(0)
    var c0x4 = f64x2_splat(0)
    var c0x5 = f64x2_splat(0)
    var c0x6 = f64x2_splat(0)
    var c0x7 = f64x2_splat(0)
    var c0x8 = f64x2_splat(0)
    var c0x9 = f64x2_splat(0)
    var c0x10 = f64x2_splat(0)
    var c0x11 = f64x2_splat(0)
    var c0x12 = f64x2_splat(0)
    var c0x13 = f64x2_splat(0)
    var c0x14 = f64x2_splat(0)
    var c0x15 = f64x2_splat(0)
    var left = s.k
    while left > 0 {
      let b0 = f64x2_load(b)
      let b1 = f64x2_load(b + 2)
      let b2 = f64x2_load(b + 4)
      let b3 = f64x2_load(b + 6)
      let b4 = f64x2_load(b + 8)
      let b5 = f64x2_load(b + 10)
      let b6 = f64x2_load(b + 12)
      let b7 = f64x2_load(b + 14)
      let b8 = f64x2_load(b + 16)
      let b9 = f64x2_load(b + 18)
      let b10 = f64x2_load(b + 20)
      let b11 = f64x2_load(b + 22)
      let b12 = f64x2_load(b + 24)
      let b13 = f64x2_load(b + 26)
      let b14 = f64x2_load(b + 28)
      let b15 = f64x2_load(b + 30)
      let x0 = f64x2_splat(a0[0])
      c0x0 = f64x2_fma(x0, b0, c0x0)
      c0x1 = f64x2_fma(x0, b1, c0x1)
      c0x2 = f64x2_fma(x0, b2, c0x2)
      c0x3 = f64x2_fma(x0, b3, c0x3)
      c0x4 = f64x2_fma(x0, b4, c0x4)
      c0x5 = f64x2_fma(x0, b5, c0x5)
      c0x6 = f64x2_fma(x0, b6, c0x6)
      c0x7 = f64x2_fma(x0, b7, c0x7)
      c0x8 = f64x2_fma(x0, b8, c0x8)
      c0x9 = f64x2_fma(x0, b9, c0x9)
      c0x10 = f64x2_fma(x0, b10, c0x10)
      c0x11 = f64x2_fma(x0, b11, c0x11)
      c0x12 = f64x2_fma(x0, b12, c0x12)
      c0x13 = f64x2_fma(x0, b13, c0x13)
      c0x14 = f64x2_fma(x0, b14, c0x14)
      c0x15 = f64x2_fma(x0, b15, c0x15)
      a0 += step
      b += bStep
      left -= 1
    }
    let c = s.c
    if s.accumulates {
      c0x0 = f64x2_load(c) + c0x0
      c0x1 = f64x2_load(c + 2) + c0x1
      c0x2 = f64x2_load(c + 4) + c0x2
      c0x3 = f64x2_load(c + 6) + c0x3
      c0x4 = f64x2_load(c + 8) + c0x4
      c0x5 = f64x2_load(c + 10) + c0x5
      c0x6 = f64x2_load(c + 12) + c0x6
      c0x7 = f64x2_load(c + 14) + c0x7
      c0x8 = f64x2_load(c + 16) + c0x8
      c0x9 = f64x2_load(c + 18) + c0x9
      c0x10 = f64x2_load(c + 20) + c0x10
      c0x11 = f64x2_load(c + 22) + c0x11
      c0x12 = f64x2_load(c + 24) + c0x12
      c0x13 = f64x2_load(c + 26) + c0x13
      c0x14 = f64x2_load(c + 28) + c0x14
      c0x15 = f64x2_load(c + 30) + c0x15
    }
    if s.lastColumns == 2 {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store(c + 6, c0x3)
      f64x2_store(c + 8, c0x4)
      f64x2_store(c + 10, c0x5)
      f64x2_store(c + 12, c0x6)
      f64x2_store(c + 14, c0x7)
      f64x2_store(c + 16, c0x8)
      f64x2_store(c + 18, c0x9)
      f64x2_store(c + 20, c0x10)
      f64x2_store(c + 22, c0x11)
      f64x2_store(c + 24, c0x12)
      f64x2_store(c + 26, c0x13)
      f64x2_store(c + 28, c0x14)
      f64x2_store(c + 30, c0x15)
    } else {
      f64x2_store(c, c0x0)
      f64x2_store(c + 2, c0x1)
      f64x2_store(c + 4, c0x2)
      f64x2_store(c + 6, c0x3)
      f64x2_store(c + 8, c0x4)
      f64x2_store(c + 10, c0x5)
      f64x2_store(c + 12, c0x6)
      f64x2_store(c + 14, c0x7)
      f64x2_store(c + 16, c0x8)
      f64x2_store(c + 18, c0x9)
      f64x2_store(c + 20, c0x10)
      f64x2_store(c + 22, c0x11)
      f64x2_store(c + 24, c0x12)
      f64x2_store(c + 26, c0x13)
      f64x2_store(c + 28, c0x14)
      f64x2_store_first(c + 30, c0x15, s.lastColumns)
    }
  }
}
#endif
