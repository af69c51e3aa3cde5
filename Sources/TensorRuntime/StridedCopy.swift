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
    let axes = CopyAxes(sizes: sizes, strides: strides, stridedIsInput: true)
    axes.run(elementSize, input, output)
    return .ok
  }

  /// The reverse: dense input into a strided window of the output.
  public static func copyIntoStrided(
    elementSize: Int, input: UnsafeRawPointer, output: UnsafeMutableRawPointer, sizes: UnsafeBufferPointer<Int>,
    strides: UnsafeBufferPointer<Int>
  ) -> KernelStatus {
    let axes = CopyAxes(sizes: sizes, strides: strides, stridedIsInput: false)
    axes.run(elementSize, input, output)
    return .ok
  }
}

/// A copy between two strided layouts, simplified: no axis of size 1, neighbours merged where both sides allow.
private struct CopyAxes {
  struct Axis {
    var size, input, output: Int
  }
  var axes: [Axis] = []
  var isEmpty = false

  init(sizes: UnsafeBufferPointer<Int>, strides: UnsafeBufferPointer<Int>, stridedIsInput: Bool) {
    var dense = 1
    axes.reserveCapacity(sizes.count)
    // From the innermost axis outwards; turned round at the end.
    for i in sizes.indices.reversed() {
      let size = sizes[i]
      if size == 0 { isEmpty = true }
      if size != 1 {
        let axis = Axis(
          size: size, input: stridedIsInput ? strides[i] : dense, output: stridedIsInput ? dense : strides[i])
        if let last = axes.last, last.input * last.size == axis.input, last.output * last.size == axis.output {
          axes[axes.count - 1].size *= size
        } else {
          axes.append(axis)
        }
      }
      dense *= size
    }
    axes.reverse()
    // A transposition works on squares: the axis with the smaller strided step goes next to the dense one.
    guard axes.count > 2, let last = axes.last, (stridedIsInput ? last.input : last.output) != 1 else { return }
    func step(_ axis: Axis) -> Int { (stridedIsInput ? axis.input : axis.output).magnitude == 1 ? 0 : 1 }
    if let near = axes.indices.dropLast(2).first(where: { step(axes[$0]) == 0 }) {
      axes.insert(axes.remove(at: near), at: axes.count - 1)
    }
  }

  func run(_ elementSize: Int, _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer) {
    if isEmpty { return }
    guard let first = axes.first else {
      output.copyMemory(from: input, byteCount: elementSize)
      return
    }
    let bytes = axes.reduce(elementSize) { $0 * $1.size }
    let table = KernelLevel.table
    // Whole squares for each thread where the first axis is one side of them.
    _ = ThreadPool.shared.run(items: first.size, grain: axes.count <= 2 ? 16 : 1, nanoseconds: bytes / 6) {
      begin, end in
      var part = self
      part.axes[0].size = end - begin
      let input = input + begin * first.input * elementSize, output = output + begin * first.output * elementSize
      switch elementSize {
      case 1: part.copy(UInt8.self, input, output, table)
      case 4: part.copy(UInt32.self, input, output, table)
      default: part.copy(UInt64.self, input, output, table)
      }
      return 0
    }
  }

  private func copy<T>(
    _: T.Type, _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer, _ table: KernelTable
  ) {
    descend(0, input.assumingMemoryBound(to: T.self), output.assumingMemoryBound(to: T.self), table)
  }

  private func descend<T>(
    _ depth: Int, _ input: UnsafePointer<T>, _ output: UnsafeMutablePointer<T>, _ table: KernelTable
  ) {
    let left = axes.count - depth
    if left == 1 {
      let axis = axes[depth]
      if axis.input == 1, axis.output == 1 {
        memcpy(output, input, axis.size * MemoryLayout<T>.size)
      } else {
        for i in 0..<axis.size { output[i * axis.output] = input[i * axis.input] }
      }
    } else if left == 2, axes[depth].input == 1 || axes[depth].output == 1 {
      transpose(axes[depth], axes[depth + 1], input, output, table)
    } else {
      let axis = axes[depth]
      for i in 0..<axis.size { descend(depth + 1, input + i * axis.input, output + i * axis.output, table) }
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
