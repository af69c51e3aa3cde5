import TensorTypes

/// Why operands do not fit a primitive: data for a diagnostic, which adds the places and where each size came from.
public struct ShapeProblem: Error, Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// A size of one operand must equal a size of another.
    case sizesDiffer(operandA: Int, axisA: Int, operandB: Int, axisB: Int)
    /// An operand has the wrong number of dimensions.
    case rank(operand: Int, expected: String)
    /// An axis that the operand does not have.
    case axis(operand: Int, axis: Int)
    case dtype(operand: Int, expected: String)
    case dtypesDiffer(operandA: Int, operandB: Int)
    /// Elements before and after do not agree (reshape), or a size that is negative or too large.
    case count(expected: Int, found: Int)
    case tooLarge
    case operandCount(expected: Int, found: Int)
    /// Anything else, in words.
    case other(String)
  }
  public var kind: Kind
  public var operands: [TensorType]

  public init(_ kind: Kind, _ operands: [TensorType]) {
    self.kind = kind
    self.operands = operands
  }
}
