import Diagnostics
import Execution
import SourceText
import Syntax
import TensorGraph

/// One compiled program, for `:graph` and `:plan`.
public struct CompiledProgram {
  /// The function that was compiled.
  public let name: String
  /// Its operations before the passes, as `GraphReader` reads them back, with the source beside them.
  public let graph: String
  /// Its steps in order, and the memory that they need.
  public let plan: String
}

extension Machine {
  /// Runs an expression as one compiled program and gives that program; of an expression that can't be one (it trains,
  /// or prints what it computes), those that were compiled while it ran.
  public func programs(of expression: Expression, in file: SourceFile) throws(CompileFailure) -> [CompiledProgram] {
    let lambda = Expression(.lambda([], .expression(expression)), expression.span)
    let asFunction = try load(expression: lambda, file)
    let plain = try load(expression: expression, file)
    let site = Site(span: expression.span)
    tensors.recent = []
    do throws(Diagnostic) {
      let function = try run(asFunction)
      _ = try compiledCall(function, [], name: "the expression", at: site) { (function, arguments, named) throws(Diagnostic) in
        try self.call(function, arguments, named: named, at: site)
      }
    } catch {
      tensors.recent = []
      do throws(Diagnostic) { _ = try run(plain) } catch { throw CompileFailure(diagnostics: [error]) }
    }
    return tensors.recent.map(description)
  }

  private func load(expression: Expression, _ file: SourceFile) throws(CompileFailure) -> Chunk {
    let statement = Statement(.expression(expression), expression.span)
    return try load(file: file, program: Program(documentation: nil, statements: [statement]), isPrompt: true)
  }

  private func description(of call: CompiledCall) -> CompiledProgram {
    let graph = call.program.graph.text { span in
      let text = self.sources.text(of: span)
      return text.isEmpty ? nil : text.count > 60 ? String(text.prefix(57)) + "..." : text
    }
    return CompiledProgram(name: call.name, graph: graph, plan: text(of: call.program.plan))
  }

  private func text(of plan: ProgramPlan) -> String {
    var lines: [String] = []
    func add(_ steps: [ProgramPlan.Step], _ margin: String) {
      for (index, step) in steps.enumerated() {
        let source = sources.text(of: step.origin.span).split(whereSeparator: \.isNewline).joined(separator: " ")
        let remark = source.isEmpty ? "" : "  # " + (source.count > 60 ? String(source.prefix(57)) + "..." : source)
        lines.append("\(margin)\(index + 1). \(step.text)\(remark)")
        add(step.body, margin + "    ")
      }
    }
    add(plan.steps, "")
    lines.append(
      "memory: scratch \(size(plan.arenaBytes)), inputs \(size(plan.inputBytes)), results \(size(plan.outputBytes)); "
        + "\(plan.multiplyAdds) multiply-adds")
    return lines.joined(separator: "\n")
  }

  private func size(_ bytes: Int) -> String {
    bytes < 10_000 ? "\(bytes) B" : bytes < 10_000_000 ? "\(bytes / 1000) kB" : "\(bytes / 1_000_000) MB"
  }
}
