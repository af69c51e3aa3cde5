import Execution
import KernelTypes
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// A large batch goes through small layers and back a part at a time; what comes out is that of the whole batch.
@Suite struct ExecutionBatchPartTests {
  /// Two layers and the loss of ids, with the gradients, and on demand rows and what is computed of them afterwards.
  private func training(_ rows: Int, width: Int = 96, givesRows: Bool = true) -> String {
    let (hidden, output) = ("f32[\(rows), \(width)]", "f32[\(rows), 7]")
    return """
      graph(%0: f32[\(rows), 100], %1: i64[\(rows)], %2: f32[100, \(width)], %3: f32[\(width)], %4: f32[\(width), 7]) {
        %5: \(hidden) = matmul %0 %2
        %6: \(hidden) = broadcast %3 axes [1]
        %7: \(hidden) = add %5 %6
        %8: f32[] = constant 0
        %9: \(hidden) = broadcast %8 axes []
        %10: bool[\(rows), \(width)] = greater %7 %9
        %11: \(hidden) = select %10 %7 %9
        %12: \(output) = matmul %11 %4
        %13: f32[\(rows)] = reduce %12 maximum axes [1]
        %14: \(output) = broadcast %13 axes [0]
        %15: \(output) = subtract %12 %14
        %16: \(output) = exp %15
        %17: f32[\(rows)] = reduce %16 sum axes [1]
        %18: f32[\(rows)] = log %17
        %19: i64[\(rows), 1] = reshape %1
        %20: f32[\(rows), 1] = takeAlong %15 %19 axis 1
        %21: f32[\(rows)] = reshape %20
        %22: f32[\(rows)] = subtract %18 %21
        %23: f32[] = reduce %22 sum axes [0]
        %24: \(output) = broadcast %17 axes [0]
        %25: \(output) = divide %16 %24
        %26: f32[] = constant -1
        %27: f32[\(rows), 1] = broadcast %26 axes []
        %28: \(output) = scatterAddAlong %27 %19 axis 1 size 7
        %29: \(output) = add %25 %28
        %30: f32[\(width), 7] = matmul %11 %29 transposeA
        %31: f32[7] = reduce %29 sum axes [0]
        %32: \(hidden) = matmul %29 %4 transposeB
        %33: \(hidden) = select %10 %32 %9
        %34: f32[100, \(width)] = matmul %0 %33 transposeA
        %35: f32[\(width)] = reduce %33 sum axes [0]
        %36: f32[] = reduce %7 maximum axes [0, 1]
        %37: bool[\(width)] = reduce %10 all axes [0]
        %38: i64[\(rows)] = argReduce %12 maximum axis 1
        %39: f32[\(rows)] = multiply %22 %13
        %40: f32[100, \(width)] = broadcast %23 axes []
        %41: f32[100, \(width)] = divide %34 %40
        %42: f32[7, \(rows)] = transpose %25 permutation [1, 0]
        %43: f32[\(rows), 3] = slice %29 starts [0, 2] limits [\(rows), 5] strides [1, 1]
        %44: f32[100, 3] = matmul %0 %43 transposeA
        %45: \(hidden) = reverse %33 axes [1]
        %46: f32[100, \(width)] = matmul %0 %45 transposeA
        %47: \(hidden) = cumulate %45 sum axis 0
        return %23 %30 %31 %35 %36 %37 %41 %44 %46\(givesRows ? " %12 %38 %39 %14 %19 %43 %42 %45 %47" : "")
      }
      """
  }

  private func inputs(_ graph: Graph, badID: (row: Int, id: Int)? = nil) throws -> [Tensor] {
    var dice = Dice(7)
    return try graph.inputTypes.map { type in
      if type.dtype == .i64 {
        var ids = (0..<type.shape.count).map { _ in dice.below(7) }
        if let badID { ids[badID.row] = badID.id }
        return try integers(ids, type.shape)
      }
      return try floats((0..<type.shape.count).map { _ in Float(dice.between(-0.2, 0.25)) }, type.shape)
    }
  }

  private func batches(_ program: Program) -> [String] {
    program.plan.steps.map(\.text).filter { $0.hasPrefix("the batch") }
  }

  /// As many rows as go up in parts, and some that do not.
  @Test(arguments: [4096, 4099, 5000]) func training(rows: Int) throws {
    let graph = try GraphReader.parse(training(rows))
    let inputs = try inputs(graph)
    let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
    var first: [Tensor]?
    for level in runnableLevels where level.rawValue != 2 {
      for threads in [1, 2, 3, 40] {
        try KernelSuite.atLevel(level, threads: threads) {
          let program = try Program.compile(graph)
          #expect(batches(program).count == (threads == 40 ? 0 : 1))
          let results = try program.run(inputs)
          for (a, b) in zip(plain, results) {
            #expect(a.type == b.type)
            if a.type.dtype != .f32 {
              #expect(a.bytes == b.bytes, "\(a.type)")
              continue
            }
            let largest = a.floats.reduce(0) { max($0, abs($1)) }
            let error = zip(a.floats, b.floats).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(largest > 0 && error <= 1e-5 * largest, "\(a.type) \(error) of \(largest)")
          }
          if let first {
            for (a, b) in zip(first, results) { #expect(a.bytes == b.bytes, "\(a.type) \(level) \(threads)") }
          }
          first = results
        }
      }
    }
  }

  /// What the parts compute never stands in memory as a whole.
  @Test func memory() throws {
    let graph = try GraphReader.parse(training(1 << 15, givesRows: false))
    let program = try KernelSuite.atLevel(KernelLevel.best, threads: 2) { try Program.compile(graph) }
    #expect(program.plan.arenaBytes < 8 << 20)
  }

  /// Small batches are in the caches anyway; sums of large weights would be written for each part.
  @Test(arguments: [(512, 96), (4096, 640)]) func leftWhole(rows: Int, width: Int) throws {
    let program = try withThreads(2) { try Program.compile(try GraphReader.parse(training(rows, width: width))) }
    #expect(batches(program).isEmpty)
  }

  /// The same problem, at the same place, as without passes.
  @Test(arguments: [(0, -1), (4097, 7), (2500, Int.max)]) func idsOutOfRange(row: Int, id: Int) throws {
    let graph = try GraphReader.parse(training(4099))
    let inputs = try inputs(graph, badID: (row, id))
    for optimize in [false, true] {
      do {
        _ = try Program.compile(graph, options: CompileOptions(optimize: optimize)).run(inputs)
        Issue.record("ran with the id \(id)")
      } catch ExecutionProblem.kernel(let status, _) {
        #expect(status == KernelStatus(.indexOutOfRange, detail: row, found: id, limit: 7), "\(optimize)")
      }
    }
  }

  /// Rows that look at one another stay outside: a running sum, and ids that are computed from them.
  @Test func rowsThatMix() throws {
    let rows = 8192
    let graph = try GraphReader.parse(
      """
      graph(%0: f32[\(rows), 64], %1: f32[64, 64]) {
        %2: f32[\(rows), 64] = matmul %0 %1
        %3: f32[\(rows), 64] = tanh %2
        %4: f32[\(rows), 64] = cumulate %3 sum axis 0
        %5: f32[\(rows), 64] = matmul %4 %1
        %6: f32[64, 64] = matmul %3 %3 transposeA
        %7: f32[64, 64] = matmul %5 %3 transposeA
        %8: i64[\(rows)] = argReduce %3 maximum axis 1
        %9: i64[\(rows), 1] = reshape %8
        %10: f32[\(rows), 1] = takeAlong %3 %9 axis 1
        %11: f32[1] = reduce %10 sum axes [0]
        return %4 %6 %7 %11
      }
      """)
    let inputs = try inputs(graph)
    let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
    // More threads than parts would take them one after another.
    let program = try withThreads(2) { try Program.compile(graph) }
    #expect(!batches(program).isEmpty)
    for (a, b) in zip(plain, try program.run(inputs)) {
      let largest = a.floats.reduce(0) { max($0, abs($1)) }
      let error = zip(a.floats, b.floats).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(error <= 1e-5 * largest, "\(a.type) \(error) of \(largest)")
    }
  }
}
