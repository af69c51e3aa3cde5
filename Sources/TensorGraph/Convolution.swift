import TensorTypes

/// How a convolution walks over images: pairs are for height and width.
///
/// y[n, i, j, o] = sum over (a, b, c) of x[n, i * stride + a * dilation - low, ..., c] * weight[a, b, c, o]; places
/// outside the image count as zero. With groups, each group of outputs sums over its own group of channels.
public struct Convolution: Hashable, Sendable {
  public var strides: [Int]
  /// Zeros before and after the image.
  public var low: [Int]
  public var high: [Int]
  /// The distance of the window's places.
  public var dilations: [Int]
  public var groups: Int

  public init(
    strides: [Int] = [1, 1], low: [Int] = [0, 0], high: [Int] = [0, 0], dilations: [Int] = [1, 1], groups: Int = 1
  ) {
    self.strides = strides
    self.low = low
    self.high = high
    self.dilations = dilations
    self.groups = groups
  }
}

/// The windows that pooling looks at; pairs are for height and width. Places outside the image do not count.
public struct PoolWindow: Hashable, Sendable {
  public var sizes: [Int]
  public var strides: [Int]
  /// How far windows reach beyond the image: less than a window.
  public var low: [Int]
  public var high: [Int]

  public init(sizes: [Int], strides: [Int], low: [Int] = [0, 0], high: [Int] = [0, 0]) {
    self.sizes = sizes
    self.strides = strides
    self.low = low
    self.high = high
  }
}

/// Shape rules of convolutions and pooling: images are [batch, height, width, channels], weights
/// [height, width, channels / groups, outputs].
extension OperandCheck {
  func convolve(_ convolution: Convolution) throws(ShapeProblem) -> TensorType {
    try images(0)
    try images(1)
    try equalDTypes(0, 1)
    try attributes(convolution)
    let (x, weight) = (shape(0), shape(1))
    try channels(x[3], weight, convolution.groups)
    var sizes = [x[0]]
    for axis in 0..<2 { sizes.append(try places(x[axis + 1], window: weight[axis], axis, convolution)) }
    return TensorType(operands[0].dtype, Shape(sizes + [weight[3]]))
  }

  /// (g, weight) to the gradient of images of `sizes` (height, width).
  func convolveInput(_ convolution: Convolution, sizes: [Int]) throws(ShapeProblem) -> TensorType {
    try gradientOperands(convolution, sizes, atLeast: 0)
    let (g, weight) = (shape(0), shape(1))
    try equalSizes(0, axis: 3, 1, axis: 3)
    let count = try product(weight[2], convolution.groups)
    try channels(count, weight, convolution.groups)
    for axis in 0..<2 {
      let expected = try places(sizes[axis], window: weight[axis], axis, convolution)
      if g[axis + 1] != expected { throw problem(.count(expected: expected, found: g[axis + 1])) }
    }
    return TensorType(operands[0].dtype, Shape([g[0]] + sizes + [count]))
  }

  /// (x, g) to the gradient of weights of `sizes` (height, width).
  func convolveWeight(_ convolution: Convolution, sizes: [Int]) throws(ShapeProblem) -> TensorType {
    try gradientOperands(convolution, sizes, atLeast: 1)
    let (x, g) = (shape(0), shape(1))
    try equalSizes(0, axis: 0, 1, axis: 0)
    let weight = sizes + [x[3] / convolution.groups, g[3]]
    try channels(x[3], weight, convolution.groups)
    for axis in 0..<2 {
      let expected = try places(x[axis + 1], window: sizes[axis], axis, convolution)
      if g[axis + 1] != expected { throw problem(.count(expected: expected, found: g[axis + 1])) }
    }
    return TensorType(operands[0].dtype, Shape(weight))
  }

  /// (x, values): one element of each window.
  func windowTake(_ window: PoolWindow) throws(ShapeProblem) -> TensorType {
    try images(0)
    try equalTypes(0, 1)
    return TensorType(operands[0].dtype, Shape(try pooled(window)))
  }

  /// (x, g): g is one element of each window of x.
  func windowAdd(_ window: PoolWindow) throws(ShapeProblem) -> TensorType {
    try images(0)
    try images(1)
    try equalDTypes(0, 1)
    for (axis, size) in try pooled(window).enumerated() where shape(1)[axis] != size {
      throw problem(.count(expected: size, found: shape(1)[axis]))
    }
    return operands[0]
  }

  private func pooled(_ window: PoolWindow) throws(ShapeProblem) -> [Int] {
    try pair(window.sizes, "window sizes", atLeast: 1)
    try pair(window.strides, "strides", atLeast: 1)
    try pair(window.low, "paddings", atLeast: 0)
    try pair(window.high, "paddings", atLeast: 0)
    var result = shape(0)
    for axis in 0..<2 {
      let size = window.sizes[axis]
      guard window.low[axis] < size, window.high[axis] < size, shape(0)[axis + 1] > 0 else {
        throw problem(.other("a window of \(size) would lie outside of the image"))
      }
      result[axis + 1] = try places(
        shape(0)[axis + 1], low: window.low[axis], high: window.high[axis], extent: size,
        stride: window.strides[axis])
    }
    return result
  }

  /// Both operands are images.
  private func gradientOperands(_ convolution: Convolution, _ sizes: [Int], atLeast least: Int) throws(ShapeProblem) {
    try images(0)
    try images(1)
    try equalDTypes(0, 1)
    try attributes(convolution)
    try pair(sizes, "sizes", atLeast: least)
  }

  private func images(_ operand: Int) throws(ShapeProblem) {
    try floating(operand)
    if shape(operand).count != 4 { throw problem(.rank(operand: operand, expected: "4")) }
  }

  private func attributes(_ convolution: Convolution) throws(ShapeProblem) {
    try pair(convolution.strides, "strides", atLeast: 1)
    try pair(convolution.low, "paddings", atLeast: 0)
    try pair(convolution.high, "paddings", atLeast: 0)
    try pair(convolution.dilations, "dilations", atLeast: 1)
    if convolution.groups < 1 { throw problem(.other("\(convolution.groups) groups")) }
  }

  /// Bounded, so that places and offsets always fit.
  private func pair(_ list: [Int], _ name: String, atLeast least: Int) throws(ShapeProblem) {
    guard list.count == 2, list.allSatisfy({ $0 >= least && $0 <= 1 << 40 }) else {
      throw problem(.other("\(name) are a pair of numbers from \(least) on, not \(list)"))
    }
  }

  private func channels(_ count: Int, _ weight: [Int], _ groups: Int) throws(ShapeProblem) {
    guard weight[0] > 0, weight[1] > 0 else { throw problem(.other("the window \(weight[0]) x \(weight[1]) is empty")) }
    guard count % groups == 0, weight[3] % groups == 0 else {
      throw problem(.other("\(count) channels and \(weight[3]) filters do not divide into \(groups) groups"))
    }
    guard weight[2] == count / groups else {
      throw problem(.other("the weights are for \(weight[2]) channels a group, the image has \(count / groups)"))
    }
  }

  private func places(_ size: Int, window: Int, _ axis: Int, _ convolution: Convolution) throws(ShapeProblem) -> Int {
    try places(
      size, low: convolution.low[axis], high: convolution.high[axis],
      extent: try sum(try product(window - 1, convolution.dilations[axis]), 1), stride: convolution.strides[axis])
  }

  /// How many windows fit.
  private func places(_ size: Int, low: Int, high: Int, extent: Int, stride: Int) throws(ShapeProblem) -> Int {
    let padded = try sum(try sum(size, low), high)
    guard extent <= padded else {
      throw problem(.other("the window reaches over \(extent), the image with its padding over \(padded)"))
    }
    return (padded - extent) / stride + 1
  }
}
