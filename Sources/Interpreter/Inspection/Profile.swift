import Diagnostics
import Execution
import SourceText
import Synchronization
import TensorGraph
import TensorRuntime

/// Where the time of a run goes. What the machine does is one activity at a time, each without those inside it; the
/// steps of compiled programs are timed by themselves.
final class Profile {
  enum Activity: Int, CaseIterable { case interpreter, compiling, reading, batches, programs }

  /// One program at one place.
  final class Entry {
    let program: Program
    /// The graph that names its places.
    let graph: Graph?
    let timings: StepTimings
    /// A single operation outside compiled code: its place is the call's.
    let isImmediate: Bool
    let span: Span
    let layers: [LayerLog.Row]
    fileprivate(set) var runs = 0
    fileprivate(set) var nanoseconds = 0
    /// Of these runs the steps were timed.
    fileprivate(set) var timedRuns = 0
    fileprivate(set) var timedNanoseconds = 0

    fileprivate init(_ program: Program, isImmediate: Bool, _ layers: [LayerLog.Row], at span: Span) {
      self.program = program
      self.isImmediate = isImmediate
      self.span = span
      self.layers = layers
      graph = program.askedBy
      timings = StepTimings(for: program)
    }
  }

  /// A run of a program that is being timed.
  struct Timer {
    fileprivate let profile: Profile
    fileprivate let entry: Entry?
    fileprivate let outer: Activity
    fileprivate let start: Int
    /// Where the steps leave their times; nil when this run is not one of those.
    let timings: StepTimings?

    func end() {
      let time = profile.leave(to: outer) - start
      guard let entry else { return }
      entry.runs += 1
      entry.nanoseconds += time
      guard timings != nil else { return }
      entry.timedRuns += 1
      entry.timedNanoseconds += time
    }
  }

  private struct Key: Hashable {
    var program: ObjectIdentifier
    var span: Span
  }

  private static let entryLimit = 4096
  /// The steps of one in so many runs are timed, and of the first few.
  private let every: Int
  private var sampler: LineSampler?
  private(set) var entries: [Entry] = []
  private var known: [Key: Entry] = [:]
  private var current = Activity.interpreter
  private var mark: Int
  private let start: Int
  private(set) var nanoseconds: [Int] = Array(repeating: 0, count: Activity.allCases.count)
  private(set) var times: [Int] = Array(repeating: 0, count: Activity.allCases.count)
  /// Reading, batching and compiling by the call that asked for them.
  private(set) var byCall: [Activity: [Span: Int]] = [:]
  /// How often the interpreter was found at a place.
  private(set) var samples: [Span: Int] = [:]
  private(set) var total = 0

  /// `samples`: also finds out where the interpreter is, a thousand times a second.
  init(every: Int, sampling interrupt: InterruptFlag?) {
    self.every = max(1, every)
    start = Clock.nanoseconds
    mark = start
    sampler = interrupt.map(LineSampler.init)
  }

  /// The run is over.
  func stop() {
    leave(to: .interpreter)
    total = mark - start
    sampler?.stop()
    sampler = nil
  }

  // MARK: Activities

  /// What has passed belongs to the activity so far. Gives the time.
  @discardableResult private func leave(to next: Activity) -> Int {
    let now = Clock.nanoseconds
    nanoseconds[current.rawValue] += now - mark
    mark = now
    current = next
    sampler?.isWanted = next == .interpreter
    return now
  }

  func begin(_ activity: Activity) -> (outer: Activity, before: Int) {
    let outer = current
    leave(to: activity)
    times[activity.rawValue] += 1
    return (outer, nanoseconds[activity.rawValue])
  }

  func end(_ begun: (outer: Activity, before: Int), at span: Span) {
    let activity = current
    leave(to: begun.outer)
    byCall[activity, default: [:]][span, default: 0] += nanoseconds[activity.rawValue] - begun.before
  }

  func begin(_ program: Program, isImmediate: Bool = false, layers: [LayerLog.Row] = [], at span: Span) -> Timer {
    let key = Key(program: ObjectIdentifier(program), span: span)
    var entry = known[key]
    // Entries keep their programs, which a run that makes ever new shapes has without end.
    if entry == nil, entries.count < Self.entryLimit {
      let made = Entry(program, isImmediate: isImmediate, layers, at: span)
      known[key] = made
      entries.append(made)
      entry = made
    }
    let outer = current
    leave(to: .programs)
    let isTimed = entry.map { $0.runs < 3 || $0.runs % every == 0 } ?? false
    return Timer(profile: self, entry: entry, outer: outer, start: mark, timings: isTimed ? entry?.timings : nil)
  }

  func sampled(at span: Span) { samples[span, default: 0] += 1 }
}

extension Machine {
  /// Does `body`, and lets the profile know for how long if there is one.
  func timed<T>(_ activity: Profile.Activity, at site: Site, _ body: () throws(Diagnostic) -> T) throws(Diagnostic) -> T {
    guard let profile = tensors.profile else { return try body() }
    let begun = profile.begin(activity)
    defer { profile.end(begun, at: callSpan(at: site)) }
    return try body()
  }

  /// From here on the time is measured. `isDetailed`: of every run of a program, and of the lines of plain code; else of
  /// some runs, which costs next to nothing.
  public func startProfile(isDetailed: Bool) {
    tensors.profile = Profile(every: isDetailed ? 1 : 16, sampling: isDetailed ? interrupt : nil)
  }

  /// Until here; `profileReport` says what came of it.
  public func stopProfile() {
    guard let profile = tensors.profile else { return }
    profile.stop()
    tensors.profile = nil
    tensors.lastProfile = profile
  }
}
