import KernelTypes
import TensorGraph
import TensorRuntime
import TensorTypes

extension StepSink {
  /// One of the three convolutions over dense operands.
  mutating func convolve(
    _ kind: Kernels.ConvolutionKind, _ convolution: Convolution, _ operands: [LoweredOperand], _ output: Reference,
    _ type: TensorType
  ) {
    let (a, b) = (operands[0].view.sizes, operands[1].view.sizes)
    let shape =
      switch kind {
      case .result: convolution.shape(x: a, weight: b, y: type.shape.sizes)
      case .input: convolution.shape(x: type.shape.sizes, weight: b, y: a)
      case .weight: convolution.shape(x: a, weight: type.shape.sizes, y: b)
      }
    guard type.shape.count > 0 else { return }
    var step = ConvolutionStep(
      kind: kind, dtype: type.dtype, shape: shape, a: dense(operands[0]), b: dense(operands[1]), output: output,
      workspace: output)
    var written = [output]
    let bytes = Kernels.convolutionWorkspace(kind, type.dtype, shape)
    if bytes > 0 {
      step.workspace = Reference(temporary(byteCount: bytes))
      written.append(step.workspace)
    }
    emit(.convolve(memory.pointer([step])), reads: [step.a, step.b], writes: written)
  }

  mutating func pool(
    _ window: PoolWindow, adds: Bool, _ operands: [LoweredOperand], _ output: Reference, _ type: TensorType
  ) {
    let x = operands[0].view.sizes
    let y = adds ? operands[1].view.sizes : type.shape.sizes
    guard type.shape.count > 0 else { return }
    let sizes = ConvolutionShape(
      batch: x[0], height: x[1], width: x[2], channels: x[3], outHeight: y[1], outWidth: y[2], outputs: x[3],
      windowHeight: window.sizes[0], windowWidth: window.sizes[1], strideY: window.strides[0],
      strideX: window.strides[1], lowY: window.low[0], lowX: window.low[1], dilationY: 1, dilationX: 1, groups: x[3])
    let images = dense(operands[0])
    let values = operands[0].view == operands[1].view ? images : dense(operands[1])
    let step = PoolStep(
      adds: adds, dtype: type.dtype, sizes: sizes, images: images, values: values, output: output)
    emit(.pool(memory.pointer([step])), reads: [images, values], writes: [output])
  }
}

extension Operation {
  /// Whether a convolution's weights are packed by all threads together.
  func packsWeightsTogether(_ graph: Graph) -> Bool {
    let (a, b) = (graph.type(of: operands[0]), graph.type(of: operands[1]).shape.sizes)
    let result = graph.type(of: results[0]).shape.sizes
    switch primitive {
    case .convolve(let convolution):
      let shape = convolution.shape(x: a.shape.sizes, weight: b, y: result)
      return Kernels.convolutionWorkspace(.result, a.dtype, shape) > 0
    case .convolveInput(let convolution, _):
      let shape = convolution.shape(x: result, weight: b, y: a.shape.sizes)
      return Kernels.convolutionWorkspace(.input, a.dtype, shape) > 0
    default: return false
    }
  }
}

extension Convolution {
  func shape(x: [Int], weight: [Int], y: [Int]) -> ConvolutionShape {
    ConvolutionShape(
      batch: x[0], height: x[1], width: x[2], channels: x[3], outHeight: y[1], outWidth: y[2], outputs: y[3],
      windowHeight: weight[0], windowWidth: weight[1], strideY: strides[0], strideX: strides[1], lowY: low[0],
      lowX: low[1], dilationY: dilations[0], dilationX: dilations[1], groups: groups)
  }
}
