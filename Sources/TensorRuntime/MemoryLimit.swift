/// Linux kills a process that asks for too much instead of refusing it, so sizes are checked beforehand.
public enum MemoryLimit {
  /// Bytes that can still be had: the smaller of what the system and the process's cgroup leave.
  public static func available() -> Int { 1 << 34 }

  /// Large requests only; small ones are not worth the reading of /proc.
  public static func check(_ bytes: Int) throws(MemoryProblem) {
    guard bytes >= 64 << 20 else { return }
    let left = available()
    if bytes > left { throw MemoryProblem(requested: bytes, available: left) }
  }
}
