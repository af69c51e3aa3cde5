import Execution
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

struct StepTimingsTests {
  @Test func timedRunsGiveTheSameBits() throws {
    for seed in 0..<100 {
      var made = try RandomGraph(seed: seed + 80_000, operations: 30)
      let inputs = try made.inputs()
      let program = try Program.compile(made.graph)
      let timings = StepTimings(for: program)
      guard let plain = try? program.run(inputs) else { continue }
      let timed = try program.run(inputs, timings: timings)
      for (a, b) in zip(plain, timed) { #expect(a.bytes == b.bytes, "seed \(seed)") }
      for step in program.plan.steps { #expect(timings.runs(ofStep: step.number) == 1, "seed \(seed): \(step.text)") }
      // Without timings nothing is added.
      _ = try program.run(inputs)
      for step in program.plan.steps { #expect(timings.runs(ofStep: step.number) == 1) }
    }
  }

  @Test func stepsInLoopsAreCountedEachTime() throws {
    let program = try Program.compile(
      GraphReader.parse(
        """
        graph(%0: f32[16, 16], %1: f32[16, 16], %2: f32[9, 16, 16]) {
          %3: f32[16, 16] = scan %0 %1 %2 constants 1 carry 1 length 9
              body(%0: f32[16, 16], %1: f32[16, 16], %2: f32[16, 16]) {
                %3: f32[16, 16] = matmul %1 %0
                %4: f32[16, 16] = add %3 %2
                return %4
              }
          return %3
        }
        """))
    let inputs = try [[16, 16], [16, 16], [9, 16, 16]].map { (sizes: [Int]) in
      try Tensor.from([Float](repeating: 0.1, count: sizes.reduce(1, *)), dtype: .f32, shape: Shape(sizes))
    }
    let timings = StepTimings(for: program)
    for _ in 0..<3 { _ = try program.run(inputs, timings: timings) }
    let loop = try #require(program.plan.steps.first { !$0.body.isEmpty })
    #expect(timings.runs(ofStep: loop.number) == 3)
    for step in loop.body {
      #expect(step.times == 9)
      #expect(timings.runs(ofStep: step.number) == 27)
    }
    // A loop's time holds that of its body.
    let inside = loop.body.reduce(0) { $0 + timings.nanoseconds(ofStep: $1.number) }
    #expect(inside > 0 && inside <= timings.nanoseconds(ofStep: loop.number))
  }

  @Test func aFailedStepEndsATimedRunAsAnyOther() throws {
    let program = try Program.compile(
      GraphReader.parse(
        """
        graph(%0: i64[2], %1: i64[2]) {
          %2: i64[2] = floorDivide %0 %1
          return %2
        }
        """))
    let ones = try Tensor.from([1, 1], dtype: .i64, shape: [2])
    let zeros = try Tensor.from([0, 0], dtype: .i64, shape: [2])
    #expect(throws: ExecutionProblem.self) { try program.run([ones, zeros], timings: StepTimings(for: program)) }
    #expect(try program.run([ones, ones])[0].bytes == ones.bytes)
  }

  @Test func theMachineReachesSomething() throws {
    let limits = try #require(MachineLimits.measure())
    #expect(limits.gigaflops > 0 && limits.memoryBandwidth > 0 && limits.cacheBandwidth > 0)
  }
}
