import TensorRuntime
import TensorTypes

/// A column whose rows are tensors of one shape: pictures, vectors, sequences of ids.
public struct TensorRows: Sendable {
  enum Elements: Sendable {
    /// Pictures as they are in files: four times smaller than f32, made f32 when `x` is asked for.
    case bytes([UInt8])
    case floats([Float])
    case doubles([Double])
    case integers([Int])
  }

  public let count: Int
  public let rowShape: Shape
  let elements: Elements

  /// `elements` holds `count` rows of `rowShape`, row by row.
  init(count: Int, rowShape: Shape, _ elements: Elements) {
    self.count = count
    self.rowShape = rowShape
    self.elements = elements
  }

  /// The first dimension of `tensor` counts the rows.
  init(_ tensor: Tensor) {
    count = tensor.shape.sizes.first ?? 0
    rowShape = Shape(Array(tensor.shape.sizes.dropFirst()))
    switch tensor.dtype {
    case .f32: elements = .floats(tensor.elements(as: Float.self))
    case .f64: elements = .doubles(tensor.elements(as: Double.self))
    case .i64: elements = .integers(tensor.elements(as: Int.self))
    case .bool: elements = .floats(tensor.elements(as: Bool.self).map { $0 ? 1 : 0 })
    }
  }

  public var rowSize: Int { rowShape.count }
  /// Bytes become f32.
  public var dtype: DType {
    switch elements {
    case .bytes, .floats: .f32
    case .doubles: .f64
    case .integers: .i64
    }
  }

  /// A row without dimensions is a plain number.
  func cell(_ row: Int) -> Cell {
    guard rowShape.rank == 0 else {
      let range = row * rowSize..<(row + 1) * rowSize
      return .tensor(RowTensor(shape: rowShape, values: range.map(value)))
    }
    if case .integers(let values) = elements { return .integer(values[row]) }
    return .float(value(row))
  }

  func value(_ index: Int) -> Double {
    switch elements {
    case .bytes(let values): Double(values[index])
    case .floats(let values): Double(values[index])
    case .doubles(let values): values[index]
    case .integers(let values): Double(values[index])
    }
  }

  func taking(_ rows: [Int]) -> TensorRows {
    let elements: Elements =
      switch self.elements {
      case .bytes(let values): .bytes(gather(values, rows))
      case .floats(let values): .floats(gather(values, rows))
      case .doubles(let values): .doubles(gather(values, rows))
      case .integers(let values): .integers(gather(values, rows))
      }
    return TensorRows(count: rows.count, rowShape: rowShape, elements)
  }

  private func gather<T>(_ values: [T], _ rows: [Int]) -> [T] {
    let size = rowSize
    var result: [T] = []
    result.reserveCapacity(rows.count * size)
    for row in rows { result.append(contentsOf: values[row * size..<(row + 1) * size]) }
    return result
  }

  func replacing(_ elements: Elements) -> TensorRows { TensorRows(count: count, rowShape: rowShape, elements) }

  /// [count] + rowShape in `dtype`.
  func tensor() throws(MemoryProblem) -> Tensor {
    let result = try Tensor.allocate(TensorType(dtype, Shape([count] + rowShape.sizes)))
    let total = count * rowSize
    switch elements {
    case .bytes(let values):
      let target = result.address.assumingMemoryBound(to: Float.self)
      for index in 0..<total { target[index] = Float(values[index]) }
    case .floats(let values): Self.copy(values, to: result)
    case .doubles(let values): Self.copy(values, to: result)
    case .integers(let values): Self.copy(values, to: result)
    }
    return result
  }

  private static func copy<T>(_ values: [T], to tensor: Tensor) {
    values.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { tensor.address.copyMemory(from: base, byteCount: bytes.count) }
    }
  }
}
