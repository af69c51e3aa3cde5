/// Which outputs may take over the memory of which inputs.
enum Donation {
  /// A pair needs equal types; nothing may read the input after the output's first write, and nothing may fail from
  /// that step on, so that a problem leaves every input as it was.
  static func pair(
    _ slots: inout [Program.Slot], _ lowering: GraphLowering, inputs: [Int], returned: Set<Int>
  ) {
    let uses = lowering.draft.uses
    let types = lowering.graph.inputTypes
    let lastFallible = uses.lastIndex { $0.isFallible } ?? -1
    var firstWrite: [Int: Int] = [:]
    var lastRead: [Int: Int] = [:]
    for (index, use) in uses.enumerated() {
      for buffer in use.writes where firstWrite[buffer] == nil { firstWrite[buffer] = index }
      for buffer in use.reads { lastRead[buffer] = index }
    }
    var taken = returned
    // First those that one step reads and writes: an update in place. Then any that fit.
    for inSameStep in [true, false] {
      for slot in slots.indices where slots[slot].donor == nil {
        let output = slots[slot].buffer
        guard let write = firstWrite[output], write > lastFallible else { continue }
        let donor = inputs.indices.first { index in
          guard !taken.contains(index), types[index] == slots[slot].type else { return false }
          let read = lastRead[inputs[index]] ?? -1
          if !inSameStep { return read < write }
          return read == write
            && uses[write].inPlace.contains { $0.output == output && $0.input == inputs[index] }
        }
        guard let donor else { continue }
        taken.insert(donor)
        slots[slot].donor = donor
        slots[slot].firstWrite = write
      }
    }
  }
}
