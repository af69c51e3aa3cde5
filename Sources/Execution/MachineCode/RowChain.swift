import KernelTypes

/// Simple f32 arithmetic on the elements of rows, with sums and maxima of rows between: a softmax, a norm. It becomes
/// machine code that does one row after another while that is in the first cache.
struct RowChain: Hashable {
  enum Value: Hashable {
    /// By operand: a row of its own for each row, the same row for all, one number for each row, and one for all.
    case elements(Int)
    case column(Int)
    case row(Int)
    case number(Int)
    /// The bits of a number.
    case constant(UInt32)
    /// Of earlier values.
    case apply(TileOpcode, [Int])
    case sum(Int)
    case largest(Int)
  }
  /// An element of each place of the rows, or a number of each row.
  struct Result: Hashable {
    var value: Int
    var operand: Int
    var isOfRow = false
    /// Written past the caches, to whole lines of memory.
    var isStreamed = false
  }
  var values: [Value] = []
  var results: [Result] = []
  /// A multiple of 16.
  var columns: Int
  /// What is fetched from far away while an operand's row is worked on.
  enum Ahead: Hashable {
    case nothing
    /// Rows that follow, into the first cache.
    case rows
    /// What stands so many bytes further, which another run of the function reads, into the second cache.
    case slice(bytes: Int)
  }
  /// Where the elements of an operand stand: from one of the function's addresses on, which moves from row to row.
  struct Place: Hashable {
    var address: Int
    /// From the address to the elements, in vectors of 16.
    var vectors = 0
    /// From row to row.
    var rowBytes: Int
    var ahead = Ahead.nothing
  }
  /// By operand. Those that share an address have the same step from row to row.
  var places: [Place] = []

  var addressCount: Int { (places.map(\.address).max() ?? -1) + 1 }

  /// To the row that is fetched: as long as memory takes, at least.
  var aheadBytes: Int { max(4 * columns, 4096) }

  var withoutStreams: RowChain {
    var chain = self
    for index in chain.results.indices { chain.results[index].isStreamed = false }
    return chain
  }

  /// Rows whose sums have several leaves are not for this.
  static let columnLimit = 4096

  /// Rough nanoseconds for one row.
  var nanoseconds: Int {
    var per128 = 0
    for value in values {
      switch value {
      case .apply(let opcode, _): per128 += Chain.nanoseconds(of: opcode)
      case .elements, .column, .sum, .largest: per128 += 4
      case .constant, .number, .row: continue
      }
    }
    return 20 + per128 * columns / 128
  }
}
