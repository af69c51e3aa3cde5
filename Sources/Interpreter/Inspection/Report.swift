/// Text and tables for people, without their layout.
public struct Report: Sendable, Equatable {
  public enum Part: Sendable, Equatable {
    case text(String)
    case heading(String)
    /// The first row is the header. The columns whose numbers are given hold words, the others numbers.
    case table([[String]], words: Set<Int>)
  }
  public var parts: [Part] = []

  public init() {}

  mutating func add(_ text: String) { parts.append(.text(text)) }
  mutating func add(heading: String) { parts.append(.heading(heading)) }
  /// Nothing where the table holds no more than its header.
  mutating func add(heading: String? = nil, table: [[String]], words: Set<Int>) {
    guard table.count > 1 else { return }
    if let heading { add(heading: heading) }
    parts.append(.table(table, words: words))
  }
}

/// Quantities in few digits.
enum Quantity {
  /// `204,800`
  static func grouped(_ number: Int) -> String {
    var digits = "\(number.magnitude)"
    var position = digits.count - 3
    while position > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: position))
      position -= 3
    }
    return (number < 0 ? "-" : "") + digits
  }

  /// `204,800`, from ten million on `12.3 M` and so on.
  static func count(_ number: Int) -> String {
    number < 10_000_000
      ? grouped(number)
      : number < 10_000_000_000 ? "\(digits(Double(number) / 1e6)) M" : "\(digits(Double(number) / 1e9)) G"
  }

  /// `512 B`, `25.6 kB`, `10.5 MB`
  static func bytes(_ count: Int) -> String {
    switch count {
    case ..<1000: "\(count) B"
    case ..<1_000_000: "\(digits(Double(count) / 1e3)) kB"
    case ..<1_000_000_000: "\(digits(Double(count) / 1e6)) MB"
    default: "\(digits(Double(count) / 1e9)) GB"
    }
  }

  /// `35 µs`, `1.24 ms`, `12.5 s`
  static func seconds(_ seconds: Double) -> String {
    switch seconds {
    case ..<0.9995e-3: "\(digits(seconds * 1e6)) µs"
    case ..<0.9995: "\(digits(seconds * 1e3)) ms"
    default: "\(digits(seconds)) s"
    }
  }

  static func percent(_ share: Double) -> String {
    let percent = share * 100
    return percent >= 10 || percent == 0 ? "\(Int(percent.rounded()))%" : percent < 0.1 ? "<0.1%" : "\(tenths(percent))%"
  }

  /// Three digits at least before the point, or as many after it as make three.
  static func digits(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
    if abs(number) >= 99.95 { return "\(Int(number.rounded()))" }
    if abs(number) >= 9.995 { return tenths(number) }
    let hundredths = Int((number * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }

  private static func tenths(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
