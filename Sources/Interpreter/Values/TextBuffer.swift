/// Bytes of texts that grow at the end: `s = s + x` in a loop appends here instead of copying s each time. Every text
/// keeps its own length, so the shorter ones stay as they are.
final class TextBuffer {
  @exclusivity(unchecked) fileprivate(set) var bytes: [UInt8] = []

  /// From this length on it pays.
  static let threshold = 512
}

extension TextValue {
  /// Whether appending takes no new memory.
  func hasRoom(for other: TextValue) -> Bool {
    guard let buffer, buffer.bytes.count == byteCount else { return false }
    return buffer.bytes.capacity - byteCount >= other.byteCount
  }

  /// The text with another at its end.
  func appending(_ other: TextValue) -> TextValue {
    let count = byteCount
    guard count >= TextBuffer.threshold else { return TextValue(text + other.text) }
    let shared: TextBuffer
    if let buffer, buffer.bytes.count == count {
      shared = buffer
    } else {
      shared = TextBuffer()
      shared.bytes.reserveCapacity(2 * (count + other.byteCount))
      shared.bytes.append(contentsOf: text.utf8)
    }
    shared.bytes.append(contentsOf: other.text.utf8)
    return TextValue(shared, count: shared.bytes.count)
  }
}
