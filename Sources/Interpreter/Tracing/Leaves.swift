import Diagnostics
import SourceText
import TensorRuntime
import TensorTypes

/// Rebuilds a value with each leaf (tensor, tracer or number) replaced. Containers and closures are walked; objects
/// (models, optimizers, datasets) stay as they are.
struct LeafMap {
  /// Called for `.int`, `.float`, tensors and tracers.
  let transform: (Value) throws(Diagnostic) -> Value
  /// Whether functions' captures are walked too.
  var entersFunctions = false
  /// Whether numbers count as leaves.
  var includesNumbers = true
  private var visited: [ObjectIdentifier: HeapObject] = [:]

  init(
    entersFunctions: Bool = false, includesNumbers: Bool = true,
    transform: @escaping (Value) throws(Diagnostic) -> Value
  ) {
    self.transform = transform
    self.entersFunctions = entersFunctions
    self.includesNumbers = includesNumbers
  }

  mutating func map(_ value: Value) throws(Diagnostic) -> Value {
    switch value {
    case .none, .bool: return value
    case .int, .float: return includesNumbers ? try transform(value) : value
    case .object(let object):
      switch object {
      case is TensorValue, is TracerValue: return try transform(value)
      case let list as ListValue: return .object(ListValue(try map(all: list.elements)))
      case let tuple as TupleValue: return .object(TupleValue(try map(all: tuple.elements)))
      case let record as RecordValue:
        return .object(RecordValue(names: record.names, values: try map(all: record.values)))
      case let tree as TreeValue: return .object(tree.with(values: try map(all: tree.values)))
      case let dict as DictValue:
        return .object(dict.copy(values: try map(all: dict.values)))
      case let function as FunctionValue where entersFunctions && !function.captures.isEmpty:
        if let known = visited[ObjectIdentifier(function)] { return .object(known) }
        let copy = FunctionValue(
          prototype: function.prototype, captures: function.captures, receiver: function.receiver)
        visited[ObjectIdentifier(function)] = copy
        copy.captures = try map(all: function.captures)
        return .object(copy)
      case let cell as CellValue where entersFunctions:
        if let known = visited[ObjectIdentifier(cell)] { return .object(known) }
        let copy = CellValue(.none)
        visited[ObjectIdentifier(cell)] = copy
        copy.value = try map(cell.value)
        copy.isSealed = true
        return .object(copy)
      case let composition as CompositionValue where entersFunctions:
        return .object(try map(composition))
      case let transformed as TransformedValue where entersFunctions:
        return .object(TransformedValue(transformed.transform, of: try map(transformed.function)))
      default: return value
      }
    }
  }

  private mutating func map(_ composition: CompositionValue) throws(Diagnostic) -> HeapObject {
    guard composition.parts.contains(where: { part in
      if case .object(let object) = part, object is FunctionValue { true } else { false }
    }) else { return composition }
    let copy = CompositionValue(parts: try map(all: composition.parts))
    copy.root = composition.root
    copy.original = composition.original ?? composition
    return copy
  }

  private mutating func map(all values: [Value]) throws(Diagnostic) -> [Value] {
    var result: [Value] = []
    result.reserveCapacity(values.count)
    for value in values { result.append(try map(value)) }
    return result
  }
}

extension Value {
  /// The leaves in the order in which `LeafMap` visits them, containers only.
  func leaves(includingNumbers: Bool = true) -> [Value] {
    var result: [Value] = []
    collectLeaves(into: &result, includingNumbers)
    return result
  }

  private func collectLeaves(into result: inout [Value], _ numbers: Bool) {
    switch self {
    case .none, .bool: break
    case .int, .float: if numbers { result.append(self) }
    case .object(let object):
      switch object {
      case is TensorValue, is TracerValue: result.append(self)
      case let list as ListValue: for value in list.elements { value.collectLeaves(into: &result, numbers) }
      case let tuple as TupleValue: for value in tuple.elements { value.collectLeaves(into: &result, numbers) }
      case let record as RecordValue: for value in record.values { value.collectLeaves(into: &result, numbers) }
      case let tree as TreeValue: for value in tree.values { value.collectLeaves(into: &result, numbers) }
      case let dict as DictValue: for value in dict.values { value.collectLeaves(into: &result, numbers) }
      default: break
      }
    }
  }
}
