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
  }

  func run(_ elementSize: Int, _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer) {
    if isEmpty { return }
    switch elementSize {
    case 1: copy(UInt8.self, input, output)
    case 4: copy(UInt32.self, input, output)
    default: copy(UInt64.self, input, output)
    }
  }

  private func copy<T>(_: T.Type, _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer) {
    descend(0, input.assumingMemoryBound(to: T.self), output.assumingMemoryBound(to: T.self))
  }

  private func descend<T>(_ depth: Int, _ input: UnsafePointer<T>, _ output: UnsafeMutablePointer<T>) {
    let left = axes.count - depth
    if left == 0 {
      output[0] = input[0]
    } else if left == 1 {
      let axis = axes[depth]
      if axis.input == 1, axis.output == 1 {
        memcpy(output, input, axis.size * MemoryLayout<T>.size)
      } else {
        for i in 0..<axis.size { output[i * axis.output] = input[i * axis.input] }
      }
    } else if left == 2, axes[depth].input == 1 || axes[depth].output == 1 {
      transpose(axes[depth], axes[depth + 1], input, output)
    } else {
      let axis = axes[depth]
      for i in 0..<axis.size { descend(depth + 1, input + i * axis.input, output + i * axis.output) }
    }
  }

  /// Squares of 16 by 16 keep the lines of both sides in the first cache.
  private func transpose<T>(
    _ rows: Axis, _ columns: Axis, _ input: UnsafePointer<T>, _ output: UnsafeMutablePointer<T>
  ) {
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
