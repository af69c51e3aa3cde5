import Foundation
import Testing

/// A specialisation of a standard-library generic in a kernel module is a weak symbol: the linker keeps one for the whole
/// program, and AVX-512 or unchecked code would reach processors and modules that it is not for.
@Suite struct KernelSymbolTests {
  @Test func kernelModulesDefineNoWeakStandardLibraryCode() throws {
    let nm = "/usr/bin/nm"
    guard FileManager.default.isExecutableFile(atPath: nm) else { return }
    // The test bundle lies beside the modules' build folders.
    guard let bundle = CommandLine.arguments.first.map({ URL(fileURLWithPath: $0).deletingLastPathComponent() }) else { return }
    let folders = ["KernelsV2", "KernelsV3", "KernelsV4", "KernelsArm64"]
      .map { bundle.appendingPathComponent("\($0).build") }
      .filter { FileManager.default.fileExists(atPath: $0.path) }
    for folder in folders {
      let objects = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "o" }
      guard !objects.isEmpty else { continue }
      let process = Process(), pipe = Pipe()
      process.executableURL = URL(fileURLWithPath: nm)
      process.arguments = ["--defined-only"] + objects.map(\.path)
      process.standardOutput = pipe
      process.standardError = FileHandle.nullDevice
      try process.run()
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      // Weak functions (W) whose mangled name begins with the standard library's types ($sS…, $ss…).
      let weak = text.split(separator: "\n").filter { line in
        let fields = line.split(separator: " ")
        guard fields.count == 3, fields[1] == "W" || fields[1] == "V" else { return false }
        return (fields[2].hasPrefix("$sS") || fields[2].hasPrefix("$ss")) && !fields[2].hasSuffix("WL")
          && !fields[2].hasSuffix("Wl") && !fields[2].hasSuffix("Ma")
      }
      #expect(weak.isEmpty, "\(folder.lastPathComponent): \(weak.prefix(5))")
    }
  }
}
