import Datasets
import Diagnostics
import TensorRuntime
import TensorTypes
import Testing

@Suite struct GeneratorTests {
  let key = RandomKey(42)

  @Test func sameKeySameRows() throws {
    for make in [
      { key in try Generators.spirals(50, key: key) }, { key in try Generators.moons(50, key: key) },
      { key in try Generators.blobs(50, key: key) }, { key in try Generators.xor(50, noise: 0.1, key: key) },
      { key in try Generators.line(50, key: key) }, { key in try Generators.digits(20, key: key) },
    ] as [(RandomKey) throws -> Dataset] {
      let a = floats(try make(key).x())
      #expect(a == floats(try make(key).x()))
      #expect(a != floats(try make(RandomKey(43)).x()))
      #expect(!a.contains { !$0.isFinite })
    }
  }

  @Test func shapesAndClasses() throws {
    #expect(try Generators.spirals(90, classes: 3, key: key).x().shape == [90, 2])
    #expect(try Generators.spirals(90, classes: 3, key: key).classes == [.integer(0), .integer(1), .integer(2)])
    let xor = try Generators.xor(key: key)
    #expect(floats(try xor.x()) == [-1, -1, -1, 1, 1, 1, 1, -1])
    #expect(ints(try xor.y()) == [0, 1, 0, 1])
    #expect(try Generators.line(7, key: key).y().shape == [7, 1])
    #expect(try Generators.digits(30, size: 8, key: key).x().shape == [30, 1, 8, 8])
  }

  @Test func theLineIsWhatItSays() throws {
    let data = try Generators.line(4000, slope: 3, offset: -1, noise: 0.1, key: key)
    let x = floats(try data.x()), y = floats(try data.y())
    let n = Float(x.count)
    let meanX = x.reduce(0, +) / n, meanY = y.reduce(0, +) / n
    let slope =
      zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    #expect(abs(slope - 3) < 0.02)
    #expect(abs(meanY - slope * meanX + 1) < 0.02)
  }

  @Test func impossibleRequests() {
    #expect(
      diagnostic { _ = try Generators.moons(0, key: key) }?.message
        == "`moons` was asked for rows 0, expected 1 to 10000000")
    #expect(diagnostic { _ = try Generators.moons(10, noise: -1, key: key) }?.code == .value)
    #expect(diagnostic { _ = try Generators.moons(10, noise: .nan, key: key) }?.code == .value)
    #expect(diagnostic { _ = try Generators.spirals(10, classes: 1, key: key) }?.code == .value)
    #expect(diagnostic { _ = try Generators.digits(10, size: 4, key: key) }?.code == .value)
    #expect(diagnostic { _ = try Generators.digits(.max, key: key) }?.code == .value)
  }

  /// Real enough that there is something to learn: the nearest class mean does well and far from perfectly, the nearest
  /// neighbour among 2,000 drawings finds nearly all.
  @Test func digitsCanBeLearned() throws {
    let train = try Generators.digits(2000, key: key)
    let test = try Generators.digits(300, key: RandomKey(5))
    let x = floats(try train.x()), y = ints(try train.y()), tx = floats(try test.x()), ty = ints(try test.y())
    var means = [Float](repeating: 0, count: 10 * 256)
    for i in 0..<2000 { for j in 0..<256 { means[y[i] * 256 + j] += x[i * 256 + j] / 200 } }
    func nearest(_ points: [Float], _ count: Int, to row: Int) -> Int {
      var best = 0
      var least = Float.infinity
      for i in 0..<count {
        var sum: Float = 0
        for j in 0..<256 {
          let d = points[i * 256 + j] - tx[row * 256 + j]
          sum += d * d
        }
        if sum < least { (best, least) = (i, sum) }
      }
      return best
    }
    let byMean = (0..<300).filter { nearest(means, 10, to: $0) == ty[$0] }.count
    let byNeighbour = (0..<300).filter { y[nearest(x, 2000, to: $0)] == ty[$0] }.count
    #expect((180...285).contains(byMean))
    #expect(byNeighbour >= 288)
  }

  @Test func drawsAreFair() {
    var random = RandomNumbers(key)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.below(7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
    var sum = 0.0, squares = 0.0, tail = 0
    for _ in 0..<100_000 {
      let z = random.normal()
      sum += z
      squares += z * z
      if abs(z) > 1.959964 { tail += 1 }
    }
    #expect(abs(sum / 1e5) < 0.015 && abs(squares / 1e5 - 1) < 0.02 && abs(tail - 5000) < 300)
    #expect(random.permuted(0).isEmpty && random.permuted(1) == [0])
  }
}
