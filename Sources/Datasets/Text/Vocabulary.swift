import Diagnostics

/// Which id stands for which token. Ids are given to the special tokens first: 0 is padding, then the unknown token and
/// the marks of start and end where they are wanted, then the tokens of the data.
public final class Vocabulary: Sendable {
  public struct Options: Sendable, Equatable {
    /// A token that occurs less often is left out.
    public var leastCount = 1
    /// At most as many ids, the special ones included; the most frequent tokens stay.
    public var size: Int?
    /// What stands for other tokens; nil: they are errors.
    public var unknown: String? = "<unk>"
    /// Whether a sequence begins with `<start>` and ends with `<end>`.
    public var marks = false
    public init() {}
  }

  public static let padding = "<pad>"
  static let start = "<start>"
  static let end = "<end>"

  public let unknown: String?
  public let marks: Bool
  /// Nil for byte pairs.
  private let listed: [String]?
  let bytePairs: BytePairs?
  private let ids: [String: Int]
  /// The first id of the data's own tokens.
  public let firstOwn: Int

  /// `tokens` without the special ones.
  init(tokens: [String], unknown: String?, marks: Bool) {
    self.unknown = unknown
    self.marks = marks
    bytePairs = nil
    let special = Self.special(unknown: unknown, marks: marks)
    let all = special + tokens
    listed = all
    firstOwn = special.count
    ids = Dictionary(all.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  init(bytePairs: BytePairs, marks: Bool) {
    unknown = nil
    self.marks = marks
    self.bytePairs = bytePairs
    listed = nil
    ids = [:]
    firstOwn = Self.special(unknown: nil, marks: marks).count
  }

  static func special(unknown: String?, marks: Bool) -> [String] {
    [padding] + (unknown.map { [$0] } ?? []) + (marks ? [start, end] : [])
  }

  /// The tokens by frequency, of equally frequent ones the smaller text first.
  public static func learn(_ rows: [[String]], _ options: Options) -> Vocabulary {
    var counts: [String: Int] = [:]
    for row in rows { for token in row { counts[token, default: 0] += 1 } }
    let special = special(unknown: options.unknown, marks: options.marks)
    for token in special { counts[token] = nil }
    var kept = counts.filter { $0.value >= options.leastCount }.sorted {
      $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key
    }.map(\.key)
    if let size = options.size { kept = Array(kept.prefix(max(size - special.count, 0))) }
    return Vocabulary(tokens: kept, unknown: options.unknown, marks: options.marks)
  }

  /// Byte pairs with `size` ids in all.
  public static func bytePairs(_ texts: [String], size: Int, marks: Bool) throws(Diagnostic) -> Vocabulary {
    let special = special(unknown: nil, marks: marks).count
    guard size >= 256 + special else { throw .bytePairsSize(size, least: 256 + special) }
    return Vocabulary(bytePairs: .learn(texts, size: size - special), marks: marks)
  }

  public var count: Int { firstOwn + (bytePairs?.count ?? (listed?.count ?? 0) - firstOwn) }

  /// As messages and `tokens` show it; of byte pairs that are no whole characters the replacement character.
  public func token(_ id: Int) -> String {
    if let listed { return listed[id] }
    let special = Self.special(unknown: nil, marks: marks)
    return id < special.count ? special[id] : String(decoding: bytePairs?.bytes(id - firstOwn) ?? [], as: UTF8.self)
  }

  public func id(_ token: String) -> Int? {
    guard let bytePairs else { return ids[token] }
    if let special = Self.special(unknown: nil, marks: marks).firstIndex(of: token) { return special }
    let found = bytePairs.encode(token)
    return found.count == 1 ? found[0] + firstOwn : nil
  }

  /// Whether it takes texts as they are instead of tokens.
  public var takesText: Bool { bytePairs != nil }

  /// The ids of tokens; `row` is for the message about one that is not known.
  public func encode(_ tokens: [String], row: Int? = nil) throws(Diagnostic) -> [Int] {
    if bytePairs != nil { return encode(text: tokens.joined()) }
    let other = unknown.flatMap { ids[$0] }
    var result: [Int] = []
    result.reserveCapacity(tokens.count + 2)
    if marks, let start = ids[Self.start] { result.append(start) }
    for token in tokens {
      guard let id = ids[token] ?? other else { throw .unknownToken(token, row: row) }
      result.append(id)
    }
    if marks, let end = ids[Self.end] { result.append(end) }
    return result
  }

  /// The ids of a text by byte pairs.
  public func encode(text: String) -> [Int] {
    let own = (bytePairs?.encode(text) ?? []).map { $0 + firstOwn }
    return marks ? [1] + own + [2] : own
  }

  /// The text of ids. Padding and marks are left out; characters stand side by side, words with blanks between them.
  public func decode(_ ids: [Int]) throws(Diagnostic) -> String {
    for id in ids where !(0..<count).contains(id) { throw .tokenIdOutOfRange(id, count: count) }
    if let bytePairs {
      return String(decoding: ids.filter { $0 >= firstOwn }.flatMap { bytePairs.bytes($0 - firstOwn) }, as: UTF8.self)
    }
    let skipped: Set<String> = [Self.padding, Self.start, Self.end]
    let tokens = ids.map(token).filter { !skipped.contains($0) }
    return tokens.joined(separator: isOfCharacters ? "" : " ")
  }

  /// Every token of the data is one character.
  private var isOfCharacters: Bool { listed.map { $0.dropFirst(firstOwn).allSatisfy { $0.count == 1 } } ?? false }

  /// The tokens without the special ones; nil for byte pairs.
  var ownTokens: [String]? { listed.map { Array($0.dropFirst(firstOwn)) } }
}

extension Vocabulary: Equatable {
  public static func == (a: Vocabulary, b: Vocabulary) -> Bool {
    a === b
      || (a.listed == b.listed && a.bytePairs == b.bytePairs && a.unknown == b.unknown && a.marks == b.marks)
  }
}
