/// Byte-pair encoding (Sennrich, Haddow, Birch 2016) over bytes: any text can be written, and comes back exactly.
///
/// Symbols 0 to 255 are the bytes; symbol 256 + k is the pair `merges[k]`. Pairs never cross the borders of chunks: a
/// word with the blank before it, a run of other signs, or white space, each of some 60 bytes at most.
public struct BytePairs: Sendable, Equatable {
  struct Pair: Hashable, Sendable {
    var left: Int
    var right: Int
  }

  let merges: [Pair]
  /// The place of each pair in `merges`.
  private let ranks: [Pair: Int]
  private let texts: [[UInt8]]

  var count: Int { 256 + merges.count }

  /// A chunk ends at the first whole character from 60 bytes on.
  static let longestChunk = 64

  init(merges: [Pair]) {
    self.merges = merges
    ranks = Dictionary(merges.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var texts = (0..<256).map { [UInt8($0)] }
    for pair in merges { texts.append(texts[pair.left] + texts[pair.right]) }
    self.texts = texts
  }

  func bytes(_ symbol: Int) -> [UInt8] { texts[symbol] }

  // MARK: Writing texts

  func encode(_ text: String) -> [Int] {
    var known: [[UInt8]: [Int]] = [:]
    var result: [Int] = []
    for chunk in Self.chunks(text) {
      if let symbols = known[chunk] {
        result.append(contentsOf: symbols)
      } else {
        let symbols = encode(chunk)
        known[chunk] = symbols
        result.append(contentsOf: symbols)
      }
    }
    return result
  }

  /// Joins the pair that was learned first, again and again.
  private func encode(_ chunk: [UInt8]) -> [Int] {
    var symbols = chunk.map(Int.init)
    while symbols.count > 1 {
      var best = Int.max
      for position in 0..<symbols.count - 1 {
        if let rank = ranks[Pair(left: symbols[position], right: symbols[position + 1])], rank < best { best = rank }
      }
      guard best < Int.max else { break }
      symbols = Self.joining(merges[best], as: 256 + best, in: symbols)
    }
    return symbols
  }

  private static func joining(_ pair: Pair, as symbol: Int, in symbols: [Int]) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(symbols.count)
    var position = 0
    while position < symbols.count {
      if position + 1 < symbols.count, symbols[position] == pair.left, symbols[position + 1] == pair.right {
        result.append(symbol)
        position += 2
      } else {
        result.append(symbols[position])
        position += 1
      }
    }
    return result
  }

  /// A blank goes with the word or run behind it.
  static func chunks(_ text: String) -> [[UInt8]] {
    enum Sort { case word, space, other }
    func sort(_ byte: UInt8) -> Sort {
      switch byte {
      // Bytes above 0x7f are parts of letters far more often than of signs.
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x80...0xff: .word
      case 0x20, 0x09, 0x0a, 0x0d: .space
      default: .other
      }
    }
    var result: [[UInt8]] = []
    var chunk: [UInt8] = []
    var last = Sort.space
    for byte in text.utf8 {
      let next = sort(byte)
      // Scripts without blanks have no end of words; a chunk's cost grows faster than its length.
      let isLong = chunk.count >= longestChunk - 4 && byte & 0xc0 != 0x80
      if isLong {
        result.append(chunk)
        chunk = []
      } else if next != last, !(last == .space && chunk == [0x20]), !chunk.isEmpty {
        // The last of several blanks goes with what follows.
        let blank = last == .space && chunk.last == 0x20
        if blank { chunk.removeLast() }
        result.append(chunk)
        chunk = blank ? [0x20] : []
      }
      chunk.append(byte)
      last = next
    }
    if !chunk.isEmpty { result.append(chunk) }
    return result
  }

  // MARK: Learning

  /// Joins the most frequent pair of neighbours until there are `size` symbols or no pair occurs twice; of equally
  /// frequent pairs the one of smaller symbols.
  static func learn(_ texts: [String], size: Int) -> BytePairs {
    var frequencies: [[UInt8]: Int] = [:]
    for text in texts { for chunk in chunks(text) { frequencies[chunk, default: 0] += 1 } }
    let words = frequencies.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    var symbols = words.map { $0.key.map(Int.init) }
    let counts = words.map(\.value)

    var pairCounts: [Pair: Int] = [:]
    var places: [Pair: Set<Int>] = [:]
    for (index, word) in symbols.enumerated() {
      for (left, right) in zip(word, word.dropFirst()) {
        pairCounts[Pair(left: left, right: right), default: 0] += counts[index]
        places[Pair(left: left, right: right), default: []].insert(index)
      }
    }
    var queue = PairQueue()
    for (pair, count) in pairCounts { queue.insert(pair, count) }

    var merges: [Pair] = []
    while 256 + merges.count < size, let (pair, count) = queue.removeFirst() {
      // Its count has changed since it was put in; the newer entry is in the queue, too.
      guard pairCounts[pair] == count else { continue }
      guard count > 1 else { break }
      let symbol = 256 + merges.count
      merges.append(pair)
      var changed: Set<Pair> = []
      for index in places[pair] ?? [] {
        let old = symbols[index]
        let new = joining(pair, as: symbol, in: old)
        for (left, right) in zip(old, old.dropFirst()) {
          let each = Pair(left: left, right: right)
          pairCounts[each, default: 0] -= counts[index]
          changed.insert(each)
        }
        for (left, right) in zip(new, new.dropFirst()) {
          let each = Pair(left: left, right: right)
          pairCounts[each, default: 0] += counts[index]
          places[each, default: []].insert(index)
          changed.insert(each)
        }
        symbols[index] = new
      }
      pairCounts[pair] = nil
      places[pair] = nil
      for each in changed where each != pair {
        if let count = pairCounts[each], count > 0 { queue.insert(each, count) }
      }
    }
    return BytePairs(merges: merges)
  }
}

/// A binary heap with the most frequent pair on top.
private struct PairQueue {
  private var heap: [(pair: BytePairs.Pair, count: Int)] = []

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    let (x, y) = (heap[a], heap[b])
    if x.count != y.count { return x.count > y.count }
    return x.pair.left != y.pair.left ? x.pair.left < y.pair.left : x.pair.right < y.pair.right
  }

  mutating func insert(_ pair: BytePairs.Pair, _ count: Int) {
    heap.append((pair, count))
    var child = heap.count - 1
    while child > 0, precedes(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() -> (pair: BytePairs.Pair, count: Int)? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var best = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(child, best) { best = child }
      if best == parent { return first }
      heap.swapAt(parent, best)
      parent = best
    }
  }
}
