import Diagnostics
import SourceText

enum ListBuiltins {
  static let all: [Builtin] = basic + rearranged

  private static let basic: [Builtin] = [
    Builtin(
      "length", [.init("x")],
      "The number of elements of a list, tuple, dict or range, of characters of a text, of rows of a tensor, of parts of a chain."
    ) { (call) throws(Diagnostic) in
      switch call.arguments[0] {
      case .object(let list as ListValue): return .int(list.elements.count)
      case .object(let tuple as TupleValue): return .int(tuple.elements.count)
      case .object(let text as TextValue): return .int(text.isPlain ? text.byteCount : text.text.count)
      case .object(let dict as DictValue): return .int(dict.keys.count)
      case .object(let range as RangeValue): return .int(range.count)
      case .object(let record as RecordValue): return .int(record.names.count)
      case .object(let chain as CompositionValue): return .int(chain.parts.count)
      default:
        if let size = call.machine.shape(of: call.arguments[0])?.sizes.first { return .int(size) }
        throw call.wrongKind(0, "a list, tuple, text, dict, range or tensor")
      }
    },
    Builtin("list", [.init("values")], "A list of the elements of anything that `for` runs over.") {
      (call) throws(Diagnostic) in
      .list(try call.elements(0))
    },
    Builtin(
      "append", [.init("xs"), .init("x")],
      "The list with one more element at the end. `xs = append(xs, x)` changes an unshared list in place."
    ) { (call) throws(Diagnostic) in
      try call.machine.appended(call.arguments[0], call.arguments[1], at: call.site)
    },
    Builtin("insert", [.init("xs"), .init("position"), .init("x")], "The list with `x` before the given position.") {
      (call) throws(Diagnostic) in
      var elements = try call.listArgument(0)
      let position = try call.wholeNumber(1)
      let wrapped = position < 0 ? position + elements.count : position
      guard wrapped >= 0, wrapped <= elements.count else {
        throw .indexOutOfRange(position, count: elements.count, kind: "list", at: call.place(1))
      }
      elements.insert(call.arguments[2], at: wrapped)
      return .list(elements)
    },
    Builtin(
      "remove", [.init("xs"), .init("position")],
      "The list without the element at a position; of a dict, the dict without a key."
    ) { (call) throws(Diagnostic) in
      if let dict = call.arguments[0].object(as: DictValue.self) {
        let key = call.arguments[1]
        guard key.keyHash != nil else {
          throw .notAKey(found: call.arguments[1].kindName, at: call.place(1))
        }
        let copy = dict.copy()
        guard copy.remove(key) != nil else {
          throw .keyMissing(Display.text(call.arguments[1], quotesTexts: true), at: call.place(1))
        }
        return .object(copy)
      }
      var elements = try call.listArgument(0)
      let position = try call.wholeNumber(1)
      let wrapped = position < 0 ? position + elements.count : position
      guard wrapped >= 0, wrapped < elements.count else {
        throw .indexOutOfRange(position, count: elements.count, kind: "list", at: call.place(1))
      }
      elements.remove(at: wrapped)
      return .list(elements)
    },
    Builtin("count", [.init("xs"), .init("x")], "How often an element occurs in a list, or a text in a text.") {
      (call) throws(Diagnostic) in
      if let text = call.arguments[0].object(as: TextValue.self) {
        let part = try call.textArgument(1)
        guard !part.isEmpty else { throw .emptyArgument("x", at: call.place(1)) }
        return .int(text.text.ranges(of: part).count)
      }
      var count = 0
      for element in try call.elements(0) {
        if try call.machine.isWhollyEqual(element, call.arguments[1], { call.site }) { count += 1 }
      }
      return .int(count)
    },
    Builtin("repeat", [.init("x"), .init("times")], "A text or list several times over.") {
      (call) throws(Diagnostic) in
      let times = try call.wholeNumber(1)
      guard times >= 0 else { throw .negativeCount(times, at: call.place(1)) }
      if let text = call.arguments[0].object(as: TextValue.self) {
        try call.machine.checkSize(text.text.utf8.count.multipliedClamping(by: times), "a text") { call.site }
        return .text(String(repeating: text.text, count: times))
      }
      let elements = try call.listArgument(0)
      try call.machine.checkSize(elements.count.multipliedClamping(by: times), "a list") { call.site }
      return .list(Array(repeatElement(elements, count: times).joined()))
    },
  ]

  private static let rearranged: [Builtin] = [
    Builtin(
      "sorted", [.init("xs"), .init("by", default: .some(.none)), .init("descending", default: .bool(false))],
      "The elements in order, equal ones as they stood; `by: x -> key` says what to compare."
    ) { (call) throws(Diagnostic) in
      let elements = try call.elements(0)
      var keys = elements
      if !call.isLeftOut(1) {
        keys = []
        let key = call.repeatedCall(1, 1)
        keys.reserveCapacity(elements.count)
        for element in elements { keys.append(try key(element)) }
      }
      let descending = try call.truthArgument(2)
      let order = try call.machine.sortedPositions(keys, descending: descending, at: call.placeSite(0))
      return .list(order.map { elements[$0] })
    },
    Builtin("unique", [.init("xs")], "The different elements, each at its first place.") { (call) throws(Diagnostic) in
      let seen = DictValue()
      var result: [Value] = []
      for element in try call.elements(0) {
        if let hash = element.keyHash {
          if seen.position(of: element, hash) == nil {
            seen.add(element, hash, .none)
            result.append(element)
          }
          continue
        }
        var isNew = true
        for other in result where try call.machine.isWhollyEqual(other, element, { call.site }) {
          isNew = false
          break
        }
        if isNew { result.append(element) }
      }
      return .list(result)
    },
    Builtin("zip", [.init("lists", variadic: true)], "Tuples of the elements at equal places; the lengths must agree.") {
      (call) throws(Diagnostic) in
      var columns: [[Value]] = []
      for (index, list) in try call.listArgument(0).enumerated() {
        columns.append(try call.machine.elements(of: list, at: call.placeSite(index)))
        if let first = columns.first, columns[index].count != first.count {
          throw .zipLengths(first.count, columns[index].count, at: call.place(index))
        }
      }
      return .list((0..<(columns.first?.count ?? 0)).map { row in .tuple(columns.map { $0[row] }) })
    },
    Builtin(
      "enumerate", [.init("xs"), .init("start", default: .int(0))],
      "Pairs of position and element: `for (i, x) in enumerate(xs)`."
    ) { (call) throws(Diagnostic) in
      let start = try call.wholeNumber(1)
      return .list(try call.elements(0).enumerated().map { .tuple([.int(start &+ $0.offset), $0.element]) })
    },
    Builtin("joined", [.init("lists")], "One list of the elements of all lists in a list.") { (call) throws(Diagnostic) in
      var result: [Value] = []
      for element in try call.elements(0) {
        result += try call.machine.elements(of: element, at: call.placeSite(0))
        try call.machine.checkSize(result.count, "a list") { call.site }
      }
      return .list(result)
    },
  ]
}

extension Machine {
  func appended(_ list: Value, _ element: Value, at site: Site) throws(Diagnostic) -> Value {
    guard let list = list.object(as: ListValue.self) else {
      throw .appendToOther(found: list.kindName, at: site.operand(0))
    }
    return .list(list.elements + [element])
  }

  /// The stable order of the keys: numbers, texts, truth values, and tuples or lists of these.
  func sortedPositions(_ keys: [Value], descending: Bool, at site: Site) throws(Diagnostic) -> [Int] {
    var failure: Diagnostic?
    let order = keys.indices.sorted { a, b in
      guard failure == nil else { return a < b }
      do throws(Diagnostic) {
        let comparison = try descending ? compare(keys[b], keys[a], 0, site) : compare(keys[a], keys[b], 0, site)
        return comparison == 0 ? a < b : comparison < 0
      } catch {
        failure = error
        return a < b
      }
    }
    if let failure { throw failure }
    return order
  }

  /// -1, 0 or 1. NaN comes last.
  private func compare(_ a: Value, _ b: Value, _ depth: Int, _ site: Site) throws(Diagnostic) -> Int {
    func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a > b ? 1 : 0 }
    switch (a, b) {
    case (.int(let a), .int(let b)): return order(a, b)
    case (.bool(let a), .bool(let b)): return order(a ? 1 : 0, b ? 1 : 0)
    case (.object(let a as TextValue), .object(let b as TextValue)): return order(a.text, b.text)
    case (.object(let a as TupleValue), .object(let b as TupleValue)) where depth < 64:
      return try compare(a.elements, b.elements, depth, site)
    case (.object(let a as ListValue), .object(let b as ListValue)) where depth < 64:
      return try compare(a.elements, b.elements, depth, site)
    default:
      guard let left = try number(a, site), let right = try number(b, site) else {
        throw .notOrdered(left: a.kindName, right: b.kindName, at: site.span)
      }
      if left.isNaN || right.isNaN { return order(left.isNaN ? 1 : 0, right.isNaN ? 1 : 0) }
      return order(left, right)
    }
  }

  private func compare(_ a: [Value], _ b: [Value], _ depth: Int, _ site: Site) throws(Diagnostic) -> Int {
    for (left, right) in zip(a, b) {
      let result = try compare(left, right, depth + 1, site)
      if result != 0 { return result }
    }
    return a.count < b.count ? -1 : a.count > b.count ? 1 : 0
  }

  private func number(_ value: Value, _ site: Site) throws(Diagnostic) -> Double? {
    switch value {
    case .int(let number): Double(number)
    case .float(let number): number
    case .object: shape(of: value)?.rank == 0 ? try hostFloat(value, at: site) : nil
    default: nil
    }
  }
}

extension Int {
  /// The product, or the largest Int.
  func multipliedClamping(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? Int.max : product
  }
}
