import AllocationCount
import Foundation
import Session
import Testing

/// Training as one program: what a step costs beside its arithmetic, and what stands when a run ends early.
struct TrainingRunTests {
  private static let network = """
    seed(4)
    let x = normal(1024, 6)
    let y = i64(x[:, 0] > x[:, 1])
    let net = Dense(16, relu) >> Dropout(0.1) >> Dense(8, relu) >> Dense(2)
    let opt = adam(0.01)
    """

  private func text(_ engine: Engine, _ code: String) -> String {
    let evaluation = engine.evaluate(code)
    if case .text(let text)? = evaluation.display { return text }
    return evaluation.diagnostics.first?.message ?? ""
  }

  /// A run over more batches allocates as often and counts as many references as one over few: a step does neither.
  @Test func stepsNeitherAllocateNorCountReferences() {
    Engine.onLargeStack {
      let engine = Engine(threads: 1)
      _ = engine.evaluate(Self.network)
      func count(_ rows: Int) -> AllocationCount {
        allocation_count_begin()
        let evaluation = engine.evaluate(
          "let h = train(net, (x[0..<\(rows)], y[0..<\(rows)])) { loss: cross_entropy, optimizer: opt, epochs: 1, batch: 8, shuffle: false }")
        let count = allocation_count_end()
        #expect(!evaluation.failed)
        return count
      }
      // 16 steps and 128, in pairs: what a call itself costs changes as the interpreter's caches and tables fill. On a
      // busy machine an epoch comes back to the interpreter to report: then the pair is run again.
      var isCheap = false
      for _ in 0..<300 where !isCheap {
        let (few, many) = (count(128), count(1024))
        isCheap = many.allocations - few.allocations < 20 && many.references - few.references < 50
      }
      #expect(isCheap)
    }
  }

  /// Each run says when it begins, so that the time of its first epoch is all of it.
  @Test func runsSayWhenTheyBegin() {
    Engine.onLargeStack {
      let engine = Engine()
      var steps: [Int] = []
      engine.onProgress = { if $0.moment == .started { steps.append($0.step) } }
      _ = engine.evaluate(Self.network)
      for call in [
        "train(net, (x, y)) { loss: cross_entropy, epochs: 1 }",
        "train_without_targets(net, x, (net, x) -> mean(net(x) ^ 2), epochs: 1)",
        "train_adversarial(Dense(6), Dense(1), x, 4, epochs: 1)",
        "skip_gram(integers(9, [60]), 9, epochs: 1)",
      ] {
        #expect(!engine.evaluate("let h = \(call)").failed)
      }
      #expect(steps == [0, 0, 0, 0])
    }
  }

  /// A failing step of a compiled loop leaves the model as the step before it made it.
  @Test func stepsBeforeAFailureStand() {
    Engine.onLargeStack {
      for isEager in [false, true] {
        let engine = Engine(isEager: isEager)
        _ = engine.evaluate(
          """
          let good = reshape(arange(12), [12, 1]) / 12
          let x = concat([good, [[1e30]], good])
          let step = (net, opt) -> (count, x) -> {
            let (value, g) = value_and_grad(net -> sum((net(x) - 1) ^ 2))(net)
            require(is_finite(value), "the loss is not finite")
            update(net, opt, g)
            (count + 1, none)
          }
          let (net, other) = (Dense(1, start: ones), Dense(1, start: ones))
          let (opt, other_opt) = (adam(0.1), adam(0.1))
          for i in 0..<6 { compiled(step(other, other_opt))(0, x[2 * i..<2 * i + 2]) }
          """)
        let failed = engine.evaluate("for _ in compiled_loop(batches(x, 2, shuffle: false), 0, step(net, opt)) {}")
        #expect(failed.diagnostics.first?.message == "the loss is not finite")
        #expect(text(engine, "opt.steps") == "6")
        #expect(text(engine, "all(net.weight == other.weight) and all(net.offset == other.offset)") == "true")
      }
    }
  }

  /// Ctrl-C stops a run between two steps; `resume` goes on to the same bits.
  @Test func aStoppedRunGoesOnToTheSameBits() {
    Engine.onLargeStack {
      let run = "let h = train(net, (x, y)) { loss: cross_entropy, optimizer: opt, epochs: 4, batch: 24, metrics: [accuracy] }"
      let straight = Engine()
      _ = straight.evaluate(Self.network + "\n" + run)
      let stopped = Engine()
      _ = stopped.evaluate(Self.network)
      let interrupt = stopped.interrupt
      nonisolated(unsafe) var events = 0
      stopped.onProgress = { _ in
        events += 1
        if events == 3 { interrupt() }
      }
      #expect(stopped.evaluate(run).isInterrupted)
      #expect(text(stopped, "opt.steps") != text(straight, "opt.steps"))
      #expect(!stopped.evaluate("let h = resume()").failed)
      for question in ["opt.steps", "h[3].loss", "h[3].accuracy", "sum(net[0].weight)", "sum(net[3].weight)"] {
        #expect(text(stopped, question) == text(straight, question))
      }
    }
  }

  /// A run that an error ended goes on from its last checkpoint within an epoch, to the same bits.
  @Test func aRunGoesOnFromWithinAnEpoch() {
    Engine.onLargeStack {
      let file = FileManager.default.temporaryDirectory.path + "/run-\(UUID().uuidString).safetensors"
      defer { try? FileManager.default.removeItem(atPath: file) }
      func run(_ more: String) -> String {
        """
        let h = train(net, (x, y)) {
          loss: cross_entropy, optimizer: opt, epochs: 3, batch: 24, metrics: [accuracy], average: 0.9
          plateau: { patience: 1, change: 1, watch: "loss" }, checkpoint: "\(file)", checkpoint_every: 5, \(more)
        }
        """
      }
      let straight = Engine()
      _ = straight.evaluate(Self.network + "\n" + run("resume: false"))
      try? FileManager.default.removeItem(atPath: file)
      // 43 steps an epoch: the last checkpoint before step 57 is that of step 10 in the second epoch.
      let broken = Engine()
      _ = broken.evaluate(Self.network)
      let failed = broken.evaluate(run("after_step: run -> { if run.step == 57 { error(\"the power went out\") } }"))
      #expect(failed.diagnostics.first?.message == "the power went out")
      // The second time there is nothing left to do.
      for _ in 0..<2 {
        let again = Engine()
        _ = again.evaluate(Self.network)
        #expect(!again.evaluate(run("resume: true")).failed)
        for question in ["h[1].loss", "h[2].loss", "h[2].accuracy", "sum(net[0].weight)", "sum(net[3].weight)"] {
          #expect(text(again, question) == text(straight, question))
        }
      }
    }
  }

  /// What made a loss infinite is found in a step of a compiled loop, in a recurrent layer's steps and in a step by itself.
  @Test func theFirstNumberThatIsNotFiniteIsFound() {
    Engine.onLargeStack {
      func notes(_ code: String) -> String {
        let engine = Engine()
        let problem = engine.evaluate("let x = [[[1.0], [2.0], [4.0]], [[1.0], [1.0], [1.0]]]\n" + code).diagnostics.first
        return ([problem?.message ?? ""] + (problem?.notes ?? [])).joined(separator: "\n")
      }
      let scanned = notes(
        """
        layer Root() {
          call(x) {
            param w: [1] = ones
            scan(x, axis: 1, start: zeros(2, 1)) { step: (h, z) -> (sqrt(w * (3 - z)) + h, none) }[0]
          }
        }
        train(Root(), (x, [0.0, 0.0])) { loss: mse }
        """)
      #expect(scanned.contains("sqrt(w * (3 - z))"))
      #expect(scanned.contains("the square root of a number below 0: -1"))
      let divided = notes(
        "let net = Flatten() >> Dense(1)\nlet y = [[0.0], [0.0]]\n"
          + "train(net, (x, y)) { loss: (p, y) -> mse(p, y) / sum(y), optimizer: adam() }")
      #expect(divided.contains("a division by 0"))
      let large = notes("train(Flatten() >> Dense(1), (1e25 * x, [[0.0], [0.0]])) { loss: mse }")
      #expect(large.contains("the data holds numbers as large as 4.0e+25"))
      let masked = notes(
        """
        layer Masked() {
          let scores = Dense(3)
          call(x) = softmax(where(x[:, :, 0] > 9, scores(x)[:, :, 0], -infinity))
        }
        train(Masked(), (x, zeros(2, 3))) { loss: mse }
        """)
      #expect(masked.contains("infinities met"))
      let lost = notes(
        """
        let net = Dense(1, start: zeros, bias: false)
        train(net, (x[:, 0], [[1.0], [1.0]])) { loss: (p, y) -> sum(sqrt(p)), epochs: 3, optimizer: gradient_descent() }
        """)
      #expect(lost.contains("`weight` stopped being finite in the step before"))
      let clipped = notes(
        """
        let net = Dense(1, start: zeros, bias: false)
        train(net, (x[:, 0], [[1.0], [1.0]])) { loss: (p, y) -> sum(sqrt(p)), epochs: 3, clip: 1 }
        """)
      #expect(clipped.contains("the gradient is not finite") && clipped.contains("an infinite slope"))
    }
  }
}
