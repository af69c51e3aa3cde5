import TensorRuntime
import TensorTypes
import Testing

extension KernelSuite {
  /// (batch, m, n, k): one tile and less, several panels, more than one piece of k, strides that alias, nothing at all.
  static let products = [
    (1, 1, 1, 1), (1, 3, 5, 7), (2, 32, 64, 100), (1, 13, 33, 17), (3, 50, 70, 300), (1, 100, 140, 513), (1, 7, 1, 64),
    (1, 1, 77, 33), (1, 65, 31, 16), (2, 30, 1024, 20), (1, 0, 4, 4), (1, 4, 0, 4), (2, 3, 4, 0), (1, 97, 600, 40),
  ]

  @Test func productsMatchSumsInDoublePrecision() {
    var dice = Dice(11)
    for (batch, m, n, k) in Self.products {
      for (transposeA, transposeB) in [(false, false), (true, false), (false, true), (true, true)] {
        for sharesB in [false, true] {
          let a = Block((0..<(batch * m * k)).map { _ in Float(dice.between(-1, 1)) }, misalignment: 1, fill: 0)
          let b = Block(
            (0..<((sharesB ? 1 : batch) * k * n)).map { _ in Float(dice.between(-1, 1)) }, misalignment: 2, fill: 0)
          var expected: [Double] = []
          for entry in 0..<batch {
            for i in 0..<m {
              for j in 0..<n {
                var sum = 0.0
                for l in 0..<k {
                  let x = a.pointer[entry * m * k + (transposeA ? l * m + i : i * k + l)]
                  let y = b.pointer[(sharesB ? 0 : entry * k * n) + (transposeB ? j * k + l : l * n + j)]
                  sum += Double(x) * Double(y)
                }
                expected.append(sum)
              }
            }
          }
          var bits: Set<[UInt32]> = []
          for level in runnableLevels {
            for threads in [1, 2] {
              Self.atLevel(level, threads: threads) {
                let c = Block<Float>(count: batch * m * n, misalignment: 3, fill: .nan)
                let status = Kernels.matmul(
                  .f32, a: a.pointer, b: b.pointer, c: c.pointer, batch: batch, m: m, n: n, k: k,
                  transposeA: transposeA,
                  transposeB: transposeB, strideA: m * k, strideB: sharesB ? 0 : k * n)
                #expect(status == .ok)
                let worst = zip(c.elements, expected).map { abs(Double($0) - $1) }.max() ?? 0
                #expect(worst <= 1e-6 * Double(k + 10), "\(level) \(batch)x \(m) \(n) \(k) \(transposeA) \(transposeB)")
                #expect(c.isIntactBehind)
                if level.rawValue != 2 { bits.insert(bitPatterns(c.elements)) }
              }
            }
          }
          #expect(
            bits.count <= 1, "\(m) \(n) \(k): the same bits on every level with FMA and for any number of threads")
        }
      }
    }
  }

  @Test func productsOfDoublesAddToStridedResults() {
    var dice = Dice(12)
    for (batch, m, n, k) in Self.products where batch == 1 {
      let a = Block((0..<(m * k)).map { _ in dice.between(-1, 1) }, fill: 0)
      let b = Block((0..<(k * n)).map { _ in dice.between(-1, 1) }, misalignment: 1, fill: 0)
      let rowStride = n + 3
      for level in runnableLevels {
        Self.atLevel(level) {
          let c = Block<Double>(count: m * rowStride, fill: 2)
          #expect(
            Kernels.matmul(
              .f64, a: a.pointer, b: b.pointer, c: c.pointer, batch: 1, m: m, n: n, k: k, transposeA: false,
              transposeB: true, strideA: 0, strideB: 0, rowStrideC: rowStride, accumulate: true) == .ok)
          var worst = 0.0
          for i in 0..<m {
            for j in 0..<rowStride {
              var sum = 2.0
              if j < n { for l in 0..<k { sum += a.pointer[i * k + l] * b.pointer[j * k + l] } }
              worst = max(worst, abs(c.pointer[i * rowStride + j] - sum))
            }
          }
          #expect(worst <= 1e-13, "\(level) \(m) \(n) \(k)")
        }
      }
    }
  }

  @Test func largeProductsGiveTheSameBitsOnOneAndOnSeveralThreads() {
    var dice = Dice(13)
    let (m, n, k) = (301, 290, 270)
    let a = Block((0..<(m * k)).map { _ in Float(dice.between(-1, 1)) }, fill: 0)
    let b = Block((0..<(k * n)).map { _ in Float(dice.between(-1, 1)) }, fill: 0)
    var bits: Set<[UInt32]> = []
    for threads in [1, 2, 4] {
      Self.atLevel(.best, threads: threads) {
        let c = Block<Float>(count: m * n, fill: 0)
        _ = Kernels.matmul(
          .f32, a: a.pointer, b: b.pointer, c: c.pointer, batch: 1, m: m, n: n, k: k, transposeA: false,
          transposeB: false, strideA: 0, strideB: 0)
        bits.insert(bitPatterns(c.elements))
      }
    }
    #expect(bits.count == 1)
  }
}
