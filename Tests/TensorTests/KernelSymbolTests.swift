import Foundation
import Testing

/// A specialisation of another module's generic in a kernel module is a weak symbol: the linker keeps one for the whole
/// program, and AVX-512 or unchecked code would reach processors and modules that it is not for.
@Suite struct KernelSymbolTests {
  @Test func kernelModulesDefineNoWeakCodeOfOthers() throws {
    let nm = "/usr/bin/nm"
    guard FileManager.default.isExecutableFile(atPath: nm) else { return }
    // The test bundle lies beside the modules' build folders.
    guard let bundle = CommandLine.arguments.first.map({ URL(fileURLWithPath: $0).deletingLastPathComponent() }) else {
      return
    }
    let folders = ["KernelsV2", "KernelsV3", "KernelsV4", "KernelsArm64"]
      .map { bundle.appendingPathComponent("\($0).build") }
      .filter { FileManager.default.fileExists(atPath: $0.path) }
    for folder in folders {
      let objects = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "o" }
      guard !objects.isEmpty else { continue }
      let text = try output(of: nm, ["--defined-only"] + objects.map(\.path))
      let own = "$s\(folder.deletingPathExtension().lastPathComponent.count)Kernels"
      let weak = text.split(separator: "\n").filter { line in
        let fields = line.split(separator: " ")
        return fields.count == 3 && fields[1] == "W" && !fields[2].hasPrefix(own)
      }
      #expect(weak.isEmpty, "\(folder.lastPathComponent): \(weak.prefix(5))")

      // A call of libm or of the standard library from a loop is what a SIMD helper turns into when it is not inlined.
      let allowed: Set<Substring> = ["fmod", "memcpy", "memmove", "memset"]
      let called = try output(of: nm, ["--undefined-only"] + objects.map(\.path)).split(separator: "\n").compactMap {
        $0.split(separator: " ").count == 2 ? $0.split(separator: " ").last : nil
      }
      let slow = Set(called).subtracting(allowed).filter { name in
        !name.hasPrefix(own) && !name.hasPrefix("$s11KernelTypes")
          && !(name == "fma" && folder.lastPathComponent == "KernelsV2.build")
      }
      #expect(slow.isEmpty, "\(folder.lastPathComponent): \(slow.sorted().prefix(5))")
    }
  }

  private func output(of program: String, _ arguments: [String]) throws -> String {
    let process = Process(), pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }
}
