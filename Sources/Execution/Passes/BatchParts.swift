import TensorGraph
import TensorTypes

/// A large batch through small layers and back, a part of its rows after another: what treats each row by itself runs
/// for some hundred rows at a time, so that the second cache still holds what one product leaves for the next. Sums
/// over the rows, as the gradients of weights are, are taken over each part and then over the parts. How many parts
/// there are follows from the shapes alone.
enum BatchParts {
  static func run(_ graph: Graph, _ options: CompileOptions) -> Graph {
    var graph = graph
    for index in graph.operations.indices where graph.operations[index].primitive.hasBody {
      graph.operations[index].primitive = graph.operations[index].primitive.mappingBodies { run($0, CompileOptions()) }
    }
    // Nothing may take the place of the last scan.
    guard !options.hasLoop else { return graph }
    for rows in batchSizes(graph) {
      while let region = BatchRegion(graph, rows: rows) { graph = region.inParts() }
    }
    return graph
  }

  /// The rows that products of two batches add up, which the gradients of weights are.
  private static func batchSizes(_ graph: Graph) -> [Int] {
    var sizes: [Int] = []
    for operation in graph.operations {
      guard operation.isSumOfRowProducts(graph) else { continue }
      let rows = graph.type(of: operation.operands[0]).shape[0]
      if rows >= 2 * BatchRegion.leastRows, !sizes.contains(rows) { sizes.append(rows) }
    }
    return sizes
  }
}

extension Operation {
  /// transpose(a) @ b for two matrices with a row for each row of a batch.
  fileprivate func isSumOfRowProducts(_ graph: Graph) -> Bool {
    guard case .matmul(transposeA: true, transposeB: false) = primitive else { return false }
    return graph.type(of: operands[0]).shape.rank == 2
  }
}

/// The operations of a graph that treat each row of a batch by itself and lead to sums over the rows, with these sums.
private struct BatchRegion {
  /// Fewer rows are not worth a part.
  static let leastRows = 64
  /// What a part computes, and what it reads of the batch, leaves room in the second cache for weights.
  private static let partBytes = 640 << 10
  /// A batch of fewer bytes is in the second caches anyway.
  private static let worthwhileBytes = 4 << 20
  /// Sums of more bytes would be written and read for each part.
  private static let sumLimit = partBytes / 4

  private enum Place { case before, inside, after }
  private enum Role { case none, row, sum }

  let graph: Graph
  let rows: Int
  /// By operation.
  private var roles: [Role]
  /// By value.
  private var places: [Place]
  /// By operation that is inside: see `OnRows`.
  private var sides: [[OnRows.Side]]
  /// By value that is only another shape of one before it.
  private var reshaped: [ValueID: ValueID] = [:]
  /// Rows of a part; what remains of the batch is a part of its own.
  private var partRows = 0

  /// Nil where parts would gain nothing.
  init?(_ graph: Graph, rows: Int) {
    self.graph = graph
    self.rows = rows
    roles = [Role](repeating: .none, count: graph.operations.count)
    places = [Place](repeating: .before, count: graph.types.count)
    sides = [[OnRows.Side]](repeating: [], count: graph.operations.count)
    find(among: nil)
    find(among: leadingToSums())
    guard let partRows = worthwhilePart() else { return nil }
    self.partRows = partRows
  }

  // MARK: What belongs to it

  /// `members`: by operation, what may be inside.
  private mutating func find(among members: [Bool]?) {
    for (index, operation) in graph.operations.enumerated() {
      roles[index] = role(index, operation, mayJoin: members?[index] ?? true)
      let follows = roles[index] == .sum
        || operation.operands.contains { places[Int($0.index)] != .before }
      let place: Place = roles[index] == .row ? .inside : follows ? .after : .before
      for result in operation.results { places[Int(result.index)] = place }
      if case .reshape = operation.primitive { reshaped[operation.results[0]] = operation.operands[0] }
    }
  }

  private mutating func role(_ index: Int, _ operation: Operation, mayJoin: Bool) -> Role {
    guard mayJoin, !operation.operands.contains(where: { places[Int($0.index)] == .after }) else { return .none }
    let form = OnRows(
      operation, in: graph, rows: rows, count: rows, checksIds: hasCheckedIds(operation), hasRows: hasRows)
    if let form {
      sides[index] = form.sides
      let isWhole = zip(operation.operands, form.sides).allSatisfy { $1 == .rows || places[Int($0.index)] == .before }
      return isWhole ? .row : .none
    }
    guard operation.operands.contains(where: { places[Int($0.index)] == .inside }) else { return .none }
    return isSum(operation) ? .sum : .none
  }

  /// Ids that are there before are checked before the first part.
  private func hasCheckedIds(_ operation: Operation) -> Bool {
    guard operation.operands.count == 2 else { return false }
    var ids = operation.operands[1]
    while let source = reshaped[ids], places[Int(ids.index)] == .inside { ids = source }
    return places[Int(ids.index)] == .before
  }

  private func hasRows(_ value: ValueID) -> Bool {
    graph.type(of: value).shape.sizes.first == rows && places[Int(value.index)] != .after
  }

  private func isSum(_ operation: Operation) -> Bool {
    switch operation.primitive {
    case .reduce(_, let axes): axes.contains(0) && graph.type(of: operation.operands[0]).dtype != .i64
    case .matmul: operation.isSumOfRowProducts(graph) && operation.operands.allSatisfy(hasRows)
    default: false
    }
  }

  /// By operation: whether a sum needs it.
  private func leadingToSums() -> [Bool] {
    var isNeeded = [Bool](repeating: false, count: graph.types.count)
    var members = [Bool](repeating: false, count: graph.operations.count)
    for (index, operation) in graph.operations.enumerated().reversed() {
      let isWanted = operation.results.contains { isNeeded[Int($0.index)] }
      guard roles[index] == .sum || roles[index] == .row && isWanted else { continue }
      members[index] = true
      for operand in operation.operands { isNeeded[Int(operand.index)] = true }
    }
    return members
  }

  // MARK: Whether it is worthwhile

  /// Rows of a part: as many as fit the cache.
  private func worthwhilePart() -> Int? {
    var counted: Set<ValueID> = []
    var bytes = 0, sumBytes = 0, productCount = 0, sumCount = 0
    for (index, operation) in graph.operations.enumerated() where roles[index] != .none {
      let isProduct = if case .matmul = operation.primitive { true } else { false }
      if roles[index] == .sum {
        sumBytes += graph.type(of: operation.results[0]).byteCount
        sumCount += isProduct ? 1 : 0
      } else if isProduct {
        productCount += 1
        counted.formUnion(operation.results)
      }
      for operand in operation.operands
      where places[Int(operand.index)] == .before && graph.type(of: operand).shape.sizes.first == rows {
        counted.insert(operand)
      }
    }
    for value in counted { bytes += graph.type(of: value).byteCount }
    guard productCount > 0, sumCount > 0, bytes >= Self.worthwhileBytes, sumBytes <= Self.sumLimit else { return nil }
    let parts = max(2, bytes / Self.partBytes)
    // Equal parts if there are any.
    for count in parts...(2 * parts) where rows % count == 0 && rows / count % 8 == 0 {
      return rows / count >= Self.leastRows ? rows / count : nil
    }
    let part = (rows / parts + 15) / 16 * 16
    return part >= Self.leastRows ? part : nil
  }

  // MARK: The graph with the parts

  func inParts() -> Graph {
    var rewriter = GraphRewriter(graph)
    for (index, operation) in graph.operations.enumerated() where roles[index] == .none && !isAfter(operation) {
      rewriter.copy(operation)
    }
    let body = BatchBody(graph, rows: rows, members: members, isInside: places.map { $0 == .inside }, sides: sides)
    let count = rows / partRows
    var pieces = body.results.map { _ in [ValueID]() }
    for (first, rounds, size) in [(0, count, partRows), (count * partRows, 1, rows % partRows)] where size > 0 {
      let results = body.add(to: &rewriter, first: first, rounds: rounds, size: size)
      for (number, result) in results.enumerated() { pieces[number].append(result) }
    }
    for (result, pieces) in zip(body.results, pieces) { join(pieces, result, &rewriter) }
    for (index, operation) in graph.operations.enumerated()
    where roles[index] == .none && isAfter(operation) || body.viewsAfter.contains(index) {
      rewriter.copy(operation)
    }
    return rewriter.finished()
  }

  private var members: [Int] { roles.indices.filter { roles[$0] != .none } }

  private func isAfter(_ operation: Operation) -> Bool {
    operation.operands.contains { places[Int($0.index)] != .before }
  }

  /// `pieces`: [rounds] + a part's result.
  private func join(_ pieces: [ValueID], _ result: BatchBody.Result, _ rewriter: inout GraphRewriter) {
    let type = graph.type(of: result.value)
    let origin = result.operation.origin
    var joined = pieces
    if result.reduction == nil {
      joined = pieces.map { piece in
        let sizes = rewriter.graph.type(of: piece).shape.sizes
        let shape = Shape([sizes[0] * sizes[1]] + sizes.dropFirst(2))
        return rewriter.add(.reshape(shape), [piece], TensorType(type.dtype, shape), origin: origin)
      }
    }
    if joined.count > 1 {
      let types = joined.map { rewriter.graph.type(of: $0) }
      let sizes = [types.reduce(0) { $0 + $1.shape[0] }] + types[0].shape.sizes.dropFirst()
      joined = [rewriter.add(.concatenate(axis: 0), joined, TensorType(type.dtype, Shape(sizes)), origin: origin)]
    }
    if let reduction = result.reduction {
      joined = [rewriter.add(.reduce(reduction, axes: [0]), joined, type, origin: origin)]
    }
    rewriter.replace(result.value, with: joined[0])
  }
}

/// The body of the scan over the parts.
private struct BatchBody {
  /// A value that is needed after the parts.
  struct Result {
    var value: ValueID
    var operation: Operation
    /// How the parts' sums become one; nil for rows.
    var reduction: Reduction?
  }

  let graph: Graph
  let rows: Int
  private let members: [Int]
  private let sides: [[OnRows.Side]]
  private let isInside: [Bool]
  /// Literals are written inside again.
  private var literals: [ValueID: Literal] = [:]
  /// What each part reads of the whole, and of what it reads rows.
  private var whole: [ValueID] = []
  private var sources: [ValueID] = []
  private(set) var results: [Result] = []
  /// Operations that are only another way to see rows: where these are needed afterwards, so are the views.
  private(set) var viewsAfter: Set<Int> = []

  init(_ graph: Graph, rows: Int, members: [Int], isInside: [Bool], sides: [[OnRows.Side]]) {
    self.graph = graph
    self.rows = rows
    self.members = members
    self.isInside = isInside
    self.sides = sides
    for operation in graph.operations {
      if case .constant(let literal) = operation.primitive { literals[operation.results[0]] = literal }
    }
    var seenWhole: Set<ValueID> = [], seenRows: Set<ValueID> = []
    let isMember = Set(members)
    var isReadAfter = Set(graph.outputs)
    for (index, operation) in graph.operations.enumerated().reversed() {
      if !isMember.contains(index) {
        isReadAfter.formUnion(operation.operands)
      } else if operation.primitive.isView, isReadAfter.contains(operation.results[0]) {
        viewsAfter.insert(index)
        isReadAfter.formUnion(operation.operands)
      }
    }
    for index in members {
      let operation = graph.operations[index]
      for (place, operand) in operation.operands.enumerated() where !isInside[Int(operand.index)] {
        if side(index, place) == .rows {
          if seenRows.insert(operand).inserted { sources.append(operand) }
        } else if literals[operand] == nil, seenWhole.insert(operand).inserted {
          whole.append(operand)
        }
      }
      let isSum = !isInside[Int(operation.results[0].index)]
      for value in operation.results where isSum || isReadAfter.contains(value) && !viewsAfter.contains(index) {
        results.append(Result(value: value, operation: operation, reduction: isSum ? operation.reduction : nil))
      }
    }
  }

  /// Sums take rows only.
  private func side(_ operation: Int, _ place: Int) -> OnRows.Side {
    sides[operation].isEmpty ? .rows : sides[operation][place]
  }

  /// Runs it for `rounds` parts of `size` rows from row `first` on. Gives the results, stacked.
  func add(to rewriter: inout GraphRewriter, first: Int, rounds: Int, size: Int) -> [ValueID] {
    let body = body(size)
    var operands = whole.map { rewriter[$0] }
    for source in sources {
      let type = graph.type(of: source)
      var value = rewriter[source]
      let (sizes, count) = (Array(type.shape.sizes.dropFirst()), rounds * size)
      if count < rows {
        let starts = [first] + sizes.map { _ in 0 }
        value = rewriter.add(
          .slice(starts: starts, limits: [first + count] + sizes, strides: starts.map { _ in 1 }), [value],
          TensorType(type.dtype, Shape([count] + sizes)), origin: .none)
      }
      let parts = Shape([rounds, size] + sizes)
      operands.append(rewriter.add(.reshape(parts), [value], TensorType(type.dtype, parts), origin: .none))
    }
    var scan = Scan(body: body, constantCount: whole.count, carryCount: 0, length: rounds, isReversed: false)
    scan.firstRow = first
    let types = body.outputTypes.map { TensorType($0.dtype, Shape([rounds] + $0.shape.sizes)) }
    return rewriter.add(.scan(scan), operands, types, origin: graph.operations[members[0]].origin)
  }

  private func body(_ size: Int) -> Graph {
    var body = Graph()
    var inside: [ValueID: ValueID] = [:], wholeInside: [ValueID: ValueID] = [:]
    func onRows(_ value: ValueID) -> TensorType {
      let type = graph.type(of: value)
      return TensorType(type.dtype, Shape([size] + type.shape.sizes.dropFirst()))
    }
    for value in whole { wholeInside[value] = body.addInput(graph.type(of: value)) }
    for value in sources { inside[value] = body.addInput(onRows(value)) }
    for index in members {
      let operation = graph.operations[index]
      let operands = operation.operands.enumerated().map { place, operand in
        if side(index, place) == .rows { return inside[operand] ?? operand }
        if let known = wholeInside[operand] { return known }
        let value = body.newValue(graph.type(of: operand))
        wholeInside[operand] = value
        if let literal = literals[operand] {
          body.operations.append(Operation(.constant(literal), [], [value], origin: .none))
        }
        return value
      }
      let form = OnRows(operation, in: graph, rows: rows, count: size, checksIds: true) { _ in true }
      let values = operation.results.map { old in
        let new = body.newValue(form == nil || sides[index].isEmpty ? graph.type(of: old) : onRows(old))
        inside[old] = new
        return new
      }
      body.operations.append(
        Operation(form?.primitive ?? operation.primitive, operands, values, origin: operation.origin))
    }
    body.outputs = results.compactMap { inside[$0.value] }
    return body
  }
}

extension Operation {
  /// How the sums over parts of the rows become one.
  fileprivate var reduction: Reduction {
    if case .reduce(let reduction, _) = primitive { reduction } else { .sum }
  }
}
