import TensorTypes

extension Graph {
  /// The graph with the stacks of its scans computed in the order of the steps, where they are computed batch by batch
  /// and rearranged: [batch, time, ...] to [time, batch, ...]. The exchange of the two axes moves back over products,
  /// elementwise operations and lookups as far as less is rearranged there, to ids for example, and vanishes where it
  /// meets another, as between two recurrent layers. Sums over both axes run in another order; nothing else changes.
  public func orderingSteps() -> Graph {
    guard operations.contains(where: { if case .scan = $0.primitive { true } else { false } }) else { return self }
    let graph = rewritingScans { _, scan, _, _ in scan.body = scan.body.orderingSteps() }
    let order = StepOrder(graph)
    return order.isWorthwhile ? order.rewritten() : graph
  }
}

/// Which values of a graph are computed with their first two axes exchanged.
private struct StepOrder {
  private let graph: Graph
  private var producers: [Int]
  /// By value: how many operations and outputs read it, and how many of these want it exchanged.
  private var uses: [Int]
  private var wishes: [Int]
  /// By value: the bytes to rearrange to have it exchanged; nil where its axes cannot be.
  private var costs: [Int?]
  /// By operation: its result is computed exchanged, and not otherwise.
  private var isExchanged: [Bool]

  init(_ graph: Graph) {
    self.graph = graph
    producers = [Int](repeating: -1, count: graph.types.count)
    uses = [Int](repeating: 0, count: graph.types.count)
    wishes = uses
    costs = [Int?](repeating: nil, count: graph.types.count)
    isExchanged = [Bool](repeating: false, count: graph.operations.count)
    for input in graph.inputs { costs[Int(input.index)] = rearranged(input) }
    for (index, operation) in graph.operations.enumerated() {
      for operand in operation.operands { uses[Int(operand.index)] += 1 }
      for result in operation.results {
        producers[Int(result.index)] = index
        costs[Int(result.index)] = cost(operation, result)
      }
    }
    for output in graph.outputs { uses[Int(output.index)] += 1 }
    choose()
  }

  var isWorthwhile: Bool { isExchanged.contains(true) }

  private func type(_ value: ValueID) -> TensorType { graph.type(of: value) }
  private func operation(giving value: ValueID) -> Operation? {
    let index = producers[Int(value.index)]
    return index < 0 ? nil : graph.operations[index]
  }

  private func rearranged(_ value: ValueID) -> Int? { type(value).shape.rank < 2 ? nil : type(value).byteCount }

  // MARK: What it costs

  private func cost(_ operation: Operation, _ result: ValueID) -> Int? {
    guard let all = rearranged(result) else { return nil }
    if exchanges(operation) { return 0 }
    guard operation.results.count == 1, let sources = sources(operation) else { return all }
    var sum = 0
    for source in Set(sources) {
      guard let cost = costs[Int(source.index)] else { return all }
      sum += cost
    }
    return min(sum, all)
  }

  /// Is it an exchange of the first two axes?
  private func exchanges(_ operation: Operation) -> Bool {
    guard case .transpose(let permutation) = operation.primitive, permutation.count > 1 else { return false }
    return permutation == [1, 0] + Array(2..<permutation.count)
  }

  /// What must be exchanged for the operation to give its result exchanged; nil for one that does not.
  private func sources(_ operation: Operation) -> [ValueID]? {
    let result = type(operation.results[0]).shape
    switch operation.primitive {
    case .unary, .binary, .compare, .select, .convert, .stopGradient: return operation.operands
    case .concatenate(let axis): return axis > 1 ? operation.operands : nil
    case .take(axis: 0): return type(operation.operands[1]).shape.rank > 1 ? [operation.operands[1]] : nil
    case .broadcast(_, let axes):
      return axes.first == 0 && axes.count > 1 && axes[1] == 1 ? operation.operands : []
    case .reshape:
      if let product = product(operation) { return [product.rows] }
      let source = type(operation.operands[0]).shape
      return source.rank > 1 && source.sizes[..<2] == result.sizes[..<2] ? operation.operands : nil
    default: return nil
    }
  }

  /// The product whose rows a reshape arranges along two axes, [a * b, n] to [a, b, ...], of the rows of [a, b, ...].
  private func product(_ reshape: Operation) -> (operation: Operation, flat: Operation, rows: ValueID)? {
    let sizes = type(reshape.results[0]).shape.sizes
    guard let product = operation(giving: reshape.operands[0]), uses[Int(reshape.operands[0].index)] == 1,
      case .matmul(transposeA: false, _) = product.primitive, type(product.results[0]).shape.rank == 2,
      type(product.results[0]).shape[0] == sizes[0] * sizes[1],
      let flat = operation(giving: product.operands[0]), case .reshape = flat.primitive,
      uses[Int(product.operands[0].index)] == 1
    else { return nil }
    let rows = type(flat.operands[0]).shape
    guard rows.rank > 1, rows.sizes[..<2] == sizes[..<2] else { return nil }
    return (product, flat, flat.operands[0])
  }

  // MARK: What is exchanged

  private mutating func choose() {
    // From what scans read back to where it comes from: all that read a value are seen before it.
    var stacks = Set<ValueID>()
    for (index, operation) in graph.operations.enumerated().reversed() {
      if case .scan(let scan) = operation.primitive {
        stacks.formUnion(operation.operands.dropFirst(scan.constantCount + scan.carryCount))
        continue
      }
      guard operation.results.count == 1, let result = operation.results.first else { continue }
      if exchanges(operation) {
        if stacks.contains(result) { wish(operation.operands[0]) }
        continue
      }
      let value = Int(result.index)
      guard wishes[value] > 0, wishes[value] == uses[value] || isFree(operation), let all = rearranged(result),
        let cost = costs[value], cost < all, let sources = sources(operation)
      else { continue }
      isExchanged[index] = true
      for source in Set(sources) { wish(source, times: readings(source, by: operation)) }
    }
  }

  private mutating func wish(_ value: ValueID, times: Int = 1) { wishes[Int(value.index)] += times }

  private func readings(_ source: ValueID, by operation: Operation) -> Int {
    max(1, operation.operands.filter { $0 == source }.count)
  }

  /// Something that may be computed both ways.
  private func isFree(_ operation: Operation) -> Bool {
    if case .broadcast = operation.primitive { true } else { false }
  }

  // MARK: The graph

  func rewritten() -> Graph {
    var rewriting = Rewriting(graph)
    for (index, operation) in graph.operations.enumerated() {
      if exchanges(operation), let known = rewriting.exchanged[operation.operands[0]] {
        rewriting.values[Int(operation.results[0].index)] = known
        continue
      }
      rewriting.copy(operation)
      if isExchanged[index], let sources = sources(operation) { exchange(operation, sources, &rewriting) }
      if exchanges(operation) {
        let (source, result) = (operation.operands[0], operation.results[0])
        rewriting.exchanged[result] = rewriting.values[Int(source.index)]
        rewriting.exchanged[source] = rewriting.values[Int(result.index)]
      }
    }
    rewriting.result.outputs = graph.outputs.map { rewriting.values[Int($0.index)] }
    return rewriting.result.withoutUnusedOperations()
  }

  /// Adds the operation's result with the first two axes exchanged.
  private func exchange(_ operation: Operation, _ sources: [ValueID], _ rewriting: inout Rewriting) {
    let type = Rewriting.exchanged(type(operation.results[0]))
    let origin = operation.origin
    let exchanged = sources.map { rewriting.exchanging($0, origin) }
    let value: ValueID
    switch operation.primitive {
    case .take:
      let table = rewriting.values[Int(operation.operands[0].index)]
      value = rewriting.add(operation.primitive, [table] + exchanged, type, origin)
    case .broadcast(_, let axes):
      let operand = exchanged.first ?? rewriting.values[Int(operation.operands[0].index)]
      let places = exchanged.isEmpty ? axes.map { $0 < 2 ? 1 - $0 : $0 } : axes
      value = rewriting.add(.broadcast(type.shape, axes: places), [operand], type, origin)
    case .reshape:
      guard let (product, flat, _) = product(operation) else {
        value = rewriting.add(.reshape(type.shape), exchanged, type, origin)
        break
      }
      let flatType = self.type(flat.results[0]), productType = self.type(product.results[0])
      let rows = rewriting.add(.reshape(flatType.shape), exchanged, flatType, flat.origin)
      let right = rewriting.values[Int(product.operands[1].index)]
      let result = rewriting.add(product.primitive, [rows, right], productType, product.origin)
      value = rewriting.add(.reshape(type.shape), [result], type, origin)
    default: value = rewriting.add(operation.primitive, exchanged, type, origin)
    }
    rewriting.exchanged[operation.results[0]] = value
  }

  private struct Rewriting {
    let source: Graph
    var result = Graph()
    /// By value of the source: its counterpart.
    var values: [ValueID]
    /// Counterparts with the first two axes exchanged.
    var exchanged: [ValueID: ValueID] = [:]

    init(_ source: Graph) {
      self.source = source
      values = [ValueID](repeating: ValueID(0), count: source.types.count)
      for input in source.inputs { values[Int(input.index)] = result.addInput(source.type(of: input)) }
    }

    mutating func copy(_ operation: Operation) {
      let operands = operation.operands.map { values[Int($0.index)] }
      for value in operation.results { values[Int(value.index)] = result.newValue(source.type(of: value)) }
      result.operations.append(
        Operation(
          operation.primitive, operands, operation.results.map { values[Int($0.index)] }, origin: operation.origin))
    }

    mutating func add(_ primitive: Primitive, _ operands: [ValueID], _ type: TensorType, _ origin: Origin) -> ValueID {
      let value = result.newValue(type)
      result.operations.append(Operation(primitive, operands, [value], origin: origin))
      return value
    }

    /// A value of the source with its first two axes exchanged.
    mutating func exchanging(_ value: ValueID, _ origin: Origin) -> ValueID {
      if let known = exchanged[value] { return known }
      let type = source.type(of: value)
      let permutation = [1, 0] + Array(2..<type.shape.rank)
      let new = add(
        .transpose(permutation: permutation), [values[Int(value.index)]], Self.exchanged(type), origin)
      exchanged[value] = new
      return new
    }

    static func exchanged(_ type: TensorType) -> TensorType {
      TensorType(type.dtype, Shape([type.shape[1], type.shape[0]] + type.shape.sizes.dropFirst(2)))
    }
  }
}
