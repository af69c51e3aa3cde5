import Glibc

/// Frees long chains of containers step by step: a list of lists of lists, a million deep, must not use up the native
/// stack when its last reference goes.
enum Reclaiming {
  private final class Queue {
    var depth = 0
    var pending: [[Value]] = []
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { pointer in
      guard let pointer else { return }
      Unmanaged<Queue>.fromOpaque(pointer).release()
    }
    return key
  }()

  private static var queue: Queue {
    if let known = pthread_getspecific(key) { return Unmanaged<Queue>.fromOpaque(known).takeUnretainedValue() }
    let queue = Queue()
    pthread_setspecific(key, Unmanaged.passRetained(queue).toOpaque())
    return queue
  }

  /// Called from `deinit` of a container with what it holds. Beyond some depth the values wait until the outer ones are
  /// gone.
  static func free(_ values: inout [Value]) {
    guard values.contains(where: \.isContainer) else { return }
    let queue = queue
    if queue.depth >= 64 {
      queue.pending.append(values)
      values = []
      return
    }
    queue.depth += 1
    values = []
    queue.depth -= 1
    if queue.depth == 0 {
      queue.depth = 1
      while var next = queue.pending.popLast() { next.removeAll() }
      queue.depth = 0
    }
  }
}

extension Value {
  /// Whether freeing it may free more values.
  fileprivate var isContainer: Bool {
    guard case .object(let object) = self else { return false }
    switch object.kind {
    case .text, .range, .tensor, .tracer, .builtin: return false
    default: return true
    }
  }
}
