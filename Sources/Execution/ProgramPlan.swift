import KernelTypes
import TensorGraph
import TensorTypes

/// What a program does and what it needs, for people and for tests.
public struct ProgramPlan {
  public struct Step {
    /// The step in words: `matmul f32 64×128×10`.
    public var text: String
    public var origin: Origin
    /// Products of a matrix product, times the iterations of the loops around it; 0 for other steps.
    public var multiplyAdds: Int
    /// The steps of a loop's body (and, for `while`, before them those of its condition).
    public var body: [Step]
  }

  /// Where a value of the outermost block stands in the arena, and from which step to which it is needed.
  public struct Placement {
    public var offset, byteCount: Int
    public var firstStep, lastStep: Int
    /// The value that it takes the place of, an index into `placements`.
    public var replaced: Int?
  }

  public var steps: [Step]
  public var placements: [Placement]
  /// Bytes of scratch memory.
  public var arenaBytes: Int
  public var inputBytes: Int
  /// Bytes of the outputs that a run allocates when nothing is donated.
  public var outputBytes: Int
  public var peakBytes: Int { arenaBytes + inputBytes + outputBytes }
  /// Outputs that take over the memory of an input when all are donated: (output, input).
  public var donations: [(output: Int, input: Int)]
  public var multiplyAdds: Int { steps.reduce(0) { $0 + $1.multiplyAdds } }
}

extension ProgramPlan.Step {
  init(_ step: Step, origin: Origin, times: Int, origins: (Int32) -> Origin) {
    self.origin = origin
    text = step.summary
    multiplyAdds = 0
    body = []
    switch step {
    case .matmul(let step):
      let plan = step.pointee.plan
      multiplyAdds = plan.batch * plan.m * plan.n * plan.k * times
    case .convolve(let step): multiplyAdds = step.pointee.shape.multiplyAdds * times
    case .scan(let scan):
      body = Self.steps(scan.pointee.body, times: times * scan.pointee.length, origins: origins)
      multiplyAdds = body.reduce(0) { $0 + $1.multiplyAdds }
    case .rows(let rows):
      for part in rows.pointee.parts { body += Self.steps(part.body, times: times * part.times, origins: origins) }
      multiplyAdds = body.reduce(0) { $0 + $1.multiplyAdds }
    case .whileLoop(let loop):
      // How often a loop runs is not known: one iteration counts.
      body = Self.steps(loop.pointee.condition, times: times, origins: origins)
      body += Self.steps(loop.pointee.body, times: times, origins: origins)
      multiplyAdds = body.reduce(0) { $0 + $1.multiplyAdds }
    default: break
    }
  }

  static func steps(_ block: Block, times: Int, origins: (Int32) -> Origin) -> [ProgramPlan.Step] {
    block.steps.indices.map { index in
      ProgramPlan.Step(block.steps[index], origin: origins(block.origins[index]), times: times, origins: origins)
    }
  }
}

extension Step {
  fileprivate var summary: String {
    switch self {
    case .tiles(let step):
      let domain = [step.domain.outer0, step.domain.outer1, step.domain.outer2, step.domain.inner].withoutOnes
      let size = domain.isEmpty ? "1" : domain.map(String.init).joined(separator: "×")
      return "elementwise \(size): \(step.work)"
    case .reduce(let reduction, let dtype, _, _, let extents): return "reduce \(reduction) \(dtype.name) \(extents.text)"
    case .argReduce(let maximum, let dtype, _, _, let extents):
      return "arg\(maximum ? "max" : "min") \(dtype.name) \(extents.text)"
    case .cumulate(let kind, let dtype, _, _, let extents): return "cumulate \(kind) \(dtype.name) \(extents.text)"
    case .matmul(let step):
      let (step, plan) = (step.pointee, step.pointee.plan)
      let batch = plan.batch == 1 ? "" : "\(plan.batch) of "
      return "matmul \(plan.dtype.name) \(batch)\(plan.m)×\(plan.k)×\(plan.n)"
        + (step.transposeA ? " transposeA" : "") + (step.transposeB ? " transposeB" : "")
        + (step.epilogue.map { ", then \($0.tiles.work)" } ?? "")
    case .convolve(let step): return step.pointee.summary
    case .pool(let step): return step.pointee.summary
    case .copy(_, _, let byteCount): return "copy \(byteCount) bytes"
    case .copyStrided(_, _, _, let window): return "copy from strides \(Array(window.sizes))"
    case .copyIntoStrided(_, _, _, let window): return "copy to strides \(Array(window.sizes))"
    case .take(_, _, _, _, let extents, let count): return "take \(count) of \(extents.text)"
    case .scatterAdd(_, _, _, _, let extents, let count): return "scatterAdd \(count) to \(extents.text)"
    case .listRows(let lists):
      let step = lists.pointee
      return "list rows, \(step.count) ids" + (step.groupLength > 0 ? " by \(step.groupLength)" : " of \(step.rows)")
    case .takeAlong(_, _, _, _, let extents, let count): return "takeAlong \(count) of \(extents.text)"
    case .scatterAddAlong(_, _, _, _, let extents, let count): return "scatterAddAlong \(count) to \(extents.text)"
    case .sort(let dtype, _, _, _, let extents, let descending):
      return "sort \(dtype.name) \(extents.text)" + (descending ? " descending" : "")
    case .qr(let dtype, _, _, _, let batch, let m, let n): return "qr \(dtype.name) \(batch) of \(m)×\(n)"
    case .triangularSolve(let step): return "triangularSolve \(step.dtype.name) \(step.batch) of \(step.n)×\(step.k)"
    case .random(let distribution, let dtype, _, _, let count): return "random \(distribution) \(dtype.name) \(count)"
    case .foldKey: return "foldKey"
    case .check: return "check"
    case .rows(let rows): return "rows in \(rows.pointee.parts.reduce(0) { $0 + $1.times }) chunks"
    case .scan(let scan): return "scan of \(scan.pointee.length)"
    case .whileLoop: return "while"
    }
  }
}

extension TileStep {
  fileprivate var work: String {
    let work = program.filter { ![.load, .store, .constant].contains($0.opcode) }.map { instruction in
      instruction.opcode.parts.map { "\($0) \($1)" } ?? "\(instruction.opcode)"
    }
    let stores = program.count { $0.opcode == .store }
    return work.joined(separator: " ") + " (\(operands.count - stores) in, \(stores) out)"
  }
}

extension Extents {
  fileprivate var text: String { "\(outer)×\(middle)×\(inner)" }
}
