import Foundation
import Testing

/// A specialisation of another module's generic in a kernel module is a weak symbol: the linker keeps one for the whole
/// program, and AVX-512 or unchecked code would reach processors and modules that it is not for.
@Suite struct KernelSymbolTests {
  @Test func kernelModulesDefineNoWeakCodeOfOthers() throws {
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
      let own = "$s\(folder.deletingPathExtension().lastPathComponent.count)Kernels"
      let weak = text.split(separator: "\n").filter { line in
        let fields = line.split(separator: " ")
        return fields.count == 3 && fields[1] == "W" && !fields[2].hasPrefix(own)
      }
      #expect(weak.isEmpty, "\(folder.lastPathComponent): \(weak.prefix(5))")
    }
  }
}
