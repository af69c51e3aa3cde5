/// How Winograd's method (KernelsV2/Winograd.swift) cuts a convolution: results are made in tiles of 2 x 2, each of a
/// square of 4 x 4 places of the image. Rows of tiles of all images are numbered through; a block is some of these
/// rows, or a segment of one that is too long.
public struct WinogradBlocks {
  /// Results that are worked on together.
  @inlinable public static var columns: Int { 32 }
  /// Where transformed weights begin in the scratch memory when each thread makes its own; blocks lie before it.
  @inlinable public static var weightStart: Int { 736 << 10 }
  /// The most that each thread makes for itself.
  @inlinable public static var localWeightBytes: Int { 992 << 10 }
  /// Where a block's flags are: a word for each of its rows of tiles, behind it 64 bytes of zeros.
  @inlinable public static var flagStart: Int { weightStart - (4 << 10) }
  /// Where the direct method's packed weights begin, for rows of tiles whose numbers are too large.
  @inlinable public static var packedStart: Int { 128 << 10 }
  /// Channels and outputs up to which a panel of packed weights fits there.
  @inlinable public static var mostChannels: Int { 512 }
  /// The bits of 2^20, from which on numbers go the direct way.
  @inlinable public static var boundBits: Int32 { 0x4980_0000 }

  /// Tiles of an image.
  public var down, across: Int
  /// Rows of tiles of all images.
  public var rows: Int
  /// Parts of a row of tiles, tiles of the longest part, and rows of tiles of a block at most.
  public var segments, segmentTiles, blockRows: Int

  /// `tileFloats`: numbers that a tile holds in each of the 16 transformed places.
  public init(batch: Int, height: Int, width: Int, tileFloats: Int, bytes: Int) {
    down = (height + 1) / 2
    across = (width + 1) / 2
    rows = batch * down
    let most = max(16, bytes / (64 * tileFloats))
    segments = max(1, (across + most - 1) / most)
    segmentTiles = max(1, (across + segments - 1) / segments)
    blockRows = max(1, most / segmentTiles)
  }

  @inlinable public var rowBlocks: Int { (rows + blockRows - 1) / blockRows }
  @inlinable public var items: Int { rowBlocks * segments }

  /// Numbers from tile to tile: whole vectors, not a distance that returns to the same set of the cache.
  @inlinable public static func pitch(_ channels: Int) -> Int {
    let whole = (channels + 15) / 16 * 16
    return whole % 256 == 0 ? whole + 16 : whole
  }

  @inlinable public static func groups(_ results: Int) -> Int { (results + columns - 1) / columns }

  /// Transformed weights of a block of results, for one of the 16 places.
  @inlinable public static func weightPlane(terms: Int) -> Int { (terms + 15) / 16 * 16 * columns }

  /// Transformed weights of `terms` channels, and behind them the largest weight of each block of results, as bits.
  @inlinable public static func weightElements(terms: Int, results: Int) -> Int {
    groups(results) * (16 * weightPlane(terms: terms) + 1)
  }
}

extension ConvolutionArguments {
  /// The blocks of images and products that stay in the cache together with the transformed weights.
  @inlinable public var winogradBlocks: WinogradBlocks {
    WinogradBlocks(
      batch: batch, height: y.results, width: x.results,
      tileFloats: WinogradBlocks.pitch(sourceChannels) + WinogradBlocks.columns, bytes: 256 << 10)
  }
}

extension ConvolutionWeightArguments {
  /// Channels and outputs of one item of Winograd's method, at most.
  @inlinable public static var winogradSide: Int { 64 }

  @inlinable public var winogradChannelBlocks: Int {
    (patches.sourceChannels + ConvolutionWeightArguments.winogradSide - 1) / ConvolutionWeightArguments.winogradSide
  }
  @inlinable public var winogradOutputBlocks: Int {
    (patches.targetChannels + ConvolutionWeightArguments.winogradSide - 1) / ConvolutionWeightArguments.winogradSide
  }
  @inlinable public var winogradItems: Int { parts * winogradChannelBlocks * winogradOutputBlocks }
  @inlinable public var winogradBlocks: WinogradBlocks {
    WinogradBlocks(
      batch: patches.batch, height: patches.y.results, width: patches.x.results,
      tileFloats: WinogradBlocks.pitch(min(patches.sourceChannels, ConvolutionWeightArguments.winogradSide))
        + WinogradBlocks.pitch(min(patches.targetChannels, ConvolutionWeightArguments.winogradSide)),
      bytes: 448 << 10)
  }
}
