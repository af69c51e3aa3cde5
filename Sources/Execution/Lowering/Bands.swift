import KernelTypes
import TensorGraph
import TensorTypes

/// What is known about where the matrices of a value (its last two axes) hold something: found from comparisons of rows'
/// and columns' numbers, like those that make a causal mask.
enum BandFact {
  /// The place along an axis, and a number more.
  case place(axis: Int, plus: Double)
  /// Outside of the band false, zero, or -infinity.
  case isFalse(Band), isZero(Band), isHidden(Band)
}

/// Bands of a graph's values. A value that is zero outside a band stands in products only with what is in it: what a mask
/// hides is not read, so a NaN there does not reach the sum.
struct BandAnalysis {
  /// By value.
  private(set) var facts: [ValueID: BandFact] = [:]
  /// By result of a product: where anyone asks for it.
  private(set) var needs: [ValueID: Band] = [:]
  private let graph: Graph
  private let producers: [Int]

  /// `inputs`: what is known of the graph's inputs.
  init(_ graph: Graph, _ producers: [Int], inputs: [BandFact?] = []) {
    self.graph = graph
    self.producers = producers
    for (input, fact) in zip(graph.inputs, inputs) { facts[input] = fact }
    for operation in graph.operations where operation.results.count == 1 {
      if let fact = fact(operation) { facts[operation.results[0]] = fact }
    }
    if facts.values.contains(where: { if case .place = $0 { false } else { true } }) { findNeeds() }
  }

  /// The band outside of which a product's operand is zero. Not for matrices with rows of which nothing counts: a softmax
  /// makes NaN of them.
  func band(_ value: ValueID) -> Band {
    guard case .isZero(let band)? = facts[value] else { return .full }
    let sizes = sizes(value)
    guard sizes.count > 1, band.reachesAll(rows: sizes[sizes.count - 2], columns: sizes[sizes.count - 1]) else {
      return .full
    }
    return band
  }

  private func sizes(_ value: ValueID) -> [Int] { graph.type(of: value).shape.sizes }

  // MARK: Facts

  private func fact(_ operation: Operation) -> BandFact? {
    let operands = operation.operands
    let result = operation.results[0]
    func known(_ place: Int) -> BandFact? { facts[operands[place]] }
    switch operation.primitive {
    case .iota(let type, let axis):
      return type.dtype == .bool || type.shape[axis] > Self.exactLimit ? nil : .place(axis: axis, plus: 0)
    case .stopGradient: return known(0)
    case .convert(let dtype):
      switch known(0) {
      case .place(let axis, let plus)?: return dtype == .bool ? nil : .place(axis: axis, plus: plus)
      case .isFalse(let band)?, .isZero(let band)?: return dtype == .bool ? .isFalse(band) : .isZero(band)
      default: return nil
      }
    case .reshape, .broadcast, .transpose: return known(0).flatMap { moved($0, operation) }
    case .compare(let comparison): return comparisonFact(comparison, operands).map { .isFalse($0) }
    case .select: return selected(operands)
    case .unary(.negate), .unary(.absolute):
      if case .isZero? = known(0) { return known(0) }
      return nil
    case .unary(.exp):
      if case .isHidden(let band)? = known(0) { return .isZero(band) }
      return nil
    case .binary(let kind): return binaryFact(kind, known(0), known(1), operands, result)
    default: return nil
    }
  }

  private func binaryFact(
    _ kind: BinaryPrimitive, _ a: BandFact?, _ b: BandFact?, _ operands: [ValueID], _ result: ValueID
  ) -> BandFact? {
    switch (kind, a, b) {
    case (.add, .place(let axis, let plus)?, _):
      return number(operands[1]).flatMap { Self.place(axis, plus: plus + $0) }
    case (.add, _, .place(let axis, let plus)?):
      return number(operands[0]).flatMap { Self.place(axis, plus: plus + $0) }
    case (.subtract, .place(let axis, let plus)?, _):
      return number(operands[1]).flatMap { Self.place(axis, plus: plus - $0) }
    case (.and, .isFalse(let x)?, .isFalse(let y)?): return .isFalse(x.intersection(y))
    case (.and, .isFalse(let band)?, _), (.and, _, .isFalse(let band)?): return .isFalse(band)
    case (.or, .isFalse(let x)?, .isFalse(let y)?): return .isFalse(x.union(y))
    case (.multiply, .isZero(let x)?, .isZero(let y)?): return .isZero(x.intersection(y))
    case (.multiply, .isZero(let band)?, _), (.multiply, _, .isZero(let band)?): return .isZero(band)
    case (.add, .isZero(let x)?, .isZero(let y)?), (.subtract, .isZero(let x)?, .isZero(let y)?):
      return .isZero(x.union(y))
    case (.add, .isHidden(let band)?, _), (.subtract, .isHidden(let band)?, _), (.add, _, .isHidden(let band)?):
      return .isHidden(band)
    default: return nil
    }
  }

  /// Nil for sums that f32 might round.
  private static func place(_ axis: Int, plus: Double) -> BandFact? {
    plus.magnitude <= Double(exactLimit) && plus == plus.rounded() ? .place(axis: axis, plus: plus) : nil
  }

  /// Sums of numbers up to here are exact in all types.
  private static let exactLimit = 1 << 22

  /// (condition, whenTrue, whenFalse)
  private func selected(_ operands: [ValueID]) -> BandFact? {
    if case .isZero(let x)? = facts[operands[1]], case .isZero(let y)? = facts[operands[2]] { return .isZero(x.union(y)) }
    let other = number(operands[2])
    var band: Band?
    if case .isFalse(let seen)? = facts[operands[0]] { band = seen }
    switch facts[operands[1]] {
    case .isZero(let inner)? where other == 0: return .isZero(band?.intersection(inner) ?? inner)
    case .isHidden(let inner)? where other == -.infinity: return .isHidden(band?.intersection(inner) ?? inner)
    default: break
    }
    if other == 0 { return band.map { .isZero($0) } }
    return other == -.infinity ? band.map { .isHidden($0) } : nil
  }

  private func comparisonFact(_ comparison: Comparison, _ operands: [ValueID]) -> Band? {
    let rank = graph.type(of: operands[0]).shape.rank
    guard rank > 1, case .place(let first, let a)? = facts[operands[0]],
      case .place(let second, let b)? = facts[operands[1]], Set([first, second]) == [rank - 2, rank - 1],
      let difference = Int(exactly: first == rank - 2 ? a - b : b - a), abs(difference) < Band.unlimited
    else { return nil }
    // With the row's number on the left: row + difference ... column.
    switch first == rank - 2 ? comparison : comparison.swapped {
    case .greaterOrEqual: return Band(high: difference)
    case .greater: return Band(high: difference - 1)
    case .lessOrEqual: return Band(low: difference)
    case .less: return Band(low: difference + 1)
    case .equal: return Band(low: difference, high: difference)
    case .notEqual: return nil
    }
  }

  /// What becomes of a fact when axes are moved, added or merged.
  private func moved(_ fact: BandFact, _ operation: Operation) -> BandFact? {
    let (from, to) = (sizes(operation.operands[0]), sizes(operation.results[0]))
    guard case .place(let axis, let plus) = fact else {
      guard from.count > 1, to.count > 1 else { return nil }
      let (row, column) = (from.count - 2, from.count - 1)
      switch operation.primitive {
      case .reshape: return Array(from.suffix(2)) == Array(to.suffix(2)) ? fact : nil
      case .broadcast(_, let axes):
        let keeps = axes[row] == to.count - 2 && axes[column] == to.count - 1
        return keeps && Array(from.suffix(2)) == Array(to.suffix(2)) ? fact : nil
      case .transpose(let permutation):
        if permutation[row] == row, permutation[column] == column { return fact }
        return permutation[row] == column && permutation[column] == row ? fact.transposed : nil
      default: return nil
      }
    }
    switch operation.primitive {
    case .reshape:
      let before = from[..<axis].reduce(1, &*)
      let target = to.indices.first { to[$0] == from[axis] && to[..<$0].reduce(1, &*) == before }
      return target.map { .place(axis: $0, plus: plus) }
    case .broadcast(_, let axes): return to[axes[axis]] == from[axis] ? .place(axis: axes[axis], plus: plus) : nil
    case .transpose(let permutation):
      return permutation.firstIndex(of: axis).map { .place(axis: $0, plus: plus) }
    default: return nil
    }
  }

  /// The number that all elements of the value are.
  private func number(_ value: ValueID) -> Double? {
    let producer = producers[Int(value.index)]
    guard producer >= 0 else { return nil }
    switch graph.operations[producer].primitive {
    case .constant(let literal): return literal.number
    case .broadcast, .reshape: return number(graph.operations[producer].operands[0])
    default: return nil
    }
  }

  // MARK: Needs

  /// From the last operation to the first: the place outside of which nobody reads a value, or all who read it make zero
  /// or something else of any finite number.
  private mutating func findNeeds() {
    var needed = [Band?](repeating: nil, count: graph.types.count)
    func ask(_ value: ValueID, _ band: Band) {
      let index = Int(value.index)
      needed[index] = needed[index]?.union(band) ?? band
    }
    for output in graph.outputs { ask(output, .full) }
    for operation in graph.operations.reversed() {
      let result = operation.results.first
      let need = result.flatMap { needed[Int($0.index)] } ?? .full
      let operands = operation.operands
      switch operation.primitive {
      case .matmul:
        if let result, !need.isFull { needs[result] = need }
        for operand in operands { ask(operand, .full) }
      case .select:
        ask(operands[0], .full)
        if case .isFalse(let band)? = facts[operands[0]] {
          ask(operands[1], need.intersection(band))
        } else {
          ask(operands[1], need)
        }
        ask(operands[2], need)
      case .binary(.multiply):
        for (operand, other) in [(operands[0], operands[1]), (operands[1], operands[0])] {
          ask(operand, need.intersection(band(other)))
        }
      case .binary(.add), .binary(.subtract), .unary(.negate), .unary(.absolute), .stopGradient:
        for operand in operands { ask(operand, need) }
      default:
        for operand in operands { ask(operand, .full) }
      }
    }
  }
}

extension BandFact {
  var transposed: BandFact {
    switch self {
    case .place: self
    case .isFalse(let band): .isFalse(band.transposed)
    case .isZero(let band): .isZero(band.transposed)
    case .isHidden(let band): .isHidden(band.transposed)
    }
  }
}

extension Comparison {
  /// The same with its sides exchanged.
  fileprivate var swapped: Comparison {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    case .equal, .notEqual: self
    }
  }
}

extension Literal {
  fileprivate var number: Double? {
    switch self {
    case .f32(let bits): Double(Float(bitPattern: bits))
    case .f64(let bits): Double(bitPattern: bits)
    case .i64(let value): Double(value)
    case .bool: nil
    }
  }
}
