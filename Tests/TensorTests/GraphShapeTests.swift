import SourceText
import TensorGraph
import TensorTypes
import Testing

@Suite struct GraphShapeTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    var primitive: Primitive
    var operands: [TensorType]
    var kind: ShapeProblem.Kind
    init(_ primitive: Primitive, _ operands: [TensorType], _ kind: ShapeProblem.Kind) {
      self.primitive = primitive
      self.operands = operands
      self.kind = kind
    }
    var testDescription: String { "\(primitive.name) of \(operands)" }
  }

  private static func f(_ sizes: Int...) -> TensorType { TensorType(.f32, Shape(sizes)) }
  private static func i(_ sizes: Int...) -> TensorType { TensorType(.i64, Shape(sizes)) }
  private static func b(_ sizes: Int...) -> TensorType { TensorType(.bool, Shape(sizes)) }
  private static let huge = 1 << 40

  static let elementwiseMistakes = [
    Mistake(.binary(.add), [f(2), f(3)], .sizesDiffer(operandA: 0, axisA: 0, operandB: 1, axisB: 0)),
    Mistake(.binary(.add), [f(2), f(2, 1)], .rank(operand: 1, expected: "1")),
    Mistake(.binary(.add), [f(2), i(2)], .dtypesDiffer(operandA: 0, operandB: 1)),
    Mistake(.binary(.add), [b(2), b(2)], .dtype(operand: 0, expected: "a number")),
    Mistake(.binary(.and), [f(2), f(2)], .dtype(operand: 0, expected: "bool")),
    Mistake(.binary(.divide), [i(2), i(2)], .dtype(operand: 0, expected: "f32 or f64")),
    Mistake(.unary(.exp), [i(2)], .dtype(operand: 0, expected: "f32 or f64")),
    Mistake(.unary(.exp), [], .operandCount(expected: 1, found: 0)),
    Mistake(.unary(.not), [f()], .dtype(operand: 0, expected: "bool")),
    Mistake(.select, [f(2), f(2), f(2)], .dtype(operand: 0, expected: "bool")),
    Mistake(.select, [b(3), f(2), f(2)], .sizesDiffer(operandA: 0, axisA: 0, operandB: 1, axisB: 0)),
    Mistake(.iota(f(2), axis: 1), [], .other("iota has no axis 1 in f32[2]")),
    Mistake(.iota(f(-1), axis: 0), [], .other("negative size -1 in f32[-1]")),
    Mistake(.iota(f(huge, huge), axis: 0), [], .tooLarge),
  ]

  static let shapeMistakes = [
    Mistake(.reshape([4]), [f(2, 3)], .count(expected: 6, found: 4)),
    Mistake(.reshape([-2, -3]), [f(2, 3)], .other("negative size -2 in f32[-2, -3]")),
    Mistake(.transpose(permutation: [0, 0]), [f(2, 3)], .other("axis named twice in [0, 0]")),
    Mistake(.transpose(permutation: [0]), [f(2, 3)], .other("1 entries of the permutation for 2 axes")),
    Mistake(.broadcast([2, 3], axes: [1]), [f(2)], .count(expected: 3, found: 2)),
    Mistake(.broadcast([2, 3], axes: [1, 0]), [f(3, 2)], .other("result axes [1, 0] do not increase")),
    Mistake(.broadcast([huge, huge], axes: []), [f()], .tooLarge),
    Mistake(.broadcast([0, huge, huge], axes: []), [f()], .tooLarge),
    Mistake(
      .slice(starts: [1], limits: [4], strides: [1]), [f(3)], .other("1..<4 does not lie within axis 0 of size 3")),
    Mistake(
      .slice(starts: [0], limits: [1], strides: [0]), [f(3)], .other("stride 0 of axis 0 is not positive")),
    Mistake(.pad(low: [-1], high: [0], interior: [0]), [f(3), f()], .other("negative padding of axis 0")),
    Mistake(.pad(low: [.max], high: [.max], interior: [0]), [f(3), f()], .tooLarge),
    Mistake(.pad(low: [0], high: [0], interior: [.max]), [f(3), f()], .tooLarge),
    Mistake(.concatenate(axis: 0), [], .operandCount(expected: 1, found: 0)),
    Mistake(.concatenate(axis: 0), [f(2, 3), f(2, 4)], .sizesDiffer(operandA: 0, axisA: 1, operandB: 1, axisB: 1)),
    Mistake(.concatenate(axis: 2), [f(2, 3)], .axis(operand: 0, axis: 2)),
    Mistake(
      .updateSlice(starts: [2], strides: [1]), [f(3), f(2)], .other("the patch ends at 4 of axis 0, whose size is 3")),
    Mistake(.reduce(.sum, axes: [1, 0]), [f(2, 3)], .other("axes [1, 0] are not sorted")),
    Mistake(.reduce(.sum, axes: [-1]), [f(2, 3)], .axis(operand: 0, axis: -1)),
    Mistake(.reduce(.maximum, axes: [0]), [f(0, 3)], .other("no element along axis 0 to choose from")),
    Mistake(.reduce(.all, axes: [0]), [f(3)], .dtype(operand: 0, expected: "bool")),
  ]

  static let otherMistakes = [
    Mistake(
      .matmul(transposeA: false, transposeB: false), [f(2, 3), f(2, 3)],
      .sizesDiffer(operandA: 0, axisA: 1, operandB: 1, axisB: 0)),
    Mistake(
      .matmul(transposeA: true, transposeB: true), [f(2, 3), f(2, 3)],
      .sizesDiffer(operandA: 0, axisA: 0, operandB: 1, axisB: 1)),
    Mistake(.matmul(transposeA: false, transposeB: false), [f(3), f(3, 2)], .rank(operand: 0, expected: "2 or more")),
    Mistake(.qr, [f(2, 3)], .other("qr takes at least as many rows as columns, not 2 rows and 3 columns")),
    Mistake(
      .triangularSolve(lower: true, transpose: false), [f(2, 3), f(2, 1)],
      .sizesDiffer(operandA: 0, axisA: 0, operandB: 0, axisB: 1)),
    Mistake(.take(axis: 0), [f(3), f(2)], .dtype(operand: 1, expected: "i64")),
    Mistake(.take(axis: 0), [f(), i(2)], .axis(operand: 0, axis: 0)),
    Mistake(.scatterAdd(axis: 1, size: 3), [f(2, 2), i(2, 2)], .axis(operand: 0, axis: 1)),
    Mistake(.scatterAdd(axis: 0, size: -3), [f(2), i(2)], .other("negative size -3")),
    Mistake(.takeAlong(axis: 0), [f(2, 3), i(2, 4)], .sizesDiffer(operandA: 0, axisA: 1, operandB: 1, axisB: 1)),
    Mistake(.random(.uniform, f(2)), [i(3)], .count(expected: 2, found: 3)),
    Mistake(
      .random(.integers(bound: 0), i(2)), [i(2)], .other("integers are drawn below 0, which is not positive")),
    Mistake(.check("no"), [f()], .dtype(operand: 0, expected: "bool")),
    Mistake(
      .scan(Scan(body: Graph(), constantCount: 0, carryCount: 1, length: 3, isReversed: false)), [f()],
      .other("the scan's body takes 0 values, but 1 are given")),
    Mistake(
      .scan(Scan(body: Graph(), constantCount: 0, carryCount: 0, length: 3, isReversed: false)), [f(2)],
      .count(expected: 3, found: 2)),
    Mistake(
      .whileLoop(WhileLoop(condition: Graph(), body: Graph(), constantCount: 0)), [],
      .other("the loop's condition does not give one truth value")),
  ]

  static let imageMistakes = [
    Mistake(.convolve(Convolution()), [f(2, 3, 3), f(2, 2, 1, 1)], .rank(operand: 0, expected: "4")),
    Mistake(.convolve(Convolution()), [f(1, 3, 3, 2), f(3, 2, 2)], .rank(operand: 1, expected: "4")),
    Mistake(.convolve(Convolution()), [i(1, 3, 3, 2), i(2, 2, 2, 1)], .dtype(operand: 0, expected: "f32 or f64")),
    Mistake(
      .convolve(Convolution()), [f(1, 3, 3, 2), f(2, 2, 3, 1)],
      .other("the weights are for 3 channels a group, the image has 2")),
    Mistake(
      .convolve(Convolution(groups: 2)), [f(1, 3, 3, 2), f(2, 2, 1, 3)],
      .other("2 channels and 3 filters do not divide into 2 groups")),
    Mistake(
      .convolve(Convolution(high: [0, 1], dilations: [1, 2])), [f(1, 3, 3, 1), f(2, 3, 1, 1)],
      .other("the window reaches over 5, the image with its padding over 4")),
    Mistake(.convolve(Convolution()), [f(1, 3, 3, 1), f(0, 3, 1, 1)], .other("the window 0 x 3 is empty")),
    Mistake(
      .convolve(Convolution(strides: [1, 0])), [f(1, 3, 3, 1), f(1, 3, 1, 1)],
      .other("strides are a pair of numbers from 1 on, not [1, 0]")),
    Mistake(
      .convolveInput(Convolution(), sizes: [4, 3]), [f(1, 2, 2, 3), f(2, 2, 1, 3)], .count(expected: 3, found: 2)),
    Mistake(
      .convolveWeight(Convolution(), sizes: [2, 2]), [f(1, 3, 3, 1), f(2, 2, 2, 3)],
      .sizesDiffer(operandA: 0, axisA: 0, operandB: 1, axisB: 0)),
    Mistake(
      .windowTake(PoolWindow(sizes: [2, 2], strides: [1, 1], low: [2, 0])), [f(1, 3, 3, 1), f(1, 3, 3, 1)],
      .other("a window of 2 would lie outside of the image")),
    Mistake(
      .windowAdd(PoolWindow(sizes: [2, 2], strides: [2, 2])), [f(1, 4, 4, 1), f(1, 2, 3, 1)],
      .count(expected: 2, found: 3)),
  ]

  @Test(arguments: elementwiseMistakes + shapeMistakes + otherMistakes + imageMistakes)
  func mistakesAreNamedPrecisely(mistake: Mistake) throws {
    let problem = try #require(throws: ShapeProblem.self) { try mistake.primitive.resultTypes(of: mistake.operands) }
    #expect(problem.kind == mistake.kind)
    #expect(problem.operands == mistake.operands)
  }

  /// Types and attributes from nowhere: a rule answers or throws, and what it answers fits in memory's address range.
  @Test func rulesNeverTrap() {
    var state: UInt64 = 1
    func number(below bound: Int) -> Int {
      state = mix(state)
      return Int(state % UInt64(bound))
    }
    let sizes = [0, 1, 1, 2, 2, 3, 4, -1, .max, .min, 1 << 33]
    let small = [0, 0, 1, 1, 2, 3, -1, .max, .min]
    func list(_ choices: [Int]) -> [Int] { (0..<number(below: 4)).map { _ in choices[number(below: choices.count)] } }
    func type() -> TensorType { TensorType(DType.allCases[number(below: 4)], Shape(list(sizes))) }
    func attribute() -> Int { small[number(below: small.count)] }

    func pair() -> [Int] { number(below: 9) == 0 ? list(small) : [attribute(), attribute()] }
    func convolution() -> Convolution {
      Convolution(strides: pair(), low: pair(), high: pair(), dilations: pair(), groups: attribute())
    }
    func window() -> PoolWindow { PoolWindow(sizes: pair(), strides: pair(), low: pair(), high: pair()) }

    for _ in 0..<20_000 {
      let primitives: [Primitive] = [
        .convolve(convolution()), .convolveInput(convolution(), sizes: pair()),
        .convolveWeight(convolution(), sizes: pair()), .windowTake(window()), .windowAdd(window()),
        .iota(type(), axis: attribute()), .reshape(Shape(list(sizes))), .transpose(permutation: list(small)),
        .broadcast(Shape(list(sizes)), axes: list(small)),
        .slice(starts: list(small), limits: list(sizes), strides: list(small)),
        .pad(low: list(small), high: list(sizes), interior: list(small)), .concatenate(axis: attribute()),
        .reverse(axes: list(small)), .updateSlice(starts: list(small), strides: list(small)),
        .reduce(.sum, axes: list(small)), .argReduce(.minimum, axis: attribute()), .cumulate(.sum, axis: attribute()),
        .matmul(transposeA: true, transposeB: false), .qr, .triangularSolve(lower: true, transpose: true),
        .take(axis: attribute()), .scatterAdd(axis: attribute(), size: attribute()), .takeAlong(axis: attribute()),
        .scatterAddAlong(axis: attribute(), size: attribute()), .sort(axis: attribute(), descending: true),
        .random(.integers(bound: attribute()), type()), .foldKey, .select, .binary(.add), .compare(.less), .check(""),
        .scan(
          Scan(
            body: Graph(), constantCount: attribute(), carryCount: attribute(), length: attribute(),
            isReversed: false)),
        .whileLoop(WhileLoop(condition: Graph(), body: Graph(), constantCount: attribute())),
      ]
      let primitive = primitives[number(below: primitives.count)]
      let isImage = primitive.name.hasPrefix("convolve") || primitive.name.hasPrefix("window")
      let operands = (0..<(isImage ? 2 : number(below: 4))).map { _ in
        isImage ? TensorType(.f32, Shape((0..<4).map { _ in sizes[number(below: sizes.count)] })) : type()
      }
      for result in (try? primitive.resultTypes(of: operands)) ?? [] {
        #expect(result.shape.checkedCount.map { $0 <= Int.max / 16 } == true, "\(primitive) of \(operands)")
      }
    }
  }
}

@Suite struct GraphVerifierTests {
  private func graph() throws -> Graph {
    try GraphReader.parse("graph(%0: f32[2]) {\n %1: f32[2] = exp %0\n %2: f32[2] = add %0 %1\n return %2\n}")
  }

  @Test func wellFormedGraphsPass() throws {
    try graph().verify()
  }

  @Test func useBeforeDefinition() throws {
    var graph = try graph()
    graph.operations.swapAt(0, 1)
    #expect(throws: GraphProblem(kind: .undefined(ValueID(1)), path: [0])) { try graph.verify() }
  }

  @Test func valuesThatDoNotExist() throws {
    var graph = try graph()
    graph.outputs = [ValueID(9)]
    #expect(throws: GraphProblem(kind: .undefined(ValueID(9)), path: [])) { try graph.verify() }
  }

  @Test func secondDefinition() throws {
    var graph = try graph()
    graph.operations[1].results = [ValueID(1)]
    #expect(throws: GraphProblem(kind: .definedTwice(ValueID(1)), path: [1])) { try graph.verify() }
  }

  @Test func typesThatTheRuleDoesNotGive() throws {
    var graph = try graph()
    graph.types[2] = TensorType(.f32, [3])
    let kind = GraphProblem.Kind.resultType(
      ValueID(2), expected: TensorType(.f32, [2]), found: TensorType(.f32, [3]))
    #expect(throws: GraphProblem(kind: kind, path: [1])) { try graph.verify() }
  }

  @Test func mistakesInABodyNameTheWay() throws {
    var graph = try GraphReader.parse(GraphTextTests.loops)
    guard case .scan(var scan) = graph.operations[0].primitive else {
      Issue.record("not a scan")
      return
    }
    scan.body.operations[0].operands = [ValueID(7)]
    graph.operations[0].primitive = .scan(scan)
    #expect(throws: GraphProblem(kind: .undefined(ValueID(7)), path: [0, 0])) { try graph.verify() }
  }

  @Test func unusedOperationsGoAndChecksStay() throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[2], %1: bool[]) {
        %2: f32[2] = exp %0
        %3: f32[2] = sin %0
        %4: f32[2] = cos %3
        check %1 "kept"
        %5: f32[2] = add %3 %0
        return %5
      }
      """)
    #expect(
      graph.withoutUnusedOperations().description == """
        graph(%0: f32[2], %1: bool[]) {
          %2: f32[2] = sin %0
          check %1 "kept"
          %3: f32[2] = add %2 %0
          return %3
        }
        """)
  }

  @Test func invariantsLeaveTheirScans() throws {
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[2], %1: f32[2], %2: f32[3, 4, 2]) {
        %3: f32[2] = scan %0 %1 %2 constants 1 carry 1 length 3
          body(%0: f32[2], %1: f32[2], %2: f32[4, 2]) {
            %3: f32[2] = scan %0 %1 %2 constants 1 carry 1 length 4
              body(%0: f32[2], %1: f32[2], %2: f32[2]) {
                %3: f32[2] = sin %0
                %4: f32[2] = add %1 %3
                return %4
              }
            %4: f32[2] = sin %0
            %5: f32[2] = multiply %3 %4
            return %5
          }
        return %3
      }
      """)
    let hoisted = graph.hoistingLoopInvariants()
    try hoisted.verify()
    #expect(
      hoisted.description == """
        graph(%0: f32[2], %1: f32[2], %2: f32[3, 4, 2]) {
          %3: f32[2] = sin %0
          %4: f32[2] = sin %0
          %5: f32[2] = scan %0 %3 %4 %1 %2 constants 3 carry 1 length 3
            body(%0: f32[2], %1: f32[2], %2: f32[2], %3: f32[2], %4: f32[4, 2]) {
              %5: f32[2] = scan %0 %1 %3 %4 constants 2 carry 1 length 4
                body(%0: f32[2], %1: f32[2], %2: f32[2], %3: f32[2]) {
                  %4: f32[2] = add %2 %1
                  return %4
                }
              %6: f32[2] = multiply %5 %2
              return %6
            }
          return %5
        }
        """)
  }
}
