import Glibc

/// A block of memory, 64-byte aligned with at least 64 readable bytes behind it; from 4 MiB on aligned to 2 MiB and
/// advised for huge pages. Written only while its owner holds the only reference.
public final class Storage: @unchecked Sendable {
  public let address: UnsafeMutableRawPointer
  public let byteCount: Int

  /// Nil when the system does not give the memory. The caller has checked the size against `MemoryLimit`.
  public init?(byteCount: Int) {
    let large = byteCount >= 4 << 20
    var pointer: UnsafeMutableRawPointer?
    guard byteCount >= 0, byteCount < Int.max - 4096,
      posix_memalign(&pointer, large ? 2 << 20 : 64, byteCount + 64) == 0, let pointer
    else { return nil }
    if large { madvise(pointer, byteCount, 14 /* MADV_HUGEPAGE */) }
    address = pointer
    self.byteCount = byteCount
  }

  /// Stands where a tensor's memory has been given away for a moment; nothing reads it.
  public static let empty = Storage()
  private init() {
    address = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    byteCount = 0
  }

  deinit { free(address) }
}
