import Execution
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing
import Transforms

/// A step of a small classifier: product, bias, relu, product, bias, cross-entropy, their derivative, Adam.
@Suite struct ExecutionTrainingTests {
  static let loss = """
    graph(%0: f32[64, 64], %1: i64[64], %2: f32[64, 64], %3: f32[64], %4: f32[64, 10], %5: f32[10]) {
      %6: f32[64, 64] = matmul %0 %2
      %7: f32[64, 64] = broadcast %3 axes [1]
      %8: f32[64, 64] = add %6 %7
      %9: f32[] = constant 0
      %10: f32[64, 64] = broadcast %9 axes []
      %11: f32[64, 64] = maximum %8 %10
      %12: f32[64, 10] = matmul %11 %4
      %13: f32[64, 10] = broadcast %5 axes [1]
      %14: f32[64, 10] = add %12 %13
      %15: f32[64] = reduce %14 maximum axes [1]
      %16: f32[64] = stopGradient %15
      %17: f32[64, 10] = broadcast %16 axes [0]
      %18: f32[64, 10] = subtract %14 %17
      %19: f32[64, 10] = exp %18
      %20: f32[64] = reduce %19 sum axes [1]
      %21: f32[64] = log %20
      %22: i64[64, 1] = reshape %1
      %23: f32[64, 1] = takeAlong %18 %22 axis 1
      %24: f32[64] = reshape %23
      %25: f32[64] = subtract %21 %24
      %26: f32[] = reduce %25 sum axes [0]
      %27: f32[] = constant 64
      %28: f32[] = divide %26 %27
      return %28
    }
    """

  /// Inputs: x, y, 4 parameters, 4 m, 4 v, step (f64), rate (f64). Outputs: loss, 4 parameters, 4 m, 4 v, step.
  static func trainingStep() throws -> Graph {
    let loss = try GraphReader.parse(Self.loss)
    let gradient = try gradientGraph(of: loss, outputs: [0], withRespectTo: [2, 3, 4, 5])
    var graph = Graph()
    let batch = [loss.inputTypes[0], loss.inputTypes[1]].map { graph.addInput($0) }
    let types = Array(loss.inputTypes[2...])
    let parameters = types.map { graph.addInput($0) }
    let m = types.map { graph.addInput($0) }
    let v = types.map { graph.addInput($0) }
    let step = graph.addInput(TensorType(.f64, .scalar))
    let rate = graph.addInput(TensorType(.f64, .scalar))

    func apply(_ primitive: Primitive, _ operands: ValueID...) throws -> ValueID {
      try graph.apply(primitive, operands, origin: .none)[0]
    }
    func number(_ value: Double, _ dtype: DType) throws -> ValueID { try apply(.constant(.float(value, dtype))) }
    let one = try graph.apply(.constant(.float(1, .f32)), [], origin: .none)
    let seeds = gradient.inputs.count > loss.inputs.count ? one : []
    let results = graph.inline(gradient, arguments: batch + parameters + seeds)
    let gradients = results.suffix(4)

    let next = try apply(.binary(.add), step, number(1, .f64))
    var outputs = [results.count > 4 ? results[0] : one[0]]
    var updates: [[ValueID]] = [[], [], []]
    for (index, gradient) in gradients.enumerated() {
      let shape = types[index].shape
      func spread(_ value: ValueID) throws -> ValueID { try apply(.broadcast(shape, axes: []), value) }
      func mix(_ old: ValueID, _ new: ValueID, _ keep: Double) throws -> ValueID {
        try apply(
          .binary(.add), apply(.binary(.multiply), spread(number(keep, .f32)), old),
          apply(.binary(.multiply), spread(number(1 - keep, .f32)), new))
      }
      func corrected(_ value: ValueID, _ keep: Double) throws -> ValueID {
        let power = try apply(.binary(.power), number(keep, .f64), next)
        let factor = try apply(.convert(.f32), apply(.binary(.subtract), number(1, .f64), power))
        return try apply(.binary(.divide), value, spread(factor))
      }
      let newM = try mix(m[index], gradient, 0.9)
      let newV = try mix(v[index], apply(.binary(.multiply), gradient, gradient), 0.999)
      let root = try apply(
        .binary(.add), apply(.unary(.sqrt), corrected(newV, 0.999)), spread(number(1e-8, .f32)))
      let change = try apply(.binary(.divide), corrected(newM, 0.9), root)
      let scaled = try apply(.binary(.multiply), spread(apply(.convert(.f32), rate)), change)
      updates[0].append(try apply(.binary(.subtract), parameters[index], scaled))
      updates[1].append(newM)
      updates[2].append(newV)
    }
    outputs += updates.flatMap { $0 } + [next]
    graph.outputs = outputs
    return graph
  }

  static func inputs(_ graph: Graph) throws -> [Tensor] {
    var random = TestRandom(7)
    return try graph.inputTypes.enumerated().map { index, type in
      let count = type.shape.count
      switch type.dtype {
      case .i64: return try integers((0..<count).map { _ in random.below(10) }, type.shape)
      case .f64: return try doubles([index == graph.inputs.count - 1 ? 0.01 : 0], type.shape)
      default:
        let isState = index >= 6
        return try floats((0..<count).map { _ in isState ? 0 : Float(random.below(2001) - 1000) / 4000 }, type.shape)
      }
    }
  }

  @Test func trainingLowersTheLossInPlace() throws {
    let graph = try Self.trainingStep()
    let program = try Program.compile(graph)
    var tensors = try Self.inputs(graph)
    let addresses = tensors[2..<14].map(\.address)
    var losses: [Float] = []
    let donating = graph.inputs.indices.map { (2..<15).contains($0) }
    let clock = ContinuousClock()
    var best = Duration.seconds(1)
    for _ in 0..<40 {
      var results: [Tensor] = []
      let time = try clock.measure { results = try program.run(&tensors, donating: donating) }
      best = min(best, time)
      losses.append(results[0].elements(as: Float.self)[0])
      let batch = try Self.inputs(graph)
      tensors = batch[0...1] + results[1...13] + [batch[15]]
    }
    #expect(losses[39] < losses[0] * 0.8, "\(losses)")
    #expect(tensors[2..<14].map(\.address) == addresses)
    #expect(program.plan.multiplyAdds == 64 * 64 * 64 * 2 + 64 * 64 * 10 * 3)
    #expect(best < .milliseconds(100))
  }

  @Test func passesKeepEveryBitOfAStep() throws {
    let graph = try Self.trainingStep()
    let inputs = try Self.inputs(graph)
    let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
    let compiled = try Program.compile(graph).run(inputs)
    for (a, b) in zip(plain, compiled) {
      let isSame = a.bytes == b.bytes
      #expect(isSame, "\(a.type)")
    }
  }

  @Test func aTrivialProgramCostsLittle() throws {
    let program = try Program.compile(
      GraphReader.parse("graph(%0: f32[4], %1: f32[4]) { %2: f32[4] = add %0 %1 return %2 }"))
    let inputs = [try floats([1, 2, 3, 4]), try floats([1, 2, 3, 4])]
    let clock = ContinuousClock()
    let time = try clock.measure {
      for _ in 0..<1000 { _ = try program.run(inputs) }
    }
    #expect(time < .seconds(1))
  }
}
