import Diagnostics
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

/// Writes operations into a trace: the same code records inside a trace and runs at once outside.
struct Recorder {
  let trace: Trace
  let origin: Origin

  func type(of id: ValueID) -> TensorType { trace.graph.type(of: id) }
  func shape(of id: ValueID) -> Shape { type(of: id).shape }
  func dtype(of id: ValueID) -> DType { type(of: id).dtype }

  func emit(_ primitive: Primitive, _ operands: [ValueID]) throws(ShapeProblem) -> ValueID {
    let results = try trace.graph.apply(primitive, operands, origin: origin)
    guard let first = results.first else { throw ShapeProblem(.other("no result"), operands.map(type(of:))) }
    return first
  }

  func emitAll(_ primitive: Primitive, _ operands: [ValueID]) throws(ShapeProblem) -> [ValueID] {
    try trace.graph.apply(primitive, operands, origin: origin)
  }

  func number(_ value: Double, _ dtype: DType) -> ValueID { trace.literal(.float(value, dtype)) }

  func convert(_ id: ValueID, to dtype: DType) throws(ShapeProblem) -> ValueID {
    self.dtype(of: id) == dtype ? id : try emit(.convert(dtype), [id])
  }

  func unary(_ operation: UnaryPrimitive, _ id: ValueID) throws(ShapeProblem) -> ValueID {
    try emit(.unary(operation), [id])
  }

  /// `id` stretched to `shape`: a scalar, equal trailing sizes, or sizes of 1.
  func expand(_ id: ValueID, to shape: Shape) throws(ShapeProblem) -> ValueID {
    let own = self.shape(of: id)
    if own == shape { return id }
    let axes = Array((shape.rank - own.rank)..<shape.rank)
    return try emit(.broadcast(shape, axes: axes), [id])
  }

  /// Elementwise on operands of equal shape, or of which one is a scalar.
  func binary(_ operation: BinaryPrimitive, _ a: ValueID, _ b: ValueID) throws(ShapeProblem) -> ValueID {
    let shape = self.shape(of: a).rank >= self.shape(of: b).rank ? self.shape(of: a) : self.shape(of: b)
    return try emit(.binary(operation), [try expand(a, to: shape), try expand(b, to: shape)])
  }

  func reshape(_ id: ValueID, _ shape: Shape) throws(ShapeProblem) -> ValueID {
    self.shape(of: id) == shape ? id : try emit(.reshape(shape), [id])
  }
}

extension Machine {
  /// Records `body` with these operands (tensors, tracers, numbers) into the current trace, or runs it at once when
  /// there is none (or when nothing in it is traced and `isSource` is not set).
  ///
  /// - Parameter name: what messages call the operation.
  /// - Parameter isSource: makes a tensor from nothing, so a trace should hold it as an operation, not as data.
  /// - Parameter donating: by operand, whether it is a tensor that nobody asks for afterwards, so that the result may
  ///   take its memory.
  func record(
    _ name: String, _ operands: [Value], at site: Site, isSource: Bool = false, mark: ValueKind = .plain,
    donating: [Bool] = [],
    _ body: (Recorder, [ValueID]) throws(ShapeProblem) -> [ValueID]
  ) throws(Diagnostic) -> [Value] {
    let origin = Origin(span: site.span, layerPath: tensors.layerPath, phase: tensors.phase)
    if let trace = tensors.current, isSource || operands.contains(where: \.isTracer) {
      var ids: [ValueID] = []
      for (index, operand) in operands.enumerated() { ids.append(try self.id(of: operand, in: trace, at: site, index)) }
      let recorder = Recorder(trace: trace, origin: origin)
      let results = try caught(name, operands, site) { () throws(ShapeProblem) in try body(recorder, ids) }
      let hostOnly = !operands.isEmpty && operands.allSatisfy(\.isHostNumber)
      return results.map { id in
        let type = trace.graph.type(of: id)
        return .object(
          TracerValue(
            trace: trace, id: id, type: type, mark: mark, isHostNumber: hostOnly && type.shape.rank == 0,
            origin: site.span))
      }
    }
    let trace = Trace(kind: .immediate, parent: nil)
    var inputs: [Tensor] = []
    var ids: [ValueID] = []
    for (index, operand) in operands.enumerated() {
      let tensor = try self.tensor(of: operand, at: site, index)
      ids.append(trace.addInput(tensor.type, from: .element))
      inputs.append(tensor)
    }
    let recorder = Recorder(trace: trace, origin: origin)
    trace.graph.outputs = try caught(name, operands, site) { () throws(ShapeProblem) in try body(recorder, ids) }
    for (operand, isDonated) in zip(operands, donating) where isDonated {
      operand.object(as: TensorValue.self)?.tensor.storage = .empty
    }
    let outputs = try run(trace.graph, inputs: &inputs, donating: donating, at: site)
    let hostOnly = !operands.isEmpty && operands.allSatisfy(\.isPlainNumber)
    return outputs.map { output in
      if hostOnly, let number = output.hostNumber { return number }
      return .object(TensorValue(output, mark: mark, origin: site.span))
    }
  }

  /// The single result of `record`.
  func recordOne(
    _ name: String, _ operands: [Value], at site: Site, isSource: Bool = false, mark: ValueKind = .plain,
    donating: [Bool] = [],
    _ body: (Recorder, [ValueID]) throws(ShapeProblem) -> ValueID
  ) throws(Diagnostic) -> Value {
    let results = try record(name, operands, at: site, isSource: isSource, mark: mark, donating: donating) {
      (recorder, ids) throws(ShapeProblem) in [try body(recorder, ids)]
    }
    return results.first ?? .none
  }

  /// Turns a shape problem into a message that names the operands and where their sizes came from.
  func caught<T>(
    _ name: String, _ operands: [Value], _ site: Site, _ body: () throws(ShapeProblem) -> T
  ) throws(Diagnostic) -> T {
    do { return try body() } catch { throw shapeDiagnostic(error, operation: name, operands: operands, at: site) }
  }

  /// A value of `trace` for a tensor, tracer or number.
  func id(of value: Value, in trace: Trace, at site: Site, _ index: Int = 0) throws(Diagnostic) -> ValueID {
    switch value {
    case .int(let number): return trace.literal(.i64(number))
    case .float(let number): return trace.literal(.f64(bits: number.bitPattern))
    case .bool(let truth): return trace.literal(.bool(truth))
    case .object(let tensor as TensorValue): return trace.id(of: tensor)
    case .object(let tracer as TracerValue):
      guard let id = trace.id(of: tracer) else { throw .escapedTracer(at: site.operand(index)) }
      return id
    default: throw .wrongKind(found: value.kindName, expected: "a tensor or number", at: site.operand(index))
    }
  }

  /// The tensor in memory of a tensor or number. A host number is f64 or i64.
  func tensor(of value: Value, at site: Site, _ index: Int = 0) throws(Diagnostic) -> Tensor {
    do throws(MemoryProblem) {
      switch value {
      case .int(let number): return try .from([number], dtype: .i64, shape: .scalar)
      case .float(let number): return try .from([number], dtype: .f64, shape: .scalar)
      case .bool(let truth): return try .from([truth], dtype: .bool, shape: .scalar)
      case .object(let tensor as TensorValue): return tensor.tensor
      default: break
      }
    } catch { throw .outOfMemory(requested: error.requested, available: error.available, at: site.span) }
    throw .wrongKind(found: value.kindName, expected: "a tensor or number", at: site.operand(index))
  }
}

extension Value {
  var isTracer: Bool {
    if case .object(let object) = self { return object.kind == .tracer }
    return false
  }

  /// An Int or Float of the program, traced or not: it takes the precision of the tensor it meets.
  var isHostNumber: Bool {
    switch self {
    case .int, .float: true
    case .object(let tracer as TracerValue): tracer.isHostNumber
    default: false
    }
  }

  /// The type of a tensor, tracer or number; nil for anything else.
  var tensorType: TensorType? {
    switch self {
    case .int: TensorType(.i64, .scalar)
    case .float: TensorType(.f64, .scalar)
    case .bool: TensorType(.bool, .scalar)
    case .object(let tensor as TensorValue): tensor.tensor.type
    case .object(let tracer as TracerValue): tracer.type
    default: nil
    }
  }

  var mark: ValueKind {
    switch self {
    case .object(let tensor as TensorValue): tensor.mark
    case .object(let tracer as TracerValue): tracer.mark
    default: .plain
    }
  }

  /// The expression that made a tensor.
  var origin: Span {
    switch self {
    case .object(let tensor as TensorValue): tensor.origin
    case .object(let tracer as TracerValue): tracer.origin
    default: .none
    }
  }
}
