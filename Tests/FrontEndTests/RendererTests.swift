import Diagnostics
import SourceText
import Testing

/// The stretches of `text` that stand between `[` and `]` in `marked`, in order; the marks themselves are removed.
private func marked(_ marked: String, name: String, in sources: SourceMap) -> [Span] {
  var text = ""
  var open: [Int] = []
  var places: [(Int, Int)] = []
  for character in marked {
    switch character {
    case "⟦": open.append(text.utf8.count)
    case "⟧": if let start = open.popLast() { places.append((start, text.utf8.count)) }
    default: text.append(character)
    }
  }
  let file = sources.add(name: name, text: text)
  return places.map { file.span($0.0, $0.1) }
}

private func render(_ sources: SourceMap, _ diagnostic: Diagnostic, width: Int? = nil) -> String {
  DiagnosticRenderer(sources: sources, color: false, width: width).render(diagnostic)
}

@Suite struct RendererTests {
  let sources = SourceMap()

  @Test func promptEntry() {
    let spans = marked("⟦w⟧ @ ⟦w⟧", name: "prompt 2", in: sources)
    let diagnostic = Diagnostic(
      .shape, "these two sizes must be equal", at: spans[1],
      label: "rows of the right side: 3      w was made by `normal(3, 4)` at line 1",
      more: [.init(spans[0], "columns of the left side: 4")],
      help: "`w @ transpose(w)` multiplies [3, 4] by [4, 3]")
    #expect(
      render(sources, diagnostic) == """
        error[shape]: these two sizes must be equal
          |
        1 | w @ w
          | ^   ^ rows of the right side: 3      w was made by `normal(3, 4)` at line 1
          | |
          | columns of the left side: 4
          = help: `w @ transpose(w)` multiplies [3, 4] by [4, 3]
        """)
  }

  @Test func fileWithPathAndNotes() {
    let lines = String(repeating: "\n", count: 13)
    let spans = marked(lines + "    let y = matmul(⟦h⟧, ⟦w2⟧)", name: "mnist.mdl", in: sources)
    var diagnostic = Diagnostic(
      .shape, "these two sizes must be equal", at: spans[0], label: "columns of `h`: 128",
      more: [.init(spans[1], "rows of `w2`: 64")], notes: ["a fact"], help: "use one size for both")
    diagnostic.path = ["train", "loss", "Classifier", "head"]
    #expect(
      render(sources, diagnostic) == """
        error[shape]: these two sizes must be equal
          --> mnist.mdl:14:20
           |
        14 |     let y = matmul(h, w2)
           |                    ^  ^^ rows of `w2`: 64
           |                    |
           |                    columns of `h`: 128
           = while running train > loss > Classifier > head
           = note: a fact
           = help: use one size for both
        """)
  }

  @Test func threeLabelsOnOneLine() {
    let spans = marked("⟦a⟧ + ⟦b⟧ + ⟦c⟧", name: "x.mdl", in: sources)
    let diagnostic = Diagnostic(
      .type, "m", at: spans[2], label: "third", more: [.init(spans[0], "first"), .init(spans[1], "second")])
    #expect(
      render(sources, diagnostic) == """
        error[type]: m
         --> x.mdl:1:9
          |
        1 | a + b + c
          | ^   ^   ^ third
          | |   |
          | |   second
          | first
        """)
  }

  @Test func labelInsideAnother() {
    let spans = marked("f(⟦a + ⟦b⟧ + c⟧)", name: "x.mdl", in: sources)
    let diagnostic = Diagnostic(.type, "m", at: spans[0], label: "inner", more: [.init(spans[1], "outer")])
    #expect(
      render(sources, diagnostic) == """
        error[type]: m
         --> x.mdl:1:7
          |
        1 | f(a + b + c)
          |   ^^^^^^^^^
          |   |   |
          |   |   inner
          |   outer
        """)
  }

  @Test func severalLinesAndFiles() {
    let spans = marked("⟦a⟧\nb\n⟦c⟧\n\n\n⟦d⟧", name: "x.mdl", in: sources)
    let other = marked("\n⟦layer⟧", name: "lib.mdl", in: sources)
    let prompt = marked("⟦w⟧ = 3", name: "prompt 1", in: sources)
    let diagnostic = Diagnostic(
      .type, "m", at: spans[1], label: "here",
      more: [.init(spans[0]), .init(spans[2], "far"), .init(other[0], "defined here"), .init(prompt[0], "set here")])
    #expect(
      render(sources, diagnostic) == """
        error[type]: m
         --> x.mdl:3:1
          |
        1 | a
          | ^
        2 | b
        3 | c
          | ^ here
        ...
        6 | d
          | ^ far
         ::: lib.mdl:2:1
          |
        2 | layer
          | ^^^^^ defined here
         ::: prompt 1
          |
        1 | w = 3
          | ^ set here
        """)
  }

  @Test func labelOverSeveralLines() {
    let spans = marked("f(⟦a,\n  b,\n  c,\n  d⟧)", name: "x.mdl", in: sources)
    #expect(
      render(sources, Diagnostic(.arguments, "m", at: spans[0], label: "four")) == """
        error[arguments]: m
         --> x.mdl:1:3
          |
        1 | f(a,
          |   ^^
        ...
        4 |   d)
          |   ^ four
        """)
  }

  @Test func tabsAndWideCharacters() {
    let spans = marked("\tlet 数据 = \"é👍🏽\" + ⟦x⟧", name: "x.mdl", in: sources)
    #expect(
      render(sources, Diagnostic(.name, "m", at: spans[0], label: "this")) == """
        error[name]: m
         --> x.mdl:1:18
          |
        1 |     let 数据 = "é👍🏽" + x
          |                        ^ this
        """)
  }

  @Test func endOfLineAndControlCharacters() {
    let file = sources.add(name: "x.mdl", text: "a \u{1B}[31m+")
    #expect(
      render(sources, Diagnostic(.syntax, "m \u{1B}", at: file.span(8, 8))) == """
        error[syntax]: m \u{FFFD}
         --> x.mdl:1:9
          |
        1 | a \u{FFFD}[31m+
          |         ^
        """)
  }

  @Test func longLinesAreCut() {
    let long = String(repeating: "abcdefghi ", count: 30)
    let spans = marked(long + "⟦here⟧ " + long, name: "x.mdl", in: sources)
    #expect(
      render(sources, Diagnostic(.name, "m", at: spans[0], label: "l"), width: 60) == """
        error[name]: m
         --> x.mdl:1:301
          |
        1 | …cdefghi abcdefghi here abcdefghi abcdefghi abcdefghi a…
          |                    ^^^^ l
        """)
  }

  @Test func withoutPlace() {
    let diagnostic = Diagnostic(.limit, "m", at: .none, label: "said anyway", help: "h", severity: .warning)
    #expect(render(sources, diagnostic) == "warning[limit]: m\n  = note: said anyway\n  = help: h")
  }

  @Test func colours() {
    let spans = marked("⟦a⟧ ⟦b⟧", name: "prompt 1", in: sources)
    let diagnostic = Diagnostic(.name, "m", at: spans[1], label: "l", more: [.init(spans[0], "k")], help: "h")
    let text = DiagnosticRenderer(sources: sources, color: true).render(diagnostic)
    #expect(text.hasPrefix("\u{1B}[1;31merror[name]\u{1B}[0m\u{1B}[1m: m\u{1B}[0m\n"))
    #expect(text.contains("\u{1B}[36m^ \u{1B}[0m\u{1B}[1;31m^ l\u{1B}[0m"))
    // Without its colours it is the plain text.
    var plain = ""
    var rest = text[...]
    while let escape = rest.firstIndex(of: "\u{1B}"), let end = rest[escape...].firstIndex(of: "m") {
      plain += rest[..<escape]
      rest = rest[rest.index(after: end)...]
    }
    #expect(plain + rest == render(sources, diagnostic))
  }

  @Test func sortedByPlace() {
    let spans = marked("⟦a⟧ ⟦b⟧", name: "x.mdl", in: sources)
    let text = DiagnosticRenderer(sources: sources, color: false).render([
      Diagnostic(.name, "second", at: spans[1]), Diagnostic(.name, "first", at: spans[0]),
    ])
    #expect(
      text.split(separator: "\n").filter { $0.hasPrefix("error") } == ["error[name]: first", "error[name]: second"])
    #expect(text.contains("^\n\nerror"))
  }
}

@Test(
  arguments: [
    ("epocs", "epochs"), ("crossEntropy", "cross_entropy"), ("lenght", "length"), ("Dens", "Dense"),
    ("dense", "Dense"), ("zzz", nil), ("x", nil), ("", nil), ("acuracy", "accuracy"),
    ("valeu_and_grad", "value_and_grad"),
  ] as [(String, String?)])
func suggestions(_ name: String, _ expected: String?) {
  let known = ["epochs", "cross_entropy", "length", "Dense", "y", "accuracy", "value_and_grad", "grad", "loss"]
  #expect(Suggestion.closest(to: name, among: known) == expected)
}

@Test func suggestionsDoNotDependOnOrder() {
  let names = ["cost", "most", "post"]
  #expect(Suggestion.closest(to: "host", among: names) == "cost")
  #expect(Suggestion.closest(to: "host", among: names.reversed()) == "cost")
}
