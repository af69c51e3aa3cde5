import Foundation
import KernelTypes
import TensorRuntime
import Testing

/// Limits in units in the last place, for every level.
struct AccuracyLimit {
  let opcode: TileOpcode
  let f32: Double
  let f64: Double
}

let accuracyLimits: [AccuracyLimit] = [
  AccuracyLimit(opcode: .exp, f32: 1.1, f64: 1.1),
  AccuracyLimit(opcode: .expm1, f32: 0.51, f64: 2.5),
  AccuracyLimit(opcode: .log, f32: 0.9, f64: 1.1),
  AccuracyLimit(opcode: .log1p, f32: 0.51, f64: 2),
  AccuracyLimit(opcode: .sqrt, f32: 0.5, f64: 0.51),
  AccuracyLimit(opcode: .sin, f32: 0.51, f64: 1.1),
  AccuracyLimit(opcode: .cos, f32: 0.51, f64: 1.1),
  AccuracyLimit(opcode: .tan, f32: 0.51, f64: 2.1),
  AccuracyLimit(opcode: .asin, f32: 0.51, f64: 2.5),
  AccuracyLimit(opcode: .acos, f32: 0.51, f64: 2.5),
  AccuracyLimit(opcode: .atan, f32: 0.51, f64: 2),
  AccuracyLimit(opcode: .sinh, f32: 0.51, f64: 3.6),
  AccuracyLimit(opcode: .cosh, f32: 0.51, f64: 3.6),
  AccuracyLimit(opcode: .tanh, f32: 2.7, f64: 3),
  AccuracyLimit(opcode: .sigmoid, f32: 2.6, f64: 3),
  AccuracyLimit(opcode: .erf, f32: 1.6, f64: 1.6),
  AccuracyLimit(opcode: .erfInverse, f32: 0.51, f64: 4),
  AccuracyLimit(opcode: .power, f32: 0.51, f64: 1.1),
  AccuracyLimit(opcode: .atan2, f32: 0.51, f64: 1.5),
]

/// The elementary functions over their whole range: f64 against exact values that mpmath computed (Tests/Accuracy), f32
/// against doubles. docs/accuracy.md states the limits; with ACCURACY=FILE the errors found are written to a file, and
/// STRIDE=1 takes every float instead of one in 9,973.
extension KernelSuite {
  private static let environment = ProcessInfo.processInfo.environment

  /// Where the errors found go, when they are wanted.
  private static func note(_ line: String) {
    guard let path = environment["ACCURACY"], let file = fopen(path, "a") else { return }
    fputs(line + "\n", file)
    fclose(file)
  }

  @Test func functionsOfOneFloatStayWithinTheirLimits() {
    for limit in accuracyLimits where limit.opcode != .power && limit.opcode != .atan2 {
      checkFloats(limit.opcode, limit.f32)
    }
  }

  private func checkFloats(_ opcode: TileOpcode, _ limit: Double) {
    let stride = Self.environment["STRIDE"].flatMap(UInt32.init) ?? 9_973
    var worst = [Double](repeating: 0, count: runnableLevels.count)
    var places = [Float](repeating: 0, count: runnableLevels.count)
    var next: UInt32? = 0
    while let start = next {
      var inputs: [Float] = []
      var pattern: UInt32? = start
      while inputs.count < 1 << 16, let bits = pattern {
        let x = Float(bitPattern: bits)
        if !x.isSubnormal { inputs.append(x) }
        let (sum, isOver) = bits.addingReportingOverflow(stride)
        pattern = isOver ? nil : sum
      }
      next = pattern
      let exact = inputs.map { PlainTiles.arithmetic(opcode, Double($0), 0, 0) }
      for (index, level) in runnableLevels.enumerated() {
        let found = Self.atLevel(level) { Self.apply(opcode, type: 0, inputs, zero: 0) }
        for (position, y) in found.enumerated() {
          let error = ulps(y, exact[position])
          if error > worst[index] { (worst[index], places[index]) = (error, inputs[position]) }
        }
      }
    }
    for (index, level) in runnableLevels.enumerated() {
      Self.note("f32 \(opcode) \(level) \(worst[index]) at \(places[index])")
      #expect(
        worst[index] <= limit, "f32 \(opcode) \(level) at \(places[index])")
    }
  }

  /// One line of the table.
  private struct Exact {
    let arguments: [Double]
    let rounded: Double
    /// How far the exact value lies from the rounded one.
    let offset: Double

    func error(_ found: Double) -> Double {
      found.isFinite ? abs((found - rounded) / rounded.ulp - offset) : .infinity
    }
  }

  private static func exactValues() throws -> [String: [Exact]] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Accuracy/f64.txt")
    var table: [String: [Exact]] = [:]
    for line in try String(contentsOf: path, encoding: .utf8).split(separator: "\n") {
      let words = line.split(separator: " ")
      let numbers = try words[1..<(words.count - 1)].map {
        Double(bitPattern: try #require(UInt64($0, radix: 16)))
      }
      table[String(words[0]), default: []].append(
        Exact(
          arguments: Array(numbers.dropLast()), rounded: try #require(numbers.last),
          offset: try #require(Double(words[words.count - 1]))))
    }
    return table
  }

  @Test func doublesStayWithinTheirLimitsOfExactValues() throws {
    let table = try Self.exactValues()
    for limit in accuracyLimits {
      let lines = try #require(table["\(limit.opcode)"], "\(limit.opcode)")
      let first = Block(lines.map { $0.arguments[0] }, fill: 0)
      let second = Block(lines.map { $0.arguments.last ?? 0 }, fill: 0)
      let isPair = lines[0].arguments.count == 2
      for level in runnableLevels {
        let found = Self.atLevel(level) {
          guard isPair else { return Self.apply(limit.opcode, type: 1, lines.map { $0.arguments[0] }, zero: 0) }
          let result = Block<Double>(count: lines.count, fill: 0)
          _ = Self.run(
            Self.program(limit.opcode, type: 1), domain: TileDomain(inner: lines.count),
            operands: [first.operand, second.operand, result.operand])
          return result.elements
        }
        let errors = zip(lines, found).map { $0.error($1) }
        let worst = errors.max() ?? .infinity
        let place = lines[errors.firstIndex(of: worst) ?? 0].arguments
        Self.note("f64 \(limit.opcode) \(level) \(worst) at \(place)")
        #expect(
          worst <= limit.f64, "f64 \(limit.opcode) \(level) at \(place)")
      }
    }
  }

  @Test func functionsOfTwoFloatsStayWithinTheirLimits() throws {
    var dice = Dice(43)
    var xs: [Float] = [], ys: [Float] = []
    for index in 0..<400_000 {
      // Whole ranges, and powers of numbers near 1.
      xs.append(Float(index % 3 == 0 ? 1 + dice.between(-0.01, 0.01) : exp2(dice.between(-126, 127))))
      ys.append(Float((index % 2 == 0 ? 1 : -1) * exp2(dice.between(-20, index % 3 == 0 ? 14 : 6))))
    }
    for opcode: TileOpcode in [.power, .atan2] {
      let limit = try #require(accuracyLimits.first { $0.opcode == opcode }).f32
      for level in runnableLevels {
        let x = Block(xs, fill: 0), y = Block(ys, fill: 0), z = Block<Float>(count: xs.count, fill: 0)
        Self.atLevel(level) {
          _ = Self.run(
            Self.program(opcode, type: 0), domain: TileDomain(inner: xs.count),
            operands: [x.operand, y.operand, z.operand])
        }
        var worst = (error: 0.0, at: 0)
        for (index, found) in z.elements.enumerated() {
          let error = ulps(found, PlainTiles.arithmetic(opcode, Double(xs[index]), Double(ys[index]), 0))
          if error > worst.error { worst = (error, index) }
        }
        Self.note("f32 \(opcode) \(level) \(worst.error) at \(xs[worst.at]), \(ys[worst.at])")
        #expect(
          worst.error <= limit,
          "f32 \(opcode) \(level) at \(xs[worst.at]), \(ys[worst.at])")
      }
    }
  }
}
