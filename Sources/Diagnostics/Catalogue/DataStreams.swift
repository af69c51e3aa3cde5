import SourceText

/// Streamed rows and windows over tokens.
extension Diagnostic {
  public static func streamed(_ what: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(what)` needs all rows in memory, and this dataset is streamed from its file", at: .none,
      help: "work on some of it, `data |> head(10_000)`, or read the whole file with `csv`, `jsonl` or `txt`")
  }

  public static func streamedStratified(_ column: String) -> Diagnostic {
    Diagnostic(
      .data, "a streamed dataset is split by blocks of rows, not by the values of `\(column)`", at: .none,
      help: "leave `stratified` out; with many rows the proportions come out nearly equal")
  }

  public static func streamedGroups(_ column: String) -> Diagnostic {
    Diagnostic(
      .data, "a streamed dataset is split by blocks of rows, which may cut the groups of `\(column)`", at: .none,
      help: "read the whole file with `csv`, `jsonl` or `txt`, or write each part to a file of its own")
  }

  public static func streamedSplitEmpty(_ part: String, blocks: Int) -> Diagnostic {
    Diagnostic(
      .data, "of \(blocks) \(blocks == 1 ? "block" : "blocks") of rows none is left for the part `\(part)`", at: .none,
      help: "a stream is split by blocks of 64 rows: read a small file whole, with `csv`, `jsonl` or `txt`")
  }

  public static func streamPacked(_ path: String) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` is packed or a pipe, and a stream reads it from many places", at: .none,
      help: "unpack it first: `gunzip -k \(path)`")
  }

  public static func streamChanged(_ path: String) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` has other rows than when the stream was opened", at: .none,
      help: "open it again when nothing writes to it any more: `stream(\"\(path)\")`")
  }

  public static func streamCount(_ name: String, _ count: Int) -> Diagnostic {
    Diagnostic(
      .value, "the \(name) of a stream has \(count) rows, expected at least 1", at: .none,
      help: "`buffer: 10_000` rows are in memory at a time, and steps learn from `sample: 100_000`")
  }

  public static func streamedCell(_ path: String, line: Int, column: String, cell: String, expected: String)
    -> Diagnostic
  {
    Diagnostic(
      .data, "`\(path)`, line \(line): column `\(column)` holds \"\(cell)\", and \(expected) in the sample", at: .none,
      help: "correct the cell, or let the stream look at more rows: `sample: 1_000_000`")
  }

  public static func npyTokens(_ path: String, found: String) -> Diagnostic {
    Diagnostic(
      .file, "`\(path)` holds \(found), expected token ids: whole numbers in one dimension", at: .none,
      help: "write them in Python with `numpy.save(file, ids.astype('uint16'))`, here with `save_npy(ids, file)`")
  }

  public static func tokenWindowNumber(_ name: String, _ value: Int) -> Diagnostic {
    Diagnostic(
      .value, "windows with \(name) \(value), expected at least 1", at: .none,
      help: "such as `token_windows(ids, 128)`")
  }

  public static func splitSharedTokens() -> Diagnostic {
    Diagnostic(
      .data, "these windows share tokens, which a split would put in several parts", at: .none,
      help: "split first and make the windows of each part: "
        + "`data |> split(train: 0.9, test: 0.1) |> token_windows(128)`, or `token_windows(ids[:90_000], 128)`")
  }

  public static func stepOnWindows(_ step: String) -> Diagnostic {
    Diagnostic(
      .data, "`\(step)` comes after `token_windows`, which holds ids for a network as they are", at: .none,
      help: "put `\(step)` before `token_windows`")
  }

  public static func tokensTooFew(_ count: Int, length: Int) -> Diagnostic {
    Diagnostic(
      .data,
      "\(count) \(count == 1 ? "token is" : "tokens are") too few for a window of \(length) and the one after it",
      at: .none, help: "use shorter windows or more text")
  }

  public static func tokensNotIds(_ found: String) -> Diagnostic {
    Diagnostic(
      .data, "windows are over token ids, whole numbers [n], and these are \(found)", at: .none,
      help: "`encode(vocabulary, text)` gives ids; a dataset needs `vocabulary()` or `byte_pairs()`, and no `pad`")
  }
}
