import TensorGraph
import TensorTypes
import Testing
import Transforms

/// Reverse mode against central differences, in f64.
@Suite struct VjpLawTests {
  static let differentiable = LawCases.all.filter {
    switch $0.primitive {
    case .whileLoop, .stopGradient: false
    default: true
    }
  }

  @Test(arguments: differentiable)
  func gradientIsTheSlope(law: LawCase) throws {
    let graph = try law.graph
    for seed in 1...3 { try expectGradientsOf(graph, at: law.values(seed: UInt64(seed))) }
  }

  /// The gradient graph is a graph like any other: its own gradient gives second derivatives.
  @Test(arguments: differentiable)
  func gradientOfTheGradientIsItsSlope(law: LawCase) throws {
    let graph = try law.graph
    let floats = graph.floatingInputs
    let gradient = try gradientGraph(of: graph, outputs: graph.floatingOutputs, withRespectTo: floats)
    var inputs = law.values(seed: 5)
    for (number, type) in gradient.inputTypes.enumerated().dropFirst(inputs.count) {
      inputs.append(drawn(type, -1...1, seed: 77 + UInt64(number)))
    }
    try expectGradientsOf(gradient, at: inputs)
  }
}

extension Graph {
  var floatingInputs: [Int] { inputs.indices.filter { type(of: inputs[$0]).dtype.isFloating } }
  var floatingOutputs: [Int] { outputs.indices.filter { type(of: outputs[$0]).dtype.isFloating } }
}

/// Checks the gradient of a random weighting of all floating outputs with respect to all floating inputs.
func expectGradientsOf(_ graph: Graph, at inputs: [ReferenceTensor], sourceLocation: SourceLocation = #_sourceLocation)
  throws
{
  let (wanted, outputs) = (graph.floatingInputs, graph.floatingOutputs)
  let gradient = try gradientGraph(of: graph, outputs: outputs, withRespectTo: wanted)
  try gradient.verify()

  let weights = outputs.map { drawn(graph.outputTypes[$0], -1...1, seed: UInt64($0 + 40)) }
  let results = try referenceEvaluate(gradient, inputs + weights)
  let plain = try referenceEvaluate(graph, inputs)
  #expect(Array(results.prefix(plain.count)).map(\.elements) == plain.map(\.elements), sourceLocation: sourceLocation)

  func weighted(_ inputs: [ReferenceTensor]) throws -> Double {
    let values = try referenceEvaluate(graph, inputs)
    return zip(outputs, weights).reduce(0) { sum, pair in
      zip(values[pair.0].elements, pair.1.elements).reduce(sum) { $0 + $1.0 * $1.1 }
    }
  }
  for (input, found) in zip(wanted, results.dropFirst(plain.count)) {
    for element in found.elements.indices {
      let step = 1e-5
      var (above, below) = (inputs, inputs)
      above[input].elements[element] += step
      below[input].elements[element] -= step
      let slope = try (weighted(above) - weighted(below)) / (2 * step)
      #expect(
        abs(slope - found.elements[element]) <= 2e-6 * max(1, abs(slope)),
        "input \(input), element \(element): slope \(slope), gradient \(found.elements[element])\n\(gradient)",
        sourceLocation: sourceLocation)
    }
  }
}

@Suite struct LawCoverageTests {
  @Test func everyPrimitiveHasALaw() throws {
    let text = try GraphReader.parse(GraphTextTests.everything)
    let names =
      text.operations.map(\.primitive.name) + UnaryPrimitive.allCases.map(\.rawValue)
      + BinaryPrimitive.allCases.map(\.rawValue) + Comparison.allCases.map(\.rawValue)
    // These have no operand to vary, or laws of their own in VmapRuleTests.
    let others: Set = ["constant", "iota", "random", "check"]
    #expect(Set(names).subtracting(others).subtracting(LawCases.all.map(\.primitive.name)).isEmpty)
  }
}
