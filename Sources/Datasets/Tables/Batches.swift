import Diagnostics
import TensorRuntime
import TensorTypes

/// The examples of a dataset in groups of `size`, the last one perhaps smaller. One pass; make another for the next
/// epoch.
public final class Batches {
  /// What holds all rows; nil when they are made batch by batch.
  public let tensors: (x: Tensor, y: Tensor?)?
  public let rowCount: Int
  public let size: Int
  /// The rows in the order in which they come; nil: as they are.
  public private(set) lazy var order: [Int]? = shuffle.map { RandomNumbers($0).permutation(rowCount) }
  private let shuffle: RandomKey?
  private let source: (any ExamplePass)?
  /// The first row of the next batch, in that order.
  public private(set) var position: Int
  private var lastX: Storage?
  private var lastY: Storage?

  /// `shuffle`: an order for this key; nil keeps the rows in order. `from` leaves out the first batches. The first
  /// dimension of `x` and `y` counts the rows.
  public init(x: Tensor, y: Tensor?, size: Int, shuffle: RandomKey?, from: Int = 0) throws(Diagnostic) {
    guard size > 0 else { throw .batchSize(size) }
    guard x.shape.rank > 0 else { throw .datasetScalar("x") }
    if let y {
      guard y.shape.rank > 0 else { throw .datasetScalar("y") }
      guard y.shape[0] == x.shape[0] else { throw .datasetRows(x: x.shape[0], y: y.shape[0]) }
    }
    tensors = (x, y)
    rowCount = x.shape[0]
    self.size = size
    self.shuffle = shuffle
    source = nil
    position = Self.start(from, size, rowCount)
  }

  /// Rows that are made when their batch comes.
  init(_ source: any RowSource, _ preparation: Preparation, size: Int, shuffle: RandomKey?, from: Int = 0)
    throws(Diagnostic)
  {
    guard size > 0 else { throw .batchSize(size) }
    tensors = nil
    rowCount = source.rowCount
    self.size = size
    self.shuffle = shuffle
    self.source = source.pass(shuffle, preparation)
    position = Self.start(from, size, rowCount)
  }

  private static func start(_ from: Int, _ size: Int, _ rowCount: Int) -> Int {
    let (start, overflow) = max(from, 0).multipliedReportingOverflow(by: size)
    return overflow ? rowCount : min(start, rowCount)
  }

  /// How many batches are left.
  public var count: Int { (rowCount - position) / size + ((rowCount - position) % size > 0 ? 1 : 0) }

  /// Leaves out the batches before number `index`.
  public func skip(to index: Int) { position = min(index * size, rowCount) }

  /// Nil at the end. Memory of the batch before is used again when nobody holds that batch any more.
  public func next() throws(Diagnostic) -> (x: Tensor, y: Tensor?)? {
    guard position < rowCount else { return nil }
    let rows = position..<min(position + min(size, rowCount), rowCount)
    position = rows.upperBound
    guard let (x, y) = tensors else { return try source?.examples(rows) }
    do {
      let batchX = try gather(x, rows, &lastX)
      var batchY: Tensor?
      if let y { batchY = try gather(y, rows, &lastY) }
      return (batchX, batchY)
    } catch {
      throw .dataTooLarge("a batch of \(size) rows", bytes: error.requested, available: error.available)
    }
  }

  private func gather(_ source: Tensor, _ rows: Range<Int>, _ last: inout Storage?) throws(MemoryProblem) -> Tensor {
    let type = TensorType(source.dtype, Shape([rows.count] + source.shape.sizes.dropFirst()))
    let result: Tensor
    if isKnownUniquelyReferenced(&last), let storage = last, storage.byteCount >= type.byteCount {
      result = Tensor(storage: storage, type: type)
    } else {
      result = try Tensor.allocate(type)
      last = result.storage
    }
    let rowBytes = type.byteCount / max(rows.count, 1)
    if let order {
      for (index, row) in order[rows].enumerated() {
        result.address.advanced(by: index * rowBytes)
          .copyMemory(from: source.address.advanced(by: row * rowBytes), byteCount: rowBytes)
      }
    } else {
      result.address.copyMemory(
        from: source.address.advanced(by: rows.lowerBound * rowBytes), byteCount: rows.count * rowBytes)
    }
    return result
  }
}

extension Dataset {
  /// Prepared batches; without a target `y` is nil.
  public func batches(size: Int, shuffle: RandomKey?, from: Int = 0) throws(Diagnostic) -> Batches {
    try requireWhole("batches")
    if let source { return try Batches(source, try preparation(), size: size, shuffle: shuffle, from: from) }
    return try Batches(x: try x(), y: target == nil ? nil : try y(), size: size, shuffle: shuffle, from: from)
  }
}
