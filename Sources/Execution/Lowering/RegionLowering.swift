import KernelTypes
import TensorGraph
import TensorTypes

/// Lowers elementwise regions to tile programs, run by themselves or on the blocks of a product.
extension GraphLowering {
  private struct Load {
    var view: StridedView
    var value: Int
    var type: DType
    var register: Int
    var operand: Int
    /// Strides along the region's axes.
    var strides: [Int]
  }
  private struct Store {
    var value: Int
    var operand: Int
    /// The place of the store among the instructions.
    var position: Int
  }

  /// `domain`: the sizes without ones, where the region is a part of another one.
  mutating func lowerRegion(_ operations: [Int], over domain: [Int]? = nil) {
    for operation in operations { regionOf[operation] = regionCount }
    regionCount += 1
    let product = operations.first { if case .matmul = graph.operations[$0].primitive { true } else { false } }
    let elementwise = operations.filter { $0 != product }
    guard !elementwise.isEmpty else {
      if let product { lowerProduct(graph.operations[product]) }
      return
    }
    let domain = domain ?? self.domain(of: elementwise)
    if domain.contains(0) {
      for operation in operations {
        for result in graph.operations[operation].results { _ = buffer(of: Int(result.index)) }
      }
      return
    }
    if !emitRegion(operations, product: product, domain: domain) {
      // Too large for the machine: two regions, the first of which stores what the second needs.
      let middle = operations.count / 2
      lowerRegion(Array(operations[..<middle]), over: domain)
      lowerRegion(Array(operations[middle...]), over: domain)
    }
  }

  /// The sizes, without ones, of what is computed for each element, where some may be computed for each row.
  private func domain(of operations: [Int]) -> [Int] {
    var result: [Int] = []
    for index in operations {
      let operation = graph.operations[index]
      let own = ShortRows.domain(operation, graph) ?? graph.type(of: operation.results[0]).shape.sizes.withoutOnes
      if own.count > result.count { result = own }
    }
    return result
  }

  mutating func lowerProduct(_ operation: Operation) {
    guard case .matmul(let transposeA, let transposeB) = operation.primitive else { return }
    setOrigin(operation.origin)
    let operands = operation.operands.map { operand(Int($0.index)) }
    let output = Reference(buffer(of: Int(operation.results[0].index)))
    matmul(
      operands, transposeA, transposeB, output, graph.type(of: operation.results[0]),
      needed: bands.needs[operation.results[0]] ?? .full, rowStep: rowSteps[Int(operation.results[0].index)])
  }

  /// False when the region needs more registers or operands than there are.
  private mutating func emitRegion(_ operations: [Int], product: Int?, domain: [Int]) -> Bool {
    var assembler = TileAssembler()
    var registers: [Int: Int] = [:]
    var loads: [Load] = []
    var sums: [(root: Int, register: Int, operand: Int, length: Int?)] = []
    var columns: [(sum: ColumnSum, root: Int, register: Int, operand: Int)] = []
    var stores: [Store] = []
    var isFallible = false
    let region = regionOf[operations[0]]
    var productOperand: Int?
    var hasRows = false
    var places: [(ids: ValueID, rows: Int, operand: Int, origin: Origin)] = []

    for index in operations {
      let operation = graph.operations[index]
      let result = Int(operation.results[0].index)
      if index == product {
        let (register, slot) = assembler.load(graph.types[result].dtype)
        registers[result] = register
        productOperand = slot
        continue
      }
      var sources: [Int] = []
      let picks = if case .takeAlong = operation.primitive { true } else { false }
      let fills = if case .scatterAddAlong = operation.primitive { true } else { false }
      for operand in picks || fills ? Array(operation.operands.prefix(1)) : operation.operands {
        let value = Int(operand.index)
        let view = analysis.views[value]
        let type = graph.types[value].dtype
        let producer = analysis.producers[view.root]
        if producer >= 0, case .constant(let literal) = graph.operations[producer].primitive {
          sources.append(assembler.constant(literal.bits, type))
        } else if let register = registers[view.root],
          ShortRows.isHeld(view, of: graph.types[view.root].shape, domain)
        {
          sources.append(register)
        } else if let known = columns.first(where: { $0.root == view.root }) {
          sources.append(known.register)
        } else if let sum = analysis.columnSums[producer] {
          let (register, slot) = assembler.sumColumns(rows: sum.rows, columns: sum.columns)
          columns.append((sum, view.root, register, slot))
          sources.append(register)
        } else if analysis.isWithoutMemory.contains(view.root) {
          if let known = sums.first(where: { $0.root == view.root }) {
            sources.append(known.register)
          } else {
            let length = analysis.rowSums[producer]?.groupLength
            let (register, slot) =
              if let length {
                assembler.sumTaken(type, length: length)
              } else {
                // The blocks of a product hold parts of rows.
                assembler.sumRows(type, rowLength: product == nil ? domain.last ?? 0 : 0)
              }
            sums.append((view.root, register, slot, length))
            sources.append(register)
          }
        } else {
          // One number a row stands for all its elements.
          let strides = view.stridesWithoutOnes + (view.sizes.withoutOnes.count < domain.count ? [0] : [])
          if let known = loads.first(where: {
            $0.view.root == view.root && $0.view.offset == view.offset && $0.strides == strides
          }) {
            sources.append(known.register)
          } else {
            let isOfRows =
              type == .f32 && strides.last == 0 && (domain.last ?? 0) * 2 > TileMachine.tileLimit && domain.count <= 4
            let (register, slot) = assembler.load(
              type, isUniform: strides.allSatisfy { $0 == 0 }, isOfRows: isOfRows)
            loads.append(
              Load(view: view, value: value, type: type, register: register, operand: slot, strides: strides))
            sources.append(register)
          }
        }
      }
      let register: Int
      if case .reduce(let reduction, _) = operation.primitive {
        hasRows = true
        register = assembler.reduceRows(reduction == .sum ? .rowSum : .rowMaximum, sources[0])
      } else if picks || fills {
        hasRows = true
        let (chosen, slot) = assembler.chooseOfRows(picks ? .rowPick : .rowPlace, sources[0])
        places.append((operation.operands[1], domain.last ?? 0, slot, operation.origin))
        register = chosen
      } else {
        let valueType = graph.type(of: operation.operands[operation.primitive == .select ? 1 : 0]).dtype
        guard let coded = TileOperation(operation.primitive, operand: valueType) else { return false }
        if coded.isFallible, !isFallible {
          isFallible = true
          setOrigin(operation.origin)
        }
        register = assembler.apply(coded, sources)
      }
      registers[result] = register
      if isStored(result, region: region, domain) {
        let position = assembler.position
        let slot = assembler.store(
          register, graph.types[result].dtype, isStreamed: isStreamed(result, region: region))
        stores.append(Store(value: result, operand: slot, position: position))
      }
    }
    guard let program = assembler.assemble() else { return false }

    // Views that cannot be walked with four loops, and transposed ones that would be gathered, are copied first.
    let count = domain.reduce(1, &*)
    for index in loads.indices where count >= 1024 && Self.isTransposed(loads[index].strides, domain) {
      makeDense(&loads[index], domain)
    }
    let denseStrides = Shape(domain).strides
    var table = [[Int]](repeating: denseStrides, count: assembler.operandCount)
    for load in loads { table[load.operand] = load.strides }
    for store in stores {
      let sizes = graph.types[store.value].shape.sizes.withoutOnes
      let strides = analysis.parts[store.value]?.stridesWithoutOnes ?? Shape(sizes).strides
      // Of what is one number a row, the first element of each row.
      table[store.operand] = strides + (sizes.count < domain.count ? [0] : [])
    }
    for place in places { table[place.operand] = Shape(Array(domain.dropLast())).strides + [0] }
    for sum in sums {
      // Strides that keep the loops over rows and columns apart.
      let rows = domain.dropLast()
      table[sum.operand] = [Int](repeating: 0, count: rows.count) + [1]
      table[sum.operand + 1] = Shape(Array(rows)).strides.map { $0 * (sum.length ?? 1) } + [0]
      if sum.length == nil { table[sum.operand + 2] = [Int](repeating: 0, count: domain.count) }
    }
    let keepsLast = product != nil || hasRows
    var loops = TileLoops(sizes: domain, strides: table, keepsLast: keepsLast)
    while !loops.fits, let next = loads.firstIndex(where: { $0.view.root >= 0 && $0.strides != denseStrides }) {
      makeDense(&loads[next], domain)
      table[loads[next].operand] = loads[next].strides
      loops = TileLoops(sizes: domain, strides: table, keepsLast: keepsLast)
    }

    var bindings = [Reference](repeating: Reference(0), count: assembler.operandCount)
    var use = StepUse(reads: [], writes: [], isFallible: isFallible)
    for load in loads {
      let view = bound(load.view)
      bindings[load.operand] = Reference(view.root, offset: view.offset * load.type.size)
      use.reads.append(view.root)
    }
    for place in places {
      let ids = checkedIds(place.ids, below: place.rows, place.origin)
      bindings[place.operand] = ids
      use.reads.append(Int(ids.buffer))
    }
    var listedElements = 0
    for column in columns {
      let view = bound(analysis.views[Int(column.sum.matrix.index)])
      bindings[column.operand] = Reference(view.root, offset: view.offset * DType.f32.size)
      use.reads.append(view.root)
      listedElements += column.sum.rows * column.sum.columns
    }
    for sum in sums {
      guard let lowered = loweredSums[sum.root] else { continue }
      for (index, reference) in lowered.references.enumerated() { bindings[sum.operand + index] = reference }
      use.reads += lowered.references.map { Int($0.buffer) }
      listedElements += lowered.elements
    }
    for store in stores {
      let size = graph.types[store.value].dtype.size
      if let part = analysis.parts[store.value] {
        let target = buffer(of: part.root)
        placedParts.insert(store.value)
        bindings[store.operand] = Reference(target, offset: part.offset * size)
        use.writes.append(target)
        continue
      }
      let target = buffer(of: store.value)
      bindings[store.operand] = Reference(target)
      use.writes.append(target)
      for load in loads where load.register < store.position && load.type.size == size {
        let view = bound(load.view)
        let others = loads.filter { bound($0.view).root == view.root }
        if load.strides == denseStrides, view.offset == 0, others.count == 1 {
          use.inPlace.append((output: target, input: view.root))
        }
      }
    }
    var keepsProduct = false
    if let product, let productOperand {
      let result = Int(graph.operations[product].results[0].index)
      keepsProduct = analysis.isOutput[result] || analysis.uses[result].contains { regionOf[$0.operation] != region }
      if keepsProduct { bindings[productOperand] = Reference(buffer(of: result)) }
    }
    var operands = (0..<assembler.operandCount).map { loops.operand($0, address: memory.unbound) }
    for load in loads where load.strides == denseStrides {
      // The next rows come into the cache once, while the first step that computes with these is at work.
      operands[load.operand].ahead = aheadBytes.removeValue(forKey: Int(bindings[load.operand].buffer)) ?? 0
    }
    for store in stores { operands[store.operand].isStreamed = isStreamed(store.value, region: region) }
    let tiles = memory.tileStep(
      program, assembler.operations, constants: assembler.constants, domain: loops.domain, operands: operands,
      bindings: bindings, listedElements: listedElements)
    guard let product, let productOperand else {
      emit(.tiles(memory.pointer([tiles])), use)
      return true
    }
    let operation = graph.operations[product]
    guard case .matmul(let transposeA, let transposeB) = operation.primitive else { return false }
    setOrigin(operation.origin)
    matmul(
      operation.operands.map { operand(Int($0.index)) }, transposeA, transposeB, bindings[productOperand],
      graph.type(of: operation.results[0]), needed: bands.needs[operation.results[0]] ?? .full,
      EpilogueStep(tiles: tiles, product: productOperand, keepsProduct: keepsProduct), use)
    return true
  }

  /// Where ids stand one after another, after a step that checks them.
  private mutating func checkedIds(_ ids: ValueID, below limit: Int, _ origin: Origin) -> Reference {
    let reference = denseReference(of: Int(ids.index))
    let count = graph.type(of: ids).shape.count
    let check = IdCheck(buffer: reference.buffer, offset: reference.offset, count: count, limit: limit)
    if idChecks.insert(check).inserted {
      let region = self.origin
      setOrigin(origin)
      emit(.checkIds(ids: reference, count: count, rows: limit), reads: [reference], writes: [], isFallible: true)
      setOrigin(region)
    }
    return reference
  }

  private mutating func makeDense(_ load: inout Load, _ domain: [Int]) {
    let reference = denseReference(of: load.value)
    let sizes = graph.types[load.value].shape.sizes.withoutOnes
    load.view = StridedView(dense: Int(reference.buffer), Shape(sizes))
    load.view.offset = reference.offset / load.type.size
    load.view.root = -1 - Int(reference.buffer)  // already a buffer
    load.strides = Shape(sizes).strides + (sizes.count < domain.count ? [0] : [])
  }

  /// The view over the buffer of its root.
  private mutating func bound(_ view: StridedView) -> StridedView {
    var view = view
    view.root = view.root < 0 ? -1 - view.root : buffer(of: view.root)
    return view
  }

  /// Neighbours along the last axis lie far apart while another axis has them side by side.
  private static func isTransposed(_ strides: [Int], _ domain: [Int]) -> Bool {
    guard let last = strides.last, last != 0, last != 1 else { return false }
    return strides.contains(1)
  }

  /// Larger results than this have left the caches before anything can read them.
  static let streamedByteCount = 16 << 20

  private func isStreamed(_ value: Int, region: Int) -> Bool {
    analysis.isOutput[value] && graph.types[value].byteCount * repeats >= Self.streamedByteCount
      && analysis.uses[value].allSatisfy { $0.isDirect && regionOf[$0.operation] == region }
  }

  private func isStored(_ value: Int, region: Int, _ domain: [Int]) -> Bool {
    analysis.isOutput[value] || analysis.uses[value].isEmpty
      || analysis.uses[value].contains { use in
        if regionOf[use.operation] != region { return true }
        return !use.isDirect && graph.operations[use.operation].operands.contains { operand in
          let view = analysis.views[Int(operand.index)]
          return view.root == value && !ShortRows.isHeld(view, of: graph.types[value].shape, domain)
        }
      }
  }
}
