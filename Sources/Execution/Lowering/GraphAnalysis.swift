import TensorGraph
import TensorTypes

/// What an operation is to the lowering.
enum OperationKind {
  /// A literal: loaded by whoever uses it.
  case constant
  /// Only another way to see its operand: no step.
  case view
  case elementwise
  /// A kernel of its own, or a loop.
  case other
}

/// Who uses a value that has memory.
struct ValueUse {
  var operation: Int
  /// The user is elementwise and reads the elements in the order in which they stand.
  var isDirect: Bool
}

/// Each value as a view of a value that has memory ("root"), and who uses the roots.
struct GraphAnalysis {
  var kinds: [OperationKind] = []
  /// By value. Roots are views of themselves.
  var views: [StridedView]
  /// By root value, in program order.
  var uses: [[ValueUse]]
  /// The operation that computes each value; -1 for inputs.
  var producers: [Int]
  var isOutput: [Bool]
  /// Sums of listed rows, by the operation that gives them.
  private(set) var rowSums: [Int: RowSum] = [:]
  /// Sums over the rows of small matrices, by the operation that gives them.
  private(set) var columnSums: [Int: ColumnSum] = [:]
  /// Values that are computed where they are read.
  private(set) var isWithoutMemory: Set<Int> = []
  /// Values that are computed straight into a part of another, by root value.
  private(set) var parts: [Int: StridedView] = [:]
  /// The same for products, where the program runs them one after another.
  private(set) var productParts: [Int: StridedView] = [:]

  /// `absorbsViews` false: every operation is a step of its own. `inputStrides`: by input, where its elements do not
  /// stand one after another.
  init(_ graph: Graph, absorbsViews: Bool, inputStrides: [[Int]?] = []) {
    views = graph.types.enumerated().map { StridedView(dense: $0.offset, $0.element.shape) }
    for (input, strides) in zip(graph.inputs, inputStrides) {
      if let strides { views[Int(input.index)].strides = strides }
    }
    uses = [[ValueUse]](repeating: [], count: graph.types.count)
    producers = [Int](repeating: -1, count: graph.types.count)
    isOutput = [Bool](repeating: false, count: graph.types.count)
    kinds.reserveCapacity(graph.operations.count)
    for (index, operation) in graph.operations.enumerated() {
      for result in operation.results { producers[Int(result.index)] = index }
      let kind = Self.kind(operation, graph)
      if kind == .view {
        let result = Int(operation.results[0].index)
        let operand = views[Int(operation.operands[0].index)]
        if absorbsViews, let view = operand.applying(operation.primitive, result: graph.types[result].shape) {
          views[result] = view
          kinds.append(.view)
          continue
        }
        kinds.append(.other)
      } else {
        kinds.append(kind)
      }
      let result = operation.results.first.map { graph.type(of: $0).shape.sizes.withoutOnes }
      for operand in operation.operands {
        let view = views[Int(operand.index)]
        let isDirect = kind == .elementwise && view.isDense && view.offset == 0
          && result == graph.types[view.root].shape.sizes.withoutOnes
          && view.sizes.withoutOnes == result
        uses[view.root].append(ValueUse(operation: index, isDirect: isDirect))
      }
    }
    for output in graph.outputs { isOutput[views[Int(output.index)].root] = true }
    guard absorbsViews else { return }
    rowSums = RowSum.find(graph, self)
    for (index, sum) in rowSums {
      if sum.isDeferred { isWithoutMemory.insert(Int(graph.operations[index].results[0].index)) }
      if sum.listing != index { isWithoutMemory.insert(Int(graph.operations[sum.listing].results[0].index)) }
    }
    for (index, operation) in graph.operations.enumerated() where rowSums[index] == nil {
      guard let sum = ColumnSum(operation, graph, self) else { continue }
      columnSums[index] = sum
      isWithoutMemory.insert(Int(operation.results[0].index))
    }
    findParts(graph)
    findProductParts(graph)
  }

  /// Products that alone a concatenation reads, or a reshape that moves elements, whatever views are between.
  private mutating func findProductParts(_ graph: Graph) {
    for (index, operation) in graph.operations.enumerated() {
      guard let result = operation.results.first else { continue }
      if case .concatenate(let axis) = operation.primitive {
        let strides = graph.type(of: result).shape.strides
        var offset = 0
        for operand in operation.operands {
          let shape = graph.type(of: operand).shape
          let place = StridedView(root: Int(result.index), offset: offset, sizes: shape.sizes, strides: strides)
          findProduct(behind: operand, place, graph)
          offset += shape[axis] * strides[axis]
        }
      } else if case .reshape = operation.primitive, kinds[index] == .other {
        let operand = operation.operands[0]
        findProduct(behind: operand, StridedView(dense: Int(result.index), graph.type(of: operand).shape), graph)
      }
    }
  }

  /// `place`: where the value is wanted.
  private mutating func findProduct(behind value: ValueID, _ place: StridedView, _ graph: Graph) {
    var value = value, place = place
    while producers[Int(value.index)] >= 0, kinds[producers[Int(value.index)]] == .view {
      let operation = graph.operations[producers[Int(value.index)]]
      let shape = graph.type(of: operation.operands[0]).shape
      switch operation.primitive {
      case .reshape:
        guard let before = place.applying(.reshape(shape), result: shape) else { return }
        place = before
      case .transpose(let permutation):
        let after = place
        for (axis, source) in permutation.enumerated() {
          place.sizes[source] = after.sizes[axis]
          place.strides[source] = after.strides[axis]
        }
      default: return
      }
      value = operation.operands[0]
    }
    let root = Int(value.index)
    // Single columns are summed in another order where they do not stand side by side.
    guard producers[root] >= 0, case .matmul = graph.operations[producers[root]].primitive, uses[root].count == 1,
      !isOutput[root], place.strides.last == 1, place.count > 0, graph.types[root].shape.sizes.last != 1
    else { return }
    productParts[root] = place
  }

  /// What elementwise operations compute for nothing but a concatenation goes to its place there.
  private mutating func findParts(_ graph: Graph) {
    for operation in graph.operations {
      guard case .concatenate(let axis) = operation.primitive, let result = operation.results.first else { continue }
      let type = graph.type(of: result)
      let strides = type.shape.strides
      var offset = 0
      for operand in operation.operands {
        let value = Int(operand.index)
        let producer = producers[value]
        if producer >= 0, kinds[producer] == .elementwise, views[value].root == value, uses[value].count == 1,
          !isOutput[value], !isWithoutMemory.contains(value), graph.types[value].shape.count > 0,
          graph.types[value].shape.sizes.last != 1
        {
          parts[value] = StridedView(
            root: Int(result.index), offset: offset, sizes: graph.types[value].shape.sizes, strides: strides)
        }
        offset += graph.types[value].shape[axis] * strides[axis]
      }
    }
  }

  private static func kind(_ operation: Operation, _ graph: Graph) -> OperationKind {
    switch operation.primitive {
    case .constant: return .constant
    case .unary, .binary, .compare, .select: return .elementwise
    case .convert(let dtype):
      return graph.type(of: operation.operands[0]).dtype == dtype ? .view : .elementwise
    default: return operation.primitive.isView ? .view : .other
    }
  }
}

extension Primitive {
  /// Whether it moves and computes nothing.
  var isView: Bool {
    switch self {
    case .reshape, .transpose, .broadcast, .slice, .reverse, .stopGradient: true
    default: false
    }
  }
}
