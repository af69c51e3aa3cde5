import Diagnostics

/// Small made-up datasets with one idea each. The same key gives the same rows on every machine. `noise` is the
/// deviation of a normal disturbance of each coordinate.
public enum Generators {
  public static let rowLimit = 10_000_000

  /// Arms of a spiral, nearly one turn each: columns x1, x2 in about -1...1, target `class`.
  public static func spirals(_ count: Int, classes: Int = 2, noise: Double = 0.05, key: RandomKey) throws(Diagnostic)
    -> Dataset
  {
    try check("spirals", count, noise)
    try check("spirals", "classes", classes, 2, 100)
    return try points(count, classes, noise, key) { index, perClass, label in
      let along = 0.1 + 0.9 * Double(index) / Double(max(perClass - 1, 1))
      let (sine, cosine) = sineAndCosine(turns: along + Double(label) / Double(classes))
      return (along * cosine, along * sine)
    }
  }

  /// Two interleaved half circles: columns x1, x2, target `class`.
  public static func moons(_ count: Int, noise: Double = 0.1, key: RandomKey) throws(Diagnostic) -> Dataset {
    try check("moons", count, noise)
    return try points(count, 2, noise, key) { index, perClass, label in
      let (sine, cosine) = sineAndCosine(turns: 0.5 * Double(index) / Double(max(perClass - 1, 1)))
      return label == 0 ? (cosine, sine) : (1 - cosine, 0.5 - sine)
    }
  }

  /// Round clouds whose centres lie on a circle of radius 3: columns x1, x2, target `class`.
  public static func blobs(_ count: Int, classes: Int = 3, noise: Double = 0.7, key: RandomKey) throws(Diagnostic)
    -> Dataset
  {
    try check("blobs", count, noise)
    try check("blobs", "classes", classes, 1, 100)
    return try points(count, classes, noise, key) { _, _, label in
      let (sine, cosine) = sineAndCosine(turns: Double(label) / Double(classes))
      return (3 * cosine, 3 * sine)
    }
  }

  /// The four corners (-1 or 1): class 1 where the signs differ. Columns x1, x2, target `class`.
  public static func xor(_ count: Int = 4, noise: Double = 0, key: RandomKey) throws(Diagnostic) -> Dataset {
    try check("xor", count, noise)
    return try points(count, 2, noise, key) { index, _, label in
      let first = index % 2 == 0 ? -1.0 : 1.0
      return (first, label == 0 ? first : -first)
    }
  }

  /// y = slope * x + offset + noise, x in -1...1: column x, target `y`.
  public static func line(
    _ count: Int, slope: Double = 2, offset: Double = 1, noise: Double = 0.1, key: RandomKey
  ) throws(Diagnostic) -> Dataset {
    try check("line", count, noise)
    var random = RandomNumbers(key)
    var xs: [Double] = []
    var ys: [Double] = []
    for _ in 0..<count {
      let x = random.uniform(-1, 1)
      xs.append(x)
      ys.append(slope * x + offset + noise * random.normal())
    }
    let table = Table([Column("x", .floats(xs)), Column("y", .floats(ys))], rowCount: count)
    return try Dataset(table).withTarget("y")
  }

  /// Rows of all classes in turn. `place` gives the undisturbed point: index within the class, points in the class,
  /// class.
  private static func points(
    _ count: Int, _ classes: Int, _ noise: Double, _ key: RandomKey,
    _ place: (Int, Int, Int) -> (Double, Double)
  ) throws(Diagnostic) -> Dataset {
    var random = RandomNumbers(key)
    var x1: [Double] = []
    var x2: [Double] = []
    var labels: [Int] = []
    for row in 0..<count {
      let label = row % classes
      let perClass = (count - label + classes - 1) / classes
      let (a, b) = place(row / classes, perClass, label)
      x1.append(a + noise * random.normal())
      x2.append(b + noise * random.normal())
      labels.append(label)
    }
    let columns = [Column("x1", .floats(x1)), Column("x2", .floats(x2)), Column("class", .integers(labels))]
    return try Dataset(Table(columns, rowCount: count)).withTarget("class")
  }

  static func check(_ name: String, _ count: Int, _ noise: Double) throws(Diagnostic) {
    try check(name, "rows", count, 1, rowLimit)
    if !(noise >= 0 && noise.isFinite) { throw .generatorNoise(name, String(noise)) }
  }

  static func check(_ name: String, _ what: String, _ value: Int, _ least: Int, _ most: Int) throws(Diagnostic) {
    if value < least || value > most { throw .generatorCount(name, what, value, least: least, most: most) }
  }
}
