import Glibc

/// What the user asked for with `--color`.
public enum ColourChoice: String, Sendable, CaseIterable { case auto, always, never }

/// What one output stream can show.
public struct Capabilities: Sendable, Equatable {
  /// Someone is watching: the stream is a terminal.
  public var isTerminal: Bool
  /// Escape sequences that move the cursor work: a terminal that is not `TERM=dumb`.
  public var canRedraw: Bool
  public var hasColour: Bool

  public init(isTerminal: Bool, canRedraw: Bool, hasColour: Bool) {
    self.isTerminal = isTerminal
    self.canRedraw = canRedraw
    self.hasColour = hasColour
  }

  /// The decision as a function of its facts. An explicit `--color` wins, then NO_COLOR, then CLICOLOR_FORCE (both count
  /// when not empty; `CLICOLOR_FORCE=0` does not), then whether the stream is a capable terminal.
  public init(isTerminal: Bool, colour: ColourChoice, environment: (String) -> String?) {
    func set(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
    let canRedraw = isTerminal && set("TERM") != nil && set("TERM") != "dumb"
    let hasColour =
      switch colour {
      case .always: true
      case .never: false
      case .auto:
        if set("NO_COLOR") != nil { false } else if let force = set("CLICOLOR_FORCE"), force != "0" { true } else {
          canRedraw
        }
      }
    self.init(isTerminal: isTerminal, canRedraw: canRedraw, hasColour: hasColour)
  }

  /// Of an open file descriptor of this process.
  public init(descriptor: Int32, colour: ColourChoice = .auto) {
    self.init(isTerminal: isatty(descriptor) == 1, colour: colour, environment: environmentVariable)
  }
}

/// The value of an environment variable; nil when it is not set.
public func environmentVariable(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}

/// Columns of the terminal behind `descriptor`, else of COLUMNS, else 80.
public func terminalWidth(_ descriptor: Int32) -> Int {
  var size = winsize()
  if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
  if let text = environmentVariable("COLUMNS"), let columns = Int(text), columns > 0 { return columns }
  return 80
}
