import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// What holds for every graph, tried on random ones.
@Suite struct ExecutionLawTests {
  @Test(arguments: 0..<40) func passesChangeNoResult(part: Int) throws {
    var successes = 0
    for seed in (part * 50)..<((part + 1) * 50) {
      var made = try RandomGraph(seed: seed, operations: 4 + seed % 40)
      try made.graph.verify()
      let inputs = try made.inputs()
      let plain = outcome(made.graph, inputs, optimize: false)
      let compiled = outcome(made.graph, inputs, optimize: true)
      switch (plain, compiled) {
      case (.success(let a), .success(let b)):
        successes += 1
        for (x, y) in zip(a, b) {
          #expect(x.type == y.type, "seed \(seed)")
          #expect(isEqual(x, y), "seed \(seed): \(made.graph)")
        }
      case (.failure(let a), .failure(let b)): #expect(kind(a) == kind(b), "seed \(seed): \(a) and \(b)")
      case (.failure(.kernel), .success): break  // what fails was not needed
      default: Issue.record("seed \(seed): \(plain) and \(compiled) of \(made.graph)")
      }
      try optimizedIsWellFormed(made.graph, seed)
    }
    #expect(successes > 30, "most random graphs must run to their end")
  }

  private func outcome(_ graph: Graph, _ inputs: [Tensor], optimize: Bool) -> Result<[Tensor], ExecutionProblem> {
    do {
      return .success(try Program.compile(graph, options: CompileOptions(optimize: optimize)).run(inputs))
    } catch {
      return .failure(error)
    }
  }

  private func kind(_ problem: ExecutionProblem) -> Int {
    switch problem {
    case .kernel: 0
    case .check: 1
    case .memory: 2
    case .interrupted: 3
    case .unsupported: 4
    }
  }

  /// The same bits, where every NaN is as good as another.
  private func isEqual(_ a: Tensor, _ b: Tensor) -> Bool {
    switch a.dtype {
    case .f32:
      zip(a.elements(as: Float.self), b.elements(as: Float.self)).allSatisfy {
        $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN)
      }
    case .f64:
      zip(a.elements(as: Double.self), b.elements(as: Double.self)).allSatisfy {
        $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN)
      }
    case .i64, .bool: a.bytes == b.bytes
    }
  }

  private func optimizedIsWellFormed(_ graph: Graph, _ seed: Int) throws {
    let program = try Program.compile(graph)
    do { try program.optimized.verify() } catch { Issue.record("seed \(seed): \(error) in \(program.optimized)") }
  }

  /// Brute force: two values share memory only if one ends before the other begins, or the second takes the place of
  /// the first in the step that reads it last.
  @Test func valuesThatAreAliveDoNotOverlap() throws {
    for seed in 0..<300 {
      let made = try RandomGraph(seed: seed + 10_000, operations: 30)
      let plan = try Program.compile(made.graph).plan
      for (i, a) in plan.placements.enumerated() {
        #expect(a.offset % 64 == 0 && a.offset + a.byteCount <= plan.arenaBytes)
        for (j, b) in plan.placements.enumerated().dropFirst(i + 1) {
          let shareMemory = a.offset < b.offset + b.byteCount && b.offset < a.offset + a.byteCount
          let areAlive = a.firstStep <= b.lastStep && b.firstStep <= a.lastStep
          if !shareMemory || !areAlive { continue }
          #expect(
            b.replaced == i && a.lastStep == b.firstStep && a.offset == b.offset && a.byteCount == b.byteCount,
            "seed \(seed): \(i) and \(j)")
        }
      }
    }
  }
}
