import Foundation
import Testing

/// Programs made at random give the same bits whichever way they run: each primitive by itself, compiled, on two
/// threads, in place of their inputs, with machine code and without.
///
/// A failure names the number of the program: `MDL_PROGRAMS=4711` runs that one, `MDL_PROGRAMS=5000-25000` others
/// than the usual ones.
@Suite struct ExecutionRandomProgramTests {
  private static let usual = 0..<1600
  private static let partSize = 50

  private static let asked: Range<Int>? = {
    guard let text = ProcessInfo.processInfo.environment["MDL_PROGRAMS"] else { return nil }
    let bounds = text.split(separator: "-").compactMap { Int($0) }
    guard let first = bounds.first, let last = bounds.last, last >= first else { return nil }
    return first..<max(last, first + 1)
  }()

  private static let parts = {
    let all = asked ?? usual
    return stride(from: all.lowerBound, to: all.upperBound, by: partSize).map {
      $0..<min($0 + partSize, all.upperBound)
    }
  }()

  @Test(arguments: parts) func everyWayGivesTheSameBits(seeds: Range<Int>) throws {
    var made = 0, finite = 0.0
    for seed in seeds {
      let comparison = try ProgramComparison(seed: seed)
      if comparison.expected != nil { made += 1 }
      finite += comparison.finiteShare
      if let difference = try comparison.difference() { Issue.record("\(difference)") }
    }
    guard Self.asked == nil else { return }
    #expect(made > seeds.count * 9 / 10, "most programs must run to their end")
    #expect(finite > Double(seeds.count) * 0.9, "most results must be numbers, or a comparison says little")
  }
}
