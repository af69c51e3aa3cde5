import TensorRuntime

// What the command sets before a program runs.

extension Machine {
  /// Tensor code runs one operation at a time: no passes, no fusion.
  /// Shapes are checked by running the program without training: see `TensorContext.isDryRun`.
  public var isDryRun: Bool {
    get { tensors.isDryRun }
    set {
      tensors.isDryRun = newValue
      tensors.dryCalls = 0
    }
  }

  public var isEager: Bool {
    get { !tensors.optimizes }
    set { tensors.optimizes = !newValue }
  }

  /// How many threads compute, this one included.
  public var threads: Int {
    get { ThreadPool.shared.threadCount }
    set { ThreadPool.shared.threadCount = newValue }
  }

  /// The file whose top level is being run: imports start at its folder. Empty for the prompt.
  public var mainPath: String {
    get { main.path }
    set { main.path = newValue }
  }
}
