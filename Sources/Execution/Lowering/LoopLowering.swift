import TensorGraph
import TensorRuntime
import TensorTypes

/// Loops: the body becomes a block of its own, whose inputs and outputs are linked at run time.
extension GraphLowering {
  /// A carry whose values, those that a step finds or those that it leaves, are an output to be stacked.
  private struct BodyTrail {
    /// Among the carries, and among the body's outputs.
    var carry, output: Int
    var isAfter: Bool
  }

  private struct Body {
    var block: Block
    var inputs: [Int]
    var outputs: [Int]
    var workspace: Int?
    /// By carry: its output may be written over its input.
    var isInPlace: [Bool]
    /// The carries that stand in a stack.
    var trails: [BodyTrail]
    /// The first step that writes over a carry.
    var firstWrite: Int
  }

  /// `carry`: where the carries begin among the inputs and how many there are; they come first among the outputs.
  /// `isLoop`: a carry is written over only when nothing in the body can fail any more. `constants`: what is known of the
  /// first inputs. `ahead`: bytes from each of the last inputs to what the next iteration reads in its place.
  private mutating func lowerBody(
    _ body: Graph, carry: Range<Int>, constants: [BandFact?], outputs: [Int]? = nil, isLoop: Bool = false,
    ahead: [Int] = []
  ) throws(ExecutionProblem) -> Body {
    let builder = builder
    let inputs = body.inputTypes.map { builder.buffer($0.byteCount, .external) }
    let outputs = outputs ?? body.outputTypes.map { builder.buffer($0.byteCount, .external) }
    var lowering = GraphLowering(body, builder: builder, inputs: inputs, inputFacts: constants)
    lowering.findsRows = findsRows
    lowering.fetchesSlices = true
    for (buffer, bytes) in zip(inputs.suffix(ahead.count), ahead) where bytes != 0 { lowering.aheadBytes[buffer] = bytes }
    var unclaimed: [(value: Int, buffer: Int)] = []
    var trails: [BodyTrail] = []
    var isPassed = [Bool](repeating: false, count: carry.count)
    for (position, (value, buffer)) in zip(body.outputs, outputs).enumerated() {
      let value = Int(value.index)
      if position < carry.count, lowering.isWhole(value),
        lowering.analysis.views[value].root == Int(body.inputs[carry.lowerBound + position].index)
      {
        isPassed[position] = true
      } else if !lowering.claim(value, buffer) {
        if !isLoop, position >= carry.count, lowering.isWhole(value),
          let trail = lowering.trail(of: position, carry: carry), !isPassed[trail.carry],
          !trails.contains(where: { $0.carry == trail.carry })
        {
          trails.append(trail)
        } else {
          unclaimed.append((value, buffer))
        }
      }
    }
    try lowering.lowerOperations()
    for (value, buffer) in unclaimed { lowering.copyOut(value, to: buffer) }
    let lastFallible = isLoop ? lowering.draft.uses.lastIndex { $0.isFallible } ?? -1 : -1
    var firstWrite = Int.max
    let isInPlace = isPassed.enumerated().map { position, isPassed in
      if isPassed { return true }
      if trails.contains(where: { $0.carry == position }) { return false }
      let write = lowering.firstWrite(of: outputs[position], replacing: inputs[carry.lowerBound + position])
      guard let write, write > lastFallible else { return false }
      firstWrite = min(firstWrite, write)
      return true
    }
    var workspace: Int?
    lowering.place { byteCount in
      if byteCount > 0 { workspace = temporary(byteCount: byteCount) }
      return workspace
    }
    return Body(
      block: lowering.draft.finished(memory), inputs: inputs, outputs: outputs, workspace: workspace,
      isInPlace: isInPlace, trails: trails, firstWrite: firstWrite)
  }

  /// The carry that an output of this body is, before or after the step.
  private func trail(of output: Int, carry: Range<Int>) -> BodyTrail? {
    let root = analysis.views[Int(graph.outputs[output].index)].root
    for number in 0..<carry.count {
      let after = Int(graph.outputs[number].index)
      if isWhole(after), analysis.views[after].root == root {
        return BodyTrail(carry: number, output: output, isAfter: true)
      }
      if Int(graph.inputs[carry.lowerBound + number].index) == root {
        return BodyTrail(carry: number, output: output, isAfter: false)
      }
    }
    return nil
  }

  /// The carries' table, and the spare buffers that it needs.
  private mutating func carries(
    _ body: Body, constantCount: Int, operands: [Reference], results: [Reference], types: [TensorType],
    _ use: inout StepUse
  ) -> [Carry] {
    var table: [Carry] = []
    for (index, isInPlace) in body.isInPlace.enumerated() {
      let initial = operands[constantCount + index]
      let byteCount = types[index].byteCount
      var spare = results[index]
      if body.trails.contains(where: { $0.carry == index }) {
        // Its places are those of the stack.
      } else if !isInPlace {
        spare = Reference(temporary(byteCount: byteCount))
        use.writes.append(Int(spare.buffer))
      } else if initial.offset == 0, operands.filter({ $0.buffer == initial.buffer }).count == 1 {
        use.inPlace.append((output: Int(results[index].buffer), input: Int(initial.buffer)))
      }
      table.append(
        Carry(
          initial: initial, result: results[index], spare: spare,
          bodyInput: Int32(body.inputs[constantCount + index]), bodyOutput: Int32(body.outputs[index]),
          byteCount: byteCount, isInPlace: isInPlace))
    }
    return table
  }

  mutating func lowerScan(_ scan: Scan, _ operation: Operation) throws(ExecutionProblem) {
    let first = scan.constantCount
    let stacked = first + scan.carryCount
    guard operation.operands.count == scan.body.inputs.count, operation.results.count == scan.body.outputs.count,
      stacked <= operation.operands.count, scan.carryCount <= operation.results.count
    else { throw .unsupported("scan and its body disagree on their operands", operation.origin) }
    let isLoop = operation.results.first.map { $0 == loopResult } ?? false
    if try lowerParts(scan, operation) { return }
    if !isLoop, try lowerScanByRows(scan, operation) { return }
    let operands = operation.operands.map { denseReference(of: Int($0.index)) }
    let results = operation.results.map { Reference(buffer(of: Int($0.index))) }
    let types = operation.results.map { graph.type(of: $0) }
    let known = operation.operands[..<first].map { bands.facts[$0] }
    let steps = (stacked..<operands.count).map { index in
      sliceBytes?[index - stacked] ?? scan.body.inputTypes[index].byteCount
    }
    let ahead = isLoop ? [] : steps.map { Self.bytesAhead($0, scan) }
    let body = try lowerBody(scan.body, carry: first..<stacked, constants: known, isLoop: isLoop, ahead: ahead)

    var use = StepUse(
      reads: operands.map { Int($0.buffer) }, writes: results.map { Int($0.buffer) }, isFallible: true, isLoop: isLoop)
    if let workspace = body.workspace { use.writes.append(workspace) }
    let carries = carries(body, constantCount: first, operands: operands, results: results, types: types, &use)
    let links = (0..<first).map { Link(inner: Int32(body.inputs[$0]), outer: operands[$0]) }
    var stacks = (stacked..<operands.count).map { index in
      Stack(inner: Int32(body.inputs[index]), outer: operands[index], sliceBytes: steps[index - stacked])
    }
    stacks += (scan.carryCount..<results.count).map { index in
      Stack(
        inner: Int32(body.outputs[index]), outer: results[index], sliceBytes: scan.body.outputTypes[index].byteCount)
    }
    if isLoop {
      loop = LoweredLoop(
        state: UnsafeMutablePointer(mutating: memory.pointer([LoopState()])),
        carried: Set(carries.map { Int($0.result.buffer) }))
    }
    if let sliceBytes {
      for index in stacks.indices { stacks[index].sliceBytes = sliceBytes[index] }
    }
    let trails = body.trails.map { trail in
      let stack = stacks[operands.count - stacked + trail.output - scan.carryCount]
      return Trail(
        carry: carries[trail.carry], outer: stack.outer, sliceBytes: stack.sliceBytes, isAfter: trail.isAfter)
    }
    let moving = carries.indices.filter { index in
      !carries[index].isInPlace && !body.trails.contains { $0.carry == index }
    }
    let step = ScanStep(
      body: body.block, length: scan.length, isReversed: scan.isReversed,
      constants: UnsafeBufferPointer(memory.copy(links)), carries: UnsafeBufferPointer(memory.copy(carries)),
      moving: UnsafeBufferPointer(memory.copy(moving.map { carries[$0] })),
      trails: UnsafeBufferPointer(memory.copy(trails)),
      stacks: UnsafeBufferPointer(memory.copy(stacks)), loop: isLoop ? loop?.state : nil,
      ahead: UnsafeBufferPointer(memory.copy(isLoop ? rowsAhead(scan, operands) : [])), pollLimit: body.firstWrite)
    emit(.scan(memory.pointer([step])), use)
  }

  /// The rows that each iteration takes of a table that stays, where they are no more than the second cache holds easily.
  private func rowsAhead(_ scan: Scan, _ operands: [Reference]) -> [RowsAhead] {
    scan.body.operations.compactMap { operation in
      guard case .take(axis: 0) = operation.primitive,
        let table = scan.body.inputs.firstIndex(of: operation.operands[0]), table < scan.constantCount,
        let ids = scan.body.inputs.firstIndex(of: operation.operands[1]),
        ids >= scan.constantCount + scan.carryCount
      else { return nil }
      let type = scan.body.type(of: operation.operands[0])
      let count = scan.body.type(of: operation.operands[1]).shape.count
      guard type.shape[0] > 0, count * (type.byteCount / type.shape[0]) <= 1 << 17 else { return nil }
      return RowsAhead(
        table: operands[table], ids: operands[ids], rows: type.shape[0], rowBytes: type.byteCount / type.shape[0],
        count: count)
    }
  }

  /// Slices of what is too large for the second cache are fetched an iteration ahead.
  private static func bytesAhead(_ step: Int, _ scan: Scan) -> Int {
    step * scan.length < 1 << 18 ? 0 : scan.isReversed ? -step : step
  }

  mutating func lowerWhile(_ loop: WhileLoop, _ operation: Operation) throws(ExecutionProblem) {
    let first = loop.constantCount
    guard operation.operands.count == loop.body.inputs.count, operation.operands.count == loop.condition.inputs.count,
      operation.results.count == loop.body.outputs.count, loop.condition.outputs.count == 1,
      first + operation.results.count == operation.operands.count
    else { throw .unsupported("while and its body disagree on their operands", operation.origin) }
    let operands = operation.operands.map { denseReference(of: Int($0.index)) }
    let results = operation.results.map { Reference(buffer(of: Int($0.index))) }
    let types = operation.results.map { graph.type(of: $0) }
    let tested = temporary(byteCount: 1)
    let known = operation.operands[..<first].map { bands.facts[$0] }
    let condition = try lowerBody(loop.condition, carry: 0..<0, constants: known, outputs: [tested])
    let body = try lowerBody(loop.body, carry: first..<operands.count, constants: known)

    var use = StepUse(
      reads: operands.map { Int($0.buffer) }, writes: results.map { Int($0.buffer) } + [tested], isFallible: true)
    for workspace in [condition.workspace, body.workspace] {
      if let workspace { use.writes.append(workspace) }
    }
    let carries = carries(body, constantCount: first, operands: operands, results: results, types: types, &use)
    let links = { (inputs: [Int]) in (0..<first).map { Link(inner: Int32(inputs[$0]), outer: operands[$0]) } }
    let step = WhileStep(
      condition: condition.block, body: body.block, constants: UnsafeBufferPointer(memory.copy(links(body.inputs))),
      conditionConstants: UnsafeBufferPointer(memory.copy(links(condition.inputs))),
      conditionCarries: memory.pointer(condition.inputs[first...].map { Int32($0) }),
      conditionResult: Reference(tested), carries: UnsafeBufferPointer(memory.copy(carries)))
    emit(.whileLoop(memory.pointer([step])), use)
  }
}
