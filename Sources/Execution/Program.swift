import TensorGraph
import TensorRuntime
import TensorTypes

public struct CompileOptions: Hashable, Sendable {
  /// False: one kernel for each primitive, without passes, and memory of its own for each value. Compiled results are
  /// checked against it.
  public var optimize = true
  /// The last scan of the graph is a loop of steps that stand by themselves: see `LoopRun`.
  public var hasLoop = false
  public init(optimize: Bool = true, hasLoop: Bool = false) {
    self.optimize = optimize
    self.hasLoop = hasLoop
  }
}

/// A part of the iterations of a program's loop. When an iteration fails or is interrupted, those before it stand.
public struct LoopRun {
  /// The first iteration to run.
  public var first: Int
  /// Nanoseconds after which no further iteration begins; one runs at least.
  public var nanoseconds: UInt64
  /// The iteration before which the run ends.
  public var end = Int.max
  /// By output: memory for stacked results, to be filled further.
  public var stacks: [Int: Tensor]
  /// After the run: iterations finished, those before `first` included.
  public internal(set) var finished = 0
  /// After a run that failed: its outputs, of which those that the loop carries are as the last finished iteration
  /// made them.
  public internal(set) var outputs: [Tensor] = []

  public init(first: Int = 0, nanoseconds: UInt64 = .max, stacks: [Int: Tensor] = [:]) {
    self.first = first
    self.nanoseconds = nanoseconds
    self.stacks = stacks
  }
}

/// Scratch memory that programs share: it grows to the size of the largest one. Used by one program at a time.
public final class Arena {
  private var storage: Storage?
  public init() {}
  public var byteCount: Int { storage?.byteCount ?? 0 }

  /// The arena's address after making sure of its size.
  func reserve(_ bytes: Int) throws(MemoryProblem) -> UnsafeMutableRawPointer {
    if let storage, storage.byteCount >= bytes { return storage.address }
    storage = nil
    try MemoryLimit.check(bytes)
    guard let grown = Storage(byteCount: bytes) else {
      throw MemoryProblem(requested: bytes, available: MemoryLimit.available())
    }
    storage = grown
    return grown.address
  }
}

/// A compiled graph. It does not change after `compile`; running it uses its address table and its arena, so one run
/// at a time.
public final class Program {
  public let graph: Graph
  /// The graph after the passes.
  public let optimized: Graph

  /// An output that a run allocates, unless it takes over a donated input's memory.
  struct Slot {
    var buffer: Int
    var type: TensorType
  }
  enum OutputSource: Equatable { case input(Int), slot(Int) }

  let block: Block
  let slots: [Slot]
  let scratchBytes: Int
  private let placements: [ProgramPlan.Placement]
  private let builder: ProgramBuilder
  private let arena: Arena
  private let inputTypes: [TensorType]
  private let outputTypes: [TensorType]
  private let sources: [OutputSource]
  private let donation: Donation
  /// The pairs for the inputs that the last run donated, by slot.
  private var donors: [Donation.Pair?]
  private var donated: [Bool] = []
  private let inputBuffers: [Int]
  private let arenaOffsets: [(buffer: Int, offset: Int)]
  private let table: AddressTable
  private let constants: UnsafeMutablePointer<UInt64>
  private var boundArena: UnsafeMutableRawPointer?
  private let loop: UnsafeMutablePointer<LoopState>?
  /// By output: whether it is a value that the loop carries, or an input as it was.
  public let isCarried: [Bool]

  /// Throws `unsupported` for a graph that breaks its own rules, `memory` when its values cannot fit any memory.
  /// `arena`: scratch memory to share with other programs.
  public static func compile(_ graph: Graph, options: CompileOptions = CompileOptions(), arena: Arena = Arena())
    throws(ExecutionProblem) -> Program
  {
    for type in graph.types {
      guard let count = type.shape.checkedCount, !count.multipliedReportingOverflow(by: type.dtype.size).overflow else {
        throw .memory(MemoryProblem(requested: nil, available: MemoryLimit.available()), .none)
      }
    }
    return try Program(graph, Passes.run(graph, options), options, arena)
  }

  private init(_ graph: Graph, _ optimized: Graph, _ options: CompileOptions, _ arena: Arena)
    throws(ExecutionProblem)
  {
    let builder = ProgramBuilder(options: options)
    let inputs = optimized.inputTypes.map { builder.buffer($0.byteCount, .external) }
    var lowering = GraphLowering(optimized, builder: builder, inputs: inputs)
    if options.hasLoop {
      lowering.loopResult = optimized.operations.last { if case .scan = $0.primitive { true } else { false } }?
        .results.first
    }
    var slots: [Slot] = []
    var sources: [OutputSource] = []
    var slotOfRoot: [Int: Int] = [:]
    var unclaimed: [(value: Int, buffer: Int)] = []
    for output in optimized.outputs {
      let value = Int(output.index)
      let root = lowering.analysis.views[value].root
      if lowering.isWhole(value), let input = optimized.inputs.firstIndex(where: { Int($0.index) == root }) {
        sources.append(.input(input))
        continue
      }
      if lowering.isWhole(value), let slot = slotOfRoot[root] {
        sources.append(.slot(slot))
        continue
      }
      let buffer = builder.buffer(optimized.types[value].byteCount, .external)
      if lowering.claim(value, buffer) {
        slotOfRoot[root] = slots.count
      } else {
        unclaimed.append((value, buffer))
      }
      sources.append(.slot(slots.count))
      slots.append(Slot(buffer: buffer, type: optimized.types[value]))
    }
    try lowering.lowerOperations()
    for (value, buffer) in unclaimed { lowering.copyOut(value, to: buffer) }
    var scratchBytes = 0
    placements = lowering.place { byteCount in
      scratchBytes = byteCount
      return nil
    }
    let returned = sources.compactMap { if case .input(let index) = $0 { index } else { nil } }
    donation = Donation(options.optimize ? slots : [], lowering, inputs: inputs, returned: Set(returned))
    donors = [Donation.Pair?](repeating: nil, count: slots.count)

    loop = lowering.loop?.state
    let carried = lowering.loop?.carried ?? []
    isCarried = sources.map { source in
      switch source {
      case .input: true
      case .slot(let slot): carried.contains(slots[slot].buffer)
      }
    }
    self.graph = graph
    self.optimized = optimized
    self.builder = builder
    self.arena = arena
    self.slots = slots
    self.sources = sources
    self.scratchBytes = scratchBytes
    block = lowering.draft.finished(builder.memory)
    inputTypes = optimized.inputTypes
    outputTypes = optimized.outputTypes
    inputBuffers = inputs
    arenaOffsets = builder.arenaOffsets().enumerated().compactMap { index, offset in offset.map { (index, $0) } }
    table = .allocate(capacity: max(1, builder.buffers.count))
    table.initialize(repeating: builder.memory.unbound, count: max(1, builder.buffers.count))
    constants = .allocate(capacity: builder.constants.count + 8)
    constants.initialize(repeating: 0, count: builder.constants.count + 8)
    for (index, bits) in builder.constants.enumerated() { constants[index] = bits }
    for (index, buffer) in builder.buffers.enumerated() {
      if case .constant(let offset) = buffer.home { table[index] = UnsafeMutableRawPointer(constants) + offset }
    }
  }

  deinit {
    table.deallocate()
    constants.deallocate()
  }

  /// Runs the program on inputs that stay as they are.
  public func run(_ inputs: [Tensor], timings: StepTimings? = nil) throws(ExecutionProblem) -> [Tensor] {
    var kept = inputs
    var whole = LoopRun()
    return try run(&kept, donating: [], &whole, timings: timings)
  }

  /// Runs the program. `donating`: by input, whether its storage may become an output's; it does only if nothing else
  /// refers to it, and is written only when nothing can fail any more. The inputs stay with the caller: after
  /// a failure they are as they were, after success the donated ones are used up.
  public func run(_ inputs: inout [Tensor], donating: [Bool] = []) throws(ExecutionProblem) -> [Tensor] {
    var whole = LoopRun()
    return try run(&inputs, donating: donating, &whole)
  }

  /// Runs the program and, of its loop, the iterations that `part` says. The time of each step is added to `timings`,
  /// this program's.
  public func run(
    _ inputs: inout [Tensor], donating: [Bool], _ part: inout LoopRun, timings: StepTimings? = nil
  ) throws(ExecutionProblem) -> [Tensor] {
    guard inputs.count == inputTypes.count else {
      throw .unsupported("\(inputs.count) inputs for a program that takes \(inputTypes.count)", .none)
    }
    for index in inputs.indices {
      guard inputs[index].type == inputTypes[index] else {
        throw .unsupported("input \(index) is \(inputs[index].type), the program takes \(inputTypes[index])", .none)
      }
      table[inputBuffers[index]] = inputs[index].address
    }
    var pollLimit = Int.max
    var allocated: [Tensor] = []
    do {
      try bindArena()
      allocated.reserveCapacity(slots.count)
      if donating != donated {
        donated = donating
        donors = [Donation.Pair?](repeating: nil, count: slots.count)
        for pair in donation.pairs(donating) { donors[pair.slot] = pair }
      }
      for (slot, donor) in zip(slots, donors) {
        if let given = stack(for: allocated.count, part) {
          allocated.append(given)
        } else if let donor, isKnownUniquelyReferenced(&inputs[donor.input].storage) {
          allocated.append(inputs[donor.input])
          pollLimit = min(pollLimit, donor.write)
        } else {
          allocated.append(try Tensor.allocate(slot.type))
        }
        table[slot.buffer] = allocated[allocated.count - 1].address
      }
    } catch {
      throw .memory(error, .none)
    }
    if let loop {
      let (deadline, isNever) = UInt64(Clock.nanoseconds).addingReportingOverflow(part.nanoseconds)
      loop.pointee = LoopState(
        first: part.first, deadline: isNever ? .max : deadline, end: part.end, finished: part.first)
    }
    if let timings, timings.stepCount == stepCount { builder.memory.timer.pointee.tallies = timings.tallies }
    defer { builder.memory.timer.pointee.tallies = nil }
    let outcome = ThreadPool.withoutDenormals { StepRunner.run(block, table, pollLimit: pollLimit) }
    part.finished = loop?.pointee.finished ?? 0
    if outcome.kind != .finished {
      if part.finished > part.first { part.outputs = outputs(inputs, allocated) }
      throw problem(outcome)
    }
    return outputs(inputs, allocated)
  }

  private func stack(for slot: Int, _ part: LoopRun) -> Tensor? {
    guard !part.stacks.isEmpty else { return nil }
    for (output, tensor) in part.stacks {
      if sources[output] == .slot(slot), tensor.type == slots[slot].type { return tensor }
    }
    return nil
  }

  private func outputs(_ inputs: [Tensor], _ allocated: [Tensor]) -> [Tensor] {
    var outputs: [Tensor] = []
    outputs.reserveCapacity(sources.count)
    for (index, source) in sources.enumerated() {
      let tensor =
        switch source {
        case .input(let input): inputs[input]
        case .slot(let slot): allocated[slot]
        }
      outputs.append(Tensor(storage: tensor.storage, byteOffset: tensor.byteOffset, type: outputTypes[index]))
    }
    return outputs
  }

  private func bindArena() throws(MemoryProblem) {
    guard scratchBytes > 0 else { return }
    let base = try arena.reserve(scratchBytes)
    guard base != boundArena else { return }
    for (buffer, offset) in arenaOffsets { table[buffer] = base + offset }
    boundArena = base
  }

  /// The graph that last asked a cache for this program: equal to `graph`, but written elsewhere. Problems name its places.
  public internal(set) var askedBy: Graph?

  private func problem(_ outcome: Outcome) -> ExecutionProblem {
    let origin = relocation(to: askedBy)(origin(outcome.origin))
    return switch outcome.kind {
    case .kernel: .kernel(outcome.status, origin)
    case .check: .check(builder.messages[Int(outcome.message)], origin)
    case .interrupted, .finished: .interrupted
    }
  }

  /// The places in the graph that asked of what `graph` names.
  private func relocation(to asked: Graph?) -> (Origin) -> Origin {
    guard let asked = asked?.placesInOrder else { return { $0 } }
    let places = Dictionary(zip(graph.placesInOrder, asked)) { first, _ in first }
    return { places[$0] ?? $0 }
  }

  func origin(_ index: Int32) -> Origin { builder.origins[Int(index)] }

  /// How many steps there are, those of loops counted once.
  var stepCount: Int { builder.origins.count }

  public var plan: ProgramPlan { plan(askedBy: askedBy) }

  /// `askedBy`: the graph that names the places.
  public func plan(askedBy: Graph?) -> ProgramPlan {
    let relocation = relocation(to: askedBy)
    let pairs = donation.pairs(inputTypes.map { _ in true })
    var donations: [(output: Int, input: Int)] = []
    for (index, source) in sources.enumerated() {
      if case .slot(let slot) = source, let pair = pairs.first(where: { $0.slot == slot }) {
        donations.append((index, pair.input))
      }
    }
    return ProgramPlan(
      steps: ProgramPlan.Step.steps(block, times: 1) { relocation(self.origin($0)) }, placements: placements,
      arenaBytes: scratchBytes, inputBytes: inputTypes.reduce(0) { $0 + $1.byteCount },
      outputBytes: slots.reduce(0) { $0 + $1.type.byteCount }, donations: donations)
  }
}

extension Graph {
  /// Where each operation was written, those of loops' bodies after the loop.
  fileprivate var placesInOrder: [Origin] {
    operations.flatMap { [$0.origin] + $0.primitive.graphs.flatMap(\.placesInOrder) }
  }
}
