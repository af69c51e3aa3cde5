import TensorTypes

/// A dense row-major array in memory: a window of a storage. Copying a `Tensor` shares the storage; whoever writes
/// makes sure that the storage is uniquely referenced.
public struct Tensor: @unchecked Sendable {
  public var storage: Storage
  public var byteOffset: Int
  public let type: TensorType

  public init(storage: Storage, byteOffset: Int = 0, type: TensorType) {
    self.storage = storage
    self.byteOffset = byteOffset
    self.type = type
  }

  public var dtype: DType { type.dtype }
  public var shape: Shape { type.shape }
  public var count: Int { type.shape.count }
  public var address: UnsafeMutableRawPointer { storage.address + byteOffset }
}

/// Memory that could not be had: a diagnostic for the user, never a crash.
public struct MemoryProblem: Error, Sendable, Equatable {
  /// Bytes asked for; nil when the size itself does not fit 64 bits.
  public var requested: Int?
  public var available: Int
  public init(requested: Int?, available: Int) {
    self.requested = requested
    self.available = available
  }
}

extension Tensor {
  /// Uninitialised memory for `type`, after a check against what the machine (or its cgroup) has left.
  public static func allocate(_ type: TensorType) throws(MemoryProblem) -> Tensor {
    guard let count = type.shape.checkedCount,
      case let (bytes, overflow) = count.multipliedReportingOverflow(by: type.dtype.size),
      !overflow
    else { throw MemoryProblem(requested: nil, available: MemoryLimit.available()) }
    try MemoryLimit.check(bytes)
    guard let storage = Storage(byteCount: bytes) else {
      throw MemoryProblem(requested: bytes, available: MemoryLimit.available())
    }
    return Tensor(storage: storage, type: type)
  }

  /// The elements as an array of `T`, which must match the dtype: Float, Double, Int or Bool.
  public func elements<T>(as _: T.Type) -> [T] {
    precondition(MemoryLayout<T>.size == dtype.size, "element type does not match dtype")
    return [T](unsafeUninitializedCapacity: count) { buffer, initialized in
      if count > 0, let base = buffer.baseAddress {
        UnsafeMutableRawPointer(base).copyMemory(from: address, byteCount: count * MemoryLayout<T>.size)
      }
      initialized = count
    }
  }

  /// A tensor of the given shape with these elements (Float, Double, Int or Bool).
  public static func from<T>(_ elements: [T], dtype: DType, shape: Shape) throws(MemoryProblem) -> Tensor {
    precondition(MemoryLayout<T>.size == dtype.size && elements.count == shape.count, "elements do not match type")
    let tensor = try allocate(TensorType(dtype, shape))
    elements.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { tensor.address.copyMemory(from: base, byteCount: bytes.count) }
    }
    return tensor
  }
}
