import Execution
import SourceText
import TensorGraph

/// Time of one kind of work at one place, for one layer and phase.
struct ProfiledWork {
  struct Key: Hashable {
    var work: Work
    var place: SourceLine
    var layerPath: String
    var phase: Phase
  }
  var key: Key
  var span: Span
  var nanoseconds = 0.0
  var multiplyAdds = 0.0
  var bytes = 0.0
  var runs = 0.0

  mutating func add(_ other: ProfiledWork) {
    nanoseconds += other.nanoseconds
    multiplyAdds += other.multiplyAdds
    bytes += other.bytes
    runs += other.runs
  }
}

/// A line of a file.
struct SourceLine: Hashable {
  var file: FileID
  var line: Int
  static let none = SourceLine(file: .none, line: 0)
}

/// The steps of all programs of a profile, added up.
struct ProfileTimes {
  private(set) var works: [ProfiledWork.Key: ProfiledWork] = [:]
  /// What running programs takes beside their steps.
  private(set) var starting = 0.0
  private let place: (Span) -> SourceLine

  init(_ profile: Profile, place: @escaping (Span) -> SourceLine) {
    self.place = place
    var inside = 0.0
    for entry in profile.entries where entry.timedRuns > 0 {
      let scale = Double(entry.nanoseconds) / Double(max(1, entry.timedNanoseconds))
      let steps = entry.program.plan(askedBy: entry.graph).steps
      for step in steps { inside += add(step, of: entry, scale: scale) }
    }
    starting = max(0, Double(profile.nanoseconds[Profile.Activity.programs.rawValue]) - inside)
  }

  /// Adds a step and those in it; gives their time.
  private mutating func add(_ step: ProgramPlan.Step, of entry: Profile.Entry, scale: Double) -> Double {
    let time = Double(entry.timings.nanoseconds(ofStep: step.number)) * scale
    guard time > 0 else { return 0 }
    let inside = step.body.reduce(0) { $0 + Double(entry.timings.nanoseconds(ofStep: $1.number)) } * scale
    // Of threads at work side by side, the shares of the time that passed count.
    let innerScale = step.isSplit && inside > 0 ? scale * time / inside : scale
    for part in step.body { _ = add(part, of: entry, scale: innerScale) }
    let own = step.isSplit && inside > 0 ? 0 : max(0, time - inside)
    let span = entry.isImmediate || step.origin.span.isNone ? entry.span : step.origin.span
    let key = ProfiledWork.Key(
      work: step.work, place: place(span), layerPath: step.origin.layerPath, phase: step.origin.phase)
    let runs = Double(entry.timings.runs(ofStep: step.number)) * Double(entry.runs) / Double(entry.timedRuns)
    var work = works[key] ?? ProfiledWork(key: key, span: span)
    work.nanoseconds += own
    work.runs += runs
    if step.body.isEmpty {
      work.multiplyAdds += Double(step.multiplyAdds / max(1, step.times)) * runs
      work.bytes += Double(step.bytes / max(1, step.times)) * runs
    }
    works[key] = work
    return time
  }
}
