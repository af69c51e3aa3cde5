import Execution
import SourceText
import TensorGraph
import TensorTypes

// What one compiled call will do and need, before it runs.

extension Machine {
  /// Layers, work, memory and program of a call. `title` says what it is.
  func plan(of call: CompiledCall, title: String) -> Report {
    CallPlan(call, self).report(title: title)
  }

  /// `train(net, data) at line 20: a training step, 32 examples`
  func planTitle(of call: CompiledCall) -> String {
    let snippet = snippet(call.history.span, limit: 50)
    let place = text(of: place(of: call.history.span))
    let plan = CallPlan(call, self)
    return (snippet.isEmpty ? "" : "`\(snippet)` at \(place): ") + plan.kind + plan.examples
  }
}

/// The figures of a compiled call.
struct CallPlan {
  let call: CompiledCall
  let machine: Machine
  /// Of a loop of steps, with the work of one step.
  let program: ProgramPlan
  /// How many steps one run does.
  let rounds: Int
  private var multiplyAdds: [String: [Phase: Int]] = [:]

  init(_ call: CompiledCall, _ machine: Machine) {
    self.call = call
    self.machine = machine
    var program = call.program.plan
    let loop = call.isLoop ? program.steps.last { !$0.body.isEmpty && !$0.isSplit } : nil
    rounds = max(1, loop?.body.first?.times ?? 1)
    if rounds > 1 { program.steps = program.steps.map { [rounds] in $0.divided(by: rounds) } }
    self.program = program
    var counts: [String: [Phase: Int]] = [:]
    for step in program.leaves where step.multiplyAdds > 0 {
      counts[step.origin.layerPath, default: [:]][step.origin.phase, default: 0] += step.multiplyAdds
    }
    multiplyAdds = counts
  }

  /// Whether it learns: it takes a gradient or updates something.
  var isTraining: Bool { !call.effects.optimizerStates.isEmpty || program.leaves.contains { $0.origin.phase != .forward } }
  var holdsModel: Bool { !call.layers.isEmpty || !call.effects.optimizerStates.isEmpty }

  /// The rows of a batch: what the first layer is given.
  var batch: Int? { call.layers.first?.input?.shape.sizes.first }
  var examples: String {
    guard let batch else { return "" }
    return (batch == 1 ? ", 1 example" : ", \(Quantity.grouped(batch)) examples")
      + (rounds > 1 ? ", in a loop of \(Quantity.grouped(rounds)) steps" : "")
  }
  var kind: String {
    if !isTraining { return "a call" }
    if call.effects.optimizerStates.isEmpty { return "a gradient" }
    return call.layers.isEmpty ? "an update" : "a training step"
  }

  func report(title: String) -> Report {
    var report = Report()
    report.add(heading: title)
    report.add(table: layers, words: [0, 1, 2])
    report.add(table: phases, words: [0])
    report.add(memory)
    if let compilations { report.add(compilations) }
    report.add(heading: "the program: \(program.leaves.count == 1 ? "1 step" : "\(program.leaves.count) steps")")
    report.add(table: steps, words: [0, 1, 4, 5])
    return report
  }

  // MARK: Layers

  private var layers: [[String]] {
    guard !call.layers.isEmpty else { return [] }
    var rows = [
      ["layer", "kind", "output", "parameters", "multiply-adds an example", "a step", "weights", "activations"]
    ]
    func counts(_ total: Int) -> [String] {
      [batch.map { $0 > 0 ? Quantity.count(total / $0) : "" } ?? "", Quantity.count(total)]
    }
    var paths: Set<String> = []
    for layer in call.layers {
      paths.insert(layer.path)
      let total = multiplyAdds[layer.path]?[.forward] ?? 0
      let kind = layer.model.map { machine.modelText(.object($0)) } ?? layer.name
      rows.append(
        [
          layer.path.isEmpty ? "all" : layer.path, kind.count > 40 ? layer.name + "(...)" : kind,
          layer.output.map(\.short) ?? "", Quantity.grouped(layer.parameterCount)
        ] + counts(total) + [
          Quantity.bytes(layer.parameterBytes), layer.output.map { Quantity.bytes($0.byteCount) } ?? "",
        ])
    }
    let others = multiplyAdds.filter { !paths.contains($0.key) }.reduce(0) { $0 + ($1.value[.forward] ?? 0) }
    if others > 0 { rows.append(["", "outside of layers", "", ""] + counts(others) + ["", ""]) }
    let total = multiplyAdds.values.reduce(0) { $0 + ($1[.forward] ?? 0) }
    rows.append(
      ["", "together", "", Quantity.grouped(call.layers.reduce(0) { $0 + $1.parameterCount })] + counts(total) + [
        Quantity.bytes(call.layers.reduce(0) { $0 + $1.parameterBytes }),
        Quantity.bytes(call.layers.reduce(0) { $0 + ($1.output?.byteCount ?? 0) }),
      ])
    return rows
  }

  // MARK: Work and memory

  private var phases: [[String]] {
    let leaves = program.leaves
    guard isTraining else { return [] }
    var rows = [["part of the step", "multiply-adds", "bytes moved", "steps"]]
    for phase in Phase.allCases {
      let own = leaves.filter { $0.origin.phase == phase }
      rows.append(row("\(phase)", own))
    }
    rows.append(row("together", leaves))
    return rows
  }

  private func row(_ name: String, _ steps: [ProgramPlan.Step]) -> [String] {
    [
      name, Quantity.count(steps.reduce(0) { $0 + $1.multiplyAdds }),
      Quantity.bytes(steps.reduce(0) { $0 + $1.bytes }), "\(steps.count)",
    ]
  }

  private var memory: String {
    let types = call.program.graph.inputTypes
    var (parameters, optimizer, data) = (0, 0, 0)
    for (binding, type) in zip(call.bindings, types) {
      switch binding {
      case .parameter: parameters += type.byteCount
      case .optimizerState: optimizer += type.byteCount
      case .leaf, .global, .constant, .optimizerStep, .draw: data += type.byteCount
      }
    }
    // Outputs that take the place of a parameter or state need nothing more.
    let written = Set(call.donatedInputs)
    let replaced = program.donations.filter { written.contains($0.input) }.map(\.output)
    let results = call.program.graph.outputTypes.enumerated().filter { !replaced.contains($0.offset) }
      .reduce(0) { $0 + $1.element.byteCount }
    let parts = [
      ("parameters", parameters), ("optimizer", optimizer), ("data", data), ("scratch", program.arenaBytes),
      ("results", results),
    ]
    let total = parts.reduce(0) { $0 + $1.1 }
    return "memory at the peak: \(Quantity.bytes(total)) = "
      + parts.filter { $0.1 > 0 }.map { "\($0.0) \(Quantity.bytes($0.1))" }.joined(separator: " + ")
  }

  private var compilations: String? {
    let history = call.history
    guard history.count > 1 else { return nil }
    let reasons = history.reasons.prefix(8).map { reason in
      reason.text + (reason.span.isNone ? "" : " (\(machine.text(of: machine.place(of: reason.span))))")
    }
    let rest = history.count > 8 ? "; and so on" : ""
    let advice = history.shapeCount >= 8 ? "\nrows padded to one length would be compiled once" : ""
    return "compiled \(history.count) times: \(reasons.joined(separator: "; "))\(rest)\(advice)"
  }

  // MARK: The program

  private static let rowLimit = 200

  private var steps: [[String]] {
    var rows = [["", "step", "multiply-adds", "bytes", "layer", "source"]]
    func add(_ steps: [ProgramPlan.Step], _ prefix: String, _ margin: String) {
      for (index, step) in steps.enumerated() where rows.count <= Self.rowLimit {
        let place = step.origin.span.isNone ? "" : machine.text(of: machine.place(of: step.origin.span))
        let snippet = machine.snippet(step.origin.span)
        let phase = step.origin.phase == .forward ? "" : " \(step.origin.phase)"
        rows.append([
          "\(prefix)\(index + 1)", margin + (step.text.count > 72 ? step.text.prefix(69) + "..." : step.text),
          step.multiplyAdds == 0 ? "" : Quantity.count(step.multiplyAdds), Quantity.bytes(step.bytes),
          (step.origin.layerPath + phase).trimmedStart, snippet.isEmpty ? place : "\(place)  \(snippet)",
        ])
        // The last few rows of a run are done as the others are.
        let body = step.isSplit ? step.body.filter { $0.times == step.body.first?.times } : step.body
        add(body, "\(prefix)\(index + 1).", margin + "  ")
      }
    }
    add(program.steps, "", "")
    if rows.count > Self.rowLimit { rows.append(["", "... and more", "", "", "", ""]) }
    return rows
  }
}

extension ProgramPlan {
  /// The steps that do the work, those of loops' bodies in their place.
  var leaves: [Step] {
    func inside(_ step: Step) -> [Step] { step.body.isEmpty ? [step] : step.body.flatMap(inside) }
    return steps.flatMap(inside)
  }
}

extension ProgramPlan.Step {
  /// With the work of one of so many rounds, where it is done in each.
  func divided(by rounds: Int) -> ProgramPlan.Step {
    guard times >= rounds || !body.isEmpty else { return self }
    var result = self
    (result.multiplyAdds, result.bytes) = (multiplyAdds / rounds, bytes / rounds)
    result.body = body.map { $0.divided(by: rounds) }
    return result
  }
}

extension String {
  fileprivate var trimmedStart: String { String(drop { $0 == " " }) }
}
