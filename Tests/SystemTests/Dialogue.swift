import Foundation

/// The built mdl in a pseudo-terminal of 24 rows and 80 columns, and somebody who types.
final class Dialogue {
  struct Timeout: Error, CustomStringConvertible {
    let wanted: String
    let seen: String
    var description: String { "waited for \(wanted.debugDescription), saw \(seen.debugDescription)" }
  }

  private let terminal: Int32
  private let process: pid_t
  private var unread = ""
  private var bytes: [UInt8] = []
  private var hasEnded = false

  init(_ arguments: [String] = [], environment: [String: String] = [:]) throws {
    // As posix_openpt, unlockpt and ptsname do, which Swift does not see.
    terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    let (unlock, askNumber) = (UInt(0x4004_5431), UInt(0x8004_5430))
    var (locked, number) = (Int32(0), Int32(-1))
    guard terminal >= 0, ioctl(terminal, unlock, &locked) == 0, ioctl(terminal, askNumber, &number) == 0 else {
      throw POSIXError(.ENXIO)
    }
    let name = "/dev/pts/\(number)"
    var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // The first terminal that a session's leader opens becomes the one that Ctrl-C comes from.
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Threads of a test block signals, which a child would inherit.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    let newSession = Int16(0x80)  // POSIX_SPAWN_SETSID
    posix_spawnattr_setflags(&attributes, newSession | Int16(POSIX_SPAWN_SETSIGMASK))
    let words = ([BuiltProgram.path] + arguments).map { strdup($0) }
    let variables = BuiltProgram.environment(environment).map { strdup("\($0.key)=\($0.value)") }
    defer { (words + variables).forEach { free($0) } }
    var child = pid_t()
    let code = posix_spawn(&child, BuiltProgram.path, &actions, &attributes, words + [nil], variables + [nil])
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    process = child
  }

  deinit {
    if !hasEnded {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    close(terminal)
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count {
      let count = write(terminal, Array(bytes[start...]), bytes.count - start)
      if count <= 0 { return }
      start += count
    }
  }

  /// A whole line and Enter.
  func enter(_ text: String) { type(text + "\r") }

  func resize(columns: Int) {
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
  }

  /// Waits until `text` has been shown, colours and cursor movements aside, after what was expected before. Gives what
  /// was shown up to it.
  @discardableResult func expect(_ text: String, seconds: Double = 60) throws -> String {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while true {
      if let found = unread.range(of: text) {
        let before = String(unread[..<found.lowerBound])
        unread = String(unread[found.upperBound...])
        return before
      }
      guard Date() < deadline, read() else { throw Timeout(wanted: text, seen: unread) }
    }
  }

  /// Waits for the end: the exit status, or 128 and the signal's number.
  func exitStatus() throws -> Int32 {
    let deadline = Date(timeIntervalSinceNow: 60)
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      guard Date() < deadline else { throw Timeout(wanted: "the end", seen: unread) }
      _ = read()
    }
    hasEnded = true
    while read() {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
  }

  /// What was shown and not expected yet.
  var rest: String { unread }

  /// Takes in what the program has written; false when there will be no more.
  private func read() -> Bool {
    var source = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
    guard poll(&source, 1, 50) > 0 else { return !hasEnded }
    var block = [UInt8](repeating: 0, count: 1 << 16)
    let count = Foundation.read(terminal, &block, block.count)
    guard count > 0 else { return false }
    bytes += block[..<count]
    takeText()
    return true
  }

  /// Moves complete characters to `unread`, without escape sequences and carriage returns.
  private func takeText() {
    var text: [UInt8] = []
    var index = 0
    scan: while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x1B {
        guard index + 1 < bytes.count else { break }
        var end = index + 2
        if bytes[index + 1] == UInt8(ascii: "[") {
          while end < bytes.count, !(0x40...0x7E).contains(bytes[end]) { end += 1 }
          guard end < bytes.count else { break scan }
          end += 1
        }
        index = end
        continue
      }
      let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      guard index + length <= bytes.count else { break }
      if byte != 13 && byte != 7 { text += bytes[index..<index + length] }
      index += length
    }
    bytes.removeFirst(index)
    unread += String(decoding: text, as: UTF8.self)
  }
}
