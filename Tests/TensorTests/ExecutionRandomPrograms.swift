import TensorGraph
import TensorRuntime
import TensorTypes
import Transforms

/// Makes programs like those that models are made of, over rows of one length: chains of elementwise operations, rows'
/// statistics that the rows use again, products, parts of rows, looked-up rows, scans, and the derivatives of it all.
/// Where `RandomGraph` tries primitives on tiny shapes, these have the sizes and the neighbours that fusion looks for.
/// Numbers stay finite, unless special ones are among the inputs.
struct RandomProgram {
  enum Draw { case numbers(Double), ids(Int), truths }

  var random: TestRandom
  var graph = Graph()
  /// To choose operands from, the newest last.
  var values: [ValueID] = []
  /// By input.
  var draws: [Draw] = []
  let real: DType
  /// Sizes: the axes before the rows' elements, the length of the rows, and of those that products make of them.
  let lead: [Int], columns: Int, other: Int
  let hasSpecials: Bool
  /// Compiled products leave out what a mask hides: a zero may have the other sign.
  var hasMask = false
  /// There is no derivative of such a loop.
  var hasWhile = false
  let depth: Int
  /// No value has more elements.
  let limit: Int

  private static let lengths =
    Array(1...17) + [16, 31, 32, 33, 48, 64, 64, 80, 100, 128, 128, 256, 320, 1000]

  init(seed: Int) throws {
    random = TestRandom(seed)
    depth = 0
    hasSpecials = random.chance(10)
    real = random.chance(85) ? .f32 : .f64
    let isLarge = random.chance(7)
    limit = isLarge ? 1 << 18 : 1 << 14
    columns = random.pick(Self.lengths)
    other = random.chance(30) ? columns : random.pick(Self.lengths)
    let room = max(1, limit / 2 / max(columns, other))
    let rows = random.pick([1, 2, 3, 5, 8, 13, 16, 31, 33, 64, 100, 257, 1024, 4096].filter { $0 <= room })
    switch random.below(10) {
    case 0..<5: lead = [isLarge ? room : rows]
    case 5..<8: lead = [random.pick([1, 2, 3, 4, 7, 8, 9, 32].filter { $0 * rows <= room }), rows]
    default:
      let heads = random.pick([1, 2, 4].filter { $0 * rows * 8 <= room } + [1])
      lead = [random.pick([1, 2, 3, 8].filter { $0 * rows * heads <= room }), heads, rows]
    }
    for _ in 0..<(1 + random.below(3)) { _ = input(TensorType(real, Shape(lead + [columns]))) }
    try grow(4 + random.below(isLarge ? 12 : 24))
    chooseOutputs()
    switch random.below(10) {
    case 0..<5: try differentiate()
    case 5: try batch()
    default: break
    }
  }

  /// A body whose inputs have the given types.
  init(body types: [TensorType], in outer: RandomProgram, moves: Int) throws {
    (random, real, columns, other) = (outer.random, outer.real, outer.columns, outer.other)
    (hasSpecials, limit, depth) = (outer.hasSpecials, outer.limit, outer.depth + 1)
    hasMask = outer.hasMask
    lead = types.map(\.shape.sizes).max { $0.count < $1.count }.map { Array($0.dropLast()) } ?? []
    for type in types { values.append(graph.addInput(type)) }
    try grow(moves)
  }

  private mutating func grow(_ moves: Int) throws {
    for _ in 0..<moves {
      // A move that does not fit what there is leaves the program as it was, or with an operation that nobody uses.
      for _ in 0..<5 {
        do {
          try move()
          break
        } catch is Unfit {} catch is ShapeProblem {}
      }
    }
  }

  struct Unfit: Error {}

  // MARK: Values

  func type(_ value: ValueID) -> TensorType { graph.type(of: value) }
  func sizes(_ value: ValueID) -> [Int] { graph.type(of: value).shape.sizes }

  @discardableResult
  mutating func add(_ primitive: Primitive, _ operands: ValueID...) throws -> ValueID {
    try add(primitive, operands)
  }

  mutating func add(_ primitive: Primitive, _ operands: [ValueID]) throws -> ValueID {
    let types = try primitive.resultTypes(of: operands.map(type))
    guard types.allSatisfy({ $0.shape.count <= limit }) else { throw Unfit() }
    let results = try graph.apply(primitive, operands, origin: .none)
    values += results
    guard let first = results.first else { throw Unfit() }
    return first
  }

  mutating func pick(_ fits: (TensorType) -> Bool) throws -> ValueID {
    let fitting = values.filter { fits(type($0)) }
    guard !fitting.isEmpty else { throw Unfit() }
    return random.chance(60) ? random.pick(fitting.suffix(3)) : random.pick(fitting)
  }

  /// A value of the type: one that is there, or a new input.
  mutating func some(_ type: TensorType) throws -> ValueID {
    if random.chance(85), let known = try? pick({ $0 == type }) { return known }
    return try new(type)
  }

  mutating func new(_ type: TensorType) throws -> ValueID {
    guard depth > 0 || type.shape.count > limit || graph.inputs.count > 12 else { return input(type) }
    let number = try add(.constant(.float(Double(random.below(9)) / 4 - 0.8, type.dtype)))
    return try add(.broadcast(type.shape, axes: []), number)
  }

  mutating func input(_ type: TensorType, _ draw: Draw? = nil) -> ValueID {
    let value = graph.addInput(type)
    draws.append(draw ?? (type.dtype == .bool ? .truths : type.dtype == .i64 ? .ids(5) : .numbers(1)))
    values.append(value)
    return value
  }

  /// The matrix of a product, an index for something: an input outside of loops, computed within.
  mutating func weight(_ rows: Int, _ columns: Int) throws -> ValueID {
    let type = TensorType(real, [rows, columns])
    if depth > 0 || random.chance(40) { return try pick { $0 == type } }
    guard rows * columns <= limit else { throw Unfit() }
    return input(type, .numbers(1 / Double(max(1, rows)).squareRoot()))
  }

  mutating func ids(_ sizes: [Int], below bound: Int) throws -> ValueID {
    guard bound > 0 else { throw Unfit() }
    let shape = Shape(sizes)
    guard depth > 0 || random.chance(30) else { return input(TensorType(.i64, shape), .ids(bound)) }
    guard let axis = sizes.indices.last else { throw Unfit() }
    // Places, within bounds.
    let places = try add(.iota(TensorType(.i64, shape), axis: axis))
    let limit = try spread(add(.constant(.i64(bound))), over: shape, [])
    return try add(.binary(.remainder), places, limit)
  }

  mutating func spread(_ value: ValueID, over shape: Shape, _ axes: [Int]) throws -> ValueID {
    try add(.broadcast(shape, axes: axes), value)
  }

  mutating func number(_ value: Double, like x: ValueID) throws -> ValueID {
    try spread(add(.constant(.float(value, type(x).dtype))), over: type(x).shape, [])
  }

  /// What to combine `x` with: a value of its type, or one of fewer axes, repeated.
  mutating func partner(_ x: ValueID) throws -> ValueID {
    let type = type(x), rank = type.shape.rank
    if rank == 0 || random.chance(40) { return try some(type) }
    if random.chance(12) { return try number(Double(random.below(17)) / 8 - 1, like: x) }
    var kept: [Int]
    switch random.below(5) {
    case 0, 1: kept = Array(0..<(rank - 1))
    case 2: kept = [rank - 1]
    case 3: kept = []
    default: kept = (0..<rank).filter { _ in random.chance(50) }
    }
    if random.chance(25) {
      let stretched = Shape((0..<rank).map { kept.contains($0) ? type.shape[$0] : 1 })
      return try spread(some(TensorType(type.dtype, stretched)), over: type.shape, Array(0..<rank))
    }
    return try spread(some(TensorType(type.dtype, Shape(kept.map { type.shape[$0] }))), over: type.shape, kept)
  }

  // MARK: Outputs and derivatives

  private mutating func chooseOutputs() {
    let candidates = values.filter { !graph.inputs.contains($0) && type($0).shape.count > 0 }
    var outputs = Array(candidates.suffix(1 + random.below(2)))
    for _ in 0..<random.below(3) where !candidates.isEmpty { outputs.append(random.pick(candidates)) }
    graph.outputs = outputs
  }

  /// Values and gradients, or a step against the gradients with momentum, which may take the place of what it reads.
  private mutating func differentiate() throws {
    let outputs = graph.outputs.indices.filter { type(graph.outputs[$0]).dtype.isFloating }
    let wanted = graph.inputs.indices.filter { type(graph.inputs[$0]).dtype.isFloating }
    guard !outputs.isEmpty, !hasWhile else { return }
    let limit = random.chance(10) ? 1 << 10 : 1 << 30
    let count = graph.outputs.count
    graph = try gradientGraph(of: graph, outputs: outputs, withRespectTo: wanted, residualLimit: limit)
    draws += outputs.map { _ in .numbers(1) }
    guard random.chance(50) else { return }
    let gradients = graph.outputs[count...]
    graph.outputs = Array(graph.outputs[..<count])
    for (place, gradient) in zip(wanted, gradients) {
      let x = graph.inputs[place]
      let momentum = input(type(x), .numbers(0.1))
      let kept = try add(.binary(.multiply), momentum, number(0.9, like: x))
      let moved = try add(.binary(.add), kept, gradient)
      let step = try add(.binary(.multiply), moved, number(0.125, like: x))
      graph.outputs += [moved, try add(.binary(.subtract), x, step)]
    }
  }

  private mutating func batch() throws {
    let size = 3
    let isBatched = graph.inputs.map { _ in random.chance(60) }
    guard graph.types.allSatisfy({ $0.shape.count * size <= 1 << 20 }) else { return }
    graph = try vmapGraph(of: graph, batchedInputs: isBatched, size: size).graph
  }

  // MARK: Inputs

  private static let specials = [.nan, .infinity, -.infinity, 0, -0.0, 1e38, -1e38]

  mutating func inputs() throws -> [Tensor] {
    try zip(graph.inputTypes, draws).map { type, draw in
      let count = type.shape.count
      switch draw {
      case .ids(let bound): return try integers((0..<count).map { _ in random.below(bound) }, type.shape)
      case .truths: return try truths((0..<count).map { _ in random.chance(50) }, type.shape)
      case .numbers(let scale):
        // Coarse ones: equal numbers and zeros are among them.
        let steps = random.chance(30) ? 9.0 : 4001
        var numbers = (0..<count).map { _ in
          ((Double(random.next() >> 11) * 0x1p-53 * steps).rounded(.down) / (steps - 1) * 2 - 1) * scale
        }
        if hasSpecials, count > 0 { for special in Self.specials { numbers[random.below(count)] = special } }
        return type.dtype == .f32 ? try floats(numbers.map { Float($0) }, type.shape) : try doubles(numbers, type.shape)
      }
    }
  }
}
