import Diagnostics

/// A moment of the Gregorian calendar as it is written, without a time zone.
public struct CalendarDate: Sendable, Equatable {
  public var year: Int
  public var month: Int
  public var day: Int
  public var hour = 0
  public var minute = 0
  public var second = 0.0

  /// What can be asked of a date.
  public enum Part: String, CaseIterable, Sendable {
    case year, quarter, month, day, weekday, yearday, hour, minute, second, days
  }

  /// Days from 1970-01-01 to the date's day (Hinnant: chrono-compatible low-level date algorithms, 2013).
  var dayNumber: Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
  }

  /// Days from 1970-01-01, with the part of the day that has passed.
  public var days: Double {
    Double(dayNumber) + (Double(hour * 60 + minute) * 60 + second) / 86400
  }

  /// As ISO 8601 writes it.
  var text: String {
    func padded(_ number: Int, _ width: Int = 2) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }
    let seconds = (second < 10 ? "0" : "") + String(second)
    return "\(padded(year, 4))-\(padded(month))-\(padded(day))T\(padded(hour)):\(padded(minute)):\(seconds)"
  }

  /// Weekdays count from Monday = 0, all else as people count.
  public func value(of part: Part, since start: CalendarDate? = nil) -> Double {
    switch part {
    case .year: Double(year)
    case .quarter: Double((month + 2) / 3)
    case .month: Double(month)
    case .day: Double(day)
    case .weekday: Double(((dayNumber + 3) % 7 + 7) % 7)
    case .yearday: Double(dayNumber - CalendarDate(year: year, month: 1, day: 1).dayNumber + 1)
    case .hour: Double(hour)
    case .minute: Double(minute)
    case .second: second
    case .days: days - (start?.days ?? 0)
    }
  }

  static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// How dates are written: ISO 8601, or a pattern with the signs of strptime.
public struct DateFormat: Sendable, Equatable {
  /// Nil: ISO.
  public let pattern: String?

  /// The signs after `%` that a pattern may have.
  static let signs: [Character: String] = [
    "Y": "year", "y": "year", "m": "month", "b": "month", "d": "day", "H": "hour", "M": "minute", "S": "second",
  ]
  private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

  public init(_ pattern: String?) throws(Diagnostic) {
    self.pattern = pattern
    guard let pattern else { return }
    var found: Set<String> = []
    var rest = Substring(pattern)
    while let character = rest.popFirst() {
      guard character == "%" else { continue }
      guard let sign = rest.popFirst() else { throw .dateSign("%", in: pattern) }
      if sign == "%" { continue }
      guard let part = Self.signs[sign], found.insert(part).inserted else { throw .dateSign("%\(sign)", in: pattern) }
    }
    for part in ["year", "month", "day"] where !found.contains(part) { throw .dateFormatLacks(part, in: pattern) }
  }

  /// Why a text is no date.
  enum Problem: Error, Equatable {
    case form
    /// Written as asked, but not in the calendar.
    case impossible(String)
  }

  func date(_ text: String) throws(Problem) -> CalendarDate {
    var scanner = Scanner(text)
    let date = if let pattern { try scanner.date(pattern) } else { try scanner.isoDate() }
    guard scanner.isAtEnd else { throw .form }
    guard (1...12).contains(date.month) else { throw .impossible("there is no month \(date.month)") }
    let last = CalendarDate.dayCount(year: date.year, month: date.month)
    guard (1...last).contains(date.day) else {
      throw .impossible("month \(date.month) of \(date.year) has \(last) days")
    }
    guard date.hour < 24, date.minute < 60, date.second < 60 else {
      throw .impossible("a day has 24 hours, an hour 60 minutes, a minute 60 seconds")
    }
    return date
  }

  private struct Scanner {
    var rest: Substring.UTF8View
    init(_ text: String) { rest = Substring(text).utf8 }
    var isAtEnd: Bool { rest.isEmpty }

    /// Between `least` and `most` decimal digits.
    mutating func number(_ least: Int, _ most: Int) throws(Problem) -> Int {
      var value = 0
      var count = 0
      while count < most, let byte = rest.first, (0x30...0x39).contains(byte) {
        value = value * 10 + Int(byte) - 0x30
        count += 1
        rest.removeFirst()
      }
      guard count >= least else { throw .form }
      return value
    }

    mutating func take(_ byte: UInt8) -> Bool {
      guard rest.first == byte else { return false }
      rest.removeFirst()
      return true
    }

    mutating func expect(_ byte: UInt8) throws(Problem) { if !take(byte) { throw .form } }

    /// Seconds with or without a fraction.
    mutating func seconds() throws(Problem) -> Double {
      let whole = try number(2, 2)
      guard take(UInt8(ascii: ".")) else { return Double(whole) }
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      rest = rest.dropFirst(digits.count)
      guard !digits.isEmpty, let value = Double("\(whole).\(String(decoding: digits, as: UTF8.self))") else {
        throw .form
      }
      return value
    }

    /// 2024-02-29, 2024-02-29T08:30, 2024-02-29 08:30:15.5; `Z` or an offset may follow and changes nothing.
    mutating func isoDate() throws(Problem) -> CalendarDate {
      let dash = UInt8(ascii: "-")
      let year = try number(4, 4)
      try expect(dash)
      let month = try number(2, 2)
      try expect(dash)
      var date = CalendarDate(year: year, month: month, day: try number(2, 2))
      guard take(UInt8(ascii: "T")) || take(UInt8(ascii: " ")) else { return date }
      date.hour = try number(2, 2)
      try expect(UInt8(ascii: ":"))
      date.minute = try number(2, 2)
      if take(UInt8(ascii: ":")) { date.second = try seconds() }
      if take(UInt8(ascii: "Z")) { return date }
      if take(UInt8(ascii: "+")) || take(dash) {
        _ = try number(2, 2)
        if take(UInt8(ascii: ":")) || !isAtEnd { _ = try number(2, 2) }
      }
      return date
    }

    mutating func date(_ pattern: String) throws(Problem) -> CalendarDate {
      var date = CalendarDate(year: 0, month: 1, day: 1)
      var signs = Substring(pattern).utf8
      while let byte = signs.popFirst() {
        guard byte == UInt8(ascii: "%"), let sign = signs.popFirst() else {
          try expect(byte)
          continue
        }
        switch sign {
        case UInt8(ascii: "Y"): date.year = try number(4, 4)
        case UInt8(ascii: "y"):
          let short = try number(2, 2)
          date.year = short < 69 ? 2000 + short : 1900 + short
        case UInt8(ascii: "m"): date.month = try number(1, 2)
        case UInt8(ascii: "b"):
          let name = String(decoding: rest.prefix(3), as: UTF8.self).lowercased()
          guard let index = DateFormat.months.firstIndex(of: name) else { throw .form }
          rest = rest.dropFirst(3)
          date.month = index + 1
        case UInt8(ascii: "d"): date.day = try number(1, 2)
        case UInt8(ascii: "H"): date.hour = try number(1, 2)
        case UInt8(ascii: "M"): date.minute = try number(1, 2)
        case UInt8(ascii: "S"): date.second = try seconds()
        default: try expect(sign)
        }
      }
      return date
    }
  }
}

extension Column {
  /// A number for each date, missing where the date is. Integers such as 20240229 are read as they are written.
  public func dateParts(
    _ part: CalendarDate.Part, _ format: DateFormat, since: CalendarDate? = nil
  ) throws(Diagnostic) -> Column {
    guard kind == .text || kind == .integer || missingCount == count else {
      throw .datesNeedText(name, kind: kind.words)
    }
    var values = [Double](repeating: .nan, count: count)
    for row in 0..<count where !isMissing(row) {
      let text = cell(row).description
      do throws(DateFormat.Problem) {
        values[row] = try format.date(text).value(of: part, since: since)
      } catch {
        var reason: String?
        if case .impossible(let why) = error { reason = why }
        throw .notADate(text, column: name, row: row, format: format.pattern, reason: reason)
      }
    }
    let result = Column("\(name).\(part.rawValue)", .floats(values))
    return part == .days || part == .second ? result : try result.converted(to: .integer)
  }
}

extension CalendarDate {
  /// A date given by the program, such as `since: "2020-01-01"`.
  public init(given text: String) throws(Diagnostic) {
    let iso = try DateFormat(nil)
    do throws(DateFormat.Problem) { self = try iso.date(text) } catch { throw .givenDate(text) }
  }
}
