import Diagnostics

/// What an entry, a file or a question came to: plain data for whoever shows it.
public struct Evaluation: Sendable {
  /// The value to be shown; nil when there is none, or nothing to say about it.
  public var display: Shown?
  public var diagnostics: [Diagnostic]
  /// Wall-clock time of running, without parsing and compiling.
  public var seconds: Double

  public init(display: Shown? = nil, diagnostics: [Diagnostic] = [], seconds: Double = 0) {
    self.display = display
    self.diagnostics = diagnostics
    self.seconds = seconds
  }

  /// Warnings alone are no failure.
  public var failed: Bool { diagnostics.contains { $0.severity == .error } }
  public var isInterrupted: Bool { diagnostics.contains { $0.code == .interrupted } }
}

/// A value made readable.
public indirect enum Shown: Sendable, Equatable {
  /// Lines as they are.
  case text(String)
  /// The first row is the header; the note says what was left out.
  case table([[String]], note: String?)
  /// A line above what follows.
  case heading(String)
  /// A table with a header; the columns in `words` are aligned to the left, those of numbers to the right.
  case columns([[String]], words: Set<Int>)
  /// One after the other.
  case list([Shown])
}

/// What Tab can offer: each candidate replaces the text from `start` (a UTF-8 offset) to the cursor.
public struct Completion: Sendable, Equatable {
  public var start: Int
  public var candidates: [String]
  public init(start: Int, candidates: [String]) {
    self.start = start
    self.candidates = candidates
  }
}

/// The outcome of one `test` block.
public struct TestOutcome: Sendable {
  public var file: String
  public var name: String
  public var diagnostics: [Diagnostic]
  public var passed: Bool { diagnostics.allSatisfy { $0.severity == .warning } }
}
