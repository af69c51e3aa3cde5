/// The tensor side of a session: the trace being recorded, if any, and the programs kept from earlier ones.
final class TensorContext {
  /// The innermost trace; nil while tensor code runs at once.
  var current: Trace?
  var isTracing: Bool { current != nil }
}
