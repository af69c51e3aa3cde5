import Glibc
import Terminal

/// The entries of this and earlier sessions, oldest first. The file holds one entry a line, with `\n` and `\\` written
/// as escapes; sessions that run side by side append to it one after the other.
final class History {
  private(set) var entries: [String] = []
  let path: String?
  /// Why the history is not kept, once; nil while all is well.
  private(set) var problem: String?

  private static let kept = 10_000

  /// `path` nil: nothing is read or written.
  init(path: String?) {
    self.path = path
    load()
  }

  /// `$XDG_STATE_HOME/mdl/history`, else `~/.local/state/mdl/history`; nil where there is no home.
  static var standardPath: String? {
    if let state = environmentVariable("XDG_STATE_HOME"), state.hasPrefix("/") { return state + "/mdl/history" }
    guard let home = environmentVariable("HOME"), !home.isEmpty else { return nil }
    return home + "/.local/state/mdl/history"
  }

  /// Adds an entry and appends it to the file; an entry like the last one is kept once.
  func add(_ entry: String) {
    guard !entry.isEmpty, entry != entries.last else { return }
    entries.append(entry)
    withFile(O_RDWR | O_APPEND | O_CREAT) { file in
      var line = Array(History.encode(entry).utf8)
      // A line that another session could not finish must not swallow this one.
      var last: UInt8 = 10
      let size = lseek(file, 0, SEEK_END)
      if size > 0, pread(file, &last, 1, size - 1) == 1, last != 10 { line.insert(10, at: 0) }
      line.append(10)
      return write(file, line, line.count) == line.count
    }
  }

  /// The newest entry before position `index` (nil: from the end) that begins with `prefix` and is not `current`.
  func previous(before index: Int?, prefix: String, except current: String) -> Int? {
    entries[..<min(index ?? entries.count, entries.count)].lastIndex { $0.hasPrefix(prefix) && $0 != current }
  }

  func next(after index: Int, prefix: String, except current: String) -> Int? {
    guard index + 1 < entries.count else { return nil }
    return entries[(index + 1)...].firstIndex { $0.hasPrefix(prefix) && $0 != current }
  }

  static func encode(_ entry: String) -> String {
    var result = ""
    for scalar in entry.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func decode(_ line: Substring) -> String {
    var result = ""
    var escaped = false
    for scalar in line.unicodeScalars {
      if escaped {
        result.unicodeScalars.append(scalar == "n" ? "\n" : scalar)
        escaped = false
      } else if scalar == "\\" {
        escaped = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Reads the file, and shortens it when it has grown to much more than is kept.
  private func load() {
    guard let path else { return }
    guard access(path, F_OK) == 0 else { return }
    withFile(O_RDWR) { file in
      guard let bytes = readAll(file) else { return false }
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      entries = lines.suffix(History.kept).map(History.decode)
      guard lines.count > History.kept * 5 / 4 else { return true }
      let text = Array((lines.suffix(History.kept).joined(separator: "\n") + "\n").utf8)
      return pwrite(file, text, text.count, 0) == text.count && ftruncate(file, off_t(text.count)) == 0
    }
  }

  /// Opens and locks the file for `body`, which says whether it went well. The first problem ends the keeping.
  private func withFile(_ flags: Int32, _ body: (Int32) -> Bool) {
    guard let path, problem == nil else { return }
    if flags & O_CREAT != 0 { makeDirectories(for: path) }
    let file = open(path, flags | O_CLOEXEC, 0o600)
    guard file >= 0 else { return fail() }
    defer { close(file) }
    guard flock(file, LOCK_EX) == 0, body(file) else { return fail() }
  }

  private func fail() {
    problem = "the history is not kept: \(path ?? ""): \(String(cString: strerror(errno)))"
  }
}

/// Makes the missing directories above `path`.
private func makeDirectories(for path: String) {
  var directory = ""
  for part in path.split(separator: "/").dropLast() {
    directory += "/" + part
    mkdir(directory, 0o700)
  }
}

/// The rest of an open file; nil on an error.
func readAll(_ file: Int32) -> [UInt8]? {
  var result: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(file, &block, block.count)
    if count > 0 { result.append(contentsOf: block[..<count]) } else if count == 0 { return result } else if errno != EINTR {
      return nil
    }
  }
}
