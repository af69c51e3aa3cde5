// The tree as S-expressions, one statement a line: what the parser's tests compare.

extension Program: CustomStringConvertible {
  public var description: String { statements.map(\.description).joined(separator: "\n") }
}

extension Block: CustomStringConvertible {
  public var description: String { node("block", statements.map(\.description)) }
}

extension Statement: CustomStringConvertible {
  public var description: String {
    switch kind {
    case .binding(let isVariable, let pattern, let annotation, let value):
      node(isVariable ? "var" : "let", ["\(pattern)\(annotation.map { ": \($0)" } ?? "")", "\(value)"])
    case .function(let function): node("fn", [function.name.text, "\(function.signature)", "\(function.body)"])
    case .layer(let layer):
      node(
        "layer",
        [layer.name.text, parameterList(layer.hyperparameters)] + layer.members.map(\.description)
          + (layer.call.map { [node("call", ["\($0.signature)", "\($0.body)"])] } ?? []))
    case .for(let pattern, let sequence, let body): node("for", ["\(pattern)", "\(sequence)", "\(body)"])
    case .while(let condition, let body): node("while", ["\(condition)", "\(body)"])
    case .break: "(break)"
    case .continue: "(continue)"
    case .return(let value): node("return", value.map { ["\($0)"] } ?? [])
    case .assert(let condition): node("assert", ["\(condition)"])
    case .import(let path, _, let alias): node("import", [quoted(path)] + (alias.map { ["as", $0.text] } ?? []))
    case .test(let name, let body): node("test", [quoted(name), "\(body)"])
    case .parameter(let name, let annotation, let initial):
      node("param", ["\(name.text): \(annotation)", "\(initial)"])
    case .state(let name, let annotation, let initial): node("state", ["\(name.text): \(annotation)", "\(initial)"])
    case .assignment(let place, let operation, let value):
      node("\(operation?.rawValue ?? "")=", ["\(place)", "\(value)"])
    case .expression(let expression): "\(expression)"
    case .missing: "<missing>"
    }
  }
}

extension Place: CustomStringConvertible {
  public var description: String {
    steps.reduce(root.text) { base, step in
      switch step {
      case .field(let name): node(".", [base, name.text])
      case .index(let items, _): node("index", [base] + items.map(\.description))
      }
    }
  }
}

extension Signature: CustomStringConvertible {
  public var description: String { parameterList(parameters) + (result.map { " -> \($0)" } ?? "") }
}

extension Parameter: CustomStringConvertible {
  public var description: String {
    "\(pattern)\(annotation.map { ": \($0)" } ?? "")\(defaultValue.map { " = \($0)" } ?? "")"
  }
}

extension Body: CustomStringConvertible {
  public var description: String {
    switch self {
    case .expression(let expression): "\(expression)"
    case .block(let block): "\(block)"
    }
  }
}

extension Annotation: CustomStringConvertible {
  public var description: String {
    switch self {
    case .named(let name): name.text
    case .shape(let dimensions, _):
      "["
        + dimensions.map {
          switch $0 {
          case .ellipsis: "..."
          case .size(let size): "\(size)"
          }
        }.joined(separator: " ") + "]"
    }
  }
}

extension Pattern: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wildcard: "_"
    case .name(let name): name.text
    case .literal(let literal): "\(literal)"
    case .range(let lower, let upper, let isClosed, _): node(isClosed ? "..." : "..<", ["\(lower)", "\(upper)"])
    case .tuple(let patterns, _): node("tuple", patterns.map(\.description))
    case .list(let patterns, _): node("list", patterns.map(\.description))
    case .record(let fields, _):
      node("record", fields.map { "\($0.field.text)\($0.pattern.map { ": \($0)" } ?? "")" })
    }
  }
}

extension Expression: CustomStringConvertible {
  public var description: String {
    switch kind {
    case .integer(let value): "\(value)"
    case .float(let value): "\(value)"
    case .truth(let value): "\(value)"
    case .none: "none"
    case .text(let parts):
      if parts.count == 1, case .literal(let text) = parts[0] {
        quoted(text)
      } else {
        node("text", parts.map(\.description))
      }
    case .name(let name): name
    case .unary(let operation, let operand): node(operation.rawValue, ["\(operand)"])
    case .binary(let operation, let left, let right, _): node(operation.rawValue, ["\(left)", "\(right)"])
    case .call(let callee, let arguments):
      node("call", ["\(callee)"] + arguments.map { "\($0.name.map { "\($0.text): " } ?? "")\($0.value)" })
    case .pipe(let value, let target): node("|>", ["\(value)", "\(target)"])
    case .index(let base, let items): node("index", ["\(base)"] + items.map(\.description))
    case .field(let base, let name): node(".", ["\(base)", name.text])
    case .lambda(let parameters, let body): node("->", [parameterList(parameters), "\(body)"])
    case .tuple(let items): node("tuple", items.map(\.description))
    case .list(let items): node("list", items.map(\.description))
    case .record(let entries): node("record", entries.map { "\($0.name.text): \($0.value)" })
    case .if(let condition, let body, let branch):
      node("if", ["\(condition)", "\(body)"] + (branch.map { ["\($0)"] } ?? []))
    case .match(let subject, let cases): node("match", ["\(subject)"] + cases.map(\.description))
    case .parenthesized(let inner): node("paren", ["\(inner)"])
    case .missing: "<missing>"
    }
  }
}

extension ElseBranch: CustomStringConvertible {
  public var description: String {
    switch self {
    case .block(let block): "\(block)"
    case .chained(let expression): "\(expression)"
    }
  }
}

extension MatchCase: CustomStringConvertible {
  public var description: String {
    node("case", ["\(pattern)"] + (condition.map { ["if \($0)"] } ?? []) + ["\(body)"])
  }
}

extension TextPart: CustomStringConvertible {
  public var description: String {
    switch self {
    case .literal(let text): quoted(text)
    case .interpolation(let value, let format, _): node("show", ["\(value)"] + (format.map { [quoted($0)] } ?? []))
    }
  }
}

extension IndexItem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .ellipsis: "..."
    case .slice(let lower, let upper, let step, _):
      node(":", [lower, upper, step].map { $0.map { "\($0)" } ?? "_" })
    case .value(let value): "\(value)"
    }
  }
}

private func node(_ head: String, _ items: [String]) -> String { "(" + ([head] + items).joined(separator: " ") + ")" }

private func parameterList(_ list: [Parameter]) -> String {
  "(" + list.map(\.description).joined(separator: ", ") + ")"
}

private func quoted(_ text: String) -> String {
  var result = "\""
  for character in text {
    switch character {
    case "\n": result += "\\n"
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    default: result.append(character)
    }
  }
  return result + "\""
}
