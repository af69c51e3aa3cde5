import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// Chains that work row by row run a few rows at a time; the bits stay those of whole arrays.
@Suite struct ExecutionRowTests {
  private func check(_ text: String, steps: Int?, _ sourceLocation: SourceLocation = #_sourceLocation) throws {
    let graph = try GraphReader.parse(text)
    var random = TestRandom(3)
    let inputs = try graph.inputTypes.map { type in
      try floats((0..<type.shape.count).map { _ in Float(random.below(2001) - 1000) / 300 }, type.shape)
    }
    let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
    let program = try Program.compile(graph)
    let compiled = try program.run(inputs)
    for (a, b) in zip(plain, compiled) {
      let difference = zip(a.floats, b.floats).enumerated().first { $1.0.bitPattern != $1.1.bitPattern }
      #expect(difference == nil, "\(a.type)", sourceLocation: sourceLocation)
    }
    let texts = program.plan.steps.map(\.text)
    #expect(steps == nil || texts.count == steps, "\(texts)", sourceLocation: sourceLocation)
    #expect(texts.contains { $0.hasPrefix("rows") }, "\(texts)", sourceLocation: sourceLocation)
  }

  @Test func softmax() throws {
    // 1,001 rows: some remain after the last whole chunk.
    try check(
      """
      graph(%0: f32[1001, 300]) {
        %1: f32[1001] = reduce %0 maximum axes [1]
        %2: f32[1001, 300] = broadcast %1 axes [0]
        %3: f32[1001, 300] = subtract %0 %2
        %4: f32[1001, 300] = exp %3
        %5: f32[1001] = reduce %4 sum axes [1]
        %6: f32[1001, 300] = broadcast %5 axes [0]
        %7: f32[1001, 300] = divide %4 %6
        return %7 %5
      }
      """, steps: 1)
  }

  @Test func rowsThatLeaveTheCaches() throws {
    // More than 16 MiB of results: rows that are whole lines of the cache, and rows that are not.
    for columns in [1024, 1027] {
      try check(
        """
        graph(%0: f32[4111, \(columns)]) {
          %1: f32[4111] = reduce %0 maximum axes [1]
          %2: f32[4111, \(columns)] = broadcast %1 axes [0]
          %3: f32[4111, \(columns)] = subtract %0 %2
          %4: f32[4111, \(columns)] = exp %3
          %5: f32[4111] = reduce %4 sum axes [1]
          %6: f32[4111, \(columns)] = broadcast %5 axes [0]
          %7: f32[4111, \(columns)] = divide %4 %6
          return %7
        }
        """, steps: 1)
    }
  }

  /// Products of an attention, one read with rows and columns changed, go where a concatenation and a reshape want
  /// them: no step is left after the run. The short one may run several matrices at a time, which are copied.
  @Test(arguments: [(300, 1), (70, nil)])
  func productsInPlace(time: Int, steps: Int?) throws {
    let one = "f32[16, \(time), 4, 20]", turned = "f32[16, 4, \(time), 20]", seen = "f32[16, 4, \(time), \(time)]"
    try check(
      """
      graph(%0: f32[16, \(time), 12, 20]) {
        %1: \(one) = slice %0 starts [0, 0, 0, 0] limits [16, \(time), 4, 20] strides [1, 1, 1, 1]
        %2: \(one) = slice %0 starts [0, 0, 4, 0] limits [16, \(time), 8, 20] strides [1, 1, 1, 1]
        %3: \(turned) = transpose %1 permutation [0, 2, 1, 3]
        %4: \(turned) = transpose %2 permutation [0, 2, 1, 3]
        %5: \(seen) = matmul %3 %4 transposeB
        %6: \(seen) = sigmoid %5
        %7: \(turned) = matmul %6 %4
        %8: \(turned) = matmul %6 %3 transposeA
        %9: f32[16, 4, 20, \(time)] = matmul %4 %6 transposeA
        %10: \(one) = transpose %7 permutation [0, 2, 1, 3]
        %11: f32[\(16 * time), 80] = reshape %10
        %12: \(one) = transpose %8 permutation [0, 2, 1, 3]
        %13: \(one) = transpose %9 permutation [0, 3, 1, 2]
        %14: f32[16, \(time), 8, 20] = concatenate %12 %13 axis 2
        return %11 %14
      }
      """, steps: steps)
  }

  @Test func normWithScaleAndShift() throws {
    try check(
      """
      graph(%0: f32[16, 64, 256], %1: f32[256], %2: f32[256], %3: f32[]) {
        %4: f32[] = constant 256
        %5: f32[16, 64] = reduce %0 sum axes [2]
        %6: f32[16, 64] = broadcast %4 axes []
        %7: f32[16, 64] = divide %5 %6
        %8: f32[16, 64, 1] = reshape %7
        %9: f32[16, 64, 256] = broadcast %8 axes [0, 1, 2]
        %10: f32[16, 64, 256] = subtract %0 %9
        %11: f32[16, 64, 256] = multiply %10 %10
        %12: f32[16, 64] = reduce %11 sum axes [2]
        %13: f32[16, 64] = divide %12 %6
        %14: f32[16, 64] = broadcast %3 axes []
        %15: f32[16, 64] = add %13 %14
        %16: f32[16, 64] = sqrt %15
        %17: f32[16, 64, 256] = broadcast %16 axes [0, 1]
        %18: f32[16, 64, 256] = divide %10 %17
        %19: f32[16, 64, 256] = broadcast %1 axes [2]
        %20: f32[16, 64, 256] = multiply %18 %19
        %21: f32[16, 64, 256] = broadcast %2 axes [2]
        %22: f32[16, 64, 256] = add %20 %21
        return %22
      }
      """, steps: 1)
  }

  @Test func attention() throws {
    try check(
      """
      graph(%0: f32[4, 96, 4, 32], %1: f32[4, 96, 4, 32], %2: f32[4, 96, 4, 32], %3: f32[96, 96]) {
        %4: f32[4, 4, 96, 32] = transpose %0 permutation [0, 2, 1, 3]
        %5: f32[4, 4, 96, 32] = transpose %1 permutation [0, 2, 1, 3]
        %6: f32[4, 4, 96, 32] = transpose %2 permutation [0, 2, 1, 3]
        %7: f32[4, 4, 96, 96] = matmul %4 %5 transposeB
        %8: f32[4, 4, 96, 96] = broadcast %3 axes [2, 3]
        %9: f32[4, 4, 96, 96] = add %7 %8
        %10: f32[4, 4, 96] = reduce %9 maximum axes [3]
        %11: f32[4, 4, 96, 96] = broadcast %10 axes [0, 1, 2]
        %12: f32[4, 4, 96, 96] = subtract %9 %11
        %13: f32[4, 4, 96, 96] = exp %12
        %14: f32[4, 4, 96] = reduce %13 sum axes [3]
        %15: f32[4, 4, 96, 96] = broadcast %14 axes [0, 1, 2]
        %16: f32[4, 4, 96, 96] = divide %13 %15
        %17: f32[4, 4, 96, 32] = matmul %16 %6
        %18: f32[4, 96, 4, 32] = transpose %17 permutation [0, 2, 1, 3]
        return %18
      }
      """, steps: 2)
  }

  @Test func smallChainsStayAsTheyAre() throws {
    let program = try Program.compile(
      GraphReader.parse(
        """
        graph(%0: f32[64, 20]) {
          %1: f32[64] = reduce %0 maximum axes [1]
          %2: f32[64, 20] = broadcast %1 axes [0]
          %3: f32[64, 20] = subtract %0 %2
          return %3
        }
        """))
    #expect(program.plan.steps.count == 2)
  }
}
