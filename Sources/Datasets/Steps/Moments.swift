import TensorTypes

/// Count, mean, deviation and range of the values that are present, in f64.
struct Moments {
  private(set) var count = 0
  private(set) var mean = 0.0
  private var squares = 0.0
  private(set) var least = Double.infinity
  private(set) var greatest = -Double.infinity

  /// Population deviation: the root of the mean squared distance from the mean.
  var deviation: Double { count > 0 ? (squares / Double(count)).squareRoot() : 0 }

  /// Welford's update (Technometrics 4, 1962): no cancellation when the mean is large.
  mutating func add(_ value: Double) {
    count += 1
    let distance = value - mean
    mean += distance / Double(count)
    squares += distance * (value - mean)
    least = min(least, value)
    greatest = max(greatest, value)
  }

  /// One entry for a column of numbers, one for each group of a tensor column (see `TensorGroups`). Without any value:
  /// mean 0, range 0.
  static func of(_ column: Column) -> [Moments] {
    var result = [Moments](repeating: Moments(), count: groupCount(column))
    switch column.cells {
    case .floats(let values): for value in values where !value.isNaN { result[0].add(value) }
    case .integers(let values):
      for row in values.indices where !column.isMissing(row) { result[0].add(Double(values[row])) }
    case .tensors(let rows):
      let groups = TensorGroups(rows.rowShape)
      switch rows.elements {
      case .bytes(let bytes): return ofBytes(bytes, groups)
      case .tensor(let tensor) where tensor.dtype == .f32:
        let values = tensor.address.assumingMemoryBound(to: Float.self)
        result = ofElements(tensor.count, groups) { Double(values[$0]) }
      case .tensor(let tensor): result = ofElements(tensor.count, groups, rows.value)
      }
    case .truths, .texts, .tokens, .ids: break
    }
    for index in result.indices where result[index].count == 0 {
      result[index].least = 0
      result[index].greatest = 0
    }
    return result
  }

  static func groupCount(_ column: Column) -> Int {
    if case .tensors(let rows) = column.cells { TensorGroups(rows.rowShape).count } else { 1 }
  }

  /// Two passes, first the mean and then the distances from it: as exact as `add` and without its divisions.
  @inline(__always)
  private static func ofElements(_ total: Int, _ groups: TensorGroups, _ value: (Int) -> Double) -> [Moments] {
    var result = [Moments](repeating: Moments(), count: groups.count)
    groups.forEachRun(total) { run, group in
      var (count, sum) = (0, 0.0)
      var (least, greatest) = (Double.infinity, -Double.infinity)
      for index in run {
        let value = value(index)
        if value.isNaN { continue }
        count += 1
        sum += value
        least = min(least, value)
        greatest = max(greatest, value)
      }
      result[group].count += count
      result[group].mean += sum
      result[group].least = min(result[group].least, least)
      result[group].greatest = max(result[group].greatest, greatest)
    }
    for group in result.indices { result[group].mean /= Double(max(result[group].count, 1)) }
    groups.forEachRun(total) { run, group in
      let mean = result[group].mean
      var squares = 0.0
      for index in run {
        let distance = value(index) - mean
        if !distance.isNaN { squares += distance * distance }
      }
      result[group].squares += squares
    }
    return result
  }

  /// Pictures: counts of the 256 values, then exact sums of whole numbers.
  private static func ofBytes(_ values: [UInt8], _ groups: TensorGroups) -> [Moments] {
    var histograms = [[Int]](repeating: [Int](repeating: 0, count: 256), count: groups.count)
    groups.forEachRun(values.count) { run, group in
      histograms[group].withUnsafeMutableBufferPointer { counts in
        for index in run { counts[Int(values[index])] += 1 }
      }
    }
    return histograms.map { histogram in
      var moments = Moments()
      moments.count = histogram.reduce(0, +)
      let present = histogram.indices.filter { histogram[$0] > 0 }
      let count = Double(max(moments.count, 1))
      moments.mean = Double(present.reduce(0) { $0 + $1 * histogram[$1] }) / count
      moments.squares = present.reduce(0) { sum, value in
        let distance = Double(value) - moments.mean
        return sum + Double(histogram[value]) * distance * distance
      }
      moments.least = Double(present.first ?? 0)
      moments.greatest = Double(present.last ?? 0)
      return moments
    }
  }
}

/// Quantiles of a numeric column by linear interpolation between neighbours (NumPy's default).
struct Quantiles {
  private let sorted: [Double]

  init(_ column: Column) {
    guard case .floats(let values) = column.widened().cells else {
      sorted = []
      return
    }
    sorted = values.filter { !$0.isNaN }.sorted()
  }

  /// `fraction` in 0...1; NaN without values.
  func value(_ fraction: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let position = fraction * Double(sorted.count - 1)
    let lower = Int(position)
    guard lower + 1 < sorted.count else { return last }
    let part = position - Double(lower)
    return part == 0 ? sorted[lower] : sorted[lower] + part * (sorted[lower + 1] - sorted[lower])
  }
}
