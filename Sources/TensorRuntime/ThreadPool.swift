import CKernelSupport
import Glibc
import KernelTypes

/// The threads that kernels are split over. Workers start with the first split job, spin for 100 microseconds after the
/// last one and then sleep. A job never waits for a sleeping worker: whoever is awake takes the next part. One caller
/// at a time has the workers; others, and jobs inside jobs, run on the calling thread alone. Results do not depend on
/// who did what.
public final class ThreadPool: @unchecked Sendable {
  public static let shared = ThreadPool()

  /// Work shorter than this is not split, in nanoseconds.
  static let splitThreshold = 20_000
  private static let spinNanoseconds = 100_000
  /// Workers are woken for so much work within a millisecond.
  private static let wakeThreshold = 100_000
  private static let openBit: UInt64 = 1 << 31
  private static let activeMask: UInt64 = openBit - 1

  /// One word of state: generation (upper half), open, number of workers inside. In raw memory, each on its own cache
  /// lines, because threads share them.
  private let memory: UnsafeMutableRawPointer
  private let state: UnsafeMutablePointer<UInt64>
  private let nextItem: UnsafeMutablePointer<UInt64>
  private let wakeWord: UnsafeMutablePointer<UInt32>
  private let sleepers: UnsafeMutablePointer<UInt32>
  private let owner: UnsafeMutablePointer<UInt32>
  private let failureLock: UnsafeMutablePointer<UInt32>

  // The job. Written by its owner while closed, read by workers inside.
  private var function: KernelFunction?
  private var arguments: UnsafeMutableRawPointer
  private var itemCount = 0
  private var leastPart = 1
  private var sharers = 1
  private var failedItem = Int.max
  private var failure = 0

  // Read and written by the owner of the workers.
  private var shortWork = 0
  private var lastShort = 0

  private var startedWorkers = 0
  private let configuredCount: UnsafeMutablePointer<UInt32>

  private init() {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 128 * 7, alignment: 128)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: 128 * 7)
    func word<T>(_ index: Int, as _: T.Type) -> UnsafeMutablePointer<T> {
      (memory + 128 * index).assumingMemoryBound(to: T.self)
    }
    state = word(0, as: UInt64.self)
    nextItem = word(1, as: UInt64.self)
    wakeWord = word(2, as: UInt32.self)
    sleepers = word(3, as: UInt32.self)
    owner = word(4, as: UInt32.self)
    failureLock = word(5, as: UInt32.self)
    configuredCount = word(6, as: UInt32.self)
    self.memory = memory
    arguments = memory
    kernel_store32(configuredCount, UInt32(ThreadPool.onlineProcessors))
  }

  /// Threads that a job may use, the caller's included; at least 1. By default the processors that this process may
  /// use.
  public var threadCount: Int {
    get { Int(kernel_load32(configuredCount)) }
    set { kernel_store32(configuredCount, UInt32(max(1, min(newValue, 1024)))) }
  }

  /// The processors that this process may run on.
  public static var onlineProcessors: Int {
    max(1, Int(kernel_processor_count()))
  }

  /// Calls `function` on parts of 0 ..< `items` that cover it, on several threads where the whole takes long enough.
  /// `nanoseconds` is an estimate for one thread; parts are multiples of `grain` items. Denormals count as zero inside.
  /// Gives 0 or the result of the first part that failed.
  public func run(
    _ function: KernelFunction, _ arguments: UnsafeMutableRawPointer, items: Int, grain: Int = 1, nanoseconds: Int
  ) -> Int {
    guard items > 0 else { return 0 }
    let thread = ThreadMemory.current
    let host = kernel_flush_denormals()
    defer { kernel_restore_denormals(host) }
    let threads = threadCount
    guard nanoseconds >= Self.splitThreshold, threads > 1, items > grain, !thread.pointee.isInside,
      kernel_exchange_if32(owner, 0, 1)
    else { return function(arguments, 0, items, thread.pointee.scratch) }
    let grains = (items + grain - 1) / grain
    defer { kernel_store32(owner, 0) }
    startWorkers(threads - 1)

    // Parts get smaller toward the end, so that the threads finish together whatever else the machine does, but none
    // is shorter than some five microseconds.
    let parts = max(1, min(grains, threads * 32, max(threads, nanoseconds / 5_000)))
    self.function = function
    self.arguments = arguments
    itemCount = items
    leastPart = (grains + parts - 1) / parts * grain
    sharers = threads
    failedItem = .max
    failure = 0
    kernel_store64(nextItem, 0)
    let generation = (kernel_load64(state) >> 32) &+ 1
    kernel_store64(state, generation << 32 | Self.openBit)
    if kernel_load32(sleepers) > 0, isWorthWaking(nanoseconds) {
      _ = kernel_add32(wakeWord, 1)
      kernel_futex_wake_all(wakeWord)
    }
    thread.pointee.isInside = true
    work(thread.pointee.scratch)
    thread.pointee.isInside = false
    _ = kernel_clear_bits64(state, Self.openBit)
    var spins = 0
    while kernel_load64(state) & Self.activeMask != 0 {
      kernel_pause()
      spins += 1
      // A worker that the system has set aside needs the processor.
      if spins & 1023 == 0 { sched_yield() }
    }
    return failure
  }

  /// To wake a thread costs some 30 microseconds, and as much passes until it begins: not for a short job by itself.
  private func isWorthWaking(_ nanoseconds: Int) -> Bool {
    let now = Clock.nanoseconds
    if now - lastShort > 1_000_000 { shortWork = 0 }
    shortWork += nanoseconds
    lastShort = now
    return shortWork >= Self.wakeThreshold
  }

  /// Runs `body` with denormals counting as zero on this thread: what runs kernels one after another switches once.
  public static func withoutDenormals<R>(_ body: () -> R) -> R {
    let host = kernel_flush_denormals()
    defer { kernel_restore_denormals(host) }
    return body()
  }

  /// The same for plain Swift: `body` gets parts of 0 ..< `items` and gives 0 or an encoded status.
  func run(items: Int, grain: Int = 1, nanoseconds: Int, _ body: (_ begin: Int, _ end: Int) -> Int) -> Int {
    if nanoseconds < Self.splitThreshold || threadCount == 1 {
      // Work that is not split needs no memory for the closure.
      guard items > 0 else { return 0 }
      let host = kernel_flush_denormals()
      defer { kernel_restore_denormals(host) }
      return body(0, items)
    }
    return withoutActuallyEscaping(body) { body in
      var box = Body(call: body)
      return withUnsafeMutablePointer(to: &box) { box in
        run(
          { context, begin, end, _ in context.assumingMemoryBound(to: Body.self).pointee.call(begin, end) }, box,
          items: items, grain: grain, nanoseconds: nanoseconds)
      }
    }
  }

  private struct Body {
    var call: (Int, Int) -> Int
  }

  /// Takes parts until none is left: each time half of what would be this thread's share of the rest.
  private func work(_ scratch: UnsafeMutableRawPointer) {
    guard let function else { return }
    while true {
      let seen = kernel_load64(nextItem)
      let begin = Int(truncatingIfNeeded: seen)
      guard begin < itemCount else { return }
      let leastParts = max(1, (itemCount - begin) / (2 * sharers * leastPart))
      let end = min(begin + leastParts * leastPart, itemCount)
      guard kernel_exchange_if64(nextItem, seen, UInt64(end)) else { continue }
      let result = function(arguments, begin, end, scratch)
      if result != 0 { record(result, begin) }
    }
  }

  private func record(_ result: Int, _ begin: Int) {
    while !kernel_exchange_if32(failureLock, 0, 1) { kernel_pause() }
    if begin < failedItem { (failedItem, failure) = (begin, result) }
    kernel_store32(failureLock, 0)
  }

  private func startWorkers(_ count: Int) {
    while startedWorkers < count {
      startedWorkers += 1
      var thread = pthread_t()
      let index = UnsafeMutableRawPointer(bitPattern: startedWorkers)
      // Signals belong to the host's threads.
      var all = sigset_t(), old = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_SETMASK, &all, &old)
      let failed = pthread_create(&thread, nil, workerMain, index)
      pthread_sigmask(SIG_SETMASK, &old, nil)
      if failed == 0 { pthread_detach(thread) }
    }
  }

  fileprivate func workerLoop(index: Int) {
    _ = kernel_flush_denormals()
    let thread = ThreadMemory.current
    thread.pointee.isInside = true
    var lastGeneration: UInt64 = 0
    var idleSince = Clock.nanoseconds
    var spins = 0
    while true {
      let seen = kernel_load64(state)
      if seen & Self.openBit != 0, seen >> 32 != lastGeneration, index < threadCount {
        if kernel_exchange_if64(state, seen, seen + 1) {
          lastGeneration = seen >> 32
          work(thread.pointee.scratch)
          _ = kernel_add64(state, UInt64.max)
          idleSince = Clock.nanoseconds
        }
        continue
      }
      kernel_pause()
      spins += 1
      guard spins & 63 == 0, Clock.nanoseconds - idleSince > Self.spinNanoseconds else { continue }
      let word = kernel_load32(wakeWord)
      _ = kernel_add32(sleepers, 1)
      let again = kernel_load64(state)
      if again & Self.openBit == 0 || again >> 32 == lastGeneration || index >= threadCount {
        kernel_futex_wait(wakeWord, word)
      }
      _ = kernel_add32(sleepers, UInt32.max)
      idleSince = Clock.nanoseconds
    }
  }
}

/// A plain function: a closure given to pthread_create may carry an actor along and end the process.
private func workerMain(_ index: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  ThreadPool.shared.workerLoop(index: Int(bitPattern: index))
  return nil
}

/// What each thread that runs kernels owns; freed when it ends.
struct ThreadMemory {
  var scratch: UnsafeMutableRawPointer
  /// Inside a job: no further splitting.
  var isInside: Bool
  var level: KernelLevel

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { pointer in
      guard let pointer else { return }
      let memory = pointer.assumingMemoryBound(to: ThreadMemory.self)
      memory.pointee.scratch.deallocate()
      memory.deallocate()
    }
    return key
  }()

  static var current: UnsafeMutablePointer<ThreadMemory> {
    if let pointer = pthread_getspecific(key) { return pointer.assumingMemoryBound(to: ThreadMemory.self) }
    let memory = UnsafeMutablePointer<ThreadMemory>.allocate(capacity: 1)
    memory.initialize(
      to: ThreadMemory(
        scratch: .allocate(byteCount: kernelScratchBytes, alignment: 4096), isInside: false,
        level: .best))
    pthread_setspecific(key, memory)
    return memory
  }
}
