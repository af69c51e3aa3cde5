import Diagnostics
import Foundation
import TensorRuntime
import TensorTypes
import Testing

/// A folder that is removed at the end of the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "mdl-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

  func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))) }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// The diagnostic that `body` throws; nil, and a failed test, when it throws none.
func diagnostic(_ location: SourceLocation = #_sourceLocation, _ body: () throws -> Void) -> Diagnostic? {
  do {
    try body()
    Issue.record("no error was thrown", sourceLocation: location)
    return nil
  } catch let error as Diagnostic {
    #expect(error.help?.isEmpty == false, "an error says what to do", sourceLocation: location)
    return error
  } catch {
    Issue.record("not a diagnostic: \(error)", sourceLocation: location)
    return nil
  }
}

/// The folder with public data sets: MDL_DATA, or `../shared/data` beside the package; nil when there is none.
let sharedData: String? = {
  let named = ProcessInfo.processInfo.environment["MDL_DATA"]
  let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data").path
  let path = named ?? beside
  return FileManager.default.fileExists(atPath: path + "/tabular/iris.csv") ? path : nil
}()

/// A Python with these modules: MDL_PYTHON, or `python3` on the PATH; nil when there is none.
func python(with modules: String) -> String? {
  let candidates = [ProcessInfo.processInfo.environment["MDL_PYTHON"], "python3"].compactMap(\.self)
  return candidates.first { (try? runPython($0, "import \(modules)"))?.status == 0 }
}

func runPython(_ python: String, _ script: String) throws -> (status: Int32, output: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [python, "-c", script]
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

func gzip(_ folder: TemporaryFolder, _ name: String) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["gzip", "-kf", folder.path + "/" + name]
  try process.run()
  process.waitUntilExit()
  return folder.path + "/" + name + ".gz"
}

func floats(_ tensor: Tensor) -> [Float] { tensor.elements(as: Float.self) }
func ints(_ tensor: Tensor) -> [Int] { tensor.elements(as: Int.self) }
