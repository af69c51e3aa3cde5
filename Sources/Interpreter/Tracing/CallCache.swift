import Diagnostics

/// Traced calls, found by the structure of function and arguments. Bounded: the least recently used goes.
final class CallCache {
  static let limit = 256
  private var entries: [TraceKey: [CompiledCall]] = [:]
  private var order: [TraceKey] = []

  /// The calls used last: most programs make the same few again and again.
  private var recent: [CompiledCall] = []
  private static let recentLimit = 4
  /// Loops that cannot be one program, because the host reads what differs between their steps.
  private var stepwise: Set<TraceKey> = []

  /// Gives each call with this key to `use` until one has a result.
  func first<Result>(for key: TraceKey, _ use: (CompiledCall) throws(Diagnostic) -> Result?) throws(Diagnostic)
    -> Result?
  {
    for call in recent where call.key == key {
      if let result = try use(call) { return result }
    }
    for call in entries[key] ?? [] where !recent.contains(where: { $0 === call }) {
      guard let result = try use(call) else { continue }
      note(call)
      return result
    }
    return nil
  }

  private func note(_ call: CompiledCall) {
    recent.removeAll { !$0.isAlive }
    if recent.count >= Self.recentLimit { recent.removeLast() }
    recent.insert(call, at: 0)
  }

  /// All with this key, oldest first.
  func all(for key: TraceKey) -> [CompiledCall] { entries[key] ?? [] }

  func isStepwise(_ key: TraceKey) -> Bool { stepwise.contains(key) }
  func markStepwise(_ key: TraceKey) {
    if stepwise.count >= Self.limit { stepwise = [] }
    stepwise.insert(key)
  }

  func insert(_ call: CompiledCall) {
    if entries[call.key] == nil { order.append(call.key) }
    // Eight variants of one call (other globals, other guards) are kept.
    var variants = (entries[call.key] ?? []).filter(\.isAlive)
    if variants.count >= 8 { variants.removeFirst() }
    variants.append(call)
    entries[call.key] = variants
    if order.count > Self.limit {
      entries[order.removeFirst()] = nil
      for (key, calls) in entries where !calls.contains(where: \.isAlive) { entries[key] = nil }
      order.removeAll { entries[$0] == nil }
    }
  }
}
