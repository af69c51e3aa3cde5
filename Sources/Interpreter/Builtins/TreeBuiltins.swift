import Diagnostics
import TensorGraph

/// Gradient trees and records of tensors, leaf by leaf; checks inside compiled code.
enum TreeBuiltins {
  static let builtins: [Builtin] = [
    Builtin("leaves", [.init("tree")], "The tensors and numbers in a parameter tree, record, tuple or list, as a list.") {
      (call) in .object(ListValue(call.arguments[0].leaves()))
    },
    Builtin(
      "paths", [.init("tree")],
      "The paths of the parameters in a tree as `weights` or `grad` give it, in the order of `leaves`: `[0].weight`, ..."
    ) { (call) throws(Diagnostic) in
      guard case .object(let object) = call.arguments[0], let tree = object as? TreeValue else {
        throw .wrongKind(found: call.arguments[0].kindName, expected: "a tree as `weights` gives it", at: call.site.operand(0))
      }
      return .object(ListValue(tree.paths.map { .object(TextValue($0)) }))
    },
    Builtin("map_leaves", [.init("tree"), .init("f")], "The same structure with f applied to each tensor and number.") {
      (call) throws(Diagnostic) in
      try call.machine.mapLeaves(of: call.arguments[0]) { (leaf) throws(Diagnostic) in
        try call.machine.call(call.arguments[1], [leaf], at: call.site)
      }
    },
    Builtin(
      "require", [.init("ok"), .init("message"), .init("help", default: Value.none)],
      """
      Stops with the message when `ok` is false. In a compiled function the check is part of the program: when it fails,
      no model and no optimizer has changed.
      """
    ) { (call) throws(Diagnostic) in
      guard case .object(let object) = call.arguments[1], let message = object as? TextValue else {
        throw .wrongKind(found: call.arguments[1].kindName, expected: "a text", at: call.site.operand(1))
      }
      var help: String?
      if case .object(let object) = call.arguments[2], let text = object as? TextValue { help = text.text }
      guard call.arguments[0].isTracer else {
        guard try call.flag(0) else { throw .checkFailed(message.text, help: help, at: call.machine.callSpan(at: call.site)) }
        return .none
      }
      let text = help.map { "\(message.text)\n\($0)" } ?? message.text
      _ = try call.machine.record("require", [call.arguments[0]], at: call.site) {
        (recorder, ids) throws(ShapeProblem) in
        guard recorder.shape(of: ids[0]).rank == 0, recorder.dtype(of: ids[0]) == .bool else {
          throw ShapeProblem(.dtype(operand: 0, expected: "one truth value"), [recorder.type(of: ids[0])])
        }
        return try recorder.emitAll(.check(text), ids)
      }
      return .none
    },
  ]
}
