import KernelTypes
import TensorRuntime
import TensorTypes
import Testing

extension KernelSuite {
  static let reductionShapes = [
    (1, 1, 1), (3, 7, 1), (2, 0, 3), (0, 4, 2), (2, 4097, 1), (1, 300, 5), (2, 17, 300), (1, 600, 70), (5, 64, 1),
    (1, 100_000, 1), (4, 16, 16), (3, 1, 33), (1, 9000, 2),
  ]

  @Test func reductionsMatchDoublePrecisionAndKeepTheirBits() {
    var dice = Dice(21)
    let operations: [Kernels.Reduction] = [.sum, .product, .maximum, .minimum]
    for (outer, reduced, inner) in Self.reductionShapes {
      let count = outer * reduced * inner
      let input = Block((0..<count).map { _ in Float(dice.between(0.9, 1.1)) }, misalignment: 1, fill: 0)
      let wide = Block(input.elements.map { Double($0) }, misalignment: 1, fill: 0)
      for operation in operations {
        var bits: Set<[UInt32]> = []
        for level in runnableLevels {
          for threads in [1, 2] {
            Self.atLevel(level, threads: threads) {
              let output = Block<Float>(count: outer * inner, misalignment: 1, fill: .nan)
              let wideOutput = Block<Double>(count: outer * inner, misalignment: 1, fill: .nan)
              #expect(
                Kernels.reduce(
                  operation, .f32, input: input.pointer, output: output.pointer, outer: outer, reduced: reduced,
                  inner: inner) == .ok)
              #expect(
                Kernels.reduce(
                  operation, .f64, input: wide.pointer, output: wideOutput.pointer, outer: outer, reduced: reduced,
                  inner: inner) == .ok)
              for o in 0..<outer {
                for j in 0..<inner {
                  var expected: Double =
                    switch operation {
                    case .sum: 0
                    case .product: 1
                    case .maximum: -.infinity
                    default: .infinity
                    }
                  for i in 0..<reduced {
                    let x = wide.pointer[(o * reduced + i) * inner + j]
                    switch operation {
                    case .sum: expected += x
                    case .product: expected *= x
                    case .maximum: expected = max(expected, x)
                    default: expected = min(expected, x)
                    }
                  }
                  let found = Double(output.pointer[o * inner + j]), foundWide = wideOutput.pointer[o * inner + j]
                  let slack = operation == .product ? Double(reduced) * 1e-7 + 1e-7 : 4e-6
                  if expected.isFinite && expected > 1e-30 {
                    #expect(
                      abs(found - expected) <= slack * expected, "\(operation) \(level) \(outer) \(reduced) \(inner)")
                    #expect(abs(foundWide - expected) <= 1e-11 * expected)
                  } else if expected.isInfinite {
                    #expect(found == expected && foundWide == expected)
                  }
                }
              }
              #expect(output.isIntactBehind && wideOutput.isIntactBehind)
              bits.insert(bitPatterns(output.elements))
            }
          }
        }
        // No multiplication meets an addition here, so even v2 has the same bits.
        #expect(bits.count <= 1, "\(operation) \(outer) \(reduced) \(inner)")
      }
    }
  }

  @Test func extremesKeepNaN() {
    for level in runnableLevels {
      Self.atLevel(level) {
        for (reduced, inner) in [(5, 1), (100, 1), (9, 3), (5000, 1)] {
          for place in [0, reduced / 2, reduced - 1] {
            let input = Block<Float>(count: reduced * inner, fill: 1)
            for j in 0..<inner { input.pointer[place * inner + j] = .nan }
            let output = Block<Float>(count: inner, fill: 0)
            for operation: Kernels.Reduction in [.maximum, .minimum] {
              _ = Kernels.reduce(
                operation, .f32, input: input.pointer, output: output.pointer, outer: 1, reduced: reduced, inner: inner)
              #expect(output.elements.allSatisfy { $0.isNaN })
            }
            let index = Block<Int>(count: inner, fill: -1)
            _ = Kernels.argReduce(
              maximum: true, .f32, input: input.pointer, output: index.pointer, outer: 1, reduced: reduced, inner: inner
            )
            #expect(index.elements.allSatisfy { $0 == place })
          }
        }
      }
    }
  }

  @Test func integersAndTruthValuesReduce() {
    let numbers = Block([3, -4, 5, 7, 0, 2], fill: 0), sum = Block<Int>(count: 3, fill: 0)
    #expect(
      Kernels.reduce(.sum, .i64, input: numbers.pointer, output: sum.pointer, outer: 1, reduced: 2, inner: 3) == .ok)
    #expect(sum.elements == [10, -4, 7])
    #expect(
      Kernels.reduce(.minimum, .i64, input: numbers.pointer, output: sum.pointer, outer: 3, reduced: 2, inner: 1) == .ok
    )
    #expect(sum.elements == [-4, 5, 0])
    let large = Block([Int.max, 1], fill: 0)
    #expect(
      Kernels.reduce(.sum, .i64, input: large.pointer, output: sum.pointer, outer: 1, reduced: 2, inner: 1).code
        == .integerOverflow)
    let truths = Block<UInt8>([1, 0, 1, 1], fill: 0), result = Block<UInt8>(count: 2, fill: 9)
    _ = Kernels.reduce(.all, .bool, input: truths.pointer, output: result.pointer, outer: 2, reduced: 2, inner: 1)
    #expect(result.elements == [0, 1])
    _ = Kernels.reduce(.any, .bool, input: truths.pointer, output: result.pointer, outer: 2, reduced: 0, inner: 1)
    #expect(result.elements == [0, 0])
  }

  @Test func firstExtremeWinsAndRunningResultsFollowTheirAxis() {
    let x = Block<Float>([1, 5, 5, 2, 0, 5, 7, 1], fill: 0), index = Block<Int>(count: 4, fill: -1)
    _ = Kernels.argReduce(maximum: true, .f32, input: x.pointer, output: index.pointer, outer: 2, reduced: 4, inner: 1)
    #expect(index.elements[..<2] == [1, 2])
    _ = Kernels.argReduce(maximum: false, .f32, input: x.pointer, output: index.pointer, outer: 1, reduced: 2, inner: 4)
    #expect(index.elements == [1, 0, 0, 1])
    let y = Block<Float>(count: 8, fill: 0)
    _ = Kernels.cumulate(.sum, .f32, input: x.pointer, output: y.pointer, outer: 2, length: 4, inner: 1)
    #expect(y.elements == [1, 6, 11, 13, 0, 5, 12, 13])
    _ = Kernels.cumulate(.maximum, .f32, input: x.pointer, output: y.pointer, outer: 1, length: 4, inner: 2)
    #expect(y.elements == [1, 5, 5, 5, 5, 5, 7, 5])
    let n = Block([2, Int.max, 3, 4], fill: 0), m = Block<Int>(count: 4, fill: 0)
    #expect(
      Kernels.cumulate(.product, .i64, input: n.pointer, output: m.pointer, outer: 1, length: 4, inner: 1)
        == KernelStatus(.integerOverflow, detail: 1))
  }
}
