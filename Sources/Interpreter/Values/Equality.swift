import Diagnostics
import SourceText

extension Machine {
  /// `==` of values that are not tensors. Different kinds are an error, except with `none`.
  func isEqual(_ left: Value, _ right: Value, _ site: () -> Site) throws(Diagnostic) -> Bool {
    if case .none = left { if case .none = right { return true } else { return false } }
    if case .none = right { return false }
    guard left.comparisonKind == right.comparisonKind else {
      let site = site()
      throw .comparedKinds(
        left: left.kindName, right: right.kindName, at: site.span, leftSpan: site.operand(0), rightSpan: site.operand(1))
    }
    return try isWhollyEqual(left, right, depth: 0, site)
  }

  /// Equality of whole values; values of different kinds are unequal.
  func isWhollyEqual(_ left: Value, _ right: Value, depth: Int = 0, _ site: () -> Site) throws(Diagnostic) -> Bool {
    guard depth < 2_000 else { throw .tooDeep(at: site().span) }
    switch (left, right) {
    case (.none, .none): return true
    case (.bool(let a), .bool(let b)): return a == b
    case (.int(let a), .int(let b)): return a == b
    case (.float(let a), .float(let b)): return a == b
    case (.int(let a), .float(let b)): return Double(a) == b
    case (.float(let a), .int(let b)): return a == Double(b)
    case (.object(let a), .object(let b)):
      if a.kind.isTensorLike || b.kind.isTensorLike { return try areTensorsEqual(left, right, site) }
      guard a.kind == b.kind else { return false }
      switch (a, b) {
      case (let a as TextValue, let b as TextValue): return a.text == b.text
      case (let a as ListValue, let b as ListValue): return try areEqual(a.elements, b.elements, depth, site)
      case (let a as TupleValue, let b as TupleValue): return try areEqual(a.elements, b.elements, depth, site)
      case (let a as RangeValue, let b as RangeValue): return a.lower == b.lower && a.upper == b.upper
      case (let a as RecordValue, let b as RecordValue):
        guard a.names.count == b.names.count else { return false }
        for (name, value) in zip(a.names, a.values) {
          guard let other = b.value(of: name), try isWhollyEqual(value, other, depth: depth + 1, site) else { return false }
        }
        return true
      case (let a as DictValue, let b as DictValue):
        guard a.keys.count == b.keys.count else { return false }
        for (key, value) in zip(a.keys, a.values) {
          guard let other = b.value(of: key), try isWhollyEqual(value, other, depth: depth + 1, site) else { return false }
        }
        return true
      case (let a as BuiltinValue, let b as BuiltinValue): return a.builtin.name == b.builtin.name
      default: return a === b
      }
    case (.object(let object), _) where object.kind.isTensorLike: return try areTensorsEqual(left, right, site)
    case (_, .object(let object)) where object.kind.isTensorLike: return try areTensorsEqual(left, right, site)
    default: return false
    }
  }

  private func areEqual(_ a: [Value], _ b: [Value], _ depth: Int, _ site: () -> Site) throws(Diagnostic) -> Bool {
    guard a.count == b.count else { return false }
    if interrupt.isRaised { throw .interrupted(at: site().span) }
    for (left, right) in zip(a, b) {
      guard try isWhollyEqual(left, right, depth: depth + 1, site) else { return false }
    }
    return true
  }

  /// Tensors inside containers are equal when shapes and all elements are.
  func areTensorsEqual(_ left: Value, _ right: Value, _ site: () -> Site) throws(Diagnostic) -> Bool {
    guard left.isNumeric, right.isNumeric, shape(of: left)?.sizes ?? [] == shape(of: right)?.sizes ?? [] else {
      return false
    }
    let site = site()
    var same = try tensorBinary(.equal, left, right, at: site)
    if case .bool(let truth) = same { return truth }
    if let all = builtins.index("all") { same = try call(builtins.value(all), [same], at: site) }
    return try truth(of: same, at: site)
  }
}

extension Value {
  /// Values that `==` compares: Int and Float count as one kind, and so do all functions.
  fileprivate var comparisonKind: String {
    switch self {
    case .int, .float: "number"
    default: kindName
    }
  }

  fileprivate var isNumeric: Bool {
    switch self {
    case .none: false
    case .bool, .int, .float: true
    case .object(let object): object.kind.isTensorLike
    }
  }
}
