import Glibc

/// Linux kills a process that asks for too much instead of refusing it, so sizes are checked beforehand.
public enum MemoryLimit {
  /// Bytes that can still be had: the smaller of what the system and the process's cgroup (v1 or v2, and the groups
  /// above it) leave. When nothing can be read, half of the address space: malloc then decides.
  public static func available() -> Int {
    var left = Int.max / 2
    if let system = systemAvailable(read("/proc/meminfo")) { left = min(left, system) }
    if let group = groupAvailable(membership: read("/proc/self/cgroup"), read: read) { left = min(left, group) }
    return max(left, 0)
  }

  /// Large requests only; small ones are not worth the reading of /proc.
  public static func check(_ bytes: Int) throws(MemoryProblem) {
    guard bytes >= 64 << 20 else { return }
    var left = available()
    if bytes > left {
      KeptBlocks.releaseAll()
      left = available()
    }
    if bytes > left { throw MemoryProblem(requested: bytes, available: left) }
  }

  /// `MemAvailable` of /proc/meminfo, in bytes.
  public static func systemAvailable(_ meminfo: String?) -> Int? {
    guard let meminfo else { return nil }
    for line in meminfo.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      if words.count >= 2, let kilobytes = Int(words[1]) { return kilobytes.multipliedReportingOverflow(by: 1024).0 }
    }
    return nil
  }

  /// What the process's memory cgroup and every group above it leave: limit - (usage - page cache that can be dropped).
  /// `membership` is the text of /proc/self/cgroup; `read` gives a file's text. In a container the group's own path may
  /// not be visible, so each path is also tried from the mount's root.
  public static func groupAvailable(membership: String?, read: (String) -> String?) -> Int? {
    guard let membership else { return nil }
    var least: Int?
    for line in membership.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let files: GroupFiles
      if fields[0] == "0", fields[1].isEmpty {
        files = .version2
      } else if fields[1].split(separator: ",").contains("memory") {
        files = .version1
      } else {
        continue
      }
      var path = String(fields[2])
      while true {
        if path == "/" { path = "" }
        if let left = files.available(at: files.mount + path, read) { least = min(least ?? left, left) }
        guard let slash = path.lastIndex(of: "/") else { break }
        path = String(path[..<slash])
      }
    }
    return least
  }

  private struct GroupFiles {
    var mount, limit, usage, reclaimable: String
    static let version2 = GroupFiles(
      mount: "/sys/fs/cgroup", limit: "memory.max", usage: "memory.current", reclaimable: "inactive_file")
    static let version1 = GroupFiles(
      mount: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes",
      reclaimable: "total_inactive_file")

    func available(at folder: String, _ read: (String) -> String?) -> Int? {
      // "max" in version 2 and a number near 2^63 in version 1 mean no limit.
      guard let limit = number(read(folder + "/" + self.limit)), limit < 1 << 60,
        let usage = number(read(folder + "/" + self.usage))
      else { return nil }
      var droppable = 0
      for line in (read(folder + "/memory.stat") ?? "").split(separator: "\n") {
        let words = line.split(separator: " ")
        if words.count == 2, words[0] == reclaimable { droppable = Int(words[1]) ?? 0 }
      }
      return max(0, limit - max(0, usage - droppable))
    }

    private func number(_ text: String?) -> Int? {
      guard let text else { return nil }
      return Int(text.prefix(while: { $0 != "\n" }))
    }
  }

  /// A small file's text, or nil.
  private static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count < 1 << 16 {
      let chunk = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        count = max(0, Glibc.read(descriptor, buffer.baseAddress, 4096))
      }
      if chunk.isEmpty { break }
      bytes += chunk
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
