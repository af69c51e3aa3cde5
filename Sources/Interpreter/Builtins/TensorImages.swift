import Diagnostics
import TensorGraph
import TensorTypes

/// Convolution and pooling of images [batch, channels, height, width] and sequences [batch, time, features].
enum TensorImages {
  static let builtins: [Builtin] = [
    Builtin(
      "conv",
      [
        .init("x"), .init("weight"), .init("stride", default: .int(1)), .init("padding", default: .int(0)),
        .init("dilation", default: .int(1)), .init("groups", default: .int(1)),
      ],
      """
      The weight's window moved over images or sequences: at each place the sum of products, for each filter.

      x: [batch, channels, height, width], weight: [height, width, channels / groups, filters]; for sequences
      x: [batch, time, features], weight: [time, features / groups, filters]. `padding` is "valid" (none), "same", or
      zeros on each side; `stride`, `padding` and `dilation` are one number or one for each dimension.
      """
    ) { (call) throws(Diagnostic) in
      let images = try ImageCall(call)
      let weight = try images.weightSizes(1)
      let groups = try images.groups(5, channels: images.channels, filters: weight[3], perGroup: weight[2])
      let (strides, dilations) = (try images.pair(2, least: 1), try images.pair(4, least: 1))
      let extents = images.extents(weight, dilations)
      let (low, high) = try images.padding(3, extents: extents, strides: strides)
      try images.check(extents: extents, low: low, high: high)
      let convolution = Convolution(strides: strides, low: low, high: high, dilations: dilations, groups: groups)
      return try images.record(with: [1]) { (recorder, x, others) throws(ShapeProblem) in
        try recorder.emit(.convolve(convolution), [x, try recorder.reshape(others[0], Shape(weight))])
      }
    },
    Builtin(
      "conv_transpose",
      [
        .init("x"), .init("weight"), .init("stride", default: .int(1)), .init("padding", default: .int(0)),
        .init("dilation", default: .int(1)), .init("groups", default: .int(1)),
      ],
      """
      The transpose of `conv`, which takes images of the result's size to images of x's: each element of x adds the
      weight's window, times itself, to the result.

      x: [batch, channels, height, width], weight: [height, width, filters / groups, channels]; for sequences
      x: [batch, time, features], weight: [time, filters / groups, features]. A size n becomes
      (n - 1) * stride + dilation * (window - 1) + 1 - 2 * padding; with `padding: "same"` n * stride.
      """
    ) { (call) throws(Diagnostic) in
      let images = try ImageCall(call)
      let weight = try images.weightSizes(1)
      let groups = try images.integer(5, least: 1)
      guard images.channels % groups == 0 else {
        throw .groupsDoNotDivide(
          "conv_transpose", groups: groups, channels: images.channels, filters: weight[2], at: call.site.operand(5))
      }
      guard weight[3] == images.channels else {
        throw .filterChannels(
          "conv_transpose", found: weight[3], expected: images.channels, groups: 1, weight: call.site.operand(1),
          input: call.site.operand(0))
      }
      let (strides, dilations) = (try images.pair(2, least: 1), try images.pair(4, least: 1))
      let extents = images.extents(weight, dilations)
      let (low, high, sizes) = try images.transposed(3, extents: extents, strides: strides)
      let convolution = Convolution(strides: strides, low: low, high: high, dilations: dilations, groups: groups)
      return try images.record(with: [1]) { (recorder, x, others) throws(ShapeProblem) in
        try recorder.emit(
          .convolveInput(convolution, sizes: sizes), [x, try recorder.reshape(others[0], Shape(weight))])
      }
    },
    Builtin(
      "max_pool",
      [.init("x"), .init("size"), .init("stride", default: Value.none), .init("padding", default: .int(0))],
      """
      The largest element of each window of images [batch, channels, height, width] or sequences
      [batch, time, features]. NaN wins; the first of equal elements gets the gradient.

      `size`, `stride` (the window's size unless given) and `padding` are one number or one for each dimension; padding
      is "valid" (none), "same" or a number and never wins.
      """
    ) { (call) throws(Diagnostic) in
      let images = try ImageCall(call)
      let sizes = try images.pair(1, least: 1)
      let strides = call.isNone(2) ? sizes : try images.pair(2, least: 1)
      let (low, high) = try images.padding(3, extents: sizes, strides: strides)
      for axis in 0..<2 where max(low[axis], high[axis]) >= sizes[axis] {
        throw .poolPadding(
          "max_pool", padding: max(low[axis], high[axis]), window: sizes[axis], at: call.site.operand(3))
      }
      try images.check(extents: sizes, low: low, high: high)
      let window = PoolWindow(sizes: sizes, strides: strides, low: low, high: high)
      return try images.record(with: []) { (recorder, x, _) throws(ShapeProblem) in
        try recorder.emit(.windowTake(window), [x, x])
      }
    },
  ]
}

/// A call whose first argument is images or sequences. The primitives take images with the channels last; a sequence
/// is an image of height 1, of which it already has the order.
private struct ImageCall {
  let call: BuiltinCall
  let shape: Shape
  var isSequence: Bool { shape.rank == 3 }
  var name: String { call.builtin.name }
  var channels: Int { isSequence ? shape[2] : shape[1] }
  var height: Int { isSequence ? 1 : shape[2] }
  var width: Int { isSequence ? shape[1] : shape[3] }

  init(_ call: BuiltinCall) throws(Diagnostic) {
    self.call = call
    shape = try call.tensorType(0).shape
    guard shape.rank == 3 || shape.rank == 4 else {
      throw .imageRank(call.builtin.name, found: shape.description, at: call.site.operand(0))
    }
  }

  func integer(_ index: Int, least: Int) throws(Diagnostic) -> Int {
    let value = try call.integer(index)
    guard value >= least, value <= 1 << 40 else {
      throw .invalidArgument(
        call.builtin.parameters[index].name, found: "\(value)", expected: "a number from \(least) on",
        at: call.site.operand(index))
    }
    return value
  }

  /// One number, or one for each dimension; the height of a sequence has no choice.
  func pair(_ index: Int, least: Int) throws(Diagnostic) -> [Int] {
    let given = try call.integers(index)
    let count = isSequence ? 1 : 2
    guard given.count == 1 || given.count == count, given.allSatisfy({ $0 >= least && $0 <= 1 << 40 }) else {
      throw .invalidArgument(
        call.builtin.parameters[index].name, found: given.count == 1 ? "\(given[0])" : "\(given)",
        expected: "a number from \(least) on" + (isSequence ? "" : ", or one for height and width each"),
        at: call.site.operand(index))
    }
    if isSequence { return [least, given[0]] }
    return given.count == 1 ? [given[0], given[0]] : given
  }

  /// The weight's sizes as of a weight for images.
  func weightSizes(_ index: Int) throws(Diagnostic) -> [Int] {
    let found = try call.tensorType(index).shape
    guard found.rank == shape.rank else {
      throw .filterRank(
        name, found: found.description,
        expected: isSequence ? "3 sizes, as the sequences have 3" : "4 sizes, as the images have 4",
        at: call.site.operand(index))
    }
    let sizes = isSequence ? [1] + found.sizes : found.sizes
    guard sizes[0] > 0, sizes[1] > 0 else {
      throw .filterRank(
        name, found: found.description, expected: "a window of at least 1", at: call.site.operand(index))
    }
    return sizes
  }

  func groups(_ index: Int, channels: Int, filters: Int, perGroup: Int) throws(Diagnostic) -> Int {
    let groups = try integer(index, least: 1)
    guard channels % groups == 0, filters % groups == 0 else {
      throw .groupsDoNotDivide(name, groups: groups, channels: channels, filters: filters, at: call.site.operand(index))
    }
    guard perGroup == channels / groups else {
      throw .filterChannels(
        name, found: perGroup, expected: channels / groups, groups: groups, weight: call.site.operand(1),
        input: call.site.operand(0))
    }
    return groups
  }

  /// How far a window reaches, in elements of the image.
  func extents(_ weight: [Int], _ dilations: [Int]) -> [Int] {
    (0..<2).map { axis in
      let (reach, overflow) = (weight[axis] - 1).multipliedReportingOverflow(by: dilations[axis])
      return overflow ? 1 << 60 : min(reach, 1 << 60) + 1
    }
  }

  private func word(_ index: Int) throws(Diagnostic) -> String? {
    guard case .object(let text as TextValue) = call.arguments[index] else { return nil }
    guard text.text == "same" || text.text == "valid" else {
      throw .invalidArgument(
        "padding", found: "\"\(text.text)\"", expected: "\"same\", \"valid\" or a number", at: call.site.operand(index))
    }
    return text.text
  }

  /// Zeros before and after. "same": as many as give one result for each stride; the odd one comes after.
  func padding(_ index: Int, extents: [Int], strides: [Int]) throws(Diagnostic) -> (low: [Int], high: [Int]) {
    switch try word(index) {
    case "valid"?: return ([0, 0], [0, 0])
    case nil:
      let both = try pair(index, least: 0)
      return (both, both)
    default:
      let sizes = [height, width]
      let all = (0..<2).map { axis in
        max(0, (max(sizes[axis], 1) - 1) / strides[axis] * strides[axis] + extents[axis] - sizes[axis])
      }
      return (all.map { $0 / 2 }, all.map { $0 - $0 / 2 })
    }
  }

  /// The padding of the convolution that this one is the transpose of, and the sizes of its images.
  func transposed(_ index: Int, extents: [Int], strides: [Int]) throws(Diagnostic) -> (
    low: [Int], high: [Int], sizes: [Int]
  ) {
    let sizes = [height, width]
    var result: [Int] = []
    var (low, high) = ([0, 0], [0, 0])
    let word = try word(index)
    if word == nil {
      low = try pair(index, least: 0)
      high = low
    }
    for axis in 0..<2 {
      let (steps, overflow) = max(sizes[axis] - 1, 0).multipliedReportingOverflow(by: strides[axis])
      guard !overflow, steps < 1 << 50, extents[axis] < 1 << 50 else {
        throw .resultTooLarge(name, at: call.site.span)
      }
      let full = sizes[axis] == 0 ? 0 : steps + extents[axis]
      if word == "same", !(isSequence && axis == 0) {
        let size = sizes[axis] * strides[axis]
        let all = max(0, full - size)
        (low[axis], high[axis]) = (all / 2, all - all / 2)
        result.append(size)
      } else {
        result.append(full - low[axis] - high[axis])
      }
      guard result[axis] > 0 else {
        throw .windowTooLarge(
          name, window: "\(extents[axis])", image: "\(full)", padding: false, at: call.site.span)
      }
    }
    return (low, high, result)
  }

  func check(extents: [Int], low: [Int], high: [Int]) throws(Diagnostic) {
    let sizes = [height, width]
    let padded = (0..<2).map { sizes[$0] + low[$0] + high[$0] }
    if (0..<2).contains(where: { extents[$0] > padded[$0] }) {
      func text(_ pair: [Int]) -> String { isSequence ? "\(pair[1])" : "\(pair[0]) x \(pair[1])" }
      throw .windowTooLarge(
        name, window: text(extents), image: text(padded), padding: low != [0, 0] || high != [0, 0],
        at: call.site.span)
    }
  }

  /// Records `body` on the images with the channels last and brings the result back to the user's order. `others`:
  /// further arguments that take part.
  func record(
    with others: [Int], _ body: (Recorder, ValueID, [ValueID]) throws(ShapeProblem) -> ValueID
  ) throws(Diagnostic) -> Value {
    var operands = [try call.numeric(0)]
    for index in others { operands.append(try call.numeric(index)) }
    return try call.machine.recordOne(name, operands, at: call.site) { (recorder, ids) throws(ShapeProblem) in
      var type = try recorder.dtype(of: recorder.floating(ids[0]))
      for id in ids.dropFirst() where type != .f64 && recorder.dtype(of: id) == .f64 { type = .f64 }
      var values: [ValueID] = []
      for id in ids { values.append(try recorder.convert(id, to: type)) }
      let images =
        isSequence
        ? try recorder.reshape(values[0], [shape[0], 1, shape[1], shape[2]])
        : try recorder.emit(.transpose(permutation: [0, 2, 3, 1]), [values[0]])
      let result = try body(recorder, images, Array(values.dropFirst()))
      let sizes = recorder.shape(of: result)
      return isSequence
        ? try recorder.reshape(result, [sizes[0], sizes[2], sizes[3]])
        : try recorder.emit(.transpose(permutation: [0, 3, 1, 2]), [result])
    }
  }
}
