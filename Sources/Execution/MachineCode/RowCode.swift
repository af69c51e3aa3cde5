import KernelTypes

/// Turns a row chain into the machine code of a function (addresses of the operands and, last, of scratch memory;
/// number of rows). A row is walked several times: a sum or maximum ends a pass, and what depends on it belongs to the
/// next. The terms of a sum are added in the order of the kernels in Reduce.swift.
struct RowCode {
  private enum Input {
    case elements(Int), column(Int), row(Int), number(Int)
    case reduced(isSum: Bool, Int)
  }

  private let chain: RowChain
  private var program = VectorProgram()
  /// What the tiles of the program stand for.
  private var inputs: [Input] = []
  private var results: [RowChain.Result] = []
  /// By value: whether one number for each row is all that is needed of it, and the first pass that can compute it.
  private var isRow: [Bool] = []
  private var stages: [Int] = []
  /// By pass: the values of elements that it computes or reads, in order.
  private var passes: [[Int]] = []
  /// Values that later passes read from scratch memory, in the order of their places there.
  private var saved: [Int] = []

  private var writer = VectorWriter()
  private var pointers: [VectorEncoder.General] = []
  /// By value: the register of a number that is the same for the row, or throughout.
  private var fixed: [Int?] = []
  /// How many numbers of the program have registers.
  private let numberLimit: Int
  private let copies: Int

  /// Nil for a chain that needs more registers than there are, or more scratch memory.
  static func bytes(_ chain: RowChain) -> [UInt8]? {
    for (copies, numbers) in [(2, 16), (2, 10), (2, 5), (2, 0), (1, 10), (1, 0)] {
      guard var code = RowCode(chain, copies: copies, numberLimit: numbers),
        code.saved.count * 4 * chain.columns <= kernelScratchBytes
      else { return nil }
      if code.write() { return code.writer.encoder.bytes }
    }
    return nil
  }

  private init?(_ chain: RowChain, copies: Int, numberLimit: Int) {
    self.chain = chain
    self.copies = copies
    self.numberLimit = numberLimit
    var places: [Int] = []
    for value in chain.values {
      switch value {
      case .elements(let operand): places.append(input(.elements(operand)))
      case .column(let operand): places.append(input(.column(operand)))
      case .row(let operand): places.append(input(.row(operand)))
      case .number(let operand): places.append(input(.number(operand)))
      case .constant(let bits): places.append(program.number(bits: bits))
      case .apply(let opcode, let sources): places.append(program.expand(opcode, sources.map { places[$0] }))
      case .sum(let source): places.append(input(.reduced(isSum: true, places[source])))
      case .largest(let source): places.append(input(.reduced(isSum: false, places[source])))
      }
    }
    guard inputs.count < 256 else { return nil }
    results = chain.results.map {
      RowChain.Result(
        value: places[$0.value], operand: $0.operand, isOfRow: $0.isOfRow, isStreamed: $0.isStreamed)
    }
    findStages()
    // What is one number for all elements of a row is in no pass over them that could add it up.
    for case .reduced(_, let source) in inputs where isRow[source] { return nil }
    // Masks are made and used within one vector.
    for index in program.values.indices where isRow[index] && program.isMask(index) { return nil }
    guard !results.contains(where: { program.isMask($0.value) || program.isNumber($0.value) }) else { return nil }
    planPasses()
    fixed = [Int?](repeating: nil, count: program.values.count)
  }

  private mutating func input(_ input: Input) -> Int {
    inputs.append(input)
    return program.append(.tile(UInt8(truncatingIfNeeded: inputs.count - 1)))
  }

  private func input(_ value: Int) -> Input? {
    if case .tile(let index) = program.values[value] { inputs[Int(index)] } else { nil }
  }

  private func sources(_ value: Int) -> [Int] {
    if case .apply(_, let sources) = program.values[value] { sources } else { [] }
  }

  // MARK: Passes

  private mutating func findStages() {
    // What is written element by element is computed so, even if all elements of a row are equal.
    let written = Set(results.filter { !$0.isOfRow }.map(\.value))
    for index in program.values.indices {
      switch input(index) {
      case .elements, .column:
        isRow.append(false)
        stages.append(0)
      case .row, .number:
        isRow.append(true)
        stages.append(0)
      case .reduced(_, let source):
        isRow.append(true)
        stages.append(stages[source] + 1)
      case nil:
        isRow.append(!written.contains(index) && sources(index).allSatisfy { isRow[$0] })
        stages.append(sources(index).map { stages[$0] }.max() ?? 0)
      }
    }
  }

  /// From the last pass to the first: what each has to compute, and what of that it takes from an earlier one. Little
  /// is computed again where it is needed.
  private mutating func planPasses() {
    let last = program.values.indices.map { stages[$0] }.max() ?? 0
    passes = [[Int]](repeating: [], count: last + 1)
    for pass in stride(from: last, through: 0, by: -1) {
      var needed: Set<Int> = []
      func need(_ value: Int) {
        guard !isRow[value], needed.insert(value).inserted, !isTaken(value, pass) else { return }
        // Masks have no place in memory: they are made again of what is compared.
        if stages[value] < pass, !program.isMask(value), cost(value) > Self.repeatedCost {
          saved.append(value)
        } else {
          sources(value).forEach(need)
        }
      }
      for case .reduced(_, let source) in inputs where stages[source] == pass { need(source) }
      for result in results where stages[result.value] == pass { need(result.value) }
      for value in saved where stages[value] == pass { need(value) }
      passes[pass] = needed.sorted()
    }
  }

  private static let repeatedCost = 5

  /// Roughly the instructions that make the value anew.
  private func cost(_ value: Int) -> Int {
    guard !isRow[value], !saved.contains(value), case .apply(let operation, let sources) = program.values[value] else {
      return 0
    }
    let own = operation == .divide || operation == .squareRoot ? 10 : 1
    var total = own
    for source in sources where total <= Self.repeatedCost { total += cost(source) }
    return total
  }

  // MARK: Code

  private mutating func write() -> Bool {
    var free = VectorEncoder.General.forAddresses
    // One address after another, then scratch memory.
    for _ in 0...chain.addressCount {
      guard let pointer = free.popLast() else { return false }
      pointers.append(pointer)
    }
    let pushed = pointers.filter(\.isCallers)
    for register in pushed { writer.encoder.push(register) }
    for (index, pointer) in pointers.enumerated() { writer.encoder.load(pointer, fromTableAt: 8 * Int32(index)) }
    guard writeNumbers() else { return false }
    writer.encoder.align(to: 32)
    let start = writer.encoder.bytes.count
    for index in program.values.indices {
      guard case .row(let operand) = input(index) else { continue }
      guard load(index, pointer(operand)) else { return false }
    }
    guard writeRowValues(stage: 0) else { return false }
    for pass in passes.indices where !passes[pass].isEmpty {
      guard writePass(pass), writeRowValues(stage: pass + 1) else { return false }
    }
    for index in program.values.indices where isRow[index] && !isThroughout(index) { freeFixed(index) }
    var isMoved: Set<Int> = []
    for place in chain.places where place.rowBytes != 0 && isMoved.insert(place.address).inserted {
      writer.encoder.add(pointers[place.address], Int32(truncatingIfNeeded: place.rowBytes))
    }
    writer.encoder.countDown(to: start)
    if results.contains(where: \.isStreamed) { writer.encoder.fence() }
    writer.encoder.finish(popping: pushed)
    return true
  }

  private func pointer(_ operand: Int) -> VectorEncoder.General { pointers[chain.places[operand].address] }

  private mutating func elements(
    _ instruction: VectorWriter.Instruction, _ register: Int, _ operand: Int, _ vector: Int
  ) {
    writer.encoder.memory(
      instruction, reg: register, base: pointer(operand), index: .rdi, scale: 2,
      vectors: vector + chain.places[operand].vectors)
  }

  private mutating func prefetch(_ operand: Int, _ vectors: [Int]) {
    let place = chain.places[operand]
    let (bytes, intoSecond): (Int, Bool)
    switch place.ahead {
    case .nothing: return
    case .rows: (bytes, intoSecond) = (chain.aheadBytes, false)
    case .slice(let distance): (bytes, intoSecond) = (distance, true)
    }
    for vector in vectors {
      writer.encoder.prefetch(
        base: pointers[place.address], offset: Int32(truncatingIfNeeded: bytes + 64 * (place.vectors + vector)),
        intoSecond: intoSecond)
    }
  }

  private func isThroughout(_ value: Int) -> Bool {
    if case .number = input(value) { true } else { program.isNumber(value) }
  }

  private mutating func load(_ value: Int, _ pointer: VectorEncoder.General) -> Bool {
    guard let vector = writer.freeVectors.popLast() else { return false }
    writer.encoder.memory(VectorWriter.loadNumber, reg: vector, base: pointer, index: .none, scale: 0)
    fixed[value] = vector
    return true
  }

  private mutating func freeFixed(_ value: Int) {
    if let vector = fixed[value] { writer.freeVectors.append(vector) }
    fixed[value] = nil
  }

  /// Numbers that are the same for all rows; those that are used most, of those of the program.
  private mutating func writeNumbers() -> Bool {
    var uses = [Int](repeating: 0, count: program.values.count)
    for value in passes.joined() {
      for source in sources(value) { uses[source] += 1 }
    }
    let numbers = program.values.indices.filter { program.isNumber($0) && uses[$0] > 0 }
    for index in numbers.sorted(by: { (uses[$1], $0) < (uses[$0], $1) }).prefix(numberLimit) {
      guard case .number(let bits) = program.values[index], let vector = writer.freeVectors.popLast() else {
        return false
      }
      writer.encoder.number(VectorWriter.loadNumber, reg: vector, bits: bits)
      fixed[index] = vector
    }
    for index in program.values.indices {
      if case .number(let operand) = input(index), !load(index, pointer(operand)) { return false }
    }
    return true
  }

  private func operand(_ value: Int, _ places: [Int: Int]) -> VectorEncoder.Operand? {
    if let place = fixed[value] ?? places[value] { return .register(place) }
    if case .number(let bits) = program.values[value] { return .number(bits) }
    return nil
  }

  /// What the sums and maxima so far say of the row, once for all its elements.
  private mutating func writeRowValues(stage: Int) -> Bool {
    for index in program.values.indices where isRow[index] && stages[index] == stage {
      guard case .apply(let operation, let sources) = program.values[index] else { continue }
      let operands = sources.compactMap { operand($0, [:]) }
      guard operands.count == sources.count,
        let target = writer.apply(operation, operands, isDying: sources.map { _ in false })
      else { return false }
      fixed[index] = target
    }
    for result in results where isRow[result.value] && stages[result.value] == stage {
      guard let place = fixed[result.value] else { return false }
      writer.encoder.memory(Self.storeFirst, reg: place, base: pointer(result.operand), index: .none, scale: 0)
    }
    for index in program.values.indices where fixed[index] != nil && isRow[index] && !isThroughout(index) {
      if !isNeeded(index, after: stage) { freeFixed(index) }
    }
    return true
  }

  /// Whether passes from `stage` on, or row values of later stages, read the row value.
  private func isNeeded(_ value: Int, after stage: Int) -> Bool {
    for index in program.values.indices where sources(index).contains(value) {
      if isRow[index] ? stages[index] > stage : passes[stage...].contains(where: { $0.contains(index) }) { return true }
    }
    return false
  }

  private mutating func writePass(_ pass: Int) -> Bool {
    let reduced = program.values.indices.filter {
      if case .reduced(_, let source) = input($0) { stages[source] == pass } else { false }
    }
    // Four partial results of each, as in the kernels.
    var partial: [[Int]] = []
    for index in reduced {
      guard case .reduced(let isSum, _) = input(index), writer.freeVectors.count >= 4 else { return false }
      let vectors = (0..<4).compactMap { _ in writer.freeVectors.popLast() }
      let neutral: Float = isSum ? 0 : -.infinity
      for vector in vectors { writer.encoder.number(VectorWriter.loadNumber, reg: vector, bits: neutral.bitPattern) }
      partial.append(vectors)
    }
    writer.encoder.clearIndex()
    let whole = chain.columns / 64 * 64
    if whole > 0 {
      writer.encoder.align(to: 32)
      let start = writer.encoder.bytes.count
      for first in stride(from: 0, to: 4, by: copies) {
        guard writeVectors(pass, Array(first..<(first + copies)), reduced, partial) else { return false }
      }
      writer.encoder.loop(step: 64, limit: Int32(whole), to: start)
    }
    for vector in 0..<((chain.columns - whole) / 16) {
      let first = partial.map { [Int](repeating: $0[0], count: 4) }
      guard writeVectors(pass, [vector], reduced, first) else { return false }
    }
    for (index, vectors) in zip(reduced, partial) {
      guard case .reduced(let isSum, _) = input(index) else { return false }
      guard fold(vectors, isSum: isSum) else { return false }
      writer.freeVectors += vectors[1...]
      fixed[index] = vectors[0]
    }
    return true
  }

  /// The pass over some of the vectors that follow one another, one operation of each in turn.
  private mutating func writeVectors(_ pass: Int, _ vectors: [Int], _ reduced: [Int], _ partial: [[Int]]) -> Bool {
    var places = [[Int: Int]](repeating: [:], count: vectors.count)
    var lastUse: [Int: Int] = [:]
    for value in passes[pass] where !isTaken(value, pass) {
      for source in sources(value) { lastUse[source] = value }
    }
    // Needed to the end.
    for result in results { lastUse[result.value] = .max }
    for value in saved where stages[value] == pass { lastUse[value] = .max }
    for index in reduced {
      if case .reduced(_, let source) = input(index) { lastUse[source] = .max }
    }
    if pass == longestPass {
      for case .elements(let operand) in inputs { prefetch(operand, vectors) }
    }
    for value in passes[pass] {
      for (copy, vector) in vectors.enumerated() {
        guard writeValue(value, pass, vector, &places[copy], lastUse) else { return false }
      }
    }
    for (copy, vector) in vectors.enumerated() {
      for (index, accumulators) in zip(reduced, partial) {
        guard case .reduced(let isSum, let source) = input(index), let place = places[copy][source] else {
          return false
        }
        guard combine(accumulators[vector], place, isSum: isSum) else { return false }
      }
      for (place, value) in saved.enumerated() where stages[value] == pass {
        guard let register = places[copy][value] else { return false }
        scratch(VectorWriter.store, register, place, vector)
      }
      for result in results where !isRow[result.value] && stages[result.value] == pass {
        guard let register = places[copy][result.value] else { return false }
        elements(result.isStreamed ? VectorWriter.stream : VectorWriter.store, register, result.operand, vector)
      }
      for value in passes[pass] {
        if let register = places[copy][value] { writer.free(register, isMask: program.isMask(value)) }
      }
    }
    return true
  }

  /// The pass with most to compute, in which memory has time to come.
  private var longestPass: Int? { passes.indices.max { passes[$0].count < passes[$1].count } }

  /// Whether the pass takes the value from scratch memory.
  private func isTaken(_ value: Int, _ pass: Int) -> Bool { stages[value] < pass && saved.contains(value) }

  private mutating func writeValue(
    _ value: Int, _ pass: Int, _ vector: Int, _ places: inout [Int: Int], _ lastUse: [Int: Int]
  ) -> Bool {
    if isTaken(value, pass), let place = saved.firstIndex(of: value) {
      guard let register = writer.freeVectors.popLast() else { return false }
      scratch(VectorWriter.load, register, place, vector)
      places[value] = register
      return true
    }
    switch program.values[value] {
    case .tile:
      guard let register = writer.freeVectors.popLast() else { return false }
      switch input(value) {
      case .elements(let operand), .column(let operand):
        elements(VectorWriter.load, register, operand, vector)
      default: return false
      }
      places[value] = register
    case .apply(let operation, let sources):
      let operands = sources.compactMap { operand($0, places) }
      guard operands.count == sources.count else { return false }
      let dying = sources.distinct.filter { lastUse[$0] == value && places[$0] != nil }
      guard let target = writer.apply(operation, operands, isDying: sources.map(dying.contains)) else { return false }
      for source in dying {
        guard let place = places.removeValue(forKey: source) else { continue }
        let isMask = program.isMask(source)
        if isMask || place != target || program.isMask(value) { writer.free(place, isMask: isMask) }
      }
      places[value] = target
    case .number, .truths, .uniform, .listed: return program.isNumber(value)
    }
    return true
  }

  private mutating func scratch(_ instruction: VectorWriter.Instruction, _ register: Int, _ place: Int, _ vector: Int) {
    guard let pointer = pointers.last else { return }
    writer.encoder.memory(
      instruction, reg: register, base: pointer, index: .rdi, scale: 2, vectors: vector + place * chain.columns / 16)
  }

  /// The first is combined with the second, as `combine` of Reduce.swift does it.
  private mutating func combine(_ first: Int, _ second: Int, isSum: Bool) -> Bool {
    if isSum {
      writer.encoder.vector(VectorWriter.add, reg: first, first: first, rm: second)
    } else {
      // A NaN stays.
      guard let mask = writer.freeMasks.last else { return false }
      let ordered = VectorProgram.Comparison.ordered.rawValue
      writer.encoder.vector(VectorWriter.compare, reg: mask, first: first, .register(first), immediate: ordered)
      writer.encoder.vector(VectorWriter.greatest, reg: first, first: first, rm: second, mask: mask)
    }
    return true
  }

  /// To the first of the vectors: the result, in all elements.
  private mutating func fold(_ vectors: [Int], isSum: Bool) -> Bool {
    for (first, second) in [(0, 1), (2, 3), (0, 2)] {
      guard combine(vectors[first], vectors[second], isSum: isSum) else { return false }
    }
    // In halves: 16 to 8 to 4 to 2 to 1.
    let (all, other) = (vectors[0], vectors[1])
    for order: UInt8 in [0x4E, 0xB1] {
      writer.encoder.vector(Self.turnQuarters, reg: other, first: all, .register(all), immediate: order)
      guard combine(all, other, isSum: isSum) else { return false }
    }
    for order: UInt8 in [0x4E, 0xB1] {
      writer.encoder.vector(Self.turnInQuarters, reg: other, .register(all), immediate: order)
      guard combine(all, other, isSum: isSum) else { return false }
    }
    // Of zeros of both signs the first decides.
    writer.encoder.vector(VectorWriter.loadNumber, reg: all, rm: all)
    return true
  }

  private static let turnQuarters = VectorEncoder.Instruction(map: .x0F3A, prefix: .x66, opcode: 0x23)
  private static let turnInQuarters = VectorEncoder.Instruction(map: .x0F3A, prefix: .x66, opcode: 0x04)
  private static let storeFirst = VectorEncoder.Instruction(prefix: .xF3, opcode: 0x11)
}
