/// Identifies one source file (or one prompt entry) of a session.
public struct FileID: Hashable, Sendable {
  public let index: Int32
  public init(index: Int32) { self.index = index }
  /// Stands for values that no text of the user made.
  public static let none = FileID(index: -1)
}

/// A stretch of source text: UTF-8 offsets, `start` included, `end` not.
public struct Span: Hashable, Sendable {
  public let file: FileID
  public let start: Int32
  public let end: Int32

  public init(file: FileID, start: Int, end: Int) {
    self.file = file
    self.start = Int32(clamping: start)
    self.end = Int32(clamping: end)
  }

  public static let none = Span(file: .none, start: 0, end: 0)
  public var isNone: Bool { file == .none }

  /// The smallest span that covers both.
  public func joined(with other: Span) -> Span {
    if isNone { return other }
    if other.isNone || other.file != file { return self }
    return Span(file: file, start: Int(min(start, other.start)), end: Int(max(end, other.end)))
  }
}
