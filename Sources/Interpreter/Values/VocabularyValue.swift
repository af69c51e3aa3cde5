import Datasets
import Diagnostics

/// A vocabulary of the program.
final class VocabularyValue: HeapObject, HasFields, Displayable {
  let vocabulary: Vocabulary

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    super.init(.vocabulary)
  }

  var fieldNames: [String] { ["tokens"] }

  func field(_ name: String, _ machine: Machine, at site: Site) throws(Diagnostic) -> Value? {
    name == "tokens" ? .list((0..<vocabulary.count).map { .text(vocabulary.token($0)) }) : nil
  }

  func displayText(_ machine: Machine?) -> String {
    let own = vocabulary.firstOwn..<min(vocabulary.firstOwn + 8, vocabulary.count)
    let shown = own.map { Display.quoted(vocabulary.token($0)) }.joined(separator: ", ")
    return vocabulary.takesText
      ? "byte pairs: \(vocabulary.count) ids" : "vocabulary: \(vocabulary.count) tokens, \(shown)"
  }
}
