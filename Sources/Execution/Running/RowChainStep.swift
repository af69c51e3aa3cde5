import KernelTypes
import TensorRuntime

/// A row chain over the rows of its operands.
struct RowChainStep {
  /// Of the function, and of one that writes results past the caches, or 0.
  var code, streaming: UInt
  var rows, columns: Int
  var bindings: UnsafeBufferPointer<Reference>
  /// By address: bytes from row to row.
  var rowBytes: UnsafePointer<Int>
  /// By bit: the addresses behind which rows are written past the caches.
  var streamed: UInt64
  /// Roughly, for all rows.
  var nanoseconds: Int
  /// For descriptions.
  var operations: UnsafeBufferPointer<TileOpcode>

  private struct Job {
    var step: RowChainStep
    var table: AddressTable
  }

  func run(_ table: AddressTable) -> KernelStatus {
    var job = Job(step: self, table: table)
    return KernelStatus(encoded: ThreadPool.shared.run(Self.runRows, &job, items: rows, nanoseconds: nanoseconds))
  }

  private static let runRows: KernelFunction = { arguments, begin, end, scratch in
    let job = arguments.assumingMemoryBound(to: Job.self)
    let step = job.pointee.step, table = job.pointee.table
    let count = step.bindings.count
    withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: count + 1) { addresses in
      guard let base = addresses.baseAddress else { return }
      var isAligned = true
      for index in 0..<count {
        let address = table.address(step.bindings[index]) + begin * step.rowBytes[index]
        (base + index).initialize(to: address)
        if step.streamed & 1 << UInt64(index) != 0 { isAligned = isAligned && UInt(bitPattern: address) & 63 == 0 }
      }
      (base + count).initialize(to: scratch)
      let code = step.streaming != 0 && isAligned ? step.streaming : step.code
      unsafeBitCast(code, to: MachineCodeFunction.self)(base, end - begin)
    }
    return 0
  }

  /// The rows behind each address once.
  var bytes: Int {
    var total = 0
    for index in 0..<bindings.count { total += max(4, rowBytes[index] * rows) }
    return total
  }

  var summary: String { "rows [\(rows), \(columns)]: \(operations.words)" }
}
