import KernelTypes
import TensorRuntime
import TensorTypes

/// Kinds of work, as a profile tells them apart.
public enum Work: String, Sendable, CaseIterable {
  case products, convolutions, elementwise, reductions, pooling
  /// Rows by their numbers: batches, embeddings and their gradients.
  case gathering
  case copying
  case randomNumbers = "random numbers"
  case sorting
  case solving
  /// Loops, checks and what else starts other steps.
  case control
}

// What each kind of step is for people: each switch names all kinds, so whoever adds one says what it is.

extension Step {
  var work: Work {
    switch self {
    case .tiles, .rowChain: .elementwise
    case .reduce, .argReduce, .cumulate: .reductions
    case .matmul: .products
    case .convolve: .convolutions
    case .pool: .pooling
    case .copy, .copyStrided, .copyIntoStrided: .copying
    case .take, .scatterAdd, .listRows, .checkIds, .takeAlong, .scatterAddAlong: .gathering
    case .sort: .sorting
    case .qr, .triangularSolve: .solving
    case .random, .foldKey: .randomNumbers
    case .check, .rows, .scan, .whileLoop: .control
    }
  }

  /// One run's; 0 for loops, whose bodies are counted by themselves. `Primitive.multiplyAdds` counts the same, and what a
  /// mask hides as well.
  var multiplyAdds: Int {
    switch self {
    case .matmul(let step): step.pointee.plan.multiplyAdds
    case .convolve(let step): step.pointee.shape.multiplyAdds
    case .qr(_, _, _, _, let batch, let m, let n): batch &* 2 &* n &* n &* max(0, 3 &* m &- n) / 3
    case .triangularSolve(let step): step.batch &* step.n &* step.k &* (step.n + 1) / 2
    case .tiles, .rowChain, .reduce, .argReduce, .cumulate, .copy, .copyStrided, .copyIntoStrided, .take, .scatterAdd,
      .takeAlong, .scatterAddAlong, .pool, .listRows, .checkIds, .sort, .random, .foldKey, .check, .rows, .scan,
      .whileLoop:
      0
    }
  }

  /// Bytes that one run reads and writes; 0 for loops.
  var bytes: Int {
    switch self {
    case .tiles(let step): step.pointee.bytes
    case .rowChain(let step): step.pointee.bytes
    case .reduce(_, let dtype, _, _, let extents): (extents.count + extents.outer * extents.inner) * dtype.size
    case .argReduce(_, let dtype, _, _, let extents):
      extents.count * dtype.size + extents.outer * extents.inner * DType.i64.size
    case .cumulate(_, let dtype, _, _, let extents): 2 * extents.count * dtype.size
    case .matmul(let step): step.pointee.bytes
    case .convolve(let step): step.pointee.bytes
    case .pool(let step): step.pointee.bytes
    case .listRows(let lists): 3 * lists.pointee.count * DType.i64.size
    case .checkIds(_, let count, _, _): count * DType.i64.size
    case .copy(_, _, let byteCount): 2 * byteCount
    case .copyStrided(let size, _, _, let window), .copyIntoStrided(let size, _, _, let window):
      2 * size * window.sizes.reduce(1, &*)
    case .take(let size, _, _, _, let extents, let count):
      count * (2 * extents.outer * extents.inner * size + DType.i64.size)
    case .scatterAdd(let dtype, _, _, _, let extents, let count):
      (extents.count + 2 * extents.outer * count * extents.inner) * dtype.size + count * DType.i64.size
    case .takeAlong(let size, _, _, _, let extents, let count):
      extents.outer * count * extents.inner * (2 * size + DType.i64.size)
    case .scatterAddAlong(let dtype, _, _, _, let extents, let count):
      (extents.count + 2 * extents.outer * count * extents.inner) * dtype.size
        + extents.outer * count * extents.inner * DType.i64.size
    case .sort(let dtype, _, _, _, let extents, _): extents.count * (2 * dtype.size + DType.i64.size)
    case .qr(let dtype, _, _, _, let batch, let m, let n): batch * (2 * m * n + n * n) * dtype.size
    case .triangularSolve(let step): step.batch * (step.n * step.n + 2 * step.n * step.k) * step.dtype.size
    case .random(_, let dtype, _, _, let count): count * dtype.size
    case .foldKey: 40
    case .check: 1
    case .rows, .scan, .whileLoop: 0
    }
  }

  /// In words: `product [64, 128] @ [128, 10]`.
  var summary: String {
    switch self {
    case .tiles(let step): return "elementwise \(step.pointee.sizes): \(step.pointee.operations.words)"
    case .rowChain(let step): return step.pointee.summary
    case .reduce(let reduction, _, _, _, let extents): return "\(reduction) \(extents.reduced)"
    case .argReduce(let maximum, _, _, _, let extents):
      return "position of the \(maximum ? "maximum" : "minimum") \(extents.reduced)"
    case .cumulate(let kind, _, _, _, let extents): return "running \(kind) \(extents.reduced)"
    case .matmul(let step):
      let plan = step.pointee.plan
      let a = step.pointee.transposeA ? "transpose([\(plan.k), \(plan.m)])" : "[\(plan.m), \(plan.k)]"
      let b = step.pointee.transposeB ? "transpose([\(plan.n), \(plan.k)])" : "[\(plan.k), \(plan.n)]"
      return (plan.batch == 1 ? "product " : "\(plan.batch) products ") + "\(a) @ \(b)" + plan.dtype.remark + plan.hidden
        + (step.pointee.epilogue.map { ", then \($0.tiles.operations.words)" } ?? "")
    case .convolve(let step): return step.pointee.summary
    case .pool(let step): return step.pointee.summary
    case .listRows(let lists):
      let step = lists.pointee
      return "list rows, \(step.count) ids of \(step.rows)"
    case .checkIds(_, let count, let rows, _): return "check \(count) ids of \(rows)"
    case .copy(_, _, let byteCount): return "copy \(byteCount) bytes"
    case .copyStrided(_, _, _, let window): return "rearrange to \(Array(window.sizes))"
    case .copyIntoStrided(_, _, _, let window): return "put \(Array(window.sizes)) into a larger tensor"
    case .take(_, _, _, _, let extents, let count): return "take \(count) of \(extents.rows)"
    case .scatterAdd(_, _, _, _, let extents, let count): return "add \(count) rows into \(extents.rows)"
    case .takeAlong(_, _, _, _, let extents, let count): return "take \(count) along \(extents.rows)"
    case .scatterAddAlong(_, _, _, _, let extents, let count): return "add \(count) along \(extents.rows)"
    case .sort(_, _, _, _, let extents, let descending):
      return "sort \(extents.reduced)" + (descending ? ", largest first" : "")
    case .qr(_, _, _, _, let batch, let m, let n): return "qr of " + (batch == 1 ? "" : "\(batch) ") + "[\(m), \(n)]"
    case .triangularSolve(let step):
      return "solve " + (step.batch == 1 ? "" : "\(step.batch) of ") + "[\(step.n), \(step.n)] for [\(step.n), \(step.k)]"
    case .random(let distribution, _, _, _, let count): return "\(count) random numbers, \(distribution)"
    case .foldKey: return "next random key"
    case .check: return "check"
    case .rows(let rows):
      let count = rows.pointee.parts.reduce(0) { $0 + $1.times }
      return rows.pointee.isBatch ? "the batch, in \(count) parts" : "rows, a few at a time, in \(count) portions"
    case .scan(let scan): return "scan of \(scan.pointee.length) steps"
    case .whileLoop: return "while"
    }
  }
}

extension TileStep {
  fileprivate var sizes: String {
    let sizes = [domain.outer0, domain.outer1, domain.outer2, domain.inner].withoutOnes
    return sizes.isEmpty ? "[1]" : "\(sizes)"
  }

  /// Each operand's elements, once.
  var bytes: Int {
    var total = listedElements * 4
    for instruction in program where instruction.opcode == .load || instruction.opcode == .store {
      let index = Int(instruction.a)
      guard index < operands.count else { continue }
      let operand = operands[index]
      let axes = [
        (domain.outer0, operand.stride0), (domain.outer1, operand.stride1), (domain.outer2, operand.stride2),
        (domain.inner, operand.strideInner),
      ]
      let count = axes.reduce(1) { $1.1 == 0 ? $0 : $0 &* $1.0 }
      total += count * (DType(rawValue: instruction.type)?.size ?? 4)
    }
    return total
  }
}

extension MatmulPlan {
  /// `, 40% masked out`
  fileprivate var hidden: String {
    let all = batch &* m &* n &* k
    let share = all == 0 ? 0 : 100 - 100 * Double(multiplyAdds) / Double(all)
    return share < 1 ? "" : ", \(Int(share.rounded()))% masked out"
  }
}

extension MatmulStep {
  /// Operands and results once; a product that is only worked on stays in the cache.
  fileprivate var bytes: Int {
    let product = plan.batch * plan.m * plan.n
    let operands = plan.batch * plan.k * (plan.m + plan.n)
    guard let epilogue else { return (operands + product) * plan.dtype.size }
    return (operands + (epilogue.keepsProduct ? product : 0) - product) * plan.dtype.size + epilogue.tiles.bytes
  }
}

extension UnsafeBufferPointer<TileOpcode> {
  /// `multiply, add, maximum`: what is done to each element; repetitions are counted.
  var words: String {
    var counts: [(name: String, count: Int)] = []
    for opcode in self {
      if let known = counts.firstIndex(where: { $0.name == opcode.word }) {
        counts[known].count += 1
      } else {
        counts.append((opcode.word, 1))
      }
    }
    if counts.isEmpty { return "copy" }
    return counts.map { $0.count == 1 ? $0.name : "\($0.count) \($0.name)" }.joined(separator: ", ")
  }
}

extension TileOpcode {
  fileprivate var word: String {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: "compare"
    case .select: "where"
    case .rowSum: "sum of each row"
    case .rowMaximum: "maximum of each row"
    case .sumColumns: "sum of each column"
    case .rowPick: "pick of each row"
    case .rowPlace: "place in each row"
    default: "\(self)"
    }
  }
}

extension DType {
  fileprivate var remark: String { self == .f32 ? "" : " in \(name)" }
}

extension Extents {
  fileprivate var count: Int { outer &* middle &* inner }
  /// Along the middle axis.
  fileprivate var reduced: String {
    outer * inner == 1 ? "of \(middle) numbers" : "of \(middle) numbers, \(outer * inner) times"
  }
  fileprivate var rows: String {
    (outer == 1 ? "" : "\(outer) × ") + "\(middle) rows" + (inner == 1 ? "" : " of \(inner)")
  }
}
