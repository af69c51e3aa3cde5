extension Graph {
  /// The graph with everything that scans compute from their constants alone moved before them, inner scans first.
  /// Operations that cost less than reading their result (`isCheapToRepeat`) stay.
  public func hoistingLoopInvariants() -> Graph {
    let hasScan = operations.contains { if case .scan = $0.primitive { true } else { false } }
    if !hasScan { return self }
    return rewritingScans { _, scan, operands, result in
      let (before, body) = scan.body.hoistingLoopInvariants().splitInvariants(constantCount: scan.constantCount)
      let constants = operands.prefix(scan.constantCount)
      let hoisted = result.inline(before, arguments: Array(constants))
      operands = constants + hoisted + operands.dropFirst(scan.constantCount)
      scan.body = body
      scan.constantCount += hoisted.count
    }
  }

  /// A scan's body in two parts: the graph from its constants to the invariants that the rest reads, and the rest,
  /// which takes those as further constants.
  private func splitInvariants(constantCount: Int) -> (before: Graph, body: Graph) {
    var isInvariant = Set(inputs.prefix(constantCount))
    var invariants: [Operation] = []
    var rest: [Operation] = []
    var isHoisted = Set<ValueID>()
    for operation in operations {
      if operation.primitive.checks || !operation.operands.allSatisfy(isInvariant.contains) {
        rest.append(operation)
        continue
      }
      isInvariant.formUnion(operation.results)
      invariants.append(operation)
      if operation.primitive.isCheapToRepeat {
        rest.append(operation)
      } else {
        isHoisted.formUnion(operation.results)
      }
    }

    var body = self
    body.operations = rest
    body.operations = body.usedOperations()
    let read = Set(body.operations.flatMap(\.operands) + outputs)
    let crossing = invariants.flatMap(\.results).filter { isHoisted.contains($0) && read.contains($0) }
    body.inputs.insert(contentsOf: crossing, at: constantCount)

    var before = self
    before.inputs = Array(inputs.prefix(constantCount))
    before.operations = invariants
    before.outputs = crossing
    return (before.withoutUnusedOperations(), body.withoutUnusedOperations())
  }
}

extension Primitive {
  /// Whether doing it again costs less than keeping its result, which is no smaller than its operand.
  public var isCheapToRepeat: Bool {
    switch self {
    case .constant, .iota, .broadcast, .reshape: true
    default: false
    }
  }
}
