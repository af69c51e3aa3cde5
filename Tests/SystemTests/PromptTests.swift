import Foundation
import Testing

/// Dialogues with the prompt in a pseudo-terminal.
struct PromptTests {
  static let up = "\u{1B}[A"
  static let down = "\u{1B}[B"
  static let left = "\u{1B}[D"

  /// A prompt with its own history file.
  func start(_ scratch: Scratch, environment: [String: String] = [:]) throws -> Dialogue {
    let dialogue = try Dialogue(
      [], environment: ["XDG_STATE_HOME": scratch.directory.path].merging(environment) { $1 })
    try dialogue.expect("mdl> ")
    return dialogue
  }

  func leave(_ dialogue: Dialogue) throws {
    dialogue.enter(":quit")
    #expect(try dialogue.exitStatus() == 0)
  }

  @Test func showsValuesOfExpressionsAndBindings() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.enter("20 + 1")
    try dialogue.expect("\n21\n")
    dialogue.enter("let w = [[1.0, 2.0], [3.0, 4.0]]")
    try dialogue.expect("\nw: [2, 2]  1.0 2.0 3.0 4.0\n")
    dialogue.enter("\"a\" + \"b\"")
    try dialogue.expect("\n\"ab\"\n")
    try leave(dialogue)
  }

  @Test func anOpenBraceContinuesAndTheWholeEntryComesBack() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.enter("fn f(x) {")
    dialogue.enter("x + 1")
    dialogue.enter("}")
    try dialogue.expect("mdl> ")
    dialogue.enter("f(10)")
    try dialogue.expect("\n11\n")
    // Two entries back, then up to its middle row, whose 1 becomes 15.
    dialogue.type(Self.up + Self.up + Self.up + "\u{5}5")
    dialogue.type("\r")
    try dialogue.expect("mdl> ")
    dialogue.enter("f(10)")
    try dialogue.expect("\n25\n")
    try leave(dialogue)
  }

  @Test func upFindsEntriesThatBeginWithWhatIsTyped() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.enter("100 + 1")
    try dialogue.expect("\n101\n")
    dialogue.enter("2 + 2")
    try dialogue.expect("\n4\n")
    dialogue.type("10" + Self.up + "1\r")
    try dialogue.expect("\n111\n")
    try leave(dialogue)
  }

  @Test func historyOutlivesTheSession() throws {
    let scratch = try Scratch()
    let first = try start(scratch)
    first.enter("let longlived = [")
    first.enter("41]")
    try first.expect("longlived: ")
    try leave(first)
    let second = try start(scratch)
    second.type(Self.up + "\r")
    try second.expect("longlived: [1]")
    try leave(second)
    let text = try String(contentsOf: scratch.path("mdl/history"), encoding: .utf8)
    #expect(text == "let longlived = [\\n  41]\n")
  }

  @Test func twoSessionsShareTheHistoryFile() throws {
    let scratch = try Scratch()
    let (first, second) = (try start(scratch), try start(scratch))
    first.enter("1 + 100")
    try first.expect("\n101\n")
    second.enter("2 + 100")
    try second.expect("\n102\n")
    first.enter("3 + 100")
    try first.expect("\n103\n")
    try leave(first)
    try leave(second)
    let text = try String(contentsOf: scratch.path("mdl/history"), encoding: .utf8)
    #expect(text == "1 + 100\n2 + 100\n3 + 100\n")
  }

  @Test func aHistoryThatCannotBeWrittenIsOneWarning() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch, environment: ["XDG_STATE_HOME": "/proc/nowhere"])
    dialogue.enter("1 + 1")
    try dialogue.expect("warning: the history is not kept")
    dialogue.enter("40 + 1")
    let shown = try dialogue.expect("\n41\n")
    #expect(!shown.contains("warning"))
    try leave(dialogue)
  }

  @Test func pastedLinesArriveWholeAndRunAtEnter() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    let lines = (1...300).map { "let pasted\($0) = \($0)" }.joined(separator: "\r")
    dialogue.type("\u{1B}[200~" + lines + "\r\tpasted300 + pasted1\r\u{1B}[201~")
    dialogue.type("\r")
    try dialogue.expect("\n301\n")
    try leave(dialogue)
  }

  @Test func aPastedTranscriptRunsWithoutItsPrompts() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.type("\u{1B}[200~mdl> let a = 20\ra: 20\rmdl> fn g(x) {\r...>   x + 2\r...> }\rmdl> a + g(20)\r42\r\u{1B}[201~\r")
    try dialogue.expect("\n42\n")
    try leave(dialogue)
  }

  @Test func ctrlDLeavesFromAnEmptyLineOnly() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.type("12" + Self.left + "\u{4}\r")
    try dialogue.expect("\n1\n")
    try dialogue.expect("mdl> ")
    dialogue.type("\u{4}")
    #expect(try dialogue.exitStatus() == 0)
  }

  @Test func ctrlCDropsTheLine() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.type("let never = 1")
    try dialogue.expect("never = 1")
    dialogue.type("\u{3}")
    try dialogue.expect("^C")
    try dialogue.expect("mdl> ")
    dialogue.type("\u{3}")
    try dialogue.expect("mdl> ")
    dialogue.enter("never")
    try dialogue.expect("error[name]")
    try dialogue.expect("mdl> ")
    try leave(dialogue)
  }

  @Test func ctrlCStopsALoopAndKeepsTheSession() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.enter("var n = 0")
    try dialogue.expect("n: 0")
    try dialogue.expect("mdl> ")
    dialogue.enter("while true { n += 1; if n == 1000 { print(\"running\") } }")
    try dialogue.expect("\nrunning\n")
    dialogue.type("\u{3}")
    try dialogue.expect("error[interrupted]")
    try dialogue.expect("mdl> ")
    dialogue.enter("n >= 1000")
    try dialogue.expect("\ntrue\n")
    try leave(dialogue)
  }

  @Test func errorsDoNotEndTheSession() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.enter("let kept = 7")
    try dialogue.expect("kept: 7")
    dialogue.enter("1 / 0")
    try dialogue.expect("error[arithmetic]")
    dialogue.enter("let x = = 2")
    try dialogue.expect("error[syntax]")
    dialogue.enter("fn r(x) = r(x) + 1")
    dialogue.enter("r(1)")
    try dialogue.expect("error[limit]")
    dialogue.enter("kept + 1")
    try dialogue.expect("\n8\n")
    try leave(dialogue)
  }

  @Test func tabCompletes() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.enter("let settings = {learning_rate: 0.5}")
    try dialogue.expect("settings: ")
    try dialogue.expect("mdl> ")
    dialogue.type("settin\t.lea\t + 1\r")
    try dialogue.expect("\n1.5\n")
    dialogue.enter("fn scaled(value, factor = 2) = value * factor")
    dialogue.type("scaled(3, fac\t4)\r")
    try dialogue.expect("\n12\n")
    // Ctrl-C drops a line only where a line is edited.
    try dialogue.expect("mdl> ")
    dialogue.type("let clas\t")
    try dialogue.expect("let class")
    dialogue.type("\u{3}")
    try dialogue.expect("mdl> ")
    dialogue.type(":he\t\r")
    try dialogue.expect(":source")
    try leave(dialogue)
  }

  @Test func severalCandidatesAreListed() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.enter("let alpha_one = 1")
    dialogue.enter("let alpha_two = 2")
    try dialogue.expect("alpha_two: 2")
    dialogue.type("alp\t\t")
    try dialogue.expect("alpha_one  alpha_two")
    dialogue.type("two\r")
    try dialogue.expect("\n2\n")
    try leave(dialogue)
  }

  @Test func ctrlRSearchesTheHistory() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.enter("1000 + 1")
    try dialogue.expect("\n1001\n")
    dialogue.enter("2 + 2")
    try dialogue.expect("\n4\n")
    // Before the prompt is there, the terminal itself would take Ctrl-R.
    try dialogue.expect("mdl> ")
    dialogue.type("\u{12}1000")
    try dialogue.expect("bck:")
    dialogue.type("\r")
    try dialogue.expect("\n1001\n")
    try leave(dialogue)
  }

  @Test func undoTakesBackAChange() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.type("30 + 12")
    dialogue.type("\u{17}")
    dialogue.type("\u{1F}\r")
    try dialogue.expect("\n42\n")
    try leave(dialogue)
  }

  @Test func lettersBeyondASCIIWorkInAnyLocale() throws {
    for locale in ["C.UTF-8", "C", "POSIX"] {
      let scratch = try Scratch()
      let dialogue = try start(scratch, environment: ["LC_ALL": locale])
      dialogue.enter("let größe = \"日本 é\"")
      try dialogue.expect("größe: \"日本 é\"")
      try leave(dialogue)
    }
  }

  @Test func aNarrowerWindowKeepsTheLine() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.type("1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10")
    try dialogue.expect("9 + 10")
    dialogue.resize(columns: 30)
    try dialogue.expect("mdl> 1 + 2")
    dialogue.type("\r")
    try dialogue.expect("\n55\n")
    try leave(dialogue)
  }

  @Test func terminalsWithoutCursorMovementGetAPlainPrompt() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch, environment: ["TERM": "dumb"])
    dialogue.enter("fn f(x) {")
    try dialogue.expect("...> ")
    dialogue.enter("x + 1 }")
    try dialogue.expect("mdl> ")
    dialogue.enter("f(1)")
    try dialogue.expect("\n2\n")
    try leave(dialogue)
  }

  @Test func directivesAnswer() throws {
    let scratch = try Scratch()
    let dialogue = try start(scratch)
    dialogue.enter(":help")
    try dialogue.expect(":source")
    dialogue.enter("let x = 3")
    try dialogue.expect("x: 3")
    dialogue.enter(":vars")
    try dialogue.expect("\nx: 3\n")
    dialogue.enter(":doc adam")
    try dialogue.expect("adam(rate")
    dialogue.enter(":source adam")
    try dialogue.expect("fn adam(")
    dialogue.enter(":shape [[1, 2, 3], [4, 5, 6]]")
    try dialogue.expect("\n[2, 3] i64\n")
    dialogue.enter(":time x + 1")
    try dialogue.expect("\n4\n")
    try dialogue.expect("s\n")
    dialogue.enter("let net = Dense(2)")
    try dialogue.expect("net: ")
    dialogue.enter(":plan net normal(4, 3)")
    try dialogue.expect("Dense(2)  [4, 2]")
    try dialogue.expect("the program: ")
    dialogue.enter("sum(net(normal(4, 3)))")
    try dialogue.expect("mdl> ")
    dialogue.enter(":time")
    try dialogue.expect("by kind of work, of ")
    dialogue.enter(":seed 5")
    dialogue.enter(":seed")
    try dialogue.expect("\n5\n")
    dialogue.enter(":nonsense")
    try dialogue.expect("there is no directive")
    dialogue.enter(":quit")
    #expect(try dialogue.exitStatus() == 0)
  }

  @Test func aSavedSessionMakesTheSameValues() throws {
    let scratch = try Scratch()
    let file = scratch.path("session.mdl").path
    let dialogue = try start(scratch)
    dialogue.enter("seed(3)")
    dialogue.enter("let draws = normal(3)")
    let shown = try dialogue.expect("draws: ") + dialogue.expect("\n")
    dialogue.enter("let failed = 1 / 0")
    try dialogue.expect("error[arithmetic]")
    dialogue.enter(":save \(file)")
    try dialogue.expect("mdl> ")
    try leave(dialogue)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text == "seed(3)\nlet draws = normal(3)\n")
    let again = try start(scratch)
    again.enter(":load \(file)")
    try again.expect("mdl> ")
    again.enter(":vars")
    try again.expect("draws: ")
    let values = try again.expect("\n")
    #expect(!values.isEmpty && shown.hasSuffix(values))
    try leave(again)
  }
}
