import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

/// What the numbers in a tensor are known to be. The mark survives indexing, reshaping and joining; arithmetic drops it.
public enum ValueKind: UInt8, Sendable { case plain, probabilities }

/// A tensor in memory.
public final class TensorValue: HeapObject {
  /// Its memory is given away with the last reference, when an operation can write its result there.
  @exclusivity(unchecked) public internal(set) var tensor: Tensor
  public let mark: ValueKind
  /// The expression that made it, for messages: "w was made by `normal(3, 4)` at line 1".
  public let origin: Span
  public init(_ tensor: Tensor, mark: ValueKind = .plain, origin: Span) {
    self.tensor = tensor
    self.mark = mark
    self.origin = origin
    super.init(.tensor)
  }
}

/// A tensor or host number inside a trace: a value of the graph being built.
public final class TracerValue: HeapObject {
  public let trace: Trace
  public let id: ValueID
  public let type: TensorType
  public let mark: ValueKind
  /// An Int or Float of the program (i64 or f64 scalar): takes the precision of the tensor it meets.
  public let isHostNumber: Bool
  public let origin: Span
  public init(
    trace: Trace, id: ValueID, type: TensorType, mark: ValueKind = .plain, isHostNumber: Bool = false, origin: Span
  ) {
    self.trace = trace
    self.id = id
    self.type = type
    self.mark = mark
    self.isHostNumber = isHostNumber
    self.origin = origin
    super.init(.tracer)
  }
}
