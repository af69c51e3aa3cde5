import CLibEdit
import Glibc
import Terminal

/// The keys that behave differently from libedit's own. Each is a function of libedit with a name, so that ~/.editrc can
/// bind it elsewhere.
extension LineEditor {
  func bindKeys() {
    add("mdl-enter", ["^M", "^J"]) { editor, _ in key(editor) { $0.enter() } }
    add("mdl-newline", ["^[^M", "^[^J"]) { editor, _ in key(editor) { $0.insert("\n") } }
    add("mdl-up", ["^[[A", "^[OA"]) { editor, _ in key(editor) { $0.up() } }
    add("mdl-down", ["^[[B", "^[OB"]) { editor, _ in key(editor) { $0.down() } }
    add("mdl-previous-entry", ["^P", "^[p"]) { editor, _ in key(editor) { $0.previousEntry() } }
    add("mdl-next-entry", ["^N", "^[n"]) { editor, _ in key(editor) { $0.nextEntry() } }
    add("mdl-row-start", ["^A", "^[[H", "^[OH", "^[[1~"]) { editor, _ in key(editor) { $0.move(to: $0.rowStart) } }
    add("mdl-row-end", ["^E", "^[[F", "^[OF", "^[[4~"]) { editor, _ in key(editor) { $0.move(to: $0.rowEnd) } }
    add("mdl-complete", ["^I"]) { editor, _ in key(editor) { $0.completeWord() } }
    add("mdl-paste", ["^[[200~"]) { editor, _ in key(editor) { $0.paste() } }
    add("mdl-undo", ["^_"]) { editor, _ in key(editor) { $0.undoChange() } }
    add("mdl-cancel", ["^]"]) { editor, _ in key(editor) { $0.cancel() } }
    add("mdl-close", ["}", "]", ")"]) { editor, bracket in key(editor) { $0.close(bracket) } }
    for (key, function) in [
      (handIn, "ed-newline"), ("^R", "em-inc-search-prev"), ("^[[3~", "ed-delete-next-char"), ("^[[C", "ed-next-char"),
      ("^[[D", "ed-prev-char"), ("^[[1;5C", "em-next-word"), ("^[[1;5D", "ed-prev-word"), ("^W", "ed-delete-prev-word"),
    ] { mdl_editor_bind(editor, wide(key), wide(function)) }
  }

  private func add(_ name: String, _ keys: [String], _ function: mdl_edit_function) {
    mdl_editor_function(editor, allocateWide(name), function)
    for key in keys { mdl_editor_bind(editor, wide(key), wide(name)) }
  }

  // MARK: The buffer

  /// All characters of the entry, and the position of the cursor in them.
  var buffer: [wchar_t] {
    guard let line = el_wline(editor)?.pointee, let start = line.buffer else { return [] }
    return Array(UnsafeBufferPointer(start: start, count: start.distance(to: line.lastchar)))
  }

  var cursor: Int {
    guard let line = el_wline(editor)?.pointee, let start = line.buffer else { return 0 }
    return start.distance(to: line.cursor)
  }

  var rowStart: Int { (buffer[..<cursor].lastIndex(of: newline) ?? -1) + 1 }
  var rowEnd: Int { buffer[cursor...].firstIndex(of: newline) ?? buffer.count }

  @discardableResult func move(to position: Int) -> UInt8 {
    el_cursor(editor, Int32(position - cursor))
    return UInt8(CC_CURSOR)
  }

  @discardableResult func insert(_ text: String) -> UInt8 {
    // A zero would end the text for libedit.
    let characters = wide(text.filter { $0 != "\0" })
    if characters.count > 1 { el_winsertstr(editor, characters) }
    return UInt8(CC_REFRESH)
  }

  func replaceBuffer(with text: String, cursor position: Int? = nil) {
    let count = buffer.count
    el_cursor(editor, Int32(count))
    el_deletestr(editor, Int32(count))
    insert(text)
    if let position { move(to: position) }
  }

  // MARK: Enter and indentation

  /// Adds a line while the entry is incomplete, else hands it in through a key that only libedit's own function knows.
  private func enter() -> UInt8 {
    let text = string(buffer)
    if text.allSatisfy(\.isWhitespace) || isComplete(text) {
      el_wpush(editor, wide(handIn))
      return UInt8(CC_NORM)
    }
    return insert("\n" + String(repeating: " ", count: indentation))
  }

  /// Ctrl-C: the entry ends as it is, and is not looked at.
  private func cancel() -> UInt8 {
    isCancelled = true
    move(to: buffer.count)
    el_wpush(editor, wide(handIn))
    return insert("^C")
  }

  /// That of the row, two more after an opening bracket or an unfinished definition.
  private var indentation: Int {
    let row = buffer[rowStart..<cursor]
    let spaces = row.prefix { $0 == space }.count
    let last = row.last { $0 != space }
    let opens = "({[=>".unicodeScalars.contains { wchar_t($0.value) == last }
    return spaces + (opens ? 2 : 0)
  }

  /// A closing bracket that begins a row stands two columns further left than what it closes.
  private func close(_ bracket: wint_t) -> UInt8 {
    let row = buffer[rowStart..<cursor]
    if rowStart > 0, row.count >= 2, row.allSatisfy({ $0 == space }) { el_deletestr(editor, 2) }
    return insert(string([wchar_t(bracket)]))
  }

  // MARK: History

  private func up() -> UInt8 {
    let start = rowStart
    guard start > 0 else { return previousEntry() }
    let above = (buffer[..<(start - 1)].lastIndex(of: newline) ?? -1) + 1
    return move(to: min(above + cursor - start, start - 1))
  }

  private func down() -> UInt8 {
    let end = rowEnd
    guard end < buffer.count else { return nextEntry() }
    let below = buffer[(end + 1)...].firstIndex(of: newline) ?? buffer.count
    return move(to: min(end + 1 + cursor - rowStart, below))
  }

  private func previousEntry() -> UInt8 {
    let text = string(buffer)
    // A changed entry is a new text to search for.
    if let place = browsing, place.shown != text { browsing = nil }
    let typed = browsing?.typed ?? text
    guard let index = history.previous(before: browsing?.index, prefix: typed, except: text) else {
      return UInt8(CC_ERROR)
    }
    return show(index, typed: typed)
  }

  private func nextEntry() -> UInt8 {
    guard let place = browsing, place.shown == string(buffer) else { return UInt8(CC_ERROR) }
    if let index = history.next(after: place.index, prefix: place.typed, except: place.shown) {
      return show(index, typed: place.typed)
    }
    browsing = nil
    replaceBuffer(with: place.typed)
    return UInt8(CC_REFRESH)
  }

  private func show(_ index: Int, typed: String) -> UInt8 {
    let entry = history.entries[index]
    browsing = Browsing(index: index, typed: typed, shown: entry)
    replaceBuffer(with: entry)
    return UInt8(CC_REFRESH)
  }

  // MARK: Paste, undo

  /// Takes everything up to the end mark at once: no completion, no indentation, and prompts of a copied transcript are
  /// left out.
  private func paste() -> UInt8 {
    let mark = Array("\u{1B}[201~".utf8)
    var bytes: [UInt8] = []
    while let byte = nextByte() {
      if byte == cancelKey { return cancel() }
      bytes.append(byte)
      if bytes.count >= mark.count, bytes.suffix(mark.count).elementsEqual(mark) { break }
    }
    guard bytes.count >= mark.count else { return UInt8(CC_ERROR) }
    let text = String(decoding: bytes.dropLast(mark.count), as: UTF8.self)
    return insert(pastedText(text, isComplete: isComplete))
  }

  private func undoChange() -> UInt8 {
    guard let (text, position) = undo.pop(current: buffer) else { return UInt8(CC_ERROR) }
    replaceBuffer(with: string(text), cursor: position)
    return UInt8(CC_REFRESH)
  }

  // MARK: Completion

  /// Inserts what all candidates share; lists them when they share no more.
  private func completeWord() -> UInt8 {
    if buffer[rowStart..<cursor].allSatisfy({ $0 == space }) { return insert("  ") }
    let before = string(buffer[..<cursor])
    let found = suggest(string(buffer), before.utf8.count)
    guard let first = found.candidates.first, found.start <= before.utf8.count else { return UInt8(CC_ERROR) }
    let shared = found.candidates.dropFirst().reduce(first) { commonStart($0, $1) }
    if shared.utf8.count > before.utf8.count - found.start {
      let start = before.utf8.index(before.utf8.startIndex, offsetBy: found.start)
      el_deletestr(editor, Int32(before[start...].unicodeScalars.count))
      return insert(shared)
    }
    guard found.candidates.count > 1 else { return UInt8(CC_ERROR) }
    list(found.candidates)
    return UInt8(CC_REDISPLAY)
  }

  /// Shows the candidates in columns below the entry; libedit then draws the entry again below them.
  private func list(_ candidates: [String]) {
    let rowsBelow = screenRow(of: buffer.count) - screenRow(of: cursor)
    draw(
      String(repeating: "\r\n", count: rowsBelow + 1)
        + columns(candidates, width: terminalWidth(STDOUT_FILENO)).joined(separator: "\r\n") + "\r\n")
  }
}

/// Runs `action` on the editor that libedit means; the result tells libedit what to draw.
private func key(_ editor: OpaquePointer?, _ action: (LineEditor) -> UInt8) -> UInt8 {
  owner(of: editor).map(action) ?? UInt8(CC_ERROR)
}

private func commonStart(_ left: String, _ right: String) -> String {
  String(zip(left, right).prefix { $0 == $1 }.map(\.0))
}

/// Ctrl-^: nobody's key, bound to libedit's own end of input.
private let handIn = "\u{1E}"
private let newline = wchar_t(10)
private let space = wchar_t(32)
