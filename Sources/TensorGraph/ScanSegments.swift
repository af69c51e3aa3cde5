import TensorTypes

extension Graph {
  /// The graph with scans whose derivative might keep more than `limit` bytes cut into about √length segments: a scan
  /// over segments, each a scan of its own. The way back keeps the carries between segments and computes a segment
  /// again when it comes to it.
  public func segmentingScans(limit: Int) -> Graph {
    guard operations.contains(where: { $0.segmentLength(limit) != nil }) else { return self }
    var result = Graph()
    var numbers = [ValueID](repeating: ValueID(0), count: types.count)
    for input in inputs { numbers[Int(input.index)] = result.addInput(type(of: input)) }
    for operation in operations {
      let operands = operation.operands.map { numbers[Int($0.index)] }
      if let length = operation.segmentLength(limit), case .scan(let scan) = operation.primitive {
        let values = ScanSegments(scan: scan, length: length, origin: operation.origin).add(operands, to: &result)
        for (old, new) in zip(operation.results, values) { numbers[Int(old.index)] = new }
        continue
      }
      for value in operation.results { numbers[Int(value.index)] = result.newValue(type(of: value)) }
      result.operations.append(
        Operation(
          operation.primitive, operands, operation.results.map { numbers[Int($0.index)] }, origin: operation.origin))
    }
    result.outputs = outputs.map { numbers[Int($0.index)] }
    return result
  }
}

extension Operation {
  /// Steps of a segment, or nil where all residuals may be kept.
  fileprivate func segmentLength(_ limit: Int) -> Int? {
    guard case .scan(let scan) = primitive, scan.length >= 4, !scan.recomputes else { return nil }
    let bytes = scan.body.operations.reduce(0) { total, operation in
      operation.primitive.isCheapToRepeat
        ? total : operation.results.reduce(total) { $0 + scan.body.type(of: $1).byteCount }
    }
    guard bytes > limit / scan.length else { return nil }
    let root = Double(scan.length).squareRoot()
    return max(2, Int(root.rounded(.up)))
  }
}

private struct ScanSegments {
  let scan: Scan
  /// Steps of a segment.
  let length: Int
  let origin: Origin

  /// Gives the scan's results.
  func add(_ operands: [ValueID], to graph: inout Graph) -> [ValueID] {
    let count = scan.length / length
    let whole = count * length
    let fixed = Array(operands.prefix(scan.constantCount))
    var carries = Array(operands.dropFirst(scan.constantCount).prefix(scan.carryCount))
    let stacks = Array(operands.dropFirst(scan.constantCount + scan.carryCount))
    var ordered: [[ValueID]] = []

    func runSegments() {
      let cut = stacks.map { stack in
        let part = slice(stack, 0..<whole, &graph)
        let sizes = [count, length] + graph.type(of: part).shape.sizes.dropFirst()
        return reshape(part, sizes, &graph)
      }
      let results = apply(segmented(count), fixed + carries + cut, &graph)
      carries = Array(results.prefix(scan.carryCount))
      ordered.append(
        results.dropFirst(scan.carryCount).map { stack in
          reshape(stack, [whole] + graph.type(of: stack).shape.sizes.dropFirst(2), &graph)
        })
    }
    func runRest() {
      guard whole < scan.length else { return }
      var rest = scan
      rest.length = scan.length - whole
      let cut = stacks.map { slice($0, whole..<scan.length, &graph) }
      let results = apply(rest, fixed + carries + cut, &graph)
      carries = Array(results.prefix(scan.carryCount))
      ordered.append(Array(results.dropFirst(scan.carryCount)))
    }
    // The last steps are a shorter segment, kept as they are; a reversed scan begins with them.
    if scan.isReversed {
      runRest()
      runSegments()
      ordered.reverse()
    } else {
      runSegments()
      runRest()
    }
    let joined = (0..<(scan.body.outputs.count - scan.carryCount)).map { index in
      join(ordered.map { $0[index] }, &graph)
    }
    return carries + joined
  }

  /// The scan over segments.
  private func segmented(_ count: Int) -> Scan {
    var inner = scan
    inner.length = length
    var body = Graph()
    let before = scan.constantCount + scan.carryCount
    for (index, type) in scan.body.inputTypes.enumerated() {
      _ = body.addInput(index < before ? type : stacked(type, length))
    }
    body.outputs = apply(inner, body.inputs, &body)
    var outer = Scan(
      body: body, constantCount: scan.constantCount, carryCount: scan.carryCount, length: count,
      isReversed: scan.isReversed)
    outer.recomputes = true
    return outer
  }

  private func apply(_ scan: Scan, _ operands: [ValueID], _ graph: inout Graph) -> [ValueID] {
    let results = scan.body.outputTypes.enumerated().map { index, type in
      graph.newValue(index < scan.carryCount ? type : stacked(type, scan.length))
    }
    graph.operations.append(Operation(.scan(scan), operands, results, origin: origin))
    return results
  }

  private func stacked(_ type: TensorType, _ length: Int) -> TensorType {
    TensorType(type.dtype, Shape([length] + type.shape.sizes))
  }

  private func add(_ primitive: Primitive, _ operands: [ValueID], _ sizes: [Int], _ graph: inout Graph) -> ValueID {
    let result = graph.newValue(TensorType(graph.type(of: operands[0]).dtype, Shape(sizes)))
    graph.operations.append(Operation(primitive, operands, [result], origin: origin))
    return result
  }

  private func slice(_ value: ValueID, _ range: Range<Int>, _ graph: inout Graph) -> ValueID {
    let sizes = graph.type(of: value).shape.sizes
    if range == 0..<sizes[0] { return value }
    let rest = sizes.dropFirst()
    return add(
      .slice(
        starts: [range.lowerBound] + rest.map { _ in 0 }, limits: [range.upperBound] + rest,
        strides: sizes.map { _ in 1 }),
      [value], [range.count] + rest, &graph)
  }

  private func reshape(_ value: ValueID, _ sizes: [Int], _ graph: inout Graph) -> ValueID {
    add(.reshape(Shape(sizes)), [value], sizes, &graph)
  }

  private func join(_ values: [ValueID], _ graph: inout Graph) -> ValueID {
    if values.count == 1 { return values[0] }
    let rest = graph.type(of: values[0]).shape.sizes.dropFirst()
    return add(.concatenate(axis: 0), values, [scan.length] + rest, &graph)
  }
}
