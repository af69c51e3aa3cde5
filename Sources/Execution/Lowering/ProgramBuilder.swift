import TensorGraph
import TensorRuntime
import TensorTypes

/// Where a buffer's memory is found when a program runs.
enum Home {
  /// Given at each run: an input, an output, or what a loop links to.
  case external
  /// In the program's constants, at this offset.
  case constant(Int)
  /// In a block's scratch memory, not yet placed.
  case scratch
  /// At an offset in another buffer: a body's scratch memory, or (nil) in the arena.
  case placed(parent: Int?, offset: Int)
}

struct Buffer {
  var byteCount: Int
  var home: Home
}

/// What the blocks of one program share while it is built.
final class ProgramBuilder {
  let memory = PlainMemory()
  let options: CompileOptions
  var buffers: [Buffer] = []
  private(set) var constants: [UInt64] = []
  private var constantBuffers: [Literal: Int] = [:]
  private var outerConstants: [Literal: Int] = [:]
  /// By number of the step.
  private(set) var origins: [Origin] = []
  private(set) var messages: [String] = []

  init(options: CompileOptions) { self.options = options }

  func buffer(_ byteCount: Int, _ home: Home) -> Int {
    buffers.append(Buffer(byteCount: byteCount, home: home))
    return buffers.count - 1
  }

  func constant(_ literal: Literal) -> Int {
    if let known = constantBuffers[literal] { return known }
    let result = buffer(8, .constant(constants.count * 8))
    constants.append(literal.bits)
    constantBuffers[literal] = result
    return result
  }

  /// Between these two, literals get buffers of their own.
  func beginScope() {
    outerConstants = constantBuffers
    constantBuffers = [:]
  }
  func endScope() { constantBuffers = outerConstants }

  func message(_ text: String) -> Int32 {
    messages.append(text)
    return Int32(messages.count - 1)
  }

  /// The number of one more step: what `origins` and the tallies of a timed run are ordered by.
  func origin(_ origin: Origin) -> Int32 {
    origins.append(origin)
    return Int32(origins.count - 1)
  }

  /// Every buffer's offset in the arena, once all blocks are placed; nil for those that are not in it.
  func arenaOffsets() -> [Int?] {
    var result = [Int?](repeating: nil, count: buffers.count)
    func resolve(_ index: Int) -> Int? {
      if let known = result[index] { return known }
      guard case .placed(let parent, let offset) = buffers[index].home else { return nil }
      guard let parent else {
        result[index] = offset
        return offset
      }
      result[index] = resolve(parent).map { $0 + offset }
      return result[index]
    }
    for index in buffers.indices { _ = resolve(index) }
    return result
  }
}

/// The steps of a block while it is built, with what the memory plan needs to know of each.
struct BlockDraft {
  var steps: [Step] = []
  var uses: [StepUse] = []
  var origins: [Int32] = []

  func finished(_ memory: PlainMemory) -> Block {
    Block(
      steps: UnsafeBufferPointer(memory.copy(steps)), origins: memory.pointer(origins),
      timer: UnsafePointer(memory.timer))
  }
}
