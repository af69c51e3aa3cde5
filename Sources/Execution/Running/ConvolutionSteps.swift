import KernelTypes
import TensorRuntime
import TensorTypes

struct ConvolutionStep {
  var kind: Kernels.ConvolutionKind
  var dtype: DType
  var shape: ConvolutionShape
  /// y of (x, weight); the cotangent of x from (cotangent of y, weight); the cotangent of the weight from
  /// (x, cotangent of y).
  var a, b, output: Reference
  var workspace: Reference

  func run(_ table: AddressTable) -> KernelStatus {
    Kernels.convolve(
      kind, dtype, shape, a: table.address(a), b: table.address(b), output: table.address(output),
      workspace: table.address(workspace))
  }

  var bytes: Int { (shape.xCount + shape.yCount + shape.weightCount) * dtype.size }

  var summary: String {
    let name =
      switch kind {
      case .result: "convolution of"
      case .input: "convolution's images' gradient,"
      case .weight: "convolution's filters' gradient,"
      }
    return "\(name) [\(shape.batch), \(shape.height), \(shape.width), \(shape.channels)]"
      + " by \(shape.windowHeight)×\(shape.windowWidth) to \(shape.outputs) channels"
      + (shape.groups > 1 ? " in \(shape.groups) groups" : "")
      + (Kernels.usesWinograd(kind, dtype, shape) ? ", by Winograd's method" : "")
  }
}

struct PoolStep {
  /// `windowAdd`, not `windowTake`.
  var adds: Bool
  var dtype: DType
  var sizes: ConvolutionShape
  var images, values, output: Reference

  func run(_ table: AddressTable) -> KernelStatus {
    let (images, values, output) = (table.address(images), table.address(values), table.address(output))
    return adds
      ? Kernels.windowAdd(dtype, sizes, x: images, updates: values, result: output)
      : Kernels.windowTake(dtype, sizes, x: images, values: values, result: output)
  }

  var summary: String {
    "\(adds ? "windowAdd" : "windowTake"), one place of each window of \(sizes.windowHeight)×\(sizes.windowWidth) in "
      + "[\(sizes.batch), \(sizes.height), \(sizes.width), \(sizes.channels)]"
  }

  /// Images and what stands for the windows, twice.
  var bytes: Int {
    sizes.batch * sizes.channels * (sizes.height * sizes.width + 2 * sizes.outHeight * sizes.outWidth) * dtype.size
  }
}
