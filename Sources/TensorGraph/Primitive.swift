import TensorTypes

/// The smallest operations. Everything else is written in mdl over these. Each has exactly one rule in each table:
/// shape (`ShapeRules`), derivative (`Transforms`, vjp), batching (`Transforms`, vmap) and kernel (`Execution`).
/// Cases with more than two words are indirect: graphs are copied a dozen times while they are compiled.
public enum Primitive: Hashable, Sendable {
  // Sources: no operands.
  /// A scalar literal of the given type.
  case constant(Literal)
  /// 0, 1, 2, ... along `axis`, equal along the others.
  indirect case iota(TensorType, axis: Int)

  // Elementwise: operands of one shape (broadcasting is explicit) and, but for `select` and `convert`, one dtype.
  case unary(UnaryPrimitive)
  case binary(BinaryPrimitive)
  /// Two numbers or truth values to bool. NaN compares as NaN: only `notEqual` holds.
  case compare(Comparison)
  /// (condition: bool, whenTrue, whenFalse)
  case select
  /// Float to integer truncates toward zero; anything to bool is `!= 0`.
  case convert(DType)
  /// The value, with no derivative.
  case stopGradient

  // Shape.
  case reshape(Shape)
  /// `permutation[i]` is the operand's axis that becomes axis i.
  case transpose(permutation: [Int])
  /// Operand axis i becomes result axis `axes[i]` (strictly increasing); an operand size of 1 stretches.
  case broadcast(Shape, axes: [Int])
  /// Every axis: start ..< limit by stride (> 0).
  indirect case slice(starts: [Int], limits: [Int], strides: [Int])
  /// (x, value: scalar). Sizes added before and after each axis, and `interior` between neighbours; none is negative.
  indirect case pad(low: [Int], high: [Int], interior: [Int])
  /// Any number of operands, equal but along `axis`.
  case concatenate(axis: Int)
  case reverse(axes: [Int])
  /// (x, patch): x with the strided window that begins at `starts` replaced by `patch`.
  case updateSlice(starts: [Int], strides: [Int])

  // Reductions: the axes disappear. Axes are sorted and distinct.
  case reduce(Reduction, axes: [Int])
  /// The first index of the largest (smallest) element along an axis, as i64. NaN counts as extreme.
  case argReduce(ArgReduction, axis: Int)
  /// Running sum or product along an axis, the same shape.
  case cumulate(Cumulation, axis: Int)

  // Linear algebra: floating dtypes.
  /// (a, b): equal leading batch dimensions, then [m, k] @ [k, n]; a transposed operand is stored [k, m] / [n, k].
  case matmul(transposeA: Bool, transposeB: Bool)
  /// [..., m, n], m >= n, to Q [..., m, n] and R [..., n, n] with a non-negative diagonal in R.
  case qr
  /// (a: [..., n, n] triangular, b: [..., n, k]): x with a @ x = b, or transpose(a) @ x = b.
  case triangularSolve(lower: Bool, transpose: Bool)

  // Convolution: images [batch, height, width, channels], weights [height, width, channels / groups, outputs]. Each is
  // linear in both operands, and the derivatives of each are the other two.
  /// (x, weight) to y.
  indirect case convolve(Convolution)
  /// (cotangent of y, weight) to the cotangent of x, whose height and width are `sizes`.
  indirect case convolveInput(Convolution, sizes: [Int])
  /// (x, cotangent of y) to the cotangent of the weight, whose height and width are `sizes`.
  indirect case convolveWeight(Convolution, sizes: [Int])

  // Pooling of images.
  /// (x, values): for each window, the value that stands where x has its first largest element (NaN counts as largest).
  indirect case windowTake(PoolWindow)
  /// (x, updates): zeros of x's shape, to which each window's update is added at that place: `windowTake`'s adjoint.
  indirect case windowAdd(PoolWindow)

  // Selection by index. Indices are i64 and must lie in range: the kernel reports the first that does not.
  /// (x, ids): `ids`' shape takes the place of `axis`.
  case take(axis: Int)
  /// (updates, ids): zeros with `size` rows along `axis`, to which each update row is added. The adjoint of `take`.
  case scatterAdd(axis: Int, size: Int)
  /// (x, ids): equal shapes but along `axis`; result[i][j] = x[ids[i][j]][j] for axis 0.
  case takeAlong(axis: Int)
  /// (updates, ids): the adjoint of `takeAlong`, `size` along `axis`.
  case scatterAddAlong(axis: Int, size: Int)
  /// Two results: the sorted values and, as i64, where each came from. Stable; NaN last.
  case sort(axis: Int, descending: Bool)

  // Random numbers: (key: i64[2]) to a tensor whose elements depend on the key and their row-major position only.
  indirect case random(Distribution, TensorType)
  /// (key: i64[2], number: i64 scalar) to a new key.
  case foldKey

  // Control.
  /// Operands: constants, then carry, then stacked inputs (leading axis = length). Body: (constants, carry, slices) to
  /// (carry, slices of the stacked results). Results: the last carry, then the stacked results.
  indirect case scan(Scan)
  /// Operands: constants, then carry. condition: (constants, carry) to a bool scalar; body: (constants, carry) to carry.
  indirect case whileLoop(WhileLoop)

  /// (ok: bool scalar): no result. The program fails with the check's text before anything is written when it is false.
  case check(String)
}

/// A scalar constant. Floats are kept as bit patterns so that equality is exact, NaN included.
public enum Literal: Hashable, Sendable {
  case f32(bits: UInt32)
  case f64(bits: UInt64)
  case i64(Int)
  case bool(Bool)

  public static func float(_ value: Double, _ dtype: DType) -> Literal {
    switch dtype {
    case .f32: .f32(bits: Float(value).bitPattern)
    case .f64: .f64(bits: value.bitPattern)
    case .i64: .i64(Int(exactly: value.rounded(.towardZero)) ?? 0)
    case .bool: .bool(value != 0)
    }
  }

  public var dtype: DType {
    switch self {
    case .f32: .f32
    case .f64: .f64
    case .i64: .i64
    case .bool: .bool
    }
  }
}

public enum UnaryPrimitive: String, Hashable, Sendable, CaseIterable {
  case negate, absolute, sign, reciprocal
  case exp, expm1, log, log1p, sqrt
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh
  case sigmoid, erf, erfInverse
  case floor, ceil, round, truncate
  /// bool to bool
  case not
  /// float to bool
  case isNaN, isFinite
}

public enum BinaryPrimitive: String, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide
  /// Integer division and remainder round toward negative infinity; a zero divisor of i64 is reported.
  case floorDivide, remainder
  case power, minimum, maximum, atan2
  /// bool only
  case and, or, xor
}

public enum Comparison: String, Hashable, Sendable, CaseIterable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

public enum Reduction: String, Hashable, Sendable, CaseIterable {
  case sum, product, maximum, minimum
  /// bool only
  case all, any
}

public enum ArgReduction: String, Hashable, Sendable, CaseIterable { case maximum, minimum }
public enum Cumulation: String, Hashable, Sendable, CaseIterable { case sum, product, maximum, minimum }

public enum Distribution: Hashable, Sendable {
  /// Floats in [0, 1).
  case uniform
  /// Standard normal floats.
  case normal
  /// i64 in 0 ..< bound.
  case integers(bound: Int)
}

public struct Scan: Hashable, Sendable {
  public var body: Graph
  public var constantCount: Int
  public var carryCount: Int
  public var length: Int
  /// From the last slice to the first; stacked results keep their slice's place.
  public var isReversed: Bool
  /// The derivative keeps the carries alone and computes each round again on its way back.
  public var recomputes = false
  /// Of a loop over the parts of a batch: the row of the whole with which it begins.
  public var firstRow: Int?

  public init(body: Graph, constantCount: Int, carryCount: Int, length: Int, isReversed: Bool) {
    self.body = body
    self.constantCount = constantCount
    self.carryCount = carryCount
    self.length = length
    self.isReversed = isReversed
  }
}

public struct WhileLoop: Hashable, Sendable {
  public var condition: Graph
  public var body: Graph
  public var constantCount: Int

  public init(condition: Graph, body: Graph, constantCount: Int) {
    self.condition = condition
    self.body = body
    self.constantCount = constantCount
  }
}
