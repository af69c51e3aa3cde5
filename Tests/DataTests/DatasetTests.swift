import Datasets
import Diagnostics
import Files
import TensorRuntime
import TensorTypes
import Testing

func dataset(_ text: String) throws -> Dataset { Dataset(try CSV.parse(Array(text.utf8), name: "t.csv")) }

func column(_ dataset: Dataset, _ name: String) throws -> [Cell] {
  let column = try dataset.table.column(name)
  return (0..<column.count).map(column.cell)
}

@Suite struct DatasetTests {
  let people = """
    age,height,sex,job,label
    20,1.5,f,a,yes
    30,1.7,m,b,no
    40,1.6,f,,yes
    ,1.8,m,a,no
    60,1.9,m,c,no
    50,1.4,f,a,yes
    """

  @Test func featuresAreNumbersInOrderWithoutTheTarget() throws {
    let data = try dataset("a,b,c,y\n1,0.5,true,x\n2,-1,false,z\n").withTarget("y")
    #expect(try data.x().type == TensorType(.f32, [2, 3]))
    #expect(floats(try data.x()) == [1, 0.5, 1, 2, -1, 0])
    #expect(try data.y().type == TensorType(.i64, [2]))
    #expect(ints(try data.y()) == [0, 1])
    #expect(data.classes == [.text("x"), .text("z")])
  }

  @Test func targetsAreReadByTheirKind() throws {
    let text = "f,i,b,s\n0.5,7,true,b\n1.5,3,false,a\n2.5,7,true,b\n"
    #expect(floats(try dataset(text).withTarget("f").y()) == [0.5, 1.5, 2.5])
    #expect(try dataset(text).withTarget("f").y().shape == [3, 1])
    #expect(ints(try dataset(text).withTarget("i").y()) == [1, 0, 1])
    #expect(try dataset(text).withTarget("i").classes == [.integer(3), .integer(7)])
    #expect(ints(try dataset(text).withTarget("b").y()) == [1, 0, 1])
    #expect(ints(try dataset(text).withTarget("s").y()) == [1, 0, 1])
    #expect(floats(try dataset(text).withTarget("i", as: .numbers).y()) == [7, 3, 7])
    #expect(diagnostic { _ = try dataset(text).withTarget("f", as: .classes) }?.message.contains("no classes") == true)
    #expect(diagnostic { _ = try dataset(text).withTarget("s", as: .numbers) }?.message.contains("as a number") == true)
    #expect(diagnostic { _ = try dataset(text).withTarget("none") }?.message == "there is no column `none`")
    #expect(diagnostic { _ = try dataset(text).y() }?.message == "y needs a target, and this dataset has none")
    let many = "i\n" + (0..<300).map { "\($0)\n" }.joined()
    #expect(diagnostic { _ = try dataset(many).withTarget("i") }?.help?.contains("as: \"number\"") == true)
    #expect(try dataset(many).withTarget("i", as: .classes).classes?.count == 300)
    let gap = try dataset("x,y\n1,a\n2,\n").withTarget("y")
    #expect(diagnostic { _ = try gap.y() }?.message == "the target `y` is missing in 1 row, the first is row 1")
  }

  @Test func whatIsNotReadyForANetworkIsSaid() throws {
    let data = try dataset(people).withTarget("label")
    let text = diagnostic { _ = try data.x() }
    #expect(text?.message == "a network takes numbers, and columns `sex`, `job` hold text")
    #expect(text?.help == "add `|> one_hot()`, or leave it out with `drop(\"sex\")`")
    let missing = diagnostic { _ = try data.drop(["sex", "job"]).x() }
    #expect(missing?.message == "column `age` has 1 missing value, the first in row 3")
    #expect(diagnostic { _ = try dataset("a\ninf\n").x() }?.message.contains("inf in row 0") == true)
    #expect(diagnostic { _ = try dataset("a\n1e300\n").x() }?.message.contains("no finite 32-bit number") == true)
    #expect(diagnostic { _ = try dataset("y\n1\n").withTarget("y").x() }?.code == .data)
  }

  @Test func stepsWorkTogether() throws {
    let data = try dataset(people).withTarget("label").adding(Step(.fillMissing(.mean))).adding(Step(.oneHot(.error)))
      .adding(Step(.normalize))
    let table = try data.preparedTable()
    #expect(table.names == ["age", "height", "sex=f", "sex=m", "job=a", "job=b", "job=c", "label"])
    let x = floats(try data.x())
    #expect(try data.x().shape == [6, 7])
    // age: mean 40 with and without the filled row; deviation of 20 30 40 40 60 50.
    let deviation = Float((400.0 + 100 + 0 + 0 + 400 + 100) / 6).squareRoot()
    #expect(abs(x[0] - (20 - 40) / deviation) < 1e-6)
    #expect(x[3 * 7] == 0)
    #expect(Array(x[2..<7]) == [1, 0, 1, 0, 0])
    // The missing job is the most frequent one.
    #expect(Array(x[2 * 7 + 4..<3 * 7]) == [1, 0, 0])
    // Rows stay raw.
    #expect(try column(data, "age")[3] == .missing)
  }

  @Test func statisticsComeFromTheTrainingPartBeforeOrAfterTheSplit() throws {
    let text = "a\n" + (0..<10).map { "\($0)\n" }.joined() + "1000\n1000\n"
    let options = Dataset.SplitOptions(train: 10.0 / 12, test: 2.0 / 12, shuffle: nil)
    let after = try dataset(text).split(options).adding(Step(.minMax))
    let before = try dataset(text).adding(Step(.minMax)).split(options)
    for data in [after, before] {
      #expect(floats(try data.part("train").x()).max() == 1)
      #expect(floats(try data.part("test").x()) == [Float(1000.0 / 9), Float(1000.0 / 9)])
    }
    // A step on a part held back learns from the training part, and so does one on a selection of it.
    let held = try dataset(text).split(options).part("test")
    #expect(floats(try held.adding(Step(.minMax)).x())[0] == Float(1000.0 / 9))
    #expect(floats(try held.head(1).adding(Step(.minMax)).x()) == [Float(1000.0 / 9)])
    let filtered = try held.filter { _ in true }.adding(Step(.minMax))
    #expect(floats(try filtered.x())[0] == Float(1000.0 / 9))
    // Without a split everything counts; the first rows of a prepared dataset keep its numbers.
    let whole = try dataset(text).adding(Step(.minMax))
    #expect(floats(try whole.head(2).x()) == [0, Float(1.0 / 1000)])
  }

  @Test func fillingByEveryStrategy() throws {
    let text = "n,i,s,b\n1,1,x,true\n,2,y,\n4,,y,true\n10,2,,false\n"
    func filled(_ fill: Step.Fill, _ columns: [String]? = nil) throws -> Table {
      try dataset(text).adding(Step(.fillMissing(fill), columns: columns)).preparedTable()
    }
    let mean = try filled(.mean)
    #expect(mean.row(1)["n"] == .float(5) || mean.row(1)["n"] == .integer(5))
    #expect(mean.row(2)["i"] == .float(5.0 / 3))
    #expect(mean.row(3)["s"] == .text("y"))
    #expect(mean.row(1)["b"] == .truth(true))
    #expect(try filled(.median).row(1)["n"] == .float(4))
    #expect(try filled(.mostFrequent).row(2)["i"] == .integer(2))
    #expect(try filled(.value(.integer(0))).row(1)["n"] == .integer(0))
    #expect(try filled(.value(.text("?")), ["s"]).row(3)["s"] == .text("?"))
    #expect(
      diagnostic { _ = try filled(.value(.text("?")), ["n"]) }?.message.contains("cannot fill column `n`") == true)
    #expect(
      diagnostic { _ = try dataset("a,b\n1,\n").adding(Step(.fillMissing(.mean))).x() }?.message.contains(
        "all its values") == true)
  }

  @Test func oneHotSaysWhatItCannotDo() throws {
    let data = try dataset(people).withTarget("label").drop(["age"])
    #expect(
      diagnostic { _ = try data.adding(Step(.oneHot(.error))).x() }?.message.contains(
        "column `job` has 1 missing value") == true)
    let options = Dataset.SplitOptions(train: 0.5, test: 0.5, shuffle: nil)
    let parts = try dataset("s\na\nb\na\nc\n").split(options)
    let strict = try parts.adding(Step(.oneHot(.error))).part("test")
    #expect(
      diagnostic { _ = try strict.x() }?.message
        == "column `s` holds \"c\" in row 1, which did not occur in the training data")
    #expect(floats(try parts.adding(Step(.oneHot(.zeros))).part("test").x()) == [1, 0, 0, 0])
    let names = try dataset("s\n" + (0..<1001).map { "n\($0)\n" }.joined())
    #expect(
      diagnostic { _ = try names.adding(Step(.oneHot(.error))).x() }?.message.contains("1001 different values") == true)
    #expect(try names.adding(Step(.oneHot(.error), columns: ["s"])).x().shape == [1001, 1001])
    #expect(
      diagnostic { _ = try data.adding(Step(.normalize, columns: ["sex"])).x() }?.help?.contains("one_hot(\"sex\")")
        == true)
    #expect(
      diagnostic { _ = try data.adding(Step(.normalize, columns: ["label"])) }?.message.contains("the target") == true)
    #expect(
      diagnostic { _ = try data.adding(Step(.normalize, columns: ["nope"])) }?.message == "there is no column `nope`")
  }

  @Test func choosingColumns() throws {
    let data = try dataset(people).withTarget("label").adding(Step(.normalize, columns: ["age", "height"]))
    #expect(try data.select(["height", "label"]).columnNames == ["height", "label"])
    #expect(try data.select(["height"]).columnNames == ["height", "label"])
    let dropped = try data.drop(["age", "sex", "job"])
    #expect(try dropped.x().shape == [6, 1])
    #expect(diagnostic { _ = try data.drop(["label"]) }?.message == "`label` is the target and cannot be dropped")
    #expect(
      diagnostic { _ = try data.select(["x"]) }?.notes == ["the columns are `age`, `height`, `sex`, `job`, `label`"])
  }

  @Test func filterAndMapSeeRawRows() throws {
    let data = try dataset(people).withTarget("label")
    let old = try data.adding(Step(.normalize)).filter { row in
      if case .integer(let age) = row["age"] { age >= 40 } else { false }
    }
    #expect(try column(old, "age") == [.integer(40), .integer(60), .integer(50)])
    let mapped = try data.map { row in
      [("label", row["label"] ?? .missing), ("tall", .truth((row["height"] ?? .missing) == .float(1.9)))]
    }
    #expect(mapped.columnNames == ["label", "tall"])
    #expect(floats(try mapped.x()) == [0, 0, 0, 0, 1, 0])
    #expect(diagnostic { _ = try data.filter { _ in false } }?.message == "filter: no row is left")
    #expect(
      diagnostic { _ = try data.adding(Step(.normalize)).map { $0.cells } }?.help == "put `map` before `normalize`")
    #expect(
      diagnostic { _ = try data.map { [("r\($0.index)", .missing)] } }?.message.hasPrefix(
        "row 1 has the fields `r1`, expected `r0`") == true)
    #expect(
      diagnostic { _ = try dataset("a\n1\n2\n").map { [("a", $0.index == 0 ? .integer(1) : .text("x"))] } }?.message
        == "column `a` holds text in row 1, and integers before")
    // Classes follow the rows of a whole dataset.
    let digits = try dataset("d,x\n3,1\n5,2\n8,3\n").withTarget("d").filter { $0["d"] != .integer(5) }
    #expect(ints(try digits.y()) == [0, 1])
  }

  @Test func splitsAreDisjointCompleteAndSeeded() throws {
    let data = try dataset("i\n" + (0..<101).map { "\($0)\n" }.joined())
    func parts(_ key: RandomKey) throws -> [[Int]] {
      let split = try data.split(.init(train: 0.8, validation: 0.1, test: 0.1, shuffle: key))
      return try ["train", "validation", "test"].map { name in
        try column(split.part(name), "i").map { if case .integer(let i) = $0 { i } else { -1 } }
      }
    }
    let first = try parts(RandomKey(7))
    #expect(first.map(\.count) == [81, 10, 10])
    #expect(first.flatMap(\.self).sorted() == Array(0...100))
    #expect(try parts(RandomKey(7)) == first)
    #expect(try parts(RandomKey(8)) != first)
    #expect(first[0] != first[0].sorted())
  }

  @Test func stratifiedPartsHoldTheClassesInProportion() throws {
    let text = "x,y\n" + (0..<200).map { "\($0),\($0 % 10 == 0 ? "rare" : "common")\n" }.joined()
    let split = try dataset(text).withTarget("y")
      .split(.init(train: 0.7, validation: 0.15, test: 0.15, stratifiedBy: "y", shuffle: RandomKey(1)))
    let rare = try ["train", "validation", "test"].map { ints(try split.part($0).y()).filter { $0 == 1 }.count }
    #expect(rare == [14, 3, 3])
    #expect(try split.part("train").rowCount == 140)
  }

  @Test func impossibleSplits() throws {
    let data = try dataset("i\n1\n2\n3\n")
    func message(_ options: Dataset.SplitOptions) -> String? { diagnostic { _ = try data.split(options) }?.message }
    #expect(message(.init(train: 0.8, test: 0.3, shuffle: nil)) == "the parts of a split add up to 1.1, expected 1")
    #expect(
      message(.init(train: 1, test: 0, shuffle: nil))
        == "the part `test` is 0.0, expected a number above 0 and at most 1")
    #expect(message(.init(train: .nan, test: 0.5, shuffle: nil))?.contains("is nan") == true)
    #expect(message(.init(train: 0.9, validation: 0.05, test: 0.05, shuffle: nil))?.contains("none is left") == true)
    let split = try data.split(.init(train: 0.7, test: 0.3, shuffle: nil))
    #expect(
      diagnostic { _ = try split.split(.init(train: 1, shuffle: nil)) }?.message.contains("split already") == true)
    #expect(diagnostic { _ = try split.x() }?.help == "choose a part first: `data.train`")
    #expect(diagnostic { _ = try split.part("validation") }?.message.contains("the parts are `train`, `test`") == true)
    #expect(diagnostic { _ = try data.part("train") }?.help == "add `|> split(train: 0.8, test: 0.2)`")
  }

  @Test func joinedPartsAgree() throws {
    let train = try dataset("a,s,y\n1,x,p\n2,y,q\n").withTarget("y")
    let test = try dataset("s,a,y\nx,0.5,q\n")
    let data = try Dataset.joined(train: train, test: test)
    #expect(try data.part("test").table.names == ["a", "s", "y"])
    #expect(try data.part("train").table.column("a").kind == .float)
    #expect(ints(try data.part("test").y()) == [1])
    #expect(diagnostic { _ = try Dataset.joined(train: train, test: dataset("a,y\n1,p\n")) }?.notes == ["missing: `s`"])
    #expect(
      diagnostic { _ = try Dataset.joined(train: train, test: dataset("a,s,y\nw,x,p\n")) }?.message
        == "column `a` holds text in the part `test` and integers in the training part")
    #expect(
      diagnostic { _ = try Dataset.joined(train: train.adding(Step(.normalize)), test: test) }?.message.contains(
        "the step `normalize`") == true)
  }

  @Test func tensorsComeBackAsTheyWere() throws {
    let x = try Tensor.from((0..<12).map(Float.init), dtype: .f32, shape: [3, 2, 2])
    let y = try Tensor.from([5, 0, 2], dtype: .i64, shape: [3])
    let data = try Dataset.from(x: x, y: y)
    #expect(floats(try data.x()) == floats(x))
    #expect(try data.x().shape == [3, 2, 2])
    #expect(ints(try data.y()) == [5, 0, 2])
    #expect(floats(try data.adding(Step(.scale(0.5))).x())[11] == 5.5)
    // [time, features]: every feature has its own statistics.
    let prepared = floats(try data.adding(Step(.minMax)).x())
    #expect(prepared[0] == 0 && prepared[1] == 0 && prepared[10] == 1 && prepared[11] == 1)
    let short = try Tensor.from([1], dtype: .i64, shape: [1])
    #expect(
      diagnostic { _ = try Dataset.from(x: x, y: short) }?.message == "x has 3 rows and y 1, expected as many of both")
    #expect(diagnostic { _ = try Dataset.from(x: try Tensor.from([1], dtype: .i64, shape: [])) }?.code == .shape)
    let truths = try Tensor.from([true, false, true], dtype: .bool, shape: [3])
    #expect(ints(try Dataset.from(x: x, y: truths).y()) == [1, 0, 1])
  }

  @Test func picturesAreNormalizedByChannel() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("i", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 100, 200, 100])
    let data = Dataset(try IDX.read(images: path))
    #expect(floats(try data.x()) == [0, 100, 200, 100])
    #expect(try data.x().shape == [2, 1, 1, 2])
    #expect(floats(try data.adding(Step(.scale(1.0 / 255))).x())[2] == Float(200.0 / 255))
    let x = floats(try data.adding(Step(.normalize)).x())
    #expect(abs(x[0] + 2.0.squareRootF) < 1e-6 && x[1] == 0 && abs(x[2] - 2.0.squareRootF) < 1e-6)
    let mixed = try data.map { row in row.cells + [("n", .integer(1))] }
    #expect(diagnostic { _ = try mixed.x() }?.message.contains("one or the other") == true)
  }

  @Test func thePreparationTakesRawRowsAndSurvivesStorage() throws {
    let data = try dataset(people).withTarget("label").adding(Step(.fillMissing(.median))).adding(Step(.oneHot(.zeros)))
      .adding(Step(.normalize))
    let preparation = try data.preparation()
    let stored = try Preparation(json: try JSON.parse(preparation.json().encoded()))
    #expect(stored == preparation)
    let records: [[(name: String, cell: Cell)]] = (0..<6).map { data.table.row($0).cells }
    let x = try stored.features(of: try stored.table(of: records))
    #expect(floats(x) == floats(try data.x()))
    #expect(ints(try stored.targets(of: data.table)) == ints(try data.y()))
    #expect(stored.target?.classes == [.text("no"), .text("yes")])
    let one: [(name: String, cell: Cell)] = [
      ("height", .integer(2)), ("age", .missing), ("sex", .text("?")), ("job", .text("b")),
    ]
    #expect(Array(floats(try stored.features(of: try stored.table(of: [one])))[2...]) == [0, 0, 0, 1, 0])
    let lacking = diagnostic { _ = try stored.table(of: [[("age", .integer(3))]]) }
    #expect(lacking?.message == "the model was trained with a column `height`, which is not here")
    let wrong = diagnostic {
      _ = try stored.features(of: try stored.table(of: [one.map { $0.name == "age" ? ("age", .text("old")) : $0 }]))
    }
    #expect(wrong?.message == "column `age` holds text, and in the training data it held integers")
    for damaged in [
      "{}", "{\"version\":1,\"columns\":[{}],\"steps\":[],\"target\":null}",
      "{\"version\":1,\"columns\":[],\"steps\":[{\"step\":\"x\"}],\"target\":null}",
    ] {
      #expect(diagnostic { _ = try Preparation(json: try JSON.parse(damaged)) }?.code == .file)
    }
  }

  @Test func batchesCoverEveryRowOnce() throws {
    let x = try Tensor.from((0..<20).map(Float.init), dtype: .f32, shape: [10, 2])
    let y = try Tensor.from(Array(0..<10), dtype: .i64, shape: [10])
    let data = try Dataset.from(x: x, y: y)
    func run(_ key: RandomKey?, from: Int = 0) throws -> [[Int]] {
      let batches = try data.batches(size: 4, shuffle: key, from: from)
      var result: [[Int]] = []
      while let (x, y) = try batches.next() {
        let ids = try ints(#require(y))
        #expect(floats(x) == ids.flatMap { [Float(2 * $0), Float(2 * $0 + 1)] })
        #expect(x.shape == [ids.count, 2])
        result.append(ids)
      }
      return result
    }
    #expect(try run(nil) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
    let shuffled = try run(RandomKey(3))
    #expect(shuffled.map(\.count) == [4, 4, 2])
    #expect(shuffled.flatMap(\.self).sorted() == Array(0..<10))
    #expect(try run(RandomKey(3), from: 1) == Array(shuffled.dropFirst()))
    #expect(try run(nil, from: 99).isEmpty)
    #expect(try data.batches(size: .max, shuffle: nil).count == 1)
    #expect(diagnostic { _ = try data.batches(size: 0, shuffle: nil) }?.code == .value)
  }

  @Test func aBatchThatIsHeldIsNotOverwritten() throws {
    let x = try Tensor.from((0..<6).map(Float.init), dtype: .f32, shape: [6, 1])
    let batches = try Batches(x: x, y: nil, size: 2, shuffle: nil)
    let first = try #require(try batches.next()).x
    let address: UnsafeMutableRawPointer
    do { address = try #require(try batches.next()).x.address }
    #expect(floats(first) == [0, 1])
    #expect(try #require(try batches.next()).x.address == address)
  }

  @Test func descriptions() throws {
    let summary = try dataset("n,s,b\n1,x,true\n2,y,\n3,y,true\n10,,false\n").describe()
    #expect(summary[0].numbers?.mean == 4)
    #expect(summary[0].numbers?.median == 2.5)
    #expect(summary[0].numbers?.lowerQuartile == 1.75)
    #expect(summary[0].numbers?.greatest == 10)
    #expect(summary[1].missing == 1 && summary[1].distinct == 2)
    #expect(summary[1].mostFrequent?.value == .text("y") && summary[1].mostFrequent?.count == 2)
    let lines = TextTable.summary(summary)
    #expect(lines[0].hasPrefix("column  kind"))
    #expect(lines[1].contains("integers") && lines[1].contains("2.5"))
    let head = TextTable.head(try dataset("a,b\n1.23456,x y\n-20000000.0,\n").table, rows: 5)
    #expect(head == ["a      b", "1.235  x y", "-2e7   none"] || head == ["    a  b", "1.235  x y", " -2e7  none"])
  }
}

extension Double {
  fileprivate var squareRootF: Float { Float(squareRoot()) }
}
