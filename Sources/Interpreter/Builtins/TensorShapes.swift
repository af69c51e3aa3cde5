import Diagnostics
import TensorGraph
import TensorTypes

/// Shapes, joining, cutting, selection by position, linear algebra.
enum TensorShapes {
  static let builtins: [Builtin] = queries + reshaping + joining + selection + linearAlgebra

  private static let queries: [Builtin] = [
    Builtin("shape", [.init("x")], "The sizes of a tensor, as a list.") { (call) throws(Diagnostic) in
      .object(ListValue(try call.tensorType(0).shape.sizes.map(Value.int)))
    },
    Builtin("rank", [.init("x")], "The number of dimensions.") { (call) throws(Diagnostic) in
      .int(try call.tensorType(0).shape.rank)
    },
    Builtin("size", [.init("x")], "The number of elements.") { (call) throws(Diagnostic) in
      .int(try call.tensorType(0).shape.count)
    },
    Builtin("dtype", [.init("x")], "The element type: `f32`, `f64`, `i64` or `bool`.") { (call) throws(Diagnostic) in
      .object(TextValue(try call.tensorType(0).dtype.name))
    },
  ]

  private static let reshaping: [Builtin] = [
    Builtin("reshape", [.init("x"), .init("sizes")], "The same elements in other sizes; one size may be -1.") {
      (call) throws(Diagnostic) in
      let x = try call.numeric(0)
      let count = try call.tensorType(0).shape.count
      var sizes = try call.integers(1)
      if let open = sizes.firstIndex(of: -1), sizes.filter({ $0 == -1 }).count == 1 {
        let rest = sizes.enumerated().filter { $0.offset != open }.map(\.element)
        guard let known = Shape(rest).checkedCount, known > 0, count % known == 0 else {
          throw .elementCount(
            "reshape", from: try call.tensorType(0).shape.description, expected: count,
            found: Shape(rest).checkedCount ?? 0, at: call.site.span)
        }
        sizes[open] = count / known
      }
      let shape = Shape(sizes)
      guard shape.checkedCount != nil else { throw .impossibleSizes(shape.description, at: call.site.operand(1)) }
      return try call.machine.recordOne("reshape", [x], at: call.site, mark: x.mark) {
        (recorder, ids) throws(ShapeProblem) in try recorder.reshape(ids[0], shape)
      }
    },
    Builtin(
      "transpose", [.init("x"), .init("axes", default: Value.none)],
      "The axes in another order; without `axes` the last two change places."
    ) { (call) throws(Diagnostic) in
      let x = try call.numeric(0)
      let rank = try call.tensorType(0).shape.rank
      var order = Array(0..<rank)
      if call.isNone(1) {
        if rank >= 2 { order.swapAt(rank - 1, rank - 2) }
      } else {
        order = []
        for axis in try call.integers(1) {
          order.append(try call.machine.normalized(axis: axis, rank: rank, at: Site(span: call.site.operand(1))))
        }
        guard order.count == rank, Set(order).count == rank else {
          throw .invalidArgument(
            "axes", found: "\(order)", expected: "each of the \(rank) axes once", at: call.site.operand(1))
        }
      }
      let permutation = order
      return try call.machine.recordOne("transpose", [x], at: call.site, mark: x.mark) {
        (recorder, ids) throws(ShapeProblem) in
        rank < 2 ? ids[0] : try recorder.emit(.transpose(permutation: permutation), ids)
      }
    },
    Builtin(
      "expand", [.init("x"), .init("sizes")],
      "x stretched on purpose: sizes of 1, and new leading dimensions, are repeated."
    ) { (call) throws(Diagnostic) in
      let x = try call.numeric(0)
      let shape = Shape(try call.integers(1))
      guard shape.checkedCount != nil else { throw .impossibleSizes(shape.description, at: call.site.operand(1)) }
      let own = try call.tensorType(0).shape
      let fits = own.rank <= shape.rank && zip(own.sizes, shape.sizes.suffix(own.rank)).allSatisfy { $0 == 1 || $0 == $1 }
      guard fits else {
        throw .shapeRule("expand", "\(own) does not stretch to \(shape)", at: call.site.span)
      }
      return try call.machine.recordOne("expand", [x], at: call.site, mark: x.mark) {
        (recorder, ids) throws(ShapeProblem) in try recorder.expand(ids[0], to: shape)
      }
    },
    Builtin("squeeze", [.init("x"), .init("axis", default: Value.none)], "Without dimensions of size 1.") {
      (call) throws(Diagnostic) in
      let x = try call.numeric(0)
      let shape = try call.tensorType(0).shape
      let axes = call.isNone(1) ? shape.sizes.indices.filter { shape[$0] == 1 } : try call.axes(1, rank: shape.rank)
      if let wrong = axes.first(where: { shape[$0] != 1 }) {
        throw .shapeRule("squeeze", "axis \(wrong) has the size \(shape[wrong]), not 1", at: call.site.span)
      }
      let sizes = shape.sizes.enumerated().filter { !axes.contains($0.offset) }.map(\.element)
      return try call.machine.recordOne("squeeze", [x], at: call.site, mark: x.mark) {
        (recorder, ids) throws(ShapeProblem) in try recorder.reshape(ids[0], Shape(sizes))
      }
    },
  ]

  private static let joining: [Builtin] = [
    Builtin("concat", [.init("tensors"), .init("axis", default: .int(0))], "Tensors joined along an axis, or the rows of datasets.") {
      (call) throws(Diagnostic) in
      if let datasets = call.datasets { return try call.concatenated(datasets) }
      let parts = try parts(of: call)
      return try call.machine.concatenated(parts, axis: try call.integer(1), at: call.site)
    },
    Builtin("stack", [.init("tensors"), .init("axis", default: .int(0))], "Tensors of one shape along a new axis.") {
      (call) throws(Diagnostic) in
      // Brackets around numbers have joined them already.
      if call.arguments[0].tensorType?.shape.rank == 1 { return call.arguments[0] }
      let parts = try parts(of: call)
      let rank = (parts.first?.tensorType?.shape.rank ?? 0) + 1
      let axis = try call.machine.normalized(axis: try call.integer(1), rank: rank, at: call.site)
      return try call.machine.stacked(parts, axis: axis, at: call.site)
    },
    Builtin(
      "parts", [.init("x"), .init("count"), .init("axis", default: .int(-1))],
      "`count` equal parts along an axis, as a tuple."
    ) { (call) throws(Diagnostic) in
      let x = try call.numeric(0)
      let shape = try call.tensorType(0).shape
      let axis = try call.axis(2, rank: shape.rank)
      let count = try call.integer(1)
      guard count > 0, shape[axis] % count == 0 else {
        throw .shapeRule(
          "parts", "size \(shape[axis]) along axis \(axis) cannot be cut into \(count) equal parts", at: call.site.span)
      }
      let each = shape[axis] / count
      let results = try call.machine.record("parts", [x], at: call.site, mark: x.mark) {
        (recorder, ids) throws(ShapeProblem) in
        var pieces: [ValueID] = []
        for part in 0..<count {
          var windows = [Machine.AxisWindow?](repeating: nil, count: shape.rank)
          windows[axis] = .init(start: part * each, limit: (part + 1) * each, stride: 1, isReversed: false)
          pieces.append(try recorder.window(ids[0], windows))
        }
        return pieces
      }
      return .object(TupleValue(results))
    },
    Builtin(
      "pad", [.init("x"), .init("low"), .init("high"), .init("value", default: .int(0))],
      "x with elements added before and after: one number for all axes, or one for each."
    ) { (call) throws(Diagnostic) in
      let x = try call.numeric(0)
      let rank = try call.tensorType(0).shape.rank
      func widths(_ index: Int) throws(Diagnostic) -> [Int] {
        let given = try call.integers(index)
        let widths = given.count == 1 ? [Int](repeating: given[0], count: rank) : given
        guard widths.count == rank, widths.allSatisfy({ $0 >= 0 && $0 < 1 << 40 }) else {
          throw .invalidArgument(
            index == 1 ? "low" : "high", found: "\(given)", expected: "one width for each of \(rank) axes, none negative",
            at: call.site.operand(index))
        }
        return widths
      }
      let (low, high) = (try widths(1), try widths(2))
      return try call.machine.recordOne("pad", [x, call.arguments[3]], at: call.site) {
        (recorder, ids) throws(ShapeProblem) in
        let value = try recorder.convert(ids[1], to: recorder.dtype(of: ids[0]))
        return try recorder.emit(.pad(low: low, high: high, interior: low.map { _ in 0 }), [ids[0], value])
      }
    },
  ]

  private static let selection: [Builtin] = [
    Builtin(
      "take", [.init("x"), .init("ids"), .init("axis", default: .int(0))],
      "The rows (or slices along an axis) at these positions."
    ) { (call) throws(Diagnostic) in
      let x = try call.numeric(0)
      let axis = try call.axis(2, rank: try call.tensorType(0).shape.rank)
      return try call.machine.taken(x, try call.numeric(1), axis: axis, mark: x.mark, at: call.site)
    },
    Builtin(
      "take_along", [.init("x"), .init("ids"), .init("axis", default: .int(-1))],
      "For each place in `ids`, the element of x at that position along the axis."
    ) { (call) throws(Diagnostic) in
      let x = try call.numeric(0)
      let axis = try call.axis(2, rank: try call.tensorType(0).shape.rank)
      return try call.machine.recordOne("take_along", [x, try call.numeric(1)], at: call.site, mark: x.mark) {
        (recorder, ids) throws(ShapeProblem) in try recorder.emit(.takeAlong(axis: axis), ids)
      }
    },
    Builtin(
      "scatter_add", [.init("updates"), .init("ids"), .init("size"), .init("axis", default: .int(0))],
      "Zeros with `size` rows, to which each update is added at its position: the reverse of `take`."
    ) { (call) throws(Diagnostic) in
      let axis = try call.axis(3, rank: try call.tensorType(0).shape.rank)
      let size = try call.integer(2)
      guard size >= 0 else { throw .impossibleSizes("\(size)", at: call.site.operand(2)) }
      return try call.machine.recordOne("scatter_add", [try call.numeric(0), try call.numeric(1)], at: call.site) {
        (recorder, ids) throws(ShapeProblem) in try recorder.emit(.scatterAdd(axis: axis, size: size), ids)
      }
    },
  ]

  private static let linearAlgebra: [Builtin] = [
    Builtin("qr", [.init("x")], "(q, r) with q @ r = x, q orthonormal columns, r upper triangular (rows >= columns).") {
      (call) throws(Diagnostic) in
      .object(
        TupleValue(
          try call.machine.record("qr", [try call.numeric(0)], at: call.site) { (recorder, ids) throws(ShapeProblem) in
            try recorder.emitAll(.qr, [try recorder.floating(ids[0])])
          }))
    },
    Builtin(
      "triangular_solve",
      [.init("a"), .init("b"), .init("lower", default: .bool(true)), .init("transpose", default: .bool(false))],
      "x with a @ x = b for a triangular a; with `transpose`, transpose(a) @ x = b."
    ) { (call) throws(Diagnostic) in
      let (lower, transpose) = (try call.flag(2), try call.flag(3))
      return try call.machine.recordOne("triangular_solve", [try call.numeric(0), try call.numeric(1)], at: call.site) {
        (recorder, ids) throws(ShapeProblem) in
        try recorder.emit(.triangularSolve(lower: lower, transpose: transpose), ids)
      }
    },
  ]

  /// The tensors in a list or tuple, all of them tensors or numbers.
  private static func parts(of call: BuiltinCall) throws(Diagnostic) -> [Value] {
    let elements: [Value]
    switch call.arguments[0] {
    case .object(let list as ListValue): elements = list.elements
    case .object(let tuple as TupleValue): elements = tuple.elements
    default: throw .wrongKind(found: call.arguments[0].kindName, expected: "a list of tensors", at: call.site.operand(0))
    }
    guard !elements.isEmpty else {
      throw .invalidArgument("tensors", found: "empty", expected: "at least one tensor", at: call.site.operand(0))
    }
    for element in elements where element.tensorType == nil {
      throw .wrongKind(found: element.kindName, expected: "a list of tensors", at: call.site.operand(0))
    }
    return elements
  }
}

extension Machine {
  func concatenated(_ parts: [Value], axis: Int, at site: Site) throws(Diagnostic) -> Value {
    let rank = parts.first?.tensorType?.shape.rank ?? 0
    let axis = try normalized(axis: axis, rank: rank, at: site)
    return try recordOne("concat", parts, at: site, mark: commonMark(parts)) { (recorder, ids) throws(ShapeProblem) in
      try recorder.emit(.concatenate(axis: axis), try recorder.unified(ids, parts))
    }
  }

  func stacked(_ parts: [Value], axis: Int, at site: Site) throws(Diagnostic) -> Value {
    try recordOne("stack", parts, at: site, mark: commonMark(parts)) { (recorder, ids) throws(ShapeProblem) in
      var rows: [ValueID] = []
      for id in try recorder.unified(ids, parts) {
        var sizes = recorder.shape(of: id).sizes
        sizes.insert(1, at: axis)
        rows.append(try recorder.reshape(id, Shape(sizes)))
      }
      return try recorder.emit(.concatenate(axis: axis), rows)
    }
  }

  private func commonMark(_ parts: [Value]) -> ValueKind {
    parts.allSatisfy { $0.mark == .probabilities } ? .probabilities : .plain
  }
}

extension Recorder {
  /// Tensors that are to be joined, in one element type.
  func unified(_ ids: [ValueID], _ values: [Value]) throws(ShapeProblem) -> [ValueID] {
    guard var common = ids.first else { return [] }
    var weak = values[0].isHostNumber
    var type = dtype(of: common)
    for (id, value) in zip(ids, values).dropFirst() {
      type = commonType(common, id, weakA: weak, weakB: value.isHostNumber)
      if dtype(of: id) == type { (common, weak) = (id, value.isHostNumber) }
    }
    if values.allSatisfy(\.isHostNumber), type == .f64 { type = .f32 }
    var result: [ValueID] = []
    for id in ids { result.append(try convert(id, to: type)) }
    return result
  }
}
