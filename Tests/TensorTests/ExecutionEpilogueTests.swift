import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// What is computed from a product runs on its blocks, to the bits of separate steps.
@Suite struct ExecutionEpilogueTests {
  /// `fused`: whether a product takes up the elementwise operations; nil where that is not looked at.
  @discardableResult
  private func check(
    _ text: String, fused: Bool? = true, steps: Int? = nil, special: Bool = false,
    _ sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Program {
    let graph = try GraphReader.parse(text)
    var random = TestRandom(5)
    let inputs = try graph.inputTypes.map { type in
      let count = type.shape.count
      switch type.dtype {
      case .f64: return try doubles((0..<count).map { _ in Double(random.below(2001) - 1000) / 300 }, type.shape)
      case .bool: return try truths((0..<count).map { _ in random.chance(40) }, type.shape)
      case .i64: return try integers((0..<count).map { _ in random.below(9) - 4 }, type.shape)
      case .f32:
        return try floats(
          (0..<count).map { _ in
            let odd: [Float] = [.nan, .infinity, -.infinity, Float(bitPattern: 9), -0.0, 3e38]
            return special && random.chance(2) ? random.pick(odd) : Float(random.below(2001) - 1000) / 300
          }, type.shape)
      }
    }
    let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
    let program = try Program.compile(graph)
    for threads in [1, 2] {
      let compiled = try KernelSuite.atLevel(.best, threads: threads) { try program.run(inputs) }
      for (a, b) in zip(plain, compiled) {
        // Which NaN comes out is not promised.
        let same = a.dtype == .f32
          ? zip(a.floats, b.floats).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
          : a.bytes == b.bytes
        #expect(same, "\(a.type) \(threads)", sourceLocation: sourceLocation)
      }
    }
    let texts = program.plan.steps.map(\.text)
    if let fused {
      #expect(texts.contains { $0.contains(", then ") } == fused, "\(texts)", sourceLocation: sourceLocation)
    }
    if let steps { #expect(texts.count == steps, "\(texts)", sourceLocation: sourceLocation) }
    return program
  }

  /// Bias and relu with its mask, at sizes around tiles, panels, blocks and pieces of k.
  @Test(arguments: [
    (2, 2, 1), (2, 64, 3), (3, 10, 32), (32, 64, 100), (13, 65, 7), (50, 127, 257), (97, 129, 40), (5, 600, 33),
    (200, 33, 300), (100, 128, 32), (150, 100, 32), (128, 1100, 70), (340, 1030, 260), (256, 512, 512),
  ])
  func biasAndActivation(_ m: Int, _ n: Int, _ k: Int) throws {
    for dtype in ["f32", "f64"] {
      try check(
        """
        graph(%0: \(dtype)[\(m), \(k)], %1: \(dtype)[\(k), \(n)], %2: \(dtype)[\(n)]) {
          %3: \(dtype)[\(m), \(n)] = matmul %0 %1
          %4: \(dtype)[\(m), \(n)] = broadcast %2 axes [1]
          %5: \(dtype)[\(m), \(n)] = add %3 %4
          %6: \(dtype)[] = constant 0
          %7: \(dtype)[\(m), \(n)] = broadcast %6 axes []
          %8: bool[\(m), \(n)] = greater %5 %7
          %9: \(dtype)[\(m), \(n)] = select %8 %5 %7
          return %9 %8
        }
        """, steps: 1, special: true)
    }
  }

  @Test func theProductItselfIsKeptWhereItIsNeeded() throws {
    try check(
      """
      graph(%0: f32[70, 300], %1: f32[300, 90], %2: f32[70, 90], %3: bool[70, 90], %4: f32[70]) {
        %5: f32[70, 90] = matmul %0 %1
        %6: f32[70, 90] = tanh %5
        %7: f32[70, 90] = add %6 %2
        %8: f32[70, 90] = broadcast %4 axes [0]
        %9: f32[70, 90] = multiply %7 %8
        %10: f32[70, 90] = select %3 %9 %5
        %11: f32[90] = reduce %5 sum axes [0]
        return %10 %7 %11
      }
      """, steps: 2)
  }

  @Test func aValueMadeFromTheProductInBetweenKeepsThemApart() throws {
    try check(
      """
      graph(%0: f32[30, 20], %1: f32[20, 40]) {
        %2: f32[30, 40] = matmul %0 %1
        %3: f32[30] = reduce %2 maximum axes [1]
        %4: f32[30, 40] = broadcast %3 axes [0]
        %5: f32[30, 40] = subtract %2 %4
        return %5
      }
      """, fused: false)
  }

  /// Rows are flattened for the product; one operand repeats over the batch, one is transposed.
  @Test func batchesSeenAsRows() throws {
    try check(
      """
      graph(%0: f32[6, 20, 24], %1: f32[24, 48], %2: f32[20, 48], %3: f32[6, 48, 20]) {
        %4: f32[120, 24] = reshape %0
        %5: f32[120, 48] = matmul %4 %1
        %6: f32[6, 20, 48] = reshape %5
        %7: f32[6, 20, 48] = broadcast %2 axes [1, 2]
        %8: f32[6, 20, 48] = add %6 %7
        %9: f32[6, 20, 48] = transpose %3 permutation [0, 2, 1]
        %10: f32[6, 20, 48] = multiply %8 %9
        return %10
      }
      """)
  }

  /// Heads as they stand in memory, four batch axes in the epilogue's operands.
  @Test func stridedBatchesWithAMask() throws {
    for (t, d) in [(33, 8), (70, 16)] {
      let program = try check(
        """
        graph(%0: f32[3, \(t), 4, \(d)], %1: f32[3, \(t), 4, \(d)], %2: bool[\(t), \(t)], %3: f32[], %4: f32[3]) {
          %5: f32[3, 4, \(t), \(d)] = transpose %0 permutation [0, 2, 1, 3]
          %6: f32[3, 4, \(t), \(d)] = transpose %1 permutation [0, 2, 1, 3]
          %7: f32[3, 4, \(t), \(t)] = matmul %5 %6 transposeB
          %8: f32[3, 4, \(t), \(t)] = broadcast %3 axes []
          %9: f32[3, 4, \(t), \(t)] = multiply %7 %8
          %10: bool[3, 4, \(t), \(t)] = broadcast %2 axes [2, 3]
          %11: f32[3, 4, \(t), \(t)] = broadcast %4 axes [0]
          %12: f32[3, 4, \(t), \(t)] = select %10 %9 %11
          return %12
        }
        """, steps: 1)
      #expect(!program.plan.steps.contains { $0.text.hasPrefix("copy") })
    }
  }

  @Test func integersAndDoublesInTheEpilogue() throws {
    try check(
      """
      graph(%0: f32[40, 30], %1: f32[30, 50], %2: i64[40, 50]) {
        %3: f32[40, 50] = matmul %0 %1
        %4: f64[40, 50] = convert %3
        %5: f64[40, 50] = exp %4
        %6: f32[40, 50] = convert %2
        %7: f32[40, 50] = add %3 %6
        return %5 %7
      }
      """)
    // A sum of integers can overflow, which names its element: not in a product's blocks.
    try check(
      """
      graph(%0: f32[40, 30], %1: f32[30, 50], %2: i64[40, 50]) {
        %3: f32[40, 50] = matmul %0 %1
        %4: i64[40, 50] = add %2 %2
        %5: f32[40, 50] = convert %4
        %6: f32[40, 50] = add %3 %5
        return %6
      }
      """, fused: nil)
  }

  @Test func nothingAtAll() throws {
    for (m, n, k) in [(0, 4, 3), (4, 0, 3), (4, 3, 0), (4, 1, 3)] {
      try check(
        """
        graph(%0: f32[\(m), \(k)], %1: f32[\(k), \(n)], %2: f32[\(m), \(n)]) {
          %3: f32[\(m), \(n)] = matmul %0 %1
          %4: f32[\(m), \(n)] = add %3 %2
          return %4
        }
        """, fused: nil)
    }
  }

  /// More operands than one region takes.
  @Test func longSums() throws {
    let inputs = (2..<40).map { ", %\($0): f32[20, 30]" }.joined()
    var body = "%40: f32[20, 30] = matmul %0 %1\n"
    for index in 2..<40 { body += "%\(39 + index): f32[20, 30] = add %\(38 + index) %\(index)\n" }
    try check("graph(%0: f32[20, 10], %1: f32[10, 30]\(inputs)) {\n\(body)return %78\n}")
  }

  /// p - rate * (transpose(x) @ g) writes p where it stands.
  @Test func anUpdateFromAProductIsInPlace() throws {
    let text = """
      graph(%0: f32[60, 130], %1: f32[300, 60], %2: f32[300, 130], %3: f32[], %4: bool[]) {
        %5: f32[60, 130] = matmul %1 %2 transposeA
        %6: f32[60, 130] = broadcast %3 axes []
        %7: f32[60, 130] = multiply %6 %5
        %8: f32[60, 130] = subtract %0 %7
        check %4 "no"
        return %8
      }
      """
    let program = try Program.compile(try GraphReader.parse(text))
    #expect(program.plan.donations.map(\.input) == [0])
    #expect(program.plan.steps.map(\.text).filter { $0.contains("then multiply, subtract") }.count == 1)
    func inputs(_ ok: Bool) throws -> [Tensor] {
      [
        try floats([Float](repeating: 1, count: 7800), [60, 130]),
        try floats((0..<18000).map { Float($0 % 7) }, [300, 60]),
        try floats((0..<39000).map { Float($0 % 5) }, [300, 130]), try floats([0.5], []), try truths([ok], []),
      ]
    }
    var failing = try inputs(false)
    #expect(throws: ExecutionProblem.self) { try program.run(&failing, donating: [true, false, false, false, false]) }
    #expect(failing[0].floats.allSatisfy { $0 == 1 })
    var good = try inputs(true)
    let address = good[0].address
    let expected = try Program.compile(program.graph, options: CompileOptions(optimize: false)).run(good)
    let result = try program.run(&good, donating: [true, false, false, false, false])
    #expect(result[0].address == address)
    #expect(result[0].floats == expected[0].floats)
  }

  /// A product that is also read by columns is whole before anything is computed from it.
  @Test func aProductPlusItsTranspose() throws {
    _ = try check(
      """
      graph(%0: f32[70, 30], %1: f32[30, 70]) {
        %2: f32[70, 70] = matmul %0 %1
        %3: f32[70, 70] = transpose %2 permutation [1, 0]
        %4: f32[70, 70] = add %2 %3
        return %4
      }
      """, fused: false)
  }

  /// The parameter is also an operand of the product that its update comes from: it stays until the product is done.
  @Test func aFactorIsNotOverwrittenByItsUpdate() throws {
    let text = """
      graph(%0: f32[64, 64]) {
        %1: f32[64, 64] = matmul %0 %0
        %2: f32[64, 64] = subtract %0 %1
        return %2
      }
      """
    let program = try check(text)
    #expect(program.plan.donations.isEmpty)
  }
}
