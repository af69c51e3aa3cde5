import TensorTypes

extension Primitive {
  /// The shape rule: the types of the results, or why the operands do not fit.
  public func resultTypes(of operands: [TensorType]) throws(ShapeProblem) -> [TensorType] {
    throw ShapeProblem(.other("no shape rule"), operands)
  }
}
