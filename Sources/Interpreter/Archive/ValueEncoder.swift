import Diagnostics
import Files
import SourceText
import TensorRuntime

/// Turns values, models included, into JSON for a file's metadata; tensors go beside it, by name.
struct ValueEncoder {
  let machine: Machine
  let site: Site
  private(set) var tensors: [(name: String, tensor: Tensor)] = []
  /// Those of them that a model learns, in contrast to states and hyperparameters.
  private(set) var learned: Set<String> = []
  /// Definitions of the user's that the values need, in an order in which they can be run.
  private(set) var definitions = DefinitionCollector()
  private var models: [ObjectIdentifier: Int] = [:]
  private var encodedModels: [JSON] = []
  /// Asked first: objects that are only referred to, not written.
  var reference: ((HeapObject, String) -> JSON?)?
  private var usedNames: Set<String> = []

  init(machine: Machine, site: Site) {
    self.machine = machine
    self.site = site
  }

  /// Everything but the tensors: the value, its models and the source of their layers.
  mutating func document(of value: Value, path: String = "") throws(Diagnostic) -> JSON {
    let root = try encode(value, path: path)
    return .object([
      .init("value", root), .init("models", .list(encodedModels)),
      .init("source", .text(definitions.source(in: machine))),
    ])
  }

  mutating func encode(_ value: Value, path: String) throws(Diagnostic) -> JSON {
    switch value {
    case .none: return .null
    case .bool(let truth): return .bool(truth)
    case .int(let number): return .int(number)
    case .float(let number): return number.isFinite ? .number(number) : .object([.init("float", .text("\(number)"))])
    case .object(let object): return try encode(object, path: path)
    }
  }

  private mutating func encode(_ object: HeapObject, path: String) throws(Diagnostic) -> JSON {
    if let known = reference?(object, path) { return known }
    switch object {
    case let text as TextValue: return .text(text.text)
    case let list as ListValue: return .list(try encode(all: list.elements, path: path))
    case let tuple as TupleValue: return .object([.init("tuple", .list(try encode(all: tuple.elements, path: path)))])
    case let record as RecordValue:
      var members: [JSON.Member] = []
      for (name, value) in zip(record.names, record.values) {
        members.append(.init(name, try encode(value, path: path.isEmpty ? name : "\(path).\(name)")))
      }
      return .object([.init("record", .object(members))])
    case let dict as DictValue:
      var pairs: [JSON] = []
      for (key, value) in zip(dict.keys, dict.values) {
        pairs.append(.list([try encode(key, path: path), try encode(value, path: path)]))
      }
      return .object([.init("dict", .list(pairs))])
    case let range as RangeValue: return .object([.init("range", .list([.int(range.lower), .int(range.upper)]))])
    case let tensor as TensorValue: return .object([.init("tensor", .text(add(tensor.tensor, path: path)))])
    case let model as ModelValue: return .object([.init("model", .int(try encode(model, path: path)))])
    case let chain as CompositionValue:
      var parts: [JSON] = []
      for (index, part) in chain.parts.enumerated() { parts.append(try encode(part, path: "\(path)[\(index)]")) }
      return .object([.init("chain", .list(parts))])
    case let builtin as BuiltinValue: return .object([.init("function", .text(builtin.builtin.name))])
    case let function as FunctionValue: return try encode(function)
    case let layer as LayerValue:
      definitions.add(layer: layer, in: machine)
      return .object([.init("function", .text(layer.name))])
    default: throw .notSavable(Value.object(object).kindName, path: path, at: site.span)
    }
  }

  private mutating func encode(all values: [Value], path: String) throws(Diagnostic) -> [JSON] {
    var result: [JSON] = []
    for (index, value) in values.enumerated() { result.append(try encode(value, path: "\(path)[\(index)]")) }
    return result
  }

  private mutating func encode(_ model: ModelValue, path: String) throws(Diagnostic) -> Int {
    if let known = models[ObjectIdentifier(model)] { return known }
    let index = encodedModels.count
    models[ObjectIdentifier(model)] = index
    encodedModels.append(.null)
    definitions.add(layer: model.definition, in: machine)
    var fields: [JSON.Member] = []
    for (name, field) in zip(model.definition.fieldNames, model.fields) {
      fields.append(.init(name, try encode(field, path: path.isEmpty ? name : "\(path).\(name)")))
    }
    var parameters: [JSON.Member] = []
    for (name, parameter) in zip(model.definition.parameterNames, model.parameters) {
      guard let parameter else { continue }
      let stored = add(parameter.tensor, path: path.isEmpty ? name : "\(path).\(name)")
      if !parameter.isState { learned.insert(stored) }
      parameters.append(.init(name, .text(stored)))
    }
    encodedModels[index] = .object([
      .init("layer", .text(model.definition.name)), .init("fields", .object(fields)),
      .init("parameters", .object(parameters)), .init("frozen", .bool(model.isFrozen)),
    ])
    return index
  }

  /// A function by its name, with the source of the user's; a lambda by its own source.
  private mutating func encode(_ function: FunctionValue) throws(Diagnostic) -> JSON {
    let name = function.prototype.name
    if !name.isEmpty, function.captures.isEmpty {
      definitions.add(function: function, in: machine)
      return .object([.init("function", .text(name))])
    }
    let source = machine.sources.text(of: function.prototype.span)
    guard function.captures.isEmpty, function.receiver == nil, !source.isEmpty else {
      throw .closureNotSavable(at: site.span, written: function.prototype.span)
    }
    definitions.addNames(in: function.prototype.span, of: machine)
    return .object([.init("lambda", .text(source))])
  }

  mutating func add(_ tensor: Tensor, path: String) -> String {
    let base = path.isEmpty ? "value" : path
    var name = base
    var number = 2
    while !usedNames.insert(name).inserted {
      name = "\(base)#\(number)"
      number += 1
    }
    tensors.append((name, tensor))
    return name
  }
}
