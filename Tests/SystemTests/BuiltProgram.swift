import Foundation

/// The mdl binary of this build, beside the test bundle.
enum BuiltProgram {
  static let path: String = {
    let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
    let line = maps.split(separator: "\n").first { $0.hasSuffix(".xctest") }
    let bundle = line?.drop { $0 != "/" } ?? "mdl"
    return URL(fileURLWithPath: String(bundle)).deletingLastPathComponent().appendingPathComponent("mdl").path
  }()

  /// The top of the repository.
  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Nothing of the user's own environment: no colours, no history, a UTF-8 locale.
  static func environment(_ more: [String: String] = [:]) -> [String: String] {
    let base = [
      "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "xterm", "HOME": "/nonexistent",
    ]
    return base.merging(more) { $1 }
  }

  struct Outcome {
    var status: Int32
    var output: String
    var error: String
  }

  /// Runs the binary to its end; a run that takes longer than `seconds` is ended. `emulator` is the command that runs
  /// it, when it is not to run by itself.
  static func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:], directory: URL? = nil,
    seconds: Double = 60, emulator: [String] = []
  ) throws -> Outcome {
    let process = Process()
    let command = emulator + [path] + arguments
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.environment = self.environment(environment)
    process.currentDirectoryURL = directory ?? package
    let files = try Scratch()
    let (inputFile, outputFile, errorFile) = (files.path("input"), files.path("output"), files.path("error"))
    try input.write(to: inputFile, atomically: false, encoding: .utf8)
    for file in [outputFile, errorFile] { try Data().write(to: file) }
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    let guardian = DispatchWorkItem { process.terminate() }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: guardian)
    process.waitUntilExit()
    guardian.cancel()
    let status = process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
    return Outcome(
      status: status, output: try String(contentsOf: outputFile, encoding: .utf8),
      error: try String(contentsOf: errorFile, encoding: .utf8))
  }
}

/// A directory that is removed at the end.
final class Scratch {
  let directory: URL

  init() throws {
    directory = FileManager.default.temporaryDirectory.appendingPathComponent("mdl-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  func path(_ name: String) -> URL { directory.appendingPathComponent(name) }

  @discardableResult func write(_ text: String, to name: String) throws -> URL {
    try text.write(to: path(name), atomically: false, encoding: .utf8)
    return path(name)
  }
}
