import Execution
import TensorGraph
import TensorRuntime
import TensorTypes

/// Short ways to write tensors and graphs in tests.
func floats(_ elements: [Float], _ shape: Shape? = nil) throws -> Tensor {
  try Tensor.from(elements, dtype: .f32, shape: shape ?? [elements.count])
}
func doubles(_ elements: [Double], _ shape: Shape? = nil) throws -> Tensor {
  try Tensor.from(elements, dtype: .f64, shape: shape ?? [elements.count])
}
func integers(_ elements: [Int], _ shape: Shape? = nil) throws -> Tensor {
  try Tensor.from(elements, dtype: .i64, shape: shape ?? [elements.count])
}
func truths(_ elements: [Bool], _ shape: Shape? = nil) throws -> Tensor {
  try Tensor.from(elements, dtype: .bool, shape: shape ?? [elements.count])
}

extension Tensor {
  /// All elements as bytes: equal only when every bit is.
  var bytes: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: address, count: type.byteCount)) }
  var floats: [Float] { elements(as: Float.self) }
}

/// Runs a graph written as text, with passes and without; both must give the same bits.
func run(_ text: String, _ inputs: [Tensor]) throws -> [Tensor] {
  let graph = try GraphReader.parse(text)
  let plain = try Program.compile(graph, options: CompileOptions(optimize: false)).run(inputs)
  let compiled = try Program.compile(graph).run(inputs)
  for (a, b) in zip(plain, compiled) where a.type != b.type || a.bytes != b.bytes {
    throw Disagreement(text: text, plain: "\(a.type)", compiled: "\(b.type)")
  }
  return compiled
}

struct Disagreement: Error {
  var text: String
  var plain, compiled: String
}
