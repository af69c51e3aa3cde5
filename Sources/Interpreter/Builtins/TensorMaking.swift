import Diagnostics
import TensorGraph
import TensorRuntime
import TensorTypes

/// Tensors from nothing: filled, counted, random.
enum TensorMaking {
  static let builtins: [Builtin] = filled + counted + random

  private static let filled: [Builtin] = [
    Builtin("zeros", [.init("sizes", variadic: true)], "A tensor of zeros: `zeros(3, 4)`.") { (call) throws(Diagnostic) in
      try call.machine.full(try call.sizes(0), .int(0), .f32, at: call.site)
    },
    Builtin("ones", [.init("sizes", variadic: true)], "A tensor of ones: `ones(3, 4)`.") { (call) throws(Diagnostic) in
      try call.machine.full(try call.sizes(0), .int(1), .f32, at: call.site)
    },
    Builtin("full", [.init("sizes"), .init("value")], "A tensor of one value: `full([3, 4], 0.5)`.") {
      (call) throws(Diagnostic) in
      let value = try call.numeric(1)
      let type: DType = value.isHostNumber ? .f32 : value.tensorType?.dtype ?? .f32
      return try call.machine.full(try call.sizes(0), value, type, at: call.site)
    },
    Builtin("zeros_like", [.init("x")], "Zeros of the same shape and type; of a model or tree, leaf by leaf.") {
      (call) throws(Diagnostic) in
      try like(call) { (type, call) throws(Diagnostic) in
        try call.machine.full(type.shape, .int(0), type.dtype, at: call.site)
      }
    },
    Builtin("ones_like", [.init("x")], "Ones of the same shape and type; of a model or tree, leaf by leaf.") {
      (call) throws(Diagnostic) in
      try like(call) { (type, call) throws(Diagnostic) in
        try call.machine.full(type.shape, .int(1), type.dtype, at: call.site)
      }
    },
    Builtin("tensor", [.init("values")], "A tensor from numbers, truth values, lists or ranges of them.") {
      (call) throws(Diagnostic) in
      let value = try call.numeric(0)
      if case .object = value { return value }
      return .object(
        TensorValue(
          try call.machine.tensor(
            of: try call.machine.recordOne("tensor", [value], at: call.site) { (recorder, ids) throws(ShapeProblem) in
              recorder.dtype(of: ids[0]) == .f64 ? try recorder.convert(ids[0], to: .f32) : ids[0]
            }, at: call.site), origin: call.site.span))
    },
  ]

  private static let counted: [Builtin] = [
    Builtin("arange", [.init("n")], "0, 1, ..., n - 1 as whole numbers.") { (call) throws(Diagnostic) in
      let shape = try call.machine.checkedShape([try call.integer(0)], at: call.site)
      return try call.machine.recordOne("arange", [], at: call.site, isSource: true) {
        (recorder, _) throws(ShapeProblem) in try recorder.emit(.iota(TensorType(.i64, shape), axis: 0), [])
      }
    },
    Builtin("linspace", [.init("low"), .init("high"), .init("n")], "n numbers at equal distances, both ends included.") {
      (call) throws(Diagnostic) in
      let count = try call.integer(2)
      let shape = try call.machine.checkedShape([count], at: call.site)
      return try call.machine.recordOne(
        "linspace", [call.arguments[0], call.arguments[1]], at: call.site, isSource: true
      ) { (recorder, ids) throws(ShapeProblem) in
        let low = try recorder.convert(ids[0], to: .f64)
        let high = try recorder.convert(ids[1], to: .f64)
        let position = try recorder.emit(.iota(TensorType(.f64, shape), axis: 0), [])
        let width = try recorder.binary(.subtract, high, low)
        let step = try recorder.binary(.divide, width, recorder.number(Double(max(1, count - 1)), .f64))
        let line = try recorder.binary(.add, try recorder.binary(.multiply, position, step), low)
        return try recorder.convert(line, to: .f32)
      }
    },
    Builtin("eye", [.init("n")], "The identity matrix.") { (call) throws(Diagnostic) in
      let n = try call.integer(0)
      let shape = try call.machine.checkedShape([n, n], at: call.site)
      return try call.machine.recordOne("eye", [], at: call.site, isSource: true) {
        (recorder, _) throws(ShapeProblem) in
        let rows = try recorder.emit(.iota(TensorType(.i64, shape), axis: 0), [])
        let columns = try recorder.emit(.iota(TensorType(.i64, shape), axis: 1), [])
        return try recorder.convert(try recorder.emit(.compare(.equal), [rows, columns]), to: .f32)
      }
    },
  ]

  private static let random: [Builtin] = [
    Builtin("normal", [.init("sizes", variadic: true)], "Random numbers from the standard normal distribution.") {
      (call) throws(Diagnostic) in
      try call.machine.drawn(.normal, TensorType(.f32, try call.sizes(0)), at: call.site)
    },
    Builtin(
      "uniform", [.init("sizes", variadic: true), .init("low", default: .int(0)), .init("high", default: .int(1))],
      "Random numbers, evenly spread from low (included) to high (not)."
    ) { (call) throws(Diagnostic) in
      let drawn = try call.machine.drawn(.uniform, TensorType(.f32, try call.sizes(0)), at: call.site)
      if case .int(0) = call.arguments[1], case .int(1) = call.arguments[2] { return drawn }
      let width = try call.machine.tensorBinary(.subtract, call.arguments[2], call.arguments[1], at: call.site)
      let scaled = try call.machine.tensorBinary(.multiply, drawn, width, donating: [true], at: call.site)
      return try call.machine.tensorBinary(.add, scaled, call.arguments[1], donating: [true], at: call.site)
    },
    Builtin("integers", [.init("bound"), .init("sizes")], "Random whole numbers from 0 to bound - 1.") {
      (call) throws(Diagnostic) in
      let bound = try call.integer(0)
      guard bound > 0 else {
        throw .invalidArgument("bound", found: "\(bound)", expected: "1 or more", at: call.site.operand(0))
      }
      return try call.machine.drawn(.integers(bound: bound), TensorType(.i64, try call.sizes(1)), at: call.site)
    },
    Builtin("permutation", [.init("n")], "0 to n - 1 in random order.") { (call) throws(Diagnostic) in
      let shape = try call.machine.checkedShape([try call.integer(0)], at: call.site)
      let bits = try call.machine.drawn(.integers(bound: .max), TensorType(.i64, shape), at: call.site)
      return try call.machine.record("permutation", [bits], at: call.site) { (recorder, ids) throws(ShapeProblem) in
        try recorder.emitAll(.sort(axis: 0, descending: false), ids)
      }[1]
    },
    Builtin("normal_like", [.init("x")], "Normal random numbers of the same shape; of a model or tree, leaf by leaf.") {
      (call) throws(Diagnostic) in
      try like(call) { (type, call) throws(Diagnostic) in
        try call.machine.drawn(.normal, TensorType(type.dtype.isFloating ? type.dtype : .f32, type.shape), at: call.site)
      }
    },
    Builtin("uniform_like", [.init("x")], "Random numbers in [0, 1) of the same shape; of a tree, leaf by leaf.") {
      (call) throws(Diagnostic) in
      try like(call) { (type, call) throws(Diagnostic) in
        try call.machine.drawn(.uniform, TensorType(type.dtype.isFloating ? type.dtype : .f32, type.shape), at: call.site)
      }
    },
  ]

  private static func like(
    _ call: BuiltinCall, _ make: @escaping (TensorType, BuiltinCall) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    var target = call.arguments[0]
    if target.holdsModel { target = call.machine.parameterTree(of: target) }
    return try call.machine.mapLeaves(of: target) { (leaf) throws(Diagnostic) in
      guard let type = leaf.tensorType else { return leaf }
      if leaf.isPlainNumber { return try make(TensorType(.f32, .scalar), call) }
      return try make(type, call)
    }
  }
}

extension Machine {
  func checkedShape(_ sizes: [Int], at site: Site) throws(Diagnostic) -> Shape {
    let shape = Shape(sizes)
    guard shape.checkedCount != nil else { throw .impossibleSizes(shape.description, at: site.span) }
    return shape
  }

  func full(_ shape: Shape, _ value: Value, _ dtype: DType, at site: Site) throws(Diagnostic) -> Value {
    try recordOne("fill", [value], at: site, isSource: true) { (recorder, ids) throws(ShapeProblem) in
      try recorder.expand(try recorder.convert(ids[0], to: dtype), to: shape)
    }.asTensor(at: site)
  }

  /// One random draw at the next address.
  func drawn(_ distribution: Distribution, _ type: TensorType, at site: Site) throws(Diagnostic) -> Value {
    let key = try drawKeyValue(at: site)
    return try recordOne("random", [key], at: site, isSource: true) { (recorder, ids) throws(ShapeProblem) in
      try recorder.emit(.random(distribution, type), ids)
    }
  }
}

extension Value {
  /// A host number that stands for a tensor without dimensions.
  func asTensor(at site: Site) throws(Diagnostic) -> Value {
    do throws(MemoryProblem) {
      switch self {
      case .int(let number):
        return .object(TensorValue(try .from([number], dtype: .i64, shape: .scalar), origin: site.span))
      case .float(let number):
        return .object(TensorValue(try .from([Float(number)], dtype: .f32, shape: .scalar), origin: site.span))
      default: return self
      }
    } catch { throw .outOfMemory(requested: error.requested, available: error.available, at: site.span) }
  }
}
