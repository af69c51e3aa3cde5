import Diagnostics
import TensorTypes

/// What a step does to a column of text, tokens or ids, with all that it has learned.
public enum TextChange: Sendable, Equatable {
  case lower
  case words(punctuation: Bool)
  case characters
  case grams(least: Int, most: Int, separator: String)
  case without([String])
  case encode(Vocabulary)
  case pad(length: Int, left: Bool, cut: TextStep.Cut)
  /// Ids below `first` stand for no token of the data.
  case bagOfWords(first: Int, width: Int, binary: Bool)
  case tfIdf(weights: [Double], sublinear: Bool)

  func apply(to column: Column) throws(Diagnostic) -> Column {
    try column.requireText(for: name)
    func changed(_ cells: Column.Cells) -> Column { Column(column.name, cells) }
    switch (self, column.cells) {
    case (.lower, .texts(let texts)): return changed(.texts(texts.map { $0.lowercased() }))
    case (.words(let punctuation), .texts(let texts)):
      return changed(.tokens(texts.map { Words.split($0, punctuation: punctuation) }))
    case (.characters, .texts(let texts)): return changed(.tokens(texts.map(Words.characters)))
    case (.grams(let least, let most, let separator), .tokens(let rows)):
      return changed(.tokens(rows.map { Words.grams($0, least: least, most: most, separator: separator) }))
    case (.without(let words), .tokens(let rows)):
      let unwanted = Set(words)
      return changed(.tokens(rows.map { row in row.filter { !unwanted.contains($0) } }))
    case (.encode(let vocabulary), .tokens(let rows)):
      var ids: [[Int]] = []
      ids.reserveCapacity(rows.count)
      for (row, tokens) in rows.enumerated() { ids.append(try vocabulary.encode(tokens, row: row)) }
      return changed(.ids(ids, vocabulary))
    case (.encode(let vocabulary), .texts(let texts)) where vocabulary.takesText:
      return changed(.ids(texts.map { vocabulary.encode(text: $0) }, vocabulary))
    case (.pad(let length, let left, let cut), .ids(let rows, _)):
      return changed(.tensors(try TensorRows(try Padding.tensor(rows, length: length, left: left, cut: cut))))
    case (.bagOfWords(let first, let width, let binary), .ids(let rows, _)):
      return changed(.tensors(try TensorRows(try TfIdf.counts(rows, first: first, width: width, binary: binary))))
    case (.tfIdf(let weights, let sublinear), .ids(let rows, _)):
      return changed(.tensors(try TensorRows(try TfIdf.tensor(rows, weights, sublinear: sublinear))))
    default:
      throw .textStepKind(name, column: column.name, found: column.kind.words, expected: takes.words)
    }
  }

  /// The kind of column that it works on.
  var takes: Column.Kind {
    switch self {
    case .lower, .words, .characters: .text
    case .grams, .without: .tokens
    case .encode(let vocabulary): vocabulary.takesText ? .text : .tokens
    case .pad, .bagOfWords, .tfIdf: .ids
    }
  }

  var name: String {
    switch self {
    case .lower: "lower"
    case .words: "words"
    case .characters: "characters"
    case .grams: "grams"
    case .without: "without"
    case .encode(let vocabulary): vocabulary.takesText ? "byte_pairs" : "vocabulary"
    case .pad: "pad"
    case .bagOfWords: "bag_of_words"
    case .tfIdf: "tf_idf"
    }
  }
}
