import TensorGraph
import TensorRuntime
import TensorTypes

/// Builds the graph of a row run over some of the rows: the leading axes become one of size `rowCount`.
private struct RowBody {
  let run: RowAnalysis
  let rowCount: Int
  var graph = Graph()
  /// Outer values that the body reads whole, and those of which it reads rows.
  var whole: [ValueID] = []
  var sliced: [ValueID] = []
  private var map: [ValueID: ValueID] = [:]
  private var wholeMap: [ValueID: ValueID] = [:]

  init(_ run: RowAnalysis, rowCount: Int) {
    self.run = run
    self.rowCount = rowCount
  }

  private var axes: Int { run.axes }

  func type(_ outer: ValueID) -> TensorType {
    let type = run.graph.type(of: outer)
    return TensorType(type.dtype, Shape([rowCount] + type.shape.sizes[axes...]))
  }

  /// What is known of the matrices of a value of which the body reads rows.
  func fact(_ outer: ValueID, _ bands: BandAnalysis) -> BandFact? {
    if case .place? = bands.facts[outer] { return nil }
    return run.graph.type(of: outer).shape.rank >= axes + 2 ? bands.facts[outer] : nil
  }

  private func shifted(_ list: [Int]) -> [Int] { list.map { $0 - axes + 1 } }

  /// First the inputs: the whole ones, then the sliced ones; then the members in order.
  mutating func build(_ operations: [Int], outputs: [ValueID]) {
    var seen: Set<ValueID> = []
    for index in operations {
      let operation = run.graph.operations[index]
      for (place, operand) in operation.operands.enumerated() {
        if !isShared(operation, place) {
          collect(operand, &seen)
        } else if literal(operand) == nil, !whole.contains(operand) {
          whole.append(operand)
        }
      }
    }
    for value in whole { wholeMap[value] = graph.addInput(run.graph.type(of: value)) }
    for value in sliced { map[value] = graph.addInput(type(value)) }
    for index in operations {
      let operation = run.graph.operations[index]
      append(operation)
    }
    graph.outputs = outputs.compactMap { map[$0] }
  }

  private mutating func collect(_ value: ValueID, _ seen: inout Set<ValueID>) {
    guard seen.insert(value).inserted else { return }
    guard run.isComputed(value) else {
      sliced.append(value)
      return
    }
    let producer = run.analysis.producers[Int(value.index)]
    guard !run.members.contains(producer) else { return }
    let operation = run.graph.operations[producer]
    if isSpread(operation) {
      let source = operation.operands[0]
      if literal(source) == nil, !whole.contains(source) { whole.append(source) }
    } else {
      collect(operation.operands[0], &seen)
    }
  }

  /// A value without rows is repeated for each.
  private func isSpread(_ operation: Operation) -> Bool {
    guard case .broadcast(_, let targets) = operation.primitive else { return false }
    return !targets.starts(with: 0..<axes)
  }

  /// An operand that is the same for all rows: the weight of a convolution.
  private func isShared(_ operation: Operation, _ place: Int) -> Bool {
    switch operation.primitive {
    case .convolve, .convolveInput: place == 1
    default: false
    }
  }

  private func literal(_ value: ValueID) -> Literal? {
    let producer = run.analysis.producers[Int(value.index)]
    guard producer >= 0, case .constant(let literal) = run.graph.operations[producer].primitive else { return nil }
    return literal
  }

  private mutating func append(_ operation: Operation) {
    let operands = operation.operands.enumerated().map { place, operand in
      isSpread(operation) || isShared(operation, place) ? wholeValue(operand) : value(operand)
    }
    let results = operation.results.map { old in
      let new = graph.newValue(type(old))
      map[old] = new
      return new
    }
    graph.operations.append(Operation(onRows(operation), operands, results, origin: operation.origin))
  }

  private mutating func value(_ outer: ValueID) -> ValueID {
    if let known = map[outer] { return known }
    append(run.graph.operations[run.analysis.producers[Int(outer.index)]])
    return map[outer] ?? outer
  }

  private mutating func wholeValue(_ outer: ValueID) -> ValueID {
    if let known = wholeMap[outer] { return known }
    let value = graph.newValue(run.graph.type(of: outer))
    wholeMap[outer] = value
    if let literal = literal(outer) {
      graph.operations.append(Operation(.constant(literal), [], [value], origin: .none))
    }
    return value
  }

  private func onRows(_ operation: Operation) -> Primitive {
    switch operation.primitive {
    case .reduce(let reduction, let reduced): return .reduce(reduction, axes: shifted(reduced))
    case .argReduce(let kind, let axis): return .argReduce(kind, axis: axis - axes + 1)
    case .cumulate(let kind, let axis): return .cumulate(kind, axis: axis - axes + 1)
    case .reshape: return .reshape(type(operation.results[0]).shape)
    case .transpose(let permutation): return .transpose(permutation: [0] + shifted(Array(permutation[axes...])))
    case .broadcast(_, let targets):
      let shape = type(operation.results[0]).shape
      return isSpread(operation)
        ? .broadcast(shape, axes: shifted(targets)) : .broadcast(shape, axes: [0] + shifted(Array(targets[axes...])))
    case .slice(let starts, let limits, let strides):
      return .slice(
        starts: [0] + starts[axes...], limits: [rowCount] + limits[axes...], strides: [1] + strides[axes...])
    case .reverse(let reversed): return .reverse(axes: shifted(reversed))
    default: return operation.primitive
    }
  }
}

/// Where the rows of an input or output stand.
private struct RowSource {
  var reference: Reference
  var sliceBytes: Int
  var groupLength = Int.max
  var groupBytes = 0
  /// Of one row, where its elements do not stand one after another.
  var strides: [Int]?
}

extension GraphLowering {
  /// Lowers a row run to one step: a body over a few rows, and one over the rows that remain.
  mutating func lowerRows(_ groups: [OperationGroup], axes: Int) throws(ExecutionProblem) {
    let operations = groups.flatMap(\.operations)
    let first = graph.operations[operations[0]]
    guard let result = first.results.first else { return }
    let rows = Array(graph.type(of: result).shape.sizes[..<axes])
    var run = RowAnalysis(graph, analysis, rows: rows)
    guard run.admit(operations) else {
      throw .unsupported("operations that do not work on rows", first.origin)
    }
    let (inside, handedOn) = run.values()
    let outputs = inside.filter(handedOn.contains).map { ValueID($0) }
    let count = rows.reduce(1, &*)
    let rowBytes = max(1, inside.reduce(0) { $0 + graph.types[$1].byteCount } / count)
    let threads = RowRunner.workspaceLimit
    let chunk = max(1, min((1 << 17) / rowBytes, (count + 4 * threads - 1) / (4 * threads)))

    let places = outputs.map { chunk == 1 ? place(of: Int($0.index), axes: axes) : nil }
    let results = zip(outputs, places).map { value, place in
      place ?? RowSource(reference: Reference(buffer(of: Int(value.index))), sliceBytes: 0)
    }
    var use = StepUse(reads: [], writes: results.map { Int($0.reference.buffer) })
    var parts: [RowPart] = []
    for (rowCount, times) in [(chunk, count / chunk), (count % chunk, 1)] where rowCount > 0 && times > 0 {
      var body = RowBody(run, rowCount: rowCount)
      body.build(operations, outputs: outputs)
      let before = parts.isEmpty ? 0 : count - rowCount
      parts.append(
        try lowerPart(
          body, outputs: outputs, results: results, rowsBefore: before, times: times, threads: threads, &use))
    }
    setOrigin(first.origin)
    emit(.rows(memory.pointer([RowStep(parts: UnsafeBufferPointer(memory.copy(parts)))])), use)
  }

  /// Where a product goes one matrix at a time, when it does not go to memory of its own.
  private mutating func place(of value: Int, axes: Int) -> RowSource? {
    guard let place = analysis.productParts[value], place.sizes.count == axes + 2 else { return nil }
    let loops = TileLoops(sizes: Array(place.sizes[..<axes]), strides: [Array(place.strides[..<axes])])
    guard loops.sizes.count <= 2, let step = loops.strides[0].last, let length = loops.sizes.last,
      place.strides[axes] >= place.sizes[axes + 1]
    else { return nil }
    placedParts.insert(value)
    let size = graph.types[value].dtype.size
    return RowSource(
      reference: Reference(buffer(of: place.root), offset: place.offset * size), sliceBytes: step * size,
      groupLength: length, groupBytes: loops.sizes.count == 2 ? loops.strides[0][0] * size : 0,
      strides: [0] + place.strides[axes...])
  }

  private mutating func lowerPart(
    _ body: RowBody, outputs: [ValueID], results: [RowSource], rowsBefore: Int, times: Int, threads: Int,
    _ use: inout StepUse
  ) throws(ExecutionProblem) -> RowPart {
    var whole: [Reference] = []
    for value in body.whole { whole.append(denseReference(of: Int(value.index))) }
    var sliced: [RowSource] = []
    for value in body.sliced { sliced.append(rowSource(of: value, body)) }
    use.reads += (whole + sliced.map(\.reference)).map { Int($0.buffer) }
    // Its buffers stand one after another, so that each thread can have a table of them.
    let firstBuffer = builder.buffers.count
    builder.beginScope()
    let inner = try lowerRowBody(
      body.graph, inputStrides: body.whole.map { _ in nil } + sliced.map(\.strides),
      inputFacts: body.whole.map { bands.facts[$0] } + body.sliced.map { body.fact($0, bands) }, moving: sliced.count,
      repeats: times, rowSteps: results.map { $0.strides?[1] })
    builder.endScope()
    let bufferCount = builder.buffers.count - firstBuffer
    let scratch = rowWorkspace(
      inner, buffers: firstBuffer..<(firstBuffer + bufferCount), threads: threads, &use)
    let links = zip(inner.inputs, whole).map { Link(inner: Int32($0.0), outer: $0.1) }
    let sources = sliced + zip(results, outputs).map { result, value in
      result.strides == nil
        ? RowSource(reference: result.reference, sliceBytes: body.type(value).byteCount) : result
    }
    let stacks = zip(Array(inner.inputs.dropFirst(whole.count)) + inner.outputs, sources).map { inner, source in
      var start = source.reference
      start.offset += rowsBefore * (source.sliceBytes / body.rowCount)
      return Stack(
        inner: Int32(inner), outer: start, sliceBytes: source.sliceBytes, groupLength: source.groupLength,
        groupBytes: source.groupBytes)
    }
    return RowPart(
      body: inner.block, times: times, firstBuffer: firstBuffer, bufferCount: bufferCount,
      constants: UnsafeBufferPointer(memory.copy(links)), stacks: UnsafeBufferPointer(memory.copy(stacks)),
      scratch: scratch,
      scratchBytes: max(64, inner.scratchBytes), workspaces: threads)
  }

  /// Gives each thread the scratch memory of a lowered body; those of its `buffers` that stand in it, whether by
  /// themselves or in the memory of a loop's body.
  mutating func rowWorkspace(_ inner: LoweredRows, buffers: Range<Int>, threads: Int, _ use: inout StepUse)
    -> UnsafeBufferPointer<Int32>
  {
    let workspace = temporary(byteCount: max(64, inner.scratchBytes) * threads)
    use.writes.append(workspace)
    for (buffer, offset) in inner.placements {
      builder.buffers[buffer].home = .placed(parent: workspace, offset: offset)
    }
    let placed = buffers.filter { if case .placed = builder.buffers[$0].home { true } else { false } }
    return UnsafeBufferPointer(memory.copy(placed.map { Int32($0) }))
  }

  struct LoweredRows {
    var block: Block
    var inputs: [Int]
    var outputs: [Int]
    var scratchBytes: Int
    var placements: [(buffer: Int, offset: Int)]
  }

  /// Rows of which one is worked on at a time are read where they stand; others are first brought in order.
  private mutating func rowSource(of value: ValueID, _ body: RowBody) -> RowSource {
    let operand = operand(Int(value.index))
    let (view, size, axes) = (operand.view, operand.dtype.size, body.run.axes)
    let loops = TileLoops(sizes: Array(view.sizes[..<axes]), strides: [Array(view.strides[..<axes])])
    guard body.rowCount == 1, !view.isDense, loops.sizes.count <= 2, let step = loops.strides[0].last,
      let length = loops.sizes.last
    else {
      return RowSource(reference: dense(operand), sliceBytes: body.type(value).byteCount)
    }
    return RowSource(
      reference: Reference(view.root, offset: view.offset * size), sliceBytes: step * size, groupLength: length,
      groupBytes: loops.sizes.count == 2 ? loops.strides[0][0] * size : 0, strides: [0] + view.strides[axes...])
  }

  /// `inputStrides`: by input, where it is not dense. `moving`: how many of the last inputs go on by their own size when the
  /// body runs again, as it does `repeats` times. `rowSteps`: by output, a product that does not stand row after row.
  /// `checkedIds`: were checked before.
  func lowerRowBody(
    _ body: Graph, inputStrides: [[Int]?] = [], inputFacts: [BandFact?] = [], moving: Int = 0, repeats: Int = 1,
    sliceBytes: [Int]? = nil, rowSteps: [Int?] = [], checkedIds: [PartIds] = []
  ) throws(ExecutionProblem) -> LoweredRows {
    let builder = builder
    let inputs = body.inputTypes.map { builder.buffer($0.byteCount, .external) }
    let outputs = body.outputTypes.map { builder.buffer($0.byteCount, .external) }
    var lowering = GraphLowering(
      body, builder: builder, inputs: inputs, inputStrides: inputStrides, inputFacts: inputFacts)
    lowering.findsRows = false
    lowering.sliceBytes = sliceBytes
    lowering.repeats = repeats
    for (buffer, type) in zip(inputs, body.inputTypes).suffix(moving) { lowering.aheadBytes[buffer] = type.byteCount }
    let unclaimed = zip(body.outputs, outputs).filter { !lowering.claim(Int($0.index), $1) }
    for (value, step) in zip(body.outputs, rowSteps) { lowering.rowSteps[Int(value.index)] = step }
    for ids in checkedIds {
      lowering.idChecks.insert(
        IdCheck(
          buffer: Int32(inputs[ids.input]), offset: 0, count: body.inputTypes[ids.input].shape.count, limit: ids.limit))
    }
    try lowering.lowerOperations()
    for (value, buffer) in unclaimed { lowering.copyOut(Int(value.index), to: buffer) }
    let plan = MemoryPlan(lowering.draft.uses, scratch: lowering.scratch, reuse: true)
    return LoweredRows(
      block: lowering.draft.finished(memory), inputs: inputs, outputs: outputs, scratchBytes: plan.byteCount,
      placements: plan.offsets.map { ($0.key, $0.value) })
  }
}
