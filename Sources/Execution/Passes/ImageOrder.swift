import SourceText
import TensorGraph
import TensorTypes

/// Convolution and pooling work on images with the channels last, programs write them with the channels first: between
/// two layers stand transpositions and elementwise operations. Here the transpositions of what convolution and pooling
/// make move behind the operations that follow, until they meet their inverse and both disappear. Sums over several
/// axes then run in another order; nothing else changes.
enum ImageOrder {
  static func run(_ graph: Graph) -> Graph {
    guard graph.operations.contains(where: { $0.primitive.isOfImages || $0.primitive.hasBody }) else { return graph }
    var order = ImageOrderPass(graph)
    for operation in graph.operations { order.rewrite(operation) }
    return order.rewriter.finished()
  }
}

extension Primitive {
  /// Its operands and results have the channels last.
  var isOfImages: Bool {
    switch self {
    case .convolve, .convolveInput, .convolveWeight, .windowTake, .windowAdd: true
    default: false
    }
  }
}

private struct ImageOrderPass {
  /// A value that is the transpose of another: its axis i is axis `axes[i]` of `base`.
  struct Image {
    var base: ValueID
    var axes: [Int]
  }
  var rewriter: GraphRewriter
  /// By value of the new graph: those that come from images, seen as they are computed.
  private var images: [ValueID: Image] = [:]

  init(_ graph: Graph) { rewriter = GraphRewriter(graph) }

  mutating func rewrite(_ operation: Operation) {
    if operation.primitive.hasBody {
      rewriter.copy(operation, primitive: operation.primitive.mappingBodies(ImageOrder.run))
      return
    }
    let operands = rewriter.mapped(operation)
    guard operation.results.count == 1 else {
      rewriter.copy(operation)
      return
    }
    switch operation.primitive {
    case .convolve, .convolveInput, .windowTake, .windowAdd:
      rewriter.copy(operation)
      let result = rewriter[operation.results[0]]
      images[result] = Image(base: result, axes: [0, 1, 2, 3])
    case .transpose(let permutation):
      guard let image = images[operands[0]] else { return rewriter.copy(operation) }
      finish(operation, image.base, axes: permutation.map { image.axes[$0] })
    case .unary, .binary, .compare, .select, .convert, .stopGradient: elementwise(operation, operands)
    case .reduce(let reduction, let axes): reduce(operation, reduction, axes, operands[0])
    case .pad(let low, let high, let interior):
      rewrite(operation, operands) {
        .pad(low: $0.unordered(low), high: $0.unordered(high), interior: $0.unordered(interior))
      }
    case .slice(let starts, let limits, let strides):
      rewrite(operation, operands) {
        .slice(starts: $0.unordered(starts), limits: $0.unordered(limits), strides: $0.unordered(strides))
      }
    case .reverse(let axes): rewrite(operation, operands) { image in .reverse(axes: axes.map { image.axes[$0] }) }
    case .concatenate(let axis):
      let first = images[operands[0]]
      guard let first, operands.allSatisfy({ images[$0]?.axes == first.axes }) else { return rewriter.copy(operation) }
      let bases = operands.compactMap { images[$0]?.base }
      let base = rewriter.add(
        .concatenate(axis: first.axes[axis]), bases, first.unordered(rewriter.source.type(of: operation.results[0])),
        origin: operation.origin)
      finish(operation, base, axes: first.axes)
    default: rewriter.copy(operation)
    }
  }

  /// Lets the transpose of `base` stand for the operation's result.
  private mutating func finish(_ operation: Operation, _ base: ValueID, axes: [Int]) {
    let old = operation.results[0]
    let value =
      axes == Array(axes.indices)
      ? base
      : rewriter.add(.transpose(permutation: axes), [base], rewriter.source.type(of: old), origin: operation.origin)
    images[value] = Image(base: base, axes: axes)
    rewriter.replace(old, with: value)
  }

  /// An operation with one image among its operands (the first), whose attributes count axes.
  private mutating func rewrite(_ operation: Operation, _ operands: [ValueID], _ primitive: (Image) -> Primitive) {
    guard let image = images[operands[0]] else { return rewriter.copy(operation) }
    let base = rewriter.add(
      primitive(image), [image.base] + operands.dropFirst(),
      image.unordered(rewriter.source.type(of: operation.results[0])), origin: operation.origin)
    finish(operation, base, axes: image.axes)
  }

  private mutating func elementwise(_ operation: Operation, _ operands: [ValueID]) {
    guard let image = operands.compactMap({ images[$0] }).first(where: { !$0.isInOrder }) else {
      // All in the order of the program: only the origin is passed on.
      rewriter.copy(operation)
      if operands.contains(where: { images[$0] != nil }) {
        let result = rewriter[operation.results[0]]
        images[result] = Image(base: result, axes: Array(rewriter.source.type(of: operation.results[0]).shape.sizes.indices))
      }
      return
    }
    var bases: [ValueID] = []
    for operand in operands { bases.append(brought(operand, to: image, operation.origin)) }
    let base = rewriter.add(
      operation.primitive, bases, image.unordered(rewriter.source.type(of: operation.results[0])),
      origin: operation.origin)
    finish(operation, base, axes: image.axes)
  }

  /// The value whose transpose `operand` is, for the transposition of `image`.
  private mutating func brought(_ operand: ValueID, to image: Image, _ origin: Origin) -> ValueID {
    if let known = images[operand], known.axes == image.axes { return known.base }
    let type = rewriter.graph.type(of: operand)
    if let producer = rewriter.producer(of: operand), case .broadcast(_, let axes) = producer.primitive {
      // What is spread is spread over the same axes, in their new places.
      let targets = axes.map { image.axes[$0] }
      let order = targets.indices.sorted { targets[$0] < targets[$1] }
      var source = producer.operands[0]
      if order != Array(order.indices) {
        let sourceType = rewriter.graph.type(of: source)
        source = rewriter.add(
          .transpose(permutation: order), [source],
          TensorType(sourceType.dtype, Shape(order.map { sourceType.shape[$0] })), origin: origin)
      }
      let spread = image.unordered(type)
      return rewriter.add(.broadcast(spread.shape, axes: targets.sorted()), [source], spread, origin: origin)
    }
    return rewriter.add(.transpose(permutation: image.inverse), [operand], image.unordered(type), origin: origin)
  }

  private mutating func reduce(_ operation: Operation, _ reduction: Reduction, _ axes: [Int], _ operand: ValueID) {
    guard let image = images[operand], !image.isInOrder else { return rewriter.copy(operation) }
    let reduced = axes.map { image.axes[$0] }.sorted()
    let kept = image.axes.indices.filter { !axes.contains($0) }.map { image.axes[$0] }
    let type = rewriter.source.type(of: operation.results[0])
    let order = kept.sorted()
    let baseType = rewriter.graph.type(of: image.base)
    let base = rewriter.add(
      .reduce(reduction, axes: reduced), [image.base],
      TensorType(type.dtype, Shape(order.map { baseType.shape[$0] })), origin: operation.origin)
    let permutation = kept.map { axis in order.firstIndex(of: axis) ?? 0 }
    if permutation == Array(permutation.indices) {
      rewriter.replace(operation.results[0], with: base)
    } else {
      finish(operation, base, axes: permutation)
    }
  }
}

extension ImageOrderPass.Image {
  var isInOrder: Bool { axes == Array(axes.indices) }

  /// What stands at place i of a list for the transposed value stands at place axes[i] for the base.
  func unordered<T>(_ list: [T]) -> [T] { inverse.map { list[$0] } }

  func unordered(_ type: TensorType) -> TensorType { TensorType(type.dtype, Shape(unordered(type.shape.sizes))) }

  var inverse: [Int] {
    var result = axes
    for (place, axis) in axes.enumerated() { result[axis] = place }
    return result
  }
}
