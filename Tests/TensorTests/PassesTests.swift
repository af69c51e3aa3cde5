import Execution
import TensorGraph
import TensorTypes
import Testing

/// Graph text in, graph text out.
@Suite struct PassesTests {
  private func expect(_ before: String, becomes after: String, _ sourceLocation: SourceLocation = #_sourceLocation) throws {
    let program = try Program.compile(try GraphReader.parse(before))
    let expected = try GraphReader.parse(after).description
    #expect(program.optimized.description == expected, sourceLocation: sourceLocation)
  }

  @Test func neutralOperandsVanish() throws {
    try expect(
      """
      graph(%0: f32[3], %1: i64[3]) {
        %2: f32[] = constant 1
        %3: f32[3] = broadcast %2 axes []
        %4: f32[3] = multiply %0 %3
        %5: f32[3] = divide %4 %3
        %6: f32[] = constant 0
        %7: f32[3] = broadcast %6 axes []
        %8: f32[3] = subtract %5 %7
        %9: i64[] = constant 0
        %10: i64[3] = broadcast %9 axes []
        %11: i64[3] = add %10 %1
        %12: f32[3] = stopGradient %8
        %13: f32[3] = convert %12
        %14: f32[3] = negate %13
        %15: f32[3] = negate %14
        return %15 %11
      }
      """, becomes: "graph(%0: f32[3], %1: i64[3]) { return %0 %1 }")
  }

  @Test func addingZeroKeepsTheSignOfZero() throws {
    let text = """
      graph(%0: f32[1]) {
        %1: f32[] = constant 0
        %2: f32[1] = broadcast %1 axes []
        %3: f32[1] = add %0 %2
        return %3
      }
      """
    try expect(text, becomes: text)
    #expect(try run(text, [floats([-0.0])])[0].floats[0].sign == .plus)
    // A sum of one number begins with zero.
    let sum = "graph(%0: f32[1]) { %1: f32[1] = reduce %0 sum axes [] return %1 }"
    #expect(try run(sum, [floats([-0.0])])[0].floats[0].sign == .plus)
  }

  @Test func divisionByANumberIsAProduct() throws {
    try expect(
      """
      graph(%0: f32[2], %1: f32[], %2: f32[2]) {
        %3: f32[2] = broadcast %1 axes []
        %4: f32[2] = divide %0 %3
        %5: f32[2] = divide %2 %3
        %6: f32[] = constant 2
        %7: f32[2] = broadcast %6 axes []
        %8: f32[2] = power %0 %7
        return %4 %5 %8
      }
      """,
      becomes: """
        graph(%0: f32[2], %1: f32[], %2: f32[2]) {
          %3: f32[] = reciprocal %1
          %4: f32[2] = broadcast %3 axes []
          %5: f32[2] = multiply %0 %4
          %6: f32[2] = multiply %2 %4
          %7: f32[2] = multiply %0 %0
          return %5 %6 %7
        }
        """)
  }

  @Test func shapeOperationsMerge() throws {
    try expect(
      """
      graph(%0: f32[2, 3], %1: f32[]) {
        %2: f32[3, 2] = transpose %0 permutation [1, 0]
        %3: f32[2, 3] = transpose %2 permutation [1, 0]
        %4: f32[6] = reshape %3
        %5: f32[3, 2] = reshape %4
        %6: f32[2] = broadcast %1 axes []
        %7: f32[3, 2] = broadcast %6 axes [1]
        %8: f32[3, 2] = reverse %5 axes [0]
        %9: f32[3, 2] = reverse %8 axes [0]
        return %9 %7
      }
      """,
      becomes: """
        graph(%0: f32[2, 3], %1: f32[]) {
          %2: f32[3, 2] = reshape %0
          %3: f32[3, 2] = broadcast %1 axes []
          return %2 %3
        }
        """)
  }

  @Test func literalsAreComputedOnce() throws {
    try expect(
      """
      graph(%0: f64[2], %1: f64[]) {
        %2: f64[] = constant 3
        %3: f64[] = constant 4
        %4: f64[] = multiply %2 %3
        %5: f64[2] = broadcast %4 axes []
        %6: f64[2] = broadcast %1 axes []
        %7: f64[2] = add %5 %6
        %8: f64[2] = multiply %0 %7
        return %8
      }
      """,
      becomes: """
        graph(%0: f64[2], %1: f64[]) {
          %2: f64[] = constant 12
          %3: f64[] = add %2 %1
          %4: f64[2] = broadcast %3 axes []
          %5: f64[2] = multiply %0 %4
          return %5
        }
        """)
  }

  @Test func anIntegerProblemIsLeftForTheRun() throws {
    let text = """
      graph() {
        %0: i64[] = constant 1
        %1: i64[] = constant 0
        %2: i64[] = floorDivide %0 %1
        return %2
      }
      """
    try expect(text, becomes: text)
  }

  @Test func equalOperationsAreSharedAndUnusedOnesRemoved() throws {
    try expect(
      """
      graph(%0: f32[3]) {
        %1: f32[3] = exp %0
        %2: f32[3] = exp %0
        %3: f32[3] = sin %1
        %4: f32[3] = add %1 %2
        return %4
      }
      """,
      becomes: """
        graph(%0: f32[3]) {
          %1: f32[3] = exp %0
          %2: f32[3] = add %1 %1
          return %2
        }
        """)
  }

  @Test func scansLoseWhatNobodyReads() throws {
    try expect(
      """
      graph(%0: f32[], %1: f32[], %2: f32[], %3: f32[5], %4: f32[5]) {
        %5: f32[], %6: f32[], %7: f32[5], %8: f32[5] = scan %0 %1 %2 %3 %4 constants 1 carry 2 length 5
          body(%0: f32[], %1: f32[], %2: f32[], %3: f32[], %4: f32[]) {
            %5: f32[] = add %1 %3
            %6: f32[] = multiply %2 %0
            %7: f32[] = exp %4
            return %5 %6 %7 %1
          }
        return %5 %8
      }
      """,
      becomes: """
        graph(%0: f32[], %1: f32[], %2: f32[], %3: f32[5], %4: f32[5]) {
          %5: f32[], %6: f32[5] = scan %1 %3 constants 0 carry 1 length 5
            body(%0: f32[], %1: f32[]) {
              %2: f32[] = add %0 %1
              return %2 %0
            }
          return %5 %6
        }
        """)
  }

  @Test func whatDoesNotDependOnTheStepLeavesTheScan() throws {
    try expect(
      """
      graph(%0: f32[2, 2], %1: f32[2], %2: f32[2]) {
        %3: f32[2] = scan %0 %1 %2 constants 2 carry 1 length 5
          body(%0: f32[2, 2], %1: f32[2], %2: f32[2]) {
            %3: f32[1, 2] = reshape %1
            %4: f32[1, 2] = matmul %3 %0
            %5: f32[2] = reshape %4
            %6: f32[2] = add %2 %5
            return %6
          }
        return %3
      }
      """,
      becomes: """
        graph(%0: f32[2, 2], %1: f32[2], %2: f32[2]) {
          %3: f32[1, 2] = reshape %1
          %4: f32[1, 2] = matmul %3 %0
          %5: f32[2] = scan %4 %2 constants 1 carry 1 length 5
            body(%0: f32[1, 2], %1: f32[2]) {
              %2: f32[2] = reshape %0
              %3: f32[2] = add %1 %2
              return %3
            }
          return %5
        }
        """)
  }

  @Test func largeCheapResultsAreMadeAgainByTheirReaders() throws {
    try expect(
      """
      graph(%0: f32[65536]) {
        %1: f32[] = constant 0.5
        %2: f32[65536] = broadcast %1 axes []
        %3: f32[65536] = multiply %0 %2
        %4: f32[65536] = exp %3
        %5: f32[65536] = sin %3
        return %4 %5
      }
      """,
      becomes: """
        graph(%0: f32[65536]) {
          %1: f32[] = constant 0.5
          %2: f32[65536] = broadcast %1 axes []
          %3: f32[65536] = multiply %0 %2
          %4: f32[65536] = exp %3
          %5: f32[65536] = multiply %0 %2
          %6: f32[65536] = sin %5
          return %4 %6
        }
        """)
  }

  @Test func partsAreJoinedBeforeTheirAxesAreMerged() throws {
    try expect(
      """
      graph(%0: f32[2, 5, 3, 4], %1: f32[2, 5, 1, 4]) {
        %2: f32[2, 5, 12] = reshape %0
        %3: f32[2, 5, 4] = reshape %1
        %4: f32[2, 5, 16] = concatenate %2 %3 axis 2
        return %4
      }
      """,
      becomes: """
        graph(%0: f32[2, 5, 3, 4], %1: f32[2, 5, 1, 4]) {
          %2: f32[2, 5, 4, 4] = concatenate %0 %1 axis 2
          %3: f32[2, 5, 16] = reshape %2
          return %3
        }
        """)
  }

  @Test func stridedPartsAreJoinedWhereTheyStand() throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[3, 2, 5, 7], %1: f32[3, 4, 5, 7]) {
        %2: f32[3, 5, 2, 7] = transpose %0 permutation [0, 2, 1, 3]
        %3: f32[3, 5, 4, 7] = transpose %1 permutation [0, 2, 1, 3]
        %4: f32[3, 5, 14] = reshape %2
        %5: f32[3, 5, 28] = reshape %3
        %6: f32[3, 5, 42] = concatenate %4 %5 axis 2
        return %6
      }
      """)
    let inputs = try graph.inputTypes.map { type in
      try floats((0..<type.shape.count).map { Float($0) }, type.shape)
    }
    let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
    let program = try Program.compile(graph)
    #expect(try program.run(inputs)[0].floats == plain[0].floats)
    #expect(program.plan.steps.count == 2)
  }

  @Test func adamIsOneStepOverTheParameter() throws {
    let program = try Program.compile(try GraphReader.parse(Self.adam))
    let texts = program.plan.steps.map(\.text)
    #expect(texts.count == 2, "\(texts)")
    #expect(texts.last?.hasPrefix("elementwise [1000]:") == true, "\(texts)")
    #expect(program.plan.donations.count == 3)
  }

  /// p, g, m, v, step, rate to p, m, v.
  static let adam = """
    graph(%0: f32[10, 100], %1: f32[10, 100], %2: f32[10, 100], %3: f32[10, 100], %4: f64[], %5: f64[]) {
      %6: f64[] = constant 0.9
      %7: f64[] = power %6 %4
      %8: f64[] = constant 1
      %9: f64[] = subtract %8 %7
      %10: f32[] = convert %9
      %11: f32[] = convert %5
      %12: f32[] = constant 0.9
      %13: f32[10, 100] = broadcast %12 axes []
      %14: f32[10, 100] = multiply %13 %2
      %15: f32[] = constant 0.1
      %16: f32[10, 100] = broadcast %15 axes []
      %17: f32[10, 100] = multiply %16 %1
      %18: f32[10, 100] = add %14 %17
      %19: f32[10, 100] = multiply %13 %3
      %20: f32[10, 100] = multiply %1 %1
      %21: f32[10, 100] = multiply %16 %20
      %22: f32[10, 100] = add %19 %21
      %23: f32[10, 100] = broadcast %10 axes []
      %24: f32[10, 100] = divide %18 %23
      %25: f32[10, 100] = sqrt %22
      %26: f32[10, 100] = add %25 %16
      %27: f32[10, 100] = divide %24 %26
      %28: f32[10, 100] = broadcast %11 axes []
      %29: f32[10, 100] = multiply %28 %27
      %30: f32[10, 100] = subtract %0 %29
      return %30 %18 %22
    }
    """

  @Test func compilingManyOperationsIsQuick() throws {
    var graph = Graph()
    var values = [graph.addInput(TensorType(.f32, [8, 8]))]
    for index in 0..<4000 {
      let other = values[index * 7 % values.count]
      values += try graph.apply(
        index % 3 == 0 ? .unary(.sin) : .binary(.add), index % 3 == 0 ? [other] : [other, values[values.count - 1]],
        origin: .none)
    }
    graph.outputs = [values[values.count - 1]]
    let clock = ContinuousClock()
    let time = try clock.measure { _ = try Program.compile(graph) }
    #expect(time < .seconds(2))
  }
}
