import Glibc
import KernelTypes
import TensorTypes

extension Kernels {
  /// Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): element i depends on the
  /// two words of the key and on i only.
  public static func random(
    _ distribution: Distribution, _ dtype: DType, key0: UInt64, key1: UInt64, output: UnsafeMutableRawPointer,
    count: Int
  ) -> KernelStatus {
    for i in 0..<count {
      let wide = dtype.size == 8
      let group = wide ? 32 : 64
      let block = UInt64(i / group * 16 + i % 16)
      let words = philox(block, key0, key1)
      let slot = (i % group) / 16
      switch (distribution, dtype) {
      case (.integers(let bound), _):
        let word = slot == 0 ? words.0 : words.1
        output.storeBytes(
          of: Int(word.multipliedFullWidth(by: UInt64(max(bound, 1))).high), toByteOffset: i * 8, as: Int.self)
      case (.uniform, .f32):
        let word = UInt32(truncatingIfNeeded: (slot < 2 ? words.0 : words.1) >> (slot % 2 == 0 ? 0 : 32))
        output.storeBytes(of: Float(word >> 8) * 0x1p-24, toByteOffset: i * 4, as: Float.self)
      case (.uniform, _):
        let word = slot == 0 ? words.0 : words.1
        output.storeBytes(of: Double(word >> 11) * 0x1p-53, toByteOffset: i * 8, as: Double.self)
      case (.normal, .f32):
        let pair = slot < 2 ? words.0 : words.1
        let u = (Double((pair & 0xffff_ffff) >> 1) + 0.5) * 0x1p-31, v = Double(pair >> 40) * 0x1p-24
        let radius = (-2 * log(u)).squareRoot()
        let value = slot % 2 == 0 ? radius * cos(2 * .pi * v) : radius * sin(2 * .pi * v)
        output.storeBytes(of: Float(value), toByteOffset: i * 4, as: Float.self)
      case (.normal, _):
        let u = (Double(words.0 >> 11) + 0.5) * 0x1p-53, v = Double(words.1 >> 11) * 0x1p-53
        let radius = (-2 * log(u)).squareRoot()
        let value = slot == 0 ? radius * cos(2 * .pi * v) : radius * sin(2 * .pi * v)
        output.storeBytes(of: value, toByteOffset: i * 8, as: Double.self)
      }
    }
    return .ok
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
