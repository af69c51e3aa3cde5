import KernelTypes
import TensorRuntime
import TensorTypes
import Testing

extension KernelSuite {
  /// Runs a program over fresh operands and gives the bytes of the outputs. `inputs` are copied at the misalignment.
  static func run(
    _ program: [TileInstruction], constants: [UInt64] = [0], domain: TileDomain, operands: [TileOperand]
  ) -> KernelStatus {
    program.withUnsafeBufferPointer {
      Kernels.runTiles($0, constants: constants, domain: domain, operands: operands, operandCount: operands.count)
    }
  }

  static func reference(
    _ program: [TileInstruction], constants: [UInt64] = [0], domain: TileDomain, operands: [TileOperand]
  ) -> KernelStatus {
    program.withUnsafeBufferPointer { PlainTiles.run($0, constants, domain, operands, operands.count) }
  }

  static let unary: [TileOpcode] = [
    .negate, .absolute, .sign, .reciprocal, .exp, .expm1, .log, .log1p, .sqrt, .sin, .cos, .tan, .asin, .acos, .atan,
    .sinh, .cosh, .tanh, .sigmoid, .erf, .erfInverse, .floor, .ceil, .round, .truncate, .isNaN, .isFinite,
  ]
  static let binary: [TileOpcode] = [
    .add, .subtract, .multiply, .divide, .floorDivide, .remainder, .power, .minimum, .maximum, .atan2, .equal,
    .notEqual,
    .less, .lessOrEqual, .greater, .greaterOrEqual,
  ]
  static let comparisons: [TileOpcode] = [
    .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isNaN, .isFinite,
  ]

  static let special: [Double] = [
    0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1.5, -2.5, 2.5, 1e-5, -1e-5, 1e10, -1e10, 88, -88, 0.999999, 1e30, -1e30,
    .infinity, -.infinity, .nan, 7, -7, 100.25, 1e-30, 1e300,
  ]

  @Test func everyFloatOperationMatchesTheReferenceOnSpecialValues() {
    for level in runnableLevels {
      for opcode in Self.unary + Self.binary {
        let isTruth = Self.comparisons.contains(opcode)
        var xs: [Double] = [], ys: [Double] = []
        for x in Self.special {
          for y in Self.special {
            xs.append(x)
            ys.append(y)
          }
        }
        let count = xs.count
        let program32 = Self.program(opcode, type: 0), program64 = Self.program(opcode, type: 1)
        Self.atLevel(level) {
          let x32 = Block(xs.map { Float($0) }, misalignment: 1, fill: 0)
          let y32 = Block(ys.map { Float($0) }, misalignment: 3, fill: 0)
          let x64 = Block(xs, misalignment: 1, fill: 0), y64 = Block(ys, misalignment: 1, fill: 0)
          if isTruth {
            let found = Block<UInt8>(count: count, fill: 9), expected = Block<UInt8>(count: count, fill: 9)
            for (program, x, y) in [
              (program32, UnsafeMutableRawPointer(x32.pointer), UnsafeMutableRawPointer(y32.pointer)),
              (program64, UnsafeMutableRawPointer(x64.pointer), UnsafeMutableRawPointer(y64.pointer)),
            ] {
              let operands = [TileOperand(address: x, strideInner: 1), TileOperand(address: y, strideInner: 1)]
              _ = Self.run(
                program, domain: TileDomain(inner: count),
                operands: operands + [TileOperand(address: found.pointer, strideInner: 1)])
              _ = Self.reference(
                program, domain: TileDomain(inner: count),
                operands: operands + [TileOperand(address: expected.pointer, strideInner: 1)])
              #expect(found.elements == expected.elements, "\(opcode) \(level)")
              #expect(found.isIntactBehind)
            }
          } else {
            let found = Block<Float>(count: count, fill: 9)
            _ = Self.run(
              program32, domain: TileDomain(inner: count),
              operands: [x32.operand, y32.operand, found.operand])
            let wide = Block<Double>(count: count, fill: 9)
            _ = Self.run(
              program64, domain: TileDomain(inner: count),
              operands: [x64.operand, y64.operand, wide.operand])
            for index in 0..<count {
              let x = Double(x32.pointer[index]), y = Double(y32.pointer[index])
              let expected = PlainTiles.arithmetic(opcode, x, y, 0)
              let error = ulps(found.pointer[index], expected)
              #expect(error <= 4, "\(level) f32 \(opcode)(\(x), \(y)) = \(found.pointer[index]), not \(expected)")
              let expected64 = PlainTiles.arithmetic(opcode, xs[index], ys[index], 0)
              let error64 = ulps(wide.pointer[index], expected64)
              #expect(
                error64 <= 4,
                "\(level) f64 \(opcode)(\(xs[index]), \(ys[index])) = \(wide.pointer[index]), not \(expected64)")
            }
            #expect(found.isIntactBehind && wide.isIntactBehind)
          }
        }
      }
    }
  }

  /// load 0, load 1, op, store 2.
  static func program(_ opcode: TileOpcode, type: UInt8) -> [TileInstruction] {
    [
      TileInstruction(.load, type: type, destination: 0, a: 0),
      TileInstruction(.load, type: type, destination: 1, a: 1),
      TileInstruction(opcode, type: type, destination: 2, a: 0, b: 1),
      TileInstruction(.store, type: comparisons.contains(opcode) ? 3 : type, a: 2, b: 2),
    ]
  }

  /// Random programs of exactly rounded operations, over random domains with broadcasts, strides, in-place outputs and
  /// reused registers: every level gives the reference's numbers.
  @Test func randomProgramsMatchTheReference() {
    var dice = Dice(7)
    for round in 0..<300 {
      let inner = [1, 2, 5, 10, 16, 31, 32, 64, 100, 128, 129, 300][dice.below(12)]
      let domain = TileDomain(
        outer0: 1 + dice.below(2), outer1: 1 + dice.below(3), outer2: 1 + dice.below(40), inner: inner)
      let count = domain.outer0 * domain.outer1 * domain.outer2 * inner
      let dense = [domain.outer1 * domain.outer2 * inner, domain.outer2 * inner, inner, 1]
      var data: [Block<Float>] = [], operands: [TileOperand] = []
      let inputCount = 1 + dice.below(3)
      for _ in 0..<inputCount {
        let strides: [Int]
        switch dice.below(6) {
        case 0: strides = [0, 0, 0, 0]
        case 1: strides = [0, 0, 0, 1]
        case 2: strides = [0, 0, 1, 0]
        case 3: strides = [0, 0, 1, domain.outer2]
        default: strides = dense
        }
        let block = Block<Float>(count: max(count, domain.outer2 * inner), misalignment: dice.below(4), fill: 0)
        for index in 0..<block.count { block.pointer[index] = Float(dice.below(17)) - 8 }
        data.append(block)
        operands.append(
          TileOperand(
            address: block.pointer, stride0: strides[0], stride1: strides[1], stride2: strides[2],
            strideInner: strides[3]))
      }
      let outputCount = 1 + dice.below(2)
      for _ in 0..<outputCount {
        // One in two outputs overwrites a dense input.
        let victim =
          dice.below(2) == 0
          ? operands.firstIndex {
            $0.strideInner == 1 && $0.stride2 == inner && $0.stride1 == dense[1] && $0.stride0 == dense[0]
          } : nil
        if let victim, !operands[inputCount...].contains(where: { $0.address == operands[victim].address }) {
          operands.append(operands[victim])
        } else {
          let block = Block<Float>(count: count, misalignment: dice.below(4), fill: 0)
          data.append(block)
          operands.append(
            TileOperand(
              address: block.pointer, stride0: dense[0], stride1: dense[1], stride2: dense[2], strideInner: 1))
        }
      }
      var program: [TileInstruction] = []
      for input in 0..<inputCount {
        program.append(TileInstruction(.load, type: 0, destination: UInt8(input), a: UInt8(input)))
      }
      program.append(TileInstruction(.constant, type: 0, destination: 3, a: 0))
      var defined = Array(0..<inputCount) + [3]
      func pick() -> UInt8 { UInt8(defined[dice.below(defined.count)]) }
      var pending = outputCount
      for step in 0..<(3 + dice.below(8)) {
        let destination = dice.below(8)
        let opcodes: [TileOpcode] = [
          .add, .subtract, .maximum, .minimum, .negate, .absolute, .sign, .floor, .iota, .select, .constant, .convert,
          .addThenAdd, .addThenSubtract, .addThenSubtractFrom, .subtractThenAdd, .subtractThenSubtract,
          .subtractThenSubtractFrom,
        ]
        let opcode = opcodes[dice.below(opcodes.count)]
        switch opcode {
        case .iota:
          program.append(TileInstruction(.iota, type: 0, destination: UInt8(destination), a: UInt8(dice.below(4))))
        case .select:
          program.append(TileInstruction(.less, type: 0, destination: 20, a: pick(), b: pick()))
          program.append(
            TileInstruction(.select, type: 0, destination: UInt8(destination), a: 20, b: pick(), c: pick()))
        case .constant: program.append(TileInstruction(.constant, type: 0, destination: UInt8(destination), a: 1))
        case .convert:
          program.append(TileInstruction(.convert, type: 2, destination: 21, a: pick(), c: 0))
          program.append(TileInstruction(.convert, type: 0, destination: UInt8(destination), a: 21, c: 2))
        default:
          program.append(
            TileInstruction(
              opcode, type: 0, destination: UInt8(destination), a: pick(), b: pick(),
              c: opcode.parts == nil ? 0 : pick()))
        }
        if !defined.contains(destination) { defined.append(destination) }
        if pending > 0, step > 1, dice.below(3) == 0 {
          pending -= 1
          program.append(TileInstruction(.store, type: 0, a: UInt8(inputCount + pending), b: pick()))
        } else if pending < outputCount, dice.below(8) == 0 {
          // Once more to the last output.
          program.append(TileInstruction(.store, type: 0, a: UInt8(inputCount + pending), b: pick()))
        }
      }
      while pending > 0 {
        pending -= 1
        program.append(TileInstruction(.store, type: 0, a: UInt8(inputCount + pending), b: pick()))
      }
      let constants = [UInt64(Float(2.5).bitPattern), UInt64(Float(-3).bitPattern)]
      let before = data.map(\.elements)
      // The reference works through the program tile by tile as the machine does only if inputs are read before outputs
      // are written at the same position, which element by element it does.
      #expect(Self.reference(program, constants: constants, domain: domain, operands: operands) == .ok)
      let expected = data.map { bitPatterns($0.elements) }
      for level in runnableLevels {
        for (block, old) in zip(data, before) {
          for (index, value) in old.enumerated() { block.pointer[index] = value }
        }
        Self.atLevel(level) {
          #expect(Self.run(program, constants: constants, domain: domain, operands: operands) == .ok)
        }
        let mismatch = zip(data, expected).enumerated().lazy.compactMap { number, pair in
          zip(pair.0.elements, pair.1).enumerated().first { $0.element.0 != Float(bitPattern: $0.element.1) }
            .map { "block \(number) at \($0.offset): \($0.element.0), not \(Float(bitPattern: $0.element.1))" }
        }.first
        #expect(mismatch == nil, "round \(round) \(level) \(domain) \(program)")
        #expect(data.allSatisfy { $0.isIntactBehind })
      }
    }
  }

  @Test func integersReportTheFirstElementThatFails() {
    let x = Block<Int>(count: 1000, misalignment: 1, fill: 5), y = Block<Int>(count: 1000, fill: 3)
    let z = Block<Int>(count: 1000, fill: 0)
    let operands = [x.operand, y.operand, z.operand]
    for level in runnableLevels {
      Self.atLevel(level) {
        for opcode: TileOpcode in [.add, .subtract, .multiply, .floorDivide, .remainder, .power, .minimum] {
          let status = Self.run(
            Self.program(opcode, type: 2), domain: TileDomain(outer2: 10, inner: 100), operands: Self.rows(operands))
          #expect(status == .ok)
          #expect(z.elements.allSatisfy { $0 == PlainTiles.integers(opcode, 5, 3, 0).0 })
        }
        x.pointer[777] = .max
        y.pointer[778] = 0
        func status(_ opcode: TileOpcode) -> KernelStatus {
          Self.run(
            Self.program(opcode, type: 2), domain: TileDomain(outer2: 10, inner: 100), operands: Self.rows(operands))
        }
        #expect(status(.add) == KernelStatus(.integerOverflow, detail: 777))
        #expect(status(.multiply) == KernelStatus(.integerOverflow, detail: 777))
        #expect(status(.remainder) == KernelStatus(.integerDivisionByZero, detail: 778))
        #expect(status(.floorDivide) == KernelStatus(.integerDivisionByZero, detail: 778))
        #expect(status(.subtract) == .ok)
        x.pointer[100] = .min
        #expect(status(.subtract) == KernelStatus(.integerOverflow, detail: 100))
        #expect(status(.negate) == KernelStatus(.integerOverflow, detail: 100))
        (x.pointer[777], x.pointer[100], y.pointer[778]) = (5, 5, 3)
      }
    }
  }

  static func rows(_ operands: [TileOperand]) -> [TileOperand] {
    operands.map { TileOperand(address: $0.address, stride2: 100, strideInner: 1) }
  }

  @Test func levelsWithFMAGiveTheSameBitsAndSplittingChangesNone() {
    let count = 100_003
    var dice = Dice(3)
    let x = Block<Float>(count: count, fill: 0), y = Block<Float>(count: count, fill: 0)
    for index in 0..<count {
      x.pointer[index] = Float(dice.between(-30, 30))
      y.pointer[index] = Float(dice.between(0, 4))
    }
    for opcode in Self.unary + Self.binary where !Self.comparisons.contains(opcode) {
      var results: [[UInt32]] = []
      for level in runnableLevels where level.rawValue != 2 {
        for threads in [1, 2, 3] {
          Self.atLevel(level, threads: threads) {
            let z = Block<Float>(count: count, fill: 0)
            let operands = [x.operand, y.operand, z.operand]
            _ = Self.run(Self.program(opcode, type: 0), domain: TileDomain(inner: count), operands: operands)
            results.append(bitPatterns(z.elements))
          }
        }
      }
      #expect(results.allSatisfy { $0 == results[0] }, "\(opcode)")
    }
  }

  @Test func writingPastTheCachesAndFetchingAheadChangeNothing() {
    var dice = Dice(5)
    for (rows, columns) in [(1, 100_003), (1, 4096), (77, 128), (77, 100), (9, 1040)] {
      let count = rows * columns
      let x = Block<Float>((0..<count).map { _ in Float(dice.between(-3, 3)) }, fill: 0)
      for misalignment in [0, 1] {
        for level in runnableLevels {
          Self.atLevel(level, threads: 2) {
            let plain = Block<Float>(count: count, misalignment: misalignment, fill: 0)
            let streamed = Block<Float>(count: count, misalignment: misalignment, fill: 0)
            var input = TileOperand(address: x.pointer, stride2: columns, strideInner: 1)
            var output = TileOperand(address: plain.pointer, stride2: columns, strideInner: 1)
            let domain = TileDomain(outer2: rows, inner: columns)
            _ = Self.run(Self.program(.exp, type: 0), domain: domain, operands: [input, input, output])
            input.ahead = 1 << 16
            output.address = UnsafeMutableRawPointer(streamed.pointer)
            output.isStreamed = true
            _ = Self.run(Self.program(.exp, type: 0), domain: domain, operands: [input, input, output])
            #expect(bitPatterns(plain.elements) == bitPatterns(streamed.elements))
            #expect(streamed.isIntactBehind)
          }
        }
      }
    }
  }

  @Test func denormalsAreZeroInsideAndTheHostKeepsThem() {
    let tiny = Float.leastNonzeroMagnitude * 100
    let x = Block<Float>(count: 20, fill: tiny), y = Block<Float>(count: 20, fill: 1),
      z = Block<Float>(count: 20, fill: 9)
    let operands = [x.operand, y.operand, z.operand]
    for level in runnableLevels {
      Self.atLevel(level) {
        _ = Self.run(Self.program(.multiply, type: 0), domain: TileDomain(inner: 20), operands: operands)
        #expect(z.elements.allSatisfy { $0 == 0 })
      }
    }
    let half = [Float.leastNormalMagnitude].map { $0 / 2 }
    #expect(half[0] > 0)
  }
}

func ulps(_ found: Double, _ expected: Double) -> Double {
  if expected.isNaN || found.isNaN { return expected.isNaN && found.isNaN ? 0 : .infinity }
  if found == expected { return 0 }
  if abs(found) <= .leastNormalMagnitude && abs(expected) <= .leastNormalMagnitude { return 0 }
  if found.isInfinite || expected.isInfinite { return .infinity }
  return abs(found - expected) / expected.ulp
}
