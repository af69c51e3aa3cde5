#if arch(x86_64)
  import Foundation
  import Testing

  /// The program on processors that this machine has not, under qemu: without AVX2 the results agree within rounding,
  /// with it they have the same bits as with AVX-512.
  @Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: emulator)), .serialized)
  struct OtherProcessorTests {
    private static let program = BuiltProgram.package.appendingPathComponent("Tests/Accuracy/processors.mdl").path

    private func output(_ processor: String?, threads: Int = 1) throws -> String {
      let outcome = try BuiltProgram.run(
        ["--threads", "\(threads)", Self.program], seconds: 300,
        emulator: processor.map { [emulator, "-cpu", $0] } ?? [])
      #expect(outcome.status == 0, "\(processor ?? "native"): \(outcome.error)")
      return outcome.output
    }

    @Test func withoutAVX2ResultsAgreeWithinRounding() throws {
      let native = try output(nil).split { $0 == " " || $0 == "\n" }
      let other = try output("Nehalem").split { $0 == " " || $0 == "\n" }
      try #require(native.count == other.count)
      for (a, b) in zip(native, other) {
        guard let x = Double(a), let y = Double(b) else {
          #expect(a == b)
          continue
        }
        #expect(abs(x - y) <= 1e-5 * max(abs(x), 0.1), "\(a) \(b)")
      }
    }

    /// Nehalem has what x86-64-v2 asks for, and no more.
    @Test func withoutAVX2ThreadsMakeNoDifference() throws {
      #expect(try output("Nehalem", threads: 2) == output("Nehalem"))
    }

    @Test func withAVX2ResultsHaveTheSameBits() throws {
      guard hasAVX2 else { return }
      #expect(try output(nil) == output("Haswell"))
    }
  }

  private let emulator = "/usr/bin/qemu-x86_64"

  /// Whether the native run has fused multiply-add as well.
  private var hasAVX2: Bool {
    (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.contains(" avx2 ") ?? false
  }
#endif
