/// Writes the operations of a `VectorProgram`, and keeps count of the registers that are free.
struct VectorWriter {
  var encoder = VectorEncoder()
  var freeVectors = Array((0..<32).reversed())
  var freeMasks = Array((1..<8).reversed())

  /// The register of the result. `isDying`: by operand, whether nothing needs its register afterwards; the result may
  /// then have it, and the others are still to be freed.
  mutating func apply(
    _ operation: VectorProgram.Operation, _ operands: [VectorEncoder.Operand], isDying: [Bool]
  ) -> Int? {
    switch operation {
    case .multiplyAdd: return multiplyAdd(operands, isDying: isDying)
    case .compare:
      guard let mask = freeMasks.popLast(), write(operation, mask, operands) else { return nil }
      return mask
    default:
      guard let vector = freeVectors.popLast(), write(operation, vector, operands) else { return nil }
      return vector
    }
  }

  mutating func free(_ register: Int, isMask: Bool) {
    if isMask { freeMasks.append(register) } else { freeVectors.append(register) }
  }

  /// register <- 0
  mutating func clear(_ register: Int) {
    encoder.vector(Self.exclusiveOr, reg: register, first: register, rm: register)
  }

  mutating func move(_ operand: VectorEncoder.Operand, to target: Int) {
    switch operand {
    case .register(let register): encoder.vector(Self.move, reg: target, rm: register)
    case .number(let bits): encoder.number(Self.loadNumber, reg: target, bits: bits)
    }
  }

  /// The register of a * b + c. The instruction replaces one of its operands: one that is needed no longer, or a copy.
  private mutating func multiplyAdd(_ operands: [VectorEncoder.Operand], isDying: [Bool]) -> Int? {
    var operands = operands
    let inMemory = operands.indices.filter { operands[$0].register == nil }
    let replaced: Int, target: Int
    if inMemory.count < 2, let dying = isDying.lastIndex(of: true), let register = operands[dying].register {
      (replaced, target) = (dying, register)
    } else {
      guard inMemory.count < 3, let register = freeVectors.popLast() else { return nil }
      replaced = inMemory.last ?? 2
      move(operands[replaced], to: register)
      target = register
    }
    if replaced == 1 { operands.swapAt(0, 1) }
    if replaced == 2 {
      if operands[0].register == nil { operands.swapAt(0, 1) }
      guard let first = operands[0].register else { return nil }
      encoder.vector(Self.addProduct, reg: target, first: first, operands[1])
    } else if let first = operands[1].register {
      encoder.vector(Self.multiplyThenAdd, reg: target, first: first, operands[2])
    } else if let first = operands[2].register {
      encoder.vector(Self.multiplyByLast, reg: target, first: first, operands[1])
    } else {
      return nil
    }
    return target
  }

  private mutating func write(
    _ operation: VectorProgram.Operation, _ target: Int, _ operands: [VectorEncoder.Operand]
  ) -> Bool {
    switch operation {
    case .add: twoOperands(Self.add, target, operands, canTurn: true)
    case .multiply: twoOperands(Self.multiply, target, operands, canTurn: true)
    case .and: twoOperands(Self.and, target, operands, canTurn: true)
    case .exclusiveOr: twoOperands(Self.exclusiveOr, target, operands, canTurn: true)
    case .addIntegers: twoOperands(Self.addIntegers, target, operands, canTurn: true)
    case .subtractIntegers: twoOperands(Self.subtractIntegers, target, operands)
    case .subtract: twoOperands(Self.subtract, target, operands)
    case .divide: twoOperands(Self.divide, target, operands)
    case .least: twoOperands(Self.least, target, operands)
    case .greatest: twoOperands(Self.greatest, target, operands)
    case .scale: twoOperands(Self.scale, target, operands)
    case .squareRoot: encoder.vector(Self.squareRoot, reg: target, operands[0])
    case .fromIntegers: encoder.vector(Self.fromIntegers, reg: target, operands[0])
    case .shiftLeft(let bits): encoder.vector(Self.shift, reg: 6, first: target, operands[0], immediate: bits)
    case .shiftRight(let bits): encoder.vector(Self.shift, reg: 4, first: target, operands[0], immediate: bits)
    case .round(let way): encoder.vector(Self.round, reg: target, operands[0], immediate: way)
    case .copySign:
      move(operands[0], to: target)
      guard let sign = operands[1].register else { return false }
      // The third where the third has a one, elsewhere the first.
      encoder.vector(Self.ternary, reg: target, first: sign, .number(0x8000_0000), immediate: 0xD8)
    case .compare(let comparison):
      var (comparison, a, b) = (comparison, operands[0], operands[1])
      if a.register == nil { (comparison, a, b) = (comparison.turned, b, a) }
      guard let first = a.register else { return false }
      encoder.vector(Self.compare, reg: target, first: first, b, immediate: comparison.rawValue)
    case .select:
      guard let mask = operands[0].register else { return false }
      if let otherwise = operands[2].register {
        encoder.vector(Self.blend, reg: target, first: otherwise, operands[1], mask: mask)
      } else {
        move(operands[2], to: target)
        encoder.vector(Self.blend, reg: target, first: target, operands[1], mask: mask)
      }
    case .keep:
      guard let mask = operands[0].register else { return false }
      move(operands[1], to: target)
      encoder.vector(Self.move, reg: target, rm: target, mask: mask, zeroing: true)
    case .multiplyAdd: return false
    }
    return true
  }

  private mutating func twoOperands(
    _ instruction: VectorEncoder.Instruction, _ target: Int, _ operands: [VectorEncoder.Operand], canTurn: Bool = false
  ) {
    var (a, b) = (operands[0], operands[1])
    if canTurn, a.register == nil { swap(&a, &b) }
    if a.register == nil { move(a, to: target) }
    encoder.vector(instruction, reg: target, first: a.register ?? target, b)
  }

  typealias Instruction = VectorEncoder.Instruction
  static let load = Instruction(opcode: 0x10)
  static let store = Instruction(opcode: 0x11)
  static let stream = Instruction(opcode: 0x2B)
  static let move = Instruction(opcode: 0x28)
  static let loadNumber = Instruction(map: .x0F38, prefix: .x66, opcode: 0x18)
  static let add = Instruction(opcode: 0x58)
  private static let multiply = Instruction(opcode: 0x59)
  private static let subtract = Instruction(opcode: 0x5C)
  private static let least = Instruction(opcode: 0x5D)
  private static let divide = Instruction(opcode: 0x5E)
  static let greatest = Instruction(opcode: 0x5F)
  private static let squareRoot = Instruction(opcode: 0x51)
  private static let fromIntegers = Instruction(opcode: 0x5B)
  static let compare = Instruction(opcode: 0xC2)
  private static let shift = Instruction(prefix: .x66, opcode: 0x72)
  private static let and = Instruction(prefix: .x66, opcode: 0xDB)
  private static let exclusiveOr = Instruction(prefix: .x66, opcode: 0xEF)
  private static let subtractIntegers = Instruction(prefix: .x66, opcode: 0xFA)
  private static let addIntegers = Instruction(prefix: .x66, opcode: 0xFE)
  private static let scale = Instruction(map: .x0F38, prefix: .x66, opcode: 0x2C)
  private static let blend = Instruction(map: .x0F38, prefix: .x66, opcode: 0x65)
  private static let round = Instruction(map: .x0F3A, prefix: .x66, opcode: 0x08)
  private static let ternary = Instruction(map: .x0F3A, prefix: .x66, opcode: 0x25)
  /// reg * rm + first, first * reg + rm, first * rm + reg.
  private static let multiplyByLast = Instruction(map: .x0F38, prefix: .x66, opcode: 0x98)
  private static let multiplyThenAdd = Instruction(map: .x0F38, prefix: .x66, opcode: 0xA8)
  private static let addProduct = Instruction(map: .x0F38, prefix: .x66, opcode: 0xB8)
}
