import Glibc

/// Lines of standard input where libedit can't be used.
final class LineReader {
  private var pending: [UInt8] = []

  /// The next line without its end. Ctrl-C drops what has been read of it.
  func next() -> Input {
    var block = [UInt8](repeating: 0, count: 4096)
    while true {
      if let end = pending.firstIndex(of: 10) {
        defer { pending.removeFirst(end + 1) }
        return .entry(String(decoding: pending[..<end], as: UTF8.self))
      }
      let wake = Signals.takeInterrupt()
      if wake {
        pending = []
        return .cancelled
      }
      let count = read(STDIN_FILENO, &block, block.count)
      if count > 0 {
        pending += block[..<count]
      } else if count == 0 || errno != EINTR {
        guard !pending.isEmpty else { return .end }
        defer { pending = [] }
        return .entry(String(decoding: pending, as: UTF8.self))
      }
    }
  }
}
