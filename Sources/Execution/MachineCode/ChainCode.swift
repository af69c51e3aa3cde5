import KernelTypes

/// Turns a chain into the machine code of a function (the tile machine's registers, number of elements): one loop over
/// sixteen elements at a time. All of a vector's operands are read before a result is written, so results may take the
/// place of operands.
struct ChainCode {
  private let chain: Chain
  private var encoder = VectorEncoder()
  /// By value: its vector or mask register.
  private var places: [Int?]
  private var lastUse: [Int]
  private var freeVectors = Array((0..<32).reversed())
  private var freeMasks = Array((1..<8).reversed())
  private var freePointers: [VectorEncoder.General] = [
    .r15, .r14, .r13, .r12, .rbp, .rbx, .r11, .r10, .r9, .r8, .rdx, .rcx, .rax,
  ]
  private var pointers: [UInt8: VectorEncoder.General] = [:]
  /// Registers that hold one number throughout, by its bits.
  private var numbers: [UInt32: Int] = [:]
  /// By value: the same for all elements, so computed before the loop.
  private var isFixed: [Bool]

  /// Nil for a chain that needs more registers than there are.
  static func bytes(_ chain: Chain) -> [UInt8]? {
    var code = ChainCode(chain)
    return code.write() ? code.encoder.bytes : nil
  }

  private init(_ chain: Chain) {
    self.chain = chain
    places = [Int?](repeating: nil, count: chain.values.count)
    lastUse = [Int](repeating: -1, count: chain.values.count)
    isFixed = [Bool](repeating: false, count: chain.values.count)
    for (index, value) in chain.values.enumerated() {
      switch value {
      case .tile, .truths: continue
      case .uniform, .constant: isFixed[index] = true
      case .apply(_, let sources):
        for source in sources { lastUse[source] = index }
        isFixed[index] = sources.allSatisfy { isFixed[$0] } && !chain.isTruths(index)
      }
    }
    for result in chain.results { lastUse[result.value] = chain.values.count }
  }

  private mutating func write() -> Bool {
    for register in tileRegisters() {
      guard let pointer = freePointers.popLast() else { return false }
      pointers[register] = pointer
    }
    let saved = pointers.values.filter(\.isCallers).sorted { $0.rawValue < $1.rawValue }
    for register in saved { encoder.push(register) }
    guard writeNumbers() else { return false }
    for index in chain.values.indices where isFixed[index] {
      guard writeValue(index) else { return false }
    }
    for (register, pointer) in pointers.sorted(by: { $0.key < $1.key }) {
      encoder.load(pointer, fromTableAt: 8 * Int32(register))
    }
    encoder.clearIndex()
    encoder.align(to: 32)
    let start = encoder.bytes.count
    for index in chain.values.indices where !isFixed[index] {
      guard writeValue(index) else { return false }
    }
    for result in chain.results {
      guard store(result) else { return false }
    }
    encoder.loop(step: 16, to: start)
    encoder.finish(popping: saved)
    return true
  }

  /// The registers of tiles that are walked, in the order of their numbers.
  private func tileRegisters() -> [UInt8] {
    var registers = Set(chain.results.map(\.register))
    for value in chain.values {
      switch value {
      case .tile(let register), .truths(let register): registers.insert(register)
      case .uniform, .constant, .apply: continue
      }
    }
    return registers.sorted()
  }

  // MARK: Before the loop

  private static let one: UInt32 = 0x3F80_0000
  private static let signBit: UInt32 = 0x8000_0000
  private static let truths: UInt32 = 0x0101_0101

  private mutating func writeNumbers() -> Bool {
    for (index, value) in chain.values.enumerated() {
      switch value {
      case .constant(let bits):
        guard number(bits) else { return false }
        places[index] = numbers[bits]
      case .uniform(let register):
        guard let vector = freeVectors.popLast() else { return false }
        encoder.load(.rax, fromTableAt: 8 * Int32(register))
        encoder.memory(Self.loadNumber, reg: vector, base: .rax, index: .none, scale: 0)
        places[index] = vector
      case .apply(let opcode, _):
        let needed: UInt32? =
          switch opcode {
          case .negate: Self.signBit
          case .absolute: ~Self.signBit
          case .reciprocal, .convert: Self.one
          case .isFinite: Float.infinity.bitPattern
          default: nil
          }
        if let needed, !number(needed) { return false }
        if opcode == .isFinite, !number(~Self.signBit) { return false }
      case .tile, .truths: continue
      }
    }
    return !chain.results.contains { chain.isTruths($0.value) } || number(Self.truths)
  }

  private mutating func number(_ bits: UInt32) -> Bool {
    if numbers[bits] != nil { return true }
    guard let vector = freeVectors.popLast() else { return false }
    encoder.setAccumulator(bits)
    encoder.vector(Self.spread, reg: vector, rm: 0)
    numbers[bits] = vector
    return true
  }

  // MARK: In the loop

  private mutating func writeValue(_ index: Int) -> Bool {
    switch chain.values[index] {
    case .constant, .uniform: return true
    case .tile(let register):
      guard let pointer = pointers[register], let vector = freeVectors.popLast() else { return false }
      encoder.memory(Self.load, reg: vector, base: pointer, index: .rdi, scale: 2)
      places[index] = vector
    case .truths(let register):
      guard let pointer = pointers[register], let vector = freeVectors.popLast(), let mask = freeMasks.popLast() else {
        return false
      }
      encoder.memory(Self.loadBytes, reg: vector, base: pointer, index: .rdi, scale: 0)
      encoder.vector(Self.testBytes, reg: mask, first: vector, rm: vector)
      freeVectors.append(vector)
      places[index] = mask
    case .apply(let opcode, let sources):
      let registers = sources.compactMap { places[$0] }
      guard registers.count == sources.count else { return false }
      // The result gets a register of its own while its operands still have theirs: some instructions write it twice.
      guard let target = chain.isTruths(index) ? freeMasks.popLast() : freeVectors.popLast() else { return false }
      guard writeOperation(opcode, target, registers) else { return false }
      places[index] = target
      for source in Set(sources) where lastUse[source] == index { free(source) }
    }
    if lastUse[index] < 0 { free(index) }
    return true
  }

  private mutating func free(_ value: Int) {
    guard let place = places[value], !isFixed[value] else { return }
    if chain.isTruths(value) { freeMasks.append(place) } else { freeVectors.append(place) }
  }

  private mutating func writeOperation(_ opcode: TileOpcode, _ target: Int, _ sources: [Int]) -> Bool {
    guard let a = sources.first else { return false }
    let b = sources.count > 1 ? sources[1] : a
    switch opcode {
    case .add: encoder.vector(.init(opcode: 0x58), reg: target, first: a, rm: b)
    case .multiply: encoder.vector(.init(opcode: 0x59), reg: target, first: a, rm: b)
    case .subtract: encoder.vector(.init(opcode: 0x5C), reg: target, first: a, rm: b)
    case .divide: encoder.vector(Self.divide, reg: target, first: a, rm: b)
    case .sqrt: encoder.vector(.init(opcode: 0x51), reg: target, rm: a)
    case .reciprocal:
      guard let one = numbers[Self.one] else { return false }
      encoder.vector(Self.divide, reg: target, first: one, rm: a)
    case .negate, .absolute:
      guard let bits = numbers[opcode == .negate ? Self.signBit : ~Self.signBit] else { return false }
      encoder.vector(opcode == .negate ? Self.exclusiveOr : Self.and, reg: target, first: a, rm: bits)
    case .minimum, .maximum:
      // The second operand where one is NaN; a NaN in the first is the result.
      guard let mask = freeMasks.last else { return false }
      encoder.vector(.init(opcode: opcode == .minimum ? 0x5D : 0x5F), reg: target, first: a, rm: b)
      compare(.isNaN, mask, a, a)
      encoder.vector(Self.move, reg: target, rm: a, mask: mask)
    case .floor: rounded(target, a, mode: 0x09)
    case .ceil: rounded(target, a, mode: 0x0A)
    case .truncate: rounded(target, a, mode: 0x0B)
    case .round: rounded(target, a, mode: 0x08)
    case .select:
      guard sources.count == 3 else { return false }
      encoder.vector(Self.blend, reg: target, first: sources[2], rm: b, mask: a)
    case .convert:
      guard let one = numbers[Self.one] else { return false }
      encoder.vector(Self.move, reg: target, rm: one, mask: a, zeroing: true)
    case .isFinite:
      guard let infinity = numbers[Float.infinity.bitPattern], let bits = numbers[~Self.signBit],
        let vector = freeVectors.last
      else { return false }
      encoder.vector(Self.and, reg: vector, first: a, rm: bits)
      compare(.less, target, vector, infinity)
    case .isNaN: compare(.isNaN, target, a, a)
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: compare(opcode, target, a, b)
    default: return false
    }
    return true
  }

  private mutating func rounded(_ target: Int, _ a: Int, mode: UInt8) {
    encoder.vector(.init(map: .x0F3A, prefix: .x66, opcode: 0x08), reg: target, rm: a)
    encoder.immediate(mode)
  }

  private mutating func compare(_ opcode: TileOpcode, _ mask: Int, _ a: Int, _ b: Int) {
    let predicate: UInt8 =
      switch opcode {
      case .equal: 0x00
      case .notEqual: 0x04
      case .less: 0x01
      case .lessOrEqual: 0x02
      case .greater: 0x0E
      case .greaterOrEqual: 0x0D
      default: 0x03
      }
    encoder.vector(.init(opcode: 0xC2), reg: mask, first: a, rm: b)
    encoder.immediate(predicate)
  }

  private mutating func store(_ result: Chain.Result) -> Bool {
    guard let place = places[result.value], let pointer = pointers[result.register] else { return false }
    if chain.isTruths(result.value) {
      // Ones where the mask says so.
      guard let ones = numbers[Self.truths], let vector = freeVectors.last else { return false }
      encoder.vector(Self.loadBytes, reg: vector, rm: ones, mask: place, zeroing: true)
      encoder.memory(Self.storeBytes, reg: vector, base: pointer, index: .rdi, scale: 0)
    } else {
      encoder.memory(Self.store, reg: place, base: pointer, index: .rdi, scale: 2)
    }
    return true
  }

  private static let load = VectorEncoder.Instruction(opcode: 0x10)
  private static let store = VectorEncoder.Instruction(opcode: 0x11)
  private static let loadNumber = VectorEncoder.Instruction(map: .x0F38, prefix: .x66, opcode: 0x18)
  private static let move = VectorEncoder.Instruction(opcode: 0x28)
  private static let divide = VectorEncoder.Instruction(opcode: 0x5E)
  private static let and = VectorEncoder.Instruction(prefix: .x66, opcode: 0xDB)
  private static let exclusiveOr = VectorEncoder.Instruction(prefix: .x66, opcode: 0xEF)
  private static let blend = VectorEncoder.Instruction(map: .x0F38, prefix: .x66, opcode: 0x65)
  private static let spread = VectorEncoder.Instruction(map: .x0F38, prefix: .x66, opcode: 0x7C)
  private static let loadBytes = VectorEncoder.Instruction(prefix: .xF2, opcode: 0x6F, isLong: false)
  private static let storeBytes = VectorEncoder.Instruction(prefix: .xF2, opcode: 0x7F, isLong: false)
  private static let testBytes = VectorEncoder.Instruction(map: .x0F38, prefix: .x66, opcode: 0x26, isLong: false)
}
