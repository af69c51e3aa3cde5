import TensorGraph

/// Compiled programs by graph: equal graphs share one, whose problems name the places of the graph that asked last. The
/// least recently used goes when there are too many. All share one arena.
public final class ProgramCache {
  /// Walks its graph for the hash once.
  private struct Key: Hashable {
    let graph: Graph
    let options: CompileOptions
    private let hash: Int

    init(_ graph: Graph, _ options: CompileOptions) {
      self.graph = graph
      self.options = options
      var hasher = Hasher()
      hasher.combine(graph)
      hasher.combine(options)
      hash = hasher.finalize()
    }

    static func == (a: Key, b: Key) -> Bool { a.hash == b.hash && a.options == b.options && a.graph == b.graph }
    func hash(into hasher: inout Hasher) { hasher.combine(hash) }
  }
  private final class Entry {
    let program: Program
    var lastUse: Int

    init(_ program: Program, lastUse: Int) {
      self.program = program
      self.lastUse = lastUse
    }
  }
  private var entries: [Key: Entry] = [:]
  private var clock = 0
  public let capacity: Int
  public let arena: Arena
  public private(set) var hits = 0
  public private(set) var misses = 0

  public init(capacity: Int = 256, arena: Arena = Arena()) {
    self.capacity = max(1, capacity)
    self.arena = arena
  }

  public var count: Int { entries.count }

  public func program(for graph: Graph, options: CompileOptions = CompileOptions()) throws(ExecutionProblem) -> Program {
    clock += 1
    let key = Key(graph, options)
    if let entry = entries[key] {
      hits += 1
      entry.lastUse = clock
      entry.program.askedBy = graph
      return entry.program
    }
    misses += 1
    let program = try Program.compile(graph, options: options, arena: arena)
    if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      entries[oldest.key] = nil
    }
    entries[key] = Entry(program, lastUse: clock)
    return program
  }
}
