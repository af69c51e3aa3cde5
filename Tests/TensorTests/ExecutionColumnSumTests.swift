import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// Sums over the rows of small matrices are taken where they are used, with the bits of a step of their own.
@Suite struct ExecutionColumnSumTests {
  private func check(
    _ text: String, steps: Int?, _ sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let graph = try GraphReader.parse(text)
    var random = TestRandom(5)
    let inputs = try graph.inputTypes.map { type in
      try floats((0..<type.shape.count).map { _ in Float(random.below(2001) - 1000) / 300 }, type.shape)
    }
    for level in runnableLevels {
      for threads in [1, 2] {
        try KernelSuite.atLevel(level, threads: threads) {
          let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
          let program = try Program.compile(graph)
          // Twice: how a program runs is kept from the first time.
          for _ in 0..<2 {
            for (a, b) in zip(plain, try program.run(inputs)) {
              #expect(a.bytes == b.bytes, "\(a.type) \(level) \(threads)", sourceLocation: sourceLocation)
            }
          }
          let texts = program.plan.steps.map(\.text)
          if let steps { #expect(texts.count == steps, "\(texts)", sourceLocation: sourceLocation) }
        }
      }
    }
  }

  /// The gradient of an offset goes straight to the step of the optimizer, here with a moving average.
  @Test(arguments: [(32, 64), (32, 10), (1, 5), (100, 3), (256, 33), (257, 8), (7, 513), (3, 4000), (40, 1)])
  func offsets(_ rows: Int, _ columns: Int) throws {
    let (matrix, line) = ("f32[\(rows), \(columns)]", "f32[\(columns)]")
    let isTaken = rows <= 256 && columns > 1 && rows > 1
    try check(
      """
      graph(%0: \(matrix), %1: \(matrix), %2: \(line), %3: \(line)) {
        %4: \(matrix) = multiply %0 %1
        %5: \(line) = reduce %4 sum axes [0]
        %6: \(line) = multiply %5 %5
        %7: \(line) = add %6 %2
        %8: \(line) = sqrt %7
        %9: \(line) = divide %5 %8
        %10: \(line) = subtract %3 %9
        return %10 %7
      }
      """, steps: isTaken ? 2 : nil)
  }

  @Test func overTwoAxes() throws {
    try check(
      """
      graph(%0: f32[4, 6, 20], %1: f32[20]) {
        %2: f32[4, 6, 20] = exp %0
        %3: f32[20] = reduce %2 sum axes [0, 1]
        %4: f32[20] = multiply %3 %1
        return %4
      }
      """, steps: 2)
  }

  /// A slice of an input is read where it stands.
  @Test func ofAPart() throws {
    try check(
      """
      graph(%0: f32[20, 9], %1: f32[9]) {
        %2: f32[12, 9] = slice %0 starts [5, 0] limits [17, 9] strides [1, 1]
        %3: f32[9] = reduce %2 sum axes [0]
        %4: f32[9] = add %3 %1
        return %4
      }
      """, steps: 1)
  }

  /// What others want too, or in another order, is a step.
  @Test func sumsThatOthersNeed() throws {
    try check(
      """
      graph(%0: f32[12, 12], %1: f32[12]) {
        %2: f32[12] = reduce %0 sum axes [0]
        %3: f32[12] = add %2 %1
        %4: f32[12, 12] = transpose %0 permutation [1, 0]
        %5: f32[12] = reduce %4 sum axes [0]
        %6: f32[12] = multiply %5 %3
        %7: f32[12] = reduce %0 sum axes [1]
        %8: f32[12] = multiply %6 %7
        return %8 %2
      }
      """, steps: nil)
  }

  /// An offset that is updated in place, step after step, while its gradient is summed up.
  @Test func inALoop() throws {
    try check(
      """
      graph(%0: f32[6], %1: f32[10, 5, 6]) {
        %2: f32[6] = scan %0 %1 constants 0 carry 1 length 10
            body(%0: f32[6], %1: f32[5, 6]) {
              %2: f32[5, 6] = broadcast %0 axes [1]
              %3: f32[5, 6] = multiply %1 %2
              %4: f32[6] = reduce %3 sum axes [0]
              %5: f32[6] = subtract %0 %4
              return %5
            }
        return %2
      }
      """, steps: nil)
  }

  /// Sums of short rows are as many as the columns: a region over the rows' elements has no place for sums of columns.
  @Test(arguments: [(8, 8), (5, 10), (32, 2)]) func besideSumsOfShortRows(_ rows: Int, _ columns: Int) throws {
    let line = "f32[\(rows)]"
    try check(
      """
      graph(%0: f32[\(rows), \(columns)], %1: f32[\(rows), \(rows)], %2: \(line)) {
        %3: \(line) = reduce %0 sum axes [1]
        %4: \(line) = multiply %3 %2
        %5: \(line) = reduce %1 sum axes [0]
        %6: \(line) = add %4 %5
        return %6
      }
      """, steps: nil)
  }

  /// The same for sums of listed rows.
  @Test func besideListedRows() throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[33, 2, 13], %1: i64[33, 2], %2: f32[3, 13, 13]) {
        %3: f32[3, 13] = scatterAdd %0 %1 axis 0 size 3
        %4: f32[3, 13] = reduce %2 sum axes [2]
        %5: f32[3, 13] = add %3 %4
        return %5
      }
      """)
    let inputs = [
      try floats((0..<858).map { Float($0 % 37) / 8 }, [33, 2, 13]), try integers((0..<66).map { $0 % 3 }, [33, 2]),
      try floats((0..<507).map { Float($0 % 41) / 8 }, [3, 13, 13]),
    ]
    let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
    #expect(try Program.compile(graph).run(inputs)[0].bytes == plain[0].bytes)
  }
}
