import Diagnostics
import SourceText

/// What the prompt and `print` show of a value.
public enum Display {
  /// Longest list shown in full.
  static let listLimit = 24
  static let depthLimit = 12
  /// Bytes after which a container is cut.
  static let sizeLimit = 1 << 20

  /// The value on one line; `limit` characters at most, when given. Texts are quoted inside containers only.
  public static func text(_ value: Value, machine: Machine? = nil, limit: Int = .max, quotesTexts: Bool = false) -> String {
    var writer = Writer(machine: machine)
    writer.write(value, quoted: quotesTexts, depth: 0)
    guard writer.text.count > limit else { return writer.text }
    return writer.text.prefix(max(0, limit - 1)) + "…"
  }

  /// The shortest digits that give the number back; whole numbers keep `.0`.
  public static func number(_ number: Double) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    return number.description
  }

  /// The text between quotes, as a program would write it.
  public static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text.unicodeScalars {
      switch character {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "{": result += "\\{"
      default: result.unicodeScalars.append(character)
      }
    }
    return result + "\""
  }

  private struct Writer {
    let machine: Machine?
    var text = ""

    mutating func write(_ value: Value, quoted: Bool, depth: Int) {
      switch value {
      case .none: text += "none"
      case .bool(let truth): text += truth ? "true" : "false"
      case .int(let number): text += String(number)
      case .float(let number): text += Display.number(number)
      case .object(let object): write(object, quoted: quoted, depth: depth)
      }
    }

    private mutating func write(_ object: HeapObject, quoted: Bool, depth: Int) {
      if depth > Display.depthLimit || depth > 0 && text.utf8.count > Display.sizeLimit {
        text += "…"
        return
      }
      switch object {
      case let value as TextValue: text += quoted ? Display.quoted(value.text) : value.text
      case let list as ListValue: write(list.elements, "[", "]", depth)
      case let tuple as TupleValue:
        write(tuple.elements, "(", tuple.elements.count == 1 ? ",)" : ")", depth)
      case let record as RecordValue:
        text += "{"
        for (index, name) in record.names.enumerated() {
          if index > 0 { text += ", " }
          text += name + ": "
          write(record.values[index], quoted: true, depth: depth + 1)
        }
        text += "}"
      case let dict as DictValue:
        text += "dict("
        if !dict.keys.isEmpty {
          text += "["
          for (index, key) in dict.keys.enumerated() {
            if index > 0 { text += ", " }
            if index == Display.listLimit {
              text += "… \(dict.keys.count - index) more"
              break
            }
            text += "("
            write(key, quoted: true, depth: depth + 1)
            text += ", "
            write(dict.values[index], quoted: true, depth: depth + 1)
            text += ")"
          }
          text += "]"
        }
        text += ")"
      case let range as RangeValue: text += "\(range.lower)..<\(range.upper)"
      case let function as FunctionValue: text += functionText(function.prototype.signature)
      case let builtin as BuiltinValue: text += functionText(CallSignature(builtin.builtin))
      case let layer as LayerValue:
        text += "layer \(layer.name)"
        if let signature = layer.code?.signature { text += parameters(signature) }
      case let model as ModelValue: write(model, depth)
      case let chain as CompositionValue:
        for (index, part) in chain.parts.enumerated() {
          if index > 0 { text += " >> " }
          if case .object(let function as FunctionValue) = part, !function.prototype.name.isEmpty {
            text += function.prototype.name
          } else if case .object(let builtin as BuiltinValue) = part {
            text += builtin.builtin.name
          } else {
            write(part, quoted: true, depth: depth + 1)
          }
        }
      case let module as ModuleValue: text += "module \(module.module.path)"
      default: text += other(object)
      }
    }

    private func other(_ object: HeapObject) -> String {
      let value = Value.object(object)
      switch object.kind {
      case .tensor, .tracer:
        guard let machine else { return "tensor" }
        return (try? machine.tensorText(value, format: nil, at: .none)) ?? "tensor"
      default: return (object as? any Displayable)?.displayText(machine) ?? value.kindName
      }
    }

    private mutating func write(_ values: [Value], _ open: String, _ close: String, _ depth: Int) {
      text += open
      for (index, value) in values.enumerated() {
        if index > 0 { text += ", " }
        if index == Display.listLimit {
          text += "… \(values.count - index) more"
          break
        }
        write(value, quoted: true, depth: depth + 1)
      }
      text += close
    }

    /// `Dense(64, activation: relu)`: the hyperparameters as they were given.
    private mutating func write(_ model: ModelValue, _ depth: Int) {
      let definition = model.definition
      text += definition.name + "("
      for index in 0..<min(definition.hyperparameterCount, model.fields.count) {
        if index > 0 { text += ", " }
        if index > 0 { text += definition.fieldNames[index] + ": " }
        if case .object(let function as FunctionValue) = model.fields[index], !function.prototype.name.isEmpty {
          text += function.prototype.name
        } else if case .object(let builtin as BuiltinValue) = model.fields[index] {
          text += builtin.builtin.name
        } else {
          write(model.fields[index], quoted: true, depth: depth + 1)
        }
      }
      text += ")"
    }

    private func functionText(_ signature: CallSignature) -> String {
      signature.name.isEmpty ? parameters(signature) + " -> …" : "fn \(signature.name)" + parameters(signature)
    }

    private func parameters(_ signature: CallSignature) -> String {
      let names = signature.parameters.map { parameter in
        (parameter.name.isEmpty ? "_" : parameter.name)
          + (parameter.isVariadic ? "..." : parameter.isRequired ? "" : "?")
      }
      return "(" + names.joined(separator: ", ") + ")"
    }
  }
}

extension Machine {
  // MARK: Texts with values inside

  @inline(never)
  func format(_ source: Slot, _ format: Int, _ target: Slot, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    frame.pointee.next = pc
    let value = source.pointee
    let specification = format == 0xffff ? nil : prototype.names[format]
    target.pointee = .object(TextValue(try text(value, specification, at: site(pc))))
  }

  /// What a text shows for a value.
  func text(_ value: Value, _ specification: String?, at site: Site) throws(Diagnostic) -> String {
    if case .object(let object) = value, object.kind == .tensor || object.kind == .tracer {
      return try tensorText(value, format: specification, at: site)
    }
    return try numberText(value, format: specification, at: site)
  }

  /// A host value as text, with an optional format specification.
  func numberText(_ value: Value, format specification: String?, at site: Site) throws(Diagnostic) -> String {
    guard let specification, !specification.isEmpty else { return Display.text(value, machine: self) }
    guard let format = TextFormat(specification) else { throw .unknownFormat(specification, at: site.span) }
    let result: String?
    switch value {
    case .int(let number): result = format.text(number)
    case .float(let number): result = format.text(number)
    default: result = format.text(Display.text(value, machine: self))
    }
    guard let result else { throw .formatKind(specification, found: value.kindName, at: site.span) }
    return result
  }

  @inline(never)
  func joinText(_ target: Slot, _ first: Slot, _ count: Int, _ pc: UnsafePointer<Instruction>) throws(Diagnostic) {
    var result = ""
    for index in 0..<count {
      guard let part = first[index].text else { continue }
      try checkSize(result.utf8.count + part.text.utf8.count, "a text") { self.site(pc) }
      result += part.text
    }
    first.clear(count)
    target.pointee = .object(TextValue(result))
  }

  /// Writes values as `print` does: side by side, then a line break.
  func printNow(_ values: [Value]) {
    output(values.map { Display.text($0, machine: self) }.joined(separator: " ") + "\n")
  }
}
