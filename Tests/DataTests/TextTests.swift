import Datasets
import Diagnostics
import Files
import Foundation
import TensorRuntime
import Testing

/// Texts from files, and steps on them as they travel with a model.
struct TextTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func linesOfJSONBecomeRows() throws {
    let path = try folder.write(
      "a.jsonl",
      "\u{feff}{\"text\": \"caf\\u00e9\", \"n\": 1, \"ok\": true, \"tags\": [\"a\", \"b\"], \"v\": [0.5, 1]}\n\n"
        + "{\"n\": 2.5, \"tags\": [], \"v\": [1.5, 2.5], \"text\": null}\r\n")
    let table = try JSONLines.read(path)
    #expect(table.names == ["text", "n", "ok", "tags", "v"])
    #expect(table.rowCount == 2)
    #expect(try table.column("text").cell(0) == .text("café"))
    #expect(try table.column("text").isMissing(1))
    #expect(try table.column("n").cell(0) == .float(1))
    #expect(try table.column("ok").isMissing(1))
    #expect(try table.column("tags").cell(0) == .list([.text("a"), .text("b")]))
    #expect(try table.column("tags").cell(1) == .list([]))
    #expect(try table.column("v").kind == .tensor)
  }

  @Test(arguments: [
    ("{\"a\": 1}\n{\"a\": }\n", "line 2, byte 7: expected a value"),
    ("{\"a\": 1}\n\n[1]\n", "line 3, byte 1: expected an object"),
    ("{\"a\": 1}\n{\"a\": \"x\"}\n", "line 2: `a` holds text, and integers in the lines before"),
    ("{\"a\": {\"b\": 1}}\n", "line 1: `a` holds objects or a mixed list"),
    ("{\"a\": \"\u{1}\"}\n", "line 1, byte 8: a line break or control character inside a text"),
  ])
  func brokenLinesOfJSONAreNamed(text: String, words: String) throws {
    let path = try folder.write("b.jsonl", text)
    let message = try #require(diagnostic { _ = try JSONLines.read(path) }).message
    #expect(message.contains("`\(path)`, \(words)"), "\(message)")
  }

  @Test func brokenUTF8IsNamed() throws {
    let json = try folder.write("c.jsonl", Array("{\"a\": 1}\n{\"a\": \"".utf8) + [0xff] + Array("\"}\n".utf8))
    #expect(diagnostic { _ = try JSONLines.read(json) }?.message.contains("line 2, byte 7: the text is not UTF-8") == true)
    let lines = try folder.write("c.txt", Array("one\ntwo\n".utf8) + [0xc3, 0x28])
    #expect(diagnostic { _ = try TextRows.lines(lines) }?.message.contains("line 3: byte 0xc3 is not UTF-8") == true)
  }

  @Test func emptyFilesAreErrors() throws {
    let json = try folder.write("e.jsonl", "\n \n")
    #expect(diagnostic { _ = try JSONLines.read(json) }?.message.contains("is empty, expected lines of JSON") == true)
    for text in ["", "\n\n  \n"] {
      let lines = try folder.write("e.txt", text)
      #expect(diagnostic { _ = try TextRows.lines(lines) }?.message.contains("is empty, expected a text") == true)
    }
  }

  @Test func linesOfTextAreRows() throws {
    let path = try folder.write("d.txt", "one\r\n\ntwo  \nthree")
    #expect(try texts(TextRows.lines(path)) == ["one", "two  ", "three"])
    #expect(try texts(TextRows.lines(path, keepEnds: true)) == ["one\r\n", "\n", "two  \n", "three"])
  }

  @Test func foldersOfTextsAreClasses() throws {
    let manager = FileManager.default
    for name in ["pos", "neg", ".git"] {
      try manager.createDirectory(atPath: "\(folder.path)/f/\(name)", withIntermediateDirectories: true)
    }
    _ = try folder.write("f/pos/2.txt", "good\n")
    _ = try folder.write("f/pos/1.txt", "fine")
    _ = try folder.write("f/neg/1.txt", "bad")
    _ = try folder.write("f/.hidden", "x")
    let table = try TextRows.folder(folder.path + "/f")
    #expect(try texts(table) == ["bad", "fine", "good\n"])
    #expect(try table.column("label").cell(0) == .text("neg"))
    #expect(try texts(TextRows.folder(folder.path + "/f/pos")) == ["fine", "good\n"])
    _ = try folder.write("f/stray.txt", "x")
    #expect(
      diagnostic { _ = try TextRows.folder(folder.path + "/f") }?.message.contains("files such as `stray.txt`") == true)
    #expect(diagnostic { _ = try TextRows.folder(folder.path + "/none") }?.message.contains("no folder") == true)
    try manager.createDirectory(atPath: "\(folder.path)/g", withIntermediateDirectories: true)
    #expect(diagnostic { _ = try TextRows.folder(folder.path + "/g") }?.message.contains("holds no texts") == true)
  }

  /// Every step comes back from its JSON as it was, and prepares raw rows to the same numbers.
  @Test func textStepsTravelAsJSON() throws {
    let texts = Column("text", .texts(["The cat, the dog", "a dog!", "cats and dogs and 我们", ""]))
    let data = Dataset(try Table(columns: [texts]))
    var options = Vocabulary.Options()
    options.marks = true
    let words: [TextStep] = [
      .change(.lower), .change(.words(punctuation: true)), .change(.grams(least: 1, most: 2, separator: "_")),
      .change(.without(["the"])), .vocabulary(options),
    ]
    let chains: [[TextStep]] = [
      words + [.pad(length: nil, left: true, cut: .left)], words + [.bagOfWords(binary: true)],
      words + [.tfIdf(sublinear: true)],
      [.change(.characters), .vocabulary(.init()), .pad(length: 5, left: false, cut: .right)],
      [.bytePairs(size: 270, marks: true), .pad(length: 9, left: false, cut: .right)],
    ]
    for chain in chains {
      var prepared = data
      for step in chain { prepared = try prepared.adding(Step(.text(step))) }
      let preparation = try prepared.preparation()
      let again = try Preparation(json: try JSON.parse(preparation.json().encoded()))
      #expect(again == preparation)
      #expect(again.vocabulary?.count == preparation.vocabulary?.count)
      let (x, y) = (try prepared.x(), try again.features(of: data.table))
      #expect(x.shape == y.shape)
      switch x.dtype {
      case .i64: #expect(x.elements(as: Int.self) == y.elements(as: Int.self))
      default: #expect(x.elements(as: Float.self) == y.elements(as: Float.self))
      }
    }
  }

  @Test(arguments: [
    #"{"step":"byte_pairs","columns":[{"name":"t","marks":false,"merges":[97,300]}]}"#,
    #"{"step":"vocabulary","columns":[{"name":"t","tokens":["a"]}]}"#,
    #"{"step":"pad","columns":[{"name":"t","length":0,"left":false,"cut":"right"}]}"#,
    #"{"step":"tf_idf","columns":[{"name":"t","weights":["x"],"sublinear":false}]}"#,
  ])
  func damagedTextStepsAreRefused(step: String) throws {
    let json = try JSON.parse(
      #"{"version":1,"columns":[{"name":"t","kind":"text","shape":[]}],"steps":[\#(step)],"target":null}"#)
    #expect(diagnostic { _ = try Preparation(json: json) }?.message.contains("damaged") == true)
  }

  /// A pair of the pair before, again and again, would be longer than memory.
  @Test func mergesDoNotGrowWithoutEnd() throws {
    let merges = "[97,97" + (256..<300).map { ",\($0),\($0)" }.joined() + "]"
    let json = try JSON.parse(
      #"{"version":1,"columns":[{"name":"t","kind":"text","shape":[]}],"steps":[{"step":"byte_pairs","columns":"#
        + #"[{"name":"t","marks":false,"merges":\#(merges)}]}],"target":null}"#)
    #expect(diagnostic { _ = try Preparation(json: json) }?.message.contains("damaged") == true)
  }

  /// Numbers for another width than the text step gives.
  @Test func numbersThatDoNotFitATextStepAreRefused() throws {
    let json = try JSON.parse(
      """
      {"version":1,"columns":[{"name":"t","kind":"text","shape":[]}],"target":null,"steps":[
      {"step":"characters","columns":[{"name":"t"}]},
      {"step":"vocabulary","columns":[{"name":"t","tokens":["a"],"unknown":"<unk>","marks":false}]},
      {"step":"bag_of_words","columns":[{"name":"t","first":2,"width":3,"binary":false}]},
      {"step":"normalize","columns":[{"name":"t","shift":[0.0],"factor":[1.0]}]}]}
      """)
    let table = try Table(columns: [Column("t", .texts(["a"]))])
    let message = diagnostic { _ = try Preparation(json: json).features(of: table) }?.message
    #expect(message?.contains("has 1 numbers, expected 3") == true)
  }

  @Test func gramsOfAnyLengthEnd() {
    #expect(Words.grams(["a", "b"], least: 1, most: .max, separator: "-") == ["a", "b", "a-b"])
    #expect(Words.grams(["a", "b"], least: 3, most: 4, separator: "-") == [])
  }

  /// Any bytes that are text come back, whatever was learned.
  @Test func bytePairsWriteEverything() throws {
    let vocabulary = try Vocabulary.bytePairs(["ab ab ab abc\n\nabc"], size: 300, marks: false)
    var numbers = SystemRandomNumberGenerator()
    let signs = Array(" \n\tab.c我é👍🏽\u{0}'z0")
    for _ in 0..<200 {
      let text = String((0..<Int.random(in: 0...20, using: &numbers)).map { _ in signs.randomElement() ?? " " })
      #expect(try vocabulary.decode(vocabulary.encode(text: text)) == text)
    }
  }

  private func texts(_ table: Table) throws -> [String] {
    let column = try table.column("text")
    return (0..<column.count).map { column.cell($0).description }
  }
}
