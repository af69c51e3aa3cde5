import CKernelSupport

// Elementary functions of sixteen floats, for those that training spends its time on; the others go through doubles.
// The notes of MathF64.swift hold here as well.

typealias F32 = SIMD16<Float>
typealias I32 = SIMD16<Int32>

@_transparent func f(_ x: Float) -> F32 { f32x16_splat(x) }
@_transparent func fma(_ a: F32, _ b: F32, _ c: F32) -> F32 { f32x16_fma(a, b, c) }
@_transparent func select(_ mask: I32, _ a: F32, _ b: F32) -> F32 { f32x16_select(mask, a, b) }
@_transparent func less(_ a: F32, _ b: F32) -> I32 { f32x16_lt(a, b) }
@_transparent func equal(_ a: F32, _ b: F32) -> I32 { f32x16_eq(a, b) }
@_transparent func isNaN(_ a: F32) -> I32 { f32x16_ne(a, a) }
@_transparent func negated(_ a: F32) -> F32 { f32x16_neg(a) }
@_transparent func absolute(_ a: F32) -> F32 { f32x16_abs(a) }
@_transparent func copySign(_ a: F32, _ sign: F32) -> F32 { f32x16_copysign(a, sign) }
@_transparent func bits(_ a: F32) -> I32 { f32x16_bits(a) }
@_transparent func fromBits(_ a: I32) -> F32 { f32x16_from_bits(a) }
@_transparent func j(_ x: Int32) -> I32 { I32(repeating: x) }

@_transparent
func exp(_ argument: F32) -> F32 {
  #if KernelsV4
  // Far enough out for infinity and zero; NaN stays.
  let upper = select(less(f(89), argument), f(89), argument)
  let x = select(less(upper, f(-104)), f(-104), upper)
  #else
  let x = argument
  #endif
  let t: F32 = fma(x, f(0x1.715476p0), f(0x1.8p23))
  let n: F32 = t - f(0x1.8p23)
  // ln 2 in two parts; the first has nine bits, so n times it is exact.
  let high: F32 = fma(n, f(-0x1.63p-1), x)
  let r: F32 = fma(n, f(0x1.bd0106p-13), high)
  var q = f(0x1.6d98dcp-10)
  q = fma(q, r, f(0x1.122826p-7))
  q = fma(q, r, f(0x1.555488p-5))
  q = fma(q, r, f(0x1.5554bp-3))
  q = fma(q, r, f(0x1p-1))
  let p: F32 = f(1) + fma(r * r, q, r)
  #if KernelsV4
  return f32x16_scale(p, n)
  #else
  // The low bits of t are n: shifted, they add n to the exponent.
  let scaled = fromBits(bits(p) &+ (bits(t) &<< 23))
  let capped = select(less(f(0x1.62e42ep6), x), f(.infinity), scaled)
  let floored = select(less(x, f(-0x1.5d589ep6)), f(0), capped)
  return select(isNaN(x), x, floored)
  #endif
}

@_transparent
func log(_ x: F32) -> F32 {
  let shifted: I32 = bits(x) &+ j(0x3f80_0000 - 0x3f35_04f3)
  let k = i32x16_to_f32((shifted &>> 23) &- j(127))
  let significand = fromBits((shifted & j(0x007f_ffff)) &+ j(0x3f35_04f3))
  let m: F32 = significand - f(1)
  let z: F32 = m * m
  var p = f(0x1.1b1e78p-4)
  p = fma(p, m, f(-0x1.e2eafep-4))
  p = fma(p, m, f(0x1.e6609ap-4))
  p = fma(p, m, f(-0x1.fb4522p-4))
  p = fma(p, m, f(0x1.23320ap-3))
  p = fma(p, m, f(-0x1.5562c6p-3))
  p = fma(p, m, f(0x1.99a54ap-3))
  p = fma(p, m, f(-0x1.ffffeep-3))
  p = fma(p, m, f(0x1.555546p-2))
  let cubic: F32 = (m * z) * p
  let low: F32 = fma(k, f(-0x1.bd0106p-13), cubic)
  let rest: F32 = fma(z, f(-0.5), low)
  let finite: F32 = fma(k, f(0x1.63p-1), m + rest)
  let bounded = select(less(x, f(.infinity)), finite, x)
  let positive = select(less(x, f(0)), f(.nan), bounded)
  return select(equal(x, f(0)), f(-.infinity), positive)
}

@_transparent
func tanh(_ x: F32) -> F32 {
  let a = absolute(x)
  let bounded = select(less(f(10), a), f(10), a)
  let y: F32 = bounded + bounded
  let t: F32 = fma(y, f(0x1.715476p0), f(0x1.8p23))
  let n: F32 = t - f(0x1.8p23)
  let high: F32 = fma(n, f(-0x1.63p-1), y)
  let r: F32 = fma(n, f(0x1.bd0106p-13), high)
  var q = f(0x1.6d98dcp-10)
  q = fma(q, r, f(0x1.122826p-7))
  q = fma(q, r, f(0x1.555488p-5))
  q = fma(q, r, f(0x1.5554bp-3))
  q = fma(q, r, f(0x1p-1))
  let p: F32 = fma(r * r, q, r)
  let scale = fromBits((bits(t) &<< 23) &+ j(0x3f80_0000))
  // (e - 1) / (e + 1) for e = exp(2a), from e - 1.
  let e: F32 = fma(scale, p, scale - f(1))
  return copySign(e / (e + f(2)), x)
}

@_transparent
func sigmoid(_ x: F32) -> F32 { f(1) / (f(1) + exp(negated(x))) }

/// Below 0.93 an odd polynomial; above, 1 - exp(-x - x * p(x)).
@_transparent
func erf(_ x: F32) -> F32 {
  let a = absolute(x)
  let isSmall = less(a, f(0.93))
  let z: F32 = a * a
  let bounded = select(isSmall, z, f(1))
  var p = f(-0x1.38b73ap-11)
  p = fma(p, bounded, f(0x1.46ee98p-8))
  p = fma(p, bounded, f(-0x1.b6803p-6))
  p = fma(p, bounded, f(0x1.ce19d2p-4))
  p = fma(p, bounded, f(-0x1.8126e2p-2))
  p = fma(p, bounded, f(0x1.06eba6p-3))
  let product: F32 = fma(a, p, a)
  #if KernelsV2
    // Without FMA the smaller part of the product of a tiny number is a denormal number, and lost.
    let small = select(less(a, f(0x1p-100)), a * f(0x1.20dd76p0), product)
  #else
    let small = product
  #endif
  let b = select(less(f(4.05), a), f(4.05), a)
  var q = f(0x1.8378d8p-17)
  q = fma(q, b, f(-0x1.55b9d4p-12))
  q = fma(q, b, f(0x1.df0796p-9))
  q = fma(q, b, f(-0x1.85baeep-6))
  q = fma(q, b, f(0x1.b3432cp-4))
  q = fma(q, b, f(0x1.45306p-1))
  q = fma(q, b, f(0x1.077aeep-3))
  let large: F32 = f(1) - exp(negated(fma(b, q, b)))
  return copySign(select(isSmall, small, large), x)
}

/// Cosine and sine of 2 pi * turn, turn in [0, 1) with 24 bits: for Box and Muller's pairs.
@_transparent
func cosineAndSineOfTurn(_ turn: F32) -> (cosine: F32, sine: F32) {
  let quarters: F32 = turn * f(4)
  let t: F32 = quarters + f(0x1.8p23)
  let n: F32 = t - f(0x1.8p23)
  let r: F32 = quarters - n
  let z: F32 = r * r
  var s = f(-0x1.2d9bb8p-8)
  s = fma(s, z, f(0x1.465ec6p-4))
  s = fma(s, z, f(-0x1.4abbbap-1))
  s = fma(s, z, f(0x1.921fb6p+0))
  var c = f(0x1.db650ep-11)
  c = fma(c, z, f(-0x1.55cb98p-6))
  c = fma(c, z, f(0x1.03c1eap-2))
  c = fma(c, z, f(-0x1.3bd3ccp+0))
  let sine: F32 = s * r
  let cosine: F32 = fma(c, z, f(1))
  let odd: I32 = bits(t) &<< 31
  let first = select(odd, sine, cosine)
  let second = select(odd, cosine, sine)
  let sineSign: I32 = (bits(t) & j(2)) &<< 30
  let cosineSign: I32 = ((bits(t) &+ j(1)) & j(2)) &<< 30
  return (fromBits(bits(first) ^ cosineSign), fromBits(bits(second) ^ sineSign))
}
