import CZlib
import Diagnostics

/// Unpacking of .gz data in memory.
public enum Gzip {
  public static let magic: [UInt8] = [0x1f, 0x8b]

  /// All members of a .gz file, one after the other, as `gzip -d` does. `path` is for messages.
  public static func unpack(_ packed: [UInt8], path: String) throws(Diagnostic) -> [UInt8] {
    var stream = z_stream()
    // 16 + 15: a gzip header and the largest window.
    guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .fileTooLarge(path, bytes: nil, available: 0)
    }
    defer { inflateEnd(&stream) }
    var input = packed
    var output = [UInt8](repeating: 0, count: min(max(packed.count * 4, 1 << 16), 1 << 26))
    var read = 0
    var written = 0
    while true {
      if written == output.count {
        try FileReader.checkMemory(output.count * 3, path: path)
        output.append(contentsOf: repeatElement(0, count: output.count))
      }
      let readBefore = read
      let writtenBefore = written
      let status = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
          let inputCount = min(source.count - read, 1 << 30)
          let outputCount = min(target.count - written, 1 << 30)
          stream.next_in = source.baseAddress.map { $0 + read }
          stream.avail_in = UInt32(inputCount)
          stream.next_out = target.baseAddress.map { $0 + written }
          stream.avail_out = UInt32(outputCount)
          let status = inflate(&stream, Z_NO_FLUSH)
          read += inputCount - Int(stream.avail_in)
          written += outputCount - Int(stream.avail_out)
          return status
        }
      }
      switch status {
      case Z_STREAM_END:
        // Whatever follows and does not start like another member is padding.
        guard packed.count - read >= 2, packed[read] == magic[0], packed[read + 1] == magic[1] else {
          output.removeLast(output.count - written)
          return output
        }
        inflateReset(&stream)
      case Z_OK, Z_BUF_ERROR:
        if read == packed.count, written < output.count {
          throw .gzipDamaged(path, offset: read, truncated: true)
        }
        if read == readBefore, written == writtenBefore, written < output.count {
          throw .gzipDamaged(path, offset: read, truncated: false)
        }
      default:
        throw .gzipDamaged(path, offset: read, truncated: false)
      }
    }
  }
}
