import KernelTypes
import TensorGraph
import TensorTypes

/// Rows so short that a tile holds some of them whole. Their sums and maxima are taken in the tile, one element of each
/// is picked there or placed, with what else is computed of one number a row (for each element of the row): so the loss
/// on a few classes is a part of the region around it, and so is its gradient.
enum ShortRows {
  /// So many operations lie at most between a reduction and what is computed from it in the tile.
  private static let depth = 4

  /// Regions of fewer elements may compute for each element what is one number a row.
  static let wideSize = 4096

  /// The sizes, without ones, of what an operation reads that gives one number of each short row; nil for another one.
  static func domain(_ operation: Operation, _ graph: Graph) -> [Int]? {
    guard let operand = operation.operands.first else { return nil }
    let type = graph.type(of: operand)
    let last = type.shape.rank - 1
    switch operation.primitive {
    case .reduce(let reduction, axes: [last]) where reduction == .sum || reduction == .maximum: break
    case .takeAlong(axis: last) where graph.type(of: operation.operands[1]).shape[last] == 1: break
    default: return nil
    }
    return sizes(of: type)
  }

  /// The same of what an operation writes that places one number in each short row.
  static func placed(_ operation: Operation, _ graph: Graph) -> [Int]? {
    guard let result = operation.results.first else { return nil }
    let type = graph.type(of: result)
    let last = type.shape.rank - 1
    guard case .scatterAddAlong(axis: last, _) = operation.primitive,
      graph.type(of: operation.operands[1]).shape[last] == 1
    else { return nil }
    return sizes(of: type)
  }

  private static func sizes(of type: TensorType) -> [Int]? {
    guard type.dtype == .f32, let columns = type.shape.sizes.last, columns > 1, columns <= TileMachine.shortRow,
      type.shape.count > columns
    else { return nil }
    return type.shape.sizes.withoutOnes
  }

  /// Whether the operation reads the value as places in rows, which stand in memory.
  static func readsPlaces(_ operation: Operation, _ value: Int, _ analysis: GraphAnalysis) -> Bool {
    switch operation.primitive {
    case .takeAlong, .scatterAddAlong: analysis.views[Int(operation.operands[1].index)].root == value
    default: false
    }
  }

  /// The rows from whose reduction an elementwise operation computes a number each; nil where there are none.
  static func domain(
    from operation: Operation, _ graph: Graph, _ analysis: GraphAnalysis, depth: Int = depth
  ) -> [Int]? {
    guard depth > 0, let result = operation.results.first else { return nil }
    let own = graph.type(of: result).shape.sizes.withoutOnes
    for operand in operation.operands {
      let view = analysis.views[Int(operand.index)]
      let producer = analysis.producers[view.root]
      guard producer >= 0, view.isDense, view.offset == 0, view.sizes.withoutOnes == own,
        graph.types[view.root].shape.sizes.withoutOnes == own
      else { continue }
      let source = graph.operations[producer]
      if let rows = domain(source, graph) {
        if Array(rows.dropLast()) == own { return rows }
      } else if analysis.kinds[producer] == .elementwise,
        let rows = domain(from: source, graph, analysis, depth: depth - 1)
      {
        return rows
      }
    }
    return nil
  }

  /// Whether a region over `domain` that holds a value of shape `root`, for each element or for each row, has this view
  /// of it in the same register.
  static func isHeld(_ view: StridedView, of root: Shape, _ domain: [Int]) -> Bool {
    let (own, sizes) = (root.sizes.withoutOnes, view.sizes.withoutOnes)
    guard view.offset == 0 else { return false }
    if sizes == domain, view.isDense { return true }
    guard own == Array(domain.dropLast()) else { return false }
    return sizes == own ? view.isDense : sizes == domain && view.stridesWithoutOnes == Shape(own).strides + [0]
  }
}

extension StridedView {
  /// Along the axes that are not of size 1.
  var stridesWithoutOnes: [Int] { zip(sizes, strides).filter { $0.0 != 1 }.map { $0.1 } }
}
