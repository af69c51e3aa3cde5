import Diagnostics
import SourceText

/// `g.weight`, `g.head.weight`, `g[0].weight`: parts of a parameter tree, by the names of the model's parts.
extension TreeValue: HasFields, Displayable {
  public var fieldNames: [String] {
    var names: [String] = []
    for path in paths {
      let name = String(path.prefix { $0 != "." && $0 != "[" })
      if !name.isEmpty, !names.contains(name) { names.append(name) }
    }
    return names
  }

  public func field(_ name: String, _ machine: Machine, at site: Site) throws(Diagnostic) -> Value? { part(name) }

  /// The leaf at `step`, or the tree of all leaves below it.
  func part(_ step: String) -> Value? {
    if let position = paths.firstIndex(of: step) { return values[position] }
    let below = paths.indices.filter { paths[$0].hasPrefix(step + ".") || paths[$0].hasPrefix(step + "[") }
    guard !below.isEmpty else { return nil }
    return .object(
      TreeValue(
        parameters: below.map { parameters[$0] },
        paths: below.map { String(paths[$0].dropFirst(step.count).drop { $0 == "." }) },
        values: below.map { values[$0] }))
  }

  /// The number of parts of a chain, 0 for the tree of a layer.
  var partCount: Int {
    1 + (paths.compactMap { $0.hasPrefix("[") ? Int($0.dropFirst().prefix { $0 != "]" }) : nil }.max() ?? -1)
  }

  public func displayText(_ machine: Machine?) -> String {
    let parts = zip(paths, values).map { "\($0): \($1.tensorType?.shape.description ?? $1.kindName)" }
    return "tree(" + parts.joined(separator: ", ") + ")"
  }
}

extension OptimizerValue: HasFields {
  public var fieldNames: [String] { ["groups", "rate", "start", "step", "steps"] }

  public func field(_ name: String, _ machine: Machine, at site: Site) throws(Diagnostic) -> Value? {
    switch name {
    case "groups": groups
    case "rate": rate
    case "start": start
    case "step": step
    case "steps": .int(updateCount)
    default: nil
    }
  }
}
