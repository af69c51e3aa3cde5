import SourceText

/// Draws diagnostics as text: the message, the source with what is to be said about it, notes and help.
///
/// ```
/// error[shape]: these two sizes must be equal
///   --> mnist.mdl:14:20
///    |
/// 14 |     let y = matmul(h, w2)
///    |                    ^  ^^ rows of `w2`: 64
///    |                    |
///    |                    columns of `h`: 128
///    = while running train > loss > Classifier > head
///    = help: use one size for both
/// ```
public struct DiagnosticRenderer {
  private let sources: SourceMap
  private let style: Style
  private let width: Int

  /// - Parameter width: of the terminal, in columns; 120 if there is none.
  public init(sources: SourceMap, color: Bool, width: Int? = nil) {
    self.sources = sources
    style = Style(isColored: color)
    self.width = max(width ?? 120, 40)
  }

  /// All of them in the order of their places, with an empty line between two; without a line break at the end.
  public func render(_ diagnostics: [Diagnostic]) -> String {
    let byPlace = diagnostics.enumerated().sorted {
      let (a, b) = ($0.element.span, $1.element.span)
      return (a.file.index, a.start, $0.offset) < (b.file.index, b.start, $1.offset)
    }
    return byPlace.map { render($0.element) }.joined(separator: "\n\n")
  }

  /// Without a line break at the end.
  public func render(_ diagnostic: Diagnostic) -> String {
    let severity = diagnostic.severity == .error ? "error" : "warning"
    let primary: Style.Role = diagnostic.severity == .error ? .error : .warning
    var lines = [
      style.paint("\(severity)[\(diagnostic.code.rawValue)]", primary)
        + style.paint(": \(printable(diagnostic.message))", .message)
    ]
    let sections = sections(of: diagnostic)
    let digits = sections.map { String($0.lastLine).count }.max() ?? 1
    let margin = String(repeating: " ", count: digits)
    for (index, section) in sections.enumerated() {
      let place = "\(section.file.name):\(section.line):\(section.column)"
      if index > 0 {
        lines.append(margin + style.paint("::: ", .gutter) + (section.file.isPromptEntry ? section.file.name : place))
      } else if !section.file.isPromptEntry {
        lines.append(margin + style.paint("--> ", .gutter) + place)
      }
      lines.append("\(margin) " + style.paint("|", .gutter))
      lines += snippet(section, digits: digits, primary: primary)
    }
    let bullet = "\(margin) " + style.paint("=", .gutter) + " "
    if !diagnostic.path.isEmpty { lines.append(bullet + "while running " + diagnostic.path.joined(separator: " > ")) }
    let placeless = diagnostic.labels.filter { sources.file($0.span.file) == nil && !$0.text.isEmpty }.map(\.text)
    for note in placeless + diagnostic.notes {
      lines.append(bullet + style.paint("note", .note) + ": " + printable(note))
    }
    if let help = diagnostic.help { lines.append(bullet + style.paint("help", .help) + ": " + printable(help)) }
    return lines.joined(separator: "\n")
  }

  // MARK: Sections

  /// The labels in one file.
  private struct Section {
    let file: SourceFile
    var marks: [Int: [Mark]] = [:]
    /// Of the first label.
    let line: Int
    let column: Int
    var lastLine = 0
  }

  /// The file of the first label comes first, the others in the order of their labels.
  private func sections(of diagnostic: Diagnostic) -> [Section] {
    var sections: [Section] = []
    for (index, label) in diagnostic.labels.enumerated() {
      guard let file = sources.file(label.span.file) else { continue }
      let start = min(max(Int(label.span.start), 0), file.bytes.count)
      let end = min(max(Int(label.span.end), start), file.bytes.count)
      let first = file.line(at: start)
      // A span that ends right behind a line break ends on the line before.
      let last = file.line(at: max(start, end - 1))
      let position: Int
      if let known = sections.firstIndex(where: { $0.file.id == file.id }) {
        position = known
      } else {
        position = sections.count
        sections.append(Section(file: file, line: first, column: file.column(at: start)))
      }
      let isPrimary = index == 0
      if first == last {
        sections[position].marks[first, default: []].append(
          Mark(start: start, end: end, text: printable(label.text), isPrimary: isPrimary))
      } else {
        // The first line to its end, and the last one from its beginning with the text.
        let lineEnd = file.offset(ofLine: first + 1) - 1
        sections[position].marks[first, default: []].append(
          Mark(start: start, end: lineEnd, text: "", isPrimary: isPrimary))
        sections[position].marks[last, default: []].append(
          Mark(
            start: file.offset(ofLine: last), end: end, text: printable(label.text), isPrimary: isPrimary,
            skipsIndentation: true))
      }
      sections[position].lastLine = max(sections[position].lastLine, last)
    }
    return sections
  }

  private func snippet(_ section: Section, digits: Int, primary: Style.Role) -> [String] {
    var lines: [String] = []
    var previous: Int?
    for line in section.marks.keys.sorted() {
      if let previous, line == previous + 2 {
        lines.append(source(section.file, previous + 1, marks: [], digits: digits, primary: primary)[0])
      } else if let previous, line > previous + 2 {
        lines.append("...")
      }
      lines += source(section.file, line, marks: section.marks[line] ?? [], digits: digits, primary: primary)
      previous = line
    }
    return lines
  }

  /// One line of source and the lines with labels below it.
  private func source(
    _ file: SourceFile, _ line: Int, marks: [Mark], digits: Int, primary: Style.Role
  ) -> [String] {
    let number = String(line)
    let gutter = style.paint(String(repeating: " ", count: digits - number.count) + number + " |", .gutter)
    let emptyGutter = String(repeating: " ", count: digits) + " " + style.paint("|", .gutter)
    let shown = ShownLine(file: file, line: line, marks: marks, width: width - digits - 3)
    return [shown.text.isEmpty ? gutter : "\(gutter) \(shown.text)"]
      + LabelLayout(marks: shown.marks).lines(style: style, primary: primary).map { "\(emptyGutter) \($0)" }
  }

  /// Control characters must not reach the terminal.
  private func printable(_ text: String) -> String {
    String(text.map { $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? "\u{FFFD}" : $0 })
  }
}

extension SourceFile {
  /// What is typed at the prompt stands right above its diagnostic, so it needs no place.
  fileprivate var isPromptEntry: Bool { name.hasPrefix("prompt ") }
}

/// A label on one line: UTF-8 offsets in the file.
struct Mark {
  var start: Int
  var end: Int
  var text: String
  var isPrimary: Bool
  var skipsIndentation = false
}

/// Colours by role; none at all when the stream is not a terminal.
struct Style {
  enum Role: String {
    case error = "1;31"
    case warning = "1;33"
    case message = "1"
    case gutter = "1;34"
    case secondary = "36"
    case note = "1;36"
    case help = "1;32"
  }

  let isColored: Bool

  func paint(_ text: String, _ role: Role) -> String {
    isColored && !text.isEmpty ? "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m" : text
  }
}
