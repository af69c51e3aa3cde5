import ArgumentParser
import Glibc
import REPL
import Session
import Terminal

@main struct Mdl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mdl",
    abstract: "A small language for experiments with neural networks.",
    usage: """
      mdl [OPTIONS]                 the prompt
      mdl [OPTIONS] FILE [ARGS]     run a program; it sees the list `args`
      mdl [OPTIONS] -e CODE         run a line
      mdl check FILE... [-- ARGS]   names, arguments and shapes, without training
      mdl plan FILE... [-- ARGS]    layers, work, memory and programs, without training
      mdl test [FILE...]            run the test blocks
      mdl doc NAME                  documentation and source of anything
      """,
    version: "mdl \(Engine.version)",
    subcommands: [Check.self, Plan.self, Test.self, Doc.self])

  @OptionGroup var options: Options

  @Option(name: .short, help: ArgumentHelp("Run CODE and show its value.", valueName: "code"))
  var e: String?

  @Flag(help: "Say at the end where the time went; may also stand right behind FILE.")
  var profile = false

  @Argument(parsing: .postTerminator, help: .hidden)
  var words: [String] = []

  static func main() { main(withTerminator(Array(CommandLine.arguments.dropFirst()))) }

  /// What follows FILE belongs to the program, so a `--` goes before FILE.
  private static func withTerminator(_ arguments: [String]) -> [String] {
    var index = 0
    while index < arguments.count, arguments[index].hasPrefix("-"), arguments[index] != "--" {
      index += ["--seed", "--threads", "--color", "--colour", "-e"].contains(arguments[index]) ? 2 : 1
    }
    guard index < arguments.count, arguments[index] != "--" else { return arguments }
    if ["check", "plan"].contains(arguments[index]) { return withProgramArguments(arguments) }
    if ["test", "doc", "help"].contains(arguments[index]) { return arguments }
    // `mdl FILE --profile` is what one types after a run that was slow.
    if arguments.dropFirst(index + 1).first == "--profile", !arguments[..<index].contains("-e") {
      return ["--profile"] + arguments[..<index] + ["--", arguments[index]] + arguments.dropFirst(index + 2)
    }
    return arguments[..<index] + ["--"] + arguments[index...]
  }

  /// What stands behind `--` as options, each with a `+` so that an empty one is a value: this command takes the
  /// terminator for itself.
  private static func withProgramArguments(_ arguments: [String]) -> [String] {
    guard let end = arguments.firstIndex(of: "--") else { return arguments }
    return arguments[..<end] + arguments[(end + 1)...].map { "--argument=+" + $0 }
  }

  func run() throws {
    guard !profile || e != nil || !words.isEmpty else {
      throw ValidationError("'--profile' needs a program: mdl FILE --profile")
    }
    try options.withSession(arguments: e == nil ? Array(words.dropFirst()) : words) { session in
      if profile { session.engine.profiles = .detailed }
      if let e { return session.finish(session.engine.evaluate(e, name: "-e"), withProfile: profile) }
      if let file = words.first {
        return session.finish(session.engine.run(file: file), withValue: false, withProfile: profile)
      }
      return Prompt(engine: session.engine, console: session.console).run()
    }
  }
}

/// What stands behind `--` after the files of `check` and `plan`.
struct ProgramArguments: ParsableArguments {
  @Option(name: .customLong("argument"), help: .hidden, transform: { String($0.dropFirst()) })
  var arguments: [String] = []
}

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check names, arguments and shapes without training.",
    usage: "mdl check [OPTIONS] FILE... [-- ARGS]")
  @OptionGroup var options: Options
  @Argument(help: "Programs to check.") var files: [String]
  @OptionGroup var program: ProgramArguments

  func run() throws {
    try options.withSessions(for: files, arguments: program.arguments) { session, file in
      session.finish(session.engine.check(file: file), withValue: false)
    }
  }
}

struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what the training steps and models of programs will do and need, without training.",
    usage: "mdl plan [OPTIONS] FILE... [-- ARGS]")
  @OptionGroup var options: Options
  @Argument(help: "Programs to plan.") var files: [String]
  @OptionGroup var program: ProgramArguments

  func run() throws {
    try options.withSessions(for: files, arguments: program.arguments) { session, file in
      session.finish(session.engine.plan(file: file))
    }
  }
}

struct Test: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the test blocks of programs; without FILE, of all programs below this directory.")
  @OptionGroup var options: Options
  @Argument(help: "Programs with test blocks.") var files: [String] = []

  func run() throws {
    try options.withSession { session in session.runTests(files.isEmpty ? programs(below: ".") : files) }
  }
}

struct Doc: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Show the documentation and the source of a name.")
  @OptionGroup var options: Options
  @Argument(help: "A name of the library, or a builtin.") var name: String

  func run() throws {
    try options.withSession { session in
      let documentation = session.finish(session.engine.documentation(of: name))
      guard documentation == 0 else { return documentation }
      let source = session.engine.source(of: name)
      if !source.failed {
        session.console.write("\n")
        return session.finish(source)
      }
      return 0
    }
  }
}
