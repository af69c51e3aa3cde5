/// What the parser wanted to see at a place.
public enum SyntaxExpectation: Sendable {
  case value(after: String?)
  /// The condition or subject of `if`, `while`, `for` or `match`.
  case headValue
  case statementEnd
  /// `,` or the closing bracket; between braces a line break will do.
  case separator(closing: String, byLines: Bool)
  case body(of: String)
  /// The value of a `let` or `var`.
  case binding(keyword: String)
  case initializer(String, name: String)
  case shapeOfOwnedValue(String, name: String)
  case name(of: String)
  case parameters(of: String)
  case annotation
  case pattern
  case fieldOfPattern
  case field
  case entry
  case wordIn
  case caseArrow
  case interpolationEnd

  /// The end of "expected ...".
  var description: String {
    switch self {
    case .value(let sign): sign.map { "a value after `\($0)`" } ?? "a value"
    case .headValue: "a condition or value before `{`"
    case .statementEnd: "the end of the statement"
    case .separator(let closing, let byLines): byLines ? "`,`, a new line or `\(closing)`" : "`,` or `\(closing)`"
    case .body(let owner): "the body of `\(owner)`"
    case .binding: "`=` and a value"
    case .initializer: "`=` and an initializer"
    case .shapeOfOwnedValue: "`:` and a shape"
    case .name(let owner): "a name for \(owner)"
    case .parameters: "`(` and the parameters"
    case .annotation: "a shape such as `[batch, 10]` or a type such as `Int`"
    case .pattern: "a name or pattern"
    case .fieldOfPattern: "the name of a field"
    case .field: "the name of a field after `.`"
    case .entry: "`name: value`"
    case .wordIn: "`in` and what to go through"
    case .caseArrow: "`->` and the value of this case"
    case .interpolationEnd: "`}`, or `:` and a format"
    }
  }

  var help: String? {
    switch self {
    case .value: nil
    case .headValue: "put a record or a call with braces in parentheses here"
    case .statementEnd: "begin a new line, or put `;` between two statements"
    case .separator(_, let byLines): byLines ? nil : "separate values by commas"
    case .body(let owner):
      owner.hasPrefix("fn") || owner == "call"
        ? "write `= value` or `{ ... }` after the parameters" : "write `{ ... }`"
    case .binding(let keyword): "write `\(keyword) name = value`"
    case .initializer(let word, let name): "write `\(word) \(name): [sizes] = zeros`"
    case .shapeOfOwnedValue(let word, let name): "write `\(word) \(name): [sizes] = zeros`"
    case .name: "names begin with a letter or `_`; words of the language such as `for` are taken"
    case .parameters(let name): "write `fn \(name)(x) = ...`, or `fn \(name)() = ...` without parameters"
    case .annotation: nil
    case .pattern: nil
    case .fieldOfPattern: "write `{loss, accuracy}` or `{loss: l}`"
    case .field: nil
    case .entry: "braces after a call or in a value hold `name: value`, one a line or separated by commas"
    case .wordIn: "write `for x in xs { ... }`"
    case .caseArrow: "write `pattern -> value`"
    case .interpolationEnd: "`{loss:.3f}` shows a value; write `\\{` for a brace"
    }
  }
}
