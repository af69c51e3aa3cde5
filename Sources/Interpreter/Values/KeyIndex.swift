/// Where the keys of a dict stand: open addressing with linear probing. An entry holds a key's hash in its upper half and
/// the key's position, counted from 1, in the lower one; 0 is free. At least half of the entries are free.
struct KeyIndex {
  private var entries: [UInt64] = []
  private var count = 0

  /// The position of a key with this hash that `isSame` takes for it.
  @inline(__always)
  func position(_ hash: UInt32, where isSame: (Int) -> Bool) -> Int? {
    entries.withUnsafeBufferPointer { entries in
      guard !entries.isEmpty, let first = entries.baseAddress else { return nil }
      // The count is a power of two and some entries are free.
      let mask = entries.count - 1
      var place = Int(hash) & mask
      while first[place] != 0 {
        if UInt32(truncatingIfNeeded: first[place] >> 32) == hash {
          let position = Int(UInt32(truncatingIfNeeded: first[place])) - 1
          if isSame(position) { return position }
        }
        place = (place + 1) & mask
      }
      return nil
    }
  }

  /// Adds a key that is not there.
  mutating func insert(_ hash: UInt32, at position: Int) {
    count += 1
    if 2 * count > entries.count {
      let old = entries
      entries = [UInt64](repeating: 0, count: max(8, 2 * old.count))
      for entry in old where entry != 0 { put(entry) }
    }
    put(UInt64(hash) << 32 | UInt64(truncatingIfNeeded: position + 1))
  }

  private mutating func put(_ entry: UInt64) {
    let mask = entries.count - 1
    var place = Int(entry >> 32) & mask
    while entries[place] != 0 { place = (place + 1) & mask }
    entries[place] = entry
  }
}

extension Value {
  /// The hash by which a dict finds the value; nil for what can't be a key. 1 and 1.0 are one key.
  @inline(__always)
  var keyHash: UInt32? {
    if case .int(let number) = self { return Self.mixed(UInt64(bitPattern: Int64(number))) }
    return keyHash(depth: 0)
  }

  @inline(never)
  private func keyHash(depth: Int) -> UInt32? {
    switch self {
    case .none: return nil
    case .bool(let truth): return truth ? 0x5bd1_e995 : 0x1b87_3593
    case .int(let number): return Self.mixed(UInt64(bitPattern: Int64(number)))
    case .float(let number):
      if let whole = Int(exactly: number) { return Self.mixed(UInt64(bitPattern: Int64(whole))) }
      return Self.mixed(number.bitPattern)
    case .object:
      if let text { return text.hash }
      guard let tuple, depth < 16 else { return nil }
      var hash: UInt64 = UInt64(tuple.elements.count)
      for element in tuple.elements {
        guard let part = element.keyHash(depth: depth + 1) else { return nil }
        hash = UInt64(Self.mixed(hash &* 31 &+ UInt64(part)))
      }
      return UInt32(truncatingIfNeeded: hash)
    }
  }

  /// Spreads what differs between two numbers over all bits.
  @inline(__always)
  private static func mixed(_ bits: UInt64) -> UInt32 {
    let product = (bits ^ bits >> 32) &* 0x9e37_79b9_7f4a_7c15
    return UInt32(truncatingIfNeeded: product >> 32)
  }

  /// Whether two values that can be keys are one.
  @inline(__always)
  func isSameKey(as other: Value) -> Bool {
    if case .int(let a) = self, case .int(let b) = other { return a == b }
    return isSameKeyOfAnyKind(as: other)
  }

  @inline(never)
  private func isSameKeyOfAnyKind(as other: Value) -> Bool {
    switch (self, other) {
    case (.int(let a), .int(let b)): return a == b
    case (.float(let a), .float(let b)): return a == b
    case (.int(let a), .float(let b)), (.float(let b), .int(let a)): return Int(exactly: b) == a
    case (.bool(let a), .bool(let b)): return a == b
    case (.object, .object):
      if let text, let other = other.text { return text.text == other.text }
      guard let tuple, let other = other.tuple, tuple.elements.count == other.elements.count else { return false }
      return zip(tuple.elements, other.elements).allSatisfy { $0.isSameKey(as: $1) }
    default: return false
    }
  }
}

extension DictValue {
  /// Where a key stands; nil also for what can't be a key.
  @inline(__always)
  func position(of key: Value) -> Int? { key.keyHash.flatMap { position(of: key, $0) } }

  @inline(__always)
  func position(of key: Value, _ hash: UInt32) -> Int? {
    keys.withUnsafeBufferPointer { keys in index.position(hash) { keys[$0].isSameKey(as: key) } }
  }

  func value(of key: Value) -> Value? { position(of: key).map { values[$0] } }

  /// Sets the value of a key; false for what can't be one.
  @discardableResult
  func set(_ key: Value, _ value: Value) -> Bool {
    guard let hash = key.keyHash else { return false }
    if let position = position(of: key, hash) { values[position] = value } else { add(key, hash, value) }
    return true
  }

  /// Adds a key that is not there.
  func add(_ key: Value, _ hash: UInt32, _ value: Value) {
    index.insert(hash, at: keys.count)
    keys.append(key)
    values.append(value)
  }

  /// Removes a key; those behind it move up.
  func remove(_ key: Value) -> Value? {
    guard let position = position(of: key) else { return nil }
    keys.remove(at: position)
    let value = values.remove(at: position)
    index = KeyIndex()
    for (position, key) in keys.enumerated() { if let hash = key.keyHash { index.insert(hash, at: position) } }
    return value
  }

  /// A dict of the same keys; with other values if they are given.
  func copy(values: [Value]? = nil) -> DictValue {
    let copy = DictValue()
    copy.keys = keys
    copy.values = values ?? self.values
    copy.index = index
    return copy
  }
}
