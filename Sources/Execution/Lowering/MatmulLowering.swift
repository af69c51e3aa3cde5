import TensorRuntime
import TensorTypes

/// Products read transposed and repeated operands as they stand where the kernel's layout allows it.
private struct Matrices {
  var reference: Reference
  var isTransposed: Bool
  /// Elements from one matrix of the batch to the next.
  var stride: Int
}

extension StepSink {
  mutating func matmul(
    _ operands: [LoweredOperand], _ transposeA: Bool, _ transposeB: Bool, _ output: Reference, _ type: TensorType
  ) {
    let sizes = type.shape.sizes
    var (m, n) = (sizes[sizes.count - 2], sizes[sizes.count - 1])
    var batch = sizes.dropLast(2).reduce(1, &*)
    guard batch > 0, m > 0, n > 0 else { return }
    let aSizes = operands[0].view.sizes
    let k = transposeA ? aSizes[aSizes.count - 2] : aSizes[aSizes.count - 1]
    let a = matrices(operands[0], transposeA)
    let b = matrices(operands[1], transposeB)
    if batch > 1, b.stride == 0, !a.isTransposed, a.stride == m * k {
      // One right operand for all: the rows of the batch are rows of one product.
      m *= batch
      batch = 1
    }
    let step = MatmulStep(
      dtype: type.dtype, a: a.reference, b: b.reference, c: output, batch: batch, m: m, n: n, k: k,
      transposeA: a.isTransposed, transposeB: b.isTransposed, strideA: a.stride, strideB: b.stride)
    emit(.matmul(step), reads: [a.reference, b.reference], writes: [output])
  }

  private mutating func matrices(_ operand: LoweredOperand, _ isTransposed: Bool) -> Matrices {
    let view = operand.view
    let rank = view.sizes.count
    let (rows, columns) = (view.sizes[rank - 2], view.sizes[rank - 1])
    let (rowStride, columnStride) = (view.strides[rank - 2], view.strides[rank - 1])
    if let stride = batchStride(view, matrix: rows * columns) {
      let reference = Reference(view.root, offset: view.offset * operand.dtype.size)
      if (columns == 1 || columnStride == 1) && (rows == 1 || rowStride == columns) {
        return Matrices(reference: reference, isTransposed: isTransposed, stride: stride)
      }
      if (rows == 1 || rowStride == 1) && (columns == 1 || columnStride == rows) {
        return Matrices(reference: reference, isTransposed: !isTransposed, stride: stride)
      }
    }
    return Matrices(reference: dense(operand), isTransposed: isTransposed, stride: rows * columns)
  }

  /// The one stride of all leading axes together, or nil when they do not have one.
  private func batchStride(_ view: StridedView, matrix: Int) -> Int? {
    var result: Int?
    var expected = 0
    for axis in stride(from: view.sizes.count - 3, through: 0, by: -1) where view.sizes[axis] != 1 {
      if result == nil { (result, expected) = (view.strides[axis], view.strides[axis]) }
      guard view.strides[axis] == expected, expected >= 0 else { return nil }
      expected *= view.sizes[axis]
    }
    return result ?? matrix
  }
}
