import ArgumentParser
import REPL

@main struct Command: ParsableCommand {
  func run() throws {}
}
