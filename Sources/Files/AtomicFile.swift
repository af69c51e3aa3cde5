import Diagnostics
import Glibc

/// A file under construction: written beside its final place, then renamed, so that a killed process leaves the old
/// file or the new one and never a half.
public final class AtomicFile {
  private let path: String
  private let temporary: String
  private let descriptor: Int32

  /// Runs `body`, which writes the content, and puts the file in place when it succeeds. After an error the old file is
  /// as it was.
  public static func write(
    _ path: String, _ body: (AtomicFile) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let file = try AtomicFile(path)
    do {
      try body(file)
      try file.commit()
    } catch {
      unlink(file.temporary)
      throw error
    }
  }

  public static func write(_ path: String, bytes: [UInt8]) throws(Diagnostic) {
    try write(path) { file throws(Diagnostic) in try file.append(bytes) }
  }

  private init(_ name: String) throws(Diagnostic) {
    guard !name.isEmpty, !name.utf8.contains(0) else { throw .fileNameInvalid(name) }
    path = Self.resolved(name)
    let (folder, base) = Self.parts(of: path)
    if name.hasSuffix("/") || Self.isFolder(path) { throw .fileIsFolder(name) }
    Self.removeLeftovers(folder: folder, base: base)
    temporary = "\(folder)/.\(base).\(getpid())\(Self.suffix)"
    descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT, ENOTDIR: throw .folderMissing(folder, for: name)
      case EACCES, EPERM, EROFS: throw .fileNotPermitted(name, writing: true)
      case let code: throw .fileFailed(name, writing: true, reason: String(cString: strerror(code)))
      }
    }
    var old = stat()
    if stat(path, &old) == 0 { fchmod(descriptor, old.st_mode & 0o7777) }
  }

  deinit { close(descriptor) }

  public func append(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, base + done, bytes.count - done)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure()
      }
      done += count
    }
  }

  public func append(_ bytes: [UInt8]) throws(Diagnostic) {
    var problem: Diagnostic?
    bytes.withUnsafeBytes { buffer in
      do throws(Diagnostic) { try append(buffer) } catch { problem = error }
    }
    if let problem { throw problem }
  }

  private func commit() throws(Diagnostic) {
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw failure() }
    // The new name itself must reach the disk too; file systems that cannot do this are no reason to fail.
    let folder = Glibc.open(Self.parts(of: path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  private func failure() -> Diagnostic {
    .fileFailed(path, writing: true, reason: String(cString: strerror(errno)))
  }

  private static let suffix = ".mdl-part"

  /// What processes that were killed while writing this file left behind.
  private static func removeLeftovers(folder: String, base: String) {
    guard let listing = opendir(folder) else { return }
    defer { closedir(listing) }
    let prefix = ".\(base)."
    while let entry = readdir(listing) {
      let name = entry.name
      guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count > prefix.count + suffix.count,
        let process = pid_t(name.dropFirst(prefix.count).dropLast(suffix.count)), process > 0,
        kill(process, 0) != 0, errno == ESRCH
      else { continue }
      unlink("\(folder)/\(name)")
    }
  }

  /// A link is followed, so that writing changes the file it points to and keeps the link.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func parts(of path: String) -> (folder: String, base: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
  }
}
