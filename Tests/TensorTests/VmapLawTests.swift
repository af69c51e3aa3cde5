import TensorGraph
import TensorTypes
import Testing
import Transforms

/// A batched graph against the plain one, example by example.
@Suite struct VmapLawTests {
  @Test(arguments: LawCases.all)
  func examplesAtOnceEqualExamplesInTurn(law: LawCase) throws {
    let graph = try law.graph
    for flags in someFlags(law.operands.count) { try expectBatched(graph, law, flags, size: 3) }
  }

  @Test(arguments: LawCases.all)
  func oneExampleAndNoneWorkToo(law: LawCase) throws {
    let graph = try law.graph
    let all = [Bool](repeating: true, count: law.operands.count)
    try expectBatched(graph, law, all, size: 1)
    try expectBatched(graph, law, all, size: 0)
  }

  /// vmap over grad, the way to per-example gradients.
  @Test(arguments: VjpLawTests.differentiable)
  func gradientsCanBeBatched(law: LawCase) throws {
    let graph = try law.graph
    let gradient = try gradientGraph(
      of: graph, outputs: graph.floatingOutputs, withRespectTo: graph.floatingInputs)
    let operands = gradient.inputTypes.enumerated().map { number, type in
      number < law.operands.count ? law.operands[number] : LawCase.Operand(type: type, range: -1...1)
    }
    let extended = LawCase(law.name, law.primitive, operands)
    try expectBatched(gradient, extended, [Bool](repeating: true, count: operands.count), size: 2)
    // Only the cotangents: the rows of a Jacobian matrix.
    try expectBatched(gradient, extended, operands.indices.map { $0 >= law.operands.count }, size: 2)
    if law.operands.count > 1 {
      try expectBatched(gradient, extended, operands.indices.map { $0 != 0 }, size: 2)
    }
  }

  /// grad over vmap.
  @Test(arguments: VjpLawTests.differentiable)
  func batchesCanBeDifferentiated(law: LawCase) throws {
    let flags = law.operands.indices.map { $0 != 1 }
    let batched = try vmapGraph(of: law.graph, batchedInputs: flags, size: 2).graph
    let (shared, stacked) = (law.values(seed: 3), law.values(seed: 3, leading: [2]))
    try expectGradientsOf(batched, at: flags.indices.map { flags[$0] ? stacked[$0] : shared[$0] })
  }
}

/// Every operand alone, every operand but one, and all.
private func someFlags(_ count: Int) -> [[Bool]] {
  let all = [Bool](repeating: true, count: count)
  return Array(
    Set(
      [all] + all.indices.map { one in all.indices.map { $0 == one } }
        + all.indices.map { one in all.indices.map { $0 != one } }))
}

private func expectBatched(_ graph: Graph, _ law: LawCase, _ flags: [Bool], size: Int) throws {
  let (batched, outputs) = try vmapGraph(of: graph, batchedInputs: flags, size: size)
  try batched.verify()
  let (shared, stacked) = (law.values(seed: 11), law.values(seed: 11, leading: [size]))
  let inputs = flags.indices.map { flags[$0] ? stacked[$0] : shared[$0] }
  let results = try referenceEvaluate(batched, inputs)
  for (result, (type, isBatched)) in zip(results, zip(graph.outputTypes, outputs)) {
    #expect(result.shape == (isBatched ? [size] : []) + type.shape.sizes)
  }
  for example in 0..<size {
    let expected = try referenceEvaluate(
      graph, flags.indices.map { flags[$0] ? entry(example, of: stacked[$0]) : shared[$0] })
    for (number, result) in results.enumerated() {
      let found = outputs[number] ? entry(example, of: result) : result
      for (a, b) in zip(found.elements, expected[number].elements) {
        #expect(
          abs(a - b) <= 1e-12 * max(1, abs(b)) || (a.isNaN && b.isNaN),
          "batched \(flags), example \(example), output \(number): \(a) instead of \(b)\n\(batched)")
      }
    }
  }
}

private func entry(_ number: Int, of tensor: ReferenceTensor) -> ReferenceTensor {
  ReferenceTensor(TensorType(tensor.type.dtype, Shape(Array(tensor.shape.dropFirst())))) { tensor[[number] + $0] }
}
