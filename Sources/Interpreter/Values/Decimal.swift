import Glibc

/// Decimal notation of numbers of at least 0, rounded as C does it: to the nearest, ties of the exact value to even.
enum Decimal {
  static func fixed(_ number: Double, _ digits: Int) -> String { formatted(number, digits, "f") }
  static func exponential(_ number: Double, _ digits: Int) -> String { formatted(number, digits, "e") }
  /// Significant digits, without trailing zeros.
  static func general(_ number: Double, _ digits: Int) -> String { formatted(number, max(1, digits), "g") }

  private static func formatted(_ number: Double, _ digits: Int, _ style: Character) -> String {
    let format = "%.\(digits)\(style)"
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
      guard let base = buffer.baseAddress else { return "" }
      let written = withVaList([number]) { vsnprintf(base, buffer.count, format, $0) }
      let count = min(max(0, Int(written)), buffer.count - 1)
      return String(decoding: UnsafeRawBufferPointer(start: base, count: count), as: UTF8.self)
    }
  }
}
