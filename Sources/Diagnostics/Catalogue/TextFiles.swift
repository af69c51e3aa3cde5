import SourceText

/// Lines of JSON and folders of texts that cannot be read. Lines and columns count from 1.
extension Diagnostic {
  public static func jsonLine(_ path: String, line: Int, column: Int, problem: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(path)`, line \(line), byte \(column): \(problem)", at: .none,
      help: "every line is one JSON object, such as {\"text\": \"good\", \"label\": 1}")
  }

  public static func jsonMember(_ path: String, line: Int, name: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(path)`, line \(line): `\(name)` holds objects or a mixed list, which no column can hold", at: .none,
      help: "write its parts as members of their own")
  }

  public static func jsonKind(_ path: String, line: Int, name: String, found: String, expected: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(path)`, line \(line): `\(name)` holds \(found), and \(expected) in the lines before", at: .none,
      help: "give a member values of one kind (null where it is missing)")
  }

  public static func textFolderEmpty(_ path: String) -> Diagnostic {
    Diagnostic(.file, "the folder `\(path)` holds no texts", at: .none, help: "put text files in it, or remove it")
  }

  public static func textsBesideClasses(_ path: String, file: String, class name: String) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` holds folders such as `\(name)` and files such as `\(file)`", at: .none,
      help: "a folder for each class, or texts alone: move the files or name one of the folders")
  }
}
