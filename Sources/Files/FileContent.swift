import Diagnostics

/// What a file holds, read where it is needed: from the file itself, or from memory where it is packed or a pipe.
public final class FileContent: Sendable {
  private enum Source: Sendable {
    case file(FileReader)
    case memory([UInt8])
  }
  private let source: Source
  /// In bytes.
  public let count: Int

  private init(_ source: Source, _ count: Int) {
    self.source = source
    self.count = count
  }

  /// Packed files and pipes.
  public var isInMemory: Bool { if case .memory = source { true } else { false } }

  public static func open(_ path: String) throws(Diagnostic) -> FileContent {
    let file = try FileReader.open(path)
    if let size = file.size {
      let content = FileContent(.file(file), size)
      let begin = try content.bytes(0..<min(size, Gzip.magic.count))
      if !begin.starts(with: Gzip.magic) || begin.isEmpty { return content }
    }
    let bytes = try FileReader.bytes(of: path)
    return FileContent(.memory(bytes), bytes.count)
  }

  /// Fills `buffer` from the byte `offset` on.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) {
    switch source {
    case .file(let file): try file.read(into: buffer, at: offset)
    case .memory(let bytes): bytes[offset..<offset + buffer.count].withUnsafeBytes { buffer.copyMemory(from: $0) }
    }
  }

  public func bytes(_ range: Range<Int>) throws(Diagnostic) -> [UInt8] {
    if case .memory(let bytes) = source { return Array(bytes[range]) }
    if case .file(let file) = source { try FileReader.checkMemory(range.count, path: file.path) }
    var result = [UInt8](repeating: 0, count: range.count)
    var failure: Diagnostic?
    result.withUnsafeMutableBytes { buffer in
      do throws(Diagnostic) { try read(into: buffer, at: range.lowerBound) } catch { failure = error }
    }
    if let failure { throw failure }
    return result
  }
}
