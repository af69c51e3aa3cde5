import SourceText
import StandardLibrary

/// A name that programs can use, for completion and `:doc`.
public struct KnownName: Sendable {
  public var name: String
  public var signature: CallSignature?
  public var documentation: String?
  /// Where the definition stands; none for builtins and library names not used yet.
  public var definition: Span
}

extension Machine {
  /// Every name that can stand in an entry of the prompt: the user's, the library's and the builtins, in order.
  public var visibleNames: [String] {
    var names = Set(main.globals.keys)
    names.formUnion(main.imported.keys)
    for file in StandardLibrary.files { names.formUnion(file.names) }
    names.formUnion(BuiltinTable.shared.names)
    return names.filter { !$0.hasPrefix("_") || main.globals[$0] != nil }.sorted()
  }
}
