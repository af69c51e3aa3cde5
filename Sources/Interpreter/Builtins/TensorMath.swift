import Diagnostics
import Execution
import TensorGraph
import TensorRuntime
import TensorTypes

/// Elementwise mathematics on numbers and tensors.
enum TensorMath {
  static let builtins: [Builtin] =
    unaryBuiltins + [
      binary("minimum", .minimum, "The smaller of two values, element by element. NaN wins."),
      binary("maximum", .maximum, "The larger of two values, element by element. NaN wins."),
      binary("atan2", .atan2, "The angle of the point (x, y), given as atan2(y, x), in radians."),
      Builtin(
        "where", [.init("condition"), .init("a"), .init("b")],
        "a where the condition holds, b elsewhere, element by element."
      ) { (call) throws(Diagnostic) in
        try call.machine.chosen(
          try call.numeric(0), try call.numeric(1), try call.numeric(2), dtype: nil, at: call.site)
      },
      Builtin(
        "clamp", [.init("x"), .init("low"), .init("high")], "x, but at least low and at most high."
      ) { (call) throws(Diagnostic) in
        let raised = try call.machine.elementwise("clamp", .maximum, try call.numeric(0), try call.numeric(1), call.site)
        return try call.machine.elementwise("clamp", .minimum, raised, try call.numeric(2), call.site)
      },
      Builtin("stop_gradient", [.init("x")], "x, taken as a constant by `grad`.") { (call) throws(Diagnostic) in
        try call.machine.mapLeaves(of: call.arguments[0]) { (leaf) throws(Diagnostic) in
          try call.machine.recordOne("stop_gradient", [leaf], at: call.site, mark: leaf.mark) {
            (recorder, ids) throws(ShapeProblem) in try recorder.emit(.stopGradient, ids)
          }
        }
      },
      conversion("f32", .f32, "The tensor with 32-bit floating-point elements."),
      conversion("f64", .f64, "The tensor with 64-bit floating-point elements."),
      conversion("i64", .i64, "The tensor with whole-number elements; fractions are cut off."),
      conversion("bool", .bool, "The tensor with truth values: whether each element differs from 0."),
      Builtin(
        "as_probabilities", [.init("x")],
        "x, marked as probabilities: `cross_entropy` then says that softmax would be applied twice."
      ) { (call) throws(Diagnostic) in call.machine.marked(try call.numeric(0), .probabilities) },
      Builtin("is_probabilities", [.init("x")], "Whether x is marked as probabilities, as softmax and sigmoid do.") {
        (call) in .bool(call.arguments[0].mark == .probabilities)
      },
    ]

  private static let unaryBuiltins: [Builtin] = [
    unary("exp", .exp, "e to the power x."),
    unary("expm1", .expm1, "exp(x) - 1, exact near 0."),
    unary("log", .log, "The natural logarithm; NaN below 0."),
    unary("log1p", .log1p, "log(1 + x), exact near 0."),
    unary("sqrt", .sqrt, "The square root; NaN below 0."),
    unary("sin", .sin, "The sine of an angle in radians."),
    unary("cos", .cos, "The cosine of an angle in radians."),
    unary("tan", .tan, "The tangent of an angle in radians."),
    unary("asin", .asin, "The angle whose sine is x."),
    unary("acos", .acos, "The angle whose cosine is x."),
    unary("atan", .atan, "The angle whose tangent is x."),
    unary("sinh", .sinh, "The hyperbolic sine."),
    unary("cosh", .cosh, "The hyperbolic cosine."),
    unary("tanh", .tanh, "The hyperbolic tangent."),
    unary("sigmoid", .sigmoid, "1 / (1 + exp(-x)); the result is marked as probabilities.", mark: .probabilities),
    unary("erf", .erf, "The error function."),
    unary("erf_inverse", .erfInverse, "The inverse of the error function."),
    unary("reciprocal", .reciprocal, "1 / x."),
    unary("floor", .floor, "The next whole number downward.", keepsIntegers: true),
    unary("ceil", .ceil, "The next whole number upward.", keepsIntegers: true),
    unary("round", .round, "The nearest whole number; halves go to the even one.", keepsIntegers: true),
    unary("truncate", .truncate, "x without its fraction.", keepsIntegers: true),
    unary("abs", .absolute, "The absolute value.", keepsIntegers: true),
    unary("sign", .sign, "-1, 0 or 1.", keepsIntegers: true),
    unary("is_nan", .isNaN, "Whether an element is not a number."),
    unary("is_finite", .isFinite, "Whether an element is neither NaN nor infinite."),
  ]

  private static func unary(
    _ name: String, _ primitive: UnaryPrimitive, _ documentation: String, keepsIntegers: Bool = false,
    mark: ValueKind = .plain
  ) -> Builtin {
    Builtin(name, [.init("x")], documentation) { (call) throws(Diagnostic) in
      if call.arguments[0].isStructure, case .object(let object) = call.arguments[0], !(object is ListValue) {
        return try call.machine.mapLeaves(of: call.arguments[0]) { (leaf) throws(Diagnostic) in
          try apply(name, primitive, leaf, keepsIntegers, mark, call)
        }
      }
      return try apply(name, primitive, try call.numeric(0), keepsIntegers, mark, call)
    }
  }

  private static func apply(
    _ name: String, _ primitive: UnaryPrimitive, _ x: Value, _ keepsIntegers: Bool, _ mark: ValueKind,
    _ call: BuiltinCall
  ) throws(Diagnostic) -> Value {
    if keepsIntegers, x.tensorType?.dtype == .i64, primitive != .absolute && primitive != .sign { return x }
    // A number gives a number, without a graph; the tests for NaN and infinity give truth values.
    if primitive != .isNaN && primitive != .isFinite {
      if case .float(let number) = x { return .float(HostMath.value(primitive.tileOpcode, number)) }
      if case .int(let number) = x, !keepsIntegers {
        return .float(HostMath.value(primitive.tileOpcode, Double(number)))
      }
    }
    return try call.machine.recordOne(name, [x], at: call.site, mark: mark) { (recorder, ids) throws(ShapeProblem) in
      var id = ids[0]
      if !recorder.dtype(of: id).isFloating, !(keepsIntegers && recorder.dtype(of: id) == .i64) {
        id = try recorder.convert(id, to: x.isHostNumber ? .f64 : .f32)
      }
      return try recorder.unary(primitive, id)
    }
  }

  private static func binary(_ name: String, _ primitive: BinaryPrimitive, _ documentation: String) -> Builtin {
    Builtin(name, [.init(name == "atan2" ? "y" : "a"), .init(name == "atan2" ? "x" : "b")], documentation) {
      (call) throws(Diagnostic) in
      try call.machine.zipLeaves(call.arguments[0], call.arguments[1], at: call.site) { (a, b) throws(Diagnostic) in
        try call.machine.elementwise(name, primitive, a, b, call.site)
      }
    }
  }

  private static func conversion(_ name: String, _ dtype: DType, _ documentation: String) -> Builtin {
    Builtin(name, [.init("x")], documentation) { (call) throws(Diagnostic) in
      let x = try call.numeric(0)
      let result = try call.machine.recordOne(name, [x], at: call.site, mark: x.mark) {
        (recorder, ids) throws(ShapeProblem) in try recorder.convert(ids[0], to: dtype)
      }
      // A number becomes a tensor without dimensions: its element type is what was asked for.
      guard result.isPlainNumber else { return result }
      return .object(TensorValue(try call.machine.tensor(of: result, at: call.site), origin: call.site.span))
    }
  }
}

extension Machine {
  /// A binary primitive with the language's promotion and stretching.
  func elementwise(_ name: String, _ primitive: BinaryPrimitive, _ a: Value, _ b: Value, _ site: Site)
    throws(Diagnostic) -> Value
  {
    let (weakA, weakB) = (a.isHostNumber, b.isHostNumber)
    return try recordOne(name, [a, b], at: site) { (recorder, ids) throws(ShapeProblem) in
      let ranks = (recorder.shape(of: ids[0]).rank, recorder.shape(of: ids[1]).rank)
      var type = recorder.commonType(
        ids[0], ids[1], weakA: weakA || (ranks.0 == 0 && ranks.1 > 0), weakB: weakB || (ranks.1 == 0 && ranks.0 > 0))
      if primitive == .atan2, !type.isFloating { type = weakA && weakB ? .f64 : .f32 }
      if type == .bool { type = .i64 }
      let (x, y) = try recorder.aligned(
        try recorder.convert(ids[0], to: type), try recorder.convert(ids[1], to: type))
      return try recorder.emit(.binary(primitive), [x, y])
    }
  }

  /// `where`: selects, with the result in `dtype` or the type in which a and b meet.
  func chosen(_ condition: Value, _ a: Value, _ b: Value, dtype: DType?, at site: Site) throws(Diagnostic) -> Value {
    let (weakA, weakB) = (a.isHostNumber, b.isHostNumber)
    if case .bool(let truth) = condition, dtype == nil, weakA == weakB, a.tensorType == b.tensorType {
      return truth ? a : b
    }
    return try recordOne("where", [condition, a, b], at: site) { (recorder, ids) throws(ShapeProblem) in
      let ranks = (recorder.shape(of: ids[1]).rank, recorder.shape(of: ids[2]).rank)
      let type =
        dtype
        ?? recorder.commonType(
          ids[1], ids[2], weakA: weakA || (ranks.0 == 0 && ranks.1 > 0), weakB: weakB || (ranks.1 == 0 && ranks.0 > 0))
      guard recorder.dtype(of: ids[0]) == .bool else {
        throw ShapeProblem(.dtype(operand: 0, expected: "truth values"), ids.map(recorder.type(of:)))
      }
      let (x, y) = try recorder.aligned(
        try recorder.convert(ids[1], to: type), try recorder.convert(ids[2], to: type))
      let (c, x2) = try recorder.aligned(ids[0], x)
      let y2 = try recorder.expand(y, to: recorder.shape(of: x2))
      let c2 = try recorder.expand(c, to: recorder.shape(of: x2))
      return try recorder.emit(.select, [c2, x2, y2])
    }
  }

  /// The same tensor with another mark.
  func marked(_ value: Value, _ mark: ValueKind) -> Value {
    switch value {
    case .object(let tensor as TensorValue): .object(TensorValue(tensor.tensor, mark: mark, origin: tensor.origin))
    case .object(let tracer as TracerValue):
      .object(
        TracerValue(
          trace: tracer.trace, id: tracer.id, type: tracer.type, mark: mark, isHostNumber: tracer.isHostNumber,
          origin: tracer.origin))
    default: value
    }
  }
}
