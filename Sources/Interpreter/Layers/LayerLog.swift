import Diagnostics
import TensorTypes

/// The layers that a call passes through, innermost first, each once.
final class LayerLog {
  struct Row {
    let path: String
    let name: String
    let output: Shape?
    let parameterCount: Int
  }
  private(set) var rows: [Row] = []
  private var seen: Set<ObjectIdentifier> = []

  func add(_ model: ModelValue, _ result: Value) {
    guard seen.insert(ObjectIdentifier(model)).inserted else { return }
    let own = model.parameters.compactMap { $0 }.filter { !$0.isState }.reduce(0) { $0 + $1.tensor.count }
    rows.append(
      Row(path: model.path, name: model.definition.name, output: result.tensorType?.shape, parameterCount: own))
  }
}

extension Machine {
  /// The layers of a model with the shape that each gives for `x`, found by tracing: nothing is computed.
  func layers(of model: Value, for x: Value, at site: Site) throws(Diagnostic) -> [LayerLog.Row] {
    let log = LayerLog()
    tensors.layerLog = log
    defer { tensors.layerLog = nil }
    assignAddresses(to: model)
    _ = try traceCall(model, [x], [], CallForm(name: "layers"), TraceKeyWalker(), 0, at: site) {
      (model, arguments, named) throws(Diagnostic) in
      try self.call(model, arguments, named: named, at: site)
    }
    return log.rows
  }
}
