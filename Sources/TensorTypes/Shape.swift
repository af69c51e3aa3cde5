/// The sizes of a tensor's dimensions, outermost first. A scalar has none.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  public var sizes: [Int]

  public init(_ sizes: [Int]) { self.sizes = sizes }
  public init(arrayLiteral elements: Int...) { sizes = elements }

  public static let scalar = Shape([])

  public var rank: Int { sizes.count }
  public subscript(axis: Int) -> Int {
    get { sizes[axis] }
    set { sizes[axis] = newValue }
  }

  /// The number of elements. Callers check sizes with `checkedCount` before they allocate.
  public var count: Int { sizes.reduce(1, &*) }

  /// The number of elements, or nil when a size is negative or the product does not fit.
  public var checkedCount: Int? {
    var result = 1
    for size in sizes {
      guard size >= 0 else { return nil }
      let (product, overflow) = result.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      result = product
    }
    return result
  }

  /// Row-major strides in elements.
  public var strides: [Int] {
    var result = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) { result[axis] = result[axis + 1] &* sizes[axis + 1] }
    return result
  }

  /// As users read it: `[3, 4]`; a scalar is `[]`.
  public var description: String { "[" + sizes.map(String.init).joined(separator: ", ") + "]" }
}

/// What a graph knows of a value before it exists.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
  public var dtype: DType
  public var shape: Shape

  public init(_ dtype: DType, _ shape: Shape) {
    self.dtype = dtype
    self.shape = shape
  }

  public var byteCount: Int { dtype.size &* shape.count }
  public var description: String { "\(dtype.name)\(shape)" }
}
