import TensorGraph
import TensorRuntime
import TensorTypes

/// Loops over the parts of a batch (see `BatchParts`): no part waits for another, so the threads share them.
extension GraphLowering {
  /// False when the parts have to run one after another: there are fewer than threads, or this is such a part.
  mutating func lowerParts(_ scan: Scan, _ operation: Operation) throws(ExecutionProblem) -> Bool {
    guard let firstRow = scan.firstRow else { return false }
    // No part can fail after this, and problems tell the place in the whole batch.
    let ids = partIds(scan.body)
    for checked in ids { check(checked, scan, operation, firstRow: firstRow) }
    let threads = RowRunner.workspaceLimit
    guard findsRows, scan.length >= max(2, threads) else { return false }

    let operands = operation.operands.map { denseReference(of: Int($0.index)) }
    let results = operation.results.map { Reference(buffer(of: Int($0.index))) }
    var use = StepUse(reads: operands.map { Int($0.buffer) }, writes: results.map { Int($0.buffer) })
    let firstBuffer = builder.buffers.count
    builder.beginScope()
    let inner = try lowerRowBody(
      scan.body, inputFacts: operation.operands[..<scan.constantCount].map { bands.facts[$0] },
      moving: operands.count - scan.constantCount, repeats: scan.length, checkedIds: ids)
    builder.endScope()
    let bufferCount = builder.buffers.count - firstBuffer
    let scratch = rowWorkspace(inner, buffers: firstBuffer..<(firstBuffer + bufferCount), threads: threads, &use)
    let links = (0..<scan.constantCount).map { Link(inner: Int32(inner.inputs[$0]), outer: operands[$0]) }
    let stacked = Array(zip(inner.inputs, operands).dropFirst(scan.constantCount)) + zip(inner.outputs, results)
    let types = scan.body.inputTypes.dropFirst(scan.constantCount) + scan.body.outputTypes
    let stacks = zip(stacked, types).map { stack, type in
      Stack(inner: Int32(stack.0), outer: stack.1, sliceBytes: type.byteCount)
    }
    let part = RowPart(
      body: inner.block, times: scan.length, firstBuffer: firstBuffer, bufferCount: bufferCount,
      constants: UnsafeBufferPointer(memory.copy(links)), stacks: UnsafeBufferPointer(memory.copy(stacks)),
      scratch: scratch, scratchBytes: max(64, inner.scratchBytes), workspaces: threads)
    setOrigin(operation.origin)
    let step = RowStep(parts: UnsafeBufferPointer(memory.copy([part])), isBatch: true)
    emit(.rows(memory.pointer([step])), use)
    return true
  }

  private mutating func check(_ checked: PartIds, _ scan: Scan, _ operation: Operation, firstRow: Int) {
    let ids = denseReference(of: Int(operation.operands[checked.input].index))
    let shape = scan.body.inputTypes[checked.input].shape
    setOrigin(checked.origin)
    emit(
      .checkIds(
        ids: ids, count: shape.count * scan.length, rows: checked.limit, first: firstRow * (shape.count / shape[0])),
      reads: [ids], writes: [], isFallible: true)
  }

  /// The inputs by which the rows of a part pick elements.
  private func partIds(_ body: Graph) -> [PartIds] {
    var inputs: [ValueID: Int] = [:]
    for (number, input) in body.inputs.enumerated() { inputs[input] = number }
    var found: [PartIds] = []
    for operation in body.operations {
      let limit: Int
      switch operation.primitive {
      case .reshape:
        // The same ids in another shape.
        inputs[operation.results[0]] = inputs[operation.operands[0]]
        continue
      case .takeAlong(let axis): limit = body.type(of: operation.operands[0]).shape[axis]
      case .scatterAddAlong(_, let size): limit = size
      default: continue
      }
      if let input = inputs[operation.operands[1]], !found.contains(where: { $0.input == input && $0.limit == limit }) {
        found.append(PartIds(input: input, limit: limit, origin: operation.origin))
      }
    }
    return found
  }
}

/// Ids that stand in an input of the body, and what they have to be below.
struct PartIds {
  var input: Int
  var limit: Int
  var origin: Origin
}
