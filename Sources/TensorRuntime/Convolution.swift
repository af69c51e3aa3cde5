import Glibc
import KernelTypes
import TensorTypes

extension Kernels {
  /// y of (x, weight); the cotangent of x of (cotangent of y, weight); the cotangent of the weight of
  /// (x, cotangent of y).
  public enum ConvolutionKind: Sendable { case result, input, weight }

  /// Up to this size, each thread packs the weights for itself.
  public static let localWeightBytes = 512 << 10

  /// `workspace`: memory of `convolutionWorkspace` bytes.
  public static func convolve(
    _ kind: ConvolutionKind, _ dtype: DType, _ shape: ConvolutionShape, a: UnsafeRawPointer, b: UnsafeRawPointer,
    output: UnsafeMutableRawPointer, workspace: UnsafeMutableRawPointer
  ) -> KernelStatus {
    switch kind {
    case .result:
      guard shape.yCount > 0 else { return .ok }
      var job = arguments(shape, source: a, weight: b, target: output)
      runProducts(&job, dtype, shape, .result, workspace)
      return .ok
    case .input:
      convolveInput(dtype, shape, y: a, weight: b, x: output, workspace)
      return .ok
    case .weight: return convolveWeight(dtype, shape, x: a, y: b, weight: output, workspace)
    }
  }

  /// Bytes for weights that all threads pack together, or for the parts of a gradient.
  public static func convolutionWorkspace(_ kind: ConvolutionKind, _ dtype: DType, _ shape: ConvolutionShape) -> Int {
    let bytes = shape.weightCount * dtype.size
    switch kind {
    case .weight:
      let parts = weightParts(dtype, shape)
      return parts > 1 ? parts * bytes : 0
    case .result, .input:
      if shape.isDepthwise { return 0 }
      if usesWinograd(kind, dtype, shape) { return winogradWorkspace(kind, shape) }
      // Panels are at most 128 bytes wide.
      let columns = (kind == .result ? shape.outputs : shape.channels) / shape.groups
      let width = 128 / dtype.size
      let packed = columns == 0 ? 0 : bytes / columns * ((columns + width - 1) / width * width)
      return packed > localWeightBytes ? packed : 0
    }
  }

  /// The same for transformed weights.
  private static func winogradWorkspace(_ kind: ConvolutionKind, _ shape: ConvolutionShape) -> Int {
    let isResult = kind == .result
    let bytes = DType.f32.size
      * WinogradBlocks.weightElements(
        terms: isResult ? shape.channels : shape.outputs, results: isResult ? shape.outputs : shape.channels)
    return bytes > WinogradBlocks.localWeightBytes ? bytes : 0
  }

  /// Whether Winograd's method does it: a window of 3 x 3 and stride 1, channels enough that the products outweigh the
  /// transforms, and images whose tiles are mostly full.
  public static func usesWinograd(_ kind: ConvolutionKind, _ dtype: DType, _ shape: ConvolutionShape) -> Bool {
    guard dtype == .f32, shape.groups == 1, shape.windowHeight == 3, shape.windowWidth == 3, shape.strideY == 1,
      shape.strideX == 1, shape.dilationY == 1, shape.dilationX == 1
    else { return false }
    let channels = 16...WinogradBlocks.mostChannels
    guard channels.contains(shape.channels), channels.contains(shape.outputs) else { return false }
    let (height, width) = kind == .input ? (shape.height, shape.width) : (shape.outHeight, shape.outWidth)
    guard height >= 4, width >= 4 else { return false }
    // The sums over the tiles must outweigh the transforms of the sums.
    return kind != .weight || winogradTiles(shape) >= 2 * tilesOfPart
  }

  /// Tiles of a part of the weight's gradient, at least.
  private static let tilesOfPart = 32

  private static func winogradTiles(_ shape: ConvolutionShape) -> Int {
    shape.batch * ((shape.outHeight + 1) / 2) * ((shape.outWidth + 1) / 2)
  }

  /// Into how many parts the pixels are cut for the gradient of the weight. The number follows from the shape, so that
  /// the order of the sums does.
  private static func weightParts(_ dtype: DType, _ shape: ConvolutionShape) -> Int {
    let pixels = shape.batch * shape.outHeight * shape.outWidth
    guard shape.weightCount > 0, pixels > 0 else { return 1 }
    let most = max(1, min(16, (8 << 20) / (shape.weightCount * dtype.size)))
    if usesWinograd(.weight, dtype, shape) {
      return min(most, shape.batch * ((shape.outHeight + 1) / 2), winogradTiles(shape) / tilesOfPart)
    }
    let block = ConvolutionWeightArguments.blockPixels
    return min(most, shape.isDepthwise ? shape.batch * shape.outHeight : (pixels + block - 1) / block)
  }

  /// The cotangent x of the images, from the cotangent y of the result. Places of x that a stride apart see the same
  /// taps; each such set is one job.
  private static func convolveInput(
    _ dtype: DType, _ shape: ConvolutionShape, y: UnsafeRawPointer, weight: UnsafeRawPointer,
    x: UnsafeMutableRawPointer, _ workspace: UnsafeMutableRawPointer
  ) {
    guard shape.xCount > 0 else { return }
    let size = dtype.size
    for row in 0..<min(shape.strideY, shape.height) {
      for column in 0..<min(shape.strideX, shape.width) {
        let down = TapAxis(
          phase: row, of: shape.height, stride: shape.strideY, window: shape.windowHeight, low: shape.lowY,
          dilation: shape.dilationY, sources: shape.outHeight)
        let across = TapAxis(
          phase: column, of: shape.width, stride: shape.strideX, window: shape.windowWidth, low: shape.lowX,
          dilation: shape.dilationX, sources: shape.outWidth)
        var job = ConvolutionArguments(
          source: y, weight: weight, target: x + (row * shape.width + column) * shape.channels * size,
          batch: shape.batch, y: down, x: across, groups: shape.groups, sourceChannels: shape.outputs,
          targetChannels: shape.channels, targetImage: shape.height * shape.width * shape.channels,
          targetRow: shape.strideY * shape.width * shape.channels, targetColumn: shape.strideX * shape.channels,
          weightTaps: shape.windowWidth, weightChannels: shape.channels / shape.groups, weightOutputs: shape.outputs,
          transposesWeight: true)
        runProducts(&job, dtype, shape, .input, workspace)
      }
    }
  }

  /// The cotangent of the weight.
  private static func convolveWeight(
    _ dtype: DType, _ shape: ConvolutionShape, x: UnsafeRawPointer, y: UnsafeRawPointer,
    weight: UnsafeMutableRawPointer, _ workspace: UnsafeMutableRawPointer
  ) -> KernelStatus {
    let count = shape.weightCount
    guard count > 0 else { return .ok }
    guard shape.yCount > 0, shape.xCount > 0 else {
      memset(weight, 0, count * dtype.size)
      return .ok
    }
    let patches = arguments(shape, source: x, weight: x, target: weight)
    var job = ConvolutionWeightArguments(patches: patches, cotangent: y, partials: weight, parts: 1)
    job.parts = weightParts(dtype, shape)
    if job.parts > 1 { job.partials = workspace }
    let kernels = KernelLevel.table.convolution
    let nanoseconds = shape.multiplyAdds / (dtype == .f32 ? 40 : 20)
    let single = dtype == .f32
    let isWinograd = usesWinograd(.weight, dtype, shape)
    withUnsafeMutablePointer(to: &job) { job in
      if isWinograd {
        _ = ThreadPool.shared.run(
          kernels.winogradWeightF32, job, items: job.pointee.winogradItems, nanoseconds: nanoseconds / 2)
      } else if shape.isDepthwise {
        _ = ThreadPool.shared.run(
          single ? kernels.depthwiseWeightF32 : kernels.depthwiseWeightF64, job, items: job.pointee.parts,
          nanoseconds: nanoseconds)
      } else {
        _ = ThreadPool.shared.run(
          single ? kernels.weightF32 : kernels.weightF64, job, items: job.pointee.items, nanoseconds: nanoseconds)
      }
    }
    if job.parts == 1 { return .ok }
    return reduce(.sum, dtype, input: workspace, output: weight, outer: 1, reduced: job.parts, inner: count)
  }

  private static func arguments(
    _ shape: ConvolutionShape, source: UnsafeRawPointer, weight: UnsafeRawPointer, target: UnsafeMutableRawPointer
  ) -> ConvolutionArguments {
    ConvolutionArguments(
      source: source, weight: weight, target: target, batch: shape.batch,
      y: TapAxis(
        results: shape.outHeight, sources: shape.height, stride: shape.strideY, count: shape.windowHeight, firstTap: 0,
        tapStep: 1, firstOffset: -shape.lowY, offsetStep: shape.dilationY),
      x: TapAxis(
        results: shape.outWidth, sources: shape.width, stride: shape.strideX, count: shape.windowWidth, firstTap: 0,
        tapStep: 1, firstOffset: -shape.lowX, offsetStep: shape.dilationX),
      groups: shape.groups, sourceChannels: shape.channels, targetChannels: shape.outputs,
      targetImage: shape.outHeight * shape.outWidth * shape.outputs, targetRow: shape.outWidth * shape.outputs,
      targetColumn: shape.outputs, weightTaps: shape.windowWidth, weightChannels: shape.channels / shape.groups,
      weightOutputs: shape.outputs, transposesWeight: false)
  }

  private static func runProducts(
    _ job: inout ConvolutionArguments, _ dtype: DType, _ shape: ConvolutionShape, _ kind: ConvolutionKind,
    _ workspace: UnsafeMutableRawPointer
  ) {
    let table = KernelLevel.table
    let single = dtype == .f32
    guard job.terms > 0 else { return clear(job, dtype.size) }
    let nanoseconds = job.pixels * job.targetChannels * job.terms / (single ? 40 : 20)
    if shape.isDepthwise {
      let kernel = single ? table.convolution.depthwiseF32 : table.convolution.depthwiseF64
      // A vector does little between loads.
      _ = ThreadPool.shared.run(kernel, &job, items: job.batch * job.y.results, nanoseconds: nanoseconds * 8)
      return
    }
    if usesWinograd(kind, dtype, shape) {
      if winogradWorkspace(kind, shape) > 0 {
        job.packedWeight = workspace
        _ = ThreadPool.shared.run(
          table.convolution.packWinogradF32, &job,
          items: WinogradBlocks.groups(job.targetChannels), nanoseconds: job.terms * job.targetChannels)
      }
      // Between a half and a third of the products.
      _ = ThreadPool.shared.run(
        table.convolution.winogradF32, &job, items: job.winogradBlocks.items, nanoseconds: nanoseconds / 2)
      return
    }
    let panel = single ? table.panelF32 : table.panelF64
    let packedBytes = job.packedElements(panel: panel) * dtype.size
    if packedBytes > localWeightBytes {
      job.packedWeight = workspace
      let kernel = single ? table.convolution.packF32 : table.convolution.packF64
      _ = ThreadPool.shared.run(
        kernel, &job, items: job.groups * ((job.groupTargets + panel - 1) / panel), nanoseconds: packedBytes / 8)
    }
    job.chooseBlocks(elementSize: dtype.size)
    let kernel = single ? table.convolution.convolveF32 : table.convolution.convolveF64
    _ = ThreadPool.shared.run(kernel, &job, items: job.blocks, nanoseconds: nanoseconds)
  }

  /// Results without a term.
  private static func clear(_ job: ConvolutionArguments, _ size: Int) {
    for image in 0..<job.batch {
      for row in 0..<job.y.results {
        for column in 0..<job.x.results {
          let place = image * job.targetImage + row * job.targetRow + column * job.targetColumn
          memset(job.target + place * size, 0, job.targetChannels * size)
        }
      }
    }
  }

  /// For each window, the value that stands where x has its first largest element.
  public static func windowTake(
    _ dtype: DType, _ sizes: ConvolutionShape, x: UnsafeRawPointer, values: UnsafeRawPointer,
    result: UnsafeMutableRawPointer
  ) -> KernelStatus {
    let kernels = KernelLevel.table.convolution
    return pool(
      dtype == .f32 ? kernels.windowTakeF32 : kernels.windowTakeF64,
      PoolJob(sizes: sizes, x: x, values: values, result: result),
      items: sizes.yCount > 0 ? sizes.batch * sizes.outHeight : 0)
  }

  /// Zeros, to which each window's update is added where x has its first largest element.
  public static func windowAdd(
    _ dtype: DType, _ sizes: ConvolutionShape, x: UnsafeRawPointer, updates: UnsafeRawPointer,
    result: UnsafeMutableRawPointer
  ) -> KernelStatus {
    let kernels = KernelLevel.table.convolution
    return pool(
      dtype == .f32 ? kernels.windowAddF32 : kernels.windowAddF64,
      PoolJob(sizes: sizes, x: x, values: updates, result: result), items: sizes.xCount > 0 ? sizes.batch : 0)
  }

  private static func pool(_ kernel: KernelFunction, _ job: PoolJob, items: Int) -> KernelStatus {
    guard items > 0 else { return .ok }
    let nanoseconds = job.sizes.yCount * job.sizes.windowHeight * job.sizes.windowWidth / 3
    var job = job
    return KernelStatus(
      encoded: ThreadPool.shared.run(kernel, &job, items: items, nanoseconds: nanoseconds))
  }
}

extension TapAxis {
  /// The results phase, phase + stride, ... of the gradient with respect to the images: i is read by the result o of
  /// the convolution at tap t where i = o * stride + t * dilation - low. The taps that a phase sees are some multiple
  /// of a step apart, and their places then move on by another.
  init(phase: Int, of size: Int, stride: Int, window: Int, low: Int, dilation: Int, sources: Int) {
    var count = 0, last = 0, step = 1
    for tap in 0..<window where (phase + low - tap * dilation) % stride == 0 {
      if count == 1 { step = tap - last }
      last = tap
      count += 1
    }
    // From the last tap to the first, so that places ascend.
    self.init(
      results: (size - phase + stride - 1) / stride, sources: sources, stride: 1, count: count, firstTap: last,
      tapStep: -step, firstOffset: count == 0 ? 0 : (phase + low - last * dilation) / stride,
      offsetStep: count > 1 ? step * dilation / stride : 1)
  }
}
