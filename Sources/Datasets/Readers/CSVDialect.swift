/// How a text table is written: found out from its first lines where the options leave it open.
///
/// Line 1 is a header when none of its cells is a number, a truth value or empty and, besides, some column goes on with
/// numbers or truth values, or no cell of line 1 comes again in its column.
struct CSVDialect {
  var separator: UInt8
  var header: Bool
  var quotes: Bool

  var separatorName: String { separator == 0x09 ? "tab" : String(Character(Unicode.Scalar(separator))) }

  static func detect(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, options: CSVOptions) -> CSVDialect {
    let candidates: [UInt8] = options.separator?.asciiValue.map { [$0] } ?? [0x2c, 0x3b, 0x09, 0x7c]
    var best = CSVDialect(separator: candidates[0], header: false, quotes: options.quotes ?? true)
    var bestRows: [[Sample]] = []
    var bestScore = -1
    for candidate in candidates {
      // Text with tabs is often written without quoting, so that a quote is just a character.
      var quotes = options.quotes ?? true
      if options.quotes == nil, candidate == 0x09 {
        quotes = quotingIsRegular(bytes, from: start, separator: candidate)
      }
      let rows = sample(bytes, from: start, separator: candidate, quotes: quotes)
      guard let width = rows.first?.count else { continue }
      let even = rows.allSatisfy { $0.count == width }
      let score = width == 1 ? 0 : even ? 1_000_000 + width : width
      if score > bestScore {
        best = CSVDialect(separator: candidate, header: false, quotes: quotes)
        bestRows = rows
        bestScore = score
      }
    }
    best.header = options.header ?? looksLikeHeader(bestRows)
    return best
  }

  /// What is known of a cell when the header is looked for.
  private struct Sample {
    var text: String
    var isText: Bool
  }

  private static func sample(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, separator: UInt8, quotes: Bool
  ) -> [[Sample]] {
    var scanner = CSVScanner(bytes, from: start, separator: separator, quotes: quotes)
    defer { scanner.finish() }
    var rows: [[Sample]] = []
    while rows.count < 50 {
      scanner.skipBlankLines()
      if scanner.isAtEnd { break }
      var row: [Sample] = []
      var ending = CSVScanner.Ending.separator
      while ending == .separator {
        do { ending = try scanner.next() } catch { return rows }
        let cell = scanner.cell
        let isValue =
          NumberScanner.scan(cell, commaPoint: separator == 0x3b) != nil || CSVColumnBuilder.truth(cell) != nil
        row.append(Sample(text: String(decoding: cell, as: UTF8.self), isText: !isValue))
      }
      rows.append(row)
    }
    return rows
  }

  private static func quotingIsRegular(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, separator: UInt8
  ) -> Bool {
    var scanner = CSVScanner(bytes, from: start, separator: separator, quotes: true)
    defer { scanner.finish() }
    do {
      while !scanner.isAtEnd { _ = try scanner.next() }
      return true
    } catch { return false }
  }

  private static func looksLikeHeader(_ rows: [[Sample]]) -> Bool {
    guard let first = rows.first, first.contains(where: { !$0.text.isEmpty }), first.allSatisfy(\.isText) else {
      return false
    }
    // Only a row-number column leaves its name empty.
    if first.dropFirst().contains(where: \.text.isEmpty) { return false }
    let rest = rows.dropFirst()
    if rest.isEmpty { return true }
    let hasValues = rest.contains { row in row.contains { !$0.isText && !$0.text.isEmpty } }
    if hasValues { return true }
    return !rest.contains { row in zip(row, first).contains { $0.text == $1.text && !$0.text.isEmpty } }
  }
}
