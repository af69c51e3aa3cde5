/// Writes x86-64 machine code: 512-bit vector instructions of AVX-512, and what a loop around them needs.
struct VectorEncoder {
  private(set) var bytes: [UInt8] = []

  /// The mandatory prefix of an instruction, as EVEX holds it.
  enum Prefix: UInt8 { case none, x66, xF3, xF2 }
  /// The opcode map.
  enum Map: UInt8 { case x0F = 1, x0F38, x0F3A }

  struct Instruction {
    var map = Map.x0F
    var prefix = Prefix.none
    var opcode: UInt8
    /// 512 bits, not 128.
    var isLong = true
  }

  /// reg <- op(first, rm); vector registers 0 to 31, masks 0 to 7. `mask` not 0: only there, elsewhere `zeroing`.
  mutating func vector(
    _ instruction: Instruction, reg: Int, first: Int = 0, rm: Int, mask: Int = 0, zeroing: Bool = false
  ) {
    evex(instruction, reg: reg, first: first, x: rm >> 4, b: rm >> 3, mask: mask, zeroing: zeroing)
    bytes.append(UInt8(0xC0 | (reg & 7) << 3 | rm & 7))
  }

  /// reg <- op [base + index * 2^scale], or the other way round.
  mutating func memory(_ instruction: Instruction, reg: Int, base: General, index: General, scale: UInt8) {
    evex(instruction, reg: reg, first: 0, x: index.rawValue >> 3, b: base.rawValue >> 3, mask: 0, zeroing: false)
    bytes.append(UInt8(0x44 | (reg & 7) << 3))
    bytes.append(scale << 6 | UInt8((index.rawValue & 7) << 3 | base.rawValue & 7))
    bytes.append(0)
  }

  private mutating func evex(
    _ instruction: Instruction, reg: Int, first: Int, x: Int, b: Int, mask: Int, zeroing: Bool
  ) {
    // The bits of registers stand inverted.
    func not(_ bit: Int, _ place: Int) -> UInt8 { UInt8((~bit & 1) << place) }
    bytes.append(0x62)
    bytes.append(not(reg >> 3, 7) | not(x, 6) | not(b, 5) | not(reg >> 4, 4) | instruction.map.rawValue)
    bytes.append(UInt8((~first & 15) << 3) | 4 | instruction.prefix.rawValue)
    bytes.append((zeroing ? 0x80 : 0) | (instruction.isLong ? 0x40 : 0) | not(first >> 4, 3) | UInt8(mask))
    bytes.append(instruction.opcode)
  }

  mutating func immediate(_ value: UInt8) { bytes.append(value) }

  enum General: Int, CaseIterable {
    case rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15

    /// As an index: none.
    static let none = General.rsp

    /// The caller's: to be given back as it was.
    var isCallers: Bool {
      switch self {
      case .rbx, .rbp, .rsp, .r12, .r13, .r14, .r15: true
      default: false
      }
    }
  }

  mutating func push(_ register: General) { pushOrPop(0x50, register) }
  mutating func pop(_ register: General) { pushOrPop(0x58, register) }
  private mutating func pushOrPop(_ opcode: UInt8, _ register: General) {
    if register.rawValue >= 8 { bytes.append(0x41) }
    bytes.append(opcode | UInt8(register.rawValue & 7))
  }

  /// register <- [rdi + offset]
  mutating func load(_ register: General, fromTableAt offset: Int32) {
    bytes += [register.rawValue >= 8 ? 0x4C : 0x48, 0x8B, UInt8(0x87 | (register.rawValue & 7) << 3)]
    word(UInt32(bitPattern: offset))
  }

  /// eax <- value
  mutating func setAccumulator(_ value: UInt32) {
    bytes.append(0xB8)
    word(value)
  }

  /// rdi <- 0
  mutating func clearIndex() { bytes += [0x31, 0xFF] }

  /// rdi <- rdi + step; back to `start` while it is below rsi
  mutating func loop(step: UInt8, to start: Int) {
    bytes += [0x48, 0x83, 0xC7, step, 0x48, 0x39, 0xF7, 0x0F, 0x82]
    word(UInt32(bitPattern: Int32(truncatingIfNeeded: start - bytes.count - 4)))
  }

  /// Fills up with instructions that do nothing.
  mutating func align(to length: Int) {
    while bytes.count % length != 0 { bytes.append(0x90) }
  }

  /// Leaves the vector registers as other code expects them, and returns.
  mutating func finish(popping registers: [General]) {
    bytes += [0xC5, 0xF8, 0x77]
    for register in registers.reversed() { pop(register) }
    bytes.append(0xC3)
  }

  private mutating func word(_ value: UInt32) {
    for byte in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt32(byte)))) }
  }
}
