import KernelTypes
import TensorRuntime
import TensorTypes

/// Products read transposed, repeated and strided operands as they stand where one step of each matrix is 1 and the
/// batch needs no more than two.
private struct Matrices {
  var reference: Reference
  var isTransposed: Bool
  var layout: MatrixLayout
}

extension StepSink {
  /// `needed`: the part of each product that anyone reads. `rowStep`: from row to row of a single product that does not
  /// stand in one piece. `epilogue`: what is computed from the product while it is in the cache, with what that reads
  /// and writes.
  mutating func matmul(
    _ operands: [LoweredOperand], _ transposeA: Bool, _ transposeB: Bool, _ output: Reference, _ type: TensorType,
    needed: Band = .full, rowStep: Int? = nil, _ epilogue: EpilogueStep? = nil,
    _ epilogueUse: StepUse = StepUse(reads: [], writes: [])
  ) {
    let sizes = type.shape.sizes
    var (m, n) = (sizes[sizes.count - 2], sizes[sizes.count - 1])
    let batch = Array(sizes.dropLast(2))
    guard type.shape.count > 0 else { return }
    let aSizes = operands[0].view.sizes
    let k = transposeA ? aSizes[aSizes.count - 2] : aSizes[aSizes.count - 1]
    // A single row or column is summed in an order that depends on how the matrix stands.
    let isVector = m == 1 || n == 1
    var views = operands.map { matrixView($0, keepsOrder: isVector) }
    // Two axes of a batch at most: copies have one.
    var axes = BatchAxes(batch, views)
    for index in 0..<2 where axes.sizes.count > 2 {
      let copy = dense(operands[index])
      views[index] = StridedView(dense: Int(copy.buffer), Shape(operands[index].view.sizes))
      views[index].offset = copy.offset / type.dtype.size
      axes = BatchAxes(batch, views)
    }
    var a = matrices(views[0], transposeA, axes.strides[0], type.dtype)
    let b = matrices(views[1], transposeB, axes.strides[1], type.dtype)
    var aBand = transposeA ? operands[0].band.transposed : operands[0].band
    let bBand = transposeB ? operands[1].band.transposed : operands[1].band
    var cBand = needed
    var (outer, inner) = axes.extents
    let isSameSum = m > 1 || b.layout.column == 1
    if outer == 1, inner > 1, b.layout.inner == 0, !a.isTransposed, a.layout.inner == m * a.layout.row, isSameSum {
      // One right operand for all: the rows of the batch are rows of one product.
      m *= inner
      inner = 1
      a.layout.inner = 0
      (aBand, cBand) = (.full, .full)
    }
    let plan = MatmulPlan(
      type.dtype, m: m, n: n, k: k, batch: (outer, inner), a: a.layout, b: b.layout,
      c: MatrixLayout(row: rowStep ?? n, column: 1, inner: m * n, outer: m * n * inner), aBand: aBand, bBand: bBand,
      cBand: cBand)
    var use = epilogueUse
    // What is read for the product is read again for later blocks.
    use.inPlace.removeAll { [Int(a.reference.buffer), Int(b.reference.buffer)].contains($0.input) }
    use.reads += [Int(a.reference.buffer), Int(b.reference.buffer)]
    if epilogue?.keepsProduct ?? true { use.writes.append(Int(output.buffer)) }
    var packed = a.reference
    if plan.packedBytes > 0 {
      packed = Reference(temporary(byteCount: plan.packedBytes))
      use.writes.append(Int(packed.buffer))
    }
    let step = MatmulStep(
      plan: plan, a: a.reference, b: b.reference, c: epilogue?.keepsProduct ?? true ? output : a.reference,
      packed: packed, transposeA: a.isTransposed, transposeB: b.isTransposed, epilogue: epilogue)
    emit(.matmul(memory.pointer([step])), use)
  }

  /// The operand as it stands, or a copy, where its matrices have no step of 1, or stand transposed and must not.
  private mutating func matrixView(_ operand: LoweredOperand, keepsOrder: Bool) -> StridedView {
    let view = operand.view
    if let (_, isTurned) = layout(of: view), !(isTurned && keepsOrder) { return view }
    let copy = dense(operand)
    var result = StridedView(dense: Int(copy.buffer), Shape(view.sizes))
    result.offset = copy.offset / operand.dtype.size
    return result
  }

  /// Row and column step of the view's matrices as the kernels take them.
  private func layout(of view: StridedView) -> (layout: MatrixLayout, isTurned: Bool)? {
    let rank = view.sizes.count
    let (rows, columns) = (view.sizes[rank - 2], view.sizes[rank - 1])
    let (rowStride, columnStride) = (view.strides[rank - 2], view.strides[rank - 1])
    // Lines of one element stand side by side or alone.
    let isColumn = columns == 1, isRow = rows == 1
    if isColumn ? rowStride == 1 || isRow : columnStride == 1 && (isRow || rowStride >= columns) {
      return (MatrixLayout(row: isRow ? columns : rowStride, column: 1), false)
    }
    if isRow ? columnStride == 1 : rowStride == 1 && (isColumn || columnStride >= rows) {
      return (MatrixLayout(row: 1, column: isColumn ? rows : columnStride), true)
    }
    return nil
  }

  private func matrices(_ view: StridedView, _ isTransposed: Bool, _ batch: [Int], _ dtype: DType) -> Matrices {
    let (stored, isTurned) = layout(of: view) ?? (MatrixLayout(row: 1, column: 1), false)
    var layout = stored
    if isTransposed { (layout.row, layout.column) = (stored.column, stored.row) }
    if batch.count > 0 { layout.inner = batch[batch.count - 1] }
    if batch.count > 1 { layout.outer = batch[0] }
    return Matrices(
      reference: Reference(view.root, offset: view.offset * dtype.size), isTransposed: isTransposed != isTurned,
      layout: layout)
  }
}

/// The leading axes of a product's operands, merged where both operands allow it.
private struct BatchAxes {
  var sizes: [Int] = []
  /// By operand, along `sizes`.
  var strides: [[Int]] = [[], []]

  init(_ batch: [Int], _ views: [StridedView]) {
    for axis in batch.indices where batch[axis] != 1 {
      let steps = views.map { $0.strides[axis] }
      if let last = sizes.indices.last, steps.indices.allSatisfy({ strides[$0][last] == steps[$0] * batch[axis] }) {
        sizes[last] *= batch[axis]
        for operand in steps.indices { strides[operand][last] = steps[operand] }
      } else {
        sizes.append(batch[axis])
        for operand in steps.indices { strides[operand].append(steps[operand]) }
      }
    }
  }

  var extents: (outer: Int, inner: Int) {
    (sizes.count > 1 ? sizes[0] : 1, sizes.last ?? 1)
  }
}
