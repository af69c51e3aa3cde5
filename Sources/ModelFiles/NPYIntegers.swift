import Diagnostics
import Files

/// Whole numbers [n] in an .npy file, read piece by piece.
public final class NPYIntegers: Sendable {
  public let count: Int
  private let content: FileContent
  private let start: Int
  private let size: Int
  private let isSigned: Bool

  private init(_ content: FileContent, start: Int, count: Int, size: Int, isSigned: Bool) {
    self.content = content
    self.start = start
    self.count = count
    self.size = size
    self.isSigned = isSigned
  }

  public static func open(_ path: String) throws(Diagnostic) -> NPYIntegers {
    let content = try FileContent.open(path)
    let (header, start) = try NPY.header(of: content, path: path)
    let sizes = ["<i8": 8, "<i4": 4, "<i2": 2, "<u4": 4, "<u2": 2, "|u1": 1, "|i1": 1]
    guard let size = sizes[header.descr] else { throw .npyTokens(path, found: header.descr) }
    guard header.shape.count == 1, let count = header.shape.first else {
      throw .npyTokens(path, found: "\(header.shape.count) dimensions")
    }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, content.count - start == bytes else {
      throw .npySize(path, shape: "[\(count)]", expected: bytes, found: content.count - start)
    }
    return NPYIntegers(
      content, start: start, count: count, size: size, isSigned: header.descr.dropFirst().first == "i")
  }

  /// A range of 0 ..< count.
  public func read(_ range: Range<Int>, into target: UnsafeMutablePointer<Int>) throws(Diagnostic) {
    if size == 8 {
      let buffer = UnsafeMutableRawBufferPointer(start: target, count: range.count * 8)
      return try content.read(into: buffer, at: start + range.lowerBound * 8)
    }
    let bytes = try content.bytes(start + range.lowerBound * size..<start + range.upperBound * size)
    for index in 0..<range.count {
      var value: UInt64 = 0
      for byte in 0..<size { value |= UInt64(bytes[index * size + byte]) << (8 * byte) }
      let unused = 64 - 8 * size
      target[index] =
        isSigned ? Int(Int64(bitPattern: value << unused) >> unused) : Int(truncatingIfNeeded: value)
    }
  }
}
