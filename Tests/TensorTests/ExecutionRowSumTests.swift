import Execution
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// Embeddings: sums of listed rows are read where they are summed, with the bits of the kernels that write them out.
@Suite struct ExecutionRowSumTests {
  private final class Source {
    var random = TestRandom(11)
  }
  private let source = Source()

  private func numbers(_ shape: Shape, _ dtype: DType = .f32) throws -> Tensor {
    let elements = (0..<shape.count).map { _ in Double(source.random.below(2001) - 1000) / 300 }
    return dtype == .f32 ? try floats(elements.map { Float($0) }, shape) : try doubles(elements, shape)
  }
  private func ids(_ shape: Shape, below count: Int) throws -> Tensor {
    try integers((0..<shape.count).map { _ in source.random.below(count) }, shape)
  }

  private func steps(_ text: String) throws -> [String] {
    try Program.compile(GraphReader.parse(text)).plan.steps.map(\.text)
  }

  /// A step of an optimizer: the gradient of the table has no memory.
  private func update(_ type: String, rows: Int, inner: Int, count: Int) -> String {
    """
    graph(%0: \(type)[\(rows), \(inner)], %1: \(type)[\(rows), \(inner)], %2: \(type)[\(count), \(inner)], %3: i64[\(count)]) {
      %4: \(type)[\(rows), \(inner)] = scatterAdd %2 %3 axis 0 size \(rows)
      %5: \(type)[\(rows), \(inner)] = multiply %1 %4
      %6: \(type)[\(rows), \(inner)] = add %5 %4
      %7: \(type)[\(rows), \(inner)] = subtract %0 %6
      return %7 %6
    }
    """
  }

  @Test(arguments: [2, 7, 16, 48, 64, 65, 96, 130, 256, 272, 300]) func updates(inner: Int) throws {
    for (type, dtype) in [("f32", DType.f32), ("f64", .f64)] {
      for (rows, count) in [(11, 50), (40, 3), (2, 1), (700, 600)] {
        let text = update(type, rows: rows, inner: inner, count: count)
        _ = try run(
          text,
          [
            numbers([rows, inner], dtype), numbers([rows, inner], dtype), numbers([count, inner], dtype),
            ids([count], below: rows),
          ])
        let texts = try steps(text)
        #expect(texts.count == 2 && texts[0].hasPrefix("list rows") && texts[1].contains("sumRows"), "\(texts)")
      }
    }
  }

  @Test func anyNumberOfThreads() throws {
    let text = update("f32", rows: 3000, inner: 64, count: 4000)
    let inputs = [
      try numbers([3000, 64]), try numbers([3000, 64]), try numbers([4000, 64]), try ids([4000], below: 50),
    ]
    var results: [[UInt8]] = []
    for threads in [1, 2, 5] {
      results.append(try withThreads(threads) { try run(text, inputs)[0].bytes })
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  /// Padding: one id in long runs, through the ends of texts. Rows of no id and of the first and the last place. The sums
  /// begin at 0, so that -0 alone gives 0, and NaN and infinities come through.
  @Test(arguments: [16, 64, 96, 40]) func padding(inner: Int) throws {
    let places = 3 * 4 * 5
    let named = (0..<places).map { $0 % 20 < 12 ? 0 : $0 % 20 == 13 ? 6 : $0 % 7 }
    var elements = (0..<places * inner).map { Float($0 % 23) / 7 - 1 }
    for (place, id) in named.enumerated() where id == 6 {
      let row = place % 5 * 12 + place / 5
      for k in 0..<inner { elements[row * inner + k] = -0.0 }
    }
    (elements[0], elements[inner + 1], elements[2]) = (.nan, .infinity, -.infinity)
    let text = """
      graph(%0: f32[9, \(inner)], %1: f32[5, 3, 4, \(inner)], %2: i64[3, 4, 5]) {
        %3: f32[3, 4, 5, \(inner)] = transpose %1 permutation [1, 2, 0, 3]
        %4: f32[9, \(inner)] = scatterAdd %3 %2 axis 0 size 9
        %5: f32[9, \(inner)] = sqrt %4
        %6: f32[9, \(inner)] = divide %4 %5
        %7: f32[9, \(inner)] = reciprocal %4
        %8: f32[9, \(inner)] = add %0 %7
        return %6 %8
      }
      """
    let inputs = [try numbers([9, inner]), try floats(elements, [5, 3, 4, inner]), try integers(named, [3, 4, 5])]
    var results: [[[UInt8]]] = []
    for level in runnableLevels {
      results.append(try KernelSuite.atLevel(level) { try run(text, inputs).map(\.bytes) })
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// What reads the sums is no simple arithmetic; or it has so many operands that machine code cannot walk the lists, too.
  @Test func readByOthers() throws {
    let gradient = "%0: f32[50, 64], %1: i64[50]"
    let sum = "f32[30, 64] = scatterAdd %0 %1 axis 0 size 30"
    let inputs = [try numbers([50, 64]), try ids([50], below: 30)]
    _ = try run(
      """
      graph(\(gradient)) {
        %2: \(sum)
        %3: f32[30, 64] = sin %2
        %4: f32[30, 64] = add %2 %3
        return %4
      }
      """, inputs)
    let tables = try (0..<5).map { _ in try numbers([30, 64]) }
    _ = try run(
      """
      graph(\(gradient), \((2...6).map { "%\($0): f32[30, 64]" }.joined(separator: ", "))) {
        %7: \(sum)
        \((8...12).map { "%\($0): f32[30, 64] = multiply %\($0 - 6) %\($0 - 1)" }.joined(separator: "\n  "))
        return %8 %9 %10 %11 %12
      }
      """, inputs + tables)
  }

  /// The mean of a text's embeddings and its gradient: what each place gives is the same row, seen many times.
  @Test(arguments: [3, 64, 100]) func meanAndGradient(inner: Int) throws {
    let text = """
      graph(%0: f32[30, \(inner)], %1: i64[6, 9], %2: f32[6, \(inner)]) {
        %3: f32[6, 9, \(inner)] = take %0 %1 axis 0
        %4: f32[6, \(inner)] = reduce %3 sum axes [1]
        %5: f32[6, \(inner)] = multiply %4 %2
        %6: f32[6, 9, \(inner)] = broadcast %5 axes [0, 2]
        %7: f32[30, \(inner)] = scatterAdd %6 %1 axis 0 size 30
        %8: f32[30, \(inner)] = subtract %0 %7
        return %8 %5
      }
      """
    _ = try run(text, [numbers([30, inner]), ids([6, 9], below: 30), numbers([6, inner])])
    let texts = try steps(text)
    #expect(texts.count == 4 && !texts.contains { $0.hasPrefix("take") || $0.hasPrefix("copy") }, "\(texts)")
  }

  /// Results of their own, read by products and returned; with transposed updates.
  @Test func sumsWithMemory() throws {
    _ = try run(
      """
      graph(%0: f32[20, 33], %1: i64[4, 5], %2: f32[33, 20], %3: i64[20]) {
        %4: f32[4, 5, 33] = take %0 %1 axis 0
        %5: f32[4, 33] = reduce %4 sum axes [1]
        %6: f32[4, 20] = matmul %5 %2
        %7: f32[20, 33] = transpose %2 permutation [1, 0]
        %8: f32[7, 33] = scatterAdd %7 %3 axis 0 size 7
        %9: f32[7, 33] = multiply %8 %8
        %10: f32[] = reduce %9 sum axes [0, 1]
        return %6 %8 %10
      }
      """, [numbers([20, 33]), ids([4, 5], below: 20), numbers([33, 20]), ids([20], below: 7)])
  }

  /// In a loop the carry is updated in place from its own rows.
  @Test func tableAsCarry() throws {
    _ = try run(
      """
      graph(%0: f32[12, 8], %1: i64[5, 3, 4]) {
        %2: f32[12, 8] = scan %0 %1 constants 0 carry 1 length 5 body(%0: f32[12, 8], %1: i64[3, 4]) {
          %2: f32[3, 4, 8] = take %0 %1 axis 0
          %3: f32[3, 8] = reduce %2 sum axes [1]
          %4: f32[3, 8] = tanh %3
          %5: f32[3, 4, 8] = broadcast %4 axes [0, 2]
          %6: f32[12, 8] = scatterAdd %5 %1 axis 0 size 12
          %7: f32[12, 8] = subtract %0 %6
          return %7
        }
        return %2
      }
      """, [numbers([12, 8]), ids([5, 3, 4], below: 12)])
  }

  @Test func idsOutOfRange() throws {
    let program = try Program.compile(GraphReader.parse(update("f32", rows: 5, inner: 4, count: 3)))
    for bad in [5, -1] {
      var inputs = [
        try numbers([5, 4]), try numbers([5, 4]), try numbers([3, 4]), try integers([0, bad, bad]),
      ]
      let before = inputs.map(\.bytes)
      do {
        _ = try program.run(&inputs, donating: [true, true, true, false])
        Issue.record("an id out of range was taken")
      } catch {
        guard case .kernel(let status, _) = error else { throw error }
        #expect(status.code == .indexOutOfRange && status.detail == 1)
      }
      #expect(inputs.map(\.bytes) == before)
    }
  }
}
