import KernelTypes
import TensorTypes

extension Kernels {
  /// Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): element i depends on the
  /// two words of the key and on i only. Uniform floats have 24 bits and doubles 53, in [0, 1); normals are Box and
  /// Muller's pairs; integers (i64) lie in 0 ..< bound.
  public static func random(
    _ distribution: Distribution, _ dtype: DType, key0: UInt64, key1: UInt64, output: UnsafeMutableRawPointer,
    count: Int
  ) -> KernelStatus {
    guard count > 0 else { return .ok }
    var bound: UInt64 = 1
    let kind: RandomArguments.Kind
    switch distribution {
    case .uniform: kind = dtype == .f32 ? .uniformF32 : .uniformF64
    case .normal: kind = dtype == .f32 ? .normalF32 : .normalF64
    case .integers(let limit):
      kind = .integers
      bound = UInt64(max(limit, 1))
    }
    var job = RandomArguments(kind: kind, key0: key0, key1: key1, bound: bound, output: output, count: count)
    return KernelStatus(
      encoded: withUnsafeMutablePointer(to: &job) {
        ThreadPool.shared.run(
          KernelLevel.table.random, $0, items: $0.pointee.groups, nanoseconds: count * (kind == .normalF64 ? 6 : 1))
      })
  }

  /// A new key from a key and a number (Philox on the pair, apart from the blocks that `random` draws).
  public static func foldKey(_ key0: UInt64, _ key1: UInt64, number: Int) -> (UInt64, UInt64) {
    philox(UInt64(bitPattern: Int64(number)), key0 ^ 0x9e37_79b9_7f4a_7c15, key1)
  }

  /// The block of counter (counter, key1) under key0, as two words of 64 bits, lower half first.
  static func philox(_ counter: UInt64, _ key0: UInt64, _ key1: UInt64) -> (UInt64, UInt64) {
    var c0 = UInt32(truncatingIfNeeded: counter), c1 = UInt32(truncatingIfNeeded: counter >> 32)
    var c2 = UInt32(truncatingIfNeeded: key1), c3 = UInt32(truncatingIfNeeded: key1 >> 32)
    var k0 = UInt32(truncatingIfNeeded: key0), k1 = UInt32(truncatingIfNeeded: key0 >> 32)
    for _ in 0..<10 {
      let p0 = UInt64(0xd251_1f53) &* UInt64(c0), p1 = UInt64(0xcd9e_8d57) &* UInt64(c2)
      (c0, c1, c2, c3) = (
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: p0)
      )
      k0 &+= 0x9e37_79b9
      k1 &+= 0xbb67_ae85
    }
    return (UInt64(c0) | UInt64(c1) << 32, UInt64(c2) | UInt64(c3) << 32)
  }
}
