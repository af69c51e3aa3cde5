import Diagnostics
import SourceText

enum DictBuiltins {
  static let all: [Builtin] = [
    Builtin(
      "dict", [.init("pairs", default: .list([]))],
      "A dict from (key, value) pairs: `dict([(\"a\", 1)])`. Keys are numbers, texts, truth values or tuples of these."
    ) { (call) throws(Diagnostic) in
      let dict = DictValue()
      if let record = call.arguments[0].object(as: RecordValue.self) {
        for (name, value) in zip(record.names, record.values) { dict.set(.text(name), value) }
        return .object(dict)
      }
      for pair in try call.elements(0) {
        guard let (key, value) = pair.pair else { throw .notAPair(found: pair.kindName, at: call.place(0)) }
        guard dict.set(key, value) else { throw .notAKey(found: key.kindName, at: call.place(0)) }
      }
      return .object(dict)
    },
    Builtin("keys", [.init("d")], "The keys of a dict in order of insertion.") { (call) throws(Diagnostic) in
      .list(try call.dictArgument(0).keys)
    },
    Builtin("values", [.init("d")], "The values of a dict in order of insertion.") { (call) throws(Diagnostic) in
      .list(try call.dictArgument(0).values)
    },
    Builtin("items", [.init("d")], "The (key, value) pairs of a dict in order of insertion.") {
      (call) throws(Diagnostic) in
      let dict = try call.dictArgument(0)
      return .list(zip(dict.keys, dict.values).map { .tuple([$0, $1]) })
    },
    Builtin(
      "get", [.init("d"), .init("key"), .init("otherwise", default: .some(.none))],
      "The value of a key in a dict (or of a field in a record), or `otherwise`."
    ) { (call) throws(Diagnostic) in
      if let record = call.arguments[0].object(as: RecordValue.self) {
        return record.value(of: try call.textArgument(1)) ?? call.arguments[2]
      }
      guard call.arguments[1].keyHash != nil else {
        throw .notAKey(found: call.arguments[1].kindName, at: call.place(1))
      }
      return try call.dictArgument(0).value(of: call.arguments[1]) ?? call.arguments[2]
    },
    Builtin("has", [.init("d"), .init("key")], "Whether a dict has a key, or a record a field.") {
      (call) throws(Diagnostic) in
      if let record = call.arguments[0].object(as: RecordValue.self) {
        return .bool(record.names.contains(try call.textArgument(1)))
      }
      return .bool(try call.dictArgument(0).value(of: call.arguments[1]) != nil)
    },
  ]
}

extension Value {
  /// The two parts of a tuple or list of two.
  var pair: (Value, Value)? {
    switch self {
    case .object(let tuple as TupleValue) where tuple.elements.count == 2: (tuple.elements[0], tuple.elements[1])
    case .object(let list as ListValue) where list.elements.count == 2: (list.elements[0], list.elements[1])
    default: nil
    }
  }
}
