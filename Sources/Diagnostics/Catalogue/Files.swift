import SourceText

/// Files that cannot be opened, read or written, whatever is in them.
extension Diagnostic {
  public static func fileMissing(_ path: String, similar: String?, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file, "there is no file `\(path)`", at: span,
      help: similar.map { "is it `\($0)`?" }
        ?? (path.hasPrefix("/")
          ? "check the folder and the spelling"
          : "check the spelling; the path starts at the folder where mdl was started"))
  }

  public static func fileNotPermitted(_ path: String, writing: Bool, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` may not be \(writing ? "written" : "read")", at: span,
      help:
        "ask for the permission with `chmod u+\(writing ? "w" : "r")`, or use another \(writing ? "folder" : "file")")
  }

  public static func fileIsFolder(_ path: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(.file, "`\(path)` is a folder, expected a file", at: span, help: "name a file inside it: `\(path)/...`")
  }

  public static func fileIsDevice(_ path: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` is a device or socket, expected a file", at: span, help: "copy the data into a file first")
  }

  public static func fileFailed(_ path: String, writing: Bool, reason: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` could not be \(writing ? "written" : "read"): \(reason)", at: span,
      help: writing ? "the old file, if there was one, is unchanged" : "check the disk and try again")
  }

  public static func noFolder(_ path: String) -> Diagnostic {
    Diagnostic(
      .file, "there is no folder `\(path)`", at: .none,
      help: path.hasPrefix("/")
        ? "check the spelling" : "check the spelling; the path starts at the folder where mdl was started")
  }

  /// `expected`: as in "a folder of images".
  public static func notAFolder(_ path: String, expected: String) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` is a file, expected \(expected)", at: .none,
      help: "one image is read by `read_image(file)`, one text by `txt(file)`")
  }

  public static func folderMissing(_ folder: String, for path: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` cannot be written: there is no folder `\(folder)`", at: span,
      help: "make the folder first: `mkdir -p \(folder)`")
  }

  public static func fileNameInvalid(_ path: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file, path.isEmpty ? "the file name is empty" : "a file name cannot hold a zero byte", at: span,
      help: "give the path of a file, such as \"digits.csv\"")
  }

  public static func fileEmpty(_ path: String, expected: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` is empty, expected \(expected)", at: span, help: "was it copied or downloaded completely?")
  }

  /// `offset` counts bytes of the (unpacked) file from 0.
  public static func fileTruncated(
    _ path: String, offset: Int, expected: String, found: String, at span: Span = .none
  ) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` ends too early: expected \(expected) at byte \(offset), found \(found)", at: span,
      help: "the file is incomplete: copy or download it again")
  }

  public static func gzipDamaged(_ path: String, offset: Int, truncated: Bool, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file,
      truncated
        ? "`\(path)`: the compressed data ends too early, at byte \(offset)"
        : "`\(path)`: the compressed data is damaged near byte \(offset)", at: span,
      help: "copy or download the file again; `gzip -t` tests it")
  }

  public static func fileTooLarge(_ path: String, bytes: Int?, available: Int, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .limit,
      "`\(path)` does not fit in memory: it needs \(bytes.map(byteText) ?? "more than 64 bits can count"), "
        + "\(byteText(available)) are free", at: span, help: "use a part of the file, or a machine with more memory")
  }

  /// 1,536 -> `1.5 KiB`.
  static func byteText(_ bytes: Int) -> String {
    var size = Double(bytes)
    var unit = 0
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    while size >= 1024, unit < units.count - 1 {
      size /= 1024
      unit += 1
    }
    return unit == 0 ? "\(bytes) bytes" : "\((size * 10).rounded() / 10) \(units[unit])"
  }
}
