import SourceText

/// idx and npy files that cannot be understood. Offsets count bytes from 0.
extension Diagnostic {
  public static func idxMagic(_ path: String, found: [UInt8], at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file,
      "`\(path)` is not an idx file: it starts with \(byteList(found)), expected 00 00 08 and the number of dimensions",
      at: span, help: "idx files are those of MNIST; for a table use `csv`, for an array `npy`")
  }

  public static func idxElementType(_ path: String, found: UInt8, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file,
      "`\(path)`: the elements have the type code 0x\(hexadecimal(found)) at byte 2, expected 0x08 (unsigned bytes)",
      at: span, help: "convert the file to npy, which holds every number type")
  }

  public static func idxSize(
    _ path: String, shape: String, expected: Int, found: Int, at span: Span = .none
  ) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)`: the header announces \(shape), which takes \(expected) bytes, found \(found)", at: span,
      help: found < expected
        ? "the file is incomplete: copy or download it again" : "the file has more than its header says: get it again")
  }

  public static func arrayTooLarge(_ path: String, shape: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)`: the header announces \(shape), more than 64 bits can count", at: span,
      help: "the header is damaged: copy or download the file again")
  }

  public static func idxRank(
    _ path: String, found: Int, expectedLabels: Bool, at span: Span = .none
  ) -> Diagnostic {
    Diagnostic(
      .file,
      expectedLabels
        ? "`\(path)` has \(found) dimensions, expected labels: one number for each image"
        : "`\(path)` has \(found) \(found == 1 ? "dimension" : "dimensions"), expected images: at least two", at: span,
      help: "the order is `idx(images, labels)`")
  }

  public static func idxCounts(
    images: String, imageCount: Int, labels: String, labelCount: Int, at span: Span = .none
  ) -> Diagnostic {
    Diagnostic(
      .file, "`\(images)` holds \(imageCount) images and `\(labels)` \(labelCount) labels, expected as many of both",
      at: span, help: "use the images and the labels of the same set: both train, or both t10k")
  }

  public static func npyMagic(_ path: String, found: [UInt8], at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` is not an npy file: it starts with \(byteList(found)), expected 93 4e 55 4d 50 59 (\\x93NUMPY)",
      at: span, help: "write one in Python with `numpy.save`; for .npz, save each array by itself")
  }

  public static func npyVersion(_ path: String, found: UInt8, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)`: npy version \(found) at byte 6, expected 1, 2 or 3", at: span,
      help: "save it again with `numpy.save`")
  }

  public static func npyHeader(_ path: String, expected: String, found: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)`: the header has \(found), expected \(expected)", at: span,
      help: "save it again with `numpy.save`")
  }

  public static func npyElementType(_ path: String, found: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)`: the elements are `\(found)`, expected one of <f4 <f8 <i4 <i8 |u1 |b1", at: span,
      help: found.hasPrefix("|O") || found.hasPrefix("O")
        ? "an array of Python objects holds no numbers: make it one of numbers first"
        : "convert it in Python: `numpy.save(file, array.astype('<f4'))`")
  }

  public static func npySize(
    _ path: String, shape: String, expected: Int, found: Int, at span: Span = .none
  ) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)`: the header announces \(shape), which takes \(expected) bytes, found \(found)", at: span,
      help: "the file is incomplete or damaged: copy or save it again")
  }

  static func byteList(_ bytes: [UInt8]) -> String {
    bytes.isEmpty ? "nothing" : bytes.map(hexadecimal).joined(separator: " ")
  }
}
