import Diagnostics
import TensorRuntime
import TensorTypes

/// A long row of token ids, in memory or in a file.
public enum Tokens: Sendable {
  case tensor(Tensor)
  /// Reads ids of a stretch that exists.
  case file(count: Int, read: @Sendable (Range<Int>, UnsafeMutablePointer<Int>) throws(Diagnostic) -> Void)

  /// Lists of ids, one after the other.
  static func list(_ rows: [[Int]]) throws(Diagnostic) -> Tokens {
    let tensor = try TensorRows.allocate(.i64, [rows.reduce(0) { $0 + $1.count }])
    var target = tensor.address.assumingMemoryBound(to: Int.self)
    for row in rows {
      for id in row {
        target.pointee = id
        target += 1
      }
    }
    return .tensor(tensor)
  }

  public var count: Int {
    switch self {
    case .tensor(let tensor): tensor.shape[0]
    case .file(let count, _): count
    }
  }

  fileprivate func copy(_ range: Range<Int>, to target: UnsafeMutablePointer<Int>) throws(Diagnostic) {
    switch self {
    case .tensor(let tensor):
      target.update(from: tensor.address.assumingMemoryBound(to: Int.self) + range.lowerBound, count: range.count)
    case .file(_, let read): try read(range, target)
    }
  }
}

/// Windows over tokens: x holds `length` ids and y each one's next, both i64 [rows, length].
public struct TokenWindows: RowSource {
  private enum Places {
    /// Window i starts at i * stride.
    case even(stride: Int, windows: [Int]?)
    /// As many windows that start anywhere, others in each pass.
    case random(count: Int)
  }

  private let tokens: Tokens
  private let length: Int
  private let places: Places

  /// A window every `stride` tokens, or `random` windows a pass.
  public init(_ tokens: Tokens, length: Int, stride: Int, random: Int? = nil) throws(Diagnostic) {
    for (name, value) in [("length", length), ("stride", stride), ("random", random ?? 1)] where value < 1 {
      throw .tokenWindowNumber(name, value)
    }
    guard tokens.count > length else { throw .tokensTooFew(tokens.count, length: length) }
    self.init(tokens, length, random.map { .random(count: $0) } ?? .even(stride: stride, windows: nil))
  }

  private init(_ tokens: Tokens, _ length: Int, _ places: Places) {
    self.tokens = tokens
    self.length = length
    self.places = places
  }

  public var rowCount: Int {
    switch places {
    case .even(_, let windows?): windows.count
    case .even(let stride, nil): (tokens.count - length - 1) / stride + 1
    case .random(let count): count
    }
  }

  public var unitCount: Int { rowCount }

  /// The same token may stand in several windows.
  var isOverlapping: Bool {
    switch places {
    case .even(let stride, _): stride < length
    case .random: true
    }
  }

  public func choosing(_ units: [Int]) -> any RowSource {
    switch places {
    case .even(let stride, let windows):
      let chosen = windows.map { all in units.map { all[$0] } } ?? units
      return TokenWindows(tokens, length, .even(stride: stride, windows: chosen))
    case .random: return TokenWindows(tokens, length, .random(count: units.count))
    }
  }

  public static let columnName = "tokens"
  public static let targetName = "next"

  public func head(_ count: Int) throws(Diagnostic) -> Table {
    let rows = 0..<min(max(count, 0), rowCount)
    let (x, y) = try WindowPass(self, nil).pair(rows)
    return Table(
      [Column(Self.columnName, .tensors(try TensorRows(x))), Column(Self.targetName, .tensors(try TensorRows(y)))],
      rowCount: rows.count)
  }

  public func sample() throws(Diagnostic) -> Table { try head(1) }

  public func pass(_ key: RandomKey?, _ preparation: Preparation) -> any ExamplePass { WindowPass(self, key) }

  private final class WindowPass: ExamplePass {
    private let windows: TokenWindows
    private let key: RandomKey?
    private lazy var order = key.map { RandomNumbers($0).permutation(windows.rowCount) }

    init(_ windows: TokenWindows, _ key: RandomKey?) {
      self.windows = windows
      self.key = key
    }

    func examples(_ positions: Range<Int>) throws(Diagnostic) -> (x: Tensor, y: Tensor?) { try pair(positions) }

    func pair(_ positions: Range<Int>) throws(Diagnostic) -> (x: Tensor, y: Tensor) {
      let length = windows.length
      let x = try TensorRows.allocate(.i64, [positions.count, length])
      let y = try TensorRows.allocate(.i64, [positions.count, length])
      let (first, second) = (x.address.assumingMemoryBound(to: Int.self), y.address.assumingMemoryBound(to: Int.self))
      for (row, position) in positions.enumerated() {
        let start = start(position)
        try windows.tokens.copy(start..<start + length, to: first + row * length)
        // y is x one further: only its last id is new.
        (second + row * length).update(from: first + row * length + 1, count: length - 1)
        try windows.tokens.copy(start + length..<start + length + 1, to: second + row * length + length - 1)
      }
      return (x, y)
    }

    private func start(_ position: Int) -> Int {
      switch windows.places {
      case .even(let stride, let chosen):
        let place = order?[position] ?? position
        return (chosen?[place] ?? place) * stride
      case .random:
        var numbers = RandomNumbers((key ?? RandomKey(0)).folded(position))
        return numbers.below(windows.tokens.count - windows.length)
      }
    }
  }
}
