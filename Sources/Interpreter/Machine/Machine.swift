import Diagnostics
import Execution
import Glibc
import SourceText
import StandardLibrary
import Synchronization
import Syntax

/// Raised from a signal handler or another thread, read by the machine at loops and calls. While a training loop holds
/// it, a first press waits for the loop to stop by itself; the next one counts.
public final class InterruptFlag: Sendable {
  private let presses = Atomic<Int>(0)
  /// In `presses`: somebody wants to know where the program is.
  private static let sample = 1 << 40
  private let holders = Atomic<Int>(0)
  public init() {}

  /// Whether the program has to stop now.
  @inline(__always) public var isRaised: Bool {
    get {
      let count = presses.load(ordering: .relaxed)
      return count > 0 && count & (Self.sample - 1) > (holders.load(ordering: .relaxed) > 0 ? 1 : 0)
    }
    set {
      if newValue { presses.add(1, ordering: .relaxed) } else { presses.store(0, ordering: .relaxed) }
      Interrupt.isRequested = isRaised
    }
  }

  /// Whether anybody asked to stop.
  public var isPressed: Bool { presses.load(ordering: .relaxed) & (Self.sample - 1) > 0 }

  /// Whether there is anything to look up for, a stop or a sample.
  @inline(__always) var isPending: Bool { presses.load(ordering: .relaxed) > 0 }
  func requestSample() { presses.bitwiseOr(Self.sample, ordering: .relaxed) }
  /// Whether a sample was asked for; it counts as taken.
  func takeSample() -> Bool {
    presses.bitwiseAnd(~Self.sample, ordering: .relaxed).oldValue & Self.sample != 0
  }
  public func hold() { holders.add(1, ordering: .relaxed) }
  public func release() { holders.subtract(1, ordering: .relaxed) }
}

/// Runs compiled code: one per session.
public final class Machine {
  public let sources: SourceMap
  /// Traces, compiled programs and the addresses of random draws.
  let tensors = TensorContext()
  let builtins = BuiltinTable.shared
  /// Raised by Ctrl-C.
  public let interrupt = InterruptFlag()
  /// Who shows the progress of training runs.
  public var progress: (ProgressEvent) -> Void = { _ in }
  /// The training run that Ctrl-C stopped, for `resume()`.
  var suspendedRun = Value.none
  /// Where `print` writes; a line break is part of the text.
  public var output: (String) -> Void = { text in
    var text = text
    text.withUTF8 { bytes in _ = write(STDOUT_FILENO, bytes.baseAddress, bytes.count) }
  }
  /// Shows a warning at once; without it warnings wait for `takeWarnings`.
  public var onWarning: ((Diagnostic) -> Void)?
  /// Warnings so far; each is said once.
  private var warnings: [Diagnostic] = []
  private var untaken = 0
  /// Where `show` draws: its columns, and whether it has colours.
  public var screen: () -> (width: Int, hasColour: Bool) = { (80, false) }
  /// What the program sees as `args`.
  public var arguments: [String] = [] {
    didSet { globals[argumentsGlobal.slot] = .object(ListValue(arguments.map(Value.text))) }
  }
  private(set) lazy var argumentsGlobal: Global = {
    let global = Global(name: "args", slot: newGlobalSlot(), kind: .let, span: .none, definition: .none)
    globals[global.slot] = .object(ListValue(arguments.map(Value.text)))
    return global
  }()

  /// The names of the prompt, or of the script that is run.
  public let main = Module(path: "", isLibrary: false)
  /// Files by path, and the library's by name.
  var modules: [String: Module] = [:]
  var libraryModules: [String: Module] = [:]
  /// Where messages never point first.
  var libraryFiles: Set<FileID> = []
  /// Mistakes in the library's own files; none in a release.
  public internal(set) var libraryProblems: [Diagnostic] = []
  lazy var libraryIndex: [String: Int] = {
    var index: [String: Int] = [:]
    for (position, file) in StandardLibrary.files.enumerated() {
      for name in file.names { index[name] = position }
    }
    return index
  }()

  /// Registers of all frames.
  let stack: Slot
  let stackEnd: Slot
  let frames: UnsafeMutablePointer<Frame>
  let framesEnd: UnsafeMutablePointer<Frame>
  /// The frame now running.
  var frame: UnsafeMutablePointer<Frame>
  /// Values of all files' top levels.
  let globals: Slot
  /// The mark of an argument left out and of a global without a value.
  let missing = Missing.address
  private(set) var globalCount = 0

  var nativeDepth = 0
  var nativeLimit: UnsafeRawPointer?
  var nativeThread: pthread_t?
  var random = RandomState()
  var layerVersions: [String: Int] = [:]
  /// Prototypes that ran stay: frames and raw pointers refer to them.
  private var prototypes: [Prototype] = []

  static let maximumFrames = 200_000
  static let maximumSlots = 1 << 23
  static let maximumGlobals = 1 << 20
  static let maximumNativeDepth = 1_000

  public init(sources: SourceMap) {
    self.sources = sources
    stack = Self.reserve(Value.self, Self.maximumSlots)
    stackEnd = stack + Self.maximumSlots - 1024
    frames = Self.reserve(Frame.self, Self.maximumFrames + 16)
    framesEnd = frames + Self.maximumFrames
    globals = Self.reserve(Value.self, Self.maximumGlobals)
    frame = frames
    let bottom = Prototype(
      FunctionBuilder(), signature: CallSignature(name: "", parameters: []), kind: .main, span: .none, captures: [])
    prototypes.append(bottom)
    frames.initialize(to: Frame(code: bottom.code, base: stack + 1))
  }

  /// Says what may be a mistake in the program that runs, once.
  func warn(_ warning: Diagnostic) {
    guard !warnings.contains(warning) else { return }
    warnings.append(warning)
    if let onWarning { onWarning(warning) } else { untaken += 1 }
  }

  /// The warnings since the last call that nobody has shown.
  public func takeWarnings() -> [Diagnostic] {
    defer { untaken = 0 }
    return Array(warnings.suffix(untaken))
  }

  deinit {
    for index in 0..<globalCount { globals[index] = .none }
    stack.clear(stackInUse)
    Self.free(stack, Self.maximumSlots)
    Self.free(frames, Self.maximumFrames + 16)
    Self.free(globals, Self.maximumGlobals)
  }

  /// Address space only: pages come with their first use, zeroed, and zero is a valid value.
  private static func reserve<T>(_: T.Type, _ count: Int) -> UnsafeMutablePointer<T> {
    let bytes = count * MemoryLayout<T>.stride
    let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      // Without address space for an empty stack there is nothing to run on.
      let message = "mdl: not enough address space to start\n"
      _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
      exit(1)
    }
    return memory.bindMemory(to: T.self, capacity: count)
  }

  private static func free<T>(_ memory: UnsafeMutablePointer<T>, _ count: Int) {
    munmap(memory, count * MemoryLayout<T>.stride)
  }

  /// Slots below the end of the running frame.
  private var stackInUse: Int { frame.pointee.base + frame.pointee.code.pointee.registerCount - stack }

  /// A new place among the globals, without a value yet.
  func newGlobalSlot() -> Int {
    let slot = min(globalCount, Self.maximumGlobals - 1)
    globalCount = slot + 1
    globals[slot] = Missing.value
    return slot
  }

  /// The value of a global now.
  func globalValue(_ slot: Int) -> Value { globals[slot] }

  func retain(_ prototype: Prototype) { prototypes.append(prototype) }

  public var interruptRequested: Bool {
    get { interrupt.isRaised }
    set { interrupt.isRaised = newValue }
  }
}

/// One call under way.
struct Frame {
  var code: UnsafeMutablePointer<CodeBlock>
  var base: Slot
  /// Where to go on when the call that this frame makes returns.
  var next: UnsafePointer<Instruction>
  /// Calls and draws made so far, and the address that draws here are derived from (0: not derived yet).
  var count: UInt64 = 0
  var address: UInt64 = 0
  /// A file or prompt entry: its draws count on where the last entry stopped.
  var isTopLevel = false

  init(code: UnsafeMutablePointer<CodeBlock>, base: Slot) {
    self.code = code
    self.base = base
    next = code.pointee.instructions
  }
}

/// Stands for an argument left out and for a global without a value; never visible to programs.
enum Missing {
  final class Marker: HeapObject {
    init() { super.init(.iterator) }
  }
  nonisolated(unsafe) static let value: Value = .object(Marker())
  nonisolated(unsafe) static let address = UnsafeRawPointer(Unmanaged.passUnretained(marker).toOpaque())
  private static var marker: HeapObject {
    guard case .object(let object) = value else { return Marker() }
    return object
  }
}

extension UnsafeMutablePointer where Pointee == Value {
  @inline(__always) func isMissing(_ marker: UnsafeRawPointer) -> Bool { tag == Tag.object && integer == Int(bitPattern: marker) }
}
