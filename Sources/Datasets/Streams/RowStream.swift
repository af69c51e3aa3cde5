import Diagnostics
import TensorRuntime
import TensorTypes

/// The rows of a file, read block by block. A shuffled pass takes the blocks in random order, fills a buffer with as
/// many as it holds, and mixes the rows in it; meanwhile a side thread prepares the next buffer.
public struct RowStream: RowSource {
  private let file: RowFile
  private let blocks: [Int]
  private let bufferRows: Int
  private let sampleRows: Int

  /// Finds the rows of the file. `buffer`: the rows that are in memory at a time; `sample`: how many steps learn from.
  public static func open(
    _ path: String, options: CSVOptions = CSVOptions(), keepEnds: Bool = false, buffer: Int, sample: Int
  ) throws(Diagnostic) -> RowStream {
    for (name, count) in [("buffer", buffer), ("sample", sample)] where count < 1 {
      throw .streamCount(name, count)
    }
    let file = try RowFile.open(path, options: options, keepEnds: keepEnds, sample: sample)
    return RowStream(file: file, blocks: Array(0..<file.blockCount), bufferRows: buffer, sampleRows: sample)
  }

  public var rowCount: Int { blocks.reduce(0) { $0 + file.rows(inBlock: $1) } }
  public var unitCount: Int { blocks.count }

  public func choosing(_ units: [Int]) -> any RowSource {
    RowStream(file: file, blocks: units.map { blocks[$0] }, bufferRows: bufferRows, sampleRows: sampleRows)
  }

  public func head(_ count: Int) throws(Diagnostic) -> Table {
    let needed = max(count, 0) / RowFile.blockRows + 1
    let table = try file.read(Array(blocks.prefix(needed)))
    return try table.taking(Array(0..<min(max(count, 0), table.rowCount)))
  }

  public func sample() throws(Diagnostic) -> Table { try file.read(RowFile.spread(blocks, sampleRows)) }

  public func pass(_ key: RandomKey?, _ preparation: Preparation) -> any ExamplePass {
    let order = key.map { RandomNumbers($0).permutation(blocks.count).map { blocks[$0] } } ?? blocks
    return StreamPass(file, order, key, preparation, blocksInBuffer: max(1, bufferRows / RowFile.blockRows))
  }
}

/// A buffer of prepared rows.
private struct Filled: Sendable {
  var x: Tensor
  var y: Tensor?
}

private final class StreamPass: ExamplePass {
  /// All that filling a buffer needs, so that it can be done on another thread.
  private struct Filler: Sendable {
    let file: RowFile
    let order: [Int]
    let key: RandomKey?
    let preparation: Preparation
    let blocksInBuffer: Int

    var count: Int { (order.count + blocksInBuffer - 1) / blocksInBuffer }

    func blocks(_ index: Int) -> ArraySlice<Int> {
      order[index * blocksInBuffer..<min((index + 1) * blocksInBuffer, order.count)]
    }

    func fill(_ index: Int) throws(Diagnostic) -> Filled {
      var table = try file.read(Array(blocks(index)))
      if let key { table = try table.taking(RandomNumbers(key.folded(index)).permutation(table.rowCount)) }
      let y = preparation.target == nil ? nil : try preparation.targets(of: table)
      return Filled(x: try preparation.features(of: table), y: y)
    }
  }

  private let filler: Filler
  /// The first row of each buffer, and the number of rows.
  private let firstRows: [Int]
  private var current: (index: Int, rows: Filled)?
  private var coming: (index: Int, task: SideTask<Result<Filled, Diagnostic>>)?

  init(_ file: RowFile, _ order: [Int], _ key: RandomKey?, _ preparation: Preparation, blocksInBuffer: Int) {
    filler = Filler(file: file, order: order, key: key, preparation: preparation, blocksInBuffer: blocksInBuffer)
    var firstRows = [0]
    for index in 0..<filler.count {
      firstRows.append(firstRows[index] + filler.blocks(index).reduce(0) { $0 + file.rows(inBlock: $1) })
    }
    self.firstRows = firstRows
  }

  func examples(_ positions: Range<Int>) throws(Diagnostic) -> (x: Tensor, y: Tensor?) {
    var x: Tensor?
    var y: Tensor?
    var position = positions.lowerBound
    while position < positions.upperBound {
      let index = (firstRows.firstIndex { $0 > position } ?? firstRows.count) - 1
      let rows = try buffer(index)
      let end = min(positions.upperBound, firstRows[index + 1])
      let source = position - firstRows[index]..<end - firstRows[index]
      let target = position - positions.lowerBound
      try Self.copy(rows.x, source, to: &x, at: target, of: positions.count)
      if let each = rows.y { try Self.copy(each, source, to: &y, at: target, of: positions.count) }
      position = end
    }
    guard let x else { throw .emptyDataset("batches") }
    return (x, y)
  }

  private func buffer(_ index: Int) throws(Diagnostic) -> Filled {
    if let current, current.index == index { return current.rows }
    let result: Result<Filled, Diagnostic>?
    if let coming, coming.index == index { result = coming.task.wait() } else { result = nil }
    coming = nil
    // The old buffer makes room first.
    current = nil
    let rows: Filled
    if let result { rows = try result.get() } else { rows = try filler.fill(index) }
    current = (index, rows)
    if index + 1 < filler.count {
      let filler = filler
      coming = (
        index + 1,
        SideTask {
          do throws(Diagnostic) { return .success(try filler.fill(index + 1)) } catch { return .failure(error) }
        }
      )
    }
    return rows
  }

  private static func copy(
    _ source: Tensor, _ rows: Range<Int>, to target: inout Tensor?, at position: Int, of count: Int
  ) throws(Diagnostic) {
    let sizes = Array(source.shape.sizes.dropFirst())
    let result: Tensor
    if let target { result = target } else { result = try TensorRows.allocate(source.dtype, Shape([count] + sizes)) }
    target = result
    let bytes = Shape(sizes).count * source.dtype.size
    result.address.advanced(by: position * bytes)
      .copyMemory(from: source.address.advanced(by: rows.lowerBound * bytes), byteCount: rows.count * bytes)
  }
}
