/// The library's mdl sources, embedded. `Generated.swift` is written by `.ci/embed-stdlib`.
public enum StandardLibrary {
  public struct File: Sendable {
    public let name: String
    public let source: String
    /// The names that the file defines at its top level; a file is parsed when one of them is first used.
    public let names: [String]
    public init(name: String, source: String, names: [String]) {
      self.name = name
      self.source = source
      self.names = names
    }
  }
}
