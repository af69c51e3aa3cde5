import Diagnostics
import Session
import TestSupport
import Testing

/// Tests/Diagnostics: what programs are told, word for word. The topics are those of Sources/Diagnostics/Catalogue.
struct DiagnosticSnapshotTests {
  @Test(arguments: ["names", "calls", "values", "arithmetic", "control", "layers", "shapes", "tensors", "images", "data"])
  func messages(topic: String) throws {
    let snapshots = Snapshots(folder: "Diagnostics/\(topic)")
    #expect(try !snapshots.sources().isEmpty)
    let differences = try snapshots.differences { name, bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      nonisolated(unsafe) var rendered = ""
      Engine.onLargeStack {
        let engine = Engine()
        engine.onOutput = { _ in }
        let evaluation = engine.evaluate(text, name: name)
        rendered = DiagnosticRenderer(sources: engine.sources, color: false).render(evaluation.diagnostics)
      }
      return rendered
    }
    for difference in differences { Issue.record("\(difference)") }
  }
}
