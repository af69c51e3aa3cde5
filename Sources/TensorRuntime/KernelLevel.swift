import CKernelSupport
import KernelTypes

#if arch(arm64)
  import KernelsArm64
#else
  import KernelsV2
  import KernelsV3
  import KernelsV4
#endif

/// The instruction sets that kernels are compiled for. The processor's best is chosen at start.
public enum KernelLevel: Int, Sendable, CaseIterable {
  #if arch(arm64)
    case arm64 = 0
  #else
    case v2 = 2
    case v3, v4
  #endif

  /// What this processor can run.
  public static let best: KernelLevel = {
    #if arch(arm64)
      .arm64
    #else
      KernelLevel(rawValue: Int(kernel_processor_level())) ?? .v2
    #endif
  }()

  /// The level that kernels called from this thread use, never above `best`. For tests and measurements.
  public static var current: KernelLevel {
    get { ThreadMemory.current.pointee.level }
    set { ThreadMemory.current.pointee.level = newValue.rawValue <= best.rawValue ? newValue : best }
  }

  #if arch(arm64)
    private static let tableArm64 = KernelsArm64.kernelTable()
    static var table: KernelTable { tableArm64 }
  #else
    // Made when first used: making one already runs code of its level.
    private static let table2 = KernelsV2.kernelTable()
    private static let table3 = KernelsV3.kernelTable()
    private static let table4 = KernelsV4.kernelTable()
    /// The kernels of the current level. Inlined, so that nobody copies the whole table for one of them.
    @inline(__always) static var table: KernelTable {
      switch current {
      case .v2: table2
      case .v3: table3
      case .v4: table4
      }
    }
  #endif
}
