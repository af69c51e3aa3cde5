import KernelTypes

/// The preparation of a tile program for where its operands stood when it last ran alone. It holds as long as the same
/// outputs share their memory with the same operands.
public struct KeptTiles {
  let code: UnsafeMutablePointer<TileInstruction>
  let sizes: UnsafeMutablePointer<UInt8>
  /// By bit: the operands that are written.
  let stored: UInt32
  var sharing: UInt64 = 0
  var arguments: TileArguments?
  var nanoseconds = 0

  /// `code`: room for the program; `sizes`: for `TileMachine.operandLimit` bytes. Both must live as long as this.
  public init(
    _ program: UnsafeBufferPointer<TileInstruction>, code: UnsafeMutablePointer<TileInstruction>,
    sizes: UnsafeMutablePointer<UInt8>
  ) {
    self.code = code
    self.sizes = sizes
    var stored: UInt32 = 0
    for instruction in program where instruction.opcode == .store { stored |= 1 << UInt32(instruction.a) }
    self.stored = stored
  }

  /// Which operand, if any, each output shares its address with, as one number; nil where one shares it with several,
  /// or there are too many outputs.
  static func sharing(_ stored: UInt32, _ operands: UnsafePointer<TileOperand>, _ operandCount: Int) -> UInt64? {
    var result: UInt64 = 1
    var rest = stored
    while rest != 0 {
      let output = rest.trailingZeroBitCount
      rest &= rest - 1
      var partner = TileMachine.operandLimit
      for other in 0..<operandCount where other != output && operands[other].address == operands[output].address {
        if partner < TileMachine.operandLimit { return nil }
        partner = other
      }
      guard result < 1 << 58 else { return nil }
      result = result << 6 | UInt64(partner)
    }
    return result
  }
}
