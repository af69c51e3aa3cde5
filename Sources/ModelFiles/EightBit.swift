import TensorRuntime
import TensorTypes

/// Weights in one byte each: whole multiples, -127 to 127, of a step that each unit (index of the last dimension) has
/// for itself, its largest absolute weight / 127.
/// Jacob and others: Quantization and training of neural networks for efficient integer-arithmetic-only inference,
/// 2018.
public enum EightBit {
  /// The multiples as i64 [..., units] and the steps as f32 [units] of an f32 tensor with at least two dimensions; nil
  /// for others, and where a number is not finite.
  public static func rounded(_ tensor: Tensor) throws(MemoryProblem) -> (multiples: Tensor, steps: Tensor)? {
    guard tensor.dtype == .f32, tensor.shape.rank >= 2, let units = tensor.shape.sizes.last else { return nil }
    let steps = try Tensor.allocate(TensorType(.f32, [units]))
    let multiples = try Tensor.allocate(TensorType(.i64, tensor.shape))
    let weights = tensor.address.assumingMemoryBound(to: Float.self)
    let step = steps.address.assumingMemoryBound(to: Float.self)
    let multiple = multiples.address.assumingMemoryBound(to: Int.self)
    for unit in 0..<units { step[unit] = 0 }
    for index in 0..<tensor.count {
      guard weights[index].isFinite else { return nil }
      step[index % units] = max(step[index % units], abs(weights[index]))
    }
    for unit in 0..<units { step[unit] = (step[unit] > 0 ? step[unit] : 1) / 127 }
    for index in 0..<tensor.count {
      // The step of a unit of the tiniest numbers has few digits, or none.
      let exact = (weights[index] / step[index % units]).rounded(.toNearestOrEven)
      multiple[index] = exact.isNaN ? 0 : Int(min(max(exact, -127), 127))
    }
    return (multiples, steps)
  }

  /// multiples * steps; nil where types or sizes do not fit.
  public static func restored(_ multiples: Tensor, steps: Tensor) throws(MemoryProblem) -> Tensor? {
    guard multiples.dtype == .i64, steps.dtype == .f32, let units = multiples.shape.sizes.last,
      steps.shape.sizes == [units]
    else { return nil }
    let tensor = try Tensor.allocate(TensorType(.f32, multiples.shape))
    let weights = tensor.address.assumingMemoryBound(to: Float.self)
    let step = steps.address.assumingMemoryBound(to: Float.self)
    let multiple = multiples.address.assumingMemoryBound(to: Int.self)
    for index in 0..<tensor.count { weights[index] = Float(multiple[index]) * step[index % units] }
    return tensor
  }
}
