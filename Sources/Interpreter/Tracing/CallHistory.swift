import SourceText
import TensorGraph
import TensorTypes

/// How often one call of the program was compiled, and why.
final class CallHistory {
  let name: String
  /// The user's own call.
  let span: Span
  private(set) var count = 0
  /// The first few, in order: the reason, and where it lies if that is somewhere else.
  private(set) var reasons: [Reason] = []
  private var types: [[TensorType]] = []
  static let limit = 32

  struct Reason {
    var text: String
    var span = Span.none
    /// The argument that had another shape, and what it was now.
    var shape: (argument: Int, type: TensorType)?
  }

  init(name: String, span: Span) {
    self.name = name
    self.span = span
  }

  func add(_ reason: Reason?, _ leaves: [Leaf]) {
    count += 1
    guard reasons.count < Self.limit else { return }
    types.append(leaves.map(\.type))
    reasons.append(reason ?? change(to: leaves.map(\.type)))
  }

  /// What is different from the call before that is most alike.
  private func change(to now: [TensorType]) -> Reason {
    let known = types.dropLast()
    guard let before = known.last(where: { $0.count == now.count }) ?? known.last else { return Reason(text: "the first call") }
    guard before.count == now.count, let index = now.indices.first(where: { now[$0] != before[$0] }) else {
      return Reason(text: "other functions, models or options than before")
    }
    return Reason(text: "\(now[index].short) instead of \(before[index].short)", shape: (index, now[index]))
  }

  /// How many shapes the argument had that changed most often.
  var shapeCount: Int {
    var shapes: [Int: Set<TensorType>] = [:]
    for reason in reasons { if let shape = reason.shape { shapes[shape.argument, default: []].insert(shape.type) } }
    return (shapes.values.map(\.count).max() ?? 0) + 1
  }
}

/// The histories by call. Of very many calls the latest are kept.
final class CallHistories {
  private struct Key: Hashable {
    var name: String
    var span: Span
  }
  private var entries: [Key: CallHistory] = [:]

  subscript(name: String, span: Span) -> CallHistory {
    let key = Key(name: name, span: span)
    if let known = entries[key] { return known }
    if entries.count >= 1024 { entries = [:] }
    let made = CallHistory(name: name, span: span)
    entries[key] = made
    return made
  }

  /// Those compiled more than once, most often first.
  var repeated: [CallHistory] {
    entries.values.filter { $0.count > 1 }.sorted { ($0.count, $1.span.start) > ($1.count, $0.span.start) }
  }
}

extension Machine {
  /// Why a call with a known key is compiled again; nil where its key is new.
  func reasonToCompile(_ walker: TraceKeyWalker, at site: Site) -> CallHistory.Reason? {
    let known = tensors.calls.all(for: walker.key)
    guard let call = known.last(where: \.isAlive) else {
      return known.isEmpty ? nil : .init(text: "a model or optimizer made anew")
    }
    if call.freezeVersion != tensors.freezeVersion { return .init(text: "layers frozen or released") }
    for global in call.globals {
      var walker = TraceKeyWalker()
      walker.walk(globalValue(global.slot))
      if walker.key != global.key { return .init(text: "a global that it reads holds something of another kind or shape") }
    }
    let graph = call.program.graph
    let read = call.guards.first.map { graph.outputs[$0.output] }
    let place = graph.operations.first { read.map($0.results.contains) ?? false }?.origin.span ?? .none
    return .init(text: "a value on which a branch, a size or a text depends came out differently", span: place)
  }
}

extension TensorType {
  /// `[32, 100]`, with the kind of number where it is not f32.
  var short: String { dtype == .f32 ? "\(shape)" : "\(dtype.name)\(shape)" }
}
