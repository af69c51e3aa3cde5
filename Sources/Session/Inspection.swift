import Diagnostics
import Interpreter
import SourceText
import Syntax

// Questions about names and values.

extension Engine {
  /// What Tab offers at `cursor`, a UTF-8 offset in `text`.
  public func complete(_ text: String, cursor: Int, directives: [String] = []) -> Completion {
    let before = String(decoding: Array(text.utf8).prefix(cursor), as: UTF8.self)
    let context = CompletionContext(before: before)
    let typed = context.typed
    let candidates: [String] =
      switch context {
      case .nothing: []
      case .directive: directives
      case .file: paths(beginningWith: typed)
      case .field(let path, _): machine.fieldNames(of: path)
      case .name(_, let callee): names(inCallOf: callee)
      }
    return Completion(start: before.utf8.count - typed.utf8.count, candidates: candidates.filter { $0.hasPrefix(typed) })
  }

  /// Arguments of the call first: they are what is meant most often.
  private func names(inCallOf callee: String?) -> [String] {
    let parameters = callee.flatMap { machine.known($0)?.signature?.parameters } ?? []
    return parameters.map { $0.name + ": " } + machine.visibleNames + Engine.words
  }

  private static let words = [
    "assert", "break", "continue", "else", "false", "for", "import", "layer", "match", "none", "return", "true", "while",
  ]

  /// `name(parameters)`, its documentation, and where it is from.
  public func documentation(of name: String) -> Evaluation {
    guard let known = machine.known(name) else { return unknown(name) }
    var lines: [String] = []
    if let signature = known.signature { lines.append(heading(name, signature, known)) }
    if let value = known.value, known.signature == nil { lines.append("\(name): \(machine.summary(of: value))") }
    if let documentation = known.documentation { lines.append(documentation) }
    if known.documentation == nil { lines.append("`\(name)` has no documentation (write it above the definition, after `## `)") }
    return Evaluation(display: .text(lines.joined(separator: "\n")))
  }

  /// As the definition writes it, with defaults; else from the parameters' names.
  private func heading(_ name: String, _ signature: CallSignature, _ known: KnownName) -> String {
    let source = sources.text(of: known.definition)
    if let open = source.firstIndex(of: "(") {
      var depth = 0
      for index in source[open...].indices {
        if "([{".contains(source[index]) { depth += 1 }
        if ")]}".contains(source[index]) { depth -= 1 }
        if depth == 0 {
          let head = source[open...index].split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }
          return name + head.joined(separator: " ")
        }
      }
    }
    let parameters = signature.parameters.map { $0.isVariadic ? "\($0.name)..." : $0.isRequired ? $0.name : "\($0.name) = ..." }
    return "\(name)(\(parameters.joined(separator: ", ")))"
  }

  /// The definition as it was written.
  public func source(of name: String) -> Evaluation {
    guard let known = machine.known(name) else { return unknown(name) }
    guard let file = sources.file(known.definition.file) else {
      return Evaluation(display: .text("`\(name)` is built in: it has no source in mdl"))
    }
    let place = "# \(file.name):\(file.line(at: Int(known.definition.start)))"
    let comments = known.documentation.map { documentation in
      documentation.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "##\n" : "## \($0)\n" }.joined()
    }
    return Evaluation(display: .text("\(place)\n\(comments ?? "")\(file.text(of: known.definition))"))
  }

  /// The user's names with what they hold, one a line.
  public func variables() -> Evaluation {
    let lines = machine.userNames.map { name in
      let known = machine.known(name)
      let text = known?.value.map { machine.summary(of: $0) } ?? "no value"
      return "\(name): \(text)"
    }
    return Evaluation(display: lines.isEmpty ? nil : .text(lines.joined(separator: "\n")))
  }

  func unknown(_ name: String) -> Evaluation {
    let suggestion = Suggestion.closest(to: name, among: machine.visibleNames)
    return Evaluation(diagnostics: [.unknownName(name, at: .none, suggestion: suggestion)])
  }
}

extension Engine {
  /// Shape and type of a value; of a model, those of its parameters.
  public func shape(of text: String) -> Evaluation {
    ask(text) { (expression, file) throws(CompileFailure) in
      .text(try self.machine.shapes(of: expression, in: file).joined(separator: "\n"))
    }
  }

  /// The tensor operations that an expression becomes, with the source that each comes from.
  public func graph(of text: String) -> Evaluation {
    ask(text) { (expression, file) throws(CompileFailure) in
      let graphs = try self.machine.graphs(of: expression, in: file)
      if graphs.isEmpty { return .text("no tensor operations") }
      let texts = graphs.map { graphs.count > 1 ? "# \($0.name)\n" + $0.text : $0.text }
      return .text(texts.joined(separator: "\n\n"))
    }
  }

  /// What a model, or an expression, will do and need: layers, steps of the program, memory. After a model, data for it
  /// may follow: `net x`.
  public func plan(of text: String) -> Evaluation {
    if let (model, data, file) = twoExpressions(text) {
      return answer { () throws(CompileFailure) in Shown(try self.machine.plan(of: model, given: data, in: file)) }
    }
    return ask(text) { (expression, file) throws(CompileFailure) in
      Shown(try self.machine.plan(of: expression, in: file))
    }
  }

  /// `net x`, which is no expression, as `net` and `x`.
  private func twoExpressions(_ text: String) -> (Expression, Expression, SourceFile)? {
    func single(_ file: SourceFile) -> Expression? {
      let parsed = Parser.parse(file)
      guard parsed.diagnostics.isEmpty, parsed.program.statements.count == 1,
        case .expression(let expression) = parsed.program.statements[0].kind
      else { return nil }
      return expression
    }
    func parses(_ text: Substring) -> Bool { single(SourceFile(id: .none, name: "", text: String(text))) != nil }
    guard !parses(text[...]) else { return nil }
    for index in text.indices where text[index] == " " {
      guard parses(text[..<index]), parses(text[index...]) else { continue }
      // One text, so that messages show the whole of it.
      let file = newEntry(text[..<index] + "\n" + text[text.index(after: index)...])
      let parsed = Parser.parse(file)
      guard parsed.diagnostics.isEmpty, parsed.program.statements.count == 2,
        case .expression(let model) = parsed.program.statements[0].kind,
        case .expression(let data) = parsed.program.statements[1].kind
      else { continue }
      return (model, data, file)
    }
    return nil
  }

  /// Has `look` see one expression.
  private func ask(_ text: String, _ look: (Expression, SourceFile) throws(CompileFailure) -> Shown) -> Evaluation {
    let file = newEntry(text)
    let parsed = Parser.parse(file)
    guard parsed.diagnostics.isEmpty else { return Evaluation(diagnostics: parsed.diagnostics) }
    guard parsed.program.statements.count == 1, case .expression(let expression) = parsed.program.statements[0].kind else {
      return Evaluation(diagnostics: [.expressionWanted(at: file.wholeSpan)])
    }
    return answer { () throws(CompileFailure) in try look(expression, file) }
  }

  /// Random numbers go on as if nobody had asked.
  private func answer(_ body: () throws(CompileFailure) -> Shown) -> Evaluation {
    let random = machine.randomState
    defer { machine.randomState = random }
    do throws(CompileFailure) { return Evaluation(display: try body()) } catch {
      return Evaluation(diagnostics: error.diagnostics)
    }
  }
}
