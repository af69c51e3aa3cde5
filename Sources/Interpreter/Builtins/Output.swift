import Diagnostics
import SourceText

enum OutputBuiltins {
  static let all: [Builtin] = [
    Builtin(
      "print", [.init("values", variadic: true)],
      "Writes the values side by side and ends the line. Texts are written as they are."
    ) { (call) throws(Diagnostic) in
      let values = try call.listArgument(0)
      if call.machine.tensors.isTracing, values.contains(where: call.machine.holdsTracers) {
        try call.machine.tracedPrint(values, at: call.site)
      } else {
        call.machine.printNow(values)
      }
      return .none
    },
    Builtin(
      "error", [.init("message"), .init("help", default: .some(.none))],
      "Ends the program with this message; `help:` is one line that says what to do."
    ) { (call) throws(Diagnostic) in
      let help = call.isLeftOut(1) ? nil : try call.textArgument(1)
      throw .raised(try call.textArgument(0), help: help, at: call.machine.callSpan(at: call.site))
    },
  ]
}
