import SourceText

// Where source and labels go on the screen: columns are those of a terminal, from 0.

/// A label in columns.
struct PlacedMark {
  var column: Int
  var width: Int
  var text: String
  var isPrimary: Bool
}

/// A line of source as it is shown: tabs as spaces, no control characters, cut around its labels if it is too long.
struct ShownLine {
  private(set) var text = ""
  private(set) var marks: [PlacedMark] = []

  private struct Cell {
    let text: String
    let offset: Int
    let column: Int
    let width: Int
  }

  init(file: SourceFile, line: Int, marks: [Mark], width: Int) {
    var cells: [Cell] = []
    var offset = file.offset(ofLine: line)
    var column = 0
    for character in file.text(ofLine: line) {
      let (text, width) = ShownLine.shown(character, at: column)
      cells.append(Cell(text: text, offset: offset, column: column, width: width))
      offset += character.utf8.count
      column += width
    }
    let indentation = cells.first { $0.text != " " && !$0.text.allSatisfy { $0 == " " } }?.column ?? 0

    /// The column at which a byte offset is shown; the first cell that ends behind it.
    func columnOf(_ offset: Int) -> Int {
      var low = 0
      var high = cells.count
      while low < high {
        let middle = (low + high) / 2
        if cells[middle].offset < offset { low = middle + 1 } else { high = middle }
      }
      if low < cells.count, cells[low].offset == offset { return cells[low].column }
      return low < cells.count ? (low > 0 ? cells[low - 1].column : 0) : column
    }
    var placed = marks.map { mark -> PlacedMark in
      let start = max(columnOf(mark.start), mark.skipsIndentation ? indentation : 0)
      return PlacedMark(
        column: start, width: max(columnOf(mark.end) - start, 1), text: mark.text, isPrimary: mark.isPrimary)
    }

    let visible = ShownLine.window(total: column, width: width, marks: placed)
    let cutsLeft = visible.lowerBound > 0
    let cutsRight = visible.upperBound < column
    text = cutsLeft ? "…" : ""
    for cell in cells where cell.column >= visible.lowerBound && cell.column + cell.width <= visible.upperBound {
      text += cell.text
    }
    if cutsRight { text += "…" }
    while text.last == " " { text.removeLast() }

    let shift = cutsLeft ? visible.lowerBound - 1 : 0
    let end = visible.upperBound - shift
    for index in placed.indices {
      let right = min(placed[index].column + placed[index].width - shift, max(end, 1))
      placed[index].column = min(max(placed[index].column - shift, 0), end)
      placed[index].width = max(right - placed[index].column, 1)
    }
    self.marks = placed
  }

  private static func shown(_ character: Character, at column: Int) -> (String, Int) {
    if character == "\t" {
      let width = 4 - column % 4
      return (String(repeating: " ", count: width), width)
    }
    let isControl = character.unicodeScalars.contains { $0.properties.generalCategory == .control }
    let width = isControl ? 0 : DisplayWidth.of(character)
    // What can't be seen is shown as one sign, so that a label can point at it.
    return width == 0 ? ("\u{FFFD}", 1) : (String(character), width)
  }

  /// The columns to show: everything if it fits, else a stretch with the labels and some of what is around them.
  private static func window(total: Int, width: Int, marks: [PlacedMark]) -> Range<Int> {
    let room = max(width, 20)
    guard total > room, let first = marks.map(\.column).min() else { return 0..<min(total, room) }
    let last = marks.map { $0.column + $0.width }.max() ?? first
    var left = min(max(first - room / 3, 0), max(total - room + 2, 0))
    // If they don't fit from there, begin close to the first label.
    if last > left + room - 2 { left = max(min(first - 8, last - room + 2), 0) }
    if last > left + room - 2 { left = max(first - 8, 0) }
    return left..<min(left + room - 2, total)
  }
}

/// Labels under one line: the last one has its text beside it, the others hang from connectors.
struct LabelLayout {
  private let marks: [PlacedMark]

  init(marks: [PlacedMark]) {
    // From left to right; of two at one place the longer first, so that the shorter stays visible.
    self.marks = marks.enumerated().sorted {
      ($0.element.column, -$0.element.width, $0.offset) < ($1.element.column, -$1.element.width, $1.offset)
    }.map(\.element)
  }

  func lines(style: Style, primary: Style.Role) -> [String] {
    guard let last = marks.last else { return [] }
    var carets = Canvas()
    for mark in marks.sorted(by: { !$0.isPrimary && $1.isPrimary }) {
      carets.write(
        String(repeating: "^", count: mark.width), at: mark.column, mark.isPrimary ? primary : .secondary)
    }
    // Beside the carets only if they end with this label, else it would seem to belong to another.
    let end = marks.map { $0.column + $0.width }.max() ?? 0
    let isBeside =
      !last.text.isEmpty && last.column + last.width == end && marks.filter { $0.column == last.column }.count == 1
    if isBeside { carets.write(last.text, at: end + 1, last.isPrimary ? primary : .secondary) }
    var lines = [carets.text(style)]

    var hanging = (isBeside ? marks.dropLast() : marks[...]).filter { !$0.text.isEmpty }
    func connectors(to marks: some Sequence<PlacedMark>) -> Canvas {
      var canvas = Canvas()
      for mark in marks { canvas.write("|", at: mark.column, mark.isPrimary ? primary : .secondary) }
      return canvas
    }
    if !hanging.isEmpty { lines.append(connectors(to: hanging).text(style)) }
    while let mark = hanging.popLast() {
      var canvas = connectors(to: hanging.filter { $0.column < mark.column })
      canvas.write(mark.text, at: mark.column, mark.isPrimary ? primary : .secondary)
      lines.append(canvas.text(style))
    }
    return lines
  }
}

/// A line that is written in any order.
private struct Canvas {
  private var cells: [(character: Character, role: Style.Role)?] = []

  mutating func write(_ text: String, at column: Int, _ role: Style.Role) {
    var column = column
    for character in text {
      while cells.count <= column { cells.append(nil) }
      cells[column] = (character, role)
      column += 1
    }
  }

  /// Stretches of one role are painted at once; a space belongs to the stretch before it.
  func text(_ style: Style) -> String {
    var result = ""
    var run = ""
    var role: Style.Role?
    for cell in cells {
      if let cell, cell.role != role {
        result += role.map { style.paint(run, $0) } ?? run
        (run, role) = ("", cell.role)
      }
      run.append(cell?.character ?? " ")
    }
    return result + (role.map { style.paint(run, $0) } ?? run)
  }
}
