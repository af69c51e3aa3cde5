import SourceText
import TensorGraph
import TensorTypes

/// The cotangent of one value while it is summed up. Zeros are never made. What comes back through slices along one axis
/// (the gates of a recurrent cell, the heads of an attention) is put together once, not padded and added part by part.
struct Cotangent {
  /// The cotangent of `range` along `axis`.
  private struct Part {
    var axis: Int
    var range: Range<Int>
    var node: Node
    var origin: Origin
  }
  private var sum: Node?
  private var parts: [Part] = []

  mutating func add(_ node: Node) throws(TransformProblem) {
    if let sum { self.sum = try sum + node } else { sum = node }
  }

  /// Adds the cotangent of a slice, and says whether it is one that can wait: without strides, along one axis.
  mutating func add(slice node: Node, starts: [Int], strides: [Int], of shape: [Int]) throws(TransformProblem) -> Bool {
    let cut = shape.indices.filter { node.shape[$0] != shape[$0] }
    guard cut.count == 1, strides.allSatisfy({ $0 == 1 }), !node.shape.contains(0) else { return false }
    let axis = cut[0]
    let range = starts[axis]..<(starts[axis] + node.shape[axis])
    if let same = parts.firstIndex(where: { $0.axis == axis && $0.range == range }) {
      parts[same].node = try parts[same].node + node
    } else {
      parts.append(Part(axis: axis, range: range, node: node, origin: node.builder.origin))
    }
    return true
  }

  /// The whole cotangent; nil stands for zeros.
  mutating func total(_ type: TensorType) throws(TransformProblem) -> Node? {
    var waiting = parts
    parts = []
    while let first = waiting.min(by: { ($0.axis, $0.range.lowerBound) < ($1.axis, $1.range.lowerBound) }) {
      // From the first part on, the next one along the axis that does not overlap, with zeros between.
      let builder = first.node.builder
      builder.origin = first.origin
      var row: [Node] = []
      var end = 0
      func fill(to limit: Int) throws(TransformProblem) {
        if limit == end { return }
        var gap = type
        gap.shape[first.axis] = limit - end
        row.append(try builder.constant(0, gap))
      }
      while let next = waiting.indices.filter({ waiting[$0].axis == first.axis && waiting[$0].range.lowerBound >= end })
        .min(by: { waiting[$0].range.lowerBound < waiting[$1].range.lowerBound })
      {
        let part = waiting.remove(at: next)
        try fill(to: part.range.lowerBound)
        row.append(part.node)
        end = part.range.upperBound
      }
      let size = type.shape[first.axis]
      if end == first.range.upperBound {
        try add(first.node.padded(axis: first.axis, low: first.range.lowerBound, high: size - end, with: 0))
      } else {
        try fill(to: size)
        try add(builder.one(.concatenate(axis: first.axis), row))
      }
    }
    return sum
  }
}
