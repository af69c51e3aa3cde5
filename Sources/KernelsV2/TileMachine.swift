import CKernelSupport
import KernelTypes

// The elementwise machine: every instruction is a loop over one tile. Registers are tiles in the thread's scratch
// memory, small enough for the first cache; a register may also be a piece of an operand itself.

/// Runs tiles begin ..< end of the domain.
func runTiles(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer) -> Int
{
  let machine = arguments.assumingMemoryBound(to: TileArguments.self)
  let tileLength = machine.pointee.tileLength
  let frame = TileFrame(scratch, tileLength)
  let domain = machine.pointee.domain
  let innerTiles = machine.pointee.innerTiles, rowTiles = machine.pointee.rowTiles
  let rowsPerTile = machine.pointee.rowsPerTile, operandCount = machine.pointee.operandCount
  let operands = machine.pointee.operands, sizes = machine.pointee.operandSizes
  var tile = 0, rowTile = 0, i1 = 0, i0 = 0
  if begin > 0 {
    tile = begin % innerTiles
    var rest = begin / innerTiles
    rowTile = rest % rowTiles
    rest /= rowTiles
    i1 = rest % domain.outer1
    i0 = rest / domain.outer1
  }
  var place = TilePlace(rows: 0, columns: 0, column: 0, position: 0, row: 0, i0: i0, i1: i1, hasNext: false)
  runHoisted(machine, frame)
  var remaining = end - begin
  while remaining > 0 {
    let row = rowTile * rowsPerTile
    if i0 | i1 | row | tile == 0 {
      for o in 0..<operandCount { frame.addresses[o] = operands[o].address }
    } else {
      for o in 0..<operandCount {
        let operand = operands[o]
        let offset = i0 * operand.stride0 + i1 * operand.stride1 + row * operand.stride2
        let column = tile * tileLength * operand.strideInner
        frame.addresses[o] = operand.address + (offset + column) * Int(sizes[o])
      }
    }
    place.row = row
    // The tiles of this row, or of the rows that follow where each has one.
    let isOneTile = innerTiles == 1
    // What is done at once.
    let joined = machine.pointee.joinsTiles ? min(remaining, isOneTile ? rowTiles - rowTile : innerTiles - tile) : 1
    let rows = isOneTile ? joined * rowsPerTile : 1, columns = isOneTile ? tileLength : joined * tileLength
    place.rows = min(rows, domain.outer2 - row)
    while true {
      place.column = tile * tileLength
      place.columns = min(columns, domain.inner - place.column)
      place.position = ((i0 * domain.outer1 + i1) * domain.outer2 + place.row) * domain.inner + place.column
      place.hasNext = remaining > 2
      let result = runTile(machine, frame, place)
      if result != 0 { return result }
      place.isFirst = false
      remaining -= joined
      if remaining == 0 { break }
      if isOneTile {
        rowTile += joined
        if rowTile == rowTiles { break }
        place.row += rowsPerTile
        place.rows = min(rowsPerTile, domain.outer2 - place.row)
        for o in 0..<operandCount { frame.addresses[o] += rowsPerTile * operands[o].stride2 * Int(sizes[o]) }
      } else {
        tile += joined
        if tile == innerTiles {
          rowTile += 1
          break
        }
        for o in 0..<operandCount {
          frame.addresses[o] += tileLength * operands[o].strideInner * Int(sizes[o])
        }
      }
    }
    tile = 0
    if rowTile == rowTiles {
      rowTile = 0
      i1 += 1
      if i1 == domain.outer1 {
        i1 = 0
        i0 += 1
      }
      place.i0 = i0
      place.i1 = i1
    }
  }
  if machine.pointee.streams { kernel_stream_fence() }
  return 0
}

/// Runs the program on a block of its domain: `rows` rows, counted over the three outer axes, of `columns` columns. One
/// operand is read elsewhere: at `address`, its rows `productRow` elements apart. `runHoisted` goes before.
func runTileBlock(
  _ machine: UnsafeMutablePointer<TileArguments>, _ frame: TileFrame, row: Int, rows: Int, column: Int, columns: Int,
  product: Int, at address: UnsafeMutableRawPointer, productRow: Int
) -> Int {
  let domain = machine.pointee.domain
  let operands = machine.pointee.operands, sizes = machine.pointee.operandSizes
  let operandCount = machine.pointee.operandCount
  let tileLength = machine.pointee.tileLength
  // Parts of rows do not lie one after another.
  let rowsPerTile = columns == domain.inner ? machine.pointee.rowsPerTile : 1
  var place = TilePlace(rows: 0, columns: 0, column: 0, position: 0, row: row, i0: 0, i1: 0, hasNext: false)
  if row >= domain.outer2 {
    let outer = row / domain.outer2
    place.row = row % domain.outer2
    place.i0 = outer / domain.outer1
    place.i1 = outer % domain.outer1
  }
  var isPlaced = row | column == 0
  if isPlaced {
    for o in 0..<operandCount { frame.addresses[o] = operands[o].address }
  }
  var done = 0
  while done < rows {
    place.rows = min(rowsPerTile, rows - done, domain.outer2 - place.row)
    if !isPlaced {
      for o in 0..<operandCount {
        let operand = operands[o]
        let rowOffset = place.i0 * operand.stride0 + place.i1 * operand.stride1 + place.row * operand.stride2
        frame.addresses[o] = operand.address + (rowOffset + column * operand.strideInner) * Int(sizes[o])
      }
    }
    frame.addresses[product] = address + done * productRow * Int(sizes[product])
    var next = 0
    while true {
      place.column = column + next
      place.columns = min(tileLength, columns - next)
      place.position = (row + done) * domain.inner + place.column
      place.hasNext = next + 3 * tileLength <= columns
      let result = runTile(machine, frame, place)
      if result != 0 { return result }
      next += place.columns
      if next >= columns { break }
      for o in 0..<operandCount { frame.addresses[o] += tileLength * operands[o].strideInner * Int(sizes[o]) }
    }
    done += place.rows
    place.row += place.rows
    isPlaced = columns <= tileLength
    if place.row == domain.outer2 {
      isPlaced = false
      place.row = 0
      place.i1 += 1
      if place.i1 == domain.outer1 {
        place.i1 = 0
        place.i0 += 1
      }
    } else if isPlaced {
      for o in 0..<operandCount { frame.addresses[o] += place.rows * operands[o].stride2 * Int(sizes[o]) }
    }
  }
  if machine.pointee.streams { kernel_stream_fence() }
  return 0
}

/// Where the registers and the addresses of the running tile are in the scratch memory.
struct TileFrame {
  var homes: UnsafeMutableRawPointer
  var registers: UnsafeMutablePointer<UnsafeMutableRawPointer>
  var addresses: UnsafeMutablePointer<UnsafeMutableRawPointer>
  /// A tile of doubles, and a line so that the registers do not share one set of the cache.
  var registerBytes: Int

  init(_ scratch: UnsafeMutableRawPointer, _ tileLength: Int = TileMachine.tileLength) {
    registerBytes = tileLength * 8 + 64
    homes = scratch
    let tables = scratch + TileMachine.registerCount * registerBytes
    registers = tables.assumingMemoryBound(to: UnsafeMutableRawPointer.self)
    addresses = registers + TileMachine.registerCount
  }

  func home(_ register: UInt8) -> UnsafeMutableRawPointer { homes + Int(register) * registerBytes }
}

/// The part of the domain that a tile covers: `rows` times `columns` elements from (i0, i1, row, column) on.
struct TilePlace {
  var rows, columns, column, position, row, i0, i1: Int
  var hasNext: Bool
  /// Registers hold nothing of the tile before.
  var isFirst = true
}

/// Constants, and operands that are the same in every tile.
func runHoisted(_ machine: UnsafeMutablePointer<TileArguments>, _ frame: TileFrame) {
  let program = machine.pointee.program
  for o in 0..<machine.pointee.operandCount { frame.addresses[o] = machine.pointee.operands[o].address }
  let columns = min(machine.pointee.tileLength, machine.pointee.domain.inner)
  let rows = min(machine.pointee.rowsPerTile, machine.pointee.domain.outer2)
  // What the largest tile needs, in whole vectors.
  let count = min(machine.pointee.tileLength, (rows * columns + 63) & ~63)
  for index in 0..<machine.pointee.hoistedCount {
    let instruction = program[index]
    let home = frame.home(instruction.destination)
    frame.registers[Int(instruction.destination)] = home
    if instruction.opcode == .constant {
      fill(home, instruction.type, machine.pointee.constants[Int(instruction.a)], count)
    } else {
      loadTile(machine, frame, instruction, rows, columns, home)
    }
  }
}

func runTile(_ machine: UnsafeMutablePointer<TileArguments>, _ frame: TileFrame, _ place: TilePlace) -> Int {
  let program = machine.pointee.program, programCount = machine.pointee.programCount
  let registers = frame.registers
  let count = place.rows * place.columns
  // Kernels write whole vectors, so only then may they write an operand.
  let isWhole = count & 15 == 0
  // Addresses that machine code writes past the caches, in one.
  var streamed: UInt = 0
  for index in machine.pointee.hoistedCount..<programCount {
    let instruction = program[index]
    let flags = instruction.reserved
    let target = flags & TileFlags.targetMask
    let d = target != 0 && isWhole ? frame.addresses[Int(target) - 1] : frame.home(instruction.destination)
    switch instruction.opcode {
    case .load:
      let a = Int(instruction.a)
      if flags & TileFlags.direct != 0 {
        registers[Int(instruction.destination)] = frame.addresses[a]
        let ahead = machine.pointee.operands[a].ahead
        if ahead != 0 {
          fetchLines(frame.addresses[a] + ahead, count * elementSize(instruction.type))
        } else if machine.pointee.prefetches && place.hasNext {
          prefetch(frame.addresses[a], machine.pointee.tileLength * elementSize(instruction.type))
        }
      } else if flags & TileFlags.ofRow != 0 {
        registers[Int(instruction.destination)] = frame.addresses[a]
      } else {
        loadTile(machine, frame, instruction, place.rows, place.columns, d)
        registers[Int(instruction.destination)] = d
      }
      continue
    case .store:
      if flags & TileFlags.forwarded == 0 || !isWhole { storeTile(machine, frame, instruction, place) }
      continue
    case .constant:
      fill(d, instruction.type, machine.pointee.constants[Int(instruction.a)], count)
    case .address:
      registers[Int(instruction.destination)] = frame.addresses[Int(instruction.a)]
      continue
    case .iota:
      iota(d, instruction, place)
    case .sumRows: sumRowsTile(instruction, machine, frame, place, d)
    case .sumTaken:
      sumTakenTile(instruction, machine, frame, place, d)
    case .sumColumns: sumColumnsTile(instruction, machine, frame, place, d)
    case .codeResult:
      if instruction.b != 0 { streamed |= UInt(bitPattern: d) }
    case .rowSum, .rowMaximum:
      reduceRows(instruction.opcode, registers[Int(instruction.a)], place.rows, place.columns, d)
    case .rowPick, .rowPlace: chooseOfRows(instruction, machine, frame, place, d)
    case .code:
      let streams = flags & TileFlags.streams != 0 && isWhole && streamed & 63 == 0
      streamed = 0
      let address = UInt(truncatingIfNeeded: machine.pointee.constants[Int(instruction.a) + (streams ? 1 : 0)])
      unsafeBitCast(address, to: MachineCodeFunction.self)(registers, count)
      continue
    case .convert:
      convertTile(d, registers[Int(instruction.a)], from: instruction.c, to: instruction.type, count)
    default:
      let a = registers[Int(instruction.a)]
      var result = 0
      switch instruction.type {
      case 0: runF32(program + index, d, a, registers, count)
      case 1: runF64(program + index, d, a, registers, count)
      case 2: result = runI64(program + index, d, a, registers, count)
      default: runBool(program + index, d, a, registers, count)
      }
      if result != 0 {
        let element = result >> 8
        return result & 0xff | (place.position + element) << 8
      }
    }
    registers[Int(instruction.destination)] = d
  }
  return 0
}

// Calls from `runTile`: inlined, their preparations would all stand at its start.

/// The tile two tiles ahead.
@inline(never)
func prefetch(_ address: UnsafeMutableRawPointer, _ bytes: Int) {
  var offset = 2 * bytes
  while offset < 3 * bytes {
    kernel_prefetch(address + offset)
    offset += 64
  }
}

@inline(__always)
func elementSize(_ type: UInt8) -> Int { type == 0 ? 4 : type == 3 ? 1 : 8 }

@inline(never)
func fill(_ d: UnsafeMutableRawPointer, _ type: UInt8, _ pattern: UInt64, _ count: Int) {
  switch type {
  case 0: fillElements(d.assumingMemoryBound(to: UInt32.self), UInt32(truncatingIfNeeded: pattern), count)
  case 3: fillElements(d.assumingMemoryBound(to: UInt8.self), UInt8(truncatingIfNeeded: pattern), count)
  default: fillElements(d.assumingMemoryBound(to: UInt64.self), pattern, count)
  }
}

@inline(__always)
func fillElements<T>(_ d: UnsafeMutablePointer<T>, _ value: T, _ count: Int) {
  for k in 0..<count { d[k] = value }
}

@inline(never)
func loadTile(
  _ machine: UnsafeMutablePointer<TileArguments>, _ frame: TileFrame, _ instruction: TileInstruction, _ rows: Int,
  _ columns: Int, _ d: UnsafeMutableRawPointer
) {
  let operand = machine.pointee.operands[Int(instruction.a)]
  let source = frame.addresses[Int(instruction.a)]
  if instruction.c != 0 {
    d.storeBytes(of: source.load(as: UInt32.self), as: UInt32.self)
    return
  }
  switch instruction.type {
  case 0: gather(UInt32.self, source, operand, rows, columns, d)
  case 3: gather(UInt8.self, source, operand, rows, columns, d)
  default: gather(UInt64.self, source, operand, rows, columns, d)
  }
}

@inline(__always)
func gather<T>(
  _: T.Type, _ source: UnsafeMutableRawPointer, _ operand: TileOperand, _ rows: Int, _ columns: Int,
  _ d: UnsafeMutableRawPointer
) {
  let source = source.assumingMemoryBound(to: T.self)
  var d = d.assumingMemoryBound(to: T.self)
  let stride = operand.strideInner
  for r in 0..<rows {
    let row = source + r * operand.stride2
    if stride == 0, columns <= 16, MemoryLayout<T>.size == 4 {
      // One vector, whose end the next row covers; a register has room for it.
      UnsafeMutableRawPointer(d).withMemoryRebound(to: Float.self, capacity: 16) { target in
        f32x16_store(target, f32x16_splat(UnsafeRawPointer(row).load(as: Float.self)))
      }
    } else if stride == 0 {
      fillElements(d, row[0], columns)
    } else if stride == 1 {
      for k in 0..<columns { d[k] = row[k] }
    } else {
      for k in 0..<columns { d[k] = row[k * stride] }
    }
    d += columns
  }
}

@inline(never)
func storeTile(
  _ machine: UnsafeMutablePointer<TileArguments>, _ frame: TileFrame, _ instruction: TileInstruction, _ place: TilePlace
) {
  let operand = machine.pointee.operands[Int(instruction.a)]
  let size = elementSize(instruction.type)
  let source = frame.registers[Int(instruction.b)]
  let target = frame.addresses[Int(instruction.a)]
  if operand.strideInner == 0 {
    switch size {
    case 4: storeFirsts(UInt32.self, source, target, operand.stride2, place)
    case 1: storeFirsts(UInt8.self, source, target, operand.stride2, place)
    default: storeFirsts(UInt64.self, source, target, operand.stride2, place)
    }
  } else if place.rows == 1 || operand.stride2 == place.columns {
    let bytes = place.rows * place.columns * size
    if operand.isStreamed && (Int(bitPattern: target) | bytes) & 63 == 0 {
      var offset = 0
      while offset < bytes {
        kernel_stream_line(target + offset, source + offset)
        offset += 64
      }
    } else {
      target.copyMemory(from: source, byteCount: bytes)
    }
  } else {
    for r in 0..<place.rows {
      (target + r * operand.stride2 * size).copyMemory(
        from: source + r * place.columns * size, byteCount: place.columns * size)
    }
  }
}

/// One number of each row.
@inline(__always)
func storeFirsts<T>(
  _: T.Type, _ source: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer, _ stride: Int, _ place: TilePlace
) {
  let source = source.assumingMemoryBound(to: T.self), target = target.assumingMemoryBound(to: T.self)
  for r in 0..<place.rows { target[r * stride] = source[r * place.columns] }
}

/// Rows of at most one vector. What is written behind the end of one is covered by the next; a register has room for
/// the last.
@inline(never)
func reduceRows(
  _ opcode: TileOpcode, _ a: UnsafeMutableRawPointer, _ rows: Int, _ columns: Int, _ d: UnsafeMutableRawPointer
) {
  let a = a.assumingMemoryBound(to: Float.self), d = d.assumingMemoryBound(to: Float.self)
  if opcode == .rowSum {
    for r in 0..<rows {
      f32x16_store(d + r * columns, f32x16_splat(shortRowF32(SumF32.self, a + r * columns, columns)))
    }
  } else {
    for r in 0..<rows {
      f32x16_store(d + r * columns, f32x16_splat(shortRowF32(LargestF32.self, a + r * columns, columns)))
    }
  }
}

/// What `rowLeafF32` gives for less than a vector.
@inline(__always)
func shortRowF32<O: ReduceF32>(_: O.Type, _ x: UnsafePointer<Float>, _ count: Int) -> Float {
  O.fold(f32x16_first(f32x16_load(x), Int32(truncatingIfNeeded: count), O.neutral))
}

/// `rowPick` and `rowPlace`.
@inline(never)
func chooseOfRows(
  _ instruction: TileInstruction, _ machine: UnsafeMutablePointer<TileArguments>, _ frame: TileFrame,
  _ place: TilePlace, _ d: UnsafeMutableRawPointer
) {
  let a = frame.registers[Int(instruction.a)].assumingMemoryBound(to: Float.self)
  let d = d.assumingMemoryBound(to: Float.self)
  let ids = frame.addresses[Int(instruction.b)].assumingMemoryBound(to: Int.self)
  let step = machine.pointee.operands[Int(instruction.b)].stride2
  if instruction.opcode == .rowPick {
    for r in 0..<place.rows {
      f32x16_store(d + r * place.columns, f32x16_splat(a[r * place.columns + ids[r * step]]))
    }
    return
  }
  var k = 0
  while k < place.rows * place.columns {
    f32x16_store(d + k, f32x16_splat(0))
    k += 16
  }
  for r in 0..<place.rows {
    let chosen = r * place.columns + ids[r * step]
    d[chosen] = 0 + a[chosen]
  }
}

@inline(never)
func sumColumnsTile(
  _ instruction: TileInstruction, _ machine: UnsafeMutablePointer<TileArguments>, _ frame: TileFrame,
  _ place: TilePlace, _ d: UnsafeMutableRawPointer
) {
  let constants = machine.pointee.constants
  columnLeafF32(
    SumF32.self, frame.addresses[Int(instruction.a)].assumingMemoryBound(to: Float.self),
    Int(constants[Int(instruction.c)]), Int(constants[Int(instruction.b)]), place.columns,
    d.assumingMemoryBound(to: Float.self))
}

@inline(never)
func iota(_ d: UnsafeMutableRawPointer, _ instruction: TileInstruction, _ place: TilePlace) {
  var k = 0
  for r in 0..<place.rows {
    for c in 0..<place.columns {
      let value: Int
      switch instruction.a {
      case 0: value = place.i0
      case 1: value = place.i1
      case 2: value = place.row + r
      default: value = place.column + c
      }
      switch instruction.type {
      case 0: d.assumingMemoryBound(to: Float.self)[k] = Float(value)
      case 1: d.assumingMemoryBound(to: Double.self)[k] = Double(value)
      case 2: d.assumingMemoryBound(to: Int.self)[k] = value
      default: d.assumingMemoryBound(to: UInt8.self)[k] = value != 0 ? 1 : 0
      }
      k += 1
    }
  }
}

/// From and to are DType raw values: f32, f64, i64, bool.
@inline(never)
func convertTile(_ d: UnsafeMutableRawPointer, _ a: UnsafeMutableRawPointer, from: UInt8, to: UInt8, _ count: Int) {
  switch (from, to) {
  case (0, 1):
    let s = a.assumingMemoryBound(to: Float.self), t = d.assumingMemoryBound(to: Double.self)
    for k in 0..<count { t[k] = Double(s[k]) }
  case (1, 0):
    let s = a.assumingMemoryBound(to: Double.self), t = d.assumingMemoryBound(to: Float.self)
    for k in 0..<count { t[k] = Float(s[k]) }
  case (2, 0):
    let s = a.assumingMemoryBound(to: Int.self), t = d.assumingMemoryBound(to: Float.self)
    for k in 0..<count { t[k] = Float(s[k]) }
  case (2, 1):
    let s = a.assumingMemoryBound(to: Int.self), t = d.assumingMemoryBound(to: Double.self)
    for k in 0..<count { t[k] = Double(s[k]) }
  case (3, 0):
    let s = a.assumingMemoryBound(to: UInt8.self), t = d.assumingMemoryBound(to: Float.self)
    for k in 0..<count { t[k] = s[k] & 1 != 0 ? 1 : 0 }
  case (3, 1):
    let s = a.assumingMemoryBound(to: UInt8.self), t = d.assumingMemoryBound(to: Double.self)
    for k in 0..<count { t[k] = s[k] & 1 != 0 ? 1 : 0 }
  case (3, 2):
    let s = a.assumingMemoryBound(to: UInt8.self), t = d.assumingMemoryBound(to: Int.self)
    for k in 0..<count { t[k] = s[k] & 1 != 0 ? 1 : 0 }
  case (0, 2):
    let s = a.assumingMemoryBound(to: Float.self), t = d.assumingMemoryBound(to: Int.self)
    for k in 0..<count { t[k] = truncated(Double(s[k])) }
  case (1, 2):
    let s = a.assumingMemoryBound(to: Double.self), t = d.assumingMemoryBound(to: Int.self)
    for k in 0..<count { t[k] = truncated(s[k]) }
  case (0, 3):
    let s = a.assumingMemoryBound(to: Float.self), t = d.assumingMemoryBound(to: UInt8.self)
    for k in 0..<count { t[k] = s[k] != 0 ? 1 : 0 }
  case (1, 3):
    let s = a.assumingMemoryBound(to: Double.self), t = d.assumingMemoryBound(to: UInt8.self)
    for k in 0..<count { t[k] = s[k] != 0 ? 1 : 0 }
  case (2, 3):
    let s = a.assumingMemoryBound(to: Int.self), t = d.assumingMemoryBound(to: UInt8.self)
    for k in 0..<count { t[k] = s[k] != 0 ? 1 : 0 }
  default:
    d.copyMemory(from: a, byteCount: count * elementSize(to))
  }
}

/// Toward zero; NaN is 0, and what does not fit becomes the nearest integer that does.
@inline(__always)
func truncated(_ x: Double) -> Int {
  x != x ? 0 : x >= 0x1p63 ? Int.max : x < -0x1p63 ? Int.min : Int(x)
}
