import Glibc
import Synchronization

/// A thread that asks the machine a thousand times a second where it is.
final class LineSampler {
  private final class State: Sendable {
    let isWanted = Atomic<Bool>(true)
    let isStopped = Atomic<Bool>(false)
    let interrupt: InterruptFlag
    init(_ interrupt: InterruptFlag) { self.interrupt = interrupt }
  }
  private let state: State
  private var thread = pthread_t()
  private var isRunning: Bool

  init(_ interrupt: InterruptFlag) {
    state = State(interrupt)
    let passed = Unmanaged.passRetained(state)
    isRunning =
      pthread_create(
        &thread, nil,
        { pointer in
          guard let pointer else { return nil }
          let state = Unmanaged<State>.fromOpaque(pointer).takeRetainedValue()
          while !state.isStopped.load(ordering: .relaxed) {
            usleep(1000)
            if state.isWanted.load(ordering: .relaxed) { state.interrupt.requestSample() }
          }
          return nil
        }, passed.toOpaque()) == 0
    if !isRunning { passed.release() }
  }

  /// Whether the machine is at work that samples are for.
  var isWanted: Bool {
    get { state.isWanted.load(ordering: .relaxed) }
    set { state.isWanted.store(newValue, ordering: .relaxed) }
  }

  func stop() {
    guard isRunning else { return }
    state.isStopped.store(true, ordering: .relaxed)
    pthread_join(thread, nil)
    isRunning = false
    _ = state.interrupt.takeSample()
  }

  deinit { stop() }
}
