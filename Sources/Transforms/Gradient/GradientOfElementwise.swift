import TensorGraph

/// y = f(x): the cotangent of x, g · f'(x).
func unaryGradient(_ operation: UnaryPrimitive, x: Node, y: Node, _ g: Node) throws(TransformProblem) -> Node? {
  switch operation {
  case .negate: try -g
  case .absolute: try g * x.unary(.sign)
  case .reciprocal: try -(g * y * y)
  case .exp: try g * y
  case .expm1: try g * (1 + y)
  case .log: try g / x
  case .log1p: try g / (1 + x)
  case .sqrt: try 0.5 * g / y
  case .sin: try g * x.unary(.cos)
  case .cos: try -(g * x.unary(.sin))
  case .tan: try g * (1 + y * y)
  case .asin: try g / (1 - x * x).unary(.sqrt)
  case .acos: try -(g / (1 - x * x).unary(.sqrt))
  case .atan: try g / (1 + x * x)
  case .sinh: try g * x.unary(.cosh)
  case .cosh: try g * x.unary(.sinh)
  case .tanh: try g * (1 - y * y)
  case .sigmoid: try g * (y * (1 - y))
  case .erf: try g * (twoBySquareRootOfPi * (-(x * x)).unary(.exp))
  case .erfInverse: try g * ((1 / twoBySquareRootOfPi) * (y * y).unary(.exp))
  case .sign, .floor, .ceil, .round, .truncate, .not, .isNaN, .isFinite: nil
  }
}

private let twoBySquareRootOfPi = 2 / Double.pi.squareRoot()

/// y = f(a, b): the cotangents of a and b.
func binaryGradients(_ operation: BinaryPrimitive, _ a: Node, _ b: Node, y: Node, _ g: Node) throws(TransformProblem)
  -> [Node?]
{
  switch operation {
  case .add: return [g, g]
  case .subtract: return [g, try -g]
  case .multiply: return [try g * b, try g * a]
  case .divide: return [try g / b, try -(g * y / b)]
  case .remainder: return [g, try -(g * a.binary(.floorDivide, b))]
  case .power: return try powerGradients(a, b, y: y, g)
  case .minimum: return try extremeGradients(a, b, loses: .greater, g)
  case .maximum: return try extremeGradients(a, b, loses: .less, g)
  case .atan2:
    // No slope at the origin, as in PyTorch.
    let square = try a * a + b * b
    let isOrigin = try square.compare(.equal, square.filled(0))
    let factor = try isOrigin.select(g.filled(0), g / isOrigin.select(g.filled(1), square))
    return [try factor * b, try -(factor * a)]
  case .floorDivide, .and, .or, .xor: return []
  }
}

/// The larger (smaller) takes the cotangent, equal ones half each, as PyTorch's maximum does.
private func extremeGradients(_ a: Node, _ b: Node, loses: Comparison, _ g: Node) throws(TransformProblem) -> [Node?] {
  let tie = try a.compare(.equal, b).select(0.5 * g, g)
  return [
    try a.compare(loses, b).select(g.filled(0), tie),
    try b.compare(loses, a).select(g.filled(0), tie),
  ]
}

/// y = a ^ b. Where the formula has 0 · ∞ the limit is chosen: no slope in a where b is 0, none in b where a is 0.
private func powerGradients(_ a: Node, _ b: Node, y: Node, _ g: Node) throws(TransformProblem) -> [Node?] {
  let zero = try g.filled(0)
  let gA: Node?
  switch b.uniformValue {
  case 0?: gA = nil
  case 1?: gA = g
  case 2?: gA = try g * (2 * a)
  case let exponent?: gA = try g * (exponent * a.binary(.power, b.filled(exponent - 1)))
  case nil:
    // The inner select keeps the slope of the slope finite too.
    let isConstant = try b.compare(.equal, zero)
    let exponent = try isConstant.select(b.filled(1), b)
    gA = try isConstant.select(zero, g * (exponent * a.binary(.power, exponent - b.filled(1))))
  }
  if b.uniformValue != nil { return [gA] }
  let isZero = try a.compare(.equal, zero)
  let base = try isZero.select(a.filled(1), a)
  return [gA, try isZero.select(zero, g * (y * base.unary(.log)))]
}
