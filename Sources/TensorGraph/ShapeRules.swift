import TensorTypes

extension Primitive {
  /// The shape rule: the types of the results, or why the operands do not fit. It never traps, whatever the operands.
  public func resultTypes(of operands: [TensorType]) throws(ShapeProblem) -> [TensorType] {
    let check = OperandCheck(operands)
    for operand in operands { try check.size(of: operand) }
    if let expected = operandCount, operands.count != expected {
      throw check.problem(.operandCount(expected: expected, found: operands.count))
    }
    let results = try resultTypesUnchecked(check)
    for result in results { try check.size(of: result) }
    return results
  }

  /// How many operands the primitive takes; nil where that depends on its attributes.
  private var operandCount: Int? {
    switch self {
    case .constant, .iota: 0
    case .unary, .convert, .stopGradient, .reshape, .transpose, .broadcast, .slice, .reverse, .reduce, .argReduce,
      .cumulate, .qr, .sort, .random, .check:
      1
    case .binary, .compare, .pad, .updateSlice, .matmul, .triangularSolve, .take, .scatterAdd, .takeAlong,
      .scatterAddAlong, .foldKey, .convolve, .convolveInput, .convolveWeight, .windowTake, .windowAdd:
      2
    case .select: 3
    case .concatenate, .scan, .whileLoop: nil
    }
  }

  /// The rule itself, once the number of operands is known to be right. `resultTypes` checks the results' sizes.
  private func resultTypesUnchecked(_ check: OperandCheck) throws(ShapeProblem) -> [TensorType] {
    let operands = check.operands
    switch self {
    case .constant(let literal):
      return [TensorType(literal.dtype, .scalar)]
    case .iota(let type, let axis):
      if type.dtype == .bool { throw check.problem(.other("iota counts in numbers, not in truth values")) }
      guard type.shape.sizes.indices.contains(axis) else {
        throw check.problem(.other("iota has no axis \(axis) in \(type)"))
      }
      return [type]

    case .unary(let operation): return [try operation.resultType(check)]
    case .binary(let operation): return [try operation.resultType(check)]
    case .compare:
      try check.equalTypes(0, 1)
      return [TensorType(.bool, operands[0].shape)]
    case .select:
      try check.dtype(0, is: .bool)
      try check.equalTypes(1, 2)
      try check.equalShapes(0, 1)
      return [operands[1]]
    case .convert(let dtype): return [TensorType(dtype, operands[0].shape)]
    case .stopGradient: return [operands[0]]

    case .reshape(let shape): return [try check.reshape(to: shape)]
    case .transpose(let permutation): return [try check.transpose(permutation)]
    case .broadcast(let shape, let axes): return [try check.broadcast(to: shape, axes: axes)]
    case .slice(let starts, let limits, let strides):
      return [try check.slice(starts: starts, limits: limits, strides: strides)]
    case .pad(let low, let high, let interior): return [try check.pad(low: low, high: high, interior: interior)]
    case .concatenate(let axis): return [try check.concatenate(axis: axis)]
    case .reverse(let axes):
      try check.distinctAxes(axes, of: 0)
      return [operands[0]]
    case .updateSlice(let starts, let strides): return [try check.updateSlice(starts: starts, strides: strides)]

    case .reduce(let reduction, let axes): return [try check.reduce(reduction, axes: axes)]
    case .argReduce(_, let axis):
      try check.number(0)
      try check.axis(axis, of: 0)
      try check.notEmpty(axis: axis)
      return [TensorType(.i64, check.without([axis], of: 0))]
    case .cumulate(_, let axis):
      try check.number(0)
      try check.axis(axis, of: 0)
      return [operands[0]]

    case .matmul(let transposeA, let transposeB):
      return [try check.matmul(transposeA: transposeA, transposeB: transposeB)]
    case .qr: return try check.qr()
    case .triangularSolve: return [try check.triangularSolve()]

    case .convolve(let convolution): return [try check.convolve(convolution)]
    case .convolveInput(let convolution, let sizes): return [try check.convolveInput(convolution, sizes: sizes)]
    case .convolveWeight(let convolution, let sizes): return [try check.convolveWeight(convolution, sizes: sizes)]
    case .windowTake(let window): return [try check.windowTake(window)]
    case .windowAdd(let window): return [try check.windowAdd(window)]

    case .take(let axis): return [try check.take(axis: axis)]
    case .scatterAdd(let axis, let size): return [try check.scatterAdd(axis: axis, size: size)]
    case .takeAlong(let axis): return [try check.takeAlong(axis: axis)]
    case .scatterAddAlong(let axis, let size): return [try check.scatterAddAlong(axis: axis, size: size)]
    case .sort(let axis, _):
      try check.number(0)
      try check.axis(axis, of: 0)
      return [operands[0], TensorType(.i64, operands[0].shape)]

    case .random(let distribution, let type): return [try check.random(distribution, type)]
    case .foldKey:
      try check.key(0)
      try check.dtype(1, is: .i64)
      try check.scalar(1)
      return [operands[0]]

    case .scan(let scan): return try check.scan(scan)
    case .whileLoop(let loop): return try check.whileLoop(loop)
    case .check:
      try check.dtype(0, is: .bool)
      try check.scalar(0)
      return []
    }
  }
}

extension UnaryPrimitive {
  fileprivate func resultType(_ check: OperandCheck) throws(ShapeProblem) -> TensorType {
    let operand = check.operands[0]
    switch self {
    case .negate, .absolute, .sign:
      try check.number(0)
      return operand
    case .reciprocal, .exp, .expm1, .log, .log1p, .sqrt, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .tanh,
      .sigmoid, .erf, .erfInverse, .floor, .ceil, .round, .truncate:
      try check.floating(0)
      return operand
    case .not:
      try check.dtype(0, is: .bool)
      return operand
    case .isNaN, .isFinite:
      try check.floating(0)
      return TensorType(.bool, operand.shape)
    }
  }
}

extension BinaryPrimitive {
  fileprivate func resultType(_ check: OperandCheck) throws(ShapeProblem) -> TensorType {
    switch self {
    case .add, .subtract, .multiply, .floorDivide, .remainder, .power, .minimum, .maximum:
      try check.number(0)
      try check.number(1)
    case .divide, .atan2:
      try check.floating(0)
      try check.floating(1)
    case .and, .or, .xor:
      try check.dtype(0, is: .bool)
      try check.dtype(1, is: .bool)
    }
    try check.equalTypes(0, 1)
    return check.operands[0]
  }
}
