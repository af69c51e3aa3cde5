import TensorTypes

/// Multiply-adds: multiplications whose product goes into a sum, which is what products and convolutions are made of and
/// what machines are measured by. Elementwise work counts none: it takes as long as its bytes.
extension Primitive {
  /// For operands of these types, with the results that the shape rule gives.
  public func multiplyAdds(operands: [TensorType], results: [TensorType]) -> Int {
    switch self {
    case .matmul(let transposeA, _):
      guard let a = operands.first?.shape, a.rank >= 2, let result = results.first?.shape else { return 0 }
      return product([result.count, a[transposeA ? a.rank - 2 : a.rank - 1]])
    case .convolve, .convolveInput:
      // The weight's window and channels for each element of y, or of its cotangent.
      guard let weight = operands.last?.shape, weight.rank == 4 else { return 0 }
      let y = if case .convolve = self { results.first?.shape } else { operands.first?.shape }
      return product([y?.count ?? 0] + weight.sizes.prefix(3))
    case .convolveWeight:
      guard let weight = results.first?.shape, weight.rank == 4, let g = operands.last?.shape else { return 0 }
      return product([g.count] + weight.sizes.prefix(3))
    case .qr:
      // Householder: m n^2 - n^3 / 3, and as much again for Q.
      guard let a = operands.first?.shape, a.rank >= 2 else { return 0 }
      let (m, n) = (a[a.rank - 2], a[a.rank - 1])
      return product([batch(a), 2, n, n, max(0, 3 * m - n)]) / 3
    case .triangularSolve:
      guard let a = operands.first?.shape, a.rank >= 2, let b = operands.last?.shape else { return 0 }
      return product([b.count, a[a.rank - 1] + 1]) / 2
    case .scan(let scan): return product([scan.body.multiplyAdds, scan.length])
    // How often a loop runs is not known: one round counts.
    case .whileLoop(let loop): return loop.condition.multiplyAdds + loop.body.multiplyAdds
    case .constant, .iota, .unary, .binary, .compare, .select, .convert, .stopGradient, .reshape, .transpose,
      .broadcast, .slice, .pad, .concatenate, .reverse, .updateSlice, .reduce, .argReduce, .cumulate, .take,
      .scatterAdd, .takeAlong, .scatterAddAlong, .windowTake, .windowAdd, .sort, .random, .foldKey, .check:
      return 0
    }
  }

  private func batch(_ shape: Shape) -> Int { product(Array(shape.sizes.dropLast(2))) }

  /// The largest number where it does not fit.
  private func product(_ factors: [Int]) -> Int {
    factors.reduce(1) { total, factor in
      let (result, overflow) = total.multipliedReportingOverflow(by: factor)
      return overflow ? .max : result
    }
  }
}

extension Graph {
  public var multiplyAdds: Int { operations.reduce(0) { $0.addingSaturated(multiplyAdds(of: $1)) } }

  /// Those of one of its operations, loops times their length.
  public func multiplyAdds(of operation: Operation) -> Int {
    operation.primitive.multiplyAdds(
      operands: operation.operands.map(type(of:)), results: operation.results.map(type(of:)))
  }

  /// Where the multiply-adds are done: each operation with some, those in loops by themselves.
  public func forEachMultiplyAdds(times: Int = 1, _ body: (Origin, Int) -> Void) {
    for operation in operations {
      switch operation.primitive {
      case .scan(let scan): scan.body.forEachMultiplyAdds(times: times * scan.length, body)
      case .whileLoop(let loop):
        loop.condition.forEachMultiplyAdds(times: times, body)
        loop.body.forEachMultiplyAdds(times: times, body)
      default:
        let count = multiplyAdds(of: operation)
        if count > 0 { body(operation.origin, count &* times) }
      }
    }
  }
}

extension Int {
  fileprivate func addingSaturated(_ other: Int) -> Int {
    let (result, overflow) = addingReportingOverflow(other)
    return overflow ? .max : result
  }
}
