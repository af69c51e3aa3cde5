import TensorGraph

/// What a program does and what it needs, for people and for tests.
public struct ProgramPlan {
  public struct Step {
    /// The step in words: `product [64, 128] @ [128, 10]`.
    public var text: String
    public var work: Work
    public var origin: Origin
    /// Multiply-adds of products and convolutions, times the rounds of the loops around the step.
    public var multiplyAdds: Int
    /// Bytes read and written, times the rounds of the loops around the step.
    public var bytes: Int
    /// How often a run of the program runs it.
    public var times: Int
    /// Which of `StepTimings` is its.
    public var number: Int
    /// The steps of a loop's body (and, for `while`, before them those of its condition).
    public var body: [Step]
    /// Whether several threads run `body` at once, so that its times are more than the step's own.
    public var isSplit = false
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
  init(_ step: Step, number: Int, times: Int, origin: (Int32) -> Origin) {
    self.number = number
    self.origin = origin(Int32(number))
    self.times = times
    text = step.summary
    work = step.work
    multiplyAdds = step.multiplyAdds &* times
    bytes = step.bytes &* times
    body = []
    switch step {
    case .scan(let scan): body = Self.steps(scan.pointee.body, times: times * scan.pointee.length, origin: origin)
    case .rows(let rows):
      isSplit = true
      for part in rows.pointee.parts { body += Self.steps(part.body, times: times * part.times, origin: origin) }
    case .whileLoop(let loop):
      // How often a loop runs is not known: one round counts.
      body = Self.steps(loop.pointee.condition, times: times, origin: origin)
      body += Self.steps(loop.pointee.body, times: times, origin: origin)
    default: return
    }
    multiplyAdds = body.reduce(0) { $0 + $1.multiplyAdds }
    bytes = body.reduce(0) { $0 + $1.bytes }
  }

  static func steps(_ block: Block, times: Int, origin: (Int32) -> Origin) -> [ProgramPlan.Step] {
    block.steps.indices.map { index in
      ProgramPlan.Step(block.steps[index], number: Int(block.origins[index]), times: times, origin: origin)
    }
  }
}
