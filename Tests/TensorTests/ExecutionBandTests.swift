import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// Products leave out what a mask made of rows' and columns' numbers hides.
@Suite struct ExecutionBandTests {
  /// Causal attention of `keys` keys, the queries being the last ones, and all of its derivatives.
  private func attention(batch: Int, time: Int, keys: Int, size: Int) -> String {
    let square = "[\(batch), \(time), \(keys)]"
    let (query, key) = ("[\(batch), \(time), \(size)]", "[\(batch), \(keys), \(size)]")
    return """
      graph(%0: f32\(query), %1: f32\(key), %2: f32\(key), %3: f32\(query)) {
        %4: i64[\(time)] = iota axis 0
        %5: i64[\(time), \(keys)] = broadcast %4 axes [0]
        %6: i64[] = constant \(keys - time)
        %7: i64[\(time), \(keys)] = broadcast %6 axes []
        %8: i64[\(time), \(keys)] = add %5 %7
        %9: i64[\(keys)] = iota axis 0
        %10: i64[\(time), \(keys)] = broadcast %9 axes [1]
        %11: bool[\(time), \(keys)] = greaterOrEqual %8 %10
        %12: bool\(square) = broadcast %11 axes [1, 2]
        %13: f32\(square) = matmul %0 %1 transposeB
        %14: f32[] = constant 0.25
        %15: f32\(square) = broadcast %14 axes []
        %16: f32\(square) = multiply %13 %15
        %17: f32[] = constant -inf
        %18: f32\(square) = broadcast %17 axes []
        %19: f32\(square) = select %12 %16 %18
        %20: f32[\(batch), \(time)] = reduce %19 maximum axes [2]
        %21: f32\(square) = broadcast %20 axes [0, 1]
        %22: f32\(square) = subtract %19 %21
        %23: f32\(square) = exp %22
        %24: f32[\(batch), \(time)] = reduce %23 sum axes [2]
        %25: f32\(square) = broadcast %24 axes [0, 1]
        %26: f32\(square) = divide %23 %25
        %27: f32\(query) = matmul %26 %2
        %28: f32\(key) = matmul %26 %3 transposeA
        %29: f32\(square) = matmul %3 %2 transposeB
        %30: f32\(square) = multiply %29 %26
        %31: f32[\(batch), \(time)] = reduce %30 sum axes [2]
        %32: f32\(square) = broadcast %31 axes [0, 1]
        %33: f32\(square) = subtract %29 %32
        %34: f32\(square) = multiply %33 %26
        %35: f32[] = constant 0.0
        %36: f32\(square) = broadcast %35 axes []
        %37: f32\(square) = select %12 %34 %36
        %38: f32\(query) = matmul %37 %1
        %39: f32\(key) = matmul %37 %0 transposeA
        %40: f32[\(batch), \(size), \(keys)] = matmul %0 %37 transposeA
        return %27 %28 %38 %39 %40
      }
      """
  }

  private func inputs(_ graph: Graph, hidden: Float? = nil) throws -> [Tensor] {
    var random = TestRandom(9)
    return try graph.inputTypes.enumerated().map { place, type in
      var elements = (0..<type.shape.count).map { _ in Float(random.below(2001) - 1000) / 400 }
      if place == 2, let hidden { elements[elements.count - 1] = hidden }
      return try floats(elements, type.shape)
    }
  }

  @Test(arguments: [(16, 80, 80, 8), (9, 100, 130, 16), (2, 3, 3, 2), (3, 2, 40, 8), (8, 129, 129, 32)])
  func causalAttentionHasTheBitsOfAllTerms(_ batch: Int, _ time: Int, _ keys: Int, _ size: Int) throws {
    let graph = try GraphReader.parse(attention(batch: batch, time: time, keys: keys, size: size))
    let inputs = try self.inputs(graph)
    let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
    let program = try Program.compile(graph)
    for threads in [1, 2] {
      let compiled = try KernelSuite.atLevel(.best, threads: threads) { try program.run(inputs) }
      // The sign of a zero is not promised.
      for (a, b) in zip(plain, compiled) { #expect(a.floats == b.floats, "\(a.type)") }
    }
  }

  /// A NaN in the last key's value reaches the last query only, so nothing else was summed.
  @Test func whatAMaskHidesIsNotRead() throws {
    let (batch, time, size) = (16, 80, 8)
    let graph = try GraphReader.parse(attention(batch: batch, time: time, keys: time, size: size))
    let result = try Program.compile(graph).run(inputs(graph, hidden: .nan))[0].floats
    let last = (batch * time - 12) * size
    #expect(result[..<last].allSatisfy { !$0.isNaN })
    #expect(result.last?.isNaN == true)
  }

  /// All seven products are cut to the triangle, in whole tiles.
  @Test func whatAMaskHidesIsNotCounted() throws {
    let (batch, time, size) = (16, 128, 32)
    let graph = try GraphReader.parse(attention(batch: batch, time: time, keys: time, size: size))
    let plan = try Program.compile(graph).plan
    let all = graph.multiplyAdds
    #expect(all == 7 * batch * time * time * size)
    #expect(plan.multiplyAdds > all / 2 && plan.multiplyAdds < all * 5 / 8, "\(plan.multiplyAdds) of \(all)")
    var texts: [String] = []
    func visit(_ steps: [ProgramPlan.Step]) {
      for step in steps {
        if step.work == .products { texts.append(step.text) }
        visit(step.body)
      }
    }
    visit(plan.steps)
    #expect(!texts.isEmpty)
    #expect(texts.allSatisfy { $0.contains("% masked out") }, "\(texts)")
  }

  /// Masks that leave a row without any key: softmax makes NaN of it, here as without bands.
  @Test func rowsWithoutKeysStayNaN() throws {
    let graph = try GraphReader.parse(attention(batch: 9, time: 130, keys: 100, size: 8))
    let result = try Program.compile(graph).run(inputs(graph))[0].floats
    #expect(result.first?.isNaN == true)
    #expect(result.last?.isNaN == false)
  }
}
