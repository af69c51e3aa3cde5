import Diagnostics
import SourceText
import Syntax

// `:plan net`, `:plan net x` and `mdl plan FILE`.

extension Machine {
  /// What can be said of a model before it is trained, or of its training. `data`: what it is to be given.
  func plan(model: Value, data: Value?, at span: Span) throws(Diagnostic) -> Report {
    guard let data else {
      if let call = latestCall(of: model) { return plan(of: call, title: planTitle(of: call)) }
      return unreached(model)
    }
    var copier = ModelCopier()
    let copy = copier.copy(model)
    let (step, isTraining) = try plannedStep(of: copy, data, at: span)
    let plan = CallPlan(step, self)
    let title = isTraining
      ? "a training step\(plan.examples), with adam and the mean of squares in the place of a loss"
      : "a call\(plan.examples)"
    return withExtendedLifetime(copy) { self.plan(of: step, title: title) }
  }

  /// The training step that was compiled last for a model, else its last call.
  private func latestCall(of model: Value) -> CompiledCall? {
    let parameters = Set(ModelTree(model).parameters.map { ObjectIdentifier($0.parameter) })
    func uses(_ call: CompiledCall) -> Bool {
      call.bindings.contains { binding in
        if case .parameter(let parameter) = binding { parameters.contains(ObjectIdentifier(parameter)) } else { false }
      }
    }
    let calls = tensors.recent.filter(uses)
    return calls.last { CallPlan($0, self).isTraining && !$0.layers.isEmpty } ?? calls.last { !$0.layers.isEmpty }
  }

  /// A model that nothing has gone through yet: its layers without their sizes.
  private func unreached(_ model: Value) -> Report {
    var report = Report()
    var rows = [["layer", "kind", "parameters"]]
    for (model, path) in ModelTree(model).models {
      let made = model.parameters.compactMap { $0 }.filter { !$0.isState }
      let names = model.definition.parameterNames
      let known = made.isEmpty && !names.isEmpty ? "not made yet" : Quantity.grouped(made.reduce(0) { $0 + $1.tensor.count })
      rows.append([path.isEmpty ? "all" : path, modelText(.object(model)), known])
    }
    report.add(table: rows, words: [0, 1])
    report.add(
      "Its sizes are not known before it has seen data: `:plan net x`, with a tensor or a dataset for x, shows them and the "
        + "program of a step.")
    return report
  }

  /// A step of a model, compiled but not run. The loss is a stand-in: what it will be is not known.
  private func plannedStep(of model: Value, _ data: Value, at span: Span) throws(Diagnostic) -> (CompiledCall, Bool) {
    let outer = (isDryRun, tensors.planned)
    isDryRun = true
    tensors.planned = []
    defer { (isDryRun, tensors.planned) = outer }
    let site = Site(span: span)
    let batch = try call(try planFunction(Self.batchSource), [data], at: site)
    _ = try call(model, [batch], at: site)
    let forward = tensors.planned?.last
    // A model whose result is no tensor of floats has no mean of squares.
    _ = try? call(try planFunction(Self.stepSource), [model, batch], at: site)
    let step = tensors.planned?.last { !$0.effects.optimizerStates.isEmpty }
    guard let found = step ?? forward else { throw .nothingToPlan(kindName: model.kindName, at: span) }
    return (found, step != nil)
  }

  private static let batchSource =
    "data -> if kind(data) == \"dataset\" { data.x[0..<minimum(32, rows(data))] } else { data }"
  private static let stepSource = """
    (net, x) -> compiled(x -> {
      let (value, g) = value_and_grad(net -> mean(net(x) ^ 2))(net)
      update(net, adam(), g)
      value
    })(x)
    """

  /// A function of the library's own, which the user's names don't reach.
  private func planFunction(_ text: String) throws(Diagnostic) -> Value {
    let source = sources.add(name: "plan", text: text)
    libraryFiles.insert(source.id)
    do throws(CompileFailure) {
      let chunk = try compile(Parser.parse(source).program, file: source, into: Module(path: "plan", isLibrary: true))
      do throws(Diagnostic) { return try run(chunk) } catch { throw CompileFailure(diagnostics: [error]) }
    } catch { throw error.diagnostics.first ?? .unstableTrace(at: source.wholeSpan) }
  }

  // MARK: Whole programs

  /// From here on compiled calls are kept for `filePlan`.
  public func startPlanning() { tensors.planned = [] }

  /// The plans of what was compiled since `startPlanning`: training steps, or the calls of models where nothing is
  /// trained. Nil when there is neither.
  public func filePlan() -> Report? {
    let calls = (tensors.planned ?? []).filter { CallPlan($0, self).holdsModel }
    tensors.planned = nil
    let training = calls.filter { CallPlan($0, self).isTraining }
    var report = Report()
    var seen: Set<ObjectIdentifier> = []
    // A call compiled several times is shown once, and says how often.
    for call in training.isEmpty ? calls : training where seen.insert(ObjectIdentifier(call.history)).inserted {
      report.parts += plan(of: call, title: planTitle(of: call)).parts
    }
    var others = [["also compiled", "multiply-adds", "memory"]]
    for call in training.isEmpty ? [] : calls where seen.insert(ObjectIdentifier(call.history)).inserted {
      let plan = CallPlan(call, self)
      others.append([
        planTitle(of: call), Quantity.count(plan.program.multiplyAdds), Quantity.bytes(plan.program.peakBytes),
      ])
    }
    report.add(table: others, words: [0])
    return report.parts.isEmpty ? nil : report
  }
}
