/// The address of a draw: two words, as the tensor runtime's keys.
public struct RandomKey: Sendable, Hashable {
  public var key0: UInt64
  public var key1: UInt64
  public init(_ key0: UInt64, _ key1: UInt64 = 0) {
    self.key0 = key0
    self.key1 = key1
  }

  /// Another key for each number.
  public func folded(_ number: Int) -> RandomKey {
    RandomKey(
      RandomNumbers.mix(key0 ^ RandomNumbers.mix(UInt64(bitPattern: Int64(number)) &+ 1)), key1 &+ key0)
  }
}

/// A row of random numbers for orders and made-up data: the same on every machine, because everything beyond the basic
/// operations (log, sine) is computed here.
public struct RandomNumbers {
  private var state: UInt64

  public init(_ key: RandomKey) { state = Self.mix(key.key0 &+ Self.mix(key.key1 ^ 0x6a09_e667_f3bc_c909)) }

  /// The finisher of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
  static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mix(state)
  }

  /// In 0 ..< 1, in steps of 2^-53.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  public mutating func uniform(_ lower: Double, _ upper: Double) -> Double { lower + (upper - lower) * uniform() }

  /// In 0 ..< bound, all equally likely (Lemire: Fast random integer generation in an interval, 2019). `bound` > 0.
  public mutating func below(_ bound: Int) -> Int {
    let bound = UInt64(max(bound, 1))
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// Mean 0, deviation 1 (Box and Muller, 1958; the second number of each pair is not used).
  public mutating func normal() -> Double {
    let radius = (-2 * naturalLogarithm(1 - uniform())).squareRoot()
    return radius * sineAndCosine(turns: uniform()).cosine
  }

  /// 0 ..< count in random order (Fisher and Yates).
  public mutating func permuted(_ count: Int) -> [Int] {
    var order = Array(0..<max(count, 0))
    for index in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(index, below(index + 1)) }
    return order
  }

  func permutation(_ count: Int) -> [Int] {
    var copy = self
    return copy.permuted(count)
  }
}

/// For 0 < x, from the series of the inverse hyperbolic tangent; within a few units in the last place.
func naturalLogarithm(_ x: Double) -> Double {
  var exponent = Double(x.exponent)
  var fraction = x.significand
  if fraction > 2.0.squareRoot() {
    fraction /= 2
    exponent += 1
  }
  let s = (fraction - 1) / (fraction + 1)
  let square = s * s
  var sum = 0.0
  for k in stride(from: 25, through: 1, by: -2) { sum = sum * square + 1 / Double(k) }
  return 2 * s * sum + exponent * 0.693147180559945309417232
}

/// Of an angle in whole turns, by Taylor series on an eighth of the circle.
func sineAndCosine(turns: Double) -> (sine: Double, cosine: Double) {
  let quarters = (turns * 4).rounded()
  let angle = (turns * 4 - quarters) * (Double.pi / 2)
  let square = angle * angle
  var sine = 1.0
  var cosine = 1.0
  for k in stride(from: 16, through: 2, by: -2) {
    sine = 1 - sine * square / Double(k * (k + 1))
    cosine = 1 - cosine * square / Double(k * (k - 1))
  }
  sine *= angle
  switch Int(quarters) & 3 {
  case 0: return (sine, cosine)
  case 1: return (cosine, -sine)
  case 2: return (-sine, -cosine)
  default: return (-cosine, sine)
  }
}
