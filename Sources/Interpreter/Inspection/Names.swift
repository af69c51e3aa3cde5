import SourceText
import StandardLibrary

/// What is known of a name that programs can use.
public struct KnownName {
  public var name: String
  public var signature: CallSignature?
  public var documentation: String?
  /// The whole definition; none for builtins.
  public var definition: Span
  /// Its value now; nil for builtins and for names that have none yet.
  public var value: Value?
}

extension Machine {
  /// Every name that can stand in an entry of the prompt: the user's, the library's and the builtins, in order.
  public var visibleNames: [String] {
    var names = Set(userNames)
    for file in StandardLibrary.files { names.formUnion(file.names) }
    names.formUnion(builtins.names)
    return names.sorted()
  }

  /// Those that the user defined or imported, in order.
  public var userNames: [String] { Set(main.globals.keys).union(main.imported.keys).sorted() }

  /// Looks a name up as an entry of the prompt would; a file of the library is read when it is first asked for.
  public func known(_ name: String) -> KnownName? {
    if let global = main.globals[name] ?? main.imported[name]?.global ?? libraryGlobal(name) {
      var value: Value? = globalValue(global.slot)
      if case .object(let object)? = value, object is Missing.Marker { value = nil }
      return KnownName(
        name: name, signature: global.signature, documentation: global.documentation, definition: global.definition,
        value: value)
    }
    if let constant = builtins.constant(name) {
      return KnownName(name: name, definition: .none, value: constant)
    }
    guard let builtin = builtins.builtin(name) else { return nil }
    return KnownName(
      name: name, signature: CallSignature(builtin), documentation: builtin.documentation, definition: .none, value: nil)
  }

  /// The fields of what `path` leads to (`net`, `[1]`, `body`), for completion; nothing is called.
  public func fieldNames(of path: [String]) -> [String] {
    guard let first = path.first, var value = known(first)?.value else { return [] }
    for name in path.dropFirst() {
      guard let next = fields(of: value).first(where: { $0.name == name })?.value ?? part(name, of: value) else { return [] }
      value = next
    }
    return fields(of: value).map(\.name)
  }

  /// `[1]` of a chain, list or tuple.
  private func part(_ index: String, of value: Value) -> Value? {
    guard index.hasPrefix("["), let number = Int(index.dropFirst().dropLast()), case .object(let object) = value else {
      return nil
    }
    let parts: [Value] =
      switch object {
      case let chain as CompositionValue: chain.parts
      case let list as ListValue: list.elements
      case let tuple as TupleValue: tuple.elements
      default: []
      }
    let position = number < 0 ? number + parts.count : number
    return parts.indices.contains(position) ? parts[position] : nil
  }

  private func fields(of value: Value) -> [(name: String, value: Value?)] {
    guard case .object(let object) = value else { return [] }
    switch object {
    case let record as RecordValue: return Array(zip(record.names, record.values))
    case let model as ModelValue:
      let fields = zip(model.definition.fieldNames, model.fields).map { ($0, Optional($1)) }
      return fields + model.definition.parameterNames.map { ($0, nil) }
    case let module as ModuleValue:
      return module.module.globals.keys.filter { !$0.hasPrefix("_") }.sorted().map { ($0, known($0)?.value) }
    default: return []
    }
  }
}
