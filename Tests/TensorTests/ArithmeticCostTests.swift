import Execution
import SourceText
import TensorGraph
import TensorTypes
import Testing

struct ArithmeticCostTests {
  private func count(_ text: String) throws -> Int { try GraphReader.parse(text).multiplyAdds }

  @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
  func aProductCountsRowsTimesColumnsTimesInnerSize(_ transposes: (Bool, Bool)) throws {
    let primitive = Primitive.matmul(transposeA: transposes.0, transposeB: transposes.1)
    let a = TensorType(.f32, transposes.0 ? [6, 4, 2] : [6, 2, 4])
    let b = TensorType(.f32, transposes.1 ? [6, 5, 4] : [6, 4, 5])
    let results = try primitive.resultTypes(of: [a, b])
    #expect(primitive.multiplyAdds(operands: [a, b], results: results) == 6 * 2 * 4 * 5)
  }

  @Test func elementwiseWorkCountsNone() throws {
    #expect(
      try count(
        """
        graph(%0: f32[8, 8]) {
          %1: f32[8, 8] = multiply %0 %0
          %2: f32[8] = reduce %1 sum axes [0]
          return %2
        }
        """) == 0)
  }

  @Test func aScanCountsItsBodyTimesItsLength() throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[4, 4], %1: f32[3, 4], %2: f32[7, 3, 4]) {
        %3: f32[3, 4], %4: f32[7, 3, 4] = scan %0 %1 %2 constants 1 carry 1 length 7
            body(%0: f32[4, 4], %1: f32[3, 4], %2: f32[3, 4]) {
              %3: f32[3, 4] = matmul %1 %0
              %4: f32[3, 4] = add %3 %2
              return %4 %4
            }
        return %4
      }
      """)
    #expect(graph.multiplyAdds == 7 * 3 * 4 * 4)
    var seen = 0
    for step in try Program.compile(graph).plan.steps { seen += step.multiplyAdds }
    #expect(seen == 7 * 3 * 4 * 4)
  }

  /// Forward and both gradients do the same products.
  @Test func aConvolutionCountsItsWindowForEachResult() throws {
    let convolution = Convolution(strides: [2, 1], low: [1, 1], high: [1, 1], dilations: [1, 2], groups: 2)
    let x = TensorType(.f32, [3, 9, 12, 4])
    let weight = TensorType(.f32, [3, 3, 2, 6])
    let y = try Primitive.convolve(convolution).resultTypes(of: [x, weight])
    let expected = y[0].shape.count * 3 * 3 * 2
    #expect(Primitive.convolve(convolution).multiplyAdds(operands: [x, weight], results: y) == expected)
    let input = Primitive.convolveInput(convolution, sizes: [9, 12])
    #expect(input.multiplyAdds(operands: [y[0], weight], results: try input.resultTypes(of: [y[0], weight])) == expected)
    let filters = Primitive.convolveWeight(convolution, sizes: [3, 3])
    #expect(filters.multiplyAdds(operands: [x, y[0]], results: try filters.resultTypes(of: [x, y[0]])) == expected)
  }

  @Test func triangularSystemsCountHalfAProduct() throws {
    let primitive = Primitive.triangularSolve(lower: true, transpose: false)
    let a = TensorType(.f64, [5, 5])
    let b = TensorType(.f64, [5, 3])
    #expect(primitive.multiplyAdds(operands: [a, b], results: [b]) == 3 * (1 + 2 + 3 + 4 + 5))
  }

  @Test func stepsCountWhatTheirPrimitivesDo() throws {
    var products = 0
    for seed in 0..<200 {
      let made = try RandomGraph(seed: seed + 70_000, operations: 30)
      let program = try Program.compile(made.graph)
      #expect(program.plan.multiplyAdds == program.optimized.multiplyAdds, "seed \(seed): \(program.optimized)")
      products += program.plan.multiplyAdds
    }
    #expect(products > 0)
  }

  @Test func aCountThatDoesNotFitIsTheLargestNumber() throws {
    let huge = TensorType(.f32, [1 << 40, 1 << 20])
    let other = TensorType(.f32, [1 << 20, 1 << 20])
    let count = Primitive.matmul(transposeA: false, transposeB: false).multiplyAdds(
      operands: [huge, other], results: [TensorType(.f32, [1 << 40, 1 << 20])])
    #expect(count == .max)
  }
}
