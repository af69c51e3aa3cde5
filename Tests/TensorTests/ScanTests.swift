import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing
import Transforms

/// Scans: what leaves the loop, what is split over the batch, and what the way back keeps.
@Suite struct ScanTests {
  private final class Source {
    var random = TestRandom(5)
    func numbers(_ shape: Shape, scale: Float = 1 / 1000) throws -> Tensor {
      try floats((0..<shape.count).map { _ in Float(random.below(2001) - 1000) * scale }, shape)
    }
    func signs(_ shape: Shape) throws -> Tensor {
      try floats((0..<shape.count).map { _ in random.below(2) == 0 ? -1 : 1 }, shape)
    }
  }
  private let source = Source()

  /// h = tanh(x @ w + h @ u + b), with a mask of rows and a gate that is the same for all.
  private func recurrence(batch: Int, units: Int, length: Int, reversed: Bool = false) -> String {
    """
    graph(%0: f32[\(units), \(units)], %1: f32[\(units), \(units)], %2: f32[\(units)], %3: f32[\(batch), \(units)],
      %4: f32[\(length), \(batch), \(units)], %5: f32[\(length), \(units)]) {
      %6: f32[\(batch), \(units)], %7: f32[\(length), \(batch), \(units)] = scan %0 %1 %2 %3 %4 %5
        constants 3 carry 1 length \(length) \(reversed ? "reversed" : "")
        body(%0: f32[\(units), \(units)], %1: f32[\(units), \(units)], %2: f32[\(units)], %3: f32[\(batch), \(units)],
          %4: f32[\(batch), \(units)], %5: f32[\(units)]) {
          %6: f32[\(batch), \(units)] = matmul %4 %0
          %7: f32[\(batch), \(units)] = broadcast %2 axes [1]
          %8: f32[\(batch), \(units)] = add %6 %7
          %9: f32[\(batch), \(units)] = matmul %3 %1 transposeB
          %10: f32[\(batch), \(units)] = add %8 %9
          %11: f32[\(batch), \(units)] = tanh %10
          %12: f32[\(batch), \(units)] = broadcast %5 axes [1]
          %13: f32[\(batch), \(units)] = multiply %11 %12
          return %13 %11
        }
      return %6 %7
    }
    """
  }

  private func inputs(batch: Int, units: Int, length: Int) throws -> [Tensor] {
    [
      try source.numbers([units, units]), try source.numbers([units, units]), try source.numbers([units]),
      try source.numbers([batch, units]), try source.numbers([length, batch, units]),
      try source.numbers([length, units]),
    ]
  }

  private func texts(_ steps: [ProgramPlan.Step]) -> [String] { steps.flatMap { [$0.text] + texts($0.body) } }

  /// A row by a transposed matrix is summed in another order than by the matrix turned before the scan.
  @Test(arguments: [1, 2]) func fewRowsKeepTheOrderOfTheirSums(batch: Int) throws {
    let text = recurrence(batch: batch, units: 48, length: 5)
    _ = try run(text, inputs(batch: batch, units: 48, length: 5))
    let turned = try texts(Program.compile(GraphReader.parse(text)).plan.steps).filter { $0.contains("rearrange") }
    #expect(turned.count == batch - 1)
  }

  /// Values that carries have before or after each step, stacked: such a carry stands in its stack.
  @Test(arguments: [0, 1, 2, 7], ["", "reversed"])
  func carriesStandInTheirStacks(length: Int, direction: String) throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[3], %1: f32[3], %2: f32[3], %3: f32[\(length), 3]) {
        %4: f32[3], %5: f32[3], %6: f32[3], %7: f32[\(length), 3], %8: f32[\(length), 3], %9: f32[\(length), 3],
          %10: f32[\(length), 3] = scan %0 %1 %2 %3 constants 0 carry 3 length \(length) \(direction)
          body(%0: f32[3], %1: f32[3], %2: f32[3], %3: f32[3]) {
            %4: f32[3] = multiply %0 %1
            %5: f32[3] = add %4 %3
            %6: f32[3] = subtract %1 %0
            return %5 %6 %1 %0 %6 %1 %5
          }
        return %4 %5 %6 %7 %8 %9 %10
      }
      """)
    let inputs = [
      try floats([1, -2, 0.5], [3]), try floats([0.25, 3, -1], [3]), try floats([9, 8, 7], [3]),
      try floats((0..<(3 * length)).map { Float($0) / 4 - 2 }, [length, 3]),
    ]
    var (a, b, c) = (inputs[0].floats, inputs[1].floats, inputs[2].floats)
    var stacks = [[Float]](repeating: [Float](repeating: 0, count: 3 * length), count: 4)
    for step in 0..<length {
      let places = 3 * (direction.isEmpty ? step : length - 1 - step)
      let next = (0..<3).map { a[$0] * b[$0] + inputs[3].floats[places + $0] }
      let difference = (0..<3).map { b[$0] - a[$0] }
      for (stack, values) in [a, difference, b, next].enumerated() {
        stacks[stack].replaceSubrange(places..<(places + 3), with: values)
      }
      (a, b, c) = (next, difference, b)
    }
    for optimize in [true, false] {
      let program = try Program.compile(graph, options: CompileOptions(optimize: optimize))
      #expect(try program.run(inputs).map(\.floats) == [a, b, c] + stacks)
    }
    guard length > 0 else { return }
    let steps = texts(try Program.compile(graph).plan.steps)
    #expect(steps.count { $0.hasPrefix("copy") } == 3, "\(steps)")
  }

  @Test func productsOfSlicesLeave() throws {
    let text = recurrence(batch: 3, units: 4, length: 5)
    _ = try run(text, inputs(batch: 3, units: 4, length: 5))
    let steps = try Program.compile(GraphReader.parse(text)).plan.steps
    let scan = try #require(steps.first { $0.text.hasPrefix("scan") })
    #expect(texts(scan.body).count { $0.hasPrefix("product") } == 1, "\(texts(steps))")
    #expect(texts(steps).contains { $0.hasPrefix("product [15, 4] @ [4, 4]") }, "\(texts(steps))")
    #expect(!texts(steps).contains { $0.contains("@ transpose") }, "\(texts(steps))")
  }

  /// Where the product of all steps is large, each step does its part again, with an offset on either side.
  @Test(arguments: [0, 1, 2]) func largeProductsReturn(form: Int) throws {
    let sum = ["%8: f32[64, 33, 160] = negate %6", "%8: f32[64, 33, 160] = add %6 %7", "%8: f32[64, 33, 160] = add %7 %6"]
    let text = """
      graph(%0: f32[64, 33, 8], %1: f32[8, 160], %2: f32[160], %3: f32[33, 160]) {
        %4: f32[2112, 8] = reshape %0
        %5: f32[2112, 160] = matmul %4 %1
        %6: f32[64, 33, 160] = reshape %5
        %7: f32[64, 33, 160] = broadcast %2 axes [2]
        \(sum[form])
        %9: f32[33, 160], %10: f32[64, 33, 160] = scan %3 \(form == 0 ? "%6" : "%8") constants 0 carry 1 length 64
          body(%0: f32[33, 160], %1: f32[33, 160]) {
            %2: f32[33, 160] = add %0 %1
            %3: f32[33, 160] = tanh %2
            return %3 %3
          }
        return %9 %10
      }
      """
    let inputs = [
      try source.numbers([64, 33, 8]), try source.numbers([8, 160]), try source.numbers([160]),
      try source.numbers([33, 160]),
    ]
    for threads in [1, 3] {
      try withThreads(threads) {
        _ = try run(text, inputs)
        let steps = try Program.compile(GraphReader.parse(text)).plan.steps
        #expect(!steps.contains { $0.text.hasPrefix("product") }, "\(texts(steps))")
        #expect(texts(steps).contains { $0.hasPrefix("product") && $0.contains("8] @ [8, 160]") }, "\(texts(steps))")
      }
    }
  }

  @Test(arguments: [5, 7, 32, 33]) func batchesAreSplit(batch: Int) throws {
    for reversed in [false, true] {
      let text = recurrence(batch: batch, units: 32, length: 300, reversed: reversed)
      let given = try inputs(batch: batch, units: 32, length: 300)
      var results: [[UInt8]] = []
      for threads in [1, 2, 3, 8] {
        let (found, steps) = try withThreads(threads) {
          (try run(text, given), texts(try Program.compile(GraphReader.parse(text)).plan.steps))
        }
        results.append(found[0].bytes + found[1].bytes)
        #expect(steps.contains { $0.hasPrefix("rows") } == (threads > 1), "\(steps)")
      }
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }

  /// One row alone would be summed in another order than several; in so short a scan the matrix stays as it stands.
  @Test(arguments: [(3, 2), (7, 3), (13, 6)]) func noPartHasASingleRow(batch: Int, threads: Int) throws {
    let given = try inputs(batch: batch, units: 700, length: 2)
    let steps = try withThreads(threads) {
      let text = recurrence(batch: batch, units: 700, length: 2)
      _ = try run(text, given)
      return texts(try Program.compile(GraphReader.parse(text)).plan.steps)
    }
    #expect(steps.contains { $0.hasPrefix("rows") } == (batch > 3), "\(steps)")
  }

  /// Rows depend on one another: the largest of the batch, sums along it, and another order of it.
  @Test(arguments: [
    "%2: f32[64] = reduce %0 maximum axes [0]; %3: f32[64, 64] = broadcast %2 axes [1]",
    "%2: f32[64] = reduce %0 maximum axes [0]; %3: f32[64, 64] = broadcast %2 axes [0]",
    "%2: f32[64, 64] = cumulate %0 maximum axis 0; %3: f32[64, 64] = negate %2",
    "%2: f32[64, 64] = reverse %0 axes [0]; %3: f32[64, 64] = negate %2",
    "%2: f32[64, 64] = transpose %0 permutation [1, 0]; %3: f32[64, 64] = negate %2",
  ])
  func stepsThatMixRowsStayTogether(step: String) throws {
    let text = """
      graph(%0: f32[64, 64], %1: f32[400, 64, 64]) {
        %2: f32[64, 64] = scan %0 %1 constants 0 carry 1 length 400 body(%0: f32[64, 64], %1: f32[64, 64]) {
          \(step.replacing("; ", with: "\n"))
          %4: f32[64, 64] = subtract %1 %3
          return %4
        }
        return %2
      }
      """
    try withThreads(2) {
      _ = try run(text, [source.numbers([64, 64]), source.numbers([400, 64, 64])])
      #expect(!texts(try Program.compile(GraphReader.parse(text)).plan.steps).contains { $0.hasPrefix("rows") })
    }
  }

  /// The gradients of weights and offsets are products and sums after the loop, whose only carry is the state's.
  @Test func gradientsOfConstantsLeave() throws {
    let graph = try GraphReader.parse(recurrence(batch: 3, units: 4, length: 5))
    let gradient = try gradientGraph(of: graph, outputs: [0], withRespectTo: [0, 1, 2, 3])
    let scans = gradient.operations.compactMap { operation -> Scan? in
      if case .scan(let scan) = operation.primitive { scan } else { nil }
    }
    #expect(scans.count == 2 && scans.allSatisfy { $0.carryCount == 1 })
  }

  /// Whole numbers, so that sums are exact in any order: bits and memory with and without kept residuals.
  @Test(arguments: [36, 37, 5], [false, true]) func longScansRecompute(length: Int, reversed: Bool) throws {
    let text = """
      graph(%0: f32[8, 16], %1: f32[8, 16], %2: f32[\(length), 16]) {
        %3: f32[8, 16], %4: f32[\(length)] = scan %0 %1 %2 constants 1 carry 1 length \(length)
          \(reversed ? "reversed" : "")
          body(%0: f32[8, 16], %1: f32[8, 16], %2: f32[16]) {
            %3: f32[8, 16] = broadcast %2 axes [1]
            %4: f32[8, 16] = multiply %1 %0
            %5: f32[8, 16] = add %4 %3
            %6: f32[8, 16] = multiply %5 %3
            %7: f32[8, 16] = multiply %6 %0
            %8: f32[8, 16] = subtract %7 %3
            %9: f32[] = reduce %6 sum axes [0, 1]
            return %8 %9
          }
        return %3 %4
      }
      """
    let graph = try GraphReader.parse(text)
    let inputs = [
      try source.signs([8, 16]), try source.signs([8, 16]), try source.signs([length, 16]),
      try source.signs([8, 16]), try source.signs([length]),
    ]
    var results: [[[UInt8]]] = []
    var memory: [Int] = []
    for limit in [1 << 30, 0] {
      let gradient = try gradientGraph(of: graph, outputs: [0, 1], withRespectTo: [0, 1, 2], residualLimit: limit)
      try gradient.verify()
      #expect(try GraphReader.parse(gradient.text()) == gradient)
      let program = try withThreads(1) { try Program.compile(gradient) }
      results.append(try program.run(inputs).map(\.bytes))
      memory.append(program.plan.arenaBytes)
    }
    #expect(results[0] == results[1])
    if length > 30 { #expect(2 * memory[1] < memory[0], "\(memory)") }
  }
}
