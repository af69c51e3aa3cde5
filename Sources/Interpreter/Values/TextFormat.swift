import Diagnostics
import SourceText

/// `{value:>8.3f}`: how a text shows a value.
struct TextFormat {
  enum Alignment { case left, right, center }

  var fill: Character = " "
  var alignment: Alignment?
  var showsPlus = false
  var padsWithZeros = false
  var width = 0
  var groups = false
  var precision: Int?
  /// `f`, `e`, `%`, `d`, `x`, `b`, `g`; nil: as the value prints.
  var style: Character?

  static let maximumWidth = 10_000

  /// Reads `[[fill]<>^][+][0][width][,][.precision][f|e|g|%|d|x|b]`; nil when it is something else.
  init?(_ text: String) {
    var rest = Array(text)[...]
    func alignment(_ character: Character?) -> Alignment? {
      switch character {
      case "<": .left
      case ">": .right
      case "^": .center
      default: nil
      }
    }
    func number() -> Int? {
      var value: Int?
      while let digit = rest.first?.wholeNumberValue, rest.first?.isASCII == true {
        value = min((value ?? 0) * 10 + digit, 1_000_000)
        rest.removeFirst()
      }
      return value
    }
    if rest.count >= 2, let found = alignment(rest[rest.startIndex + 1]) {
      fill = rest.removeFirst()
      self.alignment = found
      rest.removeFirst()
    } else {
      while rest.first == " " { rest.removeFirst() }
      if let found = alignment(rest.first) {
        self.alignment = found
        rest.removeFirst()
      }
    }
    if rest.first == "+" {
      showsPlus = true
      rest.removeFirst()
    }
    if rest.first == "0", rest.count > 1 {
      padsWithZeros = true
      rest.removeFirst()
    }
    width = number() ?? 0
    if rest.first == "," {
      groups = true
      rest.removeFirst()
    }
    if rest.first == "." {
      rest.removeFirst()
      guard let digits = number(), digits <= 100 else { return nil }
      precision = digits
    }
    if let letter = rest.first, "feg%dxb".contains(letter) {
      style = letter
      rest.removeFirst()
    }
    while rest.first == " " { rest.removeFirst() }
    guard rest.isEmpty, width <= Self.maximumWidth else { return nil }
  }

  func text(_ number: Int) -> String? {
    switch style {
    case nil where precision == nil, "d": return padded(signed(grouped(String(number.magnitude)), number < 0), isNumber: true)
    case "x": return padded(signed(String(number.magnitude, radix: 16), number < 0), isNumber: true)
    case "b": return padded(signed(String(number.magnitude, radix: 2), number < 0), isNumber: true)
    default: return text(Double(number))
    }
  }

  func text(_ number: Double) -> String? {
    guard number.isFinite else {
      return padded(number.isNaN ? "nan" : signed("inf", number < 0), isNumber: true)
    }
    let magnitude = number.magnitude
    let isNegative = number.sign == .minus
    switch style {
    case "f": return padded(signed(grouped(Decimal.fixed(magnitude, precision ?? 6)), isNegative), isNumber: true)
    case "e": return padded(signed(Decimal.exponential(magnitude, precision ?? 6), isNegative), isNumber: true)
    case "g": return padded(signed(Decimal.general(magnitude, precision ?? 6), isNegative), isNumber: true)
    case "%":
      return padded(
        signed(grouped(Decimal.fixed(magnitude * 100, precision ?? 0)) + "%", isNegative), isNumber: true)
    case nil:
      guard let precision else { return padded(signed(grouped(Display.number(magnitude)), isNegative), isNumber: true) }
      return padded(signed(Decimal.general(magnitude, precision), isNegative), isNumber: true)
    default: return nil
    }
  }

  /// Texts take width, alignment and a precision that cuts.
  func text(_ text: String) -> String? {
    guard style == nil, !groups, !showsPlus, !padsWithZeros else { return nil }
    return padded(precision.map { String(text.prefix($0)) } ?? text, isNumber: false)
  }

  private func signed(_ digits: String, _ isNegative: Bool) -> String {
    isNegative ? "-" + digits : showsPlus ? "+" + digits : digits
  }

  private func grouped(_ digits: String) -> String {
    guard groups else { return digits }
    let whole = digits.prefix { $0.isWholeNumber }
    var result = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result + digits.dropFirst(whole.count)
  }

  private func padded(_ text: String, isNumber: Bool) -> String {
    let missing = width - text.count
    guard missing > 0 else { return text }
    if padsWithZeros, alignment == nil {
      let sign = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.prefix(1)) : ""
      return sign + String(repeating: "0", count: missing) + text.dropFirst(sign.count)
    }
    switch alignment ?? (isNumber ? .right : .left) {
    case .left: return text + String(repeating: fill, count: missing)
    case .right: return String(repeating: fill, count: missing) + text
    case .center:
      return String(repeating: fill, count: missing / 2) + text + String(repeating: fill, count: missing - missing / 2)
    }
  }
}
