import Datasets
import Diagnostics

/// Steps that turn columns of text into what a network takes.
enum TextStepBuiltins {
  private static func step(
    _ name: String, _ parameters: [Builtin.Parameter], _ documentation: String,
    _ make: @escaping @Sendable (BuiltinCall) throws(Diagnostic) -> TextStep
  ) -> Builtin {
    let all = [.init("data")] + parameters + [.init("columns", default: .some(.none))]
    return Builtin(name, all, documentation, for: [.dataset]) { (call) throws(Diagnostic) in
      let kind = Step.Kind.text(try make(call))
      let step = Step(kind, columns: try call.namesArgument(parameters.count + 1), origin: call.stage)
      return try call.changed { (data) throws(Diagnostic) in try data.adding(step) }
    }
  }

  static let all: [Builtin] = cutting + encoding + [
    step(
      "pad",
      [
        .init("length", default: .some(.none)), .init("side", default: .text("right")),
        .init("cut", default: .text("right")),
      ],
      """
      Lists of ids become one tensor [rows, length]: shorter ones get zeros, longer ones are cut. Without a length, as long
      as the longest of the training part. `side: "left"` puts the zeros in front, `cut: "left"` drops the beginning,
      `cut: "error"` refuses what is too long.
      """
    ) { (call) throws(Diagnostic) in
      let length = call.isLeftOut(1) ? nil : try call.wholeNumber(1)
      if let length, length < 1 { throw Diagnostic.padLength(length).located(at: call.place(1)) }
      return .pad(length: length, left: try call.isLeft(2), cut: try call.cut(3))
    },
    step(
      "bag_of_words", [.init("binary", default: .bool(false))],
      """
      Lists of ids become counts [rows, tokens]: column i says how often token i occurs, or, `binary: true`, whether.
      Padding, unknown tokens and marks are not counted.
      """
    ) { (call) throws(Diagnostic) in .bagOfWords(binary: try call.truthArgument(1)) },
    step(
      "tf_idf", [.init("sublinear", default: .bool(false))],
      """
      Lists of ids become weighted counts [rows, tokens], each row of length 1: count * (ln((1 + n) / (1 + d)) + 1), as
      scikit-learn's TfidfVectorizer, where d of the n texts of the training part hold the token.
      `sublinear: true` takes 1 + ln(count) instead of the count.
      """
    ) { (call) throws(Diagnostic) in .tfIdf(sublinear: try call.truthArgument(1)) },
  ]

  private static let cutting: [Builtin] = [
    step("lower", [], "Columns of text in small letters.") { _ throws(Diagnostic) in .change(.lower) },
    step(
      "words", [.init("punctuation", default: .bool(false))],
      "Columns of text become lists of words, as `words(text)` gives them."
    ) { (call) throws(Diagnostic) in .change(.words(punctuation: try call.truthArgument(1))) },
    step("characters", [], "Columns of text become lists of characters.") { _ throws(Diagnostic) in
      .change(.characters)
    },
    step(
      "grams", [.init("size"), .init("separator", default: .text(" "))],
      "Lists of tokens become lists of n-grams: `grams(2)` pairs of neighbours, `grams(1...2)` single tokens, too."
    ) { (call) throws(Diagnostic) in
      let sizes = try call.gramSizes(1)
      return .change(
        .grams(least: sizes.lowerBound, most: sizes.upperBound, separator: try call.textArgument(2)))
    },
    step("without", [.init("tokens")], "Lists of tokens without these, such as `stop_words(\"english\")`.") {
      (call) throws(Diagnostic) in .change(.without(try call.texts(1)))
    },
  ]

  private static let encoding: [Builtin] = [
    step(
      "vocabulary",
      [
        .init("min_count", default: .int(1)), .init("size", default: .some(.none)),
        .init("unknown", default: .text("<unk>")), .init("marks", default: .bool(false)),
      ],
      """
      Lists of tokens become lists of ids, by the tokens of the training part: the most frequent first, behind 0 for
      padding and 1 for unknown tokens. `min_count: 2` leaves out tokens that occur once, `size: n` keeps n ids in all;
      `unknown: none` makes other tokens an error; `marks: true` puts <start> and <end> (2 and 3) around each list.
      `data.vocabulary` is what it learned.
      """
    ) { (call) throws(Diagnostic) in .vocabulary(try call.vocabularyOptions()) },
    step(
      "byte_pairs", [.init("size", default: .int(1000)), .init("marks", default: .bool(false))],
      """
      Columns of text become lists of ids by byte-pair encoding, learned from the training part: bytes, and the pairs
      that are frequent there, `size` ids in all. Any text can be written; 0 is padding. Sennrich, Haddow, Birch 2016.
      """
    ) { (call) throws(Diagnostic) in
      .bytePairs(size: try call.wholeNumber(1), marks: try call.truthArgument(2))
    },
  ]
}

extension BuiltinCall {
  func gramSizes(_ index: Int) throws(Diagnostic) -> ClosedRange<Int> {
    var (least, most) = (0, 0)
    if let range = arguments[index].object(as: RangeValue.self) {
      (least, most) = (range.lower, range.upper - 1)
    } else {
      least = try wholeNumber(index)
      most = least
    }
    guard least >= 1, most >= least else { throw .gramSizes(least, most, at: place(index)) }
    return least...most
  }

  func isLeft(_ index: Int) throws(Diagnostic) -> Bool { try choice(index, [("right", false), ("left", true)]) }

  func cut(_ index: Int) throws(Diagnostic) -> TextStep.Cut {
    try choice(index, [("right", .right), ("left", .left), ("error", .error)])
  }

  /// The arguments min_count, size, unknown and marks, which follow the first.
  func vocabularyOptions() throws(Diagnostic) -> Vocabulary.Options {
    var options = Vocabulary.Options()
    options.leastCount = try positiveNumber(1)
    if !isLeftOut(2) { options.size = try positiveNumber(2) }
    options.unknown = isLeftOut(3) ? nil : try textArgument(3)
    options.marks = try truthArgument(4)
    return options
  }

  private func positiveNumber(_ index: Int) throws(Diagnostic) -> Int {
    let number = try wholeNumber(index)
    guard number > 0 else {
      throw .invalidArgument(
        builtin.parameters[index].name, found: "\(number)", expected: "a number from 1 on", at: place(index))
    }
    return number
  }

  /// A list of texts.
  func texts(_ index: Int) throws(Diagnostic) -> [String] {
    guard let texts = arguments[index].texts else { throw wrongKind(index, "a list of texts") }
    return texts
  }
}

extension Value {
  /// The elements of a list of texts; nil for anything else.
  var texts: [String]? {
    guard let list = object(as: ListValue.self) else { return nil }
    var texts: [String] = []
    texts.reserveCapacity(list.elements.count)
    for element in list.elements {
      guard let text = element.object(as: TextValue.self) else { return nil }
      texts.append(text.text)
    }
    return texts
  }
}
