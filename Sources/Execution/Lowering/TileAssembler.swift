import KernelTypes
import TensorTypes

/// Writes one tile program over virtual registers, then gives each a machine register until its last use.
struct TileAssembler {
  /// A virtual register: the index of the instruction that writes it.
  typealias Register = Int

  struct Virtual {
    var opcode: TileOpcode
    var type: DType
    var sources: [Register] = []
    /// Operand or constant index for load, store and constant; source type for convert.
    var immediate: UInt8 = 0
    /// The operands of heads and entries for sumRows; that of ids and the constant for sumTaken; the constants for
    /// sumColumns; the operand of places for rowPick and rowPlace.
    var lists: (UInt8, UInt8) = (0, 0)
    /// The same in every tile.
    var isUniform = false
    /// Of a load: one number for each row, and rows too long to share a tile.
    var isOfRows = false
    /// Of a store past the caches, and the result for it.
    var isStreamed = false
    /// Done by the instruction that uses its result.
    var isPaired = false
    /// Of sumRows: the elements of a row, where machine code can add up the rows itself; otherwise 0.
    var rowLength = 0
    /// Of `code`.
    var chain: ChainDraft?
  }

  private(set) var code: [Virtual] = []
  private(set) var constants: [UInt64] = []
  private var constantRegisters: [UInt64: [(type: DType, register: Register)]] = [:]
  private(set) var operandCount = 0

  private struct Applied: Hashable {
    var operation: TileOperation
    var sources: [Register]
  }
  private var applied: [Applied: Register] = [:]

  /// The operand index of a new input or output. `isUniform`: one number for all elements; `isOfRows`: for each row.
  mutating func load(_ type: DType, isUniform: Bool = false, isOfRows: Bool = false) -> (register: Register, operand: Int)
  {
    let operand = operandCount
    operandCount += 1
    code.append(
      Virtual(
        opcode: .load, type: type, immediate: UInt8(truncatingIfNeeded: operand), isUniform: isUniform,
        isOfRows: isOfRows))
    return (code.count - 1, operand)
  }

  /// Sums of listed rows: the operands for rows, heads and entries. `rowLength`: elements of a row where tiles hold whole
  /// rows, unless those are too long; otherwise 0.
  mutating func sumRows(_ type: DType, rowLength: Int) -> (register: Register, operand: Int) {
    let operand = operandCount
    operandCount += 3
    let first = UInt8(truncatingIfNeeded: operand)
    // Any tile holds a row of so many elements.
    let isWalked = type == .f32 && rowLength % 16 == 0 && rowLength <= TileMachine.tileLength
    code.append(
      Virtual(
        opcode: .sumRows, type: type, immediate: first, lists: (first &+ 1, first &+ 2),
        rowLength: isWalked ? rowLength : 0))
    return (code.count - 1, operand)
  }

  /// Sums of `length` rows each: the operands for rows and ids.
  mutating func sumTaken(_ type: DType, length: Int) -> (register: Register, operand: Int) {
    let operand = operandCount
    operandCount += 2
    let first = UInt8(truncatingIfNeeded: operand)
    let constant = UInt8(truncatingIfNeeded: constants.count)
    constants.append(UInt64(length))
    code.append(Virtual(opcode: .sumTaken, type: type, immediate: first, lists: (first &+ 1, constant)))
    return (code.count - 1, operand)
  }

  /// The sums over the rows of a matrix: the operand for it.
  mutating func sumColumns(rows: Int, columns: Int) -> (register: Register, operand: Int) {
    let operand = operandCount
    operandCount += 1
    let constant = UInt8(truncatingIfNeeded: constants.count)
    constants += [UInt64(rows), UInt64(columns)]
    code.append(
      Virtual(
        opcode: .sumColumns, type: .f32, immediate: UInt8(truncatingIfNeeded: operand),
        lists: (constant, constant &+ 1)))
    return (code.count - 1, operand)
  }

  /// The sums or maxima of rows, for each element.
  mutating func reduceRows(_ opcode: TileOpcode, _ source: Register) -> Register {
    code.append(Virtual(opcode: opcode, type: .f32, sources: [source]))
    return code.count - 1
  }

  /// `rowPick` or `rowPlace`, and the operand for the places.
  mutating func chooseOfRows(_ opcode: TileOpcode, _ source: Register) -> (register: Register, operand: Int) {
    let operand = operandCount
    operandCount += 1
    code.append(
      Virtual(opcode: opcode, type: .f32, sources: [source], lists: (UInt8(truncatingIfNeeded: operand), 0)))
    return (code.count - 1, operand)
  }

  /// `isStreamed`: past the caches.
  mutating func store(_ register: Register, _ type: DType, isStreamed: Bool = false) -> Int {
    let operand = operandCount
    operandCount += 1
    code.append(
      Virtual(
        opcode: .store, type: type, sources: [register], immediate: UInt8(truncatingIfNeeded: operand),
        isStreamed: isStreamed))
    return operand
  }

  mutating func constant(_ bits: UInt64, _ type: DType) -> Register {
    if let known = constantRegisters[bits]?.first(where: { $0.type == type }) { return known.register }
    code.append(
      Virtual(opcode: .constant, type: type, immediate: UInt8(truncatingIfNeeded: constants.count), isUniform: true))
    constants.append(bits)
    constantRegisters[bits, default: []].append((type, code.count - 1))
    return code.count - 1
  }

  /// The register of the result; an operation that was done already is not done again.
  mutating func apply(_ operation: TileOperation, _ sources: [Register]) -> Register {
    let key = Applied(operation: operation, sources: sources)
    if let known = applied[key] { return known }
    applied[key] = code.count
    code.append(
      Virtual(
        opcode: operation.opcode, type: operation.type, sources: sources,
        immediate: operation.sourceType?.rawValue ?? 0))
    return code.count - 1
  }

  /// The number of instructions so far; orders loads and stores.
  var position: Int { code.count }

  /// What is done to each element.
  var operations: [TileOpcode] {
    code.map(\.opcode).filter { ![.load, .store, .constant].contains($0) }
  }

  /// The program, or nil when it needs more registers, operands or constants than the machine has.
  mutating func assemble() -> [TileInstruction]? {
    if MachineCode.isAvailable, operations.count > 1 || code.contains(where: { $0.isOfRows || $0.isStreamed }) {
      if code.contains(where: { $0.rowLength > 0 }),
        let program = assemble(chained(limit: .max, walkingLists: true), keepingUniform: true)
      {
        return program
      }
      // Chains that need too many registers are tried as shorter ones.
      for limit in [Int.max, 24, 8] {
        if let program = assemble(chained(limit: limit), keepingUniform: true) { return program }
      }
    }
    return assembleInstructions()
  }

  /// Without machine code.
  mutating func assembleInstructions() -> [TileInstruction]? {
    for index in code.indices { code[index].isOfRows = false }
    // What keeps its register is loaded once for all tiles. A pair holds its operands longer.
    let code = paired()
    return assemble(code, keepingUniform: true) ?? assemble(code, keepingUniform: false)
      ?? assemble(self.code, keepingUniform: false)
  }

  /// The instructions with two in one where the first's result has no other use: one pass over the tile less. The first
  /// then stands empty.
  private func paired() -> [Virtual] {
    var code = code
    var uses = [Int](repeating: 0, count: code.count)
    for source in code.flatMap(\.sources) { uses[source] += 1 }
    for index in code.indices where code[index].sources.count == 2 && code[index].type.isFloating {
      for side in 0...1 {
        let (first, other) = (code[index].sources[side], code[index].sources[1 - side])
        guard uses[first] == 1, code[first].sources.count == 2, code[first].type == code[index].type,
          let opcode = TileOpcode.paired(code[first].opcode, then: code[index].opcode, isRight: side == 1)
        else { continue }
        code[index].opcode = opcode
        code[index].sources = code[first].sources + [other]
        code[first].sources = []
        code[first].isPaired = true
        break
      }
    }
    return code
  }

  private mutating func assemble(_ code: [Virtual], keepingUniform: Bool) -> [TileInstruction]? {
    guard operandCount <= TileMachine.operandLimit, constants.count <= 256 else { return nil }
    var lastUse = [Int](repeating: -1, count: code.count)
    for (index, instruction) in code.enumerated() {
      for source in instruction.sources { lastUse[source] = index }
    }
    var machine = [UInt8](repeating: 0, count: code.count)
    var free = (0..<UInt8(TileMachine.registerCount)).reversed().map { $0 }
    if keepingUniform {
      for index in code.indices where code[index].isUniform {
        guard let register = free.popLast() else { return nil }
        machine[index] = register
      }
    }
    // Of a number that nothing else reads, machine code takes one.
    var isReadAsTile = [Bool](repeating: false, count: code.count)
    for instruction in code where instruction.opcode != .code && instruction.opcode != .codeReads {
      for source in instruction.sources { isReadAsTile[source] = true }
    }
    var result: [TileInstruction] = []
    result.reserveCapacity(code.count)
    for (index, instruction) in code.enumerated() where !instruction.isPaired {
      let sources = instruction.sources
      let release: () -> [UInt8] = {
        var seen: [Register] = []
        for source in sources where lastUse[source] == index && !seen.contains(source) {
          if !keepingUniform || !code[source].isUniform { seen.append(source) }
        }
        return seen.map { machine[$0] }
      }
      if instruction.opcode == .store {
        result.append(
          TileInstruction(
            .store, type: instruction.type.rawValue, a: instruction.immediate, b: machine[sources[0]]))
        free.append(contentsOf: release())
        continue
      }
      if instruction.opcode == .code {
        guard let draft = instruction.chain, let coded = compile(draft.chain(machine)) else { return nil }
        result.append(coded)
        free.append(contentsOf: release())
        continue
      }
      if instruction.opcode == .codeReads {
        let read = sources.map { machine[$0] }
        let last = read.count - 1
        result.append(TileInstruction(.codeReads, type: 0, a: read[0], b: read[min(1, last)], c: read[last]))
        continue
      }
      // A result may take a dying operand's register where all elements have one width: each is read before it is written.
      let canShare = Self.keepsWidth(instruction.opcode)
      if canShare { free.append(contentsOf: release()) }
      let isKept = keepingUniform && instruction.isUniform
      guard let register = isKept ? machine[index] : free.popLast() else { return nil }
      if !canShare { free.append(contentsOf: release()) }
      machine[index] = register
      var coded = TileInstruction(instruction.opcode, type: instruction.type.rawValue, destination: register)
      switch instruction.opcode {
      case .load:
        coded.a = instruction.immediate
        coded.b = instruction.isOfRows ? 1 : 0
        coded.c = instruction.isUniform && instruction.type == .f32 && !isReadAsTile[index] ? 1 : 0
      case .constant, .address: coded.a = instruction.immediate
      case .codeResult: coded.b = instruction.isStreamed ? 1 : 0
      case .sumRows, .sumTaken, .sumColumns:
        (coded.a, coded.b, coded.c) = (instruction.immediate, instruction.lists.0, instruction.lists.1)
      case .rowPick, .rowPlace:
        coded.a = machine[sources[0]]
        coded.b = instruction.lists.0
      case .convert:
        coded.a = machine[sources[0]]
        coded.c = instruction.immediate
      default:
        if sources.count > 0 { coded.a = machine[sources[0]] }
        if sources.count > 1 { coded.b = machine[sources[1]] }
        if sources.count > 2 { coded.c = machine[sources[2]] }
      }
      result.append(coded)
      if lastUse[index] < 0, !isKept { free.append(register) }
    }
    return result
  }

  private mutating func compile(_ chain: Chain) -> TileInstruction? {
    let plain = chain.withoutStreams
    guard let address = MachineCode.address(of: plain), constants.count < 255 else { return nil }
    var instruction = TileInstruction(.code, type: 0, a: UInt8(constants.count), b: chain.nanoseconds)
    constants.append(UInt64(address))
    if chain != plain, let streaming = MachineCode.address(of: chain) {
      constants.append(UInt64(streaming))
      instruction.c = 1
    }
    return instruction
  }

  private static func keepsWidth(_ opcode: TileOpcode) -> Bool {
    switch opcode {
    case .convert, .select, .isNaN, .isFinite: false
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: false
    // What they write behind a row is read for the next.
    case .rowSum, .rowMaximum, .rowPick, .rowPlace: false
    default: true
    }
  }
}

/// The loops of a tile program: axes of a domain, merged where every operand allows it.
struct TileLoops {
  private(set) var sizes: [Int]
  /// Per operand, the strides along `sizes`.
  private(set) var strides: [[Int]]

  /// `sizes` without ones, and each operand's strides along them. `keepsLast`: the last axis stays by itself.
  init(sizes: [Int], strides: [[Int]], keepsLast: Bool = false) {
    self.sizes = sizes
    self.strides = strides
    var axis = sizes.count - (keepsLast ? 3 : 2)
    while axis >= 0 {
      let size = self.sizes[axis + 1]
      if self.strides.allSatisfy({ $0[axis] == $0[axis + 1] * size }) {
        self.sizes[axis] *= size
        self.sizes.remove(at: axis + 1)
        for operand in self.strides.indices {
          self.strides[operand][axis] = self.strides[operand][axis + 1]
          self.strides[operand].remove(at: axis + 1)
        }
      }
      axis -= 1
    }
  }

  var fits: Bool { sizes.count <= 4 }

  private func padded(_ values: [Int], _ filler: Int) -> (Int, Int, Int, Int) {
    let all = [Int](repeating: filler, count: max(0, 4 - values.count)) + values
    return (all[0], all[1], all[2], all[3])
  }

  var domain: TileDomain {
    let (a, b, c, inner) = padded(sizes, 1)
    return TileDomain(outer0: a, outer1: b, outer2: c, inner: inner)
  }

  func operand(_ index: Int, address: UnsafeMutableRawPointer) -> TileOperand {
    let (a, b, c, last) = padded(strides[index], 0)
    return TileOperand(address: address, stride0: a, stride1: b, stride2: c, strideInner: sizes.isEmpty ? 1 : last)
  }
}
