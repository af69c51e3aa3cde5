import Datasets
import Diagnostics
import TensorRuntime

/// Words, n-grams, vocabularies and padding as plain functions.
enum VocabularyBuiltins {
  static let all: [Builtin] = tokens + vocabularies

  private static let tokens: [Builtin] = [
    Builtin(
      "grams", [.init("tokens"), .init("size"), .init("separator", default: .text(" "))],
      """
      The n-grams of a list of tokens: `grams(words(text), 2)` is each word with the next one, `1...2` the single words,
      too. Those of characters have `separator: ""`.
      """
    ) { (call) throws(Diagnostic) in
      let sizes = try call.gramSizes(1)
      let grams = Words.grams(
        try call.texts(0), least: sizes.lowerBound, most: sizes.upperBound, separator: try call.textArgument(2))
      return .list(grams.map(Value.text))
    },
    Builtin("without", [.init("tokens"), .init("unwanted")], "A list of tokens without those of another list.") {
      (call) throws(Diagnostic) in
      let unwanted = Set(try call.texts(1))
      return .list(try call.texts(0).filter { !unwanted.contains($0) }.map(Value.text))
    },
    Builtin(
      "pad",
      [
        .init("lists"), .init("length", default: .some(.none)), .init("side", default: .text("right")),
        .init("cut", default: .text("right")),
      ],
      """
      Lists or tensors of ids as one tensor [lists, length], filled with zeros; without a length as long as the longest.
      `side: "left"` puts the zeros in front, `cut: "left"` drops the beginning, `cut: "error"` refuses what is too long.
      """, for: [.list]
    ) { (call) throws(Diagnostic) in
      var rows: [[Int]] = []
      for list in try call.listArgument(0) {
        guard let ids = list.ids else {
          throw .wrongKind(found: "a list with a \(list.kindName)", expected: "lists of ids", at: call.place(0))
        }
        rows.append(ids)
      }
      let length = call.isLeftOut(1) ? max(rows.map(\.count).max() ?? 0, 1) : try call.wholeNumber(1)
      let (left, cut) = (try call.isLeft(2), try call.cut(3))
      let tensor = try call.onData { () throws(Diagnostic) in
        try Padding.tensor(rows, length: length, left: left, cut: cut)
      }
      return .object(TensorValue(tensor, origin: call.site.span))
    },
  ]

  private static let vocabularies: [Builtin] = [
    Builtin(
      "vocabulary",
      [
        .init("texts"), .init("min_count", default: .int(1)), .init("size", default: .some(.none)),
        .init("unknown", default: .text("<unk>")), .init("marks", default: .bool(false)),
      ],
      """
      Which id stands for which token: of lists of tokens, or of texts, which are read by characters. 0 is padding and 1
      an unknown token; the others follow by frequency. `encode` and `decode` use it, `length` is the number of ids,
      `.tokens` lists them. `min_count`, `size`, `unknown` and `marks` as for a dataset.
      """
    ) { (call) throws(Diagnostic) in
      .object(VocabularyValue(.learn(try call.tokenLists(0), try call.vocabularyOptions())))
    },
    Builtin(
      "byte_pairs", [.init("texts"), .init("size", default: .int(1000)), .init("marks", default: .bool(false))],
      """
      Byte-pair encoding learned from a text or a list of texts: a vocabulary of bytes and of the pairs that are
      frequent, `size` ids in all. `encode` and `decode` use it; every text comes back as it was.
      """
    ) { (call) throws(Diagnostic) in
      let text = call.arguments[0].object(as: TextValue.self)?.text
      let texts = if let text { [text] } else { try call.texts(0) }
      let (size, marks) = (try call.wholeNumber(1), try call.truthArgument(2))
      return .object(
        VocabularyValue(try call.onData { () throws(Diagnostic) in try .bytePairs(texts, size: size, marks: marks) }))
    },
    Builtin(
      "encode", [.init("vocabulary"), .init("tokens")],
      "The ids [n] of a list of tokens, or of a text: by characters, or by the byte pairs of the vocabulary."
    ) { (call) throws(Diagnostic) in
      let vocabulary = try call.vocabulary(0)
      let text = call.arguments[1].object(as: TextValue.self)?.text
      let tokens = try text == nil ? call.texts(1) : []
      let ids = try call.onData { () throws(Diagnostic) in
        guard let text else { return try vocabulary.encode(tokens) }
        return vocabulary.takesText ? vocabulary.encode(text: text) : try vocabulary.encode(Words.characters(text))
      }
      do throws(MemoryProblem) {
        return .object(TensorValue(try .from(ids, dtype: .i64, shape: [ids.count]), origin: call.site.span))
      } catch {
        throw .outOfMemory(requested: error.requested, available: error.available, at: call.site.span)
      }
    },
    Builtin(
      "decode", [.init("vocabulary"), .init("ids")],
      """
      The text of ids [n]: characters and byte pairs side by side, words with blanks between them. Padding and marks are
      left out.
      """
    ) { (call) throws(Diagnostic) in
      let vocabulary = try call.vocabulary(0)
      guard let ids = call.arguments[1].ids else { throw call.wrongKind(1, "ids [n]") }
      return .text(try call.onData { () throws(Diagnostic) in try vocabulary.decode(ids) })
    },
    Builtin("length", [.init("vocabulary")], "The number of ids.", for: [.vocabulary]) { (call) throws(Diagnostic) in
      .int(try call.vocabulary(0).count)
    },
    Builtin(
      "vocabulary_of", [.init("model")], "The vocabulary that a trained or loaded model prepares texts with, or none."
    ) { (call) throws(Diagnostic) in
      guard let stored = call.machine.attachment(of: call.arguments[0])?.preparation else { return .none }
      let preparation = try call.onData { () throws(Diagnostic) in try Preparation(json: stored) }
      return preparation.vocabulary.map { .object(VocabularyValue($0)) } ?? .none
    },
  ]
}

extension BuiltinCall {
  fileprivate func vocabulary(_ index: Int) throws(Diagnostic) -> Vocabulary {
    guard let value = arguments[index].object(as: VocabularyValue.self) else { throw wrongKind(index, "a vocabulary") }
    return value.vocabulary
  }

  /// A text, or a list of texts or of lists of tokens.
  fileprivate func tokenLists(_ index: Int) throws(Diagnostic) -> [[String]] {
    if let text = arguments[index].object(as: TextValue.self) { return [Words.characters(text.text)] }
    var lists: [[String]] = []
    for element in try listArgument(index) {
      if let text = element.object(as: TextValue.self) {
        lists.append(Words.characters(text.text))
      } else if let tokens = element.texts {
        lists.append(tokens)
      } else {
        throw .wrongKind(
          found: "a list with a \(element.kindName)", expected: "texts or lists of tokens", at: place(index))
      }
    }
    return lists
  }
}

extension Value {
  /// A list, tensor [n] or number of ids; nil for anything else.
  fileprivate var ids: [Int]? {
    switch self {
    case .int(let id): return [id]
    case .object(let list as ListValue):
      let ids = list.elements.compactMap { element in element.ids.flatMap { $0.count == 1 ? $0[0] : nil } }
      return ids.count == list.elements.count ? ids : nil
    case .object(let value as TensorValue) where value.tensor.dtype == .i64 && value.tensor.shape.rank <= 1:
      return value.tensor.elements(as: Int.self)
    default: return nil
    }
  }
}
