import TensorGraph
import TensorTypes

/// An array seen through shape operations: element (i0, i1, ...) of the view is element `offset + sum of i * stride` of
/// the dense array `root`.
struct StridedView: Hashable {
  /// A value of the graph during analysis, a buffer afterwards.
  var root: Int
  var offset: Int
  var sizes: [Int]
  var strides: [Int]

  init(root: Int, offset: Int = 0, sizes: [Int], strides: [Int]) {
    self.root = root
    self.offset = offset
    self.sizes = sizes
    self.strides = strides
  }

  init(dense root: Int, _ shape: Shape) {
    self.root = root
    offset = 0
    sizes = shape.sizes
    strides = shape.strides
  }

  var count: Int { sizes.reduce(1, &*) }

  /// Whether the elements stand one after another in row-major order (from `offset` on).
  var isDense: Bool {
    var expected = 1
    for axis in stride(from: sizes.count - 1, through: 0, by: -1) {
      if sizes[axis] == 0 { return true }
      if sizes[axis] != 1, strides[axis] != expected { return false }
      expected &*= sizes[axis]
    }
    return true
  }

  /// The view through one more shape operation, or nil when the result is no strided view (or the operation is none).
  func applying(_ primitive: Primitive, result: Shape) -> StridedView? {
    var view = self
    switch primitive {
    case .reshape: return reshaped(to: result.sizes)
    case .transpose(let permutation):
      view.sizes = permutation.map { sizes[$0] }
      view.strides = permutation.map { strides[$0] }
    case .broadcast(let shape, let axes):
      view.sizes = shape.sizes
      view.strides = [Int](repeating: 0, count: shape.rank)
      for (from, to) in axes.enumerated() where sizes[from] != 1 { view.strides[to] = strides[from] }
    case .slice(let starts, _, let steps):
      view.sizes = result.sizes
      for axis in sizes.indices {
        if result[axis] > 0 { view.offset += starts[axis] * strides[axis] }
        view.strides[axis] = strides[axis] * steps[axis]
      }
    case .reverse(let axes):
      for axis in axes where sizes[axis] > 0 {
        view.offset += (sizes[axis] - 1) * strides[axis]
        view.strides[axis] = -strides[axis]
      }
    case .stopGradient, .convert: break  // a conversion to the same type
    default: return nil
    }
    return view
  }

  /// Splits and merges axes without moving elements, or nil where merged axes are not contiguous.
  private func reshaped(to newSizes: [Int]) -> StridedView? {
    var view = self
    view.sizes = newSizes
    if isDense {
      view.strides = Shape(newSizes).strides
      return view
    }
    let old = sizes.indices.filter { sizes[$0] != 1 }
    view.strides = [Int](repeating: 0, count: newSizes.count)
    var from = 0
    var to = 0
    while from < old.count && to < newSizes.count {
      var fromEnd = from + 1
      var toEnd = to + 1
      var fromCount = sizes[old[from]]
      var toCount = newSizes[to]
      while fromCount != toCount {
        if fromCount < toCount {
          guard fromEnd < old.count else { return nil }
          fromCount *= sizes[old[fromEnd]]
          fromEnd += 1
        } else {
          guard toEnd < newSizes.count else { return nil }
          toCount *= newSizes[toEnd]
          toEnd += 1
        }
      }
      for k in from..<fromEnd - 1 where strides[old[k]] != strides[old[k + 1]] * sizes[old[k + 1]] { return nil }
      var step = strides[old[fromEnd - 1]]
      for k in stride(from: toEnd - 1, through: to, by: -1) {
        view.strides[k] = step
        step *= newSizes[k]
      }
      (from, to) = (fromEnd, toEnd)
    }
    return from == old.count ? view : nil
  }
}

extension Array where Element == Int {
  /// The sizes that are not 1: what decides in which order elements stand.
  var withoutOnes: [Int] { filter { $0 != 1 } }
}
