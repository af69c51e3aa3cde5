import KernelTypes
import TensorGraph
import TensorTypes

/// A value whose rows are sums of listed rows of another: the gradient of an embedding (`scatterAdd`), or the sum of the
/// embeddings of a text (a sum over what `take` gives). Whoever reads it sums the rows it is at: the gradient of a large
/// table has no memory of its own, and what `take` would give is never written.
struct RowSum {
  /// The value with the rows.
  var rows: ValueID
  var ids: ValueID
  /// The operation that looks at the ids, where the list is made.
  var listing: Int
  /// Ids of one list, one after another; nil where each id names the list that its row goes to.
  var groupLength: Int?
  /// Every reader sums for itself; otherwise it gets memory.
  var isDeferred: Bool
}

extension RowSum {
  /// All such values by the operation that gives them.
  static func find(_ graph: Graph, _ analysis: GraphAnalysis) -> [Int: RowSum] {
    var found: [Int: RowSum] = [:]
    for (index, operation) in graph.operations.enumerated() {
      guard let result = operation.results.first else { continue }
      let type = graph.type(of: result)
      guard type.dtype.isFloating, type.shape.count > 0, let inner = type.shape.sizes.last, inner > 1 else { continue }
      var sum: RowSum
      switch operation.primitive {
      case .scatterAdd(axis: 0, let size):
        let ids = graph.type(of: operation.operands[1]).shape
        guard type.shape.rank == 2, size > 1, graph.type(of: operation.operands[0]).shape.rank == ids.rank + 1,
          isSmall(ids, inner, size)
        else { continue }
        sum = RowSum(rows: operation.operands[0], ids: operation.operands[1], listing: index, isDeferred: false)
      case .reduce(.sum, let axes):
        let producer = analysis.producers[Int(operation.operands[0].index)]
        guard producer >= 0, case .take(axis: 0) = graph.operations[producer].primitive else { continue }
        let take = graph.operations[producer]
        let (table, ids) = (graph.type(of: take.operands[0]).shape, graph.type(of: take.operands[1]).shape)
        guard table.rank == 2, ids.rank >= 1, axes == [ids.rank - 1], let length = ids.sizes.last,
          length > 0, length <= ReduceArguments.columnLeafRows, type.shape.count > inner, isSmall(ids, inner, table[0]),
          analysis.uses[Int(take.results[0].index)].count == 1, !analysis.isOutput[Int(take.results[0].index)]
        else { continue }
        sum = RowSum(
          rows: take.operands[0], ids: take.operands[1], listing: producer, groupLength: length, isDeferred: false)
      default: continue
      }
      let uses = analysis.uses[Int(result.index)]
      sum.isDeferred = !analysis.isOutput[Int(result.index)] && !uses.isEmpty && uses.allSatisfy(\.isDirect)
      found[index] = sum
    }
    return found
  }

  /// Links hold 32 bits.
  private static func isSmall(_ ids: Shape, _ inner: Int, _ rows: Int) -> Bool {
    ids.count > 0 && max(ids.count, rows) < Int(Int32.max) / inner
  }
}

/// Where a `RowSum` finds its rows.
struct LoweredRowSum {
  /// The rows; then where each list begins and the entries or, of a sum over what `take` gives, the ids.
  var references: [Reference]
  /// All that is added up.
  var elements: Int
}

extension GraphLowering {
  /// False for an operation that has no part in a sum of listed rows.
  mutating func lowerRowSum(_ index: Int) -> Bool {
    var isPart = false
    for (operation, sum) in analysis.rowSums where sum.listing == index {
      listRows(operation, sum)
      isPart = true
    }
    if let sum = analysis.rowSums[index] {
      if !sum.isDeferred { storeRowSum(index, sum) }
      isPart = true
    }
    return isPart
  }

  /// Makes the list of the sum that operation `index` gives; the ids are checked here.
  mutating func listRows(_ index: Int, _ sum: RowSum) {
    let ids = denseReference(of: Int(sum.ids.index))
    let count = graph.type(of: sum.ids).shape.count
    let result = graph.type(of: graph.operations[index].results[0])
    let inner = result.shape.sizes.last ?? 1
    var operand = operand(Int(sum.rows.index))
    // Rows may stand anywhere, columns side by side.
    if operand.view.strides.last != 1 || sum.groupLength != nil {
      let reference = dense(operand)
      operand.view = StridedView(dense: Int(reference.buffer), graph.type(of: sum.rows).shape)
      operand.view.offset = reference.offset / operand.dtype.size
    }
    let rows = Reference(operand.view.root, offset: operand.view.offset * operand.dtype.size)
    var references = [rows, ids]
    if sum.groupLength != nil {
      emit(
        .checkIds(ids: ids, count: count, rows: graph.type(of: sum.rows).shape[0]), reads: [ids], writes: [],
        isFallible: true)
    } else {
      let lists = result.shape.count / inner
      let heads = Reference(temporary(byteCount: (lists + RowEntry.rowsAhead) * MemoryLayout<Int32>.size))
      let entries = Reference(temporary(byteCount: count * MemoryLayout<RowEntry>.size))
      let step = RowListStep(
        ids: ids, heads: heads, entries: entries, count: count, rows: lists,
        places: window(Array(operand.view.sizes.dropLast()), Array(operand.view.strides.dropLast())))
      emit(.listRows(memory.pointer([step])), reads: [ids], writes: [heads, entries], isFallible: true)
      references = [rows, heads, entries]
    }
    loweredSums[Int(graph.operations[index].results[0].index)] = LoweredRowSum(
      references: references, elements: count * inner)
  }

  /// Gives a sum that is not deferred its memory.
  mutating func storeRowSum(_ index: Int, _ sum: RowSum) {
    let result = graph.operations[index].results[0]
    let type = graph.type(of: result)
    guard let lowered = loweredSums[Int(result.index)], let inner = type.shape.sizes.last else { return }
    let target = buffer(of: Int(result.index))
    let opcode = sum.groupLength == nil ? TileOpcode.sumRows : .sumTaken
    let last = UInt8(lowered.references.count)
    let program = [
      TileInstruction(opcode, type: type.dtype.rawValue, destination: 0, a: 0, b: 1, c: opcode == .sumRows ? 2 : 0),
      TileInstruction(.store, type: type.dtype.rawValue, a: last, b: 0),
    ]
    var operands = lowered.references.map { _ in TileOperand(address: memory.unbound, strideInner: 0) }
    operands[0].strideInner = 1
    operands[1].stride2 = sum.groupLength ?? 1
    operands.append(TileOperand(address: memory.unbound, stride2: inner, strideInner: 1))
    let tiles = memory.tileStep(
      program, [opcode], constants: sum.groupLength.map { [UInt64($0)] } ?? [],
      domain: TileDomain(outer2: type.shape.count / inner, inner: inner), operands: operands,
      bindings: lowered.references + [Reference(target)], listedElements: lowered.elements)
    emit(.tiles(memory.pointer([tiles])), reads: lowered.references, writes: [Reference(target)])
  }
}
