import SourceText

// The syntax tree, as GRAMMAR describes it. The parser never fails: what it can't read becomes `.missing` beside a
// diagnostic. Nodes are values; every node keeps its span.

/// A name as written, with its place.
public struct Identifier: Hashable, Sendable {
  public var text: String
  public var span: Span
  public init(_ text: String, _ span: Span) {
    self.text = text
    self.span = span
  }
}

public struct Program: Sendable {
  /// The `##` lines at the top of the file.
  public var documentation: String?
  public var statements: [Statement]
  public init(documentation: String?, statements: [Statement]) {
    self.documentation = documentation
    self.statements = statements
  }
}

public struct Block: Sendable {
  public var statements: [Statement]
  public var span: Span
  public init(statements: [Statement], span: Span) {
    self.statements = statements
    self.span = span
  }
}

public struct Statement: Sendable {
  public var kind: StatementKind
  public var span: Span
  /// The `## ` lines directly above.
  public var documentation: String?
  public init(_ kind: StatementKind, _ span: Span, documentation: String? = nil) {
    self.kind = kind
    self.span = span
    self.documentation = documentation
  }
}

public indirect enum StatementKind: Sendable {
  case binding(isVariable: Bool, Pattern, Annotation?, Expression)
  case function(FunctionDeclaration)
  case layer(LayerDeclaration)
  case `for`(Pattern, Expression, Block)
  case `while`(Expression, Block)
  case `break`
  case `continue`
  case `return`(Expression?)
  case assert(Expression)
  /// `import "path" as alias`; the span is that of the path's text.
  case `import`(path: String, pathSpan: Span, alias: Identifier?)
  case test(name: String, Block)
  /// `param w: [a, b] = init`, in a layer's functions only.
  case parameter(Identifier, Annotation, Expression)
  /// `state s: [a] = init`, in a layer's functions only.
  case state(Identifier, Annotation, Expression)
  /// `place = value`, `place += value`, ...; the operator is nil for plain assignment.
  case assignment(Place, BinaryOperator?, Expression)
  case expression(Expression)
  /// Could not be read; a diagnostic says why.
  case missing
}

/// `xs[0].rate` on the left of an assignment.
public struct Place: Sendable {
  public enum Step: Sendable {
    case field(Identifier)
    case index([IndexItem], Span)
  }
  public var root: Identifier
  public var steps: [Step]
  public var span: Span
  public init(root: Identifier, steps: [Step], span: Span) {
    self.root = root
    self.steps = steps
    self.span = span
  }
}

public struct FunctionDeclaration: Sendable {
  public var name: Identifier
  public var signature: Signature
  public var body: Body
  public init(name: Identifier, signature: Signature, body: Body) {
    self.name = name
    self.signature = signature
    self.body = body
  }
}

public struct Signature: Sendable {
  public var parameters: [Parameter]
  /// `-> [batch, classes]`
  public var result: Annotation?
  public init(parameters: [Parameter], result: Annotation?) {
    self.parameters = parameters
    self.result = result
  }
}

public struct Parameter: Sendable {
  public var pattern: Pattern
  public var annotation: Annotation?
  /// Evaluated at each call that leaves the argument out.
  public var defaultValue: Expression?
  public var span: Span
  public init(pattern: Pattern, annotation: Annotation?, defaultValue: Expression?, span: Span) {
    self.pattern = pattern
    self.annotation = annotation
    self.defaultValue = defaultValue
    self.span = span
  }
}

public indirect enum Body: Sendable {
  case expression(Expression)
  case block(Block)

  public var span: Span {
    switch self {
    case .expression(let expression): expression.span
    case .block(let block): block.span
    }
  }
}

public struct LayerDeclaration: Sendable {
  public var name: Identifier
  public var hyperparameters: [Parameter]
  /// What stands directly in the layer: `let` bindings, `param`, `state`, `fn`. `call` is kept apart.
  public var members: [Statement]
  public var call: CallDeclaration?
  public var span: Span
  public init(
    name: Identifier, hyperparameters: [Parameter], members: [Statement], call: CallDeclaration?, span: Span
  ) {
    self.name = name
    self.hyperparameters = hyperparameters
    self.members = members
    self.call = call
    self.span = span
  }
}

public struct CallDeclaration: Sendable {
  public var signature: Signature
  public var body: Body
  public var span: Span
  public init(signature: Signature, body: Body, span: Span) {
    self.signature = signature
    self.body = body
    self.span = span
  }
}

public indirect enum Annotation: Sendable {
  /// `Int`, `Float`, `Bool`, `Text`, `List`, ... or any other name.
  case named(Identifier)
  case shape([Dimension], Span)

  public var span: Span {
    switch self {
    case .named(let name): name.span
    case .shape(_, let span): span
    }
  }
}

public enum Dimension: Sendable {
  /// `...`: any number of dimensions.
  case ellipsis(Span)
  /// A name, a number or a sum such as `4 * units`.
  case size(Expression)
}

public indirect enum Pattern: Sendable {
  case wildcard(Span)
  case name(Identifier)
  /// A number, text, truth value or `none`.
  case literal(Expression)
  case range(lower: Expression, upper: Expression, isClosed: Bool, Span)
  case tuple([Pattern], Span)
  case list([Pattern], Span)
  /// `{loss, rate: r}`; a field without a pattern binds its own name.
  case record([(field: Identifier, pattern: Pattern?)], Span)

  public var span: Span {
    switch self {
    case .wildcard(let span), .range(_, _, _, let span), .tuple(_, let span), .list(_, let span),
      .record(_, let span):
      span
    case .name(let name): name.span
    case .literal(let expression): expression.span
    }
  }
}

public struct Expression: Sendable {
  public var kind: ExpressionKind
  public var span: Span
  public init(_ kind: ExpressionKind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  public var isCall: Bool { if case .call = kind { true } else { false } }
}

public indirect enum ExpressionKind: Sendable {
  case integer(Int)
  case float(Double)
  case truth(Bool)
  case none
  /// Text with interpolations; plain text is one `.literal` part (or none).
  case text([TextPart])
  case name(String)
  case unary(UnaryOperator, Expression)
  /// The span is the operator's own.
  case binary(BinaryOperator, Expression, Expression, operatorSpan: Span)
  case call(Expression, [Argument])
  /// `x |> f`, kept as written for messages and `mdl fmt`: the value and the target.
  case pipe(Expression, Expression)
  case index(Expression, [IndexItem])
  case field(Expression, Identifier)
  case lambda([Parameter], Body)
  case tuple([Expression])
  case list([Expression])
  case record([Entry])
  case `if`(Expression, Block, else: ElseBranch?)
  case match(Expression, [MatchCase])
  /// `( e )`: kept, since a parenthesised call after `|>` is called with the value.
  case parenthesized(Expression)
  case missing
}

public indirect enum ElseBranch: Sendable {
  case block(Block)
  /// `else if ...`: the expression is an `.if`.
  case chained(Expression)
}

public struct MatchCase: Sendable {
  public var pattern: Pattern
  public var condition: Expression?
  public var body: Body
  public var span: Span
  public init(pattern: Pattern, condition: Expression?, body: Body, span: Span) {
    self.pattern = pattern
    self.condition = condition
    self.body = body
    self.span = span
  }
}

public struct Argument: Sendable {
  public var name: Identifier?
  public var value: Expression
  public init(name: Identifier?, value: Expression) {
    self.name = name
    self.value = value
  }
}

public struct Entry: Sendable {
  public var name: Identifier
  public var value: Expression
  public init(name: Identifier, value: Expression) {
    self.name = name
    self.value = value
  }
}

public enum TextPart: Sendable {
  case literal(String)
  /// `{expression:format}`; the format is what stands after the colon, without it.
  case interpolation(Expression, format: String?, Span)
}

public enum IndexItem: Sendable {
  case ellipsis(Span)
  case slice(lower: Expression?, upper: Expression?, step: Expression?, Span)
  case value(Expression)

  public var span: Span {
    switch self {
    case .ellipsis(let span), .slice(_, _, _, let span): span
    case .value(let expression): expression.span
    }
  }
}

public enum UnaryOperator: String, Sendable { case negate = "-", not = "not" }

public enum BinaryOperator: String, Sendable, CaseIterable {
  case add = "+", subtract = "-", multiply = "*", divide = "/", floorDivide = "//", remainder = "%"
  case matmul = "@", power = "^"
  case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
  case and = "and", or = "or"
  /// `a..<b` and `a...b`
  case halfOpenRange = "..<", closedRange = "..."
  /// `f >> g`
  case compose = ">>"
}
