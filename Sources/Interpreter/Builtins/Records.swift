import Diagnostics
import SourceText

enum RecordBuiltins {
  static let all: [Builtin] = [
    Builtin("record", [.init("pairs")], "A record from (name, value) pairs, or from a dict with texts as keys.") {
      (call) throws(Diagnostic) in
      var names: [String] = []
      var values: [Value] = []
      var pairs = [Value]()
      if let dict = call.arguments[0].object(as: DictValue.self) {
        pairs = zip(dict.keys, dict.values).map { .tuple([$0, $1]) }
      } else {
        pairs = try call.elements(0)
      }
      for pair in pairs {
        guard let (name, value) = pair.pair, let name = name.object(as: TextValue.self)?.text else {
          throw .notAPair(found: pair.kindName, at: call.place(0))
        }
        if let known = names.firstIndex(of: name) {
          values[known] = value
        } else {
          names.append(name)
          values.append(value)
        }
      }
      return .object(RecordValue(names: names, values: values))
    },
    Builtin("fields", [.init("r")], "The (name, value) pairs of a record in order.") { (call) throws(Diagnostic) in
      guard let record = call.arguments[0].object(as: RecordValue.self) else { throw call.wrongKind(0, "a record") }
      return .list(zip(record.names, record.values).map { .tuple([.text($0), $1]) })
    },
    Builtin(
      "has_field", [.init("r"), .init("name")],
      "Whether a record has a field, or a model a part, hyperparameter, parameter or function of that name."
    ) { (call) throws(Diagnostic) in
      let name = try call.textArgument(1)
      switch call.arguments[0] {
      case .object(let record as RecordValue): return .bool(record.names.contains(name))
      case .object(let model as ModelValue): return .bool(model.definition.memberNames.contains(name))
      case .object(is CompositionValue): return .bool(false)
      default: throw call.wrongKind(0, "a record or model")
      }
    },
    Builtin("merge", [.init("r"), .init("changes")], "A record with the fields of both; those of `changes` count.") {
      (call) throws(Diagnostic) in
      guard let record = call.arguments[0].object(as: RecordValue.self) else { throw call.wrongKind(0, "a record") }
      guard let changes = call.arguments[1].object(as: RecordValue.self) else { throw call.wrongKind(1, "a record") }
      var names = record.names
      var values = record.values
      for (name, value) in zip(changes.names, changes.values) {
        if let position = names.firstIndex(of: name) {
          values[position] = value
        } else {
          names.append(name)
          values.append(value)
        }
      }
      return .object(RecordValue(names: names, values: values))
    },
  ]
}
