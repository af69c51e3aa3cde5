import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// A program's loop runs in parts and is consistent between any two of its steps.
struct ExecutionLoopTests {
  /// p += x[id] for each id, and the rows that were added.
  private static let text = """
    graph(%0: f32[6, 2], %1: f32[2], %2: i64[3]) {
      %3: f32[2], %4: f32[3, 2] = scan %0 %1 %2 constants 1 carry 1 length 3
        body(%0: f32[6, 2], %1: f32[2], %2: i64[]) {
          %3: f32[2] = take %0 %2 axis 0
          %4: f32[2] = add %1 %3
          return %4 %3
        }
      return %3 %4
    }
    """

  private func program(optimize: Bool) throws -> Program {
    try Program.compile(
      try GraphReader.parse(Self.text), options: CompileOptions(optimize: optimize, hasLoop: true))
  }

  private func inputs(_ ids: [Int]) throws -> [Tensor] {
    [try floats((0..<12).map(Float.init), [6, 2]), try floats([100, 200]), try integers(ids)]
  }

  @Test(arguments: [false, true]) func partsMakeTheWhole(optimize: Bool) throws {
    let program = try program(optimize: optimize)
    var inputs = try inputs([4, 0, 5])
    let whole = try program.run(inputs)
    #expect(whole.map(\.floats) == [[118, 221], [8, 9, 0, 1, 10, 11]])
    var part = LoopRun(nanoseconds: 0)
    for step in 1...3 {
      let outputs = try program.run(&inputs, donating: [false, true, false], &part)
      #expect(part.finished == step)
      inputs[1] = outputs[0]
      part = LoopRun(first: step, nanoseconds: 0, stacks: [1: outputs[1]])
      if step == 3 { #expect(outputs.map(\.bytes) == whole.map(\.bytes)) }
    }
  }

  @Test func theCarryIsUpdatedInPlace() throws {
    let program = try program(optimize: true)
    #expect(program.plan.donations.contains { $0.output == 0 && $0.input == 1 })
    var inputs = try inputs([4, 0, 5])
    let address = inputs[1].address
    var whole = LoopRun()
    let outputs = try program.run(&inputs, donating: [false, true, false], &whole)
    #expect(outputs[0].address == address)
    #expect(outputs[0].floats == [118, 221])
  }

  /// Counting in whole numbers can fail; it comes before the update, not with the other small sums after it.
  @Test func aCountBesideTheCarryKeepsItInPlace() throws {
    let text = """
      graph(%0: f32[3, 4096], %1: f32[4096], %2: f32[], %3: i64[]) {
        %4: f32[4096], %5: f32[], %6: i64[] = scan %1 %2 %3 %0 constants 0 carry 3 length 3
          body(%0: f32[4096], %1: f32[], %2: i64[], %3: f32[4096]) {
            %4: f32[4096] = add %0 %3
            %5: f32[] = add %1 %1
            %6: i64[] = add %2 %2
            return %4 %5 %6
          }
        return %4 %5 %6
      }
      """
    let program = try Program.compile(try GraphReader.parse(text), options: CompileOptions(hasLoop: true))
    #expect(program.plan.arenaBytes < 4096)
    #expect(program.plan.donations.contains { $0.output == 0 && $0.input == 1 })
  }

  @Test(arguments: [false, true]) func stepsBeforeAFailureStand(optimize: Bool) throws {
    let program = try program(optimize: optimize)
    for donates in [false, true] {
      var inputs = try inputs([4, 9, 5])
      var part = LoopRun()
      #expect(throws: ExecutionProblem.self) {
        _ = try program.run(&inputs, donating: [false, donates, false], &part)
      }
      #expect(part.finished == 1)
      #expect(program.isCarried == [true, false])
      #expect(part.outputs.first?.floats == [108, 209])
      #expect(inputs[1].floats == (donates && optimize ? [108, 209] : [100, 200]))
    }
  }
}
