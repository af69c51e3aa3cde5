/// All texts of a session, so that a span can be shown long after it was read.
public final class SourceMap {
  private var files: [SourceFile] = []

  public init() {}

  public func add(name: String, text: String) -> SourceFile { add(name: name, bytes: Array(text.utf8)) }

  /// For bytes as they come from a file; the parser says so if they are not UTF-8.
  public func add(name: String, bytes: [UInt8]) -> SourceFile {
    let file = SourceFile(id: FileID(index: Int32(clamping: files.count)), name: name, bytes: bytes)
    files.append(file)
    return file
  }

  public func file(_ id: FileID) -> SourceFile? {
    let index = Int(id.index)
    return files.indices.contains(index) ? files[index] : nil
  }

  public func text(of span: Span) -> String { file(span.file)?.text(of: span) ?? "" }
}
