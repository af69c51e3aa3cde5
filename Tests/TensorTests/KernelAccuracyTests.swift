import Glibc
import KernelTypes
import TensorRuntime
import TensorTypes
import Testing

extension KernelSuite {
  /// Largest errors seen over the whole range, in units in the last place of the exact result, on levels with FMA (v2
  /// is within 0.5 of them). The reference is the system's double function, itself within one unit for doubles.
  ///
  /// | | f32 | f64 |
  /// |---|---|---|
  /// | exp | 1.1 | 1.0 |
  /// | log | 0.9 | 1.0 |
  /// | tanh | 2.5 | 3 |
  /// | sigmoid | 2.4 | 3 |
  /// | erf | 1.4 | 1.5 |
  /// | sin, cos | 0.51 | 1.0 |
  /// | tan | 0.51 | 2 |
  /// | expm1, log1p, asin, acos, atan | 0.51 | 2.5 |
  /// | sinh, cosh | 0.51 | 3.5 |
  /// | erfInverse | 0.51 | 4 |
  static let limits: [(opcode: TileOpcode, low: Double, high: Double, f32: Double, f64: Double)] = [
    (.exp, -110, 92, 1.1, 1.1), (.exp, -750, 711, 1.1, 1.1), (.log, 1e-300, 1e300, 0.9, 1.1),
    (.log, 0.4, 2.5, 0.9, 1.1),
    (.tanh, -15, 15, 2.7, 3), (.tanh, 1e-20, 1, 2.7, 3), (.sigmoid, -100, 100, 2.6, 3), (.erf, -7, 7, 1.6, 1.6),
    (.erf, 1e-20, 1, 1.6, 1.6), (.sin, -1000, 1000, 0.51, 1.1), (.sin, 1, 1e300, 0.51, 1.1),
    (.cos, -1000, 1000, 0.51, 1.1),
    (.cos, 1, 1e300, 0.51, 1.1), (.tan, -100, 100, 0.51, 2.1), (.tan, 1, 1e300, 0.51, 2.1),
    (.expm1, -50, 90, 0.51, 2.5), (.expm1, 1e-20, 1, 0.51, 2.5), (.log1p, -0.999, 10, 0.51, 2),
    (.log1p, 1e-20, 1e20, 0.51, 2), (.asin, -1, 1, 0.51, 2.5), (.acos, -1, 1, 0.51, 2.5), (.atan, -100, 100, 0.51, 2),
    (.sinh, -700, 700, 0.51, 3.6), (.sinh, 1e-20, 1, 0.51, 3.6), (.cosh, -700, 700, 0.51, 3.6),
    (.erfInverse, -0.99, 0.99, 0.51, 4), (.sqrt, 0, 1e10, 0.5, 0.5),
  ]

  /// Half of the samples evenly spaced, half by magnitude where the range is positive.
  static func samples(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
    (0..<count).map { index in
      let part = Double(index) / Double(count - 1)
      return low > 0 && index % 2 == 0 ? exp2(log2(low) + (log2(high) - log2(low)) * part) : low + (high - low) * part
    }
  }

  static func apply<T>(_ opcode: TileOpcode, type: UInt8, _ inputs: [T], zero: T) -> [T] {
    let x = Block(inputs, fill: zero), y = Block<T>(count: inputs.count, fill: zero)
    let program = [
      TileInstruction(.load, type: type, destination: 0, a: 0),
      TileInstruction(opcode, type: type, destination: 1, a: 0),
      TileInstruction(.store, type: type, a: 1, b: 1),
    ]
    _ = run(program, domain: TileDomain(inner: inputs.count), operands: [x.operand, y.operand])
    return y.elements
  }

  @Test func elementaryFunctionsStayWithinTheirErrors() {
    for (opcode, low, high, limit32, limit64) in Self.limits {
      let samples = Self.samples(low, high, 20_000)
      let narrow = samples.map { Float($0) }.filter { $0.isFinite && abs($0) >= .leastNormalMagnitude }
      for level in runnableLevels {
        let slack = level.rawValue == 2 ? 0.5 : 0
        Self.atLevel(level) {
          let found = Self.apply(opcode, type: 0, narrow, zero: 0)
          var worst = (error: 0.0, at: Float(0))
          for (x, y) in zip(narrow, found) {
            let error = ulps(y, PlainTiles.arithmetic(opcode, Double(x), 0, 0))
            if error > worst.error { worst = (error, x) }
          }
          #expect(worst.error <= limit32 + slack, "\(level) f32 \(opcode) at \(worst.at)")
          let wide = Self.apply(opcode, type: 1, samples, zero: 0)
          var worstWide = (error: 0.0, at: 0.0)
          for (x, y) in zip(samples, wide) {
            let error = ulps(y, PlainTiles.arithmetic(opcode, x, 0, 0))
            if error > worstWide.error { worstWide = (error, x) }
          }
          #expect(worstWide.error <= limit64 + slack, "\(level) f64 \(opcode) at \(worstWide.at)")
        }
      }
    }
  }

  @Test func powersStayWithinTheirErrors() {
    var dice = Dice(41)
    var xs: [Double] = [], ys: [Double] = []
    for _ in 0..<20_000 {
      xs.append(exp2(dice.between(-20, 20)))
      ys.append(dice.between(-40, 40))
    }
    for level in runnableLevels {
      Self.atLevel(level) {
        let x = Block(xs, fill: 0), y = Block(ys, fill: 0), z = Block<Double>(count: xs.count, fill: 0)
        _ = Self.run(
          Self.program(.power, type: 1), domain: TileDomain(inner: xs.count),
          operands: [x.operand, y.operand, z.operand])
        let worst = zip(zip(xs, ys), z.elements).map { ulps($1, pow($0.0, $0.1)) }.max() ?? 0
        #expect(worst <= 1.1, "\(level)")
      }
    }
  }

  @Test func numbersOfTheHostHaveTheBitsOfTensors() {
    #expect(HostMath.value(.power, 2, 10) == 1024)
    #expect(HostMath.value(.remainder, -7.5, 2) == 0.5)
    for opcode: TileOpcode in [.exp, .log, .sin, .tanh, .erf] {
      let inputs = Self.samples(0.01, 20, 100)
      let outputs = Self.apply(opcode, type: 1, inputs, zero: 0)
      #expect(inputs.map { HostMath.value(opcode, $0).bitPattern } == bitPatterns(outputs))
    }
  }
}
