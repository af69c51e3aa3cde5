import SourceText
import TensorGraph
import TensorTypes
import Testing
import Transforms

/// What the slopes of smooth functions do not show: ties, zeros, infinities, and how little is computed.
@Suite struct VjpRuleTests {
  /// The gradients of the sum of output 0 with respect to all inputs.
  private func gradients(_ text: String, _ inputs: [[Double]]) throws -> [[Double]] {
    let graph = try GraphReader.parse(text)
    let gradient = try gradientGraph(of: graph, outputs: [0], withRespectTo: Array(graph.inputs.indices))
    let ones = ReferenceTensor(graph.outputTypes[0]) { _ in 1 }
    let tensors = zip(graph.inputTypes, inputs).map { ReferenceTensor($0, $1) } + [ones]
    return try referenceEvaluate(gradient, tensors).dropFirst(graph.outputs.count).map(\.elements)
  }

  @Test(arguments: ["maximum", "minimum"])
  func equalOperandsShareEvenly(name: String) throws {
    let text = "graph(%0: f64[2], %1: f64[2]) {\n %2: f64[2] = \(name) %0 %1\n return %2\n}"
    let found = try gradients(text, [[1, 3], [1, 2]])
    #expect(found == (name == "maximum" ? [[0.5, 1], [0.5, 0]] : [[0.5, 0], [0.5, 1]]))
  }

  @Test func equalLargestElementsShareEvenly() throws {
    let text = "graph(%0: f64[5]) {\n %1: f64[] = reduce %0 maximum axes [0]\n return %1\n}"
    #expect(try gradients(text, [[2, 1, 2, 0, 2]]) == [[1.0 / 3, 0, 1.0 / 3, 0, 1.0 / 3]])
  }

  @Test func anEqualElementSetsTheRecordAnew() throws {
    let text = "graph(%0: f64[4]) {\n %1: f64[4] = cumulate %0 maximum axis 0\n return %1\n}"
    #expect(try gradients(text, [[-1, 2, 2, 0]]) == [[1, 1, 2, 0]])
  }

  @Test func atan2HasNoSlopeAtTheOrigin() throws {
    let text = "graph(%0: f64[2], %1: f64[2]) {\n %2: f64[2] = atan2 %0 %1\n return %2\n}"
    #expect(try gradients(text, [[0, 0], [0, 2]]) == [[0, 0.5], [0, 0]])
  }

  @Test func productsWithZeros() throws {
    let text = "graph(%0: f64[3]) {\n %1: f64[] = reduce %0 product axes [0]\n return %1\n}"
    #expect(try gradients(text, [[2, 0, 3]]) == [[0, 6, 0]])
    #expect(try gradients(text, [[0, 0, 3]]) == [[0, 0, 0]])
    let running = "graph(%0: f64[3]) {\n %1: f64[3] = cumulate %0 product axis 0\n return %1\n}"
    #expect(try gradients(running, [[2, 0, 3]]) == [[1, 2 + 6, 0]])
  }

  @Test func powersAtZero() throws {
    let text = "graph(%0: f64[4], %1: f64[4]) {\n %2: f64[4] = power %0 %1\n return %2\n}"
    let found = try gradients(text, [[0, 0, 0, 2], [0, 1, 2, 0]])
    #expect(found[0] == [0, 1, 0, 0])
    #expect(found[1] == [0, 0, 0, 0.6931471805599453])
  }

  @Test func constantPowersNeedNoLogarithm() throws {
    let text = """
      graph(%0: f64[2]) {
        %1: f64[] = constant 2
        %2: f64[2] = broadcast %1 axes []
        %3: f64[2] = power %0 %2
        return %3
      }
      """
    #expect(try gradients(text, [[-3, 0]]) == [[-6, 0]])
    let gradient = try gradientGraph(of: GraphReader.parse(text), outputs: [0], withRespectTo: [0])
    #expect(gradient.operations.filter { $0.primitive == .binary(.power) }.count == 1)
  }

  @Test func selectingDoesNotMultiply() throws {
    let text = """
      graph(%0: f64[2], %1: f64[2]) {
        %2: bool[2] = less %0 %1
        %3: f64[2] = select %2 %0 %1
        return %3
      }
      """
    #expect(try gradients(text, [[1, .infinity], [2, .nan]]) == [[1, 0], [0, 1]])
  }

  @Test func stoppedAndIntegerPathsCarryNothing() throws {
    let text = """
      graph(%0: f64[2], %1: i64[2]) {
        %2: f64[2] = stopGradient %0
        %3: f64[2] = floor %0
        %4: f64[2] = add %2 %3
        %5: i64[2] = convert %0
        %6: f64[2] = convert %5
        %7: f64[2] = add %4 %6
        return %7
      }
      """
    let graph = try GraphReader.parse(text)
    let gradient = try gradientGraph(of: graph, outputs: [0], withRespectTo: [0, 1])
    #expect(gradient.outputTypes == [TensorType(.f64, [2]), TensorType(.f64, [2]), TensorType(.i64, [2])])
    #expect(try gradients(text, [[1.5, 2], [3, 4]]) == [[0, 0], [0, 0]])
    #expect(gradient.operations.allSatisfy { $0.primitive != .binary(.multiply) })
  }

  @Test func onlyWhatIsWantedIsComputed() throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[2, 3], %1: f32[3, 4], %2: f32[4, 5]) {
        %3: f32[2, 4] = matmul %0 %1
        %4: f32[2, 5] = matmul %3 %2
        return %4 %3
      }
      """)
    func products(_ inputs: [Int], _ outputs: [Int]) throws -> Int {
      let gradient = try gradientGraph(of: graph, outputs: outputs, withRespectTo: inputs)
      return gradient.operations.filter { if case .matmul = $0.primitive { true } else { false } }.count - 2
    }
    #expect(try products([2], [0]) == 1)
    #expect(try products([1], [0]) == 2)
    #expect(try products([0, 1, 2], [0]) == 4)
    #expect(try products([1], [1]) == 1)
    #expect(try products([2], [1]) == 0)
  }

  @Test func operationsKeepTheOriginOfTheirRule() throws {
    var graph = Graph()
    let x = graph.addInput(TensorType(.f32, [2]))
    let origin = Origin(span: Span(file: FileID(index: 0), start: 5, end: 8), layerPath: "head")
    graph.outputs = try graph.apply(.unary(.tanh), [x], origin: origin)
    let gradient = try gradientGraph(of: graph, outputs: [0], withRespectTo: [0])
    #expect(gradient.operations.count > 1)
    #expect(gradient.operations.allSatisfy { $0.origin.span == origin.span && $0.origin.layerPath == "head" })
  }

  @Test func aWhileLoopHasNoGradient() throws {
    var graph = try GraphReader.parse(GraphTextTests.loops)
    let origin = Origin(span: Span(file: FileID(index: 0), start: 1, end: 2))
    graph.operations[1].origin = origin
    let problem = try #require(throws: TransformProblem.self) {
      try gradientGraph(of: graph, outputs: [0], withRespectTo: [0])
    }
    #expect(problem.kind == .gradientOfWhile)
    #expect(problem.origin.span == origin.span)
    // The scan's results do not come from the loop.
    _ = try gradientGraph(of: graph, outputs: [1], withRespectTo: [0])
  }

  @Test func wrongNumbersAreProblems() throws {
    let graph = try GraphReader.parse("graph(%0: f32[]) {\n return %0\n}")
    #expect(
      #expect(throws: TransformProblem.self) { try gradientGraph(of: graph, outputs: [1], withRespectTo: [0]) }?.kind
        == .noOutput(1))
    #expect(
      #expect(throws: TransformProblem.self) { try gradientGraph(of: graph, outputs: [0], withRespectTo: [1]) }?.kind
        == .noInput(1))
  }

  @Test func aScanStacksOnlyWhatTheWayBackReads() throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[2, 2], %1: f32[1, 2], %2: f32[4, 1, 2]) {
        %3: f32[1, 2], %4: f32[4, 1, 2] = scan %0 %1 %2 constants 1 carry 1 length 4
          body(%0: f32[2, 2], %1: f32[1, 2], %2: f32[1, 2]) {
            %3: f32[1, 2] = matmul %1 %0
            %4: f32[1, 2] = add %3 %2
            %5: f32[1, 2] = tanh %4
            return %5 %5
          }
        return %4
      }
      """)
    // Output 0 is the stack of hidden values.
    let gradient = try gradientGraph(of: graph, outputs: [0], withRespectTo: [0, 2])
    #expect(
      gradient.description == """
        graph(%0: f32[2, 2], %1: f32[1, 2], %2: f32[4, 1, 2], %3: f32[4, 1, 2]) {
          %4: f32[1, 2], %5: f32[4, 1, 2], %6: f32[4, 1, 2] = scan %0 %1 %2 constants 1 carry 1 length 4
            body(%0: f32[2, 2], %1: f32[1, 2], %2: f32[1, 2]) {
              %3: f32[1, 2] = matmul %1 %0
              %4: f32[1, 2] = add %3 %2
              %5: f32[1, 2] = tanh %4
              return %5 %5 %1
            }
          %7: f32[] = constant 0.0
          %8: f32[1, 2] = broadcast %7 axes []
          %9: f32[1, 2], %10: f32[4, 1, 2] = scan %0 %8 %5 %3 constants 1 carry 1 length 4 reversed
            body(%0: f32[2, 2], %1: f32[1, 2], %2: f32[1, 2], %3: f32[1, 2]) {
              %4: f32[1, 2] = add %1 %3
              %5: f32[1, 2] = multiply %2 %2
              %6: f32[] = constant 1.0
              %7: f32[1, 2] = broadcast %6 axes []
              %8: f32[1, 2] = subtract %7 %5
              %9: f32[1, 2] = multiply %4 %8
              %10: f32[1, 2] = matmul %9 %0 transposeB
              return %10 %9
            }
          %11: f32[4, 2] = reshape %6
          %12: f32[4, 2] = reshape %10
          %13: f32[2, 2] = matmul %11 %12 transposeA
          return %5 %13 %10
        }
        """)
  }

  /// The recurrent weight's gradient as one product is the sum of the steps' products.
  @Test(arguments: [0, 1, 3])
  func aSumOfProductsIsOneProduct(length: Int) throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f64[3, 3], %1: f64[2, 3], %2: f64[\(length), 2, 3]) {
        %3: f64[2, 3], %4: f64[\(length), 2, 3] = scan %0 %1 %2 constants 1 carry 1 length \(length)
          body(%0: f64[3, 3], %1: f64[2, 3], %2: f64[2, 3]) {
            %3: f64[2, 3] = matmul %1 %0
            %4: f64[2, 3] = add %3 %2
            %5: f64[2, 3] = tanh %4
            %6: f64[2, 3] = sin %4
            return %5 %6
          }
        return %4 %3
      }
      """)
    try expectGradientsOf(graph, at: graph.inputTypes.enumerated().map { drawn($1, -1...1, seed: UInt64($0)) })
  }
}

/// What comes back through slices.
@Suite struct VjpSliceTests {
  @Test func partsOfOneAxisAreJoinedOnce() throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f64[2, 7]) {
        %1: f64[2, 2] = slice %0 starts [0, 4] limits [2, 6] strides [1, 1]
        %2: f64[2, 2] = sin %1
        %3: f64[2, 2] = slice %0 starts [0, 0] limits [2, 2] strides [1, 1]
        %4: f64[2, 2] = multiply %2 %3
        %5: f64[2, 2] = slice %0 starts [0, 4] limits [2, 6] strides [1, 1]
        %6: f64[2, 2] = multiply %4 %5
        return %6
      }
      """)
    try expectGradientsOf(graph, at: [drawn(graph.inputTypes[0], -1...1, seed: 1)])
    let gradient = try gradientGraph(of: graph, outputs: [0], withRespectTo: [0])
    let names = gradient.operations.map(\.primitive.name)
    #expect(names.filter { $0 == "concatenate" }.count == 1)
    #expect(!names.contains("pad"))
  }

  @Test func overlapsAndOtherAxesAreAdded() throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f64[3, 4]) {
        %1: f64[3, 3] = slice %0 starts [0, 1] limits [3, 4] strides [1, 1]
        %2: f64[3, 3] = slice %0 starts [0, 0] limits [3, 3] strides [1, 1]
        %3: f64[3, 3] = multiply %1 %2
        %4: f64[1, 4] = slice %0 starts [1, 0] limits [2, 4] strides [1, 1]
        %5: f64[3, 2] = slice %0 starts [0, 0] limits [3, 4] strides [1, 2]
        %6: f64[2, 2] = slice %0 starts [0, 0] limits [2, 2] strides [1, 1]
        %7: f64[3, 4] = exp %0
        return %3 %4 %5 %6 %7
      }
      """)
    try expectGradientsOf(graph, at: [drawn(graph.inputTypes[0], -1...1, seed: 2)])
  }
}
