extension Graph {
  /// The graph without the operations that no output needs, its values numbered anew in order of definition. Inputs,
  /// the first `kept` operations and everything that checks stay.
  public func withoutUnusedOperations(keepingFirst kept: Int = 0) -> Graph {
    numbered(usedOperations(keepingFirst: kept))
  }

  /// The graph with its values numbered in order of definition, without those that nothing defines.
  public func renumbered() -> Graph {
    var count = 0
    var isInOrder = true
    func define(_ value: ValueID) {
      if Int(value.index) != count { isInOrder = false }
      count += 1
    }
    for input in inputs { define(input) }
    for operation in operations { for result in operation.results { define(result) } }
    return isInOrder && count == types.count ? self : numbered(operations)
  }

  /// The graph of these of its operations, values numbered in order of definition.
  private func numbered(_ operations: [Operation]) -> Graph {
    var result = Graph()
    result.types.reserveCapacity(types.count)
    result.operations.reserveCapacity(operations.count)
    var numbers = [ValueID](repeating: ValueID(0), count: types.count)
    for input in inputs { numbers[Int(input.index)] = result.addInput(type(of: input)) }
    for operation in operations {
      for value in operation.results { numbers[Int(value.index)] = result.newValue(type(of: value)) }
      result.operations.append(
        Operation(
          operation.primitive, operation.operands.map { numbers[Int($0.index)] },
          operation.results.map { numbers[Int($0.index)] }, origin: operation.origin))
    }
    result.outputs = outputs.map { numbers[Int($0.index)] }
    return result
  }

  /// The first `kept` operations, those that check, and those that lead to them or to an output.
  public func usedOperations(keepingFirst kept: Int = 0) -> [Operation] {
    var isNeeded = [Bool](repeating: false, count: types.count)
    for output in outputs { isNeeded[Int(output.index)] = true }
    var used: [Operation] = []
    for (index, operation) in operations.enumerated().reversed()
    where index < kept || operation.primitive.checks || operation.results.contains(where: { isNeeded[Int($0.index)] }) {
      used.append(operation)
      for operand in operation.operands { isNeeded[Int(operand.index)] = true }
    }
    return used.reversed()
  }
}

extension Primitive {
  /// Whether it is, or runs, a `check`, which acts without giving a result.
  public var checks: Bool {
    if case .check = self { return true }
    return graphs.contains { $0.operations.contains { $0.primitive.checks } }
  }
}
