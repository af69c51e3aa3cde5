import Foundation

/// A folder of sources, each beside a text file with exactly what it must give: `a.mdl` and `a.txt`.
///
/// With `RECORD=1` in the environment the text files are written anew, and the run fails, so that it can't pass for
/// a test.
public struct Snapshots {
  public enum Difference: Sendable, CustomStringConvertible {
    case recorded(String)
    case missing(String)
    case differs(String, expected: String, got: String)

    public var description: String {
      switch self {
      case .recorded(let name): "\(name): recorded"
      case .missing(let name): "\(name): there is no expected text; run with RECORD=1 and read what it wrote"
      case .differs(let name, let expected, let got):
        "\(name) differs\n--- expected\n\(expected)\n--- got\n\(got)\n---"
      }
    }
  }

  let folder: URL

  /// - Parameters:
  ///   - folder: relative to `Tests`, for example `Diagnostics/syntax`.
  ///   - testFile: any source file directly in a test target.
  public init(folder: String, testFile: String = #filePath) {
    self.folder = URL(fileURLWithPath: testFile).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(folder)
  }

  /// The sources in order of their names; a test should check that there are some.
  public func sources() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".mdl") }.sorted()
  }

  /// Compares what `render` makes of each source (its file name and bytes) with the text beside it.
  public func differences(_ render: (_ name: String, _ source: [UInt8]) throws -> String) throws -> [Difference] {
    let records = ProcessInfo.processInfo.environment["RECORD"] == "1"
    var differences: [Difference] = []
    for name in try sources() {
      let source = folder.appendingPathComponent(name)
      let expectation = source.deletingPathExtension().appendingPathExtension("txt")
      let got = try render(name, Array(Data(contentsOf: source))) + "\n"
      if records {
        try got.write(to: expectation, atomically: true, encoding: .utf8)
        differences.append(.recorded(name))
      } else if let expected = try? String(contentsOf: expectation, encoding: .utf8) {
        if expected != got { differences.append(.differs(name, expected: expected, got: got)) }
      } else {
        differences.append(.missing(name))
      }
    }
    return differences
  }
}
