import TensorGraph
import TensorRuntime
import TensorTypes

/// A scan over the steps of a batch of sequences, each of which goes its own way: every thread takes some of the batch
/// through all steps, and none waits for another between them.
extension GraphLowering {
  /// Below this, starting the threads is not worth it.
  private static let worthwhileNanoseconds = 50_000

  /// False when the scan has to run step by step for all rows.
  mutating func lowerScanByRows(_ scan: Scan, _ operation: Operation) throws(ExecutionProblem) -> Bool {
    let threads = RowRunner.workspaceLimit
    guard findsRows, threads > 1, let rows = ScanRows.count(scan), scan.length > 1,
      scan.length * Self.nanoseconds(scan.body) >= Self.worthwhileNanoseconds
    else { return false }
    // Products of one row are summed in another order: no part has one.
    var rowCount = max(2, (rows + threads - 1) / threads)
    while rows % rowCount == 1 { rowCount += 1 }
    guard rowCount < rows else { return false }
    var bodies: [(body: ScanRows, times: Int)] = []
    for (count, times) in [(rowCount, rows / rowCount), (rows % rowCount, 1)] where count > 0 && times > 0 {
      guard let body = ScanRows(scan, rows: rows, rowCount: count) else { return false }
      bodies.append((body, times))
    }
    let results = operation.results.map { Reference(buffer(of: Int($0.index))) }
    var use = StepUse(reads: [], writes: results.map { Int($0.buffer) }, isFallible: true)
    var parts: [RowPart] = []
    for (body, times) in bodies {
      let before = parts.isEmpty ? 0 : rows - body.rowCount
      parts.append(
        try lowerScanPart(
          scan, body, operation, results: results, rowsBefore: before, times: times, threads: threads, &use))
    }
    setOrigin(operation.origin)
    emit(.rows(memory.pointer([RowStep(parts: UnsafeBufferPointer(memory.copy(parts)))])), use)
    return true
  }

  private static func nanoseconds(_ body: Graph) -> Int {
    body.operations.reduce(0) { total, operation in
      let count = operation.results.first.map { body.type(of: $0).shape.count } ?? 0
      guard case .matmul(let transposeA, _) = operation.primitive else { return total + count / 8 }
      let sizes = body.type(of: operation.operands[0]).shape.sizes
      return total + count * sizes[sizes.count - (transposeA ? 2 : 1)] / 40
    }
  }

  private mutating func lowerScanPart(
    _ scan: Scan, _ body: ScanRows, _ operation: Operation, results: [Reference], rowsBefore: Int, times: Int,
    threads: Int, _ use: inout StepUse
  ) throws(ExecutionProblem) -> RowPart {
    let carries = (0..<scan.carryCount).map { ScanRows.Input(number: scan.constantCount + $0, isSliced: true) }
    let inputs = body.constants + carries + body.stacks
    // A graph of that one scan, its inputs and results some of the rows.
    var graph = Graph()
    let firstStack = body.constants.count + scan.carryCount
    for (position, type) in body.result.body.inputTypes.enumerated() {
      _ = graph.addInput(position < firstStack ? type : stacked(type, scan.length))
    }
    graph.outputs = body.result.body.outputTypes.enumerated().map { position, type in
      graph.newValue(position < scan.carryCount ? type : stacked(type, scan.length))
    }
    graph.operations = [
      Operation(.scan(body.result), graph.inputs, graph.outputs, origin: operation.origin)
    ]
    /// Bytes from one step to the next of the stacks outside, where all rows stand.
    let steps =
      body.stacks.enumerated().map { index, stack in
        let bytes = body.result.body.inputTypes[firstStack + index].byteCount
        return stack.isSliced ? bytes / body.rowCount * body.rows : bytes
      }
      + body.result.body.outputTypes.dropFirst(scan.carryCount).map { $0.byteCount / body.rowCount * body.rows }

    var operands: [Reference] = []
    for input in inputs { operands.append(denseReference(of: Int(operation.operands[input.number].index))) }
    use.reads += operands.map { Int($0.buffer) }
    let firstBuffer = builder.buffers.count
    builder.beginScope()
    let inner = try lowerRowBody(graph, sliceBytes: steps)
    builder.endScope()
    let bufferCount = builder.buffers.count - firstBuffer
    let scratch = rowWorkspace(
      inner, buffers: firstBuffer..<(firstBuffer + bufferCount), threads: threads, &use)

    var links: [Link] = []
    var stacks: [Stack] = []
    func add(_ buffer: Int, _ outer: Reference, rowBytes: Int) {
      let start = Reference(Int(outer.buffer), offset: outer.offset + rowsBefore * rowBytes)
      stacks.append(Stack(inner: Int32(buffer), outer: start, sliceBytes: rowBytes * body.rowCount))
    }
    for (position, input) in inputs.enumerated() {
      if input.isSliced {
        add(inner.inputs[position], operands[position], rowBytes: rowBytes(body.result.body.inputTypes[position], body))
      } else {
        links.append(Link(inner: Int32(inner.inputs[position]), outer: operands[position]))
      }
    }
    for (position, type) in body.result.body.outputTypes.enumerated() {
      add(inner.outputs[position], results[position], rowBytes: rowBytes(type, body))
    }
    return RowPart(
      body: inner.block, times: times, firstBuffer: firstBuffer, bufferCount: bufferCount,
      constants: UnsafeBufferPointer(memory.copy(links)), stacks: UnsafeBufferPointer(memory.copy(stacks)),
      scratch: scratch, scratchBytes: max(64, inner.scratchBytes), workspaces: threads)
  }

  private func rowBytes(_ type: TensorType, _ body: ScanRows) -> Int { type.byteCount / body.rowCount }

  private func stacked(_ type: TensorType, _ length: Int) -> TensorType {
    TensorType(type.dtype, Shape([length] + type.shape.sizes))
  }
}
