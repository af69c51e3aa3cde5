import Diagnostics
import SourceText
import Syntax
import TensorRuntime
import TensorTypes

// Values made readable for somebody at the prompt: never longer than a few lines, whatever the value.

extension Machine {
  /// One line: `[3, 4]  -0.31 0.92 ...`, `"text"`, `{rate: 0.1, steps: [100]}`.
  public func summary(of value: Value) -> String { summary(of: value, depth: 0) }

  /// What the prompt shows for an expression: shape and type of a tensor above its first rows, otherwise one line.
  public func details(of value: Value) -> String {
    if case .object(let object) = value, object.kind == .dataset || object.kind == .tree {
      return Display.text(value, machine: self, limit: 4000)
    }
    guard case .object(let object as TensorValue) = value, object.tensor.shape.rank > 0 else { return summary(of: value) }
    let tensor = object.tensor
    let head = "\(tensor.shape) \(tensor.dtype.name)" + (object.mark == .probabilities ? " probabilities" : "")
    let broken = nonFiniteCount(tensor)
    return ([head + (broken > 0 ? "  (\(broken) not finite)" : "")] + rows(of: tensor)).joined(separator: "\n")
  }

  /// Records with the same fields, as a history of training is: a header and one row for each. Nil for other values.
  public func table(of value: Value, limit: Int = 20) -> (rows: [[String]], left: Int)? {
    guard case .object(let list as ListValue) = value, list.elements.count > 1 else { return nil }
    var rows: [[String]] = []
    for element in list.elements {
      guard case .object(let record as RecordValue) = element, !record.names.isEmpty else { return nil }
      if rows.isEmpty { rows.append(record.names) }
      guard record.names == rows[0] else { return nil }
      if rows.count <= limit { rows.append(record.values.map { summary(of: $0, depth: 2) }) }
    }
    return (rows, list.elements.count - rows.count + 1)
  }

  /// Shapes and types: one line for a tensor, one for each parameter of a model or field of a record.
  public func shapes(of expression: Expression, in file: SourceFile) throws(CompileFailure) -> [String] {
    let statement = Statement(.expression(expression), expression.span)
    let chunk = try load(
      file: file, program: Program(documentation: nil, statements: [statement]), isPrompt: true)
    do throws(Diagnostic) { return shapes(in: try run(chunk)) } catch { throw CompileFailure(diagnostics: [error]) }
  }

  private func shapes(in value: Value) -> [String] {
    guard case .object(let object) = value else { return [value.kindName] }
    switch object {
    case let tensor as TensorValue: return ["\(tensor.tensor.shape) \(tensor.tensor.dtype.name)"]
    case is ModelValue, is CompositionValue:
      let parameters = ModelTree(value).parameters
      return parameters.isEmpty
        ? ["no parameters yet: they are made by the first call"]
        : parameters.map { "\($0.path): \($0.parameter.tensor.shape)" + ($0.parameter.isState ? " state" : "") }
    case let record as RecordValue:
      return zip(record.names, record.values).flatMap { name, value in shapes(in: value).map { "\(name): \($0)" } }
    case let tuple as TupleValue: return tuple.elements.flatMap(shapes)
    case let list as ListValue:
      return ["list of \(list.elements.count)"] + (list.elements.first.map { shapes(in: $0).map { "first: \($0)" } } ?? [])
    default: return [value.kindName]
    }
  }

  // MARK: One line

  private func summary(of value: Value, depth: Int) -> String {
    switch value {
    case .none: return "none"
    case .bool(let truth): return "\(truth)"
    case .int(let number): return "\(number)"
    case .float(let number): return depth < 2 ? "\(number)" : number.shortText
    case .object(let object): return summary(of: object, depth: depth)
    }
  }

  private func summary(of object: HeapObject, depth: Int) -> String {
    switch object {
    case let text as TextValue: return quoted(text.text, limit: depth == 0 ? 2000 : 40)
    case let tensor as TensorValue: return summary(of: tensor.tensor, depth: depth)
    case let list as ListValue: return "[" + joined(list.elements, depth) + "]"
    case let tuple as TupleValue: return "(" + joined(tuple.elements, depth) + ")"
    case let range as RangeValue: return "\(range.lower)..<\(range.upper)"
    case let record as RecordValue: return "{" + joined(record.names, record.values, depth) + "}"
    case let dict as DictValue:
      return "dict([" + joined(dict.keys.map { summary(of: $0, depth: depth + 1) }, dict.values, depth) + "])"
    case is ModelValue, is CompositionValue:
      let size = depth == 0 ? parameterCount(of: object) : 0
      return modelText(.object(object)) + (size > 0 ? "  \(Quantity.grouped(size)) parameters" : "")
    default:
      let lines = Display.text(.object(object), machine: self, limit: 1000).split(whereSeparator: \.isNewline)
      return lines.first.map(String.init) ?? ""
    }
  }

  /// `Dense(64, activation: relu) >> Dense(10)`: hyperparameters that differ from what the layer says anyway.
  func modelText(_ value: Value) -> String {
    guard case .object(let object) = value else { return summary(of: value, depth: 1) }
    switch object {
    case let chain as CompositionValue:
      let parts = chain.parts.prefix(12).map(modelText)
      return parts.joined(separator: " >> ") + (chain.parts.count > 12 ? " >> ..." : "")
    case let model as ModelValue:
      let defaults = defaultTexts(of: model.definition)
      var arguments: [String] = []
      for (index, field) in model.fields.prefix(model.definition.hyperparameterCount).enumerated() {
        let text = modelText(field)
        let standard = defaults.indices.contains(index) ? defaults[index] : ""
        // `1e-5` in the source is `1e-05` here.
        if let standard, standard == text || Double(standard).map({ $0 == Double(text) }) ?? false { continue }
        arguments.append(standard == nil ? text : "\(model.definition.fieldNames[index]): \(text)")
      }
      return "\(model.definition.name)(\(arguments.joined(separator: ", ")))"
    case let function as FunctionValue where !function.prototype.name.isEmpty: return function.prototype.name
    case let builtin as BuiltinValue: return builtin.builtin.name
    default: return summary(of: object, depth: 2)
    }
  }

  /// The source of each hyperparameter's default; nil for those without one.
  private func defaultTexts(of layer: LayerValue) -> [String?] {
    let file = SourceFile(id: .none, name: "", text: sources.text(of: layer.span))
    guard case .layer(let declaration)? = Parser.parse(file).program.statements.first?.kind else { return [] }
    return declaration.hyperparameters.map { $0.defaultValue.map { file.text(of: $0.span) } }
  }

  private func parameterCount(of model: HeapObject) -> Int {
    ModelTree(.object(model)).parameters.reduce(0) { $0 + ($1.parameter.isState ? 0 : $1.parameter.tensor.count) }
  }

  private func joined(_ values: [Value], _ depth: Int) -> String {
    guard depth < 3 else { return values.isEmpty ? "" : "..." }
    let shown = values.prefix(8).map { summary(of: $0, depth: depth + 1) }
    return shown.joined(separator: ", ") + (values.count > 8 ? ", ... \(values.count) in all" : "")
  }

  private func joined(_ names: [String], _ values: [Value], _ depth: Int) -> String {
    guard depth < 3 else { return names.isEmpty ? "" : "..." }
    let shown = zip(names, values).prefix(12).map { "\($0): \(summary(of: $1, depth: depth + 1))" }
    return shown.joined(separator: ", ") + (names.count > 12 ? ", ... \(names.count) in all" : "")
  }

  private func quoted(_ text: String, limit: Int) -> String {
    text.count > limit ? Display.quoted(String(text.prefix(limit))) + "..." : Display.quoted(text)
  }

  // MARK: Tensors

  private func summary(of tensor: Tensor, depth: Int) -> String {
    guard tensor.shape.rank > 0 else { return tensor.displayed(at: 0) }
    let dtype = tensor.dtype == .f32 ? "" : " \(tensor.dtype.name)"
    guard depth < 2 else { return "\(tensor.shape)\(dtype)" }
    let head = tensorHead(tensor, limit: depth == 0 ? 8 : 3)
    return "\(tensor.shape)\(dtype)" + (head.isEmpty ? "" : depth == 0 ? "  \(head)" : " \(head)")
  }

  /// The first rows in columns; of more than two dimensions, those of the first matrix.
  private func rows(of tensor: Tensor) -> [String] {
    guard tensor.count > 0 else { return [] }
    let width = tensor.shape[tensor.shape.rank - 1]
    let height = tensor.shape.rank == 1 ? 1 : tensor.shape[tensor.shape.rank - 2]
    let shownColumns = head(of: width, limit: 8)
    let shownRows = head(of: height, limit: 8)
    func cell(_ row: Int?, _ column: Int?) -> String {
      guard let column else { return row == nil ? "" : "..." }
      return row.map { tensor.displayed(at: $0 * width + column) } ?? "..."
    }
    let cells = aligned(shownRows.map { row in shownColumns.map { cell(row, $0) } })
    let widths = shownColumns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    var lines = cells.map { row in
      let padded = zip(row, widths).map { cell, width in String(repeating: " ", count: width - cell.count) + cell }
      return "  " + padded.joined(separator: "  ")
    }
    let matrices = tensor.count / max(1, width * height)
    if matrices > 1 { lines.append("  ... and \(Quantity.grouped(matrices - 1)) more of \([height, width])") }
    return lines
  }

  /// Every number with as many places as the longest has, so that the points stand below each other.
  private func aligned(_ cells: [[String]]) -> [[String]] {
    func places(_ cell: String) -> Int? {
      guard let point = cell.firstIndex(of: "."), cell.last != ".", !cell.contains("e") else { return nil }
      return cell.distance(from: point, to: cell.endIndex) - 1
    }
    let most = cells.joined().compactMap(places).max() ?? 0
    return cells.map { row in row.map { cell in cell + String(repeating: "0", count: places(cell).map { most - $0 } ?? 0) } }
  }

  /// Indices to show of an axis: all, or the first and the last with nil for what is left out.
  private func head(of size: Int, limit: Int) -> [Int?] {
    if size <= limit { return Array(0..<size) }
    return Array(0..<(limit - 2)) + [nil, size - 1]
  }

  private func nonFiniteCount(_ tensor: Tensor) -> Int {
    guard tensor.dtype.isFloating, tensor.count <= 1 << 20 else { return 0 }
    var count = 0
    for index in 0..<tensor.count {
      if case .float(let number) = tensor.element(at: index), !number.isFinite { count += 1 }
    }
    return count
  }
}
