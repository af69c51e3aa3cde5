import Diagnostics
import SourceText

/// Gives the elements of a loop one after the other: first those at hand, which the machine takes itself.
public class ValueIterator: HeapObject {
  @exclusivity(unchecked) final fileprivate var atHand: [Value] = []
  @exclusivity(unchecked) final fileprivate var taken = 0
  public init() { super.init(.iterator) }
  init(_ elements: [Value]) {
    atHand = elements
    super.init(.iterator)
  }
  /// The next element, or nil at the end.
  public func next(_ machine: Machine) throws(Diagnostic) -> Value? {
    guard taken < atHand.count else { return nil }
    taken += 1
    return atHand[taken - 1]
  }
}

extension UnsafeMutablePointer where Pointee == Value {
  /// The next of the elements that the iterator here has at hand.
  @inline(__always) func nextElement() -> Slot? {
    guard tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .iterator else { return nil }
    return object(ValueIterator.self)._withUnsafeGuaranteedRef { iterator in
      iterator.atHand.withUnsafeBufferPointer { elements in
        let position = iterator.taken
        guard position < elements.count, let first = elements.baseAddress else { return nil }
        iterator.taken = position + 1
        return Slot(mutating: first + position)
      }
    }
  }
}

/// Objects that `for` runs over beside the containers: batches of a dataset and the like.
public protocol Iterable: HeapObject {
  func makeIterator(_ machine: Machine, at site: Site) throws(Diagnostic) -> ValueIterator
}

private final class RangeIterator: ValueIterator {
  private var number: Int
  private let end: Int
  init(_ range: RangeValue) {
    number = range.lower
    end = range.upper
    super.init()
  }
  override func next(_ machine: Machine) throws(Diagnostic) -> Value? {
    guard number < end else { return nil }
    number += 1
    return .int(number - 1)
  }
}

private final class TextIterator: ValueIterator {
  private var rest: Substring
  init(_ text: String) {
    rest = text[...]
    super.init()
  }
  override func next(_ machine: Machine) throws(Diagnostic) -> Value? {
    rest.popFirst().map { .object(TextValue(String($0))) }
  }
}

/// Gives the elements at so many positions.
final class PositionIterator: ValueIterator {
  private let count: Int
  private let element: (Int, Machine) throws(Diagnostic) -> Value
  private var position = 0

  init(count: Int, _ element: @escaping (Int, Machine) throws(Diagnostic) -> Value) {
    self.count = count
    self.element = element
    super.init()
  }
  override func next(_ machine: Machine) throws(Diagnostic) -> Value? {
    guard position < count else { return nil }
    position += 1
    return try element(position - 1, machine)
  }
}

extension Machine {
  /// An iterator over anything that can be looped over.
  func iterator(over value: Value, at site: Site) throws(Diagnostic) -> ValueIterator {
    guard case .object(let object) = value else { throw .notIterable(found: value.kindName, at: site.span) }
    switch object {
    case let range as RangeValue: return RangeIterator(range)
    case let list as ListValue: return ValueIterator(list.elements)
    case let tuple as TupleValue: return ValueIterator(tuple.elements)
    case let dict as DictValue: return ValueIterator(dict.keys)
    case let text as TextValue where text.isPlain:
      return PositionIterator(count: text.byteCount) { position, _ in text.plainCharacter(position) }
    case let text as TextValue: return TextIterator(text.text)
    case is TensorValue, is TracerValue:
      guard let count = shape(of: value)?.sizes.first else {
        throw .notIterable(found: "a tensor without dimensions", at: site.span)
      }
      return PositionIterator(count: count) { row, machine throws(Diagnostic) in
        try machine.tensorIndex(value, [.value(.int(row))], at: site)
      }
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
    case .object(let range as RangeValue):
      try checkSize(range.count, "a list") { site }
      return (0..<range.count).map { .int(range.lower + $0) }
    default:
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
