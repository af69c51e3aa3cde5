import Diagnostics
import Files

/// Plain UTF-8 text.
public enum TextFile {
  /// The whole text without a byte order mark; .gz files are unpacked. An empty file is an empty text.
  public static func text(_ path: String) throws(Diagnostic) -> String {
    let bytes = try FileReader.bytes(of: path)
    let start = bytes.isEmpty ? 0 : try checkedStart(bytes, name: path, expected: "a text")
    guard let text = String(validating: bytes[start...], as: UTF8.self) else {
      throw invalid(bytes[start...], name: path, firstLine: 1)
    }
    return text
  }

  /// Where the bytes stop being UTF-8; the first stands on `firstLine`.
  static func invalid(_ bytes: ArraySlice<UInt8>, name: String, firstLine: Int) -> Diagnostic {
    let offset = invalidOffset(bytes)
    let line = bytes[..<offset].reduce(firstLine) { $0 + ($1 == 0x0a ? 1 : 0) }
    return .notUTF8(name, line: line, byte: bytes[offset])
  }

  /// The lines without their ends (LF, CRLF). A line end at the end of the file starts no further line.
  public static func lines(_ path: String) throws(Diagnostic) -> [String] {
    var lines: [String] = []
    let text = try text(path)
    for line in text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false) {
      lines.append(String(Substring(line.last == 0x0d ? line.dropLast() : line)))
    }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// Where the text starts behind a byte order mark; errors for what is plainly no UTF-8 text.
  static func checkedStart(_ bytes: [UInt8], name: String, expected: String) throws(Diagnostic) -> Int {
    if bytes.isEmpty { throw .fileEmpty(name, expected: expected) }
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) { throw .utf16Text(name) }
    let known: [([UInt8], String)] = [
      ([0x50, 0x4b, 3, 4], "a zip archive or spreadsheet"), ([0x89, 0x50, 0x4e, 0x47], "a PNG picture"),
      ([0xff, 0xd8, 0xff], "a JPEG picture"), ([0x25, 0x50, 0x44, 0x46], "a PDF document"),
      ([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], "an npy array"),
    ]
    if let match = known.first(where: { bytes.starts(with: $0.0) }) {
      throw .binaryNotText(name, line: 1, looksLike: match.1)
    }
    if let zero = bytes.firstIndex(of: 0) {
      let line = bytes[..<zero].reduce(1) { $0 + ($1 == 0x0a ? 1 : 0) }
      throw .binaryNotText(name, line: line, looksLike: nil)
    }
    return bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
  }

  static func firstInvalidByte(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt8 { bytes[invalidOffset(bytes)] }

  /// The index of the first byte that does not continue valid UTF-8; the last index when all are valid.
  private static func invalidOffset<Bytes: RandomAccessCollection>(_ bytes: Bytes) -> Int
  where Bytes.Element == UInt8, Bytes.Index == Int {
    var position = bytes.startIndex
    while position < bytes.endIndex {
      let lead = bytes[position]
      let length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
      let end = position + length
      guard length > 0, end <= bytes.endIndex, String(validating: bytes[position..<end], as: UTF8.self) != nil else {
        return position
      }
      position = end
    }
    return max(bytes.endIndex - 1, bytes.startIndex)
  }
}
