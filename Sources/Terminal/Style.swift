/// The few ways in which text is set apart. Colours are the terminal's own eight, so they follow the user's theme.
public enum Style: Sendable, CaseIterable {
  case bold, dim, error, warning, note, help, prompt

  /// The parameters of the escape sequence that turns it on.
  var parameters: String {
    switch self {
    case .bold: "1"
    case .dim: "2"
    case .error: "1;31"
    case .warning: "1;33"
    case .note: "1;34"
    case .help: "1;32"
    case .prompt: "1;36"
    }
  }

  public var start: String { "\u{1B}[\(parameters)m" }
  public static let end = "\u{1B}[0m"

  /// `text` in this style, or as it is where there is no colour.
  public func callAsFunction(_ text: String, _ enabled: Bool) -> String {
    enabled && !text.isEmpty ? start + text + Style.end : text
  }
}

/// The escape sequences that are not colours.
public enum Control {
  /// Back to the start of the line, and empty to its end.
  static let clearLine = "\r\u{1B}[K"

  /// Up by `rows`, to the start of that line, and empty from there on.
  public static func clear(fromRowAbove rows: Int) -> String {
    (rows > 0 ? "\u{1B}[\(rows)A" : "") + "\r\u{1B}[J"
  }

  /// Asks the terminal to put marks around pasted text, or to stop that.
  public static func markPastes(_ on: Bool) -> String { on ? "\u{1B}[?2004h" : "\u{1B}[?2004l" }
}
