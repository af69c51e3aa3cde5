import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing
import Transforms

/// Compiled programs against the reference evaluator: every primitive, its gradient, and batches of both.
@Suite struct GraphExecutionLawTests {
  /// The reference draws its own numbers.
  static let cases = LawCases.all.filter { $0.primitive != .foldKey }
  static let differentiable = VjpLawTests.differentiable.filter { $0.primitive != .foldKey }

  @Test(arguments: cases)
  func primitivesRunAsDefined(law: LawCase) throws {
    for seed in 1...2 { try expectCompiled(law.graph, law.values(seed: UInt64(seed))) }
  }

  @Test(arguments: differentiable)
  func gradientsRunAsDefined(law: LawCase) throws {
    let graph = try law.graph
    let gradient = try gradientGraph(
      of: graph, outputs: graph.floatingOutputs, withRespectTo: graph.floatingInputs)
    var inputs = law.values(seed: 3)
    for type in gradient.inputTypes.dropFirst(inputs.count) { inputs.append(drawn(type, -1...1, seed: 8)) }
    try expectCompiled(gradient, inputs)
  }

  @Test(arguments: cases)
  func batchesRunAsDefined(law: LawCase) throws {
    let (shared, stacked) = (law.values(seed: 4), law.values(seed: 4, leading: [3]))
    for lone in law.operands.indices {
      let flags = law.operands.indices.map { $0 != lone || law.operands.count == 1 }
      let batched = try vmapGraph(of: law.graph, batchedInputs: flags, size: 3).graph
      try expectCompiled(batched, flags.indices.map { flags[$0] ? stacked[$0] : shared[$0] })
    }
  }
}

private func expectCompiled(_ graph: Graph, _ inputs: [ReferenceTensor]) throws {
  let expected = try referenceEvaluate(graph, inputs)
  for optimize in [false, true] {
    let program = try Program.compile(graph, options: CompileOptions(optimize: optimize))
    let results = try program.run(inputs.map(tensor))
    #expect(results.map(\.type) == graph.outputTypes)
    for (number, (result, reference)) in zip(results, expected).enumerated() {
      for (a, b) in zip(elements(of: result), reference.elements) {
        #expect(
          abs(a - b) <= 1e-9 * max(1, abs(b)) || a == b || (a.isNaN && b.isNaN),
          "optimize \(optimize), output \(number): \(a) instead of \(b)\n\(program.optimized)")
      }
    }
  }
}

private func tensor(_ reference: ReferenceTensor) throws -> Tensor {
  let (dtype, shape) = (reference.type.dtype, reference.type.shape)
  return switch dtype {
  case .f32: try Tensor.from(reference.elements.map { Float($0) }, dtype: dtype, shape: shape)
  case .f64: try Tensor.from(reference.elements, dtype: dtype, shape: shape)
  case .i64: try Tensor.from(reference.elements.map { Int($0) }, dtype: dtype, shape: shape)
  case .bool: try Tensor.from(reference.elements.map { $0 != 0 }, dtype: dtype, shape: shape)
  }
}

private func elements(of tensor: Tensor) -> [Double] {
  switch tensor.dtype {
  case .f32: tensor.elements(as: Float.self).map(Double.init)
  case .f64: tensor.elements(as: Double.self)
  case .i64: tensor.elements(as: Int.self).map(Double.init)
  case .bool: tensor.elements(as: Bool.self).map { $0 ? 1 : 0 }
  }
}
