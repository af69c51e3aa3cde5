import Diagnostics
import TensorTypes

/// Windows over a series for forecasting.
extension Dataset {
  public struct WindowOptions {
    /// Rows that the network sees.
    public var length: Int
    /// The target is taken this many rows after the window's last; several make it a vector.
    public var horizon: ClosedRange<Int>
    public var isVector: Bool
    /// From the start of one window to the start of the next.
    public var stride: Int
    /// Nil: all columns of numbers and truth values.
    public var columns: [String]?
    /// A column in whose order the rows must be; no part of the windows.
    public var time: String?

    public init(
      length: Int, horizon: ClosedRange<Int>, isVector: Bool, stride: Int, columns: [String]?, time: String?
    ) {
      self.length = length
      self.horizon = horizon
      self.isVector = isVector
      self.stride = stride
      self.columns = columns
      self.time = time
    }
  }

  /// A column `window` [length, columns], and the target so many rows later. Each part of a split dataset is a series
  /// of its own, so that no window reaches into another part.
  public func windows(_ options: WindowOptions) throws(Diagnostic) -> Dataset {
    try requireRaw("windows")
    guard options.length > 0 else { throw .windowNumber("length", options.length) }
    guard options.stride > 0 else { throw .windowNumber("stride", options.stride) }
    guard options.horizon.lowerBound > 0 else { throw .windowNumber("horizon", options.horizon.lowerBound) }
    if target == nil, options.horizon != 1...1 { throw .noTarget("`horizon`") }
    var data = self
    // A vector of later values is a number for each of them, never classes.
    if options.isVector, let target, target.classes != nil {
      data = try withTarget(target.column, as: .numbers)
    }
    return try data.changingColumns { (table) throws(Diagnostic) in
      try table.windows(options, target: target?.column)
    }
  }
}

extension Table {
  fileprivate func windows(_ options: Dataset.WindowOptions, target: String?) throws(Diagnostic) -> Table {
    if order != .series { throw .windowsOfShuffled(isWindows: order == .windows) }
    if let time = options.time { try requireOrder(of: try column(time)) }
    let length = options.length
    let (reach, isBeyond) = length.addingReportingOverflow(target == nil ? 0 : options.horizon.upperBound)
    guard !isBeyond, reach <= rowCount else {
      throw .seriesTooShort(rows: rowCount, needed: isBeyond ? Int.max : reach)
    }
    let starts = Array(stride(from: 0, through: rowCount - reach, by: options.stride))

    var inputs: [Column] = []
    if let names = options.columns {
      for name in names { inputs.append(try column(name)) }
    } else {
      inputs = columns.filter { $0.name != options.time && ($0.name != target || $0.isNumeric || $0.kind == .truth) }
    }
    for column in inputs where !column.isNumeric && column.kind != .truth {
      throw .windowsNeedNumbers(column.name, kind: column.kind.words)
    }
    for column in inputs {
      if let row = (0..<rowCount).first(where: column.isMissing) {
        throw .missingInSeries(column.name, row: row, count: column.missingCount)
      }
    }
    guard !inputs.isEmpty else { throw .noFeatures(target: nil) }
    let width = inputs.count
    let matrix = try Features.matrix(of: inputs)
    let result = try TensorRows.allocate(.f32, Shape([starts.count, length, width]))
    let bytes = length * width * MemoryLayout<Float>.size
    for (index, start) in starts.enumerated() {
      result.address.advanced(by: index * bytes).copyMemory(
        from: matrix.address.advanced(by: start * width * MemoryLayout<Float>.size), byteCount: bytes)
    }
    guard target != "window" else { throw .columnTwice("window") }
    var made = [Column("window", .tensors(try TensorRows(result)))]
    if let target {
      let column = try column(target)
      if options.isVector {
        let values = try Features.matrix(of: [column])
        let size = MemoryLayout<Float>.size
        let later = try TensorRows.allocate(.f32, Shape([starts.count, options.horizon.count]))
        for (index, start) in starts.enumerated() {
          later.address.advanced(by: index * options.horizon.count * size).copyMemory(
            from: values.address.advanced(by: (start + length - 1 + options.horizon.lowerBound) * size),
            byteCount: options.horizon.count * size)
        }
        made.append(Column(target, .tensors(try TensorRows(later))))
      } else {
        made.append(try column.taking(starts.map { $0 + length - 1 + options.horizon.lowerBound }))
      }
    }
    return Table(made, rowCount: starts.count, order: .windows)
  }

  private func requireOrder(of column: Column) throws(Diagnostic) {
    guard column.isSingle else { throw .tensorsHaveNoOrder("windows", column: column.name) }
    for row in 0..<column.count {
      if column.isMissing(row) { throw .missingTime(column.name, row: row) }
      if row > 0, Cell.ordered(column.cell(row), column.cell(row - 1)) {
        throw .timeNotInOrder(
          column.name, row: row, value: column.cell(row).description, before: column.cell(row - 1).description)
      }
    }
  }
}
