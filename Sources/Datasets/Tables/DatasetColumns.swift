import Diagnostics
import SourceText

/// Choosing columns and adding steps. On a split dataset each works on all parts.
extension Dataset {
  /// Names the column to predict.
  public func withTarget(_ name: String, as reading: Target.Reading = .automatic) throws(Diagnostic) -> Dataset {
    let tables = isStreamed ? [learner.source] : isSplit ? parts.map(\.dataset.table) : [table]
    let target = try Target.choose(name, reading, in: tables)
    for step in steps where step.columns?.contains(name) == true { throw .stepOnTarget(step.name, column: name) }
    return rebuilt(target: target) { $0 }
  }

  /// Only these columns, in this order; the target stays.
  public func select(_ names: [String]) throws(Diagnostic) -> Dataset {
    for name in names where !columnNames.contains(name) { throw .unknownColumn(name, among: columnNames) }
    var kept: [String] = []
    for name in names where !kept.contains(name) { kept.append(name) }
    if let target, !kept.contains(target.column) { kept.append(target.column) }
    return keeping(kept)
  }

  public func drop(_ names: [String]) throws(Diagnostic) -> Dataset {
    for name in names where !columnNames.contains(name) { throw .unknownColumn(name, among: columnNames) }
    if let target, names.contains(target.column) { throw .dropsTarget(target.column) }
    return keeping(columnNames.filter { !names.contains($0) })
  }

  private func keeping(_ names: [String]) -> Dataset {
    let steps =
      steps.compactMap { step in
        guard let columns = step.columns else { return step }
        var step = step
        let left = columns.filter(names.contains)
        step.columns = left
        return left.isEmpty ? nil : step
      } as [Step]
    return rebuilt(steps: steps, target: target) { $0.keeping(names) }
  }

  /// One more step, which learns from the training part. Columns that are named must exist.
  public func adding(_ step: Step) throws(Diagnostic) -> Dataset {
    if let source = source ?? parts.first?.dataset.source, source is TokenWindows {
      throw .stepOnWindows(step.name)
    }
    // A step before may make new columns, so that only a first step's names are known to be wrong.
    if steps.isEmpty {
      for name in step.columns ?? [] where !columnNames.contains(name) {
        throw .unknownColumn(name, among: columnNames)
      }
    }
    if let target, step.columns?.contains(target.column) == true {
      throw .stepOnTarget(step.name, column: target.column)
    }
    return rebuilt(steps: steps + [step], target: target) { $0 }
  }

  /// The same rows with other steps, target or columns, in every part; all share one learner.
  func rebuilt(steps: [Step]? = nil, target: Target?, _ change: (Table) -> Table) -> Dataset {
    let learner = Learner(steps: steps ?? self.steps, source: change(learner.source), target: target)
    let newParts = parts.map { part in
      Part(
        name: part.name,
        dataset: Dataset(change(part.dataset.table), target: target, learner: learner, role: part.dataset.role,
          source: part.dataset.source))
    }
    return Dataset(
      isSplit ? table : change(table), parts: newParts, target: target, learner: learner, role: role, source: source)
  }
}
