import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// Rows of softmax and norms as machine code: the same bits as the kernels for sums and elements give.
@Suite struct RowChainTests {
  /// Has the same bits, and no machine code.
  private static let withoutCode = runnableLevels[min(1, runnableLevels.count - 1)]

  private func softmax(_ rows: Int, _ columns: Int) throws -> Graph {
    try GraphReader.parse(
      """
      graph(%0: f32[\(rows), \(columns)]) {
        %1: f32[\(rows)] = reduce %0 maximum axes [1]
        %2: f32[\(rows), \(columns)] = broadcast %1 axes [0]
        %3: f32[\(rows), \(columns)] = subtract %0 %2
        %4: f32[\(rows), \(columns)] = exp %3
        %5: f32[\(rows)] = reduce %4 sum axes [1]
        %6: f32[\(rows)] = reciprocal %5
        %7: f32[\(rows), \(columns)] = broadcast %6 axes [0]
        %8: f32[\(rows), \(columns)] = multiply %4 %7
        return %8 %1
      }
      """)
  }

  /// A norm with a gain for each column, times one number, its statistics, and the sum of its products with the input.
  private func norm(_ rows: Int, _ columns: Int) throws -> Graph {
    try GraphReader.parse(
      """
      graph(%0: f32[\(rows), \(columns)], %1: f32[\(columns)], %2: f32[], %3: f32[\(rows)]) {
        %4: f32[] = constant \(1 / Float(columns))
        %5: f32[\(rows)] = broadcast %4 axes []
        %6: f32[\(rows)] = reduce %0 sum axes [1]
        %7: f32[\(rows)] = multiply %6 %5
        %8: f32[\(rows), \(columns)] = broadcast %7 axes [0]
        %9: f32[\(rows), \(columns)] = subtract %0 %8
        %10: f32[\(rows), \(columns)] = multiply %9 %9
        %11: f32[\(rows)] = reduce %10 sum axes [1]
        %12: f32[\(rows)] = multiply %11 %5
        %13: f32[\(rows)] = add %12 %3
        %14: f32[\(rows)] = sqrt %13
        %15: f32[\(rows)] = reciprocal %14
        %16: f32[\(rows), \(columns)] = broadcast %15 axes [0]
        %17: f32[\(rows), \(columns)] = multiply %9 %16
        %18: f32[\(rows), \(columns)] = broadcast %1 axes [1]
        %19: f32[\(rows), \(columns)] = multiply %17 %18
        %20: f32[\(rows), \(columns)] = broadcast %2 axes []
        %21: f32[\(rows), \(columns)] = add %19 %20
        %22: f32[\(rows), \(columns)] = tanh %21
        %23: f32[\(rows), \(columns)] = multiply %22 %0
        %24: f32[\(rows)] = reduce %23 sum axes [1]
        return %22 %15 %24
      }
      """)
  }

  /// A truth value of exponentials, which are dear, and what it chooses: before, between and after two sums. The first
  /// pass hands on two values of elements, the second one of rows.
  private func choices(_ rows: Int, _ columns: Int) throws -> Graph {
    try GraphReader.parse(
      """
      graph(%0: f32[\(rows), \(columns)], %1: f32[\(columns)], %2: f32[], %3: f32[\(rows)]) {
        %4: f32[\(rows), \(columns)] = broadcast %2 axes []
        %5: f32[\(rows), \(columns)] = exp %0
        %6: bool[\(rows), \(columns)] = less %4 %5
        %7: f32[\(rows), \(columns)] = select %6 %5 %4
        %8: f32[\(rows)] = reduce %7 sum axes [1]
        %9: f32[\(rows), \(columns)] = broadcast %8 axes [0]
        %10: f32[\(rows), \(columns)] = divide %7 %9
        %11: f32[\(rows), \(columns)] = select %6 %10 %0
        %12: f32[\(rows)] = reduce %11 maximum axes [1]
        %13: f32[\(rows), \(columns)] = broadcast %12 axes [0]
        %14: f32[\(rows), \(columns)] = select %6 %13 %11
        %15: f32[\(rows), \(columns)] = tanh %0
        %16: f32[\(rows), \(columns)] = multiply %15 %9
        %17: f32[\(rows)] = multiply %8 %3
        %18: f32[\(rows)] = add %17 %12
        return %14 %8 %16 %18
      }
      """)
  }

  private func inputs(_ rows: Int, _ columns: Int) throws -> [Tensor] {
    let special: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, 1e38, -1e38, 0x1p-133]
    var elements = (0..<(rows * columns)).map { Float(($0 * 7919) % 1013) / 64 - 8 }
    // One special number in some rows; rows of zeros of both signs, of which one is the largest, and of infinities.
    for row in 0..<min(rows, special.count) { elements[row * columns + (row * 37) % columns] = special[row] }
    for row in special.count..<min(rows, special.count + 4) {
      for column in 0..<columns { elements[row * columns + column] = (column + row) % 3 == 0 ? 0 : -0.0 }
    }
    if rows > 13 { for column in 0..<columns { elements[13 * columns + column] = -.infinity } }
    return [
      try floats(elements, [rows, columns]), try floats((0..<columns).map { Float($0 % 5) - 2 }),
      try floats([0.25], []), try floats((0..<rows).map { Float($0) / 8 + 0.1 }),
    ]
  }

  private func results(_ graph: Graph, _ inputs: [Tensor], _ level: KernelLevel) throws -> [[UInt32]] {
    try KernelSuite.atLevel(level) {
      try Program.compile(graph).run(inputs).map { result in
        result.floats.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
      }
    }
  }

  private func steps(_ graph: Graph) throws -> [String] {
    func texts(_ steps: [ProgramPlan.Step]) -> [String] { steps.flatMap { [$0.text] + texts($0.body) } }
    return texts(try Program.compile(graph).plan.steps)
  }

  @Test(arguments: [16, 48, 64, 80, 96, 112, 128, 1_024, 1_000, 4_096])
  func rowsGiveTheBitsOfTheKernels(columns: Int) throws {
    let rows = max(17, 2_500 / columns)
    let inputs = try inputs(rows, columns)
    let (softmax, norm) = (try softmax(rows, columns), try norm(rows, columns))
    #expect(try results(softmax, [inputs[0]], .best) == results(softmax, [inputs[0]], Self.withoutCode))
    #expect(try results(norm, inputs, .best) == results(norm, inputs, Self.withoutCode))
    let choices = try choices(rows, columns)
    #expect(try results(choices, inputs, .best) == results(choices, inputs, Self.withoutCode))
  }

  /// Elements, numbers of rows and truth values in any order: what is computed again, kept between passes, chosen.
  @Test(arguments: 0..<60) func anyRowsGiveTheBitsOfTheKernels(seed: Int) throws {
    var random = TestRandom(seed)
    let columns = random.pick([16, 48, 64, 80, 96, 112, 128, 208])
    let rows = 2_048 / columns + 1 + random.below(9)
    let square = Shape([rows, columns])
    var graph = Graph()
    func apply(_ primitive: Primitive, _ operands: ValueID...) throws -> ValueID {
      try graph.apply(primitive, operands, origin: .none)[0]
    }
    var elements = [graph.addInput(TensorType(.f32, square)), graph.addInput(TensorType(.f32, square))]
    elements.append(try apply(.broadcast(square, axes: [1]), graph.addInput(TensorType(.f32, [columns]))))
    var numbers = [graph.addInput(TensorType(.f32, [rows]))]
    var choices = [try apply(.compare(.less), elements[0], elements[1])]
    for _ in 0..<30 {
      let (a, b) = (random.pick(elements), random.pick(elements))
      switch random.below(11) {
      case 0, 1: elements.append(try apply(.unary(random.pick([.exp, .tanh, .negate, .absolute, .sqrt])), a))
      case 2, 3, 4:
        elements.append(
          try apply(.binary(random.pick([.add, .subtract, .multiply, .divide, .maximum, .minimum])), a, b))
      case 5: choices.append(try apply(.compare(random.pick([.less, .equal, .greaterOrEqual])), a, b))
      case 6, 7: elements.append(try apply(.select, random.pick(choices), a, b))
      case 8: numbers.append(try apply(.reduce(random.pick([.sum, .maximum]), axes: [1]), a))
      case 9: elements.append(try apply(.broadcast(square, axes: [0]), random.pick(numbers)))
      default:
        let (a, b) = (random.pick(numbers), random.pick(numbers))
        numbers.append(try apply(.binary(random.pick([.add, .divide])), a, b))
      }
    }
    graph.outputs = elements.suffix(3) + numbers.suffix(1)
    let inputs = try graph.inputTypes.map { type in
      try floats((0..<type.shape.count).map { _ in Float(random.below(4001) - 2000) / 500 }, type.shape)
    }
    #expect(try results(graph, inputs, .best) == results(graph, inputs, Self.withoutCode))
  }

  /// Results too large for the caches, and as many rows as do not go up in portions.
  @Test func rowsWrittenPastTheCaches() throws {
    let graph = try softmax(4_099, 1_024)
    let inputs = try inputs(4_099, 1_024)
    #expect(try results(graph, [inputs[0]], .best) == results(graph, [inputs[0]], Self.withoutCode))
  }

  /// Gates: parts of rows, of two kinds, are read and written where they stand; one begins between two vectors.
  private func gates(_ rows: Int, _ units: Int) throws -> Graph {
    let whole = "f32[\(rows), \(4 * units)]", part = "f32[\(rows), \(units)]"
    func slice(_ first: Int) -> String { "starts [0, \(first)] limits [\(rows), \(first + units)] strides [1, 1]" }
    return try GraphReader.parse(
      """
      graph(%0: \(whole), %1: \(part), %2: \(whole)) {
        %3: \(part) = slice %0 \(slice(0))
        %4: \(part) = slice %0 \(slice(units))
        %5: \(part) = slice %0 \(slice(3 * units))
        %6: \(part) = slice %2 \(slice(units + 3))
        %7: \(part) = sigmoid %3
        %8: \(part) = tanh %4
        %9: \(part) = multiply %7 %8
        %10: \(part) = multiply %5 %1
        %11: \(part) = add %9 %10
        %12: \(part) = exp %6
        %13: \(part) = multiply %12 %11
        %14: \(part) = negate %9
        %15: \(part) = multiply %10 %7
        %16: \(part) = add %8 %1
        %17: \(whole) = concatenate %14 %13 %15 %16 axis 1
        return %17 %11
      }
      """)
  }

  @Test(arguments: [(1_000, 16), (70, 48), (33, 64), (17, 80), (5, 1_024), (9, 24)])
  func partsOfRowsStayWhereTheyAre(rows: Int, units: Int) throws {
    let graph = try gates(rows, units)
    func numbers(_ count: Int, _ seed: Int) -> [Float] {
      (0..<count).map { $0 % 977 == 5 ? .nan : Float(($0 * seed) % 1013) / 128 - 4 }
    }
    let inputs = [
      try floats(numbers(rows * 4 * units, 7919), [rows, 4 * units]),
      try floats(numbers(rows * units, 31), [rows, units]),
      try floats(numbers(rows * 4 * units, 101), [rows, 4 * units]),
    ]
    #expect(try results(graph, inputs, .best) == results(graph, inputs, Self.withoutCode))
    guard KernelLevel.current == .v4 else { return }
    let steps = try steps(graph)
    #expect(steps.allSatisfy { $0.hasPrefix("rows") == (units % 16 == 0) }, "\(steps)")
  }

  @Test func oneStepForAllOfARow() throws {
    guard KernelLevel.current == .v4 else { return }
    #expect(try steps(softmax(100, 128)) == ["rows [100, 128]: maximum, subtract, exp, add, reciprocal, multiply"])
    #expect(try steps(softmax(100, 120)).count > 1)
  }
}
