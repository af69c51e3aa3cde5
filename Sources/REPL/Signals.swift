import Glibc
import Synchronization

/// What the terminal tells the process while it works or waits. The handlers set flags and wake the reader, no more.
public enum Signals {
  private static let interrupts = Atomic<Int>(0)
  private static let resizes = Atomic<Bool>(false)
  private static let continues = Atomic<Bool>(false)
  /// The end of a pipe that a handler writes to, so that a waiting `poll` returns whichever thread got the signal.
  private static let wakeUp = Atomic<Int32>(-1)
  nonisolated(unsafe) private static var onInterrupt: (@Sendable () -> Void)?

  /// Catches Ctrl-C from now on. `action` runs in the signal handler: it may only store to atomics. After three that
  /// nothing has answered, the fourth ends the process.
  public static func catchInterrupts(_ action: @escaping @Sendable () -> Void) {
    onInterrupt = action
    interrupts.store(0, ordering: .relaxed)
    install(SIGINT) { _ in
      let code = errno
      if Signals.interrupts.add(1, ordering: .relaxed).newValue > 3 { _exit(130) }
      Signals.onInterrupt?()
      Signals.wake()
      errno = code
    }
  }

  /// Also follows the window's size and the return from Ctrl-Z. Gives the descriptor that becomes readable when
  /// something has happened, -1 if the system has none left.
  static func watchTerminal() -> Int32 {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return -1 }
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    wakeUp.store(ends[1], ordering: .relaxed)
    resizes.store(false, ordering: .relaxed)
    continues.store(false, ordering: .relaxed)
    install(SIGWINCH) { _ in
      let code = errno
      Signals.resizes.store(true, ordering: .relaxed)
      Signals.wake()
      errno = code
    }
    install(SIGCONT) { _ in
      let code = errno
      Signals.continues.store(true, ordering: .relaxed)
      Signals.wake()
      errno = code
    }
    return ends[0]
  }

  /// Whether Ctrl-C was pressed since the last call.
  public static func takeInterrupt() -> Bool { interrupts.exchange(0, ordering: .relaxed) > 0 }
  static func takeResize() -> Bool { resizes.exchange(false, ordering: .relaxed) }
  static func takeContinue() -> Bool { continues.exchange(false, ordering: .relaxed) }

  /// A closed pipe ends the process without a message, as it does other commands.
  public static func endOnClosedPipe() { signal(SIGPIPE, SIG_DFL) }

  private static func wake() {
    var byte: UInt8 = 0
    let descriptor = wakeUp.load(ordering: .relaxed)
    if descriptor >= 0 { write(descriptor, &byte, 1) }
  }

  private static func install(_ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    sigemptyset(&action.sa_mask)
    // Without SA_RESTART: a waiting read returns.
    action.sa_flags = 0
    sigaction(number, &action, nil)
  }
}
