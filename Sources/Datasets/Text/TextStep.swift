import Diagnostics

/// A step on columns of text, tokens or ids, as the user wrote it.
public enum TextStep: Sendable {
  /// What happens to a sequence that is longer than it may be.
  public enum Cut: String, Sendable { case left, right, error }

  /// It learns nothing.
  case change(TextChange)
  case vocabulary(Vocabulary.Options)
  case bytePairs(size: Int, marks: Bool)
  /// To `length`, or the longest sequence that the step learns from.
  case pad(length: Int?, left: Bool, cut: Cut)
  case bagOfWords(binary: Bool)
  case tfIdf(sublinear: Bool)

  /// As users call it.
  var name: String {
    switch self {
    case .change(let change): change.name
    case .vocabulary: "vocabulary"
    case .bytePairs: "byte_pairs"
    case .pad: "pad"
    case .bagOfWords: "bag_of_words"
    case .tfIdf: "tf_idf"
    }
  }

  /// The kind of column that it works on.
  var takes: Column.Kind {
    switch self {
    case .change(let change): change.takes
    case .vocabulary: .tokens
    case .bytePairs: .text
    case .pad, .bagOfWords, .tfIdf: .ids
    }
  }

  func fit(to column: Column) throws(Diagnostic) -> TextChange {
    let mismatch = Diagnostic.textStepKind(
      name, column: column.name, found: column.kind.words, expected: takes.words)
    guard column.kind == takes else { throw mismatch }
    try column.requireText(for: name)
    switch (self, column.cells) {
    case (.change(let change), _): return change
    case (.vocabulary(let options), .tokens(let rows)): return .encode(.learn(rows, options))
    case (.bytePairs(let size, let marks), .texts(let texts)):
      return .encode(try .bytePairs(texts, size: size, marks: marks))
    case (.pad(let length, let left, let cut), .ids(let rows, _)):
      return .pad(length: length ?? max(rows.map(\.count).max() ?? 0, 1), left: left, cut: cut)
    case (.bagOfWords(let binary), .ids(_, let vocabulary)):
      let vocabulary = try known(vocabulary, column)
      return .bagOfWords(first: vocabulary.firstOwn, width: vocabulary.count, binary: binary)
    case (.tfIdf(let sublinear), .ids(let rows, let vocabulary)):
      let vocabulary = try known(vocabulary, column)
      return .tfIdf(weights: TfIdf.weights(rows, vocabulary), sublinear: sublinear)
    default: throw mismatch
    }
  }

  private func known(_ vocabulary: Vocabulary?, _ column: Column) throws(Diagnostic) -> Vocabulary {
    guard let vocabulary else { throw .idsWithoutVocabulary(name, column: column.name) }
    return vocabulary
  }
}

extension Column {
  /// A missing text has no words.
  func requireText(for step: String) throws(Diagnostic) {
    guard missingCount > 0 else { return }
    throw .missingText(name, row: (0..<count).first(where: isMissing) ?? 0, count: missingCount, step: step)
  }
}
