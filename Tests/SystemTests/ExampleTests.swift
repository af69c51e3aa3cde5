import Foundation
import Testing

/// Every program in examples/ prints what examples/expected/NAME.txt says.
@Suite(.serialized) struct ExampleTests {
  static let folder = BuiltProgram.package.appendingPathComponent("examples")
  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".mdl") }.map { String($0.dropLast(4)) }.sorted()
  }()

  @Test func thereAreExamples() { #expect(Self.names.count >= 10) }

  @Test(arguments: names) func printsWhatIsExpected(_ name: String) throws {
    let expected = try String(
      contentsOf: Self.folder.appendingPathComponent("expected/\(name).txt"), encoding: .utf8)
    // In a copy, since some write files.
    let scratch = try Scratch()
    let copy = scratch.path("examples")
    try FileManager.default.copyItem(at: Self.folder, to: copy)
    let outcome = try BuiltProgram.run(["\(name).mdl"], directory: copy, seconds: 300)
    #expect(outcome.output == expected)
    #expect(outcome.status == 0, "\(outcome.error)")
  }
}
