import Session
import Testing

/// `:plan`, `mdl plan` and profiles, asked of an engine.
struct PlanTests {
  /// The tables of what is shown, as rows of cells.
  private func tables(_ shown: Shown?) -> [[[String]]] {
    switch shown {
    case .columns(let rows, _)?: [rows]
    case .list(let parts)?: parts.flatMap { tables($0) }
    default: []
    }
  }

  private func texts(_ shown: Shown?) -> [String] {
    switch shown {
    case .text(let text)?, .heading(let text)?: [text]
    case .list(let parts)?: parts.flatMap { texts($0) }
    default: []
    }
  }

  private func engine(_ entries: String...) -> Engine {
    let engine = Engine(threads: 1)
    engine.onProgress = { _ in }
    for entry in entries { #expect(engine.evaluate(entry).diagnostics.isEmpty, "\(entry)") }
    return engine
  }

  @Test func aModelWithItsDataIsPlannedAsATrainingStep() throws {
    let engine = engine("let net = Dense(64, relu) >> Dense(10)", "let x = normal(32, 100)")
    let shown = engine.plan(of: "net x").display
    let layers = try #require(tables(shown).first)
    #expect(Array(layers[0].prefix(6)) == ["layer", "kind", "output", "parameters", "multiply-adds an example", "a step"])
    #expect(
      layers[1] == ["[0]", "Dense(64, activation: relu)", "[32, 64]", "6,464", "6,400", "204,800", "25.9 kB", "8.19 kB"])
    #expect(layers[2] == ["[1]", "Dense(10)", "[32, 10]", "650", "640", "20,480", "2.60 kB", "1.28 kB"])
    #expect(layers[3] == ["", "together", "", "7,114", "7,040", "225,280", "28.5 kB", "9.47 kB"])
    // The first layer has no input to hand a gradient to: two products less one of its size.
    let phases = try #require(tables(shown).dropFirst().first)
    #expect(phases.map { $0[1] } == ["multiply-adds", "225,280", "245,760", "0", "471,040"])
    #expect(texts(shown).contains { $0.hasPrefix("memory at the peak: ") && $0.contains("optimizer 56.9 kB") })
    let program = try #require(tables(shown).last)
    #expect(program[1][1].hasPrefix("product [32, 100] @ [100, 64]"))
    #expect(program[1][4] == "[0]" && program[1][5].hasPrefix("layers.mdl:"))
  }

  @Test func planningLeavesTheModelAsItWas() {
    let engine = engine("let net = Dense(4)")
    #expect(!engine.plan(of: "net normal(2, 3)").failed)
    #expect(engine.evaluate("shape(net(normal(5, 7)))").display == .text("[5, 4]"))
    // Its weights are those of a session in which nobody asked.
    let other = self.engine("let net = Dense(4)", "normal(5, 7)")
    _ = other.evaluate("net(ones(2, 7))")
    #expect(engine.evaluate("sum(net(ones(2, 7)))").display == other.evaluate("sum(net(ones(2, 7)))").display)
  }

  @Test func aModelThatSawNothingShowsItsLayers() throws {
    let engine = engine("let net = Dense(64, relu) >> Dense(10)")
    let shown = engine.plan(of: "net").display
    let rows = try #require(tables(shown).first)
    #expect(rows[1] == ["[0]", "Dense(64, activation: relu)", "not made yet"])
    #expect(texts(shown).contains { $0.contains("`:plan net x`") })
  }

  @Test func afterTrainingThePlanIsThatOfTheStep() throws {
    let engine = engine(
      "let net = Dense(3)", "let x = normal(24, 5)", "let y = normal(24, 3)",
      "let h = train(net, (x, y), mse, optimizer: gradient_descent(0.1), epochs: 1, batch: 8)")
    let shown = engine.plan(of: "net").display
    #expect(texts(shown).contains { $0.contains(": a training step, 8 examples") }, "\(texts(shown))")
    #expect(texts(shown).contains { $0.hasPrefix("memory at the peak: ") && !$0.contains("optimizer") })
    let layers = try #require(tables(shown).first)
    #expect(layers[1] == ["all", "Dense(3)", "[8, 3]", "18", "15", "120", "72 B", "96 B"])
  }

  @Test func aDatasetIsPlannedInBatches() throws {
    let engine = engine("let net = Dense(2)", "let data = dataset(normal(100, 5), normal(100, 2))")
    let shown = engine.plan(of: "net data").display
    #expect(try #require(tables(shown).first)[1][2] == "[32, 2]")
  }

  @Test func scansCountEachOfTheirSteps() throws {
    let engine = engine(
      """
      fn run(w, x) {
        let (_, out) = scan(x, axis: 0, start: zeros(3, 4)) { step: (h, z) -> {
          let h = tanh(h @ w + z)
          (h, h)
        } }
        out
      }
      """, "let w = normal(4, 4)", "let x = normal(9, 3, 4)")
    let program = try #require(tables(engine.plan(of: "run(w, x)").display).last)
    let product = try #require(program.first { $0[1].contains("product [3, 4] @ [4, 4]") })
    #expect(product[2] == "\(9 * 3 * 4 * 4)")
  }

  @Test func recompilationsAreToldWithTheirReason() {
    let engine = engine("let net = Dense(3)", "for n in 1...9 { net(normal(n, 4)) }")
    let text = texts(engine.plan(of: "net").display).joined(separator: "\n")
    #expect(text.contains("compiled 9 times: the first call; [2, 4] instead of [1, 4]; "), "\(text)")
    #expect(text.contains("rows padded to one length would be compiled once"))
  }

  @Test(arguments: [
    ("3", "found Int"), ("x 3", "expected a model, found tensor"), ("net \"a\"", "expected a tensor or a dataset"),
    ("nowhere", "nothing is called `nowhere`"), ("net x x", "expected"),
  ])
  func whatCannotBePlannedSaysSo(_ text: String, _ message: String) {
    let engine = engine("let net = Dense(3)", "let x = normal(2, 2)")
    let evaluation = engine.plan(of: text)
    #expect(evaluation.failed)
    let messages = evaluation.diagnostics.map(\.message)
    #expect(messages.contains { $0.contains(message) }, "\(messages)")
  }

  @Test func aProfileAddsUpToTheWhole() throws {
    let engine = engine("let net = Dense(64, relu) >> Dense(10)", "let x = normal(640, 100)", "let y = normal(640, 10)")
    engine.profiles = .detailed
    #expect(!engine.evaluate("let h = train(net, (x, y), mse, epochs: 20)").failed)
    let shown = engine.profile().display
    let found = tables(shown)
    let kinds = try #require(found.first)
    #expect(kinds[0] == ["kind", "time", "share", "speed"])
    #expect(kinds.contains { $0[0] == "products" && $0[3].hasSuffix("GFLOP/s") })
    #expect(kinds.contains { $0[0] == "plain mdl code" })
    #expect(kinds.contains { $0[0] == "gathering batches" || $0[0] == "gathering" })
    let shares = kinds.dropFirst().compactMap { Double($0[2].filter { "0123456789.".contains($0) }) }
    #expect((95...103).contains(shares.reduce(0, +)), "\(kinds)")
    let layers = try #require(found.dropFirst().first)
    #expect(layers[0] == ["layer", "forward", "backward", "optimizer", "together", "share"])
    for name in ["[0] Dense", "[1] Dense"] {
      let row = try #require(layers.first { $0[0] == name })
      #expect(row[1...3].allSatisfy { !$0.isEmpty }, "\(row)")
    }
    let lines = try #require(found.last)
    #expect(lines.contains { $0[0].hasPrefix("layers.mdl:") && $0[3] == "products: `x @ weight`" }, "\(lines)")
    #expect(texts(shown).contains { $0.contains("% of the time went into ") })
  }

  @Test func plainCodeIsFoundByItsLine() throws {
    let engine = engine("var n = 0")
    engine.profiles = .detailed
    #expect(!engine.evaluate("fn f() {\n  var k = 0\n  for i in 0..<5_000_000 { k += i }\n  k\n}\nn = f()").failed)
    let lines = try #require(tables(engine.profile().display).last)
    #expect(lines[1][0].hasSuffix(":3") && lines[1][3].hasPrefix("plain mdl code: "), "\(lines)")
  }

  @Test func measuringChangesNoNumbers() {
    func result(_ mode: ProfileMode) -> Shown? {
      let engine = engine("seed(4)", "let net = Dense(8, relu) >> Dense(2)", "let (x, y) = (normal(64, 5), normal(64, 2))")
      engine.profiles = mode
      _ = engine.evaluate("let h = train(net, (x, y), mse, epochs: 3)")
      return engine.evaluate("[sum(net(x)), h[2].loss]").display
    }
    let plain = result(.off)
    #expect(plain != nil)
    #expect(result(.light) == plain)
    #expect(result(.detailed) == plain)
  }

  @Test func withoutARunThereIsNoProfile() {
    #expect(Engine().profile().diagnostics.first?.message == "nothing has run yet")
  }
}
