import SourceText
import TensorRuntime
import TensorTypes

/// The structure of a value as integers: code, kinds, dtypes and shapes, but not the numbers in it. Equal signatures
/// may share a compiled program; the leaves are its inputs.
struct TraceKey: Hashable {
  var words: [Int] = []
  var texts: [String] = []
  /// Objects whose identity is part of the key.
  var objects: [ObjectIdentifier] = []
}

/// Walks a value in the order of `LeafMap`.
struct TraceKeyWalker {
  var key = TraceKey()
  var leaves: [Leaf] = []
  /// Objects that a cached program has to watch: it dies with them.
  var objects: [HeapObject] = []
  /// Functions and cells met so far: few.
  private var visited: [ObjectIdentifier] = []

  /// Empty again, with the memory it has.
  mutating func clear() {
    clearKey()
    leaves.removeAll(keepingCapacity: true)
  }

  mutating func clearKey() {
    key.words.removeAll(keepingCapacity: true)
    key.texts.removeAll(keepingCapacity: true)
    key.objects.removeAll(keepingCapacity: true)
    objects.removeAll(keepingCapacity: true)
    visited.removeAll(keepingCapacity: true)
  }

  private mutating func isFirstVisit(_ object: HeapObject) -> Bool {
    let id = ObjectIdentifier(object)
    if visited.contains(id) { return false }
    visited.append(id)
    return true
  }

  mutating func walk(_ value: Value) {
    switch value {
    case .none: key.words.append(0)
    case .bool(let truth): key.words.append(truth ? 2 : 1)
    case .int(let number):
      key.words.append(3)
      leaves.append(.int(number))
    case .float(let number):
      key.words.append(4)
      leaves.append(.float(number))
    case .object(let object): walk(object)
    }
  }

  private mutating func walk(_ object: HeapObject) {
    key.words.append(8 + Int(object.kind.rawValue))
    switch object {
    case let tensor as TensorValue:
      key.words.append(Int(tensor.tensor.dtype.rawValue) + 16 * Int(tensor.mark.rawValue))
      key.words.append(tensor.tensor.shape.rank)
      key.words.append(contentsOf: tensor.tensor.shape.sizes)
      leaves.append(.tensor(tensor.tensor))
    case let text as TextValue: key.texts.append(text.text)
    case let range as RangeValue: key.words += [range.lower, range.upper]
    case let list as ListValue: walk(all: list.elements)
    case let tuple as TupleValue: walk(all: tuple.elements)
    case let record as RecordValue:
      key.texts += record.names
      walk(all: record.values)
    case let tree as TreeValue:
      for parameter in tree.parameters { key.objects.append(ObjectIdentifier(parameter)) }
      walk(all: tree.values)
    case let dict as DictValue:
      for name in dict.keys { walk(name: name) }
      walk(all: dict.values)
    case let function as FunctionValue:
      key.objects.append(ObjectIdentifier(function.prototype))
      if let receiver = function.receiver { walk(receiver) }
      guard !function.captures.isEmpty, isFirstVisit(function) else { return }
      walk(all: function.captures)
    case let cell as CellValue:
      guard isFirstVisit(cell) else { return }
      walk(cell.value)
    case let composition as CompositionValue:
      // The chain's own identity only where it has state: models; plain functions are walked.
      walk(all: composition.parts)
    case let transformed as TransformedValue:
      key.words.append(transformed.transform.keyWord)
      walk(transformed.function)
    default:
      key.objects.append(ObjectIdentifier(object))
      objects.append(object)
    }
  }

  /// Keys of a dict are structure: their numbers are compared, not read anew.
  private mutating func walk(name value: Value) {
    switch value {
    case .none: key.words.append(0)
    case .bool(let truth): key.words.append(truth ? 2 : 1)
    case .int(let number): key.words += [3, number]
    case .float(let number): key.words += [4, Int(truncatingIfNeeded: number.bitPattern)]
    case .object(let object):
      switch object {
      case let text as TextValue: key.texts.append(text.text)
      case let tuple as TupleValue: for part in tuple.elements { walk(name: part) }
      default: walk(object)
      }
    }
  }

  private mutating func walk(all values: [Value]) {
    key.words.append(values.count)
    for value in values { walk(value) }
  }
}

/// A number or tensor that a compiled call reads anew at each run.
enum Leaf {
  case int(Int)
  case float(Double)
  case tensor(Tensor)

  /// As an input of a program: numbers are rank-0 i64 or f64.
  func asTensor() throws(MemoryProblem) -> Tensor {
    switch self {
    case .int(let number): try .from([number], dtype: .i64, shape: .scalar)
    case .float(let number): try .from([number], dtype: .f64, shape: .scalar)
    case .tensor(let tensor): tensor
    }
  }

  /// A program's output; one that stands for a number of the host is that number.
  init(_ tensor: Tensor, isHostNumber: Bool) {
    guard isHostNumber, let number = tensor.hostNumber else {
      self = .tensor(tensor)
      return
    }
    switch number {
    case .int(let value): self = .int(value)
    case .float(let value): self = .float(value)
    default: self = .tensor(tensor)
    }
  }

  var type: TensorType {
    switch self {
    case .int: TensorType(.i64, .scalar)
    case .float: TensorType(.f64, .scalar)
    case .tensor(let tensor): tensor.type
    }
  }

  func value(mark: ValueKind, origin: Span) -> Value {
    switch self {
    case .int(let number): .int(number)
    case .float(let number): .float(number)
    case .tensor(let tensor): .object(TensorValue(tensor, mark: mark, origin: origin))
    }
  }
}
