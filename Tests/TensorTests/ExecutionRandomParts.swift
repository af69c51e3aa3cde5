import TensorGraph
import TensorTypes

/// The larger parts of random programs: products, attention, loops.
extension RandomProgram {
  /// Rows by a matrix, or by one another, with transposed operands; what comes next may become its epilogue.
  mutating func product() throws {
    let x = try pick { [real] in $0.dtype == real && $0.shape.rank > 1 && $0.shape.count > 0 }
    var sizes = sizes(x)
    let rank = sizes.count
    var result: ValueID
    switch random.below(7) {
    case 6 where rank > 2:
      // One matrix for all entries of a batch.
      let b = random.chance(50)
      let matrix = try b ? weight(other, sizes[rank - 1]) : weight(sizes[rank - 1], other)
      let shared = try spread(matrix, over: Shape(sizes.dropLast(2) + self.sizes(matrix)), [rank - 2, rank - 1])
      result = try add(.matmul(transposeA: false, transposeB: b), x, shared)
    case 0:
      // Products of each entry of a batch with itself or with another.
      let batch = Array(sizes.dropLast(2))
      let y = try pick { [real] in
        $0.dtype == real && $0.shape.rank == rank && Array($0.shape.sizes.dropLast(2)) == batch
      }
      let (left, right) = (Array(sizes.suffix(2)), Array(self.sizes(y).suffix(2)))
      let fitting = [(false, false), (false, true), (true, false), (true, true)].filter { a, b in
        left[a ? 0 : 1] == right[b ? 1 : 0] && left[a ? 0 : 1] <= 512
      }
      guard let (a, b) = fitting.randomElement(using: &random) else { throw Unfit() }
      // A mask on an operand leaves out terms, one on the result parts of it.
      let masked = try random.chance(60) ? masked(x) : x
      result = try add(.matmul(transposeA: a, transposeB: b), masked, y)
      if random.chance(20) { result = try self.masked(result) }
    case 1:
      // The gradient of a matrix.
      let flat = try add(.reshape(Shape([sizes.dropLast().reduce(1, *), sizes[rank - 1]])), x)
      let y = try some(TensorType(real, [self.sizes(flat)[0], random.pick([1, 2, 3, other])]))
      result = try add(.matmul(transposeA: true, transposeB: false), flat, y)
    default:
      if rank > 2 { sizes = [sizes.dropLast().reduce(1, *), sizes[rank - 1]] }
      var flat = rank > 2 ? try add(.reshape(Shape(sizes)), x) : x
      if rank == 2, random.chance(20) {
        flat = try add(.transpose(permutation: [1, 0]), x)
        sizes.swapAt(0, 1)
      }
      let (b, width) = (random.chance(40), random.chance(75) ? other : random.pick([1, 1, 2, 3, 4 * other]))
      let weight = try b ? weight(width, sizes[1]) : weight(sizes[1], width)
      result = try add(.matmul(transposeA: false, transposeB: b), flat, weight)
      if rank > 2, random.chance(80) { result = try add(.reshape(Shape(self.sizes(x).dropLast() + [width])), result) }
    }
    if random.chance(10) {
      // A part of something larger, and of nothing else.
      let axis = type(result).shape.rank - 1 - random.below(2)
      result = try add(.concatenate(axis: axis), random.chance(50) ? [result, result] : [result, some(type(result))])
      return
    }
    // An epilogue, and sometimes a second reader.
    if random.chance(60) {
      let offset = try some(TensorType(real, [columnsOf(result)]))
      let sum = try add(.binary(.add), result, spread(offset, over: type(result).shape, [type(result).shape.rank - 1]))
      if random.chance(70) { try add(random.pick([.unary(.tanh), .unary(.sigmoid), .unary(.negate)]), sum) }
    }
    if random.chance(20) { try add(.binary(.multiply), bounded(result), partner(result)) }
  }

  /// Scores of places by places, with or without a mask, for one head or several.
  mutating func attention() throws {
    let x = try pick { [real] in $0.dtype == real && $0.shape.rank == 3 && $0.shape.count > 0 }
    let (b, t, c) = (sizes(x)[0], sizes(x)[1], sizes(x)[2])
    let heads = random.pick([1, 2, 4].filter { c % $0 == 0 })
    guard b * heads * t * t <= limit else { throw Unfit() }
    let flat = try add(.reshape([b * t, c]), x)
    var parts: [ValueID] = []
    for _ in 0..<3 {
      let part = random.chance(80) ? try add(.matmul(transposeA: false, transposeB: false), flat, weight(c, c)) : flat
      let split = try add(.reshape([b, t, heads, c / heads]), part)
      parts.append(try add(.transpose(permutation: [0, 2, 1, 3]), split))
    }
    var scores = try add(.matmul(transposeA: false, transposeB: true), parts[0], parts[1])
    let shape = type(scores).shape
    scores = try add(.binary(.multiply), scores, number(0.25, like: scores))
    if random.chance(60), !hasSpecials {
      hasMask = true
      let square: Shape = [t, t]
      let (row, column) = (
        try add(.iota(TensorType(.i64, square), axis: 0)), try add(.iota(TensorType(.i64, square), axis: 1))
      )
      let isSeen = try spread(add(.compare(.greaterOrEqual), row, column), over: shape, [2, 3])
      scores = try add(.select, isSeen, scores, number(-Double.infinity, like: scores))
    }
    let largest = try add(.reduce(.maximum, axes: [3]), scores)
    let powers = try add(
      .unary(.exp), add(.binary(.subtract), scores, spread(largest, over: shape, [0, 1, 2])))
    let sums = try add(.reduce(.sum, axes: [3]), powers)
    let shares = try add(.binary(.divide), powers, spread(sums, over: shape, [0, 1, 2]))
    let mixed = try add(.matmul(transposeA: false, transposeB: false), shares, parts[2])
    let joined = try add(.transpose(permutation: [0, 2, 1, 3]), mixed)
    try add(.binary(.add), x, add(.reshape([b, t, c]), joined))
  }

  /// A scan over a leading axis, with or without a carry, or a loop that counts.
  mutating func loop() throws {
    let stack = try pick { $0.shape.rank > 1 && $0.shape[0] <= 40 }
    let length = sizes(stack)[0]
    let stacked = [stack] + values.filter { sizes($0).first == length && sizes($0).count > 1 }.suffix(random.below(3))
    let slices = stacked.map { TensorType(type($0).dtype, Shape(Array(sizes($0).dropFirst()))) }
    var carries: [ValueID] = []
    if random.chance(80) {
      for slice in slices.prefix(1 + random.below(2)) { carries.append(try some(slice)) }
    }
    var constants: [ValueID] = []
    for _ in 0..<random.below(3) { constants.append(try pick { $0.shape.count <= 1 << 14 }) }
    if let row = slices[0].shape.sizes.last, random.chance(40) { constants.append(try weight(row, row)) }
    let outer = constants + carries
    if !carries.isEmpty, random.chance(12) { return try count(constants, carries) }
    var body = try RandomProgram(body: outer.map(type) + slices, in: self, moves: 3 + random.below(6))
    body.graph.outputs = try carries.map(type).map { type in try body.bounded(type) }
    for _ in 0..<(carries.isEmpty ? 1 + random.below(2) : random.below(3)) {
      // Before or after the step, or anything else.
      body.graph.outputs.append(
        random.chance(40) && !carries.isEmpty
          ? random.pick([body.graph.outputs[0], body.graph.inputs[constants.count]]) : random.pick(body.values))
    }
    (random, hasMask, hasWhile) = (body.random, body.hasMask, hasWhile || body.hasWhile)
    let scan = Scan(
      body: body.graph, constantCount: constants.count, carryCount: carries.count, length: length,
      isReversed: random.chance(40))
    _ = try add(.scan(scan), outer + stacked)
  }

  /// A value of the type for the next step, which does not grow from step to step.
  private mutating func bounded(_ type: TensorType) throws -> ValueID {
    let value = try some(type)
    return type.dtype.isFloating ? try add(.unary(.tanh), value) : value
  }

  private mutating func count(_ constants: [ValueID], _ carries: [ValueID]) throws {
    hasWhile = true
    let counter = try add(.constant(.i64(0)))
    let all = constants + carries + [counter]
    var body = try RandomProgram(body: all.map(type), in: self, moves: 4)
    body.graph.outputs = try carries.map(type).map { type in try body.bounded(type) }
    let one = try body.add(.constant(.i64(1)))
    body.graph.outputs.append(try body.add(.binary(.add), body.graph.inputs[all.count - 1], one))
    (random, hasMask) = (body.random, body.hasMask)
    var condition = Graph()
    for value in all { _ = condition.addInput(type(value)) }
    let limit = try condition.apply(.constant(.i64(1 + random.below(4))), [], origin: .none)
    condition.outputs = try condition.apply(.compare(.less), [condition.inputs[all.count - 1]] + limit, origin: .none)
    _ = try add(.whileLoop(WhileLoop(condition: condition, body: body.graph, constantCount: constants.count)), all)
  }

  /// A recurrent layer over the second axis of a batch, with gates that are parts of one product.
  mutating func recurrence() throws {
    let x = try pick { [real] in $0.dtype == real && $0.shape.rank == 3 && $0.shape.count > 0 && $0.shape[1] <= 40 }
    let (b, t, c) = (sizes(x)[0], sizes(x)[1], sizes(x)[2])
    let width = random.pick([3, 8, 16, 32, 64])
    let flat = try add(.reshape([b * t, c]), x)
    let inner = try add(.matmul(transposeA: false, transposeB: false), flat, weight(c, 3 * width))
    let steps = try add(.transpose(permutation: [1, 0, 2]), add(.reshape([b, t, 3 * width]), inner))
    let matrix = try weight(width, 3 * width)
    let offset = try some(TensorType(real, [3 * width]))
    let start = try spread(add(.constant(.float(0, real))), over: [b, width], [])
    let slices = TensorType(real, [b, 3 * width])
    var body = try RandomProgram(body: [matrix, offset, start].map(type) + [slices], in: self, moves: 0)
    let (matrixIn, offsetIn, state, slice) = (
      body.graph.inputs[0], body.graph.inputs[1], body.graph.inputs[2], body.graph.inputs[3]
    )
    let recurrent = try body.add(.matmul(transposeA: false, transposeB: false), state, matrixIn)
    let sum = try body.add(.binary(.add), recurrent, slice)
    let all = try body.add(.binary(.add), sum, body.spread(offsetIn, over: [b, 3 * width], [1]))
    func gate(_ number: Int) throws -> ValueID {
      try body.add(
        .slice(starts: [0, number * width], limits: [b, (number + 1) * width], strides: [1, 1]), all)
    }
    let keep = try body.add(.unary(.sigmoid), gate(0))
    let fresh = try body.add(.unary(.tanh), gate(1))
    let out = try body.add(.unary(.sigmoid), gate(2))
    let next = try body.add(
      .binary(.add), body.add(.binary(.multiply), keep, state), body.add(.binary(.multiply), out, fresh))
    body.graph.outputs = [next] + random.pick([[], [next], [state], [next, state], [all], [out]])
    let scan = Scan(body: body.graph, constantCount: 2, carryCount: 1, length: t, isReversed: random.chance(30))
    _ = try add(.scan(scan), matrix, offset, start, steps)
    if let stack = values.last, sizes(stack).count == 3 { try add(.transpose(permutation: [1, 0, 2]), stack) }
  }
}
