import Glibc
import KernelTypes
import TensorRuntime
import TensorTypes

/// How a run of steps ended: plain data, turned into an `ExecutionProblem` by the program.
struct Outcome {
  enum Kind { case finished, kernel, check, interrupted }
  var kind: Kind
  var status = KernelStatus.ok
  /// Index into the program's origins.
  var origin: Int32 = 0
  /// Index into the program's messages.
  var message: Int32 = 0

  static let finished = Outcome(kind: .finished)
}

enum StepRunner {
  /// Runs the block's steps in order. `pollLimit`: steps from this index on are not interrupted, because they may
  /// write donated memory.
  static func run(_ block: Block, _ table: AddressTable, pollLimit: Int = .max) -> Outcome {
    if let tallies = block.timer?.pointee.tallies { return runTimed(block, table, pollLimit: pollLimit, tallies) }
    return run(block, 0..<block.steps.count, table, pollLimit: pollLimit)
  }

  @inline(__always)
  static func run(_ block: Block, _ range: Range<Int>, _ table: AddressTable, pollLimit: Int) -> Outcome {
    for index in range {
      if index < pollLimit, Interrupt.isRequested { return Outcome(kind: .interrupted) }
      let status: KernelStatus
      switch block.steps[index] {
      case .tiles(let step): status = runTiles(step.pointee, table)
      case .matmul(let step):
        multiply(step, table)
        continue
      case .rows(let rows): status = RowRunner.run(rows, table)
      case .scan(let scan):
        let outcome = run(scan, table)
        if outcome.kind != .finished { return outcome }
        continue
      case .whileLoop(let loop):
        let outcome = run(loop, table)
        if outcome.kind != .finished { return outcome }
        continue
      case .check(let ok, let message):
        if table.address(ok).load(as: UInt8.self) == 0 {
          return Outcome(kind: .check, origin: block.origins[index], message: message)
        }
        continue
      case let step:
        status = runKernel(step, table)
      }
      if status.code == .interrupted { return Outcome(kind: .interrupted) }
      if status.code != .ok { return Outcome(kind: .kernel, status: status, origin: block.origins[index]) }
    }
    return .finished
  }

  private static func multiply(_ step: UnsafePointer<MatmulStep>, _ table: AddressTable) {
    let (a, b, c) = (table.address(step.pointee.a), table.address(step.pointee.b), table.address(step.pointee.c))
    let packed = table.address(step.pointee.packed)
    guard let epilogue = step.pointee.epilogue else {
      return step.pointee.plan.run(a: a, b: b, c: c, packed: packed)
    }
    let tiles = epilogue.tiles
    withUnsafeTemporaryAllocation(of: TileOperand.self, capacity: tiles.operands.count) { operands in
      guard let base = operands.baseAddress else { return }
      for index in 0..<tiles.operands.count {
        var operand = tiles.operands[index]
        // A product that is not kept has an address in the kernel only.
        if index != epilogue.product || epilogue.keepsProduct {
          operand.address = table.address(tiles.bindings[index])
        }
        (base + index).initialize(to: operand)
      }
      step.pointee.plan.run(
        a: a, b: b, c: c, packed: packed,
        MatmulEpilogue(
          program: tiles.program, constants: tiles.constants, domain: tiles.domain, operands: base,
          operandCount: tiles.operands.count, product: epilogue.product, keepsProduct: epilogue.keepsProduct,
          kept: tiles.kept))
    }
  }

  @inline(__always)
  static func runTiles(_ step: TileStep, _ table: AddressTable) -> KernelStatus {
    withUnsafeTemporaryAllocation(of: TileOperand.self, capacity: step.operands.count) { operands in
      guard let base = operands.baseAddress else { return .ok }
      for index in 0..<step.operands.count {
        var operand = step.operands[index]
        operand.address = table.address(step.bindings[index])
        (base + index).initialize(to: operand)
      }
      return Kernels.runTiles(
        step.program, constants: step.constants, domain: step.domain, operands: base,
        operandCount: step.operands.count, listedElements: step.listedElements, kept: step.kept)
    }
  }

  /// Steps that are one call of a kernel, but for the most frequent ones, which `run` does itself.
  private static func runKernel(_ step: Step, _ table: AddressTable) -> KernelStatus {
    switch step {
    case .rowChain(let step): return step.pointee.run(table)
    case .reduce(let reduction, let dtype, let input, let output, let extents):
      return Kernels.reduce(
        reduction, dtype, input: table.address(input), output: table.address(output), outer: extents.outer,
        reduced: extents.middle, inner: extents.inner)
    case .argReduce(let maximum, let dtype, let input, let output, let extents):
      return Kernels.argReduce(
        maximum: maximum, dtype, input: table.address(input), output: integers(table.address(output)),
        outer: extents.outer, reduced: extents.middle, inner: extents.inner)
    case .cumulate(let cumulation, let dtype, let input, let output, let extents):
      return Kernels.cumulate(
        cumulation, dtype, input: table.address(input), output: table.address(output), outer: extents.outer,
        length: extents.middle, inner: extents.inner)
    case .convolve(let step): return step.pointee.run(table)
    case .pool(let step): return step.pointee.run(table)
    case .copy(let input, let output, let byteCount):
      let (from, to) = (table.address(input), table.address(output))
      if from != to { memmove(to, from, byteCount) }
      return .ok
    case .copyStrided(let size, let input, let output, let window):
      return Kernels.copyStrided(
        elementSize: size, input: table.address(input), output: table.address(output), sizes: window.sizes,
        strides: window.strides)
    case .copyIntoStrided(let size, let input, let output, let window):
      return Kernels.copyIntoStrided(
        elementSize: size, input: table.address(input), output: table.address(output), sizes: window.sizes,
        strides: window.strides)
    case .take(let size, let rows, let ids, let output, let extents, let count):
      return Kernels.take(
        elementSize: size, table: table.address(rows), ids: integers(table.address(ids)),
        output: table.address(output), outer: extents.outer, rows: extents.middle, inner: extents.inner, count: count)
    case .scatterAdd(let dtype, let updates, let ids, let output, let extents, let count):
      return Kernels.scatterAdd(
        dtype, updates: table.address(updates), ids: integers(table.address(ids)), output: table.address(output),
        outer: extents.outer, rows: extents.middle, inner: extents.inner, count: count)
    case .listRows(let lists):
      let step = lists.pointee
      return Kernels.listRows(
        ids: integers(table.address(step.ids)), count: step.count, rows: step.rows, sizes: step.places.sizes,
        strides: step.places.strides, heads: table.address(step.heads).assumingMemoryBound(to: Int32.self),
        entries: table.address(step.entries).assumingMemoryBound(to: RowEntry.self))
    case .checkIds(let ids, let count, let rows, let first):
      var status = Kernels.checkIds(integers(table.address(ids)), count: count, rows: rows)
      if status.code != .ok { status.detail += first }
      return status
    case .takeAlong(let size, let input, let ids, let output, let extents, let count):
      return Kernels.takeAlong(
        elementSize: size, input: table.address(input), ids: integers(table.address(ids)),
        output: table.address(output), outer: extents.outer, rows: extents.middle, inner: extents.inner, count: count)
    case .scatterAddAlong(let dtype, let updates, let ids, let output, let extents, let count):
      return Kernels.scatterAddAlong(
        dtype, updates: table.address(updates), ids: integers(table.address(ids)), output: table.address(output),
        outer: extents.outer, rows: extents.middle, inner: extents.inner, count: count)
    case .sort(let dtype, let input, let values, let indices, let extents, let descending):
      return Kernels.sort(
        dtype, input: table.address(input), values: table.address(values), indices: integers(table.address(indices)),
        outer: extents.outer, length: extents.middle, inner: extents.inner, descending: descending)
    case .qr(let dtype, let a, let q, let r, let batch, let m, let n):
      return Kernels.qr(
        dtype, a: table.address(a), q: table.address(q), r: table.address(r), batch: batch, m: m, n: n)
    case .triangularSolve(let step):
      return Kernels.triangularSolve(
        step.dtype, a: table.address(step.a), b: table.address(step.b), x: table.address(step.x), batch: step.batch,
        n: step.n, k: step.k, lower: step.lower, transpose: step.transpose)
    case .random(let distribution, let dtype, let key, let output, let count):
      let words = table.address(key).assumingMemoryBound(to: UInt64.self)
      return Kernels.random(
        distribution, dtype, key0: words[0], key1: words[1], output: table.address(output), count: count)
    case .foldKey(let key, let number, let output):
      let words = table.address(key).assumingMemoryBound(to: UInt64.self)
      let (word0, word1) = Kernels.foldKey(
        words[0], words[1], number: table.address(number).load(as: Int.self))
      let result = table.address(output).assumingMemoryBound(to: UInt64.self)
      result[0] = word0
      result[1] = word1
      return .ok
    case .tiles, .matmul, .check, .rows, .scan, .whileLoop:
      return .ok
    }
  }

  @inline(__always)
  private static func integers(_ address: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Int> {
    address.assumingMemoryBound(to: Int.self)
  }
}
