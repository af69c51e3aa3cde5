import Glibc

/// Work on a thread of its own, whose result is waited for.
final class SideTask<Value: Sendable> {
  /// What both threads hold: written by the one, read by the other after that has ended.
  private final class Work: SideWork, @unchecked Sendable {
    let body: @Sendable () -> Value
    var value: Value?
    init(_ body: @escaping @Sendable () -> Value) { self.body = body }
    override func run() { value = body() }
  }

  private let work: Work
  private var thread: pthread_t?

  init(_ body: @escaping @Sendable () -> Value) {
    work = Work(body)
    // Signals belong to the host's threads.
    var all = sigset_t(), old = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &old)
    var thread = pthread_t()
    let context = Unmanaged<SideWork>.passRetained(work)
    if pthread_create(&thread, nil, sideMain, context.toOpaque()) == 0 {
      self.thread = thread
    } else {
      context.release()
    }
    pthread_sigmask(SIG_SETMASK, &old, nil)
  }

  deinit { join() }

  private func join() {
    if let thread { pthread_join(thread, nil) }
    thread = nil
  }

  /// Where no thread could be started, the work is done now.
  func wait() -> Value {
    join()
    if let value = work.value { return value }
    let value = work.body()
    work.value = value
    return value
  }
}

private class SideWork: @unchecked Sendable {
  func run() {}
}

/// A plain function, as for the threads of `ThreadPool`.
private func sideMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<SideWork>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
