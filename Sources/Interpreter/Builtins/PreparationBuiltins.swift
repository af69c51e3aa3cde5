import Datasets
import Diagnostics
import Files
import SourceText
import TensorRuntime

/// Raw rows through the preparation that a model carries.
enum PreparationBuiltins {
  static let builtins: [Builtin] = [
    Builtin(
      "prepare", [.init("model"), .init("rows")],
      """
      Rows as the model's network takes them: a record, a list of records, or a raw dataset, prepared as the training data
      was; for a model of one column of text also a text or a list of texts. A tensor is taken as it is.
      """
    ) { (call) throws(Diagnostic) in
      try call.machine.prepared(call.arguments[1], for: call.arguments[0], at: call.site)
    }
  ]
}

extension Machine {
  /// Hands the preparation of a dataset to a model. Tensors and windows over ids bring none: what the model had stays.
  func attachData(_ data: Value, to model: Value, output: String?, at site: Site) throws(Diagnostic) {
    let known = attachment(of: model)
    var preparation = known?.preparation
    if case .object(let object) = data, let value = object as? DatasetValue {
      let part = value.dataset.isSplit ? try located(site) { () throws(Diagnostic) in try value.dataset.part("train") } : value.dataset
      if !part.isPlainWindows {
        preparation = try located(site) { () throws(Diagnostic) in try part.preparation().json() }
      }
      for doubt in part.doubts() { warn(doubt.located(at: callSpan(at: site))) }
    }
    attach(Attachment(output: output ?? known?.output, preparation: preparation), to: model)
  }

  func prepared(_ rows: Value, for model: Value, at site: Site) throws(Diagnostic) -> Value {
    if rows.tensorType != nil { return rows }
    guard let stored = attachment(of: model)?.preparation else {
      if case .object(let object) = rows, object is DatasetValue { return rows }
      throw .noPreparation(found: rows.kindName, at: site.operand(1))
    }
    return try located(site) { () throws(Diagnostic) in
      let preparation = try Preparation(json: stored)
      switch rows {
      case .object(let value as DatasetValue):
        if try value.dataset.preparation() == preparation { return rows }
        if value.dataset.isStreamed { return .object(DatasetValue(value.dataset.prepared(with: preparation))) }
        let table = value.dataset.table
        let x = try preparation.features(of: table)
        guard preparation.target.map({ table.position(of: $0.column) != nil }) ?? false else {
          return .object(TensorValue(x, origin: site.span))
        }
        return .object(DatasetValue(try Dataset.from(x: x, y: try preparation.targets(of: table))))
      case .object(let record as RecordValue):
        return .object(TensorValue(try features(of: [record], preparation, at: site), origin: site.span))
      case _ where preparation.onlyText != nil && texts(in: rows) != nil:
        let table = preparation.table(ofTexts: texts(in: rows) ?? [])
        return .object(TensorValue(try preparation.features(of: table), origin: site.span))
      case .object(let list as ListValue):
        var records: [RecordValue] = []
        for element in list.elements {
          guard case .object(let object) = element, let record = object as? RecordValue else {
            throw .wrongKind(found: element.kindName, expected: "records", at: site.operand(1))
          }
          records.append(record)
        }
        return .object(TensorValue(try features(of: records, preparation, at: site), origin: site.span))
      default: throw .wrongKind(found: rows.kindName, expected: "a tensor, records, texts or a dataset", at: site.operand(1))
      }
    }
  }

  /// One text, or those of a list; nil for other values.
  private func texts(in rows: Value) -> [String]? { rows.object(as: TextValue.self).map { [$0.text] } ?? rows.texts }

  private func features(of records: [RecordValue], _ preparation: Preparation, at site: Site) throws(Diagnostic)
    -> Tensor
  {
    var rows: [[(name: String, cell: Cell)]] = []
    for record in records {
      var row: [(name: String, cell: Cell)] = []
      for (name, value) in zip(record.names, record.values) {
        guard let cell = value.cell else {
          throw .wrongKind(
            found: "\(value.kindName) in `\(name)`", expected: "numbers, texts and truth values", at: site.operand(1))
        }
        row.append((name, cell))
      }
      rows.append(row)
    }
    return try preparation.features(of: try preparation.table(of: rows))
  }

  /// Gives problems of the data side the place of the call.
  func located<T>(_ site: Site, _ body: () throws(Diagnostic) -> T) throws(Diagnostic) -> T {
    do { return try body() } catch { throw error.located(at: site.span) }
  }
}
