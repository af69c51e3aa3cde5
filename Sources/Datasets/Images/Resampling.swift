/// How one side of an image changes its length: each new pixel is a weighted mean of old ones, by a triangle that grows
/// as the image shrinks. Bilinear interpolation with antialias, as Pillow and PyTorch define it.
struct Resampling {
  /// For each new pixel: the first old one that counts, and the weights from there on, whose sum is 1.
  private var parts: [(first: Int, weights: [Float])] = []

  init(from old: Int, to new: Int) {
    let scale = Double(old) / Double(new)
    let reach = max(scale, 1)
    for pixel in 0..<new {
      let centre = (Double(pixel) + 0.5) * scale
      let first = max(0, Int((centre - reach + 0.5).rounded(.down)))
      let end = min(old, Int((centre + reach + 0.5).rounded(.down)))
      var weights = (first..<end).map { max(0, 1 - abs((Double($0) + 0.5 - centre) / reach)) }
      let sum = weights.reduce(0, +)
      for index in weights.indices { weights[index] /= sum }
      parts.append((first, weights.map(Float.init)))
    }
  }

  /// The mean at each new pixel of a line whose elements lie `step` apart.
  func run(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, step: Int) {
    for (pixel, part) in parts.enumerated() {
      var sum: Float = 0
      for (offset, weight) in part.weights.enumerated() { sum += weight * source[(part.first + offset) * step] }
      target[pixel * step] = sum
    }
  }
}

/// Changes the size of images of one size: first the width, then the height.
public struct ImageResizing {
  let old: ImageSize
  let new: ImageSize
  private let rows: Resampling
  private let columns: Resampling

  public init(from old: ImageSize, to new: ImageSize) {
    self.old = old
    self.new = new
    rows = Resampling(from: old.height, to: new.height)
    columns = Resampling(from: old.width, to: new.width)
  }

  /// `planes`: any number of [height, width], one after another.
  public func callAsFunction(_ planes: [Float]) -> [Float] {
    let count = planes.count / (old.height * old.width)
    var narrow = [Float](repeating: 0, count: count * old.height * new.width)
    var result = [Float](repeating: 0, count: count * new.height * new.width)
    planes.withUnsafeBufferPointer { planes in
      narrow.withUnsafeMutableBufferPointer { narrow in
        result.withUnsafeMutableBufferPointer { result in
          guard let planes = planes.baseAddress, let narrow = narrow.baseAddress, let result = result.baseAddress else {
            return
          }
          for row in 0..<count * old.height {
            columns.run(planes + row * old.width, narrow + row * new.width, step: 1)
          }
          for plane in 0..<count {
            let (source, target) = (plane * old.height * new.width, plane * new.height * new.width)
            for column in 0..<new.width {
              rows.run(narrow + source + column, result + target + column, step: new.width)
            }
          }
        }
      }
    }
    return result
  }
}

/// Height and width in pixels.
public struct ImageSize: Sendable, Equatable, CustomStringConvertible {
  public let height: Int
  public let width: Int

  /// Nil for what no image has.
  public init?(height: Int, width: Int) {
    guard (1...65536).contains(height), (1...65536).contains(width) else { return nil }
    self.height = height
    self.width = width
  }

  public var description: String { "\(height) x \(width)" }
}
