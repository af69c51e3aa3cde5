import CKernelSupport
import KernelTypes

/// The preparation of a tile program for where its operands stood when it last ran. It holds as long as the same outputs
/// share their memory with the same operands.
public struct KeptTiles {
  let code: UnsafeMutablePointer<TileInstruction>
  let sizes: UnsafeMutablePointer<UInt8>
  /// By bit: the operands that are written.
  let stored: UInt32
  private var sharing: UInt64 = 0
  private(set) var arguments: TileArguments?
  private(set) var nanoseconds = 0
  /// A word: 0, 1 while somebody makes the preparation, 2 when it is there. Inside a job several threads may run the same
  /// step: one of them writes what is kept, once.
  private let state: UnsafeMutablePointer<UInt32>

  /// `code`: room for the program; `sizes`: for `TileMachine.operandLimit` bytes; `state`: a zero. They must live as long
  /// as this.
  public init(
    _ program: UnsafeBufferPointer<TileInstruction>, code: UnsafeMutablePointer<TileInstruction>,
    sizes: UnsafeMutablePointer<UInt8>, state: UnsafeMutablePointer<UInt32>
  ) {
    self.code = code
    self.sizes = sizes
    self.state = state
    var stored: UInt32 = 0
    for instruction in program where instruction.opcode == .store { stored |= 1 << UInt32(instruction.a) }
    self.stored = stored
  }

  /// Whether the caller is to make the preparation and `keep` it.
  func claim(for sharing: UInt64, isInside: Bool) -> Bool {
    guard isInside else { return !holds(for: sharing) }
    return kernel_load32(state) == 0 && kernel_exchange_if32(state, 0, 1)
  }

  mutating func keep(_ arguments: TileArguments, _ nanoseconds: Int, for sharing: UInt64) {
    self.arguments = arguments
    self.nanoseconds = nanoseconds
    self.sharing = sharing
    kernel_store32(state, 2)
  }

  func holds(for sharing: UInt64) -> Bool { kernel_load32(state) == 2 && self.sharing == sharing }

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
