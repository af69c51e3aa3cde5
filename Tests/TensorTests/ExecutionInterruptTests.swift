import Execution
import Foundation
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// Interrupts that come while a program runs: each test in a process of its own, because the flag would stop what other
/// tests run. Another thread watches how often a step ran, and sets the flag when the run is where the test wants it.
@Suite struct ExecutionInterruptTests {
  /// A loop whose condition is computed, or stands among its carries; it would count for some seconds.
  @Test(arguments: [true, false]) func stopsAWhileThatRuns(isComputed: Bool) async {
    // What an exit test runs takes no arguments.
    if isComputed {
      await #expect(processExitsWith: .success) { try expectInterrupted(computed: true) }
    } else {
      await #expect(processExitsWith: .success) { try expectInterrupted(computed: false) }
    }
  }

  /// Two carries that are updated in place, one early in an iteration, one after a long step: both or none.
  @Test func leavesTheCarriesOfALoopAsOneIterationMadeThem() async {
    await #expect(processExitsWith: .success) {
      let program = try Program.compile(
        try GraphReader.parse(
          """
          graph(%0: f32[4], %1: f32[8], %2: f32[50, 4], %3: f32[50, 100000]) {
            %4: f32[4], %5: f32[8] = scan %0 %1 %2 %3 constants 0 carry 2 length 50
            \(updates)
            return %4 %5
          }
          """), options: CompileOptions(hasLoop: true))
      var inputs = try numbers(steps: 50)
      let timings = StepTimings(for: program)
      let body = program.plan.steps[0].body
      require(body.count == 4 && body[1].text.hasPrefix("elementwise"), "\(body.map(\.text))")
      interrupt(timings, afterRunsOf: body[1].number)
      var part = LoopRun()
      require(
        isInterrupted { _ = try program.run(&inputs, donating: [true, true, false, false], &part, timings: timings) },
        "ran on")
      let made = [Float](repeating: Float(part.finished), count: 8)
      require(part.finished > 0 && part.finished < 50, "\(part.finished) iterations")
      require(part.outputs.map(\.floats) == [Array(made[..<4]), made], "\(part.outputs.map(\.floats))")
    }
  }

  /// Once an input's memory holds a result, the rest of the program runs to its end.
  @Test func stopsNothingAfterAnInputIsOverwritten() async {
    await #expect(processExitsWith: .success) {
      let body = updates.replacing("body", with: "graph")
      let program = try Program.compile(try GraphReader.parse(body))
      var inputs = try numbers(steps: nil)
      let timings = StepTimings(for: program)
      let steps = program.plan.steps
      require(steps.count == 4 && steps[1].text.hasPrefix("elementwise"), "\(steps.map(\.text))")
      interrupt(timings, afterRunsOf: steps[1].number)
      var whole = LoopRun()
      let results = try program.run(&inputs, donating: [true, true, false, false], &whole, timings: timings)
      require(results[0].floats == [1, 1, 1, 1], "\(results[0].floats)")
    }
  }
}

/// Adds ones to the first carry and, after some milliseconds of sorting, to the second.
private let updates = """
  body(%0: f32[4], %1: f32[8], %2: f32[4], %3: f32[100000]) {
    %4: f32[4], %5: i64[4] = sort %2 axis 0
    %6: f32[4] = add %0 %4
    %7: f32[100000], %8: i64[100000] = sort %3 axis 0 descending
    %9: f32[8] = slice %7 starts [0] limits [8] strides [1]
    %10: f32[8] = add %1 %9
    return %6 %10
  }
  """

/// Carries of zeros, and for each step four ones and many numbers of which the eight largest are one.
private func numbers(steps: Int?) throws -> [Tensor] {
  var many = (0..<100_000).map { Float($0 * 7919 % 99_991) / 100_000 }
  for place in stride(from: 7, to: 100_000, by: 12_500) { many[place] = 1 }
  func stacked(_ row: [Float]) throws -> Tensor {
    guard let steps else { return try floats(row) }
    return try floats((0..<steps).flatMap { _ in row }, [steps, row.count])
  }
  return try [
    floats([0, 0, 0, 0]), floats([Float](repeating: 0, count: 8)), stacked([1, 1, 1, 1]), stacked(many),
  ]
}

private func expectInterrupted(computed: Bool) throws {
  let condition = computed ? "%3: bool[] = less %0 %1 return %3" : "return %2"
  let program = try Program.compile(
    try GraphReader.parse(
      """
      graph(%0: i64[], %1: i64[], %2: bool[]) {
        %3: i64[], %4: i64[], %5: bool[] = whileLoop %0 %1 %2 constants 0
          condition(%0: i64[], %1: i64[], %2: bool[]) { \(condition) }
          body(%0: i64[], %1: i64[], %2: bool[]) {
            %3: i64[] = constant 1
            %4: i64[] = add %0 %3
            %5: bool[] = less %4 %1
            return %4 %1 %5
          }
        return %3
      }
      """))
  let timings = StepTimings(for: program)
  let steps = program.plan.steps
  let loop = steps.first { $0.text == "while" }?.body ?? []
  interrupt(timings, afterRunsOf: loop.last?.number ?? 0)
  let inputs = [try integers([0], []), try integers([10_000_000], []), try truths([true], [])]
  require(isInterrupted { _ = try program.run(inputs, timings: timings) }, "ran to its end")
}

private func isInterrupted(_ run: () throws -> Void) -> Bool {
  do { try run() } catch {
    if case .interrupted? = error as? ExecutionProblem { return true }
  }
  return false
}

/// Sets the flag, from another thread, when a step has run.
private func interrupt(_ timings: StepTimings, afterRunsOf step: Int) {
  let watched = Watched(timings: timings)
  Thread.detachNewThread {
    while watched.timings.runs(ofStep: step) == 0 { sched_yield() }
    Interrupt.isRequested = true
  }
}

/// Counts are atomic.
private struct Watched: @unchecked Sendable {
  let timings: StepTimings
}

/// In a process of its own an expectation is an exit.
private func require(_ condition: Bool, _ text: @autoclosure () -> String) {
  if condition { return }
  FileHandle.standardError.write(Data((text() + "\n").utf8))
  exit(EXIT_FAILURE)
}
