/// What one instruction does. R is the frame's registers, K the prototype's constants; a, b, c are operands of 16 bits,
/// bc is one of 32 bits (signed for jumps and small numbers). `x` holds flags.
enum Opcode: UInt8 {
  // Moving.
  case move  // R[a] = R[b]
  case take  // R[a] = R[b]; R[b] = none
  case constant  // R[a] = K[bc]
  case integer  // R[a] = bc
  case none  // R[a] = none
  case truth  // R[a] = x != 0
  case missing  // R[a] = the mark of an argument left out
  case clear  // R[a ..< a + b] = none

  // Variables beyond the frame's registers.
  case getGlobal  // R[a] = globals[bc]
  case setGlobal  // globals[bc] = R[a]; x: R[a] is a temporary
  case getCapture  // R[a] = captures[b]
  case getCaptureCell  // R[a] = captures[b].value, named names[c]
  case setCaptureCell  // captures[b].value = R[a]
  case newCell  // R[a] = cell(R[a])
  case getCell  // R[a] = R[b].value
  case setCell  // R[a].value = R[b]
  case closure  // R[a] = prototypes[bc] with its captures
  case currentFunction  // R[a] = the running function

  // Arithmetic: R op R, R op K, K op R. x: bits of operands that are temporaries (1: left, 2: right).
  case add, addRK, addKR
  case subtract, subtractRK, subtractKR
  case multiply, multiplyRK, multiplyKR
  case divide, divideRK, divideKR
  case remainder, remainderRK
  case floorDivide, floorDivideRK
  case power, powerRK
  case matmul
  case addInteger  // R[a] = R[b] + c (signed)
  case subtractInteger  // R[a] = R[b] - c (signed)
  case negate, not
  case and, or  // whole tensors only: R[a] = R[b] op R[c]

  // The first of two: it does the work of the next instruction as well, which takes its result from R[a], when all is
  // as simple as it is most often. Otherwise it does only its own.
  case multiplyAdd, multiplySubtract  // multiply, then add or subtract
  case globalIndex, captureIndex, captureCellIndex, cellIndex, indexIndex  // get what is indexed, then index

  // Comparisons to a truth value.
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

  // Jumps. The target is relative to the next instruction; on the way back they poll for interrupts.
  case jump  // bc
  case loop  // bc; always back
  case jumpIf  // R[a] is true; bc
  case jumpUnless  // R[a] is false; bc
  case jumpIfTensor  // R[a] is a tensor with dimensions: bc
  case jumpEqual, jumpLess, jumpLessOrEqual, jumpGreater, jumpGreaterOrEqual  // R[a] ? R[b]; c
  case jumpUnlessEqual, jumpUnlessLess, jumpUnlessLessOrEqual, jumpUnlessGreater, jumpUnlessGreaterOrEqual
  case jumpNotEqual, jumpUnlessNotEqual
  case jumpEqualK, jumpLessK, jumpLessOrEqualK, jumpGreaterK, jumpGreaterOrEqualK  // R[a] ? K[b]; c
  case jumpUnlessEqualK, jumpUnlessLessK, jumpUnlessLessOrEqualK, jumpUnlessGreaterK, jumpUnlessGreaterOrEqualK
  case jumpNotEqualK, jumpUnlessNotEqualK
  case jumpGiven  // R[a] is not the mark of a missing argument; bc

  // Calls. The window is R[a] (callee, then result) and the arguments behind it.
  case call  // x arguments
  case callNamed  // K-th call shape: bc
  case callRegister  // R[bc], x arguments
  case callGlobal  // globals[bc], x arguments
  case callSelf  // the running function, x arguments: as many as it has parameters
  case callBuiltin  // builtins[bc], x arguments
  case callBuiltinNamed  // call shape bc, which holds the builtin
  case returnValue  // R[a]; b registers may hold objects
  case returnNone  // b as above

  // Values.
  case tuple  // R[a] = R[b ..< b + c], moved
  case bracket  // R[a] = R[b ..< b + c], moved: tensor or list; x: all elements are brackets themselves
  case record  // R[a] = record of shape c with values R[b...], moved
  case range  // R[a] = R[b] ..< R[c]; x bit 2: closed
  case compose  // R[a] = R[b] >> R[c]
  case field  // R[a] = R[b].names[c]
  case index  // R[a] = R[b][R[c]]; x bit 2: the next instruction jumps by R[a], which nothing else reads
  case indexItems  // R[a] = R[b][items c], the operands behind R[b]
  case assignElement  // the list in a variable: [R[b]] = R[a]; x: temporaries, bit 2: K[a]; the next instruction says which variable
  case appendElement  // append R[a] to the list in a variable; x and the next instruction as above
  case variable  // data of the instruction before: names[a], kind x, number bc
  case assignPlace  // place bc gets R[a]; the index operands behind R[a]
  case readPlace  // R[a] = place bc; the index operands behind R[a]
  case appendPlace  // append R[a] to the list at place bc
  case format  // R[a] = text of R[b]; format constant c (names[c] or none when 0xffff)
  case joinText  // R[a] = texts of R[b ..< b + c]
  case layer  // R[a] = layer of description bc

  // Loops.
  case rangeStart  // R[a], R[a + 1]: bounds; jump over the loop by bc when empty; x: closed
  case rangeNext  // R[a] += 1, back by bc while below R[a + 1]; polls
  case iterate  // R[a] = iterator of R[a]
  case next  // R[a] = next of R[a - 1], or on by bc; polls at the jump back

  // Patterns. The tests jump on by c when the value does not fit.
  case unpack  // R[a ..< a + c] = parts of the tuple or list R[b]
  case unpackField  // R[a] = R[b].names[c], in a pattern
  case testSequence  // R[a] is a tuple (x 0) or list (x 1) of b elements
  case testRecord  // R[a] is a record with the fields of shape b
  case testEqual  // R[a] equals R[b], no error for different kinds
  case testRange  // R[a] is a number from R[b] to R[b + 1]; x: closed
  case noMatch  // nothing fits R[a]

  // Annotations and layers.
  case checkKind  // R[a] is of kind names[bc]; x: it is an argument, so the caller is to blame
  case checkShapes  // shape check bc; x as above
  case checkResult  // shape check bc of R[a]
  case size  // R[a] as a size of a dimension
  case modelField  // R[a] = fields[c] of the model R[b]
  case parameter  // R[a] = param or state c of the model R[b]; sizes and initializer behind R[a], x sizes
  case getSlot  // R[a] = slot c of the model R[b]
  case setSlot  // slot c of the model R[b] = R[a]
  case training  // R[a] = whether the model R[b] trains

  // Statements.
  case complete  // makes the code of this function of the library, and starts with it
  case assertFailed  // the condition's sides are R[a], R[b] when x is 1
  case importModule  // run module bc once
  case moduleValue  // R[a] = module bc as a value
}

/// Eight bytes, no references: opcode, x, a, b, c from the low end.
struct Instruction {
  private let word: UInt64

  init(_ opcode: Opcode, x: UInt8 = 0, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0) {
    func operand(_ number: Int) -> UInt64 { UInt64(UInt16(truncatingIfNeeded: number)) }
    word = UInt64(opcode.rawValue) | UInt64(x) << 8 | operand(a) << 16 | operand(b) << 32 | operand(c) << 48
  }

  init(_ opcode: Opcode, x: UInt8 = 0, _ a: Int = 0, wide: Int) {
    self.init(opcode, x: x, a, wide, wide >> 16)
  }

  var opcode: Opcode { unsafeBitCast(UInt8(truncatingIfNeeded: word), to: Opcode.self) }
  var x: UInt8 { UInt8(truncatingIfNeeded: word >> 8) }
  var ia: Int { Int(truncatingIfNeeded: word >> 16) & 0xffff }
  var ib: Int { Int(truncatingIfNeeded: word >> 32) & 0xffff }
  var ic: Int { Int(truncatingIfNeeded: word >> 48) }
}

/// Operands are read where they stand, each by one load.
extension UnsafePointer where Pointee == Instruction {
  @inline(__always) private func load<T>(_ offset: Int, _: T.Type) -> T {
    UnsafeRawPointer(self).load(fromByteOffset: offset, as: T.self)
  }
  /// The first byte is a valid opcode: nothing else is ever stored there.
  @inline(__always) var opcode: Opcode { load(0, Opcode.self) }
  @inline(__always) var x: UInt8 { load(1, UInt8.self) }
  /// x as the number of arguments.
  @inline(__always) var count: Int { Int(load(1, UInt8.self)) }
  @inline(__always) var ia: Int { Int(load(2, UInt16.self)) }
  @inline(__always) var ib: Int { Int(load(4, UInt16.self)) }
  @inline(__always) var ic: Int { Int(load(6, UInt16.self)) }
  /// b and c as one signed number.
  @inline(__always) var wide: Int { Int(load(4, Int32.self)) }
  /// c as a signed number.
  @inline(__always) var short: Int { Int(load(6, Int16.self)) }
}

/// Where a variable lives: `x` of the instruction `variable`.
enum VariableKind: UInt8 {
  case register, cell, captureCell, global
}

/// Bits of `Instruction.x`.
enum OperandFlag {
  static let leftIsTemporary: UInt8 = 1
  static let rightIsTemporary: UInt8 = 2
  static let option: UInt8 = 4
}
