import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing
import Transforms

/// What scans over the second axis of a batch read is computed in the order of their steps.
@Suite struct StepOrderTests {
  private final class Source {
    var random = TestRandom(8)
  }
  private let source = Source()
  private func numbers(_ shape: Shape) throws -> Tensor {
    try floats((0..<shape.count).map { _ in Float(source.random.below(2001) - 1000) / 1000 }, shape)
  }

  /// Two recurrent layers over looked-up rows, 5 sequences of 7 steps.
  private let stack = """
    graph(%0: f32[11, 4], %1: i64[5, 7], %2: f32[4, 6], %3: f32[6], %4: f32[6, 3], %5: f32[5, 6], %6: f32[5, 3]) {
      %7: f32[5, 7, 4] = take %0 %1 axis 0
      %8: f32[35, 4] = reshape %7
      %9: f32[35, 6] = matmul %8 %2
      %10: f32[5, 7, 6] = reshape %9
      %11: f32[5, 7, 6] = broadcast %3 axes [2]
      %12: f32[5, 7, 6] = add %10 %11
      %13: f32[7, 5, 6] = transpose %12 permutation [1, 0, 2]
      %14: f32[5, 6], %15: f32[7, 5, 6] = scan %5 %13 constants 0 carry 1 length 7
        body(%0: f32[5, 6], %1: f32[5, 6]) {
          %2: f32[5, 6] = multiply %0 %1
          %3: f32[5, 6] = tanh %2
          return %3 %3
        }
      %16: f32[5, 7, 6] = transpose %15 permutation [1, 0, 2]
      %17: f32[35, 6] = reshape %16
      %18: f32[35, 3] = matmul %17 %4
      %19: f32[5, 7, 3] = reshape %18
      %20: f32[5, 7, 3] = tanh %19
      %21: f32[7, 5, 3] = transpose %20 permutation [1, 0, 2]
      %22: f32[5, 3] = scan %6 %21 constants 0 carry 1 length 7 reversed body(%0: f32[5, 3], %1: f32[5, 3]) {
        %2: f32[5, 3] = add %0 %1
        %3: f32[5, 3] = tanh %2
        return %3
      }
      return %14 %22
    }
    """

  private func transposed(_ graph: Graph) -> [TensorType] {
    graph.operations.compactMap { operation in
      guard case .transpose = operation.primitive else { return nil }
      return graph.type(of: operation.results[0])
    }
  }

  @Test func onlyIdsAreRearranged() throws {
    let ids = try integers((0..<35).map { _ in source.random.below(11) }, [5, 7])
    _ = try run(
      stack,
      [
        numbers([11, 4]), ids, numbers([4, 6]), numbers([6]), numbers([6, 3]), numbers([5, 6]), numbers([5, 3]),
      ])
    let graph = try GraphReader.parse(stack)
    let ordered = graph.orderingSteps()
    try ordered.verify()
    #expect(transposed(ordered) == [TensorType(.i64, [7, 5])])
    // The way back follows.
    let gradient = try gradientGraph(of: graph, outputs: [1], withRespectTo: [0, 2, 3, 4])
    #expect(transposed(gradient) == [TensorType(.i64, [7, 5])])
  }

  /// Sequences that are joined along an axis, of which the first two cannot be exchanged before.
  @Test(arguments: [(0, [3, 7], [8, 7]), (1, [5, 4], [5, 11]), (2, [5, 7], [5, 7])])
  func joinedSequences(axis: Int, other: [Int], all: [Int]) throws {
    let features = axis == 2 ? 8 : 4
    let text = """
      graph(%0: f32[11, 4], %1: i64[5, 7], %2: i64\(other), %3: f32[\(all[0]), \(features)]) {
        %4: f32[5, 7, 4] = take %0 %1 axis 0
        %5: f32[\(other[0]), \(other[1]), 4] = take %0 %2 axis 0
        %6: f32[\(all[0]), \(all[1]), \(features)] = concatenate %4 %5 axis \(axis)
        %7: f32[\(all[1]), \(all[0]), \(features)] = transpose %6 permutation [1, 0, 2]
        %8: f32[\(all[0]), \(features)] = scan %3 %7 constants 0 carry 1 length \(all[1])
          body(%0: f32[\(all[0]), \(features)], %1: f32[\(all[0]), \(features)]) {
            %2: f32[\(all[0]), \(features)] = add %0 %1
            %3: f32[\(all[0]), \(features)] = tanh %2
            return %3
          }
        return %8
      }
      """
    let ids = try [[5, 7], other].map { sizes in
      try integers((0..<(sizes[0] * sizes[1])).map { _ in source.random.below(11) }, Shape(sizes))
    }
    _ = try run(text, [numbers([11, 4]), ids[0], ids[1], numbers([all[0], features])])
    let ordered = try GraphReader.parse(text).orderingSteps()
    try ordered.verify()
    #expect(transposed(ordered).allSatisfy { ($0.dtype == .i64) == (axis == 2) })
  }

  /// Half as many steps of twice the features.
  @Test func stepsThatAreJoinedStayInOrder() throws {
    let text = """
      graph(%0: f32[11, 3], %1: i64[5, 14], %2: f32[5, 6]) {
        %3: f32[5, 14, 3] = take %0 %1 axis 0
        %4: f32[5, 7, 6] = reshape %3
        %5: f32[7, 5, 6] = transpose %4 permutation [1, 0, 2]
        %6: f32[5, 6] = scan %2 %5 constants 0 carry 1 length 7 body(%0: f32[5, 6], %1: f32[5, 6]) {
          %2: f32[5, 6] = add %0 %1
          %3: f32[5, 6] = tanh %2
          return %3
        }
        return %6
      }
      """
    let ids = try integers((0..<70).map { _ in source.random.below(11) }, [5, 14])
    _ = try run(text, [numbers([11, 3]), ids, numbers([5, 6])])
    #expect(transposed(try GraphReader.parse(text).orderingSteps()).map(\.shape) == [[7, 5, 6]])
  }

  /// Two features become six gates: the features are rearranged. With a second reader of the product, it is.
  @Test(arguments: [false, true]) func theSmallerIsRearranged(isReadTwice: Bool) throws {
    let text = """
      graph(%0: f32[5, 7, 2], %1: f32[2, 6], %2: f32[5, 6], %3: f32[5]) {
        %4: f32[35, 2] = reshape %0
        %5: f32[35, 6] = matmul %4 %1
        %6: f32[5, 7, 6] = reshape %5
        %7: f32[5, 7, 6] = broadcast %3 axes [0]
        %8: f32[5, 7, 6] = multiply %6 %7
        %9: f32[7, 5, 6] = transpose %8 permutation [1, 0, 2]
        %10: f32[5, 6] = scan %2 %9 constants 0 carry 1 length 7 body(%0: f32[5, 6], %1: f32[5, 6]) {
          %2: f32[5, 6] = add %0 %1
          %3: f32[5, 6] = tanh %2
          return %3
        }
        return %10 \(isReadTwice ? "%8" : "")
      }
      """
    _ = try run(text, [numbers([5, 7, 2]), numbers([2, 6]), numbers([5, 6]), numbers([5])])
    let ordered = try GraphReader.parse(text).orderingSteps()
    try ordered.verify()
    #expect(transposed(ordered).map(\.shape) == [isReadTwice ? [7, 5, 6] : [7, 5, 2]])
  }
}
