import Diagnostics
import SourceText
import Syntax
import Testing

func parse(_ text: String) -> ParseResult {
  Parser.parse(SourceFile(id: FileID(index: 0), name: "test.mdl", text: text))
}

/// One source and the tree it must give, without complaints.
struct TreeCase: CustomTestStringConvertible {
  let source: String
  let tree: String
  init(_ source: String, _ tree: String) {
    self.source = source
    self.tree = tree
  }
  var testDescription: String { source }
}

@Test(arguments: [
  // Precedence
  TreeCase("1 + 2 * 3", "(+ 1 (* 2 3))"),
  TreeCase("a - b - c", "(- (- a b) c)"),
  TreeCase("2 ^ 3 ^ 4", "(^ 2 (^ 3 4))"),
  TreeCase("-x ^ 2", "(- (^ x 2))"),
  TreeCase("2 ^ -x", "(^ 2 (- x))"),
  TreeCase("a @ b * c // d % e", "(% (// (* (@ a b) c) d) e)"),
  TreeCase("0..<n + 1", "(..< 0 (+ n 1))"),
  TreeCase("1...n", "(... 1 n)"),
  TreeCase("1..<n", "(..< 1 n)"),
  TreeCase("x |> f >> g", "(|> x (>> f g))"),
  TreeCase("x |> f |> g(2)", "(|> (|> x f) (call g 2))"),
  TreeCase("x |> (g(2))", "(|> x (paren (call g 2)))"),
  TreeCase("x |> f == y |> g", "(== (|> x f) (|> y g))"),
  TreeCase("not a == b and c or d", "(or (and (not (== a b)) c) d)"),
  TreeCase("a or not b", "(or a (not b))"),
  TreeCase("-9223372036854775808", "-9223372036854775808"),
  // Lambdas
  TreeCase("x -> x |> f", "(-> (x) (|> x f))"),
  TreeCase("((h, c), z) -> h", "(-> ((tuple h c), z) h)"),
  TreeCase("((a, b)) -> a", "(-> ((tuple a b)) a)"),
  TreeCase("() -> 1", "(-> () 1)"),
  TreeCase("x -> y -> x", "(-> (x) (-> (y) x))"),
  TreeCase("x -> {}", "(-> (x) (block))"),
  TreeCase("x -> {\n a: x }", "(-> (x) (record a: x))"),
  TreeCase("x -> { let a = x; a }", "(-> (x) (block (let a x) a))"),
  TreeCase("(a: [n], b = 2) -> a", "(-> (a: [n], b = 2) a)"),
  // Blocks of named arguments
  TreeCase("f { a: 1 }", "(call f a: 1)"),
  TreeCase("f {}", "(call f)"),
  TreeCase("m.f(1) {\n a: 1\n b: 2, c: 3 }", "(call (. m f) 1 a: 1 b: 2 c: 3)"),
  TreeCase("net |> train(d) { epochs: 1 }", "(|> net (call train d epochs: 1))"),
  TreeCase("for b in batches(d, 32) { b }", "(for b (call batches d 32) (block b))"),
  TreeCase("for b in (f { a: 1 }) { b }", "(for b (paren (call f a: 1)) (block b))"),
  TreeCase("if f { a } else { b }", "(if f (block a) (block b))"),
  TreeCase("match f { 0 -> {}, _ -> {a: 1} }", "(match f (case 0 (block)) (case _ (record a: 1)))"),
  TreeCase("f(if: 1, x.match)", "(call f if: 1 (. x match))"),
  // Lines
  TreeCase("a\n(b)", "a\n(paren b)"),
  TreeCase("a\n[b]", "a\n(list b)"),
  TreeCase("a\n{b: 1}", "a\n(record b: 1)"),
  TreeCase("a\n-b", "a\n(- b)"),
  TreeCase("a +\nb", "(+ a b)"),
  TreeCase("a # note\n\n  # more\n  |> f # end\n  |> g", "(|> (|> a f) g)"),
  TreeCase("f(\n  a,\n  b,\n)", "(call f a b)"),
  TreeCase("f(x -> {\n a\n b\n})", "(call f (-> (x) (block a b)))"),
  TreeCase("a; b;\nc", "a\nb\nc"),
  TreeCase("fn f(x)\n{ x }", "(fn f (x) (block x))"),
  TreeCase("\u{FEFF}let a = 1\r\nlet b = a\r\n  |> f\r\n", "(let a 1)\n(let b (|> a f))"),
  // Indices and patterns
  TreeCase("x[..., 0]", "(index x ... 0)"),
  TreeCase("x[:, -1]", "(index x (: _ _ _) (- 1))"),
  TreeCase("x[2..<5, a:b, ::2, none]", "(index x (..< 2 5) (: a b _) (: _ _ 2) none)"),
  TreeCase("x[0, ...]", "(index x 0 ...)"),
  TreeCase("(a)", "(paren a)"),
  TreeCase("(a,)", "(tuple a)"),
  TreeCase("()", "(tuple)"),
  TreeCase("let {loss, rate: r} = v", "(let (record loss rate: r) v)"),
  TreeCase("xs[0].rate += 1", "(+= (. (index xs 0) rate) 1)"),
  TreeCase(
    "match v { -1 -> a, 0..<3 if g -> b\n \"t\" -> c, (x, [y]) -> d }",
    "(match v (case -1 a) (case (..< 0 3) if g b) (case \"t\" c) (case (tuple x (list y)) d))"),
  // Texts
  TreeCase(#""a\n\{b}\u{3B8}""#, #""a\n{b}θ""#),
  TreeCase(#""{x:.3f} {f("k", {a: 1})}""#, #"(text (show x ".3f") " " (show (call f "k" (record a: 1))))"#),
  TreeCase("\"a\nb\"", #""a\nb""#),
  // Names by position
  TreeCase("param + state + call(test) + training", "(+ (+ (+ param state) (call call test)) training)"),
  TreeCase("let größe_θ = 1_000 + 0xFF + 0b101", "(let größe_θ (+ (+ 1000 255) 5))"),
  TreeCase("if a { 1 } else if b { 2 } else { 3 }", "(if a (block 1) (if b (block 2) (block 3)))"),
  TreeCase("import \"b.mdl\" as b", "(import \"b.mdl\" as b)"),
  TreeCase("layer L { let a = 1\n call(x) = a\n fn g(y) = y }", "(layer L () (let a 1) (fn g (y) y) (call (x) a))"),
])
func trees(_ test: TreeCase) {
  let result = parse(test.source)
  #expect(result.program.description == test.tree)
  #expect(result.diagnostics == [])
  #expect(!result.isIncomplete)
}

@Test(arguments: [
  "f(", "f(1,", "[1, 2", "fn f(x) {", "fn f(x)", "layer L", "a +", "a |>", "let x =", "if a { b } else", "\"abc",
  "\"a {f(", "x -> ", "x -> {", "not", "train(net, d) {\n epochs: 1", "match v {", "match v", "for x in xs",
])
func incomplete(_ source: String) {
  #expect(parse(source).isIncomplete)
  #expect(parse(source + "\n").isIncomplete)
}

@Test(arguments: ["a", "f(1)", "if a { b }", "a b", "let x", "f(]", "x |> f", "\"abc\"", "", "# note", "let = 3"])
func notIncomplete(_ source: String) { #expect(!parse(source).isIncomplete) }

@Test func documentation() {
  let file = parse(
    "#!/usr/bin/env mdl\n## About the file.\n## More.\n\n## Doubles.\nfn f(x) = 2 * x\nlet a = 1 ## no\nlet b = 2")
  #expect(file.program.documentation == "About the file.\nMore.")
  #expect(file.program.statements.map(\.documentation) == ["Doubles.", nil, nil])
  let direct = parse("## A layer.\nlayer L {\n  ## The call.\n  fn call2(x) = x\n}")
  #expect(direct.program.documentation == nil)
  #expect(direct.program.statements.first?.documentation == "A layer.")
  #expect(parse("## Digits.\nseed(7)").program.documentation == "Digits.")
}

@Test func severalErrorsInOneText() {
  let result = parse("let a = \nlet b = 1 +* 2\nf(1, , 2)\nfn g(x) { x = }\nlet ok = 3")
  #expect(result.diagnostics.count == 4)
  #expect(result.program.description.hasSuffix("(let ok 3)"))
}

@Test func spansCoverWhatTheyMean() {
  let text = "let total = f(a, b) + \"θ{x}\""
  let file = SourceFile(id: FileID(index: 0), name: "test.mdl", text: text)
  let statement = Parser.parse(file).program.statements[0]
  #expect(file.text(of: statement.span) == text)
  guard case .binding(_, _, _, let value) = statement.kind, case .binary(_, let left, let right, let sign) = value.kind
  else { Issue.record("not a binding"); return }
  #expect(file.text(of: value.span) == "f(a, b) + \"θ{x}\"")
  #expect(file.text(of: left.span) == "f(a, b)")
  #expect(file.text(of: right.span) == "\"θ{x}\"")
  #expect(file.text(of: sign) == "+")
}

@Test func wordUnderCursor() {
  let file = SourceFile(id: FileID(index: 0), name: "prompt 1", text: "train(net, digits.tra")
  let word = Lexer.word(in: file, at: 21)
  #expect(word.map { file.text(of: $0.span(in: file)) } == "tra")
  #expect(Lexer.word(in: file, at: 6) == nil)
}
