import KernelTypes
import Synchronization
import TensorGraph
import TensorRuntime

/// Why a graph could not be compiled or a program could not be run to its end. Nothing of the inputs was written.
public enum ExecutionProblem: Error {
  /// A kernel refused its operands: an index out of range, an integer division by zero, a singular matrix.
  case kernel(KernelStatus, Origin)
  /// A `check` did not hold; the text is the check's.
  case check(String, Origin)
  case memory(MemoryProblem, Origin)
  /// `Interrupt.isRequested` was set while the program ran.
  case interrupted
  /// Operands that do not fit the graph, or a graph that breaks its own rules.
  case unsupported(String, Origin)
}

/// The request to stop the running program, polled between steps. Storing to it is safe in a signal handler.
public enum Interrupt {
  private static let flag = Atomic<Bool>(false)

  public static var isRequested: Bool {
    get { flag.load(ordering: .relaxed) }
    set { flag.store(newValue, ordering: .relaxed) }
  }
}
