import Diagnostics
import Files

/// Plain texts as rows: the lines of a file, or the files of a folder.
public enum TextRows {
  /// Column `text`. Lines without their ends, empty ones left out; `keepEnds`: all lines, each with its end.
  public static func lines(_ path: String, keepEnds: Bool = false) throws(Diagnostic) -> Table {
    let text = try TextFile.text(path)
    let lines = lines(of: text, keepEnds: keepEnds)
    guard !lines.isEmpty else { throw .fileEmpty(path, expected: "a text") }
    return Table([Column("text", .texts(lines))], rowCount: lines.count)
  }

  static func lines(of text: String, keepEnds: Bool) -> [String] {
    var result: [String] = []
    var rest = Substring(text).utf8
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0a).map { rest.index(after: $0) } ?? rest.endIndex
      var line = rest[..<end]
      rest = rest[end...]
      if !keepEnds {
        if line.last == 0x0a { line = line.dropLast() }
        if line.last == 0x0d { line = line.dropLast() }
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) { continue }
      }
      result.append(String(Substring(line)))
    }
    return result
  }

  /// A file is a text. With folders inside, each is a class: columns `text` and `label`. Files and folders are taken in
  /// the order of their names, hidden ones left out.
  public static func folder(_ path: String) throws(Diagnostic) -> Table {
    var texts: [String] = []
    var labels: [String] = []
    let (folders, files) = try entries(of: path)
    if let first = folders.first {
      if let file = files.first { throw .textsBesideClasses(path, file: file, class: first) }
      for name in folders {
        let inside = try entries(of: "\(path)/\(name)").files
        if inside.isEmpty { throw .textFolderEmpty("\(path)/\(name)") }
        for file in inside { texts.append(try TextFile.text("\(path)/\(name)/\(file)")) }
        labels += Array(repeating: name, count: inside.count)
      }
    } else {
      for file in files { texts.append(try TextFile.text("\(path)/\(file)")) }
    }
    guard !texts.isEmpty else { throw .textFolderEmpty(path) }
    var columns = [Column("text", .texts(texts))]
    if !labels.isEmpty { columns.append(Column("label", .texts(labels))) }
    return Table(columns, rowCount: texts.count)
  }

  private static func entries(of folder: String) throws(Diagnostic) -> (folders: [String], files: [String]) {
    try Folder.entries(of: folder, expected: "a folder of texts")
  }
}
