import Diagnostics
import Execution
import KernelTypes
import SourceText
import TensorGraph
import TensorRuntime

/// The tensor side of a session: the trace being recorded, if any, and the programs kept from earlier ones.
final class TensorContext {
  /// The innermost trace; nil while tensor code runs at once.
  var current: Trace?
  var isTracing: Bool { current != nil }

  /// Compiled programs by the structure of their graphs.
  let programs = ProgramCache()
  /// Traced calls by the structure of function and arguments.
  let calls = CallCache()
  /// False: one kernel per primitive and no passes, the semantics that compiled results are checked against.
  var optimizes = true
  /// Rises with every `freeze` and `unfreeze`: what was traced before may no longer hold.
  var freezeVersion = 0
  /// Compiled calls give zeros of the right shapes, models stay as they are, batches end after the first (`mdl check`).
  var isDryRun = false
  var dryCalls = 0
  /// A loop that waits for a value that never comes ends here.
  static let dryCallLimit = 20_000

  /// The models now being called, outermost first.
  var activeModels: [ModelValue] = []
  var layerPath: String { activeModels.last?.path ?? updatedPath ?? "" }
  /// Draws made so far in the current call of the innermost active model.
  var drawCounts: [Int] = []

  /// The calls of `seeded` under way, innermost last.
  var seeds: [Seeding] = []

  /// What the operations now recorded are part of.
  var phase = Phase.forward
  /// The layer of the parameter that an optimizer is at.
  var updatedPath: String?

  /// The path of the parameter that an optimizer is at.
  var updatedParameter: String?
  /// The loop in which a check failed last: its failed step can run again by itself.
  var failedLoop: CompiledCall?

  /// Parameters and optimizer states made since the outermost compiled call began: undone when it fails.
  var journal: [() -> Void] = []

  /// The last traced calls, newest last, for `:graph` and `:plan`.
  var recent: [CompiledCall] = []
  /// All that are traced while a program is planned; nil otherwise.
  var planned: [CompiledCall]?
  /// How often each call of the program was compiled, and why.
  let histories = CallHistories()
  /// Where the time goes, while somebody wants to know.
  var profile: Profile?
  /// That of the last run that was measured.
  var lastProfile: Profile?

  /// Walkers not in use, with the memory they have.
  private var walkers: [TraceKeyWalker] = []
  func takeWalker() -> TraceKeyWalker { walkers.popLast() ?? TraceKeyWalker() }
  func giveBack(_ walker: inout TraceKeyWalker) {
    walker.clear()
    walkers.append(walker)
    walker = TraceKeyWalker()
  }
}

extension Machine {
  /// Compiles (or finds) the program of a graph and runs it. `donating`: by input, whether its memory may become an
  /// output's.
  func run(
    _ graph: Graph, inputs: inout [Tensor], donating: [Bool] = [], at site: Site
  ) throws(Diagnostic) -> [Tensor] {
    do throws(ExecutionProblem) {
      let program = try tensors.programs.program(
        for: graph, options: CompileOptions(optimize: tensors.optimizes))
      let timer = tensors.profile?.begin(program, isImmediate: true, at: callSpan(at: site))
      defer { timer?.end() }
      var whole = LoopRun()
      return try program.run(&inputs, donating: donating, &whole, timings: timer?.timings)
    } catch { throw executionDiagnostic(error, at: site) }
  }

  func executionDiagnostic(_ problem: ExecutionProblem, at site: Site) -> Diagnostic {
    func place(_ origin: Origin) -> Span { origin.span.isNone ? site.span : origin.span }
    switch problem {
    case .kernel(let status, let origin):
      var diagnostic = kernelDiagnostic(status, at: place(origin))
      if !origin.layerPath.isEmpty { diagnostic.path.append(origin.layerPath) }
      return diagnostic
    case .check(let text, let origin):
      // The first line says what is wrong, a second one what to do.
      let lines = text.split(separator: "\n", maxSplits: 1).map(String.init)
      let place = callSpan(at: Site(span: place(origin)))
      return .checkFailed(lines.first ?? text, help: lines.count > 1 ? lines[1] : nil, at: place)
    case .memory(let memory, let origin):
      return .outOfMemory(requested: memory.requested, available: memory.available, at: place(origin))
    case .interrupted: return .stopped(at: site.span)
    case .unsupported(let text, let origin): return .notTraceable(text, at: place(origin))
    }
  }

  private func kernelDiagnostic(_ status: KernelStatus, at span: Span) -> Diagnostic {
    switch status.code {
    case .indexOutOfRange: .positionOutOfRange(status.found, element: status.detail, count: status.limit, at: span)
    case .integerDivisionByZero: .tensorDivisionByZero(element: status.detail, at: span)
    case .integerOverflow: .tensorOverflow(element: status.detail, at: span)
    case .singular: .singularMatrix(row: status.detail, at: span)
    case .outOfMemory:
      .outOfMemory(requested: status.detail, available: MemoryLimit.available(), at: span)
    case .interrupted, .ok: .stopped(at: span)
    }
  }
}
