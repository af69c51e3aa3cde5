import TensorGraph
import TensorTypes

// Convolution and pooling one product at a time.

/// Every place (result, tap) whose tap lies inside the image: calls back with the indices into x, weight and y.
private func walk(
  _ c: Convolution, x: [Int], weight: [Int], y: [Int], _ body: (_ x: [Int], _ weight: [Int], _ y: [Int]) -> Void
) {
  let outputsPerGroup = y[3] / c.groups
  for place in indices(of: y) {
    let group = outputsPerGroup == 0 ? 0 : place[3] / outputsPerGroup
    for tap in indices(of: [weight[0], weight[1], weight[2]]) {
      let row = place[1] * c.strides[0] + tap[0] * c.dilations[0] - c.low[0]
      let column = place[2] * c.strides[1] + tap[1] * c.dilations[1] - c.low[1]
      guard (0..<x[1]).contains(row), (0..<x[2]).contains(column) else { continue }
      body([place[0], row, column, group * weight[2] + tap[2]], tap + [place[3]], place)
    }
  }
}

func referenceConvolve(_ c: Convolution, _ x: ReferenceTensor, _ weight: ReferenceTensor, _ type: TensorType)
  -> ReferenceTensor
{
  var result = ReferenceTensor(type) { _ in 0 }
  walk(c, x: x.shape, weight: weight.shape, y: type.shape.sizes) { result[$2] += x[$0] * weight[$1] }
  return result
}

func referenceConvolveInput(_ c: Convolution, _ y: ReferenceTensor, _ weight: ReferenceTensor, _ type: TensorType)
  -> ReferenceTensor
{
  var result = ReferenceTensor(type) { _ in 0 }
  walk(c, x: type.shape.sizes, weight: weight.shape, y: y.shape) { result[$0] += y[$2] * weight[$1] }
  return result
}

func referenceConvolveWeight(_ c: Convolution, _ x: ReferenceTensor, _ y: ReferenceTensor, _ type: TensorType)
  -> ReferenceTensor
{
  var result = ReferenceTensor(type) { _ in 0 }
  walk(c, x: x.shape, weight: type.shape.sizes, y: y.shape) { result[$1] += x[$0] * y[$2] }
  return result
}

/// The place of the first largest element of a window; a NaN is larger than any number.
private func largest(_ window: PoolWindow, _ x: ReferenceTensor, _ place: [Int]) -> [Int] {
  var best: [Int]?
  for tap in indices(of: window.sizes) {
    let row = place[1] * window.strides[0] + tap[0] - window.low[0]
    let column = place[2] * window.strides[1] + tap[1] - window.low[1]
    guard (0..<x.shape[1]).contains(row), (0..<x.shape[2]).contains(column) else { continue }
    let index = [place[0], row, column, place[3]]
    guard let known = best else {
      best = index
      continue
    }
    if !x[known].isNaN, x[index].isNaN || x[index] > x[known] { best = index }
  }
  return best ?? place
}

func referenceWindowTake(
  _ window: PoolWindow, _ x: ReferenceTensor, _ values: ReferenceTensor, _ type: TensorType
) -> ReferenceTensor {
  ReferenceTensor(type) { values[largest(window, x, $0)] }
}

func referenceWindowAdd(
  _ window: PoolWindow, _ x: ReferenceTensor, _ updates: ReferenceTensor, _ type: TensorType
) -> ReferenceTensor {
  var result = ReferenceTensor(type) { _ in 0 }
  for place in indices(of: updates.shape) { result[largest(window, x, place)] += updates[place] }
  return result
}
