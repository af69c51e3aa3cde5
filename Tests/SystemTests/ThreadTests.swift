import Foundation
import Testing

/// Results depend on the seed alone: whole networks trained on one thread and on several.
struct ThreadTests {
  private static let data = """
    seed(3)
    let ids = integers(50, [64, 24])
    let y = i64(ids[:, 0] > 25)

    """
  private static let networks = [
    "Embedding(50, 32) >> LSTM(32) >> Dense(2)",
    "Embedding(50, 32) >> GRU(32, sequence: true) >> LSTM(16) >> Dense(2)",
    "Embedding(50, 32) >> TransformerEncoder(1, 2, 32) >> GlobalAveragePool() >> Dense(2)",
    "Embedding(50, 16) >> Conv1D(32, 3, relu) >> GlobalMaxPool() >> Dense(2)",
  ]

  @Test(arguments: networks) func threadsMakeNoDifference(network: String) throws {
    try expectSameOutput(
      Self.data + """
        let net = \(network)
        train(net, (ids, y)) { loss: cross_entropy, epochs: 2, batch: 32 }
        print(net(ids[0..<5]))
        """)
  }

  @Test func threadsMakeNoDifferenceToRandomChanges() throws {
    try expectSameOutput(
      """
      seed(5)
      let images = normal(200, 1, 28, 28)
      let changes = flip() >> crop(28, pad: 2) >> rotation(10) >> brightness(0.2) >> contrast(0.2)
      let data = dataset(images, i64(images[:, 0, 0, 0] > 0)) |> augment(changes)
      let net = Conv(8, 3, relu) >> MaxPool(2) >> Flatten() >> Dropout(0.2) >> Dense(2)
      train(net, data) { loss: cross_entropy, epochs: 2, batch: 32 }
      print(net(images[0..<5]), sum(net[0].weight))
      """)
  }

  private func expectSameOutput(_ code: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(code, to: "a.mdl")
    let one = try BuiltProgram.run(["--threads", "1", file.path])
    #expect(one.status == 0, "\(one.error)")
    #expect(one.output.count > 20)
    for threads in ["2", "3"] {
      #expect(try BuiltProgram.run(["--threads", threads, file.path]).output == one.output)
    }
  }

  /// Rows of up to 128 columns share a tile, unless threads divide the columns.
  @Test(arguments: [12, 13, 16, 24, 25]) func fewRowsMakeNoDifference(rows: Int) throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "let net = Dense(512) >> Dense(128)\nprint(sum(net(normal(\(rows), 128)), axis: 0))\n", to: "a.mdl")
    let one = try BuiltProgram.run(["--threads", "1", file.path])
    #expect(one.status == 0, "\(one.error)")
    #expect(try BuiltProgram.run(["--threads", "2", file.path]).output == one.output)
  }
}
