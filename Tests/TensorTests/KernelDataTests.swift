import KernelTypes
import TensorRuntime
import TensorTypes
import Testing

extension KernelSuite {
  @Test func stridedCopiesMatchTheirDefinition() {
    var dice = Dice(31)
    for round in 0..<120 {
      let rank = 1 + dice.below(4)
      var sizes = (0..<rank).map { _ in [0, 1, 2, 3, 16, 17, 33, 40][1 + dice.below(7)] }
      if round % 20 == 0 { sizes[dice.below(rank)] = 0 }
      // A permutation of a dense layout, some axes repeated or run backwards.
      var order = Array(0..<rank)
      for i in order.indices.reversed() { order.swapAt(i, dice.below(i + 1)) }
      var strides = [Int](repeating: 0, count: rank)
      var step = 1 + dice.below(2)
      for axis in order {
        strides[axis] = step
        step *= max(sizes[axis], 1)
      }
      let span = step
      let repeats = dice.below(4) == 0
      if repeats { strides[dice.below(rank)] = 0 }
      var offset = 0
      if dice.below(3) == 0, let axis = strides.indices.first(where: { strides[$0] > 0 && sizes[$0] > 0 }) {
        offset = strides[axis] * (sizes[axis] - 1)
        strides[axis] = -strides[axis]
      }
      let count = sizes.reduce(1, *)
      var places: [Int] = []
      for position in 0..<count {
        var rest = position, place = offset
        for axis in sizes.indices.reversed() {
          place += rest % sizes[axis] * strides[axis]
          rest /= sizes[axis]
        }
        places.append(place)
      }
      func check<T: Equatable>(_ zero: T, _ value: (Int) -> T) {
        let input = Block((0..<max(span, 1)).map(value), misalignment: 1, fill: zero)
        for (level, threads) in [(KernelLevel.best, 1), (.best, 2)] + runnableLevels.map({ ($0, 1) }) {
          Self.atLevel(level, threads: threads) {
            let output = Block<T>(count: count, misalignment: 1, fill: zero)
            _ = sizes.withUnsafeBufferPointer { sizes in
              strides.withUnsafeBufferPointer { strides in
                Kernels.copyStrided(
                  elementSize: MemoryLayout<T>.size, input: input.pointer + offset, output: output.pointer,
                  sizes: sizes,
                  strides: strides)
              }
            }
            #expect(output.elements == places.map { input.pointer[$0] }, "\(sizes) \(strides)")
            #expect(output.isIntactBehind)
            if repeats { return }
            let back = Block<T>(count: max(span, 1), fill: zero)
            _ = sizes.withUnsafeBufferPointer { sizes in
              strides.withUnsafeBufferPointer { strides in
                Kernels.copyIntoStrided(
                  elementSize: MemoryLayout<T>.size, input: output.pointer, output: back.pointer + offset, sizes: sizes,
                  strides: strides)
              }
            }
            #expect(places.allSatisfy { back.pointer[$0] == input.pointer[$0] }, "into \(sizes) \(strides)")
          }
        }
      }
      check(Float(0)) { Float($0) }
      check(0) { $0 }
      check(UInt8(0)) { UInt8(truncatingIfNeeded: $0) }
    }
  }

  @Test func rowsAreTakenAndAddedBackInOrder() {
    var dice = Dice(32)
    for (outer, rows, inner, count) in [(1, 10, 1, 25), (2, 7, 3, 20), (1, 100, 64, 300), (3, 4, 2, 0), (1, 5, 0, 3)] {
      let ids = Block((0..<count).map { _ in dice.below(rows) }, fill: 0)
      let table = Block((0..<(outer * rows * inner)).map { _ in Float(dice.below(100)) }, fill: 0)
      let output = Block<Float>(count: outer * count * inner, fill: -1)
      #expect(
        Kernels.take(
          elementSize: 4, table: table.pointer, ids: ids.pointer, output: output.pointer, outer: outer, rows: rows,
          inner: inner, count: count) == .ok)
      var expected = [Float](repeating: 0, count: outer * rows * inner)
      for o in 0..<outer {
        for i in 0..<count {
          for j in 0..<inner {
            let value = table.pointer[(o * rows + ids.pointer[i]) * inner + j]
            #expect(output.pointer[(o * count + i) * inner + j] == value)
            expected[(o * rows + ids.pointer[i]) * inner + j] += value
          }
        }
      }
      let sums = Block<Float>(count: outer * rows * inner, fill: .nan)
      #expect(
        Kernels.scatterAdd(
          .f32, updates: output.pointer, ids: ids.pointer, output: sums.pointer, outer: outer, rows: rows, inner: inner,
          count: count) == .ok)
      #expect(sums.elements == expected)
      guard count > 3 else { continue }
      ids.pointer[2] = rows
      ids.pointer[3] = -1
      let status = Kernels.take(
        elementSize: 4, table: table.pointer, ids: ids.pointer, output: output.pointer, outer: outer, rows: rows,
        inner: inner, count: count)
      #expect(status == KernelStatus(.indexOutOfRange, detail: 2, found: rows, limit: rows))
    }
  }

  @Test func elementsAreTakenAlongAnAxisAndAddedBack() {
    var dice = Dice(33)
    let (outer, rows, inner, count) = (2, 5, 3, 4)
    let ids = Block((0..<(outer * count * inner)).map { _ in dice.below(rows) }, fill: 0)
    let input = Block((0..<(outer * rows * inner)).map { _ in dice.unit() }, fill: 0)
    let output = Block<Double>(count: outer * count * inner, fill: -1)
    let sums = Block<Double>(count: outer * rows * inner, fill: .nan)
    #expect(
      Kernels.takeAlong(
        elementSize: 8, input: input.pointer, ids: ids.pointer, output: output.pointer, outer: outer, rows: rows,
        inner: inner, count: count) == .ok)
    #expect(
      Kernels.scatterAddAlong(
        .f64, updates: output.pointer, ids: ids.pointer, output: sums.pointer, outer: outer, rows: rows, inner: inner,
        count: count) == .ok)
    var expected = [Double](repeating: 0, count: outer * rows * inner)
    for o in 0..<outer {
      for i in 0..<count {
        for j in 0..<inner {
          let position = (o * count + i) * inner + j
          let place = (o * rows + ids.pointer[position]) * inner + j
          #expect(output.pointer[position] == input.pointer[place])
          expected[place] += input.pointer[place]
        }
      }
    }
    #expect(sums.elements == expected)
    ids.pointer[7] = 99
    #expect(
      Kernels.takeAlong(
        elementSize: 8, input: input.pointer, ids: ids.pointer, output: output.pointer, outer: outer, rows: rows,
        inner: inner, count: count) == KernelStatus(.indexOutOfRange, detail: 7, found: 99, limit: rows))
  }

  @Test func sortingIsStableWithNaNLast() {
    let x = Block<Float>([3, .nan, 1, 3, -.infinity, 1, .nan, 2], fill: 0)
    let values = Block<Float>(count: 8, fill: 0), indices = Block<Int>(count: 8, fill: 0)
    _ = Kernels.sort(
      .f32, input: x.pointer, values: values.pointer, indices: indices.pointer, outer: 1, length: 8, inner: 1,
      descending: false)
    #expect(indices.elements == [4, 2, 5, 7, 0, 3, 1, 6])
    #expect(values.elements[..<6] == [-.infinity, 1, 1, 2, 3, 3] && values.elements[6].isNaN)
    _ = Kernels.sort(
      .f32, input: x.pointer, values: values.pointer, indices: indices.pointer, outer: 1, length: 8, inner: 1,
      descending: true)
    #expect(indices.elements == [0, 3, 7, 2, 5, 4, 1, 6])
    _ = Kernels.sort(
      .f32, input: x.pointer, values: values.pointer, indices: indices.pointer, outer: 1, length: 4, inner: 2,
      descending: false)
    // Columns 3, 1, -inf, nan and nan, 3, 1, 2.
    #expect(indices.elements == [2, 2, 1, 3, 0, 1, 3, 0])
    #expect(values.elements[0] == -.infinity && values.elements[2] == 1 && values.elements[4] == 3)
  }

  @Test func orthogonalFactorsMultiplyBack() {
    var dice = Dice(34)
    for (m, n) in [(1, 1), (4, 4), (7, 3), (20, 12), (3, 0)] {
      let a = Block((0..<(2 * m * n)).map { _ in dice.between(-1, 1) }, fill: 0)
      if m == 7 { for i in 0..<m { a.pointer[i * n + 1] = 2 * a.pointer[i * n] } }
      let q = Block<Double>(count: 2 * m * n, fill: .nan), r = Block<Double>(count: 2 * n * n, fill: .nan)
      _ = Kernels.qr(.f64, a: a.pointer, q: q.pointer, r: r.pointer, batch: 2, m: m, n: n)
      for entry in 0..<2 {
        for j in 0..<n {
          #expect(r.pointer[entry * n * n + j * n + j] >= 0)
          for i in 0..<m {
            var sum = 0.0
            for l in 0..<n { sum += q.pointer[entry * m * n + i * n + l] * r.pointer[entry * n * n + l * n + j] }
            #expect(abs(sum - a.pointer[entry * m * n + i * n + j]) < 1e-14)
          }
          for l in 0..<n {
            var dot = 0.0
            for i in 0..<m { dot += q.pointer[entry * m * n + i * n + j] * q.pointer[entry * m * n + i * n + l] }
            #expect(abs(dot - (j == l ? 1 : 0)) < 1e-14)
            if l < j { #expect(r.pointer[entry * n * n + j * n + l] == 0) }
          }
        }
      }
    }
  }

  @Test func triangularSystemsAreSolved() {
    var dice = Dice(35)
    let (n, k) = (9, 4)
    let a = Block((0..<(n * n)).map { _ in Float(dice.between(0.5, 1.5)) }, fill: 0)
    let b = Block((0..<(n * k)).map { _ in Float(dice.between(-1, 1)) }, fill: 0)
    for (lower, transpose) in [(false, false), (false, true), (true, false), (true, true)] {
      let x = Block<Float>(count: n * k, fill: .nan)
      #expect(
        Kernels.triangularSolve(
          .f32, a: a.pointer, b: b.pointer, x: x.pointer, batch: 1, n: n, k: k, lower: lower, transpose: transpose)
          == .ok)
      for i in 0..<n {
        for c in 0..<k {
          var sum = 0.0, size = 1.0
          for j in 0..<n {
            let (row, column) = transpose ? (j, i) : (i, j)
            guard lower ? column <= row : column >= row else { continue }
            let term = Double(a.pointer[row * n + column]) * Double(x.pointer[j * k + c])
            sum += term
            size += abs(term)
          }
          #expect(abs(sum - Double(b.pointer[i * k + c])) < 1e-6 * size)
        }
      }
    }
    a.pointer[3 * n + 3] = 0
    let x = Block<Float>(count: n * k, fill: 0)
    #expect(
      Kernels.triangularSolve(
        .f32, a: a.pointer, b: b.pointer, x: x.pointer, batch: 1, n: n, k: k, lower: true, transpose: false)
        == KernelStatus(.singular, detail: 3))
  }

  @Test func randomNumbersHaveTheirDistributionAndAddress() {
    let count = 100_000
    let x = Block<Float>(count: count, fill: -9), wide = Block<Double>(count: count, fill: -9)
    let whole = Block<Int>(count: count, fill: -9)
    func moments(_ values: [Double]) -> (mean: Double, variance: Double, fourth: Double) {
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.map { ($0 - mean) * ($0 - mean) }
      let variance = squares.reduce(0, +) / Double(values.count)
      return (mean, variance, squares.reduce(0) { $0 + $1 * $1 } / Double(values.count) / (variance * variance))
    }
    var bits32: Set<[UInt32]> = [], bits64: Set<[UInt64]> = []
    for level in runnableLevels {
      for threads in [1, 2] {
        Self.atLevel(level, threads: threads) {
          _ = Kernels.random(.uniform, .f32, key0: 5, key1: 6, output: x.pointer, count: count)
          _ = Kernels.random(.uniform, .f64, key0: 5, key1: 6, output: wide.pointer, count: count)
          for values in [x.elements.map(Double.init), wide.elements] {
            let (mean, variance, _) = moments(values)
            #expect(
              values.allSatisfy { $0 >= 0 && $0 < 1 } && abs(mean - 0.5) < 0.005 && abs(variance - 1.0 / 12) < 0.002)
          }
          _ = Kernels.random(.normal, .f32, key0: 5, key1: 7, output: x.pointer, count: count)
          _ = Kernels.random(.normal, .f64, key0: 5, key1: 7, output: wide.pointer, count: count)
          for values in [x.elements.map(Double.init), wide.elements] {
            let (mean, variance, fourth) = moments(values)
            #expect(abs(mean) < 0.015 && abs(variance - 1) < 0.02 && abs(fourth - 3) < 0.1)
            #expect((values.max() ?? 0) > 3.5 && values.allSatisfy { abs($0) < 8 })
          }
          if level.rawValue != 2 {
            bits32.insert(bitPatterns(x.elements))
            bits64.insert(bitPatterns(wide.elements))
          }
          // The element depends on its position only, not on how many are drawn.
          let short = Block<Float>(count: 77, misalignment: 1, fill: 0)
          _ = Kernels.random(.normal, .f32, key0: 5, key1: 7, output: short.pointer, count: 77)
          #expect(short.elements == Array(x.elements[..<77]) && short.isIntactBehind)
          _ = Kernels.random(.integers(bound: 10), .i64, key0: 1, key1: 1, output: whole.pointer, count: count)
          for digit in 0..<10 { #expect(abs(whole.elements.count { $0 == digit } - count / 10) < 400) }
        }
      }
    }
    #expect(bits32.count <= 1 && bits64.count <= 1)
    _ = Kernels.random(.uniform, .f32, key0: 5, key1: 8, output: x.pointer, count: count)
    #expect(x.elements[0] != Float(wide.elements[0]))
  }

  @Test func philoxMatchesItsPublishedVectors() {
    let output = Block<Float>(count: 64, fill: 0)
    _ = Kernels.random(.uniform, .f32, key0: 0, key1: 0, output: output.pointer, count: 64)
    // Random123's kat_vectors for counter 0 and key 0.
    let words: [UInt32] = [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
    for (index, word) in words.enumerated() { #expect(output.pointer[16 * index] == Float(word >> 8) * 0x1p-24) }
    let (first, second) = Kernels.foldKey(1, 2, number: 3), other = Kernels.foldKey(1, 2, number: 4)
    #expect((first, second) != other && (first, second) == Kernels.foldKey(1, 2, number: 3))
  }
}
