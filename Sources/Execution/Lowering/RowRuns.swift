import TensorGraph
import TensorTypes

/// Consecutive groups that work on each row, or each matrix of a batch, by itself: a softmax, a norm, attention. Run a
/// few rows at a time, what they hand on stays in the cache and needs no memory of full size.
struct RowRun {
  /// Of the groups.
  var range: Range<Int>
  /// Groups in the range that are no part of the run, and nothing in it needs: they come after it.
  var skipped: [Int] = []
  /// How many leading axes count as rows.
  var axes: Int
  /// Bytes of full-sized values that no longer pass through memory.
  var savedBytes: Int
}

/// Finds the runs, and says how each operation looks on some of the rows.
struct RowAnalysis {
  let graph: Graph
  let analysis: GraphAnalysis
  /// Sizes of the leading axes.
  let rows: [Int]
  /// The operations of the run so far.
  private(set) var members: Set<Int> = []

  init(_ graph: Graph, _ analysis: GraphAnalysis, rows: [Int]) {
    self.graph = graph
    self.analysis = analysis
    self.rows = rows
  }

  var axes: Int { rows.count }

  /// Below this, everything fits the second cache anyway.
  private static let worthwhileBytes = 1 << 19
  /// A row and what is computed from it must fit the cache with room to spare.
  private static let rowByteLimit = 1 << 20

  static func runs(_ groups: [OperationGroup], _ graph: Graph, _ analysis: GraphAnalysis) -> [RowRun] {
    var result: [RowRun] = []
    var start = 0
    while start < groups.count {
      var best: RowRun?
      if let shape = largestShape(groups[start], graph), shape.rank > 1 {
        for axes in 1..<shape.rank {
          let run = longest(groups, from: start, Array(shape.sizes[..<axes]), graph, analysis)
          if let run, run.savedBytes > best?.savedBytes ?? worthwhileBytes { best = run }
        }
      }
      if let best { result.append(best) }
      start = best?.range.upperBound ?? start + 1
    }
    return result
  }

  private static func largestShape(_ group: OperationGroup, _ graph: Graph) -> Shape? {
    let operation = graph.operations[group.operations[0]]
    guard !operation.primitive.hasBody else { return nil }
    let types = (operation.operands + operation.results).map { graph.type(of: $0) }
    return types.max { $0.shape.count < $1.shape.count }.flatMap { $0.byteCount >= worthwhileBytes / 4 ? $0.shape : nil }
  }

  private static func longest(
    _ groups: [OperationGroup], from start: Int, _ rows: [Int], _ graph: Graph, _ analysis: GraphAnalysis
  ) -> RowRun? {
    let count = rows.reduce(1, &*)
    guard count >= 8 else { return nil }
    var state = RowAnalysis(graph, analysis, rows: rows)
    var end = start
    var skipped: [Int] = []
    var isMissing: Set<Int> = []
    for index in start..<groups.count {
      let group = groups[index]
      let isReady = !group.operations.contains { operation in
        graph.operations[operation].operands.contains { isMissing.contains(analysis.views[Int($0.index)].root) }
      }
      if isReady, state.admit(group.operations) {
        end = index + 1
      } else if index > start, state.hasImages, skipped.count < skipLimit {
        // Between the gradients of images stand those of weights, which are sums over the batch.
        skipped.append(index)
        for operation in group.operations { isMissing.formUnion(graph.operations[operation].results.map { Int($0.index) }) }
      } else {
        break
      }
    }
    skipped.removeAll { $0 >= end }
    guard end - start - skipped.count > 1 else { return nil }
    let (inside, handedOn) = state.values()
    let bytes = inside.reduce(0) { $0 + graph.types[$1].byteCount }
    guard bytes / count <= rowByteLimit else { return nil }
    let saved = inside.reduce(0) { handedOn.contains($1) ? $0 : $0 + graph.types[$1].byteCount }
    return RowRun(range: start..<end, skipped: skipped, axes: rows.count, savedBytes: saved)
  }

  private static let skipLimit = 8

  private var hasImages: Bool { members.contains { graph.operations[$0].primitive.isOfImages } }

  /// Adds operations to the run if each can be done row by row.
  mutating func admit(_ operations: [Int]) -> Bool {
    let before = members
    for index in operations {
      members.insert(index)
      if !isRowwise(graph.operations[index]) {
        members = before
        return false
      }
    }
    return true
  }

  /// The values computed in the run that have memory, and those of them that are needed after it.
  func values() -> (inside: [Int], handedOn: Set<Int>) {
    var inside: [Int] = []
    var handedOn: Set<Int> = []
    for index in members.sorted() {
      for result in graph.operations[index].results.map({ Int($0.index) }) {
        let isRegister = analysis.kinds[index] == .elementwise && !analysis.isOutput[result]
          && analysis.uses[result].allSatisfy { $0.isDirect && members.contains($0.operation) }
        if !isRegister { inside.append(result) }
        if analysis.isOutput[result] || analysis.uses[result].contains(where: { !members.contains($0.operation) }) {
          handedOn.insert(result)
        }
      }
    }
    return (inside, handedOn)
  }

  private func hasRows(_ sizes: [Int]) -> Bool { sizes.count >= rows.count && Array(sizes[..<rows.count]) == rows }

  private func sizes(_ value: ValueID) -> [Int] { graph.type(of: value).shape.sizes }

  private func isRowwise(_ operation: Operation) -> Bool {
    guard let result = operation.results.first, hasRows(sizes(result)) else { return false }
    switch operation.primitive {
    case .unary, .binary, .compare, .select, .convert, .stopGradient:
      // What can fail reports a position in the whole value: not from here.
      return !graph.elementCanFail(operation) && operation.operands.allSatisfy(isSliced)
    case .reduce(_, let reduced): return reduced.allSatisfy { $0 >= axes } && isSliced(operation.operands[0])
    case .argReduce(_, let axis), .cumulate(_, let axis): return axis >= axes && isSliced(operation.operands[0])
    case .matmul:
      // A transposed operand is read where it stands, or copied before the run.
      return axes <= sizes(result).count - 2
        && operation.operands.allSatisfy { isSliced($0) || (hasRows(sizes($0)) && isWhole($0)) }
    case .convolve, .convolveInput:
      // Weights that all threads pack together would have to be packed before the run.
      return axes == 1 && isSliced(operation.operands[0]) && isWhole(operation.operands[1])
        && !operation.packsWeightsTogether(graph)
    case .windowTake, .windowAdd: return axes == 1 && operation.operands.allSatisfy(isSliced)
    case .reshape, .transpose, .broadcast, .slice, .reverse: return isRowwiseView(operation)
    default: return false
    }
  }

  private func isRowwiseView(_ operation: Operation) -> Bool {
    let operand = operation.operands[0]
    switch operation.primitive {
    case .reshape, .stopGradient, .convert: return isSliced(operand)
    case .transpose(let permutation): return permutation.starts(with: 0..<axes) && isSliced(operand)
    case .broadcast(_, let targets):
      if targets.starts(with: 0..<axes) { return isSliced(operand) }
      return targets.allSatisfy { $0 >= axes } && isWhole(operand)
    case .slice(let starts, let limits, let strides):
      return (0..<axes).allSatisfy { starts[$0] == 0 && limits[$0] == rows[$0] && strides[$0] == 1 }
        && isSliced(operand)
    case .reverse(let reversed): return reversed.allSatisfy { $0 >= axes } && isSliced(operand)
    default: return false
    }
  }

  /// Whether some of a value's rows can be had by themselves: it is computed in the run, seen through row-wise views, or
  /// stands in memory in order.
  func isSliced(_ value: ValueID) -> Bool {
    guard hasRows(sizes(value)) else { return false }
    let producer = analysis.producers[Int(value.index)]
    if producer >= 0 {
      if members.contains(producer) { return true }
      if analysis.kinds[producer] == .view, isRowwiseView(graph.operations[producer]) { return true }
    }
    let view = analysis.views[Int(value.index)]
    return view.isDense && !analysis.isWithoutMemory.contains(view.root) && isWhole(value)
  }

  /// Whether the value as a whole is there before the run begins.
  private func isWhole(_ value: ValueID) -> Bool {
    let producer = analysis.producers[analysis.views[Int(value.index)].root]
    return producer < 0 || !members.contains(producer)
  }

  /// Whether the value is computed again on the rows at hand, rather than read from outside.
  func isComputed(_ value: ValueID) -> Bool {
    let producer = analysis.producers[Int(value.index)]
    guard producer >= 0 else { return false }
    if members.contains(producer) { return true }
    return analysis.kinds[producer] == .view && hasRows(sizes(value)) && isRowwiseView(graph.operations[producer])
  }
}
