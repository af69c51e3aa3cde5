import SourceText
import TensorRuntime
import TensorTypes

/// A result with its leaves left open: filled from a program's outputs at each run.
indirect enum ResultTemplate {
  case constant(Value)
  case output(Int, mark: ValueKind, isHostNumber: Bool)
  case list([ResultTemplate])
  case tuple([ResultTemplate])
  case record([String], [ResultTemplate])
  case tree(TreeValue, [ResultTemplate])
  case dict(DictValue, [ResultTemplate])

  /// The structure of a value; its tensors and numbers are put behind `leaves`, in order.
  init(opening value: Value, _ leaves: inout [Leaf]) {
    func all(_ values: [Value]) -> [ResultTemplate] { values.map { ResultTemplate(opening: $0, &leaves) } }
    func open(_ leaf: Leaf, _ mark: ValueKind, isHostNumber: Bool) -> ResultTemplate {
      leaves.append(leaf)
      return .output(leaves.count - 1, mark: mark, isHostNumber: isHostNumber)
    }
    switch value {
    case .none, .bool: self = .constant(value)
    case .int(let number): self = open(.int(number), .plain, isHostNumber: true)
    case .float(let number): self = open(.float(number), .plain, isHostNumber: true)
    case .object(let object):
      switch object {
      case let tensor as TensorValue: self = open(.tensor(tensor.tensor), tensor.mark, isHostNumber: false)
      case let list as ListValue: self = .list(all(list.elements))
      case let tuple as TupleValue: self = .tuple(all(tuple.elements))
      case let record as RecordValue: self = .record(record.names, all(record.values))
      case let tree as TreeValue: self = .tree(tree, all(tree.values))
      case let dict as DictValue: self = .dict(dict, all(dict.values))
      default: self = .constant(value)
      }
    }
  }

  /// The value with each open leaf replaced.
  func filled(_ leaf: (_ output: Int, ValueKind, _ isHostNumber: Bool) -> Value) -> Value {
    func all(_ parts: [ResultTemplate]) -> [Value] { parts.map { $0.filled(leaf) } }
    switch self {
    case .constant(let value): return value
    case .output(let index, let mark, let isHostNumber): return leaf(index, mark, isHostNumber)
    case .list(let parts): return .object(ListValue(all(parts)))
    case .tuple(let parts): return .object(TupleValue(all(parts)))
    case .record(let names, let parts): return .object(RecordValue(names: names, values: all(parts)))
    case .tree(let tree, let parts): return .object(tree.with(values: all(parts)))
    case .dict(let dict, let parts):
      return .object(dict.copy(values: all(parts)))
    }
  }

  func build(_ outputs: [Tensor], at span: Span) -> Value {
    filled { output, mark, isHostNumber in
      let tensor = outputs[output]
      if isHostNumber, let number = tensor.hostNumber { return number }
      return .object(TensorValue(tensor, mark: mark, origin: span))
    }
  }

  /// The same with the outputs numbered in order, each use apart; nil when numbers are fixed in it. `outputs` gets those
  /// that were used.
  func renumbered(_ outputs: inout [(output: Int, isHostNumber: Bool)]) -> ResultTemplate? {
    func all(_ parts: [ResultTemplate]) -> [ResultTemplate]? {
      var result: [ResultTemplate] = []
      for part in parts {
        guard let part = part.renumbered(&outputs) else { return nil }
        result.append(part)
      }
      return result
    }
    switch self {
    case .constant(let value): return value.leaves().isEmpty ? self : nil
    case .output(let index, let mark, let isHostNumber):
      outputs.append((index, isHostNumber))
      return .output(outputs.count - 1, mark: mark, isHostNumber: isHostNumber)
    case .list(let parts): return all(parts).map { .list($0) }
    case .tuple(let parts): return all(parts).map { .tuple($0) }
    case .record(let names, let parts): return all(parts).map { .record(names, $0) }
    case .tree(let tree, let parts): return all(parts).map { .tree(tree, $0) }
    case .dict(let dict, let parts): return all(parts).map { .dict(dict, $0) }
    }
  }
}
