import Datasets
import Diagnostics

/// Made-up data with one idea each.
enum DatasetGeneratorBuiltins {
  static let all: [Builtin] = [
    Builtin(
      "spirals",
      [.init("rows", default: .int(300)), .init("classes", default: .int(2)), .init("noise", default: .float(0.05))],
      "Arms of a spiral: columns x1, x2, target `class`."
    ) { (call) throws(Diagnostic) in
      let (rows, classes, noise) = (try call.wholeNumber(0), try call.wholeNumber(1), try call.dataNumber(2))
      return try made(call) { (key) throws(Diagnostic) in
        try Generators.spirals(rows, classes: classes, noise: noise, key: key)
      }
    },
    Builtin(
      "moons", [.init("rows", default: .int(300)), .init("noise", default: .float(0.1))],
      "Two interleaved half circles: columns x1, x2, target `class`."
    ) { (call) throws(Diagnostic) in
      let (rows, noise) = (try call.wholeNumber(0), try call.dataNumber(1))
      return try made(call) { (key) throws(Diagnostic) in try Generators.moons(rows, noise: noise, key: key) }
    },
    Builtin(
      "blobs",
      [.init("rows", default: .int(300)), .init("classes", default: .int(3)), .init("noise", default: .float(0.7))],
      "Round clouds on a circle of radius 3: columns x1, x2, target `class`."
    ) { (call) throws(Diagnostic) in
      let (rows, classes, noise) = (try call.wholeNumber(0), try call.wholeNumber(1), try call.dataNumber(2))
      return try made(call) { (key) throws(Diagnostic) in
        try Generators.blobs(rows, classes: classes, noise: noise, key: key)
      }
    },
    Builtin(
      "xor", [.init("rows", default: .int(4)), .init("noise", default: .float(0))],
      "Corners of a square, class 1 where the signs of x1 and x2 differ."
    ) { (call) throws(Diagnostic) in
      let (rows, noise) = (try call.wholeNumber(0), try call.dataNumber(1))
      return try made(call) { (key) throws(Diagnostic) in try Generators.xor(rows, noise: noise, key: key) }
    },
    Builtin(
      "line",
      [
        .init("rows", default: .int(100)), .init("slope", default: .float(2)), .init("offset", default: .float(1)),
        .init("noise", default: .float(0.1)),
      ],
      "Points near a line: column x in -1...1, target y = slope * x + offset + noise."
    ) { (call) throws(Diagnostic) in
      let rows = try call.wholeNumber(0)
      let (slope, offset, noise) = (try call.dataNumber(1), try call.dataNumber(2), try call.dataNumber(3))
      return try made(call) { (key) throws(Diagnostic) in
        try Generators.line(rows, slope: slope, offset: offset, noise: noise, key: key)
      }
    },
    Builtin(
      "digits",
      [.init("rows", default: .int(1000)), .init("size", default: .int(16)), .init("noise", default: .float(0.1))],
      """
      Drawings of the digits 0 to 9 by an unsteady hand, with noise on every pixel: column `image` [1, size, size] with
      values from 0 to 1, target `digit`.
      """
    ) { (call) throws(Diagnostic) in
      let (rows, size, noise) = (try call.wholeNumber(0), try call.wholeNumber(1), try call.dataNumber(2))
      return try made(call) { (key) throws(Diagnostic) in
        try Generators.digits(rows, size: size, noise: noise, key: key)
      }
    },
  ]

  private static func made(
    _ call: BuiltinCall, _ make: (RandomKey) throws(Diagnostic) -> Dataset
  ) throws(Diagnostic) -> Value {
    let key = call.drawnKey()
    return .object(DatasetValue(try call.onData { () throws(Diagnostic) in try make(key) }))
  }
}
