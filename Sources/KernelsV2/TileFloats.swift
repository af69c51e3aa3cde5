import CKernelSupport
import KernelTypes

// The floating-point instructions of the tile machine. An operation is a type with a static function: a loop that is
// generic over it costs what the loop written out costs.

protocol UnaryF32 { static func apply(_ x: F32) -> F32 }
protocol UnaryF64 { static func apply(_ x: F64) -> F64 }
protocol BinaryF32 { static func apply(_ x: F32, _ y: F32) -> F32 }
protocol BinaryF64 { static func apply(_ x: F64, _ y: F64) -> F64 }
protocol CompareF32 { static func apply(_ x: F32, _ y: F32) -> I32 }
protocol CompareF64 { static func apply(_ x: F64, _ y: F64) -> I64 }

enum Negate: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { negated(x) }
  @_transparent static func apply(_ x: F64) -> F64 { negated(x) }
}
enum Absolute: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { absolute(x) }
  @_transparent static func apply(_ x: F64) -> F64 { absolute(x) }
}
enum Sign: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { select(less(f(0), x), f(1), select(less(x, f(0)), f(-1), x)) }
  @_transparent static func apply(_ x: F64) -> F64 { select(less(d(0), x), d(1), select(less(x, d(0)), d(-1), x)) }
}
enum Reciprocal: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { f(1) / x }
  @_transparent static func apply(_ x: F64) -> F64 { d(1) / x }
}
enum SquareRoot: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { f32x16_sqrt(x) }
  @_transparent static func apply(_ x: F64) -> F64 { f64x8_sqrt(x) }
}
enum Floor: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { f32x16_floor(x) }
  @_transparent static func apply(_ x: F64) -> F64 { f64x8_floor(x) }
}
enum Ceiling: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { f32x16_ceil(x) }
  @_transparent static func apply(_ x: F64) -> F64 { f64x8_ceil(x) }
}
enum Round: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { f32x16_round(x) }
  @_transparent static func apply(_ x: F64) -> F64 { f64x8_round(x) }
}
enum Truncate: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { f32x16_trunc(x) }
  @_transparent static func apply(_ x: F64) -> F64 { f64x8_trunc(x) }
}
enum Exp: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { exp(x) }
  @_transparent static func apply(_ x: F64) -> F64 { exp(x) }
}
enum Log: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { log(x) }
  @_transparent static func apply(_ x: F64) -> F64 { log(x) }
}
enum Tanh: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { tanh(x) }
  @_transparent static func apply(_ x: F64) -> F64 { tanh(x) }
}
enum Sigmoid: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { sigmoid(x) }
  @_transparent static func apply(_ x: F64) -> F64 { sigmoid(x) }
}
enum Erf: UnaryF32, UnaryF64 {
  @_transparent static func apply(_ x: F32) -> F32 { erf(x) }
  @_transparent static func apply(_ x: F64) -> F64 { erf(x) }
}
enum Expm1: UnaryF64 { @_transparent static func apply(_ x: F64) -> F64 { expm1(x) } }
enum Log1p: UnaryF64 { @_transparent static func apply(_ x: F64) -> F64 { log1p(x) } }
enum Sine: UnaryF64 { @_transparent static func apply(_ x: F64) -> F64 { sin(x) } }
enum Cosine: UnaryF64 { @_transparent static func apply(_ x: F64) -> F64 { cos(x) } }
enum Tangent: UnaryF64 { @_transparent static func apply(_ x: F64) -> F64 { tan(x) } }
enum ArcSine: UnaryF64 { @_transparent static func apply(_ x: F64) -> F64 { asin(x) } }
enum ArcCosine: UnaryF64 { @_transparent static func apply(_ x: F64) -> F64 { acos(x) } }
enum ArcTangent: UnaryF64 { @_transparent static func apply(_ x: F64) -> F64 { atan(x) } }
enum HyperbolicSine: UnaryF64 { @_transparent static func apply(_ x: F64) -> F64 { sinh(x) } }
enum HyperbolicCosine: UnaryF64 { @_transparent static func apply(_ x: F64) -> F64 { cosh(x) } }
enum ErfInverse: UnaryF64 { @_transparent static func apply(_ x: F64) -> F64 { erfInverse(x) } }
enum Add: BinaryF32, BinaryF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> F32 { x + y }
  @_transparent static func apply(_ x: F64, _ y: F64) -> F64 { x + y }
}
enum Subtract: BinaryF32, BinaryF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> F32 { x - y }
  @_transparent static func apply(_ x: F64, _ y: F64) -> F64 { x - y }
}
/// The right operand less the left one.
enum SubtractFrom: BinaryF32, BinaryF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> F32 { y - x }
  @_transparent static func apply(_ x: F64, _ y: F64) -> F64 { y - x }
}
enum Multiply: BinaryF32, BinaryF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> F32 { x * y }
  @_transparent static func apply(_ x: F64, _ y: F64) -> F64 { x * y }
}
enum Divide: BinaryF32, BinaryF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> F32 { x / y }
  @_transparent static func apply(_ x: F64, _ y: F64) -> F64 { x / y }
}
enum Minimum: BinaryF32, BinaryF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> F32 { f32x16_min(x, y) }
  @_transparent static func apply(_ x: F64, _ y: F64) -> F64 { f64x8_min(x, y) }
}
enum Maximum: BinaryF32, BinaryF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> F32 { f32x16_max(x, y) }
  @_transparent static func apply(_ x: F64, _ y: F64) -> F64 { f64x8_max(x, y) }
}
enum Power: BinaryF64 { @_transparent static func apply(_ x: F64, _ y: F64) -> F64 { power(x, y) } }
enum NarrowPower: BinaryF64 { @_transparent static func apply(_ x: F64, _ y: F64) -> F64 { narrowPower(x, y) } }
enum ArcTangent2: BinaryF64 { @_transparent static func apply(_ x: F64, _ y: F64) -> F64 { atan2(x, y) } }
enum Equal: CompareF32, CompareF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> I32 { f32x16_eq(x, y) }
  @_transparent static func apply(_ x: F64, _ y: F64) -> I64 { f64x8_eq(x, y) }
}
enum NotEqual: CompareF32, CompareF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> I32 { f32x16_ne(x, y) }
  @_transparent static func apply(_ x: F64, _ y: F64) -> I64 { f64x8_ne(x, y) }
}
enum Less: CompareF32, CompareF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> I32 { f32x16_lt(x, y) }
  @_transparent static func apply(_ x: F64, _ y: F64) -> I64 { f64x8_lt(x, y) }
}
enum LessOrEqual: CompareF32, CompareF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> I32 { f32x16_le(x, y) }
  @_transparent static func apply(_ x: F64, _ y: F64) -> I64 { f64x8_le(x, y) }
}
enum Greater: CompareF32, CompareF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> I32 { f32x16_gt(x, y) }
  @_transparent static func apply(_ x: F64, _ y: F64) -> I64 { f64x8_gt(x, y) }
}
enum GreaterOrEqual: CompareF32, CompareF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> I32 { f32x16_ge(x, y) }
  @_transparent static func apply(_ x: F64, _ y: F64) -> I64 { f64x8_ge(x, y) }
}
/// Of the first operand; the second is the same.
enum IsNaN: CompareF32, CompareF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> I32 { isNaN(x) }
  @_transparent static func apply(_ x: F64, _ y: F64) -> I64 { isNaN(x) }
}
enum IsFinite: CompareF32, CompareF64 {
  @_transparent static func apply(_ x: F32, _ y: F32) -> I32 { less(absolute(x), f(.infinity)) }
  @_transparent static func apply(_ x: F64, _ y: F64) -> I64 { less(absolute(x), d(.infinity)) }
}

@inline(__always)
func unary32<O: UnaryF32>(_: O.Type, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer, _ count: Int) {
  let d = d.assumingMemoryBound(to: Float.self), a = a.assumingMemoryBound(to: Float.self)
  var k = 0
  while k < count {
    f32x16_store(d + k, O.apply(f32x16_load(a + k)))
    k += 16
  }
}

@inline(__always)
func unary64<O: UnaryF64>(_: O.Type, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer, _ count: Int) {
  let d = d.assumingMemoryBound(to: Double.self), a = a.assumingMemoryBound(to: Double.self)
  var k = 0
  while k < count {
    f64x8_store(d + k, O.apply(f64x8_load(a + k)))
    k += 8
  }
}

/// Floats by way of doubles.
@inline(__always)
func unaryWidened<O: UnaryF64>(_: O.Type, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer, _ count: Int) {
  let d = d.assumingMemoryBound(to: Float.self), a = a.assumingMemoryBound(to: Float.self)
  var k = 0
  while k < count {
    let wide = f64x8_from_f32(f32x8_load(a + k))
    f32x8_store(d + k, f64x8_to_f32(O.apply(wide)))
    k += 8
  }
}

/// Two operations, of which only the last result is written.
@inline(__always)
func pair32<O: BinaryF32, P: BinaryF32>(
  _: O.Type, _: P.Type, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer,
  _ c: UnsafeMutableRawPointer, _ count: Int
) {
  let d = d.assumingMemoryBound(to: Float.self), a = a.assumingMemoryBound(to: Float.self)
  let b = b.assumingMemoryBound(to: Float.self), c = c.assumingMemoryBound(to: Float.self)
  var k = 0
  while k < count {
    f32x16_store(d + k, P.apply(O.apply(f32x16_load(a + k), f32x16_load(b + k)), f32x16_load(c + k)))
    k += 16
  }
}

@inline(__always)
func binary32<O: BinaryF32>(
  _: O.Type, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ count: Int
) {
  let d = d.assumingMemoryBound(to: Float.self), a = a.assumingMemoryBound(to: Float.self)
  let b = b.assumingMemoryBound(to: Float.self)
  var k = 0
  while k < count {
    f32x16_store(d + k, O.apply(f32x16_load(a + k), f32x16_load(b + k)))
    k += 16
  }
}

/// Two operations, of which only the last result is written.
@inline(__always)
func pair64<O: BinaryF64, P: BinaryF64>(
  _: O.Type, _: P.Type, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer,
  _ c: UnsafeMutableRawPointer, _ count: Int
) {
  let d = d.assumingMemoryBound(to: Double.self), a = a.assumingMemoryBound(to: Double.self)
  let b = b.assumingMemoryBound(to: Double.self), c = c.assumingMemoryBound(to: Double.self)
  var k = 0
  while k < count {
    f64x8_store(d + k, P.apply(O.apply(f64x8_load(a + k), f64x8_load(b + k)), f64x8_load(c + k)))
    k += 8
  }
}

@inline(__always)
func binary64<O: BinaryF64>(
  _: O.Type, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ count: Int
) {
  let d = d.assumingMemoryBound(to: Double.self), a = a.assumingMemoryBound(to: Double.self)
  let b = b.assumingMemoryBound(to: Double.self)
  var k = 0
  while k < count {
    f64x8_store(d + k, O.apply(f64x8_load(a + k), f64x8_load(b + k)))
    k += 8
  }
}

@inline(__always)
func binaryWidened<O: BinaryF64>(
  _: O.Type, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ count: Int
) {
  let d = d.assumingMemoryBound(to: Float.self), a = a.assumingMemoryBound(to: Float.self)
  let b = b.assumingMemoryBound(to: Float.self)
  var k = 0
  while k < count {
    let x = f64x8_from_f32(f32x8_load(a + k))
    let y = f64x8_from_f32(f32x8_load(b + k))
    f32x8_store(d + k, f64x8_to_f32(O.apply(x, y)))
    k += 8
  }
}

/// To bytes of 0 or 1.
@inline(__always)
func compare32<O: CompareF32>(
  _: O.Type, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ count: Int
) {
  let d = d.assumingMemoryBound(to: UInt8.self), a = a.assumingMemoryBound(to: Float.self)
  let b = b.assumingMemoryBound(to: Float.self)
  var k = 0
  while k < count {
    u8x16_store(d + k, i32x16_truth(O.apply(f32x16_load(a + k), f32x16_load(b + k))))
    k += 16
  }
}

@inline(__always)
func compare64<O: CompareF64>(
  _: O.Type, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ count: Int
) {
  let d = d.assumingMemoryBound(to: UInt8.self), a = a.assumingMemoryBound(to: Double.self)
  let b = b.assumingMemoryBound(to: Double.self)
  var k = 0
  while k < count {
    u8x8_store(d + k, i64x8_truth(O.apply(f64x8_load(a + k), f64x8_load(b + k))))
    k += 8
  }
}

/// Python's remainder: the sign of the divisor. fmod is exact, so its bits are the same everywhere.
@inline(__always)
func flooredRemainder(_ x: Double, _ y: Double) -> Double {
  let r = kernel_fmod(x, y)
  if r == 0 { return y < 0 ? -0.0 : 0 }
  return (r < 0) != (y < 0) ? r + y : r
}

/// The quotient that belongs to `flooredRemainder`.
@inline(__always)
func flooredQuotient(_ x: Double, _ y: Double) -> Double {
  let plain = x / y
  // Also where y is zero or infinite, x infinite, or one of them NaN.
  guard y != 0, plain.isFinite, y.isFinite else { return plain.rounded(.down) }
  let r = kernel_fmod(x, y)
  var quotient = (x - r) / y
  if r != 0, (r < 0) != (y < 0) { quotient -= 1 }
  let floor = quotient.rounded(.down)
  return quotient - floor > 0.5 ? floor + 1 : floor
}

@inline(never)
func runF32(
  _ code: UnsafePointer<TileInstruction>, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer,
  _ registers: UnsafeMutablePointer<UnsafeMutableRawPointer>, _ count: Int
) {
  let instruction = code.pointee
  let b = registers[Int(instruction.b)]
  switch instruction.opcode {
  case .negate: unary32(Negate.self, d, a, count)
  case .absolute: unary32(Absolute.self, d, a, count)
  case .sign: unary32(Sign.self, d, a, count)
  case .reciprocal: unary32(Reciprocal.self, d, a, count)
  case .sqrt: unary32(SquareRoot.self, d, a, count)
  case .floor: unary32(Floor.self, d, a, count)
  case .ceil: unary32(Ceiling.self, d, a, count)
  case .round: unary32(Round.self, d, a, count)
  case .truncate: unary32(Truncate.self, d, a, count)
  case .exp: unary32(Exp.self, d, a, count)
  case .log: unary32(Log.self, d, a, count)
  case .tanh: unary32(Tanh.self, d, a, count)
  case .sigmoid: unary32(Sigmoid.self, d, a, count)
  case .erf: unary32(Erf.self, d, a, count)
  case .expm1: unaryWidened(Expm1.self, d, a, count)
  case .log1p: unaryWidened(Log1p.self, d, a, count)
  case .sin: unaryWidened(Sine.self, d, a, count)
  case .cos: unaryWidened(Cosine.self, d, a, count)
  case .tan: unaryWidened(Tangent.self, d, a, count)
  case .asin: unaryWidened(ArcSine.self, d, a, count)
  case .acos: unaryWidened(ArcCosine.self, d, a, count)
  case .atan: unaryWidened(ArcTangent.self, d, a, count)
  case .sinh: unaryWidened(HyperbolicSine.self, d, a, count)
  case .cosh: unaryWidened(HyperbolicCosine.self, d, a, count)
  case .erfInverse: unaryWidened(ErfInverse.self, d, a, count)
  case .add: binary32(Add.self, d, a, b, count)
  case .subtract: binary32(Subtract.self, d, a, b, count)
  case .multiply: binary32(Multiply.self, d, a, b, count)
  case .divide: binary32(Divide.self, d, a, b, count)
  case .addThenAdd: pair32(Add.self, Add.self, d, a, b, registers[Int(instruction.c)], count)
  case .addThenSubtract: pair32(Add.self, Subtract.self, d, a, b, registers[Int(instruction.c)], count)
  case .addThenSubtractFrom: pair32(Add.self, SubtractFrom.self, d, a, b, registers[Int(instruction.c)], count)
  case .addThenMultiply: pair32(Add.self, Multiply.self, d, a, b, registers[Int(instruction.c)], count)
  case .subtractThenAdd: pair32(Subtract.self, Add.self, d, a, b, registers[Int(instruction.c)], count)
  case .subtractThenSubtract: pair32(Subtract.self, Subtract.self, d, a, b, registers[Int(instruction.c)], count)
  case .subtractThenSubtractFrom:
    pair32(Subtract.self, SubtractFrom.self, d, a, b, registers[Int(instruction.c)], count)
  case .subtractThenMultiply: pair32(Subtract.self, Multiply.self, d, a, b, registers[Int(instruction.c)], count)
  case .multiplyThenAdd: pair32(Multiply.self, Add.self, d, a, b, registers[Int(instruction.c)], count)
  case .multiplyThenSubtract: pair32(Multiply.self, Subtract.self, d, a, b, registers[Int(instruction.c)], count)
  case .multiplyThenSubtractFrom:
    pair32(Multiply.self, SubtractFrom.self, d, a, b, registers[Int(instruction.c)], count)
  case .multiplyThenMultiply: pair32(Multiply.self, Multiply.self, d, a, b, registers[Int(instruction.c)], count)
  case .minimum: binary32(Minimum.self, d, a, b, count)
  case .maximum: binary32(Maximum.self, d, a, b, count)
  case .power: binaryWidened(NarrowPower.self, d, a, b, count)
  case .atan2: binaryWidened(ArcTangent2.self, d, a, b, count)
  case .equal: compare32(Equal.self, d, a, b, count)
  case .notEqual: compare32(NotEqual.self, d, a, b, count)
  case .less: compare32(Less.self, d, a, b, count)
  case .lessOrEqual: compare32(LessOrEqual.self, d, a, b, count)
  case .greater: compare32(Greater.self, d, a, b, count)
  case .greaterOrEqual: compare32(GreaterOrEqual.self, d, a, b, count)
  case .isNaN: compare32(IsNaN.self, d, a, a, count)
  case .isFinite: compare32(IsFinite.self, d, a, a, count)
  case .remainder, .floorDivide:
    let d = d.assumingMemoryBound(to: Float.self), a = a.assumingMemoryBound(to: Float.self)
    let b = b.assumingMemoryBound(to: Float.self)
    let divides = instruction.opcode == .floorDivide
    for k in 0..<count {
      let x = Double(a[k]), y = Double(b[k])
      d[k] = Float(divides ? flooredQuotient(x, y) : flooredRemainder(x, y))
    }
  case .multiplyAdd:
    let d = d.assumingMemoryBound(to: Float.self), a = a.assumingMemoryBound(to: Float.self)
    let b = b.assumingMemoryBound(to: Float.self)
    let c = registers[Int(instruction.c)].assumingMemoryBound(to: Float.self)
    var k = 0
    while k < count {
      f32x16_store(d + k, f32x16_fma(f32x16_load(a + k), f32x16_load(b + k), f32x16_load(c + k)))
      k += 16
    }
  case .select:
    let d = d.assumingMemoryBound(to: Float.self), a = a.assumingMemoryBound(to: UInt8.self)
    let b = b.assumingMemoryBound(to: Float.self)
    let c = registers[Int(instruction.c)].assumingMemoryBound(to: Float.self)
    var k = 0
    while k < count {
      let mask = u8x16_mask32(u8x16_load(a + k))
      f32x16_store(d + k, f32x16_select(mask, f32x16_load(b + k), f32x16_load(c + k)))
      k += 16
    }
  default: break
  }
}

@inline(never)
func runF64(
  _ code: UnsafePointer<TileInstruction>, _ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer,
  _ registers: UnsafeMutablePointer<UnsafeMutableRawPointer>, _ count: Int
) {
  let instruction = code.pointee
  let b = registers[Int(instruction.b)]
  switch instruction.opcode {
  case .negate: unary64(Negate.self, d, a, count)
  case .absolute: unary64(Absolute.self, d, a, count)
  case .sign: unary64(Sign.self, d, a, count)
  case .reciprocal: unary64(Reciprocal.self, d, a, count)
  case .sqrt: unary64(SquareRoot.self, d, a, count)
  case .floor: unary64(Floor.self, d, a, count)
  case .ceil: unary64(Ceiling.self, d, a, count)
  case .round: unary64(Round.self, d, a, count)
  case .truncate: unary64(Truncate.self, d, a, count)
  case .exp: unary64(Exp.self, d, a, count)
  case .log: unary64(Log.self, d, a, count)
  case .tanh: unary64(Tanh.self, d, a, count)
  case .sigmoid: unary64(Sigmoid.self, d, a, count)
  case .erf: unary64(Erf.self, d, a, count)
  case .expm1: unary64(Expm1.self, d, a, count)
  case .log1p: unary64(Log1p.self, d, a, count)
  case .sin: unary64(Sine.self, d, a, count)
  case .cos: unary64(Cosine.self, d, a, count)
  case .tan: unary64(Tangent.self, d, a, count)
  case .asin: unary64(ArcSine.self, d, a, count)
  case .acos: unary64(ArcCosine.self, d, a, count)
  case .atan: unary64(ArcTangent.self, d, a, count)
  case .sinh: unary64(HyperbolicSine.self, d, a, count)
  case .cosh: unary64(HyperbolicCosine.self, d, a, count)
  case .erfInverse: unary64(ErfInverse.self, d, a, count)
  case .add: binary64(Add.self, d, a, b, count)
  case .subtract: binary64(Subtract.self, d, a, b, count)
  case .multiply: binary64(Multiply.self, d, a, b, count)
  case .divide: binary64(Divide.self, d, a, b, count)
  case .addThenAdd: pair64(Add.self, Add.self, d, a, b, registers[Int(instruction.c)], count)
  case .addThenSubtract: pair64(Add.self, Subtract.self, d, a, b, registers[Int(instruction.c)], count)
  case .addThenSubtractFrom: pair64(Add.self, SubtractFrom.self, d, a, b, registers[Int(instruction.c)], count)
  case .addThenMultiply: pair64(Add.self, Multiply.self, d, a, b, registers[Int(instruction.c)], count)
  case .subtractThenAdd: pair64(Subtract.self, Add.self, d, a, b, registers[Int(instruction.c)], count)
  case .subtractThenSubtract: pair64(Subtract.self, Subtract.self, d, a, b, registers[Int(instruction.c)], count)
  case .subtractThenSubtractFrom:
    pair64(Subtract.self, SubtractFrom.self, d, a, b, registers[Int(instruction.c)], count)
  case .subtractThenMultiply: pair64(Subtract.self, Multiply.self, d, a, b, registers[Int(instruction.c)], count)
  case .multiplyThenAdd: pair64(Multiply.self, Add.self, d, a, b, registers[Int(instruction.c)], count)
  case .multiplyThenSubtract: pair64(Multiply.self, Subtract.self, d, a, b, registers[Int(instruction.c)], count)
  case .multiplyThenSubtractFrom:
    pair64(Multiply.self, SubtractFrom.self, d, a, b, registers[Int(instruction.c)], count)
  case .multiplyThenMultiply: pair64(Multiply.self, Multiply.self, d, a, b, registers[Int(instruction.c)], count)
  case .minimum: binary64(Minimum.self, d, a, b, count)
  case .maximum: binary64(Maximum.self, d, a, b, count)
  case .power: binary64(Power.self, d, a, b, count)
  case .atan2: binary64(ArcTangent2.self, d, a, b, count)
  case .equal: compare64(Equal.self, d, a, b, count)
  case .notEqual: compare64(NotEqual.self, d, a, b, count)
  case .less: compare64(Less.self, d, a, b, count)
  case .lessOrEqual: compare64(LessOrEqual.self, d, a, b, count)
  case .greater: compare64(Greater.self, d, a, b, count)
  case .greaterOrEqual: compare64(GreaterOrEqual.self, d, a, b, count)
  case .isNaN: compare64(IsNaN.self, d, a, a, count)
  case .isFinite: compare64(IsFinite.self, d, a, a, count)
  case .remainder, .floorDivide:
    let d = d.assumingMemoryBound(to: Double.self), a = a.assumingMemoryBound(to: Double.self)
    let b = b.assumingMemoryBound(to: Double.self)
    let divides = instruction.opcode == .floorDivide
    for k in 0..<count { d[k] = divides ? flooredQuotient(a[k], b[k]) : flooredRemainder(a[k], b[k]) }
  case .multiplyAdd:
    let d = d.assumingMemoryBound(to: Double.self), a = a.assumingMemoryBound(to: Double.self)
    let b = b.assumingMemoryBound(to: Double.self)
    let c = registers[Int(instruction.c)].assumingMemoryBound(to: Double.self)
    var k = 0
    while k < count {
      f64x8_store(d + k, f64x8_fma(f64x8_load(a + k), f64x8_load(b + k), f64x8_load(c + k)))
      k += 8
    }
  case .select:
    let d = d.assumingMemoryBound(to: Double.self), a = a.assumingMemoryBound(to: UInt8.self)
    let b = b.assumingMemoryBound(to: Double.self)
    let c = registers[Int(instruction.c)].assumingMemoryBound(to: Double.self)
    var k = 0
    while k < count {
      let mask = u8x8_mask64(u8x8_load(a + k))
      f64x8_store(d + k, f64x8_select(mask, f64x8_load(b + k), f64x8_load(c + k)))
      k += 8
    }
  default: break
  }
}
