/// Text. Indexing and length count Unicode characters.
public final class TextValue: HeapObject {
  /// Made when it is first asked for, if the text was put together in a buffer.
  @exclusivity(unchecked) private var known: String?
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
  @exclusivity(unchecked) public var names: [String]
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
  @exclusivity(unchecked) var positions: [DictKey: Int]
  public init() {
    keys = []
    values = []
    positions = [:]
    super.init(.dict)
  }

  deinit { Reclaiming.free(&values) }
}

/// What a dict key is compared by. 1 and 1.0 are one key.
public enum DictKey: Hashable {
  case bool(Bool)
  case number(Double)
  case int(Int)
  case text(String)
  case tuple([DictKey])
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
