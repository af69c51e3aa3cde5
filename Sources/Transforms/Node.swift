import TensorGraph
import TensorTypes

/// A value of a graph under construction, with arithmetic, so that rules read like the formulas they are.
struct Node {
  let builder: GraphBuilder
  let id: ValueID
  let type: TensorType

  var shape: [Int] { type.shape.sizes }
  var rank: Int { type.shape.rank }
  var dtype: DType { type.dtype }

  /// The value of every element, where it is a known constant.
  var uniformValue: Double? { builder.uniformValue(of: id) }

  /// A tensor of this one's type with one value everywhere.
  func filled(_ value: Double) throws(TransformProblem) -> Node { try builder.constant(value, type) }

  // MARK: Arithmetic

  static func + (a: Node, b: Node) throws(TransformProblem) -> Node { try a.builder.one(.binary(.add), a, b) }
  static func - (a: Node, b: Node) throws(TransformProblem) -> Node { try a.builder.one(.binary(.subtract), a, b) }
  static func * (a: Node, b: Node) throws(TransformProblem) -> Node { try a.builder.one(.binary(.multiply), a, b) }
  static func / (a: Node, b: Node) throws(TransformProblem) -> Node { try a.builder.one(.binary(.divide), a, b) }
  static prefix func - (a: Node) throws(TransformProblem) -> Node { try a.unary(.negate) }

  static func + (a: Double, b: Node) throws(TransformProblem) -> Node { try b.filled(a) + b }
  static func - (a: Double, b: Node) throws(TransformProblem) -> Node { try b.filled(a) - b }
  static func * (a: Double, b: Node) throws(TransformProblem) -> Node { try b.filled(a) * b }

  func unary(_ operation: UnaryPrimitive) throws(TransformProblem) -> Node { try builder.one(.unary(operation), self) }
  func binary(_ operation: BinaryPrimitive, _ other: Node) throws(TransformProblem) -> Node {
    try builder.one(.binary(operation), self, other)
  }
  func compare(_ comparison: Comparison, _ other: Node) throws(TransformProblem) -> Node {
    try builder.one(.compare(comparison), self, other)
  }

  /// Where this is true `a`, elsewhere `b`.
  func select(_ a: Node, _ b: Node) throws(TransformProblem) -> Node { try builder.one(.select, self, a, b) }

  func converted(to dtype: DType) throws(TransformProblem) -> Node {
    dtype == self.dtype ? self : try builder.one(.convert(dtype), self)
  }

  // MARK: Shape; what would change nothing makes no operation

  func reshaped(_ shape: [Int]) throws(TransformProblem) -> Node {
    shape == self.shape ? self : try builder.one(.reshape(Shape(shape)), self)
  }

  func transposed(_ permutation: [Int]) throws(TransformProblem) -> Node {
    permutation == Array(0..<rank) ? self : try builder.one(.transpose(permutation: permutation), self)
  }

  /// The last two axes exchanged, which is a reshape where one of them has size 1.
  func matrixTransposed() throws(TransformProblem) -> Node {
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    if rows == 1 || columns == 1 { return try reshaped(shape.dropLast(2) + [columns, rows]) }
    return try transposed(Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }

  /// One axis moved to another place.
  func moved(axis: Int, to place: Int) throws(TransformProblem) -> Node {
    var permutation = Array(0..<rank)
    permutation.insert(permutation.remove(at: axis), at: place)
    return try transposed(permutation)
  }

  func broadcast(to shape: [Int], axes: [Int]) throws(TransformProblem) -> Node {
    shape == self.shape ? self : try builder.one(.broadcast(Shape(shape), axes: axes), self)
  }

  /// The inverse of a reduction's change of shape: equal along `axes` of `shape`.
  func spread(along axes: [Int], of shape: [Int]) throws(TransformProblem) -> Node {
    try broadcast(to: shape, axes: shape.indices.filter { !axes.contains($0) })
  }

  func sliced(starts: [Int], limits: [Int], strides: [Int]) throws(TransformProblem) -> Node {
    if starts.allSatisfy({ $0 == 0 }), limits == shape, strides.allSatisfy({ $0 == 1 }) { return self }
    return try builder.one(.slice(starts: starts, limits: limits, strides: strides), self)
  }

  /// The part of one axis.
  func sliced(axis: Int, _ range: Range<Int>) throws(TransformProblem) -> Node {
    var (starts, limits) = ([Int](repeating: 0, count: rank), shape)
    starts[axis] = range.lowerBound
    limits[axis] = range.upperBound
    return try sliced(starts: starts, limits: limits, strides: [Int](repeating: 1, count: rank))
  }

  func padded(_ value: Node, low: [Int], high: [Int], interior: [Int]) throws(TransformProblem) -> Node {
    if (low + high + interior).allSatisfy({ $0 == 0 }) { return self }
    return try builder.one(.pad(low: low, high: high, interior: interior), self, value)
  }

  /// One axis made longer with a constant.
  func padded(axis: Int, low: Int = 0, high: Int = 0, with value: Double) throws(TransformProblem) -> Node {
    let none = [Int](repeating: 0, count: rank)
    var (before, after) = (none, none)
    before[axis] = low
    after[axis] = high
    return try padded(builder.constant(value, TensorType(dtype, .scalar)), low: before, high: after, interior: none)
  }

  func reversed(_ axes: [Int]) throws(TransformProblem) -> Node {
    axes.isEmpty ? self : try builder.one(.reverse(axes: axes), self)
  }

  // MARK: Reductions and products

  func sum(_ axes: [Int]) throws(TransformProblem) -> Node {
    axes.isEmpty ? self : try builder.one(.reduce(.sum, axes: axes), self)
  }

  func cumulated(_ cumulation: Cumulation, axis: Int) throws(TransformProblem) -> Node {
    try builder.one(.cumulate(cumulation, axis: axis), self)
  }

  /// op(self) @ op(other)
  func matmul(_ other: Node, transposeA: Bool = false, transposeB: Bool = false) throws(TransformProblem) -> Node {
    try builder.one(.matmul(transposeA: transposeA, transposeB: transposeB), self, other)
  }

  /// The lower or upper triangle, zero elsewhere; the diagonal is part of it or not.
  func triangle(lower: Bool, diagonal: Bool = true) throws(TransformProblem) -> Node {
    let rows = try builder.iota(.i64, shape, axis: rank - 2)
    let columns = try builder.iota(.i64, shape, axis: rank - 1)
    let comparison: Comparison =
      lower ? (diagonal ? .greaterOrEqual : .greater) : (diagonal ? .lessOrEqual : .less)
    return try rows.compare(comparison, columns).select(self, filled(0))
  }
}
