import Datasets
import Diagnostics
import Foundation
import ModelFiles
import TensorRuntime
import Testing

/// Rows that are read batch by batch: the same as those of the whole file, in orders that depend on the key alone.
struct StreamTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Quotes with line breaks, empty lines and every line end.
  private func table(_ rows: Int, end: String) throws -> String {
    var text = "id,text,y" + end
    for row in 0..<rows {
      text += row % 7 == 0 ? "\(row),\"a \"\"b\"\",\(end)c\",\(row % 3)" : "\(row), plain,\(row % 3)"
      text += row % 5 == 0 ? end + end : end
    }
    return try folder.write("t.csv", text)
  }

  private func stream(_ path: String, buffer: Int = 130, keepEnds: Bool = false) throws -> Dataset {
    try .stream(try .open(path, keepEnds: keepEnds, buffer: buffer, sample: 100_000))
  }

  private func rows(_ data: Dataset, _ column: String) throws -> [String] {
    let column = try data.table.column(column)
    return (0..<column.count).map { column.cell($0).description }
  }

  @Test(arguments: ["\n", "\r\n", "\r"], [1, 63, 64, 65, 500])
  func theRowsAreThoseOfTheWholeFile(end: String, count: Int) throws {
    let path = try table(count, end: end)
    let whole = Dataset(try CSV.read(path))
    let streamed = try stream(path)
    #expect(streamed.rowCount == count)
    #expect(streamed.columnNames == whole.columnNames)
    for name in whole.columnNames { #expect(try rows(streamed.head(count), name) == rows(whole, name)) }
    let x = try whole.select(["id", "y"]).x().elements(as: Float.self)
    #expect(try streamed.select(["id", "y"]).x().elements(as: Float.self) == x)
  }

  /// Rows at the borders of the chunks in which a file is gone through.
  @Test func rowsCrossTheChunksOfTheIndex() throws {
    let line = String(repeating: "x", count: 1000)
    var text = "id,text\r\n"
    for row in 0..<3000 { text += "\(row),\"\(line)\r\n\"\r\n" }
    let path = try folder.write("long.csv", text)
    let streamed = try stream(path)
    #expect(streamed.rowCount == 3000)
    #expect(try streamed.select(["id"]).x().elements(as: Float.self) == (0..<3000).map(Float.init))
  }

  @Test func linesOfTextAndOfJSONStream() throws {
    let names = (0..<200).map { "name \($0)" }
    let lines = try folder.write("n.txt", names.joined(separator: "\n"))
    #expect(try rows(stream(lines).head(200), "text") == names)
    let json = try folder.write(
      "n.jsonl", names.enumerated().map { "{\"t\": \"\($1)\", \"n\": \($0)}\n" }.joined(separator: "\n"))
    #expect(try rows(stream(json).head(200), "t") == names)
    #expect(try stream(json).select(["n"]).x().elements(as: Float.self) == (0..<200).map(Float.init))
    let ends = try folder.write("e.txt", "a\n\nb")
    #expect(try rows(stream(ends, keepEnds: true).head(9), "text") == ["a\n", "\n", "b"])
  }

  private func ids(_ data: Dataset, _ key: RandomKey?, size: Int = 32, from: Int = 0) throws -> [Float] {
    let batches = try data.batches(size: size, shuffle: key, from: from)
    var result: [Float] = []
    while let batch = try batches.next() {
      #expect(batch.x.shape[0] == size || result.count + batch.x.shape[0] + from * size == data.rowCount)
      #expect(batch.y?.elements(as: Int.self) == batch.x.elements(as: Float.self).map { Int($0) % 3 })
      result += batch.x.elements(as: Float.self)
    }
    return result
  }

  @Test func shuffledPassesHoldEveryRowOnce() throws {
    let data = try stream(try table(1000, end: "\n")).select(["id", "y"]).withTarget("y")
    let order = try ids(data, RandomKey(3))
    #expect(order.sorted() == (0..<1000).map(Float.init))
    #expect(try ids(data, RandomKey(3)) == order)
    #expect(try ids(data, RandomKey(4)) != order)
    #expect(try ids(data, nil) == (0..<1000).map(Float.init))
    // A run goes on where it stopped, and the size of a batch does not change the order.
    for from in [1, 3, 4, 5, 31, 32] { #expect(try ids(data, RandomKey(3), from: from) == Array(order.dropFirst(from * 32))) }
    #expect(try ids(data, RandomKey(3), size: 999) == order)
    // Rows from all over the file come early: no part of a sorted file fills the first buffer.
    #expect(Set(order.prefix(128).map { Int($0) / 250 }).count > 1)
  }

  @Test func partsShareNoRows() throws {
    let data = try stream(try table(1000, end: "\n")).select(["id", "y"]).withTarget("y")
    let split = try data.split(.init(train: 0.7, validation: 0.1, test: 0.2, shuffle: RandomKey(1)))
    var all: [Float] = []
    for name in Dataset.partNames { all += try ids(split.part(name), RandomKey(2)) }
    #expect(all.sorted() == (0..<1000).map(Float.init))
    let plain = try data.split(.init(train: 0.5, test: 0.5, shuffle: nil))
    #expect(try ids(plain.part("train"), nil) == (0..<512).map(Float.init))
  }

  @Test func stepsLearnFromTheTrainingPart() throws {
    var text = "v,y\n"
    for row in 0..<256 { text += "\(row < 128 ? row % 2 : 100),a\n" }
    let path = try folder.write("s.csv", text)
    let data = try stream(path).withTarget("y").adding(Step(.normalize))
      .split(.init(train: 0.5, test: 0.5, shuffle: nil))
    let x = try data.part("train").x().elements(as: Float.self)
    #expect(Array(x.prefix(4)) == [-1, 1, -1, 1])
    #expect(try data.part("test").x().elements(as: Float.self).first == 199)
  }

  @Test(arguments: [
    ("1,a\nx,b\n", "line 203: column `n` holds \"x\", and integers in the sample"),
    ("1,a\n2\n", "line 203: 1 cell, expected 2"),
    ("1,a\n2,\"b\n", "line 203: the quote that opens here is never closed"),
  ])
  func mistakesFarDownAreNamed(tail: String, words: String) throws {
    let good = (0..<200).map { "\($0),t" }.joined(separator: "\n")
    let path = try folder.write("bad.csv", "n,t\n\(good)\n\(tail)")
    let message = try #require(
      diagnostic {
        // The sample is the first block, so that the mistake is met on the way.
        let data = try Dataset.stream(try .open(path, buffer: 64, sample: 1))
        _ = try data.select(["n"]).x()
      }
    ).message
    #expect(message.contains(words), "\(message)")
  }

  @Test func brokenBytesFarDownAreNamed() throws {
    let good = Array(String(repeating: "{\"n\": 1}\n", count: 100).utf8)
    let json = try folder.write("bad.jsonl", good + Array("{\"n\": 1".utf8))
    #expect(
      diagnostic { _ = try Dataset.stream(.open(json, buffer: 64, sample: 1)).x() }?.message.contains("line 101") == true)
    let text = try folder.write("bad.txt", Array(String(repeating: "a\n", count: 100).utf8) + [0xff, 0x0a])
    #expect(
      diagnostic { _ = try Dataset.stream(.open(text, buffer: 64, sample: 1)).head(101) }?.message
        .contains("line 101: byte 0xff is not UTF-8") == true)
  }

  @Test func whatNeedsAllRowsSaysSo() throws {
    let data = try stream(try table(300, end: "\n"))
    #expect(diagnostic { _ = try data.filter { _ in true } }?.message.contains("`filter` needs all rows") == true)
    #expect(diagnostic { _ = try data.map { $0.cells } }?.message.contains("`map` needs all rows") == true)
    #expect(diagnostic { _ = try data.shuffled(RandomKey(1)) }?.message.contains("`shuffle` needs") == true)
    #expect(diagnostic { _ = try data.describe() }?.message.contains("`describe` needs") == true)
    let split = Dataset.SplitOptions(train: 0.5, test: 0.5, stratifiedBy: "y", shuffle: nil)
    #expect(diagnostic { _ = try data.split(split) }?.message.contains("by blocks of rows") == true)
    let small = try folder.write("small.csv", "a,b\n1,2\n3,4\n")
    #expect(
      diagnostic { _ = try stream(small).split(.init(train: 0.5, test: 0.5, shuffle: nil)) }?.message
        .contains("none is left for the part") == true)
    let packed = try gzip(folder, "small.csv")
    #expect(diagnostic { _ = try stream(packed) }?.message.contains("is packed") == true)
    let empty = try folder.write("empty.csv", "")
    #expect(diagnostic { _ = try stream(empty) }?.message.contains("is empty") == true)
    let header = try folder.write("header.csv", "a,b\n")
    #expect(diagnostic { _ = try stream(header) }?.message.contains("is empty") == true)
    #expect(diagnostic { _ = try Dataset.stream(.open(small, buffer: 0, sample: 1)) }?.message.contains("buffer") == true)
  }

  /// Lines of blanks and of a doubled return are rows in a stream where they are rows of the whole file.
  @Test(arguments: ["\r\r\n", " \t\r\n", "\n"]) func blankLinesAreNoRows(blank: String) throws {
    let path = try folder.write("blank.txt", "one\n" + blank + "two" + blank + blank + "three")
    let whole = Dataset(try TextRows.lines(path))
    #expect(whole.rowCount == 3)
    #expect(try stream(path).rowCount == 3)
    #expect(try rows(stream(path).head(.max), "text") == rows(whole, "text"))
  }

  /// A file that is written while it is read has other rows than its index says.
  @Test func aFileThatChangesIsNoticed() throws {
    let lines = (100..<300).map(String.init)
    let path = try folder.write("changing.txt", lines.joined(separator: "\n"))
    let data = try stream(path)
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.write(contentsOf: Data(lines.joined(separator: " ").utf8))
    try file.close()
    #expect(diagnostic { _ = try data.head(3) }?.message.contains("has other rows than when") == true)
  }

  @Test func groupsOfAStreamAreNotCut() throws {
    let data = try stream(try table(200, end: "\n"))
    let found = diagnostic { _ = try data.split(.init(train: 0.5, test: 0.5, groupedBy: "y", shuffle: nil)) }
    #expect(found?.message.contains("groups of `y`") == true)
  }

  // MARK: Windows over tokens

  private func windows(_ count: Int, length: Int, stride: Int, random: Int? = nil) throws -> Dataset {
    let tokens = try Tensor.from(Array(0..<count), dtype: .i64, shape: [count])
    return try .windows(try TokenWindows(.tensor(tokens), length: length, stride: stride, random: random))
  }

  @Test func windowsHoldTheNextTokens() throws {
    let data = try windows(10, length: 3, stride: 2)
    #expect(data.rowCount == 4)
    #expect(try data.x().elements(as: Int.self) == [0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8])
    #expect(try data.y().elements(as: Int.self) == [1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 9])
    #expect(try windows(4, length: 3, stride: 9).rowCount == 1)
    #expect(try windows(10, length: 1, stride: 1).y().elements(as: Int.self) == Array(1..<10))
    let batches = try data.batches(size: 3, shuffle: RandomKey(1))
    var starts: [Int] = []
    while let batch = try batches.next() {
      starts += stride(from: 0, to: batch.x.count, by: 3).map { batch.x.elements(as: Int.self)[$0] }
    }
    #expect(starts.sorted() == [0, 2, 4, 6])
    let split = try windows(13, length: 3, stride: 3).split(.init(train: 0.5, test: 0.5, shuffle: nil))
    #expect(try split.part("test").x().elements(as: Int.self) == [6, 7, 8, 9, 10, 11])
  }

  /// What is tested would have been trained on.
  @Test func windowsThatShareTokensAreNotSplit() throws {
    for data in [try windows(100, length: 3, stride: 2), try windows(100, length: 3, stride: 3, random: 50)] {
      let found = diagnostic { _ = try data.split(.init(train: 0.5, test: 0.5, shuffle: RandomKey(1))) }
      #expect(found?.message.contains("share tokens") == true)
    }
  }

  @Test func randomWindowsDifferFromPassToPass() throws {
    let data = try windows(1000, length: 4, stride: 1, random: 50)
    func starts(_ key: RandomKey, from: Int = 0) throws -> [Int] {
      let batches = try data.batches(size: 8, shuffle: key, from: from)
      var result: [Int] = []
      while let (x, y) = try batches.next() {
        let ids = x.elements(as: Int.self)
        #expect(y?.elements(as: Int.self) == ids.map { $0 + 1 })
        result += Swift.stride(from: 0, to: ids.count, by: 4).map { ids[$0] }
      }
      return result
    }
    let first = try starts(RandomKey(5))
    #expect(first.count == 50)
    #expect(try starts(RandomKey(5)) == first)
    #expect(try starts(RandomKey(6)) != first)
    #expect(try starts(RandomKey(5), from: 2) == Array(first.dropFirst(16)))
  }

  @Test func wrongWindowsAreRefused() throws {
    #expect(diagnostic { _ = try windows(3, length: 3, stride: 1) }?.message.contains("3 tokens are too few") == true)
    #expect(diagnostic { _ = try windows(9, length: 0, stride: 1) }?.message.contains("length 0") == true)
    #expect(diagnostic { _ = try windows(9, length: 2, stride: -1) }?.message.contains("stride -1") == true)
  }

  @Test func tokenFilesAreReadPieceByPiece() throws {
    let path = folder.path + "/ids.npy"
    try NPY.write(path, try Tensor.from(Array(0..<100).map { $0 * 3 - 50 }, dtype: .i64, shape: [100]))
    let file = try NPYIntegers.open(path)
    var ids = [Int](repeating: 0, count: 5)
    try ids.withUnsafeMutableBufferPointer { try file.read(95..<100, into: $0.baseAddress!) }
    #expect(file.count == 100)
    #expect(ids == [235, 238, 241, 244, 247])
    // What numpy writes for uint16 and int8.
    for (descr, bytes, expected) in [
      ("<u2", [0x01, 0x80, 0xff, 0xff] as [UInt8], [0x8001, 0xffff]), ("|i1", [0x7f, 0x80], [127, -128]),
    ] {
      var header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (2,), }"
      header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
      let small = try folder.write(
        "small.npy", [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8) + bytes)
      var two = [0, 0]
      try two.withUnsafeMutableBufferPointer { try NPYIntegers.open(small).read(0..<2, into: $0.baseAddress!) }
      #expect(two == expected)
    }
    try NPY.write(path, try Tensor.from([Float(0.5)], dtype: .f32, shape: [1]))
    #expect(diagnostic { _ = try NPYIntegers.open(path) }?.message.contains("expected token ids") == true)
  }
}
