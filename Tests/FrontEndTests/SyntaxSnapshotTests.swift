import Diagnostics
import SourceText
import Syntax
import TestSupport
import Testing

/// Tests/Diagnostics/syntax: the messages of the parser.
@Test func syntaxDiagnostics() throws {
  let snapshots = Snapshots(folder: "Diagnostics/syntax")
  #expect(try snapshots.sources().count > 60)
  let differences = try snapshots.differences { name, bytes in
    let sources = SourceMap()
    let result = Parser.parse(sources.add(name: name, bytes: bytes))
    return DiagnosticRenderer(sources: sources, color: false).render(result.diagnostics)
  }
  for difference in differences { Issue.record("\(difference)") }
}
