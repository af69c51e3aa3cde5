import Datasets
import Diagnostics
import TensorRuntime
import TensorTypes
import Testing

/// Public tables and pictures as they are; skipped where the folder is missing.
@Suite(.enabled(if: sharedData != nil)) struct RealDataTests {
  let folder = sharedData ?? ""

  func csv(_ name: String) throws -> Dataset { Dataset(try CSV.read("\(folder)/\(name)")) }

  @Test(arguments: [
    ("adult-train", 32561, 15), ("adult-test", 16281, 15), ("california_housing", 20640, 10),
    ("compas_two_years", 7214, 19), ("iris", 150, 5), ("mpg", 398, 9), ("penguins", 344, 7), ("titanic", 891, 15),
    ("wine", 178, 14),
  ])
  func tables(_ name: String, _ rows: Int, _ columns: Int) throws {
    let data = try csv("tabular/\(name).csv")
    #expect(data.rowCount == rows && data.columnNames.count == columns)
    #expect(!data.columnNames.contains("column1"))
  }

  @Test func texts() throws {
    #expect(try csv("text/SMSSpamCollection.tsv").rowCount == 5574)
    #expect(try csv("text/rt_polarity.tsv").rowCount == 10662)
    #expect(try csv("text/SMSSpamCollection.tsv").table.columns.map(\.kind) == [.text, .text])
    #expect(try TextFile.lines("\(folder)/text/names.txt").count == 32033)
    #expect(try TextFile.text("\(folder)/text/tinyshakespeare.txt").utf8.count == 1_115_394)
  }

  @Test func penguinsFromTheFileAsItIs() throws {
    let data = try csv("tabular/penguins.csv").withTarget("species")
      .split(.init(train: 0.8, test: 0.2, stratifiedBy: "species", shuffle: RandomKey(0)))
      .adding(Step(.fillMissing(.mean))).adding(Step(.oneHot(.error))).adding(Step(.normalize))
    #expect(try data.part("train").x().shape == [275, 9])
    #expect(try data.part("test").y().shape == [69])
    #expect(data.classes?.count == 3)
  }

  @Test func housingIsARegression() throws {
    let data = try csv("tabular/california_housing.csv").withTarget("median_house_value")
      .adding(Step(.fillMissing(.median))).adding(Step(.oneHot(.error))).adding(Step(.normalize))
    #expect(try data.x().shape == [20640, 13])
    #expect(try data.y().type == TensorType(.f32, [20640, 1]))
    #expect(floats(try data.y())[0] == 452600)
  }

  @Test func adultInTwoFiles() throws {
    let data = try Dataset.joined(
      train: try csv("tabular/adult-train.csv").withTarget("income"), test: try csv("tabular/adult-test.csv")
    )
    .adding(Step(.fillMissing(.mean))).adding(Step(.oneHot(.error))).adding(Step(.normalize))
    #expect(try data.part("train").x().shape[0] == 32561)
    #expect(try data.part("train").x().shape[1] == data.part("test").x().shape[1])
    #expect(data.classes == [.text("<=50K"), .text(">50K")])
  }

  @Test func mnistAsPublished() throws {
    let table = try IDX.read(
      images: "\(folder)/mnist/t10k-images-idx3-ubyte.gz", labels: "\(folder)/mnist/t10k-labels-idx1-ubyte.gz")
    let data = try Dataset(table).withTarget("label").adding(Step(.scale(1.0 / 255)))
    #expect(try data.x().shape == [10000, 1, 28, 28])
    let x = floats(try data.x())
    let mean = x.reduce(0.0) { $0 + Double($1) } / Double(x.count)
    #expect(abs(mean - 0.1325) < 0.0005)
    #expect(ints(try data.y())[..<5] == [7, 2, 1, 0, 4])
  }
}
