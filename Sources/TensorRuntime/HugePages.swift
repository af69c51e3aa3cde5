import Glibc
import Synchronization

/// Whether large blocks ask for huge pages. Usually these save most page faults. But the free ones of a virtual machine
/// may be memory that its host took back: touching one then waits for the host some five hundred times, about 5 ms,
/// while small pages come from pieces that the machine still has. So the first one of each block is touched here, and
/// when that takes long, no block asks for them any more.
enum HugePages {
  static let size = 2 << 20
  /// Clearing a huge page that is there takes a tenth of it.
  private static let longest = 1_500_000
  private static let areSlow = Atomic<Bool>(false)

  /// `address` is a multiple of `size`.
  static func advise(_ address: UnsafeMutableRawPointer, _ byteCount: Int) {
    if areSlow.load(ordering: .relaxed) {
      refuse(address, byteCount)
      return
    }
    guard madvise(address, byteCount, 14 /* MADV_HUGEPAGE */) == 0 else { return }
    let start = Clock.nanoseconds
    address.storeBytes(of: 0, as: UInt8.self)
    guard Clock.nanoseconds - start > longest else { return }
    areSlow.store(true, ordering: .relaxed)
    refuse(address, byteCount)
  }

  /// Also where the system gives them unasked.
  private static func refuse(_ address: UnsafeMutableRawPointer, _ byteCount: Int) {
    madvise(address, byteCount, 15 /* MADV_NOHUGEPAGE */)
  }
}
