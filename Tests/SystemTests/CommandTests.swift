import Foundation
import Testing

/// The command: what goes to which stream, and the exit status.
struct CommandTests {
  @Test func runsALineAndShowsItsValue() throws {
    let outcome = try BuiltProgram.run(["-e", "1 + 1"])
    #expect(outcome.output == "2\n")
    #expect(outcome.error == "")
    #expect(outcome.status == 0)
  }

  @Test func aProgramShowsOnlyWhatItPrints() throws {
    let scratch = try Scratch()
    let file = try scratch.write("let x = 3\nx + 1\nprint(\"x is {x}\")\n", to: "a.mdl")
    let outcome = try BuiltProgram.run([file.path])
    #expect(outcome.output == "x is 3\n")
    #expect(outcome.error == "")
    #expect(outcome.status == 0)
  }

  @Test func failuresGoToTheErrorStream() throws {
    let scratch = try Scratch()
    let file = try scratch.write("print(\"before\")\nlet x = [1, 2][5]\nprint(\"after\")\n", to: "a.mdl")
    let outcome = try BuiltProgram.run([file.path])
    #expect(outcome.output == "before\n")
    #expect(outcome.error.hasPrefix("error[index]: "))
    #expect(outcome.error.contains("a.mdl:2:"))
    #expect(!outcome.error.contains("\u{1B}"))
    #expect(outcome.status == 1)
  }

  @Test func nothingRunsWhenANameIsUnknown() throws {
    let scratch = try Scratch()
    let file = try scratch.write("print(1)\nprint(undefined_name)\n", to: "a.mdl")
    let outcome = try BuiltProgram.run([file.path])
    #expect(outcome.output == "")
    #expect(outcome.error.contains("error[name]"))
    #expect(outcome.status == 1)
  }

  @Test func argumentsBelongToTheProgram() throws {
    let scratch = try Scratch()
    let file = try scratch.write("#!/usr/bin/env mdl\nprint(args)\n", to: "a.mdl")
    let outcome = try BuiltProgram.run(["--seed", "3", file.path, "one", "--seed", "-x"])
    #expect(outcome.output == "[\"one\", \"--seed\", \"-x\"]\n")
    #expect(outcome.status == 0)
  }

  @Test func aProgramRunsByItsFirstLine() throws {
    let scratch = try Scratch()
    let file = scratch.path("hello")
    // Written by another process: one that another test starts meanwhile would hold a file of this one open, and what is
    // open for writing does not run.
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = [
      "-c", "printf '%s\\n' \"#!$2\" 'print(\"hello\")' > \"$1\" && chmod +x \"$1\"", "sh",
      file.path, BuiltProgram.path,
    ]
    try writer.run()
    writer.waitUntilExit()
    let process = Process()
    process.executableURL = file
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(String(decoding: output, as: UTF8.self) == "hello\n")
  }

  /// A small program that trains.
  private static let training = """
    let x = normal(64, 8)
    let net = Dense(4, relu) >> Dense(1)
    train(net, (x, sum(x, axis: 1)), mse, epochs: 2, batch: 16)
    print("done")
    """

  @Test func aPlanShowsWhatTrainingWouldDo() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.training, to: "a.mdl")
    let outcome = try BuiltProgram.run(["plan", file.path])
    #expect(outcome.error == "")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("at a.mdl:3: a training step, 16 examples\n"))
    #expect(outcome.output.contains("Dense(4, activation: relu)  [16, 4]          36                        32     512"))
    for word in ["forward", "backward", "optimizer", "memory at the peak: ", "product [16, 8] @ [8, 4]"] {
      #expect(outcome.output.contains(word))
    }
    #expect(!outcome.output.contains("done"))
  }

  /// All files get what stands behind `--`.
  @Test(arguments: ["plan", "check"]) func planAndCheckPassArguments(command: String) throws {
    let scratch = try Scratch()
    let sizes = "let units = int(args[0])\n" + Self.training.replacing("Dense(4", with: "Dense(units")
    let (first, second) = (try scratch.write(sizes, to: "a.mdl"), try scratch.write(sizes, to: "b.mdl"))
    let known = try BuiltProgram.run([command, first.path, second.path, "--", "6", "--seed"])
    #expect(known.error == "")
    #expect(known.status == 0)
    if command == "plan" {
      #expect(known.output.components(separatedBy: "Dense(6, activation: relu)").count == 3, "\(known.output)")
    }
    let unknown = try BuiltProgram.run([command, first.path])
    #expect(unknown.error.contains("warning[value]: checked up to here"))
    #expect(unknown.error.contains("help: `-- ARGS` behind the files gives the program its list `args`"))
    let wrong = try scratch.write(sizes + "\nprint(ones(2, units) @ ones(2, 2))\n", to: "wrong.mdl")
    #expect(try BuiltProgram.run(["check", wrong.path, "--", "6"]).error.contains("error[shape]"))
  }

  @Test func aPlanNeedsAModel() throws {
    let scratch = try Scratch()
    let file = try scratch.write("print(1)\n", to: "a.mdl")
    let outcome = try BuiltProgram.run(["plan", file.path])
    #expect(outcome.error.contains("trains no model and calls none"))
    #expect(outcome.output == "")
    #expect(outcome.status == 1)
    let missing = try BuiltProgram.run(["plan", "nowhere.mdl"])
    #expect(missing.error.contains("there is no file `nowhere.mdl`"))
    #expect(missing.status == 1)
  }

  @Test(arguments: [true, false])
  func aProfileFollowsTheRun(_ isBehind: Bool) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.training, to: "a.mdl")
    let outcome = try BuiltProgram.run(isBehind ? [file.path, "--profile"] : ["--profile", file.path])
    #expect(outcome.output == "done\n")
    for word in ["by kind of work, of ", "by layer", "[0] Dense", "by line", "% of the time went into "] {
      #expect(outcome.error.contains(word), "\(outcome.error)")
    }
    #expect(outcome.status == 0)
  }

  @Test func aProgramMayHaveAnArgumentOfThatName() throws {
    let scratch = try Scratch()
    let file = try scratch.write("print(args)\n", to: "a.mdl")
    #expect(try BuiltProgram.run([file.path, "x", "--profile"]).output == "[\"x\", \"--profile\"]\n")
    let failed = try BuiltProgram.run(["--profile", "nowhere.mdl"])
    #expect(failed.error == "error[file]: there is no file `nowhere.mdl`\n  = help: check the spelling; the path starts at the folder where mdl was started\n")
    #expect(failed.status == 1)
  }

  @Test(arguments: [
    ["--nonsense"], ["-e"], ["--seed", "x", "-e", "1"], ["--threads", "0", "-e", "1"], ["check"], ["doc"], ["plan"], ["--profile"],
    ["--color", "pink", "-e", "1"],
  ])
  func wrongUseEndsWith64(_ arguments: [String]) throws {
    let outcome = try BuiltProgram.run(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
    #expect(outcome.error.contains("Usage: mdl"))
  }

  @Test func helpAndVersionAreResults() throws {
    let help = try BuiltProgram.run(["--help"])
    #expect(help.status == 0)
    for word in ["check", "plan", "test", "doc", "--profile", "--seed", "--threads", "--eager", "--color", "-e"] {
      #expect(help.output.contains(word))
    }
    let version = try BuiltProgram.run(["--version"])
    #expect(version.output.hasPrefix("mdl "))
    #expect(version.status == 0)
  }

  @Test func missingFilesAreNamed() throws {
    let outcome = try BuiltProgram.run(["no-such-file.mdl"])
    #expect(outcome.status == 1)
    #expect(outcome.error.contains("no-such-file.mdl"))
  }

  @Test func checkFindsShapesBehindATrainingRun() throws {
    let scratch = try Scratch()
    let training = """
      let d = blobs(200, classes: 3) |> split(train: 0.8, test: 0.2)
      let net = Dense(8, relu) >> Dense(3)
      train(net, d.train) { loss: cross_entropy, epochs: 1000 }
      """
    let wrong = try scratch.write(training + "\nlet w = ones(3, 4)\nprint(w @ w)\n", to: "wrong.mdl")
    let shapes = try BuiltProgram.run(["check", wrong.path])
    #expect(shapes.status == 1)
    #expect(shapes.output == "")
    #expect(shapes.error.contains("error[shape]"))
    let open = try scratch.write(
      training + "\nassert evaluate(net, d.test, [accuracy]).accuracy > 0.9\n", to: "open.mdl")
    let values = try BuiltProgram.run(["check", open.path])
    #expect(values.status == 0)
    #expect(values.error.contains("warning[value]: checked up to here"))
    let classes = try scratch.write(training.replacing("Dense(3)", with: "Dense(2)"), to: "classes.mdl")
    #expect(try BuiltProgram.run(["check", classes.path]).error.contains("2 outputs"))
  }

  @Test func checkDoesNotRun() throws {
    let scratch = try Scratch()
    let good = try scratch.write("print(\"running\")\n", to: "good.mdl")
    let bad = try scratch.write("print(\"running\")\nfn f(x) = x + missing\n", to: "bad.mdl")
    let fine = try BuiltProgram.run(["check", good.path])
    #expect(fine.output == "" && fine.error == "" && fine.status == 0)
    let wrong = try BuiltProgram.run(["check", good.path, bad.path])
    #expect(wrong.output == "")
    #expect(wrong.error.contains("missing"))
    #expect(wrong.status == 1)
  }

  @Test func testBlocksAreCounted() throws {
    let scratch = try Scratch()
    try scratch.write(
      "fn twice(x) = 2 * x\ntest \"doubles\" { assert twice(2) == 4 }\ntest \"wrong\" { assert twice(2) == 5 }\n",
      to: "a.mdl")
    let outcome = try BuiltProgram.run(["test", "a.mdl"], directory: scratch.directory)
    #expect(outcome.output == "ok      a.mdl: doubles\nFAILED  a.mdl: wrong\n1 passed, 1 failed\n")
    #expect(outcome.error.contains("error[failed]"))
    #expect(outcome.status == 1)
    try scratch.write("test \"fine\" { assert true }\n", to: "a.mdl")
    let all = try BuiltProgram.run(["test"], directory: scratch.directory)
    #expect(all.output == "ok      a.mdl: fine\n1 passed, 0 failed\n")
    #expect(all.status == 0)
  }

  @Test func docShowsDocumentationAndSource() throws {
    let outcome = try BuiltProgram.run(["doc", "adam"])
    #expect(outcome.output.hasPrefix("adam(rate = 1e-3"))
    #expect(outcome.output.contains("fn adam("))
    #expect(outcome.status == 0)
    let unknown = try BuiltProgram.run(["doc", "adan"])
    #expect(unknown.error.contains("adam"))
    #expect(unknown.status == 1)
  }

  @Test func seedDecidesAboutRandomNumbers() throws {
    let first = try BuiltProgram.run(["--seed", "1", "-e", "print(normal(3))"]).output
    let again = try BuiltProgram.run(["--seed", "1", "-e", "print(normal(3))"]).output
    let other = try BuiltProgram.run(["--seed", "2", "-e", "print(normal(3))"]).output
    #expect(first == again)
    #expect(first != other)
    #expect(first.contains("."))
  }

  @Test func colourIsAskedFor() throws {
    let plain = try BuiltProgram.run(["-e", "missing_name"])
    #expect(!plain.error.contains("\u{1B}["))
    let coloured = try BuiltProgram.run(["--color", "always", "-e", "missing_name"])
    #expect(coloured.error.contains("\u{1B}["))
    let forced = try BuiltProgram.run(["-e", "missing_name"], environment: ["CLICOLOR_FORCE": "1"])
    #expect(forced.error.contains("\u{1B}["))
    let refused = try BuiltProgram.run(["-e", "missing_name"], environment: ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"])
    #expect(!refused.error.contains("\u{1B}["))
  }

  @Test func aClosedPipeEndsTheProgramQuietly() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "\"$0\" -e 'for i in 0..<1000000 { print(i) }' | head -1; echo ${PIPESTATUS[0]}", BuiltProgram.path]
    let (output, error) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(text == "0\n141\n")
    #expect(error.fileHandleForReading.readDataToEndOfFile().isEmpty)
    process.waitUntilExit()
  }

  @Test func aFullDiskIsAFailure() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "\"$0\" -e 'print(1)' > /dev/full", BuiltProgram.path]
    let error = Pipe()
    process.standardError = error
    try process.run()
    let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(text.contains("standard output"))
    #expect(process.terminationStatus == 1)
  }

  /// In a loop of the language, and in loops of a compiled program.
  @Test(arguments: [
    "print(\"started\")\nvar n = 0\nwhile true { n += 1 }\n",
    """
    fn inner(x) = scan(zeros(20000, 1), axis: 0, start: x) { step: (c, _) -> (tanh(c) + 0.1, none) }[0]
    fn outer(x) = scan(zeros(20000, 1), axis: 0, start: x) { step: (c, _) -> (inner(c), none) }[0]
    print("started")
    print(compiled(outer)(ones(200)))
    """,
  ])
  func interruptedProgramsEndWith130(program: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(program, to: "loop.mdl")
    let dialogue = try Dialogue([file.path])
    try dialogue.expect("started")
    dialogue.type("\u{3}")
    #expect(try dialogue.exitStatus() == 130)
    #expect(dialogue.rest.contains("error[interrupted]"))
  }

  // MARK: Piped input

  @Test func pipedInputIsReadWhole() throws {
    let input = "let x = 2\nfn even(n) = if n == 0 { true } else { odd(n - 1) }\nfn odd(n) = if n == 0 { false } else { even(n - 1) }\neven(4)\nx\n  |> (y -> y + 1)\n"
    let outcome = try BuiltProgram.run([], input: input)
    #expect(outcome.output == "x: 2\ntrue\n3\n")
    #expect(outcome.error == "")
    #expect(outcome.status == 0)
  }

  @Test func pipedInputGoesOnAfterAnErrorAndFailsAtTheEnd() throws {
    let outcome = try BuiltProgram.run([], input: "1 / 0\n2 + 2\n")
    #expect(outcome.output == "4\n")
    #expect(outcome.error.contains("error[arithmetic]"))
    #expect(outcome.status == 1)
  }

  @Test func pipedDirectivesWork() throws {
    let outcome = try BuiltProgram.run([], input: "let a = 1\n:vars\n:quit\nprint(\"not reached\")\n")
    #expect(outcome.output == "a: 1\na: 1\n")
    #expect(outcome.status == 0)
  }

  @Test func emptyInputIsFine() throws {
    let outcome = try BuiltProgram.run([], input: "")
    #expect(outcome.output == "" && outcome.error == "" && outcome.status == 0)
  }
}
