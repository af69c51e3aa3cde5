import Foundation
import Testing

/// The programs in examples/real/ reach the figures of docs/real-data.md. The data is no part of the repository: the
/// folder is named by MDL_DATA, or lies beside the repository as shared/data (then only the short ones run); without it
/// nothing runs here.
@Suite(.serialized) struct RealDataTests {
  static let folder: String = ProcessInfo.processInfo.environment["MDL_DATA"]
    ?? BuiltProgram.package.deletingLastPathComponent().appendingPathComponent("shared/data").path
  static let isNamed = ProcessInfo.processInfo.environment["MDL_DATA"] != nil
  static let isThere = FileManager.default.fileExists(atPath: folder + "/mnist")

  /// The percentage (or r2) that the program prints, at least; or nats, at most.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// What follows the folder: how much of the data, where all of it takes too long.
    var arguments: [String] = []
    var pattern: String
    var least = -Double.infinity
    var most = Double.infinity
    var testDescription: String { name }
  }

  static let short = [
    Case(name: "baselines", pattern: "regression accuracy ([0-9.]+)%", least: 97),
    Case(name: "iris", pattern: "accuracy ([0-9.]+)%", least: 93),
    Case(name: "penguins", pattern: "accuracy ([0-9.]+)%", least: 97),
    Case(name: "tables_cv", pattern: "titanic +network ([0-9.]+)", least: 79),
    Case(name: "housing", pattern: "r2 ([0-9.]+)", least: 0.75),
    Case(name: "adult", pattern: "accuracy ([0-9.]+)%", least: 84.5),
    Case(name: "mnist", pattern: "accuracy ([0-9.]+)%", least: 97.5),
    Case(name: "missing_labels", pattern: "20 .* ([0-9.]+)%  0.9", least: 97),
    Case(name: "fashion_cnn", arguments: ["4000", "4"], pattern: "accuracy ([0-9.]+)%", least: 75),
    Case(name: "spam", pattern: "F1 ([0-9.]+)", least: 0.94),
  ]

  /// Of ten seconds and more each.
  static let long = [
    Case(name: "mnist_cnn", pattern: "accuracy ([0-9.]+)%", least: 99.0),
    Case(name: "distillation", pattern: "student: [0-9]+ parameters, ([0-9.]+)%", least: 98.5),
    Case(name: "few_labels", pattern: "views: .* fine-tuned ([0-9.]+)%", least: 91),
    Case(name: "gan", pattern: "draws hold ([0-9]+) of 10 digits", least: 9),
    Case(name: "residual", pattern: "accuracy ([0-9.]+)%", least: 90),
    Case(name: "reviews", pattern: "LSTM: ([0-9.]+)%", least: 75),
    Case(name: "names", pattern: "entropy ([0-9.]+)", most: 2.05),
  ]

  @Test(.enabled(if: isThere), arguments: isNamed ? short + long : short)
  func reachesItsFigure(_ example: Case) throws {
    let arguments = ["examples/real/\(example.name).mdl", Self.folder] + example.arguments
    let outcome = try BuiltProgram.run(arguments, seconds: 600)
    #expect(outcome.status == 0, "\(outcome.error)")
    let expression = try NSRegularExpression(pattern: example.pattern)
    let text = outcome.output
    let match = try #require(expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)))
    let figure = try #require(Range(match.range(at: 1), in: text).flatMap { Double(text[$0]) })
    #expect(figure >= example.least && figure <= example.most)
  }
}
