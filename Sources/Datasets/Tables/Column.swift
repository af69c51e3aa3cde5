import Diagnostics
import TensorTypes

/// One value of a row.
public enum Cell: Sendable {
  case missing
  case truth(Bool)
  case integer(Int)
  case float(Double)
  case text(String)
  /// A picture or vector in a column of tensors.
  case tensor(RowTensor)
  /// Tokens or ids.
  case list([Cell])
}

/// The values of one row of a tensor column, widened to f64.
public struct RowTensor: Sendable, Equatable {
  public let shape: Shape
  public let values: [Double]
  public init(shape: Shape, values: [Double]) {
    self.shape = shape
    self.values = values
  }
}

extension Cell: Hashable {
  /// What classes and categories are compared by. Numbers of different kinds differ; a column has one kind.
  public static func == (a: Cell, b: Cell) -> Bool {
    switch (a, b) {
    case (.missing, .missing): true
    case (.truth(let a), .truth(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.float(let a), .float(let b)): a == b
    case (.text(let a), .text(let b)): a == b
    case (.tensor(let a), .tensor(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .missing: hasher.combine(0)
    case .truth(let value): hasher.combine(value)
    case .integer(let value): hasher.combine(value)
    case .float(let value): hasher.combine(value)
    case .text(let value): hasher.combine(value)
    case .tensor(let value): hasher.combine(value.values)
    case .list(let cells): hasher.combine(cells)
    }
  }
}

extension Cell {
  public var isMissing: Bool { if case .missing = self { true } else { false } }

  /// As messages and tables show it.
  public var description: String {
    switch self {
    case .missing: "none"
    case .truth(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .float(let value): String(value)
    case .text(let value): value
    case .tensor(let value): "tensor \(value.shape)"
    case .list(let cells): "[" + cells.map(\.description).joined(separator: ", ") + "]"
    }
  }

  /// The order of classes and categories: false before true, numbers by size, texts by their Unicode scalars.
  static func ordered(_ a: Cell, _ b: Cell) -> Bool {
    switch (a, b) {
    case (.truth(let a), .truth(let b)): !a && b
    case (.integer(let a), .integer(let b)): a < b
    case (.float(let a), .float(let b)): a < b
    case (.text(let a), .text(let b)): a < b
    default: false
    }
  }
}

/// A named column. Immutable: every change makes a new one.
public struct Column: Sendable {
  /// The kinds of column that exist.
  public enum Kind: String, Sendable {
    case truth, integer, float, text, tensor, tokens, ids

    /// As messages name it.
    public var words: String {
      switch self {
      case .truth: "truth values"
      case .integer: "integers"
      case .float: "floats"
      case .text: "text"
      case .tensor: "tensors"
      case .tokens: "tokens"
      case .ids: "lists of ids"
      }
    }
  }

  public enum Cells: Sendable {
    case truths([Bool])
    case integers([Int])
    /// A missing cell is NaN.
    case floats([Double])
    case texts([String])
    case tensors(TensorRows)
    /// What a text was cut into.
    case tokens([[String]])
    /// Lists of any length, with the vocabulary that they come from.
    case ids([[Int]], Vocabulary?)
  }

  public let name: String
  public let cells: Cells
  /// For truth values, integers and text: which rows have no value; empty when all have one.
  public let missing: [Bool]

  public init(_ name: String, _ cells: Cells, missing: [Bool] = []) {
    self.name = name
    self.cells = cells
    self.missing = missing.contains(true) ? missing : []
  }

  public var kind: Kind {
    switch cells {
    case .truths: .truth
    case .integers: .integer
    case .floats: .float
    case .texts: .text
    case .tensors: .tensor
    case .tokens: .tokens
    case .ids: .ids
    }
  }

  public var count: Int {
    switch cells {
    case .truths(let values): values.count
    case .integers(let values): values.count
    case .floats(let values): values.count
    case .texts(let values): values.count
    case .tensors(let values): values.count
    case .tokens(let rows): rows.count
    case .ids(let rows, _): rows.count
    }
  }

  /// One value in each row.
  var isSingle: Bool { ![.tensor, .tokens, .ids].contains(kind) }
  public var isNumeric: Bool { kind == .integer || kind == .float }

  public func isMissing(_ row: Int) -> Bool {
    if case .floats(let values) = cells { return values[row].isNaN }
    return !missing.isEmpty && missing[row]
  }

  public var missingCount: Int {
    if case .floats(let values) = cells { return values.reduce(0) { $0 + ($1.isNaN ? 1 : 0) } }
    return missing.reduce(0) { $0 + ($1 ? 1 : 0) }
  }

  public func cell(_ row: Int) -> Cell {
    if isMissing(row) { return .missing }
    switch cells {
    case .truths(let values): return .truth(values[row])
    case .integers(let values): return .integer(values[row])
    case .floats(let values): return .float(values[row])
    case .texts(let values): return .text(values[row])
    case .tensors(let values): return values.cell(row)
    case .tokens(let rows): return .list(rows[row].map(Cell.text))
    case .ids(let rows, _): return .list(rows[row].map(Cell.integer))
    }
  }

  public func renamed(_ name: String) -> Column { Column(name, cells, missing: missing) }

  /// These rows, in this order.
  func taking(_ rows: [Int]) throws(Diagnostic) -> Column {
    let cells: Cells
    switch self.cells {
    case .truths(let values): cells = .truths(rows.map { values[$0] })
    case .integers(let values): cells = .integers(rows.map { values[$0] })
    case .floats(let values): cells = .floats(rows.map { values[$0] })
    case .texts(let values): cells = .texts(rows.map { values[$0] })
    case .tensors(let values): cells = .tensors(try values.taking(rows))
    case .tokens(let values): cells = .tokens(rows.map { values[$0] })
    case .ids(let values, let vocabulary): cells = .ids(rows.map { values[$0] }, vocabulary)
    }
    return Column(name, cells, missing: missing.isEmpty ? [] : rows.map { missing[$0] })
  }

  /// These rows, in this order; nil becomes a missing value.
  func taking(_ rows: [Int?]) throws(Diagnostic) -> Column {
    if !rows.contains(nil) { return try taking(rows.compactMap(\.self)) }
    let cells: Cells
    switch self.cells {
    case .truths(let values): cells = .truths(rows.map { $0.map { values[$0] } ?? false })
    case .integers(let values): cells = .integers(rows.map { $0.map { values[$0] } ?? 0 })
    case .floats(let values): cells = .floats(rows.map { $0.map { values[$0] } ?? .nan })
    case .texts(let values): cells = .texts(rows.map { $0.map { values[$0] } ?? "" })
    case .tensors: throw .missingTensors(name)
    case .tokens(let values): cells = .tokens(rows.map { $0.map { values[$0] } ?? [] })
    case .ids(let values, let vocabulary): cells = .ids(rows.map { $0.map { values[$0] } ?? [] }, vocabulary)
    }
    return Column(name, cells, missing: kind == .float ? [] : rows.map { $0.map(isMissing) ?? true })
  }

  /// Integers as floats, a missing one as NaN; other kinds as they are.
  func widened() -> Column {
    guard case .integers(let values) = cells else { return self }
    return Column(name, .floats(values.indices.map { isMissing($0) ? .nan : Double(values[$0]) }))
  }

  /// For each row the position of its value among the `values`, which are those present in the order of `Cell.ordered`;
  /// a missing value comes after them.
  func codes() -> (ids: [Int], values: [Cell]) {
    let values = distinct()
    let positions = Dictionary(values.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return ((0..<count).map { positions[cell($0)] ?? values.count }, values)
  }

  /// Values present, each once, in the order of `Cell.ordered`.
  func distinct() -> [Cell] {
    var seen: Set<Cell> = []
    for row in 0..<count where !isMissing(row) { seen.insert(cell(row)) }
    return seen.sorted(by: Cell.ordered)
  }
}
