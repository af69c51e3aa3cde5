import CLibEdit
import Diagnostics
import Terminal

// What the editor does with text alone.

/// Pasted text as it is put into the entry: line ends as `\n`, no control characters, and of a copied transcript only
/// what was typed (the prompts and the results are dropped).
func pastedText(_ text: String, isComplete: (String) -> Bool) -> String {
  var scalars = String.UnicodeScalarView()
  var last: Unicode.Scalar?
  for scalar in text.unicodeScalars {
    if scalar == "\r" || (scalar == "\n" && last != "\r") { scalars.append("\n") } else if scalar == "\t" || scalar.value >= 32 {
      if scalar.value != 127 { scalars.append(scalar) }
    }
    last = scalar
  }
  var lines = String(scalars).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  while lines.count > 1, lines.last == "" { lines.removeLast() }
  guard lines.contains(where: { $0.hasPrefix("mdl> ") }) else { return lines.joined(separator: "\n") }

  var entries: [String] = []
  for (number, line) in lines.enumerated() {
    if line.hasPrefix("mdl> ") || number == 0 {
      entries.append(line.hasPrefix("mdl> ") ? String(line.dropFirst(5)) : line)
    } else if let entry = entries.last, line.hasPrefix("...> ") || !isComplete(entry) {
      entries[entries.count - 1] = entry + "\n" + (line.hasPrefix("...> ") ? String(line.dropFirst(5)) : line)
    }
  }
  return entries.filter { !$0.allSatisfy(\.isWhitespace) }.joined(separator: "\n")
}

/// Words in as many columns as fit, read downwards.
func columns(_ words: [String], width: Int) -> [String] {
  guard let widest = words.map({ DisplayWidth.of($0) }).max() else { return [] }
  let perRow = max(1, (width + 1) / (widest + 2))
  let rows = (words.count + perRow - 1) / perRow
  var table = Table()
  for row in 0..<rows { table.add(stride(from: row, to: words.count, by: rows).map { words[$0] }) }
  return table.lines(width: width)
}

/// Earlier states of the entry being edited.
struct UndoStack {
  private var states: [(text: [wchar_t], cursor: Int)] = []

  /// Before each key: remembers the text if it changed. Typing a word is one step.
  mutating func record(_ text: [wchar_t], cursor: Int) {
    if let last = states.last, last.text == text { return }
    if states.count >= 2, continuesWord(text) { states.removeLast() }
    if states.count == 1000 { states.removeFirst() }
    states.append((text, cursor))
  }

  mutating func pop(current: [wchar_t]) -> (text: [wchar_t], cursor: Int)? {
    if let last = states.last, last.text == current { states.removeLast() }
    return states.last
  }

  /// `text` is the last state with one more letter, which itself was one more letter.
  private func continuesWord(_ text: [wchar_t]) -> Bool {
    let last = states[states.count - 1].text
    let before = states[states.count - 2].text
    guard text.count == last.count + 1, last.count > before.count, let typed = text.last, typed > 32 else { return false }
    return text.dropLast() == last[...]
  }
}
