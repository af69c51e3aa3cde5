import CKernelSupport
import KernelTypes

// Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), sixteen blocks at a time.
// Lane l of group g is block 16 g + l; its words are elements 64 g + l, + 16, + 32 and + 48, or two elements of eight
// bytes.

func randomGroups(
  _ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer
) -> Int {
  let job = arguments.assumingMemoryBound(to: RandomArguments.self)
  let r = job.pointee
  let size = r.groupSize
  for group in begin..<end {
    let count = min(size, r.count - group * size)
    // The last group may be shorter than the vectors: by way of the scratch memory.
    let isWhole = count == size
    switch r.kind {
    case .uniformF32, .normalF32:
      let place = r.output.assumingMemoryBound(to: Float.self) + group * size
      let target = isWhole ? place : scratch.assumingMemoryBound(to: Float.self)
      randomF32(r, group, target)
      if !isWhole { UnsafeMutableRawPointer(place).copyMemory(from: target, byteCount: count * 4) }
    case .uniformF64, .normalF64, .integers:
      let words = scratch.assumingMemoryBound(to: UInt64.self)
      randomWords(r, group, words)
      let place = r.output + group * size * 8
      let results = scratch + 512
      switch r.kind {
      case .integers:
        let results = results.assumingMemoryBound(to: Int.self)
        for k in 0..<32 { results[k] = Int(words[k].multipliedFullWidth(by: r.bound).high) }
      case .uniformF64:
        let results = results.assumingMemoryBound(to: Double.self)
        for k in 0..<32 { results[k] = Double(words[k] >> 11) * 0x1p-53 }
      default: normalsF64(words, results.assumingMemoryBound(to: Double.self))
      }
      place.copyMemory(from: results, byteCount: count * 8)
    }
  }
  return 0
}

/// The four words of the sixteen blocks of a group.
@_transparent
func philox(_ r: RandomArguments, _ group: Int) -> (u32x16, u32x16, u32x16, u32x16) {
  let counter = UInt64(group) &* 16
  var c0 = u32x16_count_from(UInt32(truncatingIfNeeded: counter))
  var c1 = u32x16_splat(UInt32(truncatingIfNeeded: counter >> 32))
  var c2 = u32x16_splat(UInt32(truncatingIfNeeded: r.key1))
  var c3 = u32x16_splat(UInt32(truncatingIfNeeded: r.key1 >> 32))
  var k0 = UInt32(truncatingIfNeeded: r.key0), k1 = UInt32(truncatingIfNeeded: r.key0 >> 32)
  for _ in 0..<10 {
    let high0 = u32x16_multiply_high(c0, 0xd251_1f53), low0 = u32x16_multiply_low(c0, 0xd251_1f53)
    let high1 = u32x16_multiply_high(c2, 0xcd9e_8d57), low1 = u32x16_multiply_low(c2, 0xcd9e_8d57)
    c0 = (high1 ^ c1) ^ u32x16_splat(k0)
    c2 = (high0 ^ c3) ^ u32x16_splat(k1)
    c1 = low1
    c3 = low0
    k0 &+= 0x9e37_79b9
    k1 &+= 0xbb67_ae85
  }
  return (c0, c1, c2, c3)
}

func randomF32(_ r: RandomArguments, _ group: Int, _ target: UnsafeMutablePointer<Float>) {
  let (w0, w1, w2, w3) = philox(r, group)
  if r.kind == .uniformF32 {
    f32x16_store(target, unit24(w0))
    f32x16_store(target + 16, unit24(w1))
    f32x16_store(target + 32, unit24(w2))
    f32x16_store(target + 48, unit24(w3))
    return
  }
  let radius0 = radius(w0), radius1 = radius(w2)
  let (cosine0, sine0) = cosineAndSineOfTurn(unit24(w1))
  let (cosine1, sine1) = cosineAndSineOfTurn(unit24(w3))
  f32x16_store(target, radius0 * cosine0)
  f32x16_store(target + 16, radius0 * sine0)
  f32x16_store(target + 32, radius1 * cosine1)
  f32x16_store(target + 48, radius1 * sine1)
}

/// 24 bits to [0, 1).
@_transparent
func unit24(_ word: u32x16) -> F32 { u32x16_to_f32(word &>> 8) * f(0x1p-24) }

/// Box and Muller's radius from 31 bits, so that the tails reach 6.6.
@_transparent
func radius(_ word: u32x16) -> F32 {
  let u: F32 = (u32x16_to_f32(word &>> 1) + f(0.5)) * f(0x1p-31)
  return f32x16_sqrt(f(-2) * log(u))
}

/// Two 64-bit words from each block: the first of all lanes, then the second.
func randomWords(_ r: RandomArguments, _ group: Int, _ words: UnsafeMutablePointer<UInt64>) {
  let (w0, w1, w2, w3) = philox(r, group)
  let halves = UnsafeMutableRawPointer(words + 64).assumingMemoryBound(to: UInt32.self)
  u32x16_store(halves, w0)
  u32x16_store(halves + 16, w1)
  u32x16_store(halves + 32, w2)
  u32x16_store(halves + 48, w3)
  for k in 0..<16 {
    words[k] = UInt64(halves[k]) | UInt64(halves[16 + k]) << 32
    words[16 + k] = UInt64(halves[32 + k]) | UInt64(halves[48 + k]) << 32
  }
}

/// Pairs of normals from pairs of words: radius from the first of each lane, angle from the second.
func normalsF64(_ words: UnsafeMutablePointer<UInt64>, _ results: UnsafeMutablePointer<Double>) {
  var k = 0
  for index in 0..<32 { results[index] = Double(words[index] >> 11) }
  while k < 16 {
    let u: F64 = (f64x8_load(results + k) + d(0.5)) * d(0x1p-53)
    let radius = f64x8_sqrt(d(-2) * log(u))
    let (cosine, sine) = cosineAndSineOfTurn(f64x8_load(results + 16 + k) * d(0x1p-53))
    f64x8_store(results + k, radius * cosine)
    f64x8_store(results + 16 + k, radius * sine)
    k += 8
  }
}
