import CKernelSupport
import Glibc
import KernelTypes
import TensorTypes

extension Kernels {
  /// table [outer, rows, inner], ids [count] to [outer, count, inner]. Negative ids are out of range here; `detail` of
  /// the status is the position of the first bad id.
  public static func take(
    elementSize: Int, table: UnsafeRawPointer, ids: UnsafePointer<Int>, output: UnsafeMutableRawPointer, outer: Int,
    rows: Int, inner: Int, count: Int
  ) -> KernelStatus {
    if let problem = firstOutOfRange(ids, count: count, rows: rows) { return problem }
    let bytes = inner * elementSize
    guard bytes > 0 else { return .ok }
    _ = ThreadPool.shared.run(items: outer * count, nanoseconds: outer * count * (2 + bytes / 8)) { begin, end in
      var item = begin
      while item < end {
        // The ids of one outer entry at a time.
        let o = item / count, first = item % count
        let rest = min(count - first, end - item)
        let source = table + o * rows * bytes, target = output + item * bytes
        switch bytes {
        case 4: pick(UInt32.self, source, ids + first, target, rest)
        case 8: pick(UInt64.self, source, ids + first, target, rest)
        default:
          for i in 0..<rest {
            if i + rowsAhead < rest { fetch(source + ids[first + i + rowsAhead] * bytes, bytes) }
            memcpy(target + i * bytes, source + ids[first + i] * bytes, bytes)
          }
        }
        item += rest
      }
      return 0
    }
    return .ok
  }

  /// Brings rows that will be taken into the second cache.
  public static func fetchRows(
    _ table: UnsafeRawPointer, ids: UnsafePointer<Int>, count: Int, rows: Int, rowBytes: Int
  ) {
    for i in 0..<count where ids[i] >= 0 && ids[i] < rows {
      let row = table + ids[i] * rowBytes
      for offset in stride(from: 0, to: rowBytes, by: 64) { kernel_prefetch_far(row + offset) }
    }
  }

  /// Rows stand anywhere: the processor cannot know which comes next.
  private static let rowsAhead = 4

  private static func fetch(_ row: UnsafeRawPointer, _ bytes: Int) {
    for offset in stride(from: 0, to: min(bytes, 1024), by: 64) { kernel_prefetch(row + offset) }
  }

  /// updates [outer, count, inner] added into output [outer, rows, inner], which the kernel sets to zero first. In the
  /// order of ids, so the same bits always. A sum of i64 that overflows is reported; bool is `or`.
  public static func scatterAdd(
    _ dtype: DType, updates: UnsafeRawPointer, ids: UnsafePointer<Int>, output: UnsafeMutableRawPointer, outer: Int,
    rows: Int, inner: Int, count: Int
  ) -> KernelStatus {
    if let problem = firstOutOfRange(ids, count: count, rows: rows) { return problem }
    func add<T>(_: T.Type, _ sum: (T, T, inout Bool) -> T) -> KernelStatus {
      let updates = updates.assumingMemoryBound(to: T.self), output = output.assumingMemoryBound(to: T.self)
      // Threads share the columns, so each row's sum keeps the order of the ids.
      let bytes = outer * (rows + 2 * count) * inner * dtype.size
      let result = withoutActuallyEscaping(sum) { sum in
        ThreadPool.shared.run(items: inner, grain: 64, nanoseconds: bytes / 8) { begin, end in
          var overflow = false
          for o in 0..<outer {
            if end - begin == inner {
              memset(output + o * rows * inner, 0, rows * inner * dtype.size)
            } else {
              for row in 0..<rows { memset(output + (o * rows + row) * inner + begin, 0, (end - begin) * dtype.size) }
            }
            for i in 0..<count {
              let source = updates + (o * count + i) * inner, target = output + (o * rows + ids[i]) * inner
              for j in begin..<end { target[j] = sum(target[j], source[j], &overflow) }
              if overflow { return KernelStatus(.integerOverflow, detail: o * count + i).encoded }
            }
          }
          return 0
        }
      }
      return KernelStatus(encoded: result)
    }
    return switch dtype {
    case .f32: add(Float.self) { x, y, _ in x + y }
    case .f64: add(Double.self) { x, y, _ in x + y }
    case .i64: add(Int.self, addChecked)
    case .bool: add(UInt8.self) { x, y, _ in x | y }
    }
  }

  /// The lists for the tile machine's `sumRows`: each place of `ids` in that of the row of `rows` that it names, in order.
  /// Place i's row begins `offset` elements into the operand; offsets follow from `sizes` and `strides` of the ids' axes.
  /// `heads`: by row its first entry, or -1; and so for `RowEntry.rowsAhead` rows more.
  public static func listRows(
    ids: UnsafePointer<Int>, count: Int, rows: Int, sizes: UnsafeBufferPointer<Int>,
    strides: UnsafeBufferPointer<Int>, heads: UnsafeMutablePointer<Int32>, entries: UnsafeMutablePointer<RowEntry>
  ) -> KernelStatus {
    let status = checkIds(ids, count: count, rows: rows)
    guard status == .ok else { return status }
    memset(heads, 0xff, (rows + RowEntry.rowsAhead) * MemoryLayout<Int32>.size)
    let length = max(sizes.last ?? 1, 1), step = strides.last ?? 0
    // From the last to the first. Where an id follows itself, as padding does, its head is written once.
    var end = count, last = -1
    while end > 0 {
      let begin = end - length
      var rest = begin / length, offset = 0
      for axis in (0..<max(0, sizes.count - 1)).reversed() {
        offset += rest % sizes[axis] * strides[axis]
        rest /= sizes[axis]
      }
      for i in (0..<length).reversed() {
        let place = begin + i, id = ids[place]
        var next = Int32(truncatingIfNeeded: place + 1)
        if id != last {
          if last >= 0 { heads[last] = next }
          next = heads[id]
          last = id
        }
        entries[place] = RowEntry(next: next, offset: Int32(truncatingIfNeeded: offset + i * step))
      }
      end = begin
    }
    if last >= 0 { heads[last] = 0 }
    return .ok
  }

  /// Are all ids in 0 ..< `rows`?
  public static func checkIds(_ ids: UnsafePointer<Int>, count: Int, rows: Int) -> KernelStatus {
    // Negative where any id is, or is too large: without a branch for each.
    var signs = 0
    for i in 0..<count { signs |= ids[i] | (rows - 1 &- ids[i]) }
    if signs >= 0 { return .ok }
    return firstOutOfRange(ids, count: count, rows: rows) ?? .ok
  }

  /// input [outer, rows, inner], ids [outer, count, inner] to [outer, count, inner].
  public static func takeAlong(
    elementSize: Int, input: UnsafeRawPointer, ids: UnsafePointer<Int>, output: UnsafeMutableRawPointer, outer: Int,
    rows: Int, inner: Int, count: Int
  ) -> KernelStatus {
    let total = outer * count * inner
    if let problem = firstOutOfRange(ids, count: total, rows: rows) { return problem }
    func gather<T>(_: T.Type) {
      let input = input.assumingMemoryBound(to: T.self), output = output.assumingMemoryBound(to: T.self)
      var position = 0
      for o in 0..<outer {
        for _ in 0..<count {
          for j in 0..<inner {
            output[position] = input[(o * rows + ids[position]) * inner + j]
            position += 1
          }
        }
      }
    }
    switch elementSize {
    case 1: gather(UInt8.self)
    case 4: gather(UInt32.self)
    default: gather(UInt64.self)
    }
    return .ok
  }

  /// updates and ids [outer, count, inner] to output [outer, rows, inner]: the adjoint of `takeAlong`.
  public static func scatterAddAlong(
    _ dtype: DType, updates: UnsafeRawPointer, ids: UnsafePointer<Int>, output: UnsafeMutableRawPointer, outer: Int,
    rows: Int, inner: Int, count: Int
  ) -> KernelStatus {
    let total = outer * count * inner
    if let problem = firstOutOfRange(ids, count: total, rows: rows) { return problem }
    memset(output, 0, outer * rows * inner * dtype.size)
    func add<T>(_: T.Type, _ sum: (T, T, inout Bool) -> T) -> KernelStatus {
      let updates = updates.assumingMemoryBound(to: T.self), output = output.assumingMemoryBound(to: T.self)
      var overflow = false
      var position = 0
      for o in 0..<outer {
        for _ in 0..<count {
          for j in 0..<inner {
            let target = (o * rows + ids[position]) * inner + j
            output[target] = sum(output[target], updates[position], &overflow)
            if overflow { return KernelStatus(.integerOverflow, detail: position) }
            position += 1
          }
        }
      }
      return .ok
    }
    return switch dtype {
    case .f32: add(Float.self) { x, y, _ in x + y }
    case .f64: add(Double.self) { x, y, _ in x + y }
    case .i64: add(Int.self, addChecked)
    case .bool: add(UInt8.self) { x, y, _ in x | y }
    }
  }

  private static func addChecked(_ x: Int, _ y: Int, _ overflow: inout Bool) -> Int {
    let (sum, over) = x.addingReportingOverflow(y)
    overflow = overflow || over
    return sum
  }

  private static func firstOutOfRange(_ ids: UnsafePointer<Int>, count: Int, rows: Int) -> KernelStatus? {
    for i in 0..<count where UInt(bitPattern: ids[i]) >= UInt(rows) {
      return KernelStatus(.indexOutOfRange, detail: i, found: ids[i], limit: rows)
    }
    return nil
  }

  private static func pick<T>(
    _: T.Type, _ source: UnsafeRawPointer, _ ids: UnsafePointer<Int>, _ target: UnsafeMutableRawPointer, _ count: Int
  ) {
    let source = source.assumingMemoryBound(to: T.self), target = target.assumingMemoryBound(to: T.self)
    for i in 0..<count { target[i] = source[ids[i]] }
  }
}
