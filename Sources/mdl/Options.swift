import ArgumentParser
import Glibc
import REPL
import Session
import Terminal

extension ColourChoice: ExpressibleByArgument {}

/// What all commands take.
struct Options: ParsableArguments {
  @Option(help: ArgumentHelp("Where random numbers start.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("How many threads compute; by default one for each core.", valueName: "number"))
  var threads: Int?

  @Flag(help: "Run tensor code one operation at a time, without compiling it.")
  var eager = false

  @Option(name: [.customLong("color"), .customLong("colour")], help: "Colour the output.")
  var colour: ColourChoice = .auto

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("'--threads' takes a number from 1 to 1024")
    }
  }

  /// Runs `body` with an engine, and ends the process with the status that it gives.
  func withSession(arguments: [String] = [], _ body: @escaping (CommandSession) -> Int32) throws {
    Signals.endOnClosedPipe()
    var status: Int32 = 0
    Engine.onLargeStack {
      let session = CommandSession(console: Console(colour: colour)) {
        Engine(seed: seed, threads: threads, isEager: eager, arguments: arguments)
      }
      status = body(session)
      session.console.endProgress()
      session.console.flush()
      if let problem = session.console.outputProblem {
        session.console.writeError("mdl: standard output: \(problem)\n")
        status = max(status, 1)
      }
    }
    // Without the teardown of everything that the program made.
    if status != 0 { throw ExitCode(status) }
  }

  /// Runs `body` for each file, in a session of its own; the highest status counts.
  func withSessions(
    for files: [String], arguments: [String], _ body: @escaping (CommandSession, String) -> Int32
  ) throws {
    try withSession(arguments: arguments) { session in files.reduce(0) { max($0, body(session.renewed(), $1)) } }
  }
}

/// An engine with its console; Ctrl-C stops what the engine does.
final class CommandSession {
  let engine: Engine
  let console: Console
  private let makeEngine: () -> Engine
  private let reporter: Reporter

  init(console: Console, makeEngine: @escaping () -> Engine) {
    self.console = console
    self.makeEngine = makeEngine
    engine = makeEngine()
    engine.screen = { (console.width, console.output.hasColour) }
    reporter = Reporter(engine: engine, console: console)
    Signals.catchInterrupts(engine.interrupt)
  }

  /// The same without any names: files of one command know nothing of each other.
  func renewed() -> CommandSession { CommandSession(console: console, makeEngine: makeEngine) }

  /// Shows an outcome and gives the exit status that it means: 0, 1, or 130 after Ctrl-C.
  /// `withProfile`: also says where the time went.
  func finish(_ evaluation: Evaluation, withValue: Bool = true, withProfile: Bool = false) -> Int32 {
    let succeeded = reporter.show(evaluation, withValue: withValue)
    if withProfile, let profile = engine.profile().display { reporter.remark(profile) }
    if succeeded { return 0 }
    return evaluation.isInterrupted ? 130 : 1
  }

  /// One line for each test, and how many passed at the end.
  func runTests(_ files: [String]) -> Int32 {
    var passed = 0
    var failed = 0
    let colour = console.output.hasColour
    for file in files {
      let session = renewed()
      let evaluation = session.engine.test(file: file) { outcome in
        if outcome.passed {
          passed += 1
          console.write(Style.help("ok", colour) + "      \(file): \(outcome.name)\n")
        } else {
          failed += 1
          console.write(Style.error("FAILED", colour) + "  \(file): \(outcome.name)\n")
          session.reporter.report(outcome.diagnostics)
        }
      }
      let status = session.finish(evaluation, withValue: false)
      if status == 130 { return status }
      if status != 0 { failed += 1 }
    }
    console.write("\(passed) passed, \(failed) failed\n")
    return failed == 0 ? 0 : 1
  }
}

/// The .mdl files below a directory, in order; hidden directories are left out.
func programs(below directory: String) -> [String] {
  guard let stream = opendir(directory) else { return [] }
  defer { closedir(stream) }
  var found: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    guard !name.hasPrefix(".") else { continue }
    let path = directory == "." ? name : directory + "/" + name
    var status = stat()
    guard lstat(path, &status) == 0 else { continue }
    if status.st_mode & S_IFMT == S_IFDIR { found += programs(below: path) } else if name.hasSuffix(".mdl") { found.append(path) }
  }
  return found.sorted()
}
