/// All texts of a session, so that a span can be shown long after it was read.
public final class SourceMap {
  private var files: [SourceFile] = []

  public init() {}

  public func add(name: String, text: String) -> SourceFile {
    let file = SourceFile(id: FileID(index: Int32(files.count)), name: name, text: text)
    files.append(file)
    return file
  }

  public func file(_ id: FileID) -> SourceFile? {
    let index = Int(id.index)
    return files.indices.contains(index) ? files[index] : nil
  }

  public func text(of span: Span) -> String { file(span.file)?.text(of: span) ?? "" }
}
