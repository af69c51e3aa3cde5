/// Text. Indexing and length count Unicode characters.
public final class TextValue: HeapObject {
  public let text: String
  public init(_ text: String) {
    self.text = text
    super.init(.text)
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
  public var names: [String]
  public var values: [Value]
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
  public var keys: [Value]
  public var values: [Value]
  var positions: [DictKey: Int]
  public init() {
    keys = []
    values = []
    positions = [:]
    super.init(.dict)
  }

  deinit { Reclaiming.free(&values) }
}

/// What a dict key is compared by. 1 and 1.0 are one key.
public indirect enum DictKey: Hashable {
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
  public var count: Int { max(0, upper - lower) }
}

/// A captured `var`: shared between the function that owns it and the closures that read or set it.
public final class CellValue: HeapObject {
  @exclusivity(unchecked) public var value: Value
  /// A variable from outside the function being traced: it can be read there, not set.
  public var isSealed = false
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
