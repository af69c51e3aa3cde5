import TensorRuntime
import TensorTypes
import Testing

@Suite struct RuntimeTests {
  @Test func availableMemoryIsReadFromTheSystem() {
    #expect(MemoryLimit.systemAvailable("MemTotal:  100 kB\nMemAvailable:    2048 kB\n") == 2048 * 1024)
    #expect(MemoryLimit.systemAvailable("MemTotal:  100 kB\nMemAvailable:\n") == nil)
    #expect(MemoryLimit.systemAvailable(nil) == nil)
    #expect(MemoryLimit.available() > 0)
  }

  @Test func memoryGroupsOfBothVersionsLimit() {
    let files = [
      "/sys/fs/cgroup/a/b/memory.max": "max\n", "/sys/fs/cgroup/a/b/memory.current": "10\n",
      "/sys/fs/cgroup/a/memory.max": "1000\n", "/sys/fs/cgroup/a/memory.current": "700\n",
      "/sys/fs/cgroup/a/memory.stat": "anon 600\ninactive_file 100\n",
    ]
    #expect(MemoryLimit.groupAvailable(membership: "0::/a/b\n", read: { files[$0] }) == 400)
    let old = [
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "5000\n", "/sys/fs/cgroup/memory/memory.usage_in_bytes": "1000\n",
    ]
    // A container sees its own group at the root, whatever its path outside.
    #expect(MemoryLimit.groupAvailable(membership: "9:cpu:/x\n8:memory:/docker/x\n", read: { old[$0] }) == 4000)
    let unlimited = [
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "/sys/fs/cgroup/memory/memory.usage_in_bytes": "1000\n",
    ]
    #expect(MemoryLimit.groupAvailable(membership: "8:memory:/\n", read: { unlimited[$0] }) == nil)
    #expect(MemoryLimit.groupAvailable(membership: "nonsense", read: { _ in nil }) == nil)
  }

  @Test func hugeTensorsAreRefusedBeforeTheyAreMade() {
    #expect(throws: MemoryProblem.self) { try Tensor.allocate(TensorType(.f64, [1 << 40])) }
    #expect(throws: MemoryProblem.self) { try Tensor.allocate(TensorType(.f64, [1 << 40, 1 << 40])) }
  }

  @Test func storageIsAligned() throws {
    for bytes in [0, 1, 100, 5 << 20] {
      let storage = try #require(Storage(byteCount: bytes))
      #expect(Int(bitPattern: storage.address) % (bytes >= 4 << 20 ? 2 << 20 : 64) == 0)
    }
  }

  @Test func threadCountIsAtLeastOne() {
    withThreads(0) { #expect(ThreadPool.shared.threadCount >= 1) }
    #expect(ThreadPool.onlineProcessors >= 1)
  }

  @Test func partsOfAJobCoverItOnce() {
    for threads in [1, 2, 3] {
      withThreads(threads) {
        for (items, grain) in [(1, 1), (2, 1), (3, 1), (7, 2), (43, 1), (44, 1), (1000, 16), (4097, 1), (5, 8)] {
          let seen = UnsafeMutablePointer<UInt8>.allocate(capacity: items)
          defer { seen.deallocate() }
          for round in 0..<20 {
            seen.initialize(repeating: 0, count: items)
            let result = ThreadPool.shared.run(
              { arguments, begin, end, _ in
                let seen = arguments.assumingMemoryBound(to: UInt8.self)
                for item in begin..<end { seen[item] += 1 }
                return begin == 0 ? 7 : 8
              }, seen, items: items, grain: grain, nanoseconds: round * 50_000)
            #expect((0..<items).allSatisfy { seen[$0] == 1 }, "\(items) by \(grain) on \(threads)")
            #expect(result == 7, "the first part's failure")
          }
        }
      }
    }
  }

  /// Several callers at once: one has the workers, the others run alone, all get their results.
  @Test func concurrentCallersGetTheirResults() async {
    let results = await withTaskGroup(of: Bool.self) { group in
      for caller in 0..<4 {
        group.addTask {
          let count = 300_000
          guard let input = Storage(byteCount: count * 4), let output = Storage(byteCount: 4) else { return false }
          let x = input.address.bindMemory(to: Float.self, capacity: count)
          for index in 0..<count { x[index] = Float(caller) }
          for _ in 0..<20 {
            _ = Kernels.reduce(
              .sum, .f32, input: input.address, output: output.address, outer: 1, reduced: count, inner: 1)
            if output.address.load(as: Float.self) != Float(caller * count) { return false }
          }
          return true
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results == [true, true, true, true])
  }
}
