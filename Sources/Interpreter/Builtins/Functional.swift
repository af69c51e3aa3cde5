import Diagnostics
import SourceText

enum FunctionalBuiltins {
  static let all: [Builtin] = [
    Builtin("map", [.init("xs"), .init("f")], "A list of f(x) for each element.") { (call) throws(Diagnostic) in
      let elements = try call.elements(0)
      var result: [Value] = []
      result.reserveCapacity(elements.count)
      for element in elements { result.append(try call.callArgument(1, element)) }
      return .list(result)
    },
    Builtin("filter", [.init("xs"), .init("f")], "The elements for which f(x) is true.") { (call) throws(Diagnostic) in
      var result: [Value] = []
      for element in try call.elements(0) {
        if try call.machine.truth(of: try call.callArgument(1, element), at: call.placeSite(1)) { result.append(element) }
      }
      return .list(result)
    },
    Builtin(
      "fold", [.init("xs"), .init("start"), .init("f")],
      "f(f(f(start, x0), x1), ...): `fold(xs, 0, (sum, x) -> sum + x)`."
    ) { (call) throws(Diagnostic) in
      var result = call.arguments[1]
      for element in try call.elements(0) { result = try call.callArgument(2, result, element) }
      return result
    },
  ]
}
