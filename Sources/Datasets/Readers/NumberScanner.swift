/// A number as it stands in a text file.
enum ScannedNumber {
  case integer(Int)
  case float(Double)
}

/// Numbers from bytes without making a String: exact (correctly rounded) like `Double("...")`.
enum NumberScanner {
  /// Nil when `bytes` is not, as a whole, a number: sign, digits, point, exponent; `inf` and `infinity` in any case.
  /// With `commaPoint` a decimal comma is taken as well.
  @inline(__always)
  static func scan(_ bytes: UnsafeBufferPointer<UInt8>, commaPoint: Bool) -> ScannedNumber? {
    let end = bytes.count
    var position = 0
    var negative = false
    guard end > 0 else { return nil }
    if bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
      negative = bytes[0] == UInt8(ascii: "-")
      position = 1
    }
    let digitsStart = position
    var mantissa: UInt64 = 0
    var exact = true
    while position < end, case let digit = bytes[position] &- 0x30, digit <= 9 {
      exact = exact && position - digitsStart < 18
      if exact { mantissa = mantissa &* 10 &+ UInt64(digit) }
      position += 1
    }
    let wholeDigits = position - digitsStart
    if position == end {
      guard wholeDigits > 0 else { return nil }
      if exact { return .integer(negative ? -Int(mantissa) : Int(mantissa)) }
      return slow(bytes, commaPoint: commaPoint)
    }
    var fractionDigits = 0
    if bytes[position] == UInt8(ascii: ".") || (commaPoint && bytes[position] == UInt8(ascii: ",")) {
      position += 1
      let start = position
      while position < end, case let digit = bytes[position] &- 0x30, digit <= 9 {
        exact = exact && wholeDigits + (position - start) < 18
        if exact { mantissa = mantissa &* 10 &+ UInt64(digit) }
        position += 1
      }
      fractionDigits = position - start
    }
    guard wholeDigits + fractionDigits > 0 else { return word(bytes, from: digitsStart, negative: negative) }
    // A mantissa below 2^53 and a power of ten up to 10^22 are exact, so one division rounds once.
    if position == end, exact, mantissa < 1 << 53, fractionDigits <= 22 {
      let value = Double(mantissa) / powersOfTen[fractionDigits]
      return .float(negative ? -value : value)
    }
    return slow(bytes, commaPoint: commaPoint)
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  private static func word(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, negative: Bool) -> ScannedNumber? {
    guard bytes.count - start == 3 || bytes.count - start == 8 else { return nil }
    let word = String(decoding: bytes[start...], as: UTF8.self).lowercased()
    guard word == "inf" || word == "infinity" else { return nil }
    return .float(negative ? -.infinity : .infinity)
  }

  /// Exponents, long mantissas and everything that is no number.
  private static func slow(_ bytes: UnsafeBufferPointer<UInt8>, commaPoint: Bool) -> ScannedNumber? {
    // `Double` also reads hexadecimal and nan; only decimal notation is meant here.
    for byte in bytes {
      switch byte {
      case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        continue
      case UInt8(ascii: ",") where commaPoint: continue
      default: return nil
      }
    }
    var text = String(decoding: bytes, as: UTF8.self)
    if let int = Int(text) { return .integer(int) }
    if commaPoint { text = String(text.map { $0 == "," ? "." : $0 }) }
    return Double(text).map(ScannedNumber.float)
  }
}
