import KernelTypes
import TensorGraph
import TensorRuntime
import TensorTypes

/// Primitives run straight on tensors, without a graph. The same kernels as programs use, so the same bits.
public enum Eager {
  /// The results of one primitive. `types`: what its shape rule gives for these operands, if the caller has asked it
  /// already. Throws `unsupported` when the operands do not fit.
  public static func apply(
    _ primitive: Primitive, _ operands: [Tensor], types: [TensorType]? = nil, origin: Origin = .none
  ) throws(ExecutionProblem) -> [Tensor] {
    switch primitive {
    case .unary, .binary, .compare, .select:
      // Operands of one shape: checked here more cheaply than by the rule.
      guard let shape = operands.first?.shape, operands.allSatisfy({ $0.shape == shape }) else { break }
      return [try elementwise(primitive, operands, shape: shape, origin: origin)]
    case .convert(let dtype):
      guard let operand = operands.first, operands.count == 1 else { break }
      if operand.dtype == dtype { return [operand] }
      return [try elementwise(primitive, operands, shape: operand.shape, origin: origin)]
    default: break
    }
    let types =
      if let types { types } else { try resultTypes(primitive, operands, origin) }
    switch primitive {
    case .constant(let literal):
      let result = try allocate(types[0], origin)
      withUnsafeBytes(of: literal.bits.littleEndian) { bits in
        if let source = bits.baseAddress { result.address.copyMemory(from: source, byteCount: literal.dtype.size) }
      }
      return [result]
    case .reshape, .stopGradient:
      return [Tensor(storage: operands[0].storage, byteOffset: operands[0].byteOffset, type: types[0])]
    case .scan, .whileLoop:
      return try runAsProgram(primitive, operands, origin)
    default: break
    }
    var sink = EagerSink()
    let lowered = operands.enumerated().map { index, tensor in
      sink.addresses.append(tensor.address)
      return LoweredOperand(view: StridedView(dense: index, tensor.shape), dtype: tensor.dtype)
    }
    var results: [Tensor] = []
    var references: [Reference] = []
    for type in types {
      let result = try allocate(type, origin)
      references.append(Reference(sink.addresses.count))
      sink.addresses.append(result.address)
      results.append(result)
    }
    var text = ""
    let isKnown = sink.lower(primitive, operands: lowered, results: references, types: types) { message in
      text = message
      return 0
    }
    if let problem = sink.memoryProblem { throw .memory(problem, origin) }
    switch sink.outcome.kind {
    case .finished: break
    case .kernel: throw .kernel(sink.outcome.status, origin)
    case .check: throw .check(text, origin)
    case .interrupted: throw .interrupted
    }
    guard isKnown else { throw .unsupported("no kernel for \(primitive)", origin) }
    return results
  }

  /// An elementwise primitive (unary, binary, compare, select, convert) whose operands stretch to `shape` as they are
  /// read: aligned at the last axis, a missing axis or a size of 1 repeats. A floating divisor that is stretched
  /// divides by multiplying with its reciprocal, and a power of 2 is a product, as in compiled programs.
  public static func elementwise(
    _ primitive: Primitive, _ operands: [Tensor], shape: Shape, origin: Origin = .none
  ) throws(ExecutionProblem) -> Tensor {
    let isSelect = primitive == .select
    let valueType = operands.count > (isSelect ? 1 : 0) ? operands[isSelect ? 1 : 0].dtype : .f32
    let scalars = operands.map { TensorType($0.dtype, .scalar) }
    guard let result = (try? primitive.resultTypes(of: scalars))?.first,
      var coded = TileOperation(primitive, operand: valueType)
    else { throw .unsupported("\(primitive) does not take \(operands.map(\.type))", origin) }
    let output = try allocate(TensorType(result.dtype, shape), origin)
    let count = shape.count
    guard count > 0 else { return output }

    var assembler = TileAssembler()
    var registers: [Int] = []
    for operand in operands { registers.append(assembler.load(operand.dtype).register) }
    if primitive == .binary(.divide), SharedArithmetic.isSpread(operands[1].shape, over: shape), valueType.isFloating {
      if let reciprocal = TileOperation(.unary(.reciprocal), operand: valueType) {
        registers[1] = assembler.apply(reciprocal, [registers[1]])
      }
      coded.opcode = .multiply
    }
    if primitive == .binary(.power), operands[1].count == 1, isTwo(operands[1]) {
      registers[1] = registers[0]
      coded.opcode = .multiply
    }
    let computed = assembler.apply(coded, registers)
    _ = assembler.store(computed, result.dtype)
    guard let program = assembler.assembleInstructions() else { throw .unsupported("\(primitive)", origin) }

    var table: [TileOperand] = []
    var domain = TileDomain(inner: count)
    if operands.allSatisfy({ $0.count == 1 || $0.shape == shape }) {
      for operand in operands {
        table.append(TileOperand(address: operand.address, strideInner: operand.count == count ? 1 : 0))
      }
      table.append(TileOperand(address: output.address, strideInner: 1))
    } else {
      var strides: [[Int]] = []
      for operand in operands {
        guard let stretched = stretch(operand.shape, to: shape) else {
          throw .unsupported("\(operand.type) does not stretch to \(shape)", origin)
        }
        strides.append(stretched)
      }
      let loops = TileLoops(sizes: shape.sizes, strides: strides + [shape.strides])
      guard loops.fits else {
        return try elementwise(primitive, spread(operands, strides, shape, origin), shape: shape, origin: origin)
      }
      domain = loops.domain
      for (index, tensor) in (operands + [output]).enumerated() {
        table.append(loops.operand(index, address: tensor.address))
      }
    }
    let status = program.withUnsafeBufferPointer { program in
      table.withUnsafeBufferPointer { table in
        var none: UInt64 = 0
        guard let operands = table.baseAddress else { return KernelStatus.ok }
        return Kernels.runTiles(
          program, constants: &none, domain: domain, operands: operands, operandCount: table.count)
      }
    }
    withExtendedLifetime(operands) {}
    if status.code == .interrupted { throw .interrupted }
    if status.code != .ok { throw .kernel(status, origin) }
    return output
  }

  private static func isTwo(_ tensor: Tensor) -> Bool {
    switch tensor.dtype {
    case .f32: tensor.address.load(as: Float.self) == 2
    case .f64: tensor.address.load(as: Double.self) == 2
    case .i64: tensor.address.load(as: Int.self) == 2
    case .bool: false
    }
  }

  /// Strides of an operand along the axes of `shape`, or nil when it does not stretch.
  private static func stretch(_ operand: Shape, to shape: Shape) -> [Int]? {
    let missing = shape.rank - operand.rank
    guard missing >= 0 else { return nil }
    var result = [Int](repeating: 0, count: shape.rank)
    let strides = operand.strides
    for axis in 0..<operand.rank where operand[axis] != 1 {
      guard operand[axis] == shape[axis + missing] else { return nil }
      result[axis + missing] = strides[axis]
    }
    return result
  }

  /// Copies of the operands at full size, for shapes that four loops cannot walk.
  private static func spread(_ operands: [Tensor], _ strides: [[Int]], _ shape: Shape, _ origin: Origin)
    throws(ExecutionProblem) -> [Tensor]
  {
    var result: [Tensor] = []
    for (operand, strides) in zip(operands, strides) {
      if operand.shape.rank == 0 || operand.shape == shape {
        result.append(operand)
        continue
      }
      let copy = try allocate(TensorType(operand.dtype, shape), origin)
      let status = shape.sizes.withUnsafeBufferPointer { sizes in
        strides.withUnsafeBufferPointer { strides in
          Kernels.copyStrided(
            elementSize: operand.dtype.size, input: operand.address, output: copy.address, sizes: sizes,
            strides: strides)
        }
      }
      if status.code != .ok { throw .kernel(status, origin) }
      result.append(copy)
    }
    return result
  }

  private static func runAsProgram(_ primitive: Primitive, _ operands: [Tensor], _ origin: Origin)
    throws(ExecutionProblem) -> [Tensor]
  {
    var graph = Graph()
    let inputs = operands.map { graph.addInput($0.type) }
    do {
      graph.outputs = try graph.apply(primitive, inputs, origin: origin)
    } catch {
      throw .unsupported("\(error)", origin)
    }
    return try Program.compile(graph, options: CompileOptions(optimize: false)).run(operands)
  }

  private static func resultTypes(_ primitive: Primitive, _ operands: [Tensor], _ origin: Origin)
    throws(ExecutionProblem) -> [TensorType]
  {
    do {
      return try primitive.resultTypes(of: operands.map(\.type))
    } catch {
      throw .unsupported("\(primitive) does not take \(operands.map(\.type))", origin)
    }
  }

  private static func allocate(_ type: TensorType, _ origin: Origin) throws(ExecutionProblem) -> Tensor {
    do { return try Tensor.allocate(type) } catch { throw .memory(error, origin) }
  }
}

/// Runs each step as it is emitted.
private struct EagerSink: StepSink {
  let memory = PlainMemory()
  /// By buffer: operands, results, temporaries.
  var addresses: [UnsafeMutableRawPointer] = []
  var outcome = Outcome.finished
  var memoryProblem: MemoryProblem?
  private var temporaries: [Tensor] = []

  mutating func temporary(byteCount: Int) -> Int {
    do {
      let tensor = try Tensor.allocate(TensorType(.bool, [byteCount]))
      temporaries.append(tensor)
      addresses.append(tensor.address)
    } catch {
      memoryProblem = error
      addresses.append(memory.unbound)
    }
    return addresses.count - 1
  }

  mutating func dense(_ operand: LoweredOperand) -> Reference { denseCopy(operand) }

  mutating func emit(_ step: Step, _ use: StepUse) {
    guard outcome.kind == .finished, memoryProblem == nil else { return }
    var origin: Int32 = 0
    outcome = withUnsafePointer(to: step) { step in
      addresses.withUnsafeMutableBufferPointer { table in
        guard let table = table.baseAddress else { return .finished }
        return withUnsafePointer(to: &origin) { origin in
          StepRunner.run(
            Block(steps: UnsafeBufferPointer(start: step, count: 1), origins: origin), table)
        }
      }
    }
  }
}
