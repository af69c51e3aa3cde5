import TensorGraph
import TensorRuntime
import TensorTypes

/// A small deterministic generator (SplitMix64).
struct TestRandom: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: Int) { state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 &+ 1 }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  mutating func pick<T>(_ elements: [T]) -> T { elements[below(elements.count)] }
}

/// Makes well-formed graphs of all primitives, with inputs that fit them.
struct RandomGraph {
  var random: TestRandom
  var graph = Graph()
  private var values: [ValueID] = []

  init(seed: Int, operations: Int, depth: Int = 0) throws {
    random = TestRandom(seed)
    let sizes = [[], [3], [4], [2, 3], [3, 4], [2, 1, 3], [2, 3, 4], [1], [6], [0]]
    for _ in 0..<(2 + random.below(4)) {
      values.append(graph.addInput(TensorType(random.pick([.f32, .f32, .f64, .i64, .bool]), Shape(random.pick(sizes)))))
    }
    try grow(operations, depth)
    let count = 1 + random.below(4)
    graph.outputs = (0..<count).map { _ in random.pick(values) }
  }

  /// A body with the given inputs, whose outputs have the given types and then whatever there is.
  private init(body inputs: [TensorType], returning types: [TensorType], extra: Int, random: TestRandom, operations: Int, depth: Int)
    throws
  {
    self.random = random
    for type in inputs { values.append(graph.addInput(type)) }
    try grow(operations, depth)
    graph.outputs = try types.map { type in
      let fitting = values.filter { graph.type(of: $0) == type }
      return try fitting.isEmpty ? conform(self.random.pick(values), to: type) : self.random.pick(fitting)
    }
    for _ in 0..<extra { graph.outputs.append(self.random.pick(values)) }
  }

  /// Some value of the type, made from any value.
  private mutating func conform(_ value: ValueID, to type: TensorType) throws -> ValueID {
    let literal = try graph.apply(.constant(.float(2, type.dtype)), [], origin: .none)
    return try graph.apply(.broadcast(type.shape, axes: []), literal, origin: .none)[0]
  }

  private mutating func grow(_ operations: Int, _ depth: Int) throws {
    for _ in 0..<operations {
      // Most choices do not fit the values at hand: the shape rule decides.
      for _ in 0..<20 {
        guard let (primitive, operands) = try choose(depth) else { continue }
        guard let types = try? primitive.resultTypes(of: operands.map { graph.type(of: $0) }),
          types.allSatisfy({ $0.shape.count <= 4000 })
        else { continue }
        values += try graph.apply(primitive, operands, origin: .none)
        break
      }
    }
  }

  private mutating func choose(_ depth: Int) throws -> (Primitive, [ValueID])? {
    let x = random.pick(values)
    let type = graph.type(of: x)
    let (sizes, rank) = (type.shape.sizes, type.shape.rank)
    let axis = random.below(max(1, rank))
    let same = values.filter { graph.type(of: $0) == type }
    switch random.below(34) {
    case 0: return (.constant(.float(Double(random.below(5)) - 2, random.pick([.f32, .f64, .i64, .bool]))), [])
    case 1: return (.iota(TensorType(random.pick([.f32, .i64]), type.shape), axis: axis), [])
    case 2, 3, 4, 5:
      // Without those that make huge values at once: the sums over them would differ by their order.
      return (.unary(random.pick(UnaryPrimitive.allCases.filter { $0 != .exp || type.dtype == .bool })), [x])
    case 6, 7, 8, 9, 10:
      if random.chance(40), rank > 0 {
        let scalars = values.filter { graph.type(of: $0) == TensorType(type.dtype, .scalar) }
        guard !scalars.isEmpty else { return nil }
        let spread = try graph.apply(.broadcast(type.shape, axes: []), [random.pick(scalars)], origin: .none)[0]
        return (.binary(random.pick(BinaryPrimitive.allCases)), [x, spread])
      }
      return (.binary(random.pick(BinaryPrimitive.allCases)), [x, random.pick(same)])
    case 11: return (.compare(random.pick(Comparison.allCases)), [x, random.pick(same)])
    case 12:
      let conditions = values.filter { graph.type(of: $0) == TensorType(.bool, type.shape) }
      return conditions.isEmpty ? nil : (.select, [random.pick(conditions), x, random.pick(same)])
    case 13: return (.convert(random.pick([.f32, .f64, .i64, .bool])), [x])
    case 14: return (.stopGradient, [x])
    case 15:
      return (.reshape(random.pick([Shape([type.shape.count]), Shape(sizes.reversed()), Shape([1] + sizes), Shape(sizes.withoutOnesForTests)])), [x])
    case 16: return (.transpose(permutation: Array(0..<rank).shuffled(using: &random)), [x])
    case 17, 18:
      let target = random.chance(50) ? [2] + sizes : sizes + [3]
      let first = target.count - rank
      return (.broadcast(Shape(target), axes: target.first == 2 && first == 1 && target.dropFirst().elementsEqual(sizes) ? Array(1..<(rank + 1)) : Array(0..<rank)), [x])
    case 19, 20:
      let starts = sizes.map { random.below($0 + 1) }
      let limits = zip(starts, sizes).map { $0 + random.below($1 - $0 + 1) }
      return (.slice(starts: starts, limits: limits, strides: sizes.map { _ in 1 + random.below(2) }), [x])
    case 21:
      let scalars = values.filter { graph.type(of: $0) == TensorType(type.dtype, .scalar) }
      guard !scalars.isEmpty else { return nil }
      let pads = (0..<3).map { _ in sizes.map { _ in random.below(2) } }
      return (.pad(low: pads[0], high: pads[1], interior: pads[2]), [x, random.pick(scalars)])
    case 22: return (.concatenate(axis: axis), [x, random.pick(same), random.pick(same)])
    case 23: return (.reverse(axes: rank == 0 ? [] : [axis]), [x])
    case 24:
      let patch = random.pick(values)
      return (.updateSlice(starts: sizes.map { random.below($0) }, strides: sizes.map { _ in 1 + random.below(2) }), [x, patch])
    case 25, 26:
      let axes = (0..<rank).filter { _ in random.chance(50) }
      return (.reduce(random.pick(Reduction.allCases), axes: axes), [x])
    case 27: return random.chance(50) ? (.argReduce(random.pick([.maximum, .minimum]), axis: axis), [x])
      : (.cumulate(random.pick(Cumulation.allCases), axis: axis), [x])
    case 28, 29: return (.matmul(transposeA: random.chance(50), transposeB: random.chance(50)), [x, random.pick(values)])
    case 30:
      return random.chance(50) ? (.sort(axis: axis, descending: random.chance(50)), [x]) : (.qr, [x])
    case 31:
      // Indices that are in range by construction.
      guard rank > 0, sizes[axis] > 0 else { return nil }
      let ids = try graph.apply(.iota(TensorType(.i64, [sizes[axis]]), axis: 0), [], origin: .none)[0]
      if random.chance(50) { return (.take(axis: axis), [x, ids]) }
      return (.scatterAdd(axis: axis, size: sizes[axis] + random.below(3)), [x, ids])
    case 32:
      guard random.chance(40) else { return nil }
      let key = try graph.apply(.iota(TensorType(.i64, [2]), axis: 0), [], origin: .none)[0]
      let folded = try graph.apply(
        .foldKey, [key, graph.apply(.constant(.i64(random.below(9))), [], origin: .none)[0]], origin: .none)[0]
      return random.chance(50) ? (.random(.uniform, TensorType(.f32, type.shape)), [folded])
        : (.random(.integers(bound: 10), TensorType(.i64, type.shape)), [folded])
    default: return depth < 2 ? try chooseLoop(depth) : nil
    }
  }

  private func types(_ ids: [ValueID]) -> [TensorType] { ids.map { graph.type(of: $0) } }

  private mutating func chooseLoop(_ depth: Int) throws -> (Primitive, [ValueID])? {
    let length = random.below(4)
    let constants = (0..<random.below(3)).map { _ in random.pick(values) }
    let carries = (0..<(1 + random.below(2))).map { _ in random.pick(values) }
    if random.chance(30) {
      // A loop that counts to `length`.
      let counter = try graph.apply(.constant(.i64(0)), [], origin: .none)[0]
      let all = constants + carries + [counter]
      var body = try RandomGraph(
        body: types(all), returning: types(carries), extra: 0, random: random, operations: 5, depth: depth + 1)
      random = body.random
      let one = try body.graph.apply(.constant(.i64(1)), [], origin: .none)
      body.graph.outputs += try body.graph.apply(.binary(.add), [body.graph.inputs[all.count - 1]] + one, origin: .none)
      var condition = Graph()
      for type in types(all) { _ = condition.addInput(type) }
      let limit = try condition.apply(.constant(.i64(length)), [], origin: .none)
      condition.outputs = try condition.apply(
        .compare(.less), [condition.inputs[all.count - 1]] + limit, origin: .none)
      return (.whileLoop(WhileLoop(condition: condition, body: body.graph, constantCount: constants.count)), all)
    }
    let stacked = values.filter { graph.type(of: $0).shape.sizes.first == length }.prefix(2)
    let slices = stacked.map { value in
      let type = graph.type(of: value)
      return TensorType(type.dtype, Shape(Array(type.shape.sizes.dropFirst())))
    }
    let body = try RandomGraph(
      body: types(constants + carries) + slices, returning: types(carries), extra: random.below(3), random: random,
      operations: 6, depth: depth + 1)
    random = body.random
    let scan = Scan(
      body: body.graph, constantCount: constants.count, carryCount: carries.count, length: length,
      isReversed: random.chance(50))
    return (.scan(scan), constants + carries + stacked)
  }

  /// Inputs for the graph: small numbers, some of them equal or zero.
  mutating func inputs() throws -> [Tensor] {
    try graph.inputTypes.map { type in
      let count = type.shape.count
      switch type.dtype {
      case .f32: return try floats((0..<count).map { _ in Float(random.below(17) - 8) / 4 }, type.shape)
      case .f64: return try doubles((0..<count).map { _ in Double(random.below(17) - 8) / 4 }, type.shape)
      case .i64: return try integers((0..<count).map { _ in random.below(7) - 3 }, type.shape)
      case .bool: return try truths((0..<count).map { _ in random.chance(50) }, type.shape)
      }
    }
  }
}

extension Array where Element == Int {
  fileprivate var withoutOnesForTests: [Int] { filter { $0 != 1 } }
}
