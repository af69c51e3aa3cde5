import KernelTypes

/// Turns a chain into the machine code of a function (the tile machine's registers, number of elements): one loop over
/// some vectors of sixteen elements at a time, whose operations take turns so that none waits for the one before. All
/// of their operands are read before a result is written, so results may take the place of operands. Where sums of listed
/// rows are among these, the loop goes row by row and walks the lists itself.
struct ChainCode {
  private let program: VectorProgram
  private var writer = VectorWriter()
  /// By copy and value: its vector or mask register.
  private var places: [[Int?]]
  private var lastUse: [Int]
  private var freePointers = VectorEncoder.General.forAddresses
  private var pointers: [UInt8: VectorEncoder.General] = [:]
  /// By value: the same for all elements, so computed before the loop.
  private var isFixed: [Bool]
  /// Where lists of rows are walked.
  private let rowLength: Int
  private var lists: [Int: ListPointers] = [:]

  /// What walks a list: the rows that are added up, such that the index of the loop and an entry's offset lead to the
  /// element; the head of the row's list; the entries; the one at hand, and its row.
  private struct ListPointers {
    var rows, heads, entries, entry, offset: VectorEncoder.General
    var all: [VectorEncoder.General] { [rows, heads, entries, entry, offset] }
  }

  /// Nil for a chain that needs more registers than there are.
  static func bytes(_ chain: Chain) -> [UInt8]? {
    let program = VectorProgram(chain)
    // A row of a list is read in few walks, and by whole vectors.
    let copies = chain.rowLength == 0 ? [2, 1] : [4, 2, 1].filter { chain.rowLength % (16 * $0) == 0 }
    for copies in copies {
      var code = ChainCode(program, copies: copies, rowLength: chain.rowLength)
      if code.write() { return code.writer.encoder.bytes }
    }
    return nil
  }

  private init(_ program: VectorProgram, copies: Int, rowLength: Int) {
    self.program = program
    self.rowLength = rowLength
    places = [[Int?]](repeating: [Int?](repeating: nil, count: program.values.count), count: copies)
    lastUse = [Int](repeating: -1, count: program.values.count)
    isFixed = [Bool](repeating: false, count: program.values.count)
    for (index, value) in program.values.enumerated() {
      switch value {
      case .tile, .truths, .listed: continue
      case .uniform, .number: isFixed[index] = true
      case .apply(_, let sources):
        for source in sources { lastUse[source] = index }
        isFixed[index] = sources.allSatisfy { isFixed[$0] } && !program.isMask(index)
      }
    }
    for result in program.results { lastUse[result.value] = program.values.count }
  }

  private mutating func write() -> Bool {
    for register in tileRegisters() {
      guard let pointer = freePointers.popLast() else { return false }
      pointers[register] = pointer
    }
    guard let rowEnd = takeListPointers() else { return false }
    let taken = Array(pointers.values) + lists.values.flatMap(\.all) + [rowEnd]
    let saved = taken.filter(\.isCallers).sorted { $0.rawValue < $1.rawValue }
    for register in saved { writer.encoder.push(register) }
    guard writeFixed() else { return false }
    for (register, pointer) in pointers.sorted(by: { $0.key < $1.key }) {
      writer.encoder.load(pointer, fromTableAt: 8 * Int32(register))
    }
    for (index, list) in lists {
      guard case .listed(let rows, let heads, let entries) = program.values[index] else { return false }
      writer.encoder.load(list.rows, fromTableAt: 8 * Int32(rows))
      writer.encoder.load(list.heads, fromTableAt: 8 * Int32(heads))
      writer.encoder.load(list.entries, fromTableAt: 8 * Int32(entries))
    }
    writer.encoder.clearIndex()
    if rowLength > 0 {
      let end = writer.encoder.jumpPastEnd()
      guard writeRows(rowEnd) else { return false }
      writer.encoder.land(end)
      writer.encoder.finish(popping: saved)
      return true
    }
    if places.count > 1 {
      // As long as more than one vector is left.
      writer.encoder.shortenCount()
      let skip = writer.encoder.jumpPastEnd()
      guard writeLoop(copies: places.count) else { return false }
      writer.encoder.land(skip)
      writer.encoder.restoreCount()
    }
    let end = writer.encoder.jumpPastEnd()
    guard writeLoop(copies: 1) else { return false }
    writer.encoder.land(end)
    writer.encoder.finish(popping: saved)
    return true
  }

  /// Registers for walking lists, and one for where a row ends: nil where there are not enough, rdi where there are no
  /// lists.
  private mutating func takeListPointers() -> VectorEncoder.General? {
    guard rowLength > 0 else { return .rdi }
    func take() -> VectorEncoder.General? { freePointers.popLast() }
    for (index, value) in program.values.enumerated() {
      guard case .listed = value else { continue }
      guard let rows = take(), let heads = take(), let entries = take(), let entry = take(), let offset = take() else {
        return nil
      }
      lists[index] = ListPointers(rows: rows, heads: heads, entries: entries, entry: entry, offset: offset)
    }
    return take()
  }

  /// Row after row, and in each some vectors at a time: all that waits for numbers from the lists is done while those
  /// before are divided.
  private mutating func writeRows(_ rowEnd: VectorEncoder.General) -> Bool {
    writer.encoder.align(to: 32)
    let row = writer.encoder.bytes.count
    writer.encoder.copy(rowEnd, .rdi)
    writer.encoder.add(rowEnd, Int32(rowLength))
    let start = writer.encoder.bytes.count
    guard writeVectors(copies: places.count) else { return false }
    writer.encoder.add(.rdi, Int32(16 * places.count))
    writer.encoder.loop(below: rowEnd, to: start)
    for list in lists.values {
      writer.encoder.add(list.rows, Int32(-4 * rowLength))
      writer.encoder.add(list.heads, 4)
    }
    writer.encoder.loop(below: .rsi, to: row)
    return true
  }

  /// The sums of what is listed for the row, for the next vectors of it.
  private mutating func writeSums(_ index: Int) -> Bool {
    guard let list = lists[index] else { return false }
    for copy in places.indices {
      guard let vector = writer.freeVectors.popLast() else { return false }
      places[copy][index] = vector
      writer.clear(vector)
    }
    writer.encoder.loadInteger(list.offset, base: list.heads, offset: UInt8(4 * RowEntry.rowsAhead))
    writer.encoder.prefetch(base: list.entries, index: list.offset)
    writer.encoder.loadInteger(list.entry, base: list.heads, offset: 0)
    let skip = writer.encoder.jumpIfNegative(list.entry)
    let start = writer.encoder.bytes.count
    writer.encoder.loadInteger(list.offset, base: list.entries, index: list.entry, offset: 4)
    writer.encoder.loadInteger(list.entry, base: list.entries, index: list.entry, offset: 0)
    writer.encoder.add(list.offset, .rdi)
    for copy in places.indices {
      guard let vector = places[copy][index] else { return false }
      writer.encoder.memory(
        VectorWriter.add, reg: vector, first: vector, base: list.rows, index: list.offset, scale: 2, vectors: copy)
    }
    writer.encoder.loopUnlessNegative(list.entry, to: start)
    writer.encoder.land(skip)
    return true
  }

  private mutating func writeLoop(copies: Int) -> Bool {
    writer.encoder.align(to: 32)
    let start = writer.encoder.bytes.count
    guard writeVectors(copies: copies) else { return false }
    writer.encoder.loop(step: UInt8(16 * copies), to: start)
    return true
  }

  private mutating func writeVectors(copies: Int) -> Bool {
    for index in program.values.indices where !isFixed[index] {
      for copy in 0..<copies {
        guard writeValue(index, copy) else { return false }
      }
    }
    for result in program.results {
      for copy in 0..<copies {
        guard store(result, copy) else { return false }
      }
      for copy in 0..<copies where isLastResult(result) { free(result.value, copy) }
    }
    return true
  }

  private func isLastResult(_ result: Chain.Result) -> Bool {
    program.results.last { $0.value == result.value }?.register == result.register
  }

  /// The registers of tiles that are walked, in the order of their numbers.
  private func tileRegisters() -> [UInt8] {
    var registers = Set(program.results.map(\.register))
    for value in program.values {
      switch value {
      case .tile(let register), .truths(let register): registers.insert(register)
      case .uniform, .listed, .number, .apply: continue
      }
    }
    return registers.sorted()
  }

  // MARK: Before the loop

  private static let truths: UInt32 = 0x0101_0101

  /// What is the same for all elements, in registers: numbers as far as there are registers left, those first that are
  /// used most. The others are read from memory by the instructions that use them.
  private mutating func writeFixed() -> Bool {
    var uses = [Int](repeating: 0, count: program.values.count)
    for case .apply(_, let sources) in program.values {
      for source in sources { uses[source] += 1 }
    }
    for result in program.results { uses[result.value] += 1000 }
    let numbers = program.values.indices.filter { program.isNumber($0) && uses[$0] > 0 }
    let others = program.values.indices.filter { isFixed[$0] && !program.isNumber($0) }
    let left = writer.freeVectors.count - places.count * mostVectors() - others.count
    let results = numbers.filter { uses[$0] >= 1000 }.count
    guard left >= results else { return false }
    // In the order of uses, and among equals of the program.
    let kept = numbers.sorted { (uses[$1], $0) < (uses[$0], $1) }.prefix(left)
    for index in kept.sorted() {
      guard case .number(let bits) = program.values[index], let vector = writer.freeVectors.popLast() else {
        return false
      }
      writer.encoder.number(VectorWriter.loadNumber, reg: vector, bits: bits)
      place(index, vector)
    }
    for index in others {
      if case .uniform(let register) = program.values[index] {
        guard let vector = writer.freeVectors.popLast() else { return false }
        writer.encoder.load(.rax, fromTableAt: 8 * Int32(register))
        writer.encoder.memory(VectorWriter.loadNumber, reg: vector, base: .rax, index: .none, scale: 0)
        place(index, vector)
      } else {
        guard writeValue(index, 0) else { return false }
        place(index, places[0][index])
      }
    }
    return true
  }

  private mutating func place(_ index: Int, _ register: Int?) {
    for copy in places.indices { places[copy][index] = register }
  }

  /// The most vector registers that one copy of the loop's operations needs at a time.
  private func mostVectors() -> Int {
    var live = 0, most = 0
    for (index, value) in program.values.enumerated() {
      if !isFixed[index] {
        // One more than the result: what some results are made of on the way.
        most = max(most, live + 1)
        if !program.isMask(index) { live += 1 }
      }
      guard case .apply(_, let sources) = value else { continue }
      for source in sources.distinct where lastUse[source] == index && !isFixed[source] && !program.isMask(source) {
        live -= 1
      }
    }
    return max(most, live + 1)
  }

  // MARK: In the loop

  private mutating func writeValue(_ index: Int, _ copy: Int) -> Bool {
    switch program.values[index] {
    case .number, .uniform: return true
    case .listed:
      // All copies at once.
      if copy == 0, !writeSums(index) { return false }
    case .tile(let register):
      guard let pointer = pointers[register], let vector = writer.freeVectors.popLast() else { return false }
      writer.encoder.memory(VectorWriter.load, reg: vector, base: pointer, index: .rdi, scale: 2, vectors: copy)
      places[copy][index] = vector
    case .truths(let register):
      guard let pointer = pointers[register], let vector = writer.freeVectors.popLast(),
        let mask = writer.freeMasks.popLast()
      else { return false }
      writer.encoder.memory(Self.loadBytes, reg: vector, base: pointer, index: .rdi, scale: 0, vectors: copy)
      writer.encoder.vector(Self.testBytes, reg: mask, first: vector, rm: vector)
      writer.freeVectors.append(vector)
      places[copy][index] = mask
    case .apply(let operation, let sources):
      let operands = sources.compactMap { operand($0, copy) }
      guard operands.count == sources.count else { return false }
      let dying = sources.distinct.filter { lastUse[$0] == index && !isFixed[$0] }
      guard let target = writer.apply(operation, operands, isDying: sources.map(dying.contains)) else { return false }
      places[copy][index] = target
      for source in dying where program.isMask(source) || places[copy][source] != target { free(source, copy) }
    }
    if lastUse[index] < 0 { free(index, copy) }
    return true
  }

  private mutating func free(_ value: Int, _ copy: Int) {
    guard let place = places[copy][value], !isFixed[value] else { return }
    writer.free(place, isMask: program.isMask(value))
  }

  /// A register, or a number in memory.
  private func operand(_ value: Int, _ copy: Int) -> VectorEncoder.Operand? {
    if let place = places[copy][value] { return .register(place) }
    if case .number(let bits) = program.values[value] { return .number(bits) }
    return nil
  }

  private mutating func store(_ result: Chain.Result, _ copy: Int) -> Bool {
    guard let place = places[copy][result.value], let pointer = pointers[result.register] else { return false }
    if program.isMask(result.value) {
      // Ones where the mask says so.
      guard let vector = writer.freeVectors.last else { return false }
      writer.encoder.number(VectorWriter.loadNumber, reg: vector, bits: Self.truths)
      writer.encoder.vector(Self.loadBytes, reg: vector, rm: vector, mask: place, zeroing: true)
      writer.encoder.memory(Self.storeBytes, reg: vector, base: pointer, index: .rdi, scale: 0, vectors: copy)
    } else {
      let instruction = result.isStreamed ? VectorWriter.stream : VectorWriter.store
      writer.encoder.memory(instruction, reg: place, base: pointer, index: .rdi, scale: 2, vectors: copy)
    }
    return true
  }

  private static let loadBytes = VectorEncoder.Instruction(prefix: .xF2, opcode: 0x6F, isLong: false)
  private static let storeBytes = VectorEncoder.Instruction(prefix: .xF2, opcode: 0x7F, isLong: false)
  private static let testBytes = VectorEncoder.Instruction(map: .x0F38, prefix: .x66, opcode: 0x26, isLong: false)
}
