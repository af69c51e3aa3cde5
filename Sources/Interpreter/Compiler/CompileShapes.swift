import Diagnostics
import SourceText
import Syntax

extension Compiler {
  /// Checks of the parameters' annotations. Names that are no hyperparameter, member or argument are dimensions: the
  /// first tensor that carries one binds it; sizes that have to be computed are compared after that.
  func checkParameters(_ parameters: [Syntax.Parameter], from first: Int) {
    var items: [ShapeCheck.Item] = []
    var computed: [(Syntax.Parameter, Int)] = []
    for (offset, parameter) in parameters.enumerated() {
      guard let annotation = parameter.annotation else { continue }
      let name = names(in: parameter.pattern).first ?? "the argument"
      switch annotation {
      case .named(let kind): checkKind(kind, first + offset, isParameter: true)
      case .shape(let dimensions, let span):
        items.append(
          ShapeCheck.Item(
            name: name, register: first + offset, sizes: dimensions.map { size($0, bindsNames: true, computes: false) },
            span: span, text: dimensions.text))
        if dimensions.contains(where: \.isComputed) { computed.append((parameter, first + offset)) }
      }
    }
    if !items.isEmpty {
      builder.emit(
        .checkShapes, x: OperandFlag.option, wide: builder.add(shapeCheck: ShapeCheck(items: items)))
    }
    for (parameter, register) in computed {
      guard case .shape(let dimensions, let span)? = parameter.annotation else { continue }
      let mark = builder.nextRegister
      let item = ShapeCheck.Item(
        name: names(in: parameter.pattern).first ?? "the argument", register: register,
        sizes: dimensions.map { size($0, bindsNames: false, computes: true) }, span: span, text: dimensions.text)
      builder.emit(
        .checkShapes, x: OperandFlag.option, wide: builder.add(shapeCheck: ShapeCheck(items: [item])))
      builder.release(to: mark)
    }
  }

  func checkResult(_ annotation: Annotation, _ register: Int, _ span: Span) {
    let mark = builder.nextRegister
    switch annotation {
    case .named(let kind):
      builder.at(span, [kind.span])
      checkKind(kind, register)
    case .shape(let dimensions, let place):
      let sizes = dimensions.map { size($0, bindsNames: false, computes: true) }
      let item = ShapeCheck.Item(
        name: "the result", register: register, sizes: sizes, span: place, text: dimensions.text)
      builder.at(span, [place])
      builder.emit(.checkResult, register, wide: builder.add(shapeCheck: ShapeCheck(items: [item])))
    }
    builder.release(to: mark)
  }

  /// `let x: [batch, 3] = ...`
  func check(_ annotation: Annotation, of register: Int, name: String) {
    switch annotation {
    case .named(let kind): checkKind(kind, register)
    case .shape(let dimensions, let span):
      let mark = builder.nextRegister
      let sizes = dimensions.map { size($0, bindsNames: false, computes: true) }
      let item = ShapeCheck.Item(name: name, register: register, sizes: sizes, span: span, text: dimensions.text)
      builder.emit(.checkShapes, wide: builder.add(shapeCheck: ShapeCheck(items: [item])))
      builder.release(to: mark)
    }
  }

  private func checkKind(_ kind: Identifier, _ register: Int, isParameter: Bool = false) {
    guard KindName(rawValue: kind.text) != nil || resolve(kind.text).isLayer else {
      report(
        .unknownKind(
          kind.text, at: kind.span, suggestion: Suggestion.closest(to: kind.text, among: KindName.allNames)))
      return
    }
    builder.emit(
      .checkKind, x: isParameter ? OperandFlag.option : 0, register, wide: builder.name(kind.text))
  }

  /// One size of an annotation.
  private func size(_ dimension: Dimension, bindsNames: Bool, computes: Bool) -> ShapeCheck.Size {
    guard case .size(let expression) = dimension else { return .ellipsis }
    if case .name(let name) = expression.kind {
      if let register = sizeRegister(name) { return .equal(register: register, text: name) }
      guard bindsNames else { return .any }
      let register = builder.reserve()
      state.declare(Variable(name, expression.span, .dimension, at: .register(register)))
      return .bind(register: register, name: name)
    }
    if !computes, !expression.isPlainSize { return .any }
    return .equal(register: computedSize(expression), text: expression.sizeText)
  }

  /// The register with the number that `name` stands for in a shape; nil when nothing in the function or its layer has
  /// that name.
  private func sizeRegister(_ name: String) -> Int? {
    if let variable = state.local(name), case .register(let register) = variable.place { return register }
    guard state.local(name) != nil || state.layer?.fields[name] != nil else { return nil }
    let register = builder.reserve()
    load(name, at: .none, into: register)
    return register
  }

  /// Evaluates a size such as `4 * units`; its names must be known.
  func computedSize(_ expression: Expression) -> Int {
    let register = builder.reserve()
    var scan = NameScan()
    scan.expression(expression)
    for name in scan.names.sorted() where state.local(name) == nil && !isKnownSize(name) {
      report(.unknownSize(name, in: expression.sizeText, at: expression.span))
      return register
    }
    value(expression, into: register)
    builder.at(expression.span)
    builder.emit(.size, register)
    return register
  }

  /// Hyperparameters, members and what the functions around have bound, up to the layer or the outermost function.
  private func isKnownSize(_ name: String) -> Bool {
    var function: FunctionState? = state
    while let current = function, current.kind != .main {
      if current.local(name) != nil || current.layer?.fields[name] != nil { return true }
      function = current.kind == .lambda ? current.parent : nil
    }
    return false
  }
}

/// What an annotation such as `n: Int` can name beside layers.
enum KindName: String, CaseIterable {
  case int = "Int"
  case float = "Float"
  case bool = "Bool"
  case text = "Text"
  case list = "List"
  case tuple = "Tuple"
  case record = "Record"
  case dict = "Dict"
  case range = "Range"
  case tensor = "Tensor"
  case function = "Function"
  case model = "Model"
  case dataset = "Dataset"
  case optimizer = "Optimizer"

  static var allNames: [String] { allCases.map(\.rawValue) }
}

extension Resolution {
  var isLayer: Bool {
    switch self {
    case .global(let global): global.kind == .layer
    default: variable?.kind == .layer
    }
  }
}

extension Dimension {
  /// Neither a name nor a number: to be computed from others.
  var isComputed: Bool {
    guard case .size(let expression) = self else { return false }
    if case .name = expression.kind { return false }
    return !expression.isPlainSize
  }
}

extension Expression {
  var isPlainSize: Bool {
    if case .integer = kind { return true }
    return false
  }

  /// A size as it is written.
  var sizeText: String {
    switch kind {
    case .integer(let number): String(number)
    case .name(let name): name
    case .binary(let operation, let left, let right, _): "\(left.sizeText) \(operation.rawValue) \(right.sizeText)"
    case .parenthesized(let inner): "(\(inner.sizeText))"
    case .unary(.negate, let inner): "-\(inner.sizeText)"
    default: "..."
    }
  }
}

extension [Dimension] {
  var text: String {
    let sizes = map { dimension in
      switch dimension {
      case .ellipsis: "..."
      case .size(let expression): expression.sizeText
      }
    }
    return "[" + sizes.joined(separator: ", ") + "]"
  }
}
