/// Any value of the language: 16 bytes, and nothing counted for none, truth values and numbers.
public enum Value {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case object(HeapObject)
}

/// Base of everything that lives on the heap. Subclasses are final; `kind` lets hot code switch without casts.
public class HeapObject {
  public final let kind: ObjectKind
  init(_ kind: ObjectKind) { self.kind = kind }
}

public enum ObjectKind: UInt8, Sendable {
  case text, list, tuple, record, dict, range
  case tensor, tracer
  case function, builtin, transformed, composition
  case layer, model, tree, optimizer, dataset, vocabulary, module
  case cell, iterator
}

extension Value {
  private func object<Object: HeapObject>(_ kind: ObjectKind, _: Object.Type) -> Object? {
    guard case .object(let object) = self, object.kind == kind else { return nil }
    // Every kind here has one final class.
    return unsafeDowncast(object, to: Object.self)
  }

  var text: TextValue? { object(.text, TextValue.self) }
  var list: ListValue? { object(.list, ListValue.self) }
  var tuple: TupleValue? { object(.tuple, TupleValue.self) }
  var record: RecordValue? { object(.record, RecordValue.self) }
  var dict: DictValue? { object(.dict, DictValue.self) }
  var function: FunctionValue? { object(.function, FunctionValue.self) }

  /// What messages call it: `Int`, `Float`, `Text`, `list`, `tensor`, ...
  public var kindName: String {
    switch self {
    case .none: "none"
    case .bool: "Bool"
    case .int: "Int"
    case .float: "Float"
    case .object(let object):
      switch object.kind {
      case .text: "Text"
      case .list: "list"
      case .tuple: "tuple"
      case .record: "record"
      case .dict: "dict"
      case .range: "range"
      case .tensor, .tracer: "tensor"
      case .function, .builtin, .transformed: "function"
      case .composition, .model: "model"
      case .layer: "layer"
      case .tree: "parameter tree"
      case .optimizer: "optimizer"
      case .dataset: "dataset"
      case .vocabulary: "vocabulary"
      case .module: "module"
      case .cell, .iterator: "cell"
      }
    }
  }
}
