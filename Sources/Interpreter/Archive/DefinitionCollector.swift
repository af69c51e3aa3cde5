import SourceText

/// The user's own layers and functions that saved values refer to, with whatever those mention in turn.
struct DefinitionCollector {
  private var order: [Global] = []
  private var seen: Set<ObjectIdentifier> = []

  mutating func add(layer: LayerValue, in machine: Machine) {
    for module in machine.userModules {
      guard let global = module.globals[layer.name], global.kind == .layer,
        machine.globalValue(global.slot).isObject(layer)
      else { continue }
      add(global, of: module, in: machine)
    }
  }

  mutating func add(function: FunctionValue, in machine: Machine) {
    for module in machine.userModules {
      guard let global = module.globals[function.prototype.name], global.kind == .function else { continue }
      add(global, of: module, in: machine)
    }
  }

  /// The globals that a stretch of the user's source mentions.
  mutating func addNames(in span: Span, of machine: Machine) {
    for module in machine.userModules {
      for name in machine.sources.text(of: span).identifiers {
        if let global = module.globals[name], global.span != span { add(global, of: module, in: machine) }
      }
    }
  }

  private mutating func add(_ global: Global, of module: Module, in machine: Machine) {
    guard seen.insert(ObjectIdentifier(global)).inserted else { return }
    for name in machine.sources.text(of: global.definition).identifiers where name != global.name {
      if let other = module.globals[name] { add(other, of: module, in: machine) }
    }
    order.append(global)
  }

  /// Definitions as they were written. Of other globals only numbers, texts and truth values have a source form.
  func source(in machine: Machine) -> String {
    order.compactMap { global -> String? in
      switch global.kind {
      case .function, .layer: return machine.sources.text(of: global.definition)
      case .let, .var:
        guard let literal = machine.globalValue(global.slot).literal else { return nil }
        return "let \(global.name) = \(literal)"
      case .module: return nil
      }
    }.joined(separator: "\n\n")
  }
}

extension Value {
  fileprivate func isObject(_ object: HeapObject) -> Bool {
    if case .object(let own) = self { return own === object }
    return false
  }

  /// The source text of a plain value.
  fileprivate var literal: String? {
    switch self {
    case .none: "none"
    case .bool(let truth): "\(truth)"
    case .int(let number): "\(number)"
    case .float(let number): number.isFinite ? "\(number)" : nil
    case .object(let text as TextValue):
      "\"" + text.text.map { character in
        switch character {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "{": "\\{"
        case "\n": "\\n"
        default: String(character)
        }
      }.joined() + "\""
    default: nil
    }
  }
}

extension String {
  /// The words that could be names.
  fileprivate var identifiers: Set<String> {
    Set(
      split { !($0.isLetter || $0.isNumber || $0 == "_") }
        .filter { $0.first.map { $0.isLetter || $0 == "_" } ?? false }.map(String.init))
  }
}
