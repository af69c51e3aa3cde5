import TensorGraph
import TensorRuntime
import TensorTypes

/// What this machine reaches at this moment, measured with the same kernels and threads as programs: the ceiling that a
/// profile's figures stand beside.
public struct MachineLimits: Sendable {
  /// Multiplications and additions a second of a product of 512 × 512 matrices, in billions.
  public var gigaflops: Double
  /// Gigabytes a second read and written, from memory and from the caches.
  public var memoryBandwidth: Double
  public var cacheBandwidth: Double

  /// Takes about a tenth of a second; nil where there is no memory for it.
  public static func measure() -> MachineLimits? {
    guard let product = fastest(.matmul(transposeA: false, transposeB: false), [512, 512], operands: 2, times: 24),
      let far = fastest(.unary(.negate), [1 << 23], operands: 1, times: 6),
      let near = fastest(.unary(.negate), [1 << 15], operands: 1, times: 400)
    else { return nil }
    return MachineLimits(
      gigaflops: 2 * 512 * 512 * 512 / product, memoryBandwidth: Double(8 << 23) / far,
      cacheBandwidth: Double(8 << 15) / near)
  }

  /// The nanoseconds of the fastest of several runs.
  private static func fastest(_ primitive: Primitive, _ shape: Shape, operands count: Int, times: Int) -> Double? {
    var graph = Graph()
    let inputs = (0..<count).map { _ in graph.addInput(TensorType(.f32, shape)) }
    guard let results = try? graph.apply(primitive, inputs, origin: .none) else { return nil }
    graph.outputs = results
    guard let program = try? Program.compile(graph) else { return nil }
    var tensors: [Tensor] = []
    for _ in inputs {
      guard let tensor = try? Tensor.allocate(TensorType(.f32, shape)) else { return nil }
      tensor.address.initializeMemory(as: Float.self, repeating: 1, count: shape.count)
      tensors.append(tensor)
    }
    var best = Int.max
    for _ in 0..<times {
      let start = Clock.nanoseconds
      guard (try? program.run(tensors)) != nil else { return nil }
      best = min(best, Clock.nanoseconds - start)
    }
    return Double(max(1, best))
  }
}
