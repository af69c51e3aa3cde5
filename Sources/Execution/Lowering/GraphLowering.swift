import TensorGraph
import TensorRuntime
import TensorTypes

/// A loop whose iterations stand by themselves, as the program sees it.
struct LoweredLoop {
  var state: UnsafeMutablePointer<LoopState>
  /// The buffers of the last carries.
  var carried: Set<Int>
}

/// Ids that were found to be below a limit.
struct IdCheck: Hashable {
  var buffer: Int32
  var offset, count, limit: Int
}

/// Lowers one graph, the whole or a loop's body, to the steps of a block.
struct GraphLowering: StepSink {
  let builder: ProgramBuilder
  let graph: Graph
  let analysis: GraphAnalysis
  let bands: BandAnalysis
  private(set) var draft = BlockDraft()
  /// This block's buffers that the memory plan places, with their sizes.
  private(set) var scratch: [Int: Int] = [:]
  private var rootBuffers: [Int]
  private var copies: [StridedView: Reference] = [:]
  /// By the value that is summed.
  var loweredSums: [Int: LoweredRowSum] = [:]
  private(set) var origin = Origin.none
  var idChecks: Set<IdCheck> = []
  /// Stamps on the operations of the region that is being lowered.
  var regionOf: [Int]
  var regionCount = 0
  /// Whether runs of row-wise operations become one step.
  var findsRows: Bool
  /// The first result of the scan that is lowered as a loop.
  var loopResult: ValueID?
  var loop: LoweredLoop?
  /// How often the graph runs, one part of its rows after another.
  var repeats = 1
  /// By buffer of which it runs over parts: bytes from one part to the next.
  var aheadBytes: [Int: Int] = [:]
  /// Whether these lead to what the next iteration reads, not to rows that follow.
  var fetchesSlices = false
  /// Values that stand in their place in a concatenation, or as a reshape wants them, already.
  var placedParts: Set<Int> = []
  /// By product that does not stand row after row: from one row to the next.
  var rowSteps: [Int: Int] = [:]
  /// From one slice to the next of the stacks of the graph's scan, where they are not its own size.
  var sliceBytes: [Int]?

  var memory: PlainMemory { builder.memory }

  /// `inputs`: the buffers of the graph's inputs; `inputStrides`: see `GraphAnalysis`; `inputFacts`: see `BandAnalysis`.
  init(
    _ graph: Graph, builder: ProgramBuilder, inputs: [Int], inputStrides: [[Int]?] = [], inputFacts: [BandFact?] = []
  ) {
    self.builder = builder
    self.graph = graph
    analysis = GraphAnalysis(graph, absorbsViews: builder.options.optimize, inputStrides: inputStrides)
    bands =
      builder.options.optimize
      ? BandAnalysis(graph, analysis.producers, inputs: inputFacts) : BandAnalysis(Graph(), [])
    rootBuffers = [Int](repeating: -1, count: graph.types.count)
    findsRows = builder.options.optimize
    regionOf = [Int](repeating: -1, count: graph.operations.count)
    for (input, buffer) in zip(graph.inputs, inputs) { rootBuffers[Int(input.index)] = buffer }
  }

  // MARK: Buffers

  mutating func temporary(byteCount: Int) -> Int {
    let buffer = builder.buffer(byteCount, .scratch)
    scratch[buffer] = byteCount
    return buffer
  }

  mutating func emit(_ step: Step, _ use: StepUse) {
    draft.steps.append(step)
    draft.uses.append(use)
    draft.origins.append(builder.origin(origin))
  }

  /// Where the steps that follow were written.
  mutating func setOrigin(_ place: Origin) { origin = place }

  /// The buffer of a root value; made when it is first needed.
  mutating func buffer(of root: Int) -> Int {
    if rootBuffers[root] >= 0 { return rootBuffers[root] }
    let producer = analysis.producers[root]
    if producer >= 0, case .constant(let literal) = graph.operations[producer].primitive {
      rootBuffers[root] = builder.constant(literal)
    } else {
      rootBuffers[root] = temporary(byteCount: graph.types[root].byteCount)
    }
    return rootBuffers[root]
  }

  mutating func operand(_ value: Int) -> LoweredOperand {
    var view = analysis.views[value]
    view.root = buffer(of: view.root)
    return LoweredOperand(view: view, dtype: graph.types[value].dtype, band: bands.band(ValueID(value)))
  }

  mutating func dense(_ operand: LoweredOperand) -> Reference {
    if operand.view.isDense { return denseCopy(operand) }
    if let known = copies[operand.view] { return known }
    let copy = denseCopy(operand)
    copies[operand.view] = copy
    return copy
  }

  mutating func denseReference(of value: Int) -> Reference { dense(operand(value)) }

  // MARK: Outputs

  /// Whether the value is all of its root, in order.
  func isWhole(_ value: Int) -> Bool {
    let view = analysis.views[value]
    return view.isDense && view.offset == 0 && view.count == graph.types[view.root].shape.count
  }

  /// Lets the value's root be computed straight into `buffer`; false when it is an input, a constant, only a part of
  /// its root, or already computed elsewhere.
  mutating func claim(_ value: Int, _ buffer: Int) -> Bool {
    let root = analysis.views[value].root
    let producer = analysis.producers[root]
    guard isWhole(value), producer >= 0, analysis.kinds[producer] != .constant, rootBuffers[root] < 0 else {
      return false
    }
    rootBuffers[root] = buffer
    return true
  }

  /// Copies a value that could not be claimed.
  mutating func copyOut(_ value: Int, to buffer: Int) {
    let operand = operand(value)
    copy(operand.view, elementSize: operand.dtype.size, to: Reference(buffer))
  }

  // MARK: Steps

  mutating func lowerOperations() throws(ExecutionProblem) {
    let groups = builder.options.optimize ? Grouping.fused(graph, analysis) : Grouping.separate(analysis)
    let runs = findsRows ? RowAnalysis.runs(groups, graph, analysis) : []
    var next = 0
    for run in runs {
      try lowerGroups(groups[next..<run.range.lowerBound])
      try lowerRows(run.range.filter { !run.skipped.contains($0) }.map { groups[$0] }, axes: run.axes)
      for index in run.skipped { try lowerGroup(groups[index]) }
      next = run.range.upperBound
    }
    try lowerGroups(groups[next...])
  }

  private mutating func lowerGroups(_ groups: ArraySlice<OperationGroup>) throws(ExecutionProblem) {
    var rest = groups
    while let group = rest.first {
      let done = lowerRowChain(rest)
      if done == 0 { try lowerGroup(group) }
      rest = rest.dropFirst(max(1, done))
    }
  }

  private mutating func lowerGroup(_ group: OperationGroup) throws(ExecutionProblem) {
    guard let last = group.operations.last else { return }
    let operation = graph.operations[last]
    setOrigin(operation.origin)
    if group.isRegion {
      lowerRegion(group.operations)
      return
    }
    if lowerRowSum(last) || analysis.columnSums[last] != nil || isInPlace(operation) || sharesCopy(operation) { return }
    switch operation.primitive {
    case .scan(let scan): try lowerScan(scan, operation)
    case .whileLoop(let loop): try lowerWhile(loop, operation)
    case .concatenate(let axis):
      let type = graph.type(of: operation.results[0])
      let output = Reference(buffer(of: Int(operation.results[0].index)))
      let operands = operation.operands.map {
        placedParts.contains(analysis.views[Int($0.index)].root) ? nil : operand(Int($0.index))
      }
      let sizes = operation.operands.map { graph.type(of: $0).shape[axis] }
      concatenate(operands, sizes, axis, output, type)
    case .matmul: lowerProduct(operation)
    default:
      let operands = operation.operands.map { operand(Int($0.index)) }
      let results = operation.results.map { Reference(buffer(of: Int($0.index))) }
      let types = operation.results.map { graph.type(of: $0) }
      let builder = builder
      guard lower(operation.primitive, operands: operands, results: results, types: types, message: builder.message)
      else { throw .unsupported("no kernel for \(operation.primitive)", operation.origin) }
    }
  }

  /// A reshape of elements that were computed where it wants them.
  private func isInPlace(_ operation: Operation) -> Bool {
    guard case .reshape = operation.primitive, builder.options.optimize else { return false }
    return placedParts.contains(analysis.views[Int(operation.operands[0].index)].root)
  }

  /// A reshape that has to move elements is the copy in order that others read, too.
  private mutating func sharesCopy(_ operation: Operation) -> Bool {
    guard case .reshape = operation.primitive, builder.options.optimize, let result = operation.results.first,
      rootBuffers[Int(result.index)] < 0
    else { return false }
    let copy = denseReference(of: Int(operation.operands[0].index))
    guard copy.offset == 0, scratch[Int(copy.buffer)] != nil else { return false }
    rootBuffers[Int(result.index)] = Int(copy.buffer)
    return true
  }

  /// Places the scratch buffers; `workspace` is made in the enclosing block when there are any.
  @discardableResult
  func place(in workspace: (Int) -> Int?) -> [ProgramPlan.Placement] {
    let plan = MemoryPlan(draft.uses, scratch: scratch, reuse: builder.options.optimize)
    let parent = workspace(plan.byteCount)
    for (buffer, offset) in plan.offsets { builder.buffers[buffer].home = .placed(parent: parent, offset: offset) }
    return plan.placements
  }

  /// Whether everything written to `output` may go to the memory of `input`: all reads of it come before, or happen in
  /// a step that reads each element before it writes there. Gives the first step that writes.
  func firstWrite(of output: Int, replacing input: Int) -> Int? {
    guard let write = draft.uses.firstIndex(where: { $0.writes.contains(output) }) else { return nil }
    let lastRead = draft.uses.lastIndex { $0.reads.contains(input) } ?? -1
    if lastRead < write { return write }
    guard lastRead == write, draft.uses[write].inPlace.contains(where: { $0.output == output && $0.input == input })
    else { return nil }
    return write
  }
}
