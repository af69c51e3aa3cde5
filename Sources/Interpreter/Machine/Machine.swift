import Diagnostics
import SourceText

/// Runs compiled code: one per session.
public final class Machine {
  public let sources: SourceMap
  /// Traces, compiled programs and the addresses of random draws.
  let tensors = TensorContext()

  public init(sources: SourceMap) { self.sources = sources }

  /// Calls any callable value: function, builtin, layer, model, composition, transformed function.
  public func call(
    _ function: Value, _ arguments: [Value], named: [(name: String, value: Value)] = [], at site: Site
  ) throws(Diagnostic) -> Value {
    .none
  }
}
