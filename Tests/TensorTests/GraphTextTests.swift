import SourceText
import TensorGraph
import TensorTypes
import Testing

@Suite struct GraphTextTests {
  /// Every primitive with every attribute.
  static let everything = #"""
    graph(%0: f32[2, 3], %1: f64[3, 3], %2: i64[2], %3: bool[2, 3], %4: f64[3, 2]) {
      %5: f32[] = constant -0.1
      %6: f32[] = constant nan
      %7: f32[] = constant nan:7fc00001
      %8: f64[] = constant 1e-300
      %9: f64[] = constant -inf
      %10: i64[] = constant -9223372036854775808
      %11: bool[] = constant true
      %12: i64[2, 3] = iota axis 1
      %13: f32[2, 3] = erfInverse %0
      %14: bool[2, 3] = isNaN %0
      %15: f32[2, 3] = atan2 %0 %13
      %16: bool[2, 3] = lessOrEqual %0 %13
      %17: f32[2, 3] = select %3 %0 %13
      %18: f64[2, 3] = convert %0
      %19: f32[2, 3] = stopGradient %0
      %20: f32[6] = reshape %0
      %21: f32[3, 2] = transpose %0 permutation [1, 0]
      %22: f32[4, 2, 3] = broadcast %0 axes [1, 2]
      %23: f32[1, 2] = slice %0 starts [1, 0] limits [2, 3] strides [1, 2]
      %24: f32[4, 6] = pad %0 %5 low [1, 0] high [1, 1] interior [0, 1]
      %25: f32[2, 6] = concatenate %0 %13 axis 1
      %26: f32[2, 3] = reverse %0 axes [1]
      %27: f32[2, 3] = updateSlice %0 %23 starts [0, 0] strides [1, 2]
      %28: f32[2] = reduce %0 maximum axes [1]
      %29: bool[] = reduce %3 all axes [0, 1]
      %30: i64[3] = argReduce %0 minimum axis 0
      %31: f32[2, 3] = cumulate %0 product axis 0
      %32: f32[3, 3] = matmul %0 %13 transposeA
      %33: f32[2, 2] = matmul %0 %13 transposeB
      %34: f64[3, 2], %35: f64[2, 2] = qr %4
      %36: f64[3, 2] = triangularSolve %1 %4 lower
      %37: f64[3, 2] = triangularSolve %1 %4 upper transpose
      %38: f32[2, 2] = take %0 %2 axis 1
      %39: f32[2, 3] = scatterAdd %38 %2 axis 1 size 3
      %40: f32[2, 3] = takeAlong %0 %12 axis 1
      %41: f32[2, 5] = scatterAddAlong %0 %12 axis 1 size 5
      %42: f32[2, 3], %43: i64[2, 3] = sort %0 axis 1 descending
      %44: f32[7] = random %2 uniform
      %45: f64[2, 2] = random %2 normal
      %46: i64[7] = random %2 integers bound 10
      %47: i64[2] = foldKey %2 %10
      %48: f32[2, 3] = scan %5 %28 %0 constants 2 carry 0 length 2 reversed
        body(%0: f32[], %1: f32[2], %2: f32[3]) {
          return %2
        }
      %49: f32[1, 5, 4, 2] = broadcast %5 axes []
      %50: f32[2, 3, 1, 4] = broadcast %5 axes []
      %51: f32[1, 3, 3, 4] = convolve %49 %50 strides [2, 1] low [1, 0] high [0, 1] dilations [1, 1] groups 2
      %52: f32[1, 5, 4, 2] = convolveInput %51 %50 sizes [5, 4] strides [2, 1] low [1, 0] high [0, 1] dilations [1, 1] groups 2
      %53: f32[2, 3, 1, 4] = convolveWeight %49 %51 sizes [2, 3] strides [2, 1] low [1, 0] high [0, 1] dilations [1, 1] groups 2
      %54: f32[1, 3, 4, 2] = windowTake %49 %49 sizes [2, 1] strides [2, 1] low [1, 0] high [0, 0]
      %55: f32[1, 5, 4, 2] = windowAdd %49 %54 sizes [2, 1] strides [2, 1] low [1, 0] high [0, 0]
      return
    }
    """#

  @Test func everyPrimitiveSurvivesARoundTrip() throws {
    let graph = try GraphReader.parse(Self.everything)
    #expect(graph.description == Self.everything)
    #expect(try GraphReader.parse(graph.description) == graph)
  }

  static let loops = #"""
    graph(%0: f32[], %1: f32[5, 2]) {
      %2: f32[], %3: f32[5, 3] = scan %0 %1 constants 0 carry 1 length 5
        body(%0: f32[], %1: f32[2]) {
          %2: f32[] = reduce %1 sum axes [0]
          %3: f32[], %4: f32[2] = scan %2 %0 %1 constants 1 carry 1 length 2 reversed
            body(%0: f32[], %1: f32[], %2: f32[]) {
              %3: f32[] = multiply %0 %1
              return %3 %2
            }
          %5: f32[3] = broadcast %3 axes []
          return %3 %5
        }
      %4: f32[], %5: f32[] = whileLoop %0 %2 %0 constants 1
        condition(%0: f32[], %1: f32[], %2: f32[]) {
          %3: bool[] = less %1 %0
          return %3
        }
        body(%0: f32[], %1: f32[], %2: f32[]) {
          %3: f32[] = add %1 %0
          return %3 %2
        }
      %6: bool[] = isFinite %5
      check %6 "the loss is \"\\not\" finite\n\ttry"
      return %4 %3
    }
    """#

  @Test func nestedGraphsSurviveARoundTrip() throws {
    let graph = try GraphReader.parse(Self.loops)
    #expect(graph.description == Self.loops)
    #expect(try GraphReader.parse(graph.description) == graph)
    #expect(graph.operations.count == 4)
  }

  /// Text with random damage is refused, or is another graph that is printed and read alike.
  @Test func damagedTextNeverTraps() throws {
    let pieces = ["", "%", "9", "-1", "[", "]", "{", "}", "axis", "scan", "f64", "4294967296", "\"", "return", ":"]
    var state: UInt64 = 3
    func number(below bound: Int) -> Int {
      state = mix(state)
      return Int(state % UInt64(bound))
    }
    for round in 0..<120 {
      var characters = Array((round % 2 == 0 ? Self.everything : Self.loops).unicodeScalars)
      for _ in 0...number(below: 3) {
        let start = number(below: characters.count)
        let end = min(start + number(below: 4), characters.count)
        characters.replaceSubrange(start..<end, with: pieces[number(below: pieces.count)].unicodeScalars)
      }
      var text = ""
      text.unicodeScalars.append(contentsOf: characters)
      if let graph = try? GraphReader.parse(text) {
        #expect(try GraphReader.parse(graph.description) == graph)
      }
    }
  }

  @Test func sourceTextStandsInAColumn() throws {
    var graph = Graph()
    let x = graph.addInput(TensorType(.f32, [2]))
    let span = Span(file: FileID(index: 0), start: 3, end: 9)
    let sum = try graph.apply(.binary(.add), [x, x], origin: Origin(span: span))
    graph.outputs = try graph.apply(.unary(.exp), sum, origin: .none)
    let text = graph.text { span in "at \(span.start)\n.." }
    #expect(
      text == """
        graph(%0: f32[2]) {
          %1: f32[2] = add %0 %0  # at 3 ..
          %2: f32[2] = exp %1
          return %2
        }
        """)
    #expect(try GraphReader.parse(text) == graph)
  }

  @Test(arguments: [
    ("", 1, "expected `graph`"),
    ("graph(%0: f32[2]) {\n %1: f32[2] = exp %2\n return %1\n}", 2, "used before"),
    ("graph(%0: f32[2]) {\n %0: f32[2] = exp %0\n return %0\n}", 2, "defined twice"),
    ("graph(%0: f32[2]) {\n %1: f32[3] = exp %0\n return %1\n}", 1, "not a well-formed graph"),
    ("graph(%0: f32[2]) {\n %1: f32[2] = expo %0\n return %1\n}", 2, "no primitive `expo`"),
    ("graph(%0: f16[2]) {\n return\n}", 1, "no element type"),
    ("graph(%0: f32[2]) {\n %1: f32[2] = exp %0 $\n}", 2, "unexpected character"),
    ("graph(%0: f32[2]) {\n %7: f32[2] = exp %0\n return %7\n}", 4, "%1 is never defined"),
    ("graph(%0: f32[]) {\n %1: f32[] = constant 1x\n return\n}", 2, "`1x` is not f32"),
    ("graph() {\n check \"a", 2, "does not end"),
    ("graph() {\n return\n} graph", 3, "after the graph"),
  ])
  func wrongTextIsReportedWithItsLine(text: String, line: Int, message: String) throws {
    let problem = try #require(throws: GraphReadProblem.self) { try GraphReader.parse(text) }
    #expect(problem.line == line)
    #expect(problem.message.contains(message), "\(problem.message)")
  }
}
