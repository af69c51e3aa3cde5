import Synchronization
import TensorRuntime

/// What one step of a program took. Steps in runs of rows are timed on several threads at once.
struct StepTally: ~Copyable {
  let nanoseconds = Atomic<Int>(0)
  let count = Atomic<Int>(0)
}

/// Where the blocks of a program find the tallies while a run is timed; nil otherwise.
struct StepTimer {
  var tallies: UnsafeMutablePointer<StepTally>?
}

/// The times of a program's steps over all runs that were timed.
public final class StepTimings {
  let tallies: UnsafeMutablePointer<StepTally>
  let stepCount: Int

  public init(for program: Program) {
    stepCount = program.stepCount
    tallies = .allocate(capacity: max(1, stepCount))
    for index in 0..<stepCount { (tallies + index).initialize(to: StepTally()) }
  }

  deinit {
    tallies.deinitialize(count: stepCount)
    tallies.deallocate()
  }

  /// Of all runs of a step (`ProgramPlan.Step.number`), those of all threads added.
  public func nanoseconds(ofStep number: Int) -> Int {
    number < stepCount ? tallies[number].nanoseconds.load(ordering: .relaxed) : 0
  }

  /// How often a step ran.
  public func runs(ofStep number: Int) -> Int {
    number < stepCount ? tallies[number].count.load(ordering: .relaxed) : 0
  }
}

extension StepRunner {
  /// `run`, with the time of each step added to its tally. Bodies of loops come back here, so a loop's time holds theirs.
  @inline(never)
  static func runTimed(
    _ block: Block, _ table: AddressTable, pollLimit: Int, _ tallies: UnsafeMutablePointer<StepTally>
  ) -> Outcome {
    var start = Clock.nanoseconds
    for index in 0..<block.steps.count {
      let outcome = run(block, index..<index + 1, table, pollLimit: pollLimit)
      let end = Clock.nanoseconds
      let number = Int(block.origins[index])
      tallies[number].nanoseconds.add(end - start, ordering: .relaxed)
      tallies[number].count.add(1, ordering: .relaxed)
      if outcome.kind != .finished { return outcome }
      start = end
    }
    return .finished
  }
}
