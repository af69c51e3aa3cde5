/// Walks the parts of a model: fields of models and links of chains, each part once.
struct ModelTree {
  /// Models with their paths, in order of appearance.
  private(set) var models: [(model: ModelValue, path: String)] = []
  private var visited: Set<ObjectIdentifier> = []

  init(_ value: Value) { walk(value, path: "") }

  private mutating func walk(_ value: Value, path: String) {
    guard case .object(let object) = value else { return }
    switch object {
    case let model as ModelValue:
      guard visited.insert(ObjectIdentifier(model)).inserted else { return }
      models.append((model, path))
      for (name, field) in zip(model.definition.fieldNames, model.fields) {
        walk(field, path: path.isEmpty ? name : "\(path).\(name)")
      }
    case let chain as CompositionValue:
      for (index, part) in chain.parts.enumerated() { walk(part, path: "\(path)[\(index)]") }
    case let list as ListValue:
      for (index, part) in list.elements.enumerated() { walk(part, path: "\(path)[\(index)]") }
    case let tuple as TupleValue:
      for (index, part) in tuple.elements.enumerated() { walk(part, path: "\(path)[\(index)]") }
    case let record as RecordValue:
      for (name, field) in zip(record.names, record.values) { walk(field, path: path.isEmpty ? name : "\(path).\(name)") }
    default: break
    }
  }

  /// Every parameter and state made so far, with its path.
  var parameters: [(parameter: Parameter, path: String, isFrozen: Bool)] {
    models.flatMap { entry in
      entry.model.parameters.compactMap { parameter in
        parameter.map {
          ($0, entry.path.isEmpty ? $0.name : "\(entry.path).\($0.name)", entry.model.isFrozen)
        }
      }
    }
  }
}

extension Value {
  /// A model, a chain, or a container that holds one.
  var holdsModel: Bool { !ModelTree(self).models.isEmpty }
}
