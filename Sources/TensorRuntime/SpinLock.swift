import CKernelSupport

/// For a few instructions that are rarely contended.
struct SpinLock: @unchecked Sendable {
  private let word: UnsafeMutablePointer<UInt32>

  init() {
    word = .allocate(capacity: 1)
    word.initialize(to: 0)
  }

  func locked<R>(_ body: () -> R) -> R {
    while !kernel_exchange_if32(word, 0, 1) { kernel_pause() }
    defer { kernel_store32(word, 0) }
    return body()
  }
}
