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

  mutating func lowerRegion(_ operations: [Int]) {
    for operation in operations { regionOf[operation] = regionCount }
    regionCount += 1
    let product = operations.first { analysis.kinds[$0] == .other }
    guard let first = operations.first(where: { $0 != product }) else {
      if let product { lowerProduct(graph.operations[product]) }
      return
    }
    let shape = graph.type(of: graph.operations[first].results[0]).shape
    if shape.count == 0 {
      for operation in operations {
        for result in graph.operations[operation].results { _ = buffer(of: Int(result.index)) }
      }
      return
    }
    if !emitRegion(operations, product: product, domain: shape.sizes.withoutOnes) {
      // Too large for the machine: two regions, the first of which stores what the second needs.
      let middle = operations.count / 2
      lowerRegion(Array(operations[..<middle]))
      lowerRegion(Array(operations[middle...]))
    }
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
    var stores: [Store] = []
    var isFallible = false
    let region = regionOf[operations[0]]
    var productOperand: Int?

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
      for operand in operation.operands {
        let value = Int(operand.index)
        let view = analysis.views[value]
        let type = graph.types[value].dtype
        let producer = analysis.producers[view.root]
        if producer >= 0, case .constant(let literal) = graph.operations[producer].primitive {
          sources.append(assembler.constant(literal.bits, type))
        } else if let register = registers[view.root], isSameOrder(view, domain) {
          sources.append(register)
        } else if analysis.isWithoutMemory.contains(view.root) {
          if let known = sums.first(where: { $0.root == view.root }) {
            sources.append(known.register)
          } else {
            let length = analysis.rowSums[producer]?.groupLength
            let (register, slot) =
              if let length { assembler.sumTaken(type, length: length) } else { assembler.sumRows(type) }
            sums.append((view.root, register, slot, length))
            sources.append(register)
          }
        } else {
          let strides = Self.strides(view)
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
      let valueType = graph.type(of: operation.operands[operation.primitive == .select ? 1 : 0]).dtype
      guard let coded = TileOperation(operation.primitive, operand: valueType) else { return false }
      if coded.isFallible, !isFallible {
        isFallible = true
        setOrigin(operation.origin)
      }
      let register = assembler.apply(coded, sources)
      registers[result] = register
      if isStored(result, region: region) {
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
      if let part = analysis.parts[store.value] { table[store.operand] = Self.strides(part) }
    }
    for sum in sums {
      // Strides that keep the loops over rows and columns apart.
      let rows = domain.dropLast()
      table[sum.operand] = [Int](repeating: 0, count: rows.count) + [1]
      table[sum.operand + 1] = [Int](repeating: 0, count: domain.count)
      if let length = sum.length {
        table[sum.operand + 1] = Shape(Array(rows)).strides.map { $0 * length } + [0]
      } else {
        table[sum.operand + 2] = table[sum.operand + 1]
      }
    }
    let keepsLast = product != nil
    var loops = TileLoops(sizes: domain, strides: table, keepsLast: keepsLast)
    while !loops.fits, let next = loads.firstIndex(where: { $0.strides != denseStrides }) {
      makeDense(&loads[next], domain)
      table[loads[next].operand] = denseStrides
      loops = TileLoops(sizes: domain, strides: table, keepsLast: keepsLast)
    }

    var bindings = [Reference](repeating: Reference(0), count: assembler.operandCount)
    var use = StepUse(reads: [], writes: [], isFallible: isFallible)
    for load in loads {
      let view = bound(load.view)
      bindings[load.operand] = Reference(view.root, offset: view.offset * load.type.size)
      use.reads.append(view.root)
    }
    var listedElements = 0
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

  private mutating func makeDense(_ load: inout Load, _ domain: [Int]) {
    let reference = denseReference(of: load.value)
    load.view = StridedView(dense: Int(reference.buffer), Shape(domain))
    load.view.offset = reference.offset / load.type.size
    load.view.root = -1 - Int(reference.buffer)  // already a buffer
    load.strides = Shape(domain).strides
  }

  /// Along the axes that are not of size 1.
  private static func strides(_ view: StridedView) -> [Int] {
    zip(view.sizes, view.strides).filter { $0.0 != 1 }.map { $0.1 }
  }

  /// The view over the buffer of its root.
  private mutating func bound(_ view: StridedView) -> StridedView {
    var view = view
    view.root = view.root < 0 ? -1 - view.root : buffer(of: view.root)
    return view
  }

  private func isSameOrder(_ view: StridedView, _ domain: [Int]) -> Bool {
    view.isDense && view.offset == 0 && view.sizes.withoutOnes == domain
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

  private func isStored(_ value: Int, region: Int) -> Bool {
    analysis.isOutput[value] || analysis.uses[value].isEmpty
      || analysis.uses[value].contains { !$0.isDirect || regionOf[$0.operation] != region }
  }
}
