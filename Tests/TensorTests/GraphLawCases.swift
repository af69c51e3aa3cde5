import TensorGraph
import TensorTypes
import Testing

/// A primitive with operands to try it on: what the laws of derivatives and of batching are tested with.
struct LawCase: CustomTestStringConvertible, Sendable {
  struct Operand: Sendable {
    var type: TensorType
    /// Elements are drawn from here; integers and truth values are rounded down.
    var range: ClosedRange<Double>
  }
  var name: String
  var primitive: Primitive
  var operands: [Operand]

  init(_ name: String, _ primitive: Primitive, _ operands: [Operand]) {
    self.name = name
    self.primitive = primitive
    self.operands = operands
  }

  var testDescription: String { name }

  var graph: Graph {
    get throws {
      var graph = Graph()
      let inputs = operands.map { graph.addInput($0.type) }
      graph.outputs = try graph.apply(primitive, inputs, origin: .none)
      return graph
    }
  }

  /// Reproducible operands, with `leading` sizes before each shape.
  func values(seed: UInt64, leading: [Int] = []) -> [ReferenceTensor] {
    operands.enumerated().map { number, operand in
      let type = TensorType(operand.type.dtype, Shape(leading + operand.type.shape.sizes))
      return drawn(type, operand.range, seed: seed &+ 1000 &* UInt64(number + 1))
    }
  }
}

/// A reproducible tensor with elements between two bounds.
func drawn(_ type: TensorType, _ range: ClosedRange<Double>, seed: UInt64) -> ReferenceTensor {
  let elements = (0..<type.shape.count).map { position in
    let uniform = Double(mix(seed &* 1_000_003 &+ UInt64(position)) >> 11) / Double(1 << 53)
    let element = range.lowerBound + uniform * (range.upperBound - range.lowerBound)
    return type.dtype.isFloating ? element : element.rounded(.down)
  }
  return ReferenceTensor(type, elements)
}

private func float(_ sizes: Int..., from low: Double = -2, to high: Double = 2) -> LawCase.Operand {
  LawCase.Operand(type: TensorType(.f64, Shape(sizes)), range: low...high)
}
/// Integers in 0 ..< bound.
private func ids(_ sizes: Int..., below bound: Int) -> LawCase.Operand {
  LawCase.Operand(type: TensorType(.i64, Shape(sizes)), range: 0...(Double(bound) - 1e-9))
}
private func truth(_ sizes: Int...) -> LawCase.Operand {
  LawCase.Operand(type: TensorType(.bool, Shape(sizes)), range: 0...1.999)
}

enum LawCases {
  static let all = elementwise + shape + reductions + linearAlgebra + images + selection + loops

  static let elementwise: [LawCase] = unaries + binaries + comparisons + otherElementwise

  private static let unaries: [LawCase] = UnaryPrimitive.allCases.map { operation in
    let operand: LawCase.Operand
    switch operation {
    case .reciprocal, .log, .sqrt: operand = float(2, 3, from: 0.3, to: 3)
    case .log1p: operand = float(2, 3, from: -0.7, to: 3)
    case .asin, .acos, .erfInverse: operand = float(2, 3, from: -0.8, to: 0.8)
    case .tan: operand = float(2, 3, from: -1.2, to: 1.2)
    case .not: operand = truth(2, 3)
    default: operand = float(2, 3)
    }
    return LawCase(operation.rawValue, .unary(operation), [operand])
  }

  private static let binaries: [LawCase] = BinaryPrimitive.allCases.map { operation in
    let operands: [LawCase.Operand]
    switch operation {
    case .and, .or, .xor: operands = [truth(2, 3), truth(2, 3)]
    case .divide, .floorDivide, .remainder: operands = [float(2, 3), float(2, 3, from: 0.5, to: 2)]
    case .power: operands = [float(2, 3, from: 0.2, to: 2), float(2, 3)]
    default: operands = [float(2, 3), float(2, 3)]
    }
    return LawCase(operation.rawValue, .binary(operation), operands)
  }

  private static let comparisons: [LawCase] = Comparison.allCases.map { comparison in
    LawCase(comparison.rawValue, .compare(comparison), [float(2, 3), float(2, 3)])
  }

  private static let otherElementwise: [LawCase] = [
    LawCase("exp of a scalar", .unary(.exp), [float()]),
    LawCase("add of scalars", .binary(.add), [float(), float()]),
    LawCase("add of integers", .binary(.add), [ids(3, below: 9), ids(3, below: 9)]),
    LawCase("multiply of nothing", .binary(.multiply), [float(2, 0), float(2, 0)]),
    LawCase("select", .select, [truth(2, 3), float(2, 3), float(2, 3)]),
    LawCase("select of scalars", .select, [truth(), float(), float()]),
    LawCase("convert to i64", .convert(.i64), [float(2, 3)]),
    LawCase("convert to f64", .convert(.f64), [ids(4, below: 5)]),
    LawCase("stopGradient", .stopGradient, [float(2, 3)]),
  ]

  static let shape: [LawCase] = [
    LawCase("reshape", .reshape([3, 2]), [float(2, 3)]),
    LawCase("reshape to a scalar", .reshape([]), [float(1, 1)]),
    LawCase("transpose", .transpose(permutation: [1, 0]), [float(2, 3)]),
    LawCase("transpose of three", .transpose(permutation: [2, 0, 1]), [float(2, 3, 4)]),
    LawCase("broadcast of a scalar", .broadcast([2, 3], axes: []), [float()]),
    LawCase("broadcast of rows", .broadcast([2, 3], axes: [1]), [float(3)]),
    LawCase("broadcast that stretches", .broadcast([4, 2, 3], axes: [1, 2]), [float(1, 3)]),
    LawCase("slice", .slice(starts: [1, 0], limits: [4, 3], strides: [2, 1]), [float(5, 3)]),
    LawCase("slice that leaves a rest", .slice(starts: [0], limits: [6], strides: [4]), [float(7)]),
    LawCase("slice of nothing", .slice(starts: [2], limits: [2], strides: [1]), [float(4)]),
    LawCase("pad", .pad(low: [1, 0], high: [0, 2], interior: [0, 1]), [float(2, 3), float()]),
    LawCase("pad of a row", .pad(low: [2], high: [1], interior: [2]), [float(1), float()]),
    LawCase("pad of nothing", .pad(low: [2], high: [1], interior: [2]), [float(0), float()]),
    LawCase("concatenate", .concatenate(axis: 1), [float(2, 3), float(2, 1), float(2, 2)]),
    LawCase("concatenate one", .concatenate(axis: 0), [float(2, 3)]),
    LawCase("reverse", .reverse(axes: [1]), [float(2, 3)]),
    LawCase("reverse both", .reverse(axes: [0, 1]), [float(2, 3)]),
    LawCase("updateSlice", .updateSlice(starts: [1, 0], strides: [1, 2]), [float(3, 4), float(2, 2)]),
    LawCase("updateSlice by nothing", .updateSlice(starts: [1, 0], strides: [1, 2]), [float(3, 4), float(0, 2)]),
  ]

  static let reductions: [LawCase] =
    Reduction.allCases.flatMap(reduces) + Cumulation.allCases.flatMap(cumulates) + ArgReduction.allCases.flatMap(picks)
    + [LawCase("reduce product of nothing", .reduce(.product, axes: [0]), [float(0, 2)])]

  private static func reduces(_ reduction: Reduction) -> [LawCase] {
    let operand = reduction == .all || reduction == .any ? truth(2, 3, 2) : float(2, 3, 2)
    let axes: [[Int]] = [[0], [1], [0, 2], [], [0, 1, 2]]
    return axes.map { LawCase("reduce \(reduction.rawValue) \($0)", .reduce(reduction, axes: $0), [operand]) }
  }

  private static func cumulates(_ cumulation: Cumulation) -> [LawCase] {
    let name = "cumulate \(cumulation.rawValue)"
    return [
      LawCase(name + " of a vector", .cumulate(cumulation, axis: 0), [float(4)]),
      LawCase(name + " in the middle", .cumulate(cumulation, axis: 1), [float(2, 4, 2)]),
      LawCase(name + " of nothing", .cumulate(cumulation, axis: 1), [float(2, 0)]),
    ]
  }

  private static func picks(_ reduction: ArgReduction) -> [LawCase] {
    [0, 1].map { axis in
      LawCase("argReduce \(reduction.rawValue) \(axis)", .argReduce(reduction, axis: axis), [float(3, 4)])
    }
  }

  static let linearAlgebra: [LawCase] = decompositions + flags.flatMap(products)

  private static let flags = [(false, false), (true, false), (false, true), (true, true)]

  private static func products(_ a: Bool, _ b: Bool) -> [LawCase] {
    let matmul = Primitive.matmul(transposeA: a, transposeB: b)
    let solve = Primitive.triangularSolve(lower: a, transpose: b)
    func matrix(_ batch: [Int], _ rows: Int, _ columns: Int, _ isTransposed: Bool) -> LawCase.Operand {
      let sizes = batch + (isTransposed ? [columns, rows] : [rows, columns])
      return LawCase.Operand(type: TensorType(.f64, Shape(sizes)), range: -2...2)
    }
    return [
      LawCase("matmul \(a) \(b)", matmul, [matrix([], 2, 3, a), matrix([], 3, 4, b)]),
      LawCase("matmul of stacks \(a) \(b)", matmul, [matrix([2, 2], 2, 3, a), matrix([2, 2], 3, 4, b)]),
      LawCase("matmul of a row \(a) \(b)", matmul, [matrix([], 1, 3, a), matrix([], 3, 1, b)]),
      LawCase("triangularSolve \(a) \(b)", solve, [float(3, 3, from: 0.5, to: 1.5), float(3, 2)]),
      LawCase("triangularSolve of stacks \(a) \(b)", solve, [float(2, 2, 2, from: 0.5, to: 1.5), float(2, 2, 3)]),
    ]
  }

  private static let decompositions: [LawCase] = [
    LawCase("qr", .qr, [float(4, 3)]),
    LawCase("qr of a square", .qr, [float(2, 2)]),
    LawCase("qr of stacks", .qr, [float(2, 3, 2)]),
  ]

  private static let walks: [(String, Convolution, x: [Int], weight: [Int], y: [Int])] = [
    ("", Convolution(), [2, 4, 3, 2], [2, 3, 2, 3], [2, 3, 1, 3]),
    (" with padding", Convolution(low: [1, 0], high: [2, 1]), [1, 3, 2, 2], [2, 2, 2, 2], [1, 5, 2, 2]),
    (
      " with strides", Convolution(strides: [2, 3], low: [1, 1], high: [0, 2]), [1, 4, 5, 1], [3, 2, 1, 2],
      [1, 2, 3, 2]
    ),
    (
      " with dilation", Convolution(low: [1, 0], high: [1, 2], dilations: [2, 3]), [1, 4, 5, 2], [3, 2, 2, 1],
      [1, 2, 4, 1]
    ),
    (
      " with strides over holes", Convolution(strides: [2, 3], low: [2, 0], high: [1, 1], dilations: [3, 2]),
      [1, 6, 6, 1], [2, 3, 1, 2], [1, 3, 1, 2]
    ),
    (" with strides that skip", Convolution(strides: [3, 2]), [1, 5, 4, 1], [1, 1, 1, 2], [1, 2, 2, 2]),
    (" in groups", Convolution(groups: 2), [2, 3, 2, 4], [2, 1, 2, 6], [2, 2, 2, 6]),
    (
      " of each channel", Convolution(strides: [2, 1], low: [1, 1], high: [1, 0], groups: 3), [1, 3, 3, 3], [2, 2, 1, 3],
      [1, 2, 3, 3]
    ),
    (" of nothing", Convolution(), [0, 3, 3, 2], [2, 2, 2, 1], [0, 2, 2, 1]),
    (" of no channels", Convolution(), [1, 3, 3, 0], [2, 2, 0, 2], [1, 2, 2, 2]),
  ]

  /// Convolutions, and pooling of elements that are all different.
  static let images: [LawCase] =
    walks.flatMap { name, convolution, x, weight, y in
      func operand(_ sizes: [Int]) -> LawCase.Operand {
        LawCase.Operand(type: TensorType(.f64, Shape(sizes)), range: -2...2)
      }
      return [
        LawCase("convolve" + name, .convolve(convolution), [operand(x), operand(weight)]),
        LawCase(
          "convolveInput" + name, .convolveInput(convolution, sizes: Array(x[1...2])), [operand(y), operand(weight)]),
        LawCase(
          "convolveWeight" + name, .convolveWeight(convolution, sizes: Array(weight[0...1])), [operand(x), operand(y)]),
      ]
    } + pools

  private static let pools: [LawCase] = [
    LawCase(
      "windowTake", .windowTake(PoolWindow(sizes: [2, 2], strides: [2, 2])), [float(2, 4, 4, 3), float(2, 4, 4, 3)]),
    LawCase(
      "windowTake of windows that overlap",
      .windowTake(PoolWindow(sizes: [3, 2], strides: [2, 1], low: [1, 0], high: [2, 1])),
      [float(1, 4, 3, 2), float(1, 4, 3, 2)]),
    LawCase(
      "windowAdd", .windowAdd(PoolWindow(sizes: [2, 2], strides: [2, 2])), [float(2, 5, 4, 3), float(2, 2, 2, 3)]),
    LawCase(
      "windowAdd to windows that overlap",
      .windowAdd(PoolWindow(sizes: [3, 2], strides: [2, 1], low: [1, 0], high: [2, 1])),
      [float(1, 4, 3, 2), float(1, 3, 3, 2)]),
  ]

  static let selection: [LawCase] = [
    LawCase("take one", .take(axis: 0), [float(4), ids(below: 4)]),
    LawCase("take rows", .take(axis: 0), [float(4, 3), ids(2, 2, below: 4)]),
    LawCase("take columns", .take(axis: 1), [float(2, 4, 2), ids(3, below: 4)]),
    LawCase("scatterAdd one", .scatterAdd(axis: 0, size: 4), [float(), ids(below: 4)]),
    LawCase("scatterAdd rows", .scatterAdd(axis: 0, size: 4), [float(2, 3, 2), ids(2, 3, below: 4)]),
    LawCase("scatterAdd columns", .scatterAdd(axis: 1, size: 3), [float(2, 4, 2), ids(4, below: 3)]),
    LawCase("takeAlong 0", .takeAlong(axis: 0), [float(4, 3), ids(2, 3, below: 4)]),
    LawCase("takeAlong 1", .takeAlong(axis: 1), [float(2, 4), ids(2, 5, below: 4)]),
    LawCase("scatterAddAlong 0", .scatterAddAlong(axis: 0, size: 4), [float(2, 3), ids(2, 3, below: 4)]),
    LawCase("scatterAddAlong 1", .scatterAddAlong(axis: 1, size: 2), [float(2, 5), ids(2, 5, below: 2)]),
    LawCase("sort up", .sort(axis: 1, descending: false), [float(2, 4)]),
    LawCase("sort down", .sort(axis: 0, descending: true), [float(4, 2)]),
    LawCase("foldKey", .foldKey, [ids(2, below: 1000), ids(below: 1000)]),
  ]

  /// Text of a body, and how its inputs are given.
  private static func scan(
    _ name: String, _ operands: [LawCase.Operand], constants: Int, carry: Int, length: Int, isReversed: Bool = false,
    _ body: String
  ) -> LawCase {
    let graph = (try? GraphReader.parse(body)) ?? Graph()
    let scan = Scan(
      body: graph, constantCount: constants, carryCount: carry, length: length, isReversed: isReversed)
    return LawCase(name, .scan(scan), operands)
  }

  private static let recurrent = """
    graph(%0: f64[2, 2], %1: f64[2], %2: f64[1, 2], %3: f64[1, 2]) {
      %4: f64[2, 2] = sin %0
      %5: f64[1, 2] = matmul %2 %4
      %6: f64[1, 2] = broadcast %1 axes [1]
      %7: f64[1, 2] = add %5 %6
      %8: f64[1, 2] = multiply %7 %3
      %9: f64[1, 2] = tanh %8
      %10: f64[1, 2] = multiply %9 %3
      return %9 %10 %9
    }
    """

  static let loops: [LawCase] = [
    scan("scan", [float(2, 2), float(2), float(1, 2), float(4, 1, 2)], constants: 2, carry: 1, length: 4, recurrent),
    scan(
      "scan backward", [float(2, 2), float(2), float(1, 2), float(3, 1, 2)], constants: 2, carry: 1, length: 3,
      isReversed: true, recurrent),
    scan(
      "scan of one", [float(2, 2), float(2), float(1, 2), float(1, 1, 2)], constants: 2, carry: 1, length: 1,
      recurrent),
    scan(
      "scan of nothing", [float(2, 2), float(2), float(1, 2), float(0, 1, 2)], constants: 2, carry: 1, length: 0,
      recurrent),
    // A counter, a carry that reaches the other only in the next round, one that is only passed on, one unused.
    scan(
      "scan of many carries", [float(), float(), float(), ids(below: 5), float()], constants: 1, carry: 4, length: 3,
      """
      graph(%0: f64[], %1: f64[], %2: f64[], %3: i64[], %4: f64[]) {
        %5: i64[] = constant 1
        %6: i64[] = add %3 %5
        %7: f64[] = convert %3
        %8: f64[] = multiply %7 %2
        %9: f64[] = add %8 %4
        %10: f64[] = multiply %1 %0
        %11: f64[] = cos %10
        return %9 %11 %6 %4
      }
      """),
    scan(
      "map", [float(), float(4, 2), float(4)], constants: 1, carry: 0, length: 4,
      """
      graph(%0: f64[], %1: f64[2], %2: f64[]) {
        %3: f64[] = multiply %0 %2
        %4: f64[2] = broadcast %3 axes []
        %5: f64[2] = multiply %4 %1
        return %5 %1 %0
      }
      """),
    scan(
      "scan in a scan", [float(2, from: -1, to: 1), float(2), float(3, 4, 2)], constants: 1, carry: 1, length: 3,
      """
      graph(%0: f64[2], %1: f64[2], %2: f64[4, 2]) {
        %3: f64[2], %4: f64[4, 2] = scan %0 %1 %2 constants 1 carry 1 length 4
          body(%0: f64[2], %1: f64[2], %2: f64[2]) {
            %3: f64[2] = multiply %0 %1
            %4: f64[2] = add %3 %2
            %5: f64[2] = sin %4
            return %5 %3
          }
        %5: f64[2] = reduce %4 sum axes [0]
        %6: f64[2] = multiply %5 %3
        return %6 %5
      }
      """),
    LawCase(
      "whileLoop",
      .whileLoop(
        WhileLoop(
          condition: (try? GraphReader.parse(
            """
            graph(%0: f64[2], %1: f64[2], %2: i64[]) {
              %3: f64[] = reduce %1 sum axes [0]
              %4: f64[] = constant 10
              %5: bool[] = less %3 %4
              return %5
            }
            """)) ?? Graph(),
          body: (try? GraphReader.parse(
            """
            graph(%0: f64[2], %1: f64[2], %2: i64[]) {
              %3: f64[2] = add %0 %1
              %4: i64[] = constant 1
              %5: i64[] = add %2 %4
              return %3 %5
            }
            """)) ?? Graph(), constantCount: 1)), [float(2, from: 1, to: 3), float(2), ids(below: 3)]),
  ]
}
