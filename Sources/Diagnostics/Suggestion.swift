/// Finds what someone probably meant to write.
public enum Suggestion {
  /// The candidate nearest to `name` in edits (insert, remove, replace, swap neighbours), or nil if none is near
  /// enough: one edit from three characters on, one more for every three. Spelling that differs only in capitals and
  /// underscores (`crossEntropy`) always counts as near.
  public static func closest(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name)
    guard wanted.count <= 64 else { return nil }
    let limit = wanted.count / 3
    let plain = simplified(name)
    var best: (rank: Int, candidate: String)?
    for candidate in candidates where candidate != name {
      // Even ranks are edits; a rank below 2 means the same letters.
      var rank = 1
      if simplified(candidate) != plain {
        let letters = Array(candidate)
        guard letters.count <= wanted.count + limit, letters.count >= wanted.count - limit else { continue }
        let distance = distance(wanted, letters)
        guard distance <= limit else { continue }
        // A different first letter is rarely a slip.
        rank = 2 * distance + (letters.first == wanted.first ? 0 : 1)
      }
      if let current = best, (current.rank, current.candidate) <= (rank, candidate) { continue }
      best = (rank, candidate)
    }
    return best?.candidate
  }

  private static func simplified(_ name: String) -> String { name.lowercased().filter { $0 != "_" } }

  /// Damerau-Levenshtein distance (optimal string alignment).
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i]
      for j in 1...b.count {
        let replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        var cost = min(replaced, last[j] + 1, row[j - 1] + 1)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, beforeLast[j - 2] + 1) }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
