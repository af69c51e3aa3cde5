import Diagnostics
import SourceText

/// Gives the elements of a loop one after the other.
public class ValueIterator: HeapObject {
  public init() { super.init(.cell) }
  /// The next element, or nil at the end.
  public func next(_ machine: Machine) throws(Diagnostic) -> Value? { nil }
}

/// Objects that `for` runs over beside the containers: batches of a dataset and the like.
public protocol Iterable: HeapObject {
  func makeIterator(_ machine: Machine, at site: Site) throws(Diagnostic) -> ValueIterator
}

private final class ArrayIterator: ValueIterator {
  private let elements: [Value]
  private var position = 0
  init(_ elements: [Value]) { self.elements = elements }
  override func next(_ machine: Machine) throws(Diagnostic) -> Value? {
    guard position < elements.count else { return nil }
    position += 1
    return elements[position - 1]
  }
}

private final class RangeIterator: ValueIterator {
  private var position: Int
  private let end: Int
  init(_ range: RangeValue) {
    position = range.lower
    end = range.upper
  }
  override func next(_ machine: Machine) throws(Diagnostic) -> Value? {
    guard position < end else { return nil }
    position += 1
    return .int(position - 1)
  }
}

private final class TextIterator: ValueIterator {
  private var rest: Substring
  init(_ text: String) { rest = text[...] }
  override func next(_ machine: Machine) throws(Diagnostic) -> Value? {
    rest.popFirst().map { .object(TextValue(String($0))) }
  }
}

/// Rows of a tensor.
private final class RowIterator: ValueIterator {
  private let tensor: Value
  private let count: Int
  private let site: Site
  private var position = 0
  init(_ tensor: Value, count: Int, site: Site) {
    self.tensor = tensor
    self.count = count
    self.site = site
  }
  override func next(_ machine: Machine) throws(Diagnostic) -> Value? {
    guard position < count else { return nil }
    position += 1
    return try machine.tensorIndex(tensor, [.value(.int(position - 1))], at: site)
  }
}

extension Machine {
  /// An iterator over anything that can be looped over.
  func iterator(over value: Value, at site: Site) throws(Diagnostic) -> ValueIterator {
    guard case .object(let object) = value else { throw .notIterable(found: value.kindName, at: site.span) }
    switch object {
    case let range as RangeValue: return RangeIterator(range)
    case let list as ListValue: return ArrayIterator(list.elements)
    case let tuple as TupleValue: return ArrayIterator(tuple.elements)
    case let dict as DictValue: return ArrayIterator(dict.keys)
    case let text as TextValue: return TextIterator(text.text)
    case is TensorValue, is TracerValue:
      guard let count = shape(of: value)?.sizes.first else {
        throw .notIterable(found: "a tensor without dimensions", at: site.span)
      }
      return RowIterator(value, count: count, site: site)
    case let iterable as any Iterable: return try iterable.makeIterator(self, at: site)
    default: throw .notIterable(found: value.kindName, at: site.span)
    }
  }

  @inline(never)
  func startIteration(_ slot: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    frame.pointee.next = pc
    let value = slot.pointee
    slot.clear()
    slot.pointee = .object(try iterator(over: value, at: site(pc)))
  }

  /// The next element into `target`; false at the end.
  @inline(never)
  func advance(_ slot: Slot, _ target: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) -> Bool {
    guard case .object(let object) = slot.pointee, let iterator = object as? ValueIterator else { return false }
    target.clear()
    guard let value = try iterator.next(self) else { return false }
    target.pointee = value
    return true
  }

  /// All elements of what a loop could run over; refuses more than a list can hold.
  func elements(of value: Value, at site: Site) throws(Diagnostic) -> [Value] {
    switch value {
    case .object(let list as ListValue): return list.elements
    case .object(let tuple as TupleValue): return tuple.elements
    default:
      if case .object(let range as RangeValue) = value { try checkSize(range.count, "a list") { site } }
      let iterator = try iterator(over: value, at: site)
      var result: [Value] = []
      while let element = try iterator.next(self) {
        result.append(element)
        if interrupt.isRaised { throw .interrupted(at: site.span) }
      }
      return result
    }
  }
}
