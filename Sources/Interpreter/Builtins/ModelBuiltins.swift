import Diagnostics
import SourceText
import TensorRuntime
import TensorTypes

/// Models and optimizers.
enum ModelBuiltins {
  static let builtins: [Builtin] = [
    Builtin(
      "optimizer",
      [
        .init("start"), .init("step"), .init("rate", default: Value.none),
        .init("groups", default: Value.object(ListValue([]))),
      ],
      """
      An optimizer from two functions: `start: p -> state` and `step: (p, gradient, state, t) -> (new p, new state)`,
      where t counts the steps of that parameter from 1. `rate`, a number or a schedule, can be read as `opt.rate`, the
      names of parameters that it treats by themselves as `opt.groups`: one that wraps another passes both on.
      """
    ) { (call) in
      .object(
        OptimizerValue(
          start: call.arguments[0], step: call.arguments[1], rate: call.arguments[2], groups: call.arguments[3]))
    },
    Builtin(
      "update", [.init("model"), .init("optimizer"), .init("gradients")],
      "One step of the optimizer on every parameter that has a gradient."
    ) { (call) throws(Diagnostic) in
      guard case .object(let object) = call.arguments[1], let optimizer = object as? OptimizerValue else {
        throw .wrongKind(found: call.arguments[1].kindName, expected: "an optimizer", at: call.site.operand(1))
      }
      guard case .object(let other) = call.arguments[2], let gradients = other as? TreeValue else {
        throw .wrongKind(found: call.arguments[2].kindName, expected: "the gradients of a model", at: call.site.operand(2))
      }
      try call.machine.update(call.arguments[0], optimizer, gradients, at: call.site)
      return .none
    },
    Builtin(
      "updated_parameter", [],
      """
      In `start` and `step` of an optimizer: the path of the parameter, as `parameters(net)` names it (`[0].weight`,
      `head.offset`). None elsewhere.
      """
    ) { (call) in call.machine.tensors.updatedParameter.map { .object(TextValue($0)) } ?? .none },
    Builtin(
      "optimizer_states", [.init("model"), .init("optimizer"), .init("read")],
      """
      `read(state)` of what the optimizer keeps for each learned parameter of the model that it has met, as a tree:
      `optimizer_states(net, opt, s -> s.m)`.
      """
    ) { (call) throws(Diagnostic) in
      var (parameters, paths, values): ([Parameter], [String], [Value]) = ([], [], [])
      for (parameter, path, state) in try states(call) {
        parameters.append(parameter)
        paths.append(path)
        values.append(try call.machine.call(call.arguments[2], [state.value], at: call.site))
      }
      return .object(TreeValue(parameters: parameters, paths: paths, values: values))
    },
    Builtin(
      "change_states", [.init("model"), .init("optimizer"), .init("change")],
      "Sets what the optimizer keeps for each learned parameter of the model that it has met to `change(state)`."
    ) { (call) throws(Diagnostic) in
      guard call.machine.tensors.current == nil else { throw .updateInsideTransform(at: call.site.span) }
      for (_, _, state) in try states(call) {
        state.set(try call.machine.call(call.arguments[2], [state.value], at: call.site))
      }
      return .none
    },
    Builtin("copy", [.init("model")], "Another model with the same layers and copies of the parameters.") {
      (call) throws(Diagnostic) in
      try call.machine.requireModel(call.arguments[0], at: call.site)
      var copier = ModelCopier()
      return copier.copy(call.arguments[0])
    },
    Builtin("freeze", [.init("model")], "Keeps the parameters of a model, or of a part of it, out of updates.") {
      (call) throws(Diagnostic) in try call.machine.setFrozen(call.arguments[0], true, at: call.site)
    },
    Builtin("unfreeze", [.init("model")], "Lets a model, or a part of it, learn again.") {
      (call) throws(Diagnostic) in try call.machine.setFrozen(call.arguments[0], false, at: call.site)
    },
    Builtin(
      "parameters", [.init("model")],
      "The parameters made so far: a list of records {path, value, trainable}."
    ) { (call) throws(Diagnostic) in
      try call.machine.requireModel(call.arguments[0], at: call.site)
      let rows = ModelTree(call.arguments[0]).parameters.map { entry -> Value in
        .object(
          RecordValue(
            names: ["path", "value", "trainable"],
            values: [
              .object(TextValue(entry.path)),
              .object(TensorValue(entry.parameter.tensor, origin: entry.parameter.madeAt)),
              .bool(!entry.parameter.isState && !entry.isFrozen),
            ]))
      }
      return .object(ListValue(rows))
    },
    Builtin(
      "weights", [.init("model")],
      """
      The learned parameters as a tree: `weights(net).head.weight`, `sum(leaf ^ 2)` over `leaves(weights(net))`. Frozen ones
      are left out. Under `grad` with respect to the model they are differentiated.
      """
    ) { (call) throws(Diagnostic) in
      try call.machine.requireModel(call.arguments[0], at: call.site)
      return try call.machine.weightTree(of: call.arguments[0], at: call.site)
    },
    Builtin(
      "assign", [.init("model"), .init("tree")],
      "Sets parameters of a model to the values of a tree, by their paths: `assign(net, 0.5 * weights(net))`."
    ) { (call) throws(Diagnostic) in
      guard case .object(let object) = call.arguments[1], let tree = object as? TreeValue else {
        throw .wrongKind(found: call.arguments[1].kindName, expected: "a tree as `weights` gives it", at: call.site.operand(1))
      }
      try call.machine.assign(tree, to: call.arguments[0], at: call.site)
      return .none
    },
    Builtin("parameter_count", [.init("model")], "The number of learned numbers made so far.") {
      (call) throws(Diagnostic) in
      try call.machine.requireModel(call.arguments[0], at: call.site)
      return .int(
        ModelTree(call.arguments[0]).parameters.filter { !$0.parameter.isState }.reduce(0) {
          $0 + $1.parameter.tensor.count
        })
    },
    Builtin(
      "layers_of", [.init("model"), .init("x")],
      "The layers that x passes through: a list of records {path, name, output, parameters}."
    ) { (call) throws(Diagnostic) in
      try call.machine.requireModel(call.arguments[0], at: call.site)
      let rows = try call.machine.layers(of: call.arguments[0], for: call.arguments[1], at: call.site)
      return .object(
        ListValue(
          rows.map { row in
            .object(
              RecordValue(
                names: ["path", "name", "output", "parameters"],
                values: [
                  .object(TextValue(row.path)), .object(TextValue(row.name)),
                  row.output.map { .object(ListValue($0.shape.sizes.map(Value.int))) } ?? .none, .int(row.parameterCount),
                ]))
          }))
    },
    Builtin(
      "restore", [.init("model"), .init("saved")],
      "Sets the parameters and states of a model to those of a copy of it: `restore(net, best)`."
    ) { (call) throws(Diagnostic) in
      try call.machine.assignParameters(of: call.arguments[0], from: call.arguments[1], at: call.site)
      return .none
    },
  ]

  /// What the optimizer, the second argument, keeps for the parameters of the model, the first.
  private static func states(_ call: BuiltinCall) throws(Diagnostic)
    -> [(parameter: Parameter, path: String, state: OptimizerState)]
  {
    try call.machine.requireModel(call.arguments[0], at: call.site)
    guard case .object(let object) = call.arguments[1], let optimizer = object as? OptimizerValue else {
      throw .wrongKind(found: call.arguments[1].kindName, expected: "an optimizer", at: call.site.operand(1))
    }
    return ModelTree(call.arguments[0]).parameters.compactMap { entry in
      optimizer.state(of: entry.parameter).map { (entry.parameter, entry.path, $0) }
    }
  }
}

extension Machine {
  func requireModel(_ value: Value, at site: Site) throws(Diagnostic) {
    guard value.holdsModel else { throw .notAModel(found: value.kindName, at: site.operand(0)) }
  }

  func setFrozen(_ value: Value, _ isFrozen: Bool, at site: Site) throws(Diagnostic) -> Value {
    try requireModel(value, at: site)
    for entry in ModelTree(value).models { entry.model.isFrozen = isFrozen }
    tensors.freezeVersion += 1
    return value
  }

  /// The trainable parameters of a model as a tree.
  func parameterTree(of value: Value) -> Value {
    let entries = ModelTree(value).parameters.filter { !$0.parameter.isState && !$0.isFrozen }
    return .object(
      TreeValue(
        parameters: entries.map(\.parameter), paths: entries.map(\.path),
        values: entries.map { .object(TensorValue($0.parameter.tensor, origin: $0.parameter.madeAt)) }))
  }

  /// The trainable parameters as a tree of what they are here: in a trace, values of its graph.
  func weightTree(of value: Value, at site: Site) throws(Diagnostic) -> Value {
    var parameters: [Parameter] = []
    var paths: [String] = []
    var values: [Value] = []
    for entry in ModelTree(value).models where !entry.model.isFrozen {
      for case .some(let parameter) in entry.model.parameters where !parameter.isState {
        parameters.append(parameter)
        paths.append(entry.path.isEmpty ? parameter.name : "\(entry.path).\(parameter.name)")
        values.append(try self.value(of: parameter, in: entry.model, at: site))
      }
    }
    return .object(TreeValue(parameters: parameters, paths: paths, values: values))
  }

  /// All or nothing: every path and shape is checked before the first parameter changes.
  func assign(_ tree: TreeValue, to target: Value, at site: Site) throws(Diagnostic) {
    try requireModel(target, at: site)
    guard tensors.current == nil else { throw .updateInsideTransform(at: site.span) }
    let own = ModelTree(target).parameters
    var changes: [(parameter: Parameter, tensor: Tensor)] = []
    for (path, value) in zip(tree.paths, tree.values) {
      guard let entry = own.first(where: { $0.path == path }), case .object(let object) = value,
        let tensor = object as? TensorValue, tensor.tensor.type == entry.parameter.tensor.type
      else { throw .modelsDiffer(at: site.span) }
      changes.append((entry.parameter, tensor.tensor))
    }
    for change in changes { change.parameter.tensor = change.tensor }
  }

  func assignParameters(of target: Value, from source: Value, at site: Site) throws(Diagnostic) {
    try requireModel(target, at: site)
    try requireModel(source, at: Site(span: site.operand(1)))
    let (to, from) = (ModelTree(target).parameters, ModelTree(source).parameters)
    guard to.count == from.count else { throw .modelsDiffer(at: site.span) }
    for (a, b) in zip(to, from) {
      guard a.path == b.path, a.parameter.tensor.type == b.parameter.tensor.type else {
        throw .modelsDiffer(at: site.span)
      }
    }
    for (a, b) in zip(to, from) { a.parameter.tensor = b.parameter.tensor }
  }
}

/// Copies models with their parts; a part used twice stays one part.
struct ModelCopier {
  private var copies: [ObjectIdentifier: ModelValue] = [:]

  mutating func copy(_ value: Value) -> Value {
    guard case .object(let object) = value else { return value }
    switch object {
    case let model as ModelValue:
      if let known = copies[ObjectIdentifier(model)] { return .object(known) }
      let twin = ModelValue(definition: model.definition, fields: [])
      copies[ObjectIdentifier(model)] = twin
      twin.fields = model.fields.map { copy($0) }
      twin.isFrozen = model.isFrozen
      twin.parameters = model.parameters.map { parameter in
        parameter.map {
          Parameter(name: $0.name, isState: $0.isState, tensor: $0.tensor, madeAt: $0.madeAt)
        }
      }
      return .object(twin)
    case let chain as CompositionValue: return .object(CompositionValue(parts: chain.parts.map { copy($0) }))
    case let list as ListValue where value.holdsModel: return .object(ListValue(list.elements.map { copy($0) }))
    default: return value
    }
  }
}
