import Datasets
import Diagnostics
import Files
import Foundation
import Testing

/// Operations on tables that Tests/Spec/tables does not reach.
@Suite struct OperationTests {
  @Test func everyDayOfTwoCenturiesAgreesWithTheCalendar() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    let start = try #require(calendar.date(from: DateComponents(year: 1899, month: 12, day: 1)))
    var texts: [Cell] = []
    var days: [Double] = []
    var weekdays: [Cell] = []
    var yeardays: [Cell] = []
    for offset in 0..<73_500 {
      let date = start.addingTimeInterval(Double(offset) * 86400)
      let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: date)
      let (year, month, day) = (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
      texts.append(.text("\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"))
      days.append(date.timeIntervalSince1970 / 86400)
      weekdays.append(.integer(((parts.weekday ?? 0) + 5) % 7))
      yeardays.append(.integer(calendar.ordinality(of: .day, in: .year, for: date) ?? 0))
    }
    let column = try Column.make("d", texts)
    let iso = try DateFormat(nil)
    func found(_ part: CalendarDate.Part) throws -> [Cell] {
      let numbers = try column.dateParts(part, iso)
      return (0..<numbers.count).map(numbers.cell)
    }
    #expect(try found(.days) == days.map(Cell.float))
    #expect(try found(.weekday) == weekdays)
    #expect(try found(.yearday) == yeardays)
  }

  @Test(arguments: ["2024-02-30", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-01-01T24:00", "2024-01-01T10:60"])
  func impossibleMomentsAreSaid(text: String) throws {
    let column = try Column.make("d", [.text("2000-02-29"), .text(text)])
    let problem = diagnostic { _ = try column.dateParts(.day, try DateFormat(nil)) }
    #expect(problem?.message.contains("holds \"\(text)\" in row 1, which is no day or time") == true)
  }

  @Test(arguments: ["24-02-01", "2024-2-1", "2024-02-01x", "2024/02/01", "", "2024-02-01T", "2024-02-01T1:00"])
  func otherFormsAreNoIsoDates(text: String) throws {
    let column = try Column.make("d", [.text(text)])
    #expect(diagnostic { _ = try column.dateParts(.day, try DateFormat(nil)) }?.message.contains("ISO dates") == true)
  }

  @Test func newStepsSurviveStorage() throws {
    let since = try CalendarDate(given: "2020-02-29T08:05:07.125")
    let data = try dataset("when,size,n,y\n2024-01-05,small,1,1.5\n2024-02-05,large,,2.5\n").withTarget("y")
      .adding(Step(.dates([.month, .days], try DateFormat("%Y-%m-%d"), since: since), columns: ["when"]))
      .adding(Step(.ordinal(order: [.text("small"), .text("large")])))
      .adding(Step(.fillMissing(.mean, indicators: true)))
    let preparation = try data.preparation()
    let stored = try Preparation(json: try JSON.parse(preparation.json().encoded()))
    #expect(stored == preparation)
    #expect(floats(try stored.features(of: data.table)) == floats(try data.x()))
    #expect(try data.preparedTable().names == ["when.month", "when.days", "size", "n", "n=none", "y"])
    let cut = "{\"version\":1,\"columns\":[],\"steps\":[{\"step\":\"fill_missing\",\"columns\":[]}],\"target\":null}"
    #expect(diagnostic { _ = try Preparation(json: try JSON.parse(cut)) }?.code == .file)
    let bad = "{\"version\":1,\"columns\":[],\"steps\":[{\"step\":\"date_parts\",\"columns\":[\"a\"],\"parts\":[\"x\"]}],\"target\":null}"
    #expect(diagnostic { _ = try Preparation(json: try JSON.parse(bad)) }?.code == .file)
  }

  @Test func aWeightedDrawFollowsTheWeights() throws {
    let data = try dataset("i,w\n0,1\n1,2\n2,0\n3,5\n")
    let with = try data.sampled(.rows(80_000), replace: true, weights: "w", key: RandomKey(1))
    var counts = [0.0, 0, 0, 0]
    var first = [0.0, 0, 0, 0]
    for cell in try column(with, "i") { if case .integer(let row) = cell { counts[row] += 1 } }
    for key in 0..<4000 {
      let drawn = try column(try data.sampled(.rows(2), weights: "w", key: RandomKey(UInt64(key))), "i")
      #expect(drawn[0] != drawn[1] && !drawn.contains(.integer(2)))
      if case .integer(let row) = drawn[0] { first[row] += 1 }
    }
    for (row, share) in [0.125, 0.25, 0, 0.625].enumerated() {
      #expect(abs(counts[row] / 80_000 - share) < 0.01)
      #expect(abs(first[row] / 4000 - share) < 0.03)
    }
  }

  @Test func foldsAndGroupedSplitsHoldEveryRowOnce() throws {
    let text = "i,g\n" + (0..<97).map { "\($0),\($0 % 13)\n" }.joined()
    let data = try dataset(text)
    func rows(_ data: Dataset, _ part: String) throws -> Set<Cell> { Set(try column(try data.part(part), "i")) }
    func groups(_ data: Dataset, _ part: String) throws -> Set<Cell> { Set(try column(try data.part(part), "g")) }
    for options in [(nil, nil), ("g", nil), (nil, "g")] as [(String?, String?)] {
      let folds = try data.folds(5, stratifiedBy: options.0, groupedBy: options.1, shuffle: RandomKey(2))
      var tested: [Cell] = []
      for fold in folds {
        #expect(try rows(fold, "train").isDisjoint(with: rows(fold, "test")))
        #expect(fold.rowCount == 97)
        if options.1 != nil { #expect(try groups(fold, "train").isDisjoint(with: groups(fold, "test"))) }
        #expect((10...30).contains(try fold.part("test").rowCount))
        tested += try rows(fold, "test")
      }
      #expect(tested.count == 97)
    }
  }

  @Test func joinsAgreeWithPairsTriedOneByOne() throws {
    var random = RandomNumbers(RandomKey(5))
    func table(_ name: String, _ count: Int) throws -> Dataset {
      let keys: [Cell] = (0..<count).map { _ in random.below(6) == 0 ? .missing : .integer(random.below(8)) }
      return try dataset(
        "k,\(name)\n" + keys.enumerated().map { "\($1.isMissing ? "" : $1.description),\($0)\n" }.joined())
    }
    for _ in 0..<20 {
      let (left, right) = (try table("l", 15), try table("r", 11))
      let (leftKeys, rightKeys) = (try column(left, "k"), try column(right, "k"))
      var pairs: [[Cell]] = []
      for (i, key) in leftKeys.enumerated() {
        for (j, other) in rightKeys.enumerated() where key == other && !key.isMissing {
          pairs.append([.integer(i), .integer(j)])
        }
      }
      let inner = try left.joined(with: right, on: ["k"], duplicates: true)
      #expect(try zip(column(inner, "l"), column(inner, "r")).map { [$0, $1] } == pairs)
      let outer = try left.joined(with: right, on: ["k"], how: .outer, duplicates: true)
      let alone = leftKeys.filter { !rightKeys.contains($0) || $0.isMissing }.count
      let others = rightKeys.filter { !leftKeys.contains($0) || $0.isMissing }.count
      #expect(outer.rowCount == pairs.count + alone + others)
    }
  }
}
