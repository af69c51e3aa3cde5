import Glibc
import TensorRuntime

/// Scan and while: the body's steps run once per iteration; only entries of the address table move.
extension StepRunner {
  static func run(_ scan: UnsafePointer<ScanStep>, _ table: AddressTable) -> Outcome {
    if let loop = scan.pointee.loop { return run(scan, loop, table) }
    let length = scan.pointee.length
    link(scan.pointee.constants, table)
    let carries = scan.pointee.carries
    if length == 0 {
      for carry in carries { copy(from: table.address(carry.initial), to: table.address(carry.result), carry.byteCount) }
      return .finished
    }
    for carry in carries { begin(carry, remaining: length, table) }
    for iteration in 0..<length {
      let position = scan.pointee.isReversed ? length - 1 - iteration : iteration
      for stack in scan.pointee.stacks {
        table[Int(stack.inner)] = table.address(stack.outer) + position * stack.sliceBytes
      }
      for trail in scan.pointee.trails {
        place(trail, iteration, of: length, slice: position, step: scan.pointee.isReversed ? -1 : 1, table)
      }
      let outcome = run(scan.pointee.body, table)
      if outcome.kind != .finished { return outcome }
      for carry in scan.pointee.moving { advance(carry, table) }
    }
    for trail in scan.pointee.trails where trail.isAfter {
      copy(
        from: table[Int(trail.carry.bodyOutput)], to: table.address(trail.carry.result), trail.carry.byteCount)
    }
    return .finished
  }

  /// What a step leaves stands where the next one finds it.
  private static func place(
    _ trail: Trail, _ iteration: Int, of length: Int, slice: Int, step: Int, _ table: AddressTable
  ) {
    let here = table.address(trail.outer) + slice * trail.sliceBytes
    let input = Int(trail.carry.bodyInput), output = Int(trail.carry.bodyOutput)
    if trail.isAfter {
      if iteration > 0 { table[input] = here - step * trail.sliceBytes }
      table[output] = here
    } else {
      if iteration == 0 { copy(from: table.address(trail.carry.initial), to: here, trail.carry.byteCount) }
      table[input] = here
      table[output] = iteration + 1 < length ? here + step * trail.sliceBytes : table.address(trail.carry.result)
    }
  }

  /// A loop of steps that stand by themselves: however it ends, the carries are what the last finished iteration made.
  private static func run(
    _ scan: UnsafePointer<ScanStep>, _ state: UnsafeMutablePointer<LoopState>, _ table: AddressTable
  ) -> Outcome {
    let carries = scan.pointee.carries
    link(scan.pointee.constants, table)
    for carry in carries { begin(carry, remaining: scan.pointee.length - state.pointee.first, table) }
    var outcome = Outcome.finished
    state.pointee.finished = state.pointee.first
    while state.pointee.finished < scan.pointee.length {
      for stack in scan.pointee.stacks {
        table[Int(stack.inner)] = table.address(stack.outer) + state.pointee.finished * stack.sliceBytes
      }
      if state.pointee.finished + 1 < scan.pointee.length {
        for rows in scan.pointee.ahead { fetch(rows, for: state.pointee.finished + 1, table) }
      }
      outcome = run(scan.pointee.body, table, pollLimit: scan.pointee.pollLimit)
      if outcome.kind != .finished { break }
      for carry in scan.pointee.moving { advance(carry, table) }
      state.pointee.finished += 1
      if state.pointee.finished >= state.pointee.end || UInt64(Clock.nanoseconds) >= state.pointee.deadline { break }
    }
    for carry in carries { copy(from: table[Int(carry.bodyInput)], to: table.address(carry.result), carry.byteCount) }
    return outcome
  }

  private static func fetch(_ ahead: RowsAhead, for iteration: Int, _ table: AddressTable) {
    let ids = table.address(ahead.ids).assumingMemoryBound(to: Int.self) + iteration * ahead.count
    Kernels.fetchRows(
      table.address(ahead.table), ids: ids, count: ahead.count, rows: ahead.rows, rowBytes: ahead.rowBytes)
  }

  static func run(_ loop: UnsafePointer<WhileStep>, _ table: AddressTable) -> Outcome {
    link(loop.pointee.constants, table)
    link(loop.pointee.conditionConstants, table)
    let carries = loop.pointee.carries
    for carry in carries { begin(carry, remaining: 1, table) }
    // The steps of the condition look for interrupts.
    while true {
      for index in 0..<carries.count {
        table[Int(loop.pointee.conditionCarries[index])] = table[Int(carries[index].bodyInput)]
      }
      let tested = run(loop.pointee.condition, table)
      if tested.kind != .finished { return tested }
      if table.address(loop.pointee.conditionResult).load(as: UInt8.self) == 0 { break }
      let outcome = run(loop.pointee.body, table)
      if outcome.kind != .finished { return outcome }
      for carry in carries { advance(carry, table) }
    }
    for carry in carries { copy(from: table[Int(carry.bodyInput)], to: table.address(carry.result), carry.byteCount) }
    return .finished
  }

  private static func link(_ links: UnsafeBufferPointer<Link>, _ table: AddressTable) {
    for link in links { table[Int(link.inner)] = table.address(link.outer) }
  }

  /// The first iteration reads the initial value where it stands and writes so that, after `remaining` iterations
  /// that take turns, the last value stands in `result`. In place, the value is first copied to `result`.
  private static func begin(_ carry: Carry, remaining: Int, _ table: AddressTable) {
    let result = table.address(carry.result)
    if carry.isInPlace {
      copy(from: table.address(carry.initial), to: result, carry.byteCount)
      table[Int(carry.bodyInput)] = result
      table[Int(carry.bodyOutput)] = result
    } else {
      table[Int(carry.bodyInput)] = table.address(carry.initial)
      table[Int(carry.bodyOutput)] = remaining % 2 == 1 ? result : table.address(carry.spare)
    }
  }

  /// What was written becomes what is read, and the other of the two places is written next.
  private static func advance(_ carry: Carry, _ table: AddressTable) {
    guard !carry.isInPlace else { return }
    let written = table[Int(carry.bodyOutput)]
    let result = table.address(carry.result)
    table[Int(carry.bodyInput)] = written
    table[Int(carry.bodyOutput)] = written == result ? table.address(carry.spare) : result
  }

  private static func copy(from: UnsafeMutableRawPointer, to: UnsafeMutableRawPointer, _ byteCount: Int) {
    if from != to { memmove(to, from, byteCount) }
  }
}
