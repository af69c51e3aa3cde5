/// The part of each matrix that counts: the elements whose column less their row lies in low ... high. The others are zero,
/// or nobody needs them.
public struct Band: Equatable, Sendable {
  public var low, high: Int

  @inlinable public init(low: Int = -Band.unlimited, high: Int = Band.unlimited) {
    self.low = low
    self.high = high
  }

  /// Beyond every row and column; sums and differences of two do not overflow.
  @inlinable public static var unlimited: Int { 1 << 60 }
  @inlinable public static var full: Band { Band() }

  @inlinable public var isFull: Bool { low <= -Band.unlimited && high >= Band.unlimited }

  public var transposed: Band { Band(low: -high, high: -low) }

  public func intersection(_ other: Band) -> Band { Band(low: max(low, other.low), high: min(high, other.high)) }
  public func union(_ other: Band) -> Band { Band(low: min(low, other.low), high: max(high, other.high)) }

  /// Whether each row and each column of such a matrix has an element that counts.
  public func reachesAll(rows: Int, columns: Int) -> Bool {
    low <= 0 && high >= 0 && (low...high).contains(columns - rows)
  }
}
