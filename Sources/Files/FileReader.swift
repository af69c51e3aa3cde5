import Diagnostics
import Glibc
import TensorRuntime

/// An open file. Errors name the path, what was found and what was expected.
public final class FileReader: Sendable {
  public let path: String
  /// In bytes; nil for a pipe, whose end is found by reading.
  public let size: Int?
  private let descriptor: Int32

  private init(path: String, size: Int?, descriptor: Int32) {
    self.path = path
    self.size = size
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  public static func open(_ path: String) throws(Diagnostic) -> FileReader {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .fileNameInvalid(path) }
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw problem(path, errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw problem(path, code)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return FileReader(path: path, size: Int(status.st_size), descriptor: descriptor)
    case S_IFIFO: return FileReader(path: path, size: nil, descriptor: descriptor)
    case S_IFDIR:
      close(descriptor)
      throw .fileIsFolder(path)
    default:
      close(descriptor)
      throw .fileIsDevice(path)
    }
  }

  /// Fills `buffer` from the byte `offset` on; a file that ends before is an error.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) {
    guard let base = buffer.baseAddress else { return }
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.problem(path, errno)
      }
      if count == 0 {
        throw .fileTruncated(
          path, offset: offset + done, expected: "\(buffer.count - done) more bytes", found: "the end")
      }
      done += count
    }
  }

  /// The whole content; .gz files (by their first bytes) are unpacked.
  public static func bytes(of path: String) throws(Diagnostic) -> [UInt8] {
    let file = try open(path)
    let raw = try file.readAll()
    return raw.starts(with: Gzip.magic) ? try Gzip.unpack(raw, path: path) : raw
  }

  private func readAll() throws(Diagnostic) -> [UInt8] {
    guard let size else { return try readToEnd() }
    try Self.checkMemory(size, path: path)
    var bytes = [UInt8](repeating: 0, count: size)
    var failure: Diagnostic?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(Diagnostic) { try read(into: buffer, at: 0) } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  private func readToEnd() throws(Diagnostic) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.problem(path, errno)
      }
      if count == 0 { return bytes }
      try Self.checkMemory(bytes.count * 2, path: path)
      bytes.append(contentsOf: chunk.prefix(count))
    }
  }

  static func checkMemory(_ bytes: Int, path: String) throws(Diagnostic) {
    do { try MemoryLimit.check(bytes) } catch {
      throw .fileTooLarge(path, bytes: error.requested, available: error.available)
    }
  }

  private static func problem(_ path: String, _ code: Int32) -> Diagnostic {
    switch code {
    case ENOENT, ENOTDIR: .fileMissing(path, similar: similar(to: path))
    case EACCES, EPERM: .fileNotPermitted(path, writing: false)
    case EISDIR: .fileIsFolder(path)
    default: .fileFailed(path, writing: false, reason: String(cString: strerror(code)))
    }
  }

  /// The file in the same folder whose name is nearest.
  private static func similar(to path: String) -> String? {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? ""
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    guard let listing = opendir(folder.isEmpty ? "." : folder) else { return nil }
    defer { closedir(listing) }
    var names: [String] = []
    while names.count < 10_000, let entry = readdir(listing) { names.append(entry.name) }
    return Suggestion.closest(to: name, among: names).map { folder + $0 }
  }
}

extension UnsafeMutablePointer<dirent> {
  /// The name of a folder's entry.
  public var name: String {
    withUnsafePointer(to: &pointee.d_name) { field in
      field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
  }
}
