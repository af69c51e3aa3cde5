import KernelTypes
import TensorRuntime

/// Owns the tables of plain data that steps point to: tile instructions, sizes, strides, operand tables.
final class PlainMemory {
  private var blocks: [UnsafeMutableRawPointer] = []

  /// Stands for an address until the program runs.
  let unbound = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
  /// Where the blocks of the program look for a clock.
  let timer: UnsafeMutablePointer<StepTimer>

  init() {
    timer = .allocate(capacity: 1)
    timer.initialize(to: StepTimer())
  }

  /// A copy of the elements that lives as long as this object.
  func copy<T>(_ elements: [T]) -> UnsafeMutableBufferPointer<T> {
    assert(_isPOD(T.self), "only plain data is freed without being destroyed")
    let byteCount = max(MemoryLayout<T>.stride * elements.count, 8)
    let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
    blocks.append(block)
    let result = UnsafeMutableBufferPointer(
      start: block.bindMemory(to: T.self, capacity: max(elements.count, 1)), count: elements.count)
    _ = result.initialize(from: elements)
    return result
  }

  func pointer<T>(_ elements: [T]) -> UnsafePointer<T> {
    // `copy` reserves room for one element at least.
    UnsafePointer(copy(elements).baseAddress.unsafelyUnwrapped)
  }

  /// A step whose operands stand at `bindings`.
  func tileStep(
    _ program: [TileInstruction], _ operations: [TileOpcode], constants: [UInt64] = [], domain: TileDomain,
    operands: [TileOperand], bindings: [Reference], listedElements: Int = 0
  ) -> TileStep {
    let program = UnsafeBufferPointer(copy(program))
    let code = UnsafeMutablePointer(mutating: pointer(Array(program)))
    let sizes = UnsafeMutablePointer(mutating: pointer([UInt8](repeating: 0, count: TileMachine.operandLimit)))
    let state = UnsafeMutablePointer(mutating: pointer([UInt32(0)]))
    let kept = pointer([KeptTiles(program, code: code, sizes: sizes, state: state)])
    return TileStep(
      program: program, constants: pointer(constants), domain: domain, operands: UnsafeBufferPointer(copy(operands)),
      bindings: pointer(bindings), listedElements: listedElements,
      operations: UnsafeBufferPointer(copy(operations)), kept: UnsafeMutablePointer(mutating: kept))
  }

  deinit {
    for block in blocks { block.deallocate() }
    unbound.deallocate()
    timer.deallocate()
  }
}
