import Diagnostics
import Files
import Glibc
import Interpreter
import SourceText
import Syntax

// Programs from start to end.

extension Engine {
  /// Runs a program; its expressions show nothing by themselves.
  public func run(file path: String) -> Evaluation {
    withFile(path) { file in run(file, isPrompt: false) }
  }

  /// Runs a file as if it were typed: its names stay.
  public func load(_ path: String) -> Evaluation {
    var evaluation = run(file: path)
    evaluation.display = nil
    return evaluation
  }

  /// Reports what can be said of a program without training: names and arguments before it runs, then shapes by a run in
  /// which models give zeros and learn nothing. What depends on values is not judged.
  public func check(file path: String) -> Evaluation {
    let (output, progress) = (machine.output, machine.progress)
    machine.isDryRun = true
    machine.output = { _ in }
    machine.progress = { _ in }
    defer {
      machine.isDryRun = false
      (machine.output, machine.progress) = (output, progress)
    }
    var mayWantArguments = false
    var evaluation = withFile(path) { file in
      mayWantArguments = machine.arguments.isEmpty && String(decoding: file.bytes, as: UTF8.self).contains("args")
      return run(file, isPrompt: false)
    }
    evaluation.display = nil
    evaluation.diagnostics = evaluation.diagnostics.map { diagnostic in
      guard Self.valueCodes.contains(diagnostic.code) else { return diagnostic }
      return .checkEndsHere(at: diagnostic.span, mayWantArguments: mayWantArguments && diagnostic.code == .index)
    }
    return evaluation
  }

  /// What a run without training may stumble over although the program is right.
  private static let valueCodes: Set<DiagnosticCode> = [.index, .arithmetic, .failed, .interrupted]

  /// Runs a program and then its `test` blocks, each told to `report` when it has ended.
  public func test(file path: String, report: (TestOutcome) -> Void) -> Evaluation {
    withFile(path) { file in
      var tests: [Chunk.Test] = []
      var evaluation = run(file, isPrompt: false) { tests = $0.tests }
      guard !evaluation.failed else { return evaluation }
      for test in tests {
        var outcome = TestOutcome(file: path, name: test.name, diagnostics: [])
        do throws(Diagnostic) { try machine.run(test) } catch {
          if error.code == .interrupted {
            evaluation.diagnostics.append(error)
            return evaluation
          }
          outcome.diagnostics.append(error)
        }
        report(outcome)
      }
      return evaluation
    }
  }

  /// Parses, compiles and runs; `loaded` sees the compiled program before it runs.
  func run(_ file: SourceFile, isPrompt: Bool, loaded: (Chunk) -> Void = { _ in }) -> Evaluation {
    let parsed = Parser.parse(file)
    guard parsed.diagnostics.isEmpty else { return Evaluation(diagnostics: parsed.diagnostics) }
    // A Ctrl-C from before belongs to nothing that runs now.
    machine.interruptRequested = false
    let chunk: Chunk
    do throws(CompileFailure) {
      chunk = try machine.load(file: file, program: parsed.program, isPrompt: isPrompt)
    } catch {
      return Evaluation(diagnostics: error.diagnostics)
    }
    loaded(chunk)
    var evaluation = Evaluation(diagnostics: chunk.warnings)
    let start = monotonicSeconds()
    if profiles != .off { machine.startProfile(isDetailed: profiles == .detailed) }
    defer { machine.stopProfile() }
    do throws(Diagnostic) {
      let value = try machine.run(chunk)
      evaluation.display = shown(value, of: chunk)
    } catch {
      evaluation.diagnostics.append(error)
    }
    evaluation.diagnostics.insert(contentsOf: machine.takeWarnings(), at: chunk.warnings.count)
    evaluation.seconds = monotonicSeconds() - start
    return evaluation
  }

  /// The value of an expression, or what a binding bound.
  private func shown(_ value: Value, of chunk: Chunk) -> Shown? {
    guard chunk.endsInExpression else {
      let lines = chunk.boundNames.compactMap { name in
        machine.known(name)?.value.map { "\(name): \(machine.summary(of: $0))" }
      }
      return lines.isEmpty ? nil : .text(lines.joined(separator: "\n"))
    }
    if case .none = value { return nil }
    if let table = machine.table(of: value) {
      return .table(table.rows, note: table.left > 0 ? "... and \(table.left) more" : nil)
    }
    return .text(machine.details(of: value))
  }

  private func withFile(_ path: String, _ body: (SourceFile) -> Evaluation) -> Evaluation {
    do throws(Diagnostic) {
      let bytes = try FileReader.bytes(of: path)
      let outer = machine.mainPath
      machine.mainPath = path
      defer { machine.mainPath = outer }
      return body(sources.add(name: path, bytes: bytes))
    } catch {
      return Evaluation(diagnostics: [error])
    }
  }

  private func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
