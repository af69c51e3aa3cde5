import TensorGraph

/// Why a graph cannot be transformed: data for a diagnostic.
public struct TransformProblem: Error, Sendable {
  public enum Kind: Hashable, Sendable {
    /// A gradient would have to go through a `whileLoop`, which keeps no values to go back along: use `scan`.
    case gradientOfWhile
    /// A `whileLoop` that draws random numbers under vmap: elements stop at different times, so draws have no order.
    case drawInWhile
    /// Sizes that do not fit, of which only `tooLarge` can come from a well-formed graph (a batch makes values larger).
    case shape(ShapeProblem)
    /// An input number that the graph does not have.
    case noInput(Int)
    /// An output number that the graph does not have.
    case noOutput(Int)
    /// Not one flag for each input.
    case flagCount(expected: Int, found: Int)
    /// A number of examples below zero.
    case negativeSize(Int)
  }
  public var kind: Kind
  /// The operation at fault; none where the request itself is wrong.
  public var origin: Origin

  public init(_ kind: Kind, at origin: Origin = .none) {
    self.kind = kind
    self.origin = origin
  }
}
