import Diagnostics
import TensorGraph
import TensorTypes

/// Reductions, running sums, sorting.
enum TensorReductions {
  static let builtins: [Builtin] =
    [
      reduction("sum", .sum, "The sum of all elements, or along one axis or several. Truth values are counted."),
      reduction("product", .product, "The product of all elements, or along axes."),
      reduction("max", .maximum, "The largest element, or the largest along axes. NaN wins."),
      reduction("min", .minimum, "The smallest element, or the smallest along axes. NaN wins."),
      reduction("all", .all, "Whether every element is true."),
      reduction("any", .any, "Whether some element is true."),
      Builtin("mean", reductionParameters, "The arithmetic mean of all elements, or along axes.") {
        (call) throws(Diagnostic) in
        try overLeaves(call) { (x) throws(Diagnostic) in try mean(x, call) }
      },
      Builtin(
        "moments", [.init("x"), .init("axis", default: Value.none), .init("keep", default: .bool(false))],
        "(mean, variance) along axes; the variance is the biased one, divided by n."
      ) { (call) throws(Diagnostic) in
        let x = try call.numeric(0)
        let axes = try call.axes(1, rank: try call.tensorType(0).shape.rank)
        let keep = try call.flag(2)
        let pair = try call.machine.record("moments", [x], at: call.site) { (recorder, ids) throws(ShapeProblem) in
          let values = try recorder.floating(ids[0])
          let mean = try recorder.mean(values, axes, keep: true)
          let centred = try recorder.emit(
            .binary(.subtract), [values, try recorder.expand(mean, to: recorder.shape(of: values))])
          let variance = try recorder.mean(try recorder.emit(.binary(.multiply), [centred, centred]), axes, keep: keep)
          return [try recorder.dropping(mean, axes, keep: keep), variance]
        }
        return .object(TupleValue(pair))
      },
      argReduction("argmax", .maximum, "The position of the largest element: of all, or along an axis."),
      argReduction("argmin", .minimum, "The position of the smallest element: of all, or along an axis."),
      cumulation("cumsum", .sum, "Running sums along an axis."),
      cumulation("cumprod", .product, "Running products along an axis."),
      cumulation("cummax", .maximum, "The largest so far along an axis."),
      cumulation("cummin", .minimum, "The smallest so far along an axis."),
      Builtin(
        "sort", [.init("x"), .init("axis", default: .int(-1)), .init("descending", default: .bool(false))],
        "The elements in order along an axis; NaN last. Equal elements keep their order."
      ) { (call) throws(Diagnostic) in try sorted(call)[0] },
      Builtin(
        "argsort", [.init("x"), .init("axis", default: .int(-1)), .init("descending", default: .bool(false))],
        "Where each element of `sort(x)` comes from."
      ) { (call) throws(Diagnostic) in try sorted(call)[1] },
      Builtin(
        "top_k", [.init("x"), .init("k"), .init("axis", default: .int(-1))],
        "(values, positions) of the k largest elements along an axis, largest first."
      ) { (call) throws(Diagnostic) in
        let x = try call.numeric(0)
        let shape = try call.tensorType(0).shape
        let axis = try call.axis(2, rank: shape.rank)
        let k = try call.integer(1)
        guard k >= 0, k <= shape[axis] else {
          throw .invalidArgument("k", found: "\(k)", expected: "0 to \(shape[axis])", at: call.site.operand(1))
        }
        let pair = try call.machine.record("top_k", [x], at: call.site) { (recorder, ids) throws(ShapeProblem) in
          let both = try recorder.emitAll(.sort(axis: axis, descending: true), [ids[0]])
          var windows = [Machine.AxisWindow?](repeating: nil, count: shape.rank)
          windows[axis] = .init(start: 0, limit: k, stride: 1, isReversed: false)
          return [try recorder.window(both[0], windows), try recorder.window(both[1], windows)]
        }
        return .object(TupleValue(pair))
      },
    ]

  private static var reductionParameters: [Builtin.Parameter] {
    [.init("x"), .init("axis", default: Value.none), .init("keep", default: .bool(false))]
  }

  /// Trees and records are reduced leaf by leaf.
  private static func overLeaves(_ call: BuiltinCall, _ body: @escaping (Value) throws(Diagnostic) -> Value)
    throws(Diagnostic) -> Value
  {
    if case .object(let object) = call.arguments[0], object is TreeValue || object is RecordValue {
      return try call.machine.mapLeaves(of: call.arguments[0], body)
    }
    return try body(try call.numeric(0))
  }

  private static func mean(_ x: Value, _ call: BuiltinCall) throws(Diagnostic) -> Value {
    let axes = try call.axes(1, rank: x.tensorType?.shape.rank ?? 0)
    let keep = try call.flag(2)
    return try call.machine.recordOne("mean", [x], at: call.site) { (recorder, ids) throws(ShapeProblem) in
      try recorder.mean(try recorder.floating(ids[0]), axes, keep: keep)
    }
  }

  private static func reduction(_ name: String, _ reduction: Reduction, _ documentation: String) -> Builtin {
    Builtin(name, reductionParameters, documentation) { (call) throws(Diagnostic) in
      try overLeaves(call) { (x) throws(Diagnostic) in
        let shape = x.tensorType?.shape ?? .scalar
        let axes: [Int]
        do throws(Diagnostic) { axes = try call.axes(1, rank: shape.rank) } catch {
          throw reduction == .maximum || reduction == .minimum
            ? .axisOrOperand(name, rank: shape.rank, error) : error
        }
        let keep = try call.flag(2)
        if reduction == .maximum || reduction == .minimum, axes.contains(where: { shape[$0] == 0 }) {
          throw .invalidArgument("x", found: "empty", expected: "at least one element", at: call.site.operand(0))
        }
        return try call.machine.recordOne(name, [x], at: call.site) { (recorder, ids) throws(ShapeProblem) in
          var id = ids[0]
          let isLogical = reduction == .all || reduction == .any
          if isLogical { id = try recorder.convert(id, to: .bool) }
          if !isLogical, recorder.dtype(of: id) == .bool { id = try recorder.convert(id, to: .i64) }
          let result = axes.isEmpty ? id : try recorder.emit(.reduce(reduction, axes: axes), [id])
          return keep ? try recorder.reshape(result, shape.keeping(axes)) : result
        }
      }
    }
  }

  private static func argReduction(_ name: String, _ kind: ArgReduction, _ documentation: String) -> Builtin {
    Builtin(
      name, [.init("x"), .init("axis", default: Value.none), .init("keep", default: .bool(false))], documentation
    ) { (call) throws(Diagnostic) in
      let x = try call.numeric(0)
      let shape = try call.tensorType(0).shape
      let axis = call.isNone(1) ? nil : try call.axis(1, rank: shape.rank)
      let keep = try call.flag(2)
      guard (axis.map { shape[$0] } ?? shape.count) > 0 else {
        throw .invalidArgument("x", found: "empty", expected: "at least one element", at: call.site.operand(0))
      }
      return try call.machine.recordOne(name, [x], at: call.site) { (recorder, ids) throws(ShapeProblem) in
        guard let axis else {
          return try recorder.emit(
            .argReduce(kind, axis: 0), [try recorder.reshape(ids[0], [shape.count])])
        }
        let result = try recorder.emit(.argReduce(kind, axis: axis), [ids[0]])
        return keep ? try recorder.reshape(result, shape.keeping([axis])) : result
      }
    }
  }

  private static func cumulation(_ name: String, _ kind: Cumulation, _ documentation: String) -> Builtin {
    Builtin(name, [.init("x"), .init("axis", default: .int(-1))], documentation) { (call) throws(Diagnostic) in
      let axis = try call.axis(1, rank: try call.tensorType(0).shape.rank)
      return try call.machine.recordOne(name, [try call.numeric(0)], at: call.site) {
        (recorder, ids) throws(ShapeProblem) in
        let id = recorder.dtype(of: ids[0]) == .bool ? try recorder.convert(ids[0], to: .i64) : ids[0]
        return try recorder.emit(.cumulate(kind, axis: axis), [id])
      }
    }
  }

  private static func sorted(_ call: BuiltinCall) throws(Diagnostic) -> [Value] {
    let axis = try call.axis(1, rank: try call.tensorType(0).shape.rank)
    let descending = try call.flag(2)
    let x = try call.numeric(0)
    return try call.machine.record("sort", [x], at: call.site) { (recorder, ids) throws(ShapeProblem) in
      try recorder.emitAll(.sort(axis: axis, descending: descending), ids)
    }
  }
}

extension Shape {
  /// With size 1 at `axes`.
  func keeping(_ axes: [Int]) -> Shape {
    Shape(sizes.enumerated().map { axes.contains($0.offset) ? 1 : $0.element })
  }
}

extension Recorder {
  func floating(_ id: ValueID) throws(ShapeProblem) -> ValueID {
    dtype(of: id).isFloating ? id : try convert(id, to: .f32)
  }

  func mean(_ id: ValueID, _ axes: [Int], keep: Bool) throws(ShapeProblem) -> ValueID {
    let shape = self.shape(of: id)
    let sum = axes.isEmpty ? id : try emit(.reduce(.sum, axes: axes), [id])
    let count = axes.reduce(1) { $0 * shape[$1] }
    let mean = try binary(.divide, sum, number(Double(count), dtype(of: id)))
    return keep ? try reshape(mean, shape.keeping(axes)) : mean
  }

  /// Without the axes of size 1 that a reduction kept.
  func dropping(_ id: ValueID, _ axes: [Int], keep: Bool) throws(ShapeProblem) -> ValueID {
    if keep { return id }
    return try reshape(id, Shape(shape(of: id).sizes.enumerated().filter { !axes.contains($0.offset) }.map(\.element)))
  }
}
