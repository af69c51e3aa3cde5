import Foundation
import KernelTypes
import TensorRuntime
import TensorTypes
import Testing

/// The levels that this machine can run, the best last.
let runnableLevels = KernelLevel.allCases.filter { $0.rawValue <= KernelLevel.best.rawValue }

/// Numbers that are the same in every run.
struct Dice {
  var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_f491_4f6c_dd1d
  }
  mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
  mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }
}

private let threadCountLock = NSRecursiveLock()

/// The number of threads belongs to the whole process: tests that set it, or look at what depends on it, take turns.
func withThreads<R>(_ count: Int, _ body: () throws -> R) rethrows -> R {
  threadCountLock.lock()
  let old = ThreadPool.shared.threadCount
  ThreadPool.shared.threadCount = count
  defer {
    ThreadPool.shared.threadCount = old
    threadCountLock.unlock()
  }
  return try body()
}

@Suite struct KernelSuite {
  static func atLevel<R>(_ level: KernelLevel, threads: Int = 1, _ body: () throws -> R) rethrows -> R {
    let old = KernelLevel.current
    KernelLevel.current = level
    defer { KernelLevel.current = old }
    return try withThreads(threads, body)
  }
}

/// Memory that begins `misalignment` elements behind a 64-byte boundary, filled with a pattern that a kernel must not
/// read into its results.
final class Block<T> {
  let base: UnsafeMutableRawPointer
  let pointer: UnsafeMutablePointer<T>
  let count: Int

  init(count: Int, misalignment: Int = 0, fill: T) {
    base = .allocate(byteCount: (count + misalignment) * MemoryLayout<T>.stride + 128, alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0xff, count: (count + misalignment) * MemoryLayout<T>.stride + 128)
    pointer = (base + misalignment * MemoryLayout<T>.stride).bindMemory(to: T.self, capacity: count + 1)
    pointer.initialize(repeating: fill, count: count)
    self.count = count
  }

  convenience init(_ elements: [T], misalignment: Int = 0, fill: T) {
    self.init(count: elements.count, misalignment: misalignment, fill: fill)
    for (index, element) in elements.enumerated() { pointer[index] = element }
  }

  /// As a dense vector.
  var operand: TileOperand { TileOperand(address: pointer, strideInner: 1) }
  var elements: [T] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
  /// The bytes behind the elements are untouched.
  var isIntactBehind: Bool {
    let end = UnsafeMutableRawPointer(pointer + count)
    return (0..<64).allSatisfy { end.load(fromByteOffset: $0, as: UInt8.self) == 0xff }
  }
  deinit { base.deallocate() }
}

func bitPatterns(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
func bitPatterns(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }

/// Distance in units in the last place of the correctly rounded value; results below the smallest normal number count
/// as zero, because kernels flush them.
func ulps(_ found: Float, _ expected: Double) -> Double {
  if expected.isNaN || found.isNaN { return expected.isNaN && found.isNaN ? 0 : .infinity }
  let rounded = Float(expected)
  if rounded == found {
    return min(0.5, abs(Double(found) - expected) / Double(max(rounded.ulp, .leastNormalMagnitude)))
  }
  if abs(rounded) <= .leastNormalMagnitude && abs(found) <= .leastNormalMagnitude { return 0 }
  if rounded.isInfinite || found.isInfinite { return .infinity }
  return abs(Double(found) - expected) / Double(rounded.ulp)
}
