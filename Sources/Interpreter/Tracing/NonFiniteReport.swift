import Diagnostics
import Execution
import SourceText
import TensorGraph
import TensorRuntime

extension CompiledCall {
  /// What is to be said of a failed check that a value is finite: where the first number came from that is not, and the
  /// likely cause. Nil for other checks. The inputs are those of the failed run.
  func nonFiniteReport(_ problem: ExecutionProblem, _ inputs: [Tensor], _ machine: Machine, at site: Site)
    -> Diagnostic?
  {
    guard case .check(let text, let origin) = problem, !isLoop,
      let search = NonFiniteSearch(program.askedBy ?? program.graph, inputs: inputs),
      let source = search.source(ofCheck: text)
    else { return nil }
    let facts = NonFiniteFacts(self, search, source)
    let lines = text.split(separator: "\n", maxSplits: 1).map(String.init)
    let place = machine.callSpan(at: Site(span: origin.span.isNone ? site.span : origin.span))
    var report = Diagnostic.notFinite(
      lines.first ?? text, step: facts.step, cause: facts.cause, made: facts.made(machine.sources),
      help: lines.count > 1 ? lines[1] : nil, at: place)
    if case .operation(let operation, _, _) = source, !machine.isLibrary(operation.origin.span),
      !operation.origin.span.isNone, operation.origin.span != place
    {
      report.labels.append(.init(operation.origin.span, "the first number that is not finite"))
    }
    return report
  }
}

/// What is known about a step whose loss is not finite.
private struct NonFiniteFacts {
  let step: Int?
  let source: NonFiniteSearch.Source
  private let call: CompiledCall
  private let search: NonFiniteSearch
  /// The largest finite number among the weights, and among what the step was given.
  private var weight = 0.0
  private var given = 0.0
  private var weightName = ""

  init(_ call: CompiledCall, _ search: NonFiniteSearch, _ source: NonFiniteSearch.Source) {
    self.call = call
    self.search = search
    self.source = source
    var step: Int?
    for (index, binding) in call.bindings.enumerated() {
      switch binding {
      case .optimizerStep(let group): step = group.first.map { $0.stepCount + 1 } ?? step
      case .parameter(let parameter) where !parameter.isState:
        guard let extent = search.extent(ofInput: index), extent.isFinite, extent.magnitude > weight else { continue }
        (weight, weightName) = (extent.magnitude, Self.name(parameter, search.layer(ofInput: index)))
      case .leaf, .global:
        if let extent = search.extent(ofInput: index), extent.isFinite { given = max(given, extent.magnitude) }
      default: break
      }
    }
    self.step = step
  }

  private static func name(_ parameter: Parameter, _ layer: String) -> String {
    layer.isEmpty ? parameter.name : "\(layer).\(parameter.name)"
  }

  /// Weights of this size do not come from a start or from sound training.
  private var isExploding: Bool { (step ?? 1) > 1 && weight > 1e3 }

  var cause: Diagnostic.NonFiniteCause {
    switch source {
    case .input(let index):
      if case .parameter(let parameter) = call.bindings[index] {
        let name = Self.name(parameter, search.layer(ofInput: index))
        return isExploding ? exploding : (step ?? 1) > 1 ? .lostWeight(name) : .badWeight(name)
      }
      return .badInput
    case .operation(let operation, let operands, let result):
      if let cause = Self.domain(operation.primitive, operands) {
        return isExploding ? exploding : operation.origin.phase == .backward ? .slope : cause
      }
      if isExploding { return exploding }
      if !(given < 1e6) { return .largeData(size: given.shortText) }
      return result.hasNaN && operands.contains { !$0.isFinite } ? .infinities : .overflow
    }
  }

  private var exploding: Diagnostic.NonFiniteCause { .explodingWeights(weightName, size: weight.shortText) }

  /// Operations that are not defined everywhere.
  private static func domain(_ primitive: Primitive, _ operands: [NonFiniteSearch.Extent])
    -> Diagnostic.NonFiniteCause?
  {
    switch primitive {
    case .unary(.log): operands.first.map { .logarithm(least: $0.least.shortText, isZero: $0.least == 0) }
    case .unary(.sqrt): operands.first.map { .root(least: $0.least.shortText) }
    case .unary(.reciprocal): .division
    case .binary(.divide):
      operands.count > 1 && operands[1].least <= 0 && operands[1].most >= 0 && operands[0].magnitude < 1e20
        ? .division : nil
    case .constant: .infinities
    default: nil
    }
  }

  /// The operation in words: what it is, in which layer, in which pass, and of which numbers.
  func made(_ sources: SourceMap) -> String? {
    guard case .operation(let operation, let operands, let result) = source else { return nil }
    let text = sources.text(of: operation.origin.span)
    let name = text.isEmpty || text.contains("\n") || text.count > 60 ? operation.primitive.words : "`\(text)`"
    let layer = operation.origin.layerPath.isEmpty ? "" : " in layer `\(operation.origin.layerPath)`"
    let pass =
      switch operation.origin.phase {
      case .forward: ""
      case .backward: ", on the way back"
      case .optimizer: ", in the optimizer"
      }
    let inputs = operands.map { operand in
      let (least, most) = (operand.least.shortText, operand.most.shortText)
      return least == most ? least : "\(least) to \(most)"
    }
    let outcome = result.hasNaN ? "NaN" : "infinity"
    return "\(name)\(layer)\(pass) made \(outcome)" + (inputs.isEmpty ? "" : " of " + inputs.joined(separator: " and "))
  }
}

extension Primitive {
  /// What an operation is called where its source says nothing.
  fileprivate var words: String {
    switch self {
    case .unary(let operation): "`\(operation.rawValue)`"
    case .binary(let operation): "`\(operation.rawValue)`"
    case .reduce(let reduction, _): "`\(reduction.rawValue)`"
    case .matmul: "the product `@`"
    case .convolve, .convolveInput, .convolveWeight: "a convolution"
    case .scan, .whileLoop: "a loop"
    default: "an operation"
    }
  }
}
