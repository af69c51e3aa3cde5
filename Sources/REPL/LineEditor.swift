import CLibEdit
import Diagnostics
import Glibc
import Terminal

/// What one question to the user gave.
enum Input: Equatable {
  case entry(String)
  /// Ctrl-C: the line is dropped.
  case cancelled
  /// Ctrl-D on an empty line, or the terminal is gone.
  case end
}

/// What Tab offers: candidates for the text from `start` (in UTF-8 bytes) to the cursor.
struct Suggestions {
  var start: Int
  var candidates: [String]
}

/// Edits one entry of any number of lines with libedit. The whole entry is one buffer: Enter adds a line until the entry
/// is complete, Up and Down move in it before they reach for the history.
final class LineEditor {
  let history: History
  let isComplete: (String) -> Bool
  let suggest: (String, _ cursor: Int) -> Suggestions

  let editor: OpaquePointer
  private let pastEntries: OpaquePointer?
  private let wake: Int32
  private let prompt: UnsafeMutablePointer<wchar_t>
  private let promptWidth: Int
  /// Bytes read from the terminal and not used yet.
  private var pending: [UInt8] = []
  private var pendingStart = 0
  var isCancelled = false
  var browsing: Browsing?
  var undo = UndoStack()

  /// Where in the history the user is.
  struct Browsing {
    var index: Int
    /// What stood there before, and what entries must begin with.
    var typed: String
    /// The entry as it was put into the buffer: when it has been changed, it is a new text.
    var shown: String
  }

  /// Nil where libedit can't work on this terminal.
  init?(
    prompt: String, colour: Bool, history: History, isComplete: @escaping (String) -> Bool,
    suggest: @escaping (String, _ cursor: Int) -> Suggestions
  ) {
    setlocale(LC_CTYPE, "")
    let codeset = nl_langinfo(Int32(CODESET)).map { String(cString: $0) }
    if codeset != "UTF-8" { setlocale(LC_CTYPE, "C.UTF-8") }
    guard let editor = mdl_editor(isatty(STDOUT_FILENO) == 1 ? 0 : 1) else { return nil }
    self.editor = editor
    self.history = history
    self.isComplete = isComplete
    self.suggest = suggest
    wake = Signals.watchTerminal()
    // \u{1} around what takes no columns.
    let mark = "\u{1}"
    let shown = colour ? mark + Style.prompt.start + mark + prompt + mark + Style.end + mark : prompt
    self.prompt = allocateWide(shown)
    promptWidth = DisplayWidth.of(prompt)
    pastEntries = history_winit()
    mdl_editor_owner(editor, Unmanaged.passUnretained(self).toOpaque())
    mdl_editor_prompt(editor, { owner(of: $0)?.prompt }, 1)
    mdl_editor_read(editor) { editor, character in owner(of: editor)?.readCharacter(into: character) ?? 0 }
    mdl_editor_set(editor, EL_SIGNAL, 0)
    mdl_editor_keymap(editor, wide("emacs"))
    if let pastEntries {
      // For Ctrl-R; Up and Down use `history` itself.
      mdl_history_size(pastEntries, 10_000)
      for entry in history.entries { mdl_history_enter(pastEntries, wide(entry)) }
      mdl_editor_history(editor, pastEntries)
    }
    bindKeys()
    el_source(editor, nil)
  }

  deinit {
    el_end(editor)
    if let pastEntries { history_wend(pastEntries) }
    prompt.deallocate()
  }

  /// Asks for one entry; without its last line break.
  func read() -> Input {
    isCancelled = false
    browsing = nil
    undo = UndoStack()
    // At once, not with the first key: what is typed from now on is not echoed by the terminal as well.
    mdl_editor_set(editor, EL_PREP_TERM, 1)
    draw(Control.markPastes(true))
    var count: Int32 = 0
    let line = el_wgets(editor, &count)
    draw(Control.markPastes(false))
    if isCancelled { return .cancelled }
    guard let line, count > 0 else { return .end }
    var scalars = UnsafeBufferPointer(start: line, count: Int(count))[...]
    while scalars.last == 10 { scalars = scalars.dropLast() }
    return .entry(string(scalars))
  }

  func remember(_ entry: String) {
    history.add(entry)
    if let pastEntries { mdl_history_enter(pastEntries, wide(entry)) }
  }

  /// Straight to the terminal, between what libedit draws.
  func draw(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(isatty(STDOUT_FILENO) == 1 ? STDOUT_FILENO : STDERR_FILENO, bytes, bytes.count)
  }

  /// How many rows of the screen lie above the one with `position`, the prompt's row being 0.
  func screenRow(of position: Int) -> Int {
    let width = max(1, terminalWidth(isatty(STDOUT_FILENO) == 1 ? STDOUT_FILENO : STDERR_FILENO))
    var rows = 0
    var column = promptWidth
    for character in string(buffer[..<position]) {
      let columns = DisplayWidth.of(character)
      if character == "\n" || column + columns > width {
        rows += 1
        column = character == "\n" ? 0 : columns
      } else {
        column += columns
      }
    }
    return rows
  }

  // MARK: Reading keys

  /// libedit's source of characters: 1 when there is one, 0 at the end.
  private func readCharacter(into character: UnsafeMutablePointer<wchar_t>?) -> Int32 {
    undo.record(buffer, cursor: cursor)
    guard let scalar = nextScalar() else { return 0 }
    character?.pointee = wchar_t(scalar.value)
    return 1
  }

  /// Decodes UTF-8; a byte that does not belong gives U+FFFD. Nil at the end.
  func nextScalar() -> Unicode.Scalar? {
    guard let first = nextByte() else { return nil }
    var bytes = [first]
    let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    while bytes.count < length {
      guard let byte = nextByte() else { return nil }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self).unicodeScalars.first
  }

  func nextByte() -> UInt8? {
    if pendingStart == pending.count {
      guard waitForInput() else { return nil }
    }
    pendingStart += 1
    return pending[pendingStart - 1]
  }

  /// Fills `pending`; meanwhile answers a resize and the return from Ctrl-Z. Ctrl-C becomes a key of its own, so that
  /// libedit leaves the line in order. False at the end of the input.
  private func waitForInput() -> Bool {
    var block = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      if Signals.takeInterrupt() {
        pending = [cancelKey]
        pendingStart = 0
        return true
      }
      if Signals.takeContinue() {
        mdl_editor_set(editor, EL_PREP_TERM, 1)
        draw(Control.markPastes(true) + Control.clear(fromRowAbove: 0))
        mdl_editor_refresh(editor)
      }
      if Signals.takeResize() {
        el_resize(editor)
        draw(Control.clear(fromRowAbove: screenRow(of: cursor)))
        mdl_editor_refresh(editor)
      }
      var sources = [
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0), pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&sources, 2, -1) > 0 else { continue }
      if sources[1].revents != 0 { _ = Glibc.read(wake, &block, block.count) }
      guard sources[0].revents != 0 else { continue }
      let count = Glibc.read(STDIN_FILENO, &block, block.count)
      if count > 0 {
        pending = Array(block[..<count])
        pendingStart = 0
        return true
      }
      if count == 0 || (errno != EINTR && errno != EAGAIN) { return false }
    }
  }
}

/// Ctrl-], in place of the signal.
let cancelKey: UInt8 = 0x1D

/// The editor that libedit's call belongs to.
func owner(of editor: OpaquePointer?) -> LineEditor? {
  guard let editor, let pointer = mdl_editor_get_owner(editor) else { return nil }
  return Unmanaged<LineEditor>.fromOpaque(pointer).takeUnretainedValue()
}

/// `text` as libedit wants it: one wide character a scalar and a zero.
func wide(_ text: String) -> [wchar_t] { text.unicodeScalars.map { wchar_t($0.value) } + [0] }

func string(_ characters: some Sequence<wchar_t>) -> String {
  var result = ""
  for character in characters {
    if let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: character)) { result.unicodeScalars.append(scalar) }
  }
  return result
}

/// The same in memory of its own, for libedit to keep.
func allocateWide(_ text: String) -> UnsafeMutablePointer<wchar_t> {
  let characters = wide(text)
  let result = UnsafeMutablePointer<wchar_t>.allocate(capacity: characters.count)
  result.initialize(from: characters, count: characters.count)
  return result
}
