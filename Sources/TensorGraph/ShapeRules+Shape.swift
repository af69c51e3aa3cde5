import TensorTypes

/// Shape rules of the primitives that move elements and those that reduce.
extension OperandCheck {
  func reshape(to shape: Shape) throws(ShapeProblem) -> TensorType {
    let result = TensorType(operands[0].dtype, shape)
    try size(of: result)
    if shape.count != operands[0].shape.count {
      throw problem(.count(expected: operands[0].shape.count, found: shape.count))
    }
    return result
  }

  func transpose(_ permutation: [Int]) throws(ShapeProblem) -> TensorType {
    try perAxis(permutation, "entries of the permutation", of: 0)
    try distinctAxes(permutation, of: 0)
    return TensorType(operands[0].dtype, Shape(permutation.map { shape(0)[$0] }))
  }

  func broadcast(to result: Shape, axes: [Int]) throws(ShapeProblem) -> TensorType {
    try perAxis(axes, "result axes", of: 0)
    for (axis, target) in axes.enumerated() {
      guard result.sizes.indices.contains(target) else {
        throw problem(.other("no axis \(target) in the result \(result)"))
      }
      if axis > 0, axes[axis - 1] >= target { throw problem(.other("result axes \(axes) do not increase")) }
      let size = shape(0)[axis]
      if size != result[target], size != 1 { throw problem(.count(expected: result[target], found: size)) }
    }
    return TensorType(operands[0].dtype, result)
  }

  func slice(starts: [Int], limits: [Int], strides: [Int]) throws(ShapeProblem) -> TensorType {
    try perAxis(starts, "starts", of: 0)
    try perAxis(limits, "limits", of: 0)
    try perAxis(strides, "strides", of: 0)
    var sizes: [Int] = []
    for (axis, size) in shape(0).enumerated() {
      let (start, limit, stride) = (starts[axis], limits[axis], strides[axis])
      guard stride > 0 else { throw problem(.other("stride \(stride) of axis \(axis) is not positive")) }
      guard 0 <= start, start <= limit, limit <= size else {
        throw problem(.other("\(start)..<\(limit) does not lie within axis \(axis) of size \(size)"))
      }
      sizes.append(start == limit ? 0 : (limit - start - 1) / stride + 1)
    }
    return TensorType(operands[0].dtype, Shape(sizes))
  }

  func pad(low: [Int], high: [Int], interior: [Int]) throws(ShapeProblem) -> TensorType {
    try equalDTypes(0, 1)
    try scalar(1)
    try perAxis(low, "sizes before", of: 0)
    try perAxis(high, "sizes after", of: 0)
    try perAxis(interior, "sizes between", of: 0)
    var sizes: [Int] = []
    for (axis, size) in shape(0).enumerated() {
      if min(low[axis], high[axis], interior[axis]) < 0 {
        throw problem(.other("negative padding of axis \(axis)"))
      }
      let between = try product(max(size - 1, 0), interior[axis])
      sizes.append(try sum(try sum(low[axis], size), try sum(between, high[axis])))
    }
    return TensorType(operands[0].dtype, Shape(sizes))
  }

  func concatenate(axis: Int) throws(ShapeProblem) -> TensorType {
    guard let first = operands.first else { throw problem(.operandCount(expected: 1, found: 0)) }
    try self.axis(axis, of: 0)
    var result = first
    for operand in operands.indices.dropFirst() {
      try equalDTypes(0, operand)
      try equalShapes(0, operand, except: axis)
      result.shape[axis] = try sum(result.shape[axis], shape(operand)[axis])
    }
    return result
  }

  func updateSlice(starts: [Int], strides: [Int]) throws(ShapeProblem) -> TensorType {
    try equalDTypes(0, 1)
    try equalRanks(0, 1)
    try perAxis(starts, "starts", of: 0)
    try perAxis(strides, "strides", of: 0)
    for (axis, size) in shape(0).enumerated() {
      let (start, stride, count) = (starts[axis], strides[axis], shape(1)[axis])
      guard stride > 0 else { throw problem(.other("stride \(stride) of axis \(axis) is not positive")) }
      guard start >= 0, count >= 0 else { throw problem(.other("negative start \(start) of axis \(axis)")) }
      let limit = count == 0 ? start : try sum(try sum(start, try product(count - 1, stride)), 1)
      if limit > size {
        throw problem(.other("the patch ends at \(limit) of axis \(axis), whose size is \(size)"))
      }
    }
    return operands[0]
  }

  func reduce(_ reduction: Reduction, axes: [Int]) throws(ShapeProblem) -> TensorType {
    switch reduction {
    case .all, .any: try dtype(0, is: .bool)
    case .sum, .product, .maximum, .minimum: try number(0)
    }
    try distinctAxes(axes, of: 0)
    if axes != axes.sorted() { throw problem(.other("axes \(axes) are not sorted")) }
    if reduction == .maximum || reduction == .minimum {
      for axis in axes { try notEmpty(axis: axis) }
    }
    return TensorType(operands[0].dtype, without(axes, of: 0))
  }
}
