import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// Where results go without a copy, and what becomes one step.
@Suite struct ExecutionPlacementTests {
  private func summaries(_ text: String) throws -> [String] {
    try Program.compile(GraphReader.parse(text)).plan.steps.map(\.text)
  }

  @Test(arguments: [0, 1, 2]) func partsAreComputedInTheirPlaceOfAConcatenation(axis: Int) throws {
    let sizes = (0..<3).map { $0 == axis ? 12 : [3, 5, 4][$0] }
    let parts = (0..<3).map { $0 == axis ? 4 : [3, 5, 4][$0] }
    let (part, whole) = ("f32[\(parts[0]), \(parts[1]), \(parts[2])]", "f32[\(sizes[0]), \(sizes[1]), \(sizes[2])]")
    let text = """
      graph(%0: \(part), %1: \(part)) {
        %2: \(part) = add %0 %1
        %3: \(part) = multiply %0 %1
        %4: \(whole) = concatenate %2 %1 %3 axis \(axis)
        %5: \(whole) = negate %4
        return %4 %5
      }
      """
    let numbers = (0..<parts.reduce(1, *)).map { Float($0) }
    _ = try run(text, [floats(numbers, Shape(parts)), floats(numbers.reversed(), Shape(parts))])
    let copies = try summaries(text).filter { $0.hasPrefix("put") || $0.hasPrefix("copy") || $0.hasSuffix("copy") }
    #expect(copies.count == 1, "only the part that is an input is copied: \(copies)")
  }

  @Test func aPartThatOthersReadIsCopied() throws {
    _ = try run(
      """
      graph(%0: f32[4, 3], %1: f32[4, 3]) {
        %2: f32[4, 3] = add %0 %1
        %3: f32[4] = reduce %2 sum axes [1]
        %4: f32[4, 6] = concatenate %2 %2 axis 1
        return %4 %3
      }
      """,
      [floats((0..<12).map { Float($0) }, [4, 3]), floats((0..<12).map { Float($0 * $0) }, [4, 3])])
  }

  /// A single column that does not stand side by side would be summed in another order.
  @Test func aColumnForAnotherPlaceIsCopiedThere() throws {
    let numbers = (0..<262_144).map { Float($0 * 7919 % 1013) / 1000 - 0.5 }
    let type = "f32[4, 4, 128, 128]"
    _ = try run(
      """
      graph(%0: f32[4, 4, 128, 1], %1: \(type), %2: \(type)) {
        %3: \(type) = multiply %2 %1
        %4: f32[4, 4, 128, 1] = matmul %3 %0
        %5: f32[4, 128, 4, 1] = transpose %4 permutation [0, 2, 1, 3]
        %6: f32[512, 4] = reshape %5
        return %6
      }
      """,
      [
        floats(Array(numbers[..<2048]), [4, 4, 128, 1]), floats(numbers, [4, 4, 128, 128]),
        floats(numbers.reversed(), [4, 4, 128, 128]),
      ])
  }

  @Test func smallNeighboursAreOneStep() throws {
    let text = """
      graph(%0: f32[30, 100], %1: f32[30, 100]) {
        %2: f32[30, 100] = add %0 %1
        %3: f32[30, 100] = multiply %2 %2
        %4: f32[30, 100] = subtract %0 %1
        %5: f32[30, 100] = multiply %4 %4
        return %3 %5
      }
      """
    let inputs = try (1...2).map { factor in try floats((0..<3000).map { Float($0 * factor % 23) }, [30, 100]) }
    _ = try run(text, inputs)
    #expect(try summaries(text).count == 1)
  }
}
