import Diagnostics
import SourceText

extension BuiltinCall {
  /// The place of argument `index`.
  func place(_ index: Int) -> Span { site.operand(index) }
  func placeSite(_ index: Int) -> Site { Site(span: site.operand(index)) }

  func wrongKind(_ index: Int, _ expected: String) -> Diagnostic {
    .wrongKind(found: arguments[index].kindName, expected: expected, at: place(index))
  }

  func textArgument(_ index: Int) throws(Diagnostic) -> String {
    guard let text = arguments[index].object(as: TextValue.self) else { throw wrongKind(index, "a text") }
    return text.text
  }

  func listArgument(_ index: Int) throws(Diagnostic) -> [Value] {
    if let list = arguments[index].object(as: ListValue.self) { return list.elements }
    if arguments[index].isTensorLike { throw .tensorForList(at: place(index)) }
    throw wrongKind(index, "a list")
  }

  /// The elements of anything that `for` runs over.
  func elements(_ index: Int) throws(Diagnostic) -> [Value] {
    try machine.elements(of: arguments[index], at: placeSite(index))
  }

  func dictArgument(_ index: Int) throws(Diagnostic) -> DictValue {
    guard let dict = arguments[index].object(as: DictValue.self) else { throw wrongKind(index, "a dict") }
    return dict
  }

  func wholeNumber(_ index: Int) throws(Diagnostic) -> Int {
    if case .int(let number) = arguments[index] { return number }
    return try machine.hostInteger(arguments[index], at: placeSite(index))
  }

  /// Whether the argument was left out or is `none`.
  func isLeftOut(_ index: Int) -> Bool {
    if case .none = arguments[index] { return true }
    return false
  }

  func truthArgument(_ index: Int) throws(Diagnostic) -> Bool {
    try machine.truth(of: arguments[index], at: placeSite(index))
  }

  /// Calls the function given as argument `index`.
  func callArgument(_ index: Int, _ first: Value, _ second: Value? = nil) throws(Diagnostic) -> Value {
    try machine.call(arguments[index], first, second, at: placeSite(index))
  }
}

extension Value {
  static func text(_ text: String) -> Value { .object(TextValue(text)) }
  static func list(_ elements: [Value]) -> Value { .object(ListValue(elements)) }
  static func tuple(_ elements: [Value]) -> Value { .object(TupleValue(elements)) }
}
