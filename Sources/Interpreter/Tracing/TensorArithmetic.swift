import Diagnostics
import SourceText
import Syntax
import TensorGraph
import TensorRuntime
import TensorTypes

extension Recorder {
  /// The dtype in which two operands meet. A host number, and a tensor without dimensions, takes the precision of the
  /// tensor that it meets; otherwise bool < i64 < f32 < f64.
  func commonType(_ a: ValueID, _ b: ValueID, weakA: Bool, weakB: Bool) -> DType {
    let (typeA, typeB) = (dtype(of: a), dtype(of: b))
    if typeA == typeB { return typeA }
    if weakA != weakB {
      let (weak, strong) = weakA ? (typeA, typeB) : (typeB, typeA)
      if strong.isFloating { return strong }
      return weak.isFloating ? .f32 : (strong == .bool ? weak : strong)
    }
    func order(_ type: DType) -> Int { [.bool: 0, .i64: 1, .f32: 2, .f64: 3][type] ?? 0 }
    return order(typeA) >= order(typeB) ? typeA : typeB
  }

  /// Both operands stretched to one shape where the language allows it: a scalar meets anything, a lower rank meets equal
  /// trailing sizes, and sizes of 1 stretch on one side only.
  func aligned(_ a: ValueID, _ b: ValueID) throws(ShapeProblem) -> (ValueID, ValueID) {
    let (shapeA, shapeB) = (shape(of: a), shape(of: b))
    if shapeA == shapeB { return (a, b) }
    if shapeA.rank == 0 { return (try expand(a, to: shapeB), b) }
    if shapeB.rank == 0 { return (a, try expand(b, to: shapeA)) }
    let types = [type(of: a), type(of: b)]
    if shapeA.rank != shapeB.rank {
      let (low, high) = shapeA.rank < shapeB.rank ? (shapeA, shapeB) : (shapeB, shapeA)
      let offset = high.rank - low.rank
      for axis in 0..<low.rank where low[axis] != high[axis + offset] {
        let (axisA, axisB) = shapeA.rank < shapeB.rank ? (axis, axis + offset) : (axis + offset, axis)
        throw ShapeProblem(.sizesDiffer(operandA: 0, axisA: axisA, operandB: 1, axisB: axisB), types)
      }
      return shapeA.rank < shapeB.rank ? (try expand(a, to: shapeB), b) : (a, try expand(b, to: shapeA))
    }
    var stretchesA = false
    var stretchesB = false
    for axis in 0..<shapeA.rank where shapeA[axis] != shapeB[axis] {
      if shapeA[axis] == 1 { stretchesA = true } else if shapeB[axis] == 1 { stretchesB = true } else {
        throw ShapeProblem(.sizesDiffer(operandA: 0, axisA: axis, operandB: 1, axisB: axis), types)
      }
    }
    if stretchesA && stretchesB { throw ShapeProblem(.other("both stretch"), types) }
    return stretchesA ? (try expand(a, to: shapeB), b) : (a, try expand(b, to: shapeA))
  }

  /// An operator of the language on two values.
  func arithmetic(_ operation: BinaryOperator, _ a: ValueID, _ b: ValueID, weakA: Bool, weakB: Bool)
    throws(ShapeProblem) -> ValueID
  {
    if operation == .matmul { return try matmul(a, b) }
    let rankA = shape(of: a).rank
    let rankB = shape(of: b).rank
    let weak = (a: weakA || (rankA == 0 && rankB > 0), b: weakB || (rankB == 0 && rankA > 0))
    var type = commonType(a, b, weakA: weak.a, weakB: weak.b)
    switch operation {
    case .divide: if !type.isFloating { type = weakA && weakB ? .f64 : .f32 }
    case .power: if !type.isFloating && type != .i64 { type = .i64 }
    case .add, .subtract, .multiply, .floorDivide, .remainder: if type == .bool { type = .i64 }
    default: break
    }
    let (x, y) = try aligned(try convert(a, to: type), try convert(b, to: type))
    switch operation {
    case .add: return try emit(.binary(.add), [x, y])
    case .subtract: return try emit(.binary(.subtract), [x, y])
    case .multiply: return try emit(.binary(.multiply), [x, y])
    case .divide: return try emit(.binary(.divide), [x, y])
    case .floorDivide: return try emit(.binary(.floorDivide), [x, y])
    case .remainder: return try emit(.binary(.remainder), [x, y])
    case .power: return try emit(.binary(.power), [x, y])
    case .equal: return try emit(.compare(.equal), [x, y])
    case .notEqual: return try emit(.compare(.notEqual), [x, y])
    case .less: return try emit(.compare(.less), [x, y])
    case .lessOrEqual: return try emit(.compare(.lessOrEqual), [x, y])
    case .greater: return try emit(.compare(.greater), [x, y])
    case .greaterOrEqual: return try emit(.compare(.greaterOrEqual), [x, y])
    case .and: return try emit(.binary(.and), [x, y])
    case .or: return try emit(.binary(.or), [x, y])
    case .matmul, .halfOpenRange, .closedRange, .compose:
      throw ShapeProblem(.other("not an elementwise operator"), [type].map { TensorType($0, .scalar) })
    }
  }

  /// `a @ b`: vectors are taken as a row on the left and a column on the right; leading dimensions are a batch, equal on
  /// both sides or present on one.
  func matmul(_ a: ValueID, _ b: ValueID) throws(ShapeProblem) -> ValueID {
    let types = [type(of: a), type(of: b)]
    for (index, type) in types.enumerated() where type.shape.rank == 0 {
      throw ShapeProblem(.rank(operand: index, expected: "at least 1"), types)
    }
    var type = commonType(a, b, weakA: false, weakB: false)
    if !type.isFloating { type = .f32 }
    var x = try convert(a, to: type)
    var y = try convert(b, to: type)
    let isRow = shape(of: x).rank == 1
    let isColumn = shape(of: y).rank == 1
    if isRow { x = try reshape(x, [1, shape(of: x)[0]]) }
    if isColumn { y = try reshape(y, [shape(of: y)[0], 1]) }
    let (shapeX, shapeY) = (shape(of: x), shape(of: y))
    if shapeX[shapeX.rank - 1] != shapeY[shapeY.rank - 2] {
      throw ShapeProblem(
        .sizesDiffer(
          operandA: 0, axisA: types[0].shape.rank - 1, operandB: 1, axisB: max(0, types[1].shape.rank - 2)), types)
    }
    var result: ValueID
    let batchX = Array(shapeX.sizes.dropLast(2))
    let batchY = Array(shapeY.sizes.dropLast(2))
    if batchY.isEmpty && !batchX.isEmpty {
      // One matrix for the whole batch: a single product over all rows.
      let rows = batchX.reduce(shapeX[shapeX.rank - 2], &*)
      let flat = try reshape(x, [rows, shapeX[shapeX.rank - 1]])
      let product = try emit(.matmul(transposeA: false, transposeB: false), [flat, y])
      result = try reshape(product, Shape(batchX + [shapeX[shapeX.rank - 2], shapeY[shapeY.rank - 1]]))
    } else {
      if batchX.isEmpty && !batchY.isEmpty { x = try expand(x, to: Shape(batchY + shapeX.sizes)) }
      if !batchX.isEmpty && !batchY.isEmpty && batchX != batchY {
        let axis = zip(batchX, batchY).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? 0
        throw ShapeProblem(.sizesDiffer(operandA: 0, axisA: axis, operandB: 1, axisB: axis), types)
      }
      result = try emit(.matmul(transposeA: false, transposeB: false), [x, y])
    }
    if isRow || isColumn {
      var sizes = shape(of: result).sizes
      if isColumn { sizes.removeLast() }
      if isRow { sizes.remove(at: isColumn ? sizes.count - 1 : sizes.count - 2) }
      result = try reshape(result, Shape(sizes))
    }
    return result
  }
}

extension Machine {
  func tensorUnary(_ operation: UnaryOperator, _ value: Value, at site: Site) throws(Diagnostic) -> Value {
    if value.isStructure {
      return try mapLeaves(of: value) { (leaf) throws(Diagnostic) in try self.tensorUnary(operation, leaf, at: site) }
    }
    switch (operation, value) {
    case (.negate, .int(let number)):
      guard number != .min else { throw .integerOverflow("-", at: site.span) }
      return .int(-number)
    case (.negate, .float(let number)): return .float(-number)
    default: break
    }
    return try recordOne(operation.rawValue, [value], at: site) { (recorder, ids) throws(ShapeProblem) in
      switch operation {
      case .not: try recorder.unary(.not, ids[0])
      case .negate:
        try recorder.unary(
          .negate, recorder.dtype(of: ids[0]) == .bool ? try recorder.convert(ids[0], to: .i64) : ids[0])
      }
    }
  }

  func tensorBinary(
    _ operation: BinaryOperator, _ left: Value, _ right: Value, donating: [Bool] = [], at site: Site
  ) throws(Diagnostic) -> Value {
    if operation == .equal || operation == .notEqual, let same = try wholeEquality(left, right, at: site) {
      return .bool(same == (operation == .equal))
    }
    if left.isStructure || right.isStructure {
      // Added leaf by leaf, numbers would silently become tensors where lists were to be joined.
      if left.isListOfHostValues || right.isListOfHostValues {
        throw .badOperands(
          operation.rawValue, left: left.kindName, right: right.kindName, at: site.span, leftSpan: site.operand(0),
          rightSpan: site.operand(1))
      }
      return try structural(operation, left, right, at: site)
    }
    if let result = try wholePower(operation, left, right, at: site) { return result }
    if operation == .power, let result = try constantPower(left, right, at: site) { return result }
    let weakA = left.isHostNumber
    let weakB = right.isHostNumber
    return try recordOne(operation.rawValue, [left, right], at: site, donating: donating) {
      (recorder, ids) throws(ShapeProblem) in
      try recorder.arithmetic(operation, ids[0], ids[1], weakA: weakA, weakB: weakB)
    }
  }

  /// `x == none` asks whether there is an x; a list of numbers is compared as a whole, as `shape(x) == [2, 3]` does.
  private func wholeEquality(_ left: Value, _ right: Value, at site: Site) throws(Diagnostic) -> Bool? {
    func asTensor(_ value: Value) throws(Diagnostic) -> Value? {
      guard case .object(let list as ListValue) = value, list.elements.allSatisfy({ $0.tensorType?.shape.rank == 0 })
      else { return nil }
      return try tensorLiteral(list.elements, at: site)
    }
    switch (left, right) {
    case (.none, _), (_, .none): return false
    default: break
    }
    if let list = try asTensor(left) { return try areTensorsEqual(list, right) { site } }
    if let list = try asTensor(right) { return try areTensorsEqual(left, list) { site } }
    return nil
  }

  /// Whole-number powers by multiplication, square roots by `sqrt`: exact, and fast in both directions.
  private func constantPower(_ base: Value, _ exponent: Value, at site: Site) throws(Diagnostic) -> Value? {
    let number: Double
    switch exponent {
    case .int(let value): number = Double(value)
    case .float(let value): number = value
    default: return nil
    }
    guard let type = base.tensorType, type.dtype.isFloating || (number >= 0 && type.dtype == .i64 && number <= 3)
    else { return nil }
    return switch number {
    case 1: base
    case 2:
      try recordOne("^", [base], at: site) { (recorder, ids) throws(ShapeProblem) in
        try recorder.emit(.binary(.multiply), [ids[0], ids[0]])
      }
    case 3:
      try recordOne("^", [base], at: site) { (recorder, ids) throws(ShapeProblem) in
        let square = try recorder.emit(.binary(.multiply), [ids[0], ids[0]])
        return try recorder.emit(.binary(.multiply), [square, ids[0]])
      }
    case 0.5 where type.dtype.isFloating:
      try recordOne("^", [base], at: site) { (recorder, ids) throws(ShapeProblem) in try recorder.unary(.sqrt, ids[0]) }
    case -1 where type.dtype.isFloating:
      try recordOne("^", [base], at: site) { (recorder, ids) throws(ShapeProblem) in
        try recorder.unary(.reciprocal, ids[0])
      }
    default: nil
    }
  }

  /// Host numbers on both sides reach here from builtins that serve numbers and tensors alike, and from traced whole
  /// numbers, whose powers stay whole only when computed on the host.
  private func wholePower(_ operation: BinaryOperator, _ left: Value, _ right: Value, at site: Site)
    throws(Diagnostic) -> Value?
  {
    guard operation == .power, left.isHostNumber, right.isHostNumber, left.tensorType?.dtype == .i64,
      right.tensorType?.dtype == .i64
    else { return nil }
    let base = try hostInteger(left, at: site)
    let exponent = try hostInteger(right, at: site)
    return try hostBinary(.power, .int(base), .int(exponent), at: site)
  }

  /// Arithmetic on records, lists' elements and parameter trees, leaf by leaf.
  private func structural(_ operation: BinaryOperator, _ left: Value, _ right: Value, at site: Site)
    throws(Diagnostic) -> Value
  {
    try zipLeaves(left, right, at: site) { (a, b) throws(Diagnostic) in
      try self.binaryLeaf(operation, a, b, at: site)
    }
  }

  private func binaryLeaf(_ operation: BinaryOperator, _ left: Value, _ right: Value, at site: Site)
    throws(Diagnostic) -> Value
  {
    if left.isPlainNumber && right.isPlainNumber {
      return try hostBinary(operation, left, right, at: site)
    }
    return try tensorBinary(operation, left, right, at: site)
  }

  /// `transform` of corresponding leaves; a number or tensor on one side meets every leaf of the other.
  func zipLeaves(
    _ left: Value, _ right: Value, at site: Site, _ transform: @escaping (Value, Value) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    if !left.isStructure {
      return try mapLeaves(of: right) { (leaf) throws(Diagnostic) in try transform(left, leaf) }
    }
    if !right.isStructure {
      return try mapLeaves(of: left) { (leaf) throws(Diagnostic) in try transform(leaf, right) }
    }
    switch (left, right) {
    case (.object(let a as RecordValue), .object(let b as RecordValue)):
      guard a.names == b.names else {
        throw .fieldsDiffer(left: a.names, right: b.names, at: site.span)
      }
      return .object(RecordValue(names: a.names, values: try zip(a.values, b.values, site, transform)))
    case (.object(let a as TupleValue), .object(let b as TupleValue)) where a.elements.count == b.elements.count:
      return .object(TupleValue(try zip(a.elements, b.elements, site, transform)))
    case (.object(let a as TreeValue), .object(let b as TreeValue)):
      // A gradient has its parameters in the order of their use, the weights of a model in that of its parts.
      var places: [ObjectIdentifier: Value] = [:]
      for (parameter, value) in Swift.zip(b.parameters, b.values) { places[ObjectIdentifier(parameter)] = value }
      let others = a.parameters.compactMap { places[ObjectIdentifier($0)] }
      guard others.count == a.parameters.count, others.count == b.parameters.count else {
        throw .treesDiffer(at: site.span)
      }
      return .object(a.with(values: try zip(a.values, others, site, transform)))
    default:
      throw .structuresDiffer(left: left.kindName, right: right.kindName, at: site.span)
    }
  }

  private func zip(
    _ left: [Value], _ right: [Value], _ site: Site, _ transform: @escaping (Value, Value) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> [Value] {
    var result: [Value] = []
    for index in left.indices {
      let (a, b) = (left[index], right[index])
      result.append(
        a.isStructure || b.isStructure ? try zipLeaves(a, b, at: site, transform) : try transform(a, b))
    }
    return result
  }

  func mapLeaves(of value: Value, _ transform: @escaping (Value) throws(Diagnostic) -> Value) throws(Diagnostic)
    -> Value
  {
    var map = LeafMap(transform: transform)
    return try map.map(value)
  }
}

extension Value {
  /// A container whose leaves arithmetic works on.
  var isStructure: Bool {
    guard case .object(let object) = self else { return false }
    switch object.kind {
    case .record, .tree, .tuple, .list: return true
    default: return false
    }
  }

  /// A list with something in it that is neither a tensor nor made of them.
  var isListOfHostValues: Bool {
    guard case .object(let list as ListValue) = self else { return false }
    return list.elements.isEmpty || list.elements.contains { !$0.isTensorLike && !$0.isStructure }
  }

  var isPlainNumber: Bool {
    switch self {
    case .int, .float: true
    default: false
    }
  }
}
