import KernelTypes
import TensorRuntime
import TensorTypes
import Testing

/// Winograd's method against plain sums in double precision: random sizes with padding, tiles that are not full,
/// numbers that are not finite or huge; the same bits on every level with FMA, any number of threads and any batch.
extension KernelSuite {
  private static func shape(
    batch: Int = 1, height: Int, width: Int, channels: Int, outputs: Int, low: (y: Int, x: Int) = (0, 0),
    high: (y: Int, x: Int) = (0, 0)
  ) -> ConvolutionShape {
    ConvolutionShape(
      batch: batch, height: height, width: width, channels: channels, outHeight: height + low.y + high.y - 2,
      outWidth: width + low.x + high.x - 2, outputs: outputs, windowHeight: 3, windowWidth: 3, strideY: 1, strideX: 1,
      lowY: low.y, lowX: low.x, dilationY: 1, dilationX: 1, groups: 1)
  }

  /// Exact sums of the three primitives, and the sums of their terms' magnitudes.
  private struct Expected {
    var sums: [[Double]]
    var magnitudes: [[Double]]

    init(_ s: ConvolutionShape, _ x: Block<Float>, _ weight: Block<Float>, _ y: Block<Float>) {
      var sums = [s.yCount, s.xCount, s.weightCount].map { [Double](repeating: 0, count: $0) }
      var magnitudes = sums
      KernelSuite.products(s) { i, w, o in
        let (a, b, c) = (Double(x.pointer[i]), Double(weight.pointer[w]), Double(y.pointer[o]))
        sums[0][o] += a * b
        sums[1][i] += b * c
        sums[2][w] += a * c
        magnitudes[0][o] += abs(a * b)
        magnitudes[1][i] += abs(b * c)
        magnitudes[2][w] += abs(a * c)
      }
      (self.sums, self.magnitudes) = (sums, magnitudes)
    }

    /// Padding's zeros times what isn't finite are NaN: a weight spreads in its channel, a result's gradient in its
    /// output.
    mutating func ignorePadding(_ s: ConvolutionShape, operand: Int, place: Int) {
      let output = place % s.outputs, channel = place / s.outputs % s.channels
      if operand == 1 {
        for i in stride(from: output, to: s.yCount, by: s.outputs) { magnitudes[0][i] = .infinity }
        for i in stride(from: channel, to: s.xCount, by: s.channels) { magnitudes[1][i] = .infinity }
      } else if operand == 2 {
        for i in stride(from: output, to: s.weightCount, by: s.outputs) { magnitudes[2][i] = .infinity }
      }
    }

    /// The largest error as a part of a result's terms' magnitudes, where those are finite and not huge.
    func worst(_ kind: Int, _ found: [Float]) -> Double {
      var worst = 0.0
      for (place, value) in found.enumerated() where magnitudes[kind][place] < 1e9 {
        worst = max(worst, abs(Double(value) - sums[kind][place]) / (magnitudes[kind][place] + 1))
        if !value.isFinite { worst = .infinity }
      }
      return worst
    }
  }

  private static func results(
    _ s: ConvolutionShape, _ x: Block<Float>, _ weight: Block<Float>, _ y: Block<Float>
  ) -> [Block<Float>] {
    let results = [s.yCount, s.xCount, s.weightCount].map { Block<Float>(count: $0, misalignment: 1, fill: .nan) }
    run(.result, .f32, s, x, weight, results[0])
    run(.input, .f32, s, y, weight, results[1])
    run(.weight, .f32, s, x, y, results[2])
    for result in results { #expect(result.isIntactBehind) }
    return results
  }

  private static func numbers(_ count: Int, _ dice: inout Dice) -> Block<Float> {
    Block((0..<count).map { _ in Float(dice.between(-1, 1)) }, misalignment: 1, fill: 0)
  }

  private static var winogradShapes: [ConvolutionShape] {
    var dice = Dice(71)
    var shapes = (0..<24).map { _ in
      shape(
        batch: dice.below(4), height: 6 + dice.below(12), width: 6 + dice.below(16), channels: 16 + dice.below(40),
        outputs: 16 + dice.below(40), low: (dice.below(4), dice.below(4)), high: (dice.below(4), dice.below(4)))
    }
    shapes += [
      // More tiles in a row than fit a block; several blocks of channels and outputs; weights of all threads.
      shape(height: 6, width: 45, channels: 512, outputs: 17),
      shape(height: 6, width: 5, channels: 20, outputs: 512, low: (1, 1), high: (1, 1)),
      shape(batch: 2, height: 9, width: 10, channels: 130, outputs: 129, low: (1, 1), high: (1, 1)),
      shape(batch: 3, height: 24, width: 33, channels: 16, outputs: 32, low: (1, 0), high: (1, 0)),
    ]
    return shapes
  }

  @Test func winogradMatchesSumsInDoublePrecision() {
    var dice = Dice(72)
    var sums = 0
    for s in Self.winogradShapes {
      #expect(s.batch == 0 || Kernels.usesWinograd(.result, .f32, s) && Kernels.usesWinograd(.input, .f32, s), "\(s)")
      sums += Kernels.usesWinograd(.weight, .f32, s) ? 1 : 0
      let x = Self.numbers(s.xCount, &dice), weight = Self.numbers(s.weightCount, &dice)
      let y = Self.numbers(s.yCount, &dice)
      let expected = Expected(s, x, weight, y)
      var bits: [Set<[UInt32]>] = [[], [], []]
      for level in runnableLevels {
        for threads in [1, 2] {
          Self.atLevel(level, threads: threads) {
            for (kind, result) in Self.results(s, x, weight, y).enumerated() {
              let worst = expected.worst(kind, result.elements)
              #expect(worst <= 1e-6, "\(level), result \(kind) of \(s): \(worst)")
              if level.rawValue != 2 { bits[kind].insert(bitPatterns(result.elements)) }
            }
          }
        }
      }
      #expect(bits.allSatisfy { $0.count <= 1 }, "the same bits for \(s)")
    }
    #expect(sums >= 8, "enough tiles for the weight's gradient")
  }

  /// Programs run images a few at a time.
  @Test func anImageByItselfGivesTheBitsOfTheBatch() {
    var dice = Dice(73)
    let s = Self.shape(batch: 5, height: 9, width: 11, channels: 24, outputs: 40, low: (1, 1), high: (0, 1))
    let x = Self.numbers(s.xCount, &dice), weight = Self.numbers(s.weightCount, &dice)
    let y = Self.numbers(s.yCount, &dice)
    x.pointer[s.xCount / 5 + 700] = .infinity
    let together = Self.results(s, x, weight, y)
    var one = s
    one.batch = 1
    for image in 0..<5 {
      let imageX = Block(Array(x.elements[(image * one.xCount)..<((image + 1) * one.xCount)]), fill: 0)
      let imageY = Block(Array(y.elements[(image * one.yCount)..<((image + 1) * one.yCount)]), fill: 0)
      let alone = Self.results(one, imageX, weight, imageY)
      #expect(
        bitPatterns(alone[0].elements)
          == bitPatterns(Array(together[0].elements[(image * one.yCount)..<((image + 1) * one.yCount)])))
      #expect(
        bitPatterns(alone[1].elements)
          == bitPatterns(Array(together[1].elements[(image * one.xCount)..<((image + 1) * one.xCount)])))
    }
  }

  /// What doesn't see a number that isn't finite, or a huge one, is as precise as without it.
  @Test func numbersThatAreNotFiniteOrHugeReachOnlyWhatSeesThem() {
    var dice = Dice(74)
    let shapes = [
      Self.shape(batch: 2, height: 10, width: 11, channels: 20, outputs: 33, low: (1, 1), high: (1, 1)),
      Self.shape(height: 6, width: 44, channels: 512, outputs: 16),
      Self.shape(batch: 3, height: 9, width: 11, channels: 70, outputs: 66, low: (2, 0), high: (0, 1)),
    ]
    for s in shapes {
      for special in s.channels > 60 ? [1e20, Float.nan] : [Float.nan, .infinity, -.infinity, 1e38, -3e38, 1e20] {
        for operand in 0..<3 {
          let x = Self.numbers(s.xCount, &dice), weight = Self.numbers(s.weightCount, &dice)
          let y = Self.numbers(s.yCount, &dice)
          let block = [x, weight, y][operand]
          let place = dice.below(block.count)
          block.pointer[place] = special
          var expected = Expected(s, x, weight, y)
          if !special.isFinite { expected.ignorePadding(s, operand: operand, place: place) }
          var bits: [Set<[UInt32]>] = [[], [], []]
          for level in runnableLevels where level.rawValue != 2 {
            for threads in [1, 2] {
              Self.atLevel(level, threads: threads) {
                for (kind, result) in Self.results(s, x, weight, y).enumerated() {
                  bits[kind].insert(bitPatterns(result.elements))
                  let worst = expected.worst(kind, result.elements)
                  #expect(worst <= 1e-6, "\(special) at \(place) of operand \(operand), result \(kind) of \(s)")
                  let holds = zip(result.elements, expected.sums[kind]).allSatisfy { found, exact in
                    if !exact.isFinite { return !found.isFinite }
                    return abs(exact) < 1e30 || abs(exact) > 3e38 || abs(Double(found) - exact) <= abs(exact) * 1e-5
                  }
                  #expect(holds, "\(special) at \(place) of operand \(operand), what sees it in result \(kind) of \(s)")
                }
              }
            }
          }
          #expect(bits.allSatisfy { $0.count <= 1 }, "the same bits with \(special) in \(s)")
        }
      }
    }
  }
}
