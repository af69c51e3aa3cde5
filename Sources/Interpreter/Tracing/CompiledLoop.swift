import Datasets
import Diagnostics
import Execution
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

/// What a compiled loop runs over.
enum LoopSource {
  case batches(Batches)
  /// Tensors of one length: their slices along the first axis.
  case slices(Value, count: Int)

  /// How many steps are equal in shape, and how many there are.
  var counts: (equal: Int, all: Int) {
    switch self {
    case .batches(let batches):
      let rows = batches.rowCount
      return (rows / batches.size, (rows + batches.size - 1) / batches.size)
    case .slices(_, let count): return (count, count)
    }
  }

  var first: Int {
    if case .batches(let batches) = self { (batches.position + batches.size - 1) / batches.size } else { 0 }
  }
}

/// `carry = step(carry, x)` for each x, as one program: batches are gathered in it, models and optimizers are updated in
/// place, step by step. It comes back several times a second, so that the program around it can report and stop; what
/// the host reads in a step makes it a loop over compiled steps instead, with the same result.
final class LoopIterator: ValueIterator {
  /// How long the program keeps control.
  private static let sliceNanoseconds: UInt64 = 50_000_000

  private let source: LoopSource
  private let step: Value
  /// It comes back after each multiple of this number of steps, too.
  private let stride: Int?
  private var carry: Value
  private let site: Site
  private let drawBase: UInt64
  private var position: Int
  private var isStepwise: Bool
  /// Behind the first step: the last one while a program is only checked.
  private var isPast = false
  /// The data and the order of its rows, as the program takes them.
  private var data = Value.none
  private var order = Value.none
  private var stacks: [Int: Tensor] = [:]

  init(_ source: LoopSource, start: Value, step: Value, every stride: Int?, _ machine: Machine, at site: Site) {
    self.source = source
    self.step = step
    self.stride = stride
    self.site = site
    carry = start
    // Rows that are made batch by batch cannot be gathered in a program.
    if case .batches(let batches) = source { isStepwise = batches.tensors == nil } else { isStepwise = false }
    drawBase = machine.nextDraw()
    position = source.first
    super.init()
  }

  /// (carry, results of the steps since the last time, steps done)
  override func next(_ machine: Machine) throws(Diagnostic) -> Value? {
    let (equal, all) = source.counts
    guard position < all, !(isPast && machine.tensors.isDryRun) else { return nil }
    isPast = true
    let results: Value
    if position < equal, equal > 1, !isStepwise, !machine.tensors.isTracing, !machine.tensors.isDryRun,
      let many = try runMany(machine, equal)
    {
      results = many
    } else {
      results = try runOne(machine)
    }
    return .tuple([carry, results, .int(position)])
  }

  // MARK: Many steps in one program

  /// Nil when the steps cannot be one program.
  private func runMany(_ machine: Machine, _ count: Int) throws(Diagnostic) -> Value? {
    do throws(MemoryProblem) { try bind(count) } catch {
      throw .outOfMemory(requested: error.requested, available: error.available, at: site.span)
    }
    let site = self.site
    let rest = stride.map { $0 - position % $0 } ?? .max
    var part = LoopRun(first: position, nanoseconds: Self.sliceNanoseconds, stacks: stacks)
    part.end = rest > .max - position ? .max : position + rest
    machine.tensors.failedLoop = nil
    let ran: (call: CompiledCall, outputs: [Tensor])?
    do throws(Diagnostic) { ran = try loop(machine, &part) } catch {
      // The step that failed runs by itself, which can say why.
      guard let call = machine.tensors.failedLoop, case .tuple(let parts) = call.result else { throw error }
      machine.tensors.failedLoop = nil
      if !part.outputs.isEmpty { carry = parts[0].build(part.outputs, at: site.span) }
      position = part.finished
      return try runOne(machine)
    }
    guard let (call, outputs) = ran, case .tuple(let parts) = call.result, parts.count == 2 else {
      isStepwise = true
      return nil
    }
    carry = parts[0].build(outputs, at: site.span)
    for index in parts[1].outputIndices { stacks[index] = outputs[index] }
    let rows = position..<part.finished
    position = part.finished
    return parts[1].filled { output, mark, _ in
      .object(TensorValue(outputs[output].rows(rows), mark: mark, origin: site.span))
    }
  }

  private func loop(_ machine: Machine, _ part: inout LoopRun) throws(Diagnostic)
    -> (call: CompiledCall, outputs: [Tensor])?
  {
    let site = self.site
    let form = CallForm(name: "loop", isLoop: true, drawBase: drawBase)
    return try machine.compiledRun(step, [data, order, carry], form, &part, at: site) {
      (step, arguments, _) throws(Diagnostic) in
      let (data, order) = (arguments[0], arguments[1])
      let isShuffled = if case .none = order { false } else { true }
      return try machine.scanned(
        isShuffled ? order : data, axis: 0, start: arguments[2], isReversed: false, isLoop: true, at: site
      ) { (carry, slice) throws(Diagnostic) in
        let element = isShuffled ? try machine.rows(slice, of: data, at: site) : slice
        return try machine.call(step, [carry, element], at: site)
      }
    }
  }

  private func bind(_ count: Int) throws(MemoryProblem) {
    guard case .none = data else { return }
    switch source {
    case .slices(let value, _): data = value
    case .batches(let batches):
      guard let (x, y) = batches.tensors else { return }
      guard let rows = batches.order else {
        data = pair(x.grouped(count, batches.size), y?.grouped(count, batches.size))
        return
      }
      data = pair(x, y)
      order = tensor(
        try .from(Array(rows.prefix(count * batches.size)), dtype: .i64, shape: [count, batches.size]))
    }
  }

  private func tensor(_ tensor: Tensor) -> Value { .object(TensorValue(tensor, origin: site.operand(0))) }
  private func pair(_ x: Tensor, _ y: Tensor?) -> Value { y.map { .tuple([tensor(x), tensor($0)]) } ?? tensor(x) }

  // MARK: One step

  private func runOne(_ machine: Machine) throws(Diagnostic) -> Value {
    let result: Value
    let element = try element(machine)
    if machine.tensors.isTracing {
      result = try machine.call(step, [carry, element], at: site)
    } else {
      var whole = LoopRun()
      let site = self.site
      let form = CallForm(name: "loop step", drawBase: drawBase, takesIteration: true)
      let ran = try machine.compiledRun(step, [carry, element, .int(position)], form, &whole, at: site) {
        (step, arguments, _) throws(Diagnostic) in try machine.call(step, [arguments[0], arguments[1]], at: site)
      }
      guard let (call, outputs) = ran else { throw .unstableTrace(at: site.span) }
      result = call.result.build(outputs, at: site.span)
    }
    guard case .object(let pair as TupleValue) = result, pair.elements.count == 2 else {
      throw .scanResult(found: result.kindName, at: site.span)
    }
    carry = pair.elements[0]
    position += 1
    let site = self.site
    return try machine.mapLeaves(of: pair.elements[1]) { (leaf) throws(Diagnostic) in
      try machine.recordOne("compiled_loop", [leaf], at: site) { (recorder, ids) throws(ShapeProblem) in
        try recorder.reshape(ids[0], Shape([1] + recorder.shape(of: ids[0]).sizes))
      }
    }
  }

  private func element(_ machine: Machine) throws(Diagnostic) -> Value {
    switch source {
    case .batches(let batches):
      batches.skip(to: position)
      let next: (x: Tensor, y: Tensor?)?
      do throws(Diagnostic) { next = try batches.next() } catch { throw error.located(at: site.span) }
      return next.map { pair($0.x, $0.y) } ?? .none
    case .slices(let value, _):
      let (index, site) = (position, self.site)
      return try machine.mapLeaves(of: value) { (leaf) throws(Diagnostic) in
        try machine.tensorIndex(leaf, [.value(.int(index))], at: site)
      }
    }
  }
}

extension Machine {
  /// These rows of each tensor in `data`.
  fileprivate func rows(_ ids: Value, of data: Value, at site: Site) throws(Diagnostic) -> Value {
    try mapLeaves(of: data) { (leaf) throws(Diagnostic) in
      try self.recordOne("batches", [leaf, ids], at: site) { (recorder, ids) throws(ShapeProblem) in
        try recorder.emit(.take(axis: 0), ids)
      }
    }
  }
}

extension Tensor {
  /// A window of the same memory.
  fileprivate func rows(_ range: Range<Int>) -> Tensor {
    let row = Array(shape.sizes.dropFirst())
    return Tensor(
      storage: storage, byteOffset: byteOffset + range.lowerBound * Shape(row).count * dtype.size,
      type: TensorType(dtype, Shape([range.count] + row)))
  }

  /// The first rows in groups, in the same memory.
  fileprivate func grouped(_ groups: Int, _ size: Int) -> Tensor {
    Tensor(
      storage: storage, byteOffset: byteOffset,
      type: TensorType(dtype, Shape([groups, size] + shape.sizes.dropFirst())))
  }
}

/// A compiled loop, to be looped over.
final class CompiledLoopValue: HeapObject, Iterable, Displayable {
  private let over: Value
  private let start: Value
  private let step: Value
  private let stride: Int?

  init(over: Value, start: Value, step: Value, every stride: Int?) {
    self.over = over
    self.start = start
    self.step = step
    self.stride = stride
    super.init(.dataset)
  }

  func displayText(_ machine: Machine?) -> String { "compiled loop" }

  func makeIterator(_ machine: Machine, at site: Site) throws(Diagnostic) -> ValueIterator {
    if let batches = over.object(as: BatchesValue.self) {
      return LoopIterator(.batches(try batches.pass(at: site)), start: start, step: step, every: stride, machine, at: site)
    }
    var count: Int?
    for leaf in over.leaves() {
      guard let shape = leaf.tensorType?.shape, shape.rank > 0 else { throw .scanOverScalar(at: site.span) }
      if let count, count != shape[0] { throw .vmapSizes(first: count, second: shape[0], at: site.span) }
      count = shape[0]
    }
    guard let count else { throw .scanOverScalar(at: site.span) }
    return LoopIterator(.slices(over, count: count), start: start, step: step, every: stride, machine, at: site)
  }
}
