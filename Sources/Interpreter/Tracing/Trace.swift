import TensorGraph

/// One recording of tensor code into a graph. Traces nest: `grad` inside `scan` inside a compiled call.
public final class Trace {
  public let parent: Trace?
  public var graph = Graph()
  init(parent: Trace?) { self.parent = parent }
}
