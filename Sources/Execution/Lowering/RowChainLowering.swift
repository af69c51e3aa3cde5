import KernelTypes
import TensorGraph
import TensorRuntime
import TensorTypes

/// Groups that follow one another and become one row chain: elementwise operations on rows, sums and maxima of the
/// rows, and what is computed from those.
private struct RowChainDraft {
  struct Operand {
    var view: StridedView
    var value: RowChain.Value
  }
  /// An address that the function is given: of a root value, or of a place in it.
  struct Address {
    var root: Int
    var offset: Int
    var rowBytes: Int
  }

  let graph: Graph
  let analysis: GraphAnalysis
  /// Sizes that are not 1.
  let rows: [Int]
  private let elements: [Int]
  private(set) var chain: RowChain
  private(set) var operands: [Operand] = []
  private(set) var addresses: [Address] = []
  /// Whether elements are read from parts of rows.
  private var isStrided = false
  private(set) var members: Set<Int> = []
  private(set) var operations: [TileOpcode] = []
  private(set) var sums = 0
  private var constants: [UInt32: Int] = [:]
  /// By root value that is computed here.
  private(set) var local: [Int: Int] = [:]

  /// For groups that begin with this operation; nil where its rows are not for machine code.
  init?(_ graph: Graph, _ analysis: GraphAnalysis, first: Operation) {
    let value: ValueID?
    if case .reduce = first.primitive { value = first.operands.first } else { value = first.results.first }
    guard let value, let columns = graph.type(of: value).shape.sizes.last, columns % 16 == 0, columns > 0,
      columns <= RowChain.columnLimit
    else { return nil }
    self.graph = graph
    self.analysis = analysis
    elements = graph.type(of: value).shape.sizes.withoutOnes
    rows = elements.dropLast()
    chain = RowChain(columns: columns)
    guard !rows.isEmpty, elements.reduce(1, &*) >= Self.leastCount else { return nil }
  }

  /// Below this, starting a step costs as much as it saves: one that takes the place of others, or of one.
  private static let worthwhileCount = 2048
  private static let leastCount = 256

  /// Whether rows are parts of longer ones, read or written, which tiles would have to copy.
  var standsInParts: Bool { isStrided || local.keys.contains { analysis.parts[$0] != nil } }

  var isWorthwhile: Bool { elements.reduce(1, &*) >= Self.worthwhileCount }

  var rowCount: Int { rows.reduce(1, &*) }

  /// Adds the operations of a group, if it can; otherwise the draft is of no use any more.
  mutating func admit(_ indices: [Int]) -> Bool {
    members.formUnion(indices)
    for index in indices {
      guard let result = graph.operations[index].results.first,
        analysis.parts[Int(result.index)].map({ rowStride($0) != nil }) ?? true,
        !analysis.isWithoutMemory.contains(Int(result.index)), let value = value(of: graph.operations[index], index)
      else { return false }
      local[Int(result.index)] = append(value)
    }
    return true
  }

  private mutating func append(_ value: RowChain.Value) -> Int {
    chain.values.append(value)
    return chain.values.count - 1
  }

  private mutating func value(of operation: Operation, _ index: Int) -> RowChain.Value? {
    let sizes = graph.type(of: operation.results[0]).shape.sizes.withoutOnes
    if case .reduce(let reduction, let axes) = operation.primitive {
      let type = graph.type(of: operation.operands[0])
      guard type.dtype == .f32, axes == [type.shape.rank - 1], type.shape.sizes.withoutOnes == elements,
        type.shape.sizes.last == chain.columns, let source = source(operation.operands[0], elements)
      else { return nil }
      sums += 1
      switch reduction {
      case .sum:
        operations.append(.add)
        return .sum(source)
      case .maximum:
        operations.append(.maximum)
        return .largest(source)
      default: return nil
      }
    }
    // What counts positions has no operand.
    guard analysis.kinds[index] == .elementwise, sizes == elements || sizes == rows,
      let operand = operation.operands.dropFirst(operation.primitive == .select ? 1 : 0).first,
      let coded = TileOperation(operation.primitive, operand: graph.type(of: operand).dtype), coded.type == .f32,
      Chain.contains(coded.opcode), coded.opcode != .convert || coded.sourceType == .bool
    else { return nil }
    var sources: [Int] = []
    for operand in operation.operands {
      guard let source = source(operand, sizes) else { return nil }
      sources.append(source)
    }
    operations.append(coded.opcode)
    return .apply(coded.opcode, sources)
  }

  /// The value as an operation over elements or rows sees it.
  private mutating func source(_ operand: ValueID, _ domain: [Int]) -> Int? {
    let view = analysis.views[Int(operand.index)]
    let producer = analysis.producers[view.root]
    let isRow = domain == rows
    if producer >= 0, case .constant(let literal) = graph.operations[producer].primitive {
      guard case .f32(let bits) = literal else { return nil }
      if let known = constants[bits] { return known }
      constants[bits] = append(.constant(bits))
      return constants[bits]
    }
    let axes = view.sizes.indices.filter { view.sizes[$0] != 1 }
    guard axes.map({ view.sizes[$0] }) == domain else { return nil }
    let strides = axes.map { view.strides[$0] }
    let rowStrides = Shape(rows).strides
    let isOfRow = strides == (isRow ? rowStrides : rowStrides + [0])
    let isOfElement = !isRow && strides == Shape(elements).strides
    if let known = local[view.root] {
      let sizes = graph.types[view.root].shape.sizes.withoutOnes
      return view.offset == 0 && (sizes == rows ? isOfRow : isOfElement) ? known : nil
    }
    guard !members.contains(producer), !analysis.isWithoutMemory.contains(view.root),
      graph.types[view.root].dtype == .f32
    else { return nil }
    let index = operands.count
    let (rowBytes, value): (Int, RowChain.Value)
    if strides.allSatisfy({ $0 == 0 }) {
      (rowBytes, value) = (0, .number(index))
    } else if isOfElement {
      (rowBytes, value) = (4 * chain.columns, .elements(index))
    } else if isOfRow {
      (rowBytes, value) = (4, .row(index))
    } else if !isRow, strides.last == 1, strides.dropLast().allSatisfy({ $0 == 0 }) {
      (rowBytes, value) = (0, .column(index))
    } else if !isRow, let stride = rowStride(view) {
      (rowBytes, value) = (4 * stride, .elements(index))
      isStrided = true
    } else {
      return nil
    }
    if let known = operands.indices.first(where: {
      operands[$0].view.root == view.root && operands[$0].view.offset == view.offset
        && operands[$0].value.kind == value.kind && chain.places[$0].rowBytes == rowBytes
    }) {
      return chain.values.firstIndex(of: operands[known].value)
    }
    add(Operand(view: view, value: value), rowBytes: rowBytes, isElements: value == .elements(index))
    return append(value)
  }

  /// Parts of the same rows have one address.
  private mutating func add(_ operand: Operand, rowBytes: Int, isElements: Bool) {
    let isPart = isElements && rowBytes != 4 * chain.columns && operand.view.offset % 16 == 0
      && operand.view.offset < 1 << 28
    let address = Address(
      root: operand.view.root, offset: isPart ? 0 : operand.view.offset, rowBytes: rowBytes)
    var number = addresses.count
    if isPart, let known = addresses.firstIndex(where: {
      $0.root == address.root && $0.offset == 0 && $0.rowBytes == rowBytes
    }) {
      number = known
    } else {
      addresses.append(address)
    }
    operands.append(operand)
    chain.places.append(
      RowChain.Place(address: number, vectors: isPart ? operand.view.offset / 16 : 0, rowBytes: rowBytes))
  }

  /// From row to row of a view of as many elements, each row of which stands in one piece.
  private func rowStride(_ view: StridedView) -> Int? {
    let axes = view.sizes.indices.filter { view.sizes[$0] != 1 }
    guard axes.map({ view.sizes[$0] }) == elements, let last = axes.last, view.strides[last] == 1, axes.count > 1 else {
      return nil
    }
    let stride = view.strides[axes[axes.count - 2]]
    for (outer, inner) in zip(axes, axes.dropFirst()).dropLast()
    where view.strides[outer] != view.strides[inner] * view.sizes[inner] {
      return nil
    }
    return stride > 0 && 4 * stride <= Int32.max ? stride : nil
  }

  /// The values that others need.
  var stored: [Int] {
    local.keys.sorted().filter { value in
      analysis.isOutput[value] || analysis.uses[value].isEmpty
        || analysis.uses[value].contains { !members.contains($0.operation) }
    }
  }

  func isOfElements(_ value: Int) -> Bool { graph.types[value].shape.sizes.withoutOnes == elements }

  mutating func store(_ value: Int, isStreamed: Bool) {
    guard let source = local[value] else { return }
    let part = analysis.parts[value]
    let isOfRow = !isOfElements(value)
    chain.results.append(
      RowChain.Result(
        value: source, operand: operands.count, isOfRow: isOfRow, isStreamed: isStreamed && part == nil))
    add(
      Operand(view: part ?? StridedView(dense: value, graph.types[value].shape), value: .elements(operands.count)),
      rowBytes: isOfRow ? 4 : 4 * (part.flatMap(rowStride) ?? chain.columns), isElements: !isOfRow)
  }

  mutating func fetch(_ operand: Int, _ ahead: RowChain.Ahead) { chain.places[operand].ahead = ahead }
}

extension RowChain.Value {
  /// How an operand is read.
  fileprivate var kind: Int {
    switch self {
    case .elements: 0
    case .column: 1
    case .row: 2
    case .number: 3
    default: 4
    }
  }
}

extension GraphLowering {
  private func isStreamed(_ value: Int, within members: Set<Int>) -> Bool {
    analysis.isOutput[value] && graph.types[value].byteCount * repeats >= Self.streamedByteCount
      && analysis.uses[value].allSatisfy { members.contains($0.operation) }
  }

  /// Lowers the first of the groups to one step of machine code over rows; gives how many, 0 where that cannot be.
  mutating func lowerRowChain(_ groups: ArraySlice<OperationGroup>) -> Int {
    guard MachineCode.isAvailable, builder.options.optimize, let operation = groups.first?.operations.first,
      var draft = RowChainDraft(graph, analysis, first: graph.operations[operation])
    else { return 0 }
    var found: (draft: RowChainDraft, count: Int)?
    for (index, group) in groups.enumerated() {
      guard draft.admit(group.operations) else { break }
      if index > 0, draft.sums > 0, draft.isWorthwhile { found = (draft, index + 1) }
      if index == 0, draft.sums == 0, draft.standsInParts { found = (draft, 1) }
    }
    guard let found else { return 0 }
    return emit(found.draft, graph.operations[operation].origin) ? found.count : 0
  }

  private mutating func emit(_ draft: RowChainDraft, _ origin: Origin) -> Bool {
    var draft = draft
    let stored = draft.stored
    for value in stored {
      draft.store(value, isStreamed: draft.isOfElements(value) && isStreamed(value, within: draft.members))
    }
    guard draft.addresses.count <= 12 else { return false }
    // What can be had of code is known before buffers are made.
    guard MachineCode.address(of: draft.chain.withoutStreams) != nil else { return false }
    for index in draft.members {
      regionOf[index] = regionCount
    }
    regionCount += 1
    var use = StepUse(reads: [], writes: [])
    var aheads: [Int: Int] = [:]
    let bindings = draft.addresses.map { Reference(buffer(of: $0.root), offset: $0.offset * 4) }
    for (index, operand) in draft.operands.enumerated() {
      let buffer = buffer(of: operand.view.root)
      if index >= draft.operands.count - stored.count {
        use.writes.append(buffer)
        continue
      }
      use.reads.append(buffer)
      if draft.chain.places[index].rowBytes > 4, let bytes = aheads[buffer] ?? aheadBytes.removeValue(forKey: buffer) {
        aheads[buffer] = bytes
        draft.fetch(index, fetchesSlices ? .slice(bytes: bytes) : .rows)
      }
    }
    for value in stored where analysis.parts[value] != nil { placedParts.insert(value) }
    let chain = draft.chain, plain = chain.withoutStreams
    guard let code = MachineCode.address(of: plain) else { return false }
    var streamed: UInt64 = 0
    for result in chain.results where result.isStreamed {
      streamed |= 1 << UInt64(chain.places[result.operand].address)
    }
    let step = RowChainStep(
      code: code, streaming: streamed == 0 ? 0 : MachineCode.address(of: chain) ?? 0, rows: draft.rowCount,
      columns: chain.columns, bindings: UnsafeBufferPointer(memory.copy(bindings)),
      rowBytes: memory.pointer(draft.addresses.map(\.rowBytes)), streamed: streamed,
      nanoseconds: draft.rowCount * chain.nanoseconds, operations: UnsafeBufferPointer(memory.copy(draft.operations)))
    setOrigin(origin)
    emit(.rowChain(memory.pointer([step])), use)
    return true
  }
}
