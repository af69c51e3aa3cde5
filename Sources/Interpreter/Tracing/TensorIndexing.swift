import Diagnostics
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

// `x[0]`, `x[:, -1]`, `x[2..<5]`, `x[..., 0]`, `x[none]`, `x[ids]`, `x[mask]`.

extension Machine {
  /// What one axis of the operand becomes.
  fileprivate enum AxisPlan {
    /// start ..< limit by stride; reversed first when the step is negative.
    case slice(start: Int, limit: Int, stride: Int, isReversed: Bool)
    /// One element; the axis goes away.
    case element(Int)
    /// A one-dimensional or larger tensor of positions.
    case positions(Value)
  }

  private struct IndexPlan {
    var axes: [AxisPlan] = []
    /// Result positions at which a dimension of size 1 is inserted, among kept axes.
    var newAxes: [Int] = []
  }

  func tensorIndex(_ value: Value, _ items: [IndexArgument], at site: Site) throws(Diagnostic) -> Value {
    guard let type = value.tensorType else { throw .wrongKind(found: value.kindName, expected: "a tensor", at: site.span) }
    if items.count == 1, case .value(let mask) = items[0], let maskType = mask.tensorType, maskType.dtype == .bool,
      maskType.shape.rank > 0
    {
      return try selected(value, by: mask, at: site)
    }
    let plan = try indexPlan(type.shape, items, at: site)
    let mark = value.mark
    var result = try recordOne("[]", [value], at: site, mark: mark) { (recorder, ids) throws(ShapeProblem) in
      try recorder.window(ids[0], plan.axes.map(\.window))
    }
    // Positions are taken from the last axis to the first, so that earlier axes keep their numbers.
    for (axis, part) in plan.axes.enumerated().reversed() {
      switch part {
      case .positions(let positions):
        result = try taken(result, positions, axis: axis, mark: mark, at: site)
      case .element:
        result = try recordOne("[]", [result], at: site, mark: mark) { (recorder, ids) throws(ShapeProblem) in
          var sizes = recorder.shape(of: ids[0]).sizes
          sizes.remove(at: axis)
          return try recorder.reshape(ids[0], Shape(sizes))
        }
      case .slice: break
      }
    }
    guard !plan.newAxes.isEmpty else { return result }
    return try recordOne("[]", [result], at: site, mark: mark) { (recorder, ids) throws(ShapeProblem) in
      var sizes = recorder.shape(of: ids[0]).sizes
      for position in plan.newAxes { sizes.insert(1, at: min(position, sizes.count)) }
      return try recorder.reshape(ids[0], Shape(sizes))
    }
  }

  func tensorAssign(_ value: Value, _ items: [IndexArgument], _ newValue: Value, at site: Site) throws(Diagnostic)
    -> Value
  {
    guard let type = value.tensorType else { throw .wrongKind(found: value.kindName, expected: "a tensor", at: site.span) }
    if items.count == 1, case .value(let mask) = items[0], mask.tensorType?.dtype == .bool {
      return try chosen(mask, newValue, value, dtype: type.dtype, at: site)
    }
    let plan = try indexPlan(type.shape, items, at: site)
    var starts: [Int] = []
    var strides: [Int] = []
    var sizes: [Int] = []
    var kept: [Int] = []
    for (axis, part) in plan.axes.enumerated() {
      switch part {
      case .slice(let start, let limit, let stride, let isReversed):
        guard !isReversed else { throw .invalidArgument("step", found: "negative", expected: "a positive step", at: site.span) }
        starts.append(start)
        strides.append(stride)
        sizes.append(limit <= start ? 0 : (limit - start + stride - 1) / stride)
        kept.append(axis)
      case .element(let index):
        starts.append(index)
        strides.append(1)
        sizes.append(1)
      case .positions:
        throw .invalidArgument(
          "index", found: "a tensor of positions", expected: "numbers, ranges and `:` on the left of `=`", at: site.span)
      }
    }
    let window = Shape(sizes)
    let keptShape = Shape(kept.map { sizes[$0] })
    return try recordOne("[]=", [value, newValue], at: site) { (recorder, ids) throws(ShapeProblem) in
      var patch = try recorder.convert(ids[1], to: type.dtype)
      let shape = recorder.shape(of: patch)
      if shape != keptShape {
        guard shape.rank == 0 || keptShape.sizes.suffix(shape.rank).elementsEqual(shape.sizes) else {
          throw ShapeProblem(
            .other("the window has the shape \(keptShape), the new value \(shape)"), [type, recorder.type(of: patch)])
        }
        patch = try recorder.expand(patch, to: keptShape)
      }
      patch = try recorder.reshape(patch, window)
      return try recorder.emit(.updateSlice(starts: starts, strides: strides), [ids[0], patch])
    }
  }

  /// Reads the index arguments against a shape, everything checked.
  private func indexPlan(_ shape: Shape, _ items: [IndexArgument], at site: Site) throws(Diagnostic) -> IndexPlan {
    let consuming = items.filter { if case .newAxis = $0 { false } else if case .ellipsis = $0 { false } else { true } }
    guard consuming.count <= shape.rank else {
      throw .tooManyIndices(found: consuming.count, shape: shape.description, at: site.span)
    }
    var plan = IndexPlan()
    var resultAxis = 0
    var rest = shape.rank - consuming.count
    func keepWhole(_ count: Int) {
      for _ in 0..<count {
        plan.axes.append(.slice(start: 0, limit: shape[plan.axes.count], stride: 1, isReversed: false))
      }
      resultAxis += count
    }
    for (position, item) in items.enumerated() {
      let place = Site(span: site.operand(position + 1))
      switch item {
      case .ellipsis:
        keepWhole(rest)
        rest = 0
      case .newAxis:
        plan.newAxes.append(resultAxis)
        resultAxis += 1
      case .slice(let lower, let upper, let step):
        plan.axes.append(
          try slicePlan(lower, upper, step ?? 1, size: shape[plan.axes.count], axis: plan.axes.count, at: place))
        resultAxis += 1
      case .value(let index):
        let axis = plan.axes.count
        let size = shape[axis]
        if case .object(let range as RangeValue) = index {
          plan.axes.append(try slicePlan(range.lower, range.upper, 1, size: size, axis: axis, at: place))
          resultAxis += 1
          continue
        }
        if let type = index.tensorType, type.shape.rank > 0 || (index.isTracer && !index.isHostNumber) {
          plan.axes.append(.positions(index))
          resultAxis += type.shape.rank
          continue
        }
        let number = try hostInteger(index, at: place)
        let wrapped = number < 0 ? number + size : number
        guard wrapped >= 0, wrapped < size else {
          throw .tensorIndexOutOfRange(number, size: size, axis: axis, at: place.span)
        }
        plan.axes.append(.element(wrapped))
      }
    }
    keepWhole(shape.rank - plan.axes.count)
    return plan
  }

  private func slicePlan(_ lower: Int?, _ upper: Int?, _ step: Int, size: Int, axis: Int, at site: Site)
    throws(Diagnostic) -> AxisPlan
  {
    guard step != 0, step != .min else {
      throw .invalidArgument("step", found: "\(step)", expected: "a step other than 0", at: site.span)
    }
    func wrapped(_ bound: Int?, _ otherwise: Int) -> Int {
      guard let bound else { return otherwise }
      return bound < 0 ? bound + size : bound
    }
    if step > 0 {
      let (start, limit) = (wrapped(lower, 0), wrapped(upper, size))
      guard start >= 0, limit <= size, start <= limit else {
        throw .tensorSliceOutOfRange(lower: lower ?? 0, upper: upper ?? size, size: size, axis: axis, at: site.span)
      }
      return .slice(start: start, limit: limit, stride: step, isReversed: false)
    }
    // From the last to the first: the same window seen from the other end.
    let first = wrapped(lower, size - 1)
    let last = upper.map { $0 < 0 ? $0 + size : $0 } ?? -1
    guard first < size, first >= -1, last >= -1, last <= max(first, -1) || first == -1 else {
      throw .tensorSliceOutOfRange(lower: lower ?? size - 1, upper: upper ?? 0, size: size, axis: axis, at: site.span)
    }
    return .slice(start: size - 1 - first, limit: size - 1 - last, stride: -step, isReversed: true)
  }

  /// `x[mask]`: the elements (or rows) where the mask holds. Their number depends on the data, so only on the host.
  private func selected(_ value: Value, by mask: Value, at site: Site) throws(Diagnostic) -> Value {
    let tensor = try hostTensor(mask, reading: "a mask, whose number of hits is a size", at: Site(span: site.operand(1)))
    guard let shape = value.tensorType?.shape, shape.rank >= tensor.shape.rank,
      shape.sizes.prefix(tensor.shape.rank).elementsEqual(tensor.shape.sizes)
    else {
      throw .sizesDiffer(
        left: site.operand(0), leftText: "\(value.tensorType?.shape ?? .scalar)", right: site.operand(1),
        rightText: "mask: \(tensor.shape)", help: "a mask has the leading sizes of the tensor")
    }
    let hits = tensor.elements(as: Bool.self).enumerated().filter(\.element).map(\.offset)
    let positions = try hostList(hits, at: site)
    let flat = try recordOne("[]", [value], at: site, mark: value.mark) { (recorder, ids) throws(ShapeProblem) in
      try recorder.reshape(ids[0], Shape([tensor.count] + shape.sizes.dropFirst(tensor.shape.rank)))
    }
    return try taken(flat, positions, axis: 0, mark: value.mark, at: site)
  }

  /// `take`, with negative positions counted from the end.
  func taken(_ value: Value, _ positions: Value, axis: Int, mark: ValueKind, at site: Site) throws(Diagnostic) -> Value {
    guard positions.tensorType?.dtype == .i64 else {
      throw .elementType(
        "[]", found: positions.tensorType?.dtype.name ?? positions.kindName, expected: "i64 positions",
        at: site.operand(1))
    }
    return try recordOne("take", [value, positions], at: site, mark: mark) { (recorder, ids) throws(ShapeProblem) in
      let size = recorder.shape(of: ids[0])[axis]
      let zero = try recorder.expand(recorder.trace.literal(.i64(0)), to: recorder.shape(of: ids[1]))
      let fromEnd = try recorder.binary(.add, ids[1], recorder.trace.literal(.i64(size)))
      let isNegative = try recorder.emit(.compare(.less), [ids[1], zero])
      let wrapped = try recorder.emit(.select, [isNegative, fromEnd, ids[1]])
      return try recorder.emit(.take(axis: axis), [ids[0], wrapped])
    }
  }
}

extension Machine {
  /// An i64 tensor of host numbers.
  func hostList(_ numbers: [Int], at site: Site) throws(Diagnostic) -> Value {
    do throws(MemoryProblem) {
      return .object(
        TensorValue(try .from(numbers, dtype: .i64, shape: [numbers.count]), origin: site.span))
    } catch { throw .outOfMemory(requested: error.requested, available: error.available, at: site.span) }
  }
}

extension Machine.AxisWindow {
  static func whole(_ size: Int) -> Self { .init(start: 0, limit: size, stride: 1, isReversed: false) }
}

extension Machine {
  /// A strided window along one axis.
  struct AxisWindow {
    var start: Int
    var limit: Int
    var stride: Int
    var isReversed: Bool
  }
}

extension Machine.AxisPlan {
  /// The window to cut before elements and positions are taken; positions keep their axis whole (limit -1).
  fileprivate var window: Machine.AxisWindow? {
    switch self {
    case .slice(let start, let limit, let stride, let isReversed):
      Machine.AxisWindow(start: start, limit: limit, stride: stride, isReversed: isReversed)
    case .element(let index): Machine.AxisWindow(start: index, limit: index + 1, stride: 1, isReversed: false)
    case .positions: nil
    }
  }
}

extension Recorder {
  /// The window of each axis; nil keeps an axis whole.
  func window(_ id: ValueID, _ windows: [Machine.AxisWindow?]) throws(ShapeProblem) -> ValueID {
    let shape = self.shape(of: id)
    let reversed = windows.indices.filter { windows[$0]?.isReversed ?? false }
    let source = reversed.isEmpty ? id : try emit(.reverse(axes: reversed), [id])
    let starts = windows.map { $0?.start ?? 0 }
    let limits = windows.enumerated().map { $0.element?.limit ?? shape[$0.offset] }
    let strides = windows.map { $0?.stride ?? 1 }
    if starts.allSatisfy({ $0 == 0 }), limits == shape.sizes, strides.allSatisfy({ $0 == 1 }) { return source }
    return try emit(.slice(starts: starts, limits: limits, strides: strides), [source])
  }
}
