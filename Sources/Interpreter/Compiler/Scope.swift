import SourceText
import Syntax

/// A name inside a function: where its value is while the function runs.
final class Variable {
  enum Kind { case `let`, `var`, parameter, function, layer, dimension, loop, model, learned, state }
  enum Place {
    case register(Int)
    /// The register holds a cell with the value.
    case cell(Int)
    /// A `param` or `state` of the model.
    case slot(Int)
  }

  let name: String
  let span: Span
  let kind: Kind
  let place: Place
  /// For functions and layers, whose calls are checked.
  var signature: CallSignature?
  /// A function mentioned before its definition has been made already.
  var isMade = false
  var isAssignable: Bool { kind == .var || kind == .state }

  init(_ name: String, _ span: Span, _ kind: Kind, at place: Place, signature: CallSignature? = nil) {
    self.name = name
    self.span = span
    self.kind = kind
    self.place = place
    self.signature = signature
  }
}

/// A function while it is compiled.
final class FunctionState {
  struct Loop {
    var breaks: [Int] = []
    var continues: [Int] = []
  }

  let parent: FunctionState?
  let kind: Prototype.Kind
  let builder = FunctionBuilder()
  var scopes: [[String: Variable]] = [[:]]
  var loops: [Loop] = []
  var captures: [CaptureSource] = []
  var capturedVariables: [(variable: Variable, index: Int)] = []
  /// The layer whose `call` or function this is.
  var layer: LayerContext?
  /// That layer, seen from a function inside, too.
  var enclosingLayer: LayerContext? { layer ?? parent?.enclosingLayer }
  /// The name under which a local function calls itself.
  var ownName: String?
  var ownSignature: CallSignature?
  /// Names that functions inside this one mention: a `var` among them lives in a cell.
  let innerNames: Set<String>
  var result: Annotation?
  /// Stands for the function itself among the captures of functions inside it.
  var selfVariable: Variable?

  init(parent: FunctionState?, kind: Prototype.Kind, innerNames: Set<String>) {
    self.parent = parent
    self.kind = kind
    self.innerNames = innerNames
  }

  var isTopLevel: Bool { kind == .main && scopes.count == 1 }

  func declare(_ variable: Variable) { scopes[scopes.count - 1][variable.name] = variable }

  func local(_ name: String) -> Variable? {
    for scope in scopes.reversed() {
      if let variable = scope[name] { return variable }
    }
    return nil
  }

  func addCapture(_ source: CaptureSource, _ variable: Variable) -> Int {
    if let known = capturedVariables.first(where: { $0.variable === variable }) { return known.index }
    captures.append(source)
    capturedVariables.append((variable, captures.count - 1))
    return captures.count - 1
  }
}

/// What the functions of one layer see beside their own names.
final class LayerContext {
  struct Slot {
    let name: String
    let span: Span
    let isState: Bool
  }
  let name: String
  /// Hyperparameters and `let` members, by field.
  var fields: [String: Int] = [:]
  var fieldNames: [String] = []
  /// The `let` members that are layers, as far as the text says so.
  var parts: Set<String> = []
  var hyperparameterCount = 0
  /// Every `param` and `state` of the layer, wherever it stands.
  var slots: [Slot] = []
  /// Those that stand directly in the layer.
  var members: [Statement] = []
  /// Inner functions and what their calls look like.
  var functions: [String: CallSignature] = [:]

  init(name: String) { self.name = name }

  func slot(_ name: String) -> Int? { slots.firstIndex { $0.name == name } }
}

/// What a name means at some point of a function.
enum Resolution {
  case register(Int, Variable)
  case cell(Int, Variable)
  case capture(Int, Variable)
  case captureCell(Int, Variable)
  case currentFunction(CallSignature?)
  case field(Int)
  case slot(Int, isState: Bool, Span)
  case layerFunction(String, CallSignature)
  case training
  case global(Global)
  case builtin(Int)
  case constant(Value)
  case unknown

  var variable: Variable? {
    switch self {
    case .register(_, let variable), .cell(_, let variable), .capture(_, let variable),
      .captureCell(_, let variable):
      variable
    default: nil
    }
  }
}
