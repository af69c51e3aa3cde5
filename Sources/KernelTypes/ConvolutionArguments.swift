/// The sizes of one convolution y = convolve(x, w). x is [batch, height, width, channels], w is
/// [windowHeight, windowWidth, channels / groups, outputs], y is [batch, outHeight, outWidth, outputs].
public struct ConvolutionShape: Sendable {
  public var batch, height, width, channels: Int
  public var outHeight, outWidth, outputs: Int
  public var windowHeight, windowWidth: Int
  public var strideY, strideX: Int
  /// Zeros before the first row and column.
  public var lowY, lowX: Int
  public var dilationY, dilationX: Int
  public var groups: Int

  public init(
    batch: Int, height: Int, width: Int, channels: Int, outHeight: Int, outWidth: Int, outputs: Int, windowHeight: Int,
    windowWidth: Int, strideY: Int, strideX: Int, lowY: Int, lowX: Int, dilationY: Int, dilationX: Int, groups: Int
  ) {
    self.batch = batch
    self.height = height
    self.width = width
    self.channels = channels
    self.outHeight = outHeight
    self.outWidth = outWidth
    self.outputs = outputs
    self.windowHeight = windowHeight
    self.windowWidth = windowWidth
    self.strideY = strideY
    self.strideX = strideX
    self.lowY = lowY
    self.lowX = lowX
    self.dilationY = dilationY
    self.dilationX = dilationX
    self.groups = groups
  }

  public var xCount: Int { batch * height * width * channels }
  public var yCount: Int { batch * outHeight * outWidth * outputs }
  public var weightCount: Int { windowHeight * windowWidth * (channels / groups) * outputs }
  /// Products of one pass.
  public var multiplyAdds: Int { yCount * windowHeight * windowWidth * (channels / groups) }
  /// Every place of x is in exactly one window.
  @inlinable public var tiles: Bool {
    strideY == windowHeight && strideX == windowWidth && lowY == 0 && lowX == 0 && outHeight * windowHeight == height
      && outWidth * windowWidth == width
  }
  /// Each channel by itself.
  @inlinable public var isDepthwise: Bool { groups > 1 && groups == channels && groups == outputs }
}

/// Which places of a source image, along one axis, a grid of results reads: result q and tap t read the source at
/// q * stride + firstOffset + t * offsetStep, and the weight at firstTap + t * tapStep.
public struct TapAxis {
  public var results, sources: Int
  public var stride: Int
  public var count: Int
  public var firstTap, tapStep: Int
  public var firstOffset, offsetStep: Int

  public init(
    results: Int, sources: Int, stride: Int, count: Int, firstTap: Int, tapStep: Int, firstOffset: Int, offsetStep: Int
  ) {
    self.results = results
    self.sources = sources
    self.stride = stride
    self.count = count
    self.firstTap = firstTap
    self.tapStep = tapStep
    self.firstOffset = firstOffset
    self.offsetStep = offsetStep
  }
}

/// Sums over the taps of a window: a convolution, or its gradient with respect to the images (where the "source" is
/// the cotangent, and results that are a stride apart are one job).
public struct ConvolutionArguments {
  /// Results (pixels) of one item of the products.
  @inlinable public static var blockPixels: Int { 96 }
  /// Terms that are summed in one go, at most.
  @inlinable public static var termBlock: Int { 256 }
  /// Where the block of patches ends in the scratch memory, and packed weights may begin.
  @inlinable public static var patchBytes: Int { 256 << 10 }
  /// Elements behind each row of patches, which copies of whole vectors may overwrite.
  @inlinable public static var slack: Int { 16 }

  public var source: UnsafeRawPointer
  public var weight: UnsafeRawPointer
  /// The first result.
  public var target: UnsafeMutableRawPointer
  public var batch: Int
  public var y, x: TapAxis
  public var groups: Int
  /// Channels of a source pixel and of a group; results of a pixel and of a group.
  public var sourceChannels, groupSources: Int
  public var targetChannels, groupTargets: Int
  /// Elements from result to result.
  public var targetImage, targetRow, targetColumn: Int
  /// The weight's sizes: taps along x, channels a group, outputs.
  public var weightTaps, weightChannels, weightOutputs: Int
  /// The weight's channels are the results (the gradient with respect to the images).
  public var transposesWeight: Bool
  /// Packed weights for all threads; otherwise each packs its own behind `patchBytes`.
  public var packedWeight: UnsafeMutableRawPointer?
  /// Rows of results of one item, where patches are read as they stand in the image; 0 where they are laid out first.
  public var blockRows = 0
  /// The image's rows are copied with zeros on both sides.
  public var padsRows = false

  public init(
    source: UnsafeRawPointer, weight: UnsafeRawPointer, target: UnsafeMutableRawPointer, batch: Int, y: TapAxis,
    x: TapAxis, groups: Int, sourceChannels: Int, targetChannels: Int, targetImage: Int, targetRow: Int,
    targetColumn: Int, weightTaps: Int, weightChannels: Int, weightOutputs: Int, transposesWeight: Bool
  ) {
    self.source = source
    self.weight = weight
    self.target = target
    self.batch = batch
    self.y = y
    self.x = x
    self.groups = groups
    self.sourceChannels = sourceChannels
    groupSources = sourceChannels / groups
    self.targetChannels = targetChannels
    groupTargets = targetChannels / groups
    self.targetImage = targetImage
    self.targetRow = targetRow
    self.targetColumn = targetColumn
    self.weightTaps = weightTaps
    self.weightChannels = weightChannels
    self.weightOutputs = weightOutputs
    self.transposesWeight = transposesWeight
    packedWeight = nil
  }

  @inlinable public var pixels: Int { batch * y.results * x.results }
  @inlinable public var rowBlocks: Int { (y.results + blockRows - 1) / blockRows }
  /// Items.
  @inlinable public var blocks: Int {
    blockRows > 0
      ? batch * rowBlocks : (pixels + ConvolutionArguments.blockPixels - 1) / ConvolutionArguments.blockPixels
  }
  /// Columns of the image that a row of results reaches over.
  @inlinable public var reachedColumns: Int { (x.results - 1) * x.stride + x.count }
  /// Decides by the shape whether patches are read in place: their rows must be one stretch of memory each, and long.
  public mutating func chooseBlocks(elementSize: Int) {
    guard x.offsetStep == 1, groups == 1, x.count * sourceChannels >= 32, x.results >= 8 else { return }
    padsRows = x.firstOffset < 0 || x.firstOffset + reachedColumns > x.sources
    blockRows = max(1, ConvolutionArguments.blockPixels / x.results)
    guard padsRows else { return }
    let rowBytes = reachedColumns * sourceChannels * elementSize
    func bytes(_ rows: Int) -> Int { ((rows - 1) * y.stride + (y.count - 1) * y.offsetStep + 1) * rowBytes + 64 }
    while blockRows > 0, bytes(blockRows) > ConvolutionArguments.patchBytes { blockRows -= 1 }
  }

  /// Terms of one result.
  @inlinable public var terms: Int { y.count * x.count * groupSources }
  @inlinable public func packedElements(panel: Int) -> Int {
    groups * ((groupTargets + panel - 1) / panel * panel) * terms
  }
}

/// The gradient of a convolution with respect to its weight: sums over all pixels of patch times cotangent. The pixels
/// are cut into `parts`, each with sums of its own at `partials`.
public struct ConvolutionWeightArguments {
  /// Pixels whose patches are packed at a time.
  @inlinable public static var blockPixels: Int { 192 }
  /// Terms of a patch that one item works on, at most.
  @inlinable public static var termBlock: Int { 252 }

  /// Source and taps as of the convolution itself; its target is not used.
  public var patches: ConvolutionArguments
  public var cotangent: UnsafeRawPointer
  public var partials: UnsafeMutableRawPointer
  public var parts: Int

  public init(
    patches: ConvolutionArguments, cotangent: UnsafeRawPointer, partials: UnsafeMutableRawPointer, parts: Int
  ) {
    self.patches = patches
    self.cotangent = cotangent
    self.partials = partials
    self.parts = parts
  }

  @inlinable public var blocks: Int {
    (patches.pixels + ConvolutionWeightArguments.blockPixels - 1) / ConvolutionWeightArguments.blockPixels
  }
  @inlinable public var termBlocks: Int {
    max(1, (patches.terms + ConvolutionWeightArguments.termBlock - 1) / ConvolutionWeightArguments.termBlock)
  }
  @inlinable public var weightCount: Int { patches.terms * patches.targetChannels }
  @inlinable public var items: Int { parts * patches.groups * termBlocks }
}

/// One pass of pooling over images `x`, each channel by itself, with the values to take or to add.
public struct PoolJob {
  public var sizes: ConvolutionShape
  public var x: UnsafeRawPointer
  /// `windowTake`: values of x's shape. `windowAdd`: updates, one for each window.
  public var values: UnsafeRawPointer
  public var result: UnsafeMutableRawPointer

  public init(sizes: ConvolutionShape, x: UnsafeRawPointer, values: UnsafeRawPointer, result: UnsafeMutableRawPointer) {
    self.sizes = sizes
    self.x = x
    self.values = values
    self.result = result
  }
}
