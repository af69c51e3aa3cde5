import Diagnostics
import SourceText
import TensorGraph
import TensorTypes

extension Machine {
  /// A shape problem as a message: the operands' places, what each size is, and where it came from.
  func shapeDiagnostic(_ problem: ShapeProblem, operation: String, operands: [Value], at site: Site) -> Diagnostic {
    func shape(_ index: Int) -> Shape {
      operands.indices.contains(index)
        ? operands[index].tensorType?.shape ?? .scalar
        : (problem.operands.indices.contains(index) ? problem.operands[index].shape : .scalar)
    }
    func origins(_ indices: [Int]) -> [Diagnostic.Label] {
      var known: Set<Span> = [site.span]
      return indices.compactMap { index in
        guard operands.indices.contains(index) else { return nil }
        let origin = operands[index].origin
        guard !origin.isNone, origin != site.operand(index), known.insert(origin).inserted else { return nil }
        return Diagnostic.Label(origin, "made here: \(shape(index))")
      }
    }
    var result: Diagnostic
    switch problem.kind {
    case .sizesDiffer(let a, let axisA, let b, let axisB) where operation == "@":
      let (left, right) = (shape(a), shape(b))
      let sameInner = left.rank == 2 && right.rank == 2
      result = .sizesDiffer(
        left: site.operand(0), leftText: "columns of the left side: \(size(left, axisA))",
        right: site.operand(1), rightText: "rows of the right side: \(size(right, axisB))",
        help: sameInner && left[1] == right[1]
          ? "`\(sources.text(of: site.operand(0))) @ transpose(\(sources.text(of: site.operand(1))))` multiplies \(left) by \([right[1], right[0]] as Shape)"
          : sameInner && left[0] == right[0]
            ? "`transpose(\(sources.text(of: site.operand(0)))) @ \(sources.text(of: site.operand(1)))` multiplies \([left[1], left[0]] as Shape) by \(right)"
            : "a product needs [m, k] @ [k, n]; here it is \(left) @ \(right)")
      result.labels += origins([a, b])
    case .sizesDiffer(let a, let axisA, let b, let axisB):
      let (left, right) = (shape(a), shape(b))
      result = .sizesDiffer(
        left: site.operand(a), leftText: "\(left): size \(size(left, axisA)) in dimension \(axisA)",
        right: site.operand(b), rightText: "\(right): size \(size(right, axisB)) in dimension \(axisB)",
        help: stretchHelp(left, right, site))
      result.labels += origins([a, b])
    case .other("both stretch"):
      result = .bothStretch(
        left: site.operand(0), leftShape: shape(0).description, right: site.operand(1),
        rightShape: shape(1).description, help: stretchHelp(shape(0), shape(1), site))
      result.labels += origins([0, 1])
    case .rank(let operand, let expected):
      result = .rank(
        operation, found: shape(operand).description, expected: expected, at: site.operand(operand))
      result.labels += origins([operand])
    case .axis(let operand, let axis):
      result = .axisOutOfRange(axis, shape: "the shape \(shape(operand))", at: site.operand(operand))
    case .dtype(let operand, let expected):
      let found = problem.operands.indices.contains(operand) ? problem.operands[operand].dtype.name : "this"
      result = .elementType(operation, found: found, expected: expected, at: site.operand(operand))
    case .dtypesDiffer(let a, let b):
      let types = problem.operands
      let found = types.indices.contains(a) && types.indices.contains(b)
        ? "\(types[a].dtype.name) and \(types[b].dtype.name)" : "two types"
      result = .elementType(operation, found: found, expected: "one type", at: site.span)
    case .count(let expected, let found):
      result = .elementCount(
        operation, from: shape(0).description, expected: expected, found: found, at: site.span)
      result.labels += origins([0])
    case .tooLarge: result = .resultTooLarge(operation, at: site.span)
    case .operandCount(let expected, let found):
      result = .notTraceable("\(operation) takes \(expected) tensors, found \(found)", at: site.span)
    case .other(let text): result = .shapeRule(operation, text, at: site.span)
    }
    if !tensors.layerPath.isEmpty { result.path.append(tensors.layerPath) }
    return result
  }

  private func size(_ shape: Shape, _ axis: Int) -> String {
    shape.sizes.indices.contains(axis) ? "\(shape[axis])" : "none"
  }

  /// How to write what the two shapes were probably meant for.
  private func stretchHelp(_ left: Shape, _ right: Shape, _ site: Site) -> String? {
    let texts = (sources.text(of: site.operand(0)), sources.text(of: site.operand(1)))
    if left.count == right.count, left.count > 0 {
      return left.rank >= right.rank
        ? "`reshape(\(texts.0), \(right))` gives both the shape \(right)"
        : "`reshape(\(texts.1), \(left))` gives both the shape \(left)"
    }
    if left.rank == 1, right.rank == 1, left[0] != right[0] { return "elementwise operators need equal sizes" }
    if left.rank + 1 == right.rank, left.rank > 0, left[0] == right[0] {
      return "`\(texts.0)[:, none]` has the shape \(Shape([left[0], 1] + left.sizes.dropFirst())), which stretches over the other"
    }
    if right.rank + 1 == left.rank, right.rank > 0, right[0] == left[0] {
      return "`\(texts.1)[:, none]` has the shape \(Shape([right[0], 1] + right.sizes.dropFirst())), which stretches over the other"
    }
    return nil
  }
}
