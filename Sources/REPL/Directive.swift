import Glibc
import Session
import Terminal

/// What the prompt itself does, as opposed to programs.
enum Directive: String, CaseIterable {
  case help, doc, source, shape, graph, plan, time, vars, history, load, save, seed, quit

  static let names = allCases.map { ":" + $0.rawValue }

  /// By its name or an unambiguous beginning of it.
  static func named(_ text: String) -> Directive? {
    let name = text.dropFirst()
    if let exact = Directive(rawValue: String(name)) { return exact }
    let matches = allCases.filter { !name.isEmpty && $0.rawValue.hasPrefix(name) }
    return matches.count == 1 ? matches[0] : nil
  }

  var usage: (argument: String, text: String) {
    switch self {
    case .help: ("", "this list")
    case .doc: ("NAME", "what a name is for and how it is called")
    case .source: ("NAME", "its definition in mdl")
    case .shape: ("EXPRESSION", "the shape and type of a value")
    case .graph: ("EXPRESSION", "the tensor operations that an expression becomes")
    case .plan: ("MODEL [DATA]", "what a model or an expression will do and need")
    case .time: ("[EXPRESSION | on | off]", "where the time goes, of the last entry too; `on` says how long each takes")
    case .vars: ("", "your names and their values")
    case .history: ("[TEXT]", "earlier entries, those with TEXT in them")
    case .load: ("FILE", "runs a file; its names stay")
    case .save: ("FILE", "writes the entries that succeeded as a program")
    case .seed: ("[NUMBER]", "shows the seed, or starts random numbers anew from one")
    case .quit: ("", "leaves; so does Ctrl-D")
    }
  }
}

extension Prompt {
  /// False if the directive could not do its work; the reason has been shown.
  func run(_ directive: Directive, _ argument: String) -> Bool {
    let needsArgument = [.doc, .source, .shape, .graph, .plan, .load, .save].contains(directive)
    if needsArgument, argument.isEmpty {
      reporter.error("`:\(directive.rawValue)` needs \(directive.usage.argument)", help: nil)
      return false
    }
    switch directive {
    case .help: help()
    case .doc: return show(engine.documentation(of: argument))
    case .source: return show(engine.source(of: argument))
    case .shape: return show(engine.shape(of: argument))
    case .graph: return show(engine.graph(of: argument))
    case .plan: return show(engine.plan(of: argument))
    case .time: return time(argument)
    case .vars: return show(engine.variables())
    case .history: listHistory(argument)
    case .load: return show(engine.load(path(argument)))
    case .save: return save(path(argument))
    case .seed: return seed(argument)
    case .quit: break
    }
    return true
  }

  private func help() {
    var table = Table()
    for directive in Directive.allCases {
      table.add([":" + directive.rawValue, directive.usage.argument, directive.usage.text])
    }
    console.write(
      table.lines(width: console.width).joined(separator: "\n") + """


        Enter runs a complete entry and continues an incomplete one; Alt-Enter always starts a new line.
        Up and Down move in the entry, then through the history (only entries that begin with what is typed);
        Ctrl-P and Ctrl-N take whole entries, Ctrl-R searches. Tab completes names, fields, arguments and files.
        Ctrl-C drops the line or stops what is running, Ctrl-_ undoes, Ctrl-D leaves.

        """)
  }

  private func time(_ argument: String) -> Bool {
    switch argument {
    case "on", "off":
      showsTime = argument == "on"
      return true
    case "": return show(engine.profile(), isTimed: false)
    default:
      engine.profiles = .detailed
      let evaluation = engine.evaluate(argument)
      engine.profiles = .light
      let succeeded = reporter.show(evaluation)
      if succeeded {
        console.write(durationText(evaluation.seconds) + "\n")
        reporter.show(engine.profile(isShort: true))
      }
      return succeeded
    }
  }

  private func seed(_ argument: String) -> Bool {
    if argument.isEmpty {
      console.write("\(engine.seed)\n")
      return true
    }
    guard let seed = UInt64(argument) else {
      reporter.error("`\(argument)` is no seed", help: "a seed is a whole number from 0 on")
      return false
    }
    engine.seed = seed
    return true
  }

  private func listHistory(_ text: String) {
    for entry in history.entries.suffix(1000) where text.isEmpty || entry.contains(text) {
      console.write(entry.split(separator: "\n").joined(separator: "\n  ") + "\n")
    }
  }

  /// The session as a program that makes the same values again.
  private func save(_ path: String) -> Bool {
    let text = Array(engine.transcriptText.utf8)
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    defer { if file >= 0 { close(file) } }
    guard file >= 0, write(file, text, text.count) == text.count else {
      reporter.error("cannot write `\(path)`: \(String(cString: strerror(errno)))", help: nil)
      return false
    }
    return true
  }

  /// A path as typed, with or without quotes and `~`.
  private func path(_ argument: String) -> String {
    var path = argument
    if path.count >= 2, path.hasPrefix("\""), path.hasSuffix("\"") { path = String(path.dropFirst().dropLast()) }
    if path.hasPrefix("~/"), let home = environmentVariable("HOME") { path = home + path.dropFirst() }
    return path
  }
}
