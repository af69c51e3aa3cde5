import TensorGraph
import TensorTypes

/// How an operation that treats each row, each entry of the first axis, by itself looks on some of the rows.
struct OnRows {
  enum Side { case rows, whole }

  var primitive: Primitive
  /// By operand: whether it takes those rows, or all of what is the same for every row.
  var sides: [Side]

  /// Nil when the rows of the result depend on one another, or where it can fail. `count` of `rows` rows are at hand.
  /// `hasRows`: whether a value's rows can be had by themselves. `checksIds`: ids are not in doubt.
  init?(
    _ operation: Operation, in graph: Graph, rows: Int, count: Int, checksIds: Bool = false,
    hasRows: (ValueID) -> Bool
  ) {
    guard let result = operation.results.first, !operation.operands.isEmpty,
      operation.results.allSatisfy({ graph.type(of: $0).shape.sizes.first == rows })
    else { return nil }
    let type = graph.type(of: result)
    let shape = Shape([count] + type.shape.sizes.dropFirst())
    let areRows = operation.operands.allSatisfy(hasRows)
    primitive = operation.primitive
    sides = operation.operands.map { _ in .rows }
    switch operation.primitive {
    case .unary, .binary, .compare, .select, .convert, .stopGradient:
      guard areRows, !graph.elementCanFail(operation) else { return nil }
    case .reshape:
      guard areRows else { return nil }
      primitive = .reshape(shape)
    case .transpose(let permutation):
      guard areRows, permutation[0] == 0 else { return nil }
    case .broadcast(_, let axes):
      primitive = .broadcast(shape, axes: axes)
      if axes.first == 0, graph.type(of: operation.operands[0]).shape.sizes.first == rows {
        guard areRows else { return nil }
      } else {
        sides = [.whole]
      }
    case .slice(let starts, let limits, let strides):
      guard areRows, starts[0] == 0, limits[0] == rows, strides[0] == 1 else { return nil }
      primitive = .slice(starts: starts, limits: [count] + limits.dropFirst(), strides: strides)
    case .pad(let low, let high, let interior):
      guard low[0] == 0, high[0] == 0, interior[0] == 0, hasRows(operation.operands[0]) else { return nil }
      sides = [.rows, .whole]
    case .concatenate(let axis), .cumulate(_, let axis), .argReduce(_, let axis), .sort(let axis, _):
      guard areRows, axis > 0 else { return nil }
    case .reverse(let axes):
      guard areRows, !axes.contains(0) else { return nil }
    case .updateSlice(let starts, let strides):
      guard areRows, starts[0] == 0, strides[0] == 1 else { return nil }
    case .takeAlong(let axis), .scatterAddAlong(let axis, _):
      guard areRows, axis > 0, checksIds else { return nil }
    case .reduce(_, let axes):
      guard areRows, !axes.contains(0), type.dtype != .i64 else { return nil }
    case .matmul(let transposeA, _):
      if type.shape.rank > 2 {
        // A matrix for each row.
        guard areRows else { return nil }
      } else {
        // Rows times one matrix for all.
        guard !transposeA, hasRows(operation.operands[0]) else { return nil }
        sides = [.rows, .whole]
      }
    default: return nil
    }
  }
}

extension Graph {
  /// Whether one element can end an elementwise operation, as a zero ends a division of whole numbers.
  func elementCanFail(_ operation: Operation) -> Bool {
    guard let operand = operation.operands.first else { return false }
    return TileOperation(operation.primitive, operand: type(of: operand).dtype)?.isFallible == true
  }
}
