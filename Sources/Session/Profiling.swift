import Diagnostics
import Interpreter

/// How closely runs are looked at.
public enum ProfileMode: Sendable {
  case off
  /// Now and then a step: costs next to nothing.
  case light
  /// Every step, and the lines of plain code.
  case detailed
}

extension Engine {
  /// Where the time of the last run with `profiles` on went. `isShort`: in a few sentences, none for a very short run.
  public func profile(isShort: Bool = false) -> Evaluation {
    guard let report = machine.profileReport(isShort: isShort) else {
      return Evaluation(diagnostics: [.nothingMeasured])
    }
    return Evaluation(display: report.parts.isEmpty ? nil : Shown(report))
  }

  /// What the training steps and models of a program will do and need; nothing is trained.
  public func plan(file path: String) -> Evaluation {
    machine.startPlanning()
    var evaluation = check(file: path)
    let report = machine.filePlan()
    guard !evaluation.failed else { return evaluation }
    if let report {
      evaluation.display = Shown(report)
    } else {
      evaluation.diagnostics.append(.noModelInProgram(path))
    }
    return evaluation
  }
}

extension Shown {
  init(_ report: Report) {
    self = .list(
      report.parts.map { part in
        switch part {
        case .text(let text): .text(text)
        case .heading(let text): .heading(text)
        case .table(let rows, let words): .columns(rows, words: words)
        }
      })
  }
}
