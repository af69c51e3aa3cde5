import Diagnostics
import SourceText

enum FunctionalBuiltins {
  static let all: [Builtin] = [
    Builtin("map", [.init("xs"), .init("f")], "A list of f(x) for each element.") { (call) throws(Diagnostic) in
      let function = call.repeatedCall(1, 1)
      var result: [Value] = []
      if let range = call.arguments[0].object(as: RangeValue.self) {
        try call.machine.checkSize(range.count, "a list") { call.placeSite(0) }
        result.reserveCapacity(range.count)
        for number in 0..<range.count { result.append(try function(.int(range.lower + number))) }
      } else {
        let elements = try call.elements(0)
        result.reserveCapacity(elements.count)
        for element in elements { result.append(try function(element)) }
      }
      return .list(result)
    },
    Builtin("filter", [.init("xs"), .init("f")], "The elements for which f(x) is true.") { (call) throws(Diagnostic) in
      let function = call.repeatedCall(1, 1)
      var result: [Value] = []
      for element in try call.elements(0) {
        let answer = try function(element)
        if case .bool(let keeps) = answer {
          if keeps { result.append(element) }
        } else if try call.machine.truth(of: answer, at: call.placeSite(1)) {
          result.append(element)
        }
      }
      return .list(result)
    },
    Builtin(
      "fold", [.init("xs"), .init("start"), .init("f")],
      "f(f(f(start, x0), x1), ...): `fold(xs, 0, (sum, x) -> sum + x)`."
    ) { (call) throws(Diagnostic) in
      var result = call.arguments[1]
      let function = call.repeatedCall(2, 2)
      for element in try call.elements(0) { result = try function(result, element) }
      return result
    },
  ]
}
