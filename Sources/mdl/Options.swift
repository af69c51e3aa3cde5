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
      let engine = Engine(seed: seed, threads: threads, isEager: eager, arguments: arguments)
      let session = CommandSession(engine: engine, console: Console(colour: colour))
      Signals.catchInterrupts(engine.interrupt)
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
}

/// An engine with its console.
final class CommandSession {
  let engine: Engine
  let console: Console
  private let reporter: Reporter

  init(engine: Engine, console: Console) {
    self.engine = engine
    self.console = console
    reporter = Reporter(engine: engine, console: console)
  }

  /// Shows an outcome and gives the exit status that it means: 0, 1, or 130 after Ctrl-C.
  func finish(_ evaluation: Evaluation, withValue: Bool = true) -> Int32 {
    if reporter.show(evaluation, withValue: withValue) { return 0 }
    return evaluation.isInterrupted ? 130 : 1
  }

  /// One line for each test, and how many passed at the end.
  func runTests(_ files: [String]) -> Int32 {
    var passed = 0
    var failed = 0
    for file in files {
      let evaluation = engine.test(file: file) { outcome in
        let colour = self.console.output.hasColour
        if outcome.passed {
          passed += 1
          self.console.write(Style.help("ok", colour) + "      \(file): \(outcome.name)\n")
        } else {
          failed += 1
          self.console.write(Style.error("FAILED", colour) + "  \(file): \(outcome.name)\n")
          self.reporter.report(outcome.diagnostics)
        }
      }
      if evaluation.isInterrupted { return finish(evaluation) }
      if finish(evaluation, withValue: false) != 0 { failed += 1 }
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
