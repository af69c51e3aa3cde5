import Diagnostics
import TensorTypes

/// The layers that a trace passes through, innermost first, each once.
final class LayerLog {
  struct Row {
    let path: String
    let name: String
    /// The model's own life does not depend on who remembers its trace.
    weak var model: ModelValue?
    let input: TensorType?
    let output: TensorType?
    let parameterCount: Int
    let parameterBytes: Int
  }
  private(set) var rows: [Row] = []
  private var seen: Set<ObjectIdentifier> = []

  func add(_ model: ModelValue, _ input: Value?, _ result: Value) {
    guard seen.insert(ObjectIdentifier(model)).inserted else { return }
    let own = model.parameters.compactMap { $0 }.filter { !$0.isState }
    rows.append(
      Row(
        path: model.path, name: model.definition.name, model: model, input: input?.tensorType,
        output: result.tensorType, parameterCount: own.reduce(0) { $0 + $1.tensor.count },
        parameterBytes: own.reduce(0) { $0 + $1.tensor.type.byteCount }))
  }
}

extension Machine {
  /// The layers of a model with the shape that each gives for `x`, found by tracing: nothing is computed.
  func layers(of model: Value, for x: Value, at site: Site) throws(Diagnostic) -> [LayerLog.Row] {
    assignAddresses(to: model)
    return try traceCall(model, [x], [], CallForm(name: "layers"), TraceKeyWalker(), 0, at: site) {
      (model, arguments, named) throws(Diagnostic) in
      try self.call(model, arguments, named: named, at: site)
    }.layers
  }
}
