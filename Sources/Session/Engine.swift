import Diagnostics
import Interpreter
import SourceText
import Syntax

/// A session: names, values and random numbers that live from one entry to the next. Plain data in and out; whoever
/// holds it decides how to show what comes out.
public final class Engine {
  public static let version = "0.1"

  public let sources: SourceMap
  let machine: Machine
  /// Entries that succeeded, for `saveSession`.
  private var transcript: [String] = []
  private var entryCount = 0

  /// Where `print` writes; line breaks are part of the text.
  public var onOutput: (String) -> Void {
    get { machine.output }
    set { machine.output = newValue }
  }
  /// Told how a training run goes on.
  public var onProgress: (ProgressEvent) -> Void {
    get { machine.progress }
    set { machine.progress = newValue }
  }

  /// Told of what may be a mistake in the running program; nil: the evaluation brings it.
  public var onWarning: ((Diagnostic) -> Void)? {
    get { machine.onWarning }
    set { machine.onWarning = newValue }
  }

  /// Where `show` draws: its columns, and whether it has colours.
  public var screen: () -> (width: Int, hasColour: Bool) {
    get { machine.screen }
    set { machine.screen = newValue }
  }

  /// Whether runs are measured, for `profile`.
  public var profiles = ProfileMode.off

  /// - Parameters:
  ///   - threads: nil for one a core.
  ///   - isEager: run tensor code one operation at a time.
  ///   - arguments: the list `args` of the program.
  public init(seed: UInt64 = 0, threads: Int? = nil, isEager: Bool = false, arguments: [String] = []) {
    sources = SourceMap()
    machine = Machine(sources: sources)
    machine.arguments = arguments
    machine.isEager = isEager
    if let threads { machine.threads = threads }
    machine.setSeed(seed)
    if seed != 0 { transcript.append("seed(\(seed))") }
  }

  /// Runs `body` where deep programs find room; waits for it.
  public static func onLargeStack(_ body: @escaping () -> Void) { Machine.onLargeStack(body) }

  /// Stops what is running, at its next safe place; may be called from a signal handler or another thread.
  public var interrupt: @Sendable () -> Void {
    let flag = machine.interrupt
    return { flag.isRaised = true }
  }

  public var seed: UInt64 {
    get { machine.randomState.seed }
    set {
      machine.setSeed(newValue)
      transcript.append("seed(\(newValue))")
    }
  }

  // MARK: Entries

  /// Whether `text` can be run as it is: nothing is open that more lines would close.
  public func isComplete(_ text: String) -> Bool {
    !Parser.parse(SourceFile(id: .none, name: "", text: text)).isIncomplete
  }

  /// Runs an entry of the prompt. After a failure random numbers go on as if it had not been tried.
  public func evaluate(_ text: String, name: String? = nil) -> Evaluation {
    let file = newEntry(text, name: name)
    let random = machine.randomState
    let evaluation = run(file, isPrompt: true)
    if evaluation.failed { machine.randomState = random } else { transcript.append(text) }
    return evaluation
  }

  func newEntry(_ text: String, name: String? = nil) -> SourceFile {
    entryCount += 1
    return sources.add(name: name ?? "prompt \(entryCount)", text: text)
  }

  /// The entries that succeeded, as a program.
  public var transcriptText: String { transcript.map { $0 + "\n" }.joined() }

  /// Cuts piped text into what would be entries at the prompt: directives, and statements with the definitions before
  /// them.
  public func entries(in text: String) -> [String] {
    var entries: [String] = []
    var program: [Substring] = []
    func endProgram() {
      entries += statements(in: program.joined(separator: "\n"))
      program = []
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(":"), isComplete(program.joined(separator: "\n")) {
        endProgram()
        entries.append(String(line))
      } else {
        program.append(line)
      }
    }
    endProgram()
    return entries
  }

  private func statements(in text: String) -> [String] {
    let file = SourceFile(id: .none, name: "", text: text)
    let result = Parser.parse(file)
    guard result.diagnostics.isEmpty else { return [text] }
    var entries: [String] = []
    var start = 0
    for statement in result.program.statements {
      switch statement.kind {
      // Definitions may name each other.
      case .function, .layer, .test, .import: continue
      default:
        entries.append(entry(file, from: start, to: Int(statement.span.end)))
        start = Int(statement.span.end)
      }
    }
    if let last = result.program.statements.last, Int(last.span.end) > start {
      entries.append(entry(file, from: start, to: file.bytes.count))
    }
    return entries
  }

  /// Without the line breaks, blanks and `;` between two statements.
  private func entry(_ file: SourceFile, from start: Int, to end: Int) -> String {
    let bytes = file.bytes[start..<end].drop { $0 == 10 || $0 == 13 || $0 == 32 || $0 == UInt8(ascii: ";") }
    return String(decoding: bytes, as: UTF8.self)
  }
}
