import Diagnostics
import SourceText
import TensorGraph
import TensorRuntime

/// Addresses of random draws: 64-bit hashes that depend on where a draw stands, never on source lines.
enum Address {
  /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014) over the running hash and the next part.
  static func mix(_ hash: UInt64, _ part: UInt64) -> UInt64 {
    var z = (hash &+ 0x9E37_79B9_7F4A_7C15) ^ (part &* 0xD6E8_FEB8_6659_FD93)
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  static func of(_ text: String) -> UInt64 { text.utf8.reduce(0) { mix($0, UInt64($1)) } }

  /// A place in a model: its number and the path inside.
  static func of(model number: Int, path: String) -> UInt64 {
    mix(mix(0x6D6F_6465_6C, UInt64(number)), of(path))
  }
}

extension Machine {
  /// The key of the next random draw: data outside a trace, an input inside one.
  func drawKeyValue(at site: Site) throws(Diagnostic) -> Value {
    if let seeding = tensors.seeds.last, seeding.models == tensors.activeModels.count {
      return try key(of: seeding, at: site)
    }
    guard let trace = tensors.current else {
      let key = drawKey(address: 0, base: nextDraw(), model: nil)
      return try keyTensor(key, at: site)
    }
    let root = trace.root
    guard let record = root.record else { throw .unstableTrace(at: site.span) }
    let address: UInt64
    var owner: ModelRoot?
    if let model = tensors.activeModels.last, let count = tensors.drawCounts.last {
      tensors.drawCounts[tensors.drawCounts.count - 1] = count + 1
      owner = model.root
      address = Address.mix(Address.of(model: model.root?.number ?? 0, path: model.path), UInt64(count))
      if let owner, !record.steppedModels.contains(where: { $0 === owner }) { record.steppedModels.append(owner) }
    } else {
      address = nextDraw()
    }
    let id: ValueID
    if let known = record.drawKeys[address] {
      id = known
    } else {
      id = root.addInput(.init(.i64, [2]), from: .binding(.draw(address: address, model: owner)))
      record.drawKeys[address] = id
    }
    let key = TracerValue(trace: root, id: id, type: .init(.i64, [2]), origin: site.span)
    return try folded(.object(key), through: trace, isOwned: owner != nil, at: site)
  }

  /// Inside a scan, each step has its own key. A step of a loop has the key that it would have in a call of its own: a
  /// model's draws depend on its training step, others on the number of the iteration.
  private func folded(_ key: Value, through trace: Trace, isOwned: Bool, at site: Site) throws(Diagnostic) -> Value {
    var steps: [Trace] = []
    var each: Trace? = trace
    while let next = each {
      if case .step = next.kind { steps.append(next) }
      each = next.parent
    }
    var result = key
    if let iteration = trace.root.record?.iteration, !isOwned { result = try folding(iteration, into: result, at: site) }
    for step in steps.reversed() {
      if case .step(isLoop: true) = step.kind, isOwned {
        // A model's training step is the second word of its keys.
        result = step.counting(from: result, origin: site.span)
      } else {
        result = try folding(step.stepNumberValue(origin: site.span), into: result, at: site)
      }
    }
    return result
  }

  /// Of the number and the draw's address within the call; each step of a scan inside has its own.
  private func key(of seeding: Seeding, at site: Site) throws(Diagnostic) -> Value {
    var result = try folding(seeding.number, into: try keyTensor((0x7365_6564, nextDraw()), at: site), at: site)
    var each = tensors.current
    while let trace = each, trace !== seeding.trace {
      if case .step = trace.kind {
        result = try folding(trace.stepNumberValue(origin: site.span), into: result, at: site)
      }
      each = trace.parent
    }
    return result
  }

  private func folding(_ number: Value, into key: Value, at site: Site) throws(Diagnostic) -> Value {
    try recordOne("random", [key, number], at: site) { (recorder, ids) throws(ShapeProblem) in
      try recorder.emit(.foldKey, ids)
    }
  }

  /// The two words of a key: the seed with the base of the call, and the draw's own address with the model's step.
  func drawKey(address: UInt64, base: UInt64, model: ModelRoot?, stepsAhead: Int = 0) -> (UInt64, UInt64) {
    if let model {
      return (Address.mix(random.seed, address), UInt64(bitPattern: Int64(model.trainingStep + stepsAhead)))
    }
    return (Address.mix(random.seed, base), address)
  }

  private func keyTensor(_ key: (UInt64, UInt64), at site: Site) throws(Diagnostic) -> Value {
    do throws(MemoryProblem) {
      let words = [Int(bitPattern: UInt(key.0)), Int(bitPattern: UInt(key.1))]
      return .object(TensorValue(try .from(words, dtype: .i64, shape: [2]), origin: site.span))
    } catch { throw .outOfMemory(requested: error.requested, available: error.available, at: site.span) }
  }
}
