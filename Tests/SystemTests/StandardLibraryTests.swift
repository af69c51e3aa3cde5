import Foundation
import Interpreter
import SourceText
import StandardLibrary
import Testing

/// The embedded copy of stdlib/ is the one in the repository: `.ci/embed-stdlib` writes it.
struct StandardLibraryTests {
  @Test func embeddedFilesAreThoseOfTheRepository() throws {
    let folder = BuiltProgram.package.appendingPathComponent("stdlib")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".mdl") }
    #expect(StandardLibrary.files.map(\.name).sorted() == names.map { "stdlib/\($0)" }.sorted())
    for file in StandardLibrary.files {
      let text = try String(
        contentsOf: BuiltProgram.package.appendingPathComponent(file.name), encoding: .utf8)
      #expect(file.source == text, "\(file.name) has changed: run .ci/embed-stdlib")
    }
  }

  @Test func generatedFileIsWhatTheScriptWrites() throws {
    let scratch = try Scratch()
    let written = scratch.path("Generated.swift")
    let process = Process()
    process.executableURL = BuiltProgram.package.appendingPathComponent(".ci/embed-stdlib")
    process.arguments = [written.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let committed = BuiltProgram.package.appendingPathComponent("Sources/StandardLibrary/Generated.swift")
    #expect(try Data(contentsOf: written) == Data(contentsOf: committed))
  }

  /// Code of the library is made when it is first called: a mistake must not wait for that.
  @Test func everyFunctionCompiles() {
    #expect(Machine(sources: SourceMap()).completeLibrary().map(\.message) == [])
  }

  @Test func everyPublicNameIsFoundOnce() {
    var owners: [String: String] = [:]
    for file in StandardLibrary.files {
      for name in file.names {
        #expect(owners[name] == nil, "\(name) is in \(file.name) and \(owners[name] ?? "")")
        owners[name] = file.name
      }
    }
  }
}
