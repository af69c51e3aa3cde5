import KernelTypes
import TensorRuntime
import TensorTypes
import Testing

extension KernelSuite {
  /// (batch, m, n, k): one tile and less, several panels, more than one piece of k, strides that alias, nothing at all,
  /// low blocks, slices of B, fewer terms than a square of B that is transposed.
  static let products = [
    (1, 1, 1, 1), (1, 3, 5, 7), (2, 32, 64, 100), (1, 13, 33, 17), (3, 50, 70, 300), (1, 100, 140, 513), (1, 7, 1, 64),
    (1, 1, 77, 33), (1, 65, 31, 16), (2, 30, 1024, 20), (1, 0, 4, 4), (1, 4, 0, 4), (2, 3, 4, 0), (1, 97, 600, 40),
    (2, 1, 600, 70), (1, 200, 300, 260), (1, 400, 70, 40), (1, 50, 530, 600), (1, 40, 96, 10),
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
                multiply(
                  MatmulPlan(
                    .f32, m: m, n: n, k: k, batch: (1, batch),
                    a: MatrixLayout(rows: m, columns: k, isTransposed: transposeA),
                    b: MatrixLayout(rows: k, columns: n, isTransposed: transposeB, isShared: sharesB),
                    c: MatrixLayout(rows: m, columns: n)), a.pointer, b.pointer, c.pointer)
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

  /// Results that are written past the caches: whole lines and not, more than one piece of k.
  @Test func largeResultsAreWhole() throws {
    var dice = Dice(19)
    for (m, n, k) in [(1100, 1024, 3), (1050, 1007, 2), (2049, 513, 258)] {
      let a = Block((0..<(m * k)).map { _ in Float(dice.between(-1, 1)) }, fill: 0)
      let b = Block((0..<(k * n)).map { _ in Float(dice.between(-1, 1)) }, fill: 0)
      let c = try #require(Storage(byteCount: m * n * 4))
      let results = c.address.bindMemory(to: Float.self, capacity: m * n)
      var bits: Set<UInt64> = []
      for level in runnableLevels {
        for threads in [1, 2] {
          Self.atLevel(level, threads: threads) {
            results.initialize(repeating: .nan, count: m * n)
            multiply(
              MatmulPlan(
                .f32, m: m, n: n, k: k, a: MatrixLayout(rows: m, columns: k), b: MatrixLayout(rows: k, columns: n),
                c: MatrixLayout(rows: m, columns: n)), a.pointer, b.pointer, results)
            var worst = 0.0
            var hash: UInt64 = 0
            for i in 0..<m {
              for j in 0..<n {
                hash = hash &* 31 &+ UInt64(results[i * n + j].bitPattern)
                // A few of the long sums, all of the short ones.
                if k > 3, (i * n + j) % 1009 != 0 { continue }
                var sum = 0.0
                for l in 0..<k { sum += Double(a.pointer[i * k + l]) * Double(b.pointer[l * n + j]) }
                worst = max(worst, abs(Double(results[i * n + j]) - sum))
              }
            }
            #expect(worst <= 1e-6 * Double(k + 10), "\(level) \(m) \(n) \(k)")
            if level.rawValue != 2 { bits.insert(hash) }
          }
        }
      }
      #expect(bits.count <= 1)
    }
  }

  /// More rows than go at once, by an operand whose packed copy would be large: nothing of its size is made, and each
  /// row is what it is among fewer rows.
  @Test(arguments: [false, true]) func largeOperandsAreNotPackedWhole(transposed: Bool) throws {
    var dice = Dice(23)
    let (m, n, k, few) = (400, 1030, 4100, 100)
    let a = Block((0..<(m * k)).map { _ in Float(dice.between(-1, 1)) }, fill: 0)
    let b = Block((0..<(k * n)).map { _ in Float(dice.between(-1, 1)) }, fill: 0)
    let layout = transposed ? MatrixLayout(row: 1, column: k) : MatrixLayout(rows: k, columns: n)
    func plan(_ rows: Int) -> MatmulPlan {
      MatmulPlan(
        .f32, m: rows, n: n, k: k, a: MatrixLayout(rows: rows, columns: k), b: layout,
        c: MatrixLayout(rows: rows, columns: n))
    }
    for threads in [1, 2] {
      Self.atLevel(KernelLevel.current, threads: threads) {
        #expect(plan(m).packedBytes == 0)
        let c = Block<Float>(count: m * n, fill: 0)
        multiply(plan(m), a.pointer, b.pointer, c.pointer)
        for first in stride(from: 0, to: m, by: few) {
          let part = Block<Float>(count: few * n, fill: 0)
          multiply(plan(few), a.pointer + first * k, b.pointer, part.pointer)
          #expect((0..<few * n).allSatisfy { part.pointer[$0].bitPattern == c.pointer[first * n + $0].bitPattern })
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
          multiply(
            MatmulPlan(
              .f64, m: m, n: n, k: k, a: MatrixLayout(rows: m, columns: k),
              b: MatrixLayout(rows: k, columns: n, isTransposed: true), c: MatrixLayout(row: rowStride, column: 1),
              accumulates: true), a.pointer, b.pointer, c.pointer)
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

  /// Many rows; few rows and many columns, packed as they are used; rows of A and B that alias.
  @Test(arguments: [(301, 290, 270), (100, 1100, 300), (340, 1030, 513), (256, 1024, 512), (8, 4096, 128)])
  func largeProductsGiveTheSameBitsOnOneAndOnSeveralThreads(_ m: Int, _ n: Int, _ k: Int) {
    var dice = Dice(13)
    let a = Block((0..<(m * k)).map { _ in Float(dice.between(-1, 1)) }, fill: 0)
    let b = Block((0..<(k * n)).map { _ in Float(dice.between(-1, 1)) }, fill: 0)
    for (transposeA, transposeB) in [(false, false), (true, true)] {
      var bits: Set<[UInt32]> = []
      let other = runnableLevels.last { $0 != .best } ?? .best
      for (level, threads) in [(KernelLevel.best, 1), (.best, 2), (.best, 4), (other, 1)] where level.rawValue != 2 {
        Self.atLevel(level, threads: threads) {
          let c = Block<Float>(count: m * n, fill: 0)
          multiply(
            MatmulPlan(
              .f32, m: m, n: n, k: k, a: MatrixLayout(rows: m, columns: k, isTransposed: transposeA),
              b: MatrixLayout(rows: k, columns: n, isTransposed: transposeB), c: MatrixLayout(rows: m, columns: n)),
            a.pointer, b.pointer, c.pointer)
          bits.insert(bitPatterns(c.elements))
          #expect(c.isIntactBehind)
        }
      }
      #expect(bits.count == 1, "\(transposeA) \(transposeB)")
    }
  }

  /// Operands that are zero outside of a band, and results of which a band is needed: the same bits as all terms give.
  @Test(arguments: [(128, 128, 32), (128, 32, 128), (70, 90, 300), (1, 40, 9), (40, 1, 33), (300, 65, 520)])
  func bandsLeaveOutZeros(_ m: Int, _ n: Int, _ k: Int) {
    var dice = Dice(15)
    let bands = [
      Band.full, Band(high: 0), Band(low: 0), Band(low: -20, high: 7), Band(high: -30), Band(low: 1000),
      Band(low: 5, high: 4),
    ]
    for (index, aBand) in bands.enumerated() {
      let bBand = bands[(index * 3 + 1) % bands.count], cBand = bands[(index * 5 + 2) % bands.count]
      for (transposeA, transposeB) in [(false, false), (true, false), (false, true)] {
        let batch = 2
        var (x, y) = ([Float](repeating: 0, count: batch * m * k), [Float](repeating: 0, count: batch * k * n))
        for entry in 0..<batch {
          for i in 0..<m {
            for l in 0..<k where aBand.low <= l - i && l - i <= aBand.high {
              x[entry * m * k + (transposeA ? l * m + i : i * k + l)] = Float(dice.between(-1, 1))
            }
          }
          for l in 0..<k {
            for j in 0..<n where bBand.low <= j - l && j - l <= bBand.high {
              y[entry * k * n + (transposeB ? j * k + l : l * n + j)] = Float(dice.between(-1, 1))
            }
          }
        }
        let a = Block(x, fill: 0), b = Block(y, misalignment: 1, fill: 0)
        func product(_ threads: Int, _ aBand: Band, _ bBand: Band, _ cBand: Band) -> [Float] {
          let c = Block<Float>(count: batch * m * n, misalignment: 3, fill: .nan)
          Self.atLevel(.best, threads: threads) {
            multiply(
              MatmulPlan(
                .f32, m: m, n: n, k: k, batch: (1, batch),
                a: MatrixLayout(rows: m, columns: k, isTransposed: transposeA),
                b: MatrixLayout(rows: k, columns: n, isTransposed: transposeB),
                c: MatrixLayout(rows: m, columns: n), aBand: aBand, bBand: bBand, cBand: cBand), a.pointer, b.pointer,
              c.pointer)
          }
          #expect(c.isIntactBehind)
          return c.elements
        }
        let all = product(1, .full, .full, .full)
        #expect(product(1, aBand, bBand, .full).elementsEqual(all) { $0 == $1 }, "\(m) \(n) \(k) \(aBand) \(bBand)")
        let needed = product(2, aBand, bBand, cBand)
        for place in needed.indices where needed[place] != all[place] {
          let distance = place % n - place / n % m
          #expect(needed[place] == 0 && (distance < cBand.low || distance > cBand.high))
        }
      }
    }
  }

  /// Matrices that are parts of larger arrays, in a batch of two axes.
  @Test func stridedBatches() throws {
    var dice = Dice(14)
    for (m, n, k) in [(9, 17, 21), (9, 1, 70), (1, 17, 70), (1, 600, 40)] { try stridedBatch(&dice, 3, 2, m, n, k) }
  }

  private func stridedBatch(_ dice: inout Dice, _ outer: Int, _ inner: Int, _ m: Int, _ n: Int, _ k: Int) throws {
    // A is [outer, m, inner, k], B is [outer, n, inner, k]: heads beside each other.
    let a = Block((0..<(outer * m * inner * k)).map { _ in Float(dice.between(-1, 1)) }, fill: 0)
    let b = Block((0..<(outer * n * inner * k)).map { _ in Float(dice.between(-1, 1)) }, fill: 0)
    for level in runnableLevels {
      Self.atLevel(level, threads: 2) {
        let c = Block<Float>(count: outer * inner * m * n, fill: .nan)
        multiply(
          MatmulPlan(
            .f32, m: m, n: n, k: k, batch: (outer, inner),
            a: MatrixLayout(row: inner * k, column: 1, inner: k, outer: m * inner * k),
            b: MatrixLayout(row: 1, column: inner * k, inner: k, outer: n * inner * k),
            c: MatrixLayout(row: n, column: 1, inner: m * n, outer: inner * m * n)), a.pointer, b.pointer, c.pointer)
        var worst = 0.0
        for (entry, element) in c.elements.enumerated() {
          let (o, h, i, j) = (entry / (inner * m * n), entry / (m * n) % inner, entry / n % m, entry % n)
          var sum = 0.0
          for l in 0..<k {
            sum += Double(a.pointer[((o * m + i) * inner + h) * k + l])
              * Double(b.pointer[((o * n + j) * inner + h) * k + l])
          }
          worst = max(worst, abs(Double(element) - sum))
        }
        #expect(worst <= 1e-5, "\(level)")
      }
    }
  }
}

private func multiply(
  _ plan: MatmulPlan, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutableRawPointer
) {
  let packed = UnsafeMutableRawPointer.allocate(byteCount: plan.packedBytes + 64, alignment: 64)
  plan.run(a: a, b: b, c: c, packed: packed)
  packed.deallocate()
}

extension MatrixLayout {
  /// Dense matrices one after another.
  fileprivate init(rows: Int, columns: Int, isTransposed: Bool = false, isShared: Bool = false) {
    self.init(
      row: isTransposed ? 1 : columns, column: isTransposed ? rows : 1, inner: isShared ? 0 : rows * columns)
  }
}
