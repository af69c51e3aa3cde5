import Diagnostics
import Files
import SourceText
import TensorRuntime

/// Reads what `ValueEncoder` wrote. Whatever does not fit is a diagnostic: the file may come from anywhere.
struct ValueDecoder {
  let machine: Machine
  let path: String
  let site: Site
  private let tensors: [String: Tensor]
  /// The names of the file's own definitions.
  private let module: Module?
  private let encodedModels: [JSON]
  private var models: [Int: ModelValue] = [:]
  private var depth = 0
  /// What a reference made by the encoder stands for.
  var referred: ((String) -> Value?)?

  init(machine: Machine, path: String, document: JSON, tensors: [String: Tensor], site: Site) throws(Diagnostic) {
    self.machine = machine
    self.path = path
    self.site = site
    self.tensors = tensors
    encodedModels = document["models"]?.list ?? []
    let source = document["source"]?.text ?? ""
    module = source.isEmpty ? nil : try machine.runDefinitions(source, name: path, at: site)
  }

  mutating func decode(_ json: JSON) throws(Diagnostic) -> Value {
    depth += 1
    defer { depth -= 1 }
    guard depth < 200 else { throw damaged("nested too deeply") }
    switch json {
    case .null: return .none
    case .bool(let truth): return .bool(truth)
    case .int(let number): return .int(number)
    case .number(let number): return .float(number)
    case .text(let text): return .object(TextValue(text))
    case .list(let items): return .object(ListValue(try decode(all: items)))
    case .object(let members):
      guard members.count >= 1 else { throw damaged("an empty object") }
      return try decode(tag: members[0].name, members[0].value)
    }
  }

  private mutating func decode(tag: String, _ content: JSON) throws(Diagnostic) -> Value {
    switch tag {
    case "float":
      guard let number = content.text.flatMap({ Double($0) }) else { throw damaged("a number that is none") }
      return .float(number)
    case "tuple": return .object(TupleValue(try decode(all: content.list ?? [])))
    case "record":
      let members = content.members ?? []
      return .object(RecordValue(names: members.map(\.name), values: try decode(all: members.map(\.value))))
    case "dict":
      let dict = DictValue()
      for pair in content.list ?? [] {
        guard let parts = pair.list, parts.count == 2 else { throw damaged("a dict entry that is no pair") }
        let shown = try decode(parts[0])
        guard dict.set(shown, try decode(parts[1])) else { throw damaged("a dict key that is none") }
      }
      return .object(dict)
    case "range":
      guard let bounds = content.list, bounds.count == 2, let lower = bounds[0].int, let upper = bounds[1].int else {
        throw damaged("a range without bounds")
      }
      return .object(RangeValue(lower: lower, upper: upper))
    case "tensor": return .object(TensorValue(try tensor(named: content.text), origin: site.span))
    case "model": return .object(try model(content.int))
    case "chain": return .object(CompositionValue(parts: try decode(all: content.list ?? [])))
    case "function": return try machine.definition(named: content.text ?? "", in: module, path: path, at: site)
    case "object":
      guard let path = content.text, let value = referred?(path) else { throw damaged("an object that is not there") }
      return value
    case "lambda": return try machine.lambda(content.text ?? "", in: module, path: path, at: site)
    default: throw damaged("the unknown kind `\(tag)`")
    }
  }

  private mutating func decode(all items: [JSON]) throws(Diagnostic) -> [Value] {
    var result: [Value] = []
    for item in items { result.append(try decode(item)) }
    return result
  }

  private mutating func model(_ index: Int?) throws(Diagnostic) -> ModelValue {
    guard let index, encodedModels.indices.contains(index) else { throw damaged("a model that is not there") }
    if let known = models[index] { return known }
    let encoded = encodedModels[index]
    let name = encoded["layer"]?.text ?? ""
    guard case .object(let object) = try machine.definition(named: name, in: module, path: path, at: site),
      let definition = object as? LayerValue
    else { throw damaged("`\(name)`, which is no layer") }
    let model = ModelValue(definition: definition, fields: [])
    models[index] = model
    var fields: [Value] = []
    for field in definition.fieldNames {
      guard let content = encoded["fields"]?[field] else { throw .layerChanged(name, field: field, path: path, at: site.span) }
      fields.append(try decode(content))
    }
    model.fields = fields
    model.isFrozen = encoded["frozen"]?.bool ?? false
    for member in encoded["parameters"]?.members ?? [] {
      guard let slot = definition.parameterNames.firstIndex(of: member.name) else {
        throw .layerChanged(name, field: member.name, path: path, at: site.span)
      }
      model.parameters[slot] = Parameter(
        name: member.name, isState: definition.isState[slot], tensor: try tensor(named: member.value.text),
        madeAt: site.span)
    }
    return model
  }

  func tensor(named name: String?) throws(Diagnostic) -> Tensor {
    guard let name, let tensor = tensors[name] else { throw damaged("the tensor `\(name ?? "")`, which is not in it") }
    return tensor
  }

  private func damaged(_ what: String) -> Diagnostic { .damagedModel(path, found: what, at: site.span) }
}
