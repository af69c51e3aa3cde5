import Glibc
import Synchronization
import TensorRuntime

/// The machine code of chains. Each stands on pages of its own, which are written first, then made executable and no
/// longer writable; equal chains share it. It stays until the process ends, and there is an end to how much is made.
enum MachineCode {
  /// Processors without AVX-512 run the tile machine's own instructions.
  static var isAvailable: Bool {
    #if arch(x86_64)
      KernelLevel.current == .v4
    #else
      false
    #endif
  }

  private static let limit = 4096
  /// Nil for what cannot be made.
  private static let made = Mutex<[Chain: UInt?]>([:])
  private static let madeOfRows = Mutex<[RowChain: UInt?]>([:])

  /// The address of the chain's function; nil where it needs too many registers or the system allows no new code.
  static func address(of chain: Chain) -> UInt? {
    made.withLock { address(of: chain, among: &$0, ChainCode.bytes) }
  }

  /// The same for rows.
  static func address(of chain: RowChain) -> UInt? {
    madeOfRows.withLock { address(of: chain, among: &$0, RowCode.bytes) }
  }

  private static func address<Source: Hashable>(
    of source: Source, among made: inout [Source: UInt?], _ bytes: (Source) -> [UInt8]?
  ) -> UInt? {
    if let known = made[source] { return known }
    guard made.count < limit else { return nil }
    let address = bytes(source).flatMap(executable)
    made[source] = .some(address)
    return address
  }

  private static func executable(_ bytes: [UInt8]) -> UInt? {
    let page = max(4096, sysconf(Int32(_SC_PAGESIZE)))
    let byteCount = (bytes.count + page - 1) / page * page
    guard let block = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      block != MAP_FAILED
    else { return nil }
    bytes.withUnsafeBytes { block.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: bytes.count) }
    guard mprotect(block, byteCount, PROT_READ | PROT_EXEC) == 0 else {
      munmap(block, byteCount)
      return nil
    }
    return UInt(bitPattern: block)
  }
}
