import KernelTypes

/// The elementary functions for single numbers of the host, by the same kernels as tensors use: a number gives the same
/// bits in the interpreter, in a compiled program and on every processor with FMA, which the system's library does not.
public enum HostMath {
  /// A unary operation of `TileOpcode` that gives a number, such as `.exp`; about a tenth of a microsecond.
  public static func value(_ opcode: TileOpcode, _ x: Double) -> Double { value(opcode, x, 0) }

  /// A binary one, such as `.power`, `.remainder` or `.atan2`.
  public static func value(_ opcode: TileOpcode, _ x: Double, _ y: Double) -> Double {
    // Kernels read whole vectors: room behind each number.
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 24) { numbers in
      withUnsafeTemporaryAllocation(of: TileInstruction.self, capacity: 4) { program in
        withUnsafeTemporaryAllocation(of: TileOperand.self, capacity: 3) { operands in
          guard let base = numbers.baseAddress, let table = operands.baseAddress else { return .nan }
          numbers.initialize(repeating: 0)
          numbers[0] = x
          numbers[8] = y
          program[0] = TileInstruction(.load, type: 1, destination: 0, a: 0)
          program[1] = TileInstruction(.load, type: 1, destination: 1, a: 1)
          program[2] = TileInstruction(opcode, type: 1, destination: 2, a: 0, b: 1)
          program[3] = TileInstruction(.store, type: 1, a: 2, b: 2)
          for index in 0..<3 { operands[index] = TileOperand(address: base + 8 * index, strideInner: 1) }
          var constant: UInt64 = 0
          _ = Kernels.runTiles(
            UnsafeBufferPointer(program), constants: &constant, domain: TileDomain(inner: 1), operands: table,
            operandCount: 3)
          return numbers[16]
        }
      }
    }
  }
}
