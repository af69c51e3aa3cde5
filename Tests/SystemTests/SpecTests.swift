import Diagnostics
import Foundation
import Session
import Testing

/// Tests/Spec: one behaviour of the language a file. `# expect: text` is the next line of output, `# error: code words`
/// stands on the line that a diagnostic points to and gives its code and a part of its message. Every file runs twice:
/// one tensor operation at a time, and compiled; never both at once, since some write files.
@Suite(.serialized) struct SpecTests {
  private static let folder = BuiltProgram.package.appendingPathComponent("Tests/Spec")

  static let topics: [String] = {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return entries.sorted()
  }()

  @Test(arguments: topics, [true, false])
  func specs(topic: String, isEager: Bool) throws {
    let folder = Self.folder.appendingPathComponent(topic)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".mdl") }
    #expect(!names.isEmpty)
    for name in names.sorted() {
      let path = folder.appendingPathComponent(name).path
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let expectation = Expectation(text)
      #expect(!expectation.isEmpty, "\(topic)/\(name) expects nothing")
      let outcome = Self.run(path, isEager: isEager)
      let place = "\(topic)/\(name), \(isEager ? "eager" : "compiled")"
      #expect(outcome.output == expectation.output, "\(place): \(outcome.messages)")
      #expect(outcome.lines == expectation.errors.map(\.line), "\(place): \(outcome.messages)")
      for (error, found) in zip(expectation.errors, outcome.messages) {
        #expect(found.contains(error.code) && found.contains(error.words), "\(place): \(found)")
      }
    }
  }

  private struct Expectation {
    var output: [String] = []
    var errors: [(line: Int, code: String, words: String)] = []
    var isEmpty: Bool { output.isEmpty && errors.isEmpty }

    init(_ text: String) {
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        if let range = line.range(of: "# expect: ") { output.append(String(line[range.upperBound...])) }
        if let range = line.range(of: "# error: ") {
          let words = line[range.upperBound...].split(separator: " ", maxSplits: 1).map(String.init)
          errors.append((index + 1, "[\(words.first ?? "")]", words.count > 1 ? words[1] : ""))
        }
      }
    }
  }

  private struct Outcome: @unchecked Sendable {
    var output: [String] = []
    var lines: [Int] = []
    var messages: [String] = []
  }

  private static func run(_ path: String, isEager: Bool) -> Outcome {
    nonisolated(unsafe) var outcome = Outcome()
    Engine.onLargeStack {
      let engine = Engine(isEager: isEager)
      nonisolated(unsafe) var output = ""
      engine.onOutput = { output += $0 }
      let evaluation = engine.run(file: path)
      var lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if lines.last == "" { lines.removeLast() }
      outcome.output = lines
      for diagnostic in evaluation.diagnostics {
        let file = engine.sources.file(diagnostic.span.file)
        outcome.lines.append(file?.line(at: Int(diagnostic.span.start)) ?? 0)
        outcome.messages.append("[\(diagnostic.code.rawValue)] \(diagnostic.message)")
      }
    }
    return outcome
  }
}
