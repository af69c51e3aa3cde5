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

  /// The value of a key that the dict here has, for changing it; nil also when something else holds the dict.
  func ownValue(_ key: Slot) -> Slot? {
    guard tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .dict else { return nil }
    let reference = UnsafeMutableRawPointer(self).assumingMemoryBound(to: DictValue.self)
    guard isKnownUniquelyReferenced(&reference.pointee) else { return nil }
    return object(DictValue.self)._withUnsafeGuaranteedRef { dict in
      guard let position = DictKey(key.pointee).flatMap({ dict.positions[$0] }) else { return nil }
      return dict.values.withUnsafeMutableBufferPointer { values in values.baseAddress.map { $0 + position } }
    }
  }

  /// The field of the record here, for changing it; nil when there is none or something else holds the record.
  func ownField(_ name: String) -> Slot? {
    guard tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .record else { return nil }
    let reference = UnsafeMutableRawPointer(self).assumingMemoryBound(to: RecordValue.self)
    guard isKnownUniquelyReferenced(&reference.pointee) else { return nil }
    return object(RecordValue.self)._withUnsafeGuaranteedRef { record in
      guard let position = record.names.firstIndex(of: name) else { return nil }
      return record.values.withUnsafeMutableBufferPointer { values in values.baseAddress.map { $0 + position } }
    }
  }

  /// The field of the record here, for reading.
  func field(_ name: String) -> Slot? {
    guard tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .record else { return nil }
    return object(RecordValue.self)._withUnsafeGuaranteedRef { record in
      guard let position = record.names.firstIndex(of: name) else { return nil }
      return record.values.withUnsafeBufferPointer { values in
        values.baseAddress.map { Slot(mutating: $0 + position) }
      }
    }
  }
}
