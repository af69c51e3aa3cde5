import Execution
import TensorGraph
import TensorRuntime
import TensorTypes

/// Runs random programs in every way that must give the same bits.
struct ProgramComparison {
  let seed: Int
  let program: RandomProgram
  let inputs: [Tensor]
  /// What each primitive by itself gives; nil where one of them fails.
  private(set) var expected: [Tensor]?

  init(seed: Int) throws {
    self.seed = seed
    var program = try RandomProgram(seed: seed)
    inputs = try program.inputs()
    self.program = program
    try program.graph.verify()
    do {
      expected = try Program.compile(program.graph, options: CompileOptions(optimize: false)).run(inputs)
    } catch ExecutionProblem.kernel {}
  }

  /// Of the expected elements, those that are numbers.
  var finiteShare: Double {
    let isNumber = (expected ?? []).flatMap { tensor in
      switch tensor.dtype {
      case .f32: tensor.floats.map(\.isFinite)
      case .f64: tensor.elements(as: Double.self).map(\.isFinite)
      case .i64, .bool: [Bool]()
      }
    }
    return isNumber.isEmpty ? 1 : Double(isNumber.count { $0 }) / Double(isNumber.count)
  }

  /// What differs, in words with the program; nil where nothing does.
  func difference() throws -> String? {
    // Where something fails, it may be what nobody needs.
    guard let expected else { return nil }
    let graph = program.graph
    let (one, results) = try withThreads(1) {
      let program = try Program.compile(graph)
      return (program, try program.run(inputs))
    }
    func report(_ way: String, _ found: [Tensor]) -> String? {
      differs(found, from: results).map { text(way, $0, one) }
    }
    // Sums over the parts of a batch are in another order.
    let isInParts = one.plan.steps.contains { $0.text.hasPrefix("the batch") }
    if let difference = differs(results, from: expected, rounding: isInParts) {
      return text("compiled", difference, one)
    }
    let threads = 2 + seed % 2
    let parallel = try withThreads(threads) { try Program.compile(graph).run(inputs) }
    if let found = report("\(threads) threads", parallel) { return found }
    var owned = try inputs.map { try copy($0) }
    let donating = owned.map { _ in true }
    let inPlace = try withThreads(1) { try one.run(&owned, donating: donating) }
    if let found = report("in place of the inputs", inPlace) { return found }
    // The level before the best has the same bits, but no machine code; v2 has other bits.
    guard let level = runnableLevels.dropLast().last, level != runnableLevels.first else { return nil }
    return report("\(level)", try KernelSuite.atLevel(level) { try Program.compile(graph).run(inputs) })
  }

  private func copy(_ tensor: Tensor) throws -> Tensor {
    switch tensor.dtype {
    case .f32: try floats(tensor.floats, tensor.shape)
    case .f64: try doubles(tensor.elements(as: Double.self), tensor.shape)
    case .i64: try integers(tensor.elements(as: Int.self), tensor.shape)
    case .bool: try truths(tensor.elements(as: Bool.self), tensor.shape)
    }
  }

  private func text(_ way: String, _ difference: String, _ compiled: Program) -> String {
    func steps(_ list: [ProgramPlan.Step], _ indent: String) -> String {
      list.map { indent + $0.text + "\n" + steps($0.body, indent + "  ") }.joined()
    }
    return "program \(seed), \(way): \(difference)\n\(program.graph)\n\(steps(compiled.plan.steps, "  "))"
  }

  /// Every NaN is as good as another.
  private func differs(_ found: [Tensor], from expected: [Tensor], rounding: Bool = false) -> String? {
    let allowingZeros = program.hasMask
    for (output, (a, b)) in zip(found, expected).enumerated() {
      guard a.type == b.type else { return "output \(output) is \(a.type), not \(b.type)" }
      if a.bytes == b.bytes { continue }
      let place =
        switch a.dtype {
        case .f32: differs(a.floats, b.floats, allowingZeros, relative: rounding ? 1e-4 : 0)
        case .f64:
          differs(
            a.elements(as: Double.self), b.elements(as: Double.self), allowingZeros, relative: rounding ? 1e-12 : 0)
        case .i64, .bool: zip(a.bytes, b.bytes).enumerated().first { $1.0 != $1.1 }.map { $0.offset / a.dtype.size }
        }
      if let place {
        return "output \(output) \(a.type) at \(place): \(element(a, place)), not \(element(b, place))"
      }
    }
    return nil
  }

  private func differs<F: BinaryFloatingPoint>(_ a: [F], _ b: [F], _ allowingZeros: Bool, relative: F) -> Int? {
    let allowed = relative * (b.filter(\.isFinite).map { abs($0) }.max() ?? 0)
    return a.indices.first { index in
      let (x, y) = (a[index], b[index])
      if x.isNaN || y.isNaN { return x.isNaN != y.isNaN }
      if relative > 0 { return x != y && !(abs(x - y) <= allowed) }
      return x != y || (!allowingZeros && x.sign != y.sign)
    }
  }

  private func element(_ tensor: Tensor, _ place: Int) -> String {
    switch tensor.dtype {
    case .f32: "\(tensor.floats[place])"
    case .f64: "\(tensor.elements(as: Double.self)[place])"
    case .i64: "\(tensor.elements(as: Int.self)[place])"
    case .bool: "\(tensor.elements(as: Bool.self)[place])"
    }
  }
}
