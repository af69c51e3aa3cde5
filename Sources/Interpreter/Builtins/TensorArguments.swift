import Diagnostics
import SourceText
import TensorTypes

extension BuiltinCall {
  /// Argument `index`, which must be a tensor, a number or a truth value. Lists of numbers count as tensors.
  func numeric(_ index: Int) throws(Diagnostic) -> Value {
    let value = arguments[index]
    if value.tensorType != nil { return value }
    if case .object(let list as ListValue) = value { return try rows(list.elements, depth: 0) }
    if case .object(let range as RangeValue) = value {
      return try machine.hostList(Array(range.lower..<max(range.lower, range.upper)), at: site)
    }
    throw .wrongKind(found: value.kindName, expected: "a tensor or number", at: site.operand(index))
  }

  /// A tensor of numbers, and of lists and ranges of them that are equally long.
  private func rows(_ elements: [Value], depth: Int) throws(Diagnostic) -> Value {
    var parts = elements
    for (row, element) in elements.enumerated() where depth < 16 {
      switch element {
      case .object(let list as ListValue): parts[row] = try rows(list.elements, depth: depth + 1)
      case .object(let range as RangeValue):
        try machine.checkSize(range.count, "a tensor") { site }
        parts[row] = try machine.hostList(Array(range.lower..<max(range.lower, range.upper)), at: site)
      default: break
      }
    }
    return try machine.tensorLiteral(parts, at: site)
  }

  func tensorType(_ index: Int) throws(Diagnostic) -> TensorType {
    guard let type = try numeric(index).tensorType else {
      throw .wrongKind(found: arguments[index].kindName, expected: "a tensor", at: site.operand(index))
    }
    return type
  }

  func integer(_ index: Int) throws(Diagnostic) -> Int {
    try machine.hostInteger(arguments[index], at: Site(span: site.operand(index)))
  }

  func number(_ index: Int) throws(Diagnostic) -> Double {
    try machine.hostFloat(arguments[index], at: Site(span: site.operand(index)))
  }

  func flag(_ index: Int) throws(Diagnostic) -> Bool {
    if case .bool(let truth) = arguments[index] { return truth }
    return try machine.truth(ofTensor: arguments[index], at: Site(span: site.operand(index)))
  }

  func isNone(_ index: Int) -> Bool {
    if case .none = arguments[index] { return true }
    return false
  }

  /// An axis of a tensor of this rank, counted from the front.
  func axis(_ index: Int, rank: Int) throws(Diagnostic) -> Int {
    try machine.normalized(axis: try integer(index), rank: rank, at: Site(span: site.operand(index)))
  }

  /// `none` (all), one axis or a list of axes; sorted.
  func axes(_ index: Int, rank: Int) throws(Diagnostic) -> [Int] {
    if isNone(index) { return Array(0..<rank) }
    var result: [Int] = []
    for axis in try integers(index) {
      let axis = try machine.normalized(axis: axis, rank: rank, at: Site(span: site.operand(index)))
      guard !result.contains(axis) else {
        throw .invalidArgument("axis", found: "named twice", expected: "different axes", at: site.operand(index))
      }
      result.append(axis)
    }
    return result.sorted()
  }

  /// One integer, or a list, tuple or tensor of integers.
  func integers(_ index: Int) throws(Diagnostic) -> [Int] {
    try machine.hostIntegers(arguments[index], at: Site(span: site.operand(index)))
  }

  /// Sizes given as arguments `f(3, 4)` or as one list `f([3, 4])`.
  func sizes(_ index: Int) throws(Diagnostic) -> Shape {
    var values = arguments[index]
    if case .object(let list as ListValue) = values, list.elements.count == 1, let first = list.elements.first,
      case .object(let inner) = first, inner is ListValue || inner is TupleValue || inner is TensorValue
    {
      values = first
    }
    let shape = Shape(try machine.hostIntegers(values, at: Site(span: site.operand(index))))
    guard shape.checkedCount != nil else { throw .impossibleSizes(shape.description, at: site.operand(index)) }
    return shape
  }
}

extension Machine {
  func normalized(axis: Int, rank: Int, at site: Site) throws(Diagnostic) -> Int {
    let wrapped = axis < 0 ? axis + rank : axis
    guard wrapped >= 0, wrapped < rank else {
      throw .axisOutOfRange(axis, shape: "\(rank) dimensions", at: site.span)
    }
    return wrapped
  }

  func hostIntegers(_ value: Value, at site: Site) throws(Diagnostic) -> [Int] {
    var result: [Int] = []
    switch value {
    case .object(let list as ListValue): for each in list.elements { result.append(try hostInteger(each, at: site)) }
    case .object(let tuple as TupleValue): for each in tuple.elements { result.append(try hostInteger(each, at: site)) }
    case .object(let range as RangeValue): result = Array(range.lower..<max(range.lower, range.upper))
    case .object(let tensor as TensorValue) where tensor.tensor.shape.rank == 1 && tensor.tensor.dtype == .i64:
      result = tensor.tensor.elements(as: Int.self)
    default: result = [try hostInteger(value, at: site)]
    }
    return result
  }
}
