import Diagnostics

/// Parts: cut from one dataset, or joined from several.
extension Dataset {
  public static let partNames = ["train", "validation", "test"]

  public struct SplitOptions {
    public var train: Double
    public var validation: Double?
    public var test: Double?
    /// The column whose values each part holds in the same proportions.
    public var stratifiedBy: String?
    /// The column whose equal values stay in one part.
    public var groupedBy: String?
    /// Nil keeps the order of the rows: the first are for training.
    public var shuffle: RandomKey?

    public init(
      train: Double, validation: Double? = nil, test: Double? = nil, stratifiedBy: String? = nil,
      groupedBy: String? = nil, shuffle: RandomKey?
    ) {
      self.train = train
      self.validation = validation
      self.test = test
      self.stratifiedBy = stratifiedBy
      self.groupedBy = groupedBy
      self.shuffle = shuffle
    }
  }

  /// Each row falls in exactly one part. The fractions add up to 1; every part gets a row.
  public func split(_ options: SplitOptions) throws(Diagnostic) -> Dataset {
    if isSplit { throw .splitTwice(parts: parts.map(\.name)) }
    let wanted = zip(Dataset.partNames, [options.train, options.validation, options.test]).compactMap {
      name, fraction in
      fraction.map { (name: name, fraction: $0) }
    }
    for part in wanted where !(part.fraction > 0 && part.fraction <= 1) {
      throw .splitFraction(part.name, String(part.fraction))
    }
    let sum = wanted.reduce(0) { $0 + $1.fraction }
    if abs(sum - 1) > 1e-6 { throw .splitFractions(String((sum * 1e6).rounded() / 1e6)) }

    if let source { return try split(source, wanted, options) }
    let rows = try dealt(
      wanted.map(\.fraction), stratifiedBy: options.stratifiedBy, groupedBy: options.groupedBy,
      shuffle: options.shuffle)
    for (part, rows) in zip(wanted, rows) where rows.isEmpty { throw .splitEmptyPart(part.name, rows: rowCount) }
    var tables: [(name: String, table: Table)] = []
    for (part, rows) in zip(wanted, rows) { tables.append((part.name, try table.taking(rows))) }
    // A part that is held back goes on learning from the training part it came with. What is split off from a training
    // part is held back now, so that part learns anew.
    let training = role == .held ? learner.source : tables[0].table
    return try Dataset.split(tables, training: training, target: target, steps: steps, empty: table)
  }

  /// The rows of a whole dataset in parts of these fractions.
  func dealt(
    _ fractions: [Double], stratifiedBy: String?, groupedBy: String?, shuffle: RandomKey?
  ) throws(Diagnostic) -> [[Int]] {
    if table.order == .windows { throw .splitAfterWindows() }
    let order = shuffle.map { RandomNumbers($0).permutation(rowCount) } ?? Array(0..<rowCount)
    switch (stratifiedBy, groupedBy) {
    case (nil, nil): return Dataset.consecutive(order, fractions)
    case (let name?, nil): return Dataset.stratified(order, by: try table.column(name), fractions)
    case (nil, let name?): return try Dataset.grouped(order, by: try table.column(name), fractions)
    case (_?, _?): throw .splitByTwo()
    }
  }

  static func consecutive(_ order: [Int], _ fractions: [Double]) -> [[Int]] {
    var result: [[Int]] = []
    var sum = 0.0
    var start = 0
    for (index, fraction) in fractions.enumerated() {
      sum += fraction
      let end =
        index == fractions.count - 1 ? order.count : min(Int((sum * Double(order.count)).rounded()), order.count)
      result.append(Array(order[start..<max(end, start)]))
      start = max(end, start)
    }
    return result
  }

  /// Goes through the rows class by class and gives each to the part that is furthest behind its share: within each
  /// class and over all, a part's count is off by less than one row for each part.
  private static func stratified(_ order: [Int], by column: Column, _ fractions: [Double]) -> [[Int]] {
    let ranks = Dictionary(column.distinct().enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var groups = [[Int]](repeating: [], count: ranks.count + 1)
    for (position, row) in order.enumerated() { groups[ranks[column.cell(row)] ?? ranks.count].append(position) }
    var chosen = [[Int]](repeating: [], count: fractions.count)
    var handed = 0.0
    for position in groups.joined() {
      handed += 1
      var best = 0
      var bestLack = -Double.infinity
      for part in fractions.indices {
        let lack = fractions[part] * handed - Double(chosen[part].count)
        if lack > bestLack + 1e-9 { (best, bestLack) = (part, lack) }
      }
      chosen[best].append(position)
    }
    return chosen.map { positions in positions.sorted().map { order[$0] } }
  }

  /// Gives whole groups, in the order of their first rows, to the part that is furthest behind its share of rows.
  private static func grouped(_ order: [Int], by column: Column, _ fractions: [Double]) throws(Diagnostic) -> [[Int]] {
    if let row = (0..<column.count).first(where: column.isMissing) { throw .missingGroup(column.name, row: row) }
    let (ids, values) = column.codes()
    var members = [[Int]](repeating: [], count: values.count)
    var found: [Int] = []
    for row in order {
      if members[ids[row]].isEmpty { found.append(ids[row]) }
      members[ids[row]].append(row)
    }
    if values.count < fractions.count {
      throw .tooFewGroups(column.name, groups: values.count, parts: fractions.count)
    }
    var chosen = [[Int]](repeating: [], count: fractions.count)
    for group in found {
      let lacks = fractions.indices.map { fractions[$0] * Double(order.count) - Double(chosen[$0].count) }
      let best = lacks.indices.max { lacks[$0] < lacks[$1] } ?? 0
      chosen[best] += members[group]
    }
    return chosen
  }

  /// Parts that come from separate files. They are whole and without steps, with the same columns and target; integers
  /// in one and floats in another become floats in all.
  public static func joined(train: Dataset, validation: Dataset? = nil, test: Dataset? = nil) throws(Diagnostic)
    -> Dataset
  {
    let given = zip(partNames, [train, validation, test]).compactMap { name, dataset in
      dataset.map { (name: name, dataset: $0) }
    }
    for (name, dataset) in given {
      if dataset.isSplit { throw .partNotPlain(name, why: "is split itself") }
      if let step = dataset.steps.first { throw .partNotPlain(name, why: "has the step `\(step.name)` already") }
      let names = train.table.names
      let missing = names.filter { dataset.table.position(of: $0) == nil }
      let extra = dataset.table.names.filter { train.table.position(of: $0) == nil }
      if !missing.isEmpty || !extra.isEmpty { throw .partsDiffer(name, missing: missing, extra: extra) }
      if let target = dataset.target, target.column != train.target?.column {
        throw .partNotPlain(name, why: "has the target `\(target.column)`, and the training part another or none")
      }
    }
    if given.contains(where: \.dataset.isStreamed) { return try joinedStreams(given) }
    var columns = [[Column]](repeating: [], count: given.count)
    for column in train.table.columns {
      var others: [(part: String, column: Column)] = []
      for (name, dataset) in given {
        let part = name == "train" ? "the training part" : "the part `\(name)`"
        others.append((part, try dataset.table.column(column.name)))
      }
      let same = try harmonized(column.name, others)
      for (index, column) in same.enumerated() { columns[index].append(column) }
    }
    let tables = zip(given, columns).map { ($0.name, Table($1, rowCount: $0.dataset.rowCount)) }
    return try split(tables, training: tables[0].1, target: train.target, steps: [], empty: train.table)
  }

  /// Columns of one name in one kind. `part` says in words where each is.
  static func harmonized(
    _ name: String, _ columns: [(part: String, column: Column)]
  ) throws(Diagnostic) -> [Column] {
    let present = columns.filter { $0.column.missingCount < $0.column.count }
    guard let first = present.first else { return columns.map { $0.column.widened() } }
    let kinds = Set(present.map(\.column.kind))
    let kind = kinds == [.integer, .float] ? .float : first.column.kind
    var result: [Column] = []
    for (part, column) in columns {
      if column.missingCount == column.count, column.kind != kind, kind != .tensor {
        result.append(.allMissing(name, kind, column.count))
      } else if column.kind == kind {
        result.append(column)
      } else if column.kind == .integer, kind == .float {
        result.append(column.widened())
      } else {
        throw .partKinds(
          part, column: name, found: column.kind.words, expected: first.column.kind.words, in: first.part)
      }
    }
    if case .tensors(let rows) = first.column.cells {
      for (part, column) in columns {
        guard case .tensors(let others) = column.cells, others.rowShape != rows.rowShape else { continue }
        throw .partShapes(
          part, column: name, found: others.rowShape.description, expected: rows.rowShape.description, in: first.part)
      }
    }
    return result
  }
}
