import Glibc
import Synchronization

/// Large blocks that storages gave back, kept for the next ones: memory that was touched once costs no page faults when
/// it is used again (a fresh 64 MiB block costs several times a pass over it).
enum KeptBlocks {
  private struct Block {
    var address: UInt
    var byteCount: Int
  }

  /// Smaller blocks are malloc's business.
  static let smallest = 1 << 20
  /// The most bytes that are kept.
  static let limit = 1 << 30

  private static let kept = Mutex<[Block]>([])

  /// Sizes are rounded up so that blocks of nearly equal sizes can stand in for one another.
  static func rounded(_ byteCount: Int) -> Int { (byteCount + 0xffff) & ~0xffff }

  /// A kept block with room for `byteCount` and at most a quarter more.
  static func take(_ byteCount: Int) -> (address: UnsafeMutableRawPointer, byteCount: Int)? {
    kept.withLock { blocks in
      var best: Int?
      for (index, block) in blocks.enumerated()
      where block.byteCount >= byteCount && block.byteCount - byteCount <= byteCount / 4 {
        if best.map({ blocks[$0].byteCount > block.byteCount }) ?? true { best = index }
      }
      guard let best, let address = UnsafeMutableRawPointer(bitPattern: blocks[best].address) else { return nil }
      return (address, blocks.remove(at: best).byteCount)
    }
  }

  /// Keeps the block, the oldest ones making room for it, or frees it.
  static func give(_ address: UnsafeMutableRawPointer, _ byteCount: Int) {
    guard byteCount <= limit / 2 else { return free(address) }
    kept.withLock { blocks in
      blocks.append(Block(address: UInt(bitPattern: address), byteCount: byteCount))
      var total = blocks.reduce(0) { $0 + $1.byteCount }
      while total > limit {
        total -= blocks[0].byteCount
        free(UnsafeMutableRawPointer(bitPattern: blocks.removeFirst().address))
      }
    }
  }

  /// Gives everything back to the system.
  static func releaseAll() {
    kept.withLock { blocks in
      for block in blocks { free(UnsafeMutableRawPointer(bitPattern: block.address)) }
      blocks = []
    }
  }
}
