import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// Chains of simple arithmetic run as machine code where the processor has AVX-512: the same bits as without it.
@Suite struct MachineCodeTests {
  private static let numbers: [Float] = [
    0, -0.0, 1, -1, 0.5, -0.5, 2.5, -2.5, 3, 1e-30, -1e30, 1e38, 88.25, -7.75, .infinity, -.infinity, .nan,
  ]

  /// Has the same bits, and no machine code.
  private static let withoutCode = runnableLevels[min(1, runnableLevels.count - 1)]

  /// Every pair of the numbers above, as often as it takes.
  private func operands(_ count: Int) throws -> [Tensor] {
    let n = Self.numbers.count
    let a = try floats((0..<count).map { Self.numbers[$0 % n] })
    let b = try floats((0..<count).map { Self.numbers[($0 / n + $0) % n] })
    return [a, b, try truths((0..<count).map { $0 % 3 == 1 }), try floats([-1.5], [])]
  }

  /// All that machine code can do, each result in use by itself, by others and as a truth value.
  private func graph(_ count: Int) throws -> Graph {
    var graph = Graph()
    let a = graph.addInput(TensorType(.f32, [count])), b = graph.addInput(TensorType(.f32, [count]))
    let truth = graph.addInput(TensorType(.bool, [count])), number = graph.addInput(TensorType(.f32, []))
    func apply(_ primitive: Primitive, _ operands: ValueID...) throws -> ValueID {
      try graph.apply(primitive, operands, origin: .none)[0]
    }
    let spread = try apply(.broadcast([count], axes: []), number)
    var outputs: [ValueID] = []
    var last = try apply(.binary(.multiply), a, spread)
    for unary: UnaryPrimitive in [
      .negate, .absolute, .reciprocal, .sqrt, .floor, .ceil, .truncate, .round, .exp, .sign, .tanh,
    ] {
      outputs.append(try apply(.unary(unary), a))
    }
    for binary: BinaryPrimitive in [.add, .subtract, .multiply, .divide, .minimum, .maximum] {
      last = try apply(.binary(binary), a, b)
      outputs.append(last)
    }
    for comparison: Comparison in [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual] {
      let compared = try apply(.compare(comparison), a, b)
      outputs.append(compared)
      outputs.append(try apply(.select, compared, b, last))
    }
    outputs.append(try apply(.select, truth, a, spread))
    outputs.append(try apply(.binary(.add), apply(.convert(.f32), truth), b))
    for unary: UnaryPrimitive in [.isNaN, .isFinite] {
      outputs.append(try apply(.select, apply(.unary(unary), b), a, spread))
    }
    // What it cannot do stands between two chains.
    let between = try apply(.unary(.sin), try apply(.binary(.subtract), a, b))
    outputs.append(try apply(.binary(.divide), apply(.binary(.add), between, a), b))
    graph.outputs = outputs
    return graph
  }

  private func results(_ graph: Graph, _ inputs: [Tensor], _ level: KernelLevel) throws -> [[UInt32]] {
    try KernelSuite.atLevel(level) {
      try Program.compile(graph).run(inputs).map { result in
        guard result.dtype == .f32 else { return result.bytes.map { UInt32($0) } }
        return result.floats.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
      }
    }
  }

  @Test(arguments: [1, 15, 16, 17, 255, 256, 300, 1_000])
  func chainsGiveTheBitsOfTheTileMachine(count: Int) throws {
    let graph = try graph(count)
    let inputs = try operands(count)
    #expect(try results(graph, inputs, .best) == results(graph, inputs, Self.withoutCode))
  }

  /// Special numbers, those around which the functions change their way, and every so manieth of all others.
  private static let samples: [Float] = {
    let bounds: [Float] = [
      0, 1, 0.5, 88.72283, 87.33654, 89, 103.97208, 104, 105, 10, 9.999999, 0.93, 0.92999995, 4.05, 4.0499997, 0x1p-126,
      .leastNormalMagnitude.nextDown, 0x1p-149, 0x1.6a09e6p-1, 0x1.6a09e4p-1, 0x1.fffffep127, 0x1p23, 0x1p24,
      .infinity, .nan,
    ]
    let near = bounds.flatMap { [$0, $0.nextUp, $0.nextDown] }
    let all = stride(from: UInt32(0), through: UInt32.max - 60_000, by: 40_961).map { Float(bitPattern: $0) }
    return near + near.map { -$0 } + all
  }()

  @Test(arguments: [UnaryPrimitive.exp, .log, .tanh, .sigmoid, .erf, .sign])
  func functionsGiveTheBitsOfTheTileMachine(function: UnaryPrimitive) throws {
    let samples = Self.samples
    var graph = Graph()
    let x = graph.addInput(TensorType(.f32, [samples.count]))
    let plain = try graph.apply(.unary(function), [x], origin: .none)[0]
    let negated = try graph.apply(.unary(.negate), [x], origin: .none)[0]
    graph.outputs = [plain, try graph.apply(.unary(function), [negated], origin: .none)[0]]
    let found = try results(graph, [try floats(samples)], .best)
    let expected = try results(graph, [try floats(samples)], Self.withoutCode)
    for (found, expected) in zip(found, expected) {
      let wrong = samples.indices.filter { found[$0] != expected[$0] }
      #expect(wrong.isEmpty, "\(function) of \(wrong.prefix(5).map { samples[$0] })")
    }
  }

  /// One number for each row, in rows that end within a tile and a vector, and one for each column.
  @Test(arguments: [200, 256, 257, 300, 512, 1_000])
  func numbersOfRows(columns: Int) throws {
    let rows = 7
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[\(rows), \(columns)], %1: f32[\(rows)], %2: f32[\(columns)]) {
        %3: f32[\(rows), \(columns)] = broadcast %1 axes [0]
        %4: f32[\(rows), \(columns)] = broadcast %2 axes [1]
        %5: f32[\(rows), \(columns)] = subtract %0 %3
        %6: f32[\(rows), \(columns)] = exp %5
        %7: f32[\(rows), \(columns)] = multiply %6 %4
        %8: f32[\(rows), \(columns)] = sin %3
        %9: f32[\(rows), \(columns)] = add %7 %8
        return %7 %9
      }
      """)
    let inputs = [
      try floats((0..<(rows * columns)).map { Float($0 % 37) / 8 }, [rows, columns]),
      try floats((0..<rows).map { Float($0) }), try floats((0..<columns).map { Float($0) - 3 }),
    ]
    #expect(try results(graph, inputs, .best) == results(graph, inputs, Self.withoutCode))
  }

  /// Many tiles for one call of the code, unless one of the operands or results does not run on: parts of longer rows, a
  /// number for each row or column, an end that is no vector.
  @Test(arguments: [[40_000], [40_001], [700, 48], [700, 40], [3, 4_112], [9, 512]])
  func tilesOnEndWithoutRegisters(sizes: [Int]) throws {
    let last = sizes[sizes.count - 1], rows = sizes.reduce(1, *) / last
    let type = "[\(rows), \(last)]"
    func text(_ second: String, _ make: String) -> String {
      """
      graph(%0: f32\(type), %1: \(second)) {
        %2: f32\(type) = \(make)
        %3: bool\(type) = less %0 %2
        %4: f32\(type) = multiply %0 %2
        %5: f32\(type) = divide %4 %0
        %6: f32\(type) = select %3 %4 %5
        return %5 %6 %3
      }
      """
    }
    let wide = last + 16
    let cases = [
      (text("f32\(type)", "sqrt %1"), [rows, last]),
      (text("f32[\(rows), \(wide)]", "slice %1 starts [0, 16] limits [\(rows), \(wide)] strides [1, 1]"), [rows, wide]),
      (text("f32[\(rows)]", "broadcast %1 axes [0]"), [rows]),
      (text("f32[\(last)]", "broadcast %1 axes [1]"), [last]),
      (text("f32[]", "broadcast %1 axes []"), []),
    ]
    for (text, second) in cases {
      let graph = try GraphReader.parse(text)
      let inputs = [
        try floats((0..<rows * last).map { Float($0 % 37) / 8 - 2 }, [rows, last]),
        try floats((0..<Shape(second).count).map { Float($0 % 101) / 9 }, Shape(second)),
      ]
      let expected = try results(graph, inputs, Self.withoutCode)
      for threads in [1, 2, 5] {
        #expect(try withThreads(threads) { try results(graph, inputs, .best) } == expected, "\(text), \(threads)")
      }
    }
  }

  /// A result that leaves the caches, in lines of memory and with an end that is none.
  @Test func resultsPastTheCaches() throws {
    let count = (4 << 20) + 83
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[\(count)]) {
        %1: f32[\(count)] = tanh %0
        %2: f32[\(count)] = multiply %1 %0
        %3: f32[\(count)] = exp %1
        return %2 %3
      }
      """)
    let input = try floats((0..<count).map { Float($0 % 1009) / 100 - 5 })
    #expect(try results(graph, [input], .best) == results(graph, [input], Self.withoutCode))
  }

  @Test func choicesByATruthValueThatIsKnown() throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[40], %1: f32[40]) {
        %2: bool[] = constant true
        %3: bool[40] = broadcast %2 axes []
        %4: f32[40] = add %0 %1
        %5: f32[40] = select %3 %4 %1
        %6: f32[40] = multiply %5 %0
        return %6
      }
      """)
    let inputs = [try floats((0..<40).map { Float($0) }), try floats((0..<40).map { Float(3 * $0) })]
    #expect(try results(graph, inputs, .best) == [(0..<40).map { Float(4 * $0 * $0).bitPattern }])
  }

  @Test func moreValuesThanVectorRegisters() throws {
    var graph = Graph()
    let a = graph.addInput(TensorType(.f32, [100]))
    // All of the first are needed until the last.
    var made: [ValueID] = [a]
    for _ in 0..<60 {
      let next = try graph.apply(.binary(.add), [made[made.count - 1], a], origin: .none)
      made.append(try graph.apply(.unary(.sqrt), next, origin: .none)[0])
    }
    var sum = made[0]
    for value in made.dropFirst() { sum = try graph.apply(.binary(.multiply), [value, sum], origin: .none)[0] }
    graph.outputs = [sum]
    let input = try floats((0..<100).map { Float($0) / 64 })
    #expect(try results(graph, [input], .best) == results(graph, [input], Self.withoutCode))
  }

  /// More numbers than registers, on both sides of comparisons and differences; each is also an element.
  @Test func numbersOutsideOfRegisters() throws {
    let numbers = (0..<48).map { Float($0) / 2 - 12 }
    var graph = Graph()
    let elements = numbers + Self.numbers
    let shape = Shape([elements.count])
    let a = graph.addInput(TensorType(.f32, shape))
    func apply(_ primitive: Primitive, _ operands: ValueID...) throws -> ValueID {
      try graph.apply(primitive, operands, origin: .none)[0]
    }
    let comparisons: [Comparison] = [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual]
    var last = a
    for (index, number) in numbers.enumerated() {
      let number = try apply(.constant(.float(Double(number), .f32)))
      let spread = try apply(.broadcast(shape, axes: []), number)
      let comparison = Primitive.compare(comparisons[index % 6])
      let compared = try index % 4 < 2 ? apply(comparison, spread, a) : apply(comparison, a, spread)
      last = try apply(.select, compared, apply(.binary(.subtract), spread, last), last)
    }
    graph.outputs = [last]
    #expect(try results(graph, [floats(elements)], .best) == results(graph, [floats(elements)], Self.withoutCode))
  }

  @Test func resultsInPlaceOfOperands() throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[5000], %1: f32[5000]) {
        %2: f32[5000] = add %0 %1
        %3: f32[5000] = multiply %2 %0
        %4: f32[5000] = subtract %1 %3
        return %3 %4
      }
      """)
    func inputs() throws -> [Tensor] {
      [try floats((0..<5000).map { Float($0) }), try floats((0..<5000).map { Float(7 * $0 % 31) })]
    }
    let expected = try Program.compile(graph).run(inputs()).map(\.bytes)
    var given = try inputs()
    let found = try Program.compile(graph).run(&given, donating: [true, true])
    #expect(found.map(\.bytes) == expected)
    let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs()).map(\.bytes)
    #expect(plain == expected)
  }
}
