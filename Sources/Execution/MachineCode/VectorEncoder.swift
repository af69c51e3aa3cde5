/// Writes x86-64 machine code: 512-bit vector instructions of AVX-512, and what a loop around them needs.
struct VectorEncoder {
  private(set) var bytes: [UInt8] = []
  /// Where instructions want the distance to a number that stands behind the code, and from where they count it.
  private var wanted: [(place: Int, end: Int, bits: UInt32)] = []

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

  /// The last operand of an instruction.
  enum Operand {
    case register(Int)
    /// In all elements the same, read from memory: by its bits.
    case number(UInt32)

    var register: Int? {
      if case .register(let register) = self { register } else { nil }
    }
  }

  /// reg <- op(first, last, immediate)
  mutating func vector(
    _ instruction: Instruction, reg: Int, first: Int = 0, _ last: Operand, mask: Int = 0, immediate: UInt8? = nil
  ) {
    switch last {
    case .register(let register): vector(instruction, reg: reg, first: first, rm: register, mask: mask)
    case .number(let bits):
      evex(instruction, reg: reg, first: first, x: 0, b: 0, mask: mask, zeroing: false, repeats: true)
      behindCode(reg, bits, immediateBytes: immediate == nil ? 0 : 1)
    }
    if let immediate { bytes.append(immediate) }
  }

  /// reg <- op(the number), for an instruction that itself repeats what it reads.
  mutating func number(_ instruction: Instruction, reg: Int, bits: UInt32) {
    evex(instruction, reg: reg, first: 0, x: 0, b: 0, mask: 0, zeroing: false)
    behindCode(reg, bits, immediateBytes: 0)
  }

  private mutating func behindCode(_ reg: Int, _ bits: UInt32, immediateBytes: Int) {
    bytes.append(UInt8(0x05 | (reg & 7) << 3))
    wanted.append((bytes.count, bytes.count + 4 + immediateBytes, bits))
    word(0)
  }

  /// reg <- op(first, [base + index * 2^scale + what the instruction reads, so many times]), or the other way round.
  mutating func memory(
    _ instruction: Instruction, reg: Int, first: Int = 0, base: General, index: General, scale: UInt8, vectors: Int = 0
  ) {
    evex(instruction, reg: reg, first: first, x: index.rawValue >> 3, b: base.rawValue >> 3, mask: 0, zeroing: false)
    bytes.append(UInt8((vectors < 128 ? 0x44 : 0x84) | (reg & 7) << 3))
    bytes.append(scale << 6 | UInt8((index.rawValue & 7) << 3 | base.rawValue & 7))
    if vectors < 128 {
      bytes.append(UInt8(vectors))
    } else {
      word(UInt32(vectors * (instruction.isLong ? 64 : 16)))
    }
  }

  private mutating func evex(
    _ instruction: Instruction, reg: Int, first: Int, x: Int, b: Int, mask: Int, zeroing: Bool, repeats: Bool = false
  ) {
    // The bits of registers stand inverted.
    func not(_ bit: Int, _ place: Int) -> UInt8 { UInt8((~bit & 1) << place) }
    bytes.append(0x62)
    bytes.append(not(reg >> 3, 7) | not(x, 6) | not(b, 5) | not(reg >> 4, 4) | instruction.map.rawValue)
    bytes.append(UInt8((~first & 15) << 3) | 4 | instruction.prefix.rawValue)
    let flags: UInt8 = (zeroing ? 0x80 : 0) | (instruction.isLong ? 0x40 : 0) | (repeats ? 0x10 : 0)
    bytes.append(flags | not(first >> 4, 3) | UInt8(mask))
    bytes.append(instruction.opcode)
  }

  enum General: Int, CaseIterable {
    case rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15

    /// For addresses, the last first: those of the caller last. rdi and rsi count.
    static let forAddresses: [General] = [.r15, .r14, .r13, .r12, .rbp, .rbx, .r11, .r10, .r9, .r8, .rdx, .rcx, .rax]

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

  /// register <- the whole number of 32 bits at [base + index * 8 + offset]
  mutating func loadInteger(_ register: General, base: General, index: General = .none, offset: UInt8) {
    let high = (register.rawValue >> 3) << 2 | (index.rawValue >> 3) << 1 | base.rawValue >> 3
    bytes += [0x48 | UInt8(high), 0x63, 0x44 | UInt8((register.rawValue & 7) << 3)]
    bytes += [0xC0 | UInt8((index.rawValue & 7) << 3 | base.rawValue & 7), offset]
  }

  /// target <- source; target <- target + source
  mutating func copy(_ target: General, _ source: General) { twoRegisters(0x89, target, source) }
  mutating func add(_ target: General, _ source: General) { twoRegisters(0x01, target, source) }

  private mutating func twoRegisters(_ opcode: UInt8, _ target: General, _ source: General) {
    let high = (source.rawValue >> 3) << 2 | target.rawValue >> 3
    bytes += [0x48 | UInt8(high), opcode, 0xC0 | UInt8((source.rawValue & 7) << 3 | target.rawValue & 7)]
  }

  /// rdi <- 0
  mutating func clearIndex() { bytes += [0x31, 0xFF] }

  /// rsi <- rsi - 16, and back
  mutating func shortenCount() { bytes += [0x48, 0x83, 0xEE, 16] }
  mutating func restoreCount() { bytes += [0x48, 0x83, 0xC6, 16] }

  /// rdi <- rdi + step; back to `start` while it is less than rsi
  mutating func loop(step: UInt8, to start: Int) {
    bytes += [0x48, 0x83, 0xC7, step, 0x48, 0x39, 0xF7]
    jumpBack(0x8C, to: start)
  }

  /// Goes to where `land` says unless rdi is less than rsi.
  mutating func jumpPastEnd() -> Int {
    bytes += [0x48, 0x39, 0xF7, 0x0F, 0x8D]
    word(0)
    return bytes.count
  }

  /// Goes to where `land` says if the register is negative.
  mutating func jumpIfNegative(_ register: General) -> Int {
    twoRegisters(0x85, register, register)
    bytes += [0x0F, 0x88]
    word(0)
    return bytes.count
  }

  /// Back to `start` unless the register is negative.
  mutating func loopUnlessNegative(_ register: General, to start: Int) {
    twoRegisters(0x85, register, register)
    jumpBack(0x89, to: start)
  }

  mutating func land(_ jump: Int) { patch(jump - 4, Int32(truncatingIfNeeded: bytes.count - jump)) }

  /// register <- register + value
  mutating func add(_ register: General, _ value: Int32) {
    bytes += [register.rawValue >= 8 ? 0x49 : 0x48, 0x81, UInt8(0xC0 | register.rawValue & 7)]
    word(UInt32(bitPattern: value))
  }

  /// rdi <- rdi + step; back to `start` while it is less than `limit`
  mutating func loop(step: Int32, limit: Int32, to start: Int) {
    add(.rdi, step)
    bytes += [0x48, 0x81, 0xFF]
    word(UInt32(bitPattern: limit))
    jumpBack(0x8C, to: start)
  }

  /// Back to `start` while rdi is less than the register.
  mutating func loop(below limit: General, to start: Int) {
    twoRegisters(0x39, .rdi, limit)
    jumpBack(0x8C, to: start)
  }

  /// rsi <- rsi - 1; back to `start` unless it is zero
  mutating func countDown(to start: Int) {
    bytes += [0x48, 0x83, 0xEE, 1]
    jumpBack(0x85, to: start)
  }

  private mutating func jumpBack(_ condition: UInt8, to start: Int) {
    bytes += [0x0F, condition]
    word(UInt32(bitPattern: Int32(truncatingIfNeeded: start - bytes.count - 4)))
  }

  /// What was written past the caches comes before what is written from here on.
  mutating func fence() { bytes += [0x0F, 0xAE, 0xF8] }

  /// Has the line at [base + rdi * 4 + offset] fetched into the first cache, or only into the second.
  mutating func prefetch(base: General, offset: Int32, intoSecond: Bool) {
    if base.rawValue >= 8 { bytes.append(0x41) }
    bytes += [0x0F, 0x18, intoSecond ? 0x94 : 0x8C, 0x80 | 7 << 3 | UInt8(base.rawValue & 7)]
    word(UInt32(bitPattern: offset))
  }

  /// Has the line at [base + index * 8] fetched into the first cache.
  mutating func prefetch(base: General, index: General) {
    bytes += [0x40 | UInt8((index.rawValue >> 3) << 1 | base.rawValue >> 3), 0x0F, 0x18, 0x4C]
    bytes += [0xC0 | UInt8((index.rawValue & 7) << 3 | base.rawValue & 7), 0]
  }

  /// Fills up with instructions that do nothing.
  mutating func align(to length: Int) {
    while bytes.count % length != 0 { bytes.append(0x90) }
  }

  /// Leaves the vector registers as other code expects them, and returns. The numbers follow.
  mutating func finish(popping registers: [General]) {
    bytes += [0xC5, 0xF8, 0x77]
    for register in registers.reversed() { pop(register) }
    bytes.append(0xC3)
    align(to: 64)
    var places: [UInt32: Int] = [:]
    for (place, end, bits) in wanted {
      let number = places[bits] ?? bytes.count
      if number == bytes.count {
        places[bits] = number
        word(bits)
      }
      patch(place, Int32(truncatingIfNeeded: number - end))
    }
  }

  private mutating func patch(_ place: Int, _ value: Int32) {
    for byte in 0..<4 { bytes[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * Int32(byte))) }
  }

  private mutating func word(_ value: UInt32) {
    for byte in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt32(byte)))) }
  }
}
