import Datasets
import Diagnostics
import TensorRuntime

extension DatasetValue: HasFields, Displayable, Iterable {
  public var fieldNames: [String] {
    (dataset.isSplit ? dataset.parts.map(\.name) : ["x", "y"])
      + ["columns", "classes", "target", "augmentation", "vocabulary", "streamed"]
  }

  public func field(_ name: String, _ machine: Machine, at site: Site) throws(Diagnostic) -> Value? {
    do throws(Diagnostic) {
      switch name {
      case "x": return .object(TensorValue(try dataset.x(), origin: site.span))
      case "y": return .object(TensorValue(try dataset.y(), origin: site.span))
      case "columns": return .list(dataset.columnNames.map(Value.text))
      case "classes": return dataset.classes.map { .list($0.map { Value(cell: $0) }) } ?? Value.none
      case "target": return dataset.target.map { .text($0.column) } ?? Value.none
      case "augmentation": return .list(augmentation)
      case "streamed": return .bool(dataset.isStreamed)
      case "vocabulary":
        return try dataset.preparation().vocabulary.map { .object(VocabularyValue($0)) } ?? Value.none
      case _ where Dataset.partNames.contains(name):
        return .object(DatasetValue(try dataset.part(name), augmentation: augmentation))
      default: return nil
      }
    } catch { throw error.located(at: site.span) }
  }

  /// A line with what it is, then the first rows as the steps leave them.
  public func displayText(_ machine: Machine?) -> String {
    let shown = dataset.parts.first?.dataset ?? dataset
    let count = shown.rowCount <= 20 ? shown.rowCount : 5
    // A step that cannot learn is reported when `x` is asked for; the raw rows can be shown all the same.
    let head = (try? shown.head(count)) ?? shown
    let table = (try? head.preparedTable()) ?? head.table
    return ([summary] + TextTable.head(table, rows: count)).joined(separator: "\n")
  }

  private var summary: String {
    func counted(_ count: Int, _ noun: String, plural: String) -> String { "\(count) \(count == 1 ? noun : plural)" }
    var parts = [
      counted(dataset.rowCount, "row", plural: "rows"), counted(dataset.columnNames.count, "column", plural: "columns"),
    ]
    if let target = dataset.target {
      let classes = target.classes.map { " (\(counted($0.count, "class", plural: "classes")))" } ?? ""
      parts.append("target `\(target.column)`" + classes)
    }
    for part in dataset.parts { parts.append("\(part.name) \(part.dataset.rowCount)") }
    return (dataset.isStreamed ? "stream: " : "dataset: ") + parts.joined(separator: ", ")
  }

  /// Raw rows as records.
  public func makeIterator(_ machine: Machine, at site: Site) throws(Diagnostic) -> ValueIterator {
    if dataset.isSplit {
      throw Diagnostic.alreadySplit("rows", parts: dataset.parts.map(\.name)).located(at: site.span)
    }
    if dataset.isStreamed { throw Diagnostic.streamed("for").located(at: site.span) }
    let table = dataset.table
    return PositionIterator(count: table.rowCount) { row, _ in Value(row: table.row(row)) }
  }
}

/// Batches to loop over; every loop is a new pass in another order.
public final class BatchesValue: HeapObject, Iterable, Displayable {
  private let make: (Int) throws(Diagnostic) -> Batches
  private var passes = 0

  /// `make` is given the number of the pass.
  init(_ make: @escaping (Int) throws(Diagnostic) -> Batches) {
    self.make = make
    super.init(.dataset)
  }

  public func displayText(_ machine: Machine?) -> String { "batches" }

  public func makeIterator(_ machine: Machine, at site: Site) throws(Diagnostic) -> ValueIterator {
    BatchIterator(try pass(at: site), at: site)
  }

  /// The batches of the next pass.
  func pass(at site: Site) throws(Diagnostic) -> Batches {
    defer { passes += 1 }
    do throws(Diagnostic) { return try make(passes) } catch { throw error.located(at: site.span) }
  }
}

private final class BatchIterator: ValueIterator {
  private let batches: Batches
  private let site: Site
  /// Behind the first batch: the last one while a program is only checked.
  private var isPast = false
  init(_ batches: Batches, at site: Site) {
    self.batches = batches
    self.site = site
    super.init()
  }
  override func next(_ machine: Machine) throws(Diagnostic) -> Value? {
    do throws(Diagnostic) {
      if machine.tensors.isDryRun, isPast { return nil }
      isPast = true
      let next = try machine.timed(.batches, at: site) { () throws(Diagnostic) in try batches.next() }
      guard let (x, y) = next else { return nil }
      let batch = Value.object(TensorValue(x, origin: site.span))
      guard let y else { return batch }
      return .tuple([batch, .object(TensorValue(y, origin: site.span))])
    } catch { throw error.located(at: site.span) }
  }
}

extension Value {
  init(cell: Cell) {
    switch cell {
    case .missing: self = .none
    case .truth(let value): self = .bool(value)
    case .integer(let value): self = .int(value)
    case .float(let value): self = .float(value)
    case .text(let value): self = .text(value)
    case .list(let cells): self = .list(cells.map { Value(cell: $0) })
    case .tensor(let row):
      let tensor = try? Tensor.from(row.values.map { Float($0) }, dtype: .f32, shape: row.shape)
      self = tensor.map { .object(TensorValue($0, origin: .none)) } ?? .none
    }
  }

  init(row: Row) {
    let cells = row.cells
    self = .object(RecordValue(names: cells.map(\.name), values: cells.map { Value(cell: $0.cell) }))
  }

  /// As a cell of a table; nil for what no table holds.
  var cell: Cell? {
    switch self {
    case .none: return .missing
    case .bool(let value): return .truth(value)
    case .int(let value): return .integer(value)
    case .float(let value): return .float(value)
    case .object(let text as TextValue): return .text(text.text)
    case .object(let list as ListValue):
      let cells = list.elements.compactMap(\.cell)
      return cells.count == list.elements.count ? .list(cells) : nil
    case .object(let value as TensorValue):
      let tensor = value.tensor
      let values: [Double]
      switch tensor.dtype {
      case .f32: values = tensor.elements(as: Float.self).map(Double.init)
      case .f64: values = tensor.elements(as: Double.self)
      case .i64: values = tensor.elements(as: Int.self).map(Double.init)
      case .bool: values = tensor.elements(as: Bool.self).map { $0 ? 1 : 0 }
      }
      guard tensor.shape.rank == 0, let single = values.first else {
        return .tensor(RowTensor(shape: tensor.shape, values: values))
      }
      switch tensor.dtype {
      case .f32, .f64: return .float(single)
      case .i64: return .integer(tensor.elements(as: Int.self).first ?? 0)
      case .bool: return .truth(single != 0)
      }
    default: return nil
    }
  }
}
