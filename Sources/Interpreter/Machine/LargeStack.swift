import Glibc

extension Machine {
  /// Runs `body` on a thread with a stack of 512 MiB, so that deep programs end in a diagnostic instead of a crash.
  /// Waits for it; `body` runs at once on this thread if no such thread can be made.
  public static func onLargeStack(_ body: @escaping () -> Void) {
    final class Work {
      let body: () -> Void
      init(_ body: @escaping () -> Void) { self.body = body }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body))
    guard pthread_attr_setstacksize(&attributes, 512 << 20) == 0,
      pthread_create(
        &thread, &attributes,
        { pointer in
          guard let pointer else { return nil }
          Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
          return nil
        }, work.toOpaque()) == 0
    else {
      work.takeRetainedValue().body()
      return
    }
    pthread_join(thread, nil)
  }

  /// The lowest address that native code may use on this thread, with room left for builtins.
  func nativeStackLimit() -> UnsafeRawPointer? {
    let thread = pthread_self()
    if thread == nativeThread { return nativeLimit }
    // A GNU function that Glibc's module map leaves out.
    typealias GetAttributes = @convention(c) (pthread_t, UnsafeMutablePointer<pthread_attr_t>) -> CInt
    guard let symbol = dlsym(nil, "pthread_getattr_np") else { return nil }
    var attributes = pthread_attr_t()
    guard unsafeBitCast(symbol, to: GetAttributes.self)(thread, &attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(&attributes) }
    var lowest: UnsafeMutableRawPointer?
    var size = 0
    guard pthread_attr_getstack(&attributes, &lowest, &size) == 0, let lowest else { return nil }
    nativeThread = thread
    nativeLimit = UnsafeRawPointer(lowest) + min(size / 4, 512 << 10)
    return nativeLimit
  }

  /// Whether another native call fits.
  func hasNativeRoom() -> Bool {
    guard nativeDepth < Self.maximumNativeDepth else { return false }
    guard let limit = nativeStackLimit() else { return true }
    return withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { here in
      here.baseAddress.map { UnsafeRawPointer($0) > limit } ?? true
    }
  }
}
