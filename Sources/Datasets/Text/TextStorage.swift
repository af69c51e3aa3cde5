import Diagnostics
import Files

/// Text steps as JSON, for the metadata of a model file.
extension FittedStep.TextEntry {
  func json() -> JSON {
    var members: [JSON.Member] = [.init("name", .text(column))]
    switch change {
    case .lower, .characters: break
    case .words(let punctuation): members.append(.init("punctuation", .bool(punctuation)))
    case .grams(let least, let most, let separator):
      members += [.init("least", .int(least)), .init("most", .int(most)), .init("separator", .text(separator))]
    case .without(let words): members.append(.init("words", .list(words.map(JSON.text))))
    case .encode(let vocabulary): members += vocabulary.members()
    case .pad(let length, let left, let cut):
      members += [.init("length", .int(length)), .init("left", .bool(left)), .init("cut", .text(cut.rawValue))]
    case .bagOfWords(let first, let width, let binary):
      members += [.init("first", .int(first)), .init("width", .int(width)), .init("binary", .bool(binary))]
    case .tfIdf(let weights, let sublinear):
      members += [.init("weights", .list(weights.map(JSON.number))), .init("sublinear", .bool(sublinear))]
    }
    return .object(members)
  }

  /// Nil when `json` is no entry of this step.
  init?(step: String, json: JSON) {
    guard let name = json["name"]?.text, let change = TextChange(step: step, json: json) else { return nil }
    self.init(column: name, change: change)
  }
}

extension TextChange {
  static let names = [
    "lower", "words", "characters", "grams", "without", "vocabulary", "byte_pairs", "pad", "bag_of_words", "tf_idf",
  ]

  fileprivate init?(step: String, json: JSON) {
    switch step {
    case "lower": self = .lower
    case "characters": self = .characters
    case "words":
      guard let punctuation = json["punctuation"]?.bool else { return nil }
      self = .words(punctuation: punctuation)
    case "grams":
      guard let least = json["least"]?.int, let most = json["most"]?.int, let separator = json["separator"]?.text,
        least > 0, most >= least
      else { return nil }
      self = .grams(least: least, most: most, separator: separator)
    case "without":
      guard let words = json["words"]?.list else { return nil }
      self = .without(words.compactMap(\.text))
    case "vocabulary", "byte_pairs":
      guard let vocabulary = Vocabulary(json: json) else { return nil }
      self = .encode(vocabulary)
    case "pad":
      guard let length = json["length"]?.int, length > 0, let left = json["left"]?.bool,
        let cut = json["cut"]?.text.flatMap(TextStep.Cut.init(rawValue:))
      else { return nil }
      self = .pad(length: length, left: left, cut: cut)
    case "bag_of_words":
      guard let first = json["first"]?.int, let width = json["width"]?.int, first >= 0, width >= first,
        let binary = json["binary"]?.bool
      else { return nil }
      self = .bagOfWords(first: first, width: width, binary: binary)
    case "tf_idf":
      guard let list = json["weights"]?.list, let sublinear = json["sublinear"]?.bool else { return nil }
      let weights = list.compactMap(\.number)
      guard weights.count == list.count else { return nil }
      self = .tfIdf(weights: weights, sublinear: sublinear)
    default: return nil
    }
  }
}

extension Vocabulary {
  fileprivate func members() -> [JSON.Member] {
    var members: [JSON.Member] = [
      .init("unknown", unknown.map(JSON.text) ?? .null), .init("marks", .bool(marks)),
    ]
    if let ownTokens { members.append(.init("tokens", .list(ownTokens.map(JSON.text)))) }
    if let bytePairs {
      members.append(.init("merges", .list(bytePairs.merges.flatMap { [.int($0.left), .int($0.right)] })))
    }
    return members
  }

  fileprivate convenience init?(json: JSON) {
    guard let marks = json["marks"]?.bool else { return nil }
    if let tokens = json["tokens"]?.list {
      let texts = tokens.compactMap(\.text)
      guard texts.count == tokens.count else { return nil }
      self.init(tokens: texts, unknown: json["unknown"]?.text, marks: marks)
      return
    }
    guard let merges = json["merges"]?.list?.compactMap(\.int), merges.count % 2 == 0 else { return nil }
    var pairs: [BytePairs.Pair] = []
    var lengths = [Int](repeating: 1, count: 256)
    for position in stride(from: 0, to: merges.count, by: 2) {
      guard lengths.indices.contains(merges[position]), lengths.indices.contains(merges[position + 1]) else {
        return nil
      }
      // Pairs of pairs double; none that was learned is longer than a chunk.
      let length = lengths[merges[position]] + lengths[merges[position + 1]]
      guard length <= BytePairs.longestChunk else { return nil }
      lengths.append(length)
      pairs.append(BytePairs.Pair(left: merges[position], right: merges[position + 1]))
    }
    self.init(bytePairs: BytePairs(merges: pairs), marks: marks)
  }
}
