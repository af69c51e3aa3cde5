import KernelTypes
import TensorTypes

extension Kernels {
  /// Runs a tile program over a domain: its instructions, constants (8-byte bit patterns), and operands. Outputs may be
  /// the same memory as inputs with identical strides, but not overlap them otherwise. i64 overflow and division by
  /// zero end it with a status whose detail is the element's position in the domain; outputs are then partly written.
  /// `listedElements`: what `sumRows` adds up in all. `kept`: the program's preparation; it belongs to these constants
  /// and this domain.
  public static func runTiles(
    _ program: UnsafeBufferPointer<TileInstruction>, constants: UnsafePointer<UInt64>, domain: TileDomain,
    operands: UnsafePointer<TileOperand>, operandCount: Int, listedElements: Int = 0,
    kept: UnsafeMutablePointer<KeptTiles>? = nil
  ) -> KernelStatus {
    withPreparedTiles(
      program, constants: constants, domain: domain, operands: operands, operandCount: operandCount, kept: kept
    ) { arguments, nanoseconds in
      let tiles = arguments.tileCount
      return withUnsafeMutablePointer(to: &arguments) {
        KernelStatus(
          encoded: ThreadPool.shared.run(
            KernelLevel.table.tiles, $0, items: tiles, nanoseconds: nanoseconds + listedElements / 8))
      }
    }
  }

  /// Calls `body` with the program prepared for these operands and an estimate of its time on one thread; not at all
  /// when there is nothing to do. `isEpilogue`: it works on blocks of a product, of which `MatmulPlan` decides whether
  /// rows stand one after another.
  static func withPreparedTiles(
    _ program: UnsafeBufferPointer<TileInstruction>, constants: UnsafePointer<UInt64>, domain: TileDomain,
    operands: UnsafePointer<TileOperand>, operandCount: Int, isEpilogue: Bool = false,
    kept: UnsafeMutablePointer<KeptTiles>? = nil,
    _ body: (_ arguments: inout TileArguments, _ nanoseconds: Int) -> KernelStatus
  ) -> KernelStatus {
    guard domain.outer0 > 0, domain.outer1 > 0, domain.outer2 > 0, domain.inner > 0, !program.isEmpty else {
      return .ok
    }
    if let kept, let sharing = KeptTiles.sharing(kept.pointee.stored, operands, operandCount) {
      let isInside = ThreadMemory.current.pointee.isInside
      if kept.pointee.claim(for: sharing, isInside: isInside) {
        let (arguments, nanoseconds) = prepared(
          program, into: kept.pointee.code, sizes: kept.pointee.sizes, constants, domain, operands, operandCount,
          isEpilogue)
        kept.pointee.keep(arguments, nanoseconds, for: sharing)
      }
      if kept.pointee.holds(for: sharing), var arguments = kept.pointee.arguments {
        arguments.operands = operands
        return body(&arguments, kept.pointee.nanoseconds)
      }
    }
    return withUnsafeTemporaryAllocation(of: TileInstruction.self, capacity: program.count) { code in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: TileMachine.operandLimit) { sizes in
        guard let code = code.baseAddress, let sizes = sizes.baseAddress else { return .ok }
        var (arguments, nanoseconds) = prepared(
          program, into: code, sizes: sizes, constants, domain, operands, operandCount, isEpilogue)
        return body(&arguments, nanoseconds)
      }
    }
  }

  private static func prepared(
    _ program: UnsafeBufferPointer<TileInstruction>, into code: UnsafeMutablePointer<TileInstruction>,
    sizes: UnsafeMutablePointer<UInt8>, _ constants: UnsafePointer<UInt64>, _ domain: TileDomain,
    _ operands: UnsafePointer<TileOperand>, _ operandCount: Int, _ isEpilogue: Bool
  ) -> (arguments: TileArguments, nanoseconds: Int) {
    sizes.initialize(repeating: 0, count: TileMachine.operandLimit)
    let elements = domain.outer0 * domain.outer1 * domain.outer2 * domain.inner
    // An epilogue's registers have a part of the scratch memory, beside a block of the product.
    let length = min(
      suitableLength(program, bytes: elements * operandCount * 4), isEpilogue ? TileMachine.epilogueTileLimit : .max)
    // Rows shorter than half a tile share one, unless that is one number's.
    let packs = domain.inner * 2 <= (isEpilogue ? TileMachine.tileLength : length) && domain.outer2 > 1
      && !program.contains { isOfRow($0) }
    let summary = prepare(program, into: code, sizes: sizes, operands, operandCount, domain, packs: packs)
    var arguments = TileArguments(
      program: code, programCount: program.count, constants: constants, operands: operands, operandSizes: sizes,
      operandCount: operandCount, domain: domain, rowsPerTile: packs ? length / domain.inner : 1, prefetches: false)
    arguments.hoistedCount = moveHoistedFirst(code, program.count)
    arguments.programCount = dropReads(code, program.count)
    arguments.tileLength = length
    arguments.prefetches = elements * summary.bytesPerElement > farBytes
    arguments.streams = summary.streams
    arguments.joinsTiles =
      domain.inner % 16 == 0 && (packs || domain.inner > length) && !arguments.prefetches
      && isCodeAlone(code, arguments.programCount, operands)
    return (arguments, arguments.tileCount * (summary.nanosecondsPer128 * length / 128))
  }

  /// More than the caches hold: tiles are fetched ahead. For less the processor does that better by itself.
  private static let farBytes = 32 << 20

  /// Long tiles spread the cost of an instruction, as long as all registers fit the first cache, beside what is fetched
  /// ahead from memory that is far away.
  private static func suitableLength(_ program: UnsafeBufferPointer<TileInstruction>, bytes: Int) -> Int {
    var registers = 0, results = 0
    var hasCode = false
    for instruction in program {
      switch instruction.opcode {
      case .store, .codeReads, .address: continue
      case .code: hasCode = true
      default:
        let width = instruction.type == 0 || instruction.type == 3 ? 1 : 2
        registers = max(registers, (Int(instruction.destination) + 1) * width)
        if instruction.opcode != .load { results += width }
      }
    }
    // Machine code reads operands where they are.
    if hasCode {
      if results > 4 || bytes > farBytes { return TileMachine.tileLength }
      // The divider is idle between two tiles: what takes long gets the longest.
      return bytes > 1 << 20 ? TileMachine.codeTileLimit : TileMachine.codeTileLimit / 2
    }
    return bytes <= 1 << 20 && registers <= 8 ? TileMachine.tileLimit : TileMachine.tileLength
  }

  /// Copies the program and marks what is done once, which loads need no copy, and which results are written straight
  /// to an output. Linear in the program but for outputs that share memory with inputs.
  private static func prepare(
    _ program: UnsafeBufferPointer<TileInstruction>, into code: UnsafeMutablePointer<TileInstruction>,
    sizes: UnsafeMutablePointer<UInt8>, _ operands: UnsafePointer<TileOperand>, _ operandCount: Int,
    _ domain: TileDomain, packs: Bool
  ) -> (nanosecondsPer128: Int, bytesPerElement: Int, streams: Bool) {
    var nanoseconds = 10, bytes = 0
    var streams = false
    // For each register: the instruction that wrote it last, and how many write it at all.
    return withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * TileMachine.registerCount) { table in
      guard let writers = table.baseAddress else { return (0, 0, false) }
      let writes = writers + TileMachine.registerCount
      for register in 0..<TileMachine.registerCount {
        writers[register] = -1
        writes[register] = 0
      }
      var stored: UInt32 = 0, loaded: UInt32 = 0
      var isAliased = false
      for index in 0..<program.count {
        let instruction = program[index]
        code[index] = instruction
        code[index].reserved = 0
        if instruction.opcode == .store {
          isAliased = isAliased || stored & 1 << UInt32(instruction.a) != 0
          stored |= 1 << UInt32(instruction.a)
        } else if instruction.opcode != .code, instruction.opcode != .codeReads {
          if instruction.opcode == .load { loaded |= 1 << UInt32(instruction.a) }
          writes[Int(instruction.destination)] += 1
        }
      }
      // Most programs write no memory that they read; those need no look at the order of reads and writes.
      isAliased = isAliased || stored & loaded != 0 || anyShared(stored, operands, operandCount)
      for index in 0..<program.count {
        let instruction = program[index]
        let register = Int(instruction.destination)
        nanoseconds += cost(instruction)
        switch instruction.opcode {
        case .constant:
          if writes[register] == 1 { code[index].reserved = TileFlags.hoisted }
          writers[register] = Int32(index)
        case .load:
          let operand = operands[Int(instruction.a)]
          let size = elementSize(instruction.type)
          sizes[Int(instruction.a)] = UInt8(size)
          let isFixed = operand.stride0 == 0 && operand.stride1 == 0
          let isRow = operand.strideInner == 1 && (!packs || operand.stride2 == domain.inner)
          if isFixed, operand.stride2 == 0, operand.strideInner == 0 || packs, writes[register] == 1,
            !(isAliased && isStored(operand, program, operands))
          {
            code[index].reserved = TileFlags.hoisted
          } else if isOfRow(instruction), !(isAliased && isOverwritten(index, program, operands)) {
            code[index].reserved = TileFlags.ofRow
          } else if isRow {
            bytes += size
            if !(isAliased && isOverwritten(index, program, operands)) { code[index].reserved = TileFlags.direct }
          }
          writers[register] = Int32(index)
        case .store:
          let operand = operands[Int(instruction.a)]
          let size = elementSize(instruction.type)
          sizes[Int(instruction.a)] = UInt8(size)
          bytes += size
          let writer = Int(writers[Int(instruction.b)])
          let isRow = operand.strideInner == 1 && (!packs || operand.stride2 == domain.inner)
          let hasStream = writer >= 0 && program[writer].opcode == .codeResult && program[writer].b == 1
          if operand.isStreamed, !isAliased, !(hasStream && isRow) {
            streams = true
          } else if writer >= 0, isRow, code[writer].reserved == 0, isComputed(program[writer].opcode),
            !(isAliased && isTouched(from: writer, store: index, program, operands))
          {
            code[writer].reserved = UInt16(instruction.a) + 1
            code[index].reserved = TileFlags.forwarded
            streams = streams || operand.isStreamed
          }
        case .code, .codeReads: break
        case .sumRows:
          sizes[Int(instruction.a)] = UInt8(elementSize(instruction.type))
          sizes[Int(instruction.b)] = UInt8(MemoryLayout<Int32>.size)
          writers[register] = Int32(index)
        case .sumTaken:
          sizes[Int(instruction.a)] = UInt8(elementSize(instruction.type))
          sizes[Int(instruction.b)] = UInt8(MemoryLayout<Int>.size)
          writers[register] = Int32(index)
        case .address:
          sizes[Int(instruction.a)] = UInt8(elementSize(instruction.type))
          writers[register] = Int32(index)
        case .sumColumns:
          sizes[Int(instruction.a)] = UInt8(elementSize(instruction.type))
          writers[register] = Int32(index)
        case .rowPick, .rowPlace:
          sizes[Int(instruction.b)] = UInt8(MemoryLayout<Int>.size)
          writers[register] = Int32(index)
        default:
          writers[register] = Int32(index)
        }
      }
      // A register of its own: with tiles of whole rows, one after another, most of it stays zero.
      for index in 0..<program.count where packs && domain.outer0 * domain.outer1 == 1 {
        if code[index].opcode == .sumRows, code[index].reserved == 0, writes[Int(code[index].destination)] == 1 {
          code[index].reserved = TileFlags.keepsSums
        }
      }
      markStreams(code, program.count)
      return (nanoseconds, bytes, streams)
    }
  }

  /// One function of machine code from operands to outputs, with single numbers: no register holds a tile.
  private static func isCodeAlone(
    _ code: UnsafeMutablePointer<TileInstruction>, _ count: Int, _ operands: UnsafePointer<TileOperand>
  ) -> Bool {
    var functions = 0
    for index in 0..<count {
      let instruction = code[index], flags = instruction.reserved
      switch instruction.opcode {
      case .address: break
      case .load where flags & TileFlags.hoisted != 0: if instruction.c == 0 { return false }
      case .load: if flags & TileFlags.direct == 0 || operands[Int(instruction.a)].ahead != 0 { return false }
      case .codeResult: if flags & TileFlags.targetMask == 0 { return false }
      case .store: if flags & TileFlags.forwarded == 0 { return false }
      case .code: functions += 1
      default: return false
      }
    }
    return functions == 1
  }

  private static func markStreams(_ code: UnsafeMutablePointer<TileInstruction>, _ count: Int) {
    var goAll = true
    for index in 0..<count {
      if code[index].opcode == .codeResult, code[index].b == 1, code[index].reserved == 0 { goAll = false }
      guard code[index].opcode == .code else { continue }
      if code[index].c == 1, goAll { code[index].reserved = TileFlags.streams }
      goAll = true
    }
  }

  private static func isOfRow(_ instruction: TileInstruction) -> Bool {
    instruction.opcode == .load && instruction.b == 1
  }

  /// What is done once comes before what is done for each tile; gives how much that is.
  private static func moveHoistedFirst(_ code: UnsafeMutablePointer<TileInstruction>, _ count: Int) -> Int {
    var hoisted = 0
    for index in 0..<count where code[index].reserved & TileFlags.hoisted != 0 {
      let instruction = code[index]
      var place = index
      while place > hoisted {
        code[place] = code[place - 1]
        place -= 1
      }
      code[hoisted] = instruction
      hoisted += 1
    }
    return hoisted
  }

  /// Takes out what only preparation has to know; gives how many instructions are left.
  private static func dropReads(_ code: UnsafeMutablePointer<TileInstruction>, _ count: Int) -> Int {
    var left = 0
    for index in 0..<count where code[index].opcode != .codeReads {
      code[left] = code[index]
      left += 1
    }
    return left
  }

  private static func elementSize(_ type: UInt8) -> Int { DType(rawValue: type)?.size ?? 4 }

  /// Is the operand also an output of the program?
  private static func isStored(
    _ operand: TileOperand, _ program: UnsafeBufferPointer<TileInstruction>, _ operands: UnsafePointer<TileOperand>
  ) -> Bool {
    for instruction in program where instruction.opcode == .store {
      if operands[Int(instruction.a)].address == operand.address { return true }
    }
    return false
  }

  /// Is the memory of the load at `index` written before the last use of its register? A result may be written straight
  /// to its output as early as the instruction that makes it, so every store counts from there on.
  private static func isOverwritten(
    _ index: Int, _ program: UnsafeBufferPointer<TileInstruction>, _ operands: UnsafePointer<TileOperand>
  ) -> Bool {
    let load = program[index]
    let address = operands[Int(load.a)].address
    var lastUse = index
    for later in (index + 1)..<max(program.count, index + 1) {
      let instruction = program[later]
      if reads(instruction, load.destination) { lastUse = later }
      if writes(instruction, load.destination) { break }
    }
    for later in 0..<program.count where program[later].opcode == .store {
      guard operands[Int(program[later].a)].address == address else { continue }
      var writer = later - 1
      while writer >= 0, !writes(program[writer], program[later].b) {
        writer -= 1
      }
      // The writer itself reads each vector before it writes it.
      if writer < lastUse { return true }
    }
    return false
  }

  /// Loads and constants are not made by a loop over the tile that could write elsewhere.
  private static func isComputed(_ opcode: TileOpcode) -> Bool {
    switch opcode {
    case .load, .constant, .store, .address: false
    // These write more than the tile.
    case .rowSum, .rowMaximum, .rowPick, .rowPlace: false
    default: true
    }
  }

  /// Would the operand of the store see another access, were it written already by instruction `writer`? True when the
  /// same memory is stored to twice, or loaded after the writer, which must see the old value.
  private static func isTouched(
    from writer: Int, store: Int, _ program: UnsafeBufferPointer<TileInstruction>,
    _ operands: UnsafePointer<TileOperand>
  ) -> Bool {
    let address = operands[Int(program[store].a)].address
    for index in 0..<program.count where index != store {
      let instruction = program[index]
      guard instruction.opcode == .store || (instruction.opcode == .load && index > writer) else { continue }
      if operands[Int(instruction.a)].address == address { return true }
    }
    return false
  }

  /// Does a stored operand share its address with another operand?
  private static func anyShared(
    _ stored: UInt32, _ operands: UnsafePointer<TileOperand>, _ operandCount: Int
  ) -> Bool {
    for store in 0..<operandCount where stored & 1 << UInt32(store) != 0 {
      for other in 0..<operandCount where other != store && operands[other].address == operands[store].address {
        return true
      }
    }
    return false
  }

  private static func writes(_ instruction: TileInstruction, _ register: UInt8) -> Bool {
    switch instruction.opcode {
    case .store, .code, .codeReads: false
    default: instruction.destination == register
    }
  }

  private static func reads(_ instruction: TileInstruction, _ register: UInt8) -> Bool {
    switch instruction.opcode {
    case .load, .constant, .iota, .sumRows, .sumTaken, .sumColumns, .address, .codeResult, .code: false
    case .store: instruction.b == register
    case .select, .multiplyAdd, .codeReads: instruction.a == register || instruction.b == register || instruction.c == register
    case .convert: instruction.a == register
    case _ where instruction.opcode.parts != nil:
      instruction.a == register || instruction.b == register || instruction.c == register
    // Unary instructions have b = 0: taking it for a read costs at most a copy.
    default: instruction.a == register || instruction.b == register
    }
  }

  /// Rough nanoseconds for 128 elements.
  private static func cost(_ instruction: TileInstruction) -> Int {
    switch instruction.opcode {
    case .load, .store, .constant: 6
    case .code: Int(instruction.b)
    case .codeReads, .codeResult, .address: 0
    case .exp, .log, .tanh, .sigmoid, .erf: instruction.type == 0 ? 40 : 120
    case .expm1, .log1p, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .erfInverse, .atan2, .power: 250
    case .rowSum, .rowMaximum: 60
    case .rowPick, .rowPlace: 40
    case .remainder, .floorDivide: 800
    case .divide, .reciprocal, .sqrt: instruction.type == 0 ? 30 : 200
    default: instruction.type == 0 ? 8 : 16
    }
  }
}
