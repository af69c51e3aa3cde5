/// Which outputs may take over the memory of which inputs. A pair needs equal types; nothing may read the input after
/// the output's first write, and nothing may fail from that step on, so that a problem leaves every input as it was. The
/// carries of a loop are updated step by step: a problem leaves them as the last finished step made them.
struct Donation {
  struct Pair {
    var slot: Int
    var input: Int
    /// The first step that writes.
    var write: Int
  }

  /// All possible pairs. First those that one step reads and writes: an update in place.
  private var candidates: [Pair] = []

  /// `returned`: inputs that are outputs as they are.
  init(_ slots: [Program.Slot], _ lowering: GraphLowering, inputs: [Int], returned: Set<Int>) {
    let uses = lowering.draft.uses
    let types = lowering.graph.inputTypes
    let lastFallible = uses.lastIndex { $0.isFallible } ?? -1
    var firstWrite: [Int: Int] = [:]
    var lastRead: [Int: Int] = [:]
    for (index, use) in uses.enumerated() {
      for buffer in use.writes where firstWrite[buffer] == nil { firstWrite[buffer] = index }
      for buffer in use.reads { lastRead[buffer] = index }
    }
    var others: [Pair] = []
    for (slot, output) in slots.enumerated() {
      guard let write = firstWrite[output.buffer], write > lastFallible || write == lastFallible && uses[write].isLoop
      else { continue }
      for (input, buffer) in inputs.enumerated() where types[input] == output.type && !returned.contains(input) {
        let read = lastRead[buffer] ?? -1
        let pair = Pair(slot: slot, input: input, write: write)
        if read < write {
          others.append(pair)
        } else if read == write, uses[write].inPlace.contains(where: { $0.output == output.buffer && $0.input == buffer }) {
          candidates.append(pair)
        }
      }
    }
    candidates += others
  }

  /// Pairs of which each slot and each input has one at most. `donating`: by input.
  func pairs(_ donating: [Bool]) -> [Pair] {
    var result: [Pair] = []
    var slots: Set<Int> = []
    var inputs: Set<Int> = []
    for pair in candidates
    where pair.input < donating.count && donating[pair.input] && !slots.contains(pair.slot)
      && !inputs.contains(pair.input)
    {
      result.append(pair)
      slots.insert(pair.slot)
      inputs.insert(pair.input)
    }
    return result
  }
}
