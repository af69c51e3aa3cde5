import Foundation
import Syntax
import Testing

/// Every program on the page that defines the language must parse.
@Test func programsInLanguagePage() throws {
  let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("docs/language.md")
  var programs: [String] = []
  var program: String?
  for line in try String(contentsOf: page, encoding: .utf8).components(separatedBy: "\n") {
    if line == "```mdl" {
      program = ""
    } else if line == "```", let finished = program {
      programs.append(finished)
      program = nil
    } else {
      program? += line + "\n"
    }
  }
  #expect(programs.count > 5)
  for program in programs { #expect(parse(program).diagnostics == [], "\(program)") }
}
