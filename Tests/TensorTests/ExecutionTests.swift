import Execution
import KernelTypes
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

@Suite struct ExecutionTests {
  @Test func elementwiseChain() throws {
    let result = try run(
      """
      graph(%0: f32[2, 3], %1: f32[3], %2: f32[]) {
        %3: f32[2, 3] = broadcast %1 axes [1]
        %4: f32[2, 3] = add %0 %3
        %5: f32[2, 3] = broadcast %2 axes []
        %6: f32[2, 3] = divide %4 %5
        %7: f32[2, 3] = negate %6
        return %7 %4
      }
      """, [floats([1, 2, 3, 4, 5, 6], [2, 3]), floats([10, 20, 30]), floats([2], [])])
    #expect(result[0].floats == [-5.5, -11, -16.5, -7, -12.5, -18])
    #expect(result[1].floats == [11, 22, 33, 14, 25, 36])
  }

  /// Two operations in one instruction round twice, on either side, where the first result has no other use.
  @Test func pairsOfOperationsKeepEveryBit() throws {
    var random = TestRandom(8)
    func input() throws -> Tensor {
      try floats((0..<300).map { _ in Float(random.below(2001) - 1000) / 300 * (random.chance(5) ? 1e30 : 1) })
    }
    for first in ["add", "subtract", "multiply"] {
      for second in ["add", "subtract", "multiply"] {
        let result = try run(
          """
          graph(%0: f32[300], %1: f32[300], %2: f32[300]) {
            %3: f32[300] = \(first) %0 %1
            %4: f32[300] = \(second) %3 %2
            %5: f32[300] = \(first) %1 %2
            %6: f32[300] = \(second) %0 %5
            %7: f32[300] = \(first) %2 %0
            %8: f32[300] = \(second) %7 %7
            %9: f32[300] = \(second) %7 %1
            return %4 %6 %8 %9
          }
          """, [input(), input(), input()])
        #expect(result.count == 4)
      }
    }
  }

  @Test func viewsAreReadAsTheyStand() throws {
    let result = try run(
      """
      graph(%0: f32[2, 3]) {
        %1: f32[3, 2] = transpose %0 permutation [1, 0]
        %2: f32[2, 2] = slice %1 starts [0, 0] limits [3, 2] strides [2, 1]
        %3: f32[2, 2] = reverse %2 axes [1]
        %4: f32[4] = reshape %3
        %5: f32[4] = add %4 %4
        %6: f32[2, 2] = matmul %3 %2 transposeA
        %7: f32[2] = reduce %1 sum axes [0]
        return %5 %4 %6 %7
      }
      """, [floats([1, 2, 3, 4, 5, 6], [2, 3])])
    #expect(result[0].floats == [8, 2, 12, 6])
    #expect(result[1].floats == [4, 1, 6, 3])
    #expect(result[2].floats == [22, 52, 10, 22])
    #expect(result[3].floats == [6, 15])
  }

  /// A single column or row is summed in an order that depends on how the matrix stands: seen transposed, it is copied,
  /// and rows that share a transposed matrix stay products of their own.
  @Test(arguments: [
    "%5: f32[30, 1] = matmul %4 %1", "%5: f32[1, 30] = matmul %2 %4",
    "%6: f32[4, 30, 30] = broadcast %0 axes [1, 2] %5: f32[4, 1, 30] = matmul %3 %6 transposeB",
  ])
  func sumsOfOneColumnKeepTheirOrder(product: String) throws {
    let numbers = (0..<900).map { Float($0 * 7919 % 1013) / 1000 - 0.5 }
    _ = try run(
      """
      graph(%0: f32[30, 30], %1: f32[30, 1], %2: f32[1, 30], %3: f32[4, 1, 30]) {
        %4: f32[30, 30] = transpose %0 permutation [1, 0]
        \(product)
        return %5
      }
      """,
      [
        floats(numbers, [30, 30]), floats(Array(numbers[..<30]), [30, 1]), floats(Array(numbers[..<30]), [1, 30]),
        floats(Array(numbers[..<120]), [4, 1, 30]),
      ])
  }

  @Test func outputsMayBeInputsConstantsAndEachOther() throws {
    let result = try run(
      """
      graph(%0: f32[2]) {
        %1: f32[] = constant 3
        %2: f32[2, 2] = broadcast %1 axes []
        %3: f32[2] = negate %0
        %4: f32[1, 2] = reshape %3
        %5: f32[1] = slice %3 starts [1] limits [2] strides [1]
        return %0 %1 %2 %3 %4 %3 %5
      }
      """, [floats([1, 2])])
    #expect(result.map(\.floats) == [[1, 2], [3], [3, 3, 3, 3], [-1, -2], [-1, -2], [-1, -2], [-2]])
  }

  @Test func scanCarriesAndStacks() throws {
    let result = try run(
      """
      graph(%0: f32[], %1: f32[3], %2: f32[]) {
        %3: f32[], %4: f32[3], %5: f32[3] = scan %2 %0 %1 constants 1 carry 1 length 3
          body(%0: f32[], %1: f32[], %2: f32[]) {
            %3: f32[] = multiply %1 %0
            %4: f32[] = add %3 %2
            return %4 %4 %1
          }
        return %3 %4 %5
      }
      """, [floats([1], []), floats([1, 2, 3]), floats([10], [])])
    #expect(result.map(\.floats) == [[1123], [11, 112, 1123], [1, 11, 112]])
  }

  @Test func scanReversedSwapsItsCarries() throws {
    let result = try run(
      """
      graph(%0: f32[2], %1: f32[2], %2: f32[3, 2]) {
        %3: f32[2], %4: f32[2], %5: f32[3, 2] = scan %0 %1 %2 constants 0 carry 2 length 3 reversed
          body(%0: f32[2], %1: f32[2], %2: f32[2]) {
            %3: f32[2] = add %0 %2
            return %1 %3 %0
          }
        return %3 %4 %5
      }
      """, [floats([1, 2]), floats([3, 4]), floats([10, 20, 30, 40, 50, 60], [3, 2])])
    // a, b -> b, a + x for x = x2, x1, x0
    #expect(result.map(\.floats) == [[33, 44], [61, 82], [51, 62, 3, 4, 1, 2]])
  }

  @Test func emptyScanGivesItsCarry() throws {
    let result = try run(
      """
      graph(%0: f32[2], %1: f32[0]) {
        %2: f32[2], %3: f32[0, 2] = scan %0 %1 constants 0 carry 1 length 0
          body(%0: f32[2], %1: f32[]) {
            %2: f32[2] = exp %0
            return %2 %0
          }
        return %2 %3
      }
      """, [floats([1, 2]), floats([])])
    #expect(result.map(\.floats) == [[1, 2], []])
  }


  @Test func whileRunsUntilItsConditionFails() throws {
    let text = """
      graph(%0: f32[], %1: f32[2], %2: i64[]) {
        %3: f32[2], %4: i64[] = whileLoop %0 %1 %2 constants 1
          condition(%0: f32[], %1: f32[2], %2: i64[]) {
            %3: f32[] = reduce %1 maximum axes [0]
            %4: bool[] = less %3 %0
            return %4
          }
          body(%0: f32[], %1: f32[2], %2: i64[]) {
            %3: f32[2] = add %1 %1
            %4: i64[] = constant 1
            %5: i64[] = add %2 %4
            return %3 %5
          }
        return %3 %4
      }
      """
    let some = try run(text, [floats([100], []), floats([3, 1]), integers([0], [])])
    #expect(some[0].floats == [192, 64])
    #expect(some[1].elements(as: Int.self) == [6])
    let none = try run(text, [floats([1], []), floats([3, 1]), integers([7], [])])
    #expect(none[0].floats == [3, 1])
    #expect(none[1].elements(as: Int.self) == [7])
  }

  @Test func checksAndKernelsNameTheirProblem() throws {
    let check = try GraphReader.parse(
      """
      graph(%0: bool[]) {
        check %0 "loss is not finite"
        return %0
      }
      """)
    for optimize in [true, false] {
      let program = try Program.compile(check, options: CompileOptions(optimize: optimize))
      #expect(try program.run([truths([true], [])]).count == 1)
      do {
        _ = try program.run([truths([false], [])])
        Issue.record("the check held")
      } catch {
        guard case .check("loss is not finite", _) = error as? ExecutionProblem else { throw error }
      }
    }
    let take = try GraphReader.parse(
      """
      graph(%0: f32[3], %1: i64[2]) {
        %2: f32[2] = take %0 %1 axis 0
        return %2
      }
      """)
    do {
      _ = try Program.compile(take).run([floats([1, 2, 3]), integers([0, 3])])
      Issue.record("the index was accepted")
    } catch {
      guard case .kernel(let status, _) = error as? ExecutionProblem else { throw error }
      #expect(status == KernelStatus(.indexOutOfRange, detail: 1, found: 3, limit: 3))
    }
  }

  @Test func wrongInputsAreRefused() throws {
    let graph = try GraphReader.parse("graph(%0: f32[2]) { return %0 }")
    let program = try Program.compile(graph)
    #expect(throws: ExecutionProblem.self) { try program.run([]) }
    #expect(throws: ExecutionProblem.self) { try program.run([floats([1, 2, 3])]) }
  }

  @Test func eagerPrimitives() throws {
    let x = try floats([1, 2, 3, 4, 5, 6], [2, 3])
    #expect(try Eager.apply(.unary(.negate), [x])[0].floats == [-1, -2, -3, -4, -5, -6])
    #expect(try Eager.apply(.transpose(permutation: [1, 0]), [x])[0].floats == [1, 4, 2, 5, 3, 6])
    #expect(try Eager.apply(.reduce(.sum, axes: [0]), [x])[0].floats == [5, 7, 9])
    #expect(try Eager.apply(.concatenate(axis: 1), [x, x])[0].floats == [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6])
    #expect(try Eager.apply(.constant(.float(2, .f32)), [])[0].floats == [2])
    #expect(
      try Eager.elementwise(.binary(.add), [x, floats([10, 20], [2, 1])], shape: [2, 3]).floats == [11, 12, 13, 24, 25, 26])
    let third = try Eager.elementwise(.binary(.divide), [floats([5, 7]), floats([3], [])], shape: [2])
    #expect(third.floats == [5 * (1 / Float(3)), 7 * (1 / Float(3))])
    #expect(throws: ExecutionProblem.self) { try Eager.apply(.binary(.add), [x, floats([1, 2])]) }
  }
}
