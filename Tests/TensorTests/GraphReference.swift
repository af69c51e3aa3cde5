import Foundation
import TensorGraph
import TensorTypes

/// A tensor of the reference evaluator: every element as a Double (an i64 must stay below 2^53).
struct ReferenceTensor: Equatable {
  var type: TensorType
  var elements: [Double]

  init(_ type: TensorType, _ elements: [Double]) {
    self.type = type
    self.elements = elements
  }

  /// Each element computed from its index.
  init(_ type: TensorType, at element: ([Int]) throws -> Double) rethrows {
    self.type = type
    elements = try indices(of: type.shape.sizes).map(element)
  }

  var shape: [Int] { type.shape.sizes }

  subscript(index: [Int]) -> Double {
    get { elements[offset(index)] }
    set { elements[offset(index)] = newValue }
  }

  private func offset(_ index: [Int]) -> Int { zip(index, type.shape.strides).reduce(0) { $0 + $1.0 * $1.1 } }
}

/// All indices of a shape in row-major order.
func indices(of shape: [Int]) -> [[Int]] {
  var result: [[Int]] = [[]]
  for size in shape { result = result.flatMap { prefix in (0..<size).map { prefix + [$0] } } }
  return result
}

struct ReferenceProblem: Error { var message: String }

/// Runs a graph slowly and plainly, one element at a time: what the fast ways are tested against.
func referenceEvaluate(_ graph: Graph, _ inputs: [ReferenceTensor]) throws -> [ReferenceTensor] {
  guard inputs.map(\.type) == graph.inputTypes else {
    throw ReferenceProblem(message: "inputs \(inputs.map(\.type)) for \(graph.inputTypes)")
  }
  var values: [ValueID: ReferenceTensor] = [:]
  for (id, input) in zip(graph.inputs, inputs) { values[id] = input }
  for operation in graph.operations {
    let operands = operation.operands.compactMap { values[$0] }
    let types = operation.results.map(graph.type(of:))
    var results = try evaluate(operation.primitive, operands, types)
    for index in results.indices where types[index].dtype == .f32 {
      results[index].elements = results[index].elements.map { Double(Float($0)) }
    }
    for (id, result) in zip(operation.results, results) { values[id] = result }
  }
  return graph.outputs.compactMap { values[$0] }
}

private func evaluate(_ primitive: Primitive, _ x: [ReferenceTensor], _ types: [TensorType]) throws
  -> [ReferenceTensor]
{
  switch primitive {
  case .constant(let literal): return [ReferenceTensor(types[0], [value(of: literal)])]
  case .iota(_, let axis): return [ReferenceTensor(types[0]) { Double($0[axis]) }]
  case .unary(let operation): return [ReferenceTensor(types[0], x[0].elements.map { unary(operation, $0) })]
  case .binary(let operation):
    return [ReferenceTensor(types[0], zip(x[0].elements, x[1].elements).map { binary(operation, $0, $1) })]
  case .compare(let comparison):
    return [
      ReferenceTensor(types[0], zip(x[0].elements, x[1].elements).map { compare(comparison, $0, $1) ? 1 : 0 })
    ]
  case .select: return [ReferenceTensor(types[0]) { x[0][$0] != 0 ? x[1][$0] : x[2][$0] }]
  case .convert(let dtype):
    return [
      ReferenceTensor(
        types[0],
        x[0].elements.map { dtype == .bool ? ($0 != 0 ? 1 : 0) : dtype == .i64 ? $0.rounded(.towardZero) : $0 })
    ]
  case .stopGradient, .reshape: return [ReferenceTensor(types[0], x[0].elements)]
  case .transpose(let permutation):
    return [
      ReferenceTensor(types[0]) { index in
        var source = index
        for (axis, from) in permutation.enumerated() { source[from] = index[axis] }
        return x[0][source]
      }
    ]
  case .broadcast(_, let axes):
    return [
      ReferenceTensor(types[0]) { index in
        x[0][axes.enumerated().map { x[0].shape[$0] == 1 ? 0 : index[$1] }]
      }
    ]
  case .slice(let starts, _, let strides):
    return [ReferenceTensor(types[0]) { index in x[0][index.indices.map { starts[$0] + index[$0] * strides[$0] }] }]
  case .pad(let low, _, let interior):
    var result = ReferenceTensor(types[0]) { _ in x[1].elements[0] }
    for index in indices(of: x[0].shape) {
      result[index.indices.map { low[$0] + index[$0] * (interior[$0] + 1) }] = x[0][index]
    }
    return [result]
  case .concatenate(let axis):
    return [
      ReferenceTensor(types[0]) { index in
        var index = index
        for operand in x {
          if index[axis] < operand.shape[axis] { return operand[index] }
          index[axis] -= operand.shape[axis]
        }
        return .nan
      }
    ]
  case .reverse(let axes):
    return [
      ReferenceTensor(types[0]) { index in
        x[0][index.indices.map { axes.contains($0) ? x[0].shape[$0] - 1 - index[$0] : index[$0] }]
      }
    ]
  case .updateSlice(let starts, let strides):
    var result = x[0]
    for index in indices(of: x[1].shape) {
      result[index.indices.map { starts[$0] + index[$0] * strides[$0] }] = x[1][index]
    }
    return [result]
  case .reduce(let reduction, let axes):
    let kept = x[0].shape.indices.filter { !axes.contains($0) }
    var groups = ReferenceTensor(types[0]) { _ in identity(reduction) }
    for index in indices(of: x[0].shape) {
      let target = kept.map { index[$0] }
      groups[target] = combine(reduction, groups[target], x[0][index])
    }
    return [groups]
  case .argReduce(let reduction, let axis):
    return [
      ReferenceTensor(types[0]) { index in
        let line = (0..<x[0].shape[axis]).map { place in
          var source = index
          source.insert(place, at: axis)
          return x[0][source]
        }
        let best = line.reduce(line[0]) { combine(reduction == .maximum ? .maximum : .minimum, $0, $1) }
        return Double(line.firstIndex { $0 == best || ($0.isNaN && best.isNaN) } ?? 0)
      }
    ]
  case .cumulate(let cumulation, let axis):
    let reduction: Reduction =
      switch cumulation {
      case .sum: .sum
      case .product: .product
      case .maximum: .maximum
      case .minimum: .minimum
      }
    var result = x[0]
    for index in indices(of: x[0].shape) where index[axis] > 0 {
      var before = index
      before[axis] -= 1
      result[index] = combine(reduction, result[before], x[0][index])
    }
    return [result]
  case .matmul(let transposeA, let transposeB):
    let rank = types[0].shape.rank
    let inner = x[0].shape[transposeA ? rank - 2 : rank - 1]
    return [
      ReferenceTensor(types[0]) { index in
        let (batch, row, column) = (Array(index.prefix(rank - 2)), index[rank - 2], index[rank - 1])
        return (0..<inner).reduce(0.0) {
          $0 + x[0][batch + (transposeA ? [$1, row] : [row, $1])]
            * x[1][batch + (transposeB ? [column, $1] : [$1, column])]
        }
      }
    ]
  case .qr: return qr(x[0], types)
  case .triangularSolve(let lower, let transpose): return [triangularSolve(x[0], x[1], lower, transpose)]
  case .convolve(let convolution): return [referenceConvolve(convolution, x[0], x[1], types[0])]
  case .convolveInput(let convolution, _): return [referenceConvolveInput(convolution, x[0], x[1], types[0])]
  case .convolveWeight(let convolution, _): return [referenceConvolveWeight(convolution, x[0], x[1], types[0])]
  case .windowTake(let window): return [referenceWindowTake(window, x[0], x[1], types[0])]
  case .windowAdd(let window): return [referenceWindowAdd(window, x[0], x[1], types[0])]
  case .take(let axis):
    let count = x[1].shape.count
    return [
      try ReferenceTensor(types[0]) { index in
        let id = try checkedIndex(x[1][Array(index[axis..<(axis + count)])], below: x[0].shape[axis])
        return x[0][index.prefix(axis) + [id] + index.dropFirst(axis + count)]
      }
    ]
  case .scatterAdd(let axis, let size):
    let count = x[1].shape.count
    var result = ReferenceTensor(types[0]) { _ in 0 }
    for index in indices(of: x[0].shape) {
      let id = try checkedIndex(x[1][Array(index[axis..<(axis + count)])], below: size)
      result[index.prefix(axis) + [id] + index.dropFirst(axis + count)] += x[0][index]
    }
    return [result]
  case .takeAlong(let axis):
    return [
      try ReferenceTensor(types[0]) { index in
        var source = index
        source[axis] = try checkedIndex(x[1][index], below: x[0].shape[axis])
        return x[0][source]
      }
    ]
  case .scatterAddAlong(let axis, let size):
    var result = ReferenceTensor(types[0]) { _ in 0 }
    for index in indices(of: x[0].shape) {
      var target = index
      target[axis] = try checkedIndex(x[1][index], below: size)
      result[target] += x[0][index]
    }
    return [result]
  case .sort(let axis, let descending): return sort(x[0], types, axis, descending)
  case .random(let distribution, _): return [random(distribution, types[0], key: x[0].elements)]
  case .foldKey:
    let mixed = mix(mix(UInt64(x[0].elements[0])) ^ UInt64(x[0].elements[1]) ^ UInt64(x[1].elements[0]) << 32)
    return [ReferenceTensor(types[0], [Double(mixed & 0xffff_ffff), Double(mixed >> 32)])]
  case .scan(let scan): return try runScan(scan, x, types)
  case .whileLoop(let loop):
    let constants = Array(x.prefix(loop.constantCount))
    var carry = Array(x.dropFirst(loop.constantCount))
    while try referenceEvaluate(loop.condition, constants + carry)[0].elements[0] != 0 {
      carry = try referenceEvaluate(loop.body, constants + carry)
    }
    return carry
  case .check(let message):
    if x[0].elements[0] == 0 { throw ReferenceProblem(message: message) }
    return []
  }
}

private func runScan(_ scan: Scan, _ x: [ReferenceTensor], _ types: [TensorType]) throws -> [ReferenceTensor] {
  let constants = Array(x.prefix(scan.constantCount))
  var carry = Array(x.dropFirst(scan.constantCount).prefix(scan.carryCount))
  let stacked = Array(x.dropFirst(scan.constantCount + scan.carryCount))
  var results = types.dropFirst(scan.carryCount).map { type in ReferenceTensor(type) { _ in 0 } }
  for step in 0..<scan.length {
    let place = scan.isReversed ? scan.length - 1 - step : step
    let slices = stacked.map { tensor in
      ReferenceTensor(TensorType(tensor.type.dtype, Shape(Array(tensor.shape.dropFirst())))) { tensor[[place] + $0] }
    }
    let outputs = try referenceEvaluate(scan.body, constants + carry + slices)
    carry = Array(outputs.prefix(scan.carryCount))
    for (number, output) in outputs.dropFirst(scan.carryCount).enumerated() {
      for index in indices(of: output.shape) { results[number][[place] + index] = output[index] }
    }
  }
  return carry + results
}

private func value(of literal: Literal) -> Double {
  switch literal {
  case .f32(let bits): Double(Float(bitPattern: bits))
  case .f64(let bits): Double(bitPattern: bits)
  case .i64(let value): Double(value)
  case .bool(let value): value ? 1 : 0
  }
}

private func unary(_ operation: UnaryPrimitive, _ x: Double) -> Double {
  switch operation {
  case .negate: -x
  case .absolute: abs(x)
  case .sign: x > 0 ? 1 : x < 0 ? -1 : x
  case .reciprocal: 1 / x
  case .exp: exp(x)
  case .expm1: expm1(x)
  case .log: log(x)
  case .log1p: log1p(x)
  case .sqrt: x.squareRoot()
  case .sin: sin(x)
  case .cos: cos(x)
  case .tan: tan(x)
  case .asin: asin(x)
  case .acos: acos(x)
  case .atan: atan(x)
  case .sinh: sinh(x)
  case .cosh: cosh(x)
  case .tanh: tanh(x)
  case .sigmoid: 1 / (1 + exp(-x))
  case .erf: erf(x)
  case .erfInverse: erfInverse(x)
  case .floor: x.rounded(.down)
  case .ceil: x.rounded(.up)
  case .round: x.rounded(.toNearestOrEven)
  case .truncate: x.rounded(.towardZero)
  case .not: x == 0 ? 1 : 0
  case .isNaN: x.isNaN ? 1 : 0
  case .isFinite: x.isFinite ? 1 : 0
  }
}

/// Newton's method on erf.
private func erfInverse(_ y: Double) -> Double {
  var x = 0.0
  for _ in 0..<60 { x -= (erf(x) - y) / (2 / Double.pi.squareRoot() * exp(-x * x)) }
  return x
}

private func binary(_ operation: BinaryPrimitive, _ a: Double, _ b: Double) -> Double {
  switch operation {
  case .add: a + b
  case .subtract: a - b
  case .multiply: a * b
  case .divide: a / b
  case .floorDivide: (a / b).rounded(.down)
  case .remainder: a - (a / b).rounded(.down) * b
  case .power: pow(a, b)
  case .minimum: combine(.minimum, a, b)
  case .maximum: combine(.maximum, a, b)
  case .atan2: atan2(a, b)
  case .and: a != 0 && b != 0 ? 1 : 0
  case .or: a != 0 || b != 0 ? 1 : 0
  case .xor: a != b ? 1 : 0
  }
}

private func compare(_ comparison: Comparison, _ a: Double, _ b: Double) -> Bool {
  switch comparison {
  case .equal: a == b
  case .notEqual: a != b
  case .less: a < b
  case .lessOrEqual: a <= b
  case .greater: a > b
  case .greaterOrEqual: a >= b
  }
}

private func identity(_ reduction: Reduction) -> Double {
  switch reduction {
  case .sum, .any: 0
  case .product, .all: 1
  case .maximum: -.infinity
  case .minimum: .infinity
  }
}

private func combine(_ reduction: Reduction, _ a: Double, _ b: Double) -> Double {
  switch reduction {
  case .sum: a + b
  case .product: a * b
  case .maximum: a.isNaN || b.isNaN ? .nan : max(a, b)
  case .minimum: a.isNaN || b.isNaN ? .nan : min(a, b)
  case .all: a != 0 && b != 0 ? 1 : 0
  case .any: a != 0 || b != 0 ? 1 : 0
  }
}

private func checkedIndex(_ id: Double, below size: Int) throws -> Int {
  guard id >= 0, id < Double(size) else { throw ReferenceProblem(message: "index \(id) of \(size)") }
  return Int(id)
}

/// Gram and Schmidt's way, good enough for small well-conditioned matrices.
private func qr(_ x: ReferenceTensor, _ types: [TensorType]) -> [ReferenceTensor] {
  let rank = x.shape.count
  let (rows, columns) = (x.shape[rank - 2], x.shape[rank - 1])
  var q = x
  var r = ReferenceTensor(types[1]) { _ in 0 }
  for batch in indices(of: Array(x.shape.prefix(rank - 2))) {
    for column in 0..<columns {
      for earlier in 0..<column {
        let dot = (0..<rows).reduce(0.0) { $0 + q[batch + [$1, earlier]] * q[batch + [$1, column]] }
        r[batch + [earlier, column]] = dot
        for row in 0..<rows { q[batch + [row, column]] -= dot * q[batch + [row, earlier]] }
      }
      let norm = (0..<rows).reduce(0.0) { $0 + q[batch + [$1, column]] * q[batch + [$1, column]] }.squareRoot()
      r[batch + [column, column]] = norm
      for row in 0..<rows { q[batch + [row, column]] /= norm }
    }
  }
  return [q, r]
}

private func triangularSolve(_ a: ReferenceTensor, _ b: ReferenceTensor, _ lower: Bool, _ transpose: Bool)
  -> ReferenceTensor
{
  let rank = a.shape.count
  let size = a.shape[rank - 1]
  var x = b
  for batch in indices(of: Array(a.shape.prefix(rank - 2))) {
    for column in 0..<b.shape[rank - 1] {
      let forward = lower != transpose
      for step in 0..<size {
        let row = forward ? step : size - 1 - step
        var sum = x[batch + [row, column]]
        for other in forward ? Array(0..<row) : Array((row + 1)..<size) {
          sum -= a[batch + (transpose ? [other, row] : [row, other])] * x[batch + [other, column]]
        }
        x[batch + [row, column]] = sum / a[batch + [row, row]]
      }
    }
  }
  return x
}

private func sort(_ x: ReferenceTensor, _ types: [TensorType], _ axis: Int, _ descending: Bool) -> [ReferenceTensor] {
  var values = x
  var places = ReferenceTensor(types[1]) { _ in 0 }
  for index in indices(of: x.shape) where index[axis] == 0 {
    func at(_ place: Int) -> [Int] {
      var result = index
      result[axis] = place
      return result
    }
    let order = (0..<x.shape[axis]).sorted { a, b in
      let (left, right) = (x[at(a)], x[at(b)])
      if left.isNaN || right.isNaN { return left.isNaN == right.isNaN ? a < b : right.isNaN }
      return left == right ? a < b : (left < right) != descending
    }
    for (place, source) in order.enumerated() {
      values[at(place)] = x[at(source)]
      places[at(place)] = Double(source)
    }
  }
  return [values, places]
}

/// Any numbers that depend on key and position alone will do here.
private func random(_ distribution: Distribution, _ type: TensorType, key: [Double]) -> ReferenceTensor {
  let seed = mix(mix(UInt64(key[0])) ^ UInt64(key[1]))
  let elements = (0..<type.shape.count).map { position -> Double in
    let uniform = Double(mix(seed ^ UInt64(position)) >> 11) / Double(1 << 53)
    switch distribution {
    case .uniform: return uniform
    case .normal: return 2.0.squareRoot() * erfInverse(1.8 * uniform - 0.9)
    case .integers(let bound): return (uniform * Double(bound)).rounded(.down)
    }
  }
  return ReferenceTensor(type, elements)
}

/// Steele, Lea and Flood's splitmix64.
func mix(_ value: UInt64) -> UInt64 {
  var z = value &+ 0x9e37_79b9_7f4a_7c15
  z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
  return z ^ (z >> 31)
}
