import Glibc
import KernelTypes
import TensorTypes

extension Kernels {
  /// Dense copy of a strided view: result element (i0, ..., i(rank-1)) is input[sum of i * stride], elements of
  /// `elementSize` (1, 4 or 8) bytes. Strides may be zero or negative.
  public static func copyStrided(
    elementSize: Int, input: UnsafeRawPointer, output: UnsafeMutableRawPointer, sizes: UnsafeBufferPointer<Int>,
    strides: UnsafeBufferPointer<Int>
  ) -> KernelStatus {
    CopyAxes.run(elementSize, input, output, sizes: sizes, strides: strides, stridedIsInput: true)
    return .ok
  }

  /// The reverse: dense input into a strided window of the output.
  public static func copyIntoStrided(
    elementSize: Int, input: UnsafeRawPointer, output: UnsafeMutableRawPointer, sizes: UnsafeBufferPointer<Int>,
    strides: UnsafeBufferPointer<Int>
  ) -> KernelStatus {
    CopyAxes.run(elementSize, input, output, sizes: sizes, strides: strides, stridedIsInput: false)
    return .ok
  }
}

/// A copy between two strided layouts, simplified: no axis of size 1, neighbours merged where both sides allow.
private struct CopyAxes {
  struct Axis {
    var size, input, output: Int
  }
  /// Room for as many as the view has.
  private let axes: UnsafeMutablePointer<Axis>
  private var count = 0
  private var isEmpty = false

  static func run(
    _ elementSize: Int, _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer, sizes: UnsafeBufferPointer<Int>,
    strides: UnsafeBufferPointer<Int>, stridedIsInput: Bool
  ) {
    withUnsafeTemporaryAllocation(of: Axis.self, capacity: sizes.count + 1) { axes in
      guard let axes = axes.baseAddress else { return }
      CopyAxes(axes, sizes: sizes, strides: strides, stridedIsInput: stridedIsInput).run(elementSize, input, output)
    }
  }

  private init(
    _ axes: UnsafeMutablePointer<Axis>, sizes: UnsafeBufferPointer<Int>, strides: UnsafeBufferPointer<Int>,
    stridedIsInput: Bool
  ) {
    self.axes = axes
    var dense = 1
    // From the innermost axis outwards; turned round at the end.
    for i in sizes.indices.reversed() {
      let size = sizes[i]
      if size == 0 { isEmpty = true }
      if size != 1 {
        let axis = Axis(
          size: size, input: stridedIsInput ? strides[i] : dense, output: stridedIsInput ? dense : strides[i])
        if count > 0, case let last = axes[count - 1], last.input * last.size == axis.input,
          last.output * last.size == axis.output
        {
          axes[count - 1].size *= size
        } else {
          axes[count] = axis
          count += 1
        }
      }
      dense *= size
    }
    for i in 0..<count / 2 { (axes[i], axes[count - 1 - i]) = (axes[count - 1 - i], axes[i]) }
    // A transposition works on squares: the axis whose strided step is 1 goes next to the dense one.
    guard count > 2, (stridedIsInput ? axes[count - 1].input : axes[count - 1].output) != 1 else { return }
    for near in 0..<count - 2 where (stridedIsInput ? axes[near].input : axes[near].output).magnitude == 1 {
      let axis = axes[near]
      for i in near..<count - 2 { axes[i] = axes[i + 1] }
      axes[count - 2] = axis
      return
    }
  }

  private func run(_ elementSize: Int, _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer) {
    if isEmpty { return }
    guard count > 0 else {
      output.copyMemory(from: input, byteCount: elementSize)
      return
    }
    let first = axes[0]
    var bytes = elementSize
    for i in 0..<count { bytes *= axes[i].size }
    let table = KernelLevel.table
    // Whole squares for each thread where the first axis is one side of them.
    _ = ThreadPool.shared.run(items: first.size, grain: count <= 2 ? 16 : 1, nanoseconds: bytes / 6) {
      begin, end in
      let size = end - begin
      let input = input + begin * first.input * elementSize, output = output + begin * first.output * elementSize
      switch elementSize {
      case 1: copy(UInt8.self, size, input, output, table)
      case 4: copy(UInt32.self, size, input, output, table)
      default: copy(UInt64.self, size, input, output, table)
      }
      return 0
    }
  }

  private func copy<T>(
    _: T.Type, _ size: Int, _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer, _ table: KernelTable
  ) {
    descend(0, size, input.assumingMemoryBound(to: T.self), output.assumingMemoryBound(to: T.self), table)
  }

  /// `size`: of the axis at `depth`, all or a part of it.
  private func descend<T>(
    _ depth: Int, _ size: Int, _ input: UnsafePointer<T>, _ output: UnsafeMutablePointer<T>, _ table: KernelTable
  ) {
    let left = count - depth
    var axis = axes[depth]
    axis.size = size
    if left == 1 {
      if axis.input == 1, axis.output == 1 {
        memcpy(output, input, axis.size * MemoryLayout<T>.size)
      } else if axis.input == 0, axis.output == 1 {
        output.update(repeating: input.pointee, count: axis.size)
      } else {
        for i in 0..<axis.size { output[i * axis.output] = input[i * axis.input] }
      }
    } else if left == 2, axis.input == 1 || axis.output == 1 {
      transpose(axis, axes[depth + 1], input, output, table)
    } else {
      for i in 0..<size { descend(depth + 1, axes[depth + 1].size, input + i * axis.input, output + i * axis.output, table) }
    }
  }

  /// Squares of 16 by 16 keep the lines of both sides in the first cache.
  private func transpose<T>(
    _ rows: Axis, _ columns: Axis, _ input: UnsafePointer<T>, _ output: UnsafeMutablePointer<T>, _ table: KernelTable
  ) {
    if MemoryLayout<T>.size == 4, columns.output == 1 || rows.output == 1 {
      // Source rows lie along the axis whose output step is 1.
      let (across, along) = columns.output == 1 ? (rows, columns) : (columns, rows)
      if across.input == 1 {
        var job = TransposeArguments(
          source: input, target: output, rows: along.size, columns: across.size, sourceRow: along.input,
          targetRow: across.output)
        withUnsafeMutablePointer(to: &job) {
          _ = table.transpose32($0, 0, $0.pointee.blocks, ThreadMemory.current.pointee.scratch)
        }
        return
      }
    }
    let side = 16
    for i0 in stride(from: 0, to: rows.size, by: side) {
      for j0 in stride(from: 0, to: columns.size, by: side) {
        for i in i0..<min(i0 + side, rows.size) {
          for j in j0..<min(j0 + side, columns.size) {
            output[i * rows.output + j * columns.output] = input[i * rows.input + j * columns.input]
          }
        }
      }
    }
  }
}
