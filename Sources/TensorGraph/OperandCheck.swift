import TensorTypes

/// The checks that shape rules are made of. Operand numbers are known to exist; axes and sizes are not trusted.
struct OperandCheck {
  let operands: [TensorType]

  init(_ operands: [TensorType]) { self.operands = operands }

  func problem(_ kind: ShapeProblem.Kind) -> ShapeProblem { ShapeProblem(kind, operands) }

  func shape(_ operand: Int) -> [Int] { operands[operand].shape.sizes }

  func dtype(_ operand: Int, is expected: DType) throws(ShapeProblem) {
    if operands[operand].dtype != expected { throw problem(.dtype(operand: operand, expected: expected.name)) }
  }

  func number(_ operand: Int) throws(ShapeProblem) {
    if operands[operand].dtype == .bool { throw problem(.dtype(operand: operand, expected: "a number")) }
  }

  func floating(_ operand: Int) throws(ShapeProblem) {
    if !operands[operand].dtype.isFloating { throw problem(.dtype(operand: operand, expected: "f32 or f64")) }
  }

  func scalar(_ operand: Int) throws(ShapeProblem) {
    if !shape(operand).isEmpty { throw problem(.rank(operand: operand, expected: "0")) }
  }

  /// A random key: i64[2].
  func key(_ operand: Int) throws(ShapeProblem) {
    try dtype(operand, is: .i64)
    guard shape(operand).count == 1 else { throw problem(.rank(operand: operand, expected: "1")) }
    if shape(operand)[0] != 2 { throw problem(.count(expected: 2, found: shape(operand)[0])) }
  }

  func equalDTypes(_ a: Int, _ b: Int) throws(ShapeProblem) {
    if operands[a].dtype != operands[b].dtype { throw problem(.dtypesDiffer(operandA: a, operandB: b)) }
  }

  func equalSizes(_ a: Int, axis axisA: Int, _ b: Int, axis axisB: Int) throws(ShapeProblem) {
    if shape(a)[axisA] != shape(b)[axisB] {
      throw problem(.sizesDiffer(operandA: a, axisA: axisA, operandB: b, axisB: axisB))
    }
  }

  func equalRanks(_ a: Int, _ b: Int) throws(ShapeProblem) {
    if shape(a).count != shape(b).count { throw problem(.rank(operand: b, expected: "\(shape(a).count)")) }
  }

  /// Equal shapes, but along the axis `except`.
  func equalShapes(_ a: Int, _ b: Int, except: Int? = nil) throws(ShapeProblem) {
    try equalRanks(a, b)
    for axis in shape(a).indices where axis != except { try equalSizes(a, axis: axis, b, axis: axis) }
  }

  func equalTypes(_ a: Int, _ b: Int) throws(ShapeProblem) {
    try equalDTypes(a, b)
    try equalShapes(a, b)
  }

  func axis(_ axis: Int, of operand: Int) throws(ShapeProblem) {
    if !shape(operand).indices.contains(axis) { throw problem(.axis(operand: operand, axis: axis)) }
  }

  func distinctAxes(_ axes: [Int], of operand: Int) throws(ShapeProblem) {
    for axis in axes { try self.axis(axis, of: operand) }
    if Set(axes).count != axes.count { throw problem(.other("axis named twice in \(axes)")) }
  }

  /// A list with one entry for each axis of an operand.
  func perAxis(_ list: [Int], _ name: String, of operand: Int) throws(ShapeProblem) {
    if list.count != shape(operand).count {
      throw problem(.other("\(list.count) \(name) for \(shape(operand).count) axes"))
    }
  }

  func notEmpty(axis: Int) throws(ShapeProblem) {
    if shape(0)[axis] == 0 { throw problem(.other("no element along axis \(axis) to choose from")) }
  }

  /// A shape without some axes, which are in range.
  func without(_ axes: [Int], of operand: Int) -> Shape {
    Shape(shape(operand).indices.filter { !axes.contains($0) }.map { shape(operand)[$0] })
  }

  /// No negative size, and a number of bytes that fits with room for offsets.
  func size(of type: TensorType) throws(ShapeProblem) {
    var count = 1
    for size in type.shape.sizes {
      if size < 0 { throw problem(.other("negative size \(size) in \(type)")) }
      // A size of zero does not hide an overflow of the others: their product is used in strides.
      count = try product(count, max(size, 1))
    }
    if count > Int.max / 64 { throw problem(.tooLarge) }
  }

  /// The sum, or the problem that it does not fit.
  func sum(_ a: Int, _ b: Int) throws(ShapeProblem) -> Int {
    let (result, overflow) = a.addingReportingOverflow(b)
    if overflow { throw problem(.tooLarge) }
    return result
  }

  /// The product, or the problem that it does not fit.
  func product(_ a: Int, _ b: Int) throws(ShapeProblem) -> Int {
    let (result, overflow) = a.multipliedReportingOverflow(by: b)
    if overflow { throw problem(.tooLarge) }
    return result
  }
}
