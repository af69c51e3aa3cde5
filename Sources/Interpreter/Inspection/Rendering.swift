import Datasets
import Files
import TensorRuntime
import TensorTypes

/// A tensor as pictures of one size: what `show` and `save_png` have in common.
struct Rendering {
  private let pictures: [Picture]
  private let size: ImageSize
  /// How many images there are behind these.
  let leftOut: Int
  /// Of a heat map: what its ends mean.
  private(set) var legend: String?

  /// Nil for what is no image: [height, width], [channels, height, width] or [batch, channels, height, width].
  init?(_ tensor: Tensor, range: (Double, Double)?, hasColour: Bool, leftOut: Int = 0) {
    let shape = tensor.shape
    let isMap = shape.rank == 2
    guard (2...4).contains(shape.rank), shape.count > 0, isMap || [1, 3].contains(shape[shape.rank - 3]),
      let size = ImageSize(height: shape[shape.rank - 2], width: shape[shape.rank - 1])
    else { return nil }
    self.size = size
    self.leftOut = leftOut
    let values = Self.numbers(tensor)
    let finite = values.lazy.filter(\.isFinite)
    let (least, greatest) = (finite.min() ?? 0, finite.max() ?? 0)
    if isMap {
      legend = "from \(TextTable.number(least)) to \(TextTable.number(greatest))"
      pictures = [Self.map(values, size, range ?? (least, greatest), hasColour: hasColour)]
      return
    }
    let (black, white) = range ?? Self.range(least, greatest)
    let channels = shape[shape.rank - 3]
    let area = size.height * size.width
    pictures = (0..<values.count / (channels * area)).map { image in
      var pixels = [UInt8](repeating: 0, count: channels * area)
      for index in 0..<channels * area {
        let value = values[image * channels * area + index]
        pixels[index % area * channels + index / area] = Self.byte((value - black) / (white - black))
      }
      return Picture(width: size.width, height: size.height, channels: channels, pixels: pixels)
    }
  }

  private static func numbers(_ tensor: Tensor) -> [Double] {
    switch tensor.dtype {
    case .f32: tensor.elements(as: Float.self).map(Double.init)
    case .f64: tensor.elements(as: Double.self)
    case .i64: tensor.elements(as: Int.self).map(Double.init)
    case .bool: tensor.elements(as: Bool.self).map { $0 ? 1 : 0 }
    }
  }

  /// What is black and what is white in images with these extremes.
  private static func range(_ least: Double, _ greatest: Double) -> (Double, Double) {
    if least >= 0, greatest <= 1 { return (0, 1) }
    return least >= 0 && greatest <= 255 ? (0, 255) : (least, greatest)
  }

  /// 0 to 1 as 0 to 255; what lies outside is cut off, and what is no number is 0.
  private static func byte(_ part: Double) -> UInt8 {
    part.isNaN ? 0 : UInt8((max(0, min(1, part)) * 255).rounded())
  }

  /// Black, red, yellow, white; with numbers on both sides of 0, which is black, blue below it and red above.
  /// Without colour the distance from the darkest number.
  private static func map(
    _ values: [Double], _ size: ImageSize, _ range: (Double, Double), hasColour: Bool
  ) -> Picture {
    let isSigned = range.0 < 0 && range.1 > 0
    let reach = isSigned ? max(-range.0, range.1) : range.1 - range.0
    var pixels: [UInt8] = []
    for value in values {
      let part = isSigned ? value / reach : (value - range.0) / reach
      let strength = abs(part)
      if !hasColour {
        pixels.append(byte(strength))
      } else if isSigned {
        let (full, pale) = (byte(strength), byte(strength / 4))
        pixels += part > 0 ? [full, pale, pale] : [pale, pale, full]
      } else {
        pixels += [byte(3 * part), byte(3 * part - 1), byte(3 * part - 2)]
      }
    }
    return Picture(width: size.width, height: size.height, channels: hasColour ? 3 : 1, pixels: pixels)
  }

  // MARK: As one picture

  /// All pictures in rows, about as wide as high, two white pixels apart.
  func sheet() -> Picture {
    let columns = max(1, Int(Double(pictures.count).squareRoot().rounded(.up)))
    let rows = (pictures.count + columns - 1) / columns
    let (width, height, gap) = (size.width, size.height, 2)
    let channels = pictures.first?.channels ?? 1
    let total = (width: columns * (width + gap) - gap, height: rows * (height + gap) - gap)
    var pixels = [UInt8](repeating: 255, count: total.width * total.height * channels)
    for (index, picture) in pictures.enumerated() {
      let (top, left) = (index / columns * (height + gap), index % columns * (width + gap))
      for row in 0..<height {
        let start = ((top + row) * total.width + left) * channels
        pixels.replaceSubrange(
          start..<start + width * channels,
          with: picture.pixels[row * width * channels..<(row + 1) * width * channels])
      }
    }
    return Picture(width: total.width, height: total.height, channels: channels, pixels: pixels)
  }

  // MARK: As text

  /// Two pixels a character, one above the other; as many pictures side by side as fit, larger ones made smaller.
  func lines(width: Int, hasColour: Bool) -> [String] {
    let shown = size.width <= width ? pictures : pictures.map { Self.narrowed($0, size, to: width) }
    guard let first = shown.first else { return [] }
    let columns = max(1, (width + 1) / (first.width + 1))
    var lines: [String] = []
    for start in stride(from: 0, to: shown.count, by: columns) {
      if start > 0 { lines.append("") }
      let row = shown[start..<min(start + columns, shown.count)]
      for y in stride(from: 0, to: first.height, by: 2) {
        let parts = row.map { hasColour ? Self.colouredLine($0, y) : Self.plainLine($0, y) }
        let line = parts.joined(separator: " ")
        lines.append(hasColour ? line : String(line.reversed().drop { $0 == " " }.reversed()))
      }
    }
    return lines
  }

  private static func narrowed(_ picture: Picture, _ old: ImageSize, to width: Int) -> Picture {
    guard let new = ImageSize(height: max(1, old.height * width / old.width), width: width) else { return picture }
    let small = ImageResizing(from: old, to: new)(picture.planes.map { Float($0) })
    let area = new.height * new.width
    var pixels = [UInt8](repeating: 0, count: small.count)
    for (index, value) in small.enumerated() {
      pixels[index % area * picture.channels + index / area] = byte(Double(value) / 255)
    }
    return Picture(width: new.width, height: new.height, channels: picture.channels, pixels: pixels)
  }

  private static let ramp = Array(" .:-=+*#%@")

  private static func plainLine(_ picture: Picture, _ y: Int) -> String {
    String(
      (0..<picture.width).map { x in
        let top = brightness(picture, x, y)
        let both = y + 1 < picture.height ? (top + brightness(picture, x, y + 1)) / 2 : top
        return ramp[min(both * ramp.count / 256, ramp.count - 1)]
      })
  }

  private static func brightness(_ picture: Picture, _ x: Int, _ y: Int) -> Int {
    let (r, g, b) = colour(picture, x, y)
    return (299 * r + 587 * g + 114 * b) / 1000
  }

  private static func colour(_ picture: Picture, _ x: Int, _ y: Int) -> (Int, Int, Int) {
    let start = (y * picture.width + x) * picture.channels
    let (green, blue) = picture.channels < 3 ? (0, 0) : (1, 2)
    return (Int(picture.pixels[start]), Int(picture.pixels[start + green]), Int(picture.pixels[start + blue]))
  }

  /// The upper half block: its colour is the upper pixel, its background the lower one.
  private static func colouredLine(_ picture: Picture, _ y: Int) -> String {
    var line = ""
    var last = (-1, -1)
    for x in 0..<picture.width {
      let top = paletteIndex(colour(picture, x, y))
      let bottom = y + 1 < picture.height ? paletteIndex(colour(picture, x, y + 1)) : -1
      if (top, bottom) != last {
        line += "\u{1B}[0;38;5;\(top)" + (bottom >= 0 ? ";48;5;\(bottom)m" : "m")
        last = (top, bottom)
      }
      line += "▀"
    }
    return line + "\u{1B}[0m"
  }

  /// The nearest of the 256 colours that terminals have: a cube of 6 steps a side, and 24 greys between black and
  /// white.
  private static func paletteIndex(_ colour: (Int, Int, Int)) -> Int {
    let (r, g, b) = colour
    func step(_ value: Int) -> Int { value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40 }
    func level(_ step: Int) -> Int { step == 0 ? 0 : 55 + 40 * step }
    func distance(_ to: (Int, Int, Int)) -> Int {
      (r - to.0) * (r - to.0) + (g - to.1) * (g - to.1) + (b - to.2) * (b - to.2)
    }
    let cube = (step(r), step(g), step(b))
    let grey = max(0, min(23, ((r + g + b) / 3 - 3) / 10))
    let greyLevel = 8 + 10 * grey
    if distance((greyLevel, greyLevel, greyLevel)) < distance((level(cube.0), level(cube.1), level(cube.2))) {
      return 232 + grey
    }
    return 16 + 36 * cube.0 + 6 * cube.1 + cube.2
  }
}
