import Diagnostics
import Glibc
import SourceText
import Syntax
import Testing

/// SplitMix64: the same texts in every run.
private struct Random {
  var state: UInt64
  mutating func next(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }
}

private let pieces = [
  "let ", "var ", "fn ", "layer ", "for ", " in ", "while ", "if ", " else ", "match ", "break", "continue", "return ",
  "assert ", "import ", "true", "none", " and ", " or ", "not ", "param ", "state ", "call", "test ", "x", "f", "größe",
  "1", "2.5e-3", "0x", "1_", "9999999999999999999", "\"", "\"a\"", "\"{x:.3f}\"", "\"{", "'", "\\", "#", "## doc\n",
  "(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "->", "|>", ">>", "+", "-", "*", "/", "//", "%", "@", "^", "==",
  "!=",
  "<", "<=", "..<", "...", "=", "+=", "**", "++", "&&", "||", "!", "=>", ":=", "..", "?", "\n", "\n", " ", "\r\n", "\t",
  "“", "≤", "\u{200B}", "\u{1F600}", "elif ", "def ", "lambda ", "case ", "True", "_",
]

private func sources(_ bytes: [UInt8]) -> (SourceMap, SourceFile) {
  let map = SourceMap()
  return (map, map.add(name: "fuzz.mdl", bytes: bytes))
}

/// Parses and renders; gives what can be checked about any text.
private func survive(_ bytes: [UInt8]) {
  let (map, file) = sources(bytes)
  let result = Parser.parse(file)
  for diagnostic in result.diagnostics {
    for label in diagnostic.labels {
      #expect(label.span.start >= 0 && label.span.start <= label.span.end && Int(label.span.end) <= bytes.count)
    }
  }
  #expect(!DiagnosticRenderer(sources: map, color: true, width: 60).render(result.diagnostics).contains("\0"))
  #expect(result.program.description.count >= 0)
}

@Test func randomTokens() {
  var random = Random(state: 1)
  for _ in 0..<3000 {
    let text = (0..<(1 + random.next(40))).map { _ in pieces[random.next(pieces.count)] }.joined()
    survive(Array(text.utf8))
  }
}

/// Right programs with a few tokens removed, doubled or exchanged: deeper into the grammar than random ones.
@Test func damagedPrograms() {
  let program = """
    ## A layer.
    layer Dense(units, activation = identity) {
      call(x: [..., features]) -> [..., 4 * units] {
        param weight: [features, units] = (a, b) -> 0.02 * normal(a, b)
        if bias { activation(x @ weight) } else if c { x[:, -1, ...] } else { y }
      }
    }
    for (x, y) in batches(digits.train, 32) { last = "loss {x:.4f} {f({a: 1})}"; xs[0].a += 1 }
    let {loss, rate: r} = match v { 0 -> "none", (a, b) if a > b -> {a: 1}, _ -> {} }
    train(net, data) {
      epochs: 3, step: ((h, c), z) -> {
        let y = h |> f(2) >> g
        not a == b and c or d
      }
    }
    """
  let words = program.split(separator: " ", omittingEmptySubsequences: false).flatMap { word in
    // Cut at brackets too, so that these get lost as well.
    word.reduce(into: [""]) { parts, character in
      if "(){}[]\"".contains(character) {
        parts += [String(character), ""]
      } else {
        parts[parts.count - 1].append(character)
      }
    } + [" "]
  }
  var random = Random(state: 2)
  for _ in 0..<1500 {
    var damaged = words
    for _ in 0...random.next(3) {
      let place = random.next(damaged.count)
      switch random.next(3) {
      case 0: damaged.remove(at: place)
      case 1: damaged.insert(damaged[random.next(damaged.count)], at: place)
      default: damaged[place] = pieces[random.next(pieces.count)]
      }
    }
    survive(Array(damaged.joined().utf8))
  }
}

@Test func randomBytes() {
  var random = Random(state: 3)
  for _ in 0..<500 { survive((0..<(1 + random.next(60))).map { _ in UInt8(random.next(256)) }) }
}

@Test(arguments: [
  ("(", ")"), ("[", "]"), ("{a: ", "}"), ("f(", ")"), ("x[", "]"), ("-", ""), ("not ", ""), ("x -> ", ""), ("2 ^ ", ""),
  ("if a { ", " }"), ("if a { b } else ", ""), ("match v { _ -> ", " }"), ("\"{", "}\""), ("fn f() { ", " }"),
  ("layer L { ", " }"), ("for x in xs { ", " }"), ("f { a: ", " }"), ("x -> { ", " }"),
])
func deepNesting(_ open: String, _ close: String) {
  for depth in [60, 20_000] {
    let text = String(repeating: open, count: depth) + "x" + String(repeating: close, count: depth)
    let diagnostics = parseOnSmallStack(text).diagnostics
    #expect(diagnostics.filter { $0.code == .limit }.count == (depth > 10_000 ? 1 : 0))
  }
}

@Test(arguments: [("(", ")"), ("[", "]"), ("{a: ", "}")])
func deepPatterns(_ open: String, _ close: String) {
  for depth in [60, 20_000] {
    let text = "let " + String(repeating: open, count: depth) + "x" + String(repeating: close, count: depth) + " = v"
    #expect(parseOnSmallStack(text).diagnostics.map(\.code) == (depth > 10_000 ? [.limit] : []))
  }
}

/// Parses on a thread with a stack of 1 MiB; frames of debug builds are several times larger.
private func parseOnSmallStack(_ text: String) -> ParseResult {
  final class Box: @unchecked Sendable {
    let text: String
    var result: ParseResult?
    init(_ text: String) { self.text = text }
  }
  let box = Box(text)
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  #if DEBUG
    pthread_attr_setstacksize(&attributes, 8 << 20)
  #else
    pthread_attr_setstacksize(&attributes, 1 << 20)
  #endif
  var thread = pthread_t()
  let status = pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument else { return nil }
      let box = Unmanaged<Box>.fromOpaque(argument).takeUnretainedValue()
      box.result = parse(box.text)
      return nil
    }, Unmanaged.passUnretained(box).toOpaque())
  #expect(status == 0)
  pthread_join(thread, nil)
  return box.result ?? parse("(")
}

@Test(arguments: ["1 + ", "x |> ", "f >> ", "a and ", "a.b", "f()", "x[0]"])
func longChains(_ link: String) {
  let isPostfix = !link.hasSuffix(" ")
  func program(_ count: Int) -> ParseResult {
    parse(
      (isPostfix ? "x" : "")
        + (isPostfix && link == "a.b"
          ? String(repeating: ".b", count: count)
          : isPostfix
            ? String(repeating: String(link.dropFirst()), count: count) : String(repeating: link, count: count) + "x"))
  }
  #expect(program(900).diagnostics == [])
  #expect(program(20_000).diagnostics.map(\.code) == [.limit])
}

@Test func manyStatementsAndElementsHaveNoLimit() {
  #expect(parse(String(repeating: "let x = a + b * c - f(d)\n", count: 5_000)).diagnostics == [])
  #expect(parse("let x = [" + String(repeating: "1 + 2 * 3,\n", count: 20_000) + "]").diagnostics == [])
}

/// Brackets that close as many as they open: the lexer must not search for partners again and again.
@Test func balancedBracketsAreLinear() {
  let text = String(repeating: "(", count: 50_000) + String(repeating: ")", count: 50_000)
  #expect(parse(text).diagnostics.map(\.code) == [.limit])
  let wrong = String(repeating: "(", count: 50_000) + String(repeating: "]", count: 50_000)
  #expect(!parse(wrong).diagnostics.isEmpty)
}

/// Twice the text may take little more than twice the time, whatever it holds.
@Test(arguments: [
  "let x = f(a, b) + 1\n", "(", ")", "[", "{", "}", "\"", "\"{", "'", "\n", ";", "if a { ", "|>", "x ", "## doc\n",
  "a: ", "for (", "\\", "let a = \"\n", "$", "case ", "layer L {\ncall(x) = x\n", "{a\n", "if a {b:1}{", "let x = (\n",
  "{(", "(\"{", "f(a b\nlet ",
])
func timeIsLinear(_ piece: String) {
  // The time of this thread alone: other tests run beside it.
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
  func seconds(_ count: Int) -> Double {
    let (_, file) = sources(Array(String(repeating: piece, count: count).utf8))
    let start = now()
    _ = Parser.parse(file)
    return now() - start
  }
  let small = (0..<2).map { _ in seconds(2_000) }.min() ?? 0
  let large = (0..<2).map { _ in seconds(16_000) }.min() ?? 0
  // 8 times the text; quadratic would be 64 times.
  #expect(large < 24 * small + 0.05)
}

@Test func hugeText() {
  let (_, file) = sources([UInt8](repeating: UInt8(ascii: " "), count: Parser.maximumBytes + 1))
  #expect(Parser.parse(file).diagnostics.map(\.code) == [.limit])
}
