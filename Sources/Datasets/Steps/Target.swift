import Diagnostics
import TensorRuntime
import TensorTypes

/// The column to predict and how it is read.
public struct Target: Sendable, Equatable {
  /// What the user said it is; `automatic`: text, truth values and integers are classes, floats are numbers.
  public enum Reading: Sendable { case automatic, classes, numbers }

  public enum Meaning: Sendable, Equatable {
    /// In sorted order; an example's id is its class's position.
    case classes([Cell])
    case numbers
    /// Tensors are taken as they are.
    case tensors
  }

  public let column: String
  public let reading: Reading
  public let meaning: Meaning

  public init(column: String, reading: Reading = .automatic, meaning: Meaning) {
    self.column = column
    self.reading = reading
    self.meaning = meaning
  }

  /// What matters afterwards; how the user put it does not.
  public static func == (a: Target, b: Target) -> Bool { a.column == b.column && a.meaning == b.meaning }

  public var classes: [Cell]? { if case .classes(let classes) = meaning { classes } else { nil } }

  /// More different integers than this are rather a quantity: the user has to say.
  private static let integerClassLimit = 256

  /// The classes are those of all `tables` (which labels exist is no secret of the test part).
  static func choose(_ name: String, _ reading: Reading, in tables: [Table]) throws(Diagnostic) -> Target {
    var classes: Set<Cell> = []
    var meaning = Meaning.numbers
    for table in tables {
      let column = try table.column(name)
      switch (column.kind, reading) {
      case (.tensor, .classes): throw .targetNotClasses(name, kind: column.kind.words)
      case (.tensor, _): meaning = .tensors
      case (.float, .classes): throw .targetNotClasses(name, kind: column.kind.words)
      case (.text, .numbers): throw .targetNotNumbers(name, kind: column.kind.words)
      case (.float, _), (_, .numbers): meaning = .numbers
      default:
        classes.formUnion(column.distinct())
        if column.kind == .integer, reading == .automatic, classes.count > integerClassLimit {
          throw .targetManyIntegers(name, count: classes.count)
        }
        meaning = .classes([])
      }
    }
    if case .classes = meaning { meaning = .classes(classes.sorted(by: Cell.ordered)) }
    return Target(column: name, reading: reading, meaning: meaning)
  }

  /// Classes: i64 ids [rows]. Numbers: f32 [rows, 1], the shape that a layer with one unit gives. Tensors: as they are.
  func values(in table: Table) throws(Diagnostic) -> Tensor {
    let column = try table.column(column)
    if let row = (0..<column.count).first(where: column.isMissing) {
      throw .targetMissing(self.column, row: row, count: column.missingCount)
    }
    switch meaning {
    case .classes(let classes): return try ids(of: column, classes)
    case .numbers: return try Features.matrix(of: [column])
    case .tensors:
      guard case .tensors(let rows) = column.cells else {
        throw .preparedInputKind(self.column, expected: "tensors", found: column.kind.words)
      }
      try Features.requireFinite(rows, self.column)
      return try rows.tensor()
    }
  }

  private func ids(of column: Column, _ classes: [Cell]) throws(Diagnostic) -> Tensor {
    let positions = Dictionary(classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let result = try TensorRows.allocate(.i64, [column.count])
    let ids = result.address.assumingMemoryBound(to: Int.self)
    for row in 0..<column.count {
      let cell = column.cell(row)
      guard let id = positions[cell] else {
        throw .targetUnknownClass(
          cell.description, column: self.column, row: row, classes: classes.map(\.description))
      }
      ids[row] = id
    }
    return result
  }
}
