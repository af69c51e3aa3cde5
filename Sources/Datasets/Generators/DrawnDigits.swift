import Diagnostics
import TensorTypes

extension Generators {
  /// Digits 0 to 9 drawn by an unsteady hand: every stroke bent, the whole turned, slanted, stretched and moved, the
  /// pen of changing width, then noise on each pixel. Column `image` [1, size, size] with values of about 0 to 1,
  /// target `digit`.
  public static func digits(
    _ count: Int, size: Int = 16, noise: Double = 0.1, key: RandomKey
  ) throws(Diagnostic) -> Dataset {
    try check("digits", count, noise)
    try check("digits", "size", size, 8, 64)
    try check("digits", "rows", count, 1, rowLimit / (size * size))
    var random = RandomNumbers(key)
    var pixels: [Float] = []
    pixels.reserveCapacity(count * size * size)
    var labels: [Int] = []
    for row in 0..<count {
      let digit = row % 10
      let drawing = DigitDrawing(digit, &random)
      for y in 0..<size {
        for x in 0..<size {
          let ink = drawing.ink(
            (Double(x) + 0.5) / Double(size), (Double(y) + 0.5) / Double(size), pixel: 1 / Double(size))
          pixels.append(Float(min(max(ink + noise * random.normal(), 0), 1)))
        }
      }
      labels.append(digit)
    }
    let rows = try TensorRows(try Column.tensor(pixels, [count, 1, size, size]))
    let columns = [Column("image", .tensors(rows)), Column("digit", .integers(labels))]
    return try Dataset(Table(columns, rowCount: count)).withTarget("digit")
  }
}

/// One digit as lines in the unit square, y downwards.
private struct DigitDrawing {
  struct Point {
    var x: Double
    var y: Double
  }

  private var lines: [(Point, Point)] = []
  private let penRadius: Double

  init(_ digit: Int, _ random: inout RandomNumbers) {
    penRadius = random.uniform(0.035, 0.075)
    let (sine, cosine) = sineAndCosine(turns: random.uniform(-0.04, 0.04))
    let slant = random.uniform(-0.25, 0.25)
    let width = random.uniform(0.75, 1.1)
    let height = random.uniform(0.8, 1.1)
    let moveX = random.uniform(-0.07, 0.07)
    let moveY = random.uniform(-0.06, 0.06)
    for stroke in Self.strokes[digit] {
      var previous: Point?
      for point in stroke {
        // The hand shakes at every corner, more than a template is wide there.
        let x = (point.x - 0.5 + 0.022 * random.normal()) * width
        let y = (point.y - 0.5 + 0.022 * random.normal()) * height
        let slanted = x - slant * y
        let placed = Point(x: 0.5 + moveX + cosine * slanted - sine * y, y: 0.5 + moveY + sine * slanted + cosine * y)
        if let previous { lines.append((previous, placed)) }
        previous = placed
      }
    }
  }

  /// How dark the point is: 1 within the pen, fading over one pixel.
  func ink(_ x: Double, _ y: Double, pixel: Double) -> Double {
    var nearest = Double.infinity
    for (a, b) in lines {
      let dx = b.x - a.x
      let dy = b.y - a.y
      let length = dx * dx + dy * dy
      let along = length > 0 ? min(max(((x - a.x) * dx + (y - a.y) * dy) / length, 0), 1) : 0
      let ex = x - a.x - along * dx
      let ey = y - a.y - along * dy
      nearest = min(nearest, ex * ex + ey * ey)
    }
    return min(max((penRadius - nearest.squareRoot()) / pixel + 0.5, 0), 1)
  }

  private static func line(_ points: (Double, Double)...) -> [Point] { points.map { Point(x: $0.0, y: $0.1) } }

  /// An arc around (x, y) in quarter-turn steps of a third; turns grow clockwise from the right.
  private static func arc(
    _ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double, from start: Double, to end: Double
  ) -> [Point] {
    let steps = max(Int((abs(end - start) * 12).rounded()), 2)
    return (0...steps).map { step in
      let (sine, cosine) = sineAndCosine(turns: start + (end - start) * Double(step) / Double(steps))
      return Point(x: x + radiusX * cosine, y: y + radiusY * sine)
    }
  }

  private static let strokes: [[[Point]]] = [
    [arc(0.5, 0.5, 0.22, 0.33, from: 0, to: 1)],
    [line((0.38, 0.3), (0.53, 0.17), (0.53, 0.83))],
    [arc(0.5, 0.36, 0.2, 0.19, from: 0.5, to: 1.08) + line((0.3, 0.82), (0.73, 0.82))],
    [arc(0.47, 0.33, 0.2, 0.17, from: 0.55, to: 1.25) + arc(0.47, 0.66, 0.23, 0.17, from: 0.75, to: 1.45)],
    [line((0.6, 0.83), (0.6, 0.17), (0.27, 0.62), (0.76, 0.62))],
    [line((0.7, 0.18), (0.36, 0.18), (0.33, 0.47)) + arc(0.48, 0.62, 0.23, 0.2, from: 0.65, to: 1.42)],
    [line((0.62, 0.17), (0.4, 0.4)) + arc(0.5, 0.64, 0.2, 0.19, from: 0.5, to: 1.5)],
    [line((0.28, 0.18), (0.72, 0.18), (0.45, 0.83))],
    [arc(0.5, 0.33, 0.17, 0.16, from: 0.25, to: 1.25) + arc(0.5, 0.66, 0.21, 0.18, from: 0.75, to: 1.75)],
    [arc(0.5, 0.36, 0.19, 0.19, from: 0, to: 1) + line((0.68, 0.4), (0.58, 0.83))],
  ]
}
