import Diagnostics
import Files
import TensorTypes

/// The idx files of MNIST and its relatives: big-endian sizes, then unsigned bytes; plain or .gz.
public enum IDX {
  /// Columns `image` and, with `labels`, the integers `label`. Pictures of [height, width] get one channel:
  /// [1, height, width].
  public static func read(images path: String, labels labelPath: String? = nil) throws(Diagnostic) -> Table {
    let images = try array(path)
    guard images.shape.rank >= 2 else { throw .idxRank(path, found: images.shape.rank, expectedLabels: false) }
    let count = images.shape[0]
    var rowSizes = Array(images.shape.sizes.dropFirst())
    if rowSizes.count == 2 { rowSizes.insert(1, at: 0) }
    let rows = TensorRows(count: count, rowShape: Shape(rowSizes), bytes: images.bytes)
    var columns = [Column("image", .tensors(rows))]
    if let labelPath {
      let labels = try array(labelPath)
      guard labels.shape.rank == 1 else {
        throw .idxRank(labelPath, found: labels.shape.rank, expectedLabels: true)
      }
      guard labels.shape[0] == count else {
        throw .idxCounts(images: path, imageCount: count, labels: labelPath, labelCount: labels.shape[0])
      }
      columns.append(Column("label", .integers(labels.bytes.map(Int.init))))
    }
    return Table(columns, rowCount: count)
  }

  /// Any idx file of unsigned bytes.
  static func array(_ path: String) throws(Diagnostic) -> (shape: Shape, bytes: [UInt8]) {
    let bytes = try FileReader.bytes(of: path)
    if bytes.isEmpty { throw .fileEmpty(path, expected: "an idx file") }
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, bytes[3] >= 1, bytes[3] <= 8 else {
      throw .idxMagic(path, found: Array(bytes.prefix(4)))
    }
    guard bytes[2] == 8 else { throw .idxElementType(path, found: bytes[2]) }
    let rank = Int(bytes[3])
    let header = 4 + 4 * rank
    guard bytes.count >= header else {
      throw .fileTruncated(
        path, offset: 4, expected: "\(rank) sizes of 4 bytes", found: "\(bytes.count - 4) bytes")
    }
    let sizes = (0..<rank).map { axis in
      bytes[4 + 4 * axis..<8 + 4 * axis].reduce(0) { $0 << 8 | Int($1) }
    }
    let shape = Shape(sizes)
    guard let count = shape.checkedCount else { throw .arrayTooLarge(path, shape: shape.description) }
    guard bytes.count - header == count else {
      throw .idxSize(path, shape: shape.description, expected: count, found: bytes.count - header)
    }
    if count == 0 { throw .fileEmpty(path, expected: "at least one element (the header announces \(shape))") }
    return (shape, Array(bytes[header...]))
  }
}
