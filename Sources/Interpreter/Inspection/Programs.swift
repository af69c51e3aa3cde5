import Diagnostics
import SourceText
import Syntax
import TensorGraph

// `:graph` and `:plan`: what an expression becomes.

extension Machine {
  /// The tensor operations of an expression before the passes, one text for each compiled call, as `GraphReader` reads
  /// them back, with the source beside them.
  public func graphs(of expression: Expression, in file: SourceFile) throws(CompileFailure) -> [(name: String, text: String)] {
    try compiledCalls(of: expression, in: file).calls.map { call in
      let text = call.program.graph.text { span in
        let text = self.snippet(span, limit: 60)
        return text.isEmpty ? nil : text
      }
      return (call.name, text)
    }
  }

  /// The steps, work and memory of what an expression computes; of a model, what `plan(model:)` says.
  public func plan(of expression: Expression, in file: SourceFile) throws(CompileFailure) -> Report {
    let (calls, value) = try compiledCalls(of: expression, in: file)
    do throws(Diagnostic) {
      if value.holdsModel { return try plan(model: value, data: nil, at: expression.span) }
      let working = calls.filter { !$0.program.plan.steps.isEmpty }
      guard !working.isEmpty else { throw .nothingToPlan(kindName: value.kindName, at: expression.span) }
      var report = Report()
      for call in working { report.parts += plan(of: call, title: planTitle(of: call)).parts }
      return report
    } catch { throw CompileFailure(diagnostics: [error]) }
  }

  /// `:plan net x`
  public func plan(of model: Expression, given data: Expression, in file: SourceFile) throws(CompileFailure) -> Report {
    let (loadedModel, loadedData) = (try load(expression: model, file), try load(expression: data, file))
    do throws(Diagnostic) {
      let (value, input) = (try run(loadedModel), try run(loadedData))
      guard value.holdsModel else { throw .notAModel(found: value.kindName, at: model.span) }
      guard input.tensorType != nil || input.object(as: DatasetValue.self) != nil else {
        throw .wrongKind(found: input.kindName, expected: "a tensor or a dataset", at: data.span)
      }
      return try plan(model: value, data: input, at: model.span)
    } catch { throw CompileFailure(diagnostics: [error]) }
  }

  /// Runs an expression as one compiled call and gives that call; of an expression that can't be one (it trains, or prints
  /// what it computes), those that were compiled while it ran.
  private func compiledCalls(of expression: Expression, in file: SourceFile) throws(CompileFailure)
    -> (calls: [CompiledCall], value: Value)
  {
    let lambda = Expression(.lambda([], .expression(expression)), expression.span)
    let asFunction = try load(expression: lambda, file)
    let plain = try load(expression: expression, file)
    let site = Site(span: expression.span)
    let kept = tensors.recent
    tensors.recent = []
    defer { tensors.recent = kept }
    do throws(Diagnostic) {
      let function = try run(asFunction)
      let value = try compiledCall(function, [], name: "the expression", at: site) {
        (function, arguments, named) throws(Diagnostic) in
        try self.call(function, arguments, named: named, at: site)
      }
      return (tensors.recent, value)
    } catch {
      tensors.recent = []
      do throws(Diagnostic) {
        let value = try run(plain)
        return (tensors.recent, value)
      } catch { throw CompileFailure(diagnostics: [error]) }
    }
  }

  private func load(expression: Expression, _ file: SourceFile) throws(CompileFailure) -> Chunk {
    let statement = Statement(.expression(expression), expression.span)
    return try load(file: file, program: Program(documentation: nil, statements: [statement]), isPrompt: true)
  }
}
