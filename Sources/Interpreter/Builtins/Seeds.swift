import Diagnostics
import SourceText

/// A call of `seeded` under way.
struct Seeding {
  /// What its draws depend on.
  let number: Value
  /// Where it was called.
  let trace: Trace?
  /// How many models were being called: theirs have their own draws.
  let models: Int
}

enum SeedBuiltins {
  static let all: [Builtin] = [
    Builtin(
      "seeded", [.init("number"), .init("f")],
      """
      f(), whose random draws depend on this whole number alone, wherever and however often it is called. Models that it
      calls keep their own draws.
      """
    ) { (call) throws(Diagnostic) in
      let (machine, site) = (call.machine, call.site)
      guard call.arguments[0].tensorType == .init(.i64, .scalar) else { throw call.wrongKind(0, "a whole number") }
      guard call.arguments[1].isCallable else { throw call.wrongKind(1, "a function without arguments") }
      return try machine.compiledCall(call.arguments[1], [call.arguments[0]], name: "seeded", at: site) {
        (function, arguments, _) throws(Diagnostic) in
        let context = machine.tensors
        context.seeds.append(
          Seeding(number: arguments[0], trace: context.current, models: context.activeModels.count))
        defer { context.seeds.removeLast() }
        return try machine.withDrawBase(0) { () throws(Diagnostic) in try machine.call(function, [], at: site) }
      }
    }
  ]
}
