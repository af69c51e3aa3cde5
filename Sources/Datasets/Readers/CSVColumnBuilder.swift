/// Collects one column of a text table. The kind is a guess; a cell that does not fit asks for a wider kind and another
/// pass over the file, because the text of earlier cells is gone.
final class CSVColumnBuilder {
  /// From narrow to wide. `nothing` has seen missing cells only.
  enum Kind {
    case nothing, truth, integer, float, text

    /// As messages name it.
    var words: String {
      switch self {
      case .nothing: "no values"
      case .truth: "truth values"
      case .integer: "integers"
      case .float: "floats"
      case .text: "text"
      }
    }
  }

  private(set) var kind: Kind
  /// The kind that fits every cell seen so far.
  private(set) var needed: Kind
  private var row = 0
  private var truths: [Bool] = []
  private var integers: [Int] = []
  private var floats: [Double] = []
  private var texts: [String] = []
  private var missingRows: [Int] = []
  private let commaPoint: Bool

  init(commaPoint: Bool, kind: Kind = .nothing) {
    self.commaPoint = commaPoint
    self.kind = kind
    needed = kind
  }

  var mustReread: Bool { kind != needed }

  /// Forgets the cells and starts again with the kind that fits them.
  func restart(expectedRows: Int) {
    kind = needed
    row = 0
    truths = []
    integers = []
    floats = []
    texts = []
    missingRows = []
    switch kind {
    case .nothing: break
    case .truth: truths.reserveCapacity(expectedRows)
    case .integer: integers.reserveCapacity(expectedRows)
    case .float: floats.reserveCapacity(expectedRows)
    case .text: texts.reserveCapacity(expectedRows)
    }
  }

  func appendMissing() {
    switch kind {
    case .nothing: break
    case .truth: truths.append(false)
    case .integer: integers.append(0)
    case .float: floats.append(.nan)
    case .text: texts.append("")
    }
    if kind != .float { missingRows.append(row) }
    row += 1
  }

  /// False when the bytes are not UTF-8 text.
  @inline(__always)
  func append(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    row += 1
    switch kind {
    case .float:
      switch NumberScanner.scan(bytes, commaPoint: commaPoint) {
      case .float(let value): floats.append(value)
      case .integer(let value): floats.append(Double(value))
      case nil: widen(for: bytes)
      }
    case .integer:
      if case .integer(let value) = NumberScanner.scan(bytes, commaPoint: commaPoint) {
        integers.append(value)
      } else {
        widen(for: bytes)
      }
    case .text:
      guard let text = String(validating: bytes, as: UTF8.self) else { return false }
      texts.append(text)
    case .truth:
      if let value = Self.truth(bytes) { truths.append(value) } else { widen(for: bytes) }
    case .nothing: widen(for: bytes)
    }
    return true
  }

  private func widen(for bytes: UnsafeBufferPointer<UInt8>) {
    let found: Kind =
      switch NumberScanner.scan(bytes, commaPoint: commaPoint) {
      case .integer: .integer
      case .float: .float
      case nil: Self.truth(bytes) == nil ? .text : .truth
      }
    needed =
      switch (needed, found) {
      case (.nothing, _): found
      case (let a, let b) where a == b: a
      case (.integer, .float), (.float, .integer): .float
      default: .text
      }
  }

  /// `true`, `True`, `TRUE` and their opposites.
  static func truth(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
    guard bytes.count == 4 || bytes.count == 5 else { return nil }
    switch String(decoding: bytes, as: UTF8.self) {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  func column(named name: String, rowCount: Int) -> Column {
    var missing: [Bool] = []
    if !missingRows.isEmpty, kind != .nothing {
      missing = [Bool](repeating: false, count: rowCount)
      for row in missingRows { missing[row] = true }
    }
    switch kind {
    case .nothing: return Column(name, .floats([Double](repeating: .nan, count: rowCount)))
    case .truth: return Column(name, .truths(truths), missing: missing)
    case .integer: return Column(name, .integers(integers), missing: missing)
    case .float: return Column(name, .floats(floats))
    case .text: return Column(name, .texts(texts), missing: missing)
    }
  }
}
