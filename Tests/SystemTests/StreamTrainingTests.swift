import Session
import Testing

/// Training on data that is read batch by batch.
struct StreamTrainingTests {
  private func text(_ engine: Engine, _ code: String) -> String {
    let evaluation = engine.evaluate(code)
    if case .text(let text)? = evaluation.display { return text }
    return evaluation.diagnostics.first?.message ?? ""
  }

  private func run(_ check: @Sendable @escaping (Engine, String) -> Void) throws {
    let scratch = try Scratch()
    var lines = "text,label\n"
    for row in 0..<600 { lines += row % 2 == 0 ? "good film \(row % 9),pos\n" : "bad film \(row % 7),neg\n" }
    try lines.write(toFile: scratch.path("t.csv").path, atomically: true, encoding: .utf8)
    let folder = scratch.path("t.csv").deletingLastPathComponent().path
    Engine.onLargeStack {
      for isEager in [false, true] { check(Engine(isEager: isEager), folder) }
    }
    withExtendedLifetime(scratch) {}
  }

  private static let data = """
    let data = stream("FOLDER/t.csv", buffer: 128) |> target("label") |> split(train: 0.7, validation: 0.1, test: 0.2)
      |> words() |> vocabulary() |> pad(4)
    fn run(epochs, resume = false) {
      seed(3)
      let net = EmbeddingBag(length(data.vocabulary), 4) >> Dropout(0.1) >> Dense(2)
      let h = train(net, data.train) {
        loss: cross_entropy, optimizer: adam(0.05), epochs: epochs, validate: data.validation, metrics: [accuracy]
        checkpoint: "FOLDER/run.safetensors", resume: resume
      }
      (net, h)
    }
    """

  /// A classifier learns from a stream, the same bits each time and when it goes on from a checkpoint; its file takes
  /// texts as they are.
  @Test func trainingOnAStream() throws {
    try run { engine, folder in
      let code = Self.data.replacing("FOLDER", with: folder)
      #expect(engine.evaluate(code).diagnostics.isEmpty)
      #expect(engine.evaluate("let (whole, h) = run(4)").diagnostics.isEmpty)
      #expect(text(engine, "evaluate(whole, data.test, [accuracy]).accuracy") == "1.0")
      #expect(text(engine, "h[3].validation_accuracy") == "1.0")
      #expect(engine.evaluate("let (_, _) = run(2)\nlet (again, k) = run(4, resume: true)").diagnostics.isEmpty)
      #expect(text(engine, "all(again[2].weight == whole[2].weight) and k == h") == "true")
      #expect(
        engine.evaluate(
          """
          save(whole, "\(folder)/net.safetensors")
          let net = load("\(folder)/net.safetensors")
          let raw = csv("\(folder)/t.csv")
          """
        ).diagnostics.isEmpty)
      #expect(text(engine, "all(argmax(predict(net, [\"good 1\", \"a bad one\"]), axis: 1) == [1, 0])") == "true")
      #expect(text(engine, "all(predict(net, raw) == predict(net, stream(\"\(folder)/t.csv\", buffer: 64)))") == "true")
      #expect(
        text(engine, "evaluate(net, raw |> target(\"label\"), loss: cross_entropy) == "
          + "evaluate(net, stream(\"\(folder)/t.csv\") |> target(\"label\"), loss: cross_entropy)") == "true")
    }
  }

  /// Windows over the characters of a text teach a model of the next one; the vocabulary travels with it.
  @Test func trainingOnTokenWindows() throws {
    try run { engine, folder in
      let code = """
        write_text("FOLDER/abc.txt", repeat("abcd\\n", 400))
        let data = txt("FOLDER/abc.txt", keep_ends: true) |> split(train: 0.9, test: 0.1, shuffle: false)
          |> characters() |> vocabulary() |> token_windows(8, stride: 3)
        let net = Embedding(length(data.vocabulary), 8) >> Dense(length(data.vocabulary))
        let h = train(net, data.train) { loss: cross_entropy, optimizer: adam(0.1), epochs: 3 }
        let ids = encode(data.vocabulary, read_text("FOLDER/abc.txt"))
        save_npy(ids, "FOLDER/ids.npy")
        let random = token_windows("FOLDER/ids.npy", 8, random: 64)
        let k = train(net, random) { loss: cross_entropy, optimizer: adam(0.1), epochs: 2 }
        """.replacing("FOLDER", with: folder)
      #expect(engine.evaluate(code).diagnostics.isEmpty)
      #expect(text(engine, "evaluate(net, data.test, loss: cross_entropy).loss < 0.01") == "true")
      #expect(text(engine, "evaluate(net, random, loss: cross_entropy).loss < 0.01") == "true")
      #expect(text(engine, "decode(vocabulary_of(net), argmax(net(encode(vocabulary_of(net), \"abc\")[none])[0], axis: -1))")
        == "\"bcd\"")
      #expect(text(engine, "token_windows(ids, 2000)").contains("2000 tokens are too few"))
      #expect(text(engine, "token_windows([0.5], 1)").contains("whole numbers [n]"))
      #expect(text(engine, "Embedding(3, 2)([[1, 5]])").contains("position 5 is outside an axis of 3"))
    }
  }

  @Test func streamsSayWhatTheyCannot() throws {
    try run { engine, folder in
      _ = engine.evaluate("let data = stream(\"\(folder)/t.csv\")")
      #expect(text(engine, "data[0]").contains("streamed from its file"))
      #expect(engine.evaluate("for row in data { print(row) }").diagnostics.first?.message.contains("streamed") == true)
      #expect(text(engine, "head(data, 2)[1].text") == "\"bad film 1\"")
      #expect(text(engine, "rows(data)") == "600")
      #expect(text(engine, "data").hasPrefix("stream: 600 rows, 2 columns"))
    }
  }
}
