import SourceText
import TensorGraph
import TensorTypes
import Testing
import Transforms

/// How a batch is computed, beyond its values.
@Suite struct VmapRuleTests {
  private func batched(_ text: String, _ flags: [Bool], size: Int = 5) throws -> (graph: Graph, outputs: [Bool]) {
    let (graph, outputs) = try vmapGraph(of: GraphReader.parse(text), batchedInputs: flags, size: size)
    try graph.verify()
    return (graph, outputs)
  }

  @Test func sharedWeightsMeetAllExamplesInOneProduct() throws {
    let text = "graph(%0: f32[1, 3], %1: f32[3, 4]) {\n %2: f32[1, 4] = matmul %0 %1\n return %2\n}"
    #expect(
      try batched(text, [true, false]).graph.description == """
        graph(%0: f32[5, 1, 3], %1: f32[3, 4]) {
          %2: f32[5, 3] = reshape %0
          %3: f32[5, 4] = matmul %2 %1
          %4: f32[5, 1, 4] = reshape %3
          return %4
        }
        """)
    let stacked = "graph(%0: f32[6, 2, 3], %1: f32[6, 3, 4]) {\n %2: f32[6, 2, 4] = matmul %0 %1\n return %2\n}"
    for flags in [[true, false], [false, true]] {
      let products = try batched(stacked, flags).graph.operations.filter { $0.primitive.name == "matmul" }
      #expect(products.count == 1)
      #expect(products[0].operands.count == 2)
    }
  }

  @Test func whatNoExampleChangesStaysShared() throws {
    let text = """
      graph(%0: f32[2], %1: f32[2]) {
        %2: f32[2] = exp %0
        %3: f32[2] = add %2 %1
        return %2 %3
      }
      """
    let (graph, outputs) = try batched(text, [false, true])
    #expect(outputs == [false, true])
    #expect(graph.outputTypes == [TensorType(.f32, [2]), TensorType(.f32, [5, 2])])
  }

  @Test func examplesDrawWhatABatchWouldDraw() throws {
    let text = "graph(%0: i64[2]) {\n %1: f32[3] = random %0 normal\n return %1\n}"
    let (graph, outputs) = try batched(text, [false])
    #expect(outputs == [true])
    #expect(
      graph.description == """
        graph(%0: i64[2]) {
          %1: f32[5, 3] = random %0 normal
          return %1
        }
        """)
    // In a loop too, though nothing that enters it is batched.
    let loop = """
      graph(%0: i64[2], %1: f32[]) {
        %2: f32[], %3: f32[4] = scan %0 %1 constants 1 carry 1 length 4
          body(%0: i64[2], %1: f32[]) {
            %2: f32[] = random %0 uniform
            %3: f32[] = add %1 %2
            return %3 %2
          }
        return %2 %3
      }
      """
    let scan = try batched(loop, [false, false])
    #expect(scan.outputs == [true, true])
    #expect(scan.graph.outputTypes == [TensorType(.f32, [5]), TensorType(.f32, [5, 4])])
  }

  @Test func ownKeysDrawOwnNumbers() throws {
    let text = "graph(%0: i64[2]) {\n %1: f64[3] = random %0 uniform\n return %1\n}"
    let (graph, _) = try batched(text, [true], size: 2)
    let keys = ReferenceTensor(TensorType(.i64, [2, 2]), [1, 2, 3, 4])
    let drawn = try referenceEvaluate(graph, [keys])[0].elements
    let plain = try GraphReader.parse(text)
    for (example, key) in [[1.0, 2.0], [3.0, 4.0]].enumerated() {
      let one = try referenceEvaluate(plain, [ReferenceTensor(TensorType(.i64, [2]), key)])[0].elements
      #expect(Array(drawn[(example * 3)..<(example * 3 + 3)]) == one)
    }
  }

  @Test func drawsInAWhileLoopAreAProblem() throws {
    let text = """
      graph(%0: i64[2], %1: f32[]) {
        %2: f32[] = whileLoop %0 %1 constants 1
          condition(%0: i64[2], %1: f32[]) {
            %2: f32[] = constant 1
            %3: bool[] = less %1 %2
            return %3
          }
          body(%0: i64[2], %1: f32[]) {
            %2: f32[] = random %0 uniform
            %3: f32[] = add %1 %2
            return %3
          }
        return %2
      }
      """
    var graph = try GraphReader.parse(text)
    let origin = Origin(span: Span(file: FileID(index: 0), start: 4, end: 6))
    graph.operations[0].origin = origin
    let problem = try #require(throws: TransformProblem.self) {
      try vmapGraph(of: graph, batchedInputs: [false, true], size: 3)
    }
    #expect(problem.kind == .drawInWhile)
    #expect(problem.origin.span == origin.span)
  }

  @Test func aCheckHoldsForAllExamples() throws {
    let text = "graph(%0: bool[], %1: f32[]) {\n check %0 \"must hold\"\n return %1\n}"
    let (graph, _) = try batched(text, [true, true], size: 2)
    let numbers = ReferenceTensor(TensorType(.f32, [2]), [1, 2])
    let kept = try referenceEvaluate(graph, [ReferenceTensor(TensorType(.bool, [2]), [1, 1]), numbers])
    #expect(kept == [numbers])
    #expect(throws: ReferenceProblem.self) {
      try referenceEvaluate(graph, [ReferenceTensor(TensorType(.bool, [2]), [1, 0]), numbers])
    }
  }

  @Test func wrongRequestsAreProblems() throws {
    let graph = try GraphReader.parse("graph(%0: f32[2]) {\n %1: f32[2] = exp %0\n return %1\n}")
    func kind(_ flags: [Bool], _ size: Int) -> TransformProblem.Kind? {
      #expect(throws: TransformProblem.self) { try vmapGraph(of: graph, batchedInputs: flags, size: size) }?.kind
    }
    #expect(kind([true, true], 2) == .flagCount(expected: 1, found: 2))
    #expect(kind([true], -1) == .negativeSize(-1))
    guard case .shape(let problem)? = kind([true], .max) else {
      Issue.record("a batch too large to address is accepted")
      return
    }
    #expect(problem.kind == .tooLarge)
  }
}
