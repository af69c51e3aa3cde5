/// Places a block's scratch buffers in one stretch of memory: buffers that are never alive together may share it.
struct MemoryPlan {
  /// 64-byte offsets by buffer index.
  private(set) var offsets: [Int: Int] = [:]
  /// The size of the whole stretch, which is also the most that is alive at once including gaps.
  private(set) var byteCount = 0

  private(set) var placements: [ProgramPlan.Placement] = []

  private struct Hole {
    var offset: Int
    var size: Int
  }
  private var holes: [Hole] = []

  /// `scratch`: the buffers to place, with their sizes. `reuse` false: each gets memory of its own.
  init(_ uses: [StepUse], scratch: [Int: Int], reuse: Bool) {
    var lastUse: [Int: Int] = [:]
    for (index, use) in uses.enumerated() {
      for buffer in use.reads where scratch[buffer] != nil { lastUse[buffer] = index }
      for buffer in use.writes where scratch[buffer] != nil { lastUse[buffer] = index }
    }
    var placementOf: [Int: Int] = [:]
    for (index, use) in uses.enumerated() {
      var inherited: [Int] = []
      for buffer in use.writes where offsets[buffer] == nil {
        guard let size = scratch[buffer] else { continue }
        var replaced: Int?
        if reuse,
          let pair = use.inPlace.first(where: {
            $0.output == buffer && scratch[$0.input] == size && lastUse[$0.input] == index
              && !inherited.contains($0.input)
          }), let place = offsets[pair.input]
        {
          offsets[buffer] = place
          inherited.append(pair.input)
          replaced = pair.input
        } else {
          offsets[buffer] = allocate(Self.rounded(size))
        }
        placementOf[buffer] = placements.count
        placements.append(
          ProgramPlan.Placement(
            offset: offsets[buffer] ?? 0, byteCount: size, firstStep: index, lastStep: lastUse[buffer] ?? index,
            replaced: replaced.flatMap { placementOf[$0] }))
      }
      guard reuse else { continue }
      var released: [Int] = []
      for buffer in use.reads + use.writes {
        guard lastUse[buffer] == index, !inherited.contains(buffer), !released.contains(buffer),
          let offset = offsets[buffer], let size = scratch[buffer]
        else { continue }
        released.append(buffer)
        release(offset, Self.rounded(size))
      }
    }
  }

  private static func rounded(_ size: Int) -> Int { max(64, (size + 63) & ~63) }

  /// The smallest hole that is large enough; otherwise more memory at the end.
  private mutating func allocate(_ size: Int) -> Int {
    var best: Int?
    for (index, hole) in holes.enumerated() where hole.size >= size {
      if best.map({ holes[$0].size > hole.size }) ?? true { best = index }
    }
    if let best {
      let offset = holes[best].offset
      holes[best].offset += size
      holes[best].size -= size
      if holes[best].size == 0 { holes.remove(at: best) }
      return offset
    }
    if let last = holes.last, last.offset + last.size == byteCount {
      holes.removeLast()
      byteCount = last.offset + size
      return last.offset
    }
    byteCount += size
    return byteCount - size
  }

  private mutating func release(_ offset: Int, _ size: Int) {
    var low = 0
    var high = holes.count
    while low < high {
      let middle = (low + high) / 2
      if holes[middle].offset < offset { low = middle + 1 } else { high = middle }
    }
    holes.insert(Hole(offset: offset, size: size), at: low)
    if low + 1 < holes.count, offset + size == holes[low + 1].offset {
      holes[low].size += holes[low + 1].size
      holes.remove(at: low + 1)
    }
    if low > 0, holes[low - 1].offset + holes[low - 1].size == holes[low].offset {
      holes[low - 1].size += holes[low].size
      holes.remove(at: low)
    }
  }
}
