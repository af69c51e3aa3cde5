/// Text. Indexing and length count Unicode characters.
public final class TextValue: HeapObject {
  /// Made when it is first asked for, if the text was put together in a buffer.
  @exclusivity(unchecked) private var known: String?
  /// The same: whether the text is plain, and its hash (0: not asked for yet).
  @exclusivity(unchecked) private var plainness: Bool?
  @exclusivity(unchecked) private var knownHash: UInt32 = 0
  /// The buffer whose first `byteCount` bytes are the text.
  let buffer: TextBuffer?
  let byteCount: Int

  public init(_ text: String) {
    known = text
    buffer = nil
    byteCount = text.utf8.count
    super.init(.text)
  }

  init(_ buffer: TextBuffer, count: Int) {
    self.buffer = buffer
    byteCount = count
    super.init(.text)
  }

  /// Whether every character is one byte: ASCII, and no carriage return, which is one character with a line feed.
  var isPlain: Bool {
    if plainness == nil { plainness = text.utf8.allSatisfy { $0 < 0x80 && $0 != 13 } }
    return plainness == true
  }

  /// Character `position` of a plain text.
  func plainCharacter(_ position: Int) -> Value {
    let bytes = text.utf8
    return Self.characters[Int(bytes[bytes.index(bytes.startIndex, offsetBy: position)] & 0x7f)]
  }

  /// The texts of one ASCII character: loops over texts need not make them.
  private nonisolated(unsafe) static let characters: [Value] = (0..<128).map { byte in
    .object(TextValue(String(UnicodeScalar(UInt8(byte)))))
  }

  /// What dicts find the text by.
  var hash: UInt32 {
    if knownHash == 0 { knownHash = UInt32(truncatingIfNeeded: text.hashValue) | 1 }
    return knownHash
  }

  public var text: String {
    if let known { return known }
    let text = String(decoding: (buffer?.bytes ?? [])[..<byteCount], as: UTF8.self)
    known = text
    return text
  }
}

/// A list: a value to the user. Whoever changes `elements` holds the only reference, or copies first.
public final class ListValue: HeapObject {
  @exclusivity(unchecked) public var elements: [Value]
  public init(_ elements: [Value]) {
    self.elements = elements
    super.init(.list)
  }

  deinit { Reclaiming.free(&elements) }
}

public final class TupleValue: HeapObject {
  public private(set) var elements: [Value]
  public init(_ elements: [Value]) {
    self.elements = elements
    super.init(.tuple)
  }

  deinit { Reclaiming.free(&elements) }
}

/// Named fields in order. Changed like a list: only when uniquely referenced.
public final class RecordValue: HeapObject {
  public let names: [String]
  @exclusivity(unchecked) public var values: [Value]
  public init(names: [String], values: [Value]) {
    self.names = names
    self.values = values
    super.init(.record)
  }
  public func value(of name: String) -> Value? {
    names.firstIndex(of: name).map { values[$0] }
  }

  deinit { Reclaiming.free(&values) }
}

/// An insertion-ordered dictionary with Int, Float, Bool, Text or tuple keys.
public final class DictValue: HeapObject {
  @exclusivity(unchecked) public var keys: [Value]
  @exclusivity(unchecked) public var values: [Value]
  @exclusivity(unchecked) var index = KeyIndex()
  public init() {
    keys = []
    values = []
    super.init(.dict)
  }

  deinit { Reclaiming.free(&values) }
}

/// lower ..< upper; `0...n` is kept as 0 ..< n + 1.
public final class RangeValue: HeapObject {
  public let lower: Int
  public let upper: Int
  public init(lower: Int, upper: Int) {
    self.lower = lower
    self.upper = upper
    super.init(.range)
  }
  /// The number of elements; of more than an Int holds, the largest Int.
  public var count: Int {
    let (count, overflow) = upper.subtractingReportingOverflow(lower)
    return overflow ? (lower < upper ? Int.max : 0) : max(0, count)
  }
}

/// A captured `var`: shared between the function that owns it and the closures that read or set it.
public final class CellValue: HeapObject {
  @exclusivity(unchecked) public var value: Value
  /// A variable from outside the function being traced: it can be read there, not set.
  @exclusivity(unchecked) public var isSealed = false
  public init(_ value: Value) {
    self.value = value
    super.init(.cell)
  }

  deinit {
    var values = [value]
    value = .none
    Reclaiming.free(&values)
  }
}
