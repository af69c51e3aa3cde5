import Diagnostics
import SourceText

enum KindBuiltins {
  static let all: [Builtin] = [
    Builtin("kind", [.init("x")], "The kind of a value as messages name it: \"Int\", \"Text\", \"list\", \"model\", ...") {
      (call) throws(Diagnostic) in
      if case .object(let tracer as TracerValue) = call.arguments[0], tracer.isHostNumber {
        return .text(tracer.type.dtype == .i64 ? "Int" : "Float")
      }
      return .text(call.arguments[0].kindName)
    },
    Builtin("name_of", [.init("f")], "The name of a function, builtin, layer or model's layer; empty for a lambda.") {
      (call) throws(Diagnostic) in
      switch call.arguments[0] {
      case .object(let function as FunctionValue):
        return .text(function.prototype.kind == .lambda ? "" : function.prototype.name)
      case .object(let builtin as BuiltinValue): return .text(builtin.builtin.name)
      case .object(let layer as LayerValue): return .text(layer.name)
      case .object(let model as ModelValue): return .text(model.definition.name)
      default: return .text("")
      }
    },
    Builtin("is_none", [.init("x")], "Whether the value is `none`.") { (call) throws(Diagnostic) in
      .bool(call.isLeftOut(0))
    },
  ]
}
