import SourceText

/// Model files (safetensors) that cannot be understood or written. Offsets count bytes from 0.
extension Diagnostic {
  public static func safetensorsHeaderSize(_ path: String, announced: String, limit: Int, at span: Span = .none)
    -> Diagnostic
  {
    Diagnostic(
      .file,
      "`\(path)` is not a safetensors file: its first 8 bytes announce a header of \(announced) bytes, "
        + "expected at most \(limit)", at: span, help: "check that the path names a file written by `save`")
  }

  public static func safetensorsHeader(_ path: String, offset: Int, problem: String, at span: Span = .none)
    -> Diagnostic
  {
    Diagnostic(
      .file, "`\(path)`: the header is not right at byte \(offset): \(problem)", at: span,
      help: "the file is damaged or of another kind: save or copy it again")
  }

  public static func safetensorsEntry(
    _ path: String, tensor: String, found: String, expected: String, at span: Span = .none
  ) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)`, tensor `\(tensor)`: found \(found), expected \(expected)", at: span,
      help: "the file is damaged or was written wrongly: save or copy it again")
  }

  public static func safetensorsType(_ path: String, tensor: String, found: String, at span: Span = .none) -> Diagnostic
  {
    Diagnostic(
      .file, "`\(path)`, tensor `\(tensor)`: the element type `\(found)` is not read", at: span,
      help: "save it as one of F32 F64 F16 BF16 I64 I32 I8 U8 BOOL")
  }

  public static func safetensorsName(_ name: String, _ problem: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(.value, "the name `\(name)` \(problem)", at: span, help: "give every tensor and entry a name of its own")
  }
}
