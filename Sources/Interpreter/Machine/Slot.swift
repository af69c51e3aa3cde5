/// Reads and writes of stack slots that look at the tag first, so that numbers cost no reference counting. The layout of
/// `Value` (8 bytes of payload, then the tag) is checked by a test.
enum Tag {
  static let bool: UInt8 = 0
  static let int: UInt8 = 1
  static let float: UInt8 = 2
  static let object: UInt8 = 3
  static let none: UInt8 = 4
}

typealias Slot = UnsafeMutablePointer<Value>

extension UnsafeMutablePointer where Pointee == Value {
  @inline(__always) var tag: UInt8 { UnsafeRawPointer(self).load(fromByteOffset: 8, as: UInt8.self) }
  @inline(__always) var integer: Int { UnsafeRawPointer(self).load(as: Int.self) }
  @inline(__always) var double: Double { UnsafeRawPointer(self).load(as: Double.self) }
  @inline(__always) var truth: Bool { UnsafeRawPointer(self).load(as: UInt8.self) & 1 != 0 }
  /// The object's address; only for slots whose tag says object.
  @inline(__always) var object: Unmanaged<HeapObject> { object() }
  @inline(__always) func object<Object: HeapObject>(_: Object.Type = Object.self) -> Unmanaged<Object> {
    UnsafeRawPointer(self).load(as: Unmanaged<Object>.self)
  }

  @inline(__always) private func store(_ bits: UInt, _ tag: UInt8) {
    if self.tag == Tag.object { releaseObject() }
    UnsafeMutableRawPointer(self).storeBytes(of: bits, as: UInt.self)
    UnsafeMutableRawPointer(self).storeBytes(of: tag, toByteOffset: 8, as: UInt8.self)
  }

  @inline(never) private func releaseObject() { pointee = .none }

  @inline(__always) func set(_ number: Int) { store(UInt(bitPattern: number), Tag.int) }
  @inline(__always) func set(_ number: Double) { store(UInt(number.bitPattern), Tag.float) }
  @inline(__always) func set(_ truth: Bool) { store(truth ? 1 : 0, Tag.bool) }
  /// For a slot that holds an Int already.
  @inline(__always) func replaceInteger(_ number: Int) {
    UnsafeMutableRawPointer(self).storeBytes(of: number, as: Int.self)
  }
  @inline(__always) func clear() { store(0, Tag.none) }

  /// `source` may be part of what is released here.
  @inline(__always) func copy(from source: Slot) {
    if source.tag == Tag.object {
      copyObject(from: source)
    } else {
      store(UnsafeRawPointer(source).load(as: UInt.self), source.tag)
    }
  }

  /// Takes the value over; an object is no longer in `source`.
  @inline(__always) func take(from source: Slot) {
    if tag == Tag.object { releaseObject() }
    copyBytes(from: source)
    // A number may stay behind: nobody counts it.
    if source.tag == Tag.object {
      UnsafeMutableRawPointer(source).storeBytes(of: 0, as: UInt.self)
      UnsafeMutableRawPointer(source).storeBytes(of: Tag.none, toByteOffset: 8, as: UInt8.self)
    }
  }

  /// The value, which is no longer here.
  @inline(__always) func takeValue() -> Value {
    let value = move()
    initialize(to: .none)
    return value
  }

  @inline(__always) private func copyBytes(from source: Slot) {
    let bits = UnsafeRawPointer(source).load(as: UInt.self)
    let tag = source.tag
    UnsafeMutableRawPointer(self).storeBytes(of: bits, as: UInt.self)
    UnsafeMutableRawPointer(self).storeBytes(of: tag, toByteOffset: 8, as: UInt8.self)
  }

  /// The variable in the cell here.
  @inline(__always) var cell: Slot? {
    guard tag == Tag.object, object._withUnsafeGuaranteedRef({ $0.kind }) == .cell else { return nil }
    return object(CellValue.self)._withUnsafeGuaranteedRef { cell in
      withUnsafeMutablePointer(to: &cell.value) { $0 }
    }
  }

  /// The same for changing it: nil when it is sealed.
  @inline(__always) var openCell: Slot? {
    guard let cell, !object(CellValue.self)._withUnsafeGuaranteedRef({ $0.isSealed }) else { return nil }
    return cell
  }

  @inline(never) private func copyObject(from source: Slot) { pointee = source.pointee }

  /// Clears `count` slots from here on.
  @inline(__always) func clear(_ count: Int) {
    var slot = self
    let end = self + count
    while slot < end {
      if slot.tag == Tag.object { slot.releaseObject() }
      slot += 1
    }
  }
}
