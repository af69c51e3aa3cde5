import Datasets
import Diagnostics
import SourceText
import TensorRuntime

extension BuiltinCall {
  /// Gives problems of the data side the place of this call.
  func onData<T>(_ body: () throws(Diagnostic) -> T) throws(Diagnostic) -> T {
    do { return try machine.timed(.reading, at: site, body) } catch { throw error.located(at: stage) }
  }

  /// The call itself; in a pipe without what flows into it.
  var stage: Span {
    guard let first = site.operands.first, first.start == site.span.start, first.end < site.span.end,
      let file = machine.sources.file(site.span.file)
    else { return site.span }
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 }
    var start = Int(first.end)
    let end = min(Int(site.span.end), file.bytes.count)
    while start < end, isSpace(file.bytes[start]) || file.bytes[start] == UInt8(ascii: ")") { start += 1 }
    guard start + 2 <= end, file.bytes[start] == UInt8(ascii: "|"), file.bytes[start + 1] == UInt8(ascii: ">") else {
      return site.span
    }
    start += 2
    while start < end, isSpace(file.bytes[start]) { start += 1 }
    return Span(file: site.span.file, start: start, end: Int(site.span.end))
  }

  func datasetArgument(_ index: Int) throws(Diagnostic) -> Dataset {
    guard let value = arguments[index].object(as: DatasetValue.self) else { throw wrongKind(index, "a dataset") }
    return value.dataset
  }

  /// A dataset made from the first argument.
  func changed(_ change: (Dataset) throws(Diagnostic) -> Dataset) throws(Diagnostic) -> Value {
    let dataset = try datasetArgument(0)
    let changed = try onData { () throws(Diagnostic) in try change(dataset) }
    return .object(DatasetValue(changed, augmentation: augmentation(0)))
  }

  /// What a dataset given as argument `index` has by `augment`.
  func augmentation(_ index: Int) -> [Value] {
    arguments[index].object(as: DatasetValue.self)?.augmentation ?? []
  }

  /// The first argument where it is a list that begins with a dataset.
  var datasets: [Value]? {
    guard let list = arguments[0].object(as: ListValue.self), list.elements.first?.object(as: DatasetValue.self) != nil
    else { return nil }
    return list.elements
  }

  func concatenated(_ datasets: [Value]) throws(Diagnostic) -> Value {
    var given: [Dataset] = []
    for value in datasets {
      guard let data = value.object(as: DatasetValue.self) else {
        throw .wrongKind(found: value.kindName, expected: "datasets", at: place(0))
      }
      given.append(data.dataset)
    }
    return .object(DatasetValue(try onData { () throws(Diagnostic) in try Dataset.concatenated(given) }))
  }

  func dataTensor(_ index: Int) throws(Diagnostic) -> Tensor {
    guard let value = arguments[index].object(as: TensorValue.self) else { throw wrongKind(index, "a tensor") }
    return value.tensor
  }

  func dataNumber(_ index: Int) throws(Diagnostic) -> Double {
    switch arguments[index] {
    case .int(let number): return Double(number)
    case .float(let number): return number
    case .object(let object) where object.kind == .tensor || object.kind == .tracer:
      return try machine.hostFloat(arguments[index], at: placeSite(index))
    default: throw wrongKind(index, "a number")
    }
  }

  /// One text or a list of texts; nil when left out.
  func namesArgument(_ index: Int) throws(Diagnostic) -> [String]? {
    if isLeftOut(index) { return nil }
    if let text = arguments[index].object(as: TextValue.self) { return [text.text] }
    guard let list = arguments[index].object(as: ListValue.self) else {
      throw wrongKind(index, "a column's name or a list of names")
    }
    var names: [String] = []
    for element in list.elements {
      // `select(["a", "b"])` beside `select("a", "b")`.
      if let inner = element.object(as: ListValue.self), list.elements.count == 1 {
        for name in inner.elements { names.append(try columnName(name, index)) }
      } else {
        names.append(try columnName(element, index))
      }
    }
    return names
  }

  private func columnName(_ value: Value, _ index: Int) throws(Diagnostic) -> String {
    guard let text = value.object(as: TextValue.self) else {
      throw .wrongKind(found: value.kindName, expected: "a column's name", at: place(index))
    }
    return text.text
  }

  /// One of the given words.
  func choice<T>(_ index: Int, _ words: [(String, T)]) throws(Diagnostic) -> T {
    let text = try textArgument(index)
    guard let found = words.first(where: { $0.0 == text }) else {
      throw .unknownChoice(text, among: words.map(\.0), at: place(index))
    }
    return found.1
  }

  /// What stands between the cells of a table.
  func separator(_ index: Int) throws(Diagnostic) -> Character {
    let text = try textArgument(index)
    guard let separator = text.first, text.count == 1 else { throw .badSeparator(text, at: place(index)) }
    return separator
  }

  func cellArgument(_ value: Value, _ index: Int) throws(Diagnostic) -> Cell {
    guard let cell = value.cell else {
      throw .wrongKind(found: value.kindName, expected: "a number, truth value, text or `none`", at: place(index))
    }
    return cell
  }

  /// A new key for each call.
  func drawnKey() -> RandomKey { RandomKey(machine.nextDraw()) }
}
