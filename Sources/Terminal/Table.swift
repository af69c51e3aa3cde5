import Diagnostics

/// Rows of cells in aligned columns, two spaces apart.
public struct Table {
  public enum Alignment: Sendable { case left, right }

  public var alignments: [Alignment]
  private var rows: [[String]] = []

  /// Columns without an alignment are aligned to the left.
  public init(_ alignments: [Alignment] = []) { self.alignments = alignments }

  public mutating func add(_ cells: [String]) { rows.append(cells) }

  /// One line a row, without spaces at the ends of lines, cut to `width` columns if that is given.
  public func lines(width: Int? = nil) -> [String] {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], DisplayWidth.of(cell))
      }
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let right = column < alignments.count && alignments[column] == .right
        line += (column > 0 ? "  " : "") + padded(cell, toWidth: widths[column], right: right)
      }
      if let width { line = cut(line, toWidth: width) }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
