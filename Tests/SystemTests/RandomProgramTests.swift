import Diagnostics
import Dispatch
import Session
import Testing

/// Programs made at random, most of them wrong: each ends with a value or a diagnostic, and the session lives on.
struct RandomProgramTests {
  @Test(arguments: 0..<4)
  func randomProgramsEnd(group: Int) {
    nonisolated(unsafe) var failures: [String] = []
    Engine.onLargeStack {
      for number in 0..<100 {
        var generator = ProgramGenerator(seed: UInt64(group * 1000 + number))
        let program = generator.program()
        let engine = Engine()
        engine.onOutput = { _ in }
        let stop = engine.interrupt
        // A program may loop for ever: Ctrl-C ends it.
        let timer = DispatchWorkItem { stop() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.5, execute: timer)
        let evaluation = engine.evaluate(program)
        timer.cancel()
        if evaluation.diagnostics.contains(where: \.message.isEmpty) { failures.append(program) }
        let after = engine.evaluate("1 + 1")
        if after.display != .text("2") { failures.append(program) }
      }
    }
    #expect(failures.isEmpty)
  }
}

/// Grammatical programs over few names, so that names are often known and kinds often disagree.
private struct ProgramGenerator {
  private var state: UInt64
  private var depth = 0

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

  private mutating func below(_ limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(limit))
  }

  private mutating func one(_ choices: String...) -> String { choices[below(choices.count)] }
  private mutating func name() -> String { one("a", "b", "c", "f", "g", "xs", "r") }
  private mutating func field() -> String { one("a", "rate", "x") }

  mutating func program() -> String {
    var lines = ["var a = 1", "let b = 2.5", "let c = \"text\"", "var xs = [\"p\", \"q\"]", "var r = {a: 1, rate: 0.5}"]
    lines.append("fn f(x, y = 2) = " + expression())
    lines.append("let g = x -> " + expression())
    for _ in 0..<(3 + below(8)) { lines.append(statement()) }
    return lines.joined(separator: "\n")
  }

  private mutating func block() -> String {
    var lines: [String] = []
    for _ in 0..<(1 + below(3)) { lines.append(statement()) }
    return "{\n" + lines.joined(separator: "\n") + "\n}"
  }

  private mutating func statement() -> String {
    depth += 1
    defer { depth -= 1 }
    if depth > 4 { return expression() }
    switch below(15) {
    case 0: return "let \(name()) = \(expression())"
    case 1: return "var \(name()) = \(expression())"
    case 2: return "\(name()) = \(expression())"
    case 3: return "\(name()) += \(expression())"
    case 4: return "xs[\(expression())] = \(expression())"
    case 5: return "r.\(field()) = \(expression())"
    case 6: return "for \(name()) in \(expression()) \(block())"
    case 7: return "for i in 0..<\(below(5)) \(block())"
    case 8: return "while \(expression()) \(block())"
    case 9: return "if \(expression()) \(block()) else \(block())"
    case 10: return "fn \(name())(x, y = \(expression())) = \(expression())"
    case 11: return "assert \(expression())"
    case 12: return "print(\(expression()))"
    case 13: return "let (\(name()), \(name())) = \(expression())"
    default: return expression()
    }
  }

  private mutating func expression() -> String {
    depth += 1
    defer { depth -= 1 }
    if depth > 5 { return atom() }
    switch below(17) {
    case 0...2: return atom()
    case 3, 4:
      let operation = one("+", "-", "*", "/", "//", "%", "^", "==", "!=", "<", ">=", "and", "or", "@", "..<", "...", ">>")
      return "(\(expression())) \(operation) (\(expression()))"
    case 5: return "\(name())(\(expression()))"
    case 6: return "\(name())(\(expression()), y: \(expression()))"
    case 7: return "(\(expression()))[\(expression())]"
    case 8: return "(\(expression())).\(field())"
    case 9: return "[\(expression()), \(expression())]"
    case 10: return "(\(expression()), \(expression()))"
    case 11: return "{a: \(expression()), rate: \(expression())}"
    case 12: return "(x -> \(expression()))"
    case 13: return "if \(expression()) { \(expression()) } else { \(expression()) }"
    case 14:
      return "match \(expression()) { 0 -> \(expression()), (p, q) -> p, {a: n} if n == 1 -> n, \"t\" -> 1, _ -> \(expression()) }"
    case 15: return "\"{\(atom())} {\(atom()):.2f}\""
    default:
      let function = one(
        "length", "upper", "list", "append", "map", "filter", "fold", "sorted", "zip", "text", "int", "float", "kind",
        "dict", "keys", "split", "join", "repeat", "unique", "enumerate", "contains", "find", "merge", "fields")
      return "\(function)(\(expression()), \(expression()))"
    }
  }

  private mutating func atom() -> String {
    one(
      "0", "1", "-1", "7", "9223372036854775807", "2.5", "1e300", "true", "false", "none", "\"t\"", "\"\"", "a", "b", "c",
      "xs", "r", "f", "g", "x", "[]", "0..<3", "()-> 1", "(1, 2)", "pi", "_")
  }
}
