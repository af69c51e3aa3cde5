import Diagnostics
import Glibc
import Session
import Terminal

/// The dialogue: reads entries, has the engine evaluate them, shows what came out. Errors never end it.
public final class Prompt {
  static let text = "mdl> "
  static let continuation = "...> "

  let engine: Engine
  let console: Console
  let reporter: Reporter
  var history = History(path: nil)
  /// Show how long each entry took.
  var showsTime = false
  private var failed = false

  public init(engine: Engine, console: Console) {
    self.engine = engine
    self.console = console
    reporter = Reporter(engine: engine, console: console)
    engine.profiles = .light
  }

  /// Until the input ends or `:quit`. With a terminal the status is 0; otherwise 1 if anything failed.
  public func run() -> Int32 {
    guard isatty(STDIN_FILENO) == 1 else { return runPiped() }
    let input = Capabilities(descriptor: STDIN_FILENO)
    guard input.canRedraw else { return runPlain() }
    history = History(path: History.standardPath)
    let editor = LineEditor(
      prompt: Prompt.text, colour: console.output.hasColour, history: history, isComplete: isComplete,
      suggest: { [engine] text, cursor in
        let found = engine.complete(text, cursor: cursor, directives: Directive.names)
        return Suggestions(start: found.start, candidates: found.candidates)
      })
    guard let editor else { return runPlain() }
    greet()
    var warned = false
    while true {
      if let problem = history.problem, !warned {
        warned = true
        reporter.warn(problem)
      }
      switch editor.read() {
      case .end:
        console.write("\n")
        return 0
      case .cancelled: continue
      case .entry(let text):
        let entry = trimmed(text)
        guard !entry.isEmpty else { continue }
        if Directive.named(entry) != .quit { editor.remember(entry) }
        if !handle(entry) { return 0 }
      }
    }
  }

  /// A terminal that can't redraw: line by line, edited by the system.
  private func runPlain() -> Int32 {
    greet()
    let lines = LineReader()
    var entry = ""
    while true {
      console.write(entry.isEmpty ? Prompt.text : Prompt.continuation)
      console.flush()
      switch lines.next() {
      case .end:
        console.write("\n")
        return 0
      case .cancelled:
        console.write("\n")
        entry = ""
      case .entry(let line):
        entry += (entry.isEmpty ? "" : "\n") + line
        guard isComplete(entry) else { continue }
        let whole = trimmed(entry)
        entry = ""
        if !whole.isEmpty, !handle(whole) { return 0 }
      }
    }
  }

  /// All of the input at once, as if it were typed: without prompts, and going on after errors.
  private func runPiped() -> Int32 {
    guard let bytes = readAll(STDIN_FILENO) else {
      console.writeError("mdl: standard input: \(String(cString: strerror(errno)))\n")
      return 1
    }
    for entry in engine.entries(in: String(decoding: bytes, as: UTF8.self)) {
      if !handle(entry) { break }
      if reporter.wasInterrupted { return 130 }
    }
    return failed ? 1 : 0
  }

  /// Runs a directive or a program text; false when the dialogue shall end.
  private func handle(_ entry: String) -> Bool {
    if entry.hasPrefix(":") {
      let words = entry.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
      let argument = words.count > 1 ? trimmed(String(words[1])) : ""
      guard let directive = Directive.named(String(words[0])) else {
        reporter.error("there is no directive `\(words[0])`", help: "`:help` lists them")
        failed = true
        return true
      }
      if directive == .quit { return false }
      if !run(directive, argument) { failed = true }
      return true
    }
    if !show(engine.evaluate(entry)) { failed = true }
    return true
  }

  /// Shows an outcome; false if it is a failure.
  @discardableResult func show(_ evaluation: Evaluation, isTimed: Bool = true) -> Bool {
    _ = Signals.takeInterrupt()
    let succeeded = reporter.show(evaluation)
    if showsTime, isTimed { console.write(Style.dim(durationText(evaluation.seconds), console.output.hasColour) + "\n") }
    return succeeded
  }

  private func isComplete(_ text: String) -> Bool {
    text.hasPrefix(":") || text.allSatisfy(\.isWhitespace) || engine.isComplete(text)
  }

  private func greet() {
    console.write("mdl \(Engine.version)  " + Style.dim(":help for help, Ctrl-D to leave", console.output.hasColour) + "\n")
    console.flush()
  }
}

/// Without blank lines and spaces at either end.
func trimmed(_ text: String) -> String {
  let start = text.drop(while: \.isWhitespace)
  guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
  return String(start[...last])
}
