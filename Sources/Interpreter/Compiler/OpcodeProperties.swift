extension Opcode {
  /// Whether c is the distance of a jump.
  var hasShortJump: Bool {
    switch self {
    case .jumpEqual, .jumpLess, .jumpLessOrEqual, .jumpGreater, .jumpGreaterOrEqual, .jumpNotEqual,
      .jumpUnlessEqual, .jumpUnlessLess, .jumpUnlessLessOrEqual, .jumpUnlessGreater, .jumpUnlessGreaterOrEqual,
      .jumpUnlessNotEqual,
      .jumpEqualK, .jumpLessK, .jumpLessOrEqualK, .jumpGreaterK, .jumpGreaterOrEqualK, .jumpNotEqualK,
      .jumpUnlessEqualK, .jumpUnlessLessK, .jumpUnlessLessOrEqualK, .jumpUnlessGreaterK, .jumpUnlessGreaterOrEqualK,
      .jumpUnlessNotEqualK,
      .testSequence, .testRecord, .testEqual, .testRange:
      true
    default: false
    }
  }

  /// Whether temporaries that the instruction reads hold no object afterwards. Functions of such instructions only
  /// clear their variables when they return.
  var isTidy: Bool {
    switch self {
    case .move, .take, .constant, .integer, .none, .truth, .missing, .clear, .getGlobal, .setGlobal, .getCapture,
      .getCaptureCell, .getCell, .closure, .currentFunction, .add, .addRK, .addKR, .subtract, .subtractRK, .subtractKR,
      .multiply, .multiplyRK, .multiplyKR, .divide, .divideRK, .divideKR, .remainder, .remainderRK, .floorDivide,
      .floorDivideRK, .power, .powerRK, .matmul, .addInteger, .subtractInteger, .negate, .not, .and, .or, .equal,
      .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .jump, .loop, .jumpIf, .jumpUnless, .jumpIfTensor,
      .call, .callRegister, .callGlobal, .callSelf, .callNamed, .callBuiltin, .callBuiltinNamed, .returnValue, .returnNone, .tuple,
      .bracket, .record, .field, .index, .assignElement, .appendElement, .variable, .rangeStart, .rangeNext, .iterate, .next:
      true
    default: hasShortJump && self != .testSequence && self != .testRecord && self != .testEqual && self != .testRange
    }
  }
}

extension Instruction {
  /// The opcode that does the work of this instruction and of `next` behind it, when `next` takes its result as a
  /// temporary.
  func opcode(before next: Instruction) -> Opcode? {
    let takesLeft = next.ib == ia && next.ic != ia && next.x & OperandFlag.leftIsTemporary != 0
    let takesRight = next.ic == ia && next.ib != ia && next.x & OperandFlag.rightIsTemporary != 0
    switch (opcode, next.opcode) {
    case (.multiply, .add) where takesLeft || takesRight: return .multiplyAdd
    case (.multiply, .subtract) where takesLeft || takesRight: return .multiplySubtract
    case (.getGlobal, .index) where takesLeft: return .globalIndex
    case (.getCapture, .index) where takesLeft: return .captureIndex
    case (.getCaptureCell, .index) where takesLeft: return .captureCellIndex
    case (.getCell, .index) where takesLeft: return .cellIndex
    case (.index, .index) where takesLeft: return .indexIndex
    default: return nil
    }
  }

  /// Whether this is a jump that alone asks for what `last`, an `index`, finds.
  func takesTest(from last: Instruction) -> Bool {
    (opcode == .jumpIf || opcode == .jumpUnless) && x & OperandFlag.leftIsTemporary != 0 && last.opcode == .index
      && last.ia == ia
  }
}
