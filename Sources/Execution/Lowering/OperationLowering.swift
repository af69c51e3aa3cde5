import KernelTypes
import TensorGraph
import TensorRuntime
import TensorTypes

/// Lowers one operation that is not elementwise and has no body: the kernel rule table. Operands come as views over
/// buffers; where a kernel wants them dense, a copy is made first.
extension StepSink {
  /// False for a primitive without a rule here.
  mutating func lower(
    _ primitive: Primitive, operands: [LoweredOperand], results: [Reference], types: [TensorType],
    message: (String) -> Int32
  ) -> Bool {
    switch primitive {
    case .reshape, .transpose, .broadcast, .slice, .reverse, .stopGradient, .convert:
      guard let view = operands[0].view.applying(primitive, result: types[0].shape) else {
        // A reshape of elements that stand elsewhere: they are copied in order.
        copy(operands[0].view, elementSize: operands[0].dtype.size, to: results[0])
        return true
      }
      copy(view, elementSize: operands[0].dtype.size, to: results[0])
    case .iota(let type, let axis): iota(type, axis, results[0])
    case .pad(let low, _, let interior): pad(operands, low, interior, results[0], types[0])
    case .concatenate(let axis):
      concatenate(operands, operands.map { $0.view.sizes[axis] }, axis, results[0], types[0])
    case .updateSlice(let starts, let strides): updateSlice(operands, starts, strides, results[0], types[0])
    case .reduce(let reduction, let axes): reduce(operands[0], reduction, axes, results[0], types[0])
    case .argReduce(let kind, let axis):
      let input = dense(operands[0])
      emit(
        .argReduce(
          maximum: kind == .maximum, operands[0].dtype, input: input, output: results[0],
          extents(operands[0].view.sizes, axis)),
        reads: [input], writes: results)
    case .cumulate(let kind, let axis):
      let input = dense(operands[0])
      emit(
        .cumulate(
          kind.kernel, operands[0].dtype, input: input, output: results[0], extents(operands[0].view.sizes, axis)),
        reads: [input], writes: results)
    case .sort(let axis, let descending):
      let input = dense(operands[0])
      emit(
        .sort(
          operands[0].dtype, input: input, values: results[0], indices: results[1],
          extents(operands[0].view.sizes, axis), descending: descending),
        reads: [input], writes: results)
    case .matmul(let transposeA, let transposeB): matmul(operands, transposeA, transposeB, results[0], types[0])
    case .qr: qr(operands[0], results)
    case .triangularSolve(let lower, let transpose): triangularSolve(operands, lower, transpose, results[0])
    case .convolve(let convolution): convolve(.result, convolution, operands, results[0], types[0])
    case .convolveInput(let convolution, _): convolve(.input, convolution, operands, results[0], types[0])
    case .convolveWeight(let convolution, _): convolve(.weight, convolution, operands, results[0], types[0])
    case .windowTake(let window): pool(window, adds: false, operands, results[0], types[0])
    case .windowAdd(let window): pool(window, adds: true, operands, results[0], types[0])
    case .take, .scatterAdd, .takeAlong, .scatterAddAlong: gather(primitive, operands, results[0], types[0])
    case .random(let distribution, let type):
      let key = dense(operands[0])
      emit(
        .random(distribution.kernel, type.dtype, key: key, output: results[0], count: type.shape.count),
        reads: [key], writes: results)
    case .foldKey:
      let (key, number) = (dense(operands[0]), dense(operands[1]))
      emit(.foldKey(key: key, number: number, output: results[0]), reads: [key, number], writes: results)
    case .check(let text):
      let ok = dense(operands[0])
      emit(.check(ok: ok, message: message(text)), reads: [ok], writes: [], isFallible: true)
    case .constant, .unary, .binary, .compare, .select, .scan, .whileLoop: return false
    }
    return true
  }

  private func extents(_ sizes: [Int], _ axis: Int) -> Extents {
    Extents(
      outer: sizes[..<axis].reduce(1, &*), middle: sizes[axis], inner: sizes[(axis + 1)...].reduce(1, &*))
  }

  private mutating func iota(_ type: TensorType, _ axis: Int, _ output: Reference) {
    guard type.shape.count > 0 else { return }
    let size = type.shape[axis]
    let isVector = type.shape.count == size
    let line = isVector ? output : Reference(temporary(byteCount: size * type.dtype.size))
    let program = [
      TileInstruction(.iota, type: type.dtype.rawValue, destination: 0, a: 3),
      TileInstruction(.store, type: type.dtype.rawValue, a: 0, b: 0),
    ]
    let operand = TileOperand(address: memory.unbound, strideInner: 1)
    let tiles = memory.tileStep(
      program, [.iota], domain: TileDomain(inner: size), operands: [operand], bindings: [line])
    emit(.tiles(memory.pointer([tiles])), reads: [], writes: [line])
    guard !isVector else { return }
    var strides = [Int](repeating: 0, count: type.shape.rank)
    strides[axis] = 1
    emit(
      .copyStrided(
        elementSize: type.dtype.size, input: line, output: output, window(type.shape.sizes, strides)),
      reads: [line], writes: [output])
  }

  /// The window of a dense array of `type` that begins at `starts`.
  private mutating func write(
    _ operand: LoweredOperand, into output: Reference, _ type: TensorType, starts: [Int], steps: [Int]
  ) {
    guard operand.view.count > 0 else { return }
    let strides = type.shape.strides
    let offset = zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 } * type.dtype.size
    let target = Reference(Int(output.buffer), offset: output.offset + offset)
    let windowStrides = zip(strides, steps).map { $0 * $1 }
    let targetView = StridedView(root: 0, sizes: operand.view.sizes, strides: windowStrides)
    if !operand.view.isDense, copyTiles(operand, to: target, windowStrides) { return }
    let input = dense(operand)
    if targetView.isDense {
      emit(
        .copy(input: input, output: target, byteCount: operand.view.count * type.dtype.size), reads: [input],
        writes: [output])
    } else {
      emit(
        .copyIntoStrided(
          elementSize: type.dtype.size, input: input, output: target, window(operand.view.sizes, windowStrides)),
        reads: [input], writes: [output])
    }
  }

  /// Copies from strides to strides; false where four loops do not do.
  private mutating func copyTiles(_ operand: LoweredOperand, to target: Reference, _ strides: [Int]) -> Bool {
    let view = operand.view
    let axes = view.sizes.indices.filter { view.sizes[$0] != 1 }
    let loops = TileLoops(sizes: axes.map { view.sizes[$0] }, strides: [axes.map { view.strides[$0] }, axes.map { strides[$0] }])
    guard loops.fits, loops.strides[1].last == 1 else { return false }
    let type = operand.dtype.rawValue
    let program = [TileInstruction(.load, type: type, a: 0), TileInstruction(.store, type: type, a: 1, b: 0)]
    let input = Reference(view.root, offset: view.offset * operand.dtype.size)
    let tiles = memory.tileStep(
      program, [], domain: loops.domain, operands: (0..<2).map { loops.operand($0, address: memory.unbound) },
      bindings: [input, target])
    emit(.tiles(memory.pointer([tiles])), reads: [input], writes: [target])
    return true
  }

  private mutating func pad(
    _ operands: [LoweredOperand], _ low: [Int], _ interior: [Int], _ output: Reference, _ type: TensorType
  ) {
    var filler = operands[1].view
    filler.sizes = type.shape.sizes
    filler.strides = [Int](repeating: 0, count: type.shape.rank)
    copy(filler, elementSize: type.dtype.size, to: output)
    write(operands[0], into: output, type, starts: low, steps: interior.map { $0 + 1 })
  }

  /// `sizes`: along the axis. What is nil stands in its place already.
  mutating func concatenate(
    _ operands: [LoweredOperand?], _ sizes: [Int], _ axis: Int, _ output: Reference, _ type: TensorType
  ) {
    var starts = [Int](repeating: 0, count: type.shape.rank)
    let steps = [Int](repeating: 1, count: type.shape.rank)
    for (operand, size) in zip(operands, sizes) {
      if let operand { write(operand, into: output, type, starts: starts, steps: steps) }
      starts[axis] += size
    }
  }

  private mutating func updateSlice(
    _ operands: [LoweredOperand], _ starts: [Int], _ steps: [Int], _ output: Reference, _ type: TensorType
  ) {
    // The patch may be a view of what is updated: take it before the first write.
    var patch = operands[1]
    if patch.view.root == operands[0].view.root, patch.view.count > 0 {
      let saved = temporary(byteCount: patch.view.count * type.dtype.size)
      copy(patch.view, elementSize: type.dtype.size, to: Reference(saved))
      patch.view = StridedView(dense: saved, Shape(patch.view.sizes))
    }
    copy(operands[0].view, elementSize: type.dtype.size, to: output)
    write(patch, into: output, type, starts: starts, steps: steps)
  }

  private mutating func reduce(
    _ operand: LoweredOperand, _ reduction: Reduction, _ axes: [Int], _ output: Reference, _ type: TensorType
  ) {
    guard type.shape.count > 0 else { return }
    let sizes = operand.view.sizes
    let reduced = Set(axes)
    // Axes of size 1 do not matter; the others must be neighbours, or are brought to the end.
    let real = axes.filter { sizes[$0] != 1 }
    var operand = operand
    let extents: Extents
    let between = real.isEmpty ? 0...0 : real[0]...real[real.count - 1]
    if real.isEmpty || between.allSatisfy({ reduced.contains($0) || sizes[$0] == 1 }) {
      extents = Extents(
        outer: real.isEmpty ? type.shape.count : sizes[..<between.lowerBound].reduce(1, &*),
        middle: real.reduce(1) { $0 &* sizes[$1] },
        inner: real.isEmpty ? 1 : sizes[(between.upperBound + 1)...].reduce(1, &*))
    } else {
      let permutation = sizes.indices.filter { !reduced.contains($0) } + axes
      operand.view.sizes = permutation.map { sizes[$0] }
      operand.view.strides = permutation.map { operand.view.strides[$0] }
      extents = Extents(outer: type.shape.count, middle: axes.reduce(1) { $0 &* sizes[$1] }, inner: 1)
    }
    let input = dense(operand)
    emit(
      .reduce(reduction.kernel, operand.dtype, input: input, output: output, extents), reads: [input],
      writes: [output])
  }

  private mutating func qr(_ operand: LoweredOperand, _ results: [Reference]) {
    let sizes = operand.view.sizes
    let input = dense(operand)
    emit(
      .qr(
        operand.dtype, a: input, q: results[0], r: results[1], batch: sizes.dropLast(2).reduce(1, &*),
        m: sizes[sizes.count - 2], n: sizes[sizes.count - 1]),
      reads: [input], writes: results)
  }

  private mutating func triangularSolve(
    _ operands: [LoweredOperand], _ lower: Bool, _ transpose: Bool, _ output: Reference
  ) {
    let sizes = operands[1].view.sizes
    let (a, b) = (dense(operands[0]), dense(operands[1]))
    let step = TriangularSolveStep(
      dtype: operands[0].dtype, a: a, b: b, x: output, batch: sizes.dropLast(2).reduce(1, &*),
      n: sizes[sizes.count - 2], k: sizes[sizes.count - 1], lower: lower, transpose: transpose)
    emit(.triangularSolve(step), reads: [a, b], writes: [output], isFallible: true)
  }

  private mutating func gather(
    _ primitive: Primitive, _ operands: [LoweredOperand], _ output: Reference, _ type: TensorType
  ) {
    let (first, ids) = (dense(operands[0]), dense(operands[1]))
    let sizes = operands[0].view.sizes
    let idSizes = operands[1].view.sizes
    let dtype = operands[0].dtype
    let step: Step
    switch primitive {
    case .take(let axis):
      step = .take(
        elementSize: dtype.size, table: first, ids: ids, output: output, extents(sizes, axis),
        count: idSizes.reduce(1, &*))
    case .scatterAdd(let axis, let size):
      let count = idSizes.reduce(1, &*)
      let inner = sizes[(axis + idSizes.count)...].reduce(1, &*)
      step = .scatterAdd(
        dtype, updates: first, ids: ids, output: output,
        Extents(outer: sizes[..<axis].reduce(1, &*), middle: size, inner: inner), count: count)
    case .takeAlong(let axis):
      step = .takeAlong(
        elementSize: dtype.size, input: first, ids: ids, output: output, extents(sizes, axis), count: idSizes[axis])
    case .scatterAddAlong(let axis, let size):
      var window = extents(sizes, axis)
      window.middle = size
      step = .scatterAddAlong(dtype, updates: first, ids: ids, output: output, window, count: idSizes[axis])
    default: return
    }
    emit(step, reads: [first, ids], writes: [output], isFallible: true)
  }
}

extension Reduction {
  var kernel: Kernels.Reduction {
    switch self {
    case .sum: .sum
    case .product: .product
    case .maximum: .maximum
    case .minimum: .minimum
    case .all: .all
    case .any: .any
    }
  }
}

extension Cumulation {
  var kernel: Kernels.Cumulation {
    switch self {
    case .sum: .sum
    case .product: .product
    case .maximum: .maximum
    case .minimum: .minimum
    }
  }
}

extension Distribution {
  var kernel: Kernels.Distribution {
    switch self {
    case .uniform: .uniform
    case .normal: .normal
    case .integers(let bound): .integers(bound: bound)
    }
  }
}
