// The elementary functions of MathF32.swift in the kernels, as those compute them where there is AVX-512: the same
// operations on the same numbers, so the same bits.

extension VectorProgram {
  private mutating func polynomial(_ x: Int, _ coefficients: [Float]) -> Int {
    var result = number(coefficients[0])
    for coefficient in coefficients.dropFirst() { result = apply(.multiplyAdd, result, x, number(coefficient)) }
    return result
  }

  /// For x = n ln 2 + r: exp(r) - 1, n, and a number whose lowest bits are n.
  private mutating func reduced(_ x: Int) -> (power: Int, n: Int, bits: Int) {
    let bits = apply(.multiplyAdd, x, number(0x1.715476p0), number(0x1.8p23))
    let n = apply(.subtract, bits, number(0x1.8p23))
    let high = apply(.multiplyAdd, n, number(-0x1.63p-1), x)
    let r = apply(.multiplyAdd, n, number(0x1.bd0106p-13), high)
    let q = polynomial(r, [0x1.6d98dcp-10, 0x1.122826p-7, 0x1.555488p-5, 0x1.5554bp-3, 0x1p-1])
    return (apply(.multiplyAdd, apply(.multiply, r, r), q, r), n, bits)
  }

  mutating func exp(_ argument: Int) -> Int {
    let x = apply(.greatest, number(-104), apply(.least, number(89), argument))
    let (power, n, _) = reduced(x)
    return apply(.scale, apply(.add, number(1), power), n)
  }

  mutating func sigmoid(_ x: Int) -> Int {
    let e = exp(negated(x))
    return apply(.divide, number(1), apply(.add, number(1), e))
  }

  mutating func tanh(_ x: Int) -> Int {
    let bounded = apply(.least, number(10), absolute(x))
    let (power, _, bits) = reduced(apply(.add, bounded, bounded))
    let scale = apply(.addIntegers, apply(.shiftLeft(23), bits), number(1))
    let e = apply(.multiplyAdd, scale, power, apply(.subtract, scale, number(1)))
    return apply(.copySign, apply(.divide, e, apply(.add, e, number(2))), x)
  }

  mutating func log(_ x: Int) -> Int {
    let root = number(bits: 0x3f35_04f3)
    let shifted = apply(.addIntegers, x, number(bits: 0x3f80_0000 - 0x3f35_04f3))
    let exponent = apply(.subtractIntegers, apply(.shiftRight(23), shifted), number(bits: 127))
    let k = apply(.fromIntegers, exponent)
    let significand = apply(.addIntegers, apply(.and, shifted, number(bits: 0x007f_ffff)), root)
    let m = apply(.subtract, significand, number(1))
    let z = apply(.multiply, m, m)
    let p = polynomial(
      m,
      [
        0x1.1b1e78p-4, -0x1.e2eafep-4, 0x1.e6609ap-4, -0x1.fb4522p-4, 0x1.23320ap-3, -0x1.5562c6p-3, 0x1.99a54ap-3,
        -0x1.ffffeep-3, 0x1.555546p-2,
      ])
    let cubic = apply(.multiply, apply(.multiply, m, z), p)
    let low = apply(.multiplyAdd, k, number(-0x1.bd0106p-13), cubic)
    let rest = apply(.multiplyAdd, z, number(-0.5), low)
    let finite = apply(.multiplyAdd, k, number(0x1.63p-1), apply(.add, m, rest))
    let bounded = apply(.select, apply(.compare(.less), x, number(.infinity)), finite, x)
    let positive = apply(.select, apply(.compare(.less), x, number(0)), number(.nan), bounded)
    return apply(.select, apply(.compare(.equal), x, number(0)), number(-.infinity), positive)
  }

  mutating func erf(_ x: Int) -> Int {
    let a = absolute(x)
    let isSmall = apply(.compare(.less), a, number(0.93))
    let bounded = apply(.select, isSmall, apply(.multiply, a, a), number(1))
    let p = polynomial(
      bounded, [-0x1.38b73ap-11, 0x1.46ee98p-8, -0x1.b6803p-6, 0x1.ce19d2p-4, -0x1.8126e2p-2, 0x1.06eba6p-3])
    let small = apply(.multiplyAdd, a, p, a)
    let b = apply(.least, number(4.05), a)
    let q = polynomial(
      b,
      [
        0x1.8378d8p-17, -0x1.55b9d4p-12, 0x1.df0796p-9, -0x1.85baeep-6, 0x1.b3432cp-4, 0x1.45306p-1, 0x1.077aeep-3,
      ])
    let e = exp(negated(apply(.multiplyAdd, b, q, b)))
    return apply(.copySign, apply(.select, isSmall, small, apply(.subtract, number(1), e)), x)
  }

  mutating func sign(_ x: Int) -> Int {
    let negative = apply(.select, apply(.compare(.less), x, number(0)), number(-1), x)
    return apply(.select, apply(.compare(.greater), x, number(0)), number(1), negative)
  }
}
