import Diagnostics
import TensorRuntime
import TensorTypes

/// A column whose rows are tensors of one shape: pictures, vectors, sequences of ids.
public struct TensorRows: Sendable {
  enum Elements: Sendable {
    /// Pictures as they are in files: four times smaller than f32, made f32 when `x` is asked for.
    case bytes([UInt8])
    /// [count] + rowShape; f32, f64 or i64.
    case tensor(Tensor)
  }

  public let count: Int
  public let rowShape: Shape
  let elements: Elements

  /// Pictures, row by row.
  init(count: Int, rowShape: Shape, bytes: [UInt8]) {
    self.count = count
    self.rowShape = rowShape
    elements = .bytes(bytes)
  }

  /// The first dimension of `tensor` counts the rows. Truth values become f32.
  init(_ tensor: Tensor) throws(Diagnostic) {
    count = tensor.shape.sizes.first ?? 0
    rowShape = Shape(Array(tensor.shape.sizes.dropFirst()))
    if tensor.dtype == .bool {
      let result = try Self.allocate(.f32, tensor.shape)
      let source = tensor.address.assumingMemoryBound(to: Bool.self)
      let target = result.address.assumingMemoryBound(to: Float.self)
      for index in 0..<tensor.count { target[index] = source[index] ? 1 : 0 }
      elements = .tensor(result)
    } else {
      elements = .tensor(tensor)
    }
  }

  static func allocate(_ dtype: DType, _ shape: Shape) throws(Diagnostic) -> Tensor {
    do { return try Tensor.allocate(TensorType(dtype, shape)) } catch {
      throw .dataTooLarge("a column of \(shape)", bytes: error.requested, available: error.available)
    }
  }

  public var rowSize: Int { rowShape.count }
  /// Bytes become f32.
  public var dtype: DType { if case .tensor(let tensor) = elements { tensor.dtype } else { .f32 } }
  private var shape: Shape { Shape([count] + rowShape.sizes) }

  /// A row without dimensions is a plain number.
  func cell(_ row: Int) -> Cell {
    guard rowShape.rank == 0 else {
      let range = row * rowSize..<(row + 1) * rowSize
      return .tensor(RowTensor(shape: rowShape, values: range.map(value)))
    }
    if case .tensor(let tensor) = elements, tensor.dtype == .i64 {
      return .integer(tensor.address.assumingMemoryBound(to: Int.self)[row])
    }
    return .float(value(row))
  }

  func value(_ index: Int) -> Double {
    switch elements {
    case .bytes(let bytes): Double(bytes[index])
    case .tensor(let tensor):
      switch tensor.dtype {
      case .f32: Double(tensor.address.assumingMemoryBound(to: Float.self)[index])
      case .f64: tensor.address.assumingMemoryBound(to: Double.self)[index]
      case .i64: Double(tensor.address.assumingMemoryBound(to: Int.self)[index])
      case .bool: tensor.address.assumingMemoryBound(to: Bool.self)[index] ? 1 : 0
      }
    }
  }

  func taking(_ rows: [Int]) throws(Diagnostic) -> TensorRows {
    switch elements {
    case .bytes(let bytes):
      var result: [UInt8] = []
      result.reserveCapacity(rows.count * rowSize)
      for row in rows { result.append(contentsOf: bytes[row * rowSize..<(row + 1) * rowSize]) }
      return TensorRows(count: rows.count, rowShape: rowShape, bytes: result)
    case .tensor(let tensor):
      let result = try Self.allocate(tensor.dtype, Shape([rows.count] + rowShape.sizes))
      let size = rowSize * tensor.dtype.size
      for (position, row) in rows.enumerated() {
        result.address.advanced(by: position * size)
          .copyMemory(from: tensor.address.advanced(by: row * size), byteCount: size)
      }
      return try TensorRows(result)
    }
  }

  /// [count] + rowShape in `dtype`; shares the memory of a tensor column.
  func tensor() throws(Diagnostic) -> Tensor {
    switch elements {
    case .tensor(let tensor): return tensor
    case .bytes(let bytes):
      let result = try Self.allocate(.f32, shape)
      let target = result.address.assumingMemoryBound(to: Float.self)
      for (index, byte) in bytes.enumerated() { target[index] = Float(byte) }
      return result
    }
  }

  /// (v - shift) * factor with the numbers of each element's group; integers and bytes become f32.
  func scaled(shifts: [Double], factors: [Double]) throws(Diagnostic) -> TensorRows {
    let groups = TensorGroups(rowShape)
    let result = try Self.allocate(dtype == .f64 ? .f64 : .f32, shape)
    // A byte has 256 values: one small table for each group.
    var tables: [[Float]] = []
    if case .bytes = elements {
      tables = zip(shifts, factors).map { shift, factor in (0..<256).map { Float((Double($0) - shift) * factor) } }
    }
    let floats = result.address.assumingMemoryBound(to: Float.self)
    groups.forEachRun(count * rowSize) { run, group in
      let (shift, factor) = (shifts[group], factors[group])
      switch elements {
      case .bytes(let bytes):
        let table = tables[group]
        for index in run { floats[index] = table[Int(bytes[index])] }
      case .tensor(let tensor) where tensor.dtype == .f64:
        let source = tensor.address.assumingMemoryBound(to: Double.self)
        let target = result.address.assumingMemoryBound(to: Double.self)
        for index in run { target[index] = (source[index] - shift) * factor }
      case .tensor(let tensor) where tensor.dtype == .f32:
        let source = tensor.address.assumingMemoryBound(to: Float.self)
        for index in run { floats[index] = Float((Double(source[index]) - shift) * factor) }
      case .tensor: for index in run { floats[index] = Float((value(index) - shift) * factor) }
      }
    }
    return try TensorRows(result)
  }
}

/// Which elements of a row tensor share their statistics. [features]: each feature its own; [time, features]: each
/// feature over all times; [channels, height, width]: each channel; other ranks: all elements together.
struct TensorGroups {
  let count: Int
  /// The group of element i is (i / inner) % count.
  private let inner: Int

  init(_ rowShape: Shape) {
    switch rowShape.rank {
    case 1, 2:
      count = rowShape[rowShape.rank - 1]
      inner = 1
    case 3:
      count = rowShape[0]
      inner = rowShape[1] * rowShape[2]
    default:
      count = 1
      inner = max(rowShape.count, 1)
    }
  }

  /// `body` for every run of neighbours in one group, over `total` elements.
  @inline(__always)
  func forEachRun(_ total: Int, _ body: (Range<Int>, Int) -> Void) {
    // One group is one run.
    let length = count == 1 ? total : inner
    var position = 0
    while position < total {
      let end = min(position + length, total)
      body(position..<end, position / inner % count)
      position = end
    }
  }
}
