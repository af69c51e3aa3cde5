import Execution
import KernelTypes
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// Sums and maxima of short rows are taken inside the regions around them, with the bits of separate steps.
@Suite struct ExecutionShortRowTests {
  private func check(
    _ text: String, steps: Int?, ids: Int = 1, _ sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let graph = try GraphReader.parse(text)
    var random = TestRandom(3)
    let inputs = try graph.inputTypes.map { type in
      type.dtype == .i64
        ? try integers((0..<type.shape.count).map { _ in random.below(ids) }, type.shape)
        : try floats((0..<type.shape.count).map { _ in Float(random.below(2001) - 1000) / 300 }, type.shape)
    }
    let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
    for level in runnableLevels where level.rawValue != 2 {
      for threads in [1, 2] {
        try KernelSuite.atLevel(level, threads: threads) {
          let program = try Program.compile(graph)
          for (a, b) in zip(plain, try program.run(inputs)) {
            #expect(a.bytes == b.bytes, "\(a.type) \(level) \(threads)", sourceLocation: sourceLocation)
          }
          let texts = program.plan.steps.map(\.text)
          if let steps { #expect(texts.count == steps, "\(texts)", sourceLocation: sourceLocation) }
        }
      }
    }
  }

  /// The logarithm of a softmax over a product, and its gradient.
  @Test(arguments: [(32, 10), (2, 2), (7, 15), (5, 17), (600, 3), (53, 10), (2000, 10), (1, 10), (4, 1)])
  func softmax(_ m: Int, _ n: Int) throws {
    let type = "f32[\(m), \(n)]"
    try check(
      """
      graph(%0: f32[\(m), 20], %1: f32[20, \(n)], %2: f32[\(n)], %3: \(type)) {
        %4: \(type) = matmul %0 %1
        %5: \(type) = broadcast %2 axes [1]
        %6: \(type) = add %4 %5
        %7: f32[\(m)] = reduce %6 maximum axes [1]
        %8: f32[\(m), 1] = reshape %7
        %9: \(type) = broadcast %8 axes [0, 1]
        %10: \(type) = subtract %6 %9
        %11: \(type) = exp %10
        %12: f32[\(m)] = reduce %11 sum axes [1]
        %13: f32[\(m)] = log %12
        %14: \(type) = broadcast %13 axes [0]
        %15: \(type) = subtract %10 %14
        %16: \(type) = multiply %3 %11
        %17: f32[\(m)] = reduce %16 sum axes [1]
        %18: f32[\(m)] = divide %17 %12
        %19: \(type) = broadcast %18 axes [0]
        %20: \(type) = subtract %3 %19
        return %15 %11 %12 %20 %7
      }
      """, steps: m > 1 && n > 1 && n <= 15 ? 2 : nil)
  }

  /// Rows of unit length: two operations stand between the sum and what reads it. The rows have two axes.
  @Test(arguments: [(3, 4, 8), (2, 40, 15), (1, 5, 3), (9, 1, 2)])
  func lengths(_ a: Int, _ b: Int, _ n: Int) throws {
    let type = "f32[\(a), \(b), \(n)]", rows = "f32[\(a), \(b)]"
    try check(
      """
      graph(%0: \(type), %1: \(rows)) {
        %2: \(type) = multiply %0 %0
        %3: \(rows) = reduce %2 sum axes [2]
        %4: \(rows) = sqrt %3
        %5: \(rows) = add %4 %1
        %6: \(type) = broadcast %5 axes [0, 1]
        %7: \(type) = divide %0 %6
        %8: f32[] = reduce %5 sum axes [0, 1]
        return %7 %8
      }
      """, steps: 2)
  }

  /// A number for each row, computed from a sum that was taken earlier.
  @Test func rowsWithoutASum() throws {
    try check(
      """
      graph(%0: f32[40, 10], %1: f32[40], %2: f32[20, 10]) {
        %3: f32[40, 10] = exp %0
        %4: f32[40] = reduce %3 sum axes [1]
        %5: f32[40, 10] = transpose %3 permutation [0, 1]
        %6: f32[20, 20] = reshape %5
        %7: f32[20, 10] = matmul %6 %2
        %8: f32[] = reduce %7 maximum axes [0, 1]
        %9: f32[40] = broadcast %8 axes []
        %10: f32[40] = add %1 %9
        %11: f32[40] = divide %10 %4
        %12: f32[40, 10] = broadcast %11 axes [0]
        %13: f32[40, 10] = multiply %12 %3
        return %13
      }
      """, steps: nil)
  }

  /// What else reads a sum, and in another order, gets it from memory.
  @Test func sumsThatOthersNeed() throws {
    try check(
      """
      graph(%0: f32[10, 10], %1: f32[10, 10]) {
        %2: f32[10, 10] = multiply %0 %1
        %3: f32[10] = reduce %2 sum axes [1]
        %4: f32[10, 10] = broadcast %3 axes [1]
        %5: f32[10, 10] = broadcast %3 axes [0]
        %6: f32[10, 10] = add %2 %5
        %7: f32[10, 10] = multiply %6 %4
        %8: f32[10] = reduce %7 maximum axes [1]
        return %7 %8
      }
      """, steps: nil)
  }

  /// What a loss on classes costs: of each row the element that an id names, and in the gradient the place of one.
  private func loss(_ m: Int, _ n: Int) -> String {
    let type = "f32[\(m), \(n)]"
    return """
      graph(%0: f32[\(m), 20], %1: f32[20, \(n)], %2: i64[\(m)], %3: f32[\(m)]) {
        %4: \(type) = matmul %0 %1
        %5: f32[\(m)] = reduce %4 maximum axes [1]
        %6: \(type) = broadcast %5 axes [0]
        %7: \(type) = subtract %4 %6
        %8: \(type) = exp %7
        %9: f32[\(m)] = reduce %8 sum axes [1]
        %10: f32[\(m)] = log %9
        %11: \(type) = broadcast %10 axes [0]
        %12: \(type) = subtract %7 %11
        %13: i64[\(m), 1] = reshape %2
        %14: f32[\(m), 1] = takeAlong %12 %13 axis 1
        %15: f32[\(m)] = reshape %14
        %16: f32[\(m)] = multiply %3 %15
        %17: f32[] = reduce %16 sum axes [0]
        %18: f32[\(m), 1] = reshape %3
        %19: \(type) = scatterAddAlong %18 %13 axis 1 size \(n)
        %20: \(type) = negate %19
        %21: f32[\(m)] = reduce %20 sum axes [1]
        %22: f32[\(m)] = divide %21 %9
        %23: \(type) = broadcast %22 axes [0]
        %24: \(type) = multiply %23 %8
        %25: \(type) = add %19 %24
        return %17 %25 %16
      }
      """
  }

  /// The check of the ids, the product with the loss, its sum, and the gradient.
  @Test(arguments: [(32, 10), (2, 2), (9, 15), (33, 3), (53, 10), (400, 10), (5, 16), (1, 10), (6, 1)])
  func chosenElements(_ m: Int, _ n: Int) throws {
    try check(loss(m, n), steps: m > 1 && n > 1 && n < 16 ? 4 : nil, ids: n)
  }

  @Test func chosenOfRowsWithTwoAxes() throws {
    try check(
      """
      graph(%0: f32[3, 4, 5], %1: i64[3, 4, 1], %2: i64[4, 3]) {
        %3: f32[3, 4, 1] = takeAlong %0 %1 axis 2
        %4: f32[3, 4, 5] = scatterAddAlong %3 %1 axis 2 size 5
        %5: i64[3, 4] = transpose %2 permutation [1, 0]
        %6: i64[3, 4, 1] = reshape %5
        %7: f32[3, 4, 1] = takeAlong %4 %6 axis 2
        %8: f32[3, 4, 1] = exp %7
        return %8 %4
      }
      """, steps: nil, ids: 5)
  }

  /// Ids that come from the rows themselves are in memory before they are used.
  @Test func chosenByWhatIsComputed() throws {
    try check(
      """
      graph(%0: f32[40, 6], %1: f32[40, 6]) {
        %2: f32[40] = reduce %0 sum axes [1]
        %3: bool[40] = isFinite %2
        %4: i64[40] = convert %3
        %5: i64[40, 1] = reshape %4
        %6: f32[40, 6] = add %0 %1
        %7: f32[40, 1] = takeAlong %6 %5 axis 1
        %8: f32[40, 1] = negate %7
        %9: f32[40, 6] = scatterAddAlong %8 %5 axis 1 size 6
        %10: f32[40, 6] = multiply %9 %0
        return %10
      }
      """, steps: nil, ids: 6)
  }

  /// Zeros keep their signs as where they are added; what is not a number stays where it is.
  @Test func signsOfZeros() throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[4, 3], %1: i64[4, 1]) {
        %2: f32[4, 1] = takeAlong %0 %1 axis 1
        %3: f32[4, 3] = scatterAddAlong %2 %1 axis 1 size 3
        %4: f32[4, 3] = negate %3
        return %2 %4
      }
      """)
    let values: [Float] = [-0.0, 1, 2, .nan, -0.0, 3, .infinity, .nan, 0, 5, 6, -.infinity]
    let inputs = try [floats(values, [4, 3]), integers([0, 1, 2, 2], [4, 1])]
    let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
    for (a, b) in zip(plain, try Program.compile(graph).run(inputs)) { #expect(a.bytes == b.bytes) }
  }

  /// The same problem, at the same place, as without passes; and nothing is updated before it.
  @Test(arguments: [-1, 10, Int.max]) func idsOutOfRange(_ id: Int) throws {
    let graph = try GraphReader.parse(loss(32, 10))
    var ids = [Int](repeating: 3, count: 32)
    ids[17] = id
    let inputs = try [
      floats([Float](repeating: 0.5, count: 640), [32, 20]), floats([Float](repeating: 0.25, count: 200), [20, 10]),
      integers(ids), floats([Float](repeating: 1, count: 32)),
    ]
    for optimize in [false, true] {
      let program = try Program.compile(graph, options: CompileOptions(optimize: optimize))
      do {
        _ = try program.run(inputs)
        Issue.record("ran with the id \(id)")
      } catch ExecutionProblem.kernel(let status, _) {
        #expect(status == KernelStatus(.indexOutOfRange, detail: 17, found: id, limit: 10), "\(optimize)")
      }
    }
  }
}
