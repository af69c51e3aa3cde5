import Diagnostics
import Session
import Terminal

/// Shows what the engine gives: results on standard output, diagnostics and progress on standard error.
public final class Reporter {
  private let engine: Engine
  private let console: Console
  /// Whether the last evaluation ended by Ctrl-C.
  public private(set) var wasInterrupted = false

  public init(engine: Engine, console: Console) {
    self.engine = engine
    self.console = console
    engine.onOutput = { console.write($0) }
    engine.onWarning = { [weak self] in self?.report([$0]) }
    engine.onProgress = { event in
      let state = ProgressState(
        epoch: event.epoch, epochs: event.epochs, step: event.step, steps: event.steps,
        values: event.values.map { ($0.name, $0.value) })
      switch event.moment {
      case .started: console.beginProgress(state)
      case .step: console.showStep(state)
      case .epoch: console.showEpoch(state)
      }
    }
  }

  /// The value (if `withValue`) and the diagnostics; false if there was an error.
  @discardableResult public func show(_ evaluation: Evaluation, withValue: Bool = true) -> Bool {
    console.endProgress(stopped: evaluation.isInterrupted)
    if withValue, let display = evaluation.display { console.write(lines(of: display)) }
    report(evaluation.diagnostics)
    wasInterrupted = evaluation.isInterrupted
    return !evaluation.failed
  }

  /// What is said about a program beside its results, on standard error.
  public func remark(_ display: Shown) { console.writeError("\n" + lines(of: display)) }

  public func report(_ diagnostics: [Diagnostic]) {
    guard !diagnostics.isEmpty else { return }
    let width = console.error.isTerminal ? console.width : nil
    let renderer = DiagnosticRenderer(sources: engine.sources, color: console.error.hasColour, width: width)
    console.writeError(renderer.render(diagnostics) + "\n")
  }

  /// What belongs to no program text.
  public func error(_ message: String, help: String?) {
    let colour = console.error.hasColour
    console.writeError(
      Style.error("error", colour) + Style.bold(": \(message)", colour) + "\n"
        + (help.map { "  = " + Style.help("help", colour) + ": \($0)\n" } ?? ""))
  }

  public func warn(_ message: String) {
    console.writeError(Style.warning("warning", console.error.hasColour) + ": \(message)\n")
  }

  private func lines(of display: Shown) -> String {
    switch display {
    case .text(let text):
      return text.hasSuffix("\n") ? text : text + "\n"
    case .heading(let text): return Style.bold(text, console.output.hasColour) + "\n"
    case .list(let parts):
      // A blank line between paragraphs: before headings, and around tables.
      var result = ""
      for (index, part) in parts.enumerated() {
        if index > 0, part.isHeading || parts[index - 1].isColumns || part.isColumns && !parts[index - 1].isHeading {
          result += "\n"
        }
        result += lines(of: part)
      }
      return result
    case .columns(let rows, let words):
      var table = Table((0..<(rows.first?.count ?? 0)).map { words.contains($0) ? .left : .right })
      for row in rows { table.add(row) }
      var lines = table.lines(width: console.output.isTerminal ? console.width : nil)
      if let head = lines.first { lines[0] = Style.dim(head, console.output.hasColour) }
      return lines.joined(separator: "\n") + "\n"
    case .table(let rows, let note):
      var table = Table(rows.first.map { $0.map { _ in .right } } ?? [])
      for row in rows { table.add(row) }
      var lines = table.lines(width: console.output.isTerminal ? console.width : nil)
      if let head = lines.first { lines[0] = Style.bold(head, console.output.hasColour) }
      if let note { lines.append(Style.dim(note, console.output.hasColour)) }
      return lines.joined(separator: "\n") + "\n"
    }
  }
}

extension Shown {
  fileprivate var isHeading: Bool { if case .heading = self { true } else { false } }
  fileprivate var isColumns: Bool { if case .columns = self { true } else { false } }
}
