import Glibc

/// A block of memory, 64-byte aligned with at least 64 readable bytes behind it; from 4 MiB on aligned to 2 MiB, and
/// of huge pages where these are quickly had. Written only while its owner holds the only reference.
public final class Storage: @unchecked Sendable {
  public let address: UnsafeMutableRawPointer
  public let byteCount: Int
  /// The size of a block that is kept for reuse when this storage ends; 0 for small ones.
  private let keptByteCount: Int

  /// Nil when the system does not give the memory. The caller has checked the size against `MemoryLimit`.
  public init?(byteCount: Int) {
    guard byteCount >= 0, byteCount < Int.max >> 1 else { return nil }
    self.byteCount = byteCount
    guard byteCount >= KeptBlocks.smallest else {
      var pointer: UnsafeMutableRawPointer?
      guard posix_memalign(&pointer, 64, byteCount + 64) == 0, let pointer else { return nil }
      address = pointer
      keptByteCount = 0
      return
    }
    let rounded = KeptBlocks.rounded(byteCount + 64)
    if let block = KeptBlocks.take(rounded) {
      address = block.address
      keptByteCount = block.byteCount
      return
    }
    var pointer: UnsafeMutableRawPointer?
    let large = byteCount >= 4 << 20
    if posix_memalign(&pointer, large ? HugePages.size : 64, rounded) != 0 {
      KeptBlocks.releaseAll()
      guard posix_memalign(&pointer, large ? HugePages.size : 64, rounded) == 0 else { return nil }
    }
    guard let pointer else { return nil }
    if large { HugePages.advise(pointer, rounded) }
    address = pointer
    keptByteCount = rounded
  }

  /// Stands where a tensor's memory has been given away for a moment; nothing reads it.
  public static let empty = Storage()
  private init() {
    address = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    byteCount = 0
    keptByteCount = 0
  }

  deinit {
    if keptByteCount > 0 { KeptBlocks.give(address, keptByteCount) } else { free(address) }
  }
}
