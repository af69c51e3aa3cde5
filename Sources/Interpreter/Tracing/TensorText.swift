import Diagnostics
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

extension Machine {
  /// `[1, 2; ...]`: a bracket of numbers, truth values or tensors of one shape becomes a tensor.
  func tensorLiteral(_ elements: [Value], at site: Site) throws(Diagnostic) -> Value {
    guard let first = elements.first else {
      do throws(MemoryProblem) {
        return .object(TensorValue(try .from([Float](), dtype: .f32, shape: [0]), origin: site.span))
      } catch { throw .outOfMemory(requested: error.requested, available: error.available, at: site.span) }
    }
    if elements.allSatisfy(\.isPlainScalar) { return try scalarLiteral(elements, at: site) }
    for (row, element) in elements.enumerated() {
      guard let type = element.tensorType else {
        throw .notForATensor(found: element.kindName, at: site.operand(row))
      }
      guard type.shape == first.tensorType?.shape else {
        throw .unevenBracket(
          row: row, found: type.shape.description, expected: first.tensorType?.shape.description ?? "[]",
          at: site.operand(row))
      }
    }
    return try stacked(elements, axis: 0, at: site)
  }

  private func scalarLiteral(_ elements: [Value], at site: Site) throws(Diagnostic) -> Value {
    let shape: Shape = [elements.count]
    do throws(MemoryProblem) {
      let tensor: Tensor
      if elements.allSatisfy({ if case .bool = $0 { true } else { false } }) {
        tensor = try .from(elements.map { if case .bool(true) = $0 { true } else { false } }, dtype: .bool, shape: shape)
      } else if elements.allSatisfy({ if case .int = $0 { true } else { false } }) {
        tensor = try .from(elements.map { if case .int(let n) = $0 { n } else { 0 } }, dtype: .i64, shape: shape)
      } else {
        tensor = try .from(elements.map(\.asFloat), dtype: .f32, shape: shape)
      }
      return .object(TensorValue(tensor, origin: site.span))
    } catch { throw .outOfMemory(requested: error.requested, available: error.available, at: site.span) }
  }

  /// What a text shows for a tensor: a number for one element, otherwise a readable head of nested brackets.
  func tensorText(_ value: Value, format: String?, at site: Site) throws(Diagnostic) -> String {
    let tensor = try hostTensor(value, reading: "a text", at: site)
    let formatter = TensorFormatter(format: format) { (number, format) throws(Diagnostic) in
      try self.numberText(number, format: format, at: site)
    }
    return try formatter.text(of: tensor)
  }

  /// The head of a tensor for the prompt: a few elements of its first row.
  func tensorHead(_ tensor: Tensor, limit: Int = 8) -> String {
    let count = min(tensor.count, limit)
    let shown = (0..<count).map { tensor.displayed(at: $0) }.joined(separator: " ")
    return tensor.count > count ? shown + " ..." : shown
  }

  func shape(of value: Value) -> Shape? { value.isPlainScalar ? nil : value.tensorType?.shape }
}

/// Nested brackets; long axes show their first and last three entries.
struct TensorFormatter {
  let format: String?
  let number: (Value, String?) throws(Diagnostic) -> String
  /// Up to this many elements everything is shown.
  private static let threshold = 1000
  private static let edge = 3

  func text(of tensor: Tensor) throws(Diagnostic) -> String {
    try text(of: tensor, axis: 0, offset: 0, abbreviates: tensor.count > Self.threshold)
  }

  private func text(of tensor: Tensor, axis: Int, offset: Int, abbreviates: Bool) throws(Diagnostic) -> String {
    guard axis < tensor.shape.rank else {
      if let format { return try number(tensor.element(at: offset), format) }
      return tensor.displayed(at: offset)
    }
    let size = tensor.shape[axis]
    let stride = tensor.shape.strides[axis]
    let shortened = abbreviates && size > 2 * Self.edge
    let shown = shortened ? Array(0..<Self.edge) + Array(size - Self.edge..<size) : Array(0..<size)
    var parts: [String] = []
    for (position, index) in shown.enumerated() {
      if shortened && position == Self.edge { parts.append("...") }
      parts.append(
        try text(of: tensor, axis: axis + 1, offset: offset + index * stride, abbreviates: abbreviates))
    }
    let isRow = axis == tensor.shape.rank - 1
    let separator = isRow ? ", " : ",\n" + String(repeating: " ", count: axis + 1)
    return "[" + parts.joined(separator: separator) + "]"
  }
}

extension Tensor {
  func element(at index: Int) -> Value {
    switch dtype {
    case .f32: .float(Double(address.load(fromByteOffset: 4 * index, as: Float.self)))
    case .f64: .float(address.load(fromByteOffset: 8 * index, as: Double.self))
    case .i64: .int(address.load(fromByteOffset: 8 * index, as: Int.self))
    case .bool: .bool(address.load(fromByteOffset: index, as: UInt8.self) != 0)
    }
  }

  /// Four significant digits, short for people: `0.9231`, `-12.5`, `1.2e-05`, `3`.
  func displayed(at index: Int) -> String {
    switch element(at: index) {
    case .float(let number): number.shortText
    case .int(let number): "\(number)"
    case .bool(let truth): "\(truth)"
    default: ""
    }
  }
}

extension Double {
  /// Up to four significant decimals, without padding.
  var shortText: String {
    if isNaN { return "nan" }
    if isInfinite { return self < 0 ? "-inf" : "inf" }
    if self == 0 { return "0.0" }
    let size = magnitude
    if size >= 1e6 || size < 1e-4 { return scientific }
    let digits = size >= 1000 ? 1 : size >= 100 ? 2 : size >= 10 ? 3 : size >= 1 ? 4 : 4
    let factor = [1.0, 10, 100, 1000, 10000][digits]
    let scaled = (magnitude * factor).rounded()
    let whole = Int(scaled / factor)
    var fraction = String(Int(scaled - Double(whole) * factor))
    fraction = String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
    while fraction.count > 1, fraction.last == "0" { fraction.removeLast() }
    return (self < 0 ? "-" : "") + "\(whole).\(fraction)"
  }

  private var scientific: String {
    var exponent = 0
    var size = magnitude
    while size >= 10 { size /= 10; exponent += 1 }
    while size < 1 { size *= 10; exponent -= 1 }
    let scaled = (size * 1000).rounded() / 1000
    let (mantissa, power) = scaled >= 10 ? (scaled / 10, exponent + 1) : (scaled, exponent)
    return (self < 0 ? "-" : "") + "\(mantissa)e\(power < 0 ? "-" : "+")\(power.magnitude < 10 ? "0" : "")\(power.magnitude)"
  }
}

extension Value {
  /// A number or truth value of the host.
  var isPlainScalar: Bool {
    switch self {
    case .int, .float, .bool: true
    default: false
    }
  }

  var asFloat: Float {
    switch self {
    case .int(let number): Float(number)
    case .float(let number): Float(number)
    case .bool(let truth): truth ? 1 : 0
    default: .nan
    }
  }
}
