import Diagnostics
import TensorRuntime

/// Rows that are drawn.
extension Dataset {
  public enum SampleSize {
    case rows(Int)
    /// Of the rows of each part, rounded.
    case fraction(Double)
  }

  /// Rows in the order in which they are drawn, from each part of a split dataset. With `weights` (a column of numbers
  /// from 0 on) a row comes with a chance in proportion to its weight. What steps learned stays.
  public func sampled(
    _ size: SampleSize, replace: Bool = false, weights: String? = nil, key: RandomKey
  ) throws(Diagnostic) -> Dataset {
    try taking { (index, table) throws(Diagnostic) in
      let count: Int
      switch size {
      case .rows(let rows): count = rows
      case .fraction(let fraction):
        guard fraction > 0, fraction <= 1 || replace, fraction <= 1e6 else {
          throw .sampleFraction(String(fraction))
        }
        count = Int((fraction * Double(table.rowCount)).rounded())
      }
      guard count > 0 else { throw .sampleEmpty(rows: table.rowCount) }
      var random = RandomNumbers(key.folded(index))
      let weights = if let weights { try table.column(weights).weights() } else { nil as [Double]? }
      let candidates = weights.map { $0.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } } ?? table.rowCount
      guard candidates > 0, replace || count <= candidates else {
        throw .sampleTooLarge(count, rows: candidates, isWeighted: weights != nil)
      }
      try table.requireMemory(forRows: count)
      return try table.taking(random.drawn(count, of: table.rowCount, weights: weights, replace: replace))
    }
  }

  public enum Balance: String, CaseIterable, Sendable {
    /// Rows of smaller classes are drawn again, until all are as large as the largest.
    case over
    /// Rows of larger classes are left out, until all are as small as the smallest.
    case under
  }

  /// As many training rows of each value of a column. The parts held back stay as they are, and so does what the steps
  /// learned.
  public func balanced(_ how: Balance, by name: String, key: RandomKey) throws(Diagnostic) -> Dataset {
    guard isSplit || role == .train else { throw .balanceWhole(isHeld: role == .held) }
    return try taking { (index, table) throws(Diagnostic) in
      guard !isSplit || parts[index].dataset.role == .train else { return table }
      let column = try table.column(name)
      if let row = (0..<column.count).first(where: column.isMissing) { throw .missingGroup(name, row: row) }
      let groups = try table.groups(by: [name], for: "balance").rows
      let sizes = groups.map(\.count)
      var random = RandomNumbers(key)
      switch how {
      case .over:
        let most = sizes.max() ?? 0
        let again = groups.flatMap { rows in
          random.drawn(most - rows.count, of: rows.count, weights: nil, replace: true).map { rows[$0] }
        }
        return try table.taking(Array(0..<table.rowCount) + again)
      case .under:
        let least = sizes.min() ?? 0
        let kept = groups.flatMap { rows in
          random.drawn(least, of: rows.count, weights: nil, replace: false).map { rows[$0] }
        }
        return try table.taking(kept.sorted())
      }
    }
  }
}

extension Table {
  /// Of drawing with replacement: there may be more rows than the table has, at 8 bytes a cell or more.
  fileprivate func requireMemory(forRows count: Int) throws(Diagnostic) {
    let (bytes, isBeyond) = count.multipliedReportingOverflow(by: 8 * (columns.count + 1))
    do { try MemoryLimit.check(isBeyond ? Int.max : bytes) } catch {
      throw .dataTooLarge("a sample of \(count) rows", bytes: error.requested, available: error.available)
    }
  }
}

extension Column {
  /// Numbers from 0 on in every row.
  fileprivate func weights() throws(Diagnostic) -> [Double] {
    guard isNumeric, case .floats(let values) = widened().cells else {
      throw .stepNeedsNumbers("sample", column: name, kind: kind.words)
    }
    for (row, value) in values.enumerated() where !(value >= 0 && value.isFinite) {
      throw .badWeight(name, row: row, value: cell(row).description)
    }
    return values
  }
}

extension RandomNumbers {
  /// `count` positions below `total`, in the order in which they are drawn. Without `replace` each at most once, and
  /// there are enough with a weight above 0.
  mutating func drawn(_ count: Int, of total: Int, weights: [Double]?, replace: Bool) -> [Int] {
    switch (weights, replace) {
    case (nil, false): return Array(permuted(total).prefix(count))
    case (nil, true): return (0..<count).map { _ in below(total) }
    case (let weights?, false):
      // The largest of u^(1/w), compared by their logarithms (Efraimidis, Spirakis: Weighted random sampling with a
      // reservoir, 2006).
      let keys = weights.map { weight in
        let u = naturalLogarithm(1 - uniform())
        return weight > 0 ? u / weight : -Double.infinity
      }
      return Array(keys.indices.sorted { keys[$0] != keys[$1] ? keys[$0] > keys[$1] : $0 < $1 }.prefix(count))
    case (let weights?, true):
      var sums: [Double] = []
      var sum = 0.0
      for weight in weights {
        sum += weight
        sums.append(sum)
      }
      let last = weights.lastIndex { $0 > 0 } ?? 0
      return (0..<count).map { _ in
        let point = uniform() * sum
        // The first position whose sum is above the point; it has a weight above 0.
        var (low, high) = (0, last)
        while low < high {
          let middle = (low + high) / 2
          if sums[middle] > point { high = middle } else { low = middle + 1 }
        }
        return low
      }
    }
  }
}
