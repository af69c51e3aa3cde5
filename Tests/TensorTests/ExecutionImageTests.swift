import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing
import Transforms

/// Convolutional networks written with the channels first: transpositions vanish, layers run image by image.
@Suite struct ExecutionImageTests {
  /// Two convolutions with bias and relu, and a pool, as the layers of the library record them.
  static func network(batch: Int) -> String {
    """
    graph(%0: f32[\(batch), 3, 20, 18], %1: f32[3, 3, 3, 16], %2: f32[1, 16, 1, 1], %3: f32[3, 3, 16, 24], %4: f32[1, 24, 1, 1]) {
      %5: f32[] = constant 0
      %6: f32[\(batch), 20, 18, 3] = transpose %0 permutation [0, 2, 3, 1]
      %7: f32[\(batch), 20, 18, 16] = convolve %6 %1 strides [1, 1] low [1, 1] high [1, 1] dilations [1, 1] groups 1
      %8: f32[\(batch), 16, 20, 18] = transpose %7 permutation [0, 3, 1, 2]
      %9: f32[\(batch), 16, 20, 18] = broadcast %2 axes [0, 1, 2, 3]
      %10: f32[\(batch), 16, 20, 18] = add %8 %9
      %11: f32[\(batch), 16, 20, 18] = broadcast %5 axes []
      %12: f32[\(batch), 16, 20, 18] = maximum %10 %11
      %13: f32[\(batch), 20, 18, 16] = transpose %12 permutation [0, 2, 3, 1]
      %14: f32[\(batch), 18, 16, 24] = convolve %13 %3 strides [1, 1] low [0, 0] high [0, 0] dilations [1, 1] groups 1
      %15: f32[\(batch), 24, 18, 16] = transpose %14 permutation [0, 3, 1, 2]
      %16: f32[\(batch), 24, 18, 16] = broadcast %4 axes [0, 1, 2, 3]
      %17: f32[\(batch), 24, 18, 16] = add %15 %16
      %18: f32[\(batch), 24, 18, 16] = tanh %17
      %19: f32[\(batch), 18, 16, 24] = transpose %18 permutation [0, 2, 3, 1]
      %20: f32[\(batch), 9, 8, 24] = windowTake %19 %19 sizes [2, 2] strides [2, 2] low [0, 0] high [0, 0]
      %21: f32[\(batch), 24, 9, 8] = transpose %20 permutation [0, 3, 1, 2]
      return %21
    }
    """
  }

  private func inputs(_ graph: Graph) throws -> [Tensor] {
    var random = TestRandom(5)
    return try graph.inputTypes.map { type in
      try floats((0..<type.shape.count).map { _ in Float(random.below(2001) - 1000) / 1000 }, type.shape)
    }
  }

  private func transpositions(_ graph: Graph) -> Int {
    graph.operations.count { if case .transpose = $0.primitive { true } else { false } }
  }

  @Test func transpositionsBetweenLayersVanish() throws {
    let program = try Program.compile(try GraphReader.parse(Self.network(batch: 2)))
    let order = program.optimized.operations.compactMap { operation in
      if case .transpose(let permutation) = operation.primitive, operation.results.count == 1 { permutation } else { nil }
    }
    // The input's and the result's.
    #expect(order == [[0, 2, 3, 1], [0, 3, 1, 2]], "\(program.optimized)")
  }

  /// Also on the last images, where no whole chunk remains; and nothing depends on the threads.
  @Test(arguments: [8, 11])
  func layersRunImageByImageToTheSameBits(batch: Int) throws {
    let graph = try GraphReader.parse(Self.network(batch: batch))
    let inputs = try inputs(graph)
    let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
    let program = try Program.compile(graph)
    let run = program.plan.steps.first { $0.text.hasPrefix("rows") }?.body.map(\.text) ?? []
    #expect(run.contains { $0.hasPrefix("windowTake") }, "\(program.plan.steps.map(\.text))")
    #expect(run.contains { $0.hasPrefix("convolution of [1, 20, 18, 16]") }, "\(run)")
    for threads in [1, 2] {
      let compiled = try withThreads(threads) { try program.run(inputs) }
      #expect(zip(plain[0].floats, compiled[0].floats).allSatisfy { $0.bitPattern == $1.bitPattern })
    }
  }

  @Test func gradientsAreTheSameButForTheOrderOfSums() throws {
    let graph = try GraphReader.parse(Self.network(batch: 9))
    let gradient = try gradientGraph(of: graph, outputs: [0], withRespectTo: [0, 1, 2, 3, 4])
    let inputs = try inputs(gradient)
    let plain = try Program.compile(gradient, options: CompileOptions(optimize: false)).run(inputs)
    let program = try Program.compile(gradient)
    // Input and its gradient, result and its cotangent.
    #expect(transpositions(program.optimized) == 4, "\(program.optimized)")
    for (a, b) in zip(plain, try program.run(inputs)) {
      let scale = a.floats.map { abs($0) }.max() ?? 0
      #expect(zip(a.floats, b.floats).allSatisfy { abs($0 - $1) <= 1e-4 * scale })
    }
  }

  @Test func reductionsPadsAndSlicesFollowTheImages() throws {
    let text = """
      graph(%0: f32[2, 5, 4, 3], %1: f32[2, 2, 3, 6]) {
        %2: f32[2, 4, 4, 6] = convolve %0 %1 strides [1, 1] low [0, 0] high [0, 1] dilations [1, 1] groups 1
        %3: f32[2, 6, 4, 4] = transpose %2 permutation [0, 3, 1, 2]
        %4: f32[] = constant 0.5
        %5: f32[2, 6, 5, 4] = pad %3 %4 low [0, 0, 1, 0] high [0, 0, 0, 0] interior [0, 0, 0, 0]
        %6: f32[2, 4, 5, 2] = slice %5 starts [0, 1, 0, 0] limits [2, 5, 5, 4] strides [1, 1, 1, 2]
        %7: f32[2, 4, 5, 2] = reverse %6 axes [1, 3]
        %8: f32[2, 8, 5, 2] = concatenate %6 %7 axis 1
        %9: f32[8, 2] = reduce %8 sum axes [0, 2]
        %10: f32[2, 5, 2] = reduce %8 maximum axes [1]
        %11: bool[2, 8, 5, 2] = less %8 %8
        return %9 %10 %8 %11
      }
      """
    let graph = try GraphReader.parse(text)
    let inputs = try inputs(graph)
    let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
    let compiled = try Program.compile(graph).run(inputs)
    #expect(zip(plain[0].floats, compiled[0].floats).allSatisfy { abs($0 - $1) <= 1e-4 })
    #expect(plain[1].floats == compiled[1].floats)
    #expect(plain[2].floats == compiled[2].floats)
    #expect(plain[3].elements(as: Bool.self) == compiled[3].elements(as: Bool.self))
  }
}
