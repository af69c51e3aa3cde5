/// The entry points that the executor calls. Each works on raw, contiguous, row-major memory that the caller sized;
/// splits work over the thread pool where that pays; gives the same bits for any number of threads.
public enum Kernels {
  public enum Reduction: UInt8, Sendable { case sum, product, maximum, minimum, all, any }
  public enum Cumulation: UInt8, Sendable { case sum, product, maximum, minimum }
  public enum Distribution: Sendable { case uniform, normal, integers(bound: Int) }
}
