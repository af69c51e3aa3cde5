// Where the parts of lists, records and dicts are, without a reference counted. A place found here is good until the
// container changes; one for changing is given only when nothing else holds the container.

extension UnsafeMutablePointer where Pointee == Value {
  /// The element of the list here; nil when this is no list or there is no such element. Only until the list changes.
  @inline(__always) func element(_ index: Int) -> Slot? {
    guard tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .list else { return nil }
    return object(ListValue.self)._withUnsafeGuaranteedRef { list in
      list.elements.withUnsafeBufferPointer { elements in
        let position = index < 0 ? index &+ elements.count : index
        guard UInt(bitPattern: position) < UInt(bitPattern: elements.count), let first = elements.baseAddress else {
          return nil
        }
        return Slot(mutating: first + position)
      }
    }
  }

  /// The same for changing it: nil also when something else holds the list.
  @inline(__always) func ownElement(_ index: Int) -> Slot? {
    guard tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .list else { return nil }
    let reference = UnsafeMutableRawPointer(self).assumingMemoryBound(to: ListValue.self)
    guard isKnownUniquelyReferenced(&reference.pointee) else { return nil }
    return object(ListValue.self)._withUnsafeGuaranteedRef { list in
      list.elements.withUnsafeMutableBufferPointer { elements in
        let position = index < 0 ? index &+ elements.count : index
        guard UInt(bitPattern: position) < UInt(bitPattern: elements.count), let first = elements.baseAddress else {
          return nil
        }
        return first + position
      }
    }
  }

  /// Appends to the list here if nothing else holds it.
  @inline(__always) func append(_ source: Slot, isTemporary: Bool) -> Bool {
    guard tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .list else { return false }
    let reference = UnsafeMutableRawPointer(self).assumingMemoryBound(to: ListValue.self)
    guard isKnownUniquelyReferenced(&reference.pointee) else { return false }
    object(ListValue.self)._withUnsafeGuaranteedRef { $0.elements.append(source.pointee) }
    if isTemporary { source.clear() }
    return true
  }

  /// Whether two texts are equal; nil when one is none.
  func isSameText(as other: Slot) -> Bool? {
    guard tag == Tag.object, other.tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .text,
      other.object._withUnsafeGuaranteedRef({ $0.kind }) == .text
    else { return nil }
    return object(TextValue.self)._withUnsafeGuaranteedRef { text in
      other.object(TextValue.self)._withUnsafeGuaranteedRef { other in text === other || text.text == other.text }
    }
  }

  /// The number of elements of the list or dict here; nil for anything else.
  var elementCount: Int? {
    guard tag == Tag.object else { return nil }
    switch object._withUnsafeGuaranteedRef({ $0.kind }) {
    case .list: return object(ListValue.self)._withUnsafeGuaranteedRef { $0.elements.count }
    case .dict: return object(DictValue.self)._withUnsafeGuaranteedRef { $0.keys.count }
    default: return nil
    }
  }

  /// The value of a key of the dict here, nil inside when it has no such key; nil when this is no dict or that no key.
  func value(ofKey key: Slot) -> Slot?? {
    guard tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .dict, let hash = key.pointee.keyHash else {
      return nil
    }
    return object(DictValue.self)._withUnsafeGuaranteedRef { dict -> Slot? in
      guard let position = dict.position(of: key.pointee, hash) else { return nil }
      return dict.values.withUnsafeBufferPointer { values in values.baseAddress.map { Slot(mutating: $0 + position) } }
    }
  }

  /// The value of a key of the dict here, for changing it; a key that is not there gets the value `none` if `adds`. Nil
  /// also when something else holds the dict.
  func ownValue(_ key: Slot, adds: Bool = false) -> Slot? {
    guard tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .dict else { return nil }
    let reference = UnsafeMutableRawPointer(self).assumingMemoryBound(to: DictValue.self)
    guard isKnownUniquelyReferenced(&reference.pointee), let hash = key.pointee.keyHash else { return nil }
    return object(DictValue.self)._withUnsafeGuaranteedRef { dict in
      var position = dict.position(of: key.pointee, hash)
      if position == nil, adds {
        position = dict.keys.count
        dict.add(key.pointee, hash, .none)
      }
      guard let position else { return nil }
      return dict.values.withUnsafeMutableBufferPointer { values in values.baseAddress.map { $0 + position } }
    }
  }

  /// The element of a list, tuple or dict here that is there.
  func part(_ index: Slot) -> Slot? {
    guard tag == Tag.object else { return nil }
    if index.tag == Tag.int, let element = element(index.integer) { return element }
    if let found = value(ofKey: index) { return found }
    guard index.tag == Tag.int, index.integer >= 0, object._withUnsafeGuaranteedRef({ $0.kind }) == .tuple else {
      return nil
    }
    return object(TupleValue.self)._withUnsafeGuaranteedRef { tuple in
      tuple.elements.withUnsafeBufferPointer { elements in
        guard index.integer < elements.count, let first = elements.baseAddress else { return nil }
        return Slot(mutating: first + index.integer)
      }
    }
  }

  /// The element of a list or dict here that is there, for changing it.
  func ownPart(_ index: Slot) -> Slot? {
    if index.tag == Tag.int, let element = ownElement(index.integer) { return element }
    return ownValue(index)
  }

  /// Whether here stands the only reference to a record.
  var isOwnRecord: Bool {
    guard tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .record else { return false }
    let reference = UnsafeMutableRawPointer(self).assumingMemoryBound(to: RecordValue.self)
    return isKnownUniquelyReferenced(&reference.pointee)
  }

  /// The field of the record here, found by what was found last; nil when there is none. It may be changed when nothing
  /// else holds the record.
  @inline(__always) func field(_ cache: UnsafeMutablePointer<FieldCache>, _ name: () -> String) -> Slot? {
    guard tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .record else { return nil }
    return object(RecordValue.self)._withUnsafeGuaranteedRef { record in
      let address = record.names.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress) }
      if address != cache.pointee.address || address == nil {
        guard let position = record.names.firstIndex(of: name()) else { return nil }
        cache.pointee = FieldCache(names: record.names, address: address, position: position)
      }
      let position = cache.pointee.position
      return record.values.withUnsafeMutableBufferPointer { values in
        position < values.count ? values.baseAddress.map { $0 + position } : nil
      }
    }
  }
}
