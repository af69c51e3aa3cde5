import Syntax

/// Collects names from a tree without resolving them: what functions inside a body mention, and the `param` and `state`
/// lines of a layer.
struct NameScan {
  /// Names used anywhere.
  private(set) var names: Set<String> = []
  /// Names used inside functions of the tree scanned.
  private(set) var innerNames: Set<String> = []
  /// `param` and `state` lines in order.
  private(set) var slots: [(name: Identifier, isState: Bool)] = []
  private var depth = 0

  static func names(in body: Body) -> Set<String> {
    var scan = NameScan()
    scan.body(body)
    return scan.names
  }

  static func innerNames(in body: Body, _ parameters: [Syntax.Parameter] = []) -> Set<String> {
    var scan = NameScan()
    for parameter in parameters { if let value = parameter.defaultValue { scan.expression(value) } }
    scan.body(body)
    return scan.innerNames
  }

  private mutating func use(_ name: String) {
    names.insert(name)
    if depth > 0 { innerNames.insert(name) }
  }

  mutating func body(_ body: Body) {
    switch body {
    case .expression(let value): expression(value)
    case .block(let block): statements(block.statements)
    }
  }

  mutating func statements(_ statements: [Statement]) { for statement in statements { self.statement(statement) } }

  mutating func function(_ parameters: [Syntax.Parameter], _ result: Annotation?, _ body: Body) {
    depth += 1
    for parameter in parameters {
      pattern(parameter.pattern)
      if let note = parameter.annotation { annotation(note) }
      if let value = parameter.defaultValue { expression(value) }
    }
    if let result { annotation(result) }
    self.body(body)
    depth -= 1
  }

  mutating func statement(_ statement: Statement) {
    switch statement.kind {
    case .binding(_, let bound, let note, let value):
      pattern(bound)
      if let note { annotation(note) }
      expression(value)
    case .function(let declaration):
      function(declaration.signature.parameters, declaration.signature.result, declaration.body)
    case .layer(let declaration):
      depth += 1
      for parameter in declaration.hyperparameters { if let value = parameter.defaultValue { expression(value) } }
      statements(declaration.members)
      if let call = declaration.call { function(call.signature.parameters, call.signature.result, call.body) }
      depth -= 1
    case .for(let bound, let sequence, let block):
      pattern(bound)
      expression(sequence)
      statements(block.statements)
    case .while(let condition, let block):
      expression(condition)
      statements(block.statements)
    case .return(let value): if let value { expression(value) }
    case .assert(let value), .expression(let value): expression(value)
    case .test(_, let block):
      depth += 1
      statements(block.statements)
      depth -= 1
    case .parameter(let name, let note, let value):
      slots.append((name, false))
      annotation(note)
      expression(value)
    case .state(let name, let note, let value):
      slots.append((name, true))
      annotation(note)
      expression(value)
    case .assignment(let place, _, let value):
      use(place.root.text)
      for step in place.steps { if case .index(let items, _) = step { self.items(items) } }
      expression(value)
    case .break, .continue, .import, .missing: break
    }
  }

  private mutating func annotation(_ annotation: Annotation) {
    guard case .shape(let dimensions, _) = annotation else { return }
    for case .size(let size) in dimensions { expression(size) }
  }

  private mutating func pattern(_ pattern: Pattern) {
    switch pattern {
    case .wildcard, .name: break
    case .literal(let value): expression(value)
    case .range(let lower, let upper, _, _):
      expression(lower)
      expression(upper)
    case .tuple(let parts, _), .list(let parts, _): for part in parts { self.pattern(part) }
    case .record(let fields, _): for field in fields { if let part = field.pattern { self.pattern(part) } }
    }
  }

  private mutating func items(_ items: [IndexItem]) {
    for item in items {
      switch item {
      case .ellipsis: break
      case .slice(let lower, let upper, let step, _):
        for part in [lower, upper, step] { if let part { expression(part) } }
      case .value(let value): expression(value)
      }
    }
  }

  mutating func expression(_ expression: Expression) {
    switch expression.kind {
    case .integer, .float, .truth, .none, .missing: break
    case .text(let parts):
      for case .interpolation(let value, _, _) in parts { self.expression(value) }
    case .name(let name): use(name)
    case .unary(_, let value), .parenthesized(let value), .field(let value, _): self.expression(value)
    case .binary(_, let left, let right, _), .pipe(let left, let right):
      self.expression(left)
      self.expression(right)
    case .call(let callee, let arguments):
      self.expression(callee)
      for argument in arguments { self.expression(argument.value) }
    case .index(let value, let items):
      self.expression(value)
      self.items(items)
    case .lambda(let parameters, let body): function(parameters, nil, body)
    case .tuple(let parts), .list(let parts): for part in parts { self.expression(part) }
    case .record(let entries): for entry in entries { self.expression(entry.value) }
    case .if(let condition, let block, let branch):
      self.expression(condition)
      statements(block.statements)
      switch branch {
      case .block(let block): statements(block.statements)
      case .chained(let next): self.expression(next)
      case nil: break
      }
    case .match(let value, let cases):
      self.expression(value)
      for one in cases {
        pattern(one.pattern)
        if let condition = one.condition { self.expression(condition) }
        body(one.body)
      }
    }
  }
}
