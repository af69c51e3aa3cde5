import SourceText

/// Text tables (CSV) and plain text that cannot be read. `line` counts from 1.
extension Diagnostic {
  public static func raggedRow(
    _ path: String, line: Int, found: Int, expected: Int, header: Bool, separator: String, excerpt: String,
    at span: Span = .none
  ) -> Diagnostic {
    Diagnostic(
      .data,
      "`\(path)`, line \(line): \(found) \(found == 1 ? "cell" : "cells"), expected \(expected) "
        + (header ? "as in the header" : "as in the first row"), at: span, notes: ["the line reads: \(excerpt)"],
      help: found > expected
        ? "write a cell that holds `\(separator)` in double quotes"
        : "add the missing cells (an empty one is `\(separator)\(separator)`), or name another separator: "
          + "`separator: \";\"`")
  }

  public static func unclosedQuote(_ path: String, line: Int, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .data, "`\(path)`, line \(line): the quote that opens here is never closed", at: span,
      help: "close it with `\"`, or read quotes as ordinary characters: `quotes: false`")
  }

  public static func textAfterQuote(_ path: String, line: Int, separator: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .data, "`\(path)`, line \(line): text after a closing quote, expected `\(separator)` or the end of the line",
      at: span, help: "write a quote inside a quoted cell twice (`\"\"`), or read with `quotes: false`")
  }

  public static func notUTF8(_ path: String, line: Int, byte: UInt8, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .data, "`\(path)`, line \(line): byte 0x\(hexadecimal(byte)) is not UTF-8 text", at: span,
      help: "save the file as UTF-8; in a shell: `iconv -f LATIN1 -t UTF-8 \(path) > new.csv`")
  }

  public static func utf16Text(_ path: String, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .data, "`\(path)` is UTF-16 text, expected UTF-8", at: span,
      help: "save the file as UTF-8; in a shell: `iconv -f UTF-16 -t UTF-8 \(path) > new.csv`")
  }

  public static func binaryNotText(_ path: String, line: Int, looksLike: String?, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .data,
      looksLike.map { "`\(path)` is \($0), expected text" }
        ?? "`\(path)`, line \(line): a zero byte, so this is not a text file", at: span,
      help: looksLike == nil ? "check that the path names a text file" : "unpack or export it as text first")
  }

  public static func repeatedColumn(
    _ name: String, in path: String, first: Int, second: Int, at span: Span = .none
  ) -> Diagnostic {
    Diagnostic(
      .data, "`\(path)`, line 1: the column name `\(name)` is there twice (columns \(first) and \(second))", at: span,
      help: "give each column its own name; if line 1 is data, say `header: false`")
  }

  public static func headerOnly(_ path: String, columns: Int, at span: Span = .none) -> Diagnostic {
    Diagnostic(
      .data, "`\(path)` has a header with \(columns) \(columns == 1 ? "column" : "columns") and no rows", at: span,
      help: "add rows; if line 1 is data, say `header: false`")
  }

  static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count < 2 ? "0" + digits : digits
  }
}
