import TensorGraph
import TensorTypes

/// The single operations of random programs.
extension RandomProgram {
  mutating func move() throws {
    switch random.below(100) {
    case 0..<12: try unary()
    case 12..<28: try binary()
    case 28..<36: try choice()
    case 36..<39: try conversion()
    case 39..<42: try places()
    case 42..<49: try reduction()
    case 49..<57: try rowStatistic()
    case 57..<67: try product()
    case 67..<76: try rearrangement()
    case 76..<80: try joined()
    case 80..<86: try indexed()
    case 86..<89: try along()
    case 89..<93: try depth < 2 ? loop() : unary()
    case 93..<96: try depth < 1 ? attention() : rowStatistic()
    default: try depth < 1 ? recurrence() : binary()
    }
  }

  private mutating func operand() throws -> ValueID {
    try pick { [real] in $0.dtype == real && $0.shape.rank > 0 }
  }

  private mutating func unary() throws {
    let x = try operand()
    switch random.below(9) {
    case 0: try add(.unary(.exp), bounded(x))
    case 1: try add(.unary(.log), positive(x))
    case 2: try add(.unary(random.pick([.sqrt, .reciprocal])), positive(x))
    case 3: try add(.unary(random.pick([.floor, .ceil, .round, .truncate, .sign])), x)
    case 4: try add(.unary(random.pick([.sin, .cos, .atan, .erf])), x)
    default: try add(.unary(random.pick([.tanh, .sigmoid, .negate, .absolute])), x)
    }
  }

  mutating func bounded(_ x: ValueID) throws -> ValueID {
    random.chance(50) ? try add(.unary(.tanh), x) : try add(.binary(.minimum), x, number(3, like: x))
  }

  private mutating func positive(_ x: ValueID) throws -> ValueID {
    let square = random.chance(50) ? try add(.unary(.absolute), x) : try add(.binary(.multiply), x, x)
    return try add(.binary(.add), square, number(0.5, like: x))
  }

  private mutating func binary() throws {
    let x = try random.chance(85) ? operand() : pick { $0.dtype == .i64 && $0.shape.rank > 0 }
    let y = try partner(x)
    if type(x).dtype == .i64 {
      // A zero divisor is an error.
      if random.chance(30) {
        try add(.binary(random.pick([.floorDivide, .remainder])), x, number(Double(1 + random.below(7)), like: x))
      } else {
        try add(.binary(random.pick([.add, .subtract, .minimum, .maximum])), x, y)
      }
      return
    }
    let pair = random.chance(25) ? [y, x] : [x, y]
    switch random.below(12) {
    case 0: _ = try add(.binary(.divide), [pair[0], positive(pair[1])])
    case 1: try add(.binary(.power), x, number(2, like: x))
    case 2, 3: _ = try add(.binary(random.pick([.maximum, .minimum])), pair)
    case 4, 5, 6, 7: _ = try add(.binary(.multiply), [bounded(pair[0]), pair[1]])
    default: _ = try add(.binary(random.pick([.add, .subtract])), pair)
    }
  }

  /// Compares, and chooses by what is known of the shape; truth values are used again later.
  private mutating func choice() throws {
    let x = try random.chance(90) ? operand() : pick { $0.dtype == .i64 }
    let shape = type(x).shape
    var condition: ValueID
    if random.chance(40), let known = try? pick({ $0 == TensorType(.bool, shape) }) {
      condition = known
    } else {
      condition = try add(.compare(random.pick(Comparison.allCases)), x, partner(x))
    }
    switch random.below(8) {
    case 0: condition = try add(.unary(.not), condition)
    case 1:
      condition = try add(.binary(random.pick([.and, .or, .xor])), condition, some(TensorType(.bool, shape)))
    case 2: condition = try add(.unary(random.pick([.isNaN, .isFinite])), x)
    case 3:
      try add(.convert(real), condition)
      return
    default: break
    }
    let other = try partner(x)
    _ = try add(.select, [condition] + (random.chance(50) ? [x, other] : [other, x]))
  }

  private mutating func conversion() throws {
    let x = try operand()
    switch random.below(4) {
    case 0: try add(.convert(real), add(.convert(real == .f32 ? .f64 : .f32), x))
    case 1 where !hasSpecials:
      let small = try add(.binary(.minimum), add(.unary(.absolute), x), number(9, like: x))
      try add(.convert(.i64), small)
    case 2: try add(.convert(real), pick { $0.dtype == .i64 })
    default: try add(.convert(.bool), x)
    }
  }

  /// Counts, unit matrices and masks made of places.
  private mutating func places() throws {
    let x = try operand()
    let shape = type(x).shape, last = shape.rank - 1
    if last == 0 || random.chance(40) {
      let count = try add(.iota(TensorType(random.pick([real, .i64]), shape), axis: random.below(last + 1)))
      if type(count).dtype == real { try add(.binary(.multiply), count, number(random.pick([0.1, 0.125]), like: x)) }
      return
    }
    try masked(x)
  }

  /// Zeros, or a number, where rows' and columns' places compare in some way; among them exact and inexact ones.
  @discardableResult
  mutating func masked(_ x: ValueID) throws -> ValueID {
    guard !hasSpecials, type(x).shape.rank > 1 else { throw Unfit() }
    hasMask = true
    let shape = type(x).shape, last = shape.rank - 1
    let kind = random.chance(50) ? real : .i64
    var row = try add(.iota(TensorType(kind, shape), axis: last - 1))
    let column = try add(.iota(TensorType(kind, shape), axis: last))
    if random.chance(60) {
      let shift = kind == .i64 ? Double(random.below(5)) - 2 : random.pick([1, -2, 0.5, 1.5, 2.5])
      row = try add(.binary(random.pick([.add, .add, .subtract])), row, number(shift, like: row))
    }
    let pair = random.chance(50) ? [row, column] : [column, row]
    let comparison = random.pick([Comparison.greaterOrEqual, .greater, .lessOrEqual, .less] + Comparison.allCases)
    let isSeen = try add(.compare(comparison), pair)
    if random.chance(50) { return try add(.select, isSeen, x, number(random.pick([0, 0, -1e9]), like: x)) }
    return try add(.binary(.multiply), x, add(.convert(real), isSeen))
  }

  mutating func reduction() throws {
    if random.chance(12) {
      let x = try pick { $0.dtype == .bool && $0.shape.rank > 0 }
      try add(.reduce(random.pick([.all, .any]), axes: axes(of: x)), x)
      return
    }
    let x = try random.chance(90) ? operand() : pick { $0.dtype == .i64 && $0.shape.rank > 0 }
    let kind = random.pick([Reduction.sum, .sum, .sum, .maximum, .maximum, .minimum, .product])
    try add(.reduce(kind, axes: axes(of: x)), kind == .product && type(x).dtype == real ? add(.unary(.sigmoid), x) : x)
  }

  private mutating func axes(of x: ValueID) -> [Int] {
    let rank = type(x).shape.rank
    switch random.below(6) {
    case 0, 1, 2: return [rank - 1]
    case 3: return Array(0..<(rank - 1))
    case 4: return Array(0..<rank)
    default: return (0..<rank).filter { _ in random.chance(50) }
    }
  }

  /// Numbers of rows that the rows use again.
  mutating func rowStatistic() throws {
    var x = try pick { [real] in $0.dtype == real && $0.shape.rank > 1 && $0.shape.sizes.last != 0 }
    let shape = type(x).shape, last = shape.rank - 1, rows = Array(0..<last)
    if random.chance(25) { x = try add(.binary(.add), x, partner(x)) }
    let largest = try add(.reduce(.maximum, axes: [last]), x)
    let shifted = try add(.binary(.subtract), x, spread(largest, over: shape, rows))
    switch random.below(7) {
    case 0, 1:
      let powers = try add(.unary(.exp), shifted)
      let sums = try spread(add(.reduce(.sum, axes: [last]), powers), over: shape, rows)
      try add(.binary(.divide), powers, sums)
    case 2:
      let sums = try add(.reduce(.sum, axes: [last]), add(.unary(.exp), shifted))
      let logarithm = try add(.unary(.log), sums)
      let logs = try add(.binary(.subtract), shifted, spread(logarithm, over: shape, rows))
      if random.chance(60) { try loss(logs) }
    case 3, 4:
      let count = Double(max(1, columnsOf(x)))
      let sum = try add(.reduce(.sum, axes: [last]), x)
      let mean = try add(.binary(.divide), sum, number(count, like: sum))
      let centred = try add(.binary(.subtract), x, spread(mean, over: shape, rows))
      let squares = try add(.reduce(.sum, axes: [last]), add(.binary(.multiply), centred, centred))
      let root = try add(.unary(.sqrt), add(.binary(.add), squares, number(0.25, like: squares)))
      let normed = try add(.binary(.divide), centred, spread(root, over: shape, rows))
      let gain = try some(TensorType(real, [columnsOf(x)]))
      try add(.binary(.multiply), normed, spread(gain, over: shape, [last]))
    case 5:
      let place = try add(.argReduce(random.pick([.maximum, .minimum]), axis: last), x)
      let places = try add(.iota(TensorType(.i64, shape), axis: last))
      let isPlace = try add(.compare(.equal), places, spread(place, over: shape, rows))
      try add(.select, isPlace, x, shifted)
    default: try add(.binary(.multiply), shifted, x)
    }
  }

  func columnsOf(_ x: ValueID) -> Int { sizes(x).last ?? 1 }

  /// One element of each row by its id, and its sum or the like.
  private mutating func loss(_ logs: ValueID) throws {
    let shape = type(logs).shape, last = shape.rank - 1
    let rows = Array(shape.sizes.dropLast())
    let ids = try ids(rows + [1], below: columnsOf(logs))
    let picked = try add(.reshape(Shape(rows)), add(.takeAlong(axis: last), logs, ids))
    let weighted = try random.chance(50) ? add(.binary(.multiply), picked, partner(picked)) : picked
    try add(.reduce(.sum, axes: Array(0..<rows.count)), weighted)
  }

  mutating func rearrangement() throws {
    let x = try random.chance(92) ? operand() : pick { $0.shape.rank > 0 }
    let sizes = sizes(x), rank = sizes.count, last = rank - 1
    switch random.below(9) {
    case 0, 1:
      let axis = random.chance(60) ? last : random.below(rank)
      var starts = sizes.map { _ in 0 }, limits = sizes, strides = sizes.map { _ in 1 }
      guard sizes[axis] > 1 else { throw Unfit() }
      // Parts as gates have them, or any.
      let parts = [2, 3, 4].filter { sizes[axis] % $0 == 0 }
      if !parts.isEmpty, random.chance(60) {
        let size = sizes[axis] / random.pick(parts)
        starts[axis] = size * random.below(sizes[axis] / size)
        limits[axis] = starts[axis] + size
      } else {
        starts[axis] = random.below(sizes[axis])
        limits[axis] = starts[axis] + 1 + random.below(sizes[axis] - starts[axis])
        strides[axis] = 1 + random.below(3)
      }
      try add(.slice(starts: starts, limits: limits, strides: strides), x)
    case 2: try add(.reverse(axes: [random.chance(50) ? last : random.below(rank)]), x)
    case 3:
      let pads = (0..<3).map { _ in sizes.map { _ in random.below(10) < 7 ? 0 : random.below(3) } }
      let number = try some(TensorType(type(x).dtype, .scalar))
      try add(.pad(low: pads[0], high: pads[1], interior: pads[2]), x, number)
    case 4:
      let patch = sizes.map { $0 == 0 ? 0 : 1 + random.below($0) }
      let starts = zip(sizes, patch).map { random.below($0 - $1 + 1) }
      let y = try some(TensorType(type(x).dtype, Shape(patch)))
      try add(.updateSlice(starts: starts, strides: sizes.map { _ in 1 }), x, y)
    case 5: try add(.transpose(permutation: Array(0..<rank).shuffled(using: &random)), x)
    case 6: try add(.stopGradient, x)
    default:
      let flat = sizes.reduce(1, *)
      let part = [2, 3, 4, 8, 16].filter { sizes[last] % $0 == 0 }
      var choices = [[flat], [flat / max(1, sizes[last]), sizes[last]], lead + [columns], [1] + sizes]
      if let size = part.randomElement(using: &random), sizes[last] > 0 {
        choices.append(sizes.dropLast() + [sizes[last] / size, size])
        choices.append(sizes.dropLast() + [size, sizes[last] / size])
      }
      try add(.reshape(Shape(random.pick(choices))), x)
    }
  }

  private mutating func joined() throws {
    let x = try operand()
    let axis = random.chance(60) ? type(x).shape.rank - 1 : random.below(type(x).shape.rank)
    var parts = [x]
    for _ in 0..<(1 + random.below(3)) {
      parts.append(
        try pick { [same = type(x)] type in
          type.dtype == same.dtype && type.shape.rank == same.shape.rank
            && same.shape.sizes.indices.allSatisfy { $0 == axis || type.shape[$0] == same.shape[$0] }
        })
    }
    _ = try add(.concatenate(axis: axis), parts.shuffled(using: &random))
  }

  private mutating func indexed() throws {
    let x = try operand()
    let sizes = sizes(x), rank = sizes.count, last = rank - 1
    let axis = random.chance(60) ? last : random.below(rank)
    guard sizes[axis] > 0 else { throw Unfit() }
    switch random.below(6) {
    case 0:
      // Rows of a table, perhaps summed in groups.
      let table = try some(TensorType(real, [random.pick([3, 10, 50]), columns]))
      let group = 1 + random.below(5)
      let rows = try add(.take(axis: 0), table, ids(lead.suffix(1) + [group], below: self.sizes(table)[0]))
      if random.chance(50) { try add(.reduce(.sum, axes: [1]), rows) }
    case 1: try add(.take(axis: axis), x, ids([1 + random.below(6)], below: sizes[axis]))
    case 2:
      let size = 1 + random.below(40)
      let first = random.chance(70) ? 0 : axis
      try add(.scatterAdd(axis: first, size: size), x, ids([sizes[first]], below: size))
    case 3, 4:
      var shape = sizes
      if random.chance(60) { shape[axis] = 1 }
      try add(.takeAlong(axis: axis), x, ids(shape, below: sizes[axis]))
    default:
      let rows = Array(sizes.dropLast())
      guard rank > 1 else { throw Unfit() }
      let updates = try add(.reshape(Shape(rows + [1])), some(TensorType(real, Shape(rows))))
      let ids = try ids(rows + [1], below: sizes[last])
      let placed = try add(.scatterAddAlong(axis: last, size: sizes[last]), updates, ids)
      if random.chance(60) { try add(.binary(.add), x, placed) }
    }
  }

  /// Running sums, orders and extreme places.
  private mutating func along() throws {
    let x = try operand()
    let axis = random.chance(60) ? type(x).shape.rank - 1 : random.below(type(x).shape.rank)
    switch random.below(4) {
    case 0, 1: try add(.cumulate(random.pick([.sum, .sum, .maximum, .minimum]), axis: axis), x)
    case 2: try add(.sort(axis: axis, descending: random.chance(50)), x)
    default:
      guard sizes(x)[axis] > 0 else { throw Unfit() }
      try add(.argReduce(random.pick([.maximum, .minimum]), axis: axis), x)
    }
  }
}
