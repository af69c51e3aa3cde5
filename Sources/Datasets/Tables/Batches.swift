import Diagnostics
import TensorRuntime
import TensorTypes

/// The examples of a dataset in groups of `size`, the last one perhaps smaller. One pass; make another for the next
/// epoch.
public final class Batches {
  public let x: Tensor
  public let y: Tensor?
  public let size: Int
  /// The rows in the order in which they come; nil: as they are.
  public private(set) lazy var order: [Int]? = shuffle.map { RandomNumbers($0).permutation(x.shape[0]) }
  private let shuffle: RandomKey?
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
    self.x = x
    self.y = y
    self.size = size
    self.shuffle = shuffle
    let (start, overflow) = max(from, 0).multipliedReportingOverflow(by: size)
    position = overflow ? x.shape[0] : min(start, x.shape[0])
  }

  /// How many batches are left.
  public var count: Int { (x.shape[0] - position) / size + ((x.shape[0] - position) % size > 0 ? 1 : 0) }

  /// Leaves out the batches before number `index`.
  public func skip(to index: Int) { position = min(index * size, x.shape[0]) }

  /// Nil at the end. Memory of the batch before is used again when nobody holds that batch any more.
  public func next() throws(Diagnostic) -> (x: Tensor, y: Tensor?)? {
    let total = x.shape[0]
    guard position < total else { return nil }
    let rows = position..<min(position + min(size, total), total)
    position = rows.upperBound
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
    return try Batches(x: try x(), y: target == nil ? nil : try y(), size: size, shuffle: shuffle, from: from)
  }
}
