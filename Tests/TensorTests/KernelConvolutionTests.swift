import KernelTypes
import TensorRuntime
import TensorTypes
import Testing

/// Convolutions and pooling at random sizes against plain sums in double precision; the same bits on every level with
/// FMA and for any number of threads.
extension KernelSuite {
  private static func randomShape(_ dice: inout Dice, _ round: Int) -> ConvolutionShape {
    // Every fourth has rows that are read in place.
    let isLong = round % 4 == 3
    let groups = isLong ? 1 : [1, 1, 1, 2, 3][dice.below(5)]
    var channels = groups * (1 + dice.below(round % 5 == 0 ? 40 : 7))
    var outputs = groups * (1 + dice.below(round % 5 == 1 ? 70 : 9))
    var allGroups = groups
    if isLong { (channels, outputs) = (16 + dice.below(30), 16 + dice.below(30)) }
    if round % 6 == 2 { (channels, outputs, allGroups) = (1 + dice.below(40), 0, 0) }
    if allGroups == 0 { (outputs, allGroups) = (channels, channels) }
    func axis() -> (size: Int, window: Int, stride: Int, low: Int, dilation: Int, results: Int) {
      let (window, dilation) = (1 + dice.below(5), isLong && dice.below(2) == 0 ? 1 : 1 + dice.below(3))
      let reach = (window - 1) * dilation + 1
      let (low, high) = (dice.below(window + 2), dice.below(window + 2))
      let size = max(0, reach - low - high) + dice.below(14) + (isLong ? 12 : 0)
      let stride = 1 + dice.below(isLong ? 2 : 4)
      return (size, window, stride, low, dilation, (size + low + high - reach) / stride + 1)
    }
    let (y, x) = (axis(), axis())
    return ConvolutionShape(
      batch: dice.below(5), height: y.size, width: x.size, channels: channels, outHeight: y.results,
      outWidth: x.results, outputs: outputs, windowHeight: y.window, windowWidth: x.window, strideY: y.stride,
      strideX: x.stride, lowY: y.low, lowX: x.low, dilationY: y.dilation, dilationX: x.dilation, groups: allGroups)
  }

  /// Every product: places in x, weight and y.
  static func products(_ s: ConvolutionShape, _ body: (_ x: Int, _ weight: Int, _ y: Int) -> Void) {
    let inGroup = s.channels / s.groups, outGroup = s.outputs / s.groups
    for place in 0..<(s.batch * s.outHeight * s.outWidth) {
      let (column, row, image) = (place % s.outWidth, place / s.outWidth % s.outHeight, place / s.outWidth / s.outHeight)
      for a in 0..<s.windowHeight {
        let i = row * s.strideY + a * s.dilationY - s.lowY
        guard (0..<s.height).contains(i) else { continue }
        for b in 0..<s.windowWidth {
          let j = column * s.strideX + b * s.dilationX - s.lowX
          guard (0..<s.width).contains(j) else { continue }
          for c in 0..<inGroup {
            for o in 0..<s.outputs {
              body(
                ((image * s.height + i) * s.width + j) * s.channels + o / outGroup * inGroup + c,
                ((a * s.windowWidth + b) * inGroup + c) * s.outputs + o, place * s.outputs + o)
            }
          }
        }
      }
    }
  }

  static func run<T>(
    _ kind: Kernels.ConvolutionKind, _ dtype: DType, _ shape: ConvolutionShape, _ a: Block<T>, _ b: Block<T>,
    _ output: Block<T>
  ) {
    let workspace = Block<UInt8>(count: Kernels.convolutionWorkspace(kind, dtype, shape), fill: 0xff)
    let status = Kernels.convolve(
      kind, dtype, shape, a: a.pointer, b: b.pointer, output: output.pointer, workspace: workspace.pointer)
    #expect(status == .ok)
    #expect(workspace.isIntactBehind)
  }

  @Test func convolutionsMatchSumsInDoublePrecision() {
    var dice = Dice(31)
    for round in 0..<120 {
      let s = Self.randomShape(&dice, round)
      func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float(dice.between(-1, 1)) } }
      let x = Block(numbers(s.xCount), misalignment: 1, fill: 0)
      let weight = Block(numbers(s.weightCount), misalignment: 2, fill: 0)
      let y = Block(numbers(s.yCount), misalignment: 3, fill: 0)
      var expected = [s.yCount, s.xCount, s.weightCount].map { [Double](repeating: 0, count: $0) }
      var terms = expected
      Self.products(s) { i, w, o in
        let values = (Double(x.pointer[i]), Double(weight.pointer[w]), Double(y.pointer[o]))
        expected[0][o] += values.0 * values.1
        expected[1][i] += values.1 * values.2
        expected[2][w] += values.0 * values.2
        terms[0][o] += 1
        terms[1][i] += 1
        terms[2][w] += 1
      }
      var bits: [Set<[UInt32]>] = [[], [], []]
      for level in runnableLevels {
        for threads in [1, 2] {
          Self.atLevel(level, threads: threads) {
            let results = expected.map { Block<Float>(count: $0.count, misalignment: 1, fill: .nan) }
            Self.run(.result, .f32, s, x, weight, results[0])
            Self.run(.input, .f32, s, y, weight, results[1])
            Self.run(.weight, .f32, s, x, y, results[2])
            for (kind, result) in results.enumerated() {
              let worst = zip(result.elements, zip(expected[kind], terms[kind]))
                .map { abs(Double($0) - $1.0) / ($1.1 + 10) }.max() ?? 0
              #expect(worst <= 1e-6, "\(level), result \(kind) of \(s)")
              #expect(result.isIntactBehind)
              if level.rawValue != 2 { bits[kind].insert(bitPatterns(result.elements)) }
            }
          }
        }
      }
      #expect(bits.allSatisfy { $0.count <= 1 }, "the same bits for \(s)")
    }
  }

  @Test func convolutionsOfDoubles() {
    var dice = Dice(32)
    for round in 0..<40 {
      let s = Self.randomShape(&dice, round)
      func numbers(_ count: Int) -> [Double] { (0..<count).map { _ in dice.between(-1, 1) } }
      let x = Block(numbers(s.xCount), fill: 0), weight = Block(numbers(s.weightCount), misalignment: 1, fill: 0)
      let y = Block(numbers(s.yCount), fill: 0)
      var expected = [s.yCount, s.xCount, s.weightCount].map { [Double](repeating: 0, count: $0) }
      Self.products(s) { i, w, o in
        expected[0][o] += x.pointer[i] * weight.pointer[w]
        expected[1][i] += weight.pointer[w] * y.pointer[o]
        expected[2][w] += x.pointer[i] * y.pointer[o]
      }
      for level in runnableLevels {
        Self.atLevel(level) {
          let results = expected.map { Block<Double>(count: $0.count, fill: .nan) }
          Self.run(.result, .f64, s, x, weight, results[0])
          Self.run(.input, .f64, s, y, weight, results[1])
          Self.run(.weight, .f64, s, x, y, results[2])
          for (kind, result) in results.enumerated() {
            let worst = zip(result.elements, expected[kind]).map { abs($0 - $1) }.max() ?? 0
            #expect(worst <= 1e-12, "\(level), result \(kind) of \(s)")
            #expect(result.isIntactBehind)
          }
        }
      }
    }
  }

  /// Weights too large for each thread to pack, and parts of the weight's gradient on several threads.
  @Test func largeConvolutionsGiveTheSameBitsOnOneAndOnSeveralThreads() {
    var dice = Dice(33)
    let s = ConvolutionShape(
      batch: 3, height: 9, width: 11, channels: 150, outHeight: 9, outWidth: 11, outputs: 130, windowHeight: 3,
      windowWidth: 3, strideY: 1, strideX: 1, lowY: 1, lowX: 1, dilationY: 1, dilationX: 1, groups: 1)
    func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float(dice.between(-1, 1)) } }
    let x = Block(numbers(s.xCount), fill: 0), weight = Block(numbers(s.weightCount), fill: 0)
    let y = Block(numbers(s.yCount), fill: 0)
    #expect(s.weightCount * 4 > Kernels.localWeightBytes)
    var bits: [Set<[UInt32]>] = [[], [], []]
    for threads in [1, 2, 4] {
      Self.atLevel(.best, threads: threads) {
        let results = [s.yCount, s.xCount, s.weightCount].map { Block<Float>(count: $0, fill: .nan) }
        Self.run(.result, .f32, s, x, weight, results[0])
        Self.run(.input, .f32, s, y, weight, results[1])
        Self.run(.weight, .f32, s, x, y, results[2])
        for (kind, result) in results.enumerated() { bits[kind].insert(bitPatterns(result.elements)) }
      }
    }
    #expect(bits.allSatisfy { $0.count == 1 })
    // One place of each against a plain sum.
    var sums = [0.0, 0.0, 0.0]
    let places = (o: 2 * s.outputs * 40 + 7, i: s.channels * 60 + 149, w: 129)
    Self.products(s) { i, w, o in
      if o == places.o { sums[0] += Double(x.pointer[i]) * Double(weight.pointer[w]) }
      if i == places.i { sums[1] += Double(weight.pointer[w]) * Double(y.pointer[o]) }
      if w == places.w { sums[2] += Double(x.pointer[i]) * Double(y.pointer[o]) }
    }
    let results = [s.yCount, s.xCount, s.weightCount].map { Block<Float>(count: $0, fill: .nan) }
    Self.run(.result, .f32, s, x, weight, results[0])
    Self.run(.input, .f32, s, y, weight, results[1])
    Self.run(.weight, .f32, s, x, y, results[2])
    #expect(abs(Double(results[0].pointer[places.o]) - sums[0]) < 1e-3)
    #expect(abs(Double(results[1].pointer[places.i]) - sums[1]) < 1e-3)
    #expect(abs(Double(results[2].pointer[places.w]) - sums[2]) < 1e-3)
  }

  @Test func poolingTakesTheFirstLargestElementAndNaNFirst() {
    var dice = Dice(34)
    for _ in 0..<60 {
      func axis() -> (size: Int, window: Int, stride: Int, low: Int, results: Int) {
        let (window, stride) = (1 + dice.below(4), 1 + dice.below(4))
        let (low, high) = (dice.below(window), dice.below(window))
        let size = max(1, window - low - high) + dice.below(9)
        return (size, window, stride, low, (size + low + high - window) / stride + 1)
      }
      let (y, x) = (axis(), axis())
      let (batch, channels) = (dice.below(4), 1 + dice.below(37))
      let sizes = ConvolutionShape(
        batch: batch, height: y.size, width: x.size, channels: channels, outHeight: y.results, outWidth: x.results,
        outputs: channels, windowHeight: y.window, windowWidth: x.window, strideY: y.stride, strideX: x.stride,
        lowY: y.low, lowX: x.low, dilationY: 1, dilationX: 1, groups: channels)
      // Few different values, so that many are equal; some NaN.
      let images = Block(
        (0..<sizes.xCount).map { _ in dice.below(20) == 0 ? .nan : Float(dice.below(4)) }, misalignment: 1, fill: 0)
      let values = Block((0..<sizes.xCount).map { _ in Float(dice.between(-1, 1)) }, fill: 0)
      let updates = Block((0..<sizes.yCount).map { _ in Float(dice.below(9) - 4) }, misalignment: 2, fill: 0)
      var largest: [Int] = []
      for place in 0..<sizes.yCount {
        let channel = place % sizes.channels, column = place / sizes.channels % sizes.outWidth
        let line = place / sizes.channels / sizes.outWidth
        let (row, image) = (line % sizes.outHeight, line / sizes.outHeight)
        var best: Int?
        for a in 0..<sizes.windowHeight {
          for b in 0..<sizes.windowWidth {
            let (i, j) = (row * sizes.strideY + a - sizes.lowY, column * sizes.strideX + b - sizes.lowX)
            guard (0..<sizes.height).contains(i), (0..<sizes.width).contains(j) else { continue }
            let index = ((image * sizes.height + i) * sizes.width + j) * sizes.channels + channel
            guard let known = best else {
              best = index
              continue
            }
            let (old, new) = (images.pointer[known], images.pointer[index])
            if !old.isNaN, new.isNaN || new > old { best = index }
          }
        }
        largest.append(best ?? 0)
      }
      var sums = [Float](repeating: 0, count: sizes.xCount)
      for (place, index) in largest.enumerated() { sums[index] += updates.pointer[place] }
      for level in runnableLevels {
        Self.atLevel(level, threads: 2) {
          let taken = Block<Float>(count: sizes.yCount, misalignment: 1, fill: -9)
          let own = Block<Float>(count: sizes.yCount, fill: -9)
          let added = Block<Float>(count: sizes.xCount, misalignment: 1, fill: -9)
          _ = Kernels.windowTake(.f32, sizes, x: images.pointer, values: values.pointer, result: taken.pointer)
          _ = Kernels.windowTake(.f32, sizes, x: images.pointer, values: images.pointer, result: own.pointer)
          _ = Kernels.windowAdd(.f32, sizes, x: images.pointer, updates: updates.pointer, result: added.pointer)
          #expect(taken.elements == largest.map { values.pointer[$0] })
          #expect(zip(own.elements, largest).allSatisfy { ($0.isNaN && images.pointer[$1].isNaN) || $0 == images.pointer[$1] })
          #expect(added.elements == sums)
          #expect(taken.isIntactBehind && own.isIntactBehind && added.isIntactBehind)
        }
      }
    }
  }
}
