import Diagnostics
import Files
import ModelFiles
import SourceText
import TensorRuntime

/// The state of a training run as one safetensors file: models and optimizers of a record are filled in place when it is
/// read, everything else comes back as it was.
enum RunArchive {
  static let key = "mdl.run"

  static func write(_ run: Value, to path: String, _ machine: Machine, at site: Site) throws(Diagnostic) {
    let objects = RunObjects(run)
    var encoder = ValueEncoder(machine: machine, site: site)
    encoder.reference = { (object, path) in objects.contains(object) ? .object([.init("object", .text(path))]) : nil }
    var document = try encoder.document(of: run).members ?? []
    var parameters: [JSON.Member] = []
    for entry in objects.parameters {
      parameters.append(.init(entry.path, .text(encoder.add(entry.parameter.tensor, path: entry.path))))
    }
    document.append(.init("parameters", .object(parameters)))
    var optimizers: [JSON.Member] = []
    for (path, optimizer) in objects.optimizers {
      var states: [JSON] = []
      for entry in objects.parameters {
        guard let state = optimizer.state(of: entry.parameter) else { continue }
        states.append(
          .object([
            .init("parameter", .text(entry.path)), .init("steps", .int(state.stepCount)),
            .init("state", try encoder.encode(state.value, path: "\(path).\(entry.path)")),
          ]))
      }
      optimizers.append(.init(path, .object([.init("updates", .int(optimizer.updateCount)), .init("states", .list(states))])))
    }
    document.append(.init("optimizers", .object(optimizers)))
    document.append(
      .init("steps", .object(objects.roots.map { .init($0.path, .int($0.root.trainingStep)) })))
    try machine.located(site) { () throws(Diagnostic) in
      try SafeTensors.write(path, tensors: encoder.tensors, metadata: [(key, JSON.object(document).encoded())])
    }
  }

  static func read(_ path: String, into run: Value, _ machine: Machine, at site: Site) throws(Diagnostic) -> Value {
    let (document, tensors) = try ModelArchive.contents(of: path, key: key, at: site)
    let objects = RunObjects(run)
    for root in objects.modelRoots { machine.assignAddresses(to: root) }
    var decoder = try ValueDecoder(machine: machine, path: path, document: document, tensors: tensors, site: site)
    decoder.referred = { objects.value(at: $0) }
    let value = try decoder.decode(document["value"] ?? .null)
    // Nothing is changed before everything has been read.
    var filled: [(ModelValue, Int, Tensor, String)] = []
    for member in document["parameters"]?.members ?? [] {
      guard let (model, slot) = objects.slot(of: member.name) else {
        throw .damagedModel(path, found: "`\(member.name)`, which this model does not have", at: site.span)
      }
      filled.append((model, slot, try decoder.tensor(named: member.value.text), member.name))
    }
    var states: [(OptimizerValue, String, Value, Int)] = []
    for member in document["optimizers"]?.members ?? [] {
      guard case .object(let object)? = objects.value(at: member.name), let optimizer = object as? OptimizerValue else {
        throw .damagedModel(path, found: "the optimizer `\(member.name)`, which this run does not have", at: site.span)
      }
      for state in member.value["states"]?.list ?? [] {
        states.append(
          (
            optimizer, state["parameter"]?.text ?? "", try decoder.decode(state["state"] ?? .null),
            state["steps"]?.int ?? 0
          ))
      }
      optimizer.setUpdateCount(member.value["updates"]?.int ?? 0)
    }
    var byPath: [String: Parameter] = [:]
    for (model, slot, tensor, path) in filled {
      if let parameter = model.parameters[slot], parameter.tensor.type == tensor.type {
        parameter.tensor = tensor
      } else {
        model.parameters[slot] = Parameter(
          name: model.definition.parameterNames[slot], isState: model.definition.isState[slot], tensor: tensor,
          madeAt: site.span)
      }
      byPath[path] = model.parameters[slot]
    }
    for (optimizer, path, state, steps) in states {
      if let parameter = byPath[path] { optimizer.begin(parameter, state: state, stepCount: steps) }
    }
    for member in document["steps"]?.members ?? [] {
      for root in objects.roots where root.path == member.name { root.root.trainingStep = member.value.int ?? 0 }
    }
    return value
  }
}

/// The models and optimizers that a run record holds, by their paths in it.
private struct RunObjects {
  private(set) var modelRoots: [Value] = []
  private(set) var optimizers: [(path: String, optimizer: OptimizerValue)] = []
  private var paths: [String: Value] = [:]
  private var models: [(model: ModelValue, path: String)] = []
  private var identities: Set<ObjectIdentifier> = []

  init(_ run: Value) { walk(run, path: "") }

  private mutating func walk(_ value: Value, path: String) {
    guard case .object(let object) = value else { return }
    switch object {
    case let record as RecordValue:
      for (name, field) in zip(record.names, record.values) { walk(field, path: path.isEmpty ? name : "\(path).\(name)") }
    case is ModelValue, is CompositionValue:
      guard identities.insert(ObjectIdentifier(object)).inserted else { return }
      paths[path] = value
      modelRoots.append(value)
      for (model, inner) in ModelTree(value).models {
        let dot = inner.isEmpty || inner.hasPrefix("[") ? "" : "."
        models.append((model, path + dot + inner))
      }
    case let optimizer as OptimizerValue:
      identities.insert(ObjectIdentifier(object))
      paths[path] = value
      optimizers.append((path, optimizer))
    default: break
    }
  }

  func contains(_ object: HeapObject) -> Bool { identities.contains(ObjectIdentifier(object)) }
  func value(at path: String) -> Value? { paths[path] }

  var parameters: [(parameter: Parameter, path: String)] {
    models.flatMap { entry in entry.model.parameters.compactMap { each in each.map { ($0, "\(entry.path).\($0.name)") } } }
  }

  var roots: [(path: String, root: ModelRoot)] {
    models.compactMap { entry in entry.model.root.map { (entry.path, $0) } }
  }

  func slot(of path: String) -> (ModelValue, Int)? {
    for (model, prefix) in models {
      for (slot, name) in model.definition.parameterNames.enumerated() where path == "\(prefix).\(name)" {
        return (model, slot)
      }
    }
    return nil
  }
}
