/// A kernel: its arguments (one of the structures below), the items to do, and memory of the calling thread of
/// `kernelScratchBytes`. Gives 0 or an encoded `KernelStatus`.
public typealias KernelFunction =
  @convention(c) (
    _ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer
  ) -> Int

/// What each thread has for packed blocks and tile registers.
public let kernelScratchBytes = GemmArguments.squareStart + 1024

extension KernelStatus {
  /// 0 when ok; the code in the low byte otherwise.
  @inlinable public var encoded: Int { code == .ok ? 0 : Int(code.rawValue) | detail << 8 }

  @inlinable public init(encoded: Int) {
    self.init(Code(rawValue: UInt8(truncatingIfNeeded: encoded)) ?? .ok, detail: encoded >> 8)
  }
}

/// The kernels of one instruction set.
public struct KernelTable: Sendable {
  /// `TileArguments`; items are tiles.
  public var tiles: KernelFunction
  /// `GemmArguments`; items are blocks of C.
  public var gemmF32, gemmF64: KernelFunction
  /// `GemmArguments` with n = 1; items are rows.
  public var dotRowsF32, dotRowsF64: KernelFunction
  /// `GemmArguments`; items are panels of B, `panelF32` or `panelF64` columns each.
  public var packF32, packF64: KernelFunction
  public var panelF32, panelF64: Int

  /// `ReduceArguments`; items are leaves, or blocks of a leaf's columns.
  public var reduceF32, reduceF64: KernelFunction
  /// `RandomArguments`; items are groups of 64 floats, or of 32 elements of eight bytes.
  public var random: KernelFunction
  /// `TransposeArguments`; items are blocks of sixteen source rows.
  public var transpose32: KernelFunction
  public var convolution: ConvolutionKernels

  public init(
    tiles: KernelFunction, gemmF32: KernelFunction, gemmF64: KernelFunction, dotRowsF32: KernelFunction,
    dotRowsF64: KernelFunction, packF32: KernelFunction, packF64: KernelFunction, panelF32: Int, panelF64: Int,
    reduceF32: KernelFunction, reduceF64: KernelFunction,
    random: KernelFunction, transpose32: KernelFunction, convolution: ConvolutionKernels
  ) {
    self.tiles = tiles
    self.gemmF32 = gemmF32
    self.gemmF64 = gemmF64
    self.dotRowsF32 = dotRowsF32
    self.dotRowsF64 = dotRowsF64
    self.packF32 = packF32
    self.packF64 = packF64
    self.panelF32 = panelF32
    self.panelF64 = panelF64
    self.reduceF32 = reduceF32
    self.reduceF64 = reduceF64
    self.random = random
    self.transpose32 = transpose32
    self.convolution = convolution
  }
}

/// The kernels of convolution and pooling.
public struct ConvolutionKernels: Sendable {
  /// `ConvolutionArguments`; items are blocks of pixels.
  public var convolveF32, convolveF64: KernelFunction
  /// `ConvolutionArguments`; items are panels of weights.
  public var packF32, packF64: KernelFunction
  /// `ConvolutionArguments`, by Winograd's method; items are those of `winogradBlocks`.
  public var winogradF32: KernelFunction
  /// `ConvolutionArguments`; items are blocks of `WinogradBlocks.columns` results.
  public var packWinogradF32: KernelFunction
  /// `ConvolutionWeightArguments`, by Winograd's method; items are `winogradItems`.
  public var winogradWeightF32: KernelFunction
  /// `ConvolutionWeightArguments`; items are `items`.
  public var weightF32, weightF64: KernelFunction
  /// `ConvolutionArguments` with a group for each channel; items are rows of results.
  public var depthwiseF32, depthwiseF64: KernelFunction
  /// `ConvolutionWeightArguments` with a group for each channel; items are parts.
  public var depthwiseWeightF32, depthwiseWeightF64: KernelFunction
  /// `PoolJob`; items are rows of windows.
  public var windowTakeF32, windowTakeF64: KernelFunction
  /// `PoolJob`; items are images.
  public var windowAddF32, windowAddF64: KernelFunction

  public init(
    convolveF32: KernelFunction, convolveF64: KernelFunction, packF32: KernelFunction, packF64: KernelFunction,
    winogradF32: KernelFunction, packWinogradF32: KernelFunction, winogradWeightF32: KernelFunction,
    weightF32: KernelFunction, weightF64: KernelFunction, depthwiseF32: KernelFunction, depthwiseF64: KernelFunction,
    depthwiseWeightF32: KernelFunction, depthwiseWeightF64: KernelFunction, windowTakeF32: KernelFunction,
    windowTakeF64: KernelFunction, windowAddF32: KernelFunction, windowAddF64: KernelFunction
  ) {
    self.convolveF32 = convolveF32
    self.convolveF64 = convolveF64
    self.packF32 = packF32
    self.packF64 = packF64
    self.winogradF32 = winogradF32
    self.packWinogradF32 = packWinogradF32
    self.winogradWeightF32 = winogradWeightF32
    self.weightF32 = weightF32
    self.weightF64 = weightF64
    self.depthwiseF32 = depthwiseF32
    self.depthwiseF64 = depthwiseF64
    self.depthwiseWeightF32 = depthwiseWeightF32
    self.depthwiseWeightF64 = depthwiseWeightF64
    self.windowTakeF32 = windowTakeF32
    self.windowTakeF64 = windowTakeF64
    self.windowAddF32 = windowAddF32
    self.windowAddF64 = windowAddF64
  }
}
