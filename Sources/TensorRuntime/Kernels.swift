import KernelTypes
import TensorTypes

/// The entry points that the executor calls. Each works on raw, contiguous, row-major memory that the caller sized;
/// splits work over the thread pool where that pays; gives the same bits for any number of threads.
public enum Kernels {
  /// Runs a tile program over a domain. `temporaries` are the program's registers; outputs may be the same memory as
  /// inputs with identical strides.
  public static func runTiles(
    _ program: UnsafeBufferPointer<TileInstruction>, constants: UnsafePointer<UInt64>, domain: TileDomain,
    operands: UnsafePointer<TileOperand>, operandCount: Int
  ) -> KernelStatus {
    PlainTiles.run(program, constants, domain, operands, operandCount)
  }

  public enum Reduction: UInt8, Sendable { case sum, product, maximum, minimum, all, any }
  public enum Cumulation: UInt8, Sendable { case sum, product, maximum, minimum }
  public enum Distribution: Sendable { case uniform, normal, integers(bound: Int) }
}
