import TensorTypes

/// Shape rules of linear algebra, selection by index, random numbers and control.
extension OperandCheck {
  func matmul(transposeA: Bool, transposeB: Bool) throws(ShapeProblem) -> TensorType {
    try floating(0)
    try floating(1)
    try equalDTypes(0, 1)
    let rank = shape(0).count
    guard rank >= 2 else { throw problem(.rank(operand: 0, expected: "2 or more")) }
    guard shape(1).count >= 2 else { throw problem(.rank(operand: 1, expected: "2 or more")) }
    try equalRanks(0, 1)
    for axis in 0..<(rank - 2) { try equalSizes(0, axis: axis, 1, axis: axis) }
    let (rows, innerA) = transposeA ? (rank - 1, rank - 2) : (rank - 2, rank - 1)
    let (innerB, columns) = transposeB ? (rank - 1, rank - 2) : (rank - 2, rank - 1)
    try equalSizes(0, axis: innerA, 1, axis: innerB)
    return TensorType(operands[0].dtype, Shape(shape(0).prefix(rank - 2) + [shape(0)[rows], shape(1)[columns]]))
  }

  func qr() throws(ShapeProblem) -> [TensorType] {
    try floating(0)
    let rank = shape(0).count
    guard rank >= 2 else { throw problem(.rank(operand: 0, expected: "2 or more")) }
    let (rows, columns) = (shape(0)[rank - 2], shape(0)[rank - 1])
    guard rows >= columns else {
      throw problem(.other("qr takes at least as many rows as columns, not \(rows) rows and \(columns) columns"))
    }
    return [operands[0], TensorType(operands[0].dtype, Shape(shape(0).prefix(rank - 2) + [columns, columns]))]
  }

  func triangularSolve() throws(ShapeProblem) -> TensorType {
    try floating(0)
    try floating(1)
    try equalDTypes(0, 1)
    let rank = shape(0).count
    guard rank >= 2 else { throw problem(.rank(operand: 0, expected: "2 or more")) }
    try equalRanks(0, 1)
    try equalSizes(0, axis: rank - 2, 0, axis: rank - 1)
    for axis in 0..<(rank - 1) { try equalSizes(0, axis: axis, 1, axis: axis) }
    return operands[1]
  }

  func take(axis: Int) throws(ShapeProblem) -> TensorType {
    try dtype(1, is: .i64)
    try self.axis(axis, of: 0)
    return TensorType(operands[0].dtype, Shape(shape(0).prefix(axis) + shape(1) + shape(0).dropFirst(axis + 1)))
  }

  func scatterAdd(axis: Int, size: Int) throws(ShapeProblem) -> TensorType {
    try number(0)
    try dtype(1, is: .i64)
    let (updates, ids) = (shape(0), shape(1))
    guard updates.count >= ids.count else { throw problem(.rank(operand: 0, expected: "\(ids.count) or more")) }
    guard axis >= 0, axis <= updates.count - ids.count else { throw problem(.axis(operand: 0, axis: axis)) }
    for i in ids.indices { try equalSizes(0, axis: axis + i, 1, axis: i) }
    if size < 0 { throw problem(.other("negative size \(size)")) }
    return TensorType(
      operands[0].dtype, Shape(updates.prefix(axis) + [size] + updates.dropFirst(axis + ids.count)))
  }

  func takeAlong(axis: Int) throws(ShapeProblem) -> TensorType {
    try dtype(1, is: .i64)
    try self.axis(axis, of: 0)
    try equalShapes(0, 1, except: axis)
    return TensorType(operands[0].dtype, operands[1].shape)
  }

  func scatterAddAlong(axis: Int, size: Int) throws(ShapeProblem) -> TensorType {
    try number(0)
    try dtype(1, is: .i64)
    try self.axis(axis, of: 0)
    try equalShapes(0, 1)
    if size < 0 { throw problem(.other("negative size \(size)")) }
    var result = operands[0]
    result.shape[axis] = size
    return result
  }

  func random(_ distribution: Distribution, _ type: TensorType) throws(ShapeProblem) -> TensorType {
    try key(0)
    switch distribution {
    case .uniform, .normal:
      if !type.dtype.isFloating { throw problem(.other("draws of floats cannot be \(type.dtype.name)")) }
    case .integers(let bound):
      if type.dtype != .i64 { throw problem(.other("draws of integers cannot be \(type.dtype.name)")) }
      if bound <= 0 { throw problem(.other("integers are drawn below \(bound), which is not positive")) }
    }
    return type
  }

  func scan(_ scan: Scan) throws(ShapeProblem) -> [TensorType] {
    let (constants, carries) = (scan.constantCount, scan.carryCount)
    guard constants >= 0, carries >= 0, scan.length >= 0 else { throw problem(.other("negative count in a scan")) }
    try wellIndexed(scan.body)
    let before = try sum(constants, carries)
    guard operands.count >= before else { throw problem(.operandCount(expected: before, found: operands.count)) }
    var expected = Array(operands.prefix(before))
    for operand in before..<operands.count {
      guard let length = shape(operand).first else { throw problem(.rank(operand: operand, expected: "1 or more")) }
      if length != scan.length { throw problem(.count(expected: scan.length, found: length)) }
      expected.append(TensorType(operands[operand].dtype, Shape(Array(shape(operand).dropFirst()))))
    }
    try bodyInputs(scan.body, are: expected, "the scan's body")
    let outputs = scan.body.outputTypes
    let carry = Array(expected.dropFirst(constants).prefix(carries))
    try carried(Array(outputs.prefix(carries)), are: carry, "the scan's body")
    return carry
      + outputs.dropFirst(carries).map { TensorType($0.dtype, Shape([scan.length] + $0.shape.sizes)) }
  }

  func whileLoop(_ loop: WhileLoop) throws(ShapeProblem) -> [TensorType] {
    guard loop.constantCount >= 0, loop.constantCount <= operands.count else {
      throw problem(.operandCount(expected: loop.constantCount, found: operands.count))
    }
    try wellIndexed(loop.condition)
    try wellIndexed(loop.body)
    try bodyInputs(loop.condition, are: operands, "the loop's condition")
    try bodyInputs(loop.body, are: operands, "the loop's body")
    let carry = Array(operands.dropFirst(loop.constantCount))
    if loop.condition.outputTypes != [TensorType(.bool, .scalar)] {
      throw problem(.other("the loop's condition does not give one truth value"))
    }
    if loop.body.outputs.count != carry.count {
      throw problem(.other("the loop's body gives \(loop.body.outputs.count) values for \(carry.count) carried"))
    }
    try carried(loop.body.outputTypes, are: carry, "the loop's body")
    return carry
  }

  private func wellIndexed(_ body: Graph) throws(ShapeProblem) {
    for value in body.inputs + body.outputs where !body.types.indices.contains(Int(value.index)) {
      throw problem(.other("the loop's graph has no value %\(value.index)"))
    }
  }

  private func bodyInputs(_ body: Graph, are expected: [TensorType], _ name: String) throws(ShapeProblem) {
    let found = body.inputTypes
    guard found.count == expected.count else {
      throw problem(.other("\(name) takes \(found.count) values, but \(expected.count) are given"))
    }
    for (index, type) in expected.enumerated() where found[index] != type {
      throw problem(.other("\(name) takes \(found[index]) as value \(index), but \(type) is given"))
    }
  }

  private func carried(_ found: [TensorType], are expected: [TensorType], _ name: String) throws(ShapeProblem) {
    guard found.count == expected.count else {
      throw problem(.other("\(name) gives \(found.count) values for \(expected.count) carried"))
    }
    for (index, type) in expected.enumerated() where found[index] != type {
      throw problem(.other("\(name) turns carried value \(index) from \(type) into \(found[index])"))
    }
  }
}
