import KernelTypes
import Synchronization
import TensorRuntime

/// Runs the body of a row step for each of its chunks of rows, split over the threads.
enum RowRunner {
  /// Scratch memories of a row step. More threads than these wait for one to be free.
  static var workspaceLimit: Int { min(64, max(1, ThreadPool.shared.threadCount)) }

  /// By bit: the scratch memories in use. Programs run one at a time, so there is one set.
  private static let busy = Atomic<UInt64>(0)

  struct Job {
    var parts: UnsafeBufferPointer<RowPart>
    var table: AddressTable
  }

  static func run(_ rows: UnsafePointer<RowStep>, _ table: AddressTable) -> KernelStatus {
    var job = Job(parts: rows.pointee.parts, table: table)
    let items = rows.pointee.parts.reduce(0) { $0 + $1.times }
    // A run of rows is made only of work that is worth splitting.
    return KernelStatus(encoded: ThreadPool.shared.run(runChunks, &job, items: items, nanoseconds: 1_000_000))
  }

  private static let runChunks: KernelFunction = { arguments, begin, end, _ in
    let job = arguments.assumingMemoryBound(to: Job.self)
    var first = 0
    for part in job.pointee.parts {
      let items = max(begin, first)..<max(begin, first, min(end, first + part.times))
      if !items.isEmpty {
        let result = run(part, items.lowerBound - first, items.upperBound - first, job.pointee.table)
        if result != 0 { return result }
      }
      first += part.times
    }
    return 0
  }

  private static func run(_ part: RowPart, _ begin: Int, _ end: Int, _ outer: AddressTable) -> Int {
    let slot = claim(part.workspaces)
    defer { release(slot) }
    return withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: part.bufferCount) { local in
      guard let base = local.baseAddress else { return 0 }
      base.initialize(from: outer + part.firstBuffer, count: part.bufferCount)
      let table = base - part.firstBuffer
      for link in part.constants { table[Int(link.inner)] = outer.address(link.outer) }
      for buffer in part.scratch { table[Int(buffer)] += slot * part.scratchBytes }
      for index in begin..<end {
        for stack in part.stacks {
          table[Int(stack.inner)] = stack.address(index, outer)
        }
        let outcome = StepRunner.run(part.body, table, pollLimit: 0)
        if outcome.kind == .interrupted { return KernelStatus(.interrupted).encoded }
        if outcome.kind != .finished { return outcome.status.encoded }
      }
      return 0
    }
  }

  private static func claim(_ count: Int) -> Int {
    while true {
      let seen = busy.load(ordering: .relaxed)
      let free = (~seen).trailingZeroBitCount
      guard free < count else { continue }
      if busy.compareExchange(expected: seen, desired: seen | 1 << UInt64(free), ordering: .acquiring).exchanged {
        return free
      }
    }
  }

  private static func release(_ slot: Int) { _ = busy.bitwiseAnd(~(1 << UInt64(slot)), ordering: .releasing) }
}
