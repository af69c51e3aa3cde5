import Datasets
import Diagnostics
import Foundation
import Testing

@Suite struct CSVTests {
  func table(_ text: String, _ options: CSVOptions = CSVOptions()) throws -> Table {
    try CSV.parse(Array(text.utf8), name: "t.csv", options: options)
  }

  func cells(_ table: Table, _ column: String) throws -> [Cell] {
    let column = try table.column(column)
    return (0..<table.rowCount).map(column.cell)
  }

  @Test func kindsAreTheNarrowestThatFit() throws {
    let t = try table("i,f,b,s,m\n1,1.5,true,x,\n-2,2,False,7,\n9007199254740993,1e3,TRUE,y,\n")
    #expect(t.columns.map(\.kind) == [.integer, .float, .truth, .text, .float])
    #expect(try cells(t, "i") == [.integer(1), .integer(-2), .integer(9_007_199_254_740_993)])
    #expect(try cells(t, "f") == [.float(1.5), .float(2), .float(1000)])
    #expect(try cells(t, "b") == [.truth(true), .truth(false), .truth(true)])
    #expect(try cells(t, "s") == [.text("x"), .text("7"), .text("y")])
    #expect(try t.column("m").missingCount == 3)
  }

  /// The kind is guessed from the first hundred rows; later rows may need a wider one, more than once.
  @Test func aLateCellWidensTheColumn() throws {
    var text = "a,b\n"
    for i in 0..<300 { text += "\(i),\(i)\n" }
    text += "0.5,NA\nword,1\n"
    let t = try table(text)
    #expect(t.columns.map(\.kind) == [.text, .integer])
    #expect(try cells(t, "a")[299...] == [.text("299"), .text("0.5"), .text("word")])
    #expect(try cells(t, "b")[299...] == [.integer(299), .missing, .integer(1)])
  }

  @Test func quotesFollowTheStandard() throws {
    let t = try table("name,note\n\"a, b\",\"line 1\nline \"\"2\"\"\"\r\n  plain  , \" kept \" \n")
    #expect(try cells(t, "name") == [.text("a, b"), .text("plain")])
    #expect(try cells(t, "note") == [.text("line 1\nline \"2\""), .text(" kept ")])
  }

  @Test(arguments: ["\n", "\r\n", "\r"]) func everyLineEnd(_ end: String) throws {
    let t = try table(["x,y", "1,2", "", "3,4"].joined(separator: end))
    #expect(try cells(t, "y") == [.integer(2), .integer(4)])
  }

  @Test(arguments: [",", ";", "\t", "|"]) func theSeparatorIsFound(_ separator: String) throws {
    let t = try table("x\(separator)y\n1\(separator)a\n2\(separator)b\n")
    #expect(t.names == ["x", "y"])
  }

  @Test func aGivenSeparatorCounts() throws {
    let t = try table("x:y\n1:2\n", CSVOptions(separator: ":"))
    #expect(try cells(t, "y") == [.integer(2)])
  }

  @Test func semicolonsAllowDecimalCommas() throws {
    #expect(try cells(table("x;y\n1,5;2\n-0,25;3\n"), "x") == [.float(1.5), .float(-0.25)])
  }

  @Test func aByteOrderMarkIsNoPartOfTheFirstName() throws {
    #expect(try table("\u{feff}x,y\n1,2\n").names == ["x", "y"])
  }

  @Test func headersAreFound() throws {
    #expect(try table("a,b\nx,y\n").names == ["a", "b"])
    #expect(try table("1,2\n3,4\n").names == ["column1", "column2"])
    #expect(try table("ham\tgo now\nspam\twin\nham\tok\n").rowCount == 3)
    #expect(try table("1,2\n3,4\n", CSVOptions(header: true)).names == ["1", "2"])
    #expect(try table("a,b\nx,y\n", CSVOptions(header: false)).rowCount == 2)
    #expect(try table(",x\n0,5\n1,6\n").names == ["column1", "x"])
  }

  @Test func missingWordsCountOutsideQuotes() throws {
    let t = try table("x,s\n1,?\nna,\"NA\"\nNaN,null\n,N/A\n2,b\n")
    #expect(try cells(t, "x") == [.integer(1), .missing, .missing, .missing, .integer(2)])
    #expect(try cells(t, "s") == [.missing, .text("NA"), .missing, .missing, .text("b")])
  }

  @Test func tabsWithLooseQuotesAreRead() throws {
    let t = try table("ham\t\"Go\" he said\nham\tok \"fine\nspam\tx\n")
    #expect(try cells(t, "column2") == [.text("\"Go\" he said"), .text("ok \"fine"), .text("x")])
  }

  @Test func numbersAreRoundedCorrectly() throws {
    let words = [
      "0.1", "123456.789e-3", "1.7976931348623157e308", "4.9e-324", "0.30000000000000004", "-0.0", "1e400", "+5.0",
      ".5", "5.", "12345678901234567890.5", "9223372036854775808.0", "0.000000000000000000000001", "-inf",
    ]
    let t = try table("x\n" + words.joined(separator: "\n") + "\n")
    for (cell, word) in zip(try cells(t, "x"), words) {
      guard case .float(let value) = cell else {
        Issue.record("\(word) is no float")
        continue
      }
      #expect(value == Double(word) && value.sign == Double(word)?.sign, "\(word)")
    }
    #expect(try table("x\n-9223372036854775808\n9223372036854775807\n").columns[0].kind == .integer)
    #expect(try table("x\n1e\n").columns[0].kind == .text)
    #expect(try table("x\n0x10\n").columns[0].kind == .text)
    #expect(try table("x\n1.2.3\n--1\n").columns[0].kind == .text)
  }

  @Test func aRaggedRowIsNamedByItsLine() throws {
    let short = diagnostic { _ = try table("a,b,c\n1,2,3\n\n\"x\ny\",2,3\n4,5\n") }
    #expect(short?.message == "`t.csv`, line 6: 2 cells, expected 3 as in the header")
    #expect(short?.notes == ["the line reads: 4,5"])
    let long = diagnostic { _ = try table("1,2\n3,4,5\n") }
    #expect(long?.message == "`t.csv`, line 2: 3 cells, expected 2 as in the first row")
    #expect(long?.help == "write a cell that holds `,` in double quotes")
  }

  @Test func malformedTextIsReported() throws {
    #expect(diagnostic { _ = try table("a,b\n1,\"x\n2,3\n") }?.message.contains("line 2: the quote that opens") == true)
    #expect(diagnostic { _ = try table("a,b\n1,\"x\"y\n") }?.message.contains("line 2: text after a closing") == true)
    #expect(diagnostic { _ = try table("") }?.message == "`t.csv` is empty, expected a table")
    #expect(diagnostic { _ = try table(" \n\n") }?.message == "`t.csv` is empty, expected a table")
    #expect(diagnostic { _ = try table("a,b\n") }?.message == "`t.csv` has a header with 2 columns and no rows")
    #expect(
      diagnostic { _ = try table("a,a\n1,2\n") }?.message.contains("`a` is there twice (columns 1 and 2)") == true)
    #expect(diagnostic { _ = try table("a\n1\n", CSVOptions(separator: "ä")) }?.code == .value)
    let latin = Array("a,b\n1,x\n2,caf".utf8) + [0xe9, 0x0a]
    #expect(
      diagnostic { _ = try CSV.parse(latin, name: "t.csv") }?.message == "`t.csv`, line 3: byte 0xe9 is not UTF-8 text")
    #expect(
      diagnostic { _ = try CSV.parse([0x61, 0x0a, 0], name: "t.csv") }?.message.contains("line 2: a zero") == true)
    #expect(diagnostic { _ = try CSV.parse([0xff, 0xfe, 0x61, 0], name: "t.csv") }?.message.contains("UTF-16") == true)
    #expect(diagnostic { _ = try CSV.parse(Array("PK\u{3}\u{4}".utf8), name: "t") }?.message.contains("zip") == true)
  }

  @Test func filesThatCannotBeOpened() throws {
    let folder = try TemporaryFolder()
    #expect(diagnostic { _ = try CSV.read(folder.path + "/none.csv") }?.message.hasPrefix("there is no file") == true)
    _ = try folder.write("digits.csv", "a\n1\n")
    #expect(diagnostic { _ = try CSV.read(folder.path + "/digit.csv") }?.help == "is it `\(folder.path)/digits.csv`?")
    #expect(diagnostic { _ = try CSV.read(folder.path) }?.message.contains("is a folder") == true)
    #expect(diagnostic { _ = try CSV.read("/dev/zero") }?.message.contains("device") == true)
    #expect(diagnostic { _ = try CSV.read("") }?.code == .file)
    let locked = try folder.write("locked.csv", "a\n1\n")
    chmod(locked, 0)
    if geteuid() != 0 { #expect(diagnostic { _ = try CSV.read(locked) }?.message.contains("may not be read") == true) }
  }

  @Test func compressedTablesAreUnpacked() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("t.csv", "a,b\n1,2\n")
    let packed = try gzip(folder, "t.csv")
    #expect(try CSV.read(packed).names == ["a", "b"])
    let bytes = try folder.bytes("t.csv.gz")
    let cut = try folder.write("cut.csv.gz", Array(bytes.dropLast(6)))
    #expect(diagnostic { _ = try CSV.read(cut) }?.message.contains("ends too early") == true)
    var damaged = bytes
    damaged[damaged.count - 6] ^= 0xff
    let wrong = try folder.write("wrong.csv.gz", damaged)
    #expect(diagnostic { _ = try CSV.read(wrong) }?.message.contains("damaged") == true)
  }

  @Test func linesAndText() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("t.txt", "\u{feff}one\r\n\nthree\n")
    #expect(try TextFile.lines(file) == ["one", "", "three"])
    #expect(try TextFile.text(file) == "one\r\n\nthree\n")
    let empty = try folder.write("e.txt", "")
    #expect(try TextFile.lines(empty).isEmpty && TextFile.text(empty).isEmpty)
    let bad = try folder.write("b.txt", [0x61, 0x0a, 0xc3, 0x28])
    #expect(diagnostic { _ = try TextFile.lines(bad) }?.message.contains("line 2: byte 0xc3") == true)
  }

  /// No bytes whatever may crash the reader.
  @Test func randomBytesNeverCrash() {
    var state: UInt64 = 1
    func next(_ n: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % n
    }
    let alphabet = Array("\",;\t\n\r 01.e-aNé\u{0}".utf8) + [0xff]
    for _ in 0..<3000 {
      let bytes = (0..<next(40)).map { _ in alphabet[next(alphabet.count)] }
      if let table = try? CSV.parse(bytes, name: "r") {
        #expect(table.columns.allSatisfy { $0.count == table.rowCount })
      }
    }
  }
}
