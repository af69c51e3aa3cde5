import CKernelSupport

/// A vector of one element type, for kernels that are the same for both.
protocol Lanes {
  associatedtype Element
  associatedtype Vector
  associatedtype Mask
  static var count: Int { get }
  static func load(_ p: UnsafePointer<Element>) -> Vector
  static func store(_ p: UnsafeMutablePointer<Element>, _ v: Vector)
  static func storeFirst(_ p: UnsafeMutablePointer<Element>, _ v: Vector, _ count: Int)
  static func splat(_ value: Int) -> Vector
  static func add(_ a: Vector, _ b: Vector) -> Vector
  static func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector
  /// Where a comes before b in a search for the largest: it is larger, or the first NaN.
  static func wins(_ a: Vector, over b: Vector) -> Mask
  static func equal(_ a: Vector, _ b: Vector) -> Mask
  static func select(_ mask: Mask, _ a: Vector, _ b: Vector) -> Vector
}

enum LanesF32: Lanes {
  @inline(__always) static var count: Int { 16 }
  @_transparent static func load(_ p: UnsafePointer<Float>) -> f32x16 { f32x16_load(p) }
  @_transparent static func store(_ p: UnsafeMutablePointer<Float>, _ v: f32x16) { f32x16_store(p, v) }
  @_transparent static func storeFirst(_ p: UnsafeMutablePointer<Float>, _ v: f32x16, _ count: Int) {
    f32x16_store_first(p, v, Int32(truncatingIfNeeded: count))
  }
  @_transparent static func splat(_ value: Int) -> f32x16 { f32x16_splat(Float(value)) }
  @_transparent static func add(_ a: f32x16, _ b: f32x16) -> f32x16 { a + b }
  @_transparent static func multiplyAdd(_ a: f32x16, _ b: f32x16, _ c: f32x16) -> f32x16 { f32x16_fma(a, b, c) }
  @_transparent static func wins(_ a: f32x16, over b: f32x16) -> i32x16 {
    (f32x16_gt(a, b) | f32x16_ne(a, a)) & f32x16_eq(b, b)
  }
  @_transparent static func equal(_ a: f32x16, _ b: f32x16) -> i32x16 { f32x16_eq(a, b) }
  @_transparent static func select(_ mask: i32x16, _ a: f32x16, _ b: f32x16) -> f32x16 { f32x16_select(mask, a, b) }
}

enum LanesF64: Lanes {
  @inline(__always) static var count: Int { 8 }
  @_transparent static func load(_ p: UnsafePointer<Double>) -> f64x8 { f64x8_load(p) }
  @_transparent static func store(_ p: UnsafeMutablePointer<Double>, _ v: f64x8) { f64x8_store(p, v) }
  @_transparent static func storeFirst(_ p: UnsafeMutablePointer<Double>, _ v: f64x8, _ count: Int) {
    f64x8_store_first(p, v, Int32(truncatingIfNeeded: count))
  }
  @_transparent static func splat(_ value: Int) -> f64x8 { f64x8_splat(Double(value)) }
  @_transparent static func add(_ a: f64x8, _ b: f64x8) -> f64x8 { a + b }
  @_transparent static func multiplyAdd(_ a: f64x8, _ b: f64x8, _ c: f64x8) -> f64x8 { f64x8_fma(a, b, c) }
  @_transparent static func wins(_ a: f64x8, over b: f64x8) -> i64x8 {
    (f64x8_gt(a, b) | f64x8_ne(a, a)) & f64x8_eq(b, b)
  }
  @_transparent static func equal(_ a: f64x8, _ b: f64x8) -> i64x8 { f64x8_eq(a, b) }
  @_transparent static func select(_ mask: i64x8, _ a: f64x8, _ b: f64x8) -> f64x8 { f64x8_select(mask, a, b) }
}
