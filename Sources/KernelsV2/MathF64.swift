import CKernelSupport

// Elementary functions of eight doubles. Polynomials are minimax fits over the stated intervals (Remez exchange, 60
// digits); the reductions follow fdlibm (Sun Microsystems, 1993) and Muller, Elementary Functions. Their errors,
// measured over the whole range, stand in Tests/TensorTests/KernelAccuracyTests.swift. Everything is @_transparent: a
// SIMD value that crosses a function boundary is split into 128-bit pieces and stays so.

typealias F64 = SIMD8<Double>
typealias I64 = SIMD8<Int64>

@_transparent func d(_ x: Double) -> F64 { f64x8_splat(x) }
@_transparent func fma(_ a: F64, _ b: F64, _ c: F64) -> F64 { f64x8_fma(a, b, c) }
@_transparent func select(_ mask: I64, _ a: F64, _ b: F64) -> F64 { f64x8_select(mask, a, b) }
@_transparent func less(_ a: F64, _ b: F64) -> I64 { f64x8_lt(a, b) }
@_transparent func equal(_ a: F64, _ b: F64) -> I64 { f64x8_eq(a, b) }
@_transparent func isNaN(_ a: F64) -> I64 { f64x8_ne(a, a) }
@_transparent func negated(_ a: F64) -> F64 { f64x8_neg(a) }
@_transparent func absolute(_ a: F64) -> F64 { f64x8_abs(a) }
@_transparent func copySign(_ a: F64, _ sign: F64) -> F64 { f64x8_copysign(a, sign) }
@_transparent func bits(_ a: F64) -> I64 { f64x8_bits(a) }
@_transparent func fromBits(_ a: I64) -> F64 { f64x8_from_bits(a) }
@_transparent func i(_ x: Int64) -> I64 { I64(repeating: x) }

/// a * b - p for p = a * b rounded: exact.
@_transparent
func productError(_ a: F64, _ b: F64, _ p: F64) -> F64 { f64x8_product_error(a, b, p) }

/// exp(x + tail), |tail| below an ulp of x or so.
@_transparent
func expWithTail(_ x: F64, _ tail: F64) -> F64 {
  let t: F64 = fma(x, d(0x1.71547652b82fep0), d(0x1.8p52))
  let n: F64 = t - d(0x1.8p52)
  // ln 2 in two parts; the first has trailing zeros, so n times it is exact.
  let high: F64 = fma(n, d(-0x1.62e42feep-1), x)
  let r: F64 = fma(n, d(-0x1.a39ef35793c76p-33), high) + tail
  var q = d(0x1.1f8c716059358p-29)
  q = fma(q, r, d(0x1.af4e62e018fa1p-26))
  q = fma(q, r, d(0x1.27e4cc0b9e1efp-22))
  q = fma(q, r, d(0x1.71de01f650038p-19))
  q = fma(q, r, d(0x1.a01a01ad5767cp-16))
  q = fma(q, r, d(0x1.a01a01abfb109p-13))
  q = fma(q, r, d(0x1.6c16c16c150dp-10))
  q = fma(q, r, d(0x1.11111111100b8p-7))
  q = fma(q, r, d(0x1.5555555555558p-5))
  q = fma(q, r, d(0x1.5555555555557p-3))
  q = fma(q, r, d(0x1p-1))
  let p: F64 = d(1) + fma(r * r, q, r)
  // The low bits of t are n: shifted, they add n to the exponent.
  let scaled = fromBits(bits(p) &+ (bits(t) &<< 52))
  let capped = select(less(d(0x1.62e42fefa39efp9), x), d(.infinity), scaled)
  let floored = select(less(x, d(-0x1.6232bdd7abcd2p9)), d(0), capped)
  return select(isNaN(x), x, floored)
}

@_transparent func exp(_ x: F64) -> F64 { expWithTail(x, d(0)) }

/// exp(x) - 1 over 2, which overflows later than exp.
@_transparent
func expm1Half(_ x: F64) -> F64 {
  let a = select(less(x, d(-45)), d(-45), x)
  let t: F64 = fma(a, d(0x1.71547652b82fep0), d(0x1.8p52))
  let n: F64 = t - d(0x1.8p52)
  let high: F64 = fma(n, d(-0x1.62e42feep-1), a)
  let low: F64 = n * d(0x1.a39ef35793c76p-33)
  let r: F64 = high - low
  let c: F64 = (high - r) - low
  var q = d(0x1.1f8c716059358p-29)
  q = fma(q, r, d(0x1.af4e62e018fa1p-26))
  q = fma(q, r, d(0x1.27e4cc0b9e1efp-22))
  q = fma(q, r, d(0x1.71de01f650038p-19))
  q = fma(q, r, d(0x1.a01a01ad5767cp-16))
  q = fma(q, r, d(0x1.a01a01abfb109p-13))
  q = fma(q, r, d(0x1.6c16c16c150dp-10))
  q = fma(q, r, d(0x1.11111111100b8p-7))
  q = fma(q, r, d(0x1.5555555555558p-5))
  q = fma(q, r, d(0x1.5555555555557p-3))
  q = fma(q, r, d(0x1p-1))
  let p: F64 = r + fma(r * r, q, c)
  let scale = fromBits((bits(t) &<< 52) &+ i(0x3fe0_0000_0000_0000))
  let result: F64 = fma(scale, p, scale - d(0.5))
  let capped = select(less(d(0x1.62e42fefa39efp9), x), d(.infinity), result)
  return select(isNaN(x), x, capped)
}

@_transparent
func expm1(_ x: F64) -> F64 {
  let h = expm1Half(x)
  return select(equal(x, d(0)), x, h + h)
}

/// Significand in [sqrt(1/2), sqrt(2)) and exponent of positive normal numbers.
@_transparent
func splitExponent(_ x: F64) -> (significand: F64, exponent: F64) {
  let shifted: I64 = bits(x) &+ i(0x3ff0_0000_0000_0000 - 0x3fe6_a09e_667f_3bcd)
  let biased: I64 = (shifted &>> 52) & i(0xfff)
  // 2^52 + biased as a double, without an integer conversion, which AVX2 does not have.
  let exponent: F64 = fromBits(biased | i(0x4330_0000_0000_0000)) - d(0x1p52 + 1023)
  let significand = fromBits((shifted & i(0x000f_ffff_ffff_ffff)) &+ i(0x3fe6_a09e_667f_3bcd))
  return (significand, exponent)
}

@_transparent
func log(_ x: F64) -> F64 {
  let (m, k) = splitExponent(x)
  let f: F64 = m - d(1)
  let s: F64 = f / (d(2) + f)
  let z: F64 = s * s
  var p = d(0x1.2b666853c264dp-3)
  p = fma(p, z, d(0x1.39fd2ecf5c627p-3))
  p = fma(p, z, d(0x1.7462be54916c6p-3))
  p = fma(p, z, d(0x1.c71c62c1a4bdcp-3))
  p = fma(p, z, d(0x1.2492492e0f051p-2))
  p = fma(p, z, d(0x1.99999999951cap-2))
  p = fma(p, z, d(0x1.5555555555558p-1))
  let half: F64 = d(0.5) * f * f
  let tail: F64 = fma(s, fma(z, p, half), k * d(0x1.a39ef35793c76p-33))
  let finite: F64 = fma(k, d(0x1.62e42feep-1), f - (half - tail))
  let bounded = select(less(x, d(.infinity)), finite, x)
  let positive = select(less(x, d(0)), d(.nan), bounded)
  return select(equal(x, d(0)), d(-.infinity), positive)
}

@_transparent
func log1p(_ x: F64) -> F64 {
  let u: F64 = d(1) + x
  // What the rounding of 1 + x lost.
  let lost = select(less(x, d(1)), x - (u - d(1)), d(1) - (u - x))
  let regular = less(d(0), u) & less(u, d(.infinity))
  let correction = select(regular, lost / u, d(0))
  let result: F64 = log(u) + correction
  return select(equal(x, d(0)), x, result)
}

@_transparent
func sinh(_ x: F64) -> F64 {
  let a = absolute(x)
  let h = expm1Half(a)
  let t: F64 = h + h
  let small: F64 = h + h / (t + d(1))
  let e = exp(a * d(0.5))
  let large: F64 = (d(0.5) * e) * e
  return copySign(select(less(a, d(700)), small, select(isNaN(x), x, large)), x)
}

@_transparent
func cosh(_ x: F64) -> F64 {
  let a = absolute(x)
  let e = exp(a)
  let small: F64 = d(0.5) * e + d(0.5) / e
  let root = exp(a * d(0.5))
  let large: F64 = (d(0.5) * root) * root
  return select(less(a, d(700)), small, select(isNaN(x), x, large))
}

@_transparent
func tanh(_ x: F64) -> F64 {
  let a = absolute(x)
  let bounded = select(less(d(22), a), d(22), a)
  // (e - 1) / (e + 1) for e = exp(2a), from h = (e - 1) / 2.
  let h = expm1Half(bounded + bounded)
  return copySign(h / (h + d(1)), x)
}

@_transparent
func sigmoid(_ x: F64) -> F64 { d(1) / (d(1) + exp(negated(x))) }

/// Angles up to this are reduced by subtraction of multiples of pi / 2 in parts; beyond, `reduceHuge` is called.
let angleLimit = 0x1p20

/// x as quarter turns: x = n * pi / 2 + (high + low). The parts of pi / 2 have 33 bits each, so n times one is exact.
@_transparent
func reduceAngle(_ x: F64) -> (high: F64, low: F64, quarters: I64) {
  let t: F64 = fma(x, d(0x1.45f306dc9c883p-1), d(0x1.8p52))
  let n: F64 = t - d(0x1.8p52)
  let r0: F64 = fma(n, d(-0x1.921fb544p0), x)
  let r1: F64 = fma(n, d(-0x1.0b4611a6p-34), r0)
  let lost: F64 = fma(n, d(-0x1.0b4611a6p-34), r0 - r1)
  let rest: F64 = fma(n, d(-0x1.3198a2e037073p-69), lost)
  let high: F64 = r1 + rest
  let low: F64 = (r1 - high) + rest
  return (high, low, bits(t))
}

/// Sine and cosine of high + low, |high| up to pi / 4.
@_transparent
func sineAndCosine(_ high: F64, _ low: F64) -> (sine: F64, cosine: F64) {
  let z: F64 = high * high
  var p = d(0x1.5e0b04aa9e9dbp-33)
  p = fma(p, z, d(-0x1.ae600acd78df1p-26))
  p = fma(p, z, d(0x1.71de37965e0e8p-19))
  p = fma(p, z, d(-0x1.a01a019e839p-13))
  p = fma(p, z, d(0x1.1111111110bb2p-7))
  p = fma(p, z, d(-0x1.5555555555555p-3))
  let sine: F64 = high + fma(z * high, p, low * fma(z, d(-0.5), d(1)))
  var q = d(-0x1.907d8bf27a69cp-37)
  q = fma(q, z, d(0x1.1eeb68cb4c486p-29))
  q = fma(q, z, d(-0x1.27e4fa17c076bp-22))
  q = fma(q, z, d(0x1.a01a019f4e9f7p-16))
  q = fma(q, z, d(-0x1.6c16c16c16967p-10))
  q = fma(q, z, d(0x1.5555555555555p-5))
  let half: F64 = d(0.5) * z
  let w: F64 = d(1) - half
  let lost: F64 = (d(1) - w) - half
  let cosine: F64 = w + (lost + fma(z * z, q, negated(high * low)))
  return (sine, cosine)
}

@_transparent
func sin(_ x: F64) -> F64 {
  var (high, low, quarters) = reduceAngle(x)
  let huge = f64x8_ge(absolute(x), d(angleLimit))
  if i64x8_any(huge) { (high, low, quarters) = reduceHuge(x, huge, high, low, quarters) }
  let (sine, cosine) = sineAndCosine(high, low)
  // A mask is read by its sign bit.
  let value = select(quarters &<< 63, cosine, sine)
  let result = fromBits(bits(value) ^ ((quarters & i(2)) &<< 62))
  return select(equal(x, d(0)), x, result)
}

@_transparent
func cos(_ x: F64) -> F64 {
  var (high, low, quarters) = reduceAngle(x)
  let huge = f64x8_ge(absolute(x), d(angleLimit))
  if i64x8_any(huge) { (high, low, quarters) = reduceHuge(x, huge, high, low, quarters) }
  let (sine, cosine) = sineAndCosine(high, low)
  // A mask is read by its sign bit.
  let value = select(quarters &<< 63, sine, cosine)
  return fromBits(bits(value) ^ (((quarters &+ i(1)) & i(2)) &<< 62))
}

@_transparent
func tan(_ x: F64) -> F64 {
  var (high, low, quarters) = reduceAngle(x)
  let huge = f64x8_ge(absolute(x), d(angleLimit))
  if i64x8_any(huge) { (high, low, quarters) = reduceHuge(x, huge, high, low, quarters) }
  let (sine, cosine) = sineAndCosine(high, low)
  let odd: I64 = quarters &<< 63
  let numerator = select(odd, negated(cosine), sine)
  let denominator = select(odd, sine, cosine)
  return select(equal(x, d(0)), x, numerator / denominator)
}

@_transparent
func atan(_ x: F64) -> F64 {
  let a = absolute(x)
  let isLarge = less(d(0x1.3504f333f9de6p1), a)
  let isMiddle = less(d(0x1.a827999fcef32p-2), a)
  let numerator = select(isLarge, d(-1), select(isMiddle, a - d(1), a))
  let denominator = select(isLarge, a, select(isMiddle, a + d(1), d(1)))
  let base = select(isLarge, d(0x1.921fb54442d18p0), select(isMiddle, d(0x1.921fb54442d18p-1), d(0)))
  let baseLow = select(isLarge, d(0x1.1a62633145c07p-54), select(isMiddle, d(0x1.1a62633145c07p-55), d(0)))
  let u: F64 = numerator / denominator
  let z: F64 = u * u
  var p = d(0x1.0b18c0aa79df6p-6)
  p = fma(p, z, d(-0x1.1b571a164f399p-5))
  p = fma(p, z, d(0x1.74ed56b246c2cp-5))
  p = fma(p, z, d(-0x1.ac7e66f196bbp-5))
  p = fma(p, z, d(0x1.e19aa928b5a27p-5))
  p = fma(p, z, d(-0x1.110e8f56fd4d5p-4))
  p = fma(p, z, d(0x1.3b13934eca93dp-4))
  p = fma(p, z, d(-0x1.745d1662800f3p-4))
  p = fma(p, z, d(0x1.c71c71c31f13ap-4))
  p = fma(p, z, d(-0x1.249249248da6p-3))
  p = fma(p, z, d(0x1.9999999999956p-3))
  p = fma(p, z, d(-0x1.5555555555555p-2))
  let rest: F64 = fma(u * z, p, baseLow)
  let result: F64 = base + (u + rest)
  return copySign(result, x)
}

@_transparent
func atan2(_ y: F64, _ x: F64) -> F64 {
  let ay = absolute(y)
  let ax = absolute(x)
  let ratio: F64 = ay / ax
  let bothInfinite = equal(ay, d(.infinity)) & equal(ax, d(.infinity))
  let bothZero = equal(ay, d(0)) & equal(ax, d(0))
  let slope = select(bothInfinite, d(1), select(bothZero, d(0), ratio))
  let angle = atan(slope)
  let turned: F64 = d(0x1.921fb54442d18p1) - (angle - d(0x1.1a62633145c07p-53))
  // By the sign bit, so that -0 turns as well.
  let result = copySign(select(less(copySign(d(1), x), d(0)), turned, angle), y)
  return select(isNaN(x), x, select(isNaN(y), y, result))
}

/// asin(s) - s for s * s = z up to 1/4, over s.
@_transparent
func asinTail(_ z: F64) -> F64 {
  var p = d(0x1.e9a2cc23d507cp-6)
  p = fma(p, z, d(-0x1.427d8bf6268a3p-6))
  p = fma(p, z, d(0x1.458e775aefc08p-6))
  p = fma(p, z, d(0x1.7ddb965e6f51ep-9))
  p = fma(p, z, d(0x1.328a681ad64fbp-7))
  p = fma(p, z, d(0x1.3b14322cc2863p-7))
  p = fma(p, z, d(0x1.7b092ac5379e1p-7))
  p = fma(p, z, d(0x1.c9901c08057bp-7))
  p = fma(p, z, d(0x1.1c4f010478146p-6))
  p = fma(p, z, d(0x1.6e8ba0fd3d096p-6))
  p = fma(p, z, d(0x1.f1c71c7b29b67p-6))
  p = fma(p, z, d(0x1.6db6db6daae78p-5))
  p = fma(p, z, d(0x1.3333333333393p-4))
  p = fma(p, z, d(0x1.5555555555555p-3))
  return p * z
}

@_transparent
func asin(_ x: F64) -> F64 {
  let a = absolute(x)
  let isSmall = less(a, d(0.5))
  let z = select(isSmall, a * a, (d(1) - a) * d(0.5))
  let s = select(isSmall, a, f64x8_sqrt(z))
  let value: F64 = fma(s, asinTail(z), s)
  let turned: F64 = d(0x1.921fb54442d18p0) - (value + value - d(0x1.1a62633145c07p-54))
  return copySign(select(isSmall, value, turned), x)
}

@_transparent
func acos(_ x: F64) -> F64 {
  let a = absolute(x)
  let isSmall = less(a, d(0.5))
  let z = select(isSmall, a * a, (d(1) - a) * d(0.5))
  let s = select(isSmall, x, f64x8_sqrt(z))
  let value: F64 = fma(s, asinTail(z), s)
  let near: F64 = d(0x1.921fb54442d18p0) - (value - d(0x1.1a62633145c07p-54))
  let double: F64 = value + value
  let far: F64 = d(0x1.921fb54442d18p1) - (double - d(0x1.1a62633145c07p-53))
  return select(isSmall, near, select(less(x, d(0)), far, double))
}

/// Below 1 an odd polynomial; above, 1 - exp(-x * x) * erfcx(x), erfcx a polynomial in (x - 2) / (x + 2).
@_transparent
func erf(_ x: F64) -> F64 {
  let a = absolute(x)
  let isSmall = less(a, d(1))
  let z: F64 = a * a
  let bounded = select(isSmall, z, d(1))
  var p = d(0x1.06078ac7598a5p-34)
  p = fma(p, bounded, d(-0x1.38a0b9a3bf793p-30))
  p = fma(p, bounded, d(0x1.f7b60b38b060ep-27))
  p = fma(p, bounded, d(-0x1.5f1eef0c2c954p-23))
  p = fma(p, bounded, d(0x1.b9df2715b76dap-20))
  p = fma(p, bounded, d(-0x1.f4d1e383ed97fp-17))
  p = fma(p, bounded, d(0x1.f9a321dbfd0aep-14))
  p = fma(p, bounded, d(-0x1.c02db3db014cap-11))
  p = fma(p, bounded, d(0x1.565bcd0dbc1b5p-8))
  p = fma(p, bounded, d(-0x1.b82ce31284eaap-6))
  p = fma(p, bounded, d(0x1.ce2f21a042b32p-4))
  p = fma(p, bounded, d(-0x1.812746b0379e6p-2))
  p = fma(p, bounded, d(0x1.06eba8214db69p-3))
  let small: F64 = fma(a, p, a)
  let b = select(less(d(6), a), d(6), select(isSmall, d(1), a))
  let t: F64 = (b - d(2)) / (b + d(2))
  var q = d(-0x1.104be60167b5cp-21)
  q = fma(q, t, d(0x1.2f0fa79519d0fp-18))
  q = fma(q, t, d(0x1.e8474d81cbbd4p-20))
  q = fma(q, t, d(-0x1.df7e23c4cc0adp-17))
  q = fma(q, t, d(-0x1.cf13fe87148e2p-16))
  q = fma(q, t, d(0x1.cea42b5c1c014p-16))
  q = fma(q, t, d(0x1.6da7bbf64721dp-13))
  q = fma(q, t, d(0x1.6d56d9df8209bp-15))
  q = fma(q, t, d(-0x1.016b55805f25ap-10))
  q = fma(q, t, d(-0x1.bc259f7f3486p-11))
  q = fma(q, t, d(0x1.ca95ed3ee404p-8))
  q = fma(q, t, d(0x1.e9471591c4ae9p-9))
  q = fma(q, t, d(-0x1.437f0b68bb6a5p-4))
  q = fma(q, t, d(0x1.eeea7dc8a7b51p-3))
  q = fma(q, t, d(-0x1.b57034efd3f8bp-2))
  q = fma(q, t, d(0x1.058671b52c776p-2))
  let large: F64 = d(1) - exp(negated(b * b)) * q
  return copySign(select(isSmall, small, select(isNaN(x), x, large)), x)
}

/// x times a function of w = -log(1 - x * x), in three ranges (after Giles, "Approximating the erfinv function", 2010).
@_transparent
func erfInverse(_ x: F64) -> F64 {
  let a = absolute(x)
  let w = negated(log((d(1) - a) * (d(1) + a)))
  let u: F64 = w - d(3.125)
  var center = d(-0x1.843f5e0f63f42p-72)
  center = fma(center, u, d(0x1.e3fb51a31cd76p-69))
  center = fma(center, u, d(0x1.4f7f9dae43ce3p-66))
  center = fma(center, u, d(-0x1.9aa60427aab19p-62))
  center = fma(center, u, d(0x1.884abc14f10f2p-61))
  center = fma(center, u, d(0x1.1e5703136015ep-56))
  center = fma(center, u, d(-0x1.1b9b1c4144e1dp-53))
  center = fma(center, u, d(-0x1.6ce88fb9ef441p-55))
  center = fma(center, u, d(0x1.d679527919251p-48))
  center = fma(center, u, d(-0x1.6874b0c86b4d6p-45))
  center = fma(center, u, d(-0x1.6bbe48f7091c3p-44))
  center = fma(center, u, d(0x1.72366f37ad296p-39))
  center = fma(center, u, d(-0x1.c8a4ea11167bbp-37))
  center = fma(center, u, d(-0x1.dc3f34ca248a1p-35))
  center = fma(center, u, d(0x1.20f53b471d073p-30))
  center = fma(center, u, d(-0x1.1a9eb051b574cp-28))
  center = fma(center, u, d(-0x1.f36cedced9812p-26))
  center = fma(center, u, d(0x1.c6b4f88853169p-22))
  center = fma(center, u, d(-0x1.6e8a53cbc9f5fp-20))
  center = fma(center, u, d(-0x1.d1d1f7ca0ae64p-17))
  center = fma(center, u, d(0x1.879c2a20b2fb6p-13))
  center = fma(center, u, d(-0x1.84576948358d5p-11))
  center = fma(center, u, d(-0x1.8b6c33114ea9ep-8))
  center = fma(center, u, d(0x1.ebd80d9b13dfap-3))
  center = fma(center, u, d(0x1.a755e7c99ae86p+0))
  var factor = center
  if i64x8_any(f64x8_ge(w, d(6.25))) {
    let root = f64x8_sqrt(w)
    let v: F64 = root - d(3.25)
    var middle = d(-0x1.fc7de97798dafp-27)
    middle = fma(middle, v, d(0x1.f70e23c64c444p-31))
    middle = fma(middle, v, d(0x1.17dab6467648bp-23))
    middle = fma(middle, v, d(-0x1.23eb1de70b2c4p-22))
    middle = fma(middle, v, d(-0x1.c396ebaddbb1p-26))
    middle = fma(middle, v, d(0x1.9272d23f75093p-20))
    middle = fma(middle, v, d(-0x1.0b86ec84b0009p-18))
    middle = fma(middle, v, d(0x1.88a5a13026e67p-19))
    middle = fma(middle, v, d(0x1.a243f565d9f05p-17))
    middle = fma(middle, v, d(-0x1.8cf08e9cd35e9p-15))
    middle = fma(middle, v, d(0x1.1e6aadeb0bbd6p-14))
    middle = fma(middle, v, d(0x1.932d651ba2ep-16))
    middle = fma(middle, v, d(-0x1.7448bc611e517p-12))
    middle = fma(middle, v, d(0x1.f3cc552ea576p-11))
    middle = fma(middle, v, d(-0x1.ba9240da103d6p-10))
    middle = fma(middle, v, d(0x1.468eeca6f2959p-9))
    middle = fma(middle, v, d(-0x1.ebadabb9fd247p-9))
    middle = fma(middle, v, d(0x1.5ffcfe5b71f1ap-8))
    middle = fma(middle, v, d(0x1.0158a6d641d54p+0))
    middle = fma(middle, v, d(0x1.8abcc380d5a48p+1))
    let y: F64 = root - d(5)
    var end = d(-0x1.21403cbfb5ebap-36)
    end = fma(end, y, d(0x1.823eaac57dd01p-35))
    end = fma(end, y, d(0x1.c31c6b082ca41p-35))
    end = fma(end, y, d(-0x1.e601fd84509dep-32))
    end = fma(end, y, d(0x1.736aed91b9fecp-30))
    end = fma(end, y, d(-0x1.dc043d3183c9cp-29))
    end = fma(end, y, d(0x1.0b7cf765653dp-27))
    end = fma(end, y, d(-0x1.0634c8951b414p-26))
    end = fma(end, y, d(0x1.f2ea14fc99c92p-26))
    end = fma(end, y, d(-0x1.2222846d3b13ep-24))
    end = fma(end, y, d(0x1.ebdedba52551fp-23))
    end = fma(end, y, d(-0x1.0a908aa016c0ep-20))
    end = fma(end, y, d(0x1.2fbd043b667b1p-18))
    end = fma(end, y, d(-0x1.4a348f8726173p-16))
    end = fma(end, y, d(0x1.3ebf4ef095a6fp-14))
    end = fma(end, y, d(-0x1.c2f36aa2d377cp-13))
    end = fma(end, y, d(-0x1.22ea5df1997fep-13))
    end = fma(end, y, d(0x1.02a30d1fba10fp+0))
    end = fma(end, y, d(0x1.3664ddd1ad7fbp+2))
    factor = select(less(w, d(6.25)), center, select(less(w, d(16)), middle, end))
  }
  let inside = select(less(a, d(1)), x * factor, d(.nan))
  return select(equal(a, d(1)), copySign(d(.infinity), x), inside)
}

/// log(x) in double-double, so the error stays near half an ulp.
@_transparent
func power(_ x: F64, _ y: F64) -> F64 {
  let a = absolute(x)
  let (m, k) = splitExponent(a)
  let f: F64 = m - d(1)
  let sum: F64 = d(2) + f
  let sumLow: F64 = f - (sum - d(2))
  let s: F64 = f / sum
  let back: F64 = s * sum
  let residue: F64 = ((f - back) - productError(s, sum, back)) - s * sumLow
  let sLow: F64 = residue / sum
  let z: F64 = s * s
  let zLow: F64 = productError(s, s, z) + d(2) * s * sLow
  let cube: F64 = s * z
  let cubeLow: F64 = productError(s, z, cube) + (s * zLow + sLow * z)
  let third: F64 = cube * d(0x1.5555555555555p-1)
  let thirdError: F64 = productError(cube, d(0x1.5555555555555p-1), third)
  let thirdLow: F64 = thirdError + (cube * d(0x1.5555555555555p-55) + cubeLow * d(0x1.5555555555555p-1))
  var p = d(0x1.08849f4064207p-3)
  p = fma(p, z, d(0x1.1017a829abdf9p-3))
  p = fma(p, z, d(0x1.3b18c13d3cc3bp-3))
  p = fma(p, z, d(0x1.745d09d182091p-3))
  p = fma(p, z, d(0x1.c71c71d81b6a4p-3))
  p = fma(p, z, d(0x1.249249248e43fp-2))
  p = fma(p, z, d(0x1.999999999999fp-2))
  let first: F64 = s + s
  let lead: F64 = first + third
  let leadLow: F64 = (first - lead) + third
  let ln: F64 = k * d(0x1.62e42feep-1)
  let high: F64 = ln + lead
  let highLow: F64 = (ln - high) + lead
  let small: F64 = fma(cube * z, p, d(2) * sLow + thirdLow)
  let low: F64 = (highLow + fma(k, d(0x1.a39ef35793c76p-33), leadLow)) + small
  let logHigh: F64 = high + low
  let logLow: F64 = (high - logHigh) + low
  let product: F64 = y * logHigh
  let tail: F64 = productError(y, logHigh, product) + y * logLow
  let isLarge = less(d(800), absolute(product))
  let exponent = select(isLarge, copySign(d(800), product), product)
  let core = expWithTail(exponent, select(isLarge, d(0), tail))
  return powerSpecials(core, x, y)
}

/// For floats: here the logarithm in double precision is exact enough.
@_transparent
func narrowPower(_ x: F64, _ y: F64) -> F64 { powerSpecials(exp(y * log(absolute(x))), x, y) }

/// C's results for zeros, infinities, NaN and negative bases; `core` is the power of |x|.
@_transparent
func powerSpecials(_ core: F64, _ x: F64, _ y: F64) -> F64 {
  let a = absolute(x)
  // Zero and infinity as bases, then the sign.
  let falling = less(y, d(0))
  let zeroBase = select(falling, d(.infinity), d(0))
  let infiniteBase = select(falling, d(0), d(.infinity))
  var result = select(equal(a, d(0)), zeroBase, select(equal(a, d(.infinity)), infiniteBase, core))
  let isInteger = equal(f64x8_trunc(y), y)
  let half: F64 = y * d(0.5)
  let isOdd = isInteger & f64x8_ne(f64x8_trunc(half), half)
  let isNegative = less(copySign(d(1), x), d(0))
  result = select(isNegative & isOdd, negated(result), result)
  let isFiniteNegative = less(x, d(0)) & less(a, d(.infinity))
  result = select(isFiniteNegative & ~isInteger, d(.nan), result)
  // |x| = 1 to an infinite power.
  result = select(equal(a, d(1)) & equal(absolute(y), d(.infinity)), d(1), result)
  result = select(isNaN(x), x, select(isNaN(y), y, result))
  return select(equal(y, d(0)) | equal(x, d(1)), d(1), result)
}

/// The reduction of angles from `angleLimit` on: exact products with the digits of 2 / pi that matter (Payne and Hanek,
/// "Radian reduction for trigonometric functions", 1983). Infinities and NaN become NaN.
@inline(never)
func reduceHuge(
  _ x: F64, _ isHuge: I64, _ high: F64, _ low: F64, _ quarters: I64
) -> (high: F64, low: F64, quarters: I64) {
  var high = high, low = low, quarters = quarters
  for lane in 0..<8 where isHuge[lane] != 0 {
    let pattern = x[lane].bitPattern
    let exponent = Int(pattern >> 52) & 0x7ff
    if exponent == 0x7ff {
      (high[lane], low[lane], quarters[lane]) = (.nan, 0, 0)
      continue
    }
    let significand = UInt64(pattern & 0x000f_ffff_ffff_ffff) | 0x0010_0000_0000_0000
    // x = significand * 2^shift. Digits of 2 / pi whose product is a multiple of four quarters are left out.
    let firstBit = exponent - 1077
    let w0 = twoOverPi(from: firstBit), w1 = twoOverPi(from: firstBit + 64), w2 = twoOverPi(from: firstBit + 128)
    // The product modulo 2^192: two bits of quarters, then their fraction.
    let product1 = significand.multipliedFullWidth(by: w1)
    let product2 = significand.multipliedFullWidth(by: w2)
    let (middle, carry) = product1.low.addingReportingOverflow(product2.high)
    let top = significand &* w0 &+ product1.high &+ (carry ? 1 : 0)
    var quarter = Int64(top >> 62)
    var fraction = top << 2 | middle >> 62, fractionLow = middle << 2 | product2.low >> 62
    let isUpper = fraction >> 63 != 0
    if isUpper {
      quarter += 1
      (fraction, fractionLow) = (~fraction, ~fractionLow)
    }
    let value = Double(fraction)
    let rest = Double(Int64(bitPattern: fraction &- UInt64(value))) + Double(fractionLow) * 0x1p-64
    let isNegative = (x[lane] < 0) != isUpper
    let scale = isNegative ? -0x1p-64 : 0x1p-64
    let angle = value * 0x1.921fb54442d18p0
    let error = kernel_fma(value, 0x1.921fb54442d18p0, -angle)
    let angleLow = (error + (value * 0x1.1a62633145c07p-54 + rest * 0x1.921fb54442d18p0)) * scale
    (high[lane], low[lane]) = (angle * scale, angleLow)
    quarters[lane] = x[lane] < 0 ? -quarter : quarter
  }
  return (high, low, quarters)
}

/// 64 digits of 2 / pi; bit 0 is the first behind the point.
func twoOverPi(from bit: Int) -> UInt64 {
  let word = bit >> 6, offset = UInt64(bit & 63)
  let first = word < 0 ? 0 : kernel_two_over_pi(Int32(word))
  let second = word < -1 ? 0 : kernel_two_over_pi(Int32(word + 1))
  return offset == 0 ? first : first << offset | second >> (64 - offset)
}

/// Cosine and sine of 2 pi * turn, turn in [0, 1).
@_transparent
func cosineAndSineOfTurn(_ turn: F64) -> (cosine: F64, sine: F64) {
  let quarters: F64 = turn * d(4)
  let t: F64 = quarters + d(0x1.8p52)
  let n: F64 = t - d(0x1.8p52)
  let r: F64 = quarters - n
  let z: F64 = r * r
  var s = d(-0x1.6c5b93177403ep-31)
  s = fma(s, z, d(0x1.e8eed157ebd73p-25))
  s = fma(s, z, d(-0x1.e3074b502b7dep-19))
  s = fma(s, z, d(0x1.50783485cbfecp-13))
  s = fma(s, z, d(-0x1.32d2cce62ac24p-8))
  s = fma(s, z, d(0x1.466bc6775aad9p-4))
  s = fma(s, z, d(-0x1.4abbce625be53p-1))
  s = fma(s, z, d(0x1.921fb54442d18p+0))
  var c = d(0x1.1e7465bd9a8edp-34)
  c = fma(c, z, d(-0x1.b6de8ba86a449p-28))
  c = fma(c, z, d(0x1.f9d38708949a9p-22))
  c = fma(c, z, d(-0x1.a6d1f2a086e14p-16))
  c = fma(c, z, d(0x1.e1f506891ae96p-11))
  c = fma(c, z, d(-0x1.55d3c7e3cbff7p-6))
  c = fma(c, z, d(0x1.03c1f081b5ac4p-2))
  c = fma(c, z, d(-0x1.3bd3cc9be45dep+0))
  let sine: F64 = s * r
  let cosine: F64 = fma(c, z, d(1))
  let odd: I64 = bits(t) &<< 63
  let first = select(odd, sine, cosine)
  let second = select(odd, cosine, sine)
  let sineSign: I64 = (bits(t) & i(2)) &<< 62
  let cosineSign: I64 = ((bits(t) &+ i(1)) & i(2)) &<< 62
  return (fromBits(bits(first) ^ cosineSign), fromBits(bits(second) ^ sineSign))
}
