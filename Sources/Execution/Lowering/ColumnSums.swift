import KernelTypes
import TensorGraph
import TensorTypes

/// A sum over the few rows of a small matrix, as the gradient of an offset: whoever computes with it adds the rows up
/// column by column, in the order of the reduction, so that it costs no step and no memory of its own.
struct ColumnSum {
  /// A value whose elements stand in order.
  var matrix: ValueID
  var rows, columns: Int

  /// More is better summed once, by all threads.
  private static let elementLimit = 1 << 14

  /// The sum that an operation gives, where its readers can do it.
  init?(_ operation: Operation, _ graph: Graph, _ analysis: GraphAnalysis) {
    guard case .reduce(.sum, let axes) = operation.primitive, let result = operation.results.first,
      let operand = operation.operands.first
    else { return nil }
    let type = graph.type(of: operand)
    let view = analysis.views[Int(operand.index)]
    guard type.dtype == .f32, let columns = type.shape.sizes.last, columns > 1,
      axes == Array(0..<(type.shape.rank - 1)), type.shape.count > columns, type.shape.count <= Self.elementLimit,
      view.isDense, !analysis.isWithoutMemory.contains(view.root)
    else { return nil }
    rows = type.shape.count / columns
    guard rows <= ReduceArguments.columnLeafRows else { return nil }
    let uses = analysis.uses[Int(result.index)]
    guard !analysis.isOutput[Int(result.index)], !uses.isEmpty, uses.allSatisfy(\.isDirect) else { return nil }
    matrix = operand
    self.columns = columns
  }
}
