import TensorTypes

extension Graph {
  /// The graph with the products that scans make of their slices and constants alone moved before them: one large
  /// product for all steps. What leads to these, and elementwise work that follows, goes along. `lookups`: so do rows of
  /// tables; their gradient is then one sum for all steps. `keepingLast`: the last scan stays as it is.
  public func hoistingSliceWork(lookups: Bool, keepingLast: Bool = false) -> Graph {
    let last = operations.lastIndex { if case .scan = $0.primitive { true } else { false } }
    guard let last else { return self }
    return rewritingScans { index, scan, operands, result in
      scan.body = scan.body.hoistingSliceWork(lookups: lookups)
      guard !keepingLast || index < last else { return }
      let work = SliceWork(scan, lookups: lookups)
      operands += work.hoist(operands, into: &result)
      scan.body = work.remainingBody()
    }
  }

  /// The graph with its scans changed: each by its index, with its operands in the new graph, before which further
  /// operations may be added there. One without rounds stays: it must not start to fail by what it never ran.
  func rewritingScans(
    _ change: (_ index: Int, _ scan: inout Scan, _ operands: inout [ValueID], _ result: inout Graph) -> Void
  ) -> Graph {
    var result = Graph()
    var numbers = [ValueID](repeating: ValueID(0), count: types.count)
    for input in inputs { numbers[Int(input.index)] = result.addInput(type(of: input)) }
    for (index, operation) in operations.enumerated() {
      var primitive = operation.primitive
      var operands = operation.operands.map { numbers[Int($0.index)] }
      if case .scan(var scan) = primitive, scan.length > 0 {
        change(index, &scan, &operands, &result)
        primitive = .scan(scan)
      }
      for value in operation.results { numbers[Int(value.index)] = result.newValue(type(of: value)) }
      result.operations.append(
        Operation(primitive, operands, operation.results.map { numbers[Int($0.index)] }, origin: operation.origin))
    }
    result.outputs = outputs.map { numbers[Int($0.index)] }
    return result
  }
}

/// What a scan's body computes of one slice and the constants, done for all slices at once.
private struct SliceWork {
  private enum Kind { case constant, slice, other }

  private let scan: Scan
  private let lookups: Bool
  private var body: Graph { scan.body }
  private var kinds: [Kind]
  /// By operation.
  private var isMoved: [Bool]
  /// What moves and is read by what stays.
  private var crossing: [ValueID] = []

  init(_ scan: Scan, lookups: Bool) {
    self.scan = scan
    self.lookups = lookups
    kinds = [Kind](repeating: .other, count: scan.body.types.count)
    isMoved = [Bool](repeating: false, count: scan.body.operations.count)
    for (number, input) in scan.body.inputs.enumerated() {
      kinds[Int(input.index)] =
        number < scan.constantCount ? .constant : number < scan.constantCount + scan.carryCount ? .other : .slice
    }
    choose()
  }

  private func kind(_ value: ValueID) -> Kind { kinds[Int(value.index)] }
  private func rank(_ value: ValueID) -> Int { body.type(of: value).shape.rank }

  private mutating func choose() {
    var producer: [ValueID: Int] = [:]
    for (index, operation) in body.operations.enumerated() {
      for result in operation.results { producer[result] = index }
      let operands = operation.operands.map(kind)
      if operands.contains(.other) || !canMove(operation) { continue }
      let result = Int(operation.results[0].index)
      kinds[result] = operands.contains(.slice) ? .slice : .constant
      guard kinds[result] == .slice else { continue }
      switch operation.primitive {
      case .matmul: isMoved[index] = true
      case .take: isMoved[index] = lookups
      default:
        // Elementwise work on what has moved.
        isMoved[index] = isElementwise(operation.primitive)
          && operation.operands.contains { producer[$0].map { isMoved[$0] } ?? false }
      }
    }
    guard isMoved.contains(true) else { return }
    for index in body.operations.indices.reversed() where isMoved[index] {
      for operand in body.operations[index].operands where kind(operand) == .slice {
        if let source = producer[operand] { isMoved[source] = true }
      }
    }
    let staying = body.operations.indices.filter { !isMoved[$0] }.flatMap { body.operations[$0].operands }
    let read = Set(staying + body.outputs)
    crossing = body.operations.indices.filter { isMoved[$0] }.flatMap { body.operations[$0].results }
      .filter(read.contains)
  }

  private func isElementwise(_ primitive: Primitive) -> Bool {
    switch primitive {
    case .unary, .binary, .compare, .select, .convert: true
    default: false
    }
  }

  private func canMove(_ operation: Operation) -> Bool {
    switch operation.primitive {
    case .constant, .reshape, .transpose, .broadcast, .slice, .reverse, .stopGradient, .compare, .select, .convert:
      return true
    case .unary, .binary: return body.type(of: operation.results[0]).dtype != .i64
    case .reduce(_, let axes): return !axes.isEmpty && body.type(of: operation.results[0]).dtype.isFloating
    case .matmul(let transposeA, _):
      let (a, b) = (operation.operands[0], operation.operands[1])
      // The rows of all slices are rows of one product.
      return kind(a) == .slice && kind(b) == .constant && rank(a) == 2 && !transposeA
    case .take(let axis): return axis == 0 && kind(operation.operands[0]) == .constant
    default: return false
    }
  }

  /// Adds the moved operations to `outer`; gives the stacks that the body reads from now on.
  func hoist(_ operands: [ValueID], into outer: inout Graph) -> [ValueID] {
    if crossing.isEmpty { return [] }
    /// A constant as it is, a slice as the stack of all.
    var values: [ValueID: ValueID] = [:]
    for (input, operand) in zip(body.inputs, operands) { values[input] = operand }
    for (index, operation) in body.operations.enumerated() {
      guard let result = operation.results.first else { continue }
      if kind(result) == .constant, operation.operands.allSatisfy({ values[$0] != nil }) {
        let copy = outer.newValue(body.type(of: result))
        outer.operations.append(
          Operation(operation.primitive, operation.operands.compactMap { values[$0] }, [copy], origin: operation.origin))
        values[result] = copy
      } else if isMoved[index] {
        values[result] = stacked(operation, values, &outer)
      }
    }
    return crossing.compactMap { values[$0] }
  }

  private func stackType(_ value: ValueID) -> TensorType {
    let type = body.type(of: value)
    return TensorType(type.dtype, Shape([scan.length] + type.shape.sizes))
  }

  private func stacked(_ operation: Operation, _ values: [ValueID: ValueID], _ outer: inout Graph) -> ValueID {
    func add(_ primitive: Primitive, _ operands: [ValueID], _ type: TensorType) -> ValueID {
      let result = outer.newValue(type)
      outer.operations.append(Operation(primitive, operands, [result], origin: operation.origin))
      return result
    }
    let type = stackType(operation.results[0])
    let operands = operation.operands.compactMap { values[$0] }
    switch operation.primitive {
    case .take: return add(operation.primitive, operands, type)
    case .matmul:
      let sizes = stackType(operation.operands[0]).shape.sizes
      let rows = sizes[0] * sizes[1]
      let flat = add(.reshape([rows, sizes[2]]), [operands[0]], TensorType(type.dtype, [rows, sizes[2]]))
      let product = add(
        operation.primitive, [flat, operands[1]], TensorType(type.dtype, [rows, type.shape[2]]))
      return add(.reshape(type.shape), [product], type)
    default:
      // Everything else takes stacks only.
      let stacks = zip(operation.operands, operands).map { inner, value in
        guard kind(inner) == .constant else { return value }
        let spread = stackType(inner)
        return add(.broadcast(spread.shape, axes: Array(1..<spread.shape.rank)), [value], spread)
      }
      return add(lifted(operation.primitive, type), stacks, type)
    }
  }

  /// The primitive with one more axis in front.
  private func lifted(_ primitive: Primitive, _ type: TensorType) -> Primitive {
    switch primitive {
    case .reshape: .reshape(type.shape)
    case .transpose(let permutation): .transpose(permutation: [0] + permutation.map { $0 + 1 })
    case .broadcast(_, let axes): .broadcast(type.shape, axes: [0] + axes.map { $0 + 1 })
    case .slice(let starts, let limits, let strides):
      .slice(starts: [0] + starts, limits: [scan.length] + limits, strides: [1] + strides)
    case .reverse(let axes): .reverse(axes: axes.map { $0 + 1 })
    case .reduce(let reduction, let axes): .reduce(reduction, axes: axes.map { $0 + 1 })
    default: primitive
    }
  }

  /// The body, which reads what has moved as further slices.
  func remainingBody() -> Graph {
    if crossing.isEmpty { return body }
    var rest = body
    rest.operations = body.operations.indices.filter { !isMoved[$0] }.map { body.operations[$0] }
    rest.inputs += crossing
    return rest.withoutUnusedOperations()
  }
}
