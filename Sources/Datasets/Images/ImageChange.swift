import Diagnostics
import TensorRuntime
import TensorTypes

/// What a step does to every image of a column [channels, height, width]; nothing is learned.
public enum ImageChange: Sendable, Equatable {
  case resize(ImageSize)
  /// The middle; of an odd rest the smaller half lies before it.
  case centreCrop(ImageSize)
  /// 1: grey, 0.299 red + 0.587 green + 0.114 blue. 3: RGB, the same three times.
  case channels(Int)

  /// As users call it.
  public var name: String {
    switch self {
    case .resize: "resize"
    case .centreCrop: "centre_crop"
    case .channels(let count): count == 1 ? "to_grey" : "to_rgb"
    }
  }

  /// Whether a column holds images.
  static func suits(_ column: Column) -> Bool {
    guard case .tensors(let rows) = column.cells else { return false }
    return isImage(rows.rowShape)
  }

  private static func isImage(_ shape: Shape) -> Bool {
    shape.rank == 3 && [1, 3, 4].contains(shape[0]) && ImageSize(height: shape[1], width: shape[2]) != nil
  }

  /// The shape of a row afterwards.
  func shape(of old: Shape, column: String) throws(Diagnostic) -> Shape {
    guard Self.isImage(old) else { throw .stepNeedsImages(name, column: column, shape: "tensors of \(old)") }
    switch self {
    case .resize(let size): return [old[0], size.height, size.width]
    case .centreCrop(let size):
      guard size.height <= old[1], size.width <= old[2] else {
        throw .cropTooLarge(size.description, image: "\(old[1]) x \(old[2])")
      }
      return [old[0], size.height, size.width]
    case .channels(let count):
      guard old[0] == 1 || old[0] == 3 else {
        throw .stepNeedsImages(name, column: column, shape: "tensors of \(old)")
      }
      return [count, old[1], old[2]]
    }
  }

  func apply(to column: Column) throws(Diagnostic) -> Column {
    guard case .tensors(let rows) = column.cells else {
      throw .stepNeedsImages(name, column: column.name, shape: column.kind.words)
    }
    let shape = try shape(of: rows.rowShape, column: column.name)
    if shape == rows.rowShape { return column }
    return Column(column.name, .tensors(try rows.mapped(to: shape, by: change(of: rows.rowShape, to: shape))))
  }

  /// From one image to the other, channel after channel.
  private func change(of old: Shape, to new: Shape) -> ([Float]) -> [Float] {
    switch self {
    case .resize(let size):
      guard let before = ImageSize(height: old[1], width: old[2]) else { return { $0 } }
      let resizing = ImageResizing(from: before, to: size)
      return { resizing($0) }
    case .centreCrop:
      let (top, left) = ((old[1] - new[1]) / 2, (old[2] - new[2]) / 2)
      return { image in
        var result: [Float] = []
        result.reserveCapacity(new.count)
        for channel in 0..<new[0] {
          for row in top..<top + new[1] {
            let start = (channel * old[1] + row) * old[2] + left
            result.append(contentsOf: image[start..<start + new[2]])
          }
        }
        return result
      }
    case .channels(3): return { $0 + $0 + $0 }
    case .channels:
      let area = old[1] * old[2]
      return { image in
        (0..<area).map { 0.299 * image[$0] + 0.587 * image[area + $0] + 0.114 * image[2 * area + $0] }
      }
    }
  }
}

extension TensorRows {
  /// Rows of another shape, each made of one row. Bytes stay bytes, rounded; other numbers become f32.
  fileprivate func mapped(to shape: Shape, by change: ([Float]) -> [Float]) throws(Diagnostic) -> TensorRows {
    if case .bytes(let bytes) = elements {
      var result: [UInt8] = []
      result.reserveCapacity(count * shape.count)
      for row in 0..<count {
        let old = bytes[row * rowSize..<(row + 1) * rowSize].map { Float($0) }
        for value in change(old) { result.append(UInt8(max(0, min(255, value.rounded(.toNearestOrAwayFromZero))))) }
      }
      return TensorRows(count: count, rowShape: shape, bytes: result)
    }
    let result = try Self.allocate(.f32, Shape([count] + shape.sizes))
    let target = result.address.assumingMemoryBound(to: Float.self)
    for row in 0..<count {
      let old = (row * rowSize..<(row + 1) * rowSize).map { Float(value($0)) }
      for (index, value) in change(old).enumerated() { target[row * shape.count + index] = value }
    }
    return try TensorRows(result)
  }
}
